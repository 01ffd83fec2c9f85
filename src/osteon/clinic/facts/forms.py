"""The forms in which facts are entered. Nothing is ticked beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from osteon.chart.plain_fhir import Resource, Row
from osteon.clinic.facts.asked import Question, Result
from osteon.clinic.facts.write import EntryError, understood
from osteon.clinic.records.refresh import today

YES_NO = (("yes", "Yes"), ("no", "No"))


class FactForm(forms.Form):
    """A form that says something about a patient."""

    resource: Resource | None = None

    def resources(self) -> list[Resource]:
        """What was said, as FHIR resources; nothing where nothing was filled in."""
        return [self.resource] if self.resource else []


class QuestionsForm(FactForm):
    """The questions that the gate asks on the day; those left open stay open."""

    def __init__(self, questions: tuple[Question, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.fact] = forms.ChoiceField(
                label=question.label[:1].upper() + question.label[1:],
                help_text=question.obtain[:1].upper() + question.obtain[1:] + ".",
                choices=YES_NO,
                widget=forms.RadioSelect,
                required=False,
            )

    def resources(self) -> list[Resource]:
        """What was answered."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return [understood(Row(number=1, what=f"answer {name}", value=value)) for name, value in given.items()]


class ResultForm(FactForm):
    """One result: a number, its unit and its day."""

    value = forms.RegexField(
        r"^\s*[<>]?\s*\d+([.,]\d+)?\s*$",
        max_length=20,
        label="Value",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Write a number, such as 9.4 or <10."},
    )
    unit = forms.ChoiceField(label="Unit")
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, result: Result, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=result.analyte, empty_permitted=True, use_required_attribute=False)
        self.result = result
        units = self.fields["unit"]
        assert isinstance(units, forms.ChoiceField)  # noqa: S101 - declared above
        units.choices = [("", "choose"), *((unit, unit) for unit in result.units)]

    def clean_day(self) -> date:
        """A result is of today or earlier."""
        return not_after_today(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        """Hold the number against what is plausible."""
        given = super().clean() or {}
        if self.has_changed() and not self.errors:
            row = Row(
                number=1,
                what=self.result.analyte,
                value=given["value"],
                unit=given["unit"],
                date=given["day"].isoformat(),
            )
            self.resource = read(row)
        return given


class RowForm(FactForm):
    """Anything else, as a row of a plain chart."""

    what = forms.CharField(max_length=60, label="What", widget=forms.TextInput(attrs={"list": "kinds"}))
    value = forms.CharField(max_length=200, label="Value, or words", required=False)
    unit = forms.CharField(max_length=20, label="Unit", required=False)
    date = forms.CharField(
        max_length=30,
        label="Day",
        required=False,
        help_text="2026-10-01, 2026-10 or 2026; from and to: 2021-02..2026-08; still going on: 2021-02..",
    )
    site = forms.CharField(max_length=40, label="Where in the body", required=False)
    note = forms.CharField(max_length=200, label="Note", required=False)

    def clean(self) -> dict[str, Any]:
        """Read the row as the plain chart does."""
        given = super().clean() or {}
        if not self.errors:
            self.resource = read(Row(number=1, **given))
        return given


class ErrorForm(forms.Form):
    """Why an entry was wrong."""

    reason = forms.CharField(max_length=300, label="What was wrong with it?")


def read(row: Row) -> Resource:
    """The resource of a row, with what is wrong said in the form."""
    try:
        return understood(row)
    except EntryError as error:
        raise ValidationError(str(error)) from error


def not_after_today(day: date) -> date:
    """The day, unless it is still to come."""
    if day > today():
        raise ValidationError("This day is still to come.")
    return day
