"""The stock: what is there, what came in, and what needs a hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.balance import SOON, counted, low, outside, shelves
from osteon.clinic.stock.forms import ProductForm, RecallForm, ReceiveForm, RefrigeratorForm, TemperatureForm
from osteon.clinic.stock.models import Lot, Product, Refrigerator, Temperature
from osteon.clinic.stock.moving import receive
from osteon.clinic.stock.recall import recall

HANDLES_STOCK = {Role.NURSE, Role.PRESCRIBER}


@open_to(get=STAFF)
def stock(request: HttpRequest) -> HttpResponse:
    """What is there, what is low, what expires, what is warm."""
    on, now = today(), timezone.now()
    # Lots that were used up long ago are read too; their number grows by a few a week.
    lots = list(Lot.objects.select_related("product", "for_patient", "refrigerator").order_by("expires_on", "pk"))
    all_lots = counted(lots)
    shelved = [each for each in all_lots if each.units > 0]
    user = user_of(request)
    page = {
        "shelves": [(shelf, _for_whom(shelf.lot, user)) for shelf in shelved],
        "expired": [each for each in shelved if each.lot.expires_on < on],
        "soon": [each for each in shelved if on <= each.lot.expires_on <= on + SOON],
        "soon_days": SOON.days,
        "low": low(shelved, Product.objects.filter(is_in_use=True), on),
        "owed": [each for each in all_lots if each.units < 0],
        "outside": [(each, each.is_over(now)) for each in outside()],
        "refrigerators": _refrigerators(),
        "today": on,
        "may_change": user.role in HANDLES_STOCK,
    }
    return render(request, "stock/stock.html", page)


def _for_whom(lot: Lot, user: Any) -> str:
    """The patient for whom a payer sent it, as far as this person may know."""
    if lot.for_patient is None:
        return ""
    return lot.for_patient.name if sight(user, lot.for_patient) is Sight.FULL else "a confidential record"


def _refrigerators() -> list[tuple[Refrigerator, Temperature | None, bool]]:
    """Each with its latest reading, and whether it was read today."""
    newest = Temperature.objects.filter(refrigerator=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    found = list(Refrigerator.objects.filter(is_in_use=True).annotate(newest=Subquery(newest)))
    readings = Temperature.objects.select_related("refrigerator", "by").in_bulk([each.newest for each in found])
    result: list[tuple[Refrigerator, Temperature | None, bool]] = []
    for each in found:
        reading = readings.get(each.newest)
        result.append((each, reading, bool(reading and timezone.localdate(reading.at) == today())))
    return result


@open_to(get=HANDLES_STOCK, post=HANDLES_STOCK)
def receive_units(request: HttpRequest) -> HttpResponse:
    """Take in units of a lot."""
    form = ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            lot = form.lot()
            receive(lot, form.cleaned_data["units"], user_of(request))
            if lot.for_patient:
                record(user_of(request), "received a dose for a patient", patient=lot.for_patient, lot=lot.number)
        messages.success(request, f"Received: {form.cleaned_data['units']} of {lot}.")
        return redirect("stock")
    return render(request, "stock/receive.html", {"form": form}, status=422 if form.errors else 200)


@open_to(get=HANDLES_STOCK, post=HANDLES_STOCK)
def products(request: HttpRequest) -> HttpResponse:
    """The products and refrigerators; add one."""
    part = request.POST.get("part", "")
    product = ProductForm(request.POST if part == "product" else None, prefix="product")
    cold = RefrigeratorForm(request.POST if part == "refrigerator" else None, prefix="cold")
    form: ProductForm | RefrigeratorForm | None = {"product": product, "refrigerator": cold}.get(part)  # type: ignore[assignment]
    if form is not None and form.is_valid():
        made = form.save()
        record(user_of(request), f"added a {part} to the stock", name=str(made))
        messages.success(request, f"Added: {made}.")
        return redirect("stock-products")
    page = {
        "product": product,
        "cold": cold,
        "products": Product.objects.filter(is_in_use=True),
        "refrigerators": Refrigerator.objects.filter(is_in_use=True),
        "form": form,
    }
    return render(request, "stock/products.html", page, status=422 if form else 200)


@open_to(get=STAFF, post=HANDLES_STOCK)
def temperatures(request: HttpRequest) -> HttpResponse:
    """The temperature log, and a new reading."""
    form = TemperatureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reading = Temperature.objects.create(at=timezone.now(), by=user_of(request), **form.cleaned_data)
        if reading.is_outside:
            messages.error(
                request,
                f"{reading.celsius} °C is outside {reading.refrigerator.low_c} to {reading.refrigerator.high_c} °C. "
                "Move the drugs to a cold place, block their lots, and ask the pharmacist before any is given.",
            )
        else:
            messages.success(request, "Written down.")
        return redirect("stock-temperatures")
    log = Temperature.objects.select_related("refrigerator", "by")[:60]
    cold = Lot.objects.filter(refrigerator__isnull=False, is_blocked=False).select_related("product", "refrigerator")
    page = {"form": form, "log": log, "refrigerators": _refrigerators(), "shelves": shelves(cold),
            "may_change": user_of(request).role in HANDLES_STOCK}  # fmt: skip
    return render(request, "stock/temperatures.html", page, status=422 if form.errors else 200)


@open_to(get=STAFF, post=STAFF)
def recall_search(request: HttpRequest) -> HttpResponse:
    """Who got a lot, and what of it is left?"""
    form = RecallForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = recall(form.cleaned_data["number"], user_of(request))
        record(user_of(request), "searched who got a lot", lot=found.number, patients=found.people)
    return render(request, "stock/recall.html", {"form": form, "found": found}, status=422 if form.errors else 200)
