"""Which drugs are given, how much, and when?

A regimen is courses of drugs in time, joined by commas::

    denosumab:60mg/6mo@-54-0,zoledronic_acid:5mg@3

`drug:dose/interval@start-stop` doses at start, start + interval, ... strictly before stop;
`drug:dose@month` is one dose; `none` is calcium and vitamin D alone. Months are decimal and may be negative
(before baseline); 1 mo = 30.4375 d. Doses are in mg or ug, intervals in d, wk or mo. A drug taken by the day
(`/1d`) acts over [start, stop). Overlaps add.
"""

import math
import re
from decimal import Decimal
from typing import Literal

import msgspec

from osteon.knowledge.spans import DAYS, DAYS_PER_MONTH

DRUGS: dict[str, str] = {
    "alendronate": "mg",
    "risedronate": "mg",
    "ibandronate": "mg",
    "ibandronate_oral": "mg",
    "pamidronate": "mg",
    "zoledronic_acid": "mg",
    "denosumab": "mg",
    "romosozumab": "mg",
    "teriparatide": "ug",
    "abaloparatide": "ug",
    "raloxifene": "mg",
}
"""Every drug that the notation knows, with the unit in which its dose is usually written."""

DoseUnit = Literal["mg", "ug"]
IntervalUnit = Literal["d", "wk", "mo"]

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_COURSE = re.compile(
    rf"(?P<drug>[a-z_]+):(?P<dose>{_NUMBER})(?P<unit>mg|ug)"
    rf"(?:/(?P<interval>{_NUMBER})(?P<every>d|wk|mo))?"
    rf"@(?P<start>-?{_NUMBER})(?:-(?P<stop>-?{_NUMBER}))?"
)


class RegimenError(ValueError):
    """What is wrong with a regimen, and how is it mended?"""


class Dose(msgspec.Struct, frozen=True, order=True):
    """When is how much of which drug given? Day counts from baseline; a dose is in milligrams."""

    day: float
    drug: str
    dose_mg: float


class Course(msgspec.Struct, frozen=True):
    """Which drug is given how, from when until when?

    Months count from baseline. `interval` is None for a single dose, and then `stop_month` is None too.
    """

    drug: str
    dose: float
    dose_unit: DoseUnit
    start_month: float
    stop_month: float | None = None
    interval: float | None = None
    interval_unit: IntervalUnit = "mo"

    def __post_init__(self) -> None:
        """Refuse a course that nobody could give."""
        if self.drug not in DRUGS:
            msg = f"unknown drug {self.drug!r}; use one of {', '.join(sorted(DRUGS))}"
            raise RegimenError(msg)
        if not (math.isfinite(self.dose) and self.dose > 0):
            msg = f"{self.drug}: the dose must be a number above 0, not {self.dose:g}"
            raise RegimenError(msg)
        if not math.isfinite(self.start_month):
            msg = f"{self.drug}: the start must be a finite month, not {self.start_month:g}"
            raise RegimenError(msg)
        if (self.interval is None) != (self.stop_month is None):
            msg = (
                f"{self.drug}: a repeated dose needs both an interval and a stop, "
                f"as in {self.drug}:{self.dose:g}{self.dose_unit}/6mo@0-24; "
                f"one dose needs neither, as in {self.drug}:{self.dose:g}{self.dose_unit}@0"
            )
            raise RegimenError(msg)
        if self.interval is not None and not (math.isfinite(self.interval) and self.interval > 0):
            msg = f"{self.drug}: the interval must be above 0, not {self.interval:g}{self.interval_unit}"
            raise RegimenError(msg)
        if self.stop_month is not None and not (math.isfinite(self.stop_month) and self.stop_month > self.start_month):
            msg = f"{self.drug}: the stop ({self.stop_month:g}) must come after the start ({self.start_month:g})"
            raise RegimenError(msg)

    @property
    def dose_mg(self) -> float:
        """How many milligrams is one dose?"""
        return self.dose / 1000.0 if self.dose_unit == "ug" else self.dose

    @property
    def interval_days(self) -> float | None:
        """How many days lie between two doses? None for a single dose."""
        return None if self.interval is None else self.interval * DAYS[self.interval_unit]

    @property
    def is_daily(self) -> bool:
        """Is it taken by the day, and so acts without a break over [start, stop)?"""
        return self.interval_unit == "d" and self.interval == 1.0

    @property
    def start_day(self) -> float:
        """On which day does it begin?"""
        return self.start_month * DAYS_PER_MONTH

    @property
    def stop_day(self) -> float | None:
        """On which day does it stop? None for a single dose."""
        return None if self.stop_month is None else self.stop_month * DAYS_PER_MONTH

    @property
    def count(self) -> int:
        """How many doses does it give? The dose that would fall on the stop is not given."""
        interval, stop = self.interval_days, self.stop_day
        if interval is None or stop is None:
            return 1
        # A millionth of an interval keeps `6mo@0-24` at four doses whatever the rounding of binary fractions.
        return max(1, math.ceil((stop - self.start_day) / interval - 1e-6))

    @property
    def last_day(self) -> float:
        """On which day is its last dose?"""
        return self.start_day + (self.count - 1) * (self.interval_days or 0.0)

    def doses(self) -> tuple[Dose, ...]:
        """Which doses does it give, in order?"""
        interval = self.interval_days or 0.0
        return tuple(Dose(self.start_day + k * interval, self.drug, self.dose_mg) for k in range(self.count))

    def __str__(self) -> str:
        """How is it written? Reading the answer back gives the same course."""
        every = "" if self.interval is None else f"/{_plain(self.interval)}{self.interval_unit}"
        until = "" if self.stop_month is None else f"-{_plain(self.stop_month)}"
        return f"{self.drug}:{_plain(self.dose)}{self.dose_unit}{every}@{_plain(self.start_month)}{until}"


