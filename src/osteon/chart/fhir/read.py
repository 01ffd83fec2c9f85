"""From FHIR resources, in any order, to the chart of one patient.

Every resource is decoded into the few fields that are read, at once and once. When all have been seen it is known who
the patient is and what refers to what; then each resource of the patient is turned into facts by the reader of its
type. What is not read is counted, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from osteon.chart import reasons
from osteon.chart.assemble import Fact, assemble
from osteon.chart.codes import code_book
from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.allergy import read_allergy
from osteon.chart.fhir.bundle import Piece, kind_of
from osteon.chart.fhir.condition import read_condition
from osteon.chart.fhir.context import Context, Panel, bare, target
from osteon.chart.fhir.elements import Concept, Reference
from osteon.chart.fhir.medication import read_administration, read_dispense, read_request, read_statement
from osteon.chart.fhir.observation import read_observation
from osteon.chart.fhir.patient import Whose, chosen, read_patient
from osteon.chart.fhir.procedure import read_procedure, read_service_request
from osteon.chart.fhir.report import panel_of, read_report
from osteon.chart.fhir.surroundings import empty_list, read_coverage, read_encounter, read_family_history
from osteon.chart.types import Chart, Skipped, When
from osteon.knowledge import Knowledge


class Reader(NamedTuple):
    """Into which fields is a type of resource decoded, by whom is it read, and to which list does it belong?"""

    fields: type[fhir.Resource]
    read: Callable[[Any, Context], Iterator[Any]] | None
    list: str = ""


READERS = {
    "DiagnosticReport": Reader(fhir.DiagnosticReportResource, read_report),
    "Observation": Reader(fhir.ObservationResource, read_observation),
    "Condition": Reader(fhir.ConditionResource, read_condition, "conditions"),
    "Procedure": Reader(fhir.ProcedureResource, read_procedure, "procedures"),
    "ServiceRequest": Reader(fhir.ServiceRequestResource, read_service_request),
    "MedicationRequest": Reader(fhir.MedicationRequestResource, read_request, "medications"),
    "MedicationStatement": Reader(fhir.MedicationStatementResource, read_statement, "medications"),
    "MedicationDispense": Reader(fhir.MedicationDispenseResource, read_dispense, "medications"),
    "MedicationAdministration": Reader(fhir.MedicationAdministrationResource, read_administration, "medications"),
    "AllergyIntolerance": Reader(fhir.AllergyResource, read_allergy, "allergies"),
    "Encounter": Reader(fhir.EncounterResource, read_encounter),
    "Coverage": Reader(fhir.CoverageResource, read_coverage),
    "FamilyMemberHistory": Reader(fhir.FamilyHistoryResource, read_family_history),
    "List": Reader(fhir.ListResource, None),
    "Patient": Reader(fhir.PatientResource, None),
    "Medication": Reader(fhir.MedicationResource, None),
    "Device": Reader(fhir.DeviceResource, None),
    "Organization": Reader(fhir.OrganizationResource, None),
}
"""Every type of resource that is used. All others are left out by name."""

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
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
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
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    self.skipped["Observation", reasons.WRONG_TYPE, str(error)[:120]] += 1
                    continue
                named = msgspec.structs.replace(inner, id=_inside(report, inner.id), subject=report.subject)
                self._keep("Observation", Seen(named, ""))

    def _keep(self, kind: str, seen: Seen) -> None:
        """Keep a resource; of two versions of one resource the newer."""
        shelf = self.by_kind[kind]
        key = seen.resource.id or seen.full_url or msgspec.json.encode(seen.resource).decode()
        known = shelf.get(key)
        if known is None or (known.resource != seen.resource and _newness(seen) > _newness(known)):
            shelf[key] = seen

    def of(self, kind: str) -> Iterator[Seen]:
        """The resources of one type."""
        return iter(self.by_kind[kind].values())


def _inside(report: fhir.DiagnosticReportResource, inner_id: str) -> str:
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
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _dropped(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _dropped(child) for key, child in node.items() if child is not None}
    return [_dropped(child) for child in node if child is not None] if isinstance(node, list) else node


def read_pieces(
    pieces: Iterable[Piece], knowledge: Knowledge, *, name: str, patient: str | None = None, on: date | None = None
) -> Chart:
    """The chart of one patient out of these resources.

    Raises `ChartError` where the patient cannot be told, or has no birth date.
    """
    intake = Intake(patient)
    for piece in pieces:
        intake.take(piece)
    return chart_of(intake, knowledge, name=name, patient=patient, on=on)


def chart_of(intake: Intake, knowledge: Knowledge, *, name: str, patient: str | None, on: date | None) -> Chart:
    """The chart of one patient out of what was taken in."""
    everyone = list(intake.of("Patient"))
    who, full_url = chosen(everyone, patient, name)
    person = read_patient(who)
    whose = Whose(who, full_url, is_only_one=len(everyone) == 1)
    at = _context(intake, knowledge, person.birth_date, whose)
    facts: list[Fact] = []
    skipped = [
        Skipped(what=what, reason=reason, detail=detail, count=n)
        for (what, reason, detail), n in intake.skipped.items()
    ]
    lists = {empty_list(seen.resource) for seen in intake.of("List") if seen.resource.subject in whose}
    understood = 1
    for kind, reader in READERS.items():
        if reader.read is None:
            continue
        for seen in intake.of(kind):
            if seen.resource.subject not in whose:
                skipped.append(Skipped(what=kind, reason=reasons.OTHER_PATIENT))
                continue
            before = len(facts)
            for fact in reader.read(seen.resource, at):
                (skipped if type(fact) is Skipped else facts).append(fact)
            understood += len(facts) > before
            if reader.list:
                lists.add(reader.list)
    return assemble(
        person, facts, skipped, knowledge, lists=frozenset(filter(None, lists)), understood=understood, on=on
    )


def _context(intake: Intake, knowledge: Knowledge, birth: When, whose: Whose) -> Context:
    """What the resources say of each other."""
    codes = code_book(knowledge)
    plain = Context(knowledge=knowledge, codes=codes, birth=birth)
    return msgspec.structs.replace(
        plain,
        medications=_by_name(intake.of("Medication")),
        devices=_by_name(intake.of("Device")),
        payers=_by_name(intake.of("Organization")),
        panels=_panels(intake, whose, plain),
        mechanisms=_mechanisms(intake, whose, plain),
    )


def _by_name(resources: Iterable[Seen]) -> dict[str, Any]:
    """Resources by every bare id under which a reference may know them."""
    in_order = sorted(resources, key=lambda seen: (seen.resource.id, seen.full_url))
    return {name: seen.resource for seen in in_order for name in (seen.resource.id, bare(seen.full_url)) if name}


def _panels(intake: Intake, whose: Whose, at: Context) -> dict[str, Panel]:
    """What reports say of their results, by the id of the result. Of two reports, the one with more to say."""
    told: dict[str, list[Panel]] = {}
    for seen in intake.of("DiagnosticReport"):
        report = seen.resource
        if report.subject in whose and report.result:
            panel = panel_of(report, at)
            for result in report.result:
                inner = result.reference.startswith("#")
                told.setdefault(_inside(report, result.reference[1:]) if inner else target(result), []).append(panel)
    panels = {
        name: max(said, key=lambda panel: msgspec.json.encode(panel, order="deterministic"))
        for name, said in told.items()
    }
    for seen in intake.of("Observation"):
        other_name = bare(seen.full_url)
        if other_name in panels and seen.resource.id:
            panels.setdefault(seen.resource.id, panels[other_name])
    return panels


_ENERGY = {"external_cause.low_fall": "low-energy fall", "external_cause.high_energy": "high-energy injury"}


def _mechanisms(intake: Intake, whose: Whose, at: Context) -> dict[str, str]:
    """How injuries happened, by encounter: the reason of the visit, and the external causes coded at it."""
    told: dict[str, set[str]] = {}
    for seen in intake.of("Encounter"):
        if seen.resource.subject in whose:
            for reason in seen.resource.reason_code:
                for name in (seen.resource.id, bare(seen.full_url)):
                    told.setdefault(name, set()).add(_mechanism(reason, at) or reason.all_words)
    for seen in intake.of("Condition"):
        if seen.resource.subject in whose:
            said = _mechanism(seen.resource.code, at)
            if said:
                told.setdefault(target(seen.resource.encounter), set()).add(said)
    return {name: " ".join(sorted(words)) for name, words in told.items() if name}


def _mechanism(code: Concept, at: Context) -> str:
    """The energy of an injury by the code of its external cause."""
    return next((_ENERGY[each] for each in sorted(at.sets(code)) if each in _ENERGY), "")
