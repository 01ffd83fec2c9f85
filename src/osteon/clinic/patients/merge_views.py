"""The same person twice: the list of suspects, and the merge with its preview."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from osteon.chart.errors import ChartError
from osteon.clinic.access.guard import about_a_patient, open_to, user_of
from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.patients.duplicates import pairs
from osteon.clinic.patients.merge import MergeError, merge, side
from osteon.clinic.patients.models import NotTheSame
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

COORDINATOR = {Role.COORDINATOR}
_PAIRS_PER_PAGE = 20


class MergeForm(forms.Form):
    """Why, and that somebody has compared the two."""

    reason = forms.CharField(max_length=300, label="How do you know that it is one person?")
    sure = forms.BooleanField(label="I have compared name, birth date, address and history")


@open_to(get=COORDINATOR, post=COORDINATOR)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show pairs of records that may be of one person; note that a pair is two people."""
    if request.method == "POST":
        return _two_people(request)
    user = user_of(request)
    seen = [pair for pair in pairs() if Sight.FULL == sight(user, pair.one) == sight(user, pair.other)]
    page = Paginator(seen, _PAIRS_PER_PAGE).get_page(request.GET.get("page"))
    record(user, "looked for records of one person", found=len(seen))
    return render(request, "patients/duplicates.html", {"page": page})


def _two_people(request: HttpRequest) -> HttpResponse:
    try:
        keys = [UUID(request.POST.get(name, "")) for name in ("one", "other")]
    except ValueError as error:
        raise Http404 from error
    one, other = (get_object_or_404(Patient, pk=key) for key in keys)
    user = user_of(request)
    if sight(user, one) != Sight.FULL or sight(user, other) != Sight.FULL:
        raise Http404
    NotTheSame.objects.get_or_create(one=one, other=other, defaults={"by": user})
    record(user, "noted that two records are of two people", patient=one, other=str(other.pk))
    messages.success(request, "Noted: two people.")
    return redirect("patients-duplicates")


@about_a_patient(get=COORDINATOR, post=COORDINATOR, act="compared two records")
def merge_into(request: HttpRequest, patient: Patient, double_id: UUID) -> HttpResponse:
    """Show both records side by side; merge the second into the first when somebody has said why."""
    double = get_object_or_404(Patient, pk=double_id)
    if sight(user_of(request), double) is not Sight.FULL:
        raise Http404
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge(patient, double, reason=form.cleaned_data["reason"], by=user_of(request))
        except (MergeError, ChartError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The two records are one now. Read the plan again: it rests on both charts.")
            return redirect("patient", patient.pk)
    page = {"patient": patient, "double": double, "sides": [side(patient), side(double)], "form": form}
    return render(request, "patients/merge.html", page, status=422 if form.errors else 200)
