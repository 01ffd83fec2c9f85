"""Bisphosphonates and raloxifene: what a table of cases beside a rule cannot hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from osteon.chart.types import Chart, Patient, When
from osteon.knowledge import Knowledge, load
from osteon.knowledge.drug import Drug, DrugClass, Route
from osteon.knowledge.types import Jurisdiction, Rule, Severity
from osteon.pathway.gate import Gate, Readiness, gate
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth

TODAY = date(2026, 1, 1)
US, EU, UK = (load(TODAY, jurisdiction) for jurisdiction in Jurisdiction)

ROUTES = {
    "zoledronic_acid": Route.INFUSION,
    "pamidronate": Route.INFUSION,
    "ibandronate": Route.PUSH,
    "alendronate": Route.ORAL,
    "risedronate": Route.ORAL,
    "ibandronate_oral": Route.ORAL,
    "raloxifene": Route.ORAL,
}
INFUSIONS = [name for name, route in ROUTES.items() if route is Route.INFUSION]
INTRAVENOUS = [name for name, route in ROUTES.items() if route.is_intravenous]
TABLETS = [name for name, route in ROUTES.items() if route is Route.ORAL]
BISPHOSPHONATES = [name for name in ROUTES if name != "raloxifene"]


def occasion(knowledge: Knowledge = US, **facts: Any) -> Occasion:
    """Nobody in particular, of whom only these facts are known."""
    nobody = Chart(patient=Patient(id="nobody", birth_date=When.on(date(1960, 1, 1))))
    known = {name: Known(frozenset(value) if isinstance(value, list) else value) for name, value in facts.items()}
    return Occasion(nobody, TODAY, knowledge, given=known, given_only=True)


def verdict(rule: str, knowledge: Knowledge = US, **facts: Any) -> Truth:
    return judge(knowledge.rules[rule], occasion(knowledge, **facts)).verdict


def rule_of(drug: str, name: str, knowledge: Knowledge = US) -> Rule | None:
    return knowledge.rules.get(f"{drug}.{name}")


# --- how each is given ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drug", "route"), ROUTES.items())
def test_each_goes_its_own_way_and_none_under_the_skin(drug: str, route: Route) -> None:
    assert US.drugs[drug].route.value is route


@pytest.mark.parametrize("drug", INTRAVENOUS)
def test_what_goes_into_a_vein_says_how_fast_through_which_line_and_with_what_never(drug: str) -> None:
    how = US.drugs[drug].administration
    assert how.minimum_time is not None
    assert how.line is not None
    assert how.needle is not None
    assert how.dilution is not None
    assert how.incompatible is not None
    assert "calcium" in how.incompatible.value


@pytest.mark.parametrize("drug", INFUSIONS)
def test_the_highest_rate_over_the_shortest_time_gives_the_whole_bag(drug: str) -> None:
    how = US.drugs[drug].administration
    assert how.maximum_rate is not None
    assert how.minimum_time is not None
    assert how.volume is not None
    hours = how.minimum_time.value / {"h": 1, "min": 60}[how.minimum_time.unit]
    assert how.maximum_rate.value * hours == pytest.approx(how.volume.value)


@pytest.mark.parametrize("drug", INTRAVENOUS)
def test_the_volume_holds_the_dose(drug: str) -> None:
    how = US.drugs[drug].administration
    assert how.volume is not None
    assert how.concentration is not None
    assert how.volume.value * how.concentration.value == pytest.approx(US.drugs[drug].dose.value)


def test_ibandronate_is_a_push_of_15_to_30_seconds_and_no_infusion() -> None:
    how = US.drugs["ibandronate"].administration
    assert [str(how.minimum_time), str(how.maximum_time)] == ["15 s", "30 s"]
    assert how.maximum_rate is None
    assert "not an infusion" in how.how.value


@pytest.mark.parametrize("drug", ROUTES)
def test_the_regimen_is_written_from_dose_and_interval(drug: str) -> None:
    known = US.drugs[drug]
    written = f"{drug}:{known.dose.value:g}{known.dose.unit}/{known.interval.value:g}{known.interval.unit}"
    assert known.regimen.value == written


def test_zometa_is_another_product_and_its_reduced_doses_are_nowhere() -> None:
    warning = US.drugs["zoledronic_acid"].not_the_same_product
    assert warning is not None
    assert "Zometa" in warning.value
    assert US.drugs["zoledronic_acid"].dose.value == 5


def test_staying_upright_is_asked_of_tablets_and_not_of_infusions() -> None:
    asking = {drug for drug in BISPHOSPHONATES if rule_of(drug, "cannot_stay_upright")}
    assert asking == set(TABLETS) - {"raloxifene"}


# --- whom it may not be given --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "limit"),
    [
        ("zoledronic_acid", 35), ("ibandronate", 30), ("pamidronate", 30),
        ("alendronate", 35), ("risedronate", 30), ("ibandronate_oral", 30),
    ],
)  # fmt: skip
def test_the_kidney_stops_each_bisphosphonate_at_its_limit(drug: str, limit: float) -> None:
    assert verdict(f"{drug}.crcl_below_limit", crcl_ml_min=limit - 0.1) is Truth.YES
    assert verdict(f"{drug}.crcl_below_limit", crcl_ml_min=limit) is Truth.NO
    assert verdict(f"{drug}.crcl_below_limit") is Truth.CANNOT_TELL


@given(some.floats(0, 200, allow_nan=False))
def test_no_clearance_below_35_passes_for_zoledronate(clearance: float) -> None:
    assert verdict("zoledronic_acid.crcl_below_limit", crcl_ml_min=clearance) is Truth.of(clearance < 35)


def test_a_clearance_whose_bounds_lie_on_both_sides_of_the_limit_cannot_be_told() -> None:
    at = occasion()
    near = Occasion(
        at.chart, TODAY, US, given={"crcl_ml_min": Known(36.0, low=33.0, high=39.0)}, given_only=True
    )  # fmt: skip
    assert judge(US.rules["zoledronic_acid.crcl_below_limit"], near).verdict is Truth.CANNOT_TELL


@pytest.mark.parametrize("drug", BISPHOSPHONATES)
@pytest.mark.parametrize("name", ["crcl_below_limit", "hypocalcaemia", "hypersensitivity", "pregnant"])
def test_each_bisphosphonate_stops_for_kidney_calcium_allergy_and_pregnancy(drug: str, name: str) -> None:
    rule = rule_of(drug, name)
    assert rule is not None
    assert rule.severity is Severity.STOP


@pytest.mark.parametrize("drug", INTRAVENOUS)
def test_an_acutely_injured_kidney_stops_what_goes_into_a_vein(drug: str) -> None:
    assert verdict(f"{drug}.acute_kidney_injury", acute_kidney_injury=True) is Truth.YES


@pytest.mark.parametrize("knowledge", [US, EU, UK], ids=["US", "EU", "UK"])
def test_only_a_result_clears_what_kidney_and_calcium_stop(knowledge: Knowledge) -> None:
    laboratory = {"crcl_below_limit", "hypocalcaemia", "acute_kidney_injury", "severe_kidney_disease"}
    for drug in ROUTES:
        for rule in knowledge.drugs[drug].rules:
            if rule.severity is Severity.STOP:
                assert rule.only_a_result_clears is (rule.id.split(".")[1] in laboratory), rule.id


@pytest.mark.parametrize("knowledge", [US, EU, UK], ids=["US", "EU", "UK"])
def test_a_stop_that_nobody_read_at_its_source_says_so(knowledge: Knowledge) -> None:
    owners: list[Any] = [*(knowledge.drugs[name] for name in ROUTES), knowledge.books["gate"]]
    recalled = [
        rule
        for owner in owners
        for rule in owner.rules
        if rule.severity is Severity.STOP and rule.verified.value == "recalled"
    ]
    assert recalled
    for rule in recalled:
        assert "recalled" in rule.note.lower(), rule.id


# --- one antiresorptive at a time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", ROUTES)
@pytest.mark.parametrize("taken", TABLETS)
def test_tablets_that_are_still_taken_stop_every_other_drug_but_not_themselves(drug: str, taken: str) -> None:
    found = verdict(f"{drug}.other_antiresorptive_taken", treatments_now=[taken])
    assert found is Truth.of(drug != taken)


@pytest.mark.parametrize(
    ("days", "stop", "hold"),
    [(149, Truth.YES, Truth.NO), (150, Truth.NO, Truth.YES), (179, Truth.NO, Truth.YES), (180, Truth.NO, Truth.NO)],
)
def test_after_denosumab_a_bisphosphonate_waits_six_months(days: int, stop: Truth, hold: Truth) -> None:
    last = {"denosumab_doses": 3, "denosumab_last_dose_d": days}
    assert verdict("gate.bisphosphonate_denosumab_still_works", **last) is stop
    assert verdict("gate.bisphosphonate_too_soon_after_denosumab", **last) is hold


def test_six_calendar_months_after_denosumab_are_never_too_early() -> None:
    shortest = date(2026, 8, 28) - date(2026, 2, 28)
    assert shortest.days >= US.parameter("gate.after_denosumab").value


def test_three_calendar_months_after_ibandronate_are_never_too_early() -> None:
    shortest = date(2026, 5, 1) - date(2026, 2, 1)
    guard = US.drugs["ibandronate"].minimum_interval
    assert guard is not None
    assert shortest.days >= guard.value


# --- where it differs ----------------------------------------------------------------------------------------------


def test_europe_forbids_zoledronate_while_breast_feeding_and_america_holds_it() -> None:
    for knowledge, severity in ((US, Severity.HOLD), (EU, Severity.STOP), (UK, Severity.STOP)):
        found = [
            rule.severity
            for rule in knowledge.drugs["zoledronic_acid"].rules
            if judge(rule, occasion(knowledge, breastfeeding=True)).verdict is Truth.YES
        ]
        assert found == [severity]


def test_a_clearance_of_exactly_35_passes_the_label_and_is_held_in_the_uk_alone() -> None:
    for knowledge, held in ((US, set()), (EU, set()), (UK, {"zoledronic_acid.uk_kidney_limit"})):
        at = occasion(knowledge, crcl_ml_min=35.0, egfr_ml_min_1_73m2=50.0)
        rules = knowledge.drugs["zoledronic_acid"].rules
        blocking = {rule.id for rule in rules if judge(rule, at).verdict is Truth.YES}
        assert blocking == held


def test_two_weeks_after_a_hip_repair_are_a_hold_in_europe_and_advice_in_america() -> None:
    for knowledge, severity in ((US, Severity.ADVISE), (EU, Severity.HOLD), (UK, Severity.HOLD)):
        at = occasion(knowledge, hip_fracture=True, last_hip_fracture_d=10)
        rules = knowledge.drugs["zoledronic_acid"].rules
        assert [rule.severity for rule in rules if judge(rule, at).verdict is Truth.YES] == [severity]


def test_severe_kidney_disease_stops_raloxifene_in_europe_only() -> None:
    assert rule_of("raloxifene", "severe_kidney_disease") is None
    assert verdict("raloxifene.severe_kidney_disease", EU, crcl_ml_min=29) is Truth.YES


# --- the day of a dose ---------------------------------------------------------------------------------------------

WELL = {
    "age_y": 70, "sex": "female", "postmenopausal": True, "pregnancy_possible": False, "pregnant": False,
    "breastfeeding": False, "open_epiphyses": False, "bmi_kg_m2": 24, "weight_age_d": 5,
    "crcl_ml_min": 62, "creatinine_age_d": 10, "acute_kidney_injury": False, "kidney_equations_disagree": False,
    "dialysis": False, "ckd_mbd": False, "hypocalcaemia": False, "calcium_status": "normal", "calcium_age_d": 10,
    "vitamin_d_ng_ml": 35, "vitamin_d_age_d": 60, "calcium_trouble_likely": False, "osteomalacia": False,
    "low_phosphatase": False, "bone_metastases": False, "myeloma": False,
    "treatments_now": [], "treatments_ever": [], "zoledronic_acid_doses": 0, "ibandronate_doses": 0,
    "denosumab_doses": 0, "romosozumab_doses": 0, "oncology_antiresorptive_recent": False, "hip_fracture": False,
    "aminoglycoside_now": False, "loop_diuretic_now": False, "nsaid_now": False, "nephrotoxic_now": False,
    "ace_inhibitor_or_arb_now": False, "digoxin_now": False, "recent_iodine_contrast": False,
    "proton_pump_inhibitor_now": False, "calcium_supplement_now": True, "vitamin_d_supplement_now": True,
    "bisphosphonate_allergy": False, "aspirin_sensitive_asthma": False, "jaw_osteonecrosis": False,
    "atypical_femur_fracture": False, "thigh_or_groin_pain": False, "uveitis": False, "eye_inflammation_now": False,
    "infusion_reaction_before": False, "poor_vein_access": False, "onj_risk_factors": False,
    "extraction_site_healing": False, "invasive_dental_work_planned": False, "fever_or_infection_today": False,
    "well_hydrated": True, "consent_given": True, "emergency_kit_ready": True,
}  # fmt: skip
"""A woman of 70 who may have her first infusion today."""

DECISIVE = {
    "crcl_ml_min", "creatinine_age_d", "acute_kidney_injury", "weight_age_d", "hypocalcaemia",
    "calcium_status", "calcium_age_d", "vitamin_d_ng_ml", "vitamin_d_age_d", "bisphosphonate_allergy",
    "pregnant", "treatments_now", "denosumab_doses", "oncology_antiresorptive_recent", "thigh_or_groin_pain",
    "eye_inflammation_now", "jaw_osteonecrosis", "atypical_femur_fracture", "extraction_site_healing",
    "invasive_dental_work_planned", "fever_or_infection_today", "dialysis",
}  # fmt: skip
"""Without one of these nobody may say "ready"."""


def gated(drug: str = "zoledronic_acid", **changed: Any) -> Gate:
    facts = {name: value for name, value in {**WELL, **changed}.items() if value is not None}
    return gate(US.drugs[drug], occasion(US, **facts))


@pytest.mark.parametrize("drug", ["zoledronic_acid", "ibandronate"])
def test_a_well_woman_with_fresh_results_is_ready(drug: str) -> None:
    assert gated(drug).verdict is Readiness.READY


def test_pamidronate_is_never_ready_without_a_prescribers_reason() -> None:
    found = gated("pamidronate")
    assert found.verdict is Readiness.NOT_READY
    assert [each.id for each in found.of(Severity.HOLD, Truth.YES)] == ["pamidronate.licensed_drug_possible"]


@pytest.mark.parametrize("name", sorted(WELL))
def test_what_is_not_known_never_makes_ready(name: str) -> None:
    found = gated(**{name: None}).verdict
    assert found is (Readiness.CANNOT_TELL if name in DECISIVE else found)
    assert found is not Readiness.NOT_READY


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"creatinine_age_d": 61}, "zoledronic_acid.test.crcl_ml_min"),
        ({"calcium_age_d": 61}, "zoledronic_acid.test.calcium_status"),
        ({"vitamin_d_age_d": 366}, "zoledronic_acid.test.vitamin_d_ng_ml"),
        ({"weight_age_d": 93}, "gate.bisphosphonate_weight_stale"),
        ({"vitamin_d_ng_ml": 15}, "gate.intravenous_vitamin_d_low"),
        ({"thigh_or_groin_pain": True}, "gate.antiresorptive_thigh_or_groin_pain"),
        ({"emergency_kit_ready": False}, "gate.intravenous_no_emergency_kit"),
        ({"consent_given": False}, "gate.every_consent_refused"),
        ({"loop_diuretic_now": True, "creatinine_age_d": 15}, "gate.intravenous_strained_kidney_old_creatinine"),
        ({"zoledronic_acid_doses": 1, "zoledronic_acid_last_dose_d": 200}, "zoledronic_acid.repeated_too_early"),
    ],
)
def test_one_thing_amiss_holds_the_infusion_and_says_which(changed: dict[str, Any], finding: str) -> None:
    found = gated(**changed)
    assert found.verdict is Readiness.NOT_READY
    assert [each.id for each in found.of(Severity.HOLD, Truth.YES)] == [finding]
    assert not found.of(Severity.STOP, Truth.YES)


def test_a_missing_calcium_is_cleared_by_its_result_only_and_a_missing_vitamin_d_by_a_prescriber_too() -> None:
    def clears(missing: str, finding: str) -> bool:
        found = {each.id: each for each in gated(**{missing: None}).findings}
        return found[finding].only_a_result_clears

    assert clears("calcium_status", "zoledronic_acid.test.calcium_status")
    assert clears("crcl_ml_min", "zoledronic_acid.test.crcl_ml_min")
    assert not clears("vitamin_d_ng_ml", "zoledronic_acid.test.vitamin_d_ng_ml")


def test_a_clinic_sets_the_window_of_a_test_once_for_every_drug() -> None:
    stricter = load(TODAY, settings={"parameters.gate.creatinine_window": 14})
    windows = {
        drug: test.freshness.value
        for drug in INTRAVENOUS
        for test in stricter.drugs[drug].tests
        if test.fact == "crcl_ml_min" and test.freshness
    }
    assert windows == dict.fromkeys(INTRAVENOUS, 14)


def test_every_shared_check_says_by_its_name_for_which_drugs_it_is_asked() -> None:
    families = ("every_", "intravenous_", "injection_", "bisphosphonate_", "antiresorptive_")
    for rule in US.books["gate"].rules:
        assert rule.id.removeprefix("gate.").startswith(families), rule.id


# --- harms, evidence, course ---------------------------------------------------------------------------------------


def serious(drug: Drug) -> str:
    return "; ".join(each.event for each in drug.adverse_events if each.group == "rare and serious")


@pytest.mark.parametrize("drug", BISPHOSPHONATES)
def test_jaw_and_femur_are_named_for_every_bisphosphonate(drug: str) -> None:
    assert US.drugs[drug].drug_class is DrugClass.BISPHOSPHONATE
    assert "jaw" in serious(US.drugs[drug])
    assert "atypical femur fracture" in serious(US.drugs[drug])


def test_the_rare_harms_of_zoledronate_are_all_named() -> None:
    named = serious(US.drugs["zoledronic_acid"])
    for harm in ("creatinine", "kidney failure", "atrial fibrillation", "low calcium", "eye", "anaphylaxis"):
        assert harm in named


@pytest.mark.parametrize("drug", ROUTES)
def test_every_harm_has_a_rate_or_says_what_is_known_and_no_rate_exceeds_all(drug: str) -> None:
    for harm in US.drugs[drug].adverse_events:
        assert harm.rate or harm.note, harm.event
        assert harm.rate is None or harm.setting, harm.event
        for share in (harm.rate, harm.comparator):
            assert share is None or (share.unit == "%" and 0 < share.value < 100)


@pytest.mark.parametrize(
    ("drug", "years"),
    [("zoledronic_acid", 3), ("alendronate", 5), ("risedronate", 5), ("ibandronate_oral", 5), ("ibandronate", 3)],
)
def test_a_course_is_judged_again_in_time_and_no_follower_is_planned_by_itself(drug: str, years: int) -> None:
    known = US.drugs[drug]
    assert known.review_after is not None
    assert (known.review_after.value, known.review_after.unit) == (years, "a")
    assert all(way.after is None for way in known.exits)


def test_each_drug_is_there_from_the_day_of_its_approval() -> None:
    assert "zoledronic_acid" not in load(date(2007, 8, 16)).drugs
    assert "zoledronic_acid" in load(date(2007, 8, 17)).drugs


@pytest.mark.parametrize("drug", ROUTES)
def test_each_drug_brings_its_evidence(drug: str) -> None:
    assert US.drugs[drug].evidence
