"""What stands on the paper of one visit: who, what, how, what clears the gate, and the boxes to fill in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from msgspec import Struct

from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.gate import checks_of
from osteon.clinic.orders.standing import standing_order
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Summary
from osteon.knowledge import Knowledge
from osteon.pathway.session.adrenaline import adrenaline
from osteon.pathway.session.policy import NotGivenHereError, Policy, policy_of
from osteon.pathway.session.pump import drops_per_min

_SIGN_ROWS = 8
"""How many sets of vital signs have room on a sheet (design)."""


class Sheet(Struct, frozen=True, kw_only=True):
    """One visit on paper. Texts only: it is set as it is."""

    at: str
    chair: str
    nurse: str
    name: str
    born: str
    record_number: str
    strip: tuple[tuple[str, str], ...]
    company: str
    drug: str
    how: tuple[str, ...]
    order: str
    verdict: str
    checks: tuple[str, ...]
    adrenaline: str
    sign_rows: int = _SIGN_ROWS


class Pack(Struct, frozen=True, kw_only=True):
    """The papers of a day, in the order of time."""

    on: str
    made_at: str
    clinic: str
    jurisdiction: str
    knowledge: str
    sheets: tuple[Sheet, ...]


def sheets_of(on: date) -> tuple[Sheet, ...]:
    """The visits of a day on paper, in the order of time and chair."""
    begins = timezone.make_aware(datetime.combine(on, time()))
    visits = (
        Visit.objects.filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))
        .exclude(state__in=(Visit.State.CANCELLED, Visit.State.NO_SHOW, Visit.State.GONE))
        .select_related("patient__summary", "chair", "nurse")
        .order_by("starts_at", "chair_id", "pk")
    )
    knowledge = knowledge_on(on)
    return tuple(_sheet(visit, on, knowledge) for visit in visits)


def _sheet(visit: Visit, on: date, knowledge: Knowledge) -> Sheet:
    patient = visit.patient
    summary: Summary | None = getattr(patient, "summary", None)
    order = standing_order(patient, visit.drug, on)
    checks = checks_of(visit)
    company = [words for needed, words in ((patient.needs_interpreter, "an interpreter"),
                                           (patient.needs_escort, "somebody to go home with")) if needed]  # fmt: skip
    return Sheet(
        at=f"{timezone.localtime(visit.starts_at):%H:%M}",
        chair=visit.chair.name if visit.chair else "no chair",
        nurse=visit.nurse.name if visit.nurse else "",
        name=patient.name,
        born=f"{patient.birth_date:%-d %B %Y}",
        record_number=patient.record_number,
        strip=tuple((str(name), str(value)) for name, value in (summary.strip if summary else [])),
        company=" and ".join(company),
        drug=visit.title,
        how=_how(visit, knowledge),
        order=f"signed, valid to {order.last_day:%-d %B %Y}" if order else "NO SIGNED ORDER STANDS",
        verdict="nothing stands against the dose" if not checks else "NOT READY OR NOT KNOWN: see below",
        checks=tuple(f"{'STOP' if each.is_stop else 'HOLD'}: {each.text} {each.remedy}".strip() for each in checks),
        adrenaline=adrenaline(None, knowledge).words,
    )


def _how(visit: Visit, knowledge: Knowledge) -> tuple[str, ...]:
    """Dose, volume, shortest time and rate, in words."""
    try:
        policy = policy_of(knowledge.drugs[visit.drug], knowledge)
    except (NotGivenHereError, KeyError):
        return ()
    lines = [f"{policy.name} {policy.dose_mg:g} mg, {policy.route}"]
    if policy.is_infusion:
        lines.append(_rate(policy, knowledge))
    if policy.injections:
        lines.append(f"{policy.injections} syringe(s), each at a site of its own")
    lines.append(f"Watched for at least {policy.observation_min:g} minutes afterwards")
    return tuple(lines)


def _rate(policy: Policy, knowledge: Knowledge) -> str:
    assert policy.maximum_rate_ml_h is not None  # noqa: S101 - an infusion has a rate
    per_ml = knowledge.parameter("plan.drop_factor").value
    fastest = policy.maximum_rate_ml_h
    drops = drops_per_min(fastest, per_ml)
    return (
        f"{policy.volume_ml:g} mL in at least {policy.minimum_min:g} minutes: at most {fastest:g} mL/h, "
        f"{drops:g} drops/min with a set of {per_ml:g} drops/mL"
    )
