"""A patient is found, her page says how she stands, and a prescriber accepts her plan."""

from datetime import date

import pytest
from django.test import Client

from osteon.clinic.audit.models import Entry as AuditEntry
from osteon.clinic.patients.search import birth_dates
from osteon.clinic.patients.shown import shown
from osteon.clinic.patients.similar import ALIKE, ALIKE_SAME_BIRTH_DATE, likeness
from osteon.clinic.patients.timeline import timeline
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import refresh
from tests.clinic.conftest import PASSWORD, TODAY


def made(family: str, given: str, number: str, born: date = date(1950, 1, 1), **fields: object) -> Patient:
    return Patient.objects.create(
        family_name=family, given_name=given, record_number=number, birth_date=born, sex="female", **fields
    )


def found(client: Client, text: str) -> str:
    return client.post("/patients/", {"text": text}, follow=True).content.decode()


@pytest.mark.parametrize(
    "text", ["Sørensen", "SØRENSEN", "rosa novak", "Novák, Rosa", "nov ro", "OST-77", "ost-77", "1950-01-01", "1950"]
)
def test_a_patient_is_found_however_the_name_is_typed(signed_in, text: str):
    made("Sørensen", "Ida", "OST-7001" if "OST" not in text.upper() else "OST-77-1")
    made("Novák", "Rosa", "OST-7702")
    made("Quintero", "Ada", "OST-9", date(1961, 5, 6))
    page = found(signed_in(Role.NURSE), text)
    assert "Sørensen" in page or "Novák" in page
    assert "Quintero" not in page


@pytest.mark.parametrize(
    ("text", "us", "elsewhere"),
    [
        ("1961-03-04", [date(1961, 3, 4)], [date(1961, 3, 4)]),
        ("4 March 1961", [date(1961, 3, 4)], [date(1961, 3, 4)]),
        ("March 4th, 1961", [date(1961, 3, 4)], [date(1961, 3, 4)]),
        ("03/04/1961", [date(1961, 3, 4), date(1961, 4, 3)], [date(1961, 4, 3), date(1961, 3, 4)]),
        ("14.3.1961", [date(1961, 3, 14)], [date(1961, 3, 14)]),
        ("31/02/1961", [], []),
        ("1861-03-04", [], []),
    ],
)
def test_a_birth_date_is_read_as_the_country_writes_it(text: str, us: list[date], elsewhere: list[date]):
    assert list(birth_dates(text, month_first=True)) == us
    assert list(birth_dates(text, month_first=False)) == elsewhere


def test_no_name_stands_in_an_address(signed_in, jane: Patient):
    made("Doylet", "Anna", "OST-1")
    client = signed_in(Role.NURSE)
    answer = client.post("/patients/", {"text": "doyl"})
    assert answer["Location"] == "/patients/"
    assert "2 patients found" in client.get("/patients/").content.decode()


def test_a_single_find_opens_the_record(signed_in, jane: Patient):
    assert signed_in(Role.NURSE).post("/patients/", {"text": "OST-0065"})["Location"] == f"/patients/{jane.pk}/"


def test_nobody_found_is_said_and_everybody_can_be_shown_again(signed_in, jane: Patient):
    client = signed_in(Role.NURSE)
    assert "Nobody found" in found(client, "Zz")
    assert "Doyle" in found(client, "")


def test_the_list_pages_and_asks_the_same_number_of_questions(signed_in, django_assert_max_num_queries):
    for number in range(60):
        made("Name" + chr(97 + number % 26) * 3, "Given", f"N-{number}", date(1940 + number % 40, 1, 2))
    client = signed_in(Role.SERVICE_LEAD)
    client.get("/patients/")  # the first page of a session writes down that somebody is here
    with django_assert_max_num_queries(6):
        page = client.get("/patients/?page=2").content.decode()
    assert "Page 2 of 3" in page
    assert client.get("/patients/?page=99").status_code == 200


def test_similar_names_on_one_list_are_warned_of(signed_in):
    made("Doyle", "Jane", "A-1")
    made("Doyle", "Janet", "A-2")
    made("Okafor", "Helen", "A-3")
    page = signed_in(Role.NURSE).get("/patients/").content.decode()
    assert "Similar names on this list" in page
    assert page.count("▲ similar name") == 2


