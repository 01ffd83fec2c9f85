"""The forms of a reaction, of an alarm, and of the end."""

from __future__ import annotations

from typing import Any

from django import forms

from osteon.clinic.infusion.form import YES_OR_NO, EventForm, is_yes
from osteon.pathway.session import events as happened

CRITERIA = (
    ("vital signs", "Vital signs near the first set"),
    ("site", "The site looks well"),
    ("reaction", "No reaction that is not over"),
    ("fluids", "Drinks and keeps it down"),
)


class Reaction(EventForm):
    """The two buttons."""

    kind, title = happened.ReactionBegan, "Reaction"
    reaction = forms.TypedChoiceField(
        choices=[(each.value, each.value) for each in happened.ReactionKind],
        coerce=happened.ReactionKind,
        widget=forms.HiddenInput,
    )


class Step(EventForm):
    """A step of the reaction protocol was done."""

    kind, title = happened.ReactionStepped, "Step"
    step = forms.CharField(widget=forms.HiddenInput, max_length=100)
    dose_mg = forms.FloatField(widget=forms.HiddenInput, required=False)


class Grade(EventForm):
    """How bad was the reaction?"""

    kind, title = happened.ReactionGraded, "Grade the reaction (CTCAE v5)"
    term = forms.ChoiceField(
        label="What was it?",
        choices=[("", "cannot tell"), *((each, each) for each in (
            "Infusion related reaction", "Allergic reaction", "Anaphylaxis", "Hypotension", "Fever"))],
        required=False,
    )  # fmt: skip
    grade = forms.TypedChoiceField(
        choices=[
            (1, "1: mild and passing; the infusion need not stop"),
            (2, "2: treated at once (antihistamine, fluids, anti-inflammatory), or the infusion had to stop"),
            (3, "3: lasting, or back after it got better; in hospital"),
            (4, "4: life was in danger"),
            (5, "5: death"),
        ],
        widget=forms.RadioSelect,
        coerce=int,
    )
    causality = forms.ChoiceField(
        label="Caused by the drug?",
        choices=[(each, each) for each in ("certain", "probable", "possible", "unlikely", "cannot tell")],
        widget=forms.RadioSelect,
    )
    is_over = forms.TypedChoiceField(
        label="Is it over?",
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        coerce=is_yes,
    )


class Flush(EventForm):
    """Flush the line."""

    kind, title, button = happened.Flushed, "Flush", "Flushed"
    volume_ml = forms.FloatField(label="mL", min_value=1, max_value=100)


class End(EventForm):
    """The dose is over."""

    kind, title, button = happened.Ended, "End", "The dose is over"
    given_ml = forms.FloatField(label="Given, mL", min_value=0, max_value=2000)
    wasted_ml = forms.FloatField(label="Wasted, mL", min_value=0, max_value=2000)
    reason = forms.CharField(label="If it ended sooner than the bag can have run: why", max_length=200, required=False)


class Discharge(EventForm):
    """The patient goes home."""

    kind, title, button = happened.Discharged, "Discharge", "She goes home"
    criteria = forms.MultipleChoiceField(
        label="Met", choices=CRITERIA, widget=forms.CheckboxSelectMultiple, required=False
    )
    card_given = forms.BooleanField(label="The aftercare card was handed over and read through")

    def what(self) -> dict[str, Any]:
        """The criteria that were met."""
        return {"criteria": tuple(self.cleaned_data["criteria"]), "card_given": self.cleaned_data["card_given"]}


class GiveUp(EventForm):
    """No dose today."""

    kind, title, button = happened.GivenUp, "No dose today", "Record that no dose is given"
    reason = forms.CharField(label="Why", max_length=200)


class Close(EventForm):
    """Close the record."""

    kind, title, button = happened.Closed, "Close the record", "Close the record"


class Answer(EventForm):
    """Answer an alarm."""

    kind, title, button = happened.AlarmAnswered, "Alarm", "Seen"
    alarm = forms.CharField(widget=forms.HiddenInput, max_length=100)
    answer = forms.CharField(label="What you do", max_length=200)
