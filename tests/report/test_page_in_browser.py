"""The page in a real browser: nothing fetched, nothing cut off on a narrow screen, every fold open to the keyboard."""

from functools import cache
from pathlib import Path

import pytest

from osteon.pathway.forecasts import with_forecasts
from osteon.pathway.plan import plan
from osteon.report.page import page
from osteon.report.view import view
from tests.examples import occasion
from tests.pathway.foretold import Asked


@cache
def written(name: str) -> str:
    at = occasion(name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("osteon.bone.forecast.forecast", Asked().forecast)
        return page(view(with_forecasts(plan(at), at), at))


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    target = tmp_path / "plan.html"
    target.write_text(written(request.param), "utf-8")
    return target


@pytest.mark.parametrize("file", ["jane", "mark"], indirect=True)
@pytest.mark.parametrize("width", [320, 1100])
def test_it_fits_the_screen_and_fetches_nothing(chromium, file: Path, width: int) -> None:
    shown = chromium.new_page(viewport={"width": width, "height": 900})
    requests: list[str] = []
    complaints: list[str] = []
    shown.on("request", lambda request: requests.append(request.url))
    shown.on("console", lambda message: complaints.append(message.text))
    shown.goto(file.as_uri())
    assert requests == [file.as_uri()]
    assert complaints == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("file", ["jane"], indirect=True)
def test_the_keyboard_opens_every_fold_and_skips_to_the_plan(chromium, file: Path) -> None:
    shown = chromium.new_page()
    shown.goto(file.as_uri())
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the plan"
    fold = shown.locator("details").first
    fold.locator("summary").focus()
    shown.keyboard.press("Enter")
    assert fold.evaluate("fold => fold.open")
