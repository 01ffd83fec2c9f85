"""What is so on the day itself, and what does the patient manage and carry?"""

from __future__ import annotations

from osteon.pathway.facts.lookup import days_since, is_running, latest, parameter, result, silence
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

NO_TEMPERATURE = unknown("no temperature in the chart")


@fact
def temperature_c(at: Occasion) -> Known:
    """What is the temperature today? Degrees Celsius; one of another day does not count."""
    item = latest(at, "temperature")
    if item is None:
        return NO_TEMPERATURE
    age = days_since(at, item.when)
    if age.value != 0:
        return unknown(f"last measured {age.value:g} days ago", *result(item).grounds)
    return result(item)


@fact
def pill_burden(at: Occasion) -> Known:
    """Are many medicines taken every day? By the courses that run (a design threshold); fewer are no proof of few."""
    running = {each.sources for each in at.chart.courses if is_running(each, at)}
    if len(running) >= parameter(at, "many_tablets"):
        return Known(True, (Ground(f"{len(running)} medicines"),))
    return silence(at, "medications")
