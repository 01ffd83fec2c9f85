"""The forms of a session: each makes one event. Nothing is ticked beforehand."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from django import forms

from osteon.clinic.infusion.barcode import UnreadableCodeError, read_code
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as happened
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import ml_per_h

_CHECK_DRUGS = (Role.NURSE, Role.PRESCRIBER)
_NOT_SAID = ("code", "second_name", "second_password")


class EventForm(forms.Form):
    """A form that makes one event. `key` is made when the page is, so that a double tap is one entry."""

    kind: ClassVar[type[happened.Happened]]
    title: ClassVar[str]
    button: ClassVar[str] = "Record"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    use_required_attribute = False

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy

    def what(self) -> dict[str, Any]:
        """What the event says, beyond who and when."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    @property
    def name(self) -> str:
        """By which name the form is posted."""
        return self.kind.__struct_config__.tag  # type: ignore[return-value]


class Identity(EventForm):
    """Who is this? Two identifiers that the patient says herself."""

    kind, title, button = happened.Identified, "Identity", "They agree"
    identifiers = forms.MultipleChoiceField(
        label="The patient said, and it agrees with the record",
        help_text="Two at least. Ask; do not read them out.",
        choices=[(each, each.capitalize()) for each in ("name", "birth date", "record number")],
        widget=forms.CheckboxSelectMultiple,
    )

    def what(self) -> dict[str, Any]:
        """The identifiers."""
        return {"identifiers": tuple(self.cleaned_data["identifiers"])}


class Weight(EventForm):
    """The weight of the day."""

    kind, title = happened.Weighed, "Weight today"
    weight_kg = forms.FloatField(label="Weight in kg", min_value=20, max_value=300)


class Consent(EventForm):
    """The patient agrees to this dose."""

    kind, title, button = happened.Consented, "Consent", "The patient agrees"


class Line(EventForm):
    """A cannula is in."""

    kind, title, button = happened.LinePlaced, "Line", "The line is in and flushes"
    site = forms.ChoiceField(
        label="Where",
        choices=[("", "choose"), *((each, each) for each in (
            "left forearm", "right forearm", "left hand", "right hand", "left elbow", "right elbow"))],
    )  # fmt: skip
    gauge = forms.TypedChoiceField(
        label="Gauge", choices=[("", "choose"), *((each, f"{each} G") for each in (20, 22, 24, 25))], coerce=int
    )


class Trouble(EventForm):
    """Something is wrong with the line."""

    kind, title = happened.LineTroubled, "Trouble with the line"
    trouble = forms.TypedChoiceField(
        choices=[("", "choose"), *((each.value, each.value) for each in happened.LineTrouble)],
        coerce=happened.LineTrouble,
    )
    site = forms.CharField(label="Where", max_length=40)
    removed = forms.TypedChoiceField(
        label="Was the cannula taken out?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
    )


class Drug(EventForm):
    """The drug in hand; where policy says so, a second person signs with an account of her own."""

    kind, title, button = happened.DrugChecked, "Drug in hand", "It is the drug of the order"
    code = forms.CharField(
        label="Barcode",
        help_text="Scan it, or leave it empty and type what the label says.",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    product = forms.CharField(label="Product, as on the label", max_length=80)
    ndc = forms.CharField(label="NDC", max_length=20, required=False)
    lot = forms.CharField(label="Lot", max_length=40, required=False)
    expires = forms.DateField(label="Expires", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    dose_mg = forms.FloatField(label="Dose in mg, as on the label", min_value=0.01, max_value=1000)
    second_name = forms.CharField(label="Second person: user name", max_length=150, required=False)
    second_password = forms.CharField(
        label="Second person: password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.second: User | None = None
        if not self.policy.two_people:
            del self.fields["second_name"], self.fields["second_password"]

    def clean(self) -> dict[str, Any]:
        """Take lot, expiry and NDC from the code, and say so where the label was read otherwise."""
        given = super().clean() or {}
        if code := given.get("code"):
            try:
                read = read_code(code)
            except UnreadableCodeError as error:
                self.add_error("code", str(error)[:1].upper() + str(error)[1:] + ".")
                return given
            for name in ("ndc", "lot", "expires"):
                said = getattr(read, name)
                if said and given.get(name) and given[name] != said:
                    self.add_error(name, f"The code says {said}.")
                given[name] = given.get(name) or said or given.get(name)
        for name in ("lot", "expires"):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, "Scan the code, or type what the label says.")
        if self.policy.two_people:
            self.second = self._second(given)
        return given

    def _second(self, given: dict[str, Any]) -> User | None:
        """The second person, if the password is hers and she may check drugs."""
        user = User.objects.filter(username=given.get("second_name"), is_active=True, role__in=_CHECK_DRUGS).first()
        if user is None or not user.check_password(given.get("second_password") or ""):
            self.add_error("second_name", "A second nurse or prescriber signs here with a sign-in of her own.")
            return None
        return user

    def what(self) -> dict[str, Any]:
        """The drug as it was read off its label."""
        given = {name: value for name, value in super().what().items() if name not in _NOT_SAID}
        return {
            **given,
            "expires": given["expires"].isoformat(),
            "drug": self.policy.drug,
            "volume_ml": self.policy.volume_ml,
        }


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
        coerce=lambda word: word == "yes",
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


class Grade(EventForm):
    """How bad was the reaction?"""

    kind, title = happened.ReactionGraded, "Grade the reaction (CTCAE v5)"
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
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
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


CRITERIA = (
    ("vital signs", "Vital signs near the first set"),
    ("site", "The site looks well"),
    ("reaction", "No reaction that is not over"),
    ("fluids", "Drinks and keeps it down"),
)


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


class Step(EventForm):
    """A step of the reaction protocol was done."""

    kind, title = happened.ReactionStepped, "Step"
    step = forms.CharField(widget=forms.HiddenInput, max_length=100)
    dose_mg = forms.FloatField(widget=forms.HiddenInput, required=False)


class Reaction(EventForm):
    """The two buttons."""

    kind, title = happened.ReactionBegan, "Reaction"
    reaction = forms.TypedChoiceField(
        choices=[(each.value, each.value) for each in happened.ReactionKind],
        coerce=happened.ReactionKind,
        widget=forms.HiddenInput,
    )


class Arrive(EventForm):
    """The patient is taken to the chair."""

    kind, title, button = happened.Arrived, "Arrival", "She is in the chair"


FORMS: dict[str, type[EventForm]] = {
    str(form.kind.__struct_config__.tag): form
    for form in (
        Arrive, Identity, Weight, Consent, Line, Trouble, Drug, Vitals, Start, Rate, Pause, Resume, Stop, Grade,
        RestartOrder, Restart, Flush, End, Discharge, GiveUp, Close, Answer, Step, Reaction,
    )
}  # fmt: skip
"""Every form by the name under which it is posted."""
