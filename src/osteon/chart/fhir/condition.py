"""What does an entry of the problem list say?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import Topic, episode
from osteon.chart.fhir.context import Context, target
from osteon.chart.fhir.dates import at_age, during, when
from osteon.chart.fhir.fracture import is_fracture, recording_of
from osteon.chart.fhir.resources import ConditionResource
from osteon.chart.fhir.states import states_by_words
from osteon.chart.fracture_words import is_history_by_words
from osteon.chart.fractures import Recording
from osteon.chart.reasons import WARNING, skipped
from osteon.chart.types import Condition, Skipped, When

_LEFT_OUT = {"entered-in-error": reasons.ENTERED_IN_ERROR, "refuted": reasons.REFUTED}
_ACTIVE = {
    "active": True,
    "recurrence": True,
    "relapse": True,
    "inactive": False,
    "remission": False,
    "resolved": False,
}
_UNCERTAIN = frozenset({"unconfirmed", "provisional", "differential"})


def read_condition(seen: ConditionResource, at: Context) -> Iterator[Condition | Recording | Skipped]:
    """The condition and, where a bone is broken, the recording of the fracture."""
    text = seen.code.words
    certainty = _status(seen.verification_status.code or seen.verification_status.text)
    if certainty in _LEFT_OUT:
        yield skipped("Condition", _LEFT_OUT[certainty], text)
        return
    coded = at.of_topic(at.sets(seen.code), Topic.STATE)
    value_sets = coded or states_by_words(seen.code, at)
    if not value_sets:
        yield skipped("Condition", reasons.UNKNOWN_CODE, text)
        return
    if not coded:
        yield skipped(f"{WARNING}Condition", reasons.BY_WORDS, text)
    source = f"Condition/{seen.id}"
    onset = _onset(seen, at)
    recorded = when(seen.recorded_date)
    if is_fracture(value_sets):
        notes = " ".join(note.text for note in seen.note)
        encounter = target(seen.encounter)
        body_site = " ".join(each.all_words for each in seen.body_site)
        day = onset or (None if _is_late(seen) else recorded)
        yield recording_of(
            seen.code,
            value_sets,
            source,
            at,
            when=day,
            recorded=recorded,
            encounter=encounter,
            body_site=body_site,
            notes=notes,
        )
    active = _ACTIVE.get(_status(seen.clinical_status.code or seen.clinical_status.text))
    yield Condition(
        kinds=value_sets,
        text=f"{text} ({certainty})" if certainty in _UNCERTAIN else text,
        source=source,
        code=seen.code.code,
        onset=onset,
        ended=_ended(seen, at),
        recorded=recorded,
        is_active=active,
        is_history=is_history_by_words(text),
    )


def _status(word: str) -> str:
    return word.strip().lower().replace(" ", "-")


def _is_late(seen: ConditionResource) -> bool:
    """Was it written down long after the event: at a later visit, as a sequel, as history?"""
    late = any(episode(each.system, each.code) in ("subsequent", "sequela") for each in seen.code.coding)
    return late or is_history_by_words(seen.code.all_words)


def _onset(seen: ConditionResource, at: Context) -> When | None:
    return (
        when(seen.onset_date_time)
        or (when(seen.onset_period.start) if seen.onset_period else None)
        or at_age(seen.onset_age, at.birth)
        or when(seen.onset_string.strip())
    )


def _ended(seen: ConditionResource, at: Context) -> When | None:
    return (
        when(seen.abatement_date_time)
        or during(seen.abatement_period)
        or at_age(seen.abatement_age, at.birth)
        or when(seen.abatement_string.strip())
    )
