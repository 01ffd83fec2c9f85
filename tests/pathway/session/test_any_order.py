"""No order of events, late or doubled, leads to an impossible state."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from osteon.pathway.gate import Readiness
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as e
from osteon.pathway.session.path import RefusedError, following, state_of
from osteon.pathway.session.pump import minutes_run, volume_run
from osteon.pathway.session.start import lacking
from osteon.pathway.session.state import Phase, State
from osteon.pathway.session.watch import alarms, next_check
from tests.pathway.session.told import BEGIN, KNOWLEDGE, policy, prepared, told

POLICY = policy(two_people=True)
ROLES = st.sampled_from(list(e.Role))
PEOPLE = st.sampled_from(["rivera", "cho", "osei"])
RATES = st.sampled_from([0.0, 50.0, 100.0, 200.0, 400.0, 500.0])
CHECKS = st.sampled_from(["vitamin_d", "calcium", "crcl"])
TROUBLES = st.sampled_from(list(e.LineTrouble))
SIGNS = st.builds(
    VitalSigns,
    pulse=st.sampled_from([None, 72.0, 140.0]),
    systolic_pressure=st.sampled_from([None, 80.0, 120.0]),
)
SIMPLE = [
    (e.Arrived, {}),
    (e.Consented, {}),
    (e.Closed, {}),
    (e.Identified, {"identifiers": st.sampled_from([("name",), ("name", "birth date")])}),
    (e.GateJudged, {
        "drug": st.sampled_from(["zoledronic_acid", "denosumab"]),
        "verdict": st.sampled_from(list(Readiness)),
        "open_stops": st.sampled_from([(), (), ("crcl",)]),
        "open_holds": st.sampled_from([(), ("vitamin_d",), ("calcium", "vitamin_d")]),
        "only_a_result_clears": st.just(("calcium",)),
    }),
    (e.HoldOverridden, {"check": CHECKS, "reason": st.sampled_from(["", "seen"])}),
    (e.Weighed, {"weight_kg": st.just(61.0)}),
    (e.LinePlaced, {"site": st.just("arm"), "gauge": st.just(22)}),
    (e.LineTroubled, {"trouble": TROUBLES, "site": st.just("arm"), "removed": st.booleans()}),
    (e.DrugChecked, {
        "drug": st.sampled_from(["zoledronic_acid", "pamidronate"]), "product": st.just("x"), "lot": st.just("L"),
        "expires": st.sampled_from(["2020-01-01", "2030-01-01"]), "dose_mg": st.sampled_from([4.0, 5.0]),
        "volume_ml": st.just(100.0), "second": st.sampled_from(["", "cho", "osei"]),
    }),
    (e.VitalsTaken, {
        "signs": SIGNS,
        "is_confirmed": st.booleans(),
    }),
    (e.Started, {"rate_ml_h": RATES}),
    (e.RateChanged, {"rate_ml_h": RATES}),
    (e.Paused, {"reason": st.just("toilet")}),
    (e.Resumed, {"rate_ml_h": RATES}),
    (e.Stopped, {"reason": st.just("rash")}),
    (e.ReactionBegan, {"reaction": st.sampled_from(list(e.ReactionKind))}),
    (e.ReactionStepped, {"step": st.just("oxygen")}),
    (e.ReactionGraded, {"grade": st.integers(0, 5), "causality": st.just("possible"), "is_over": st.booleans()}),
    (e.RestartOrdered, {"rate_ml_h": RATES}),
    (e.Restarted, {"rate_ml_h": RATES}),
    (e.Flushed, {"volume_ml": st.just(10.0)}),
    (e.Ended, {
        "given_ml": st.sampled_from([0.0, 50.0, 100.0]), "wasted_ml": st.sampled_from([0.0, 50.0]),
        "reason": st.sampled_from(["", "clamp open"]),
    }),
    (e.Discharged, {"criteria": st.just(()), "card_given": st.booleans()}),
    (e.GivenUp, {"reason": st.sampled_from(["", "fever"])}),
    (e.HandedOver, {"to": PEOPLE}),
    (e.Tested, {"is_positive": st.booleans()}),
    (e.Accompanied, {"company": st.sampled_from(list(e.Company)), "how": st.sampled_from(["", "by telephone"])}),
    (e.OrderFound, {"order": st.sampled_from(["", "o1"]), "overrides": st.sampled_from([(), ("vitamin_d",)])}),
    (e.OrderSpoken, {
        "prescriber": PEOPLE, "order": st.just("go on"), "read_back": st.booleans(),
        "rate_ml_h": st.sampled_from([None, 100.0, 400.0]),
    }),
    (e.ScaleTwoOrdered, {"reason": st.sampled_from(["", "COPD"])}),
    (e.Injected, {"site": st.just("abdomen")}),
    (e.TroubleStepped, {"step": st.just("aspirate")}),
    (e.AlarmAnswered, {"alarm": st.just("empty"), "answer": st.just("seen")}),
]  # fmt: skip
EVENTS = st.one_of(*(st.fixed_dictionaries({"kind": st.just(kind), **what}) for kind, what in SIMPLE))


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.kept: list[e.Event] = []
        self.minute = 0.0

    @rule(what=EVENTS, role=ROLES, by=PEOPLE, wait=st.sampled_from([0.0, 1.0, 5.0, 20.0, -3.0]))
    def something_happens(self, what: dict, role: e.Role, by: str, wait: float) -> None:
        self.minute = max(self.minute + wait, 0.0)
        self._enter(told(minute=self.minute, role=role, by=by, **what))

    @rule()
    def it_is_prepared(self) -> None:
        second = {"second": "cho"}
        for event in prepared():
            self._enter(e.DrugChecked(**{**_fields(event), **second}) if isinstance(event, e.DrugChecked) else event)

    @rule(again=st.integers(0, 50))
    def an_entry_is_sent_again(self, again: int) -> None:
        if self.kept:
            event = self.kept[again % len(self.kept)]
            assert following(self.state, event, POLICY) is self.state

    def _enter(self, event: e.Event) -> None:
        try:
            self.state = following(self.state, event, POLICY)
        except RefusedError:
            return
        self.kept.append(event)

    @invariant()
    def the_stream_alone_gives_the_same_state(self) -> None:
        assert state_of(self.kept, POLICY) == self.state

    @invariant()
    def what_runs_has_a_line_an_owner_and_a_next_check(self) -> None:
        if self.state.phase is Phase.RUNNING:
            assert self.state.owner
            assert self.state.line
            assert next_check(self.state, POLICY, KNOWLEDGE)
            assert self.state.stretches[-1].until is None

    @invariant()
    def nothing_runs_in_any_other_phase(self) -> None:
        if self.state.phase is not Phase.RUNNING:
            assert all(each.until is not None for each in self.state.stretches)

    @invariant()
    def nothing_was_started_that_was_not_ready(self) -> None:
        if self.state.started_at:
            assert len(set(self.state.identifiers)) >= 2
            assert not self.state.open_stops
            assert not self.state.is_pregnant
            assert self.state.has_consented
            assert self.state.drug
            assert self.state.drug.second != self.state.drug.by

    @invariant()
    def rates_stay_within_the_label_and_time_never_runs_back(self) -> None:
        assert all(0 < each.rate_ml_h <= 400 for each in self.state.stretches)
        now = BEGIN + timedelta(hours=9)
        assert volume_run(self.state.stretches, now) >= 0
        assert minutes_run(self.state.stretches, now) >= 0
        for before, after in zip(self.state.stretches, self.state.stretches[1:], strict=False):
            assert before.until is not None
            assert before.since <= before.until <= after.since

    @invariant()
    def alarms_can_always_be_told(self) -> None:
        alarms(self.state, POLICY, KNOWLEDGE, BEGIN + timedelta(minutes=self.minute))

    @invariant()
    def before_the_start_it_says_what_is_lacking(self) -> None:
        if self.state.phase is Phase.EXPECTED:
            assert lacking(self.state, POLICY)


def _fields(event: e.Event) -> dict:
    return {name: getattr(event, name) for name in event.__struct_fields__}


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
TestAnyOrder = AnyOrder.TestCase
