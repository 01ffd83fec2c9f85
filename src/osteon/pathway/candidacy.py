"""Would an infusion help this patient, and why; and why not?"""

from __future__ import annotations

from msgspec import Struct

from osteon.pathway.finding import Finding
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth, every, some


class Candidacy(Struct, frozen=True, kw_only=True):
    """The reasons for and against an infusion instead of tablets.

    `verdict` is yes where treatment is indicated and at least one reason for an infusion holds; reasons against are
    shown beside it and do not outvote it: they block a drug, if at all, among the options.
    """

    verdict: Truth
    indicated: Truth
    reasons_for: tuple[Finding, ...] = ()
    reasons_against: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()


def candidacy(at: Occasion, indicated: Truth) -> Candidacy:
    """Would an infusion help? `indicated` says whether osteoporosis is to be treated at all."""
    findings = tuple(judge(rule, at) for rule in at.knowledge.books["candidacy"].rules)
    supporting = tuple(each for each in findings if each.id.startswith("candidacy.for_"))
    return Candidacy(
        verdict=every((indicated, some(each.verdict for each in supporting))),
        indicated=indicated,
        reasons_for=tuple(each for each in supporting if each.verdict is Truth.YES),
        reasons_against=tuple(each for each in findings if each not in supporting and each.verdict is Truth.YES),
        still_open=tuple(each for each in findings if each.verdict is Truth.CANNOT_TELL),
    )
