"""What did someone say or tick, and which broken bone did an image show?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import FACT, Topic
from osteon.chart.fhir.context import NONE, Context, target
from osteon.chart.fhir.elements import Concept
from osteon.chart.fhir.fracture import is_fracture, recording_of
from osteon.chart.fhir.resources import Found, ObservationResource
from osteon.chart.fhir.values import Number, value_of
from osteon.chart.fractures import Recording
from osteon.chart.reasons import skipped
from osteon.chart.types import Answer, Skipped, When
from osteon.chart.units import Refusal

YES, NO = "answer.yes", "answer.no"
_CODED_ANSWERS = {
    "question.smoking_status": {
        "smoking.current": ("current_smoker", True),
        "smoking.former": ("current_smoker", False),
        "smoking.never": ("current_smoker", False),
    },
    "question.pregnancy_status": {
        "pregnancy.yes": ("pregnant", True),
        "pregnancy.no": ("pregnant", False),
        "pregnancy.possible": ("pregnancy_possible", True),
    },
    "question.pregnancy_test": {"pregnancy.yes": ("pregnant", True), "pregnancy.no": ("pregnant", False)},
}
"""What an answer to a question says of a named fact."""

_IMAGES = frozenset({"vertebral_imaging", "dxa"})


def questions_of(code: Concept, states: frozenset[str], at: Context) -> frozenset[str]:
    """What is asked: a named fact by its own name, a coded question, or whether something is the case."""
    asked = {each.code for each in code.coding if each.system == FACT and each.code in at.knowledge.facts}
    return states | asked if asked else states


def read_answers(
    questions: frozenset[str], found: Found, seen: ObservationResource, day: When, at: Context
) -> Iterator[Answer | Recording | Skipped]:
    """The answers that were given to these questions."""
    source = f"Observation/{seen.id}"
    value_sets = _value_sets(found, at)
    given: dict[str, bool | str] = {}
    for question in sorted(questions):
        coded = _CODED_ANSWERS.get(question)
        if coded:
            given.update(coded[each] for each in sorted(value_sets) if each in coded)
        elif not question.startswith("question."):
            said: bool | str | None = _yes_or_no(found, value_sets)
            if said is None and question in at.knowledge.facts:
                said = _words(found)
            if said is not None:
                given[question] = said
    if _IMAGES & questions and is_fracture(value_sets) and found.value_codeable_concept:
        yield recording_of(
            found.value_codeable_concept, value_sets, source, at, when=day, encounter=target(seen.encounter)
        )
    elif not given:
        value = value_of(found)
        detail = value.detail if isinstance(value, Refusal) else ""
        yield skipped("Observation", reasons.NO_ANSWER, f"{found.code.words}: {detail}" if detail else found.code.words)
    for kind, answer in given.items():
        yield Answer(kind=kind, value=answer, when=day, source=source)


def _value_sets(found: Found, at: Context) -> frozenset[str]:
    """The value sets of a coded answer, or of the words of one that is not coded."""
    concept = found.value_codeable_concept
    coded = at.of_topic(at.sets(concept), Topic.STATE)
    if coded:
        return coded
    words = concept.words if concept else found.value_string
    return at.codes.called(words, Topic.STATE) if words else NONE


def _yes_or_no(found: Found, value_sets: frozenset[str]) -> bool | None:
    if found.value_boolean is not None:
        return found.value_boolean
    return True if YES in value_sets else False if NO in value_sets else None


def _words(found: Found) -> str | None:
    """What was said to a question of the program's own that is not answered by yes or no."""
    value = value_of(found)
    if isinstance(value, Refusal):
        return None
    return f"{value.comparator}{value.value:g} {value.spoken_unit}".strip() if isinstance(value, Number) else str(value)
