"""A prescriber signs an order, a nurse cannot; a stop stops everybody; an order ends and stays as it was signed."""

from datetime import date, timedelta

import msgspec
import pytest
from django.db import DatabaseError, transaction

from osteon.clinic.audit.models import Entry as AuditEntry
from osteon.clinic.orders.models import Order
from osteon.clinic.orders.sign import SignError, drafts, sign
from osteon.clinic.orders.standing import standing_order
from osteon.clinic.patients.shown import shown
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh
from osteon.knowledge.types import Severity
from osteon.pathway.finding import Finding
from osteon.pathway.truth import Truth
from tests.clinic.conftest import PASSWORD, TODAY
from tests.clinic.test_import import JANE, take_in


@pytest.fixture
def ready(signed_in) -> Patient:
    """Jane after her tablets: nothing but the day's own questions stands against the infusion."""
    text = msgspec.json.encode(JANE).decode()
    bundle = msgspec.json.decode(text)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "MedicationStatement" and "alendronate" in str(resource):
            resource["status"] = "completed"
            resource["effectivePeriod"]["end"] = "2026-11-09"
    return take_in(signed_in(Role.COORDINATOR), bundle)


def given(patient: Patient, **fields: str) -> dict[str, str]:
    plan = str(patient.plans.latest().pk)
    return {"drug": "zoledronic_acid", "plan": plan, "password": PASSWORD, **fields}


def address(patient: Patient) -> str:
    return f"/patients/{patient.pk}/orders/"


def finding(name: str, severity: Severity, *, verdict: Truth = Truth.YES, only_a_result: bool = False) -> Finding:
    return Finding(id=name, verdict=verdict, severity=severity, text="Words.", only_a_result_clears=only_a_result)


def test_a_prescriber_signs_with_her_password(signed_in, ready: Patient):
    client = signed_in(Role.PRESCRIBER)
    answer = client.post(address(ready), given(ready), follow=True)
    assert "Signed: zoledronic acid 5 mg" in answer.content.decode()
    order = standing_order(ready, "zoledronic_acid", TODAY)
    assert order.signed_by.role == Role.PRESCRIBER
    assert (order.order.dose, order.order.route) == ("5 mg", "intravenous infusion")
    assert order.first_dose_on == date(2026, 12, 7)
    assert order.override_ids == frozenset()
    assert AuditEntry.objects.filter(act="signed an order", patient_id=ready.pk).exists()


def test_it_names_the_substance_and_no_product(ready: Patient):
    seen = shown(ready, TODAY)
    (draft,) = drafts(seen.view.plan, seen.at)
    brands = seen.at.knowledge.drugs["zoledronic_acid"].brands.value
    assert not any(brand.lower() in draft.order.name.lower() for brand in brands)


def test_it_is_valid_for_twelve_months_and_no_longer(signed_in, ready: Patient):
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    assert standing_order(ready, "zoledronic_acid", TODAY + timedelta(days=365)) is not None
    assert standing_order(ready, "zoledronic_acid", TODAY + timedelta(days=366)) is None
    assert standing_order(ready, "denosumab", TODAY) is None


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PRESCRIBER, Role.PATIENT)])
def test_nobody_else_signs_or_cancels(signed_in, ready: Patient, role: Role):
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    order = Order.objects.get()
    assert signed_in(role).post(address(ready), given(ready)).status_code == 403
    assert (
        signed_in(role).post(f"{address(ready)}{order.pk}/", {"reason": "x", "password": PASSWORD}).status_code == 403
    )
    assert Order.objects.count() == 1


def test_a_nurse_sees_the_order_and_no_field_to_sign_in(signed_in, ready: Patient):
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    nurse = signed_in(Role.NURSE)
    page = nurse.get(address(ready)).content.decode()
    assert "✔ signed" in page
    assert "password" not in page
    one = nurse.get(f"{address(ready)}{Order.objects.get().pk}/").content.decode()
    assert "mL/h" in one
    assert "password" not in one


@pytest.mark.parametrize("password", ["", "not it"])
def test_without_the_right_password_nothing_is_signed(signed_in, ready: Patient, password: str):
    answer = signed_in(Role.PRESCRIBER).post(address(ready), given(ready, password=password))
    assert answer.status_code == 422
    assert "The order was not signed" in answer.content.decode()
    assert not Order.objects.exists()


def test_an_old_plan_is_not_signed(signed_in, ready: Patient):
    old = given(ready)
    refresh(ready, on=date(2026, 11, 24), forecast=False)
    signed_in(Role.PRESCRIBER).post(address(ready), old)
    assert not Order.objects.exists()


