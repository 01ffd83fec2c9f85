"""Propose a month: first the days, by harm and by what each day can hold, then each day by itself.

Days first is an approximation, and the bound says how good it is: no schedule of the month, made in whatever way, does
less harm by lateness than the bound, which only asks that chair time, nurses' time and starts of each day suffice in
sum. Waiting and evenness are bounded for the days as they were chosen; another choice of days might allow less.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from msgspec import Struct
from ortools.sat.python import cp_model

from osteon.clinic.schedule.allowed import date_refusals
from osteon.clinic.schedule.cost import lateness
from osteon.clinic.schedule.day import Day, day
from osteon.clinic.schedule.grid import GRID_MINUTES
from osteon.clinic.schedule.propose import propose_day
from osteon.clinic.schedule.search import Effort
from osteon.clinic.schedule.slots import open_slots
from osteon.clinic.schedule.types import Booking, Clinic, Goal, LeftOut, Proposal, Refusal, Refused, StoppedBy, Visit

A_MONTH = Effort(work=55.0, seconds=52.0)
"""How hard a month is searched for (design): 1,500 visits stay within a minute."""

_DAYS_SHARE = 0.2
"""Which part of the effort goes into the choice of days, the bound included (design)?"""

_FILL = 0.88
"""How full a day is planned, of its chair time and nurse time in sum (design): gaps between visits cannot be used."""

_EARLY_COUNTS, _LATE_COUNTS = 1, 10_000
"""A day early counts so much against a unit of harm by lateness: it settles only between equally late days (design)."""


class _Choice(Struct, frozen=True):
    """On which day is each visit, and how little lateness could there be at least?"""

    days: dict[str, date]
    bound: int
    is_proved: bool


def propose_month(
    visits: Sequence[Visit], clinic: Clinic, days: Sequence[date], *, effort: Effort = A_MONTH
) -> Proposal:
    """Propose day, time and chair for each of these visits within these days.

    Those told (confirmed, arrived, in a chair) keep the time that they have; theirs may lie within these days or not.
    Who finds no place on her day is put into the first best slot left over on another. Who is left out counts as late
    until the day after the last.
    """
    begun = time.monotonic()
    offered = [day(clinic, on) for on in sorted(set(days))]
    after = offered[-1].on + timedelta(days=1)
    told = [visit for visit in visits if visit.state != "proposed"]
    free = [visit for visit in visits if visit.state == "proposed"]
    share = Effort(effort.work * _DAYS_SHARE / 2, effort.seconds * _DAYS_SHARE / 2)
    loosely = _chosen(free, told, clinic, offered, after, 1.0, share)
    chosen = _chosen(free, told, clinic, offered, after, _FILL, share)
    bookings: list[Booking] = []
    bounds = {"waiting": 0.0, "unevenness": 0.0}
    values = {"waiting": 0.0, "unevenness": 0.0}
    stopped: set[StoppedBy] = set()
    for number, there in enumerate(offered):
        today = [visit for visit in free if chosen.days.get(visit.id) == there.on]
        today += [visit for visit in told if visit.booked is not None and visit.booked.on == there.on]
        if not today:
            continue
        left = (effort.seconds - (time.monotonic() - begun)) / (len(offered) - number)
        work = effort.work * (1 - _DAYS_SHARE) / len(offered)
        proposal = propose_day(today, clinic, there.on, effort=Effort(work, max(0.1, left)), next_day=after)
        bookings += proposal.bookings
        stopped.add(proposal.stopped_by)
        for goal in proposal.goals[1:]:
            values[goal.name] += goal.value
            bounds[goal.name] += goal.bound
    left_out = _fill_in(visits, bookings, clinic, offered)
    late = sum(lateness(booking.visit, booking.slot.on) for booking in bookings)
    late += sum(lateness(out.visit, after) for out in left_out)
    is_proved = chosen.is_proved and loosely.is_proved and stopped <= {"proof"}
    booked = {visit.id: visit.booked for visit in visits}
    moved = [
        b.visit.id for b in bookings if (was := booked[b.visit.id]) and (was.on, was.start) != (b.slot.on, b.slot.start)
    ]
    return Proposal(
        bookings=tuple(sorted(bookings, key=lambda booking: (booking.slot, booking.visit.id))),
        left_out=tuple(left_out),
        goals=(
            Goal("lateness", late, min(late, loosely.bound)),
            Goal("waiting", values["waiting"], bounds["waiting"]),
            Goal("unevenness", values["unevenness"], bounds["unevenness"]),
        ),
        moved=tuple(moved),
        other_chair=(),
        seconds=time.monotonic() - begun,
        stopped_by="clock" if "clock" in stopped else "proof" if is_proved else "work",
    )


def _chosen(
    free: Sequence[Visit],
    told: Sequence[Visit],
    clinic: Clinic,
    offered: Sequence[Day],
    after: date,
    fill: float,
    effort: Effort,
) -> _Choice:
    """Which day for each visit does least harm, if days only had to hold their visits in sum?"""
    model = cp_model.CpModel()
    picks: dict[str, dict[date, cp_model.IntVar]] = {}
    terms: list[tuple[cp_model.IntVar, int]] = []
    used: dict[date, list[tuple[cp_model.IntVar, Visit]]] = {there.on: [] for there in offered}
    for visit in free:
        picks[visit.id] = {}
        out = model.new_bool_var("")
        terms.append((out, _LATE_COUNTS * (lateness(visit, after) + visit.harm.per_day)))
        for there in offered:
            if there.opened and not date_refusals(visit, clinic, there.on):
                pick = picks[visit.id][there.on] = model.new_bool_var("")
                used[there.on].append((pick, visit))
                early = abs((visit.due - there.on).days)
                terms.append((pick, _LATE_COUNTS * lateness(visit, there.on) + _EARLY_COUNTS * early))
        model.add_exactly_one([out, *picks[visit.id].values()])
    for there in offered:
        kept = [visit for visit in told if visit.booked is not None and visit.booked.on == there.on]
        _hold(model, there, used[there.on], kept, clinic, fill)
    model.minimize(cp_model.LinearExpr.weighted_sum([term for term, _ in terms], [cost for _, cost in terms]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.cp_model_presolve = False  # measured, as in `search`
    solver.parameters.relative_gap_limit = 5e-4
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = effort.seconds
    status = solver.solve(model)
    days = {}
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        days = {
            visit_id: on for visit_id, row in picks.items() for on, pick in row.items() if solver.boolean_value(pick)
        }
    least = _certain(solver.best_objective_bound, free, offered)
    return _Choice(days, least, status == cp_model.OPTIMAL)


def _certain(bound: float, free: Sequence[Visit], offered: Sequence[Day]) -> int:
    """How much lateness is certain, after what earliness and the extra for leaving out may have added?"""
    may_be_early = sum(max(abs((visit.due - there.on).days) for there in offered) for visit in free)
    return max(0, int((bound - _EARLY_COUNTS * may_be_early) // _LATE_COUNTS))


def _hold(
    model: cp_model.CpModel,
    there: Day,
    used: Sequence[tuple[cp_model.IntVar, Visit]],
    kept: Sequence[Visit],
    clinic: Clinic,
    fill: float,
) -> None:
    """The day has enough chair time (of each set of features too), nurse time and starts."""
    picks = [pick for pick, _ in used]

    def within(minutes: list[int], capacity: int, spent: int) -> None:
        model.add(cp_model.LinearExpr.weighted_sum(picks, minutes) <= max(0, int(capacity * fill) - spent))

    for features in sorted({visit.features for _, visit in used}, key=sorted):
        chairs = [i for i, chair in enumerate(clinic.chairs) if features <= chair.features]
        slots = sum(there.chairs[i].bit_count() for i in chairs)
        needs = [v.phases.in_chair // GRID_MINUTES if features <= v.features else 0 for _, v in used]
        within(needs, slots, sum(v.phases.in_chair // GRID_MINUTES for v in kept if features <= v.features))
    care = sum(there.care[slot] for slot in range(len(there.care)) if there.opened >> slot & 1)
    hands = sum(there.starts[slot] for slot in range(len(there.starts)) if there.opened >> slot & 1)
    within(
        [v.phases.in_care // GRID_MINUTES for _, v in used], care, sum(v.phases.in_care // GRID_MINUTES for v in kept)
    )
    within(
        [v.phases.hands_on // GRID_MINUTES for _, v in used],
        hands,
        sum(v.phases.hands_on // GRID_MINUTES for v in kept),
    )


def _fill_in(visits: Sequence[Visit], bookings: list[Booking], clinic: Clinic, offered: Sequence[Day]) -> list[LeftOut]:
    """Put who found no place into what is left over, worst harm first; who finds none is returned."""
    there = {booking.visit.id for booking in bookings}
    days = [each.on for each in offered]
    out = [visit for visit in visits if visit.id not in there and visit.state == "proposed"]
    left_out = []
    for visit in sorted(out, key=lambda visit: (-lateness(visit, days[-1]), visit.id)):
        booked = [msgspec.structs.replace(other.visit, booked=other.slot) for other in bookings]
        slots = open_slots(visit, clinic, days, booked, most=1)
        if slots:
            bookings.append(Booking(visit, slots[0].slot))
        else:
            left_out.append(LeftOut(visit, _why(visit, clinic, days)))
    return left_out


def _why(visit: Visit, clinic: Clinic, days: Sequence[date]) -> tuple[Refusal, ...]:
    refused = [date_refusals(visit, clinic, on) for on in days]
    if all(refused):
        unlike = {refusal.why: refusal for reasons in refused for refusal in reasons}
        return tuple(unlike.values())
    return (Refusal(Refused.NO_ROOM, "No slot is left on any day on which it may be."),)
