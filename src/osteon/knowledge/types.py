"""What a piece of medical knowledge looks like: a value that can say where it comes from.

Every leaf is a `Sourced` value. A rule is data too: a condition over named facts (`Expression`), with the words that
say what it means when it holds. Nothing here knows a patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Verified(StrEnum):
    """How is this value known? Read at its source, recalled and still to be checked, or a default of the program."""

    SOURCE = "source"
    RECALLED = "recalled"
    DESIGN = "design"


class Jurisdiction(StrEnum):
    """Whose labels and guidelines apply?"""

    US = "US"
    EU = "EU"
    UK = "UK"


EVERYWHERE = (Jurisdiction.US, Jurisdiction.EU, Jurisdiction.UK)


class Sourced(Struct, Generic[T], frozen=True, forbid_unknown_fields=True):
    """What is the value, in which unit, since when, where, and who says so?

    `unit` is a UCUM code; it is empty only where `value` is text, a list or a yes/no.
    """

    value: T
    cite: tuple[str, ...]
    verified: Verified
    effective: date
    unit: str = ""
    until: date | None = None
    jurisdiction: tuple[Jurisdiction, ...] = EVERYWHERE
    note: str = ""

    def __str__(self) -> str:
        """Say the value with its unit, as a person would write it."""
        value = f"{self.value:g}" if isinstance(self.value, float) else str(self.value)
        return f"{value} {self.unit}".strip()


Statement: TypeAlias = Sourced[str]
Quantity: TypeAlias = Sourced[float]


class Citation(Struct, frozen=True, forbid_unknown_fields=True):
    """Which text is meant by a citation key, and how much of it was seen?"""

    title: str
    url: str = ""
    seen: str = ""
    caution: str = ""


# --- rules ---------------------------------------------------------------------------------------------------------


class Comparison(StrEnum):
    """How is a fact held against a value?"""

    EQUALS = "equals"
    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"
    ONE_OF = "one_of"
    INCLUDES = "includes"
    KNOWN = "known"


class FactTest(Struct, frozen=True, tag="test", forbid_unknown_fields=True):
    """Does one named fact compare so with one value?

    `reference` is the dotted path of the knowledge value that supplied `value`, where one did.
    """

    fact: str
    comparison: Comparison
    value: float | bool | str | tuple[str, ...]
    reference: str = ""


class RuleHolds(Struct, frozen=True, tag="rule", forbid_unknown_fields=True):
    """Does another rule hold?"""

    rule: str


class AllOf(Struct, frozen=True, tag="all", forbid_unknown_fields=True):
    """Do all of these hold?"""

    of: tuple[Expression, ...]


class AnyOf(Struct, frozen=True, tag="any", forbid_unknown_fields=True):
    """Does at least one of these hold?"""

    of: tuple[Expression, ...]


class NotSo(Struct, frozen=True, tag="not", forbid_unknown_fields=True):
    """Does this not hold?"""

    of: Expression


Expression: TypeAlias = AllOf | AnyOf | NotSo | FactTest | RuleHolds


class Severity(StrEnum):
    """What follows when a rule holds?

    `stop`: the drug may not be given, and the program has no override. `hold`: not before a prescriber has decided.
    `advise`: shown. `criterion`: one test of a guideline; what follows is the guideline's business.
    """

    STOP = "stop"
    HOLD = "hold"
    ADVISE = "advise"
    CRITERION = "criterion"


class Use(StrEnum):
    """Where is a drug's rule asked: when choosing a drug, on the day of a dose, or both?"""

    OPTION = "option"
    GATE = "gate"


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When does what hold, how is it said, and on whose authority?

    `says` is the sentence when the rule holds, `otherwise` when it does not. `remedy` says what to do about it.
    `only_a_result_clears` marks a hold that no signature can lift.
    """

    id: str
    severity: Severity
    says: str
    when: Expression
    cite: tuple[str, ...]
    verified: Verified
    effective: date
    otherwise: str = ""
    remedy: str = ""
    used: tuple[Use, ...] = (Use.OPTION, Use.GATE)
    only_a_result_clears: bool = False
    until: date | None = None
    jurisdiction: tuple[Jurisdiction, ...] = EVERYWHERE
    note: str = ""


# --- guidelines ----------------------------------------------------------------------------------------------------


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """One risk category of one framework: which rule puts a patient there, and which drugs it names first.

    `rule` is the id of one of the framework's rules. Categories are listed from the highest risk to the lowest; the
    first whose rule holds is the patient's.
    """

    id: str
    label: str
    rule: str
    first_choice: Sourced[tuple[str, ...]] | None = None
    alternatives: Sourced[tuple[str, ...]] | None = None
    advice: tuple[Statement, ...] = ()


class Framework(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One guideline, kept apart from every other."""

    id: str
    name: str
    effective: date
    scope: Statement
    rules: tuple[Rule, ...]
    applies: str = ""
    """The id of the rule that says whether the framework speaks of this patient at all; empty: of everyone."""
    categories: tuple[Category, ...] = ()
    recommendations: tuple[Statement, ...] = ()
    monitoring: tuple[Statement, ...] = ()
    parameters: dict[str, Quantity] = {}


