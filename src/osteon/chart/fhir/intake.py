"""Which resources does a source hold, each once, and which could not be decoded?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from osteon.chart import reasons
from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.bundle import BROKEN, Piece, kind_of
from osteon.chart.fhir.elements import Reference
from osteon.chart.fhir.readers import READERS
from osteon.chart.types import Skipped

_DECODERS = {kind: msgspec.json.Decoder(reader.fields) for kind, reader in READERS.items()}


class Seen(NamedTuple):
    """One decoded resource, and where it says that it stands."""

    resource: Any
    full_url: str


class Intake:
    """All resources of one source, each once, decoded; and what could not be.

    With `wanted`, the id of a patient, what plainly names another patient is only counted once that patient has been
    seen: a population's export passes through without being held.
    """

    def __init__(self, wanted: str | None = None) -> None:
        self.by_kind: dict[str, dict[str, Seen]] = {kind: {} for kind in READERS}
        self.skipped: Counter[tuple[str, str, str]] = Counter()
        self._own = f"Patient/{wanted.removeprefix('Patient/')}" if wanted else ""
        self._is_here = False

    def take(self, piece: Piece) -> None:
        """Decode one resource and keep it, or count why not."""
        kind = piece.kind
        decoder = _DECODERS.get(kind)
        if decoder is None:
            self.skipped[kind or "resource", reasons.NOT_USED if kind else reasons.NOT_FHIR, ""] += 1
            return
        try:
            resource = decoder.decode(piece.raw)
        except BROKEN as error:
            mended = _without_nulls(piece.raw, READERS[kind].fields)
            if mended is None:
                self.skipped[kind, reasons.WRONG_TYPE, str(error)[:120]] += 1
                return
            resource = mended
        if self._is_here and _names_another(resource.subject, self._own):
            self.skipped[kind, reasons.OTHER_PATIENT, ""] += 1
            return
        self._is_here |= kind == "Patient" and f"Patient/{resource.id}" == self._own
        self._keep(kind, Seen(resource, piece.full_url))
        if isinstance(resource, fhir.DiagnosticReportResource) and resource.contained:
            self._take_contained(resource)

    def _take_contained(self, report: fhir.DiagnosticReportResource) -> None:
        """The results that stand inside their report."""
        for raw in report.contained:
            if kind_of(raw) == "Observation":
                try:
                    inner = _DECODERS["Observation"].decode(raw)
                except BROKEN as error:
                    self.skipped["Observation", reasons.WRONG_TYPE, str(error)[:120]] += 1
                    continue
                named = msgspec.structs.replace(inner, id=inside(report, inner.id), subject=report.subject)
                self._keep("Observation", Seen(named, ""))

    def _keep(self, kind: str, seen: Seen) -> None:
        """Keep a resource; of two versions of one resource the newer."""
        shelf = self.by_kind[kind]
        key = seen.resource.id or seen.full_url or msgspec.json.encode(seen.resource).decode()
        known = shelf.get(key)
        if known is None or (known.resource != seen.resource and _newness(seen) > _newness(known)):
            shelf[key] = seen

    def left_out(self) -> list[Skipped]:
        """What could not be decoded or is not used, with how often it came."""
        return [
            Skipped(what=what, reason=reason, detail=detail, count=count)
            for (what, reason, detail), count in self.skipped.items()
        ]

    def of(self, kind: str) -> Iterator[Seen]:
        """The resources of one type."""
        return iter(self.by_kind[kind].values())


def inside(report: fhir.DiagnosticReportResource, inner_id: str) -> str:
    """What a result that stands inside its report is called."""
    return f"{report.id}#{inner_id}"


def _newness(seen: Seen) -> tuple[str, str, bytes, str]:
    meta = seen.resource.meta
    version = (meta.last_updated, meta.version_id) if meta else ("", "")
    return (*version, msgspec.json.encode(seen.resource), seen.full_url)


def _names_another(subject: Reference | None, own: str) -> bool:
    reference = subject.reference.partition("/_history")[0] if subject else ""
    return reference.startswith("Patient/") and reference != own


def _without_nulls(raw: bytes | msgspec.Raw, fields: type[fhir.Resource]) -> fhir.Resource | None:
    """The resource without its nulls, which FHIR forbids and some senders write; None where that does not mend it."""
    try:
        tree = _dropped(msgspec.json.decode(raw))
        return msgspec.convert(tree, fields) if tree is not None else None
    except BROKEN:
        return None


def _dropped(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _dropped(child) for key, child in node.items() if child is not None}
    return [_dropped(child) for child in node if child is not None] if isinstance(node, list) else node
