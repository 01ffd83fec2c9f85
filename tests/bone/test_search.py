"""The search over sequences: what the label allows, what the budget buys, and why the next best was not chosen."""

from collections import Counter
from datetime import date

import msgspec
import numpy as np
import pytest

from osteon.bone import search as searching
from osteon.bone.label import NOTHING, labels
from osteon.bone.patient import Patient
from osteon.bone.posterior import draw
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.search import NothingAllowedError, search
from osteon.bone.sequences import Budget, Rules, enumerate_sequences, known_changes, next_due_month, runs
from osteon.knowledge import load

LABELS = labels(load(date(2026, 1, 1)))
ENSEMBLE = draw(64, 1).parameters
T_SCORE = (-3.0, -2.6, -2.7)
JANE = Patient(sex="F", age=70.0)
FIVE = ("alendronate", "zoledronic_acid", "denosumab", "teriparatide", "romosozumab")


def rules(
    before: str = "none",
    years: int = 5,
    drugs: tuple[str, ...] = FIVE,
    budget: Budget | None = None,
    male: bool = False,
) -> Rules:
    history = parse_regimen(before)
    return Rules(
        labels=LABELS, drugs=drugs, years=years, budget=budget or Budget(), male=male, before=history,
        start_month=next_due_month(history, LABELS),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "so_far", "drug", "reason"),
    [
        ("none", (), "none", "begins with a drug"),
        ("none", (), "denosumab", None),
        ("none", ("denosumab",), "none", "denosumab may not just end"),
        ("none", ("denosumab",), "teriparatide", "no change from denosumab to teriparatide"),
        ("none", ("denosumab",), "zoledronic_acid", None),
        ("none", ("denosumab", "zoledronic_acid"), "none", None),
        ("none", ("zoledronic_acid",), "none", "not paused before 36 months"),
        ("none", ("zoledronic_acid",) * 3, "none", None),
        ("none", ("zoledronic_acid",) * 6, "zoledronic_acid", "72 months at most"),
        ("none", ("alendronate",) * 4, "none", "not paused before 60 months"),
        ("none", ("romosozumab",), "romosozumab", "12 months at most"),
        ("none", ("romosozumab",), "none", "romosozumab may not just end"),
        ("none", ("teriparatide",) * 2, "teriparatide", "24 months at most"),
        ("none", ("teriparatide",) * 2, "zoledronic_acid", None),
        ("none", ("teriparatide", "alendronate"), "none", "not paused before 60 months"),
        ("teriparatide:20ug/1d@-48--36,alendronate:70mg/1wk@-36-0", ("teriparatide",), "teriparatide", "24 months"),
        ("denosumab:60mg/6mo@-36-0", (), "none", "denosumab may not just end"),
        ("denosumab:60mg/6mo@-36-0", (), "teriparatide", "no change from denosumab to teriparatide"),
        ("denosumab:60mg/6mo@-36--6", (), "teriparatide", "no change from denosumab to teriparatide"),
        ("alendronate:70mg/1wk@-72-0", (), "none", None),
        ("alendronate:70mg/1wk@-24-0", (), "none", "not paused before 60 months"),
        ("alendronate:70mg/1wk@-60--12", (), "teriparatide", None),
    ],
)
def test_what_label_and_guidelines_allow_next(
    before: str, so_far: tuple[str, ...], drug: str, reason: str | None
) -> None:
    told = rules(before, years=10).why_not(so_far, drug)
    assert (told is None) == (reason is None), told
    assert reason is None or reason in (told or "")


def test_abaloparatide_and_teriparatide_share_their_two_years() -> None:
    both = rules(drugs=("teriparatide", "abaloparatide", "zoledronic_acid"))
    assert "24 months" in (both.why_not(("abaloparatide", "abaloparatide", "zoledronic_acid"), "teriparatide") or "")


