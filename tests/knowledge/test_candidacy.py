"""Who is a candidate for an infusion, and when does a treatment fail?"""

from __future__ import annotations

from typing import Any

import pytest

from osteon.knowledge import Knowledge, load
from osteon.knowledge.types import Severity
from osteon.pathway.rules import facts_of, judge
from osteon.pathway.truth import Truth
from tests.knowledge.judging import (
    US,
    everywhere,
    occasion,
    of_book,
)

# --- who is a candidate for an infusion ----------------------------------------------------------------------------

REASONS = [
    ("achalasia", {"oesophageal_emptying_delay": True}, "for_oesophagus"),
    ("severe reflux", {"oesophageal_disease": True}, "for_oesophagus"),
    ("cannot sit up", {"cannot_stay_upright": True}, "for_cannot_take_tablets"),
    ("tablets upset the stomach", {"oral_bisphosphonate_intolerance": True}, "for_intolerance"),
    ("gastric bypass", {"bariatric_surgery": True}, "for_malabsorption"),
    ("tablets forgotten", {"poor_adherence": True}, "for_adherence"),
    ("dementia", {"dementia": True}, "for_adherence"),
    ("fracture on tablets", {"treatments_ever": ["alendronate"], "fracture_on_treatment": True}, "for_failure"),
    ("denosumab left", {"denosumab_without_exit": True, "denosumab_last_dose_mo": 8}, "for_denosumab_exit"),
    ("hip broken last month", {"hip_fracture": True, "last_hip_fracture_mo": 1}, "for_recent_hip_fracture"),
    (
        "very high risk, no anabolic",
        {"lowest_t_score": -3.4, "postmenopausal": True, "sex": "female", "treatments_now": []},
        "for_very_high_risk",
    ),
    ("severe osteoporosis", {"lowest_t_score_ever": -3.1, "fragility_fracture": True}, "for_severe_osteoporosis"),
    ("asks for it", {"prefers_infusion": True}, "for_preference"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "reason"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_each_reason_for_an_infusion_holds_by_itself(facts: dict[str, Any], reason: str) -> None:
    assert list(of_book("candidacy", **facts)) == [reason]


def test_every_reason_is_either_for_or_against_and_none_decides_a_drug() -> None:
    rules = US.books["candidacy"].rules
    assert all(rule.id.startswith(("candidacy.for_", "candidacy.against_")) for rule in rules)
    assert {rule.severity for rule in rules} == {Severity.CRITERION}
    tried = {row[2] for row in REASONS}
    assert tried == {name for rule in rules if (name := rule.id.split(".")[1]).startswith("for_")}


def test_a_treatment_that_was_never_begun_never_fails() -> None:
    found = of_book("treatment_failure", never_treated=True, fractures_on_treatment_count=0, treatments_now=[])
    assert found == {}
    at = occasion(never_treated=True)
    assert judge(US.rules["treatment_failure.failing"], at).verdict is Truth.NO


@everywhere
def test_no_rule_ever_asks_for_one_that_is_not_in_force_yet(knowledge: Knowledge) -> None:
    for day in sorted({rule.effective for rule in knowledge.rules.values()}):
        then = load(day, knowledge.jurisdiction)
        for rule in then.rules.values():
            assert facts_of(rule.when, then), (day, rule.id)
