"""What has the search for other causes of weak bone brought so far?"""

from __future__ import annotations

from osteon.pathway.facts.lookup import cited, latest, latest_result
from osteon.pathway.known import Known, unknown
from osteon.pathway.occasion import Occasion, fact

NO_TSH = unknown("no TSH in the chart")
NO_HAEMOGLOBIN = unknown("no haemoglobin in the chart")
NO_TESTOSTERONE = unknown("no testosterone in the chart")
NO_URINE_CALCIUM = unknown("no calcium in 24-hour urine in the chart")
NO_SPEP = unknown("no protein electrophoresis in the chart")


@fact
def tsh_miu_l(at: Occasion) -> Known:
    """What is the TSH? m[IU]/L, the latest on or before the day."""
    return latest_result(at, "tsh", NO_TSH)


@fact
def haemoglobin_g_dl(at: Occasion) -> Known:
    """What is the haemoglobin? g/dL, the latest on or before the day."""
    return latest_result(at, "haemoglobin", NO_HAEMOGLOBIN)


@fact
def testosterone_ng_dl(at: Occasion) -> Known:
    """What is the testosterone? ng/dL, the latest on or before the day."""
    return latest_result(at, "testosterone", NO_TESTOSTERONE)


@fact
def urine_calcium_mg_d(at: Occasion) -> Known:
    """How much calcium is in the urine of a day? mg/d, the latest on or before the day."""
    return latest_result(at, "urine_calcium_24h", NO_URINE_CALCIUM)


@fact
def spep_done(at: Occasion) -> Known:
    """Was a protein electrophoresis done? One that is not in the chart may have been done elsewhere."""
    item = latest(at, "spep")
    return NO_SPEP if item is None else Known(True, (cited(item, "protein electrophoresis"),))
