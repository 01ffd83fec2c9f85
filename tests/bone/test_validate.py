"""Cases in, errors and intervals out."""

from pathlib import Path

import msgspec
import pytest

from osteon.bone.validate import Case, CaseError, judge, read_cases, validate

HEADER = (
    "case,study,population,sex,t_score_lumbar_spine,t_score_total_hip,regimen,comparator,site,"
    "from_month,to_month,observed_pct,remark\n"
)
DENOSUMAB = "a,S,pmo,F,-2.8,-1.9,denosumab:60mg/6mo@0-36,none,lumbar_spine,0,36,8.8,x\n"
STOP = "b,S,pmo,F,-2.2,-1.5,denosumab:60mg/6mo@0-96,,total_hip,96,108,-6.6,x\n"


def cases(text: str) -> tuple[Case, ...]:
    return read_cases((HEADER + text).splitlines())


def test_it_predicts_each_case_with_intervals_around_the_prediction(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(HEADER + DENOSUMAB + STOP)
    found = validate(path)
    assert [row.case for row in found.rows] == ["a", "b"]
    for row in found.rows:
        assert row.lo90 < row.lo50 < row.predicted_pct < row.hi50 < row.hi90
        assert row.error == pytest.approx(row.predicted_pct - row.observed_pct)
    assert set(found.summary) == {"lumbar_spine", "total_hip"}
    assert found.rows[0].predicted_pct == pytest.approx(8.8, abs=2.0)
    assert found.rows[1].predicted_pct < -3.0, "the rebound takes back what was gained"


def test_the_json_has_the_fields_that_were_promised() -> None:
    told = msgspec.to_builtins(judge(cases(DENOSUMAB)))
    assert {"n", "median_abs_error", "rmse", "bias", "coverage_50", "coverage_90", "mean_half_width_90"} <= set(
        told["summary"]["lumbar_spine"]
    )
    promised = {
        "case",
        "site",
        "from_month",
        "to_month",
        "observed_pct",
        "predicted_pct",
        "lo90",
        "hi90",
        "error",
        "flags",
    }
    assert promised <= set(told["rows"][0])


def test_the_comparator_is_taken_off() -> None:
    alone = judge(cases(DENOSUMAB.replace(",none,", ",,"))).rows[0]
    against = judge(cases(DENOSUMAB)).rows[0]
    assert alone.predicted_pct != pytest.approx(against.predicted_pct, abs=0.05)


def test_a_population_that_it_does_not_have_is_answered_with_the_nearest_and_says_so() -> None:
    row = judge(cases(DENOSUMAB.replace(",pmo,", ",women on the moon,"))).rows[0]
    assert any("nearest" in flag for flag in row.flags)


@pytest.mark.parametrize("absent", ["", "NA", "nan"])
def test_a_t_score_that_is_not_given_is_flagged(absent: str) -> None:
    row = judge(cases(DENOSUMAB.replace("-2.8,-1.9", f"{absent},{absent}"))).rows[0]
    assert any("not given" in flag for flag in row.flags)


def test_an_interval_is_wider_where_little_is_known() -> None:
    known = judge(cases(DENOSUMAB)).rows[0]
    sparse = judge(cases(DENOSUMAB.replace("pmo,F", "men,M"))).rows[0]
    assert sparse.hi90 - sparse.lo90 > known.hi90 - known.lo90


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DENOSUMAB.replace("lumbar_spine,0", "wrist,0"), "line 2: site must be one of"),
        (DENOSUMAB.replace("8.8", "much"), "line 2"),
        (DENOSUMAB.replace("denosumab:", "denosumap:"), "line 2: unknown drug"),
    ],
)
def test_a_bad_line_is_named(text: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        cases(text)


def test_a_table_without_the_needed_columns_is_refused() -> None:
    with pytest.raises(CaseError, match="observed_pct"):
        read_cases(["case,regimen,site,from_month,to_month", "a,none,total_hip,0,12"])


def test_rows_of_the_same_arm_do_not_depend_on_each_other() -> None:
    together = judge(cases(DENOSUMAB + STOP)).rows[1]
    alone = judge(cases(STOP)).rows[0]
    assert together.predicted_pct == pytest.approx(alone.predicted_pct, abs=1e-9)


@pytest.mark.parametrize(
    ("population", "differs"),
    [("men with osteoporosis", False), ("kidney disease stage 3", True), ("pmo without calcium", True)],
)
def test_what_the_population_says_of_kidneys_and_calcium_counts(population: str, differs: bool) -> None:
    infusion = "c,S,pmo,F,-2.5,-1.9,zoledronic_acid:1mg@0,,lumbar_spine,0,24,4.0,x\n"
    usual, asked = (judge(cases(infusion.replace(",pmo,", f",{name},"))).rows[0] for name in ("pmo", population))
    assert (abs(asked.predicted_pct - usual.predicted_pct) > 0.01) is differs
