"""What may happen in a session, and what is refused, in words."""

import pytest

from osteon.pathway.gate import Readiness
from osteon.pathway.session import events as e
from osteon.pathway.session.path import RefusedError, as_corrected, state_of
from osteon.pathway.session.policy import NotGivenHereError
from osteon.pathway.session.state import Phase
from tests.pathway.session.told import BEGIN, WELL, policy, prepared, running, told

ZOLEDRONATE = policy()


def state(*events: e.Event):
    return state_of(events, ZOLEDRONATE)


def test_a_whole_infusion_from_arrival_to_the_closed_record():
    whole = [
        *running(),
        told(e.VitalsTaken, 15, signs=WELL),
        told(e.VitalsTaken, 30, signs=WELL),
        told(e.Flushed, 40, volume_ml=10),
        told(e.Ended, 40, given_ml=100, wasted_ml=0),
        told(e.VitalsTaken, 41, signs=WELL),
        told(e.Discharged, 55, criteria=("vital signs", "site"), card_given=True),
        told(e.Closed, 57),
    ]
    end = state(*whole)
    assert end.phase is Phase.CLOSED
    assert (end.given_ml, end.wasted_ml) == (100, 0)
    assert (end.ended_at - end.started_at).total_seconds() == 30 * 60


def test_the_label_sets_volume_shortest_time_and_fastest_rate():
    assert (ZOLEDRONATE.volume_ml, ZOLEDRONATE.minimum_min, ZOLEDRONATE.maximum_rate_ml_h) == (100, 15, 400)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        (e.Identified, "identity"),
        (e.GateJudged, "gate"),
        (e.Weighed, "weigh"),
        (e.Consented, "consent"),
        (e.VitalsTaken, "vital signs"),
        (e.LinePlaced, "line"),
        (e.DrugChecked, "drug in hand"),
    ],
)
def test_it_does_not_start_while_one_thing_is_lacking(left_out: type, words: str):
    events = [event for event in prepared() if not isinstance(event, left_out)]
    with pytest.raises(RefusedError, match=words):
        state(*events, told(e.Started, 10, rate_ml_h=200))


@pytest.mark.parametrize("rate", [0, -1, 400.1, 1000])
def test_a_rate_that_the_label_does_not_allow_is_refused(rate: float):
    with pytest.raises(RefusedError, match="400 mL/h"):
        state(*prepared(), told(e.Started, 10, rate_ml_h=rate))


def judged(**what: object) -> e.GateJudged:
    return told(e.GateJudged, 7, role=e.Role.PROGRAM, drug="zoledronic_acid", **what)


def test_a_stop_has_no_override():
    gate = judged(verdict=Readiness.NOT_READY, open_stops=("crcl_below_limit",))
    with pytest.raises(RefusedError, match="no override"):
        state(
            *prepared(), gate, told(e.HoldOverridden, 8, role=e.Role.PRESCRIBER, check="crcl_below_limit", reason="x")
        )
    with pytest.raises(RefusedError, match="no override"):
        state(*prepared(), gate, told(e.Started, 10, rate_ml_h=200))


def test_a_hold_is_overridden_by_a_prescriber_with_a_reason_and_by_nobody_else():
    gate = judged(verdict=Readiness.NOT_READY, open_holds=("vitamin_d",))
    start = told(e.Started, 10, rate_ml_h=200)
    with pytest.raises(RefusedError, match="still holds"):
        state(*prepared(), gate, start)
    with pytest.raises(RefusedError, match="prescriber"):
        state(*prepared(), gate, told(e.HoldOverridden, 8, check="vitamin_d", reason="replaced"))
    with pytest.raises(RefusedError, match="reason"):
        state(*prepared(), gate, told(e.HoldOverridden, 8, role=e.Role.PRESCRIBER, check="vitamin_d", reason=" "))
    signed = told(e.HoldOverridden, 8, role=e.Role.PRESCRIBER, check="vitamin_d", reason="replaced last week")
    assert state(*prepared(), gate, signed, start).phase is Phase.RUNNING


def test_a_missing_calcium_only_its_result_clears():
    gate = judged(verdict=Readiness.CANNOT_TELL, open_holds=("calcium",), only_a_result_clears=("calcium",))
    with pytest.raises(RefusedError, match="only the result"):
        state(*prepared(), gate, told(e.HoldOverridden, 8, role=e.Role.PRESCRIBER, check="calcium", reason="x"))


