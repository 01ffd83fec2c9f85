"""One patient, several regimens: what the forecast promises."""

import msgspec
import numpy as np
import pytest

from osteon.bone.citations import citations
from osteon.bone.deviations import late
from osteon.bone.forecast import forecast
from osteon.bone.patient import SITES, FractureHistory, Patient, Scan
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.types import Fan, Forecast

WOMAN = Patient(
    sex="F",
    age=70.0,
    years_since_menopause=19.0,
    scans=(Scan(0.0, "lumbar_spine", -3.0), Scan(0.0, "total_hip", -2.4), Scan(0.0, "femoral_neck", -2.6)),
    glucocorticoid_mg_day=0.0,
    crcl_ml_min=75.0,
    calcium_and_vitamin_d=True,
    fractures=FractureHistory(vertebral=True, hip=False, other_fragility=False),
)
DENOSUMAB = parse_regimen("denosumab:60mg/6mo@0-60")


def of(patient: Patient, *regimens: str | Regimen, years: int = 5, samples: int = 300, seed: int = 1) -> list[Forecast]:
    asked = [parse_regimen(each) if isinstance(each, str) else each for each in regimens]
    return list(forecast(patient, asked, years=years, samples=samples, seed=seed))


def at(fan: Fan, found: Forecast, month: float) -> float:
    return fan.median[found.months.index(month)]


def test_every_fan_has_a_value_for_each_month_and_its_bands_lie_inside_each_other() -> None:
    (found,) = of(WOMAN, "zoledronic_acid:5mg/12mo@0-36")
    assert found.months[0] == 0.0
    assert found.months[-1] == 60.0
    for fans in (found.density_pct, found.t_score, found.density_g_cm2, found.turnover):
        for fan in fans.values():
            low90, low50, median, high50, high90 = (np.array(line) for line in msgspec.structs.astuple(fan))
            assert len(median) == len(found.months)
            assert np.all((low90 <= low50) & (low50 <= median) & (median <= high50) & (high50 <= high90))


def test_density_is_a_hundred_per_cent_today_and_the_t_score_of_today_is_near_the_scan() -> None:
    (found,) = of(WOMAN, "none")
    for site in SITES:
        assert found.density_pct[site].median[0] == pytest.approx(100.0)
        scan = WOMAN.latest(site)
        assert scan is not None
        assert found.t_score[site].median[0] == pytest.approx(scan.t_score, abs=0.15)


def test_the_same_seed_gives_the_same_forecast_bit_for_bit_and_another_seed_another() -> None:
    first, again, other = (of(WOMAN, "denosumab:60mg/6mo@0-60", seed=seed)[0] for seed in (4, 4, 5))
    assert msgspec.json.encode(first) == msgspec.json.encode(again)
    assert first.density_pct != other.density_pct


def test_a_regimen_does_not_depend_on_those_it_is_compared_with() -> None:
    alone = of(WOMAN, DENOSUMAB)[0]
    among = of(WOMAN, "none", DENOSUMAB, "teriparatide:20ug/1d@0-24")[1]
    assert alone == among


def test_the_median_settles_with_more_samples() -> None:
    few, many, most = (
        at((f := of(WOMAN, DENOSUMAB, samples=n)[0]).density_pct["total_hip"], f, 36.0) for n in (200, 2000, 8000)
    )
    assert abs(many - most) <= max(abs(few - most), 0.1)
    assert abs(many - most) < 0.25


def test_treatment_raises_density_and_lowers_the_risk() -> None:
    untreated, infused = of(WOMAN, "none", "zoledronic_acid:5mg/12mo@0-60")
    assert (
        at(infused.density_pct["lumbar_spine"], infused, 36.0)
        > at(untreated.density_pct["lumbar_spine"], untreated, 36.0) + 3.0
    )
    assert infused.fractures is not None
    for fan in infused.fractures.values():
        assert fan.cumulative.median[-1] < fan.untreated[-1]


