"""Record a call, or why no dose is given."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.booking.acts import cancel_coming
from osteon.clinic.due.models import Contact
from osteon.clinic.people.roles import CARE, Role
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import today
from osteon.clinic.tasks.models import LAPSED, Task


class ContactForm(forms.ModelForm[Contact]):
    """What came of it. Where a lapse does harm, not giving the dose asks for a prescriber and for what follows."""

    class Meta:
        model = Contact
        fields = ("kind", "words", "again_on", "exit_drug")
        widgets = {"kind": forms.RadioSelect, "again_on": forms.DateInput(attrs={"type": "date"})}
        labels = {"kind": "What came of it?", "words": "In words", "again_on": "Call again on"}

    use_required_attribute = False

    def __init__(self, *args: Any, role: str, summary: Summary | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._role = role
        self._lapses = summary is not None and summary.harmful_from is not None
        self._harm = summary.harmful_from if summary is not None else None
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 - a field with choices
        kinds.choices = Contact.Kind.choices
        self.fields["exit_drug"].label = "What follows denosumab, or why nothing does"
        if not self._lapses:
            del self.fields["exit_drug"]

    def clean(self) -> dict[str, Any]:
        """Nobody lets denosumab lapse without a prescriber and a way out."""
        given = super().clean() or {}
        no_dose = given.get("kind") in Contact.NO_DOSE
        if no_dose and self._lapses:
            if self._role != Role.PRESCRIBER:
                self.add_error("kind", "Only a prescriber records that denosumab is not given: its lapse does harm.")
            if not given.get("exit_drug"):
                self.add_error("exit_drug", "Say what follows denosumab, or why nothing does.")
        if given.get("kind") == Contact.Kind.POSTPONED and not given.get("again_on"):
            self.add_error("again_on", "Say until when.")
        if given.get("kind") == Contact.Kind.POSTPONED and self._is_too_late(given.get("again_on")):
            self.add_error(
                "kind", f"From {self._harm:%-d %B %Y} on waiting does harm: a prescriber decides, or call again sooner."
            )
        return given

    def _is_too_late(self, again: date | None) -> bool:
        if self._harm is None or self._role == Role.PRESCRIBER:
            return False
        return self._harm <= today() or (again is not None and again >= self._harm)


@about_a_patient(get=CARE, post=CARE, act="opened the contacts")
def contact(request: HttpRequest, patient: Patient) -> HttpResponse:
    """What was done about a patient who is due; a post adds to it."""
    user, summary = user_of(request), Summary.objects.filter(patient=patient).first()
    form = ContactForm(request.POST or None, role=user.role, summary=summary)
    if request.method == "POST" and form.is_valid():
        form.instance.patient, form.instance.by = patient, user
        made = form.save()
        record(user, "recorded a contact", patient=patient, kind=made.kind)
        if made.exit_drug and made.kind in Contact.NO_DOSE:
            Task.objects.filter(patient=patient, key__startswith=LAPSED, done_at=None).update(
                done_at=made.at, done_by=user
            )
        gives_up = made.kind in (*Contact.NO_DOSE, Contact.Kind.POSTPONED)
        freed = cancel_coming(patient, user, why=made.kind) if gives_up else 0
        messages.success(request, "Recorded, and the booked visit is cancelled." if freed else "Recorded.")
        return redirect("due")
    page = {"patient": patient, "form": form, "contacts": patient.contacts.select_related("by")[:20]}
    return render(request, "due/contact.html", page, status=422 if form.errors else 200)
