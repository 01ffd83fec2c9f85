"""What a patient, a drug or an hour needs beyond the plain way: orders, company, tests, sites, corrections, papers."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from osteon.clinic.infusion.store import events_of, state_in
from osteon.clinic.orders.ending import end_order
from osteon.clinic.orders.models import Order, OrderEnd
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import chart_of
from osteon.pathway.session.state import Phase
from tests.clinic.conftest import TODAY
from tests.clinic.infusion.test_pages import WELL, Nurse, nurse, phase, visit  # noqa: F401 - fixtures

# --- orders ----------------------------------------------------------------------------------------------------------


def an_order(nurse: Nurse, *, last_day=TODAY + timedelta(days=300)) -> Order:  # noqa: F811
    patient = nurse.visit.patient
    return Order.objects.create(
        patient=patient, plan=patient.plans.latest(), drug="zoledronic_acid", content={}, first_dose_on=TODAY,
        signed_by=User.objects.get(role=Role.PRESCRIBER), signed_at=timezone.now(), last_day=last_day,
    )  # fmt: skip


def test_an_order_that_expired_does_not_carry_a_dose(nurse: Nurse, visit):  # noqa: F811
    an_order(nurse, last_day=TODAY - timedelta(days=1))
    nurse.prepares()
    assert "None stands: it expired on 2026-11-22" in nurse.page()
    assert "none stands for this drug" in nurse.does("started", minutes="30").content.decode()
    an_order(nurse)
    assert phase(visit) is Phase.PREPARING
    nurse.does("started", minutes="30")
    assert phase(visit) is Phase.RUNNING


def test_an_order_that_was_cancelled_after_the_gate_was_judged_does_not_carry_a_dose(nurse: Nurse, visit):  # noqa: F811
    order = an_order(nurse)
    nurse.prepares()
    end_order(order, OrderEnd.Kind.CANCELLED, "another drug", User.objects.get(role=Role.PRESCRIBER))
    nurse.does("started", minutes="30")
    assert phase(visit) is Phase.PREPARING


def test_where_the_clinic_asks_for_an_order_always_none_starts_without(nurse: Nurse, visit, settings):  # noqa: F811
    settings.ORDER_REQUIRED = True
    nurse.prepares()
    assert "no prescriber has signed one" in nurse.page()
    nurse.does("started", minutes="30")
    assert phase(visit) is Phase.PREPARING


def test_a_result_that_came_after_the_gate_was_judged_counts_at_the_start(nurse: Nurse, visit):  # noqa: F811
    from osteon.chart.plain_fhir import Row
    from osteon.clinic.facts.write import enter, understood

    nurse.prepares()
    by = User.objects.get(role=Role.PRESCRIBER)
    enter(visit.patient, [understood(Row(number=1, what="creatinine", value="2.4", unit="mg/dL"))], by)
    assert "no override" in nurse.does("started", minutes="30").content.decode()


def test_an_order_by_voice_waits_for_the_signature_of_who_gave_it(nurse: Nurse, visit, signed_in):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    prescriber = User.objects.get(role=Role.PRESCRIBER)
    nurse.does("order_spoken", prescriber=prescriber.pk, order="paracetamol 1 g", read_back="on")
    nurse.does("ended", after=30, given_ml="100", wasted_ml="0")
    nurse.does("discharged", after=16, criteria=["site"], card_given="on")
    assert "not signed yet" in nurse.does("closed").content.decode()
    own, nurse.client = nurse.client, signed_in(Role.PRESCRIBER)
    nurse.does("order_signed", order=state_in(visit.session).unsigned[0].key)
    nurse.client = own
    nurse.does("closed")
    assert phase(visit) is Phase.CLOSED


# --- the patient -----------------------------------------------------------------------------------------------------


def test_a_weight_far_from_the_last_one_is_weighed_twice(nurse: Nurse, visit):  # noqa: F811
    nurse.does("arrived")
    assert "Last on record" in nurse.page()
    answer = nurse.does("weighed", weight_kg="91.5").content.decode()
    assert "Weigh again" in answer
    assert "measured_twice" in answer
    assert state_in(visit.session).weight_kg is None
    nurse.does("weighed", weight_kg="91.5", measured_twice="on")
    assert state_in(visit.session).weight_kg == 91.5


def test_interpreter_and_escort_are_asked_for_where_the_record_says_so(nurse: Nurse, visit):  # noqa: F811
    type(visit.patient).objects.update(needs_interpreter=True, needs_escort=True)
    nurse.prepares()
    assert "interprets" in nurse.does("started", minutes="30").content.decode()
    nurse.does("accompanied", company="interpreter", how="by telephone")
    nurse.does("started", minutes="30")
    nurse.does("ended", after=30, given_ml="100", wasted_ml="0")
    home = {"criteria": ["site"], "card_given": "on"}
    assert "takes her home" in nurse.does("discharged", after=16, **home).content.decode()
    nurse.does("accompanied", company="escort", how="her son")
    nurse.does("discharged", **home)
    assert phase(visit) is Phase.DISCHARGED


def test_a_pregnancy_test_is_asked_for_where_the_gate_asks_and_becomes_a_fact(nurse: Nurse, visit, jane):  # noqa: F811
    person = jane.entries.get(kind="Patient", replaced_at__isnull=True)
    content = re.sub(r'"birthDate":"[^"]+"', '"birthDate":"1982-03-14"', person.content)
    type(person).objects.filter(pk=person.pk).update(content=content)
    jane.entries.filter(kind="Condition", content__contains="enopaus").update(replaced_at=timezone.now())
    nurse.does("arrived")
    nurse.does("tested", is_positive="no")
    assert chart_of(visit.patient, TODAY).by_question["pregnant"]
    assert 'value="tested"' not in nurse.page()


# --- line, rates, sites ----------------------------------------------------------------------------------------------


def test_trouble_with_the_line_shows_its_steps_and_each_is_one_touch(nurse: Nurse, visit):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    page = nurse.does("line_troubled", trouble="extravasation", site="left forearm", removed="yes").content.decode()
    assert page.index("Draw back what comes") < page.index("Something cold for 20 minutes")
    nurse.does("trouble_stepped", step="aspirate")
    assert state_in(visit.session).troubles[-1].steps == ("aspirate",)


def test_the_rate_is_said_in_ml_an_hour_and_in_drops_a_minute(nurse: Nurse):  # noqa: F811
    nurse.prepares()
    page = nurse.does("started", minutes="30").content.decode()
    assert "200 mL/h = 67 drops a minute" in page


def test_an_end_too_early_asks_for_a_reason(nurse: Nurse, visit):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="15")
    assert "say why" in nurse.does("ended", after=9, given_ml="100", wasted_ml="0").content.decode()
    nurse.does("ended", given_ml="100", wasted_ml="0", reason="the clamp was open")
    assert phase(visit) is Phase.OBSERVING


def test_a_set_that_is_not_whole_says_cannot_tell_what_is_missing_and_the_least(nurse: Nurse):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    page = nurse.does("vitals_taken", after=5, pulse="95").content.decode()
    assert "cannot tell: breaths per minute, oxygen saturation" in page
    assert "at least 1" in page
    assert "<polyline" in page


def test_an_infusion_is_not_started_from_a_browser_that_had_no_network(nurse: Nurse, visit):  # noqa: F811
    nurse.prepares()
    assert "not started without the server" in nurse.does("started", minutes="30", waited_s="40").content.decode()
    nurse.does("started", minutes="30")
    nurse.does("vitals_taken", after=10, waited_s="240", **WELL)
    late = events_of(visit.session)[-1]
    assert late.is_late
    assert (late.recorded_at - late.at).total_seconds() == 240


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_wrong_weight_is_corrected_with_a_reason_and_stays_readable(nurse: Nurse, visit):  # noqa: F811
    nurse.prepares()
    wrong = next(each for each in events_of(visit.session) if each.words == "weighed")
    address = f"{nurse.address}correct/{wrong.key}/"
    assert nurse.client.post(address, {"weight_kg": "60", "reason": ""}).status_code == 422
    nurse.client.post(address, {"weight_kg": "60.5", "reason": "read the wrong line"})
    assert state_in(visit.session).weight_kg == 60.5
    assert 'class="wrong"' in nurse.page()
    assert chart_of(visit.patient, TODAY).by_measure["weight"][-1].value == 60.5


def test_a_correction_that_cannot_be_is_refused_in_words(nurse: Nurse, visit):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    consent = next(each for each in events_of(visit.session) if each.words == "consent given")
    answer = nurse.client.post(
        f"{nurse.address}correct/{consent.key}/", {"reason": "no", "did_not_happen": "on"}
    ).content.decode()
    assert "This cannot be" in answer


# --- on paper --------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(nurse: Nurse) -> Nurse:  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("vitals_taken", after=5, **WELL)
    nurse.does("ended", after=25, given_ml="90", wasted_ml="10")
    return nurse


def test_the_record_carries_the_head_of_its_chain(done: Nurse):
    page = done.client.get(f"{done.address}record/").content.decode()
    done.visit.session.refresh_from_db()
    assert done.visit.session.head in page
    assert "90 mL" in page


def test_the_card_says_in_plain_words_what_to_do_and_whom_to_call(done: Nurse):
    page = done.client.get(f"{done.address}card/").content.decode()
    for words in ("Drink as usual", "Take it easy", "Paracetamol", "within 3 days", "Call us", "Your next dose"):
        assert words in page
    pdf = done.client.get(f"{done.address}card.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_charge_sheet_counts_units_and_what_was_wasted(done: Nurse):
    page = done.client.get(f"{done.address}charge/").content.decode()
    assert "J3489 × 5 units" in page
    assert "96365" in page
    assert "10 mL = 0 whole units" in page


def test_fifteen_minutes_or_less_bill_as_a_push_and_it_says_so(nurse: Nurse):  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="15")
    nurse.does("ended", after=15, given_ml="100", wasted_ml="0")
    page = nurse.client.get(f"{nurse.address}charge/").content.decode()
    assert "bill as a push" in page
    assert "96374" in page


def test_what_speaks_for_going_home_is_shown_and_what_was_not_taken_is_cannot_tell(done: Nurse):
    assert "No vital signs since the end" in done.page()
    done.does("vitals_taken", **{**WELL, "systolic_pressure": "165"})
    page = done.page()
    assert "+29 % from the first set" in page
    assert "not met" in page


def test_the_nurse_is_asked_to_call_and_each_call_has_its_day(done: Nurse):
    from osteon.clinic.tasks.models import Task

    done.does("discharged", after=16, criteria=["site"], card_given="on")
    calls = Task.objects.filter(key__startswith="session:", role=Role.NURSE).order_by("due_on")
    assert [(each.due_on - TODAY).days for each in calls] == [3, 14]
