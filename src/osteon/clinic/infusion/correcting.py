"""Correct an entry: a new event with a reason says what the earlier one should have said, or that it did not happen."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from msgspec import structs

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.infusion.forms import FORMS, EventForm
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import enter, events_of, policy_in
from osteon.clinic.people.roles import Role as Job
from osteon.clinic.records.models import Patient
from osteon.pathway.session import events as happened
from osteon.pathway.session.path import RefusedError

CORRECTABLE = (
    happened.Weighed,
    happened.Tested,
    happened.LinePlaced,
    happened.VitalsTaken,
    happened.Injected,
    happened.Flushed,
    happened.Ended,
    happened.ReactionGraded,
    happened.Consented,
    happened.ReactionBegan,
    happened.ReactionStepped,
    happened.TroubleStepped,
)
"""What may be corrected from its page. The drug in hand is checked anew, not corrected: two people may have signed."""

_ONLY_UNDONE = (
    happened.Consented,
    happened.ReactionBegan,
    happened.ReactionStepped,
    happened.TroubleStepped,
)
"""What holds nothing that could be typed otherwise: it happened, or it did not."""


class ReasonForm(forms.Form):
    """Why, and whether it happened at all."""

    reason = forms.CharField(label="What was wrong", max_length=200)
    did_not_happen = forms.BooleanField(label="It did not happen at all", required=False)
    use_required_attribute = False


@about_a_patient(get={Job.NURSE, Job.PRESCRIBER}, post={Job.NURSE, Job.PRESCRIBER}, act="corrected an entry")
def correct(request: HttpRequest, patient: Patient, visit_id: UUID, key: str) -> HttpResponse:
    """Show what was entered; take in what it should have said."""
    kept = Session.objects.select_related("visit__patient").filter(pk=visit_id, visit__patient=patient).first()
    wrong = next((each for each in events_of(kept) if each.key == key), None) if kept else None
    if kept is None or not isinstance(wrong, CORRECTABLE):
        raise Http404
    policy = policy_in(kept)
    form = FORMS[str(type(wrong).__struct_config__.tag)]
    is_post = request.method == "POST"
    may_differ = not isinstance(wrong, _ONLY_UNDONE)
    given = {**request.POST.dict(), "key": "right"} if is_post else None
    right = form(given, policy=policy, initial=_said(wrong), auto_id="right-%s") if may_differ else None
    why = ReasonForm(request.POST if is_post else None)
    if is_post and why.is_valid() and _done(request, kept, wrong, right, why):
        return redirect("session", patient.pk, visit_id)
    page = {"patient": patient, "visit": kept.visit, "wrong": wrong, "right": right, "why": why}
    return render(request, "infusion/correct.html", page, status=422 if is_post else 200)


def _done(request: HttpRequest, kept: Session, wrong: happened.Event, right: EventForm | None, why: ReasonForm) -> bool:
    """Was the correction taken in?"""
    instead: Any = None
    if not why.cleaned_data["did_not_happen"]:
        if right is None:
            why.add_error("did_not_happen", "This entry can only be said not to have happened.")
            return False
        if not right.is_valid():
            return False
        instead = structs.replace(wrong, key=str(uuid.uuid4()), **right.what())
    by, now = user_of(request), timezone.now()
    event = happened.Corrected(
        key=str(uuid.uuid4()),
        at=now,
        recorded_at=now,
        by=str(by.pk),
        role=happened.Role(by.role),
        wrong=wrong.key,
        reason=why.cleaned_data["reason"],
        right=instead,
    )
    try:
        enter(kept, event, by=by)
    except RefusedError as refused:
        why.add_error(None, f"This cannot be: {refused}.")
        return False
    messages.success(request, "Corrected. What was entered first stays in the record, marked as wrong.")
    return True


def _said(event: happened.Event) -> dict[str, Any]:
    """What the form should hold at first: what was entered."""
    given = structs.asdict(event)
    if isinstance(event, happened.VitalsTaken):
        given = structs.asdict(event.signs)
        given["oxygen"] = None if given["oxygen"] is None else "yes" if given["oxygen"] else "no"
    return {name: "yes" if value is True else "no" if value is False else value for name, value in given.items()}
