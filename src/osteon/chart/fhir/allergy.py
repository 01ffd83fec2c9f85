"""To what does the patient react, or is it said that there is nothing?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.fhir.context import Context
from osteon.chart.fhir.dates import when
from osteon.chart.fhir.resources import AllergyResource
from osteon.chart.reasons import skipped
from osteon.chart.types import Allergy, Skipped

_LEFT_OUT = {"entered-in-error": reasons.ENTERED_IN_ERROR, "refuted": reasons.REFUTED}
_NONE_KNOWN = "no_known_allergy"


def read_allergy(seen: AllergyResource, at: Context) -> Iterator[Allergy | Skipped]:
    """The allergy or intolerance. An allergy to what no value set holds is kept: it is shown to the nurse."""
    text = seen.code.words or next((each.substance.words for each in seen.reaction if each.substance), "")
    reason = _LEFT_OUT.get(seen.verification_status.code) or (
        reasons.RESOLVED if seen.clinical_status.code == "resolved" else ""
    )
    if reason or not text:
        yield skipped("AllergyIntolerance", reason or reasons.NO_VALUE, text)
        return
    manifestations = (each.words for reaction in seen.reaction for each in reaction.manifestation)
    described = (reaction.description for reaction in seen.reaction)
    coded = at.sets(seen.code, *(each.substance for each in seen.reaction))
    kinds = coded or at.drugs(seen.code) or at.codes.called(text, Topic.STATE)
    yield Allergy(
        kinds=kinds,
        text=text,
        source=f"AllergyIntolerance/{seen.id}",
        is_intolerance=seen.type == "intolerance",
        criticality=seen.criticality,
        reactions=tuple(dict.fromkeys(filter(None, (*manifestations, *described)))),
        when=when(seen.onset_date_time) or when(seen.recorded_date),
        none_known=_NONE_KNOWN in kinds,
    )
