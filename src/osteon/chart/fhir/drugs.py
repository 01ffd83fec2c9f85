"""Which drugs does an entry speak of?

By the codes of the medication, its own or those of the Medication that it points to; by its words where no code is
known. One entry may name several: a tablet of two substances is both.
"""

from __future__ import annotations

import msgspec

from osteon.chart import reasons
from osteon.chart.codes import LOCAL_USE, ONCOLOGY, Topic
from osteon.chart.fhir.context import Context, bare, contained_in
from osteon.chart.fhir.elements import NOTHING, Concept
from osteon.chart.fhir.resources import Medicated, MedicationResource
from osteon.chart.reasons import WARNING, skipped
from osteon.chart.types import Skipped


class Drug(msgspec.Struct, frozen=True):
    """Which drug is it, by its value set, and is it the product for cancer?

    `text` is what the entry calls it, `substance` the member of a class of drugs.
    """

    id: str
    is_oncology: bool
    text: str
    substance: str = ""

    @property
    def product(self) -> str:
        """What the entry calls it, with the substance."""
        return f"{self.text} ({self.substance})" if self.substance else self.text


class Drugs(msgspec.Struct, frozen=True):
    """The drugs that an entry names, in its words. `doubt` says why there are none, or how they were told."""

    found: tuple[Drug, ...]
    text: str
    doubt: tuple[Skipped, ...] = ()


_ROUTES = frozenset({"ibandronate", "ibandronate_oral"})
"""One substance, swallowed or injected: its name alone does not tell which."""


def drugs_of(what: str, code: Concept, at: Context, *, is_injected: bool = False) -> Drugs:
    """The drugs that a code and its words name; `what` is the type of the entry.

    Where the name leaves open whether a drug is swallowed or injected, `is_injected` decides.
    """
    text = code.words
    coded = at.of_topic(at.sets(code), Topic.DRUG)
    value_sets = coded or at.drugs(code)
    if not value_sets or LOCAL_USE in value_sets:
        return Drugs((), text, (skipped(what, reasons.UNKNOWN_CODE, text),))
    cancer = {each.removeprefix(ONCOLOGY) for each in value_sets if each.startswith(ONCOLOGY)}
    named = {each.removeprefix(ONCOLOGY) for each in value_sets}
    substances = {each.partition(".")[0]: each.partition(".")[2] for each in sorted(named) if "." in each}
    classes = {each for each in named if "." not in each}
    ids = classes & at.knowledge.drugs.keys() or classes
    if ids >= _ROUTES:
        ids = ids - {"ibandronate_oral" if is_injected else "ibandronate"}
    doubt = () if coded else (skipped(f"{WARNING}{what}", reasons.BY_WORDS, text),)
    found = (Drug(each, each in cancer, text, substances.get(each, "")) for each in sorted(ids))
    return Drugs(tuple(found), text, doubt)


def medication_of(seen: Medicated, at: Context) -> Concept:
    """The medication's code: its own, that of the Medication it points to, or the words of the pointer."""
    if seen.medication_codeable_concept:
        return seen.medication_codeable_concept
    pointer = seen.medication_reference
    if pointer is None:
        return NOTHING
    medication = _contained(seen, pointer.reference) or at.medications.get(bare(pointer.reference))
    if medication is None:
        return Concept(text=pointer.display)
    if at.of_topic(at.sets(medication.code), Topic.DRUG) or not medication.ingredient:
        return medication.code
    parts = [each.item_codeable_concept for each in medication.ingredient if each.item_codeable_concept]
    return Concept(coding=tuple(coding for part in parts for coding in part.coding), text=medication.code.words)


def _contained(seen: Medicated, reference: str) -> MedicationResource | None:
    raw = contained_in(seen.contained, reference)
    if raw is None:
        return None
    try:
        return _MEDICATION.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_MEDICATION = msgspec.json.Decoder(MedicationResource)


def is_given_by_others(drug: str, at: Context) -> bool:
    """Is it a drug of the formulary that a clinic gives: neither swallowed nor injected at home?"""
    known = at.knowledge.drugs.get(drug)
    return known is not None and not known.is_taken_at_home


def is_cancer_dose(drug: str, mg: float | None, at: Context) -> bool:
    """Is this dose that of the cancer product? Zoledronic acid is given there at 4 mg or less, denosumab at 120 mg."""
    limits = at.knowledge.parameters["chart"]
    if mg is None:
        return False
    if drug == "zoledronic_acid":
        return 0 < mg <= limits["zoledronic_acid_cancer_dose"].value
    return drug == "denosumab" and mg >= limits["denosumab_cancer_dose"].value