def test_an_override_falls_away_when_the_gate_is_judged_anew_without_that_hold():
    events = [
        *prepared(),
        judged(verdict=Readiness.NOT_READY, open_holds=("vitamin_d",)),
        told(e.HoldOverridden, 8, role=e.Role.PRESCRIBER, check="vitamin_d", reason="replaced"),
        judged(verdict=Readiness.NOT_READY, open_holds=("fever",)),
    ]
    with pytest.raises(RefusedError, match="still holds"):
        state(*events, told(e.Started, 10, rate_ml_h=200))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"drug": "pamidronate"}, "order says zoledronic_acid"),
        ({"dose_mg": 4}, "order says 5 mg"),
        ({"expires": "2026-11-22"}, "expired"),
    ],
)
def test_the_wrong_drug_dose_or_an_expired_lot_is_refused(wrong: dict, words: str):
    right = {
        "drug": "zoledronic_acid",
        "product": "x",
        "lot": "A1",
        "expires": "2027-01-01",
        "dose_mg": 5,
        "volume_ml": 100,
    }
    with pytest.raises(RefusedError, match=words):
        state(told(e.Arrived, 0), told(e.DrugChecked, 1, **{**right, **wrong}))


def test_where_policy_says_two_the_second_person_is_another():
    both = policy(two_people=True)
    what = {
        "drug": "zoledronic_acid",
        "product": "x",
        "lot": "A1",
        "expires": "2027-01-01",
        "dose_mg": 5,
        "volume_ml": 100,
    }
    for second in ("", "rivera"):
        with pytest.raises(RefusedError, match="two people"):
            state_of([told(e.Arrived, 0), told(e.DrugChecked, 1, second=second, **what)], both)
    assert state_of([told(e.Arrived, 0), told(e.DrugChecked, 1, second="cho", **what)], both).drug


# --- reactions -------------------------------------------------------------------------------------------------------


def reacting(grade: int, kind: e.ReactionKind = e.ReactionKind.OTHER, *, is_over: bool = True) -> list[e.Event]:
    return [
        *running(),
        told(e.ReactionBegan, 15, reaction=kind),
        told(e.ReactionGraded, 25, grade=grade, causality="probable", is_over=is_over),
    ]


def test_the_button_stops_the_infusion_by_itself():
    after = state(*running(), told(e.ReactionBegan, 15, reaction=e.ReactionKind.ANAPHYLAXIS))
    assert after.phase is Phase.STOPPED
    assert after.stretches[-1].until is not None


def test_after_grade_1_it_may_go_on():
    assert state(*reacting(1), told(e.Restarted, 30, rate_ml_h=200)).phase is Phase.RUNNING


def test_after_grade_2_it_goes_on_only_by_an_order_and_at_half_the_fastest_rate():
    with pytest.raises(RefusedError, match="prescriber has to order"):
        state(*reacting(2), told(e.Restarted, 30, rate_ml_h=100))
    with pytest.raises(RefusedError, match="200 mL/h"):
        state(*reacting(2), told(e.RestartOrdered, 28, role=e.Role.PRESCRIBER, rate_ml_h=250))
    order = told(e.RestartOrdered, 28, role=e.Role.PRESCRIBER, rate_ml_h=150)
    with pytest.raises(RefusedError, match="at most 150"):
        state(*reacting(2), order, told(e.Restarted, 30, rate_ml_h=200))
    assert state(*reacting(2), order, told(e.Restarted, 30, rate_ml_h=150)).phase is Phase.RUNNING


@pytest.mark.parametrize("events", [reacting(3), reacting(4), reacting(1, e.ReactionKind.ANAPHYLAXIS)])
def test_after_grade_3_or_anaphylaxis_it_never_goes_on(events: list[e.Event]):
    with pytest.raises(RefusedError, match="never goes on"):
        state(*events, told(e.RestartOrdered, 28, role=e.Role.PRESCRIBER, rate_ml_h=100))
    with pytest.raises(RefusedError, match="never goes on"):
        state(*events, told(e.Restarted, 30, rate_ml_h=100))


