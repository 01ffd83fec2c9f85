"""What else is wrong that weakens bone?"""

from __future__ import annotations

from osteon.pathway.facts.bounds import any_of
from osteon.pathway.facts.lookup import NOTHING, silence
from osteon.pathway.facts.recorded import was_done
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion, fact

ENDOCRINE = ("hyperthyroidism", "hyperparathyroidism", "cushing")

SECONDARY_CAUSES = (
    *ENDOCRINE,
    "hypercalcaemia",
    "malabsorption",
    "inflammatory_bowel_disease",
    "bariatric_surgery",
    "rheumatoid_arthritis",
    "lupus",
    "type_1_diabetes",
    "hypogonadism",
    "early_menopause",
    "myeloma",
    "bone_metastases",
    "liver_disease",
    "chronic_kidney_disease",
    "ckd_mbd",
    "osteogenesis_imperfecta",
    "osteomalacia",
    "low_phosphatase",
    "vitamin_d_deficiency_recorded",
    "glucocorticoid_now",
    "aromatase_inhibitor_now",
    "androgen_deprivation_now",
    "antiepileptic_now",
)
"""Facts that name a secondary cause where they are yes; the word for it is the fact without `_now` or `_recorded`."""


@fact
def bariatric_surgery(at: Occasion) -> Known:
    """Was the stomach operated on: for weight, or was part of it removed?"""
    return was_done(("bariatric_surgery", "gastrectomy"), at)


@fact
def endocrine_disorder(at: Occasion) -> Known:
    """Is there an endocrine disorder that harms bone: overactive thyroid or parathyroid, or Cushing's syndrome?"""
    return any_of(at, ENDOCRINE)


@fact
def secondary_causes(at: Occasion) -> Known:
    """Which secondary causes does the chart name? Diseases and drugs; none where the problem list names none."""
    found = [(name, known) for name in SECONDARY_CAUSES if (known := at[name]).value is True]
    if not found:
        return silence(at, "conditions", NOTHING)
    words = frozenset([name.removesuffix("_now").removesuffix("_recorded") for name, _ in found])
    return Known(words, tuple([ground for _, known in found for ground in known.grounds]))
