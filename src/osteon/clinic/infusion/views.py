"""The pages of a session: lead through the hour, and take in what happens, one entry at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.advice import advice_of
from osteon.clinic.infusion.discharge import hints_of
from osteon.clinic.infusion.forms import FORMS, EventForm, Known
from osteon.clinic.infusion.gate import asks_for_test, checks_of, judge_gate, look_again, override_hold
from osteon.clinic.infusion.live import live_part
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.opening import session_of
from osteon.clinic.infusion.protocol import steps_of, trouble_steps_of
from osteon.clinic.infusion.shown import acts_of, form_of, path_of
from osteon.clinic.infusion.store import enter, events_of, policy_in, state_in
from osteon.clinic.patients.signature import SignatureForm
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role as Job
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.knowledge import Knowledge
from osteon.pathway.session import events as happened
from osteon.pathway.session.adrenaline import adrenaline
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import NotGivenHereError, Policy
from osteon.pathway.session.record import record
from osteon.pathway.session.state import Phase, Reaction, State

_CLINICIANS = frozenset({Job.NURSE, Job.PRESCRIBER})
_KEPT_AT_MOST_S = 12 * 3600.0
_KG = {"kg": 1.0, "[lb_av]": 0.45359237, "lb": 0.45359237, "g": 0.001}


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
        filled = form(request.POST, policy=policy, known=known_of(kept))
        if filled.is_valid() and (answer := _entered(request, kept, filled)) is not None:
            return answer
    return _page(request, patient, kept, policy, filled)


def _entered(request: HttpRequest, kept: Session, form: EventForm) -> HttpResponse | None:
    """The answer to an entry that was taken in; None where it was refused, with the reason in the form."""
    by = user_of(request)
    now = timezone.now()
    at = now - timedelta(seconds=_waited(request))
    second: User | None = getattr(form, "second", None)
    event = form.kind(
        key=form.cleaned_data["key"],
        at=at,
        recorded_at=now,
        by=str(by.pk),
        role=happened.Role(by.role),
        device_at=_device_clock(request),
        second=str(second.pk) if second else "",
        **form.what(),
    )
    try:
        if isinstance(event, happened.Started):
            if at != now:
                raise RefusedError("an infusion is not started without the server: the gate has to be asked at once")
            look_again(kept, state_in(kept), by)
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


def _waited(request: HttpRequest) -> float:
    """For how many seconds did the browser keep this entry, without a network? 0 for one that came at once."""
    try:
        waited = float(request.POST.get("waited_s", "0"))
    except ValueError:
        return 0.0
    return min(waited, _KEPT_AT_MOST_S) if waited > 0 else 0.0


def _device_clock(request: HttpRequest) -> datetime | None:
    """What the clock of the browser said, where it said anything."""
    try:
        at = datetime.fromisoformat(request.POST.get("device_at", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def known_of(kept: Session) -> Known:
    """What the forms have to know of this patient and of this clinic."""
    people = User.objects.filter(is_active=True, role__in=_CLINICIANS).order_by("last_name", "first_name")
    named = [(str(each.pk), each.name, each.role) for each in people]
    return Known(
        last_weight_kg=_last_weight(kept),
        weight_change_percent=knowledge_on(today()).parameter("session.weight_change").value,
        prescribers=tuple((key, name) for key, name, role in named if role == Job.PRESCRIBER),
        nurses=tuple((key, name) for key, name, role in named if role == Job.NURSE),
    )


def _last_weight(kept: Session) -> float | None:
    """The last weight on record before this session, in kg."""
    own = f"session-{kept.pk}-weight"
    rows = kept.visit.patient.entries.filter(
        kind="Observation", replaced_at__isnull=True, content__contains='"29463-7"'
    ).exclude(resource_id=own)
    found = []
    for content in rows.values_list("content", flat=True):
        resource = msgspec.json.decode(content)
        quantity = resource.get("valueQuantity", {})
        factor = _KG.get(quantity.get("code") or quantity.get("unit"))
        if factor and quantity.get("value") and resource.get("effectiveDateTime"):
            found.append((resource["effectiveDateTime"], round(quantity["value"] * factor, 1)))
    return max(found)[1] if found else None


def _page(
    request: HttpRequest, patient: Patient, kept: Session, policy: Policy, filled: EventForm | None
) -> HttpResponse:
    events = events_of(kept)
    state, knowledge, now = state_in(kept), knowledge_on(today()), timezone.now()
    is_before = state.phase in (Phase.EXPECTED, Phase.PREPARING)
    known = known_of(kept)
    checks = checks_of(kept.visit) if state.phase is Phase.PREPARING else ()
    path = path_of(state, policy, filled, known, asks_for_test=asks_for_test(checks)) if is_before else []
    by = user_of(request)
    page: dict[str, Any] = {
        **live_part(kept, state, policy, knowledge, now),
        "patient": patient,
        "path": path,
        "first_open": next((place.words for place in path if not place.is_done), ""),
        "checks": checks,
        "acts": acts_of(state, policy, filled, known, by.role),
        "filled": filled,
        "to_sign": [
            (each, form_of(happened.OrderSigned, policy, order=each.key))
            for each in state.unsigned
            if each.prescriber == str(by.pk)
        ],
        "trouble": _trouble(state, policy),
        "discharge": hints_of(state, knowledge, policy) if state.phase is Phase.OBSERVING else (),
        "advice": advice_of(policy, state, knowledge),
        "reaction_forms": _reaction_forms(state, policy),
        "record": record(events, policy),
        "events": events,
        "names": _names(events),
        "saved": kept.count,
        "may_correct": by.role in _CLINICIANS,
    }
    return render(request, "infusion/session.html", page, status=422 if filled else 200)


def _trouble(state: State, policy: Policy) -> tuple[Any, Any] | None:
    """The last trouble with a line while she is here, and its steps with their forms."""
    if not state.troubles or state.phase in (Phase.CLOSED, Phase.EXPECTED):
        return None
    trouble = state.troubles[-1]
    steps = [(step, form_of(happened.TroubleStepped, policy, step=step.id)) for step in trouble_steps_of(trouble)]
    return trouble, steps


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
    signature = SignatureForm(request, {"password": request.POST.get("password", "")})
    if not signature.is_valid():
        messages.error(request, f"Nothing was overridden. {' '.join(signature.errors['password'])}")
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
        "now": timezone.now(),
        "again_at": _again_at(now_going_on, knowledge),
        "dose": adrenaline(state.weight_kg, knowledge),
        "steps": [
            (step, form_of(happened.ReactionStepped, policy, step=step.id, dose_mg=step.dose_mg)) for step in steps
        ],
        "grade": form_of(happened.ReactionGraded, policy),
        "record": record(events_of(kept), policy),
    }
    return render(request, "infusion/reaction.html", page)


def _again_at(reaction: Reaction, knowledge: Knowledge) -> datetime | None:
    """From when on may adrenaline be given again? None before the first dose."""
    given = [each.at for each in reaction.steps if each.step == "adrenaline"]
    wait = timedelta(minutes=knowledge.parameter("session.adrenaline_again_from").value)
    return max(given) + wait if given else None


def _session(patient: Patient, visit_id: UUID) -> Session:
    """The session of this patient's visit. Raises Http404."""
    visit = Visit.objects.select_related("patient__summary").filter(pk=visit_id, patient=patient).first()
    if visit is None:
        raise Http404
    try:
        return session_of(visit)
    except (NotGivenHereError, KeyError) as error:
        raise Http404 from error
