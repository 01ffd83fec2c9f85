"""What is on the shelf, for whom, until when; what was out of the refrigerator too long; and who got lot X."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from osteon.clinic.audit.models import Entry as AuditEntry
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.stock.balance import units_of
from osteon.clinic.stock.models import Lot, Movement, Product, Refrigerator, TakenOut, Temperature
from osteon.clinic.stock.moving import StockError, count, receive, take_back, take_out, use, waste
from osteon.clinic.stock.recall import recall
from osteon.clinic.stock.storage import storage_of
from tests.clinic.conftest import TODAY

HANDLES = {Role.NURSE, Role.PRESCRIBER}


@pytest.fixture
def nurse(person) -> User:
    return person(Role.NURSE)


@pytest.fixture
def lot(nurse: User) -> Lot:
    """Ten syringes of denosumab in the refrigerator."""
    product = Product.objects.create(name="Denosumab 60 mg syringe", drug="denosumab", unit="syringe")
    cold = Refrigerator.objects.create(name="Clean room")
    made = Lot.objects.create(product=product, number="AB-12 34", expires_on=date(2027, 6, 30), refrigerator=cold)
    receive(made, 10, nurse)
    return made


def visit(patient: Patient, drug: str = "denosumab") -> Visit:
    return Visit.objects.create(
        patient=patient, drug=drug, title="Injection", state="observing", setup_min=5, giving_min=5, observing_min=15,
        cleaning_min=5, due_on=TODAY, earliest=TODAY, starts_at=timezone.now(),
    )  # fmt: skip


def test_what_comes_in_and_goes_out_adds_up(lot: Lot, nurse: User, jane: Patient):
    use(lot, visit(jane), nurse)
    waste(lot, 2, "dropped", nurse)
    assert units_of(lot) == 7
    count(lot, 6, "one is missing", nurse)
    assert units_of(lot) == 6
    assert count(lot, 6, "", nurse) is None
    assert [each.units for each in Movement.objects.order_by("pk")] == [10, -1, -2, -1]


def test_more_than_there_is_is_refused(lot: Lot, nurse: User):
    with pytest.raises(StockError, match="Only 10"):
        waste(lot, 11, "?", nurse)
    assert units_of(lot) == 10


def test_movements_are_never_changed(lot: Lot):
    with pytest.raises(DatabaseError), transaction.atomic():
        Movement.objects.update(units=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        Movement.objects.all().delete()


def test_what_is_used_was_given_to_somebody(lot: Lot, nurse: User):
    with pytest.raises(DatabaseError), transaction.atomic():
        Movement.objects.create(lot=lot, kind="used", units=-1, at=timezone.now(), by=nurse)


def test_a_payers_dose_is_given_to_nobody_else(lot: Lot, nurse: User, jane: Patient, mark: Patient):
    lot.for_patient = mark
    lot.save()
    with pytest.raises(StockError, match="another patient"):
        use(lot, visit(jane), nurse)
    assert use(lot, visit(mark), nurse).patient == mark


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "expired"),
        ({"is_blocked": True, "blocked_why": "recalled"}, "blocked: recalled"),
    ],
)
def test_a_lot_that_may_not_be_given_is_refused(lot: Lot, nurse: User, jane: Patient, change: dict, words: str):
    Lot.objects.filter(pk=lot.pk).update(**change)
    with pytest.raises(StockError, match=words):
        use(lot, visit(jane), nurse)


def test_a_lot_of_another_drug_is_refused(lot: Lot, nurse: User, jane: Patient):
    with pytest.raises(StockError, match="another drug"):
        use(lot, visit(jane, "zoledronic_acid"), nurse)


# --- cold -------------------------------------------------------------------------------------------------------------


def test_the_limits_come_from_the_knowledge_with_how_well_they_are_known():
    known = knowledge_on(TODAY)
    denosumab, romosozumab = storage_of("denosumab", known), storage_of("romosozumab", known)
    assert (denosumab.cold_c, denosumab.out_for, denosumab.out_below_c) == ((2.0, 8.0), timedelta(days=14), 25.0)
    assert (romosozumab.cold_c, romosozumab.out_for) == ((2.0, 8.0), timedelta(days=30))
    assert storage_of("zoledronic_acid", known).cold_c is None
    assert denosumab.how_known.value == "recalled"
    assert storage_of("no such drug", known).words == ()


def test_the_clock_runs_from_the_moment_it_leaves_the_refrigerator(lot: Lot, nurse: User, jane: Patient):
    out = take_out(lot, 2, nurse)
    assert out.use_by - out.at == timedelta(days=14)
    use(lot, visit(jane), nurse, taken_out=out)
    with pytest.raises(StockError, match="Only 1"):
        waste(lot, 2, "?", nurse, taken_out=out)
    assert units_of(lot) == 9


def test_what_was_out_too_long_is_not_given(lot: Lot, nurse: User, jane: Patient):
    now = timezone.now()
    old = TakenOut.objects.create(lot=lot, units=1, at=now - timedelta(days=15), by=nurse, use_by=now)
    with pytest.raises(StockError, match="too long"):
        use(lot, visit(jane), nurse, taken_out=old)
    waste(lot, 1, "too long out", nurse, taken_out=old)


def test_what_is_outside_is_not_in_the_refrigerator(lot: Lot, nurse: User):
    take_out(lot, 9, nurse)
    with pytest.raises(StockError, match="Only 1"):
        take_out(lot, 2, nurse)
    with pytest.raises(StockError, match="Only 1"):
        waste(lot, 2, "?", nurse)


def test_a_drug_without_a_stated_time_starts_no_clock(lot: Lot, nurse: User):
    Product.objects.filter(pk=lot.product_id).update(drug="zoledronic_acid")
    with pytest.raises(StockError, match="Nothing is known"):
        take_out(Lot.objects.get(), 1, nurse)


@pytest.mark.parametrize(("celsius", "outside"), [("1.9", True), ("2.0", False), ("8.0", False), ("8.1", True)])
def test_a_reading_outside_the_limits_is_an_alarm(signed_in, lot: Lot, celsius: str, outside: bool):
    client = signed_in(Role.NURSE)
    given = {"refrigerator": lot.refrigerator_id, "celsius": celsius}
    page = client.post("/stock/temperatures/", given, follow=True).content.decode()
    assert ("ask the pharmacist" in page) is outside
    assert Temperature.objects.get().by.role == Role.NURSE


def test_a_refrigerator_that_was_not_read_today_is_on_top_of_the_page(signed_in, lot: Lot):
    client = signed_in(Role.SERVICE_LEAD)
    assert "not read today" in client.get("/stock/").content.decode()
    Temperature.objects.create(refrigerator=lot.refrigerator, at=timezone.now(), celsius="4.0")
    assert "not read today" not in client.get("/stock/").content.decode()


# --- the pages --------------------------------------------------------------------------------------------------------


def test_low_soon_and_expired_are_said(signed_in, lot: Lot, nurse: User):
    old = Lot.objects.create(product=lot.product, number="OLD", expires_on=TODAY + timedelta(days=5))
    receive(old, 1, nurse)
    client = signed_in(Role.NURSE)
    page = client.get("/stock/").content.decode()
    assert "expires soon" in page
    assert "▾ low" not in page
    Lot.objects.filter(pk=old.pk).update(expires_on=TODAY - timedelta(days=5))
    waste(lot, 8, "broken", nurse)
    page = client.get("/stock/").content.decode()
    assert "✘ expired" in page
    assert "▾ low" in page


def test_the_page_asks_a_bounded_number_of_questions(signed_in, lot: Lot, nurse: User, django_assert_max_num_queries):
    for number in range(30):
        receive(Lot.objects.create(product=lot.product, number=f"N{number}", expires_on=date(2027, 1, 1)), 3, nurse)
    client = signed_in(Role.NURSE)
    with django_assert_max_num_queries(9):
        assert client.get("/stock/").status_code == 200


def test_units_are_received_for_one_patient(signed_in, lot: Lot, jane: Patient):
    given = {"product": lot.product_id, "number": "P-1", "expires_on": "2027-05-31", "units": 1}
    client = signed_in(Role.NURSE)
    assert "Nobody here" in client.post("/stock/receive/", {**given, "record_number": "none"}).content.decode()
    client.post("/stock/receive/", {**given, "record_number": "ost-0065"})
    made = Lot.objects.get(number="P-1")
    assert (made.for_patient, units_of(made)) == (jane, 1)
    assert "Jane Doyle" in client.get(f"/stock/lots/{made.pk}/").content.decode()


def test_an_expired_lot_is_not_received(signed_in, lot: Lot):
    given = {"product": lot.product_id, "number": "P-1", "expires_on": "2026-11-01", "units": 1}
    assert signed_in(Role.NURSE).post("/stock/receive/", given).status_code == 422


@pytest.mark.parametrize(
    ("part", "fields", "words"),
    [
        ("waste", {"units": "1", "reason": "dropped"}, "Thrown away"),
        ("count", {"counted": "9"}, "Counted: -1"),
        ("out", {"units": "1"}, "Taken out"),
        ("block", {"why": "recalled"}, "Blocked"),
    ],
)
def test_everything_is_done_on_the_page_of_the_lot(signed_in, lot: Lot, part: str, fields: dict, words: str):
    answer = signed_in(Role.NURSE).post(f"/stock/lots/{lot.pk}/", {"part": part, **fields}, follow=True)
    assert words in answer.content.decode()


def test_a_unit_is_used_for_a_visit_of_today(signed_in, lot: Lot, jane: Patient):
    client = signed_in(Role.NURSE)
    address = f"/stock/lots/{lot.pk}/"
    assert client.post(address, {"part": "use", "visit": ""}).status_code == 422
    client.post(address, {"part": "use", "visit": str(visit(jane).pk)})
    assert Movement.objects.get(kind="used").patient == jane
    assert AuditEntry.objects.filter(act="used stock", patient_id=jane.pk).exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in HANDLES and role != Role.PATIENT])
def test_who_does_not_handle_stock_changes_none(signed_in, lot: Lot, role: Role):
    for address in ("/stock/receive/", f"/stock/lots/{lot.pk}/", "/stock/temperatures/", "/stock/products/"):
        assert signed_in(role).post(address, {"part": "waste"}).status_code == 403, address


def test_a_product_and_a_refrigerator_are_added(signed_in):
    client = signed_in(Role.NURSE)
    given = {"part": "product", "product-name": "Romosozumab 105 mg", "product-drug": "romosozumab",
             "product-unit": "syringe", "product-low_from": "4"}  # fmt: skip
    client.post("/stock/products/", given)
    client.post("/stock/products/", {"part": "refrigerator", "cold-name": "B", "cold-low_c": "2", "cold-high_c": "8"})
    assert (Product.objects.get().drug, Refrigerator.objects.get().name) == ("romosozumab", "B")
    assert client.post("/stock/products/", given).status_code == 422


# --- recall -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["AB-12 34", "ab1234", "AB 1234"])
def test_who_got_a_lot_is_found_however_the_number_is_written(signed_in, lot: Lot, nurse: User, jane: Patient, written):
    use(lot, visit(jane), nurse)
    page = signed_in(Role.COORDINATOR).post("/stock/recall/", {"number": written}).content.decode()
    assert "1 patient got it; 9 left" in page
    assert "Jane Doyle" in page
    assert "not blocked" in page
    assert AuditEntry.objects.filter(act="searched who got a lot").exists()


def test_a_lot_that_was_never_here_is_said(signed_in, lot: Lot):
    assert "No lot with this number" in signed_in(Role.NURSE).post("/stock/recall/", {"number": "X"}).content.decode()


def test_a_recall_follows_a_merged_record(lot: Lot, nurse: User, jane: Patient, mark: Patient):
    use(lot, visit(mark), nurse)
    Patient.objects.filter(pk=mark.pk).update(merged_into=jane)
    assert [each.patient for each in recall("AB1234", nurse).given] == [jane]


def test_what_was_written_down_in_error_is_taken_back_and_kept(signed_in, lot: Lot, nurse: User, jane: Patient):
    wrong = use(lot, visit(jane), nurse)
    client = signed_in(Role.NURSE)
    given = {"part": "back", "movement": wrong.pk, "reason": "the syringe of the next patient"}
    assert "Taken back" in client.post(f"/stock/lots/{lot.pk}/", given, follow=True).content.decode()
    assert (units_of(lot), Movement.objects.count()) == (10, 3)
    assert recall("AB1234", nurse).given == []
    with pytest.raises(StockError, match="already"):
        take_back(wrong, "again", nurse)
    assert client.post(f"/stock/lots/{lot.pk}/", given).status_code == 422


def test_a_confidential_patient_is_not_named_in_a_recall(lot: Lot, nurse: User, signed_in, jane: Patient):
    use(lot, visit(jane), nurse)
    Patient.objects.filter(pk=jane.pk).update(is_confidential=True)
    page = signed_in(Role.NURSE).post("/stock/recall/", {"number": "AB1234"}).content.decode()
    assert "Jane" not in page
    assert "1 patient got it" in page
