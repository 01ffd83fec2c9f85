"""Break the glass: open a confidential record, with a reason. Lock the screen."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.lock import lock
from osteon.clinic.access.sight import GLASS_STAYS_BROKEN, Sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.people.roles import SIGNED_IN, STAFF
from osteon.clinic.records.models import BrokenGlass, Patient


class ReasonForm(forms.Form):
    """Why this record has to be opened."""

    reason = forms.CharField(
        label="Why do you have to open it?",
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Your reason is kept and read by the administrator.",
    )


@open_to(get=STAFF, post=STAFF)
def break_glass(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask for the reason, keep it, and open the record for some hours."""
    patient = get_object_or_404(Patient, pk=patient_id)
    user = user_of(request)
    if sight(user, patient) is Sight.NONE:
        raise Http404
    if sight(user, patient) is Sight.FULL:
        return redirect("patient", patient.pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        BrokenGlass.objects.create(patient=patient, user=user, reason=form.cleaned_data["reason"])
        record(user, "broke the glass", patient=patient, reason=form.cleaned_data["reason"])
        return redirect("patient", patient.pk)
    hours = int(GLASS_STAYS_BROKEN.total_seconds() // 3600)
    return render(request, "access/break_glass.html", {"form": form, "hours": hours})


@open_to(post=SIGNED_IN)
def lock_now(request: HttpRequest) -> HttpResponse:
    """Lock this session at once, and lead to where it is opened again."""
    lock(request)
    return redirect(f"{reverse('account_reauthenticate')}?next=/")
