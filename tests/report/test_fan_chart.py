"""The picture of a forecast: what it shows is what the forecast says, and everybody can read it."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.bone.goals import SD_OF_MEAN
from osteon.bone.late_dose import next_dose_late
from osteon.bone.patient import SITES, Scan
from osteon.bone.precision import scan_error_pct
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.report.forecast_chart import TooManyFansError, fan_chart
from osteon.report.forecast_chart_places import Box, apart, beside
from osteon.report.forecast_late import Late, late_words
from osteon.report.forecast_picture import inline_svg, png, svg
from osteon.report.forecast_reading import caption, fan_rows, leading_site, rows, table
from osteon.report.forecast_sketch import MIDDLE, sketch
from osteon.report.forecast_words import drugs_words, per_100, percent, regimen_words, signed, span_words
from osteon.report.notebook import show
from tests.report.forecasts import DENOSUMAB, TODAY, ZOLEDRONATE, forecast, rebound, rising

SCANS = (Scan(-38.0, "total_hip", -2.2), Scan(0.0, "total_hip", -2.6), Scan(0.0, "lumbar_spine", -3.1))


def spec(*args: Any, **how: Any) -> dict[str, Any]:
    """What the chart says, checked against the schema of Vega-Lite."""
    found: dict[str, Any] = fan_chart(*args, **how).to_dict()
    return found


def data_of(layer: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    data = layer["data"]
    values: list[dict[str, Any]] = data["values"] if "values" in data else whole["datasets"][data["name"]]
    return values


def marks(whole: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in whole["layer"] if layer["mark"]["type"] == kind]


def words(whole: dict[str, Any]) -> list[str]:
    return [data_of(layer, whole)[0]["words"] for layer in marks(whole, "text")]


def grey(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- the fan -------------------------------------------------------------------------------------------------------


def test_the_fan_holds_the_numbers_of_the_forecast() -> None:
    seen = forecast()
    whole = spec(seen, site="total_hip")
    drawn = whole["datasets"]["fan1"]
    fan = seen.t_score["total_hip"]
    assert [row["median"] for row in drawn] == pytest.approx(fan.median, abs=1e-4)
    assert [row["low90"] for row in drawn] == pytest.approx(fan.low90, abs=1e-4)
    assert [row["high50"] for row in drawn] == pytest.approx(fan.high50, abs=1e-4)
    assert drawn[0]["year"] == 0.0
    assert drawn[-1]["year"] == 10.0


def test_it_shows_one_or_two_fans_and_teaches_who_asks_for_three() -> None:
    one, two = spec(forecast()), spec([forecast(), forecast(ZOLEDRONATE)])
    assert (len(marks(one, "area")), len(marks(two, "area"))) == (2, 4)
    with pytest.raises(TooManyFansError, match=r"at most 2 fans.*3 were given.*each pair"):
        fan_chart([forecast()] * 3)
    with pytest.raises(ValueError, match="none was given"):
        fan_chart([])


def test_a_site_that_the_forecast_lacks_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="nothing on 'forearm'; it has lumbar_spine, total_hip, femoral_neck"):
        fan_chart(forecast(), site="forearm")  # type: ignore[arg-type]


def test_names_must_be_as_many_as_fans() -> None:
    with pytest.raises(ValueError, match="2 fans need as many names, not 1"):
        fan_chart([forecast(), forecast(ZOLEDRONATE)], names=["denosumab"])


def test_the_site_with_the_lowest_t_score_leads() -> None:
    assert leading_site([forecast()]) == min(TODAY, key=lambda site: TODAY[site])
    assert leading_site([forecast(t_scores=False)]) == "total_hip"


def test_without_a_t_score_it_shows_the_change_of_density_and_no_threshold() -> None:
    seen = forecast(t_scores=False)
    whole = spec(seen, site="total_hip", measured=SCANS, target=-2.0)
    assert whole["datasets"]["fan1"][0]["median"] == 0.0
    assert whole["datasets"]["fan1"][-1]["median"] == pytest.approx(
        seen.density_pct["total_hip"].median[-1] - 100.0, abs=1e-4
    )
    assert not marks(whole, "point")
    assert not [each for each in words(whole) if "osteoporosis" in each or "target" in each]


def test_it_can_stop_early_and_reach_given_values() -> None:
    whole = spec(forecast(), site="total_hip", years=4, ends=(-4.4, 0.2))
    assert max(row["year"] for row in whole["datasets"]["fan1"]) == 4.0
    domain = marks(whole, "area")[0]["encoding"]["y"]["scale"]["domain"]
    assert domain == [-4.5, 0.5]


# --- dots, thresholds, today -----------------------------------------------------------------------------------------


def test_a_dot_stands_for_each_scan_of_the_site_with_its_error() -> None:
    whole = spec(forecast(), site="total_hip", measured=SCANS)
    dots = data_of(marks(whole, "point")[0], whole)
    assert [dot["t"] for dot in dots] == [-2.2, -2.6]
    relative = SD_OF_MEAN["total_hip"]
    sd = scan_error_pct()[SITES.index("total_hip")] / 100.0 * (1.0 + relative * -2.6) / relative
    assert dots[1]["high"] - dots[1]["t"] == pytest.approx(1.6449 * sd, rel=1e-4)
    assert dots[1]["t"] - dots[1]["low"] == pytest.approx(1.6449 * sd, rel=1e-4)


def test_today_is_a_line_and_a_word_of_the_axis() -> None:
    whole = spec(forecast())
    axis = marks(whole, "area")[0]["encoding"]["x"]["axis"]
    assert "'today'" in axis["labelExpr"]
    assert any(data_of(rule, whole) == [{"year": 0.0}] for rule in marks(whole, "rule"))


@pytest.mark.parametrize(
    ("site", "shown"), [("total_hip", ["osteoporosis: -2.5 or less"]), ("lumbar_spine", ["osteoporosis: -2.5 or less"])]
)
def test_thresholds_are_named_where_they_lie_in_the_picture(site: Any, shown: list[str]) -> None:
    found = words(spec(forecast(), site=site))
    assert [each for each in dict.fromkeys(found) if "osteoporosis" in each or "normal" in each] == shown


def test_the_target_is_named_and_drawn_stronger_than_thresholds() -> None:
    whole = spec(forecast(), site="total_hip", target=-2.0)
    levels = {data_of(rule, whole)[0].get("level"): rule["mark"] for rule in marks(whole, "rule")}
    assert levels[-2.0]["strokeWidth"] > levels[-2.5]["strokeWidth"]
    assert "target -2.0" in words(whole)
    assert "target -2.5 (osteoporosis: -2.5 or less)" in words(spec(forecast(), site="total_hip", target=-2.5))


# --- for every eye ---------------------------------------------------------------------------------------------------


def test_two_fans_are_told_apart_without_colour() -> None:
    whole = spec([forecast(), forecast(ZOLEDRONATE, gain=rising(7.5, 2.0))])
    middles = [layer["mark"] for layer in marks(whole, "line") if layer["mark"]["strokeWidth"] > 2]
    assert middles[0]["strokeDash"] != middles[1]["strokeDash"]
    bands = [layer["mark"] for layer in marks(whole, "area")]
    assert grey(bands[2]["color"]) > 2.0 * grey(bands[0]["color"])
    assert {"denosumab", "zoledronic acid"} <= set(words(whole))


def test_words_and_lines_stand_out_from_white_paper() -> None:
    whole = spec([forecast(), forecast(ZOLEDRONATE)], target=-2.0)
    for layer in whole["layer"]:
        mark = layer["mark"]
        if mark["type"] == "text" and mark["color"] != "white":
            assert 1.05 / (grey(mark["color"]) + 0.05) >= 4.5, mark
        if mark["type"] == "line":
            assert 1.05 / (grey(mark["color"]) + 0.05) >= 3.0, mark


def test_the_same_drug_twice_is_named_by_what_differs() -> None:
    pair = [forecast(), forecast("denosumab:60mg/6mo@0-60", gain=rebound(14.0, 66.0))]
    whole = spec(pair, names=["on time", "stopped after 5 years"])
    assert whole["title"]["text"] == ["Lumbar spine, denosumab: on time against stopped after 5 years"]


def test_the_title_carries_the_caption() -> None:
    subtitle = " ".join(spec(forecast())["title"]["subtitle"]).replace("\u00a0", " ")
    assert caption(forecast(), "lumbar_spine") in subtitle
    assert "90 of 100" in subtitle
    assert "title" not in spec(forecast(), titled=False)


def test_the_files_are_drawn_with_nothing_fetched() -> None:
    chart = fan_chart(forecast(), measured=SCANS)
    text = svg(chart)
    assert set(re.findall(r"https?://[^\"' ]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert f"<title>{caption(forecast(), 'lumbar_spine')}</title>" in text
    assert png(chart).startswith(b"\x89PNG\r\n\x1a\n")


def test_inline_pictures_share_no_id_and_leave_speech_to_the_page() -> None:
    text = inline_svg(fan_chart(forecast()), prefix="one")
    assert text.startswith('<svg aria-hidden="true"')
    assert "role=" not in text
    assert "aria-label=" not in text
    assert all(name.startswith("one-") for name in re.findall(r'\bid="([^"]*)"', text))
    assert "<svg " in text
    assert not re.search(r'^<svg [^>]*\bwidth="', text)


# --- where words stand -----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(10, 45)), min_size=1, max_size=6))
def test_labels_at_the_ends_never_lie_on_each_other(blocks: list[tuple[float, float]]) -> None:
    tops = apart(blocks, 320.0)
    spans = sorted((top, top + height) for top, (_, height) in zip(tops, blocks, strict=True))
    assert all(after[0] >= before[1] for before, after in itertools.pairwise(spans))
    assert spans[-1][1] <= 330.0 + 1e-9


def test_words_beside_a_level_keep_off_what_is_there() -> None:
    dot = Box(20.0, 80.0, 34.0, 100.0)
    place, box = beside(100.0, "osteoporosis", (0.0, 600.0), 320.0, [dot])
    assert box.overlap(dot) == 0.0
    assert place.at_start
    assert not place.above
    top = beside(3.0, "normal", (0.0, 600.0), 320.0, [])[1]
    assert top.top >= 0.0


# --- in words and numbers --------------------------------------------------------------------------------------------


def test_the_caption_says_start_end_and_range() -> None:
    assert caption(forecast(ZOLEDRONATE, gain=rising(7.5, 2.0)), "lumbar_spine") == (
        "Lumbar spine, zoledronic acid 5 mg every 12 months, 3 doses: T-score -3.1 today, about -2.6 after 10 years; "
        "90 of 100 people like this lie between -2.9 and -2.3."
    )
    assert "density changes by about +4.5 % in 10 years" in caption(
        forecast(ZOLEDRONATE, gain=rising(7.5, 2.0), t_scores=False), "total_hip"
    )


def test_the_caption_tells_of_a_turn() -> None:
    fallen = forecast("denosumab:60mg/6mo@0-60", gain=rebound(14.0, 66.0))
    assert caption(fallen, "lumbar_spine").endswith("It is highest after 5.5 years (-2.3) and falls again.")
    dip = forecast(gain=lambda month: -6.0 * np.sin(min(month, 24.0) / 24.0 * np.pi))
    assert caption(dip, "lumbar_spine").endswith("and rises again.")
    assert "It is" not in caption(forecast(), "lumbar_spine")


def test_the_table_carries_the_numbers_of_the_picture() -> None:
    seen = forecast()
    drawn = {row["year"]: row for row in spec(seen, site="total_hip")["datasets"]["fan1"]}
    head, *body = table(seen, "total_hip")
    assert head[1] == "T-score, middle"
    assert [row[0] for row in body][:3] == ["today", "1 year", "2 years"]
    assert len(body) == 11
    for year, row in enumerate(body):
        assert row[1] == f"{drawn[float(year)]['median']:.1f}"
        assert row[3] == f"{drawn[float(year)]['low90']:.1f} to {drawn[float(year)]['high90']:.1f}"


def test_a_short_forecast_has_a_row_for_each_half_year_and_its_end() -> None:
    assert [row[0] for row in table(forecast(years=2), "total_hip")[1:]] == [
        "today", "6 months", "1 year", "18 months", "2 years",
    ]  # fmt: skip
    fan = forecast().t_score["total_hip"]
    cut = [type(fan)(*(values[:21] for values in (fan.low90, fan.low50, fan.median, fan.high50, fan.high90)))]
    assert [row.month for row in fan_rows(range(21), cut[0])] == [0, 12, 20]


@pytest.mark.parametrize(
    ("notation", "said"),
    [
        ("none", "calcium and vitamin D alone"),
        ("denosumab:60mg/6mo@0-120", "denosumab 60 mg every 6 months, 20 doses"),
        ("zoledronic_acid:5mg@0", "zoledronic acid 5 mg once"),
        ("zoledronic_acid:5mg/12mo@0-12", "zoledronic acid 5 mg once"),
        ("teriparatide:20ug/1d@0-24", "teriparatide 20 µg every day for 2 years"),
        ("alendronate:70mg/1wk@0-18", "alendronate 70 mg every week for 18 months"),
        (
            "romosozumab:210mg/1mo@0-12,zoledronic_acid:5mg/12mo@12-48",
            "romosozumab 210 mg every month, 12 doses, then in month 12 zoledronic acid 5 mg every 12 months, 3 doses",
        ),
        (
            "denosumab:60mg/6mo@0-24,teriparatide:20ug/1d@0-24",
            "denosumab 60 mg every 6 months, 4 doses, together with teriparatide 20 µg every day for 2 years",
        ),
        ("denosumab:60mg/6mo@-54-0", "denosumab 60 mg every 6 months, 9 doses, begun 54 months ago"),
        (
            "alendronate:70mg/1wk@-60--24",
            "alendronate 70 mg every week for 3 years, begun 5 years ago until 2 years ago",
        ),
        ("zoledronic_acid:5mg@-12", "zoledronic acid 5 mg once 1 year ago"),
        ("ibandronate:3mg/3mo@0-12", "ibandronate (into the vein) 3 mg every 3 months, 4 doses"),
    ],
)
def test_a_regimen_is_said_in_words(notation: str, said: str) -> None:
    assert regimen_words(notation) == said


def test_small_words_are_right() -> None:
    assert drugs_words("romosozumab:210mg/1mo@0-12,zoledronic_acid:5mg@12") == "romosozumab → zoledronic acid"
    assert [span_words(month) for month in (1, 12, 18, 120, 2.5, 2.07, 57.7, 59.9)] == [
        "1 month", "1 year", "18 months", "10 years", "2.5 months", "2.1 months", "58 months", "5 years",
    ]  # fmt: skip
    assert [signed(value) for value in (3.44, -0.04, -1.25)] == ["+3.4", "0.0", "-1.2"]
    assert [per_100(value) for value in (0.0, 0.0002, 0.034, 0.2)] == ["0.0", "under 0.1", "3.4", "20"]
    assert [percent(value) for value in (0.0, 0.004, 0.37, 1.0)] == ["under 1 %", "under 1 %", "37 %", "over 99 %"]


def test_the_sketch_follows_the_middle_line() -> None:
    seen = rows(forecast(), "total_hip", every_months=1.0)
    lines = sketch(seen, [-2.5], digits=1)
    body = [line.split("│", 1) for line in lines if "│" in line]
    for column in (0, 30, 65):
        shown = [float(label) for label, marks_ in body if marks_[column] == MIDDLE]
        month = seen[-1].month * column / 65
        middle = min(seen, key=lambda row: abs(row.month - month)).median
        assert any(abs(value - middle) <= 0.06 for value in shown)
    assert lines[-1].split()[0] == "today"
    assert lines[-1].split()[-2:] == ["10", "years"]


# --- the late dose ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regimen", "history", "late", "month"),
    [
        (DENOSUMAB, "none", "denosumab:60mg/6mo@0-6,denosumab:60mg/6mo@9-123", 6.0),
        ("denosumab:60mg/6mo@0-24", "denosumab:60mg/6mo@-24-0", "denosumab:60mg/6mo@3-27", 0.0),
        ("zoledronic_acid:5mg@3", "denosumab:60mg/6mo@-24-0", "zoledronic_acid:5mg@6", 3.0),
        ("zoledronic_acid:5mg/12mo@0-36", "alendronate:70mg/1wk@-60-0", None, 12.0),
    ],
)
def test_the_next_dose_is_the_first_that_follows_another(
    regimen: str, history: str, late: str | None, month: float
) -> None:
    found = next_dose_late(parse_regimen(regimen), parse_regimen(history), 3.0)
    assert found is not None
    assert found.month == pytest.approx(month)
    if late is not None:
        assert str(found.regimen) == late


@pytest.mark.parametrize("regimen", ["none", "zoledronic_acid:5mg@0", "alendronate:70mg/1wk@0-60"])
def test_without_a_next_dose_at_a_clinic_nothing_is_late(regimen: str) -> None:
    assert next_dose_late(parse_regimen(regimen), Regimen(), 3.0) is None


def test_the_cost_of_a_late_dose_is_said_in_points_and_people() -> None:
    base = rising(14.0, 3.5)
    later = forecast(gain=lambda month: base(month) - (4.0 if 8.0 <= month <= 10.0 else 0.0))
    said = late_words(forecast(), Late("denosumab", 6.0, 3.0, later))
    assert said.startswith("If the dose of denosumab that is due in month 6 comes 3 months late, density is up to 4.0")
    assert "(lumbar spine, month" in said
    assert "as many people break a vertebra in 10 years" in said
    assert "hardly changes" in late_words(forecast(), Late("denosumab", 6.0, 3.0, forecast()))


# --- a notebook ------------------------------------------------------------------------------------------------------


def test_a_notebook_shows_sentence_picture_flags_and_table() -> None:
    shown = show(forecast(), measured=SCANS, target=-2.0)
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == caption(forecast(), "lumbar_spine")
    html = bundle["text/html"]
    assert html.index("T-score -3.1 today") < html.index("<svg ") < html.index("<table>")
    assert "<script" not in html
    assert shown.chart.to_dict()["layer"]
