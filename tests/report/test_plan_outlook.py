"""What a plan says of the bones: on the screen, on the page and in the document."""

import io
import itertools
import re
from functools import cache

import msgspec
import pytest
from pypdf import PdfReader
from rich.console import Console

from osteon.bone.types import Flag
from osteon.pathway.forecasts import with_forecasts
from osteon.pathway.plan import Plan, plan
from osteon.report.document import document
from osteon.report.outlook import QUESTION, OutlookView, no_drug_words, option_words, outlook_view
from osteon.report.page import page
from osteon.report.terminal import show
from osteon.report.view import View, view
from tests.examples import occasion
from tests.pathway.charting import occasion as charted
from tests.pathway.foretold import Asked
from tests.pathway.test_vignettes import WELL
from tests.report.test_page import Outline


@cache
def forecasted(name: str = "jane", few: int = 3) -> Plan:
    """The plan with the first few options, so that pictures are drawn quickly."""
    at = occasion(name)
    made = plan(at)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("osteon.bone.forecast.forecast", Asked().forecast)
        return with_forecasts(msgspec.structs.replace(made, options=made.options[:few]), at)


@cache
def shown(name: str = "jane") -> View:
    return view(forecasted(name), occasion(name))


@cache
def printed_page() -> str:
    return page(shown())


def outlook(made: View | None = None) -> OutlookView:
    found = (made or shown()).outlook
    assert found is not None
    return found


def on_screen(made: View, *, explain: bool = False) -> str:
    out = io.StringIO()
    show(made, Console(file=out, width=120, highlight=False), explain=explain)
    return re.sub(r"\s+", " ", out.getvalue())


def no_scan() -> View:
    at = charted(*[each for each in WELL if getattr(each, "kind", "") != "t_score"])
    return view(with_forecasts(plan(at), at), at)


def test_the_chosen_option_comes_first_then_no_drug_then_the_others() -> None:
    rows = outlook().rows
    assert rows[0].option is not None
    assert rows[0].option.drug == forecasted().chosen
    assert rows[1].option is None
    assert [row.name for row in rows] == ["zoledronic acid", "no drug", "teriparatide", "denosumab"]


def test_the_answer_says_where_the_worst_site_goes_and_who_breaks_a_bone() -> None:
    answer = outlook().answer
    assert answer.text.startswith("Zoledronic acid: lumbar spine T-score -3.1 today, -2.7 in 10 years (-3.0 to -2.4")
    assert "of 100 like this 6.8 break a vertebra on X-ray (18 without a drug), 3.5 a hip (5.8)." in answer.text
    assert answer.lines[0].text.startswith(
        "If the dose of zoledronic acid that is due in month 12.5 comes 3 months late"
    )


def test_every_row_says_density_the_chance_and_fractures() -> None:
    row = outlook().rows[3]
    assert row.sites[0].middle == ("+3.4", "+7.6", "+11.6")
    assert row.sites[0].between == "+6.5 to +16.6"
    assert (row.chance, row.vertebra, row.hip) == ("40 %", "6.8", "3.5")


def test_without_a_risk_fractures_are_a_question_mark_and_the_sentence_says_why() -> None:
    made = forecasted()
    assert made.outlook is not None
    assert made.outlook.without is not None
    without = msgspec.structs.replace(made.outlook.without, fractures=None, fracture_basis="no risk is known")
    bare = msgspec.structs.replace(
        made, chosen="", outlook=msgspec.structs.replace(made.outlook, without=without), options=()
    )
    found = outlook_view(bare, occasion("jane"))
    assert found is not None
    assert (found.rows[0].vertebra, found.rows[0].hip) == ("?", "?")
    assert found.answer.text.endswith("how many would break a bone cannot be told: no risk is known.")
    assert found.answer.text.startswith("On calcium and vitamin D alone: ")


def test_the_worst_flag_comes_first_after_the_late_dose() -> None:
    made = forecasted()
    assert made.outlook is not None
    flags = (Flag("assumed", "a guess"), Flag("outside", "too young"), Flag("sparse", "few people"))
    found = outlook_view(
        msgspec.structs.replace(made, outlook=msgspec.structs.replace(made.outlook, flags=flags)), occasion("jane")
    )
    assert found is not None
    assert [line.text for line in found.answer.lines[1:]] == ["Too young.", "Few people.", "A guess."]


def test_left_out_on_request_nothing_is_said_of_it() -> None:
    made = view(plan(occasion("jane")), occasion("jane"))
    assert made.outlook is None
    assert QUESTION not in on_screen(made)
    assert 'id="bones"' not in page(made)


def test_without_a_scan_every_report_says_why() -> None:
    made = no_scan()
    why = "Cannot tell: no density scan of spine or hip with a T-score is known."
    assert why in on_screen(made)
    assert why in page(made)
    assert "Side by side" not in on_screen(made)


def test_explained_the_screen_names_every_option_and_its_late_dose() -> None:
    text = on_screen(shown(), explain=True)
    assert "teriparatide: If the dose of zoledronic acid that is due in month 24.5 comes 3 months late" in text
    assert "Fractures start from" in text


def test_the_list_of_options_says_what_each_would_do() -> None:
    made = forecasted()
    assert made.outlook is not None
    (without, assumed) = no_drug_words(made.outlook)
    assert without.text.startswith("On calcium and vitamin D alone: lumbar spine T-score")
    assert "not taken as meant" in assumed.text
    first, late = option_words(made.options[2], made.outlook)
    assert "break a vertebra on X-ray (18 without a drug)" in first.text
    assert "denosumab" in late.text
    assert list(option_words(msgspec.structs.replace(made.options[2], forecast=None), made.outlook)) == []


def test_the_page_shows_the_fan_of_every_option_and_the_late_dose() -> None:
    text = printed_page()
    outline = Outline(text)
    assert not outline.open
    assert outline.tags.count("svg") == len(outlook().rows) + 2
    assert {f"bones-of-{name}" for name in ("zoledronic_acid", "no-drug", "teriparatide", "denosumab")} <= set(
        outline.ids
    )
    assert len(outline.ids) == len(set(outline.ids))
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert "If the next dose is late" in text
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert all(after - before <= 1 for before, after in itertools.pairwise(outline.levels))


def test_the_document_says_the_same() -> None:
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(document(shown()))).pages)
    text = re.sub(r"\s+", " ", text)
    assert "What each option would do to the bones" in text
    assert outlook().rows[3].sites[0].between in text
