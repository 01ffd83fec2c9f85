"""What does a report say of the results it lists, and what did it conclude?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.fhir.context import Context, Panel, target
from osteon.chart.fhir.dates import during, when
from osteon.chart.fhir.fracture import is_fracture, recording_of
from osteon.chart.fhir.resources import DiagnosticReportResource
from osteon.chart.fractures import Recording
from osteon.chart.reasons import WARNING, skipped
from osteon.chart.types import Procedure, Skipped, When

_LEFT_OUT = {
    "entered-in-error": reasons.ENTERED_IN_ERROR,
    "cancelled": reasons.CANCELLED,
    "registered": reasons.NO_RESULT,
}


def panel_of(seen: DiagnosticReportResource, at: Context) -> Panel:
    """What holds for all results of a report: its day and what its code and words name."""
    return Panel(words=seen.code.all_words, value_sets=at.sets(seen.code), when=_day(seen))


def read_report(seen: DiagnosticReportResource, at: Context) -> Iterator[Procedure | Recording | Skipped]:
    """The study that was done, and the fractures that it found. Its results are read as observations."""
    what, text = "DiagnosticReport", seen.code.words
    if seen.status in _LEFT_OUT:
        yield skipped(what, _LEFT_OUT[seen.status], text)
        return
    day, source = _day(seen), f"{what}/{seen.id}"
    kinds = at.of_topic(at.sets(seen.code), Topic.STATE)
    if "dxa" in kinds and not seen.result:
        yield skipped(f"{WARNING}{what}", reasons.ONLY_WORDS, text)
    if kinds:
        yield Procedure(kinds=kinds, text=text, source=source, when=day)
    found = [(concept, at.of_topic(at.sets(concept), Topic.STATE)) for concept in seen.conclusion_code]
    fractures = [(concept, value_sets) for concept, value_sets in found if is_fracture(value_sets)]
    for concept, value_sets in fractures:
        yield recording_of(concept, value_sets, source, at, when=day, encounter=target(seen.encounter))
    if not kinds and not fractures and not seen.result:
        yield skipped(what, reasons.UNKNOWN_CODE, text)


def _day(seen: DiagnosticReportResource) -> When | None:
    return when(seen.effective_date_time) or during(seen.effective_period) or when(seen.issued)
