"""Is the patient of an uploaded chart here already? Candidates, for a person to choose: nothing is merged silently."""

from __future__ import annotations

from django.db.models import Q
from msgspec import Struct, json

from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.patients.similar import ALIKE, ALIKE_SAME_BIRTH_DATE, likeness
from osteon.clinic.patients.upload import Person, identifiers_in
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Entry, Patient, plain

_FEW = 8
_SHORTEST_IDENTIFIER = 3


class Match(Struct, frozen=True):
    """A patient who may be the one of the chart, and why. `is_named_alike` alone is a warning, no match."""

    patient: Patient
    why: str
    by_identifier: bool = False
    is_named_alike: bool = False
    may_be_chosen: bool = True


def matches(person: Person, user: User) -> list[Match]:
    """Who could this be? First who shares an identifier, then who shares birth date and name, then similar names.

    A confidential record that this person may not open is said to be there, and cannot be chosen.
    """
    found: dict[object, Match] = {}
    for patient in _same_identifier(person):
        found[patient.pk] = Match(patient, "the same record number or identifier", by_identifier=True)
    name = plain(f"{person.family_name} {person.given_name}")
    near = Q(search_name__startswith=name[:3]) if name else Q(pk__in=[])
    if person.birth_date:
        near |= Q(birth_date=person.birth_date)
    for patient in Patient.objects.filter(near, merged_into__isnull=True):
        alike = likeness(name, patient.search_name)
        if patient.pk in found:
            continue
        if patient.birth_date == person.birth_date and alike >= ALIKE_SAME_BIRTH_DATE:
            found[patient.pk] = Match(patient, "the same birth date and a name that is alike")
        elif alike >= ALIKE:
            found[patient.pk] = Match(patient, "a similar name, another birth date", is_named_alike=True)
    return [_as_seen_by(user, match) for match in list(found.values())[:_FEW]]


def _as_seen_by(user: User, match: Match) -> Match:
    if sight(user, match.patient) is Sight.FULL:
        return match
    return Match(match.patient, match.why, match.by_identifier, match.is_named_alike, may_be_chosen=False)


def _same_identifier(person: Person) -> list[Patient]:
    values = {value for _, value in person.identifiers if len(value) >= _SHORTEST_IDENTIFIER}
    if not values:
        return []
    found = {each.pk: each for each in Patient.objects.filter(record_number__in=values)}
    written = Q()
    for value in values:
        written |= Q(content__contains=json.encode(value).decode())
    entries = Entry.objects.filter(written, kind="Patient", replaced_at__isnull=True).select_related("patient")
    for entry in entries[:50]:
        if _shared(person, identifiers_in(json.decode(entry.content))):
            found[entry.patient_id] = entry.patient
    standing = {each.merged_into_id or each.pk for each in found.values()}
    return list(Patient.objects.filter(pk__in=standing))


def _shared(person: Person, others: tuple[tuple[str, str], ...]) -> bool:
    """Is one identifier in both? Where both name a system, it has to be the same one."""
    return any(
        value == other and (not system or not named or system == named)
        for system, value in person.identifiers
        for named, other in others
        if len(value) >= _SHORTEST_IDENTIFIER
    )
