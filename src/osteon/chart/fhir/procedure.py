"""What was done, and what was asked for?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.courses import Exposure
from osteon.chart.fhir.context import Context, target
from osteon.chart.fhir.dates import during, when
from osteon.chart.fhir.fracture import recording_of
from osteon.chart.fhir.medication import given_by_procedure
from osteon.chart.fhir.resources import ProcedureResource, ServiceRequestResource
from osteon.chart.fhir.states import states_by_words
from osteon.chart.fractures import Recording
from osteon.chart.reasons import WARNING, skipped
from osteon.chart.types import Order, Procedure, Skipped

_LEFT_OUT = {"entered-in-error": reasons.ENTERED_IN_ERROR, "not-done": reasons.CANCELLED}
REPAIR = "hip_fracture_repair"
"""Where a broken hip was repaired a hip had broken, whether or not the problem list says so. A hip is also replaced
for arthritis: only words that name a fracture tell one."""

_NOT_YET = frozenset({"preparation", "on-hold"})


def read_procedure(seen: ProcedureResource, at: Context) -> Iterator[Procedure | Exposure | Recording | Skipped]:
    """The procedure, and the dose that it stands for where its code is that of a drug."""
    what, text = "Procedure", seen.code.words
    if seen.status in _LEFT_OUT:
        yield skipped(what, _LEFT_OUT[seen.status], text)
        return
    source = f"{what}/{seen.id}"
    day = when(seen.performed_date_time) or during(seen.performed_period) or when(seen.performed_string.strip())
    exposures = list(given_by_procedure(seen.code, source, day, at)) if seen.status not in _NOT_YET else []
    yield from exposures
    kinds = at.of_topic(at.sets(seen.code), Topic.STATE)
    by_words = kinds or states_by_words(seen.code, at)
    if by_words != kinds:
        yield skipped(f"{WARNING}{what}", reasons.BY_WORDS, text)
    if REPAIR in by_words and seen.status not in _NOT_YET and "fractur" in seen.code.all_words.lower():
        yield recording_of(
            seen.code, frozenset({"fracture.hip"}), source, at, when=day, encounter=target(seen.encounter)
        )
    if by_words:
        yield Procedure(
            kinds=by_words,
            text=text,
            source=source,
            when=day,
            is_done=seen.status not in _NOT_YET,
            site=" ".join(filter(None, (each.words for each in seen.body_site))),
        )
    elif not exposures:
        yield skipped(what, reasons.UNKNOWN_CODE, text)


def read_service_request(seen: ServiceRequestResource, at: Context) -> Iterator[Order | Skipped]:
    """The order, with its status and intent, and whether it forbids."""
    what, text = "ServiceRequest", seen.code.words
    if seen.status == "entered-in-error":
        yield skipped(what, reasons.ENTERED_IN_ERROR, text)
        return
    kinds = at.sets(seen.code)
    if not kinds:
        yield skipped(what, reasons.UNKNOWN_CODE, text)
        return
    yield Order(
        kinds=kinds,
        text=text,
        source=f"{what}/{seen.id}",
        when=when(seen.authored_on) or when(seen.occurrence_date_time) or during(seen.occurrence_period),
        status=seen.status,
        intent=seen.intent,
        forbids=seen.do_not_perform,
    )