def test_it_does_not_go_on_before_the_reaction_is_graded_and_over():
    began = told(e.ReactionBegan, 15, reaction=e.ReactionKind.OTHER)
    with pytest.raises(RefusedError, match="grade"):
        state(*running(), began, told(e.Restarted, 30, rate_ml_h=100))
    with pytest.raises(RefusedError, match="not over"):
        state(*reacting(1, is_over=False), told(e.Restarted, 30, rate_ml_h=100))


def test_nobody_goes_home_in_a_reaction_or_before_the_time_of_watching_is_over():
    ended = [*running(), told(e.Ended, 40, given_ml=100, wasted_ml=0)]
    home = {"criteria": (), "card_given": True}
    with pytest.raises(RefusedError, match="15 minutes"):
        state(*ended, told(e.Discharged, 50, **home))
    late = told(e.ReactionBegan, 45, reaction=e.ReactionKind.OTHER)
    with pytest.raises(RefusedError, match="not over"):
        state(*ended, late, told(e.Discharged, 60, **home))
    with pytest.raises(RefusedError, match="card"):
        state(*ended, told(e.Discharged, 60, criteria=(), card_given=False))


# --- lines, ends, injections -----------------------------------------------------------------------------------------


def test_a_line_that_comes_out_makes_the_infusion_pause_and_it_needs_a_new_one():
    lost = told(e.LineTroubled, 15, trouble=e.LineTrouble.INFILTRATION, site="left forearm", removed=True)
    assert state(*running(), lost).phase is Phase.PAUSED
    with pytest.raises(RefusedError, match="no line"):
        state(*running(), lost, told(e.Resumed, 20, rate_ml_h=200))
    new = told(e.LinePlaced, 18, site="right forearm", gauge=24)
    assert state(*running(), lost, new, told(e.Resumed, 20, rate_ml_h=200)).phase is Phase.RUNNING


def test_more_than_the_bag_is_never_given():
    with pytest.raises(RefusedError, match="100 mL"):
        state(*running(), told(e.Ended, 40, given_ml=90, wasted_ml=20))


def test_an_injection_needs_no_line_and_has_no_rate():
    denosumab = policy("denosumab")
    with pytest.raises(RefusedError, match="no rate"):
        state_of([*prepared("denosumab"), told(e.Started, 10, rate_ml_h=10)], denosumab)
    given = [
        *prepared("denosumab"),
        told(e.Started, 10, rate_ml_h=0),
        told(e.Injected, 10.5, site="abdomen"),
        told(e.Ended, 11, given_ml=1, wasted_ml=0),
    ]
    assert state_of(given, denosumab).phase is Phase.OBSERVING


def test_what_is_taken_at_home_has_no_session():
    with pytest.raises(NotGivenHereError, match="at home"):
        policy("teriparatide")


# --- doubles and corrections -----------------------------------------------------------------------------------------


def test_the_same_entry_twice_counts_once():
    before, twice = running(), told(e.VitalsTaken, 15, signs=WELL)
    assert state(*before, twice, twice) == state(*before, twice)
    assert len(state(*before, twice, twice).vitals) == 2


def test_a_correction_replaces_what_was_wrong_and_keeps_it_in_the_stream():
    wrong = told(e.Weighed, 4, key="weight", weight_kg=615)
    right = told(e.Weighed, 4, key="weight-right", weight_kg=61.5)
    stream = [told(e.Arrived, 0), wrong, told(e.Corrected, 6, wrong="weight", reason="typing error", right=right)]
    assert state(*stream).weight_kg == 61.5
    assert [event.key for event in as_corrected(stream)][1:] == ["weight-right"]


def test_a_correction_may_say_that_it_did_not_happen():
    stream = [
        told(e.Arrived, 0),
        told(e.Consented, 4, key="consent"),
        told(e.Corrected, 6, wrong="consent", reason="other"),
    ]
    assert state(*stream).has_consented is False


def test_a_correction_that_makes_the_story_impossible_is_refused():
    story = running()
    identity = next(event for event in story if isinstance(event, e.Identified))
    with pytest.raises(RefusedError, match="identity"):
        state(*story, told(e.Corrected, 20, wrong=identity.key, reason="wrong patient"))


def test_what_is_entered_late_says_so():
    late = e.Arrived(key="x", at=BEGIN, recorded_at=BEGIN.replace(minute=3), by="cho", role=e.Role.NURSE)
    assert late.is_late
    assert not told(e.Arrived, 0).is_late
