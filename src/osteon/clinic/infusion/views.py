"""The pages of a session: lead through the hour, and take in what happens, one entry at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.forms import FORMS, EventForm
from osteon.clinic.infusion.gate import checks_of, judge_gate, override_hold
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.protocol import steps_of
from osteon.clinic.infusion.shown import acts_of, form_of, next_of, path_of, running_of
from osteon.clinic.infusion.store import enter, events_of, open_session, policy_in, state_in
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role as Job
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.pathway.session import events as happened
from osteon.pathway.session.adrenaline import adrenaline
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import NotGivenHereError, Policy
from osteon.pathway.session.record import record
from osteon.pathway.session.state import Phase, State
from osteon.pathway.session.watch import alarms

_CLINICIANS = frozenset({Job.NURSE, Job.PRESCRIBER})


@about_a_patient(get=_CLINICIANS | {Job.COORDINATOR}, post=_CLINICIANS, act="opened the session")
def session(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Lead through the session of a visit; a post is one entry."""
    kept = _session(patient, visit_id)
    policy = policy_in(kept)
    filled: EventForm | None = None
    if request.method == "POST":
        form = FORMS.get(request.POST.get("kind", ""))
        if form is None:
            raise Http404
        filled = form(request.POST, policy=policy)
        if filled.is_valid() and (answer := _entered(request, kept, filled)) is not None:
            return answer
    return _page(request, patient, kept, policy, filled)


def _entered(request: HttpRequest, kept: Session, form: EventForm) -> HttpResponse | None:
    """The answer to an entry that was taken in; None where it was refused, with the reason in the form."""
    by = user_of(request)
    now = timezone.now()
    second: User | None = getattr(form, "second", None)
    event = form.kind(
        key=form.cleaned_data["key"],
        at=now,
        recorded_at=now,
        by=str(by.pk),
        role=happened.Role(by.role),
        second=str(second.pk) if second else "",
        **form.what(),
    )
    try:
        entered = enter(kept, event, by=by, second=second)  # type: ignore[arg-type]  # every form makes an event
    except RefusedError as refused:
        form.add_error(None, str(refused)[:1].upper() + str(refused)[1:] + ".")
        return None
    if entered.is_new:
        messages.success(request, f"Recorded at {timezone.localtime(now):%H:%M:%S}: {event.words}.")
    else:
        messages.info(request, "This was recorded already; nothing was added.")
    leads_on = isinstance(event, happened.ReactionBegan) or request.POST.get("next") == "reaction"
    return redirect("session-reaction" if leads_on else "session", kept.visit.patient_id, kept.visit_id)


def _page(
    request: HttpRequest, patient: Patient, kept: Session, policy: Policy, filled: EventForm | None
) -> HttpResponse:
    events = events_of(kept)
    state, knowledge, now = state_in(kept), knowledge_on(today()), timezone.now()
    path = path_of(state, policy, filled) if state.phase in (Phase.EXPECTED, Phase.PREPARING) else []
    is_judging = bool(path) and state.phase is Phase.PREPARING
    page: dict[str, Any] = {
        "patient": patient,
        "visit": kept.visit,
        "policy": policy,
        "state": state,
        "next": next_of(state, policy, knowledge),
        "alarms": [
            (alarm, form_of(happened.AlarmAnswered, policy, alarm=alarm.id))
            for alarm in alarms(state, policy, knowledge, now)
        ],
        "path": path,
        "first_open": next((place.words for place in path if not place.is_done), ""),
        "checks": checks_of(kept.visit) if is_judging else (),
        "acts": acts_of(state, policy, filled),
        "filled": filled,
        "running": running_of(state, policy, knowledge, now),
        "reaction_forms": _reaction_forms(state, policy),
        "record": record(events, policy),
        "names": _names(events),
        "saved": kept.count,
    }
    return render(request, "infusion/session.html", page, status=422 if filled else 200)


def _reaction_forms(state: State, policy: Policy) -> list[EventForm]:
    here = (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
    if state.phase not in here:
        return []
    return [form_of(happened.ReactionBegan, policy, reaction=kind.value) for kind in happened.ReactionKind]


def _names(events: tuple[happened.Event, ...]) -> dict[str, str]:
    keys = {event.by for event in events} | {event.second for event in events if event.second}
    return {str(user.pk): user.name for user in User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])}


@about_a_patient(post=_CLINICIANS, act="judged the gate in the session")
def judge(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Judge the gate with what is known now."""
    try:
        judge_gate(_session(patient, visit_id), user_of(request))
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("session", patient.pk, visit_id)


@about_a_patient(post={Job.PRESCRIBER}, act="overrode a hold in the session")
def override(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Let through a check that only holds: a reason, and the password again."""
    by = user_of(request)
    if not by.check_password(request.POST.get("password", "")):
        messages.error(request, "The password is not right; nothing was overridden.")
    else:
        try:
            override_hold(
                _session(patient, visit_id), request.POST.get("check", ""), request.POST.get("reason", ""), by
            )
            messages.success(request, "Overridden; your name and reason stand in the record.")
        except RefusedError as refused:
            messages.error(request, str(refused)[:1].upper() + str(refused)[1:] + ".")
    return redirect("session", patient.pk, visit_id)


@about_a_patient(get=_CLINICIANS, act="opened the reaction protocol")
def reaction(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """The protocol of the reaction that is going on, one touch a step, with its clock."""
    kept = _session(patient, visit_id)
    policy, state, knowledge = policy_in(kept), state_in(kept), knowledge_on(today())
    now_going_on = state.reactions[-1] if state.reactions else None
    if now_going_on is None:
        return redirect("session", patient.pk, visit_id)
    steps = steps_of(now_going_on, state, knowledge)
    page = {
        "patient": patient,
        "visit": kept.visit,
        "reaction": now_going_on,
        "dose": adrenaline(state.weight_kg, knowledge),
        "steps": [
            (step, form_of(happened.ReactionStepped, policy, step=step.id, dose_mg=step.dose_mg)) for step in steps
        ],
        "grade": form_of(happened.ReactionGraded, policy),
        "record": record(events_of(kept), policy),
    }
    return render(request, "infusion/reaction.html", page)


def _session(patient: Patient, visit_id: UUID) -> Session:
    """The session of this patient's visit. Raises Http404."""
    visit = Visit.objects.select_related("patient__summary").filter(pk=visit_id, patient=patient).first()
    if visit is None:
        raise Http404
    try:
        return open_session(visit, two_people=visit.drug in settings.TWO_PEOPLE_CHECK)
    except (NotGivenHereError, KeyError) as error:
        raise Http404 from error
