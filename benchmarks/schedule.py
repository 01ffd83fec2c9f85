"""How fast and how good is the schedule: a day planned again, a month, and a paper diary beside it?

    python benchmarks/schedule.py [--rounds 5] [--visits 1500]

Prints one table of times with the gap of each goal, and one of lateness and waiting against first come, first served
and earliest due first. The clinic is invented: 12 chairs, 4 nurses, 80 people a day; the seed is fixed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import msgspec

from osteon.clinic.schedule.cost import lateness, waiting
from osteon.clinic.schedule.harm import harm
from osteon.clinic.schedule.month import propose_month
from osteon.clinic.schedule.propose import propose_day, replan
from osteon.clinic.schedule.queues import earliest_due_first, first_come_first_served
from osteon.clinic.schedule.types import (
    Booking,
    Chair,
    Clinic,
    NurseShift,
    OpeningHours,
    Phases,
    Proposal,
    Visit,
    Window,
    Wishes,
)

ON = date(2026, 11, 23)
DRUGS = {  # set-up, giving, observation, cleaning: minutes; and how many of a hundred visits
    "zoledronic_acid": (Phases(15, 20, 15, 5), 45),
    "denosumab": (Phases(10, 5, 15, 5), 35),
    "ibandronate": (Phases(10, 5, 15, 5), 12),
    "pamidronate": (Phases(15, 120, 15, 10), 5),
    "romosozumab": (Phases(10, 5, 15, 5), 3),
}


def clinic(days: Sequence[date], chairs: int = 12, nurses: int = 4) -> Clinic:
    """An invented clinic: open from 8 to 17 on weekdays, two of its places are beds."""
    return Clinic(
        chairs=tuple(Chair(f"{n + 1:02d}", frozenset({"bed"} if n >= chairs - 2 else ())) for n in range(chairs)),
        nurses=tuple(
            NurseShift(f"nurse {n + 1}", on, 480 + 60 * (n % 2), 1020, starts_at_once=1, patients_at_once=4)
            for on in days
            for n in range(nurses)
        ),
        hours=tuple(OpeningHours(weekday, 480, 1020) for weekday in range(5)),
    )


def visits(count: int, days: Sequence[date], seed: int) -> list[Visit]:
    """Invented visits in the order in which they asked; due dates from before the first day to the last."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        drug = rng.choices(list(DRUGS), [share for _, share in DRUGS.values()])[0]
        due = days[0] + timedelta(days=rng.randint(-10, (days[-1] - days[0]).days))
        doses = rng.randint(0, 8)
        hard = drug == "romosozumab"
        found.append(
            Visit(
                id=f"v{number}",
                label=drug,
                phases=DRUGS[drug][0],
                due=due,
                window=Window(due - timedelta(days=14), due + timedelta(days=14 if hard else 30), is_latest_hard=hard),
                harm=harm(drug, doses_given=doses, dangerous_from=due + timedelta(days=30)),
                wishes=Wishes(comes_at=rng.choice([480, 480, 540, 540, 600, 660, 720, 780, 840])),
                features=frozenset({"bed"}) if rng.random() < 0.06 else frozenset(),
            )
        )
    return found


def booked_day(told: float, seed: int) -> tuple[Clinic, list[Visit], set[str], dict[str, int]]:
    """A day of 80 as it is at 10:00: who is in a chair, who is told, who did not come and who comes late."""
    there = clinic([ON])
    rng = random.Random(seed)
    asked = [msgspec.structs.replace(v, due=ON, window=Window()) for v in visits(80, [ON], seed)]
    plan = propose_day(asked, there, ON)
    now = []
    for booking in plan.bookings:
        start = booking.slot.start
        if booking.ends <= 600:
            continue
        state = "in_chair" if start < 600 else "confirmed" if rng.random() < told else "proposed"
        now.append(msgspec.structs.replace(booking.visit, state=state, booked=booking.slot))
    coming = [visit.id for visit in now if visit.state != "in_chair"]
    odd = rng.sample(coming, 5)
    return there, now, set(odd[:3]), {odd[3]: 690, odd[4]: 750}


