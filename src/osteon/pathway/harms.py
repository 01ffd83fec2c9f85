"""Which harms does a drug bring, how often, against what, and for how long?"""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.drug import AdverseEvent, Drug
from osteon.pathway.order import Note, note


class Harm(Struct, frozen=True, kw_only=True):
    """One harm. Rates are per cent of patients in the setting named; None where no rate was found."""

    event: str
    rare_and_serious: bool
    rate_pct: float | None
    comparator_pct: float | None
    setting: str
    sentence: str
    lasts: Note | None = None
    citations: tuple[str, ...] = ()
    verified: str = ""


def harms(drug: Drug) -> tuple[Harm, ...]:
    """The harms of a drug, common ones first, the most frequent of each kind first."""
    found = [_harm(event) for event in drug.adverse_events]
    return tuple(sorted(found, key=lambda harm: (harm.rare_and_serious, -(harm.rate_pct or 0), harm.event)))


def _harm(event: AdverseEvent) -> Harm:
    source = event.rate or event.note
    return Harm(
        event=event.event,
        rare_and_serious=event.group != "common",
        rate_pct=event.rate.value if event.rate else None,
        comparator_pct=event.comparator.value if event.comparator else None,
        setting=event.setting,
        sentence=_sentence(event),
        lasts=note(event.lasts) if event.lasts else None,
        citations=source.cite if source else (),
        verified=source.verified.value if source else "",
    )


def _sentence(event: AdverseEvent) -> str:
    words = event.event[:1].upper() + event.event[1:]
    if event.rate is None:
        return f"{words}: {event.note.value}" if event.note else f"{words}."
    against = f" against {event.comparator.value:g} of 100 without the drug" if event.comparator else ""
    where = f" ({event.setting})" if event.setting else ""
    return f"{words}: {event.rate.value:g} of 100{against}{where}."
