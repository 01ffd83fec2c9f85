"""The pages of the set-up."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from osteon.clinic.access.guard import open_to
from osteon.clinic.booking.engine import closed_days
from osteon.clinic.booking.models import Chair, Closure, OpeningHours, Shift
from osteon.clinic.booking.schedule_views import day_of, monday_of
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.refresh import today
from osteon.clinic.setting_up.forms import ChairForm, ClosureForm, HoursForm, ShiftForm
from osteon.clinic.setting_up.stranded import change

SETS_UP = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
_LOOKS_AT = SETS_UP | {Role.SERVICE_LEAD, Role.NURSE, Role.PRESCRIBER}
_A_WEEK = timedelta(days=7)
_A_YEAR = timedelta(days=366)


@open_to(get=_LOOKS_AT)
def overview(request: HttpRequest) -> HttpResponse:
    """What is set up, and what has to be done first in a clinic that is new."""
    on = today()
    steps = [
        ("set-up-hours", "Opening hours", OpeningHours.objects.exists()),
        ("set-up-chairs", "Chairs", Chair.objects.filter(is_in_use=True).exists()),
        ("set-up-shifts", "Shifts of nurses, from today on", Shift.objects.filter(day__gte=on).exists()),
        ("set-up-closures", "Days on which the clinic is closed", True),
    ]
    fixed = [
        ("Name", settings.CLINIC_NAME, "OSTEON_CLINIC_NAME"),
        ("Time zone", settings.TIME_ZONE, "OSTEON_TIME_ZONE"),
        ("Labels and guidelines of", settings.JURISDICTION, "OSTEON_JURISDICTION"),
        ("Public holidays of", settings.HOLIDAYS or "none", "OSTEON_HOLIDAYS"),
        ("Two people check", ", ".join(settings.TWO_PEOPLE_CHECK) or "no drug", "OSTEON_TWO_PEOPLE_CHECK"),
        ("Signed orders", "always" if settings.ORDER_REQUIRED else "where one was signed", "OSTEON_ORDER_REQUIRED"),
        (
            "Second factor",
            "everybody who works here" if settings.SECOND_FACTOR else "who wants",
            "OSTEON_SECOND_FACTOR",
        ),
        ("Locks after", f"{settings.LOCK_AFTER.total_seconds() / 60:g} minutes", "OSTEON_LOCK_AFTER"),
        ("Reminders", settings.REMINDERS or "none", "OSTEON_REMINDERS"),
    ]
    nurses = User.objects.filter(role=Role.NURSE, is_active=True).count()
    return render(request, "setting_up/overview.html", {"steps": steps, "fixed": fixed, "nurses": nurses})


@open_to(get=_LOOKS_AT, post=SETS_UP)
def hours(request: HttpRequest) -> HttpResponse:
    """When the clinic is open."""
    form = HoursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return change(request, "opening hours", form.save, back=reverse("set-up"))
    return render(request, "setting_up/hours.html", {"form": form, **_may(request)}, status=422 if form.errors else 200)


@open_to(get=_LOOKS_AT, post=SETS_UP)
def chairs(request: HttpRequest) -> HttpResponse:
    """Every chair, and a form for a new one."""
    form = ChairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = f"a new chair, {form.cleaned_data['name']}"
        return change(request, words, lambda: _save(form), back=reverse("set-up-chairs"))
    page = {"form": form, "chairs": Chair.objects.order_by("pk"), **_may(request)}
    return render(request, "setting_up/chairs.html", page, status=422 if form.errors else 200)


@open_to(get=SETS_UP, post=SETS_UP)
def chair(request: HttpRequest, chair_id: int) -> HttpResponse:
    """One chair: its name, what it can do, and whether it is in use."""
    kept = get_object_or_404(Chair, pk=chair_id)
    form = ChairForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        return change(request, f"the chair {kept.name}", lambda: _save(form), back=reverse("set-up-chairs"))
    page = {"form": form, "chair": kept, **_may(request)}
    return render(request, "setting_up/chair.html", page, status=422 if form.errors else 200)


@open_to(get=_LOOKS_AT, post=SETS_UP)
def closures(request: HttpRequest) -> HttpResponse:
    """When the clinic is closed: its own days, which can be changed, and public holidays."""
    form = ClosureForm(request.POST if request.POST.get("act") == "add" else None)
    if request.POST.get("act") == "open":
        gone = get_object_or_404(Closure, pk=_number(request.POST.get("closure", "")))
        return change(request, f"open on {gone.day}", lambda: _delete(gone), back=reverse("set-up-closures"))
    if request.method == "POST" and form.is_valid():
        words = f"closed on {form.cleaned_data['day']}"
        return change(request, words, lambda: _save(form), back=reverse("set-up-closures"))
    own = list(Closure.objects.filter(day__gte=today()).order_by("day"))
    holidays = closed_days(today(), today() + _A_YEAR)
    public = [(day, name) for day, name in sorted(holidays.items()) if day not in {each.day for each in own}]
    page = {"form": form, "own": own, "public": public, **_may(request)}
    return render(request, "setting_up/closures.html", page, status=422 if form.errors else 200)


@open_to(get=_LOOKS_AT, post=SETS_UP)
def shifts(request: HttpRequest) -> HttpResponse:
    """Who works when, week by week: add, remove, or copy the whole week into the next."""
    first = monday_of(day_of(request.GET.get("week") or request.POST.get("week")))
    week = Shift.objects.filter(day__gte=first, day__lt=first + _A_WEEK)
    back = f"{reverse('set-up-shifts')}?week={first.isoformat()}"
    act = request.POST.get("act")
    form = ShiftForm(request.POST if act == "add" else None, initial={"day": max(first, today())})
    if act == "remove":
        gone = get_object_or_404(Shift, pk=_number(request.POST.get("shift", "")))
        return change(request, f"no shift of {gone.nurse.name} on {gone.day}", lambda: _delete(gone), back=back)
    if act == "copy":
        to = f"{reverse('set-up-shifts')}?week={(first + _A_WEEK).isoformat()}"
        return change(request, f"the week of {first} again a week later", lambda: _copy(list(week)), back=to)
    if request.method == "POST" and form.is_valid():
        words = f"a shift of {form.cleaned_data['nurse'].name} on {form.cleaned_data['day']}"
        return change(request, words, lambda: _save(form), back=back)
    rows = list(week.select_related("nurse").order_by("day", "starts", "pk"))
    days = [first + timedelta(days=number) for number in range(7)]
    page = {
        "form": form,
        "days": [(each, [row for row in rows if row.day == each]) for each in days],
        "first": first,
        "before": first - _A_WEEK,
        "after": first + _A_WEEK,
        **_may(request),
    }
    return render(request, "setting_up/shifts.html", page, status=422 if form.errors else 200)


def _copy(week: list[Shift]) -> None:
    """The same shifts seven days later, but for those that are there already."""
    for each in week:
        later = {"nurse": each.nurse, "day": each.day + _A_WEEK, "starts": each.starts, "ends": each.ends}
        numbers = {"starts_at_once": each.starts_at_once, "patients_at_once": each.patients_at_once}
        Shift.objects.get_or_create(**later, defaults=numbers)


def _save(form: ChairForm | ClosureForm | ShiftForm) -> None:
    form.save()


def _delete(row: Closure | Shift) -> None:
    row.delete()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _may(request: HttpRequest) -> dict[str, bool]:
    return {"may_change": getattr(request.user, "role", "") in SETS_UP}
