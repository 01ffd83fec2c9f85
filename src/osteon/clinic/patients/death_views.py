"""A patient has died; or it was entered in error."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.people.roles import CARE, STAFF
from osteon.clinic.records.death import note_death, take_back_death
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh, today
from osteon.report.words import counted


class DeathForm(forms.Form):
    """When it was, as far as is known."""

    day = forms.DateField(
        required=False, label="Day of death", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave it empty where nobody knows it.",
    )  # fmt: skip
    sure = forms.BooleanField(label="I have checked the name, the birth date and the record number")

    def clean_day(self) -> date | None:
        """Today or earlier."""
        day: date | None = self.cleaned_data["day"]
        if day and day > today():
            message = "This day is still to come."
            raise ValidationError(message)
        return day


class LivesForm(forms.Form):
    """Why it was an error."""

    reason = forms.CharField(max_length=300, label="What was the error?")


@about_a_patient(get=CARE, post=CARE, act="opened the note of death")
def deceased(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Note a death, or take it back."""
    given = request.POST or None
    form = LivesForm(given) if patient.deceased else DeathForm(given)
    if request.method == "POST" and form.is_valid():
        if patient.deceased:
            number = take_back_death(patient, form.cleaned_data["reason"], user_of(request))
            messages.success(request, f"Taken back. {counted(number, 'visit')} to book again.")
        else:
            number = note_death(patient, form.cleaned_data["day"], user_of(request))
            messages.success(request, f"Noted. {counted(number, 'visit')} cancelled; no reminder is sent any more.")
        refresh(patient)
        return redirect("patient", patient.pk)
    page = {"patient": patient, "form": form, "here": "patient-more"}
    return render(request, "patients/deceased.html", page, status=422 if form.errors else 200)


@about_a_patient(get=STAFF, act="opened the record page")
def more(request: HttpRequest, patient: Patient) -> HttpResponse:
    """What can be done with the record itself: take it out, merge it, note a death."""
    merges = patient.merges.select_related("double", "by").order_by("-at")
    return render(request, "patients/more.html", {"patient": patient, "here": "patient-more", "merges": merges})
