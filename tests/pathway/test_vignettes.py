"""Patients as a specialist meets them: what the options and the plan must say of each. All of them are invented."""

from datetime import date, timedelta
from typing import Any

import pytest

from osteon.bone.regimen import parse_regimen
from osteon.knowledge.types import Severity
from osteon.pathway.gate import Readiness, gate
from osteon.pathway.options import Standing
from osteon.pathway.plan import Plan, plan
from osteon.pathway.steps import StepKind
from osteon.pathway.truth import Truth
from tests.pathway.charting import ON, allergic, answered, broke, done, given, listed, measured, occasion, took

LABS = (
    measured("creatinine", 0.8, "2026-06-08", "mg/dL"),
    measured("calcium", 9.4, "2026-06-08", "mg/dL"),
    measured("albumin", 4.1, "2026-06-08", "g/dL"),
    measured("vitamin_d_25oh", 34, "2026-06-08", "ng/mL"),
    measured("weight", 62, "2026-06-08", "kg"),
    measured("height", 162, "2026-06-08", "cm"),
)
DENSITY = (
    measured("t_score", -2.9, "2026-05-04", "{T}", site="lumbar_spine"),
    measured("t_score", -2.3, "2026-05-04", "{T}", site="total_hip"),
)
ANSWERS = tuple(
    answered(name, False, "2026-06-15")
    for name in (
        "thigh_or_groin_pain", "eye_inflammation_now", "fever_or_infection_today", "invasive_dental_work_planned",
        "extraction_site_healing", "cannot_stay_upright", "recent_iodine_contrast",
    )
)  # fmt: skip
WELL = (*LABS, *DENSITY, *ANSWERS, done("dental_exam", "2026-03-02"))


def without(kind: str) -> tuple[Any, ...]:
    """The well-prepared woman without one measurement."""
    return tuple(each for each in WELL if getattr(each, "kind", "") != kind)


def planned(*entries: Any, drug: str = "", **more: Any) -> Plan:
    return plan(occasion(*entries, **more), drug=drug)


def standing(made: Plan, drug: str) -> Standing:
    option = made.option(drug)
    assert option is not None
    return option.standing


def test_a_well_prepared_woman_is_ready_for_her_first_infusion() -> None:
    at = occasion(*WELL)
    answer = gate(at.knowledge.drugs["zoledronic_acid"], at)
    assert answer.verdict is Readiness.READY, [each.id for each in answer.findings if each.verdict is not Truth.NO]


def test_her_plan_starts_in_two_weeks_and_ends_with_a_review_after_three_years() -> None:
    made = planned(*WELL, drug="zoledronic_acid")
    doses = [step.on for step in made.steps if step.kind is StepKind.DOSE]
    assert doses == [date(2026, 6, 29), date(2027, 6, 29), date(2028, 6, 29)]
    assert made.steps[-1].on == date(2029, 6, 29)
    assert "holiday" in made.steps[-1].title


@pytest.mark.parametrize(
    ("why", "entry", "drugs"),
    [
        ("a kidney below 35", measured("creatinine", 1.9, "2026-06-09", "mg/dL"), ["zoledronic_acid", "alendronate"]),
        ("low calcium", measured("calcium_ionised", 0.98, "2026-06-12", "mmol/L", low=1.12, high=1.32),
         ["zoledronic_acid", "ibandronate", "denosumab", "romosozumab", "alendronate"]),
        ("an allergy", allergic("bisphosphonate"), ["zoledronic_acid", "ibandronate", "alendronate"]),
        ("Paget's disease", listed("paget", since="2019"), ["teriparatide", "abaloparatide"]),
        ("a stroke half a year ago", listed("mi_or_stroke", since="2025-12-20"), ["romosozumab"]),
        ("a clot", listed("venous_thromboembolism", since="2015"), ["raloxifene"]),
        ("achalasia", listed("oesophageal_emptying_delay", since="2018"), ["alendronate", "risedronate"]),
        ("cancer treatment with the same substance", given("zoledronic_acid", "2026-04-02", is_oncology=True),
         ["zoledronic_acid", "denosumab"]),
    ],
)  # fmt: skip
def test_what_the_label_forbids_is_blocked(why: str, entry: Any, drugs: list[str]) -> None:
    made = planned(*WELL, entry)
    assert [standing(made, drug) for drug in drugs] == [Standing.BLOCKED] * len(drugs), why
    assert made.chosen not in drugs
    asked = planned(*WELL, entry, drug=drugs[0])
    assert asked.chosen == ""
    assert "was asked for, but" in asked.why