class RuleBook(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules that belong to no single drug or guideline: the diagnosis, the gate of every drug, who is a candidate."""

    id: str
    name: str
    rules: tuple[Rule, ...]


# --- tables --------------------------------------------------------------------------------------------------------


class Analyte(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """In which unit is a measurement kept, by which factors do other units convert, and what is plausible?

    `factors` maps a UCUM code to the number that turns it into `unit`; `offsets` holds what is added after that, where
    the scales start elsewhere (degrees Fahrenheit). `spoken` maps what people type for a unit to its UCUM code. Values
    outside `low`..`high` are set aside as implausible. `normal_low` and `normal_high` are used only where the
    laboratory gave no range of its own.
    """

    label: str
    unit: str
    factors: dict[str, float]
    low: Quantity
    high: Quantity
    offsets: dict[str, float] = {}
    spoken: dict[str, str] = {}
    molar_mass_g_mol: Quantity | None = None
    normal_low: Quantity | None = None
    normal_high: Quantity | None = None


class ReferenceDensity(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is the mean bone density (g/cm2), and its standard deviation, of a reference population?"""

    database: str
    device: str
    site: str
    sex: str
    population: str
    age: str
    mean_g_cm2: float
    sd_g_cm2: float
    cite: tuple[str, ...]
    verified: Verified
    note: str = ""


class Biosimilar(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which products hold the same active substance, and which of them is for cancer, not for osteoporosis?"""

    drug: str
    osteoporosis_product: str
    oncology_product: str
    suffix: str
    company: str
    approved: str
    us_launch: str
    interchangeable: str
    cite: tuple[str, ...]
    verified: Verified


class Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    """Which rows does a published table hold, and who published it? An empty cell is an empty string."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cite: tuple[str, ...]
    verified: Verified
    effective: date

    def records(self) -> Iterator[dict[str, str]]:
        """Each row by the names of its columns."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


class CodedConcept(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which code, in which system, belongs to which value set? A code that ends in `*` stands for all below it."""

    value_set: str
    system: str
    code: str
    display: str
    cite: str
    verified: Verified


class FactEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What does a named fact mean, in which unit, how is it obtained, and what does silence mean?

    `measure` is the analyte of a fact that is read as a measurement, or as the age of one, and `absent` says why it is
    unknown without one. `ever` says that a recorded condition counts even when it is over. `answer_window` is the path
    of the parameter that says for how many days a spoken answer counts. `by_result` says that only a result clears it,
    never a spoken no.
    """

    kind: Literal["number", "flag", "choice", "set"]
    label: str
    obtain: str
    theme: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    silence: Literal["cannot_tell", "conditions", "medications", "allergies", "procedures"] = "cannot_tell"
    record: Literal["", "condition", "medication", "procedure", "answer", "measurement", "age"] = ""
    measure: str = ""
    absent: str = ""
    ever: bool = False
    answer_window: str = ""
    by_result: bool = False