def gaps(proposal: Proposal) -> str:
    """The value and the gap of each goal, in words."""
    goals = "; ".join(f"{goal.name} {goal.value:g} (gap {goal.gap:.1%})" for goal in proposal.goals)
    return f"{goals}; {len(proposal.left_out)} left out, {proposal.stopped_by}"


def timed(work: Callable[[], Proposal], rounds: int) -> tuple[float, Proposal]:
    """The median seconds of some rounds, and the last answer."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        proposal = work()
        took.append(time.perf_counter() - begin)
    return statistics.median(took), proposal


def scored(bookings: Sequence[Booking], asked: Sequence[Visit], after: date) -> tuple[int, float, int]:
    """Weighted lateness (left out: late until the day after), minutes waited by each, and how many are left out."""
    there = {booking.visit.id for booking in bookings}
    late = sum(lateness(booking.visit, booking.slot.on) for booking in bookings)
    late += sum(lateness(visit, after) for visit in asked if visit.id not in there)
    waits = sum(waiting(booking.visit, booking.slot.on, booking.slot.start) for booking in bookings)
    return late, waits / max(1, len(bookings)), len(asked) - len(there)


def days_of(count: int) -> list[date]:
    """So many days from the first on, weekends left out."""
    return [day for n in range(count * 2) if (day := ON + timedelta(days=n)).weekday() < 5][:count]


def day_again(told: float, rounds: int) -> None:
    """Print how long a day takes to be planned again, of which so many were told their time."""
    there, now, gone, late = booked_day(told, 7)
    took, proposal = timed(lambda: replan(now, there, ON, now=600, no_shows=gone, late=late), rounds)
    what = f"80 patients, 12 chairs, again at 10:00, {told:.0%} told"
    print(f"{what:<52}{took:>6.2f} s   2 s  {'ok' if took < 2 else 'OVER':<5}{gaps(proposal)}")


def whole_day() -> None:
    """Print how long a whole day takes to be proposed from nothing."""
    asked = [msgspec.structs.replace(visit, due=ON, window=Window()) for visit in visits(80, [ON], 7)]
    took, proposal = timed(lambda: propose_day(asked, clinic([ON]), ON), 1)
    print(f"{'80 patients, 12 chairs, a whole day':<52}{took:>6.2f} s             {gaps(proposal)}")


def month(count: int, chairs: int, nurses: int, name: str) -> None:
    """Print how long a month takes, and how it compares with a paper diary."""
    days = days_of(21)
    there, asked = clinic(days, chairs, nurses), visits(count, days, 11)
    took, proposal = timed(lambda: propose_month(asked, there, days), 1)
    what = f"a month of {count} visits, {name}"
    print(f"{what:<52}{took:>6.1f} s  60 s  {'ok' if took <= 60 else 'OVER':<5}{gaps(proposal)}\n")
    print(f"{f'{name}: {chairs} chairs, {nurses} nurses':<40}{'lateness':>12}{'min waited, each':>20}{'left out':>10}")
    after = days[-1] + timedelta(days=1)
    for rule, bookings in (
        ("first come, first served", first_come_first_served(asked, there, days)),
        ("earliest due first", earliest_due_first(asked, there, days)),
        ("proposed", proposal.bookings),
    ):
        total, each, out = scored(bookings, asked, after)
        print(f"{rule:<40}{total:>12,}{each:>20.1f}{out:>10}")
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visits", type=int, default=1500)
    asked = parser.parse_args()
    print(f"{'what':<52}{'median':>8}  limit")
    for told in (0.0, 0.5, 0.9):
        day_again(told, asked.rounds)
    whole_day()
    month(asked.visits, 12, 4, "room enough")
    month(asked.visits, 9, 3, "little room")


if __name__ == "__main__":
    main()
