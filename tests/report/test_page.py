"""The page and the document: complete, still, printable, and honest about what they are."""

import io
import itertools
import re
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from osteon.pathway.plan import plan
from osteon.report.document import document
from osteon.report.page import page
from osteon.report.view import View, view
from tests.examples import occasion


class Outline(HTMLParser):
    """The tags, ids, links and headings of a page, and whether every tag that opens also closes."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.levels: list[int] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a" and values.get("href"):
            self.links.add(str(values["href"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shown(name: str) -> View:
    at = occasion(name)
    return view(plan(at), at)


@pytest.mark.parametrize("name", ["jane", "mark"])
def test_the_page_is_whole_and_fetches_nothing(name: str) -> None:
    text = page(shown(name))
    outline = Outline(text)
    assert not outline.open
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert "src=" not in text
    assert all(link.startswith("#") for link in outline.links)


@pytest.mark.parametrize("name", ["jane", "mark"])
def test_every_citation_leads_to_its_source(name: str) -> None:
    outline = Outline(page(shown(name)))
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize("name", ["jane", "mark"])
def test_headings_never_skip_a_level(name: str) -> None:
    levels = Outline(page(shown(name))).levels
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_style_sheet_arrives_unescaped() -> None:
    assert "ul.lines > li" in page(shown("jane"))


def test_the_title_names_no_patient() -> None:
    assert "<title>Osteoporosis treatment plan</title>" in page(shown("jane"))


@pytest.mark.parametrize("name", ["jane", "mark"])
def test_page_and_document_leave_the_signature_empty_and_say_so(name: str) -> None:
    made = shown(name)
    assert made.plan.sign_off.prescriber == ""
    assert made.plan.sign_off.signed_on is None
    assert "Not clinically signed off" in page(made)
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(document(made))).pages)
    assert "Not clinically signed off" in re.sub(r"\s+", " ", text)
    assert "Signature" in text


def test_what_a_patient_typed_cannot_become_markup() -> None:
    made = shown("jane")
    assert "<b>" not in page(replaced(made, "<b>Jane</b>"))


def replaced(made: View, name: str) -> View:
    import msgspec

    return msgspec.structs.replace(made, strip=(("Name", name), *made.strip[1:]))
