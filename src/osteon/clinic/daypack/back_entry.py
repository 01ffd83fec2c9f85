"""From the paper into the record: what was given while the server was away, event by event, with its own times."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial
from itertools import pairwise
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.forms_after import CRITERIA
from osteon.clinic.infusion.gate import judge_gate
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import enter, events_of
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as happened
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import Policy


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PaperForm(forms.Form):
    """One sheet of the day-pack, as it was filled in. Nothing is filled in beforehand."""

    given_by = forms.ModelChoiceField(
        User.objects.filter(role__in=(Role.NURSE, Role.PRESCRIBER), is_active=True).order_by("last_name"),
        label="Who gave it, as signed on the paper",
    )
    arrived = forms.TimeField(label="Arrived at", widget=_clock())
    identifiers = forms.MultipleChoiceField(
        choices=[(each, each) for each in ("name", "birth date", "record number")],
        widget=forms.CheckboxSelectMultiple,
        label="Identity checked by",
    )
    weight_kg = forms.FloatField(label="Weight, kg", min_value=20, max_value=300)
    consent = forms.BooleanField(label="Consent was asked for and given")
    interpreter = forms.CharField(label="Interpreter: who", max_length=100, required=False)
    escort = forms.CharField(label="Goes home with", max_length=100, required=False)
    systolic_pressure = forms.FloatField(label="First set: systolic pressure, mmHg", min_value=30, max_value=300)
    pulse = forms.FloatField(label="First set: pulse, per minute", min_value=15, max_value=300)
    temperature = forms.FloatField(label="First set: temperature, °C", min_value=28, max_value=45, required=False)
    site = forms.CharField(label="Line: site", max_length=60)
    gauge = forms.IntegerField(label="Line: gauge", min_value=14, max_value=26)
    product = forms.CharField(label="Product, as on the label", max_length=80)
    lot = forms.CharField(label="Lot", max_length=40)
    expires = forms.DateField(label="Expires", widget=forms.DateInput(attrs={"type": "date"}))
    dose_mg = forms.FloatField(label="Dose, mg", min_value=0.01, max_value=1000)
    sites = forms.CharField(label="Sites of injection, with commas between them", max_length=120)
    start = forms.TimeField(label="Start", widget=_clock())
    stop = forms.TimeField(label="Stop", widget=_clock())
    given_ml = forms.FloatField(label="Given, mL", min_value=0, max_value=2000)
    wasted_ml = forms.FloatField(label="Wasted, mL", min_value=0, max_value=2000)
    reason = forms.CharField(label="If it ran shorter than the label says: why", max_length=200, required=False)
    left = forms.TimeField(label="Went home at", widget=_clock())
    criteria = forms.MultipleChoiceField(
        choices=CRITERIA, widget=forms.CheckboxSelectMultiple, required=False, label="Met when the patient left"
    )
    card_given = forms.BooleanField(label="The aftercare card was handed over")

    use_required_attribute = False

    def __init__(self, *args: Any, policy: Policy, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy, self.on = policy, on
        self.fields["given_by"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]
        gone = [
            *(["site", "gauge"] if not policy.needs_line else []),
            *(["sites"] if not policy.injections else []),
            *(["interpreter"] if not policy.needs_interpreter else []),
            *(["escort"] if not policy.needs_escort else []),
        ]
        for name in gone:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Times in the order of the day, none of them still to come."""
        given = super().clean() or {}
        order = [(name, given[name]) for name in ("arrived", "start", "stop", "left") if given.get(name)]
        for (_, earlier), (name, later) in pairwise(order):
            if later < earlier:
                self.add_error(name, "This is before the time above it.")
        if order and self.moment(order[-1][1]) > timezone.now():
            self.add_error(order[-1][0], "This time is still to come.")
        return given

    def moment(self, clock: time) -> datetime:
        """A time on the paper as a moment of the day of the visit."""
        return timezone.make_aware(datetime.combine(self.on, clock))


def enter_from_paper(kept: Session, form: PaperForm, by: User) -> int:
    """Enter everything that stands on the paper, all or nothing; returns how many events.

    `by` types it in; each event names who gave the dose, and that it was entered late. The gate is judged with what is
    known now, and an order has to stand: what it refuses is not entered. Raises `RefusedError`.
    """
    with transaction.atomic():
        if events_of(kept):
            message = "this session has entries already: go on on its own page"
            raise RefusedError(message)
        count = 0
        for make in _story(form):
            if make is None:
                judge_gate(kept, by)
            else:
                enter(kept, make(recorded_at=timezone.now()), by=by)
            count += 1
    return count


Made = Callable[..., happened.Event]


def _story(form: PaperForm) -> Iterator[Made | None]:
    """The events of the paper in their order; None where the gate is asked."""
    said, policy, giver = form.cleaned_data, form.policy, form.cleaned_data["given_by"]

    def told(kind: type, clock: time, **what: Any) -> Made:
        role = happened.Role(giver.role)
        return partial(kind, key=f"paper-{uuid.uuid4()}", at=form.moment(clock), by=str(giver.pk), role=role, **what)

    arrived, start, stop, left = (said[name] for name in ("arrived", "start", "stop", "left"))
    signs = VitalSigns(
        systolic_pressure=said["systolic_pressure"], pulse=said["pulse"], temperature=said["temperature"]
    )
    yield told(happened.Arrived, arrived)
    yield told(happened.Identified, arrived, identifiers=tuple(said["identifiers"]))
    yield None
    for company, name in ((happened.Company.INTERPRETER, "interpreter"), (happened.Company.ESCORT, "escort")):
        if said.get(name):
            yield told(happened.Accompanied, arrived, company=company, how=said[name])
    yield told(happened.Weighed, arrived, weight_kg=said["weight_kg"])
    yield told(happened.Consented, arrived)
    yield told(happened.VitalsTaken, arrived, signs=signs)
    if policy.needs_line:
        yield told(happened.LinePlaced, start, site=said["site"], gauge=said["gauge"])
    yield told(
        happened.DrugChecked, start, drug=policy.drug, product=said["product"], lot=said["lot"],
        expires=said["expires"].isoformat(), dose_mg=said["dose_mg"], volume_ml=policy.volume_ml,
    )  # fmt: skip
    yield told(happened.Started, start, rate_ml_h=_rate(form))
    for site in [each.strip() for each in said.get("sites", "").split(",") if each.strip()]:
        yield told(happened.Injected, start, site=site)
    yield told(happened.Ended, stop, given_ml=said["given_ml"], wasted_ml=said["wasted_ml"], reason=said["reason"])
    yield told(happened.Discharged, left, criteria=tuple(said["criteria"]), card_given=said["card_given"])
    yield told(happened.Closed, left)


def _rate(form: PaperForm) -> float:
    """The rate at which what was given ran, mL/h; not above the label's fastest, which the end asks about."""
    if form.policy.maximum_rate_ml_h is None:
        return 0.0
    seconds = (form.moment(form.cleaned_data["stop"]) - form.moment(form.cleaned_data["start"])).total_seconds()
    ran = form.cleaned_data["given_ml"] / seconds * 3600 if seconds > 0 else form.policy.maximum_rate_ml_h
    return min(ran, form.policy.maximum_rate_ml_h)


def day_of_visit(visit: Visit) -> date:
    """The day on which the visit is booked."""
    assert visit.starts_at is not None  # noqa: S101 - only booked visits are entered from paper
    return timezone.localdate(visit.starts_at)
