"""May the injection be given today? One unknown that matters never makes ready."""

from __future__ import annotations

from typing import Any

import pytest

from osteon.knowledge import Knowledge
from osteon.knowledge.types import Severity
from osteon.pathway.gate import Readiness, gate
from osteon.pathway.truth import Truth
from tests.knowledge.judging import (
    US,
    everywhere,
    occasion,
)

# --- the day of a dose ---------------------------------------------------------------------------------------------

WELL = {
    "age_y": 70, "sex": "female", "postmenopausal": True, "pregnancy_possible": False, "pregnant": False,
    "breastfeeding": False, "open_epiphyses": False, "hypocalcaemia": False, "calcium_status": "normal",
    "calcium_age_d": 10, "vitamin_d_ng_ml": 35, "vitamin_d_age_d": 60, "egfr_ml_min_1_73m2": 70, "crcl_ml_min": 62,
    "creatinine_age_d": 10, "advanced_ckd": False, "dialysis": False, "calcium_trouble_likely": False,
    "glucocorticoid_now": False, "glucocorticoid_long_term": False, "osteomalacia": False, "bone_metastases": False,
    "myeloma": False, "treatments_now": [], "treatments_ever": [], "antiresorptives_active": [],
    "zoledronic_acid_doses": 0, "ibandronate_doses": 0, "denosumab_doses": 0, "romosozumab_doses": 0,
    "denosumab_without_exit": False, "oncology_antiresorptive_recent": False, "proton_pump_inhibitor_now": False,
    "calcium_supplement_now": True, "vitamin_d_supplement_now": True, "denosumab_allergy": False,
    "romosozumab_allergy": False, "mi_or_stroke": False, "coronary_risk": False, "jaw_osteonecrosis": False,
    "atypical_femur_fracture": False, "thigh_or_groin_pain": False, "onj_risk_factors": False,
    "extraction_site_healing": False, "invasive_dental_work_planned": False, "fever_or_infection_today": False,
    "consent_given": True, "emergency_kit_ready": True,
}  # fmt: skip
"""A woman of 70 who may have her first injection today."""

DECISIVE = {
    "denosumab": {"hypocalcaemia", "calcium_status", "calcium_age_d", "egfr_ml_min_1_73m2", "advanced_ckd",
                  "denosumab_allergy", "denosumab_doses", "zoledronic_acid_doses", "oncology_antiresorptive_recent",
                  "pregnant"},
    "romosozumab": {"hypocalcaemia", "calcium_status", "romosozumab_allergy", "mi_or_stroke",
                    "romosozumab_doses", "denosumab_doses", "jaw_osteonecrosis", "postmenopausal"},
}  # fmt: skip
"""Without one of these nobody may say "ready"."""


def gated(name: str, knowledge: Knowledge = US, **changed: Any) -> tuple[Readiness, set[str]]:
    """Whether the dose may be given, and what stands against it."""
    facts = {fact: value for fact, value in {**WELL, **changed}.items() if value is not None}
    found = gate(knowledge.drugs[name], occasion(knowledge, **facts))
    blocking = (*found.of(Severity.STOP, Truth.YES), *found.of(Severity.HOLD, Truth.YES))
    return found.verdict, {each.id for each in blocking}


@everywhere
@pytest.mark.parametrize("name", ["denosumab", "romosozumab"])
def test_a_well_woman_with_fresh_results_is_ready(knowledge: Knowledge, name: str) -> None:
    assert gated(name, knowledge) == (Readiness.READY, set())


@pytest.mark.parametrize(("name", "fact"), [(name, fact) for name, facts in DECISIVE.items() for fact in sorted(facts)])
def test_what_is_not_known_and_matters_never_makes_ready(name: str, fact: str) -> None:
    assert gated(name, **{fact: None})[0] is Readiness.CANNOT_TELL


@pytest.mark.parametrize(
    ("name", "changed", "against"),
    [
        ("denosumab", {"hypocalcaemia": True}, {"denosumab.hypocalcaemia"}),
        ("denosumab", {"calcium_age_d": 61}, {"denosumab.test.calcium_status"}),
        ("denosumab", {"creatinine_age_d": 184}, {"denosumab.test.egfr_ml_min_1_73m2"}),
        ("denosumab", {"oncology_antiresorptive_recent": True}, {"gate.antiresorptive_oncology_product"}),
        ("denosumab", {"treatments_now": ["alendronate"]}, set()),
        (
            "denosumab",
            {"advanced_ckd": True, "egfr_ml_min_1_73m2": 22},
            {"denosumab.advanced_ckd", "denosumab.advanced_ckd_without_work_up"},
        ),
        (
            "denosumab",
            {"advanced_ckd": True, "egfr_ml_min_1_73m2": 22, "pth_pg_ml": 120},
            {"denosumab.advanced_ckd"},
        ),
        (
            "romosozumab",
            {"mi_or_stroke": True, "mi_or_stroke_last_mo": 5},
            {"romosozumab.heart_attack_or_stroke_last_year"},
        ),
        ("romosozumab", {"romosozumab_doses": 12, "romosozumab_last_dose_d": 31}, {"romosozumab.twelve_doses_given"}),
        ("romosozumab", {"romosozumab_doses": 4, "romosozumab_last_dose_d": 20}, {"romosozumab.repeated_too_early"}),
        ("romosozumab", {"sex": "male", "postmenopausal": None}, {"romosozumab.not_for_this_patient"}),
    ],
)
def test_one_thing_amiss_stands_against_the_injection_and_is_named(
    name: str, changed: dict[str, Any], against: set[str]
) -> None:
    verdict, found = gated(name, **changed)
    assert found == against
    assert verdict is (Readiness.NOT_READY if against else Readiness.READY)
