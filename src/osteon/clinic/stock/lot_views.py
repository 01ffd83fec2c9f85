"""One lot: what became of it, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.balance import Outside, left_outside, units_of
from osteon.clinic.stock.forms import BlockForm, CountForm, TakeBackForm, TakeOutForm, UseForm, WasteForm
from osteon.clinic.stock.models import Lot, TakenOut
from osteon.clinic.stock.moving import StockError, count, take_back, take_out, use, waste
from osteon.clinic.stock.storage import storage_of
from osteon.clinic.stock.views import HANDLES_STOCK

_PER_PAGE = 50


@open_to(get=STAFF, post=HANDLES_STOCK)
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Show a lot; use, waste, count, take out, block."""
    found = Lot.objects.select_related("product", "for_patient", "refrigerator").filter(pk=lot_id).first()
    if found is None:
        raise Http404
    user = user_of(request)
    part = request.POST.get("part", "")
    sheets = _forms(found, user, part, request)
    form = sheets.get(part)
    if form is not None and form.is_valid():
        try:
            said = _ACTS[part](found, form.cleaned_data, user)
        except StockError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("stock-lot", found.pk)
    named = found.for_patient is None or sight(user, found.for_patient) is Sight.FULL
    if found.for_patient and named:
        record(user, "looked at the stock of a patient", patient=found.for_patient, lot=found.number)
    moved = found.movements.select_related("by", "patient", "patient__merged_into", "taken_back")
    page = Paginator(moved, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "lot": found,
        "units": units_of(found),
        "is_named": named,
        "is_expired": found.expires_on < today(),
        "storage": storage_of(found.product.drug, knowledge_on(today())),
        "outside": _outside(found),
        "forms": sheets if user.role in HANDLES_STOCK else {},
        "form": form,
        "page": page,
        "rows": [(each, _name(each.patient, user)) for each in page.object_list],
    }
    return render(request, "stock/lot.html", context, status=422 if form is not None else 200)


def _name(patient: Any, user: User) -> str:
    if patient is None:
        return ""
    patient = patient.merged_into or patient
    return patient.name if sight(user, patient) is Sight.FULL else "a confidential record"


def _outside(found: Lot) -> list[tuple[Outside, bool]]:
    now = timezone.now()
    taken = [Outside(each, left_outside(each)) for each in found.taken_out.select_related("by").order_by("use_by")]
    return [(each, each.is_over(now)) for each in taken if each.units > 0]


def _forms(found: Lot, user: User, part: str, request: HttpRequest) -> dict[str, forms.Form]:
    def given(name: str) -> Any:
        return request.POST if part == name else None

    outside = TakenOut.objects.filter(pk__in=[each.taken_out.pk for each, _ in _outside(found)])
    made: dict[str, forms.Form] = {
        "use": UseForm(_visits(found, user), outside, given("use"), auto_id="use-%s"),
        "waste": WasteForm(outside, given("waste"), auto_id="waste-%s"),
        "count": CountForm(given("count"), auto_id="count-%s"),
        "back": TakeBackForm(found, given("back"), auto_id="back-%s"),
        "block": BlockForm(given("block"), initial={"why": found.blocked_why}, auto_id="block-%s"),
    }
    if storage_of(found.product.drug, knowledge_on(today())).out_for is not None:
        made["out"] = TakeOutForm(given("out"), auto_id="out-%s")
    return made


def _visits(found: Lot, user: User) -> list[tuple[str, str]]:
    """Today's visits for this drug, of patients whom this person may see; of one patient's own units hers alone."""
    visits = Visit.objects.filter(drug=found.product.drug, starts_at__date=today())
    visits = visits.exclude(state__in=(Visit.State.CANCELLED, Visit.State.NO_SHOW)).select_related("patient")
    if found.for_patient_id:
        visits = visits.filter(patient=found.for_patient_id)
    return [
        (
            str(each.pk),
            f"{timezone.localtime(each.starts_at):%H:%M} {each.patient.name}, born {each.patient.birth_date}",
        )
        for each in visits.order_by("starts_at")
        if each.starts_at and sight(user, each.patient) is Sight.FULL
    ]


def _use(found: Lot, given: dict[str, Any], by: User) -> str:
    use(found, Visit.objects.select_related("patient").get(pk=given["visit"]), by, taken_out=given["taken_out"])
    return "Used: one unit."


def _waste(found: Lot, given: dict[str, Any], by: User) -> str:
    waste(found, given["units"], given["reason"], by, taken_out=given["taken_out"])
    return "Thrown away, and written down."


def _count(found: Lot, given: dict[str, Any], by: User) -> str:
    changed = count(found, given["counted"], given["reason"], by)
    return f"Counted: {changed.units:+d}." if changed else "Counted: the number was right."


def _take_out(found: Lot, given: dict[str, Any], by: User) -> str:
    taken = take_out(found, given["units"], by)
    return f"Taken out: use or throw away by {timezone.localtime(taken.use_by):%-d %B %Y, %H:%M}. They do not go back."


def _block(found: Lot, given: dict[str, Any], by: User) -> str:
    why = given["why"].strip()
    found.is_blocked, found.blocked_why = bool(why), why
    found.save(update_fields=["is_blocked", "blocked_why"])
    record(by, "blocked a lot" if why else "freed a lot", lot=found.number, product=found.product.name, why=why)
    return "Blocked: nobody can be given this lot." if why else "Freed."


def _take_back(_found: Lot, given: dict[str, Any], by: User) -> str:
    take_back(given["movement"], given["reason"], by)
    return "Taken back. Both rows are kept."


_ACTS: dict[str, Callable[[Lot, dict[str, Any], User], str]] = {
    "use": _use,
    "waste": _waste,
    "count": _count,
    "out": _take_out,
    "block": _block,
    "back": _take_back,
}
