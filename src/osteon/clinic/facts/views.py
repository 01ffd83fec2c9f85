"""The page on which facts about a patient are entered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.facts.asked import open_questions
from osteon.clinic.facts.forms import ErrorForm, FactForm, QuestionsForm, ResultForm, RowForm
from osteon.clinic.facts.write import SOURCE, enter, mark_as_error
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today

KINDS = ("fracture", "drug", "dose", "condition", "procedure", "allergy", "intolerance", "T-score", "smoking")


@about_a_patient(get=CARE, post=CARE, act="opened the entry of facts")
def facts(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ask what the gate of the next dose wants to know, and take in any other fact."""
    questions, results = open_questions(patient, today())
    given: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {}
    part = request.POST.get("part", "")
    asked = QuestionsForm(questions, **(given if part == "questions" else {}))
    missing = [ResultForm(result, **(given if part == "results" else {})) for result in results]
    row = RowForm(**(given if part == "row" else {}))
    parts: dict[str, list[FactForm]] = {"questions": [asked], "results": [*missing], "row": [row]}
    forms = parts.get(part, [])
    if forms and all(form.is_valid() for form in forms):
        found = [resource for form in forms for resource in form.resources()]
        entries = enter(patient, found, user_of(request))
        messages.success(request, f"Written into the chart: {len(entries)} {'fact' if len(entries) == 1 else 'facts'}.")
        return redirect("facts", patient.pk)
    entered = patient.entries.filter(source=SOURCE, replaced_at__isnull=True).order_by("-pk")[:20]
    page = {"patient": patient, "asked": asked, "missing": missing, "row": row, "kinds": KINDS, "entered": entered}
    return render(request, "facts/facts.html", page, status=422 if forms else 200)


@about_a_patient(get=CARE, post=CARE, act="opened the correction of a fact")
def correct(request: HttpRequest, patient: Patient, entry_id: int) -> HttpResponse:
    """Mark an entry as made in error, with the reason."""
    entry = patient.entries.filter(pk=entry_id, source=SOURCE, replaced_at__isnull=True).first()
    if entry is None:
        raise Http404
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mark_as_error(entry, form.cleaned_data["reason"], user_of(request))
        messages.success(request, "Marked as made in error. The earlier version is kept.")
        return redirect("facts", patient.pk)
    return render(request, "facts/correct.html", {"patient": patient, "entry": entry, "form": form})
