"""The hour of an invented patient in the chair, told event by event through the real session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.gate import checks_of
from osteon.clinic.infusion.opening import session_of
from osteon.clinic.infusion.store import enter, policy_in
from osteon.clinic.orders.standing import standing_order
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import chart_of
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.models import Lot
from osteon.pathway.gate import Readiness
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as happened
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import Policy

_WEIGHT_KG = 64.0


def sit_through(visit: Visit, now: datetime) -> None:
    """Let the session of a visit run up to now. It stops where it would stop for real: at a gate that is not open."""
    nurse = visit.nurse
    session = session_of(visit)
    assert nurse is not None  # noqa: S101 - the demo gives everybody a nurse
    for event in _hour(visit, policy_in(session), nurse):
        if event.at > now:
            return
        try:
            enter(session, event, by=nurse)
        except RefusedError:
            return


def _hour(visit: Visit, policy: Policy, nurse: User) -> Iterator[happened.Event]:
    sat = visit.starts_at
    assert sat is not None  # noqa: S101
    lot = Lot.objects.filter(product__drug=policy.drug, for_patient=None).select_related("product").order_by("pk")[0]
    begins = sat + timedelta(minutes=visit.setup_min)
    ends = begins + timedelta(minutes=visit.giving_min)
    leaves = ends + timedelta(minutes=max(visit.observing_min, policy.observation_min) + 1)

    def told(kind: type, at: datetime, role: happened.Role = happened.Role.NURSE, **what: object) -> happened.Event:
        key = f"demo-{kind.__name__}-{at.timestamp():.0f}"
        event: happened.Event = kind(key=key, at=at, recorded_at=at, by=str(nurse.pk), role=role, **what)
        return event

    def minute(number: int) -> datetime:
        return sat + timedelta(minutes=number)

    yield told(happened.Arrived, sat)
    yield told(happened.Identified, minute(1), identifiers=("name", "birth date"))
    yield _order(visit, told, minute(2))
    yield _gate(visit, told, minute(2))
    for needed, company in ((policy.needs_interpreter, "interpreter"), (policy.needs_escort, "escort")):
        if needed:
            yield told(happened.Accompanied, minute(2), company=happened.Company(company), how="here")
    yield told(happened.Weighed, minute(3), weight_kg=_weight(visit.patient))
    yield told(happened.Consented, minute(4))
    yield told(happened.VitalsTaken, minute(5), signs=_signs(visit, 0))
    if policy.needs_line:
        yield told(happened.LinePlaced, minute(10), site="left forearm", gauge=22)
    yield told(
        happened.DrugChecked, minute(14), drug=policy.drug, product=lot.product.name, lot=lot.number,
        expires=lot.expires_on.isoformat(),
        dose_mg=policy.dose_mg, volume_ml=policy.volume_ml,
    )  # fmt: skip
    rate = policy.volume_ml / visit.giving_min * 60 if policy.is_infusion else 0.0
    yield told(happened.Started, begins, rate_ml_h=rate)
    for number, site in enumerate(("abdomen, left", "abdomen, right")[: policy.injections]):
        yield told(happened.Injected, begins + timedelta(seconds=30 * (number + 1)), site=site)
    for number, after in enumerate((5, 20), 1):
        if begins + timedelta(minutes=after) < ends:
            yield told(happened.VitalsTaken, begins + timedelta(minutes=after), signs=_signs(visit, number))
    if policy.needs_line:
        yield told(happened.Flushed, ends, volume_ml=10.0)
    yield told(happened.Ended, ends, given_ml=policy.volume_ml, wasted_ml=0.0)
    yield told(happened.VitalsTaken, ends + timedelta(minutes=2), signs=_signs(visit, 3))
    yield told(happened.Discharged, leaves, criteria=("vital signs", "site"), card_given=True)
    yield told(happened.Closed, leaves + timedelta(minutes=1))


def _gate(visit: Visit, told, at: datetime) -> happened.Event:  # type: ignore[no-untyped-def]
    found = checks_of(visit)
    event: happened.Event = told(
        happened.GateJudged,
        at,
        happened.Role.PROGRAM,
        drug=visit.drug,
        verdict=Readiness.READY if not found else Readiness.NOT_READY,
        open_stops=tuple(each.id for each in found if each.is_stop),
        open_holds=tuple(each.id for each in found if not each.is_stop),
        only_a_result_clears=tuple(each.id for each in found if each.only_a_result_clears),
    )
    return event


def _order(visit: Visit, told, at: datetime) -> happened.Event:  # type: ignore[no-untyped-def]
    stands = standing_order(visit.patient, visit.drug, today())
    event: happened.Event = told(
        happened.OrderFound,
        at,
        happened.Role.PROGRAM,
        order=str(stands.pk) if stands else "",
        last_day=stands.last_day.isoformat() if stands else "",
        why="" if stands else "no prescriber has signed one",
    )
    return event


def _weight(patient: Patient) -> float:
    """Her last weight, or one that nobody would wonder at."""
    known = chart_of(patient, today()).by_measure.get("weight")
    return round(known[-1].value, 1) if known else _WEIGHT_KG


def _signs(visit: Visit, number: int) -> VitalSigns:
    """Signs of somebody who is well, a little different each time."""
    shift = (visit.patient.pk.int + 7 * number) % 9
    return VitalSigns(
        respiration_rate=14 + shift % 4,
        spo2=96 + shift % 4,
        oxygen=False,
        systolic_pressure=118 + 2 * shift,
        pulse=66 + shift,
        consciousness="alert",
        temperature=round(36.4 + shift / 20, 1),
    )
