"""What a session takes from the shelf: a unit of the lot that was in hand, whether or not anybody had received it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from msgspec import Struct

from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.stock.balance import outside
from osteon.clinic.stock.models import Lot, Movement, Product
from osteon.clinic.stock.moving import StockError, may_be_given, take_back, write_down_use


class InHand(Struct, frozen=True):
    """What was read off the label at the chair."""

    product: str
    lot: str
    expires_on: date


def same_number(one: str, other: str) -> bool:
    """Is it the same lot number? Spaces, hyphens and capitals do not count."""
    return bare(one) == bare(other)


def bare(number: str) -> str:
    """A lot number as it is compared."""
    return "".join(c for c in number.casefold() if c.isalnum())


def why_not_this(visit: Visit, number: str) -> str:
    """Why may the lot in hand not be given at this visit? Empty where nothing is known against it.

    A lot that nobody received says nothing: it is given on the word of its label.
    """
    lot = _lot(visit.drug, number)
    if lot is None:
        return ""
    try:
        may_be_given(lot, visit)
    except StockError as error:
        return str(error)
    return ""


def given_at(visit: Visit, in_hand: InHand | None, by: User, *, units: int = 1) -> None:
    """Write down which lot a dose was taken from; None takes back what was written. The same again changes nothing.

    What happened is written down even if it should not have: a lot that nobody received is made, and its count then
    stands below zero until somebody counts. So a recall finds every dose.
    """
    with transaction.atomic():
        standing = Movement.objects.filter(visit=visit, kind=Movement.Kind.USED, taken_back__isnull=True)
        earlier = list(standing.select_related("lot"))
        if in_hand is not None and any(same_number(each.lot.number, in_hand.lot) for each in earlier):
            return
        for each in earlier:
            take_back(each, "corrected in the session", by)
        if in_hand is not None:
            lot = _lot(visit.drug, in_hand.lot) or _made(visit.drug, in_hand)
            out = next((each for each in outside() if each.taken_out.lot_id == lot.pk and each.units >= units), None)
            write_down_use(lot, visit, by, units=units, taken_out=out.taken_out if out else None)


def _lot(drug: str, number: str) -> Lot | None:
    lots: Iterable[Lot] = Lot.objects.filter(product__drug=drug).select_related("product", "for_patient")
    return next((lot for lot in lots if same_number(lot.number, number)), None)


def _made(drug: str, in_hand: InHand) -> Lot:
    product = Product.objects.filter(drug=drug, is_in_use=True).order_by("pk").first()
    if product is None:
        product, _ = Product.objects.get_or_create(name=in_hand.product[:120], defaults={"drug": drug})
    return Lot.objects.create(product=product, number=in_hand.lot, expires_on=in_hand.expires_on)
