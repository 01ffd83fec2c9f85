"""The papers of a day, to print before the server is needed; and their way back into the record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import about_a_patient, open_to, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit
from osteon.clinic.booking.schedule_views import day_of
from osteon.clinic.daypack.back_entry import PaperForm, day_of_visit, enter_from_paper
from osteon.clinic.daypack.make import keep_pack, path_of
from osteon.clinic.infusion.gate import checks_of
from osteon.clinic.infusion.opening import session_of
from osteon.clinic.infusion.store import policy_in
from osteon.clinic.people.roles import CARE, Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import NotGivenHereError

_CLINICIANS = frozenset({Role.NURSE, Role.PRESCRIBER})


@open_to(get=CARE, post=CARE)
def day_pack(request: HttpRequest) -> HttpResponse:
    """The papers of today and tomorrow; a post makes those of a day anew and hands them out."""
    if request.method == "POST":
        on = day_of(request.POST.get("day"))
        content = keep_pack(on).read_bytes()
        record(user_of(request), "took out the papers of a day", day=on.isoformat())
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="day-pack-{on.isoformat()}.pdf"'
        return answer
    days = [today(), today() + timedelta(days=1)]
    begins = timezone.now() - timedelta(days=7)
    unrecorded = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=timezone.now(), state=Visit.State.CONFIRMED)
    page = {
        "days": [(day, _made_at(day)) for day in days],
        "unrecorded": unrecorded.filter(patient__is_confidential=False).select_related("patient", "chair"),
        "may_enter": user_of(request).role in _CLINICIANS,
    }
    return render(request, "daypack/daypack.html", page)


@about_a_patient(get=_CLINICIANS, post=_CLINICIANS, act="opened the entry from paper")
def from_paper(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Enter what stands on the paper of a visit, all of it at one time."""
    visit = Visit.objects.filter(pk=visit_id, patient=patient, starts_at__isnull=False).first()
    if visit is None or day_of_visit(visit) > today():
        raise Http404
    try:
        kept = session_of(visit)
    except (NotGivenHereError, KeyError) as error:
        raise Http404 from error
    form = PaperForm(request.POST or None, policy=policy_in(kept), on=day_of_visit(visit))
    if request.method == "POST" and form.is_valid():
        try:
            count = enter_from_paper(kept, form, user_of(request))
        except RefusedError as refused:
            form.add_error(None, f"Nothing was entered. {str(refused)[:1].upper()}{str(refused)[1:]}.")
        else:
            messages.success(request, f"{count} entries were made, marked as late. Read the record through.")
            return redirect("session-record", patient.pk, visit.pk)
    page = {"patient": patient, "visit": visit, "form": form, "checks": checks_of(visit)}
    return render(request, "daypack/from_paper.html", page, status=422 if form.errors else 200)


def _made_at(day: date) -> datetime | None:
    """When were the papers of a day made? None: not yet."""
    path = path_of(day)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None
