"""The plans of Jane and Mark, word for word, as a clinician would read them.

The forecasts in them are made by hand (`tests.pathway.foretold`), so that a refitted model changes no golden file.
After an intended change: `OSTEON_UPDATE_GOLDEN=1 pytest tests/report/test_golden_plans.py`, then read the difference.
"""

import io
import os

import pytest
from rich.console import Console

from osteon.pathway.forecasts import with_forecasts
from osteon.pathway.plan import plan
from osteon.report.terminal import show
from osteon.report.view import view
from tests.examples import ROOT, occasion
from tests.pathway.foretold import Asked


@pytest.fixture(autouse=True)
def foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osteon.bone.forecast.forecast", Asked().forecast)


def printed(name: str, *, explain: bool) -> str:
    at = occasion(name)
    out = io.StringIO()
    made = view(with_forecasts(plan(at), at), at)
    show(made, Console(file=out, width=120, highlight=False), explain=explain)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("explain", [False, True], ids=["one screen", "explained"])
@pytest.mark.parametrize("name", ["jane", "mark"])
def test_the_plan_reads_as_it_did(name: str, explain: bool) -> None:
    golden = ROOT / "tests/golden" / f"{name}{'.explained' if explain else ''}.txt"
    text = printed(name, explain=explain)
    if os.environ.get("OSTEON_UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("name", ["jane", "mark"])
def test_the_plan_fits_one_screen(name: str) -> None:
    assert len(printed(name, explain=False).splitlines()) <= 60
