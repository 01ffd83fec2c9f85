"""The page and the screen of forecasts: complete, still, and honest about what is not known."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pytest
from rich.console import Console

from osteon.bone.patient import Patient, Scan
from osteon.bone.regimen import parse_regimen
from osteon.bone.types import Flag
from osteon.report.forecast_late import Late
from osteon.report.forecast_page import forecast_page
from osteon.report.forecast_terminal import show_forecast
from osteon.report.forecast_view import BANNER, ForecastView, Foreseen, forecast_view, patient_facts
from tests.report.forecasts import TODAY, ZOLEDRONATE, forecast, rebound, rising
from tests.report.test_page import Outline

JANE = Patient(
    sex="F",
    age=65.0,
    scans=(Scan(-24.0, "total_hip", -2.3), *(Scan(0.0, site, score) for site, score in TODAY.items())),
    history=parse_regimen("alendronate:70mg/1wk@-60-0"),
    hip_risk_10y=0.03,
    risk_source="FRAX",
)
UNTESTED = Flag("untested", "no trial has tested zoledronic acid after this course", 0)


LATE = Late("denosumab", 6.0, 3.0, forecast("denosumab:60mg/6mo@0-6,denosumab:60mg/6mo@9-123", gain=rebound(14.0, 8.0)))


def jane(**changed: object) -> ForecastView:
    seen = [
        Foreseen(forecast(), LATE),
        Foreseen(forecast(ZOLEDRONATE, gain=rising(7.5, 2.0), flags=(UNTESTED,))),
    ]
    how: dict[str, object] = {"who": "Jane Roe, female, 65 years", "facts": patient_facts(JANE), **changed}
    return forecast_view(seen, JANE, **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page() -> str:
    return forecast_page(jane())


def screen(view: ForecastView) -> str:
    out = io.StringIO()
    show_forecast(view, Console(file=out, width=120, highlight=False))
    return re.sub(r"\s+", " ", out.getvalue())


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_is_whole_and_fetches_nothing(page: str) -> None:
    outline = Outline(page)
    assert not outline.open
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert "src=" not in page
    assert all(link.startswith("#") for link in outline.links)
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_headings_never_skip_a_level(page: str) -> None:
    levels = Outline(page).levels
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_title_names_no_patient(page: str) -> None:
    assert "<title>Bone forecast</title>" in page


def test_the_sentence_stands_before_the_picture_and_the_numbers_after(page: str) -> None:
    part = page[page.index('id="regimen1"') : page.index('id="regimen2"')]
    assert part.index("T-score -3.1 today, about -2.3 after 10 years") < part.index("<svg ") < part.index("<caption>")
    assert part.count("<svg ") == 4  # three sites, and the late dose


def test_flags_are_shown_as_icon_word_and_text(page: str) -> None:
    assert re.search(
        r'<span class="badge warn"><span aria-hidden="true">▲</span> no trial</span> '
        r"No trial has tested zoledronic acid after this course\.",
        page,
    )


def test_chance_fractures_late_dose_and_evidence_are_there(page: str) -> None:
    assert "total hip -2.5 or more" in page
    assert re.search(r"<td[^>]*>60 %</td>", page)
    assert "6.8 break a vertebra as X-rays show it (18 if never treated)" in page
    assert "If the dose of denosumab that is due in month 6 comes 3 months late" in page
    assert "Rests on 212 observations of trials with these drugs; corrected by 3 measurements" in page


def test_every_table_and_picture_that_scrolls_can_be_reached_by_keyboard(page: str) -> None:
    scrolling = re.findall(r'<div class="wide"[^>]*>', page)
    assert scrolling
    assert all('tabindex="0"' in each and 'role="region"' in each and "aria-label=" in each for each in scrolling)


def test_what_a_patient_is_called_cannot_become_markup() -> None:
    assert "<b>Jane" not in forecast_page(jane(who="<b>Jane</b>"))


def test_it_fits_the_screen_and_fetches_nothing_in_a_browser(page: str, tmp_path: Path, chromium) -> None:
    target = tmp_path / "forecast.html"
    target.write_text(page, "utf-8")
    for width in (320, 1100):
        shown = chromium.new_page(viewport={"width": width, "height": 900})
        requests: list[str] = []
        complaints: list[str] = []
        shown.on("request", lambda request, seen=requests: seen.append(request.url))
        shown.on("console", lambda message, seen=complaints: seen.append(message.text))
        shown.goto(target.as_uri())
        assert requests == [target.as_uri()]
        assert complaints == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        shown.close()


# --- the screen ------------------------------------------------------------------------------------------------------


def test_the_screen_says_the_same_as_the_page(page: str) -> None:
    shown = screen(jane())
    for words in (
        "Bone forecast: Jane Roe, female, 65 years",
        BANNER,
        "Lumbar spine: T-score -3.1 today, about -2.3 after 10 years",
        "▲ no trial No trial has tested zoledronic acid after this course.",
        "Of 100 people like this, in 10 years, 6.8 break a vertebra as X-rays show it (18 if never treated)",
        "If the dose of denosumab that is due in month 6 comes 3 months late",
        "Rests on 212 observations",
        "10-year risk, hip 3 % (FRAX)",
        "alendronate 70 mg every week for 5 years, begun 5 years ago",
    ):
        assert words in shown
    assert "━" in shown
    assert "━" not in page


def test_all_regimens_stand_side_by_side_where_there_are_several() -> None:
    assert "Fractures: people of 100; if never treated in brackets." in screen(jane())
    assert "in brackets" not in screen(forecast_view([Foreseen(forecast())], JANE))


# --- what is not known -----------------------------------------------------------------------------------------------


def test_without_a_risk_or_a_t_score_it_says_cannot_tell() -> None:
    view = forecast_view([Foreseen(forecast(t_scores=False, fractures=False))], Patient(sex="M", age=70.0))
    (row,), (part,) = view.summary, view.parts
    assert (row.chance, row.vertebra, row.hip) == ("cannot tell",) * 3
    assert part.fracture_words == "How many would break a bone cannot be told: no risk and no age is known."
    assert not part.fractures
    assert not part.chances
    shown = screen(view)
    assert "change of density, %" in shown
    text = forecast_page(view)
    assert "Cannot tell: no T-score is known." in text
    assert "T-score" not in text[text.index("<figure") : text.index("Chance of the target")]


def test_what_is_not_known_of_the_patient_is_said_to_be_not_known() -> None:
    facts = dict(patient_facts(Patient(sex="F", age=65.0)))
    assert facts["T-score, lumbar spine"] == "not known"
    assert facts["Since menopause"] == "not known"
    assert facts["Creatinine clearance"] == "not known"
    assert facts["Treatment so far"] == "none"
    assert dict(patient_facts(JANE))["T-score, total hip"] == "-2.6, -2.3 (2 years ago)"


def test_what_holds_for_every_regimen_is_said_once() -> None:
    patient = Flag("assumed", "kidney function is not known")
    both = [Foreseen(forecast(flags=(patient,))), Foreseen(forecast(ZOLEDRONATE, flags=(patient, UNTESTED)))]
    view = forecast_view(both, JANE)
    assert [words for _, words in view.flags] == ["Kidney function is not known."]
    assert [[words for _, words in part.flags] for part in view.parts] == [
        [],
        ["No trial has tested zoledronic acid after this course."],
    ]
    assert screen(view).count("Kidney function is not known.") == 1
    assert forecast_page(view).count("Kidney function is not known.") == 1
    alone = forecast_view(both[:1], JANE)
    assert not alone.flags
    assert len(alone.parts[0].flags) == 1


def test_the_rebound_is_told_apart_from_other_fractures() -> None:
    rows = {row.kind: row for row in jane().parts[0].fractures}
    assert rows["vertebral"].rebound == "0.4"
    assert rows["hip"].rebound == ""


def test_a_drug_without_any_trial_says_so() -> None:
    import msgspec

    bare = msgspec.structs.replace(forecast(), evidence=0, learned_from=0)
    (part,) = forecast_view([Foreseen(bare)], JANE).parts
    assert part.evidence == (
        "No observation of a trial with these drugs stands behind it; not corrected by any measurement of this patient."
    )


def test_a_view_needs_a_forecast() -> None:
    with pytest.raises(ValueError, match="no forecast"):
        forecast_view([], JANE)
