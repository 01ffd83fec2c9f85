"""Make a document and keep it as it was made."""

from __future__ import annotations

from hashlib import sha256
from importlib import resources

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

import osteon
from osteon.clinic.audit.log import record
from osteon.clinic.letters.models import Document
from osteon.clinic.letters.words import Letter, letter
from osteon.clinic.patients.shown import Shown, shown
from osteon.clinic.people.models import User
from osteon.clinic.records.models import CarePlan, Patient
from osteon.clinic.records.refresh import today
from osteon.report.words import day


def keep_letter(patient: Patient, kind: Document.Kind, seen: Shown, by: User) -> Document:
    """Make a letter from the plan that is shown, and keep it. `seen` has to hold a plan."""
    assert seen.view is not None  # noqa: S101 - whoever calls has looked
    assert seen.at is not None  # noqa: S101 - as above
    assert seen.kept is not None  # noqa: S101 - as above
    words = letter(kind, seen.view.plan, seen.at)
    return _keep(patient, kind, seen.kept, letter_pdf(words, seen.view.plan.knowledge), by)


def letter_pdf(words: Letter, knowledge: str) -> bytes:
    """A letter as the bytes of a PDF of one page, with an empty line for the signature (about 0.1 s)."""
    import typst  # takes 30 ms to import, and only a PDF needs it

    template = resources.files("osteon.clinic.letters").joinpath("letter.typ").read_bytes()
    data = {
        **msgspec.to_builtins(words),
        "on": day(words.on),
        "clinic": settings.CLINIC_NAME,
        "jurisdiction": settings.JURISDICTION.lower(),
        "version": osteon.__version__,
        "knowledge": knowledge,
        "sign_off": "A draft until a prescriber has checked and signed it.",
    }
    pdf: bytes = typst.compile(
        template, sys_inputs={"data": msgspec.json.encode(data).decode()}, pdf_standards=["a-2a"]
    )
    return pdf


def _keep(patient: Patient, kind: Document.Kind, plan: CarePlan, content: bytes, by: User) -> Document:
    with transaction.atomic():
        made = Document.objects.create(
            patient=patient,
            kind=kind,
            plan=plan,
            made_at=timezone.now(),
            made_by=by,
            content=content,
            digest=sha256(content).hexdigest(),
        )
        record(by, "made a document", patient=patient, document=str(made.pk), kind=kind.value)
    return made


@task()
def make_plan_document(patient_id: str, user_id: int) -> None:
    """Set the whole plan as a PDF, with its pictures: a second or two, so the worker does it."""
    from osteon.report.document import document

    patient, by = Patient.objects.get(pk=patient_id), User.objects.get(pk=user_id)
    seen = shown(patient, today())
    if seen.view is not None and seen.kept is not None:
        _keep(patient, Document.Kind.PLAN, seen.kept, document(seen.view), by)
