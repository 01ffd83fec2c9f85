"""Which records may be of one person?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from django.db.models import Count, QuerySet
from msgspec import Struct, json

from osteon.clinic.patients.models import NotTheSame
from osteon.clinic.patients.similar import ALIKE_SAME_BIRTH_DATE, likeness, shares_a_word
from osteon.clinic.patients.upload import identifiers_in
from osteon.clinic.records.models import Entry, Patient


class Pair(Struct, frozen=True):
    """Two records, and why they may be of one person."""

    one: Patient
    other: Patient
    why: str


def pairs() -> list[Pair]:
    """Records with one identifier, or with one birth date and names alike, unless somebody has said they are two."""
    apart = {frozenset(each) for each in NotTheSame.objects.values_list("one_id", "other_id")}
    found: dict[frozenset[object], Pair] = {}
    for pair in (*_by_identifier(), *_by_birth_date()):
        key = frozenset((pair.one.pk, pair.other.pk))
        if key not in apart:
            found.setdefault(key, pair)
    return list(found.values())


def _standing() -> QuerySet[Patient]:
    return Patient.objects.filter(merged_into__isnull=True)


def _by_birth_date() -> Iterator[Pair]:
    shared = _standing().values("birth_date").annotate(number=Count("pk")).filter(number__gt=1).values("birth_date")
    born: defaultdict[object, list[Patient]] = defaultdict(list)
    for patient in _standing().filter(birth_date__in=shared).order_by("added_at", "pk"):
        born[patient.birth_date].append(patient)
    for group in born.values():
        for one, other in combinations(group, 2):
            if one.sex and other.sex and one.sex != other.sex:
                continue
            alike = likeness(one.search_name, other.search_name)
            if alike >= ALIKE_SAME_BIRTH_DATE:
                yield Pair(one, other, "the same birth date and names that are alike")
            elif shares_a_word(one.search_name, other.search_name):
                yield Pair(one, other, "the same birth date and one name in common")


def _by_identifier() -> Iterator[Pair]:
    """Charts whose Patient carries the same identifier: system and value both."""
    known: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
    entries = Entry.objects.filter(kind="Patient", replaced_at__isnull=True, patient__merged_into__isnull=True)
    for patient_id, content in entries.values_list("patient_id", "content").iterator():
        for system, value in identifiers_in(json.decode(content)):
            if system:
                known[system, value].add(patient_id)
    shared = [sorted(each, key=str) for each in known.values() if len(each) > 1]
    people = Patient.objects.in_bulk([key for keys in shared for key in keys])
    for keys in shared:
        for one, other in combinations(keys, 2):
            yield Pair(people[one], people[other], "the same identifier")
