"""Two records of one person become one: suspected, compared, merged, and nothing is lost."""

import json
from datetime import date

import pytest

from osteon.clinic.audit.models import Entry as AuditEntry
from osteon.clinic.booking.models import Visit
from osteon.clinic.orders.models import OrderEnd
from osteon.clinic.orders.sign import drafts, sign
from osteon.clinic.patients.duplicates import pairs
from osteon.clinic.patients.merge import MergeError, merge
from osteon.clinic.patients.models import Merge
from osteon.clinic.patients.shown import shown
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import chart_of, resources_in, write
from osteon.clinic.records.models import Entry, Patient, Summary
from osteon.clinic.records.refresh import refresh
from tests.clinic.conftest import EXAMPLES, TODAY


@pytest.fixture
def double(jane: Patient) -> Patient:
    """Jane again, from another hospital, with a name misspelt and a result that the first record lacks."""
    patient = Patient.objects.create(
        record_number="OST-0999", family_name="Doile", given_name="Jane", birth_date=date(1961, 3, 14), sex="female",
        phone="555-0199",
    )  # fmt: skip
    bundle = json.loads((EXAMPLES / "jane.json").read_text().replace("jane-doyle", "pat-9").replace("OST-0065", "X-9"))
    bundle["entry"] = [each for each in bundle["entry"] if each["resource"]["resourceType"] in ("Patient", "Condition")]
    bundle["entry"].append(
        {"resource": {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/pat-9"},
                      "code": {"text": "latex"}}}
    )  # fmt: skip
    write(patient, resources_in(json.dumps(bundle).encode(), "x"), source="test", by=None)
    refresh(patient, on=TODAY, forecast=False)
    return patient


@pytest.fixture
def coordinator(person) -> User:
    return person(Role.COORDINATOR)


def test_records_of_one_person_are_suspected(jane: Patient, double: Patient, mark: Patient):
    (pair,) = pairs()
    assert {pair.one, pair.other} == {jane, double}
    assert "birth date" in pair.why


def test_a_shared_identifier_is_suspected_whatever_the_name(jane: Patient):
    other = Patient.objects.create(
        record_number="Z-1", family_name="Zimmer", given_name="Ute", birth_date=date(1940, 1, 1), sex="female"
    )
    write(other, resources_in((EXAMPLES / "jane.json").read_bytes(), "x"), source="test", by=None)
    assert [pair.why for pair in pairs()] == ["the same identifier"]


def test_a_pair_that_is_two_people_is_not_shown_again(signed_in, jane: Patient, double: Patient):
    client = signed_in(Role.COORDINATOR)
    assert "Doile" in client.get("/patients/duplicates/").content.decode()
    client.post("/patients/duplicates/", {"one": jane.pk, "other": double.pk})
    assert "No suspect" in client.get("/patients/duplicates/").content.decode()


def test_twins_are_not_suspected_when_their_names_differ(db):
    for name in ("Adelheid", "Brunhilde"):
        Patient.objects.create(
            record_number=name, family_name="Klug", given_name=name, birth_date=date(1950, 1, 1), sex="female"
        )
    assert all(pair.why.endswith("one name in common") for pair in pairs())


def test_both_records_are_compared_before_anything_happens(signed_in, jane: Patient, double: Patient):
    page = signed_in(Role.COORDINATOR).get(f"/patients/{jane.pk}/merge/{double.pk}/").content.decode()
    assert "OST-0999" in page
    assert "Nothing is deleted" in page
    assert Patient.objects.get(pk=double.pk).merged_into is None


def test_a_merge_asks_why(signed_in, jane: Patient, double: Patient):
    answer = signed_in(Role.COORDINATOR).post(f"/patients/{jane.pk}/merge/{double.pk}/", {"sure": "on"})
    assert answer.status_code == 422
    assert Patient.objects.get(pk=double.pk).merged_into is None


def test_the_whole_chart_stands_in_one_record_and_nothing_is_deleted(jane: Patient, double: Patient, coordinator: User):
    entries = Entry.objects.count()
    merge(jane, double, reason="same person", by=coordinator)
    chart = chart_of(jane, TODAY)
    assert "latex" in {each.text for each in chart.allergies}
    assert "latex" in dict(Summary.objects.get(patient=jane).strip)["Allergies"]
    assert not any(each.reason.startswith("about another") for each in chart.skipped)
    assert Entry.objects.count() > entries
    assert double.entries.filter(replaced_at__isnull=True).exists()
    assert Patient.objects.get(pk=jane.pk).phone == "555-0199"
    assert not Summary.objects.filter(patient=double).exists()
    assert {"merged another record into this one", "merged this record into another"} <= set(
        AuditEntry.objects.values_list("act", flat=True)
    )


def test_visits_move_and_orders_end(jane: Patient, double: Patient, coordinator: User, person):
    visit = Visit.objects.create(
        patient=double, drug="zoledronic_acid", title="Infusion", setup_min=1, giving_min=1, observing_min=1,
        cleaning_min=1, due_on=TODAY, earliest=TODAY,
    )  # fmt: skip
    seen = shown(jane, TODAY)
    signed = sign(double, double.plans.latest(), _free(drafts(seen.view.plan, seen.at)[0]), {}, person(Role.PRESCRIBER))
    made = merge(jane, double, reason="same person", by=coordinator)
    visit.refresh_from_db()
    assert visit.patient == jane
    assert made.moved["booking.visit"] == [str(visit.pk)]
    assert OrderEnd.objects.get(order=signed).kind == "merged"


def _free(draft):
    import msgspec

    return msgspec.structs.replace(draft, stops=())


def test_the_old_address_leads_to_the_record_that_stands(signed_in, jane: Patient, double: Patient, coordinator: User):
    merge(jane, double, reason="same person", by=coordinator)
    client = signed_in(Role.NURSE)
    assert client.get(f"/patients/{double.pk}/")["Location"] == f"/patients/{jane.pk}/"
    assert "Doile" not in client.get("/patients/").content.decode()
    assert "OST-0999" in client.get(f"/patients/{jane.pk}/record/").content.decode()


def test_a_merged_record_is_not_merged_again(jane: Patient, double: Patient, mark: Patient, coordinator: User):
    merge(jane, double, reason="same person", by=coordinator)
    with pytest.raises(MergeError):
        merge(mark, double, reason="again", by=coordinator)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COORDINATOR, Role.PATIENT)])
def test_only_a_coordinator_merges(signed_in, jane: Patient, double: Patient, role: Role):
    address = f"/patients/{jane.pk}/merge/{double.pk}/"
    assert signed_in(role).post(address, {"reason": "x", "sure": "on"}).status_code == 403


def test_a_confidential_record_is_not_merged_by_who_may_not_open_it(signed_in, jane: Patient, double: Patient):
    Patient.objects.filter(pk=double.pk).update(is_confidential=True)
    client = signed_in(Role.COORDINATOR)
    assert "Doile" not in client.get("/patients/duplicates/").content.decode()
    assert client.get(f"/patients/{jane.pk}/merge/{double.pk}/").status_code == 404
