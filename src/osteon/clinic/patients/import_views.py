"""Take in a chart: upload it, look at what was understood, say who it is, and only then write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.chart.errors import ChartError
from osteon.chart.understanding import understanding
from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.patients.match import Match, matches
from osteon.clinic.patients.models import Upload
from osteon.clinic.patients.take_in import take_in
from osteon.clinic.patients.upload import LARGEST_BYTES, Incoming, Person, UploadError, read_upload
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today

WAITS = timedelta(hours=1)
"""How long an uploaded chart waits to be confirmed (design)."""

NEW = "new"


@open_to(get=CARE, post=CARE)
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a file; keep it for the preview if it is the chart of one patient, and say why if it is not."""
    trouble = ""
    if request.method == "POST":
        try:
            content = _content(request)
            read_upload(content, knowledge_on(today()), today())
        except UploadError as error:
            trouble = str(error)
        else:
            return redirect("patients-import-preview", _keep(request, content).pk)
    page = {"trouble": trouble, "largest_mb": LARGEST_BYTES // 1024**2}
    return render(request, "patients/upload.html", page, status=422 if trouble else 200)


def _content(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None:
        message = "Choose a file first."
        raise UploadError(message)
    if (file.size or 0) > LARGEST_BYTES:
        message = f"This file is larger than {LARGEST_BYTES // 1024**2} MB: more than the chart of one patient."
        raise UploadError(message)
    return bytes(file.read())


def _keep(request: HttpRequest, content: bytes) -> Upload:
    Upload.objects.filter(at__lt=timezone.now() - WAITS).exclude(content="").update(content="")
    kept = Upload.objects.create(by=user_of(request), content=content.decode("utf-8-sig"))
    record(user_of(request), "uploaded a chart", upload=str(kept.pk), bytes=len(content))
    return kept


class DecisionForm(forms.Form):
    """Who is it? Nothing is chosen beforehand."""

    who = forms.ChoiceField(widget=forms.RadioSelect, label="Who is it?",
                            error_messages={"required": "Say who it is."})  # fmt: skip
    family_name = forms.CharField(max_length=100, required=False, label="Family name")
    given_name = forms.CharField(max_length=100, required=False, label="Given name")
    birth_date = forms.DateField(required=False, label="Birth date", widget=forms.DateInput(attrs={"type": "date"}))
    sex = forms.ChoiceField(choices=[("", "not recorded"), ("female", "female"), ("male", "male")], required=False)
    record_number = forms.CharField(
        max_length=40, required=False, label="Record number here", help_text="Leave it empty, and one is made."
    )

    def __init__(self, person: Person, found: list[Match], data: Mapping[str, Any] | None = None) -> None:
        initial = {name: getattr(person, name) for name in ("family_name", "given_name", "birth_date", "sex")}
        taken = Patient.objects.filter(record_number=person.record_number).exists()
        initial["record_number"] = "" if taken else person.record_number
        super().__init__(data, initial=initial)
        self.found = [match for match in found if match.may_be_chosen]
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        who.choices = [(str(match.patient.pk), match.patient.name) for match in self.found] + [(NEW, "new here")]

    def clean(self) -> dict[str, Any]:
        """A new patient needs a name, a birth date, and a record number that nobody has."""
        given = super().clean() or {}
        if given.get("who") == NEW:
            for name in ("family_name", "birth_date"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, "A new patient needs this.")
            if given.get("birth_date") and given["birth_date"] > today():
                self.add_error("birth_date", "This day is still to come.")
            number = given.get("record_number")
            if number and Patient.objects.filter(record_number=number).exists():
                self.add_error("record_number", "Another patient has this number.")
        return given

    def patient(self) -> Patient:
        """The patient who was chosen; a new one is made."""
        given = self.cleaned_data
        if given["who"] != NEW:
            return next(match.patient for match in self.found if str(match.patient.pk) == given["who"])
        new = Patient(**{name: given[name] for name in ("family_name", "given_name", "birth_date", "sex")})
        new.record_number = given["record_number"] or f"R-{str(new.pk)[:8].upper()}"
        new.save(force_insert=True)
        return new


@open_to(get=CARE, post=CARE)
def preview(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show who it is and what was understood; write it when somebody has said into whose record."""
    kept = Upload.objects.filter(pk=upload_id, by=user_of(request), used_at__isnull=True).first()
    if kept is None or not kept.content:
        raise Http404
    if timezone.now() - kept.at > WAITS:
        messages.warning(request, "The file has waited for more than an hour. Upload it again.")
        return redirect("patients-import")
    incoming = read_upload(kept.content.encode(), knowledge_on(today()), today())
    found = matches(incoming.person, user_of(request))
    form = DecisionForm(incoming.person, found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient, number = _write(form, incoming, kept, request)
        except (ChartError, IntegrityError) as error:
            form.add_error(None, f"Nothing was written: {error}")
        else:
            messages.success(request, f"Taken in: {number} {'entry' if number == 1 else 'entries'} written.")
            return redirect("patient", patient.pk)
    page = {
        "incoming": incoming,
        "person": incoming.person,
        "deceased": incoming.chart.patient.deceased,
        "understanding": understanding(incoming.chart),
        "skipped": incoming.chart.skipped,
        "number": len(incoming.resources),
        "found": [match for match in found if not match.is_named_alike],
        "alike": [match for match in found if match.is_named_alike],
        "form": form,
    }
    return render(request, "patients/preview.html", page, status=422 if form.errors else 200)


def _write(form: DecisionForm, incoming: Incoming, kept: Upload, request: HttpRequest) -> tuple[Patient, int]:
    """All or nothing."""
    with transaction.atomic():
        patient = form.patient()
        entries = take_in(incoming, patient, user_of(request))
        Upload.objects.filter(pk=kept.pk).update(used_at=timezone.now(), content="")
    return patient, len(entries)