def test_a_stop_cannot_be_signed_away(ready: Patient, person):
    seen = shown(ready, TODAY)
    draft = msgspec.structs.replace(drafts(seen.view.plan, seen.at)[0], stops=(finding("a.stop", Severity.STOP),))
    prescriber = person(Role.PRESCRIBER)
    for overrides in ({}, {"a.stop": "I know better"}):
        with pytest.raises(SignError):
            sign(ready, seen.kept, draft, overrides, prescriber)
    assert not Order.objects.exists()


def test_the_page_offers_no_signature_where_a_stop_holds(signed_in, ready: Patient, monkeypatch):
    stop = finding("gate.a_stop", Severity.STOP)
    monkeypatch.setattr("osteon.clinic.orders.sign.standing_against", lambda _gate, due_on: [stop])
    client = signed_in(Role.PRESCRIBER)
    page = client.get(address(ready)).content.decode()
    assert "Nobody can sign this away" in page
    assert "Sign the order" not in page
    assert "This cannot be signed" in client.post(address(ready), given(ready), follow=True).content.decode()
    assert not Order.objects.exists()


def test_a_hold_is_set_aside_with_a_reason_and_by_nothing_else(signed_in, ready: Patient, monkeypatch):
    holds = [finding("gate.a_hold", Severity.HOLD), finding("gate.another", Severity.HOLD)]
    monkeypatch.setattr("osteon.clinic.orders.sign.standing_against", lambda _gate, due_on: holds)
    client = signed_in(Role.PRESCRIBER)
    assert "■ hold" in client.get(address(ready)).content.decode()
    client.post(address(ready), given(ready, **{"reason-0": "the dentist has seen her", "reason-1": " "}))
    order = Order.objects.get()
    assert order.overrides == [{"finding": "gate.a_hold", "text": "Words.", "reason": "the dentist has seen her"}]
    assert "the dentist has seen her" in client.get(f"{address(ready)}{order.pk}/").content.decode()


@pytest.mark.parametrize(
    "against",
    [
        finding("x.calcium", Severity.HOLD, only_a_result=True),
        finding("x.calcium", Severity.HOLD, verdict=Truth.CANNOT_TELL, only_a_result=True),
        finding("x.stop", Severity.STOP, verdict=Truth.CANNOT_TELL),
    ],
)
def test_what_only_a_result_clears_is_not_set_aside(ready: Patient, person, monkeypatch, against: Finding):
    monkeypatch.setattr("osteon.clinic.orders.sign.standing_against", lambda _gate, due_on: [against])
    seen = shown(ready, TODAY)
    (draft,) = drafts(seen.view.plan, seen.at)
    assert (draft.results, draft.holds) == ((against,), ())
    with pytest.raises(SignError):
        sign(ready, seen.kept, draft, {against.id: "I know better"}, person(Role.PRESCRIBER))


def test_a_new_order_replaces_the_one_before_and_keeps_it(signed_in, ready: Patient):
    client = signed_in(Role.PRESCRIBER)
    client.post(address(ready), given(ready))
    first = Order.objects.get()
    client.post(address(ready), given(ready))
    second = standing_order(ready, "zoledronic_acid", TODAY)
    assert second.replaces == first
    assert first.end.kind == "replaced"
    assert "replaced by a new order" in client.get(address(ready)).content.decode()


def test_an_order_is_cancelled_with_a_reason_and_the_password(signed_in, ready: Patient):
    client = signed_in(Role.PRESCRIBER)
    client.post(address(ready), given(ready))
    order = Order.objects.get()
    one = f"{address(ready)}{order.pk}/"
    assert client.post(one, {"reason": "", "password": PASSWORD}).status_code == 422
    assert client.post(one, {"reason": "moved away", "password": "no"}).status_code == 422
    client.post(one, {"reason": "moved away", "password": PASSWORD})
    assert standing_order(ready, "zoledronic_acid", TODAY) is None
    assert "moved away" in client.get(one).content.decode()


def test_nobody_changes_or_deletes_a_signed_order(signed_in, ready: Patient):
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.update(drug="denosumab")
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.all().delete()


def test_an_order_of_another_patient_is_not_there(signed_in, ready: Patient, mark: Patient):
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    assert signed_in(Role.NURSE).get(f"{address(mark)}{Order.objects.get().pk}/").status_code == 404


def test_nothing_is_ordered_for_the_dead(signed_in, ready: Patient):
    Patient.objects.filter(pk=ready.pk).update(deceased=True)
    page = signed_in(Role.PRESCRIBER).get(address(ready)).content.decode()
    assert "This patient has died" in page
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    assert not Order.objects.exists()


def test_an_order_is_no_fact_of_the_chart(signed_in, ready: Patient):
    before = ready.entries.count()
    signed_in(Role.PRESCRIBER).post(address(ready), given(ready))
    assert ready.entries.count() == before
    assert shown(ready, TODAY).at["treatments_now"].value == frozenset()
