"""What the program knows of one drug: how it is given, to whom not, what it brings, and the way out of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from osteon.knowledge.types import Quantity, Rule, Sourced, Statement


class DrugClass(StrEnum):
    """What does the drug do to bone?"""

    BISPHOSPHONATE = "bisphosphonate"
    RANKL_INHIBITOR = "RANKL inhibitor"
    PTH_ANALOGUE = "PTH analogue"
    SCLEROSTIN_INHIBITOR = "sclerostin inhibitor"
    SERM = "selective oestrogen receptor modulator"


POTENT_ANTIRESORPTIVES = (DrugClass.BISPHOSPHONATE, DrugClass.RANKL_INHIBITOR)
"""The classes that can lower calcium and harm the jaw."""


class Route(StrEnum):
    """How does the drug get into the patient?"""

    INFUSION = "intravenous infusion"
    PUSH = "intravenous push"
    SUBCUTANEOUS = "subcutaneous injection"
    ORAL = "by mouth"

    @property
    def is_intravenous(self) -> bool:
        """Does it go into a vein?"""
        return self in (Route.INFUSION, Route.PUSH)


class Renal(Struct, frozen=True, forbid_unknown_fields=True):
    """Down to which kidney function may the drug be given, and by which equation?"""

    equation: Statement
    crcl_minimum: Quantity | None = None
    monitoring: tuple[Statement, ...] = ()
    note: Statement | None = None


class Administration(Struct, frozen=True, forbid_unknown_fields=True):
    """How is one dose given? Times in minutes or seconds, volumes in mL, rates in mL/h, as each unit says."""

    how: Statement
    volume: Quantity | None = None
    concentration: Quantity | None = None
    minimum_time: Quantity | None = None
    usual_time: Quantity | None = None
    maximum_time: Quantity | None = None
    maximum_rate: Quantity | None = None
    dilution: Statement | None = None
    line: Statement | None = None
    flush: Statement | None = None
    needle: Statement | None = None
    incompatible: Statement | None = None
    observation: Quantity | None = None


class PreTest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which fact must be known before a dose, and how fresh must it be?

    `fact` names the value and `age` the fact that tells its age in days; `before` says before which doses. A
    prescriber may go on without the result only where the test is `overridable`.
    """

    fact: str
    why: Statement
    age: str = ""
    freshness: Quantity | None = None
    before: Literal["each dose", "first dose"] = "each dose"
    overridable: bool = False


class AdverseEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """How often does this harm come, against what, and how long does it last? Rates are per cent of patients."""

    event: str
    group: Literal["common", "rare and serious"]
    rate: Quantity | None = None
    comparator: Quantity | None = None
    setting: str = ""
    lasts: Statement | None = None
    note: Statement | None = None


class Transition(Struct, frozen=True, forbid_unknown_fields=True):
    """What follows this drug, when, and why?

    `after` is the time from the last dose to the first dose of the next drug.
    """

    to: tuple[str, ...]
    why: Statement
    after: Quantity | None = None
    preferred: bool = False


class Drug(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything the program knows of one osteoporosis drug."""

    id: str
    name: str
    effective: date
    drug_class: DrugClass
    route: Sourced[Route]
    brands: Sourced[tuple[str, ...]]
    regimen: Statement
    dose: Quantity
    interval: Quantity
    indications: tuple[Statement, ...]
    administration: Administration
    renal: Renal
    tests: tuple[PreTest, ...]
    rules: tuple[Rule, ...]
    off_label: bool = False
    anabolic: bool = False
    self_administered: bool = False
    not_the_same_product: Statement | None = None
    minimum_interval: Quantity | None = None
    supplements: tuple[Statement, ...] = ()
    preparation: tuple[Statement, ...] = ()
    premedication: tuple[Statement, ...] = ()
    after_care: tuple[Statement, ...] = ()
    late_dose: tuple[Statement, ...] = ()
    late_after: Quantity | None = None
    dangerous_after: Quantity | None = None
    maximum_course: Quantity | None = None
    review_after: Quantity | None = None
    interactions: tuple[Statement, ...] = ()
    exits: tuple[Transition, ...] = ()
    no_holiday: Statement | None = None
    counselling: tuple[Statement, ...] = ()
    storage: tuple[Statement, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    evidence: tuple[Statement, ...] = ()
    visit_minutes: Quantity | None = None
    needles_per_dose: Quantity | None = None

    @property
    def is_taken_at_home(self) -> bool:
        """Does the patient swallow or inject it at home, so that no clinic gives it dose by dose?"""
        return self.self_administered or self.route.value is Route.ORAL
