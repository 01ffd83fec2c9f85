"""What every form of a session has in common: it makes one event, once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from msgspec import Struct

from osteon.pathway.session import events as happened
from osteon.pathway.session.policy import Policy


class Known(Struct, frozen=True, kw_only=True):
    """What a form may have to know beyond the policy: the last weight on record (kg), and who could be meant.

    People are pairs of the id in events and the name.
    """

    last_weight_kg: float | None = None
    weight_change_percent: float = 10.0
    prescribers: tuple[tuple[str, str], ...] = ()
    nurses: tuple[tuple[str, str], ...] = ()


NOTHING_KNOWN = Known()
YES_OR_NO = [("yes", "Yes"), ("no", "No")]


def is_yes(word: str) -> bool:
    """Was it the yes?"""
    return word == "yes"


class EventForm(forms.Form):
    """A form that makes one event. `key` is made when the page is, so that a double tap is one entry."""

    kind: ClassVar[type[happened.Happened]]
    title: ClassVar[str]
    button: ClassVar[str] = "Record"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    use_required_attribute = False

    def __init__(self, *args: Any, policy: Policy, known: Known = NOTHING_KNOWN, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.known = known

    def what(self) -> dict[str, Any]:
        """What the event says, beyond who and when."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    @property
    def name(self) -> str:
        """By which name the form is posted."""
        return self.kind.__struct_config__.tag  # type: ignore[return-value]
