"""What was measured or asked, and what came out?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.fhir.answers import questions_of, read_answers
from osteon.chart.fhir.context import NO_PANEL, NONE, Context, Panel, is_public, target
from osteon.chart.fhir.dates import during, when
from osteon.chart.fhir.density import DENSITIES, OF_BONE, Site, site_of
from osteon.chart.fhir.elements import Concept, Quantity
from osteon.chart.fhir.measured import end_in_own_unit, in_own_unit
from osteon.chart.fhir.resources import Found, ObservationResource
from osteon.chart.fhir.values import Number, number_of, value_of
from osteon.chart.fractures import Recording
from osteon.chart.reasons import WARNING, skipped
from osteon.chart.types import Answer, Measurement, Skipped, When
from osteon.chart.units import Refusal
from osteon.knowledge.types import Analyte

Seen: TypeAlias = Measurement | Answer | Recording | Skipped

_WHAT = "Observation"
_LEFT_OUT = {
    "entered-in-error": reasons.ENTERED_IN_ERROR,
    "cancelled": reasons.CANCELLED,
    "registered": reasons.NO_RESULT,
}


def read_observation(seen: ObservationResource, at: Context) -> Iterator[Seen]:
    """The measurements and answers of one Observation, its components one by one."""
    if seen.status in _LEFT_OUT:
        yield skipped(_WHAT, _LEFT_OUT[seen.status], seen.code.words)
        return
    panel = at.panels.get(seen.id, NO_PANEL)
    value_sets = at.sets(seen.code)
    for component in seen.component:
        yield from _read(component, component.code, at.sets(component.code), seen, panel, at)
    if not seen.component or value_of(seen).__class__ is not Refusal:
        yield from _read(seen, seen.code, value_sets, seen, panel, at)


def _read(
    found: Found, code: Concept, value_sets: frozenset[str], seen: ObservationResource, panel: Panel, at: Context
) -> Iterator[Seen]:
    by_words = NONE if value_sets else _by_words(code, at)
    value_sets = value_sets or by_words
    measures = at.of_topic(value_sets, Topic.MEASURE)
    questions = NONE if measures else questions_of(code, at.of_topic(value_sets, Topic.STATE), at)
    if not (measures or questions):
        yield skipped(_WHAT, reasons.UNKNOWN_CODE, code.words)
        return
    day = _day(seen) or panel.when
    if day is None:
        yield skipped(_WHAT, reasons.NO_DATE, code.words)
        return
    if by_words:
        yield skipped(f"{WARNING}{_WHAT}", reasons.BY_WORDS, code.words)
    for kind in sorted(measures):
        yield from _measurement(kind, found, code, seen, panel, day, at)
    if questions:
        yield from read_answers(questions, found, seen, day, at)


def _by_words(code: Concept, at: Context) -> frozenset[str]:
    """The measures and questions that the words name exactly, where no public code says what else it is.

    Densities are told by their words wherever they stand: every maker of scanners has codes of its own.
    """
    texts = [text for text in (code.text, *(coding.display for coding in code.coding)) if OF_BONE.search(text)]
    densities = NONE.union(*(at.codes.named(text, Topic.MEASURE) & DENSITIES for text in texts))
    if densities or is_public(code):
        return densities
    return at.called(code, Topic.MEASURE) or at.called(code, Topic.STATE)


# --- measurements --------------------------------------------------------------------------------------------------


def _measurement(
    kind: str, found: Found, code: Concept, seen: ObservationResource, panel: Panel, day: When, at: Context
) -> Iterator[Measurement | Skipped]:
    analyte = at.knowledge.analytes[kind]
    number = value_of(found)
    value = in_own_unit(number, analyte) if isinstance(number, Number) else _why_not(number)
    if isinstance(value, Refusal) or not isinstance(number, Number):
        yield skipped(_WHAT, *_told(value, code))
        return
    site = site_of(_both(code, seen.code), seen.body_site, panel, at) if kind in DENSITIES else Site()
    if site.doubt:
        yield skipped(f"{WARNING}{_WHAT}", reasons.WARNING_SITE, site.doubt)
    low, high = _range(found, analyte)
    yield Measurement(
        kind=kind,
        value=value,
        unit=analyte.unit,
        when=day,
        source=f"{_WHAT}/{seen.id}",
        comparator=number.comparator,
        low=low,
        high=high,
        site=site.name,
        side=site.side,
        machine=_machine(seen, at),
        reference=_reference(found),
        note="; ".join(filter(None, [_standing(seen), _flag(found), site.doubt, *(note.text for note in seen.note)])),
    )


def _why_not(value: bool | str | Refusal) -> Refusal:
    return value if isinstance(value, Refusal) else Refusal(reasons.NOT_A_NUMBER, str(value))


def _told(value: float | Refusal, code: Concept) -> tuple[str, str]:
    reason, detail = (value.reason, value.detail) if isinstance(value, Refusal) else (reasons.NO_VALUE, "")
    return reason, f"{code.words}: {detail}" if detail else code.words


def _both(code: Concept, panel_code: Concept) -> Concept:
    """A component's code with the words of the observation that it is part of, where these are two."""
    if code is panel_code:
        return code
    return Concept(coding=code.coding, text=f"{code.text} {panel_code.all_words}".strip())


def _range(found: Found, analyte: Analyte) -> tuple[float | None, float | None]:
    """The laboratory's own normal range in the analyte's unit."""
    for each in found.reference_range:
        if each.type is None or each.type.code in ("", "normal"):
            return _end(each.low, found, analyte), _end(each.high, found, analyte)
    return None, None


def _end(end: Quantity | None, found: Found, analyte: Analyte) -> float | None:
    """An end of a range; without a unit of its own it has that of the value."""
    if not end or end.value is None:
        return None
    number = number_of(end)
    if not number.unit and not number.spoken_unit and found.value_quantity:
        own = number_of(found.value_quantity)
        number = Number(number.value, "", own.unit, own.spoken_unit)
    return end_in_own_unit(number, analyte)


def _reference(found: Found) -> str:
    return next((each.text for each in found.reference_range if each.text), "")


def _machine(seen: ObservationResource, at: Context) -> str:
    """What the scanner is called: the device's own words, or those of the Device that is pointed to."""
    if not seen.device:
        return ""
    device = at.devices.get(target(seen.device))
    if seen.device.display or not device:
        return seen.device.display
    names = [device.manufacturer, next((each.name for each in device.device_name), ""), device.model_number]
    return " ".join(filter(None, names))


def _standing(seen: ObservationResource) -> str:
    return "preliminary" if seen.status == "preliminary" else ""


def _flag(found: Found) -> str:
    """What the sender makes of the value: high, low, osteopenia."""
    said = ", ".join(dict.fromkeys(each.words for each in found.interpretation if each.code not in ("N", "normal")))
    return f"flagged {said}" if said else ""


def _day(seen: ObservationResource) -> When | None:
    return (
        when(seen.effective_date_time)
        or during(seen.effective_period)
        or when(seen.effective_instant)
        or when(seen.issued)
    )
