"""A coordinator's and a prescriber's day on the demo clinic, in a real browser: touch, keyboard, themes, widths."""

from typing import Any

import pytest
from django.utils import timezone

from osteon.clinic.booking.models import Visit
from osteon.clinic.demo.make import PASSWORD, make_demo
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from tests.clinic.browser.conftest import scrolls_sideways, serious


@pytest.fixture
def demo(transactional_db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osteon.clinic.records.refresh._ask_for_forecast", lambda _patient: None)
    make_demo()


def user(name: str) -> User:
    return User.objects.get(username=name)


def test_the_coordinator_signs_in_and_books_the_one_in_danger_with_two_clicks(demo, chromium, live_server) -> None:
    page = chromium.new_page(base_url=live_server.url)
    page.goto("/")
    page.get_by_label("User name").fill("lund")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today/")
    page.get_by_role("link", name="Due", exact=True).click()
    first = page.locator("tbody tr").first
    assert "denosumab" in first.inner_text()
    assert "in danger" in first.inner_text()
    first.get_by_role("link", name="Book").click()
    page.locator("ol.places button").first.click()
    page.get_by_text("Booked: denosumab,").wait_for()
    page.get_by_role("button", name="Undo").wait_for()
    page.close()


def test_the_board_is_alive(demo, page_of) -> None:
    page = page_of(Role.NURSE)
    page.goto("/today/")
    coming = Visit.objects.filter(state=Visit.State.CONFIRMED, starts_at__date=timezone.localdate()).latest("starts_at")
    row = page.locator("tbody tr", has_text=coming.patient.name)
    assert "coming" in row.inner_text()
    coming.state = Visit.State.ARRIVED
    coming.save()
    row.get_by_text("arrived").wait_for(timeout=15_000)


def test_the_prescriber_accepts_a_plan_with_the_password_again(demo, page_of) -> None:
    prescriber = user("osei")
    page = page_of(Role.PRESCRIBER)
    jane = Patient.objects.get(record_number="OST-0065")
    page.goto(f"/patients/{jane.pk}/plan/")
    page.get_by_label("password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Accept").first.click()
    page.wait_for_load_state()
    assert jane.plans.latest().accepted_by == prescriber


def test_a_booking_by_keyboard_alone(demo, page_of) -> None:
    page = page_of(Role.COORDINATOR)
    page.goto("/due/")
    press_until(page, "Book")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/")
    page.locator("ol.places button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Booked:").wait_for()


def free_cell_of_a_day_to_come(page: Any) -> tuple[Visit, Any]:
    visit = Visit.objects.filter(state=Visit.State.CONFIRMED).latest("starts_at")
    page.goto(f"/schedule/?day={timezone.localdate(visit.starts_at)}")
    chair = page.locator(f"td.free[data-chair='{visit.chair_id}'][data-rows='6']")
    return visit, chair.first


def test_a_visit_is_dragged_to_another_time(demo, page_of) -> None:
    page = page_of(Role.COORDINATOR)
    visit, free = free_cell_of_a_day_to_come(page)
    start = int(free.get_attribute("data-start"))
    page.locator(f"[data-move*='{visit.pk}']").drag_to(
        free, source_position={"x": 12, "y": 60}, target_position={"x": 20, "y": 4}
    )
    page.get_by_text("Booked:").first.wait_for()
    local = timezone.localtime(Visit.objects.get(pk=visit.pk).starts_at)
    assert local.hour * 60 + local.minute == start


def test_a_visit_is_moved_by_clicks_on_a_tablet_by_touch(demo, page_of) -> None:
    page = page_of(Role.NURSE, viewport={"width": 820, "height": 1180}, has_touch=True)
    visit, _ = free_cell_of_a_day_to_come(page)
    page.locator(f"table a[href*='move={visit.pk}']").tap()
    place = page.locator("button.place").last
    slot = place.get_attribute("value")
    place.tap()
    page.get_by_text("Booked:").first.wait_for()
    local = timezone.localtime(Visit.objects.get(pk=visit.pk).starts_at)
    assert slot.split()[1] == str(local.hour * 60 + local.minute)


def press_until(page: Any, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            return
    pytest.fail(f"{words} cannot be reached by the keyboard")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_scrolls_sideways_or_troubles_a_screen_reader(demo, page_of, theme: str) -> None:
    jane = Patient.objects.get(record_number="OST-0065")
    about = ("", "plan/", "timeline/", "orders/", "documents/", "facts/", "book/", "contact/", "notes/")
    moving = Visit.objects.filter(state=Visit.State.CONFIRMED).latest("starts_at")
    hers = [f"/patients/{jane.pk}/{each}" for each in about]
    pages = {
        Role.PRESCRIBER: ["/today/", "/due/", "/schedule/", "/schedule/month/", "/schedule/short-notice/", "/patients/",
                          "/tasks/", "/tasks/?whose=done", "/stock/", f"/schedule/?move={moving.pk}", *hers],
        Role.COORDINATOR: ["/schedule/again/?plan=1", f"/patients/{jane.pk}/when/", "/set-up/", "/set-up/hours/",
                           "/set-up/chairs/", "/set-up/closures/", "/set-up/shifts/", "/calendar/", "/day-pack/",
                           "/anaphylaxis/"],
        Role.ADMINISTRATOR: ["/audit/", "/accounts/", "/account/2fa/"],
    }  # fmt: skip
    found = []
    for role, addresses in pages.items():
        page = page_of(role, color_scheme=theme)
        for address in addresses:
            answer = page.goto(address)
            name = address.replace(str(jane.pk), "…")
            found += [f"{name}: {answer.status}"] if answer.status != 200 else []
            found += [f"{name}: {each}" for each in serious(page)]
            found += [f"{name}: scrolls sideways at {width}" for width in scrolls_sideways(page)]
    assert found == []
