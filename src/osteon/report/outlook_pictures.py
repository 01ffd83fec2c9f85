"""Which pictures show what each option would do to the bones? The fans, all on one scale, by name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from osteon.bone.types import Forecast
from osteon.report.forecast_chart import fan_chart
from osteon.report.forecast_reading import fan_of
from osteon.report.outlook import NO_DRUG, OutlookRow, OutlookView

if TYPE_CHECKING:
    import altair as alt

CHOSEN, IF_LATE = "chosen", "if-late"

_LARGE: dict[str, Any] = {"width": 560, "height": 300}
_SMALL: dict[str, Any] = {"width": 300, "height": 190}

_YEARS_AFTER_A_LATE_DOSE = 4
"""So much is drawn after it: what a late dose costs is seen in the years that follow (design)."""


def charts(outlook: OutlookView, *, one_by_one: bool = True) -> dict[str, alt.LayerChart]:
    """Fans at the site that is worst today: `CHOSEN`, `IF_LATE`, and one by one those of all options by `key`.

    `CHOSEN` is the option that the plan lays out beside no drug (no drug alone, where none is chosen), `IF_LATE` the
    same with a late dose, where there is one. Empty without a forecast.
    """
    if not outlook.rows:
        return {}
    ends = _ends(outlook)

    def drawn(*forecasts: Forecast, **how: Any) -> alt.LayerChart:
        aim = next((each.target for each in forecasts[0].targets if each.site == outlook.site), None)
        usual = {"measured": outlook.scans, "target": aim, "ends": ends}
        return fan_chart(forecasts, site=outlook.site, titled=False, **{**usual, **how})

    rows = outlook.rows if one_by_one else ()
    found = {key(row): drawn(row.part.forecast, **_SMALL) for row in rows}
    # The chosen option comes first, and no drug second; where none is chosen, no drug is the first.
    first, second = outlook.rows[0], outlook.rows[1] if outlook.rows[0].option else None
    both = [row for row in (first, second) if row]
    found[CHOSEN] = drawn(*(row.part.forecast for row in both), names=tuple(row.name for row in both), **_LARGE)
    late = first.part.late
    if late:
        years = math.ceil(late.due_mo / 12.0) + _YEARS_AFTER_A_LATE_DOSE
        pair = (first.part.forecast, late.forecast)
        # Of the late one only the change of density is kept, on which scans have no place.
        found[IF_LATE] = drawn(*pair, names=("on time", "late"), years=years, ends=None, measured=(), **_LARGE)
    return found


def key(row: OutlookRow) -> str:
    """What is the picture of this row called?"""
    return row.option.drug if row.option else NO_DRUG.replace(" ", "-")


def _ends(outlook: OutlookView) -> tuple[float, float]:
    """Which T-scores must every picture reach, so that options compare at a glance?"""
    fans = [fan_of(row.part.forecast, outlook.site, "t_score") for row in outlook.rows]
    return min(min(fan.low90) for fan in fans), max(max(fan.high90) for fan in fans)
