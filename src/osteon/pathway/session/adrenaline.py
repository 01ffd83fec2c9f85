"""How much adrenaline into the muscle, in anaphylaxis? Asked before any form is filled in."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.types import Verified


class Adrenaline(Struct, frozen=True):
    """The dose in mg and in mL, after how many minutes it may be repeated, and how well that is known."""

    dose_mg: float
    volume_ml: float
    again_from_min: float
    is_by_weight: bool
    verified: Verified

    @property
    def words(self) -> str:
        """The order, as it is read out."""
        why = "by weight" if self.is_by_weight else "the adult dose: the weight is not known"
        return (
            f"adrenaline {self.dose_mg:g} mg = {self.volume_ml:g} mL of 1 mg/mL into the outer thigh ({why}); "
            f"again from {self.again_from_min:g} minutes on"
        )


def adrenaline(weight_kg: float | None, knowledge: Knowledge) -> Adrenaline:
    """0.01 mg/kg of 1 mg/mL into the muscle, at most 0.5 mg; the adult dose where the weight is not known.

    Doses are rounded down to a hundredth of a mg. Raises ValueError for a weight of 0 or less.
    """
    if weight_kg is not None and weight_kg <= 0:
        message = f"a weight is above 0 kg, not {weight_kg:g}"
        raise ValueError(message)
    number = {name: knowledge.parameter(f"session.adrenaline_{name}") for name in _NUMBERS}
    by_weight = None if weight_kg is None else int(weight_kg * number["per_kg"].value * 100 + 1e-9) / 100
    dose = number["adult"].value if by_weight is None else min(by_weight, number["maximum"].value)
    return Adrenaline(
        dose_mg=dose,
        volume_ml=dose / number["strength"].value,
        again_from_min=number["again_from"].value,
        is_by_weight=weight_kg is not None,
        verified=number["per_kg"].verified,
    )


_NUMBERS = ("per_kg", "maximum", "adult", "strength", "again_from")