def test_a_missing_calcium_leaves_the_plan_provisional_and_asks_for_it() -> None:
    made = planned(*without("calcium"))
    assert made.is_provisional
    assert standing(made, made.chosen) is Standing.CANNOT_TELL
    tests = [step.title for step in made.steps if step.kind is StepKind.TEST]
    assert any("calcium" in title.lower() for title in tests)
    assert all(step.is_provisional for step in made.steps if step.kind is StepKind.DOSE)


def test_a_missing_creatinine_never_reads_as_ready() -> None:
    at = occasion(*without("creatinine"))
    answer = gate(at.knowledge.drugs["zoledronic_acid"], at)
    assert answer.verdict is Readiness.CANNOT_TELL
    assert any(each.only_a_result_clears for each in answer.of(Severity.STOP, Truth.CANNOT_TELL))


def test_an_old_creatinine_is_a_hold() -> None:
    at = occasion(*without("creatinine"), measured("creatinine", 0.8, "2025-11-20", "mg/dL"))
    answer = gate(at.knowledge.drugs["zoledronic_acid"], at)
    assert answer.verdict is Readiness.NOT_READY
    assert "zoledronic_acid.test.crcl_ml_min" in {each.id for each in answer.of(Severity.HOLD, Truth.YES)}


def test_low_vitamin_d_is_replaced_before_the_infusion() -> None:
    made = planned(
        *without("vitamin_d_25oh"), measured("vitamin_d_25oh", 14, "2026-06-08", "ng/mL"), drug="zoledronic_acid"
    )
    assert made.start is not None
    assert made.start.on == ON + timedelta(weeks=8)
    again = next(step for step in made.steps if step.id == "test.first")
    assert again.on < made.start.on


def test_a_woman_on_denosumab_stays_on_it_and_its_way_out_is_in_the_plan() -> None:
    made = planned(*WELL, given("denosumab", "2025-01-10", "2025-07-10", "2026-01-12", is_active=True))
    assert made.chosen == "denosumab"
    assert made.start is not None
    assert made.start.is_continuing
    assert made.start.on == date(2026, 7, 12)
    exits = [step for step in made.steps if step.kind is StepKind.EXIT]
    assert exits
    assert "zoledronic acid" in exits[0].title


def test_a_dangerously_late_denosumab_is_due_today() -> None:
    made = planned(*WELL, given("denosumab", "2024-10-20", "2025-04-22", "2025-10-22", is_active=True))
    assert made.chosen == "denosumab"
    assert made.start is not None
    assert made.start.is_dangerously_late
    assert made.start.on == ON
    assert any(step.is_urgent for step in made.steps)


def test_zoledronic_acid_after_denosumab_waits_for_six_months() -> None:
    made = planned(*WELL, given("denosumab", "2025-10-01", "2026-04-01", is_active=True), drug="zoledronic_acid")
    assert made.start is not None
    assert made.start.on == date(2026, 10, 1)


def test_an_early_repeat_of_zoledronic_acid_is_held() -> None:
    at = occasion(*WELL, given("zoledronic_acid", "2025-10-01", is_active=True))
    answer = gate(at.knowledge.drugs["zoledronic_acid"], at)
    assert answer.verdict is Readiness.NOT_READY
    made = planned(*WELL, given("zoledronic_acid", "2025-10-01", is_active=True))
    assert made.start is not None
    assert made.start.on == date(2026, 10, 1)


