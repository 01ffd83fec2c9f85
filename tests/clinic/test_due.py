"""Who is late stands on top, with the days that are left, and is booked in two clicks."""

import re
from datetime import date, timedelta

import pytest

from osteon.chart.plain import as_fhir
from osteon.chart.plain_fhir import Row
from osteon.clinic.audit.models import Entry
from osteon.clinic.booking.book import NotFreeError, best_slots, book
from osteon.clinic.booking.engine import days_from, visit_of
from osteon.clinic.booking.models import Closure, Shift, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.facts.write import enter, understood
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import refresh
from osteon.clinic.schedule.check import check
from osteon.clinic.schedule.types import Booking, Slot
from tests.clinic.conftest import TODAY

DENOSUMAB = """what,value,unit,date,site,note
sex,female
birth_date,1948-03-02
name,Ruth Example
written,2026-11-23
condition,osteoporosis,,2021
T-score,-2.9,,2025-09-01,lumbar spine
creatinine,0.8,mg/dL,2026-11-10
weight,61,kg,2026-11-10
albumin,4.2,g/dL,2026-11-10
25-OH vitamin D,38,ng/mL,2026-10-01
drug,calcium carbonate 500 mg daily,,2021-02..
allergy,none
"""
CALCIUM = "calcium,9.4,mg/dL,2026-11-10\n"


def patient(number: str, last: date, *, rows: str = CALCIUM) -> Patient:
    made = Patient.objects.create(
        record_number=number,
        family_name=f"Example {number}",
        given_name="Ruth",
        birth_date=date(1948, 3, 2),
        sex="female",
    )
    doses = "".join(f"dose,denosumab 60 mg,,{last - timedelta(days=days)}\n" for days in (182, 0))
    resources, left_out = as_fhir((DENOSUMAB + rows + doses).encode(), knowledge_on(TODAY))
    assert not left_out
    named = [{**each, "id": each.get("id") or f"row-{at}"} for at, each in enumerate(resources)]
    write(made, [Received(each) for each in named], source="test", by=None)
    refresh(made, on=TODAY, forecast=False)
    return made


@pytest.fixture
def late(db) -> Patient:
    return patient("LATE", TODAY - timedelta(days=205))


@pytest.fixture
def staffed(chairs, person) -> None:
    nurse = person(Role.NURSE)
    for days in range(40):
        Shift.objects.create(nurse=nurse, day=TODAY + timedelta(days=days), starts="08:00", ends="17:00")


def test_late_denosumab_stands_above_a_zoledronate_that_is_later(signed_in, late: Patient, jane: Patient):
    page = signed_in(Role.COORDINATOR).get("/due/?view=quarter").content.decode()
    assert page.index("Example LATE") < page.index("Jane Doyle")
    assert "days late" in page
    assert re.search(r"\d+ days until waiting does harm", page)


def test_one_whose_gate_is_not_ready_keeps_her_place_with_the_one_act_that_clears_it(signed_in, db, jane):
    patient("BLOCKED", TODAY - timedelta(days=209), rows="")
    page = signed_in(Role.COORDINATOR).get("/due/").content.decode()
    assert "Serum calcium and albumin" in page.split("</tr>")[1]


def test_past_seven_months_it_says_for_how_long_she_has_been_in_danger(signed_in, db):
    patient("DANGER", TODAY - timedelta(days=230))
    assert re.search(r"in danger for \d+ days", signed_in(Role.COORDINATOR).get("/due/").content.decode())


def test_two_clicks_book_her_into_a_chair_and_a_window_that_the_plan_allows(signed_in, late: Patient, staffed):
    coordinator = signed_in(Role.COORDINATOR)
    listed = coordinator.get("/due/").content.decode()
    address = re.search(rf'href="(/patients/{late.pk}/book/)"', listed)[1]
    offered = coordinator.get(address).content.decode()
    slot = re.search(r'name="slot" value="([^"]+)"', offered)[1]
    done = coordinator.post(address, {"slot": slot}, follow=True).content.decode()
    visit = Visit.objects.get()
    assert "Booked: denosumab," in done
    assert visit.state == Visit.State.CONFIRMED
    assert visit.starts_at.date() <= late.summary.harmful_from - timedelta(days=1)
    assert "● booked" in done


def test_a_booking_is_taken_back_within_half_a_minute(signed_in, late: Patient, staffed):
    coordinator = signed_in(Role.COORDINATOR)
    best = best_slots(visit_for(late))[0].slot
    given = {"slot": f"{best.on} {best.start} {best.chair}"}
    done = coordinator.post(f"/patients/{late.pk}/book/", given, follow=True).content.decode()
    coordinator.post(re.search(r'action="(/undo/[^"]+)"', done)[1])
    visit = Visit.objects.get()
    assert (visit.state, visit.starts_at, visit.chair) == (Visit.State.WAITING, None, None)