def test_a_stopped_denosumab_gives_back_what_was_gained_and_vertebrae_break() -> None:
    on, stopped = of(WOMAN, "denosumab:60mg/6mo@0-60", "denosumab:60mg/6mo@0-24")
    assert at(stopped.density_pct["lumbar_spine"], stopped, 48.0) < at(on.density_pct["lumbar_spine"], on, 48.0) - 5.0
    assert max(stopped.turnover["ctx"].median) > 1.2
    assert stopped.fractures is not None
    assert on.fractures is not None
    assert max(stopped.fractures["vertebral"].excess_after_stop) > max(on.fractures["vertebral"].excess_after_stop)


def test_a_late_dose_costs_density_for_a_while() -> None:
    timely, delayed = of(WOMAN, DENOSUMAB, late(DENOSUMAB, "denosumab", 6.0, 3.0))
    assert (
        at(delayed.density_pct["lumbar_spine"], delayed, 9.0)
        < at(timely.density_pct["lumbar_spine"], timely, 9.0) - 0.5
    )


def test_the_fan_widens_with_time_and_narrows_with_a_second_scan() -> None:
    earlier = (Scan(-36.0, "lumbar_spine", -2.9), Scan(-36.0, "total_hip", -2.3), Scan(-36.0, "femoral_neck", -2.5))
    once = of(WOMAN, "none", samples=2000)[0]
    twice = of(msgspec.structs.replace(WOMAN, scans=(*earlier, *WOMAN.scans)), "none", samples=2000)[0]

    def width(found: Forecast, month: float) -> float:
        place = found.months.index(month)
        return found.density_pct["total_hip"].high90[place] - found.density_pct["total_hip"].low90[place]

    assert width(once, 60.0) > width(once, 12.0)
    assert width(twice, 60.0) < width(once, 60.0)
    assert (once.learned_from, twice.learned_from) == (3, 6)


def test_never_treated_is_told_of_someone_who_was_treated() -> None:
    """With a history the comparison is with a life without drugs, and its density today is lower than hers."""
    treated = msgspec.structs.replace(WOMAN, history=parse_regimen("denosumab:60mg/6mo@-36-0"))
    (found,) = of(treated, DENOSUMAB)
    assert found.fractures is not None
    assert found.fractures["vertebral"].relative_risk[0] < 0.7


def test_a_site_without_a_scan_has_no_t_score_and_a_flag() -> None:
    spine_only = msgspec.structs.replace(WOMAN, scans=WOMAN.scans[:1])
    (found,) = of(spine_only, DENOSUMAB)
    assert set(found.t_score) == {"lumbar_spine"}
    assert any("total hip" in flag.text for flag in found.flags)


def test_a_combination_that_no_trial_has_tested_is_flagged() -> None:
    (found,) = of(WOMAN, "romosozumab:210mg/1mo@0-12,denosumab:60mg/6mo@0-12")
    assert "untested" in {flag.kind for flag in found.flags}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"years": 0}, "1 to 30 years"),
        ({"years": 31}, "1 to 30 years"),
        ({"samples": 10}, "50 to 20000 samples"),
    ],
)
def test_an_impossible_question_is_refused(change: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        forecast(WOMAN, [DENOSUMAB], **change)  # type: ignore[arg-type]


def test_a_regimen_that_begins_before_today_belongs_to_the_history() -> None:
    with pytest.raises(ValueError, match="history"):
        of(WOMAN, "denosumab:60mg/6mo@-6-6")


def test_citations_name_the_trials_behind_the_drugs_asked_for() -> None:
    lines = citations(parse_regimen("abaloparatide:80ug/1d@0-18"))
    assert any(line.startswith("ACTIVE:") and "JAMA 2016" in line for line in lines)
    assert not any(line.startswith("HORIZON:") for line in lines)
    assert len(citations()) == 33