@pytest.mark.parametrize(
    ("one", "other", "at_least"),
    [("doyle jane", "doyle janet", ALIKE), ("doyle jane", "jane doyle", ALIKE),
     ("schmidt anna", "schmitt anna", ALIKE), ("hansen ida", "hanssen ida maria", ALIKE_SAME_BIRTH_DATE)],
)  # fmt: skip
def test_names_that_are_easily_confused_are_alike(one: str, other: str, at_least: float):
    assert likeness(one, other) >= at_least


def test_names_that_nobody_confuses_are_not_alike():
    assert likeness("okafor helen", "doyle jane") < ALIKE_SAME_BIRTH_DATE
    assert likeness("silva rosa", "silveira bruno") < ALIKE


def test_a_confidential_record_shows_no_dose_on_the_list(signed_in, jane: Patient):
    Patient.objects.filter(pk=jane.pk).update(is_confidential=True)
    page = signed_in(Role.NURSE).get("/patients/").content.decode()
    assert "confidential" in page
    assert "oledronic" not in page


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "plan/", "timeline/", "record/", "orders/", "documents/"])
def test_staff_read_every_page_about_a_patient_and_each_is_in_the_audit_log(signed_in, jane: Patient, part: str):
    for role in STAFF:
        before = AuditEntry.objects.filter(patient_id=jane.pk).count()
        assert signed_in(role).get(f"/patients/{jane.pk}/{part}").status_code == 200, role
        assert AuditEntry.objects.filter(patient_id=jane.pk).count() == before + 1


def test_the_page_says_first_how_she_stands(signed_in, jane: Patient, django_assert_max_num_queries):
    client = signed_in(Role.NURSE)
    with django_assert_max_num_queries(24):
        page = client.get(f"/patients/{jane.pk}/").content.decode()
    assert "The next dose, zoledronic acid, is due on 7 December 2026. Not ready for it" in page
    assert page.index("The next dose") < page.index("What the plan says")
    assert "<title>Patient – " in page
    assert "Nobody has signed this plan" in page


def test_the_picture_shows_the_measured_points_and_stands_beside_no_drug(
    signed_in, jane: Patient, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        refresh(jane, on=TODAY)
    summary = Summary.objects.get(patient=jane)
    assert "no drug" in summary.picture
    assert "zoledronic acid" in summary.picture
    assert summary.picture.count("role-mark") > 5
    assert summary.waiting.startswith("If the dose of zoledronic acid")
    page = signed_in(Role.NURSE).get(f"/patients/{jane.pk}/").content.decode()
    assert "Dots: this patient" in page
    assert "A hip" in signed_in(Role.NURSE).get(f"/patients/{jane.pk}/plan/").content.decode()


def test_a_plan_made_anew_on_the_same_chart_keeps_showing_the_forecast(
    jane: Patient, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        refresh(jane, on=TODAY)
    newest = jane.plans.latest()
    newest.pk = None
    newest.has_forecasts = False
    content = shown(jane, TODAY).kept.content
    newest.content = content[: content.rindex('"outlook"')] + '"outlook":null,"sign_off":{}}'
    newest.save(force_insert=True)
    seen = shown(jane, TODAY)
    assert seen.kept.pk == newest.pk
    assert seen.view.outlook.rows


def test_the_timeline_has_scans_fractures_medicines_and_answers(jane: Patient):
    seen = shown(jane, TODAY)
    events = timeline(jane, seen.at.chart, seen.at.knowledge)
    assert {"scans", "fractures", "medicines", "results", "symptoms", "conditions", "visits"} <= {
        e.kind for e in events
    }
    days = [event.when.latest for event in events if event.when]
    assert days == sorted(days, reverse=True)
    assert all(event.kind == "scans" for event in timeline(jane, seen.at.chart, seen.at.knowledge, kind="scans"))


def test_a_chart_that_cannot_be_read_says_so_and_the_page_opens(signed_in, jane: Patient):
    write(jane, [Received({"resourceType": "Patient", "id": "another", "birthDate": "1950"})], source="t", by=None)
    page = signed_in(Role.NURSE).get(f"/patients/{jane.pk}/")
    assert page.status_code == 200
    assert "The chart cannot be read" in page.content.decode()


# --- the signature under the plan -------------------------------------------------------------------------------------


def test_a_prescriber_accepts_the_plan_with_her_password(signed_in, jane: Patient):
    plan = jane.plans.latest()
    client = signed_in(Role.PRESCRIBER)
    client.post(f"/patients/{jane.pk}/plan/", {"plan": plan.pk, "password": PASSWORD})
    plan.refresh_from_db()
    assert plan.accepted_by.role == Role.PRESCRIBER
    assert plan.accepted_at is not None
    assert AuditEntry.objects.filter(patient_id=jane.pk, act="accepted the plan").exists()
    assert "✔ accepted" in client.get(f"/patients/{jane.pk}/").content.decode()


def test_a_wrong_password_signs_nothing(signed_in, jane: Patient):
    plan = jane.plans.latest()
    answer = signed_in(Role.PRESCRIBER).post(f"/patients/{jane.pk}/plan/", {"plan": plan.pk, "password": "wrong"})
    assert answer.status_code == 422
    assert "was not accepted" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.accepted_by is None


def test_a_plan_that_has_changed_since_it_was_opened_is_not_accepted(signed_in, jane: Patient):
    opened = jane.plans.latest().pk
    refresh(jane, on=date(2026, 11, 24), forecast=False)
    signed_in(Role.PRESCRIBER).post(f"/patients/{jane.pk}/plan/", {"plan": opened, "password": PASSWORD})
    assert not jane.plans.filter(accepted_by__isnull=False).exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PRESCRIBER and role != Role.PATIENT])
