"""The forms of the set-up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms

from osteon.clinic.booking.models import WEEKDAYS, Chair, Closure, OpeningHours, Shift
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role

FEATURES = [("recliner", "recliner"), ("bed", "bed"), ("injection", "injections"), ("isolation", "isolation")]
_GRID_MIN = 5


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time", "step": _GRID_MIN * 60}, format="%H:%M")


class HoursForm(forms.Form):
    """From when to when the clinic is open on each weekday; both empty: closed."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {each.weekday: each for each in OpeningHours.objects.all()}
        for weekday, name in enumerate(WEEKDAYS):
            row = known.get(weekday)
            for end, words in (("opens", "opens"), ("closes", "closes")):
                self.fields[f"{end}-{weekday}"] = forms.TimeField(
                    required=False, label=f"{name} {words}", widget=_clock(), initial=getattr(row, end, None)
                )

    def days(self) -> Iterator[tuple[str, Any, Any]]:
        """Each weekday with its two fields."""
        for weekday, name in enumerate(WEEKDAYS):
            yield name, self[f"opens-{weekday}"], self[f"closes-{weekday}"]

    def clean(self) -> dict[str, Any]:
        """It closes after it opens."""
        given = super().clean() or {}
        for weekday in range(len(WEEKDAYS)):
            opens, closes = given.get(f"opens-{weekday}"), given.get(f"closes-{weekday}")
            if (opens is None) != (closes is None):
                self.add_error(f"closes-{weekday}", "Give both times, or none where it is closed.")
            elif opens and closes and closes <= opens:
                self.add_error(f"closes-{weekday}", "It closes before it opens.")
        return given

    def save(self) -> None:
        """Keep the hours."""
        for weekday in range(len(WEEKDAYS)):
            opens: time | None = self.cleaned_data[f"opens-{weekday}"]
            closes: time | None = self.cleaned_data[f"closes-{weekday}"]
            if opens is None or closes is None:
                OpeningHours.objects.filter(weekday=weekday).delete()
            else:
                times = {"opens": opens, "closes": closes}
                OpeningHours.objects.update_or_create(weekday=weekday, defaults=times)


class ChairForm(forms.ModelForm[Chair]):
    """A chair, and what it can do."""

    features = forms.MultipleChoiceField(
        choices=FEATURES, required=False, widget=forms.CheckboxSelectMultiple, label="What it can do"
    )

    class Meta:
        model = Chair
        fields = ("name", "features", "is_in_use")
        labels = {"is_in_use": "In use"}

    use_required_attribute = False


class ClosureForm(forms.ModelForm[Closure]):
    """A day on which nobody comes."""

    class Meta:
        model = Closure
        fields = ("day", "reason")
        widgets = {"day": forms.DateInput(attrs={"type": "date"})}

    use_required_attribute = False


class ShiftForm(forms.ModelForm[Shift]):
    """When a nurse is here."""

    nurse = forms.ModelChoiceField(User.objects.filter(role=Role.NURSE, is_active=True).order_by("last_name"))

    class Meta:
        model = Shift
        fields = ("nurse", "day", "starts", "ends", "starts_at_once", "patients_at_once")
        labels = {
            "starts_at_once": "Doses started at one time",
            "patients_at_once": "Patients looked after at one time",
        }
        widgets = {"day": forms.DateInput(attrs={"type": "date"}), "starts": _clock(), "ends": _clock()}

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nurse"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """It ends after it starts, and no nurse is here twice at one time."""
        given = super().clean() or {}
        starts, ends, nurse, day = (given.get(name) for name in ("starts", "ends", "nurse", "day"))
        if starts and ends and ends <= starts:
            self.add_error("ends", "It ends before it starts.")
        elif starts and ends and nurse and day:
            others = Shift.objects.filter(nurse=nurse, day=day, starts__lt=ends, ends__gt=starts)
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("starts", "This nurse has a shift at that time already.")
        return given
