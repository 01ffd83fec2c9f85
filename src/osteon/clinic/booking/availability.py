"""When a patient can come: weekdays, hours, and whether she may be called at short notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import WEEKDAYS, Availability
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.models import Patient


class AvailabilityForm(forms.ModelForm[Availability]):
    """Weekdays and hours; what is left empty binds nobody."""

    weekdays = forms.TypedMultipleChoiceField(
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="On which days? None ticked means any.",
    )

    class Meta:
        model = Availability
        fields = ("weekdays", "not_before", "gone_by", "at_short_notice")
        widgets = {
            "not_before": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "gone_by": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels = {
            "not_before": "Not before",
            "gone_by": "Has to leave by",
            "at_short_notice": "May be called at short notice, when a chair falls free",
        }

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """There is time between coming and leaving."""
        given = super().clean() or {}
        first, last = given.get("not_before"), given.get("gone_by")
        if first and last and last <= first:
            self.add_error("gone_by", "This is not after the time before which the patient cannot come.")
        return given


@about_a_patient(get=CARE, post=CARE, act="opened when a patient can come")
def availability(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show when the patient can come; a post changes it."""
    known = Availability.objects.filter(patient=patient).first() or Availability(patient=patient)
    form = AvailabilityForm(request.POST if request.method == "POST" else None, instance=known)
    if request.method == "POST" and form.is_valid():
        form.save()
        record(user_of(request), "recorded when a patient can come", patient=patient)
        messages.success(request, "Recorded.")
        return redirect("book", patient.pk)
    return render(
        request, "booking/availability.html", {"patient": patient, "form": form}, status=422 if form.errors else 200
    )