def test_after_a_broken_hip_the_infusion_waits_two_weeks() -> None:
    made = planned(*WELL, broke("hip", "2026-06-10"), drug="zoledronic_acid")
    assert made.start is not None
    assert made.start.on >= date(2026, 6, 24)
    assert made.candidacy.verdict is Truth.YES


def test_every_bone_building_course_is_followed_by_an_antiresorptive() -> None:
    for drug in ("teriparatide", "abaloparatide", "romosozumab"):
        made = planned(*WELL, drug=drug)
        option = made.option(drug)
        assert option is not None
        assert option.sequence.segments[-1].is_exit, drug
        assert any(step.kind is StepKind.EXIT for step in made.steps), drug


def test_without_a_scan_or_a_fracture_nothing_is_planned_but_finding_out() -> None:
    made = planned(*LABS, *ANSWERS)
    assert made.assessment.osteoporosis is Truth.CANNOT_TELL
    assert made.chosen == ""
    assert {step.kind for step in made.steps} <= {StepKind.TEST}
    assert any("DXA" in step.title for step in made.steps)


def test_strong_bones_need_no_drug() -> None:
    strong = (
        measured("t_score", 0.4, "2026-05-04", "{T}", site="lumbar_spine"),
        measured("t_score", 0.1, "2026-05-04", "{T}", site="total_hip"),
    )
    made = planned(*LABS, *ANSWERS, *strong)
    assert made.assessment.osteoporosis is Truth.NO
    assert made.chosen == ""
    assert Standing.RECOMMENDED not in {each.standing for each in made.options}


def test_a_young_woman_is_judged_by_z_scores() -> None:
    made = planned(*LABS, *DENSITY, born="1990-02-01")
    dx1 = next(each for each in made.assessment.diagnosis if each.id == "diagnosis.dx1")
    assert dx1.verdict is Truth.NO


def test_qfracture_never_satisfies_a_frax_threshold() -> None:
    low_mass = (
        measured("t_score", -1.8, "2026-05-04", "{T}", site="lumbar_spine"),
        measured("t_score", -1.6, "2026-05-04", "{T}", site="total_hip"),
    )
    made = planned(*LABS, *ANSWERS, *low_mass)
    dx3 = next(each for each in made.assessment.diagnosis if each.id == "diagnosis.dx3")
    assert dx3.verdict is Truth.CANNOT_TELL
    assert any(score.tool == "qfracture" for score in made.assessment.scores)


def test_guidelines_stand_side_by_side_and_disagree_in_the_open() -> None:
    made = planned(*WELL, measured("t_score", -3.2, "2026-05-05", "{T}", site="lumbar_spine"))
    aace, nogg = made.assessment.category("aace_2020"), made.assessment.category("nogg_2024")
    assert aace is not None
    assert aace.category == "very_high"
    assert nogg is not None
    assert nogg.category != "very_high"


def test_tablets_that_run_are_ended_before_the_infusion() -> None:
    made = planned(*WELL, took("alendronate", "2022-02-01"), answered("poor_adherence", True, "2026-06-01"))
    assert made.chosen == "zoledronic_acid"
    assert any("End the tablets" in step.title for step in made.steps)


def test_every_plan_says_that_denosumab_and_the_builders_are_injections() -> None:
    made = planned(*WELL)
    for drug in ("denosumab", "romosozumab", "teriparatide", "abaloparatide"):
        option = made.option(drug)
        assert option is not None
        assert not option.is_infusion
        assert "under the skin" in option.burden.sentence


def test_every_course_is_written_in_the_notation_that_the_bone_room_reads() -> None:
    for option in planned(*WELL).options:
        regimen = parse_regimen(option.regimen)
        assert str(regimen) == option.regimen
        assert {course.drug for course in regimen.courses} == {segment.drug for segment in option.sequence.segments}
