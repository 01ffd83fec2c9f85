"""Whose is a resource? Bundles and bulk exports say it in references; each resource is put with its patient."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import msgspec
from msgspec import Struct

from osteon.chart.errors import ChartError
from osteon.chart.fhir.bundle import BROKEN, Piece
from osteon.chart.fhir.context import bare
from osteon.chart.fhir.elements import Reference
from osteon.panel.join import Join, Kept
from osteon.panel.notes import NO_SUBJECT, NOT_FHIR, UNREADABLE, Notes

SHARED = "Medication"
"""The type of resource that names no patient and that those of patients point to."""


class _Owner(Struct, gc=False):
    """What a resource is called, and whose it says that it is."""

    id: str = ""
    subject: Reference | None = None
    patient: Reference | None = None
    beneficiary: Reference | None = None


_OWNER = msgspec.json.Decoder(_Owner)
_POINTS_TO_MEDICATION = re.compile(rb'"medicationReference"\s*:\s*\{[^{}]*?"reference"\s*:\s*"([^"\\]+)"')


class Owners:
    """Resources on their way to their patients."""

    def __init__(self, join: Join, wanted: Collection[str], notes: Notes) -> None:
        self._join = join
        self._wanted = frozenset(wanted)
        self._notes = notes
        self._shared: dict[str, Piece] = {}

    def take(self, piece: Piece, name: str) -> None:
        """Put one resource of a bulk export with its patient. Raises `ChartError` for what cannot be decoded."""
        if piece.kind not in self._wanted:
            return
        try:
            owner = _OWNER.decode(piece.raw)
        except BROKEN as error:
            raise ChartError(f"{name}: {piece.kind} cannot be read: {error}") from error
        self._put(piece, owner, {})

    def take_bundle(self, found: list[Piece]) -> None:
        """Put the resources of one bundle with its patients. Where it holds one patient, all are about that one."""
        owned = [(piece, _owner_of(piece)) for piece in found if piece.kind in self._wanted or not piece.kind]
        people = {owner.id or bare(piece.full_url) for piece, owner in owned if owner and piece.kind == "Patient"}
        names = {
            bare(piece.full_url): owner.id
            for piece, owner in owned
            if owner and owner.id and piece.full_url and piece.kind == "Patient"
        }
        only = people.pop() if len(people) == 1 else ""
        for piece, owner in owned:
            if not piece.kind:
                self._notes.passed_over[NOT_FHIR] += 1
            elif owner is None:
                self._notes.passed_over[UNREADABLE] += 1
            elif only:
                self._keep(only, piece)
            else:
                self._put(piece, owner, names)

    def _put(self, piece: Piece, owner: _Owner, names: Mapping[str, str]) -> None:
        patient = owner.id or bare(piece.full_url) if piece.kind == "Patient" else _patient_of(owner)
        if piece.kind == SHARED:
            self._shared.update({name: piece for name in (owner.id, bare(piece.full_url)) if name})
        elif not patient:
            self._notes.passed_over[NO_SUBJECT] += 1
        else:
            self._keep(names.get(patient, patient), piece)

    def _keep(self, patient: str, piece: Piece) -> None:
        self._join.add(Kept(patient, piece.kind, piece.full_url, bytes(piece.raw)))

    def patients(self) -> Iterator[tuple[str, list[Piece]]]:
        """Each patient with every resource, and the medications that they point to."""
        for patient, found in self._join.patients():
            yield patient, [*found, *self._pointed_to(found)] if self._shared else found

    def _pointed_to(self, found: list[Piece]) -> Iterator[Piece]:
        names = {
            bare(pointer[1].decode())
            for piece in found
            if piece.kind.startswith("Medication") and (pointer := _POINTS_TO_MEDICATION.search(piece.raw))
        }
        return (self._shared[name] for name in sorted(names & self._shared.keys()))


def _owner_of(piece: Piece) -> _Owner | None:
    try:
        return _OWNER.decode(piece.raw)
    except BROKEN:
        return None


def _patient_of(owner: _Owner) -> str:
    """The bare id of the patient that a resource names first; empty where it names none, or something else."""
    for each in (owner.subject, owner.patient, owner.beneficiary):
        if each and each.reference:
            path = each.reference.partition("/_history")[0].split("/")
            return bare(each.reference) if len(path) == 1 or path[-2] == "Patient" else ""
    return ""
