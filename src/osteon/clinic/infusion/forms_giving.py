"""The forms while the dose is given: vital signs, rates, pauses, orders, sites."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms

from osteon.clinic.infusion.form import EventForm, is_yes
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as happened
from osteon.pathway.session.pump import ml_per_h


class Vitals(EventForm):
    """One set of vital signs. What was not taken stays empty."""

    kind, title, button = happened.VitalsTaken, "Vital signs", "Record this set"
    systolic_pressure = forms.FloatField(label="Systolic pressure, mmHg", min_value=30, max_value=300, required=False)
    pulse = forms.FloatField(label="Pulse, per minute", min_value=15, max_value=300, required=False)
    respiration_rate = forms.FloatField(label="Breaths per minute", min_value=2, max_value=80, required=False)
    spo2 = forms.FloatField(label="Oxygen saturation, %", min_value=30, max_value=100, required=False)
    oxygen = forms.TypedChoiceField(
        label="Breathes",
        choices=[("no", "air"), ("yes", "oxygen")],
        widget=forms.RadioSelect,
        coerce=is_yes,
        empty_value=None,
        required=False,
    )
    temperature = forms.FloatField(label="Temperature, °C", min_value=28, max_value=45, required=False)
    consciousness = forms.ChoiceField(
        choices=[
            ("alert", "alert"),
            ("confused", "newly confused"),
            ("voice", "answers to voice"),
            ("pain", "answers to pain"),
            ("unresponsive", "unresponsive"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """At least one sign."""
        given = super().clean() or {}
        if not self.errors and all(value in (None, "") for name, value in given.items() if name != "key"):
            self.add_error(None, "Enter at least one sign.")
        return given

    def what(self) -> dict[str, Any]:
        """The signs that were taken."""
        given = {name: None if value == "" else value for name, value in super().what().items()}
        return {"signs": msgspec.convert(given, VitalSigns)}


class _Rate(EventForm):
    """How fast? In minutes for the whole bag; the program works out the rate."""

    minutes = forms.FloatField(label="Minutes for the whole bag", max_value=600)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["minutes"]
        if not self.policy.is_infusion:
            del self.fields["minutes"]
            return
        field.help_text = (
            f"{self.policy.volume_ml:g} mL, at least {self.policy.minimum_min:g} minutes "
            f"(at most {self.policy.maximum_rate_ml_h:g} mL/h)."
        )

    def clean_minutes(self) -> float:
        """Never shorter than the label allows."""
        minutes: float = self.cleaned_data["minutes"]
        if minutes < self.policy.minimum_min:
            raise forms.ValidationError(f"{self.policy.name} takes at least {self.policy.minimum_min:g} minutes.")
        return minutes

    def what(self) -> dict[str, Any]:
        """The rate in mL/h."""
        minutes = self.cleaned_data.get("minutes")
        return {"rate_ml_h": ml_per_h(self.policy.volume_ml, minutes) if minutes else 0.0}


class Start(_Rate):
    """The dose begins."""

    kind, title, button = happened.Started, "Start", "Start now"


class Rate(_Rate):
    """Another rate."""

    kind, title, button = happened.RateChanged, "Another rate", "Change the rate"


class Resume(_Rate):
    """On after a pause."""

    kind, title, button = happened.Resumed, "Go on", "Go on"


class Restart(_Rate):
    """On after a stop."""

    kind, title, button = happened.Restarted, "Start again", "Start again"


class RestartOrder(_Rate):
    """A prescriber orders it to go on."""

    kind, title, button = happened.RestartOrdered, "Order to go on (prescriber)", "Order it"


class Pause(EventForm):
    """Stand still for a while."""

    kind, title, button = happened.Paused, "Pause", "Pause"
    reason = forms.CharField(max_length=100)


class Stop(EventForm):
    """Stop it."""

    kind, title, button = happened.Stopped, "Stop", "Stop"
    reason = forms.CharField(max_length=100)


class Inject(EventForm):
    """One syringe under the skin."""

    kind, title, button = happened.Injected, "Injection", "Injected"
    site = forms.ChoiceField(
        label="Site",
        choices=[("", "choose"), *((each, each) for each in (
            "abdomen, left", "abdomen, right", "thigh, left", "thigh, right", "upper arm, left", "upper arm, right"))],
    )  # fmt: skip


class TroubleStep(EventForm):
    """A step for a troubled line was done."""

    kind, title, button = happened.TroubleStepped, "Step", "Done"
    step = forms.CharField(widget=forms.HiddenInput, max_length=60)


class SpokenOrder(EventForm):
    """An order given by voice: written down, read back, signed later."""

    kind, title, button = happened.OrderSpoken, "Order by voice", "Written down and read back"
    prescriber = forms.ChoiceField(label="Given by")
    order = forms.CharField(label="What was ordered", max_length=300)
    minutes = forms.FloatField(
        label="To go on: minutes for the whole bag, at least",
        help_text="Only where the order is to go on after a stop.",
        required=False,
        min_value=1,
        max_value=600,
    )
    read_back = forms.BooleanField(label="I read it back, and it was confirmed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["prescriber"]
        choice.choices = [("", "choose"), *self.known.prescribers]
        if not self.policy.is_infusion:
            del self.fields["minutes"]

    def what(self) -> dict[str, Any]:
        """The order, with a rate in mL/h where it is one to go on."""
        given = super().what()
        minutes = given.pop("minutes", None)
        return {**given, "rate_ml_h": ml_per_h(self.policy.volume_ml, minutes) if minutes else None}


class SignOrder(EventForm):
    """The prescriber signs what was ordered by voice."""

    kind, title, button = happened.OrderSigned, "Sign the order given by voice", "Sign it in my name"
    order = forms.CharField(widget=forms.HiddenInput, max_length=64)


class HandOver(EventForm):
    """Another nurse looks after her from now on."""

    kind, title, button = happened.HandedOver, "Hand over", "Hand over"
    to = forms.ChoiceField(label="To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["to"]
        choice.choices = [("", "choose"), *self.known.nurses]
