"""The session as the nurse sees it: from the chair to the way home, with a reaction on the way."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from msgspec import structs

from osteon.chart.plain_fhir import Row
from osteon.clinic.booking.models import Visit
from osteon.clinic.facts.write import enter as enter_facts
from osteon.clinic.facts.write import understood
from osteon.clinic.infusion.store import enter, events_of, state_in
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import chart_of
from osteon.clinic.records.models import Patient
from osteon.pathway.session.events import Corrected
from osteon.pathway.session.events import Role as Job
from osteon.pathway.session.state import Phase
from tests.clinic.conftest import PASSWORD, TODAY

CLEAR = ("fever_or_infection_today", "eye_inflammation_now", "thigh_or_groin_pain")


@pytest.fixture
def visit(jane: Patient, person) -> Visit:
    """Jane, whose tablets have ended and who was asked what has to be asked."""
    prescriber = User.objects.filter(role=Role.PRESCRIBER).first() or person(Role.PRESCRIBER)
    tablets = jane.entries.get(kind="MedicationStatement", content__contains="alendronate")
    ended = tablets.content.replace('"status":"active"', '"status":"completed"')
    ended = ended.replace('"start":"2022-02-01"', '"start":"2022-02-01","end":"2026-11-01"')
    type(tablets).objects.filter(pk=tablets.pk).update(content=ended)
    enter_facts(jane, [understood(Row(number=1, what=f"answer {name}", value="no")) for name in CLEAR], prescriber)
    return Visit.objects.create(
        patient=jane, drug="zoledronic_acid", title="zoledronic acid", state=Visit.State.ARRIVED,
        setup_min=20, giving_min=30, observing_min=15, cleaning_min=10, due_on=TODAY, earliest=TODAY,
    )  # fmt: skip


class Nurse:
    """Somebody who fills in the page's own forms."""

    def __init__(self, client: Client, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.visit, self.at = client, visit, timezone.now()
        self.address = f"/patients/{visit.patient_id}/visits/{visit.pk}/session/"
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def page(self) -> str:
        return self.client.get(self.address).content.decode()

    def does(self, kind: str, after: float = 1, **what: object):
        """Post one form, with the key that the page made for it."""
        self.at += timedelta(minutes=after)
        found = re.search(rf'name="kind" value="{kind}".*?name="key" value="([^"]+)"', self.page(), re.DOTALL)
        assert found, f"the page offers no form {kind}"
        return self.client.post(self.address, {"kind": kind, "key": found[1], **what}, follow=True)

    def prepares(self) -> None:
        self.does("arrived")
        self.does("identified", identifiers=["name", "birth date"])
        self.client.post(f"{self.address}gate/")
        self.does("weighed", weight_kg="61.5")
        self.does("consented")
        self.does("vitals_taken", **WELL)
        self.does("line_placed", site="left forearm", gauge="22")
        self.does("drug_checked", product="generic", lot="A1", expires="2027-06-30", dose_mg="5")


WELL = {
    "systolic_pressure": "128", "pulse": "72", "respiration_rate": "16", "spo2": "98", "oxygen": "no",
    "temperature": "36.6", "consciousness": "alert",
}  # fmt: skip


@pytest.fixture
def nurse(signed_in, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Nurse:
    return Nurse(signed_in(Role.NURSE), visit, monkeypatch)


def phase(visit: Visit) -> Phase:
    return state_in(visit.session).phase


def test_the_whole_hour_without_a_reaction(nurse: Nurse, visit: Visit):
    nurse.prepares()
    assert "the dose may begin" in nurse.page()
    nurse.does("started", minutes="30")
    assert "200 mL/h" in nurse.page()
    nurse.does("vitals_taken", after=5, **WELL)
    nurse.does("ended", after=25, given_ml="100", wasted_ml="0")
    nurse.does("discharged", after=16, criteria=["site"], card_given="on")
    nurse.does("closed")
    assert phase(visit) is Phase.CLOSED
    visit.refresh_from_db()
    assert visit.state == Visit.State.GONE


def test_the_dose_and_the_weight_flow_back_into_the_chart_and_the_next_date_follows(nurse: Nurse, visit: Visit):
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("ended", after=30, given_ml="100", wasted_ml="0")
    summary = Patient.objects.get(pk=visit.patient_id).summary
    assert (summary.last_given, summary.doses_given) == (TODAY, 1)
    assert summary.due_on == TODAY.replace(year=TODAY.year + 1)
    chart = chart_of(visit.patient, TODAY)
    assert chart.by_measure["weight"][-1].value == 61.5


def test_half_a_bag_is_half_a_dose_and_a_corrected_end_is_corrected_in_the_chart(nurse: Nurse, visit: Visit):
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("ended", after=15, given_ml="50", wasted_ml="50")
    doses = visit.patient.entries.filter(kind="MedicationAdministration", replaced_at__isnull=True)
    assert '"value":2.5' in doses.get().content
    end = events_of(visit.session)[-1]
    right = structs.replace(end, key="right", given_ml=60.0, wasted_ml=40.0)
    now = timezone.now()
    corrected = Corrected(
        key="c", at=now, recorded_at=now, by="x", role=Job.NURSE, wrong=end.key, reason="read wrongly", right=right
    )
    enter(visit.session, corrected, by=None)
    assert '"value":3.0' in doses.get().content


def test_nothing_is_ticked_beforehand(nurse: Nurse):
    nurse.does("arrived")
    assert not re.search(r"\s(checked|selected)[\s>=]", nurse.page().replace("selected>choose", ""))


def test_a_double_tap_counts_once(nurse: Nurse, visit: Visit):
    nurse.does("arrived")
    key = re.search(r'name="kind" value="weighed".*?name="key" value="([^"]+)"', nurse.page(), re.DOTALL)[1]
    for _ in range(2):
        answer = nurse.client.post(nurse.address, {"kind": "weighed", "key": key, "weight_kg": "61"}, follow=True)
    assert "recorded already" in answer.content.decode()
    assert len(events_of(visit.session)) == 2


def test_it_does_not_start_before_everything_is_there(nurse: Nurse, visit: Visit):
    nurse.does("arrived")
    answer = nurse.does("started", minutes="30")
    assert answer.status_code == 422
    assert "Not yet: check the identity" in answer.content.decode()
    assert phase(visit) is Phase.PREPARING


def test_faster_than_the_label_is_refused_at_the_field(nurse: Nurse, visit: Visit):
    nurse.prepares()
    answer = nurse.does("started", minutes="10")
    assert "takes at least 15 minutes" in answer.content.decode()
    assert phase(visit) is Phase.PREPARING


def test_anaphylaxis_is_one_touch_and_opens_at_the_dose_before_any_form(nurse: Nurse, visit: Visit):
    nurse.prepares()
    nurse.does("started", minutes="30")
    page = nurse.does("reaction_began", reaction="anaphylaxis").content.decode()
    assert "Adrenaline 0.5 mg = 0.5 mL of 1 mg/mL" in page
    assert page.index("Adrenaline 0.5 mg") < page.index('name="grade"')
    assert phase(visit) is Phase.STOPPED


def test_after_a_moderate_reaction_a_prescriber_orders_and_the_nurse_starts_again(
    nurse: Nurse, visit: Visit, signed_in
):
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("reaction_began", reaction="other")
    nurse.does("reaction_graded", grade="2", causality="probable", is_over="yes")
    assert "a prescriber has to order it" in nurse.does("restarted", minutes="60").content.decode()
    own, nurse.client = nurse.client, signed_in(Role.PRESCRIBER)
    nurse.does("restart_ordered", minutes="40")
    nurse.client = own
    nurse.does("restarted", minutes="60")
    assert phase(visit) is Phase.RUNNING


def test_a_nurse_cannot_order_the_restart(nurse: Nurse):
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("reaction_began", reaction="other")
    nurse.does("reaction_graded", grade="2", causality="probable", is_over="yes")
    assert "entered by a prescriber" in nurse.does("restart_ordered", minutes="40").content.decode()


def test_an_ill_patient_calls_out_and_the_answer_silences_it(nurse: Nurse):
    nurse.prepares()
    nurse.does("started", minutes="30")
    nurse.does("vitals_taken", after=5, **{**WELL, "pulse": "135"})
    assert "one sign alone scores 3: pulse" in nurse.page()
    alarm = re.search(r'name="alarm" value="([^"]+)"', nurse.page())[1]
    nurse.does("alarm_answered", alarm=alarm, answer="prescriber called")
    assert "one sign alone scores 3" not in nurse.page().split("What can be done now")[0]


def test_a_hold_is_overridden_only_by_a_prescriber_with_the_password(nurse: Nurse, visit: Visit, signed_in):
    visit.patient.entries.filter(content__contains="62292-8").update(replaced_at=timezone.now())
    nurse.prepares()
    hold = next(each for each in state_in(visit.session).open_holds if "vitamin_d_ng_ml" in each)
    address = f"{nurse.address}override/"
    given = {"check": hold, "reason": "level sent, supplement doubled", "password": PASSWORD}
    assert nurse.client.post(address, given).status_code == 403
    prescriber = signed_in(Role.PRESCRIBER)
    prescriber.post(address, {**given, "password": "wrong"})
    assert hold not in state_in(visit.session).overridden
    prescriber.post(address, given)
    assert hold in state_in(visit.session).overridden


def test_a_blocked_patient_is_not_started_whoever_asks(nurse: Nurse, visit: Visit, signed_in):
    prescriber = User.objects.get(role=Role.PRESCRIBER)
    enter_facts(visit.patient, [understood(Row(number=1, what="creatinine", value="2.4", unit="mg/dL"))], prescriber)
    nurse.prepares()
    assert "crcl" in " ".join(state_in(visit.session).open_stops)
    assert "no override" in nurse.does("started", minutes="30").content.decode()


@pytest.mark.parametrize("role", [Role.SERVICE_LEAD, Role.ADMINISTRATOR])
def test_who_does_not_treat_does_not_enter(nurse: Nurse, signed_in, role: Role):
    assert signed_in(role).post(nurse.address, {"kind": "arrived"}).status_code == 403


def test_the_pages_are_few_queries(nurse: Nurse, django_assert_max_num_queries):
    nurse.prepares()
    with django_assert_max_num_queries(25):
        nurse.page()
