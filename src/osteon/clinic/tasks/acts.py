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


def take(task: Task, by: User) -> None:
    """Somebody of the role takes it."""
    with transaction.atomic():
        task.assignee = by
        task.save(update_fields=["assignee"])
        record(by, "took a task", patient=task.patient, task=task.pk)


def pass_on(task: Task, role: Role, by: User) -> None:
    """It is for another role, and for nobody of it in particular."""
    with transaction.atomic():
        was, task.role, task.assignee = task.role, role, None
        task.save(update_fields=["role", "assignee"])
        record(by, "passed a task on", patient=task.patient, task=task.pk, was=was, becomes=role.value)


@reverses("task passed on")
def take_back_passing(payload: dict[str, Any], user: User) -> None:
    """It stays with the role that it was for."""
    task = Task.objects.get(pk=payload["task"])
    if task.done_at is not None or task.role != payload["becomes"] or task.assignee_id is not None:
        message = "Somebody has taken this task, or done it, meanwhile."
        raise CannotUndoError(message)
    pass_on(task, Role(payload["was"]), user)


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
