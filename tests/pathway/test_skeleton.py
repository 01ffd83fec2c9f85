"""What the chart tells of the skeleton, and what it leaves open."""

from datetime import date
from typing import Any

import pytest

from osteon.bone.patient import FractureHistory, Patient
from osteon.pathway.skeleton import NoSkeletonError, Skeleton, bone_patient, skeleton
from osteon.pathway.treatment_history import SHARE_NOT_AS_MEANT
from tests.examples import occasion as example
from tests.pathway.charting import answered, broke, given, listed, measured, occasion, took

HOLOGIC = "Hologic Horizon A"


def seen(*entries: Any, **more: Any) -> Skeleton:
    return skeleton(occasion(*entries, **more))


def history(*entries: Any, **more: Any) -> str:
    return str(seen(*entries, **more).patient.history)


def notes(*entries: Any, **more: Any) -> str:
    return "; ".join(flag.text for flag in seen(*entries, **more).flags)


def scan(value: float, day: str, site: str = "total_hip", **more: Any) -> Any:
    return measured("t_score", value, day, "{T}", site=site, **more)


def test_jane_is_read_whole() -> None:
    patient = bone_patient(example("jane"))
    assert (patient.sex, patient.age, patient.years_since_menopause) == ("F", 65.0, 16.0)
    assert len(patient.scans) == 6
    assert patient.scans[0].month == pytest.approx(-58.35)
    assert {level.marker for level in patient.markers} == {"ctx", "p1np"}
    assert patient.crcl_ml_min == pytest.approx(67.5, abs=0.1)
    assert patient.calcium_and_vitamin_d is True
    assert patient.fractures == FractureHistory(vertebral=False, hip=False, other_fragility=True)


def test_a_chart_that_tells_nothing_leaves_everything_open() -> None:
    patient = seen(lists=frozenset()).patient
    assert patient == Patient(sex="F", age=76.0)


@pytest.mark.parametrize("missing", [{"sex": None}, {"born": "2030-01-01"}], ids=["sex", "age"])
def test_without_sex_or_age_there_is_no_skeleton(missing: dict[str, Any]) -> None:
    with pytest.raises(NoSkeletonError, match="does not say"):
        seen(**missing)


# --- scans and markers ------------------------------------------------------------------------------------------------


def test_of_two_hips_the_lower_counts() -> None:
    patient = seen(scan(-2.1, "2026-05-04", side="left"), scan(-2.6, "2026-05-04", side="right")).patient
    assert [each.t_score for each in patient.scans] == [-2.6]


def test_an_older_scan_counts_only_from_the_same_machine_and_side() -> None:
    last = scan(-2.6, "2026-05-04", side="left", machine=HOLOGIC)
    same = scan(-2.2, "2024-05-04", side="left", machine=HOLOGIC)
    assert [each.t_score for each in seen(last, same).patient.scans] == [-2.2, -2.6]
    for other in ({"side": "right", "machine": HOLOGIC}, {"side": "left", "machine": "GE Lunar"}, {"side": "left"}):
        both = (last, scan(-2.2, "2024-05-04", **other))
        assert [each.t_score for each in seen(*both).patient.scans] == [-2.6]
        assert "older T-score of the total hip is left out" in notes(*both)


def test_a_hip_whose_part_is_not_named_and_the_radius_are_not_in_the_model() -> None:
    assert seen(scan(-2.6, "2026-05-04", "femur"), scan(-3.0, "2026-05-04", "radius_33")).patient.scans == ()


def test_a_score_that_cannot_be_is_left_out_and_said() -> None:
    entries = (scan(-8.1, "2026-05-04"), scan(-2.6, "2026-05-04", "lumbar_spine"))
    assert [each.site for each in seen(*entries).patient.scans] == ["lumbar_spine"]
    assert "a T-score of -8.1 (total hip) cannot be" in notes(*entries)


def test_scans_after_the_day_are_not_seen() -> None:
    assert seen(scan(-2.6, "2026-07-01")).patient.scans == ()


def test_markers_come_in_the_units_of_the_model_without_those_beyond_the_limit() -> None:
    level = seen(
        measured("ctx", 410.0, "2026-05-04", "ng/L"), measured("p1np", 8.0, "2026-05-04", "ug/L", comparator="<")
    )
    (only,) = level.patient.markers
    assert (only.marker, only.value, only.month) == ("ctx", 410.0, pytest.approx(-1.38))


# --- the person -------------------------------------------------------------------------------------------------------


def test_a_glucocorticoid_that_is_not_on_the_list_is_none_and_one_without_a_dose_is_unknown() -> None:
    assert seen().patient.glucocorticoid_mg_day == 0.0
    assert seen(lists=frozenset()).patient.glucocorticoid_mg_day is None
    steroid = took("glucocorticoid", "2025-01-01", text="prednisone 10 mg")
    assert seen(steroid).patient.glucocorticoid_mg_day is None
    dosed = took("glucocorticoid", "2025-01-01", text="prednisone", amount_per_day=10.0, unit="mg/d")
    assert seen(dosed).patient.glucocorticoid_mg_day == 10.0


def test_a_silent_list_is_no_proof_that_calcium_is_not_taken() -> None:
    calcium, vitamin_d = took("calcium_supplement", "2024-01-01"), took("vitamin_d_supplement", "2024-01-01")
    assert seen(calcium, vitamin_d).patient.calcium_and_vitamin_d is True
    assert seen(calcium).patient.calcium_and_vitamin_d is None


