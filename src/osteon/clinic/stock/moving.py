"""Receive, use, waste, count, take out of the refrigerator: each writes a row, and none changes one."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.balance import left_outside, units_of
from osteon.clinic.stock.models import Lot, Movement, TakenOut
from osteon.clinic.stock.storage import storage_of


class StockError(ValueError):
    """This cannot be done with this lot. The message says why."""


def receive(lot: Lot, units: int, by: User, *, reason: str = "") -> Movement:
    """Units came in."""
    return _moved(lot, Movement.Kind.RECEIVED, units, by, reason=reason)


def use(lot: Lot, visit: Visit, by: User, *, units: int = 1, taken_out: TakenOut | None = None) -> Movement:
    """Units were given at a visit. Raises `StockError`.

    A lot is refused that is for another patient, of another drug, past its last day, blocked, used up, or too long out
    of the refrigerator.
    """
    with transaction.atomic():
        lot = _locked(lot)
        may_be_given(lot, visit)
        if taken_out is not None and timezone.now() >= taken_out.use_by:
            message = "These units have been out of the refrigerator for too long. Throw them away."
            raise StockError(message)
        return _used(lot, visit, by, units, taken_out, must_be_there=True)


def write_down_use(lot: Lot, visit: Visit, by: User, *, units: int, taken_out: TakenOut | None = None) -> Movement:
    """Units were given at a visit, whether or not they should have been: what happened is written down."""
    return _used(lot, visit, by, units, taken_out, must_be_there=False)


def _used(lot: Lot, visit: Visit, by: User, units: int, taken_out: TakenOut | None, *, must_be_there: bool) -> Movement:
    with transaction.atomic():
        made = _moved(
            lot,
            Movement.Kind.USED,
            -units,
            by,
            visit=visit,
            patient=visit.patient,
            taken_out=taken_out,
            must_be_there=must_be_there,
        )
        record(by, "used stock", patient=visit.patient, lot=lot.number, product=lot.product.name, units=units)
        return made


def waste(lot: Lot, units: int, reason: str, by: User, *, taken_out: TakenOut | None = None) -> Movement:
    """Units were thrown away, with the reason. Raises `StockError`."""
    return _moved(lot, Movement.Kind.WASTED, -units, by, reason=reason, taken_out=taken_out)


def count(lot: Lot, counted: int, reason: str, by: User) -> Movement | None:
    """Somebody counted: the difference becomes a row. None where the number was right."""
    with transaction.atomic():
        difference = counted - units_of(_locked(lot))
        return _moved(lot, Movement.Kind.COUNTED, difference, by, reason=reason) if difference else None


def take_back(wrong: Movement, reason: str, by: User) -> Movement:
    """A movement was written down in error: one the other way round stands beside it. Raises `StockError`."""
    with transaction.atomic():
        lot = _locked(wrong.lot)
        if wrong.corrects_id or Movement.objects.filter(corrects=wrong).exists():
            message = "This was taken back already."
            raise StockError(message)
        kind = Movement.Kind.TAKEN_BACK
        return _moved(lot, kind, -wrong.units, by, reason=reason, taken_out=wrong.taken_out, corrects=wrong)


def take_out(lot: Lot, units: int, by: User) -> TakenOut:
    """Start the clock of units taken out of the refrigerator. Raises `StockError` where none is stated for the drug."""
    keeping = storage_of(lot.product.drug, knowledge_on(today()))
    if keeping.out_for is None:
        message = "Nothing is known of how long this drug keeps outside the refrigerator."
        raise StockError(message)
    with transaction.atomic():
        lot = _locked(lot)
        inside = units_of(lot) - sum(left_outside(each) for each in lot.taken_out.all())
        if units > inside:
            message = f"Only {inside} of this lot are in the refrigerator."
            raise StockError(message)
        now = timezone.now()
        return TakenOut.objects.create(lot=lot, units=units, at=now, by=by, use_by=now + keeping.out_for)


def _locked(lot: Lot) -> Lot:
    """The lot, which nobody else changes until this transaction ends."""
    return Lot.objects.select_for_update().select_related("product").get(pk=lot.pk)


def may_be_given(lot: Lot, visit: Visit) -> None:
    """Raises `StockError` for a lot of another patient or drug, past its last day, or blocked."""
    message = ""
    if lot.for_patient_id and lot.for_patient_id not in _hers(visit.patient):
        message = "This lot was sent by a payer for another patient."
    elif lot.product.drug != visit.drug:
        message = "This lot is of another drug than the visit."
    elif lot.expires_on < today():
        message = f"This lot expired on {lot.expires_on}."
    elif lot.is_blocked:
        message = f"This lot is blocked: {lot.blocked_why}"
    if message:
        raise StockError(message)


def _hers(patient: Patient) -> set[object]:
    return {patient.pk, *patient.doubles.values_list("pk", flat=True)}


def _moved(
    lot: Lot,
    kind: Movement.Kind,
    units: int,
    by: User,
    *,
    reason: str = "",
    visit: Visit | None = None,
    patient: Patient | None = None,
    taken_out: TakenOut | None = None,
    corrects: Movement | None = None,
    must_be_there: bool = True,
) -> Movement:
    with transaction.atomic():
        lot = _locked(lot)
        if units < 0 and must_be_there:
            outside = sum(left_outside(each) for each in lot.taken_out.all())
            left = left_outside(taken_out) if taken_out else units_of(lot) - outside
            if left + units < 0 and kind is not Movement.Kind.COUNTED:
                where = "outside the refrigerator" if taken_out else "in place"
                message = f"Only {left} of this lot are {where}. If that is wrong, count first."
                raise StockError(message)
        made = Movement.objects.create(
            lot=lot,
            kind=kind,
            units=units,
            at=timezone.now(),
            by=by,
            visit=visit,
            patient=patient,
            taken_out=taken_out,
            corrects=corrects,
            reason=reason[:200],
        )
        if kind is not Movement.Kind.USED:
            whose = corrects.patient if corrects else None
            record(by, f"stock {kind.label}", patient=whose, lot=lot.number, product=lot.product.name, units=units)
        return made
