"""The task list of each role, and the notes of a patient."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, open_to, user_of
from osteon.clinic.access.sight import Sight, in_sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import CARE, STAFF, Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.tasks.acts import finish, note, pass_on, take
from osteon.clinic.tasks.models import Note, Task
from osteon.clinic.undo.acts import offer

_ON_A_PAGE = 50


_ROLES = [(each.value, each.label) for each in Role if each in CARE]


class TaskForm(forms.ModelForm[Task]):
    """A task for somebody."""

    role = forms.ChoiceField(choices=[("", "choose"), *_ROLES])

    class Meta:
        model = Task
        fields = ("title", "role", "due_on", "is_urgent")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"})}


class NoteForm(forms.ModelForm[Note]):
    """A note about a patient."""

    class Meta:
        model = Note
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


@open_to(get=CARE, post=CARE)
def tasks(request: HttpRequest) -> HttpResponse:
    """What is open for this person's role, the most urgent first; a post makes a task."""
    user = user_of(request)
    form = TaskForm(request.POST or None, use_required_attribute=False)
    about = _patient(request.POST.get("patient") or request.GET.get("patient", ""), user)
    if request.method == "POST" and form.is_valid():
        form.instance.made_by, form.instance.patient = user, about
        made = form.save()
        record(user, "made a task", patient=about, task=made.pk)
        messages.success(request, f"Added for the {made.get_role_display().lower()}.")
        return redirect("tasks")
    whose = request.GET.get("whose", "role")
    found = done_tasks(user) if whose == "done" else open_tasks(user, whose)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "form": form, "whose": whose, "today": today(), "about": about, "roles": _ROLES}
    return render(request, "tasks/tasks.html", shown, status=422 if form.errors else 200)


def open_tasks(user: User, whose: str) -> QuerySet[Task]:
    """Tasks that are not done: of a person (`mine`), of the role (`role`) or of everybody (`all`)."""
    found = _seen(user).filter(done_at=None)
    if whose == "mine":
        found = found.filter(assignee=user)
    elif whose != "all":
        found = found.filter(role=user.role)
    return found.select_related("patient", "assignee").order_by("-is_urgent", "due_on", "pk")


def done_tasks(user: User) -> QuerySet[Task]:
    """Tasks that were done, the last first."""
    found = _seen(user).filter(done_at__isnull=False)
    return found.select_related("patient", "assignee", "done_by").order_by("-done_at", "-pk")


def _seen(user: User) -> QuerySet[Task]:
    return Task.objects.filter(Q(patient=None) | in_sight(user))


def _patient(text: str, user: User) -> Patient | None:
    """The patient that a task is about; None where none is named, or this person may not see her."""
    try:
        patient = Patient.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None
    return patient if patient is not None and sight(user, patient) is Sight.FULL else None


@open_to(post=CARE)
def done(request: HttpRequest, task_id: int) -> HttpResponse:
    """Mark a task as done, take it for oneself, or pass it on to another role."""
    user = user_of(request)
    task = Task.objects.select_related("patient").filter(pk=task_id).first()
    if task is None or (task.patient and sight(user, task.patient) is not Sight.FULL):
        raise Http404
    act, role = request.POST.get("act"), request.POST.get("role", "")
    if task.done_at is not None:
        messages.warning(request, "This task was done already.")
    elif act == "take":
        take(task, user)
    elif act == "pass" and role in dict(_ROLES):
        was = task.role
        pass_on(task, Role(role), user)
        words = f"Passed on to the {task.get_role_display().lower()}."
        offer(request, words, kind="task passed on", payload={"task": task.pk, "was": was, "becomes": role})
    elif task.asks_for_an_exit and task.patient:
        messages.warning(request, "This is done when the dose is given, or when a prescriber records what follows it.")
        return redirect("contact", task.patient.pk)
    elif act == "done":
        finish(task, user)
        offer(request, "Task done.", kind="task done", payload={"task": task.pk})
    return redirect("tasks")


@about_a_patient(get=STAFF, post=CARE, act="looked at the notes")
def notes(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The notes of a patient; a post adds one, or corrects one."""
    form = NoteForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        number = request.POST.get("corrects", "")
        wrong = patient.notes.filter(pk=int(number)).first() if number.isdecimal() else None
        made = note(patient, form.cleaned_data["text"], user_of(request), corrects=wrong)
        offer(request, "Noted.", kind="note", payload={"note": made.pk})
        return redirect("notes", patient.pk)
    shown = {"patient": patient, "form": form, "corrects": request.GET.get("corrects", "")}
    return render(request, "tasks/notes_page.html", shown, status=422 if form.errors else 200)
