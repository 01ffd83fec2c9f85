"""The nurse's hour in a real browser: by touch on a tablet, by keyboard alone, at every width, in both themes."""

from typing import Any

import pytest
from django.utils import timezone

from osteon.chart.plain_fhir import Row
from osteon.clinic.booking.models import Visit
from osteon.clinic.facts.write import enter, understood
from osteon.clinic.infusion.store import state_in
from osteon.clinic.people.roles import Role
from osteon.pathway.session.state import Phase
from tests.clinic.browser.conftest import scrolls_sideways, serious
from tests.clinic.conftest import patient_from

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}


@pytest.fixture
def visit(person, transactional_db) -> Visit:
    jane = patient_from("jane")
    tablets = jane.entries.get(kind="MedicationStatement", content__contains="alendronate")
    ended = tablets.content.replace('"status":"active"', '"status":"completed"')
    ended = ended.replace('"start":"2022-02-01"', '"start":"2022-02-01","end":"2026-11-01"')
    type(tablets).objects.filter(pk=tablets.pk).update(content=ended)
    nurse = person(Role.NURSE)
    asked = ("fever_or_infection_today", "eye_inflammation_now", "thigh_or_groin_pain")
    enter(jane, [understood(Row(number=1, what=f"answer {name}", value="no")) for name in asked], nurse)
    today = timezone.localdate()
    return Visit.objects.create(
        patient=jane, drug="zoledronic_acid", title="zoledronic acid", state=Visit.State.ARRIVED,
        setup_min=20, giving_min=30, observing_min=15, cleaning_min=10, due_on=today, earliest=today,
    )  # fmt: skip


def address(visit: Visit) -> str:
    return f"/patients/{visit.patient_id}/visits/{visit.pk}/session/"


def prepare(page: Any) -> None:
    """Everything up to the start, by touch."""
    page.get_by_role("button", name="She is in the chair").tap()
    page.get_by_label("Name").check()
    page.get_by_label("Birth date").check()
    page.get_by_role("button", name="They agree").tap()
    page.get_by_role("button", name="Judge the gate").tap()
    page.get_by_label("Weight in kg").fill("61.5")
    page.get_by_role("button", name="Record", exact=True).tap()
    page.get_by_role("button", name="The patient agrees").tap()
    take_vitals(page)
    page.get_by_label("Where").first.select_option("left forearm")
    page.get_by_label("Gauge").select_option("22")
    page.get_by_role("button", name="The line is in").tap()
    page.get_by_label("Barcode").fill("0100371669123455172706301 0ABC123".replace(" ", ""))
    page.get_by_label("Product, as on the label").fill("generic")
    page.get_by_label("Dose in mg").fill("5")
    page.get_by_role("button", name="It is the drug of the order").tap()


def take_vitals(page: Any, pulse: str = "72") -> None:
    for label, value in (
        ("Systolic pressure", "128"), ("Pulse", pulse), ("Breaths", "16"), ("Oxygen saturation", "98"),
        ("Temperature", "36.6"),
    ):  # fmt: skip
        page.get_by_label(label).fill(value)
    page.get_by_label("air", exact=True).check()
    page.get_by_label("alert", exact=True).check()
    page.get_by_role("button", name="Record this set").tap()


def test_the_hour_by_touch_with_a_reaction(page_of, visit: Visit) -> None:
    page = page_of(Role.NURSE, **TABLET)
    page.goto(address(visit))
    prepare(page)
    page.get_by_label("Minutes for the whole bag").fill("30")
    page.get_by_role("button", name="Start now").tap()
    page.get_by_text("200 mL/h").first.wait_for()
    page.get_by_role("button", name="Anaphylaxis").tap()
    page.get_by_text("0.5 mg = 0.5 mL of 1 mg/mL").wait_for()
    assert state_in(visit.session).phase is Phase.STOPPED
    assert serious(page) == []


def test_no_page_of_it_scrolls_sideways_or_troubles_a_screen_reader(page_of, visit: Visit) -> None:
    for theme in ("light", "dark"):
        page = page_of(Role.NURSE, color_scheme=theme)
        for path in (address(visit), f"/patients/{visit.patient_id}/facts/"):
            page.goto(path)
            assert serious(page) == []
            assert scrolls_sideways(page) == []


def test_it_works_by_keyboard_alone(page_of, visit: Visit) -> None:
    page = page_of(Role.NURSE)
    page.goto(address(visit))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "She is in the chair":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Recorded at").wait_for()
    assert state_in(visit.session).phase is Phase.PREPARING


def test_it_works_without_javascript(page_of, visit: Visit) -> None:
    page = page_of(Role.NURSE, java_script_enabled=False)
    page.goto(address(visit))
    page.get_by_role("button", name="She is in the chair").click()
    assert state_in(visit.session).phase is Phase.PREPARING
