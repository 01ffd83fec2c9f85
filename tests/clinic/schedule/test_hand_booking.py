"""Booking by hand: free slots, and refusals in words."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from osteon.clinic.schedule.check import check
from osteon.clinic.schedule.grid import clock_time, inside, members, on_grid, span, starts_of_runs
from osteon.clinic.schedule.harm import harm
from osteon.clinic.schedule.refusal import why_not
from osteon.clinic.schedule.slots import open_slots
from osteon.clinic.schedule.types import Booking, Chair, Closed, Company, Phases, Refused, Slot, Visit, Window, Wishes
from tests.clinic.schedule.examples import MONDAY, SHORT, small_clinic, visit


def reasons(asked: Visit, slot: Slot, *booked: Visit, **clinic: Any) -> list[Refused]:
    return [refusal.why for refusal in why_not(asked, slot, small_clinic(**clinic), booked)]


def in_words(asked: Visit, slot: Slot, *booked: Visit, **clinic: Any) -> str:
    return " ".join(refusal.words for refusal in why_not(asked, slot, small_clinic(**clinic), booked))


def booked_at(start: int, chair: str = "1", name: str = "b") -> Visit:
    return visit(name, state="confirmed", booked=Slot(MONDAY, start, chair))


def test_a_free_slot_is_not_refused() -> None:
    assert reasons(visit(), Slot(MONDAY, 480, "1")) == []


def test_a_taken_chair_is_refused_with_the_time_until_which_it_is_taken() -> None:
    assert "Chair 1 is taken by another visit until 10:40." in in_words(visit(), Slot(MONDAY, 600, "1"), booked_at(585))


def test_its_own_booking_does_not_stand_in_its_way() -> None:
    mine = booked_at(600, name="a")
    assert reasons(mine, Slot(MONDAY, 610, "1"), mine) == []


def test_a_nurse_who_is_already_starting_one_starts_no_other() -> None:
    words = in_words(visit(), Slot(MONDAY, 605, "2"), booked_at(600))
    assert words == "At 10:05 the nurses there are already starting 1, and can start 1 at once; until 10:15."


def test_a_nurse_who_looks_after_enough_takes_no_other() -> None:
    assert reasons(visit(), Slot(MONDAY, 615, "2"), booked_at(600), patients=1) == [Refused.NURSE_FULL]


def test_a_chair_that_lacks_a_feature_is_refused_by_name_of_the_feature() -> None:
    assert in_words(visit(features=frozenset({"bed"})), Slot(MONDAY, 600, "1")) == (
        "Chair 1 has no bed, which this visit needs."
    )


@pytest.mark.parametrize(
    ("more", "on", "why"),
    [
        ({"window": Window(earliest=MONDAY + timedelta(days=1))}, MONDAY, Refused.TOO_EARLY),
        ({"window": Window(latest=MONDAY - timedelta(days=1), is_latest_hard=True)}, MONDAY, Refused.TOO_LATE),
        ({"wishes": Wishes(weekdays=frozenset({3}))}, MONDAY, Refused.WEEKDAY),
        ({}, MONDAY + timedelta(days=1), Refused.CLOSED),
        ({}, MONDAY + timedelta(days=7), Refused.HOLIDAY),
        ({"wishes": Wishes(not_before=605)}, MONDAY, Refused.PATIENT_TIME),
        ({"wishes": Wishes(comes_at=605)}, MONDAY, Refused.PATIENT_TIME),
        ({"wishes": Wishes(gone_by=645)}, MONDAY, Refused.PATIENT_TIME),
        ({"wishes": Wishes(needs=frozenset({"interpreter"}))}, MONDAY, Refused.COMPANY),
        ({"phases": Phases(15, 110, 0, 5)}, MONDAY, Refused.CLOSED),
    ],
)
def test_each_reason_has_its_name_and_the_checker_sees_it_too(more: dict[str, Any], on: date, why: Refused) -> None:
    clinic = small_clinic(holidays=frozenset({MONDAY + timedelta(days=7)}))
    asked, slot = visit(**more), Slot(on, 600, "1")
    refusals = why_not(asked, slot, clinic)
    assert [refusal.why for refusal in refusals][:1] == [why]
    assert all(refusal.words.endswith(".") for refusal in refusals)
    assert why in {violation.why for violation in check([Booking(asked, slot)], clinic)}


def test_a_soft_end_of_a_window_refuses_nothing() -> None:
    assert reasons(visit(window=Window(latest=MONDAY - timedelta(days=9))), Slot(MONDAY, 600, "1")) == []


def test_a_chair_out_of_use_is_refused_with_its_reason() -> None:
    clinic = small_clinic(chairs=1, until=720)
    chair = Chair("1", closed=(Closed(630, 660, MONDAY, "repair"),))
    words = why_not(visit(), Slot(MONDAY, 600, "1"), msgspec.structs.replace(clinic, chairs=(chair,)))[0].words
    assert words == "Chair 1 is out of use until 11:00 (repair)."


def test_a_start_off_the_grid_an_unknown_chair_and_the_past_are_refused() -> None:
    assert reasons(visit(), Slot(MONDAY, 601, "1")) == [Refused.OFF_GRID]
    assert reasons(visit(), Slot(MONDAY, 600, "9")) == [Refused.NO_SUCH_CHAIR]
    past = why_not(visit(), Slot(MONDAY, 600, "1"), small_clinic(), now=(MONDAY, 605))
    assert [refusal.why for refusal in past] == [Refused.PAST]


def test_every_open_slot_is_allowed_and_every_other_start_is_refused() -> None:
    clinic = small_clinic(company=(Company("interpreter", MONDAY, 500, 700),))
    others = [booked_at(500), visit("c", phases=SHORT, state="confirmed", booked=Slot(MONDAY, 570, "2"))]
    asked = visit(wishes=Wishes(needs=frozenset({"interpreter"}), not_before=490))
    found = open_slots(asked, clinic, [MONDAY], others)
    starts = {each.slot.start for each in found}
    assert len(starts) == len(found) > 0
    for start in range(480, 720, 5):
        free = [
            chair.id for chair in clinic.chairs if not why_not(asked, Slot(MONDAY, start, chair.id), clinic, others)
        ]
        assert (start in starts) == bool(free)
        there = [Booking(each, each.booked) for each in others if each.booked]
        for chair in clinic.chairs:
            wrong = check([*there, Booking(asked, Slot(MONDAY, start, chair.id))], clinic)
            assert (chair.id in free) == (not wrong)


def test_the_first_slot_offered_is_the_least_late_then_the_least_waiting_in_the_plainest_chair() -> None:
    week = [MONDAY + timedelta(days=7 * n) for n in range(3)]
    clinic = small_clinic(nurses=tuple(msgspec.structs.replace(small_clinic().nurses[0], on=on) for on in week))
    asked = visit(drug="denosumab", due=week[1], wishes=Wishes(comes_at=540))
    found = open_slots(asked, clinic, week)
    assert found[0].slot == Slot(week[1], 540, "1")
    assert found[0].words == ""
    assert found[-1].slot.on == week[2]
    assert found[-1].harm == 7 * 13
    assert "7 days late" in found[-1].words


def test_nothing_is_offered_in_the_past() -> None:
    assert min(each.slot.start for each in open_slots(visit(), small_clinic(), [MONDAY], now=(MONDAY, 601))) == 605


def test_a_late_denosumab_outranks_a_late_zoledronate_and_danger_outranks_both() -> None:
    denosumab = harm("denosumab", doses_given=3, dangerous_from=MONDAY)
    assert denosumab.per_day > harm("zoledronic_acid").per_day
    assert denosumab.per_day_in_danger > denosumab.per_day
    assert harm("denosumab", doses_given=1, dangerous_from=MONDAY).danger_from is None
    assert harm("denosumab", dangerous_from=MONDAY).danger_from == MONDAY  # how many cannot be told: as in danger


def test_the_grid_rounds_up_and_finds_runs() -> None:
    assert (on_grid(0.5), on_grid(5), on_grid(16)) == (5, 5, 20)
    assert clock_time(640) == "10:40"
    assert members(starts_of_runs(span(0, 25), 3)) == [0, 1, 2]
    assert members(inside(3, 14)) == [1]
    with pytest.raises(ValueError, match="multiples of 5"):
        Phases(3, 5, 5)