def test_nobody_else_accepts_a_plan(signed_in, jane: Patient, role: Role):
    plan = jane.plans.latest()
    answer = signed_in(role).post(f"/patients/{jane.pk}/plan/", {"plan": plan.pk, "password": PASSWORD})
    assert answer.status_code == 403


def test_a_plan_accepted_yesterday_still_counts_while_it_says_the_same(signed_in, jane: Patient):
    signed_in(Role.PRESCRIBER).post(
        f"/patients/{jane.pk}/plan/", {"plan": jane.plans.latest().pk, "password": PASSWORD}
    )
    refresh(jane, on=date(2026, 11, 24), forecast=False)
    seen = shown(jane, date(2026, 11, 24))
    assert seen.accepted.pk != seen.kept.pk
    assert seen.says_the_same


# --- death ------------------------------------------------------------------------------------------------------------


def visit_of(patient: Patient):
    from osteon.clinic.booking.models import Visit

    return Visit.objects.create(
        patient=patient, drug="zoledronic_acid", title="Infusion", state="confirmed", setup_min=10, giving_min=30,
        observing_min=10, cleaning_min=5, due_on=date(2026, 12, 7), earliest=date(2026, 12, 7),
    )  # fmt: skip


def test_the_dead_are_taken_off_the_lists_and_can_come_back(signed_in, jane: Patient):
    visit = visit_of(jane)
    nurse = signed_in(Role.NURSE)
    nurse.post(f"/patients/{jane.pk}/deceased/", {"day": "2026-11-20", "sure": "on"})
    jane = Patient.objects.get(pk=jane.pk)
    visit.refresh_from_db()
    assert (jane.deceased, jane.deceased_on, visit.state) == (True, date(2026, 11, 20), "cancelled")
    assert jane.summary.due_on is None
    assert shown(jane, TODAY).at.chart.patient.deceased.earliest == date(2026, 11, 20)
    assert "has died on 20 November 2026" in nurse.get(f"/patients/{jane.pk}/").content.decode()
    nurse.post(f"/patients/{jane.pk}/deceased/", {"reason": "another patient was meant"})
    jane = Patient.objects.get(pk=jane.pk)
    visit.refresh_from_db()
    assert (jane.deceased, visit.state, visit.events.last().kind) == (False, "waiting", "waiting")
    assert jane.summary.due_on == date(2026, 12, 7)


def test_a_death_in_the_future_is_refused(signed_in, jane: Patient):
    answer = signed_in(Role.NURSE).post(f"/patients/{jane.pk}/deceased/", {"day": "2027-01-01", "sure": "on"})
    assert answer.status_code == 422
    assert not Patient.objects.get(pk=jane.pk).deceased
