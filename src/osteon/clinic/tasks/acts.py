"""Ask for something, do it, pass it on, take it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.tasks.models import Note, Task
from osteon.clinic.undo.acts import CannotUndoError, reverses


def ask_for(
    title: str, *, role: Role, due_on: date, key: str, patient: Patient | None = None, is_urgent: bool = False
) -> bool:
    """Let the program ask a role for something, once for each key; False where it was asked for before."""
    _, is_new = Task.objects.get_or_create(
        key=key,
        defaults={"title": title, "role": role, "due_on": due_on, "patient": patient, "is_urgent": is_urgent},
    )
    return is_new


def finish(task: Task, by: User) -> None:
    """It is done."""
    with transaction.atomic():
        task.done_at, task.done_by = timezone.now(), by
        task.save(update_fields=["done_at", "done_by"])
        record(by, "did a task", patient=task.patient, task=task.pk)


@reverses("task done")
def reopen(payload: dict[str, Any], user: User) -> None:
    """It was not done after all."""
    task = Task.objects.get(pk=payload["task"])
    if task.done_by_id != user.pk:
        message = "Somebody else has done this task meanwhile."
        raise CannotUndoError(message)
    task.done_at, task.done_by = None, None
    task.save(update_fields=["done_at", "done_by"])
    record(user, "took back that a task was done", patient=task.patient, task=task.pk)


def note(patient: Patient, text: str, by: User, *, corrects: Note | None = None) -> Note:
    """Note something about a patient."""
    with transaction.atomic():
        made = Note.objects.create(patient=patient, text=text, made_by=by, corrects=corrects)
        record(by, "wrote a note" if corrects is None else "corrected a note", patient=patient, note=made.pk)
    return made


@reverses("note")
def take_note_back(payload: dict[str, Any], user: User) -> None:
    """The note was not meant to be written; its row stays, and says so."""
    made = Note.objects.get(pk=payload["note"])
    made.taken_back_at = timezone.now()
    made.save(update_fields=["taken_back_at"])
    record(user, "took a note back", patient=made.patient, note=made.pk)
