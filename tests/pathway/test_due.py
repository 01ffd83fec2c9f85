"""Which dose is next, when is it due, and from when does waiting do harm?"""

from datetime import date

import pytest

import osteon.pathway.facts  # noqa: F401 - registers the facts
from osteon.chart.plain import read_plain
from osteon.knowledge.in_force import load
from osteon.pathway.clearing import clearing
from osteon.pathway.due import Due, due
from osteon.pathway.gate import Readiness, gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import plan

TODAY = date(2026, 11, 23)
HEAD = """what,value,unit,date,site,note
sex,female
birth_date,1948-03-02
written,2026-11-23
condition,osteoporosis,,2021
T-score,-2.9,,2025-09-01,lumbar spine
weight,61,kg,2026-11-10
calcium,9.4,mg/dL,2026-11-10
albumin,4.2,g/dL,2026-11-10
25-OH vitamin D,38,ng/mL,2026-10-01
drug,calcium carbonate 500 mg daily,,2021-02..
allergy,none
"""
WELL = "creatinine,0.8,mg/dL,2026-11-10\n"


def occasion(rows: str) -> Occasion:
    knowledge = load(TODAY)
    return Occasion(read_plain((HEAD + rows).encode(), knowledge, on=TODAY), TODAY, knowledge)


def due_of(rows: str) -> Due | None:
    at = occasion(rows)
    return due(plan(at), at)


def test_a_second_denosumab_is_due_after_six_months_and_harmful_after_seven():
    found = due_of(WELL + "dose,denosumab 60 mg,,2025-11-18\ndose,denosumab 60 mg,,2026-05-18\n")
    assert (found.drug, found.due_on, found.harmful_from) == ("denosumab", date(2026, 11, 18), date(2026, 12, 18))
    assert (found.last_given, found.doses_given) == (date(2026, 5, 18), 2)
    assert (found.overdue_days(TODAY), found.days_to_harm(TODAY)) == (5, 25)


def test_after_one_denosumab_alone_no_day_of_harm_is_named():
    assert due_of(WELL + "dose,denosumab 60 mg,,2026-05-18\n").harmful_from is None


def test_a_denosumab_patient_keeps_her_deadline_when_nothing_can_be_planned():
    found = due_of("dose,denosumab 60 mg,,2025-10-01\ndose,denosumab 60 mg,,2026-04-10\n")
    assert found.because_of == "denosumab"
    assert found.harmful_from == date(2026, 11, 10)


def test_denosumab_that_another_antiresorptive_has_followed_sets_no_deadline():
    rows = (
        WELL
        + "dose,denosumab 60 mg,,2025-01-10\ndose,denosumab 60 mg,,2025-07-10\ndose,zoledronic acid 5 mg,,2026-01-12\n"
    )
    found = due_of(rows)
    assert (found.because_of, found.harmful_from) == ("zoledronic_acid", None)


def test_somebody_whose_infusion_is_blocked_by_the_kidney_stays_on_the_list():
    at = occasion("creatinine,1.9,mg/dL,2026-11-10\ndose,zoledronic acid 5 mg,,2025-11-18\n")
    found = due(plan(at), at)
    assert (found.drug, found.due_on) == ("zoledronic_acid", date(2026, 11, 18))
    cleared = clearing(gate(at.knowledge.drugs[found.drug], at), at, due_on=found.due_on)
    assert cleared.verdict is Readiness.NOT_READY
    assert "another drug" in cleared.acts[0]


def test_a_first_infusion_is_due_on_the_day_that_the_plan_names():
    at = occasion(
        WELL + "drug,alendronate 70 mg weekly,,2021-02..2026-08-01,,heartburn\nintolerance,alendronate,,2026\n"
    )
    made = plan(at)
    assert due(made, at).due_on == made.start.on
    assert due(made, at).last_given is None


def test_somebody_without_osteoporosis_is_due_for_nothing():
    knowledge = load(TODAY)
    healthy = "what,value,unit,date,site,note\nsex,female\nbirth_date,1970-01-01\nwritten,2026-11-23\n"
    healthy += "T-score,0.3,,2026-01-01,lumbar spine\n"
    at = Occasion(read_plain(healthy.encode(), knowledge, on=TODAY), TODAY, knowledge)
    assert due(plan(at), at) is None


def test_what_only_time_clears_holds_up_nothing_that_is_not_due_yet():
    at = occasion(
        WELL
        + "dose,denosumab 60 mg,,2026-01-20\ndose,denosumab 60 mg,,2026-08-20\nthigh_or_groin_pain,no,,2026-11-23\n"
    )
    found = due(plan(at), at)
    checks = gate(at.knowledge.drugs["denosumab"], at)
    assert any("months after the last" in each.remedy for each in checks.findings)
    assert not any("months after the last" in act for act in clearing(checks, at, due_on=found.due_on).acts)
    assert any("months after the last" in act for act in clearing(checks, at, due_on=TODAY).acts)


@pytest.mark.parametrize(("left_out", "first"), [("calcium,9.4,mg/dL,2026-11-10\n", "Serum calcium"), ("", "Ask")])
def test_results_to_send_for_come_before_questions_of_the_day(left_out: str, first: str):
    knowledge = load(TODAY)
    rows = HEAD.replace(left_out, "") if left_out else HEAD
    table = rows + WELL + "dose,denosumab 60 mg,,2025-11-18\ndose,denosumab 60 mg,,2026-05-18\n"
    at = Occasion(read_plain(table.encode(), knowledge, on=TODAY), TODAY, knowledge)
    cleared = clearing(gate(at.knowledge.drugs["denosumab"], at), at, due_on=date(2026, 11, 18))
    assert cleared.verdict is Readiness.CANNOT_TELL
    assert cleared.acts[0].startswith(first)
