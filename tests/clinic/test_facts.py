"""What was asked and measured goes into the chart, and clears the gate where it stands."""

import json

import pytest

from osteon.clinic.facts.asked import open_questions
from osteon.clinic.people.roles import CARE, Role
from osteon.clinic.records.models import Patient
from tests.clinic.conftest import TODAY


@pytest.fixture
def address(jane: Patient) -> str:
    return f"/patients/{jane.pk}/facts/"


def test_the_page_asks_what_the_gate_cannot_tell_and_ticks_nothing(signed_in, address: str):
    page = signed_in(Role.NURSE).get(address).content.decode()
    assert "fever_or_infection_today" in page
    assert "checked" not in page


def test_an_answer_goes_into_the_chart_and_the_question_is_closed(signed_in, address: str, jane: Patient):
    before = {each.fact for each in open_questions(jane, TODAY)[0]}
    nurse = signed_in(Role.NURSE)
    answer = nurse.post(address, {"part": "questions", "fever_or_infection_today": "no"}, follow=True)
    assert "1 fact." in answer.content.decode()
    after = {each.fact for each in open_questions(Patient.objects.get(pk=jane.pk), TODAY)[0]}
    assert before - after == {"fever_or_infection_today"}


def test_a_result_is_taken_with_its_unit_and_day(signed_in, jane: Patient):
    jane.entries.filter(content__contains='"17861-6"').update(replaced_at="2026-11-01T00:00Z")
    address = f"/patients/{jane.pk}/facts/"
    assert "calcium-value" in signed_in(Role.NURSE).get(address).content.decode()
    given = {"part": "results", "calcium-value": "9.4", "calcium-unit": "mg/dL", "calcium-day": "2026-11-20"}
    signed_in(Role.NURSE).post(address, given)
    entry = jane.entries.get(source="the clinic")
    resource = json.loads(entry.content)
    assert resource["valueQuantity"] == {"value": 9.4, "unit": "mg/dL"}
    assert resource["subject"] == {"reference": "Patient/jane-doyle"}
    assert entry.added_by.role == Role.NURSE


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"calcium-value": "900", "calcium-unit": "mg/dL", "calcium-day": "2026-11-20"}, "plausible"),
        ({"calcium-value": "9.4", "calcium-unit": "", "calcium-day": "2026-11-20"}, "required"),
        ({"calcium-value": "9.4", "calcium-unit": "mg/dL", "calcium-day": "2026-12-20"}, "still to come"),
        ({"calcium-value": "high", "calcium-unit": "mg/dL", "calcium-day": "2026-11-20"}, "number"),
    ],
)
def test_a_result_that_cannot_be_is_refused_in_words(signed_in, jane: Patient, given: dict, words: str):
    jane.entries.filter(content__contains='"17861-6"').update(replaced_at="2026-11-01T00:00Z")
    answer = signed_in(Role.NURSE).post(f"/patients/{jane.pk}/facts/", {"part": "results", **given})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not jane.entries.filter(source="the clinic").exists()


def test_any_other_fact_is_read_like_a_row_of_a_plain_chart(signed_in, address: str, jane: Patient):
    given = {
        "part": "row",
        "what": "fracture",
        "value": "fell from standing height",
        "date": "2026-11",
        "site": "wrist",
    }
    signed_in(Role.PRESCRIBER).post(address, given)
    assert jane.entries.filter(kind="Condition", source="the clinic").exists()
    jane.summary.refresh_from_db()
    assert jane.plans.count() == 2


def test_what_is_not_understood_says_why(signed_in, address: str):
    answer = signed_in(Role.NURSE).post(address, {"part": "row", "what": "shoe size", "value": "39"})
    assert answer.status_code == 422
    assert "not known" in answer.content.decode()


def test_a_wrong_entry_is_marked_and_kept_and_counts_no_more(signed_in, address: str, jane: Patient):
    nurse = signed_in(Role.NURSE)
    nurse.post(address, {"part": "questions", "fever_or_infection_today": "yes"})
    entry = jane.entries.get(source="the clinic")
    assert "fever" in nurse.get(f"{address}{entry.pk}/").content.decode()
    nurse.post(f"{address}{entry.pk}/", {"reason": "another patient's answer"})
    versions = jane.entries.filter(resource_id=entry.resource_id).order_by("pk")
    assert [bool(each.replaced_at) for each in versions] == [True, False]
    assert "entered-in-error" in versions.last().content
    assert "fever_or_infection_today" in {each.fact for each in open_questions(jane, TODAY)[0]}


def test_an_error_without_a_reason_is_not_accepted(signed_in, address: str, jane: Patient):
    nurse = signed_in(Role.NURSE)
    nurse.post(address, {"part": "questions", "fever_or_infection_today": "yes"})
    entry = jane.entries.get(source="the clinic")
    assert "required" in nurse.post(f"{address}{entry.pk}/", {"reason": ""}).content.decode()
    entry.refresh_from_db()
    assert entry.replaced_at is None


@pytest.mark.parametrize("role", [role for role in Role if role not in CARE and role != Role.PATIENT])
def test_who_does_not_treat_enters_nothing(signed_in, address: str, role: Role):
    assert signed_in(role).post(address, {"part": "questions"}).status_code == 403
