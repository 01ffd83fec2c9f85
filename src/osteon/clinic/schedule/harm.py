"""How bad is a day of delay, drug by drug? The unit is a day of delay of a yearly zoledronate.

**Where the numbers come from.** The bone model of this program was asked what a delay of 1, 2 and 4 months costs a
woman of 70 with T-scores of -2.8 (spine) and -2.5 (hip), two years into treatment (`osteon forecast --late`,
model 2026.11, seed 1): the median loss of spine density by the day on which the late dose is
given, against the dose on time.

| drug | loss in points of per cent after 1, 2, 4 months | per month, against zoledronate |
| --- | --- | --- |
| zoledronic acid, yearly | 0.025, 0.054, 0.105 | 1 |
| ibandronate, every 3 months | 0.167, 0.370, 0.862 | 7 to 9 |
| denosumab, after one dose | 0.285, 0.750, 2.061 | 11 to 25 |
| denosumab, after four doses | 0.321, 0.873, 2.397 | 13 in the first month, 20 in the second, 29 after |

The extra vertebral fractures of the first year go the same way: 8 times zoledronate's after one month, 34 times after
four. Trials say why: after denosumab is stopped vertebrae break at 7.1 per 100 patient-years against 1.2 on it
(CUMMINGS_2018), and NOGG calls more than seven months after two or more doses urgent (NOGG_2024_REG).

**What is design.** To take loss of density per month as the harm of a day, to round it, and everything below that is
not in the table. A clinic may set its own: the engine only reads `Harm`.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final

from osteon.clinic.schedule.types import Harm

PER_DAY: Final = MappingProxyType(
    {
        "zoledronic_acid": 1,  # by definition
        "ibandronate": 7,  # the model
        "pamidronate": 7,  # design: as ibandronate, also every three months; the model has no pamidronate
        "romosozumab": 5,  # design: what is late is not lost, the course of twelve is only put off
        "denosumab": 13,  # the model, first month of delay
    }
)
"""Harm of a day of delay before any danger."""

DENOSUMAB_IN_DANGER: Final = 30
"""Harm of a day of delay from seven months on, after two doses or more (the model: 29 from the third month)."""

ANOTHER_DRUG: Final = 1
"""Harm of a day of delay of anything not named here (design)."""

_REBOUNDS_FROM_DOSES = 2


def harm(drug: str, *, doses_given: int | None = None, dangerous_from: date | None = None) -> Harm:
    """How bad is a day of delay of this drug?

    `doses_given` before this one; None is cannot tell, and counts as enough for danger. `dangerous_from` is the day
    on which the drug's `dangerous_after` of the knowledge is reached (denosumab: seven months after the last dose).
    """
    per_day = PER_DAY.get(drug, ANOTHER_DRUG)
    may_rebound = drug == "denosumab" and (doses_given is None or doses_given >= _REBOUNDS_FROM_DOSES)
    if may_rebound and dangerous_from is not None:
        return Harm(per_day, dangerous_from, DENOSUMAB_IN_DANGER)
    return Harm(per_day)
