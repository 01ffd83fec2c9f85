"""Injections under the skin, who is a candidate, and what follows what: what a table of cases cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from osteon.knowledge import Knowledge, load
from osteon.knowledge.drug import Drug, Route
from osteon.knowledge.types import Severity, Statement, Verified
from osteon.pathway.burden import burden
from osteon.pathway.calendar import months_of
from osteon.pathway.regimens import sequence
from osteon.pathway.rules import facts_of, judge
from osteon.pathway.truth import Truth
from tests.knowledge.judging import (
    ANABOLIC,
    EU,
    INJECTIONS,
    UK,
    US,
    each_anabolic,
    each_injection,
    everywhere,
    occasion,
    of_book,
    of_drug,
    rules_of,
)

# --- under the skin, and nothing else ------------------------------------------------------------------------------


@everywhere
@each_injection
def test_each_is_an_injection_under_the_skin_and_says_so_to_nurse_and_patient(knowledge: Knowledge, name: str) -> None:
    drug = knowledge.drugs[name]
    assert drug.route.value is Route.SUBCUTANEOUS
    assert "under the skin" in drug.administration.how.value
    assert "never into a vein" in drug.administration.how.value
    assert "under the skin, not an infusion" in drug.counselling[0].value
    assert "under the skin" in burden(drug).sentence


@each_injection
def test_none_has_a_bag_a_line_or_a_rate(name: str) -> None:
    how = US.drugs[name].administration
    assert (how.minimum_time, how.maximum_rate, how.dilution, how.line, how.flush) == (None,) * 5


@pytest.mark.parametrize(("name", "needles"), [("denosumab", 2), ("romosozumab", 24), ("teriparatide", 365)])
def test_a_year_costs_so_many_needles(name: str, needles: int) -> None:
    assert round(burden(US.drugs[name]).needles_a_year) == needles


@pytest.mark.parametrize(
    ("name", "at_home"), [("denosumab", False), ("romosozumab", False), ("teriparatide", True), ("abaloparatide", True)]
)
def test_the_clinic_gives_antibodies_and_the_patient_the_daily_pens(name: str, at_home: bool) -> None:
    assert US.drugs[name].self_administered is at_home


@everywhere
@each_injection
def test_the_regimen_says_the_same_dose_interval_and_course_as_the_drug(knowledge: Knowledge, name: str) -> None:
    drug = knowledge.drugs[name]
    written, _, months = drug.regimen.value.partition("@")
    assert written == f"{name}:{drug.dose.value:g}{drug.dose.unit}/{drug.interval.value:g}{drug.interval.unit}"
    course = drug.maximum_course
    assert months == (f"0-{months_of(course):g}" if course else "")


# --- none of them just ends ----------------------------------------------------------------------------------------


@everywhere
@each_injection
def test_none_has_a_holiday_and_each_names_what_follows_and_when(knowledge: Knowledge, name: str) -> None:
    drug = knowledge.drugs[name]
    assert drug.no_holiday is not None
    dated = [way for way in drug.exits if way.preferred and way.after is not None]
    assert [way.to[0] for way in dated] == ["zoledronic_acid"]


@everywhere
@each_injection
@pytest.mark.parametrize("barred", [(), ("zoledronic_acid",)], ids=["nothing barred", "no infusion possible"])
def test_every_course_is_laid_out_with_its_way_out(knowledge: Knowledge, name: str, barred: tuple[str, ...]) -> None:
    course = sequence(knowledge.drugs[name], knowledge, barred=barred)
    last = course.segments[-1]
    assert last.is_exit
    assert last.drug not in barred


@each_anabolic
def test_an_anabolic_never_hands_over_to_another_anabolic(name: str) -> None:
    drug = US.drugs[name]
    assert drug.anabolic
    assert {follower for way in drug.exits for follower in way.to}.isdisjoint(ANABOLIC)


def test_zoledronate_follows_denosumab_before_the_delay_is_dangerous() -> None:
    drug = US.drugs["denosumab"]
    way = next(way for way in drug.exits if way.preferred)
    assert way.after is not None
    assert drug.dangerous_after is not None
    assert months_of(drug.interval) <= months_of(way.after) < months_of(drug.dangerous_after)


@everywhere
def test_no_value_of_ctx_commands_anything(knowledge: Knowledge) -> None:
    asked = frozenset[str]().union(*(facts_of(rule.when, knowledge) for rule in rules_of(knowledge)))
    assert "marker_fall_pct" in asked
    assert asked.isdisjoint({"ctx_ng_l", "p1np_ug_l"})


DRUGS_WITHOUT_HOLIDAY = ["denosumab", "romosozumab", "teriparatide", "abaloparatide", "raloxifene"]


@given(
    drug=some.sampled_from(DRUGS_WITHOUT_HOLIDAY),
    years=some.floats(0, 30, allow_nan=False),
    hip=some.floats(-5, 2, allow_nan=False),
    broken=some.booleans(),
)
def test_no_facts_make_a_holiday_from_a_drug_that_must_not_pause(
    drug: str, years: float, hip: float, broken: bool
) -> None:
    found = of_book(
        "holiday", treatments_now=[drug], treatments_ever=[drug, "alendronate"], oral_bisphosphonate_y=years,
        zoledronic_acid_y=years, lowest_hip_t_score=hip, hip_fracture=broken, vertebral_fracture=broken,
        fragility_fracture=broken, fracture_on_treatment=broken, glucocorticoid_long_term=broken,
    )  # fmt: skip
    assert "candidate" not in found
    assert "never_from_this_drug" in found


# --- the wrong product ---------------------------------------------------------------------------------------------


def test_every_denosumab_pair_names_both_products_and_never_mixes_them() -> None:
    pairs = [row for row in US.biosimilars if row.drug == "denosumab"]
    osteoporosis = [row.osteoporosis_product for row in pairs]
    oncology = [row.oncology_product for row in pairs]
    assert len({*osteoporosis, *oncology}) == 2 * len(pairs)
    assert "" not in (*osteoporosis, *oncology)
    assert ("Prolia", "Xgeva") in zip(osteoporosis, oncology, strict=True)


def test_the_brands_are_those_for_osteoporosis_and_the_warning_names_the_others() -> None:
    drug = US.drugs["denosumab"]
    assert drug.not_the_same_product is not None
    for row in US.biosimilars:
        assert row.osteoporosis_product in drug.brands.value
        assert row.oncology_product not in drug.brands.value
        assert row.oncology_product in drug.not_the_same_product.value


@pytest.mark.parametrize(
    ("days", "stops", "held"),
    [
        (30, {"denosumab_just_given"}, set()),
        (89, {"denosumab_just_given"}, set()),
        (90, set(), {"repeated_too_early"}),
        (149, set(), {"repeated_too_early"}),
        (150, set(), set()),
        (183, set(), set()),
    ],
)
def test_a_second_denosumab_is_a_double_dose_then_early_then_due(days: int, stops: set[str], held: set[str]) -> None:
    found = of_drug("denosumab", denosumab_doses=1, denosumab_last_dose_d=days)
    assert {name for name, severity in found.items() if severity is Severity.STOP} == stops
    assert {name for name, severity in found.items() if severity is Severity.HOLD} == held


@given(days=some.integers(0, 2000))
def test_zoledronate_and_denosumab_never_stand_together_in_the_first_months(days: int) -> None:
    found = of_drug("denosumab", zoledronic_acid_doses=1, zoledronic_acid_last_dose_d=days)
    assert ("infusion_just_given" in found) is (days < 90)
    assert ("infusion_still_works" in found) is (90 <= days < 330)


@pytest.mark.parametrize(
    ("months", "doses", "followed", "said"),
    [
        (5.9, 3, False, set()),
        (6.5, 3, False, {"late"}),
        (7.5, 3, False, {"late", "dangerously_late"}),
        (9, 1, False, {"late"}),
        (9, 3, True, set()),
        (60, 3, False, set()),
    ],
)
def test_a_late_denosumab_is_told_and_urgent_from_the_second_dose_on_until_another_drug_follows(
    months: float, doses: int, followed: bool, said: set[str]
) -> None:
    found = of_drug(
        "denosumab", denosumab_doses=doses, denosumab_last_dose_mo=months,
        denosumab_without_exit=months > 7 and not followed, treatments_now=["denosumab"] if months < 12 else [],
        antiresorptives_active=["zoledronic_acid"] if followed else [],
    )  # fmt: skip
    assert {"late", "dangerously_late"} & set(found) == said


# --- stops ---------------------------------------------------------------------------------------------------------

LABORATORY = {"hypocalcaemia", "hypercalcaemia", "severe_kidney_disease"}


@everywhere
def test_only_a_result_clears_what_calcium_and_kidney_stop(knowledge: Knowledge) -> None:
    for name in INJECTIONS:
        for rule in knowledge.drugs[name].rules:
            if rule.severity is Severity.STOP:
                assert rule.only_a_result_clears is (rule.id.split(".")[1] in LABORATORY), rule.id


@everywhere
def test_no_stop_rests_on_recall_and_one_of_the_programs_own_says_so(knowledge: Knowledge) -> None:
    for rule in rules_of(knowledge):
        if rule.severity is Severity.STOP:
            assert rule.verified is not Verified.RECALLED, rule.id
            assert (rule.verified is Verified.DESIGN) is ("OSTEON_DESIGN" in rule.cite), rule.id
            assert rule.note or rule.verified is Verified.SOURCE, rule.id


@everywhere
def test_each_rule_says_what_it_means_either_way_and_what_to_do(knowledge: Knowledge) -> None:
    for rule in rules_of(knowledge):
        assert rule.otherwise, rule.id
        assert rule.remedy or rule.severity is Severity.CRITERION, rule.id


@pytest.mark.parametrize(
    ("months", "america", "europe"),
    [(6, Severity.STOP, Severity.STOP), (13, Severity.HOLD, Severity.STOP), (200, Severity.HOLD, Severity.STOP)],
)
def test_a_heart_attack_stops_romosozumab_for_a_year_in_america_and_for_good_in_europe(
    months: int, america: Severity, europe: Severity
) -> None:
    facts = {"mi_or_stroke": True, "mi_or_stroke_last_mo": months}
    for knowledge, severity in ((US, america), (EU, europe), (UK, europe)):
        assert list(of_drug("romosozumab", knowledge, **facts).values()) == [severity]


def test_a_heart_attack_of_unknown_date_never_clears_romosozumab() -> None:
    at = occasion(US, mi_or_stroke=True)
    verdict = judge(US.rules["romosozumab.heart_attack_or_stroke_last_year"], at).verdict
    assert verdict is Truth.CANNOT_TELL


@pytest.mark.parametrize(
    ("name", "months", "america", "europe"),
    [
        ("teriparatide", 20, [], []),
        ("teriparatide", 24, [Severity.HOLD], [Severity.STOP]),
        ("abaloparatide", 17, [], []),
        ("abaloparatide", 18, [], [Severity.STOP]),
        ("abaloparatide", 24, [Severity.HOLD], [Severity.STOP]),
    ],
)
def test_the_longest_course_of_a_pth_analogue_depends_on_the_label(
    name: str, months: int, america: list[Severity], europe: list[Severity]
) -> None:
    for knowledge, severities in ((US, america), (EU, europe), (UK, europe)):
        assert list(of_drug(name, knowledge, pth_analogue_mo=months).values()) == severities


@pytest.mark.parametrize("name", ["teriparatide", "abaloparatide"])
def test_severe_kidney_disease_stops_pth_analogues_in_europe_only(name: str) -> None:
    assert "severe_kidney_disease" not in of_drug(name, US, crcl_ml_min=20)
    for knowledge in (EU, UK):
        assert of_drug(name, knowledge, crcl_ml_min=20)["severe_kidney_disease"] is Severity.STOP


def test_pregnancy_stops_denosumab_in_america_and_holds_it_in_europe() -> None:
    assert of_drug("denosumab", US, pregnant=True) == {"pregnant": Severity.STOP}
    for knowledge in (EU, UK):
        assert of_drug("denosumab", knowledge, pregnant=True) == {"pregnant_not_recommended": Severity.HOLD}


def test_the_boxed_warning_of_denosumab_begins_on_its_day() -> None:
    before, after = load(date(2024, 1, 18)), load(date(2024, 1, 19))
    assert "denosumab.advanced_ckd" not in before.rules
    assert after.rules["denosumab.advanced_ckd"].severity is Severity.HOLD
    assert "denosumab.hypocalcaemia" in before.rules


@pytest.mark.parametrize(
    ("name", "approved"),
    [
        ("denosumab", date(2010, 6, 1)),
        ("teriparatide", date(2002, 11, 26)),
        ("abaloparatide", date(2017, 4, 28)),
        ("romosozumab", date(2019, 4, 9)),
    ],
)
def test_each_drug_is_there_from_the_day_of_its_approval(name: str, approved: date) -> None:
    assert name not in load(approved.replace(day=approved.day - 1) if approved.day > 1 else date(2010, 5, 31)).drugs
    assert name in load(approved).drugs


# --- harms, evidence ----------------------------------------------------------------------------------------------


@each_injection
def test_every_harm_has_a_rate_with_its_setting_or_says_what_is_known(name: str) -> None:
    for harm in US.drugs[name].adverse_events:
        assert harm.rate or harm.note, harm.event
        assert harm.rate is None or harm.setting, harm.event
        for share in (harm.rate, harm.comparator):
            assert share is None or (share.unit == "%" and 0 < share.value < 100)


@pytest.mark.parametrize(
    ("name", "harms"),
    [
        ("denosumab", ["after stopping", "low calcium on dialysis", "jaw", "atypical femur", "infection of the skin"]),
        ("teriparatide", ["osteosarcoma", "faintness", "calciphylaxis"]),
        ("abaloparatide", ["osteosarcoma", "faintness"]),
        ("romosozumab", ["heart attack", "stroke", "jaw", "atypical femur"]),
    ],
)
def test_the_rare_and_serious_harms_are_all_named(name: str, harms: list[str]) -> None:
    named = "; ".join(each.event for each in US.drugs[name].adverse_events if each.group == "rare and serious")
    assert [harm for harm in harms if harm not in named] == []


def statements(drug: Drug) -> Iterator[Statement]:
    for field in ("indications", "supplements", "preparation", "after_care", "late_dose", "counselling", "storage"):
        yield from getattr(drug, field)


@everywhere
@each_injection
def test_nothing_is_left_unsaid_that_a_nurse_needs(knowledge: Knowledge, name: str) -> None:
    drug = knowledge.drugs[name]
    for field in ("indications", "supplements", "preparation", "after_care", "late_dose", "counselling", "storage"):
        assert getattr(drug, field), field
    assert drug.evidence
    assert all(statement.cite for statement in statements(drug))