def test_a_man_has_no_menopause() -> None:
    patient = seen(measured("menopause_age", 50.0, "2020-01-01"), sex="male").patient
    assert (patient.sex, patient.years_since_menopause) == ("M", None)


def test_fractures_are_told_apart() -> None:
    broken = seen(broke("vertebra", "2024-01-01"), broke("forearm", "2020-01-01")).patient.fractures
    assert (broken.vertebral, broken.hip, broken.other_fragility) == (True, False, True)


# --- the risk ---------------------------------------------------------------------------------------------------------

FRAX = (measured("frax_mof", 24.0, "2026-05-01", "%"), measured("frax_hip", 4.0, "2026-05-01", "%"))
BODY = (measured("weight", 62.0, "2026-06-01", "kg"), measured("height", 162.0, "2026-06-01", "cm"))


def test_a_typed_in_frax_is_the_risk_with_its_day() -> None:
    patient = seen(*FRAX, *BODY).patient
    assert (patient.hip_risk_10y, patient.major_risk_10y) == pytest.approx((0.04, 0.24))
    assert patient.risk_source == "FRAX of 2026-05-01"


def test_qfracture_stands_in_only_where_there_is_no_density() -> None:
    """It takes none: beside a broken vertebra and a T-score of -3.6 it would reassure."""
    without = seen(*BODY)
    assert without.patient.risk_source == "QFracture-2012"
    assert without.patient.hip_risk_10y is not None
    assert "counts as absent what nobody recorded" in notes(*BODY)
    scanned = seen(*BODY, scan(-2.6, "2026-05-04")).patient
    assert (scanned.risk_source, scanned.hip_risk_10y, scanned.major_risk_10y) == (None, None, None)


# --- the treatment so far ---------------------------------------------------------------------------------------------


def test_doses_given_stand_at_their_days() -> None:
    assert history(given("denosumab", "2025-06-15", "2025-12-15")) == "denosumab:60mg@-11.99,denosumab:60mg@-5.98"


def test_a_dose_of_today_is_history() -> None:
    assert history(given("zoledronic_acid", "2026-06-15")) == "zoledronic_acid:5mg@0"


def test_a_dose_without_an_amount_is_the_label_s_and_said() -> None:
    assert "not recorded every time: taken as 5 mg" in notes(given("zoledronic_acid", "2025-06-15"))


def test_a_dose_of_which_only_the_year_is_known_stands_in_its_middle_and_is_said() -> None:
    entry = given("zoledronic_acid", "2024")
    assert history(entry) == "zoledronic_acid:5mg@-23.46"
    assert "is not exact" in notes(entry)


def test_a_clinic_s_drug_without_days_goes_by_the_label_and_is_said() -> None:
    entry = took("denosumab", "2024-06-15")
    assert history(entry) == "denosumab:60mg/6mo@-23.98-0"
    assert "the days on which denosumab was given are not recorded" in notes(entry)


def test_tablets_run_by_the_day_without_their_gaps() -> None:
    entry = took(
        "alendronate", "2022-06-15", "2025-06-15", amount_per_day=10.0, unit="mg/d",
        gaps=((date(2023, 6, 15), date(2023, 12, 15)),),
    )  # fmt: skip
    assert history(entry) == "alendronate:10mg/1d@-48--36.01,alendronate:10mg/1d@-30--11.99"
    assert notes(entry) == ""


def test_tablets_without_a_dose_are_the_label_s_and_said() -> None:
    entry = took("alendronate", "2025-06-15")
    assert history(entry) == "alendronate:10mg/1d@-11.99-0"
    assert "dose of alendronate is not recorded: taken as 70 mg every 1 wk" in notes(entry)


def test_supplies_say_which_share_of_the_tablets_was_taken() -> None:
    entry = took("alendronate", "2025-06-15", amount_per_day=10.0, unit="mg/d", covered_days=73)
    assert history(entry) == "alendronate:2mg/1d@-11.99-0"


def test_tablets_said_not_to_be_taken_as_meant_count_in_part() -> None:
    entries = (
        took("alendronate", "2025-06-15", amount_per_day=10.0, unit="mg/d"),
        answered("poor_adherence", True, "2026-06-10"),
    )
    assert history(*entries) == f"alendronate:{10 * SHARE_NOT_AS_MEANT:g}mg/1d@-11.99-0"
    assert "not taken as meant" in notes(*entries)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (took("alendronate", None), "when alendronate was begun is not recorded"),
        (took("alendronate", "2020-06-15", is_active=False), "when alendronate ended is not recorded"),
        (took("strontium", "2020-06-15", "2024-06-15"), "is not in the model"),
        (given("denosumab", "2026-01-15", is_oncology=True), "for cancer are left out"),
    ],
    ids=["no start", "no end", "another drug", "for cancer"],
)
def test_what_cannot_be_placed_is_left_out_and_said(entry: Any, said: str) -> None:
    assert history(entry) == "none"
    assert said in notes(entry)


def test_tablets_of_which_nobody_says_that_they_go_on_count_for_half_of_the_time() -> None:
    entry = took("alendronate", "2024-06-15", is_active=None, amount_per_day=10.0, unit="mg/d")
    assert history(entry) == "alendronate:10mg/1d@-23.98--11.99"
    assert "whether alendronate is still taken is not recorded" in notes(entry)


def test_a_course_that_begins_after_the_day_is_no_history() -> None:
    assert history(took("denosumab", "2026-07-01")) == "none"


def test_what_is_on_the_problem_list_changes_no_number() -> None:
    assert seen(listed("osteoporosis", since="2020")).patient == seen().patient
