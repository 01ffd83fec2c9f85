"""The documents of a patient: made, listed, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.letters.make import keep_letter, make_plan_document
from osteon.clinic.letters.models import Document
from osteon.clinic.letters.words import letter
from osteon.clinic.patients.shown import shown
from osteon.clinic.people.roles import CARE, STAFF
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today

LETTERS = (Document.Kind.FAMILY_DOCTOR, Document.Kind.DENTIST)
_PER_PAGE = 25


def documents_of(patient: Patient) -> QuerySet[Document]:
    """Every document of a patient, those of records merged into hers too, without their contents."""
    hers = Q(patient=patient) | Q(patient__merged_into=patient)
    return Document.objects.filter(hers).defer("content").select_related("made_by").order_by("-made_at", "-pk")


@about_a_patient(get=STAFF, post=CARE, act="looked at the documents")
def letters(request: HttpRequest, patient: Patient) -> HttpResponse:
    """List the documents; show what each letter would say today, and make it."""
    seen = shown(patient, today())
    if request.method == "POST":
        return _make(request, patient, seen)
    page: dict[str, Any] = {
        "patient": patient,
        "here": "letters",
        "seen": seen,
        "drafts": [(kind, letter(kind, seen.view.plan, seen.at)) for kind in LETTERS] if seen.view and seen.at else [],
        "page": Paginator(documents_of(patient), _PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "letters/letters.html", page)


def _make(request: HttpRequest, patient: Patient, seen: Any) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if seen.view is None or kind not in Document.Kind.values:
        messages.warning(request, seen.trouble or "Choose a document.")
    elif kind == Document.Kind.PLAN:
        make_plan_document.enqueue(str(patient.pk), user_of(request).pk)
        messages.info(request, "The plan is being set as a PDF. It stands in the list in a few seconds.")
    else:
        made = keep_letter(patient, Document.Kind(kind), seen, user_of(request))
        messages.success(request, f"{made.get_kind_display()}: made. Print it, check it, and sign it by hand.")
    return redirect("letters", patient.pk)


@about_a_patient(get=STAFF, act="read a document")
def letter_document(_request: HttpRequest, patient: Patient, document_id: UUID) -> HttpResponse:
    """The PDF as it was made."""
    hers = Q(patient=patient) | Q(patient__merged_into=patient)
    found = Document.objects.filter(hers, pk=document_id).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="document.pdf"'
    return answer
