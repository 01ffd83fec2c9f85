"""Who got lot X?"""

from __future__ import annotations

from msgspec import Struct

from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient
from osteon.clinic.stock.at_the_chair import same_number
from osteon.clinic.stock.balance import Shelf, shelves
from osteon.clinic.stock.models import Lot, Movement


class Got(Struct, frozen=True):
    """A dose out of the lot. `patient` is who has the record now, where records were merged since."""

    movement: Movement
    patient: Patient
    may_be_named: bool


class Recall(Struct, frozen=True):
    """What became of a lot: who got it, what is left, and what was thrown away."""

    number: str
    lots: list[Lot]
    given: list[Got]
    left: list[Shelf]
    wasted: int

    @property
    def people(self) -> int:
        """How many patients got it?"""
        return len({each.patient.pk for each in self.given})


def recall(number: str, user: User) -> Recall:
    """Everything about lots of this number, however it was written: spaces, hyphens and capitals do not count."""
    lots = [lot for lot in Lot.objects.select_related("product", "for_patient") if same_number(lot.number, number)]
    moved = Movement.objects.filter(lot__in=lots).select_related(
        "lot__product", "by", "visit", "patient__merged_into", "taken_back"
    )
    given = []
    for each in moved.filter(kind=Movement.Kind.USED, taken_back__isnull=True).order_by("at"):
        assert each.patient is not None  # noqa: S101 - the database holds it so
        patient = each.patient.merged_into or each.patient
        given.append(Got(each, patient, sight(user, patient) is Sight.FULL))
    wasted = -sum(each.units for each in moved if each.kind == Movement.Kind.WASTED and not hasattr(each, "taken_back"))
    return Recall(number, lots, given, shelves(lots), wasted)
