"""Small invented clinics and visits."""

from datetime import date
from typing import Any

from osteon.clinic.schedule.harm import harm
from osteon.clinic.schedule.types import Chair, Clinic, NurseShift, OpeningHours, Phases, Slot, Visit, Window, Wishes

MONDAY = date(2026, 11, 23)
SHORT = Phases(10, 5, 15, 5)
INFUSION = Phases(15, 20, 15, 5)


def small_clinic(chairs: int = 2, *, starts: int = 1, patients: int = 2, until: int = 720, **more: Any) -> Clinic:
    clinic = {
        "chairs": tuple(Chair(f"{n + 1}", frozenset({"bed"} if n == chairs - 1 else ())) for n in range(chairs)),
        "nurses": (NurseShift("n1", MONDAY, 480, until, starts_at_once=starts, patients_at_once=patients),),
        "hours": (OpeningHours(0, 480, until),),
    }
    return Clinic(**(clinic | more))


def visit(name: str = "a", drug: str = "zoledronic_acid", **more: Any) -> Visit:
    found = {"label": drug, "phases": INFUSION, "due": MONDAY, "harm": harm(drug)}
    return Visit(id=name, **(found | more))


__all__ = ["INFUSION", "MONDAY", "SHORT", "Chair", "Slot", "Window", "Wishes", "small_clinic", "visit"]
