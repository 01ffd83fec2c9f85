"""Who is meant by what somebody typed: a name, a record number, or a birth date?"""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db.models import Q, QuerySet
from msgspec import Struct

from osteon.clinic.records.models import Patient, plain

_YEARS_BEFORE_YEAR = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
"""Ways to write a day that can be read in one way only."""

_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m%d%Y", "%d.%m.%Y")
_FIRST_YEAR = 1900


class Asked(Struct, frozen=True):
    """What was typed, and what it can mean. `days` are the birth dates that it can stand for, `year` a birth year."""

    text: str
    days: tuple[date, ...] = ()
    year: int | None = None

    @property
    def meaning(self) -> str:
        """What was looked for, in words, where that is not plain."""
        if self.days:
            return "born " + " or ".join(f"{day.day} {day:%B %Y}" for day in self.days)
        if self.year:
            return f"born in {self.year}, or with this in the record number"
        return ""


def asked(text: str, jurisdiction: str) -> Asked:
    """What can this text mean? Where month and day can be read either way, the clinic's country decides, then both."""
    text = " ".join(text.split())
    days = birth_dates(text, month_first=jurisdiction.lower() == "us")
    year = int(text) if re.fullmatch(r"(19|20)\d\d", text) else None
    return Asked(text, days, year)


def birth_dates(text: str, *, month_first: bool) -> tuple[date, ...]:
    """The days that a text can stand for, the likelier first; none where it is no date of a living person."""
    plain_text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.replace(",", " "), flags=re.IGNORECASE)
    plain_text = " ".join(plain_text.split())
    sure = [day for form in _YEARS_BEFORE_YEAR if (day := _read(plain_text, form))]
    if sure:
        return (sure[0],)
    order = (*_MONTH_FIRST, *_DAY_FIRST) if month_first else (*_DAY_FIRST, *_MONTH_FIRST)
    return tuple(dict.fromkeys(day for form in order if (day := _read(plain_text, form))))


def _read(text: str, form: str) -> date | None:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def found(what: Asked) -> QuerySet[Patient]:
    """The patients that this can mean, by name. Without a text: everybody. Records merged into another are left out.

    Each word of a name has to stand somewhere in it, with or without accents, in either case; a record number is
    found by any part of it, with or without its hyphens.
    """
    everybody = Patient.objects.filter(merged_into__isnull=True).order_by("search_name", "birth_date", "pk")
    if not what.text:
        return everybody
    if what.days:
        return everybody.filter(birth_date__in=what.days)
    by_number = Q(record_number__icontains=what.text)
    if what.year:
        return everybody.filter(by_number | Q(birth_date__year=what.year))
    by_name = Q()
    for word in plain(what.text.replace(",", " ")).split():
        by_name &= Q(search_name__contains=word)
    return everybody.filter(by_number | by_name)
