"""The order for one dose: drug, amount, time, rate, line, flush, and what to give before and after."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.drug import Drug
from osteon.knowledge.types import Sourced, Statement


class Rate(Struct, frozen=True, kw_only=True):
    """How fast does the bag run when it takes so many minutes? `drops_per_min` is for the set's `drops_per_ml`."""

    label: str
    minutes: float
    ml_per_h: float
    drops_per_min: int
    drops_per_ml: float


class Note(Struct, frozen=True):
    """A sentence of the order, with its citations and how it is known."""

    text: str
    citations: tuple[str, ...]
    verified: str


class DoseOrder(Struct, frozen=True, kw_only=True):
    """What to give and how. Volumes in mL, times in minutes or seconds as their unit says."""

    drug: str
    name: str
    route: str
    is_infusion: bool
    dose: str
    how: Note
    volume: str = ""
    minimum_time: str = ""
    usual_time: str = ""
    maximum_rate_ml_h: float | None = None
    rates: tuple[Rate, ...] = ()
    lines: tuple[tuple[str, Note], ...] = ()
    before: tuple[Note, ...] = ()
    after: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every sentence of the order."""
        return (self.how, *(note for _, note in self.lines), *self.before, *self.after, *self.warnings)


def dose_order(drug: Drug, drops_per_ml: float) -> DoseOrder:
    """The order for one dose of this drug, for a giving set of so many drops per mL."""
    given = drug.administration
    lines = {
        "Dilution": given.dilution,
        "Line": given.line,
        "Flush": given.flush,
        "Needle": given.needle,
        "Never with": given.incompatible,
    }
    return DoseOrder(
        drug=drug.id,
        name=drug.name,
        route=drug.route.value.value,
        is_infusion=drug.route.value.is_intravenous,
        dose=str(drug.dose),
        how=note(given.how),
        volume=_said(given.volume),
        minimum_time=_said(given.minimum_time),
        usual_time=_said(given.usual_time),
        maximum_rate_ml_h=given.maximum_rate.value if given.maximum_rate else None,
        rates=_rates(drug, drops_per_ml),
        lines=tuple((label, note(line)) for label, line in lines.items() if line),
        before=tuple(note(each) for each in drug.premedication),
        after=tuple(note(each) for each in drug.after_care),
        warnings=(note(drug.not_the_same_product),) if drug.not_the_same_product else (),
    )


def note(statement: Statement) -> Note:
    """A statement of the knowledge as a sentence of an order or plan."""
    return Note(statement.value, statement.cite, statement.verified.value)


def infusion_rate(label: str, volume_ml: float, minutes: float, drops_per_ml: float) -> Rate:
    """The rate of a volume over a time: mL/h = volume x 60 / minutes; drops/min = volume x drops per mL / minutes."""
    return Rate(
        label=label,
        minutes=minutes,
        ml_per_h=volume_ml * 60 / minutes,
        drops_per_min=round(volume_ml * drops_per_ml / minutes),
        drops_per_ml=drops_per_ml,
    )


def _rates(drug: Drug, drops_per_ml: float) -> tuple[Rate, ...]:
    given = drug.administration
    if given.volume is None:
        return ()
    times = {"fastest allowed": given.minimum_time, "usual": given.usual_time, "slowest": given.maximum_time}
    return tuple(
        infusion_rate(label, given.volume.value, _minutes(time), drops_per_ml)
        for label, time in times.items()
        if time and time.unit in ("min", "h")
    )


def _minutes(time: Sourced[float]) -> float:
    return time.value * (60 if time.unit == "h" else 1)


def _said(value: Sourced[float] | None) -> str:
    return str(value) if value else ""
