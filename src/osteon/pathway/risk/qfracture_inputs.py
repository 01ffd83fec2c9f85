"""What does a chart say to QFracture, and what did nobody record?

QFracture counts what is not recorded as absent. That is its rule, not knowledge: every input so counted is named, so
that a clinician sees what the figure leaves out.
"""

from __future__ import annotations

from msgspec import Struct

from osteon.chart.types import Sex
from osteon.pathway.finding import Missing
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.risk.asking import needed, number, words
from osteon.pathway.risk.qfracture import CONDITIONS, ETHNICITY, QFractureInputs, conditions_asked
from osteon.pathway.truth import Truth, some

NEEDED = ("sex", "age_y", "bmi_kg_m2")

FACTS_OF_CONDITION = {
    "antidepressant": ("antidepressant_now",),
    "asthma_or_copd": ("asthma_or_copd",),
    "cancer": ("cancer",),
    "cardiovascular_disease": ("cardiovascular_disease", "mi_or_stroke"),
    "care_home": ("care_home",),
    "corticosteroid": ("glucocorticoid_now",),
    "dementia": ("dementia",),
    "endocrine_disorder": ("endocrine_disorder",),
    "epilepsy": ("epilepsy",),
    "kidney_disease": ("chronic_kidney_disease",),
    "liver_disease": ("liver_disease",),
    "malabsorption": ("malabsorption", "inflammatory_bowel_disease"),
    "parental_osteoporosis_or_hip_fracture": ("parent_hip_fracture",),
    "parkinsons": ("parkinsons",),
    "rheumatoid_arthritis_or_lupus": ("rheumatoid_arthritis", "lupus"),
    "type_1_diabetes": ("type_1_diabetes",),
    "type_2_diabetes": ("type_2_diabetes",),
}
"""The facts of which one is enough. Falls, the earlier fracture and hormone therapy are told in their own way below."""

COUNTED_FRACTURES = frozenset({"hip", "vertebra", "forearm", "humerus"})
ALCOHOL_BELOW_UNITS_D = ((1, "trivial"), (3, "light"), (7, "medium"), (9.000001, "heavy"))


class Mapped(Struct, frozen=True):
    """The inputs, what was counted as absent because nobody recorded it, and what is missing that QFracture needs."""

    inputs: QFractureInputs | None
    assumed: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()


def qfracture_inputs(at: Occasion) -> Mapped:
    """What this chart says to QFracture. Without sex, age or body mass index there is nothing to work out."""
    age_y, bmi_kg_m2 = number("age_y", at), number("bmi_kg_m2", at)
    if age_y is None or bmi_kg_m2 is None or not at["sex"].is_known:
        return Mapped(None, missing=tuple(needed(name, at) for name in NEEDED if not at[name].is_known))
    sex = Sex(str(at["sex"].value))
    truths = {name: _condition(name, at) for name in conditions_asked(sex, at.knowledge)}
    smoking, smoking_assumed = _smoking(at["current_smoker"])
    alcohol, alcohol_assumed = _alcohol(number("alcohol_units_d", at))
    ethnicity, ethnicity_assumed = _ethnicity(at.chart.patient.ethnicity)
    assumed = [CONDITIONS[name] for name, truth in truths.items() if truth is Truth.CANNOT_TELL]
    inputs = QFractureInputs(
        sex=sex,
        age_y=age_y,
        bmi_kg_m2=bmi_kg_m2,
        alcohol=alcohol,
        smoking=smoking,
        ethnicity=ethnicity,
        present=frozenset(name for name, truth in truths.items() if truth is Truth.YES),
    )
    return Mapped(inputs, (*assumed, *alcohol_assumed, *smoking_assumed, *ethnicity_assumed))


def _condition(name: str, at: Occasion) -> Truth:
    match name:
        case "falls":
            falls = number("falls_last_year", at)
            return Truth.CANNOT_TELL if falls is None else Truth.of(falls > 0)
        case "previous_fracture":
            sites = words("fragility_fracture_sites", at)
            return Truth.CANNOT_TELL if sites is None else Truth.of(not COUNTED_FRACTURES.isdisjoint(sites))
        case "oestrogen_only_hrt":
            # The chart tells hormone therapy, not whether it is oestrogen alone: only its absence is certain.
            return Truth.NO if at["hormone_therapy_now"].value is False else Truth.CANNOT_TELL
        case _:
            return some(_truth(at[fact]) for fact in FACTS_OF_CONDITION[name])


def _truth(known: Known) -> Truth:
    return Truth.CANNOT_TELL if known.value is None else Truth.of(bool(known.value))


def _smoking(smokes: Known) -> tuple[str, tuple[str, ...]]:
    if smokes.value is None:
        return "never", ("smoking",)
    return ("light", ("10 or more cigarettes a day",)) if smokes.value else ("never", ("smoking in the past",))


def _alcohol(units_d: float | None) -> tuple[str, tuple[str, ...]]:
    return ("none", ("alcohol",)) if units_d is None else (alcohol_word(units_d), ())


def alcohol_word(units_d: float) -> str:
    """QFracture's word for so many units of alcohol a day."""
    if units_d <= 0:
        return "none"
    return next((word for limit, word in ALCOHOL_BELOW_UNITS_D if units_d < limit), "very_heavy")


def _ethnicity(recorded: str) -> tuple[str, tuple[str, ...]]:
    word = recorded.strip().lower().replace(" ", "_")
    return (word, ()) if word in ETHNICITY else ("white", ("an ethnic group of the UK census",))
