"""Letters say what the plan and the chart say, carry no signature, and are kept as they were made."""

import re

import pytest
from django.db import DatabaseError, transaction

from osteon.clinic.audit.models import Entry as AuditEntry
from osteon.clinic.letters.models import Document
from osteon.clinic.letters.words import Letter, letter
from osteon.clinic.patients.shown import shown
from osteon.clinic.people.roles import CARE, Role
from osteon.clinic.records.models import Patient
from tests.clinic.conftest import TODAY


def words(patient: Patient, kind: Document.Kind) -> Letter:
    seen = shown(patient, TODAY)
    return letter(kind, seen.view.plan, seen.at)


def text(made: Letter) -> str:
    return "\n".join(line for part in made.parts for line in part.lines)


def test_the_family_doctor_reads_diagnosis_treatment_and_what_is_asked(jane: Patient):
    made = words(jane, Document.Kind.FAMILY_DOCTOR)
    assert [part.heading for part in made.parts] == [
        "In short", "What comes next", "What we ask of you", "What to watch for"
    ]  # fmt: skip
    assert made.parts[0].lines[0] == "Osteoporosis."
    assert "zoledronic acid 5 mg" in text(made)
    assert "Jane Doyle" in made.patient


def test_the_family_doctor_is_not_asked_for_what_a_nurse_asks_on_the_day(jane: Patient):
    assert "look at the veins" not in text(words(jane, Document.Kind.FAMILY_DOCTOR)).lower()
    assert "ask about the eyes" not in text(words(jane, Document.Kind.FAMILY_DOCTOR)).lower()


def test_the_dentist_reads_of_the_drug_and_the_jaw(jane: Patient):
    made = text(words(jane, Document.Kind.DENTIST))
    assert "zoledronic acid" in made
    assert "Osteonecrosis of the jaw" in made
    assert "before an extraction" in made


def test_an_unknown_dental_examination_is_said_to_be_unknown(jane: Patient):
    jane.entries.filter(content__contains="ental").update(replaced_at="2026-11-01T00:00Z")
    assert "We do not know when the teeth were last examined" in text(words(jane, Document.Kind.DENTIST))


def test_every_line_is_a_sentence(jane: Patient, mark: Patient):
    for patient in (jane, mark):
        for kind in (Document.Kind.FAMILY_DOCTOR, Document.Kind.DENTIST):
            for part in words(patient, kind).parts:
                assert part.lines
                assert all(line[0].isupper() or line[0].isdigit() for line in part.lines)
                assert all(line.endswith((".", "?", ":")) for line in part.lines)


@pytest.mark.parametrize("kind", ["family_doctor", "dentist"])
def test_a_letter_is_made_and_kept_and_read(signed_in, jane: Patient, kind: str):
    client = signed_in(Role.COORDINATOR)
    page = client.post(f"/patients/{jane.pk}/documents/", {"kind": kind}, follow=True).content.decode()
    made = Document.objects.defer(None).get()
    assert f"/documents/{made.pk}/" in page
    answer = client.get(f"/patients/{jane.pk}/documents/{made.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="document.pdf"'
    assert answer.content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", answer.content)) == 1
    assert AuditEntry.objects.filter(act="made a document", patient_id=jane.pk).count() == 1


def test_no_signature_is_invented(jane: Patient):
    for kind in (Document.Kind.FAMILY_DOCTOR, Document.Kind.DENTIST):
        assert "sign" not in text(words(jane, kind)).lower()


def test_the_plan_is_set_by_the_worker_and_kept(signed_in, jane: Patient):
    client = signed_in(Role.NURSE)
    answer = client.post(f"/patients/{jane.pk}/documents/", {"kind": "plan"}, follow=True)
    assert "in a few seconds" in answer.content.decode()
    assert Document.objects.get(kind="plan").made_by.role == Role.NURSE


def test_a_document_of_another_patient_is_not_there(signed_in, jane: Patient, mark: Patient):
    client = signed_in(Role.NURSE)
    client.post(f"/patients/{jane.pk}/documents/", {"kind": "dentist"})
    assert client.get(f"/patients/{mark.pk}/documents/{Document.objects.get().pk}/").status_code == 404


@pytest.mark.django_db
def test_nobody_changes_a_document(signed_in, jane: Patient):
    signed_in(Role.NURSE).post(f"/patients/{jane.pk}/documents/", {"kind": "dentist"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.update(kind="plan")


@pytest.mark.parametrize("role", [role for role in Role if role not in CARE and role != Role.PATIENT])
def test_who_does_not_treat_makes_no_letter(signed_in, jane: Patient, role: Role):
    assert signed_in(role).post(f"/patients/{jane.pk}/documents/", {"kind": "dentist"}).status_code == 403
