"""The pre-screens and NEWS2 against points counted by hand from their publications, and the scores of a whole chart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.chart.types import Chart, Patient, Sex, When
from osteon.knowledge import Knowledge, load
from osteon.knowledge.types import Verified
from osteon.pathway.known import Known, Value
from osteon.pathway.occasion import Occasion
from osteon.pathway.risk.news2 import LABELS, VitalSigns, news2
from osteon.pathway.risk.prescreens import KG_PER_LB, orai, osiris, ost, score
from osteon.pathway.risk.score import OutOfRangeError, Score
from osteon.pathway.risk.scores import scores

WELL = VitalSigns(
    respiration_rate=16,
    spo2=98,
    oxygen=False,
    systolic_pressure=124,
    pulse=72,
    consciousness="alert",
    temperature=36.8,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(date(2026, 1, 1))


def signs(**changed: object) -> VitalSigns:
    return VitalSigns(**{**{name: getattr(WELL, name) for name in WELL.__struct_fields__}, **changed})  # type: ignore[arg-type]


def total(score: Score, name: str) -> float:
    figure = score.figure(name)
    assert figure is not None, score.text
    return figure.value


# --- bone density pre-screens --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age_y", "weight_kg", "expected", "suggested"),
    [(65, 68, 0, True), (60, 70, 2, False), (60, 69.9, 1, True), (80, 50, -6, True), (80, 52.1, -5, True)],
)
def test_ost_is_a_fifth_of_weight_less_age_cut_to_a_whole_number(
    age_y: float, weight_kg: float, expected: int, suggested: bool, knowledge: Knowledge
) -> None:
    result = ost(age_y, weight_kg, knowledge)
    assert total(result, "ost") == expected
    assert ("a bone density test is suggested" in result.text) is suggested


@pytest.mark.parametrize(
    ("age_y", "weight_kg", "oestrogen_now", "expected"),
    [
        (54, 70, True, 0),
        (55, 70, True, 5),
        (64, 70, False, 7),
        (65, 69.9, True, 12),
        (74, 60, False, 14),
        (75, 59.9, False, 26),
        (75.9, 80, True, 15),
    ],
)
def test_orai_counts_age_low_weight_and_no_oestrogen(
    age_y: float, weight_kg: float, oestrogen_now: bool, expected: int, knowledge: Knowledge
) -> None:
    result = orai(age_y, weight_kg, knowledge, oestrogen_now=oestrogen_now)
    assert total(result, "orai") == expected
    assert ("a bone density test is suggested" in result.text) is (expected >= 9)


@pytest.mark.parametrize(
    ("age_y", "weight_kg", "hormone_therapy_now", "low_impact_fracture", "expected", "band"),
    [
        (60, 70, False, False, 2.0, "low risk"),
        (65, 70, False, False, 1.0, "intermediate"),
        (65, 70, True, False, 3.0, "low risk"),
        (75, 60, False, False, -3.0, "intermediate"),
        (75, 60, False, True, -5.0, "high risk"),
    ],
)
def test_osiris_bands_a_woman(
    age_y: float,
    weight_kg: float,
    hormone_therapy_now: bool,
    low_impact_fracture: bool,
    expected: float,
    band: str,
    knowledge: Knowledge,
) -> None:
    result = osiris(
        age_y,
        weight_kg,
        knowledge,
        hormone_therapy_now=hormone_therapy_now,
        low_impact_fracture=low_impact_fracture,
    )
    assert total(result, "osiris") == expected
    assert band in result.text
    assert result.verified is Verified.RECALLED


@pytest.mark.parametrize(
    ("age_y", "weight_lb", "changed", "expected"),
    [
        (65, 130, {}, 5 + 18 + 1 - 13),
        (65, 139.9, {}, 5 + 18 + 1 - 13),
        (70, 200, {"black": True, "oestrogen_ever": True}, 21 - 20),
        (58, 150, {"rheumatoid_arthritis": True, "fractures": 1}, 5 + 4 + 4 + 15 + 1 - 15),
        (58, 150, {"fractures": 5}, 5 + 12 + 15 + 1 - 15),
    ],
)
def test_score_adds_up_as_lydick_wrote_it(
    age_y: float, weight_lb: float, changed: dict[str, object], expected: int, knowledge: Knowledge
) -> None:
    answers = {"black": False, "rheumatoid_arthritis": False, "fractures": 0, "oestrogen_ever": False, **changed}
    result = score(age_y, weight_lb * KG_PER_LB, knowledge, **answers)  # type: ignore[arg-type]
    assert total(result, "score") == expected
    assert ("a bone density test is suggested" in result.text) is (expected >= 6)


# --- NEWS2 ---------------------------------------------------------------------------------------------------------


def test_a_well_adult_scores_nothing(knowledge: Knowledge) -> None:
    result = news2(WELL, knowledge, age_y=70, pregnant=False)
    assert total(result, "news2") == 0
    assert result.outcome == "computed"
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("sign", "value", "expected"),
    [
        ("respiration_rate", 8, 3),
        ("respiration_rate", 9, 1),
        ("respiration_rate", 11, 1),
        ("respiration_rate", 12, 0),
        ("respiration_rate", 20, 0),
        ("respiration_rate", 21, 2),
        ("respiration_rate", 24, 2),
        ("respiration_rate", 25, 3),
        ("spo2", 91, 3),
        ("spo2", 92, 2),
        ("spo2", 94, 1),
        ("spo2", 96, 0),
        ("oxygen", True, 2),
        ("systolic_pressure", 90, 3),
        ("systolic_pressure", 100, 2),
        ("systolic_pressure", 110, 1),
        ("systolic_pressure", 219, 0),
        ("systolic_pressure", 220, 3),
        ("pulse", 40, 3),
        ("pulse", 50, 1),
        ("pulse", 90, 0),
        ("pulse", 91, 1),
        ("pulse", 130, 2),
        ("pulse", 131, 3),
        ("consciousness", "confused", 3),
        ("temperature", 35.0, 3),
        ("temperature", 35.04, 3),
        ("temperature", 35.1, 1),
        ("temperature", 36.1, 0),
        ("temperature", 38.0, 0),
        ("temperature", 38.1, 1),
        ("temperature", 39.1, 2),
    ],
)
def test_each_sign_scores_as_on_the_chart_of_the_royal_college(
    sign: str, value: object, expected: int, knowledge: Knowledge
) -> None:
    result = news2(signs(**{sign: value}), knowledge)
    assert total(result, "news2") == expected
    assert any("One sign alone scores 3" in warning for warning in result.warnings) is (expected == 3)


@pytest.mark.parametrize(
    ("spo2", "oxygen", "expected"),
    [
        (83, False, 3),
        (85, False, 2),
        (87, True, 1),
        (90, True, 0),
        (96, False, 0),
        (93, True, 1),
        (95, True, 2),
        (97, True, 3),
    ],
)
def test_the_second_saturation_scale_holds_only_by_order(
    spo2: int, oxygen: bool, expected: int, knowledge: Knowledge
) -> None:
    by_order = news2(signs(spo2=spo2, oxygen=oxygen, scale_2_ordered=True), knowledge)
    assert total(by_order, "spo2") == expected
    assert any("scale 2" in warning for warning in by_order.warnings)
    assert total(news2(signs(spo2=88), knowledge), "spo2") == 3


@pytest.mark.parametrize(
    ("changed", "expected", "band"),
    [
        ({"temperature": 38.5}, 1, "low"),
        ({"systolic_pressure": 88}, 3, "low-medium"),
        ({"systolic_pressure": 88, "oxygen": True}, 5, "medium"),
        ({"systolic_pressure": 88, "oxygen": True, "pulse": 120}, 7, "high"),
    ],
)
def test_the_total_asks_for_a_response_and_one_red_sign_lifts_a_low_total(
    changed: dict[str, object], expected: int, band: str, knowledge: Knowledge
) -> None:
    figure = news2(signs(**changed), knowledge).figure("news2")
    assert figure is not None
    assert (figure.value, figure.band) == (expected, band)


def test_a_missing_sign_leaves_only_the_least_that_it_can_be(knowledge: Knowledge) -> None:
    result = news2(signs(temperature=None, systolic_pressure=88), knowledge)
    assert result.outcome == "cannot_tell"
    assert result.figure("news2") is None
    assert total(result, "at_least") == 3
    assert [each.fact for each in result.missing] == ["temperature"]
    assert "temperature missing" in result.text
    assert "tell the medical team" in result.text


@settings(max_examples=60)
@given(
    respiration_rate=st.integers(0, 60),
    spo2=st.integers(50, 100),
    oxygen=st.booleans(),
    systolic_pressure=st.integers(40, 260),
    pulse=st.integers(20, 220),
    consciousness=st.sampled_from(["alert", "confused", "voice", "pain", "unresponsive"]),
    temperature=st.floats(30, 43),
    scale_2_ordered=st.booleans(),
    left_out=st.sampled_from(sorted(LABELS)),
)
def test_the_least_is_never_above_the_whole(left_out: str, **taken: object) -> None:
    knowledge = load(date(2026, 1, 1))
    whole = total(news2(signs(**taken), knowledge), "news2")
    assert 0 <= whole <= 20
    assert total(news2(signs(**{**taken, left_out: None}), knowledge), "at_least") <= whole


@pytest.mark.parametrize(
    ("age_y", "pregnant", "said"), [(15.9, False, "16 and over"), (30, True, "not for use in pregnancy")]
)
def test_news2_is_refused_for_children_and_in_pregnancy(
    age_y: float, pregnant: bool, said: str, knowledge: Knowledge
) -> None:
    with pytest.raises(OutOfRangeError, match=said):
        news2(WELL, knowledge, age_y=age_y, pregnant=pregnant)


# --- a whole chart -------------------------------------------------------------------------------------------------


def occasion(ethnicity: str = "White", **given_facts: Value) -> Occasion:
    day = date(2026, 1, 1)
    patient = Patient(id="p", birth_date=When.on(date(1958, 1, 1)), sex=Sex.FEMALE, ethnicity=ethnicity)
    facts = {name: Known(value) for name, value in given_facts.items()}
    return Occasion(Chart(patient=patient), day, load(day), given=facts, given_only=True)


WOMAN: dict[str, Value] = {
    "sex": "female",
    "age_y": 68.0,
    "postmenopausal": True,
    "weight_kg": 58.0,
    "bmi_kg_m2": 22.5,
    "hormone_therapy_now": False,
    "fragility_fracture": True,
    "fragility_fracture_sites": frozenset({"forearm", "vertebra"}),
    "rheumatoid_arthritis": False,
}


def named(at: Occasion) -> dict[str, Score]:
    return {each.tool: each for each in scores(at)}


def test_a_chart_with_what_the_scores_ask_has_them_all_but_frax() -> None:
    found = named(occasion(**WOMAN))
    assert list(found) == ["frax", "qfracture", "ost", "orai", "osiris", "score"]
    assert {tool: each.outcome for tool, each in found.items() if each.outcome != "computed"} == {"frax": "cannot_tell"}
    assert total(found["ost"], "ost") == -2
    assert total(found["orai"], "orai") == 9 + 9 + 2
    assert total(found["osiris"], "osiris") == -4.0
    assert total(found["score"], "score") == 5 + 4 + 18 + 1 - 12


def test_what_nobody_recorded_is_named_as_counted_absent() -> None:
    found = named(occasion(**WOMAN))["qfracture"]
    for words in ("history of falls", "alcohol", "smoking", "a parent had osteoporosis or a hip fracture", "dementia"):
        assert words in found.assumed
    assert "rheumatoid arthritis or systemic lupus" in found.assumed, "lupus was not recorded"
    assert "wrist, spine, hip or shoulder fracture before" not in found.assumed
    assert "lives in a care home" not in found.assumed, "the equations for women do not ask it"
    recorded = named(occasion(**WOMAN, lupus=False, falls_last_year=0.0, alcohol_units_d=2.0, current_smoker=True))
    assert "history of falls" not in recorded["qfracture"].assumed
    assert "rheumatoid arthritis or systemic lupus" not in recorded["qfracture"].assumed


@pytest.mark.parametrize(
    ("facts", "name", "value"),
    [
        ({"falls_last_year": 1.0}, "falls", True),
        ({"lupus": True}, "rheumatoid_arthritis_or_lupus", True),
        ({"inflammatory_bowel_disease": True}, "malabsorption", True),
        ({}, "previous_fracture", True),
        ({"current_smoker": True}, "smoking", "light"),
        ({"current_smoker": False}, "smoking", "never"),
        ({"alcohol_units_d": 0.0}, "alcohol", "none"),
        ({"alcohol_units_d": 0.5}, "alcohol", "trivial"),
        ({"alcohol_units_d": 2.0}, "alcohol", "light"),
        ({"alcohol_units_d": 3.0}, "alcohol", "medium"),
        ({"alcohol_units_d": 9.0}, "alcohol", "heavy"),
        ({"alcohol_units_d": 10.0}, "alcohol", "very_heavy"),
    ],
)
def test_facts_of_the_chart_become_inputs_of_qfracture(facts: dict[str, Value], name: str, value: object) -> None:
    found = named(occasion(**{**WOMAN, **facts}))["qfracture"]
    assert {each.name: each.value for each in found.inputs}.get(name) == value


def test_hormone_therapy_of_unknown_kind_is_not_counted_as_oestrogen_alone() -> None:
    found = named(occasion(**{**WOMAN, "hormone_therapy_now": True}))["qfracture"]
    assert "oestrogen_only_hrt" not in {each.name for each in found.inputs}
    assert "hormone therapy with oestrogen alone" in found.assumed


def test_an_empty_chart_cannot_tell_any_score_and_says_what_is_missing() -> None:
    found = named(occasion(ethnicity=""))
    assert {each.outcome for each in found.values()} == {"cannot_tell"}
    assert [each.fact for each in found["qfracture"].missing] == ["sex", "age_y", "bmi_kg_m2"]
    assert "race" in {each.fact for each in found["score"].missing}
    assert all(each.obtain for score in found.values() for each in score.missing)


def test_where_the_bone_density_is_known_it_goes_before_a_prescreen() -> None:
    assert not any("goes before" in warning for warning in named(occasion(**WOMAN))["ost"].warnings)
    assert any("goes before" in warning for warning in named(occasion(**WOMAN, lowest_t_score=-2.1))["ost"].warnings)


def test_a_man_and_a_woman_before_the_menopause_have_no_prescreen() -> None:
    for changed in ({"sex": "male"}, {"postmenopausal": False}):
        found = named(occasion(**{**WOMAN, **changed}))
        assert {found[tool].outcome for tool in ("ost", "orai", "osiris", "score")} == {"does_not_apply"}


def test_a_bmi_outside_the_range_of_qfracture_is_said_and_not_bent() -> None:
    found = named(occasion(**{**WOMAN, "bmi_kg_m2": 17.2}))["qfracture"]
    assert found.outcome == "does_not_apply"
    assert "20 to 40" in found.text


def test_a_typed_in_frax_is_shown_as_typed_in() -> None:
    found = named(occasion(**WOMAN, frax_mof_pct=22.0, frax_hip_pct=5.1))["frax"]
    assert found.outcome == "computed"
    assert "22 % major osteoporotic fracture" in found.text
    assert "not worked out here" in found.warnings[0]
