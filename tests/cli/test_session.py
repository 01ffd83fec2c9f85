"""A session is read from its events on the command line."""

import json
from pathlib import Path

from osteon.pathway.session import events as e
from osteon.pathway.session.record import as_lines, read_events
from tests.cli.conftest import Osteon
from tests.pathway.session.told import WELL, running, told


def written(folder: Path, *events: e.Event) -> str:
    file = folder / "session.ndjson"
    file.write_bytes(as_lines(events))
    return str(file)


def whole() -> list[e.Event]:
    ended = told(e.Ended, 40, given_ml=100, wasted_ml=0)
    weight = told(e.Weighed, 4, weight_kg=61.5)
    first = running()
    wrong = next(event for event in first if isinstance(event, e.Weighed))
    return [*first, told(e.Corrected, 12, wrong=wrong.key, reason="read wrongly", right=weight), ended]


def test_events_come_back_from_their_file_as_they_were():
    events = whole()
    assert read_events(as_lines(events)) == tuple(events)


def test_it_prints_the_record(osteon: Osteon, tmp_path: Path):
    answer = osteon("session", "replay", written(tmp_path, *whole()), "--on", "2026-11-23")
    assert answer.code == 0
    assert "zoledronic acid: observing" in answer.out
    assert "[wrong] weighed: weight kg 61.5" in answer.out
    assert "From start to end: 30 minutes." in answer.out


def test_it_gives_the_record_as_data(osteon: Osteon, tmp_path: Path):
    answer = osteon("session", "replay", written(tmp_path, *whole()), "--on", "2026-11-23", "--json")
    assert json.loads(answer.out)["infused_min"] == 30


def test_events_that_no_session_can_have_are_refused_with_the_reason(osteon: Osteon, tmp_path: Path):
    answer = osteon("session", "replay", written(tmp_path, told(e.Started, 1, rate_ml_h=100)), "--on", "2026-11-23")
    assert answer.code == 3
    assert "not possible while the session is expected" in answer.err


def test_a_file_that_holds_something_else_is_refused_by_its_line(osteon: Osteon, tmp_path: Path):
    file = tmp_path / "x.ndjson"
    file.write_bytes(as_lines([told(e.VitalsTaken, 1, signs=WELL)]) + b'{"type": "nonsense"}\n')
    answer = osteon("session", "replay", str(file), "--on", "2026-11-23")
    assert answer.code == 10
    assert "line 2" in answer.err
