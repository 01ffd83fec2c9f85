"""Vital signs on the clock, what calls out, and the dose in anaphylaxis."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from osteon.pathway.session import events as e
from osteon.pathway.session.adrenaline import adrenaline
from osteon.pathway.session.path import state_of
from osteon.pathway.session.pump import drops_per_min, minutes_left, ml_per_h, volume_run
from osteon.pathway.session.watch import Urgency, alarms, missing_signs, next_check
from tests.pathway.session.told import BEGIN, KNOWLEDGE, WELL, policy, running, told

ZOLEDRONATE = policy()


def minute(number: float):
    return BEGIN + timedelta(minutes=number)


def state(*events: e.Event):
    return state_of(events, ZOLEDRONATE)


def called(at: float, *events: e.Event) -> list[str]:
    return [alarm.words for alarm in alarms(state(*running(), *events), ZOLEDRONATE, KNOWLEDGE, minute(at))]


def test_the_first_look_is_five_minutes_after_the_start_and_then_every_fifteen():
    assert next_check(state(*running()), ZOLEDRONATE, KNOWLEDGE) == minute(15)
    taken = told(e.VitalsTaken, 16, signs=WELL)
    assert next_check(state(*running(), taken), ZOLEDRONATE, KNOWLEDGE) == minute(31)


def test_in_a_reaction_they_are_taken_every_five_minutes():
    reacts = told(e.ReactionBegan, 20, reaction=e.ReactionKind.OTHER)
    assert next_check(state(*running(), reacts), ZOLEDRONATE, KNOWLEDGE) == minute(25)


def test_what_a_device_sent_counts_only_when_a_nurse_has_accepted_it():
    sent = told(e.VitalsTaken, 15, role=e.Role.PROGRAM, signs=WELL, is_confirmed=False)
    assert next_check(state(*running(), sent), ZOLEDRONATE, KNOWLEDGE) == minute(15)


def test_a_missed_set_calls_out_five_minutes_later():
    assert called(20) == []
    assert called(20.1) == ["a set of vital signs was missed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"systolic_pressure": 98.0}, "systolic pressure fell by 30 mmHg or more"),
        ({"temperature": 37.6}, "temperature rose by 1 °C or more"),
        ({"pulse": 131.0}, "one sign alone scores 3: pulse"),
        ({"spo2": 91.0}, "one sign alone scores 3: oxygen saturation"),
    ],
)
def test_it_calls_out_when_a_sign_changes_so_much(change: dict, words: str):
    assert words in called(16, told(e.VitalsTaken, 15, signs=replace(WELL, **change)))


@pytest.mark.parametrize("change", [{"systolic_pressure": 99.0}, {"temperature": 37.5}, {"pulse": 110.0}])
def test_it_is_silent_just_below(change: dict):
    assert called(16, told(e.VitalsTaken, 15, signs=replace(WELL, **change))) == []


def test_a_score_of_seven_is_an_emergency_even_from_too_few_signs():
    ill = replace(WELL, temperature=None, systolic_pressure=88.0, pulse=125.0, respiration_rate=22.0)
    found = alarms(state(*running(), told(e.VitalsTaken, 15, signs=ill)), ZOLEDRONATE, KNOWLEDGE, minute(16))
    assert (found[0].urgency, found[0].words) == (Urgency.EMERGENCY, "NEWS2 at least 7")
    assert missing_signs(ill) == ("temperature",)


def test_an_answered_alarm_is_silent_and_the_next_set_calls_again():
    ill = told(e.VitalsTaken, 15, key="first", signs=replace(WELL, pulse=135.0))
    answer = told(e.AlarmAnswered, 16, alarm="news2:first", answer="prescriber called")
    again = told(e.VitalsTaken, 20, key="second", signs=replace(WELL, pulse=136.0))
    assert called(17, ill, answer) == []
    assert called(21, ill, answer, again) == ["one sign alone scores 3: pulse"]


def test_by_rate_and_time_the_bag_is_empty():
    taken = [told(e.VitalsTaken, at, signs=WELL) for at in (15, 30)]
    assert "by rate and time the infusion has run through" in called(40, *taken)
    assert called(39, *taken) == []


@pytest.mark.parametrize(
    ("weight_kg", "dose_mg", "volume_ml"),
    [(61.5, 0.5, 0.5), (50, 0.5, 0.5), (45, 0.45, 0.45), (38.9, 0.38, 0.38), (120, 0.5, 0.5), (None, 0.5, 0.5)],
)
def test_adrenaline_by_weight_with_its_cap_and_the_adult_dose_without_a_weight(weight_kg, dose_mg, volume_ml):
    dose = adrenaline(weight_kg, KNOWLEDGE)
    assert (dose.dose_mg, dose.volume_ml, dose.again_from_min) == (dose_mg, volume_ml, 5)
    assert ("adult dose" in dose.words) is (weight_kg is None)


def test_rates_and_drops():
    assert ml_per_h(100, 15) == 400
    assert ml_per_h(100, 30) == 200
    assert drops_per_min(200, 20) == 67
    with pytest.raises(ValueError, match="takes some time"):
        ml_per_h(100, 0)


def test_what_has_run_is_counted_over_pauses_and_changes_of_rate():
    events = [
        *running(),
        told(e.RateChanged, 16, rate_ml_h=100),
        told(e.Paused, 22, reason="toilet"),
        told(e.Resumed, 30, rate_ml_h=300),
    ]
    stretches = state(*events).stretches
    assert volume_run(stretches, minute(34)) == pytest.approx(20 + 10 + 20)
    assert minutes_left(100, stretches, minute(34)) == pytest.approx(10)
    assert minutes_left(100, state(*events[:-1]).stretches, minute(34)) is None