def test_men_are_offered_only_what_is_indicated_for_men() -> None:
    for_men = rules(male=True, drugs=tuple(LABELS))
    allowed = {drug for drug in LABELS if for_men.why_not((), drug) is None}
    assert allowed == {"abaloparatide", "alendronate", "denosumab", "risedronate", "teriparatide", "zoledronic_acid"}


def test_no_plan_leaves_denosumab_without_a_way_out_or_ends_with_a_bone_building_drug() -> None:
    found = enumerate_sequences(rules(years=6), 10_000, Counter())
    assert found
    for whole in found:
        assert whole[-1] not in ("teriparatide", "romosozumab")
        for (drug, _, _), (after, _, _) in zip(list(runs(whole))[:-1], list(runs(whole))[1:], strict=True):
            if drug == "denosumab":
                assert after in ("zoledronic_acid", "alendronate")
            assert drug not in ("teriparatide", "romosozumab") or after in (
                "zoledronic_acid",
                "denosumab",
                "alendronate",
            )


def test_the_drug_after_denosumab_begins_six_months_after_its_last_dose() -> None:
    regimen = rules().regimen(("denosumab", "denosumab", "zoledronic_acid", NOTHING, NOTHING))
    assert str(regimen) == "denosumab:60mg/6mo@0-24,zoledronic_acid:5mg/12mo@24-36"
    assert max(dose.day for dose in regimen.doses() if dose.drug == "denosumab") == 18 * 30.4375


def test_the_search_begins_when_the_next_injection_is_due() -> None:
    assert next_due_month(parse_regimen("denosumab:60mg/6mo@-36--2"), LABELS) == pytest.approx(0.0)
    assert next_due_month(parse_regimen("denosumab:60mg/6mo@-33-0"), LABELS) == pytest.approx(3.0)
    assert next_due_month(parse_regimen("alendronate:70mg/1wk@-33-0"), LABELS) == 0.0


def test_a_budget_of_visits_is_kept_by_every_plan() -> None:
    limited = rules(years=5, budget=Budget(visits=4))
    found = enumerate_sequences(limited, 10_000, Counter())
    assert found
    assert max(limited.spent(whole).visits for whole in found) <= 4


def test_a_budget_of_money_needs_the_cost_of_every_drug() -> None:
    told = rules(budget=Budget(cost=1000, cost_per_year={"alendronate": 50.0, "denosumab": 2500.0}))
    assert told.why_not((), "alendronate") is None
    assert told.why_not((), "denosumab") == "dearer than the budget"
    assert told.why_not((), "zoledronic_acid") == "the cost of zoledronic_acid is not known"


def test_the_best_plan_says_why_the_others_were_not_chosen() -> None:
    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=4, drugs=FIVE, site="total_hip")
    assert found.exhaustive
    assert len(found.why_not) == 5
    assert found.best.score > found.without.score
    for other in found.why_not:
        assert "of T-score" in other.because
        assert "visit" in other.because
        assert other.behind == pytest.approx(found.best.score - other.candidate.score, abs=1e-9)
    assert found.sentence.startswith(found.best.regimen)


def test_within_the_margin_fewer_visits_decide() -> None:
    close = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=4, drugs=FIVE, margin=0.0)
    easy = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=4, drugs=FIVE, margin=10.0, keep=50)
    assert all(other.behind >= 0.0 for other in close.why_not)
    assert all(other.candidate.visits >= easy.best.visits for other in easy.why_not)


def test_a_target_within_reach_is_reached_the_easy_way() -> None:
    easy = search(JANE, ENSEMBLE, (-2.2, -1.9, -2.0), LABELS, years=5, drugs=FIVE, aim="chance", target=-2.0)
    assert easy.best.score > 0.95
    assert easy.best.visits == 0.0
    assert easy.best.regimen == "alendronate:70mg/1wk@0-60"


def test_the_same_arguments_give_the_same_answer() -> None:
    one, two = (search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=FIVE) for _ in range(2))
    assert msgspec.json.encode(one) == msgspec.json.encode(two)


