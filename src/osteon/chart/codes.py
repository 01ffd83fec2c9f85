"""What does a code, or a word, of another system mean here?

A code belongs to value sets (`Knowledge.codes`), and the program speaks only of value sets: `osteoporosis`,
`loop_diuretic`, `creatinine`. Where a code is unknown or missing, words are recognised by the rows of the system
`text`: whoever uses that answer says so in the chart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from osteon.knowledge.in_force import Knowledge
from osteon.knowledge.types import CodedConcept

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD9CM = "http://hl7.org/fhir/sid/icd-9-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
NDC = "http://hl7.org/fhir/sid/ndc"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
FACT = "urn:osteon:fact"
TEXT = "text"

ALIASES = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "https://loinc.org": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "https://snomed.info/sct": SNOMED,
    "https://dmd.nhs.uk": SNOMED,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "http://hl7.org/fhir/sid/icd-10-us": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "https://fhir.hl7.org.uk/Id/icd-10": ICD10,
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm": ICD10,
    "http://fhir.de/CodeSystem/dimdi/icd-10-gm": ICD10,
    "urn:oid:2.16.840.1.113883.6.103": ICD9CM,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "http://fhir.de/CodeSystem/bfarm/atc": ATC,
    "urn:oid:2.16.840.1.113883.6.69": NDC,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "urn:oid:2.16.840.1.113883.6.14": HCPCS,
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": HCPCS,
    "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes": HCPCS,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
}
"""Other names under which senders send a code system."""

_ICD = frozenset({ICD10CM, ICD10, ICD9CM})
_DRUG_SYSTEMS = frozenset({RXNORM, ATC})
_WORD = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
_DOUBT = frozenset(
    {"no", "not", "never", "without", "denies", "denied", "negative", "excluded", "ruled", "family"}
    | {"suspected", "possible", "screening", "risk"}
)
"""What follows one of these is denied, doubted or somebody else's."""
_REMEMBERED = 1 << 15
_EPISODE = re.compile(r"(?:M80|M84[3-7]|M97|[ST]\d\d)[0-9A-Z]*([A-Z])")

ONCOLOGY = "oncology."
LOCAL_USE = "local_use"
Words: TypeAlias = tuple[str, ...]
"""A text as its words and numbers."""


class Topic(StrEnum):
    """What is a value set about?"""

    DRUG = "drug"
    MEASURE = "measure"
    SITE = "site"
    STATE = "state"


class CodeBook:
    """Every code and every word that the program knows, ready to be looked up."""

    def __init__(self, concepts: Iterable[CodedConcept], measures: Iterable[str] = ()) -> None:
        concepts = tuple(concepts)
        self._drugs = frozenset({LOCAL_USE, *(each.value_set for each in concepts if each.system in _DRUG_SYSTEMS)})
        self._measures = frozenset(measures)
        self._exact: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._families: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._spoken: dict[Topic, defaultdict[Words, set[str]]] = {topic: defaultdict(set) for topic in Topic}
        for each in concepts:
            if each.system == TEXT:
                self._spoken[self.topic(each.value_set)][words(each.code)].add(each.value_set)
            elif each.code.endswith("*"):
                self._families[each.system][each.code[:-1]].add(each.value_set)
            else:
                self._exact[each.system, _plain(each.system, each.code)].add(each.value_set)
        self._longest = {topic: _longest_by_first_word(spoken) for topic, spoken in self._spoken.items()}
        self._look_up_once = lru_cache(maxsize=_REMEMBERED)(self._look_up)
        self._read_once = lru_cache(maxsize=_REMEMBERED)(self._read)

    def sets(self, system: str, code: str) -> frozenset[str]:
        """Which value sets hold this code? Empty where none does."""
        return self._look_up_once(system, code)

    def named(self, text: str, topic: Topic) -> frozenset[str]:
        """Which value sets of this topic are named somewhere in a text?

        Of states, what follows a denial or a doubt ("no history of", "suspected") is not named. Of drugs, a product
        for cancer is named only as such, and one for local use (cream, eye drops) not at all.
        """
        return self._read_once(text, topic)

    def called(self, text: str, topic: Topic) -> frozenset[str]:
        """Which value sets of this topic have exactly this name?"""
        return frozenset(self._spoken[topic].get(words(text), ()))

    def topic(self, value_set: str) -> Topic:
        """What is this value set about?"""
        if value_set in self._measures:
            return Topic.MEASURE
        if value_set in self._drugs:
            return Topic.DRUG
        return Topic.SITE if value_set.startswith("site.") else Topic.STATE

    def _look_up(self, system: str, code: str) -> frozenset[str]:
        system = canonical(system)
        plain = _plain(system, code)
        found = set(self._exact.get((system, plain), ()))
        families = self._families.get(system)
        if families:
            for end in range(1, len(plain) + 1):
                found |= families.get(plain[:end], set())
        return frozenset(found)

    def _read(self, text: str, topic: Topic) -> frozenset[str]:
        said, place = words(text), 0
        found: set[str] = set()
        while place < len(said):
            names = self._longest[topic].get(said[place], ())
            name = next((each for each in names if said[place : place + len(each)] == each), None)
            if topic is Topic.STATE and said[place] in _DOUBT:
                break
            found |= {each for each in self._spoken[topic][name] if not _is_answer(each)} if name else set()
            place += len(name) if name else 1
        if topic is Topic.DRUG:
            return frozenset() if LOCAL_USE in found else _without_twins(frozenset(found))
        return frozenset(found)


