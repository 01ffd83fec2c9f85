"""From prescriptions, list entries, refills and doses to courses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.courses import Exposure, Joining, merge
from osteon.chart.types import Course, Dose, When

START = date(2020, 1, 1)
JOINING = Joining(
    within=timedelta(days=90),
    grace=timedelta(days=30),
    prescription=timedelta(days=365),
    intervals={"zoledronic_acid": 365.0},
)


def day(number: int) -> When:
    return When.on(START + timedelta(days=number))


def exposure(start: int | None, end: int | None = None, drug: str = "alendronate", **fields: Any) -> Exposure:
    return Exposure(
        drug=drug,
        text=fields.pop("text", drug),
        source=f"MedicationStatement/{start}-{end}-{sorted(fields.items())}",
        start=None if start is None else day(start),
        end=None if end is None else day(end),
        **fields,
    )


def given_dose(number: int, drug: str = "zoledronic_acid", **fields: Any) -> Exposure:
    told = {"when": day(number), "source": f"MedicationAdministration/{number}", **fields}
    dose = Dose(drug=drug, **told)
    return Exposure(drug=drug, text=drug, source=dose.source, start=dose.when, told=dose.when, dose=dose)


def merged(*exposures: Exposure) -> list[Course]:
    return sorted(merge(exposures, JOINING), key=lambda course: (course.drug, course.start or day(0)))


def test_exposures_that_follow_each_other_are_one_course() -> None:
    (found,) = merged(exposure(0, 100, is_active=False), exposure(150, 300, is_active=False))
    assert (found.start, found.stop, found.is_active) == (day(0), day(300), False)
    assert found.gaps == ((day(100).earliest, day(150).earliest),)
    assert found.covered_days == 250


def test_a_drug_that_comes_back_much_later_is_another_course() -> None:
    first, second = merged(exposure(0, 100, is_active=False), exposure(191, is_active=True))
    assert (first.stop, second.start, second.stop, second.is_active) == (day(100), day(191), None, True)


def test_overlapping_days_count_once() -> None:
    (found,) = merged(exposure(0, 100, is_active=False), exposure(50, 120, is_active=False))
    assert (found.covered_days, found.gaps) == (120, ())


def test_two_drugs_are_two_courses() -> None:
    assert [each.drug for each in merged(exposure(0), exposure(0, drug="raloxifene"))] == ["alendronate", "raloxifene"]


def test_what_was_said_last_decides_whether_it_runs() -> None:
    stopped = exposure(300, is_active=False, told=day(300))
    running = exposure(0, is_active=True, told=day(400))
    assert merged(stopped, running)[0].is_active is True
    assert merged(exposure(0, is_active=True, told=day(200)), stopped)[0].is_active is False


def test_said_on_one_day_taking_it_outweighs_having_stopped_it() -> None:
    (found,) = merged(exposure(0, is_active=False, told=day(0)), exposure(0, is_active=True, told=day(0)))
    assert (found.is_active, found.stop) == (True, None)


def test_no_status_is_neither_running_nor_stopped() -> None:
    assert merged(exposure(0))[0].is_active is None


ENDS = {
    "said when": (exposure(0, 80, is_active=False), When.on(START + timedelta(days=80))),
    "its supply ran out": (exposure(0, is_active=False, supply_days=84), day(84)),
    "said later to be over": (exposure(0, is_active=False, told=day(200)), When(START, day(200).earliest)),
    "said nothing": (exposure(0, is_active=False), When(START, day(365).earliest)),
    "still taken, to an end": (exposure(0, 80, is_active=True), day(80)),
    "still taken": (exposure(0, is_active=True), None),
    "still taken, although the supply of one order is over": (exposure(0, is_active=True, supply_days=84), None),
    "without a start": (exposure(None, is_active=False), None),
}


@pytest.mark.parametrize(("entry", "stop"), ENDS.values(), ids=ENDS)
def test_an_end_is_as_exact_as_it_was_told(entry: Exposure, stop: When | None) -> None:
    assert merged(entry)[0].stop == stop


def test_the_next_prescription_ends_the_one_before() -> None:
    high = exposure(0, drug="glucocorticoid", is_active=False, amount_per_day=20.0, unit="mg/d")
    low = exposure(60, drug="glucocorticoid", is_active=True, amount_per_day=5.0, unit="mg/d")
    first, second = merged(high, low)
    assert (first.amount_per_day, first.stop) == (20.0, When(START, day(60).earliest))
    assert (second.amount_per_day, second.stop, second.is_active) == (5.0, None, True)


def test_yearly_renewals_without_an_end_are_one_course() -> None:
    renewals = [exposure(365 * year, is_active=year == 9) for year in range(10)]
    (found,) = merged(*renewals)
    assert (found.start, found.stop, found.is_active, found.covered_days) == (day(0), None, True, None)


def test_an_old_prescription_without_an_end_is_not_drawn_out_to_a_new_one() -> None:
    first, second = merged(exposure(0, is_active=False), exposure(3650, is_active=True))
    assert (first.stop, second.start) == (When(START, day(365).earliest), day(3650))


def steroid(start: int, **fields: Any) -> Exposure:
    return exposure(start, drug="glucocorticoid", **{"substance": "prednisone", "unit": "mg/d", **fields})


def test_one_steroid_told_by_prescription_list_and_refill_is_not_taken_thrice() -> None:
    (found,) = merged(
        steroid(0, text="prednisone 5 MG Oral Tablet", is_active=True, amount_per_day=5.0),
        steroid(2, text="Prednisone 5mg tab", is_active=True, amount_per_day=5.0),
        steroid(1, text="prednisone 5 MG Oral Tablet", supply_days=30.0, is_supply=True),
    )
    assert (found.amount_per_day, found.start, len(found.sources)) == (5.0, day(0), 3)


def test_two_steroids_and_two_amounts_are_separate_courses() -> None:
    found = merged(
        steroid(0, is_active=True, amount_per_day=5.0),
        steroid(0, is_active=True, amount_per_day=2.5),
        steroid(0, is_active=True, amount_per_day=5.0, substance="dexamethasone"),
    )
    assert sorted(each.amount_per_day or 0 for each in found) == [2.5, 5.0, 5.0]


def test_what_was_said_last_to_be_over_ends_what_nobody_closed() -> None:
    never_closed = exposure(0, is_active=True, told=day(0))
    stopped = exposure(300, 400, is_active=False, told=day(500))
    (found,) = merged(never_closed, stopped)
    assert (found.is_active, found.stop) == (False, day(400))


def test_only_the_amount_of_glucocorticoids_parts_courses() -> None:
    weekly = exposure(0, 100, is_active=False, amount_per_day=10.0)
    other = exposure(100, 200, is_active=False, amount_per_day=5.0)
    (found,) = merged(weekly, other)
    assert found.amount_per_day == 5.0


def test_refills_tell_the_days_that_were_covered_better_than_a_list() -> None:
    listed = exposure(0, is_active=True)
    refills = [exposure(start, supply_days=28.0, is_supply=True) for start in (0, 28, 100)]
    (found,) = merged(listed, *refills)
    assert (found.covered_days, found.is_active) == (84, True)
    assert found.gaps == ((day(56).earliest, day(100).earliest),)


def test_a_late_refill_within_the_grace_leaves_no_gap() -> None:
    (found,) = merged(*(exposure(start, supply_days=28.0, is_supply=True) for start in (0, 58)))
    assert found.gaps == ()


def test_doses_part_no_course_and_their_gaps_are_told_by_the_interval() -> None:
    (found,) = merged(given_dose(0), given_dose(370), given_dose(2000))
    assert [dose.when for dose in found.doses] == [day(0), day(370), day(2000)]
    assert found.gaps == ((day(370 + 365).earliest, day(2000).earliest),)
    assert (found.stop, found.is_active, found.last_dose) == (None, None, found.doses[-1])


def test_single_doses_of_a_drug_that_patients_take_do_not_run_on() -> None:
    (found,) = merged(given_dose(0, "nsaid"))
    assert found.stop == When(START, day(30).earliest)


MONTH = When(day(0).earliest, day(30).earliest)
ONE_DOSE = {
    "twice by one source": (given_dose(0), given_dose(0), 1),
    "by the nurse and by the bill": (given_dose(0, amount=5.0, unit="mg"), given_dose(0, source="Procedure/1"), 1),
    "by its month and by its day": (given_dose(0, when=MONTH, source="MedicationStatement/1"), given_dose(14), 1),
    "on two days": (given_dose(0), given_dose(1), 2),
    "some time in a year and on a day of it": (given_dose(0, when=When(START, day(365).earliest)), given_dose(14), 2),
}


@pytest.mark.parametrize(("one", "other", "number"), ONE_DOSE.values(), ids=ONE_DOSE)
def test_one_dose_that_several_recorded_is_one(one: Exposure, other: Exposure, number: int) -> None:
    (found,) = merged(one, other)
    (same,) = merged(other, one)
    assert len(found.doses) == number
    assert found.doses == same.doses


def test_of_several_entries_the_one_with_the_day_and_the_amount_stands() -> None:
    (found,) = merged(given_dose(0, source="Procedure/1"), given_dose(0, amount=5.0, unit="mg"))
    assert [dose.amount for dose in found.doses] == [5.0]
    (found,) = merged(given_dose(0, when=MONTH), given_dose(14))
    assert [dose.when for dose in found.doses] == [day(14)]


EXPOSURES = st.one_of(
    st.builds(
        exposure,
        st.none() | st.integers(0, 3000),
        st.none() | st.integers(0, 3000),
        st.sampled_from(["alendronate", "glucocorticoid"]),
        is_active=st.sampled_from([None, True, False]),
        supply_days=st.none() | st.sampled_from([28.0, 84.0]),
        amount_per_day=st.sampled_from([None, 5.0, 20.0]),
    ),
    st.builds(given_dose, st.integers(0, 3000)),
)


@given(st.lists(EXPOSURES, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_exposures_does_not_matter(exposures: list[Exposure], dice: Any) -> None:
    shuffled = list(exposures)
    dice.shuffle(shuffled)
    assert set(merge(shuffled, JOINING)) == set(merge(exposures, JOINING))


@given(st.lists(EXPOSURES, min_size=1, max_size=8))
def test_every_exposure_and_dose_is_in_one_course(exposures: list[Exposure]) -> None:
    found = merge(exposures, JOINING)
    assert {source for course in found for source in course.sources} == {each.source for each in exposures}
    days = {each.dose.when for each in exposures if each.dose}
    assert sorted(dose.when for course in found for dose in course.doses) == sorted(days)
    for course in found:
        assert all(begin < end for begin, end in course.gaps)
        assert course.covered_days is None or course.covered_days >= 0
