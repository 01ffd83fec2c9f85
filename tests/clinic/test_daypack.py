"""The day on paper, and back from the paper into the record."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.daypack.make import folder, keep_pack, path_of
from osteon.clinic.daypack.sheets import sheets_of
from osteon.clinic.infusion.models import SessionEvent
from osteon.clinic.infusion.store import broken_sessions, events_of
from osteon.clinic.ops.daily import start_day
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Entry
from osteon.clinic.stock.models import Movement
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import CALCIUM, patient

ASKED = "".join(
    f"answer {name},no,,{TODAY}\n"
    for name in ("thigh_or_groin_pain", "invasive_dental_work_planned", "extraction_site_healing")
)


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def visit(db) -> Visit:
    """Denosumab at eight this morning; nobody has recorded anything."""
    return Visit.objects.create(
        patient=patient("PAPER", TODAY - timedelta(days=190), rows=CALCIUM + ASKED), drug="denosumab",
        title="denosumab",
        state=Visit.State.CONFIRMED, setup_min=5, giving_min=5, observing_min=15, cleaning_min=5, due_on=TODAY,
        earliest=TODAY, chair=Chair.objects.create(name="Chair 1"), starts_at=datetime(2026, 11, 23, 13, tzinfo=UTC),
    )  # fmt: skip


def paper(giver: User, **other: object) -> dict[str, object]:
    return {
        "given_by": giver.pk, "arrived": "08:05", "identifiers": ["name", "birth date"], "weight_kg": "61",
        "consent": "on", "systolic_pressure": "128", "pulse": "72", "temperature": "36.6",
        "product": "Denosumab 60 mg", "lot": "PAP-1", "expires": "2027-06-30", "dose_mg": "60", "sites": "left arm",
        "start": "08:20", "stop": "08:21", "given_ml": "1", "wasted_ml": "0", "left": "08:50", "card_given": "on",
        **other,
    }  # fmt: skip


def address(visit: Visit) -> str:
    return f"/patients/{visit.patient_id}/visits/{visit.pk}/from-paper/"


def test_a_sheet_says_who_what_how_and_what_stands_against_it(visit):
    [sheet] = sheets_of(TODAY)
    assert (sheet.at, sheet.chair, sheet.name, sheet.record_number) == (
        "08:00",
        "Chair 1",
        "Ruth Example PAPER",
        "PAPER",
    )
    assert sheet.how[0].startswith("denosumab 60 mg")
    assert sheet.order == "NO SIGNED ORDER STANDS"
    assert "0.5 mg" in sheet.adrenaline


def test_an_infusion_has_its_rate_on_the_paper(visit):
    Visit.objects.update(drug="zoledronic_acid", title="zoledronic acid")
    [sheet] = sheets_of(TODAY)
    assert "100 mL in at least 15 minutes: at most 400 mL/h, 133 drops/min" in sheet.how[1]


def test_who_has_cancelled_is_not_on_the_paper(visit):
    Visit.objects.update(state=Visit.State.CANCELLED)
    assert sheets_of(TODAY) == ()


def test_the_papers_are_a_pdf_that_only_the_owner_of_the_data_reads(visit):
    kept = keep_pack(TODAY)
    assert kept.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700


def test_papers_of_the_week_before_are_thrown_away(visit):
    folder().mkdir(parents=True)
    old, recent = (folder() / f"{TODAY - timedelta(days=days)}.pdf" for days in (8, 7))
    old.touch()
    recent.touch()
    keep_pack(TODAY)
    assert not old.exists()
    assert recent.exists()


def test_they_are_made_each_morning_without_being_asked(visit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        start_day(TODAY)
    assert path_of(TODAY).exists()
    assert path_of(TODAY + timedelta(days=1)).exists()


def test_they_are_made_and_handed_out_with_a_trace(visit, signed_in):
    answer = signed_in(Role.NURSE).post("/day-pack/", {"day": str(TODAY)})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    page = signed_in(Role.NURSE).get("/day-pack/").content.decode()
    assert "Enter from paper" in page


def test_what_stands_on_the_paper_becomes_the_record_with_its_own_times(visit, signed_in):
    giver = User.objects.create_user("giver", role=Role.NURSE, first_name="Ada", last_name="Giver", password="x")
    page = signed_in(Role.PRESCRIBER).post(address(visit), paper(giver), follow=True).content.decode()
    assert "min late" in page
    assert "Ada Giver" in page
    visit.refresh_from_db()
    assert visit.state == Visit.State.GONE
    told = {type(event).__name__: event for event in events_of(visit.session)}
    assert timezone.localtime(told["Started"].at).strftime("%H:%M") == "08:20"
    assert told["Started"].by == str(giver.pk)
    assert all(event.is_late for name, event in told.items() if name not in ("GateJudged", "OrderFound"))
    assert SessionEvent.objects.filter(session=visit.session).first().by.role == Role.PRESCRIBER
    assert not list(broken_sessions())
    assert visit.patient.entries.filter(kind="MedicationAdministration", source="session").exists()
    assert Movement.objects.get(kind="used").lot.number == "PAP-1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"stop": "08:10"}, "before the time above"),
        ({"left": "23:00"}, "still to come"),
        ({"identifiers": ["name"]}, "Nothing was entered."),
        ({"left": "08:22"}, "watched for"),
        ({"given_ml": "3"}, "at most the 1 mL"),
    ],
)
def test_what_cannot_have_been_is_refused_whole(visit, signed_in, person, wrong, says):
    answer = signed_in(Role.NURSE).post(address(visit), paper(User.objects.get(role=Role.NURSE), **wrong))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not SessionEvent.objects.exists()


def test_where_a_stop_stands_nothing_is_entered_and_the_page_says_where_to_go(visit, signed_in, settings):
    settings.ORDER_REQUIRED = True
    answer = signed_in(Role.NURSE).post(address(visit), paper(User.objects.get(role=Role.NURSE)))
    page = answer.content.decode()
    assert "Nothing was entered" in page
    assert "signs an order" in page
    assert f"/patients/{visit.patient_id}/facts/" in page
    assert not SessionEvent.objects.exists()


def test_what_the_gate_still_asks_is_entered_first(visit, signed_in):
    Entry.objects.filter(content__contains="thigh").delete()
    page = signed_in(Role.NURSE).get(address(visit)).content.decode()
    assert "The gate still asks." in page
    assert "thigh or groin pain" in page


def test_what_was_begun_on_the_screen_is_not_entered_a_second_time(visit, signed_in):
    nurse = signed_in(Role.NURSE)
    giver = User.objects.get(role=Role.NURSE)
    nurse.post(address(visit), paper(giver))
    again = nurse.post(address(visit), paper(giver))
    assert again.status_code == 422
    assert "has entries already" in again.content.decode()


def test_a_visit_to_come_is_not_entered(visit, signed_in):
    Visit.objects.update(starts_at=visit.starts_at + timedelta(days=2))
    assert signed_in(Role.NURSE).get(address(visit)).status_code == 404