class Regimen(msgspec.Struct, frozen=True):
    """Which courses of drugs make up the treatment? No course is calcium and vitamin D alone."""

    courses: tuple[Course, ...] = ()

    @property
    def drugs(self) -> tuple[str, ...]:
        """Which drugs appear, in the order of the courses, each once?"""
        return tuple(dict.fromkeys(course.drug for course in self.courses))

    def doses(self) -> tuple[Dose, ...]:
        """Which doses are given, by day, then drug, then dose? Daily drugs appear once a day."""
        return tuple(sorted(dose for course in self.courses for dose in course.doses()))

    def __str__(self) -> str:
        """How is it written? `parse_regimen` reads the answer back to an equal regimen."""
        return ",".join(str(course) for course in self.courses) or "none"


def parse_regimen(text: str) -> Regimen:
    """Which regimen does this notation describe?

    Raises `RegimenError`, naming the course at fault and how to write it.
    """
    if text.strip() == "none":
        return Regimen()
    if not text.strip():
        msg = "the regimen is empty; write none for calcium and vitamin D alone"
        raise RegimenError(msg)
    return Regimen(tuple(_parse_course(part.strip()) for part in text.split(",")))


def _parse_course(text: str) -> Course:
    found = _COURSE.fullmatch(text)
    if found is None:
        advice = " (none stands alone, without other courses)" if text == "none" else ""
        msg = (
            f"cannot read {text!r}{advice}; write drug:dose/interval@start-stop, as in denosumab:60mg/6mo@0-24, "
            "or drug:dose@month, as in zoledronic_acid:5mg@3; doses in mg or ug, intervals in d, wk or mo"
        )
        raise RegimenError(msg)
    unit: DoseUnit = "ug" if found["unit"] == "ug" else "mg"
    every: IntervalUnit = "d" if found["every"] == "d" else "wk" if found["every"] == "wk" else "mo"
    return Course(
        drug=found["drug"],
        dose=float(found["dose"]),
        dose_unit=unit,
        start_month=float(found["start"]),
        stop_month=None if found["stop"] is None else float(found["stop"]),
        interval=None if found["interval"] is None else float(found["interval"]),
        interval_unit=every,
    )


def _plain(number: float) -> str:
    # Decimal of repr keeps every digit and never writes an exponent, which the notation does not know.
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
