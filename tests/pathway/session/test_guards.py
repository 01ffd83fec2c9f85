"""The guards of a session beside the gate: time, sites, spoken orders, company, a pregnancy test, the second scale."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from osteon.pathway.gate import Readiness
from osteon.pathway.session import events as e
from osteon.pathway.session.path import RefusedError, state_of
from osteon.pathway.session.state import Phase
from osteon.pathway.session.watch import alarms
from tests.pathway.session.told import BEGIN, KNOWLEDGE, WELL, policy, prepared, running, told


def given(drug: str, *events: e.Event, **how: object):
    return state_of([*prepared(drug), *events], policy(drug, **how))


# --- the shortest time holds at the end too --------------------------------------------------------------------------


def test_a_bag_cannot_have_run_faster_than_the_label_allows():
    with pytest.raises(RefusedError, match=r"100 mL take 15 min .* it ran 10 min"):
        state_of([*running(), told(e.Ended, 20, given_ml=100, wasted_ml=0)], policy())


def test_with_a_reason_the_early_end_stands_in_the_record():
    early = told(e.Ended, 20, given_ml=100, wasted_ml=0, reason="the clamp was open; prescriber told")
    assert state_of([*running(), early], policy()).phase is Phase.OBSERVING


def test_half_a_bag_takes_half_the_time_and_a_pause_does_not_count():
    half = told(e.Ended, 18, given_ml=50, wasted_ml=50)
    assert state_of([*running(), half], policy()).phase is Phase.OBSERVING
    paused = told(e.Paused, 12, reason="toilet")
    with pytest.raises(RefusedError, match="ran 2 min"):
        state_of([*running(), paused, told(e.Ended, 40, given_ml=50, wasted_ml=50)], policy())


@pytest.mark.parametrize(("seconds", "is_refused"), [(10, True), (15, False), (30, False), (90, False)])
def test_a_push_of_ibandronate_takes_fifteen_seconds_or_more(seconds: int, is_refused: bool):
    start = told(e.Started, 10, rate_ml_h=0)
    end = told(e.Ended, 10 + seconds / 60, given_ml=3, wasted_ml=0)
    if is_refused:
        with pytest.raises(RefusedError, match="15 s"):
            given("ibandronate", start, end)
    else:
        assert given("ibandronate", start, end).phase is Phase.OBSERVING


def test_a_push_whose_end_was_forgotten_calls_out():
    state = given("ibandronate", told(e.Started, 10, rate_ml_h=0))
    now = BEGIN + timedelta(minutes=16)
    assert any("push" in each.words for each in alarms(state, policy("ibandronate"), KNOWLEDGE, now))


def test_pamidronate_keeps_its_hours():
    assert policy("pamidronate").minimum_min == 120


# --- under the skin --------------------------------------------------------------------------------------------------


def test_romosozumab_is_two_syringes_at_two_sites():
    start, first = told(e.Started, 10, rate_ml_h=0), told(e.Injected, 10.5, site="abdomen, left")
    with pytest.raises(RefusedError, match="1 of 2"):
        given("romosozumab", start, first, told(e.Ended, 12, given_ml=2.34, wasted_ml=0))
    with pytest.raises(RefusedError, match="a site of its own"):
        given("romosozumab", start, first, told(e.Injected, 11, site="abdomen, left"))
    second = told(e.Injected, 11, site="abdomen, right")
    with pytest.raises(RefusedError, match="no more"):
        given("romosozumab", start, first, second, told(e.Injected, 11.5, site="thigh"))
    assert given("romosozumab", start, first, second, told(e.Ended, 12, given_ml=2.34, wasted_ml=0)).given_ml == 2.34


def test_an_infusion_has_no_site_under_the_skin():
    with pytest.raises(RefusedError, match="not given under the skin"):
        state_of([*running(), told(e.Injected, 11, site="abdomen")], policy())


# --- orders ----------------------------------------------------------------------------------------------------------


def found(**what: object) -> e.OrderFound:
    return told(e.OrderFound, 7, role=e.Role.PROGRAM, **what)


def test_where_policy_asks_for_an_order_none_starts_without_one_that_stands():
    start = told(e.Started, 10, rate_ml_h=200)
    for found_none in ((), (found(order="", why="it expired on 2026-11-01"),)):
        with pytest.raises(RefusedError, match="none stands"):
            given("zoledronic_acid", *found_none, start, needs_order=True)
    stands = found(order="o1", last_day="2027-11-01")
    assert given("zoledronic_acid", stands, start, needs_order=True).phase is Phase.RUNNING


def test_a_hold_that_the_order_set_aside_holds_no_more_but_a_stop_does():
    start = told(e.Started, 10, rate_ml_h=200)
    order = found(order="o1", overrides=("vitamin_d", "crcl"))

    def judged(**what: object) -> e.GateJudged:
        verdict = Readiness.NOT_READY
        return told(e.GateJudged, 7, role=e.Role.PROGRAM, drug="zoledronic_acid", verdict=verdict, **what)

    assert given("zoledronic_acid", judged(open_holds=("vitamin_d",)), order, start).phase is Phase.RUNNING
    with pytest.raises(RefusedError, match="no override"):
        given("zoledronic_acid", judged(open_stops=("crcl",)), order, start)


def stopped() -> list[e.Event]:
    return [
        *running(),
        told(e.ReactionBegan, 15, reaction=e.ReactionKind.OTHER),
        told(e.ReactionGraded, 25, grade=2, causality="probable", is_over=True),
    ]


def spoken(**what: object) -> e.OrderSpoken:
    return told(
        e.OrderSpoken,
        26,
        **{"key": "spoken", "prescriber": "osei", "order": "go on slowly", "read_back": True, **what},
    )


def test_an_order_by_voice_is_read_back_and_names_who_gave_it():
    with pytest.raises(RefusedError, match="read the order back"):
        state_of([*stopped(), spoken(read_back=False)], policy())
    for nobody in ("", "rivera"):
        with pytest.raises(RefusedError, match="which prescriber"):
            state_of([*stopped(), spoken(prescriber=nobody)], policy())


def test_an_order_by_voice_lets_the_infusion_go_on_at_the_rate_it_names():
    on = told(e.Restarted, 30, rate_ml_h=150)
    assert state_of([*stopped(), spoken(rate_ml_h=150), on], policy()).phase is Phase.RUNNING
    with pytest.raises(RefusedError, match="200 mL/h"):
        state_of([*stopped(), spoken(rate_ml_h=300)], policy())


def test_the_record_is_not_closed_before_the_order_by_voice_is_signed_by_who_gave_it():
    home = [
        *stopped(), spoken(), told(e.Ended, 40, given_ml=15, wasted_ml=85),
        told(e.Discharged, 60, criteria=(), card_given=True),
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="not signed"):
        state_of([*home, told(e.Closed, 61)], policy())
    another = told(e.OrderSigned, 61, role=e.Role.PRESCRIBER, by="cho", order="spoken")
    with pytest.raises(RefusedError, match="who gave it"):
        state_of([*home, another], policy())
    signed = replace(another, by="osei")
    assert state_of([*home, signed, told(e.Closed, 62)], policy()).phase is Phase.CLOSED


def test_an_order_by_voice_that_is_not_signed_within_a_day_calls_out():
    state = state_of([*stopped(), spoken()], policy())
    for hours, calls in ((23, False), (25, True)):
        found = alarms(state, policy(), KNOWLEDGE, BEGIN + timedelta(hours=hours))
        assert any("not signed after 24 hours" in each.words for each in found) is calls


# --- the patient -----------------------------------------------------------------------------------------------------


def test_a_positive_pregnancy_test_stops_the_dose_whatever_the_gate_said():
    with pytest.raises(RefusedError, match="positive"):
        given("zoledronic_acid", told(e.Tested, 7, is_positive=True), told(e.Started, 10, rate_ml_h=200))
    negative = told(e.Tested, 7, is_positive=False)
    assert given("zoledronic_acid", negative, told(e.Started, 10, rate_ml_h=200)).phase is Phase.RUNNING


def test_who_needs_an_interpreter_does_not_start_and_who_needs_an_escort_does_not_go_without_one():
    start = told(e.Started, 10, rate_ml_h=200)
    with pytest.raises(RefusedError, match="interprets"):
        given("zoledronic_acid", start, needs_interpreter=True)
    here = told(e.Accompanied, 3, company=e.Company.INTERPRETER, how="by telephone")
    assert given("zoledronic_acid", here, start, needs_interpreter=True).phase is Phase.RUNNING
    ended = [start, told(e.Ended, 40, given_ml=100, wasted_ml=0)]
    home = told(e.Discharged, 60, criteria=(), card_given=True)
    with pytest.raises(RefusedError, match="takes her home"):
        given("zoledronic_acid", *ended, home, needs_escort=True)
    escort = told(e.Accompanied, 59, company=e.Company.ESCORT, how="her daughter")
    assert given("zoledronic_acid", *ended, escort, home, needs_escort=True).phase is Phase.DISCHARGED


def low(spo2: float) -> e.VitalsTaken:
    return told(e.VitalsTaken, 16, signs=replace(WELL, spo2=spo2, scale_2_ordered=True))


def calls(*events: e.Event, **how: object) -> list[str]:
    state = state_of([*running(), *events], policy(**how))
    return [each.words for each in alarms(state, policy(**how), KNOWLEDGE, BEGIN + timedelta(minutes=17))]


def test_the_second_scale_of_saturation_counts_only_by_a_prescribers_order():
    assert calls(low(89)) == ["one sign alone scores 3: oxygen saturation"]
    order = told(e.ScaleTwoOrdered, 12, role=e.Role.PRESCRIBER, reason="COPD, target 88 to 92 %")
    assert calls(order, low(89)) == []
    with pytest.raises(RefusedError, match="prescriber"):
        calls(told(e.ScaleTwoOrdered, 12, reason="COPD"), low(89))


@pytest.mark.parametrize("pulse", [40.0, 131.0])
def test_where_news2_does_not_hold_single_signs_still_call_out_and_no_score_is_made(pulse: float):
    ill = told(e.VitalsTaken, 16, signs=replace(WELL, pulse=pulse, respiration_rate=22.0))
    found = calls(ill, uses_news2=False)
    assert found == [f"pulse {pulse:g}"]


def test_trouble_with_a_line_keeps_the_steps_that_were_done():
    trouble = told(e.LineTroubled, 15, trouble=e.LineTrouble.EXTRAVASATION, site="left forearm", removed=True)
    state = state_of([*running(), trouble, told(e.TroubleStepped, 16, step="aspirate")], policy())
    assert (state.phase, state.troubles[-1].steps) == (Phase.PAUSED, ("aspirate",))
    with pytest.raises(RefusedError, match="no trouble"):
        state_of([*running(), told(e.TroubleStepped, 16, step="aspirate")], policy())
