"""What a session leaves on paper: its record, the aftercare card, the charge sheet."""

from __future__ import annotations

from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from osteon.clinic.access.guard import about_a_patient
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import events_of, policy_in, state_in
from osteon.clinic.infusion.trend import SIGNS, sets_of
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import CARE, STAFF
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.pathway.session.card import Card, card
from osteon.pathway.session.charge import charge
from osteon.pathway.session.record import record


def _kept(patient: Patient, visit_id: UUID) -> Session:
    found = Session.objects.select_related("visit__chair").filter(pk=visit_id, visit__patient=patient).first()
    if found is None:
        raise Http404
    return found


@about_a_patient(get=STAFF, act="read the record of a session")
def record_page(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """The record as it stands, to read and to print, with the head of its chain."""
    kept = _kept(patient, visit_id)
    events, policy = events_of(kept), policy_in(kept)
    state = state_in(kept)
    keys = {each.by for each in events} | {each.second for each in events} | {each.prescriber for each in state.spoken}
    users = User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    page = {
        "patient": patient,
        "visit": kept.visit,
        "kept": kept,
        "policy": policy,
        "state": state,
        "record": record(events, policy),
        "names": {str(user.pk): user.name for user in users},
        "sets": sets_of(state, policy, knowledge_on(today())),
        "signs": SIGNS,
    }
    return render(request, "infusion/record.html", page)


@about_a_patient(get=STAFF, act="read the aftercare card")
def card_page(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """The aftercare card as a page, to read through with her and to print."""
    kept = _kept(patient, visit_id)
    page = {"patient": patient, "visit": kept.visit, "card": _card(patient, kept)}
    return render(request, "infusion/card.html", page)


@about_a_patient(get=CARE, act="made the aftercare card")
def card_pdf(_request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """The aftercare card as a PDF (about 0.1 s)."""
    import typst  # takes 30 ms to import, and only a PDF needs it

    kept = _kept(patient, visit_id)
    template = resources.files("osteon.clinic.infusion").joinpath("card.typ").read_bytes()
    data = {
        **msgspec.to_builtins(_card(patient, kept)),
        "patient": patient.name,
        "clinic": settings.CLINIC_NAME,
        "jurisdiction": settings.JURISDICTION.lower(),
    }
    content: bytes = typst.compile(
        template, sys_inputs={"data": msgspec.json.encode(data).decode()}, pdf_standards=["a-2a"]
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="aftercare.pdf"'
    return answer


def _card(patient: Patient, kept: Session) -> Card:
    state, summary = state_in(kept), getattr(patient, "summary", None)
    return card(
        kept.visit.drug,
        knowledge_on(today()),
        next_on=summary.due_on if summary and summary.due_on and summary.due_on > today() else None,
        phone=str(getattr(settings, "CLINIC_PHONE", "")),
        trouble_with_line=bool(state.troubles),
        reacted=bool(state.reactions),
    )


@about_a_patient(get=STAFF, act="read the charge sheet")
def charge_page(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """The charge sheet of a session; where nothing was given it says so."""
    kept = _kept(patient, visit_id)
    page: dict[str, Any] = {
        "patient": patient,
        "visit": kept.visit,
        "policy": policy_in(kept),
        "charge": charge(state_in(kept), policy_in(kept), knowledge_on(today())),
        "kept": kept,
    }
    return render(request, "infusion/charge.html", page)
