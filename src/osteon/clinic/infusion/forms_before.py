"""The forms up to the start. Nothing is ticked beforehand."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms

from osteon.clinic.infusion.barcode import UnreadableCodeError, read_code
from osteon.clinic.infusion.form import YES_OR_NO, EventForm, is_yes
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.pathway.session import events as happened

_CHECK_DRUGS = (Role.NURSE, Role.PRESCRIBER)
_NOT_SAID = ("code", "second_name", "second_password")


class Arrive(EventForm):
    """The patient is taken to the chair."""

    kind, title, button = happened.Arrived, "Arrival", "She is in the chair"


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
    """The weight of the day. A large change from the last one is weighed again before it counts."""

    kind, title = happened.Weighed, "Weight today"
    weight_kg = forms.FloatField(label="Weight in kg", min_value=20, max_value=300)
    measured_twice = forms.BooleanField(label="Weighed twice: it is right", required=False, widget=forms.CheckboxInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.known.last_weight_kg
        self.fields["weight_kg"].help_text = f"Last on record: {last:g} kg." if last else "No weight on record."
        if not self.is_bound:
            del self.fields["measured_twice"]

    def clean(self) -> dict[str, Any]:
        """Ask again where the weight is far from the last one."""
        given = super().clean() or {}
        last, weight = self.known.last_weight_kg, given.get("weight_kg")
        if last and weight and not given.get("measured_twice"):
            change = (weight - last) / last * 100
            if abs(change) >= self.known.weight_change_percent:
                self.add_error("weight_kg", f"{change:+.0f} % since {last:g} kg. Weigh again, and say that you did.")
        return given


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
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        coerce=is_yes,
    )


def _signed_by(username: str, password: str) -> User | None:
    """Whose user name and password are these? Wrong ones count against the limit of the sign-in page."""
    user = get_adapter().authenticate(context.request, username=username, password=password)
    return user if isinstance(user, User) else None


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
        user = _signed_by(given.get("second_name") or "", given.get("second_password") or "")
        if user is None or user.role not in _CHECK_DRUGS:
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


class Test(EventForm):
    """A pregnancy test, where the gate asks for one."""

    kind, title = happened.Tested, "Pregnancy test"
    is_positive = forms.TypedChoiceField(
        label="The test of today is",
        choices=[("no", "negative"), ("yes", "positive")],
        widget=forms.RadioSelect,
        coerce=is_yes,
    )


class Company(EventForm):
    """The interpreter, or the way home."""

    kind, title, button = happened.Accompanied, "Company", "It is settled"
    company = forms.TypedChoiceField(
        choices=[(each.value, each.value) for each in happened.Company],
        coerce=happened.Company,
        widget=forms.HiddenInput,
    )
    how = forms.CharField(label="Who, or how", max_length=100, help_text="If nobody: why it goes without.")


class ScaleTwo(EventForm):
    """The second scale of saturation, by order."""

    kind, title, button = happened.ScaleTwoOrdered, "Order saturation on scale 2 (prescriber)", "Order scale 2"
    reason = forms.CharField(label="Why her target is 88 to 92 %", max_length=200)
