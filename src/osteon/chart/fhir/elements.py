"""Which parts of FHIR's data types does the program read?

Only fields that are used are named: msgspec skips all others without building an object, which is why reading is
fast. A missing string is "", a missing list is (), a missing element is None.
"""

from __future__ import annotations

import re

from msgspec import Struct


class Element(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A data type of FHIR, or a part of a resource."""


class Coding(Element, frozen=True, kw_only=True):
    """A code in a code system."""

    system: str = ""
    code: str = ""
    display: str = ""


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


class Concept(Element, frozen=True, kw_only=True):
    """A CodeableConcept: the same thing in one or more codings, and in words."""

    coding: tuple[Coding, ...] = ()
    text: str = ""

    @property
    def words(self) -> str:
        """What a person would call it: the text, else the first display, else the first code."""
        said = self.text or next((each.display for each in self.coding if each.display), "") or self.code
        return said.strip() if said.isascii() else _INVISIBLE.sub("", said).strip()

    @property
    def all_words(self) -> str:
        """Every word that stands in it."""
        return " ".join(filter(None, [self.text, *(each.display for each in self.coding)]))

    @property
    def code(self) -> str:
        """The first code, or an empty string."""
        return next((each.code for each in self.coding if each.code), "")


NOTHING = Concept()


class Identifier(Element, frozen=True, kw_only=True):
    """A number that some organisation gave."""

    type: Concept | None = None
    system: str = ""
    value: str = ""


class Reference(Element, frozen=True, kw_only=True):
    """A pointer to another resource."""

    reference: str = ""
    display: str = ""
    identifier: Identifier | None = None


class Quantity(Element, frozen=True, kw_only=True):
    """A number with its unit; `comparator` says that the true value lies below or above it."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Range(Element, frozen=True, kw_only=True):
    """From where to where?"""

    low: Quantity | None = None
    high: Quantity | None = None


class Period(Element, frozen=True, kw_only=True):
    """From when to when?"""

    start: str = ""
    end: str = ""


class Annotation(Element, frozen=True, kw_only=True):
    """A note."""

    text: str = ""


class Extension(Element, frozen=True, kw_only=True):
    """An extension, as far as one is read."""

    url: str = ""
    value_string: str = ""
    value_code: str = ""
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    extension: tuple[Extension, ...] = ()


class Meta(Element, frozen=True, kw_only=True):
    """Which version of a resource is this?"""

    version_id: str = ""
    last_updated: str = ""
