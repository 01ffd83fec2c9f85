"""Regimens: written, read and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.bone.regimen import DRUGS, Course, Regimen, RegimenError, parse_regimen

MONTHS = st.floats(-600, 600, allow_nan=False)
DOSES = st.floats(0.001, 1000, allow_nan=False)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    drug, unit = draw(st.sampled_from(sorted(DRUGS))), draw(st.sampled_from(["mg", "ug"]))
    start = draw(MONTHS)
    if draw(st.booleans()):
        return Course(drug, draw(DOSES), unit, start)
    stop = start + draw(st.floats(0.5, 120))
    return Course(
        drug,
        draw(DOSES),
        unit,
        start,
        stop,
        draw(st.floats(0.5, 12)),
        draw(st.sampled_from(["d", "wk", "mo"])),
    )


@given(st.lists(courses(), max_size=4))
def test_a_regimen_written_and_read_back_is_the_same(parts: list[Course]) -> None:
    regimen = Regimen(tuple(parts))
    assert parse_regimen(str(regimen)) == regimen


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "denosumab:60mg/6mo@-54-0,zoledronic_acid:5mg@3",
        "teriparatide:20ug/1d@0-23.98",
        "alendronate:70mg/1wk@-12--6",
        "romosozumab:210mg/1mo@0-12",
    ],
)
def test_the_written_form_is_kept(text: str) -> None:
    assert str(parse_regimen(text)) == text


def test_it_doses_strictly_before_the_stop() -> None:
    days = [dose.day for dose in parse_regimen("denosumab:60mg/6mo@0-24").doses()]
    assert days == [0.0, 182.625, 365.25, 547.875]


def test_a_month_is_30_4375_days_and_a_microgram_a_thousandth_of_a_milligram() -> None:
    (dose,) = parse_regimen("teriparatide:20ug@2").doses()
    assert dose.day == 60.875
    assert dose.dose_mg == pytest.approx(0.02)


def test_doses_of_several_courses_come_in_order_of_time() -> None:
    regimen = parse_regimen("zoledronic_acid:5mg@3,denosumab:60mg/6mo@-12-0")
    assert [dose.drug for dose in regimen.doses()] == ["denosumab", "denosumab", "zoledronic_acid"]


def test_negative_start_and_stop_are_read() -> None:
    (course,) = parse_regimen("denosumab:60mg/6mo@-54--6").courses
    assert (course.start_month, course.stop_month) == (-54.0, -6.0)


def test_none_is_no_course_at_all() -> None:
    assert parse_regimen("none").doses() == ()


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "write none"),
        ("denosumab", "drug:dose/interval@start-stop"),
        ("prednisolone:5mg@0", "use one of"),
        ("denosumab:0mg@0", "above 0"),
        ("denosumab:60mg/6mo@24-0", "must come after the start"),
        ("denosumab:60mg/6mo@0", "needs both an interval and a stop"),
        ("denosumab:60mg/0mo@0-12", "above 0"),
        ("none,denosumab:60mg@0", "none stands alone"),
        ("denosumab:60g@0", "mg or ug"),
    ],
)
def test_a_mistake_says_how_to_mend_it(text: str, advice: str) -> None:
    with pytest.raises(RegimenError, match=advice):
        parse_regimen(text)