def test_no_place_is_offered_outside_a_hard_window_or_on_a_closed_day(late: Patient, staffed):
    Closure.objects.create(day=TODAY + timedelta(days=1), reason="moving")
    offered = best_slots(visit_for(late), most=200)
    last = late.summary.harmful_from - timedelta(days=1)
    assert offered
    assert all(TODAY <= each.slot.on <= last for each in offered)
    assert TODAY + timedelta(days=1) not in {each.slot.on for each in offered}
    assert not any(each.slot.on.weekday() > 4 for each in offered)


def test_what_the_pages_accept_satisfies_the_independent_checker(staffed, person, db):
    by = person(Role.COORDINATOR)
    for number in range(14):
        each = patient(f"P{number}", TODAY - timedelta(days=190 + number % 7))
        visit = visit_for(each)
        book(visit, best_slots(visit)[0].slot, by)
    known = days_from(TODAY, TODAY + timedelta(days=40))
    bookings = [Booking(each, each.booked) for each in known.booked]
    assert len(bookings) == 14
    assert check(bookings, known.clinic) == []


def test_a_place_that_was_taken_meanwhile_is_refused_in_words(signed_in, late: Patient, staffed, person):
    other = patient("OTHER", TODAY - timedelta(days=204))
    slot = best_slots(visit_for(late))[0].slot
    book(visit_for(other), slot, person(Role.COORDINATOR))
    given = {"slot": f"{slot.on} {slot.start} {slot.chair}"}
    answer = signed_in(Role.COORDINATOR).post(f"/patients/{late.pk}/book/", given)
    assert answer.status_code == 409
    assert "not to be had" in answer.content.decode()
    assert not Visit.objects.filter(patient=late).exists()


def test_a_time_outside_the_window_is_refused_whoever_asks(late: Patient, staffed, person):
    visit = visit_for(late)
    after = late.summary.harmful_from + timedelta(days=2)
    with pytest.raises(NotFreeError):
        book(visit, Slot(after, 600, "1"), person(Role.PRESCRIBER))


def test_each_booking_is_in_the_audit_log(late: Patient, staffed, person):
    visit = visit_for(late)
    book(visit, best_slots(visit)[0].slot, person(Role.COORDINATOR))
    assert Entry.objects.filter(act="booked a visit", patient_id=late.pk).exists()


def test_the_list_is_few_queries_however_long(signed_in, late, jane, mark, django_assert_max_num_queries):
    coordinator = signed_in(Role.COORDINATOR)
    with django_assert_max_num_queries(8):
        coordinator.get("/due/?view=quarter")


def test_a_service_lead_sees_and_does_not_book(signed_in, late: Patient):
    assert signed_in(Role.SERVICE_LEAD).get("/due/").status_code == 200
    assert signed_in(Role.SERVICE_LEAD).post(f"/patients/{late.pk}/book/").status_code == 403


def test_a_dose_that_was_given_elsewhere_takes_her_off_the_list(signed_in, late: Patient, person):
    given = understood(Row(number=1, what="dose", value="denosumab 60 mg", date="2026-11-20"))
    enter(late, [given], User.objects.first() or person(Role.NURSE))
    assert "Example LATE" not in signed_in(Role.COORDINATOR).get("/due/").content.decode()
    assert visit_of(visit_for(Patient.objects.get(pk=late.pk))).due > TODAY + timedelta(days=150)


def test_one_who_is_not_due_yet_stands_below_one_who_is_late(signed_in, jane: Patient):
    patient("SOON", TODAY - timedelta(days=175))
    Summary.objects.filter(patient=jane).update(due_on=TODAY - timedelta(days=40))
    page = signed_in(Role.COORDINATOR).get("/due/").content.decode()
    assert page.index("Jane Doyle") < page.index("Example SOON")


@pytest.mark.parametrize("readiness", ["ready", "not_ready", "cannot_tell"])
def test_a_part_of_the_list_holds_those_it_names(signed_in, late: Patient, readiness):
    Summary.objects.filter(patient=late).update(readiness=readiness)
    client = signed_in(Role.COORDINATOR)
    parts = ("", "unbooked", "no-phone", "ready", "not-ready", "cannot-tell")
    shown = {part for part in parts if "Example LATE" in client.get(f"/due/?part={part}").content.decode()}
    assert shown == {"", "unbooked", "no-phone", readiness.replace("_", "-")}


@pytest.mark.parametrize(
    ("name", "shown"), [("late", True), ("LATE ruth", True), ("2 March 1948", True), ("Doyle", False)]
)
def test_somebody_is_found_on_the_list(signed_in, late: Patient, name, shown):
    page = signed_in(Role.COORDINATOR).get("/due/", {"name": name}).content.decode()
    assert ("Example LATE" in page) is shown
    assert shown or "Show everybody" in page
