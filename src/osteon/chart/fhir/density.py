"""At which site of the skeleton, on which side, was a bone density measured?

Senders name the site in the code, in its words, in the body site, or only in the report that lists the result; and
they misuse codes: LOINC 38265-5 is the radius and ulna by its name, and is sent for the spine or for no site at all.
The body site says it best, then the words, then the report, then the code; what contradicts the answer is told.
"""

from __future__ import annotations

import re

from msgspec import Struct

from osteon.chart.codes import LOINC, Topic
from osteon.chart.fhir.context import Context, Panel
from osteon.chart.fhir.elements import Concept
from osteon.chart.fracture_words import side_by_words

DENSITIES = frozenset({"bmd", "t_score", "z_score"})
"""The analytes that mean nothing without a site."""

OF_BONE = re.compile(r"t[- ]?score|dxa|dexa|bone|densit|bmd", re.IGNORECASE)
"""Words without which a score is another one: children's weight has Z-scores too."""

_MISUSED = (LOINC, "38265-5")
_PREFIX = "site."
_KIN = ({"total_hip", "femoral_neck", "hip", "femur"}, {"radius", "radius_33"})
"""Sites that one sender names for the whole and another for its part: they do not contradict each other."""


class Site(Struct, frozen=True):
    """Where was it measured? `doubt` says what does not agree; `name` is empty where the site cannot be told."""

    name: str = ""
    side: str = ""
    doubt: str = ""


def site_of(code: Concept, body_site: Concept | None, panel: Panel, at: Context) -> Site:
    """The site on which code, words, body site and report agree best."""
    by_body = _named(body_site, at) if body_site else ""
    by_words = _in_words(code.all_words, at)
    by_panel = _one(panel.value_sets) or _in_words(panel.words, at)
    by_code = _one(at.of_topic(at.sets(code), Topic.SITE))
    name = by_body or by_words or by_panel or by_code
    side = side_by_words(f"{body_site.all_words if body_site else ''} {code.all_words}") or side_by_words(panel.words)
    if not (by_body or by_words or by_panel) and _is_misused(code) and code.all_words.strip():
        doubt = f"{code.code} is the code of the radius and ulna, but it is called {code.words!r}: site not known"
        return Site("", side, doubt)
    told = (("body site", by_body), ("words", by_words), ("code", by_code))
    against = [f"{source} says {other.replace('_', ' ')}" for source, other in told if not _agree(name, other)]
    return Site(name, side, f"read as {name.replace('_', ' ')}, but its {', its '.join(against)}" if against else "")


def _named(concept: Concept, at: Context) -> str:
    return _one(at.of_topic(at.sets(concept), Topic.SITE)) or _in_words(concept.all_words, at)


def _in_words(words: str, at: Context) -> str:
    return _one(at.codes.named(words, Topic.SITE)) if words else ""


def _one(value_sets: frozenset[str]) -> str:
    """The site that the value sets name, the part before the whole; none where they name several places."""
    sites = {each.removeprefix(_PREFIX) for each in value_sets if each.startswith(_PREFIX)}
    for kin in _KIN:
        if len(sites & kin) > 1:
            sites -= {"hip", "femur", "radius"} if sites & kin - {"hip", "femur", "radius"} else set()
    return sites.pop() if len(sites) == 1 else ""


def _agree(one: str, other: str) -> bool:
    return not other or one == other or any({one, other} <= kin for kin in _KIN)


def _is_misused(code: Concept) -> bool:
    return any((each.system, each.code) == _MISUSED for each in code.coding)