_BOOKS: dict[str, CodeBook] = {}


def code_book(knowledge: Knowledge) -> CodeBook:
    """The code book of this knowledge: built once for each version of the data."""
    book = _BOOKS.get(knowledge.version)
    if book is None:
        book = _BOOKS[knowledge.version] = CodeBook(knowledge.codes, knowledge.analytes)
    return book


def canonical(system: str) -> str:
    """The one name of a code system that senders spell in several ways; an unknown system is left as it is."""
    if system.startswith(SNOMED):
        return SNOMED
    return ALIASES.get(system, system)


def episode(system: str, code: str) -> str:
    """Which part of the care of an injury does the seventh character of an ICD-10-CM code name?

    `initial` (active treatment), `subsequent` (healing), `sequela` (late effect), or empty where it has none.
    """
    if canonical(system) != ICD10CM:
        return ""
    match = _EPISODE.fullmatch(code.upper().replace(".", ""))
    if not match or len(code.replace(".", "")) < 7:
        return ""
    letter = match[1]
    return "initial" if letter in "ABC" else "sequela" if letter == "S" else "subsequent"


def words(text: str) -> Words:
    """A text as its words and numbers, in lower case without accents: `T-score`, `t score` and `T SCORE` are one."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return tuple(_WORD.findall(text.casefold()))


def _plain(system: str, code: str) -> str:
    """A code in the one spelling in which codes are compared."""
    code = code.strip()
    if system in _ICD:
        code = code.upper()
        return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code
    if system == NDC:
        parts = code.split("-")
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=False)) if parts[1:] else code
    return code


def _is_answer(value_set: str) -> bool:
    """Is it an answer to a question (`answer.no`)? A word like "no" answers only where it stands alone."""
    return value_set.startswith(("answer.", "pregnancy.", "question.", "smoking."))


def _without_twins(drugs: frozenset[str]) -> frozenset[str]:
    """Of `oncology.denosumab` and `denosumab`, named together, it is the oncology product."""
    return drugs - {each.removeprefix(ONCOLOGY) for each in drugs if each.startswith(ONCOLOGY)}


def _longest_by_first_word(spoken: Iterable[Words]) -> dict[str, tuple[Words, ...]]:
    """Names by their first word, the longest first: "zoledronic acid 4 mg" is read before "zoledronic acid"."""
    by_first: defaultdict[str, list[Words]] = defaultdict(list)
    for name in spoken:
        if name:
            by_first[name[0]].append(name)
    return {first: tuple(sorted(names, key=lambda name: (-len(name), name))) for first, names in by_first.items()}
