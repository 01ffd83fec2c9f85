"""What was drawn for one invented person? Days are counted as `date.toordinal()` does."""

from __future__ import annotations

from msgspec import Struct


class Scan(Struct, gc=False):
    """A density scan: g/cm2 and T-score at each site."""

    day: int
    density: dict[str, tuple[float, float]]


class Break(Struct, gc=False):
    """A fracture: which bone, when, on which side, and whether the visit names a fall on the same level."""

    site: str
    day: int
    side: str
    is_low_energy: bool


class Course(Struct, gc=False):
    """A drug taken at home from one day to another; `end` is 0 while it goes on."""

    drug: str
    start: int
    end: int
    dose: float


class Dose(Struct, gc=False):
    """A dose that a clinic gave, in mg."""

    drug: str
    day: int
    mg: float


class Level(Struct, gc=False):
    """A laboratory value of the bone clinic: calcium, albumin, creatinine, egfr or vitamin_d_25oh, in its unit."""

    kind: str
    day: int
    value: float


class Person(Struct, gc=False):
    """One invented person. `died` is 0 for the living; `other` are values that have nothing to do with bone."""

    number: int
    is_woman: bool
    born: int
    died: int
    given: str
    family: str
    height_cm: float
    weight_kg: float
    smokes: bool
    falls: int
    is_coded: bool
    visits: list[int]
    problems: list[tuple[int, int]]
    scans: list[Scan]
    breaks: list[Break]
    courses: list[Course]
    doses: list[Dose]
    levels: list[Level]
    true_t: tuple[float, float, float]
    chance: list[float]

    @property
    def id(self) -> str:
        """The id of the patient."""
        return f"synthetic-{self.number:08d}"
