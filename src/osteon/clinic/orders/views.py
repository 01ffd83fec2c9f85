"""The orders of a patient: what could be signed, what stands, what has ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.orders.ending import end_order
from osteon.clinic.orders.models import Order, OrderEnd
from osteon.clinic.orders.sign import Draft, SignError, drafts, sign
from osteon.clinic.orders.standing import orders_of
from osteon.clinic.patients.shown import Shown, shown
from osteon.clinic.patients.signature import SignatureForm
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.pathway.finding import Finding

PRESCRIBER = {Role.PRESCRIBER}


class SignForm(SignatureForm):
    """A signature under one order, with a reason for each hold that is set aside."""

    def __init__(self, draft: Draft, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.draft = draft
        self.holds: list[tuple[Finding, str]] = []
        for number, hold in enumerate(draft.holds):
            name = f"reason-{number}"
            self.fields[name] = forms.CharField(
                required=False,
                max_length=300,
                label="Reason for setting it aside",
                help_text="Leave it empty, and the hold stays: no dose before it is cleared.",
            )
            self.holds.append((hold, name))
        self.order_fields([*(name for _, name in self.holds), "password"])

    @property
    def hold_fields(self) -> list[tuple[Finding, Any]]:
        """Each hold with the field for its reason."""
        return [(hold, self[name]) for hold, name in self.holds]

    def overrides(self) -> dict[str, str]:
        """The reasons that were given, by the id of the hold."""
        return {hold.id: reason for hold, name in self.holds if (reason := self.cleaned_data[name].strip())}


class EndForm(SignatureForm):
    """Why an order is cancelled."""

    reason = forms.CharField(max_length=300, label="Why is it cancelled?")
    field_order = ("reason", "password")


@about_a_patient(get=STAFF, post=PRESCRIBER, act="looked at the orders")
def orders(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show the orders; a prescriber signs one that the plan asks for."""
    on = today()
    seen = shown(patient, on)
    possible = drafts(seen.view.plan, seen.at) if seen.view and seen.at and not patient.deceased else []
    asked_for = request.POST.get("drug", "")
    sheets = [(draft, _form(draft, request, asked_for)) for draft in possible]
    chosen = next((sheet for sheet in sheets if sheet[0].order.drug == asked_for), None)
    if request.method == "POST":
        done = _sign(request, patient, seen, chosen)
        if done is not None:
            return done
    found = list(orders_of(patient))
    page = {
        "patient": patient,
        "here": "orders",
        "seen": seen,
        "sheets": sheets,
        "standing": [each for each in found if not hasattr(each, "end") and each.last_day >= on],
        "over": [each for each in found if hasattr(each, "end") or each.last_day < on],
        "may_sign": user_of(request).role == Role.PRESCRIBER,
        "form": chosen[1] if chosen and chosen[1] is not None and chosen[1].is_bound else None,
    }
    return render(request, "orders/orders.html", page, status=422 if request.method == "POST" else 200)


def _form(draft: Draft, request: HttpRequest, asked_for: str) -> SignForm | None:
    """The form of a prescriber; nobody else gets one, and there is none where a stop holds."""
    if user_of(request).role != Role.PRESCRIBER or draft.stops:
        return None
    is_asked = request.method == "POST" and asked_for == draft.order.drug
    return SignForm(draft, request, request.POST if is_asked else None, auto_id=f"{draft.order.drug}-%s")


def _sign(
    request: HttpRequest, patient: Patient, seen: Shown, chosen: tuple[Draft, SignForm | None] | None
) -> HttpResponse | None:
    if chosen is None or seen.kept is None:
        messages.warning(request, "The plan has changed since you opened it, and no longer asks for this drug.")
        return redirect("orders", patient.pk)
    draft, form = chosen
    if form is None:
        messages.error(request, f"This cannot be signed: {draft.stops[0].text}")
        return redirect("orders", patient.pk)
    if request.POST.get("plan") != str(seen.kept.pk):
        messages.warning(request, "The plan has changed since you opened it. Read the order again before you sign it.")
        return redirect("orders", patient.pk)
    if not form.is_valid():
        return None
    try:
        sign(patient, seen.kept, draft, form.overrides(), user_of(request))
    except SignError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, f"Signed: {draft.order.name} {draft.order.dose}.")
    return redirect("orders", patient.pk)


@about_a_patient(get=STAFF, post=PRESCRIBER, act="looked at an order")
def order(request: HttpRequest, patient: Patient, order_id: UUID) -> HttpResponse:
    """Show one order as it was signed, to read and to print; a prescriber cancels it."""
    found: Order | None = orders_of(patient).filter(pk=order_id).first()
    if found is None:
        raise Http404
    is_over = hasattr(found, "end")
    is_prescriber = user_of(request).role == Role.PRESCRIBER
    form = EndForm(request, request.POST or None) if is_prescriber and not is_over else None
    if request.method == "POST" and form is not None and form.is_valid():
        end_order(found, OrderEnd.Kind.CANCELLED, form.cleaned_data["reason"], user_of(request))
        messages.success(request, "The order is cancelled. No dose can be given under it.")
        return redirect("orders", patient.pk)
    page = {"patient": patient, "here": "orders", "order": found, "form": form, "is_over": is_over, "today": today()}
    return render(request, "orders/order.html", page, status=422 if form and form.errors else 200)
