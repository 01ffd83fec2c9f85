"""What do forecasts say in a plan? The shapes that an option and a plan carry."""

from __future__ import annotations

from msgspec import Struct

from osteon.bone.types import Flag, Forecast


class IfLate(Struct, frozen=True, kw_only=True):
    """What if a dose comes late? `due_mo` is when it is due, in months from today, `by_mo` how late it comes.

    Of the forecast a plan keeps what a late dose changes: density, and the chance of a broken vertebra.
    """

    drug: str
    due_mo: float
    by_mo: float
    forecast: Forecast


class OptionForecast(Struct, frozen=True, kw_only=True):
    """What would this option do to this patient's bone, begun on the first day on which it can be?

    `starts_mo` is that day, in months from today. `on_time` is the forecast if every dose is; `if_late` what becomes
    of it if the next dose that follows another is late, None where no such dose is planned. After the last dose of the
    option nothing is given. To keep a plan short, forecasts in a plan look at fewer months than `osteon forecast` does
    and leave out density in g/cm2 and turnover.
    """

    starts_mo: float
    on_time: Forecast
    if_late: IfLate | None = None


class Outlook(Struct, frozen=True, kw_only=True):
    """From what do the forecasts of the options start, and what happens if no drug is given from today on?

    `without` is that forecast; None where there is no forecast, and `why_not` says why. `flags` is what was assumed in
    reading the chart, for all forecasts alike.
    """

    without: Forecast | None = None
    why_not: str = ""
    flags: tuple[Flag, ...] = ()
