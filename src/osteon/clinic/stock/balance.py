"""How many units are left, of what, until when?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Sum
from msgspec import Struct

from osteon.clinic.stock.models import Lot, Movement, Product, TakenOut

SOON = timedelta(days=60)
"""From so many days before its last day a lot is said to expire soon (design)."""


class Shelf(Struct, frozen=True):
    """A lot with what is left of it: in all, and of that outside the refrigerator."""

    lot: Lot
    units: int
    outside: int = 0

    @property
    def in_place(self) -> int:
        """How many are where they belong?"""
        return self.units - self.outside


class Outside(Struct, frozen=True):
    """Units that were taken out of the refrigerator and are neither used nor wasted."""

    taken_out: TakenOut
    units: int

    def is_over(self, now: datetime) -> bool:
        """Has their time run out?"""
        return now >= self.taken_out.use_by


def units_of(lot: Lot) -> int:
    """How many units of a lot are left."""
    return Movement.objects.filter(lot=lot).aggregate(total=Sum("units"))["total"] or 0


def left_outside(taken_out: TakenOut) -> int:
    """How many of the units that were taken out are left."""
    return taken_out.units + (taken_out.movements.aggregate(total=Sum("units"))["total"] or 0)


def shelves(lots: Iterable[Lot]) -> list[Shelf]:
    """What is left of each lot, in two queries; lots of which nothing is left are not among them."""
    return [shelf for shelf in counted(lots) if shelf.units > 0]


def counted(lots: Iterable[Lot]) -> list[Shelf]:
    """Every lot of which something ever moved, in two queries. Below zero, more was given than ever came in: somebody
    has to count, or to write down what was received."""
    by_lot = {lot.pk: lot for lot in lots}
    sums = Movement.objects.filter(lot__in=by_lot).order_by().values_list("lot").annotate(total=Sum("units"))
    left = dict(sums)
    out: dict[int, int] = {}
    for each in outside():
        out[each.taken_out.lot_id] = out.get(each.taken_out.lot_id, 0) + each.units
    return [Shelf(lot, left[key], out.get(key, 0)) for key, lot in by_lot.items() if key in left]


def outside() -> list[Outside]:
    """Everything that is out of the refrigerator, what has to be used first on top."""
    taken = TakenOut.objects.select_related("lot__product", "lot__for_patient", "by").annotate(
        gone=Sum("movements__units")
    )
    found = [Outside(each, each.units + (each.gone or 0)) for each in taken.order_by("use_by")]
    return [each for each in found if each.units > 0]


class Low(Struct, frozen=True):
    """A product of which too little is left for everybody."""

    product: Product
    units: int


def low(shelved: Iterable[Shelf], products: Iterable[Product], on: date) -> list[Low]:
    """Products in use of which fewer units can be given to anybody than the clinic wants to have."""
    free: dict[int, int] = {}
    for shelf in shelved:
        lot = shelf.lot
        if lot.expires_on >= on and not lot.is_blocked and lot.for_patient_id is None:
            free[lot.product_id] = free.get(lot.product_id, 0) + shelf.units
    return [Low(each, free.get(each.pk, 0)) for each in products if free.get(each.pk, 0) < each.low_from]
