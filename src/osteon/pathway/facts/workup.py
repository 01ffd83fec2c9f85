"""What has the search for other causes of weak bone brought so far?"""

from __future__ import annotations

from osteon.pathway.facts.lookup import cited, latest
from osteon.pathway.known import Known, unknown
from osteon.pathway.occasion import Occasion, fact

NO_SPEP = unknown("no protein electrophoresis in the chart")


@fact
def spep_done(at: Occasion) -> Known:
    """Was a protein electrophoresis done? One that is not in the chart may have been done elsewhere."""
    item = latest(at, "spep")
    return NO_SPEP if item is None else Known(True, (cited(item, "protein electrophoresis"),))
