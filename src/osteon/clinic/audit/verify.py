"""Does the audit log still say what it said? The chain of its entries, and the signed anchors."""

from __future__ import annotations

from osteon.clinic.audit.anchor import is_genuine
from osteon.clinic.audit.chain import START, linked
from osteon.clinic.audit.log import content
from osteon.clinic.audit.models import Anchor, Entry
from osteon.clinic.audit.verdict import Verdict


def verify() -> Verdict:
    """Walk the whole chain, a thousand entries at a time, and hold it against the anchors."""
    anchors = {each.number: each for each in Anchor.objects.all()}
    problems: list[str] = []
    previous, number, seen = START, 0, 0
    for entry in Entry.objects.order_by("number").iterator(chunk_size=1000):
        seen += 1
        if entry.number != number + 1:
            problems.append(f"Entries {number + 1} to {entry.number - 1} are missing.")
        if entry.previous != previous or entry.hash != linked(entry.previous, content(entry)):
            problems.append(f"Entry {entry.number} is not as it was written.")
        if (kept := anchors.get(entry.number)) is not None and kept.head != entry.hash:
            problems.append(f"Entry {entry.number} is not the one that was signed.")
        previous, number = entry.hash, entry.number
        if len(problems) > _ENOUGH:
            break
    problems += [f"Entries up to {last} were signed and are gone." for last in anchors if last > number]
    problems += [f"The anchor at entry {each.number} is forged." for each in anchors.values() if not is_genuine(each)]
    problems += _sessions()
    return Verdict(entries=seen, anchors=len(anchors), problems=tuple(problems))


def _sessions() -> list[str]:
    """Sessions whose own chain is broken, or that were closed and are gone."""
    from osteon.clinic.infusion.models import Session  # its migrations stand on those of this app
    from osteon.clinic.infusion.store import broken_sessions

    kept = {str(pk): head for pk, head in Session.objects.values_list("pk", "head")}
    closed = Entry.objects.filter(act="closed a session").values_list("detail", flat=True)
    gone = [f"Session {each['session']} was closed and is gone or is another." for each in closed.iterator()
            if kept.get(each["session"]) != each["head"]]  # fmt: skip
    return [*gone, *(f"Session {each.session}, event {each.number}: {each.why}." for each in broken_sessions())]


_ENOUGH = 20
