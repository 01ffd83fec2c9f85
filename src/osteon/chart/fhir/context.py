"""What must be known to read one resource: whose it is, what its codes mean, what other resources say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from osteon.chart.codes import (
    CPT,
    HCPCS,
    ICD9CM,
    ICD10,
    ICD10CM,
    LOINC,
    SNOMED,
    CodeBook,
    Topic,
    canonical,
)
from osteon.chart.fhir.elements import Concept, Reference
from osteon.chart.fhir.resources import DeviceResource, MedicationResource, OrganizationResource
from osteon.chart.types import When
from osteon.knowledge import Knowledge

NONE: frozenset[str] = frozenset()


class Panel(Struct, frozen=True, kw_only=True):
    """What does the report say of the results that it lists?"""

    words: str = ""
    value_sets: frozenset[str] = NONE
    when: When | None = None


NO_PANEL = Panel()


class Context(Struct, frozen=True, kw_only=True):
    """The codes, and what the other resources of the same source say of the one that is being read.

    `medications`, `devices` and `payers` are found by the bare id that a reference ends in, `panels` by the bare id of
    a result, `mechanisms` (how an injury happened, in words) by the bare id of an encounter.
    """

    knowledge: Knowledge
    codes: CodeBook
    birth: When
    medications: Mapping[str, MedicationResource] = {}
    devices: Mapping[str, DeviceResource] = {}
    payers: Mapping[str, OrganizationResource] = {}
    panels: Mapping[str, Panel] = {}
    mechanisms: Mapping[str, str] = {}

    def sets(self, *concepts: Concept | None) -> frozenset[str]:
        """The value sets that hold any of the codings."""
        found: frozenset[str] = NONE
        for concept in concepts:
            if concept:
                for coding in concept.coding:
                    found |= self.codes.sets(coding.system, coding.code)
        return found

    def drugs(self, concept: Concept) -> frozenset[str]:
        """The drugs that the codings name or, where no code is known, the first of its words that name any."""
        found = self.of_topic(self.sets(concept), Topic.DRUG)
        texts = (concept.text, *(coding.display for coding in concept.coding))
        return found or next(filter(None, (self.codes.named(text, Topic.DRUG) for text in texts if text)), NONE)

    def called(self, concept: Concept, topic: Topic) -> frozenset[str]:
        """The value sets of one topic that have exactly the name that its words are."""
        texts = (concept.text, *(coding.display for coding in concept.coding))
        return NONE.union(*(self.codes.called(text, topic) for text in texts if text))

    def of_topic(self, value_sets: Iterable[str], topic: Topic) -> frozenset[str]:
        """Those of the value sets that are about one topic."""
        return frozenset(each for each in value_sets if self.codes.topic(each) is topic)


_PUBLIC = frozenset({SNOMED, ICD10CM, ICD10, ICD9CM, LOINC, CPT, HCPCS})


def is_public(code: Concept) -> bool:
    """Does it carry a code of a public code system? What such a code means is settled, whether we know it or not."""
    return any(coding.code and canonical(coding.system) in _PUBLIC for coding in code.coding)


def bare(reference: str) -> str:
    """The id that a reference ends in: of `https://ehr.example/Device/7/_history/2`, `urn:uuid:7` and `#7` it is 7."""
    return reference.partition("/_history")[0].rpartition("/")[2].rpartition(":")[2].lstrip("#")


def target(reference: Reference | None) -> str:
    """The bare id of what a reference points to, or an empty string."""
    return bare(reference.reference) if reference else ""


def contained_in(parts: Iterable[msgspec.Raw], reference: str) -> msgspec.Raw | None:
    """The resource inside a resource to which `#id` points."""
    if not reference.startswith("#"):
        return None
    for part in parts:
        try:
            if _IDENTITY.decode(part).id == reference[1:]:
                return part
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return None


class _Identity(Struct, gc=False):
    id: str = ""


_IDENTITY = msgspec.json.Decoder(_Identity)