def test_denosumab_that_runs_to_the_end_says_what_must_follow() -> None:
    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=2, drugs=("denosumab",))
    assert found.best.regimen == "denosumab:60mg/6mo@0-24"
    assert "zoledronic_acid or alendronate or risedronate must follow" in found.best.must_follow
    assert any("must follow" in flag.text for flag in found.flags)


def test_running_denosumab_goes_on_or_is_left_by_a_bisphosphonate() -> None:
    found = search(
        msgspec.structs.replace(JANE, history=parse_regimen("denosumab:60mg/6mo@-33-0")),
        ENSEMBLE,
        T_SCORE,
        LABELS,
        years=3,
        drugs=FIVE,
        keep=100,
    )
    assert found.start_month == pytest.approx(3.0)
    first = {each.regimen.split(":")[0] for each in (found.best, *(other.candidate for other in found.why_not))}
    assert first <= {"denosumab", "zoledronic_acid", "alendronate"}


def test_a_change_that_no_trial_has_tested_is_flagged_and_can_be_shut_out() -> None:
    drugs = ("abaloparatide", "denosumab")
    assert ("abaloparatide", "denosumab") not in known_changes()
    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=drugs, margin=0.0)
    assert found.best.regimen.startswith("abaloparatide")
    assert any("denosumab after abaloparatide was tested only with a related drug" in flag.text for flag in found.flags)
    safe = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=drugs, tested_only=True)
    assert safe.best.regimen == "denosumab:60mg/6mo@0-36"


def test_a_chance_is_aimed_at_only_with_a_target() -> None:
    with pytest.raises(ValueError, match="needs a target"):
        search(JANE, ENSEMBLE, T_SCORE, LABELS, aim="chance")
    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=FIVE, aim="chance", site="lumbar_spine", target=-2.5)
    assert 0.0 <= found.without.score <= found.best.score <= 1.0


def test_every_member_of_an_ensemble_may_have_its_own_t_score_of_today() -> None:
    own = np.asarray(T_SCORE) + 0.3 * np.random.default_rng(1).standard_normal((len(ENSEMBLE), 3))
    found = search(JANE, ENSEMBLE, own, LABELS, years=2, drugs=("alendronate",))
    same = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=2, drugs=("alendronate",))
    assert found.best.low90 is not None
    assert same.best.low90 is not None
    assert found.best.low90 < same.best.low90 - 0.2


def test_fractures_are_told_by_the_function_that_is_passed_in() -> None:
    def per_100(regimens: list[Regimen]) -> list[float]:
        return [10.0 - len(regimen.drugs) for regimen in regimens]

    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=FIVE, aim="fractures", fractures=per_100)  # type: ignore[arg-type]
    assert found.best.score == min(other.candidate.score for other in found.why_not)
    assert found.without.score == 10.0
    assert found.best.low90 is None
    with pytest.raises(ValueError, match="a function that tells fractures"):
        search(JANE, ENSEMBLE, T_SCORE, LABELS, aim="fractures")


def test_a_beam_finds_what_all_sequences_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=5, drugs=FIVE, margin=0.0)
    monkeypatch.setattr(searching, "EXHAUSTIVE", 10)
    beam = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=5, drugs=FIVE, margin=0.0)
    assert whole.exhaustive
    assert not beam.exhaustive
    assert beam.best.score == pytest.approx(whole.best.score, abs=0.02)


def test_it_says_which_rules_left_nothing() -> None:
    with pytest.raises(NothingAllowedError, match="more visits than the budget"):
        search(JANE, ENSEMBLE, T_SCORE, LABELS, years=3, drugs=("denosumab",), budget=Budget(visits=2))


def test_what_the_rules_cut_is_counted() -> None:
    found = search(JANE, ENSEMBLE, T_SCORE, LABELS, years=4, drugs=FIVE)
    assert found.ruled_out["denosumab may not just end"] > 0
    assert np.all(np.diff(list(found.ruled_out.values())) <= 0)
