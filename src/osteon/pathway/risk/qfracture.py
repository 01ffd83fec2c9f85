"""How likely is a fracture within the next years, by QFracture-2012?

QFracture-2012 is Copyright 2012 ClinRisk Ltd., LGPL-3.0-or-later with additional terms (LICENSES/QFracture-2012.txt):
the disclaimer must be shown with every score. It was derived in UK general practice and takes no bone density. Its
figures never satisfy a threshold that was written for FRAX.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from osteon.chart.types import Sex
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Table
from osteon.pathway.risk.score import Figure, OutOfRangeError, Score, Used

COPYRIGHT = "QFracture-2012 is Copyright 2012 ClinRisk Ltd. (qfracture.org), LGPL-3.0-or-later with additional terms."
DISCLAIMER = (
    "The initial version of this file, to be found at http://svn.clinrisk.co.uk/qfracture, faithfully implements "
    "QFracture-2012. "
    "We have released this code under the GNU Lesser General Public License to enable others to implement the "
    "algorithm faithfully. "
    "However, the nature of the GNU Lesser General Public License is such that we cannot prevent, for example, someone "
    "altering the coefficients. "
    "We stress, therefore, that it is the responsibility of the end user to check that the source that they receive "
    "produces the same results as the original code posted at http://svn.clinrisk.co.uk/qfracture. "
    "Inaccurate implementations of risk scores can lead to wrong patients being given the wrong treatment."
)
"""ClinRisk's words, to be displayed alongside any risk score: `this file` is their C source, `we` are ClinRisk Ltd."""

LIMITS_OF_USE = "Derived in the UK; takes no bone density; never satisfies a threshold written for FRAX."

CONDITIONS = MappingProxyType(
    {
        "antidepressant": "takes an antidepressant",
        "asthma_or_copd": "asthma or COPD",
        "cancer": "cancer",
        "cardiovascular_disease": "heart attack, angina, stroke or TIA",
        "care_home": "lives in a care home",
        "corticosteroid": "takes steroid tablets regularly",
        "dementia": "dementia",
        "endocrine_disorder": "overactive thyroid, hyperparathyroidism or Cushing's syndrome",
        "epilepsy": "epilepsy",
        "falls": "history of falls",
        "kidney_disease": "chronic kidney disease",
        "liver_disease": "chronic liver disease",
        "malabsorption": "malabsorption (Crohn's, ulcerative colitis, coeliac disease, blind loop)",
        "oestrogen_only_hrt": "hormone therapy with oestrogen alone",
        "parental_osteoporosis_or_hip_fracture": "a parent had osteoporosis or a hip fracture",
        "parkinsons": "Parkinson's disease",
        "previous_fracture": "wrist, spine, hip or shoulder fracture before",
        "rheumatoid_arthritis_or_lupus": "rheumatoid arthritis or systemic lupus",
        "type_1_diabetes": "type 1 diabetes",
        "type_2_diabetes": "type 2 diabetes",
    }
)
"""The yes/no inputs, by name. An equation that has no term for a condition does not count it."""

ALCOHOL = ("none", "trivial", "light", "medium", "heavy", "very_heavy")
"""Units a day: none, under 1, 1 to 2, 3 to 6, 7 to 9, over 9."""
SMOKING = ("never", "ex", "light", "moderate", "heavy")
"""Cigarettes a day: never, none any more, under 10, 10 to 19, 20 or more."""
ETHNICITY = (
    "white",
    "indian",
    "pakistani",
    "bangladeshi",
    "other_asian",
    "black_caribbean",
    "black_african",
    "chinese",
    "other",
)
"""`white` stands for not recorded, too."""


class QFractureInputs(Struct, frozen=True, kw_only=True):
    """What does QFracture ask? `present` holds the names of `CONDITIONS` that are there; the rest counts as absent."""

    sex: Sex
    age_y: float
    bmi_kg_m2: float
    years: int = 10
    alcohol: str = "none"
    smoking: str = "never"
    ethnicity: str = "white"
    present: frozenset[str] = frozenset()
    clamp_bmi: bool = False


def qfracture(inputs: QFractureInputs, knowledge: Knowledge, *, assumed: tuple[str, ...] = ()) -> Score:
    """What are the risks of an osteoporotic fracture (hip, spine, wrist, shoulder) and of a hip fracture, in per cent?

    Raises `OutOfRangeError` for an age outside 30 to 99, a BMI outside 20 to 40 (unless `clamp_bmi` asks for the nearer
    limit), years outside 1 to 18, or an unknown word.
    """
    table = knowledge.tables["qfracture_2012"]
    model = _Models.of(table)
    accepted, warnings = model.accepted(inputs)
    major = model.risk_pct("osteoporotic", accepted)
    hip = model.risk_pct("hip", accepted)
    if hip > major:
        warnings.append(
            f"The hip figure ({hip:.1f} %) is above the figure for all osteoporotic fractures ({major:.1f} %): the two "
            "equations were fitted apart and disagree for this patient. Trust neither figure as it stands."
        )
    years = f"{accepted.years} years" if accepted.years > 1 else "1 year"
    return Score(
        tool="qfracture",
        name="QFracture-2012",
        outcome="computed",
        text=f"QFracture-2012: within {years} {major:.1f} % osteoporotic fracture (hip, spine, wrist or shoulder), "
        f"{hip:.1f} % hip fracture.",
        figures=(
            Figure(name="osteoporotic_pct", label=f"osteoporotic fracture in {years}", value=major, unit="%"),
            Figure(name="hip_pct", label=f"hip fracture in {years}", value=hip, unit="%"),
        ),
        inputs=_used(accepted),
        assumed=assumed,
        warnings=(LIMITS_OF_USE, *warnings),
        disclaimer=f"{COPYRIGHT} {DISCLAIMER}",
        citations=table.cite,
        verified=table.verified,
    )


def conditions_asked(sex: Sex, knowledge: Knowledge) -> tuple[str, ...]:
    """Which conditions count in at least one of the two equations of this sex?"""
    model = _Models.of(knowledge.tables["qfracture_2012"])
    return tuple(name for name in CONDITIONS if model.counts(name, sex))


def _used(inputs: QFractureInputs) -> tuple[Used, ...]:
    return (
        Used("sex", inputs.sex.value),
        Used("age", inputs.age_y, "a"),
        Used("bmi", inputs.bmi_kg_m2, "kg/m2"),
        Used("years", inputs.years, "a"),
        Used("alcohol", inputs.alcohol),
        Used("smoking", inputs.smoking),
        Used("ethnicity", inputs.ethnicity),
        *(Used(name, True) for name in CONDITIONS if name in inputs.present),
    )


class _Model:
    """One equation: its survival by year, its coefficients by part and word, and its polynomials of age and BMI."""

    __slots__ = ("_coefficients", "_polynomials", "_survival")

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._survival = {int(row["term"]): float(row["value"]) for row in rows if row["part"] == "survival"}
        self._coefficients = {(row["part"], row["term"]): float(row["value"]) for row in rows}
        self._polynomials = tuple(
            (row["term"], float(row["power"]), row["ln"] == "yes", float(row["centre"]), float(row["value"]))
            for row in rows
            if row["part"] == "polynomial"
        )

    def counts(self, condition: str) -> bool:
        """Does this equation have a term for the condition?"""
        return ("condition", condition) in self._coefficients

    def risk_pct(self, inputs: QFractureInputs) -> float:
        """100 (1 - S0(years) ^ exp(sum of terms))."""
        parts = (("alcohol", inputs.alcohol), ("smoking", inputs.smoking), ("ethnicity", inputs.ethnicity))
        total = sum(self._coefficients[part] for part in parts)
        total += sum(self._coefficients.get(("condition", name), 0.0) for name in sorted(inputs.present))
        tenths = {"age": math.floor(inputs.age_y) / 10, "bmi": inputs.bmi_kg_m2 / 10}
        for variable, power, takes_logarithm, centre, coefficient in self._polynomials:
            x = tenths[variable]
            polynomial = x**power * (math.log(x) if takes_logarithm else 1.0)
            total += coefficient * (polynomial - centre)
        return float(100 * (1 - self._survival[inputs.years] ** math.exp(total)))


class _Models:
    """The four equations and the ranges in which they hold."""

    __slots__ = ("_limits", "_models")

    def __init__(self, table: Table) -> None:
        rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        for row in table.records():
            rows[row["model"]].append(row)
        self._limits = {row["term"]: float(row["value"]) for row in rows.pop("every")}
        self._models = {name: _Model(its_rows) for name, its_rows in rows.items()}

    @staticmethod
    @lru_cache(maxsize=32)
    def of(table: Table) -> _Models:
        """The equations of a table, read once for each table."""
        return _Models(table)

    def risk_pct(self, outcome: str, inputs: QFractureInputs) -> float:
        """The risk of `osteoporotic` or `hip` fracture within the years asked, in per cent."""
        return self._models[f"{outcome}_{inputs.sex.value}"].risk_pct(inputs)

    def counts(self, condition: str, sex: Sex) -> bool:
        """Does an equation of this sex have a term for the condition?"""
        return any(self._models[f"{outcome}_{sex.value}"].counts(condition) for outcome in ("osteoporotic", "hip"))

    def accepted(self, inputs: QFractureInputs) -> tuple[QFractureInputs, list[str]]:
        """The inputs as the equations take them, and what has to be said about that."""
        limits = self._limits
        _within("age", math.floor(inputs.age_y), limits["age_minimum"], limits["age_maximum"], "years")
        _within("years", inputs.years, 1, limits["years_maximum"], "years of follow-up")
        for name, word, words in (
            ("alcohol", inputs.alcohol, ALCOHOL),
            ("smoking", inputs.smoking, SMOKING),
            ("ethnicity", inputs.ethnicity, ETHNICITY),
            *(("condition", name, tuple(CONDITIONS)) for name in inputs.present),
        ):
            if word not in words:
                message = f"{name}: {word!r} is not one of {', '.join(words)}"
                raise OutOfRangeError(message)
        low, high = limits["bmi_minimum"], limits["bmi_maximum"]
        bmi = min(max(inputs.bmi_kg_m2, low), high)
        if bmi == inputs.bmi_kg_m2:
            return inputs, []
        if not inputs.clamp_bmi:
            message = (
                f"bmi: QFracture-2012 holds for {low:g} to {high:g} kg/m², not for {inputs.bmi_kg_m2:.1f}; it can be "
                f"worked out at the nearer limit, {bmi:g}, on request (clamp_bmi=yes)"
            )
            raise OutOfRangeError(message)
        warning = f"Worked out at a BMI of {bmi:g} kg/m², the nearer limit of the tool, not at {inputs.bmi_kg_m2:.1f}."
        return replace(inputs, bmi_kg_m2=bmi), [warning]


def _within(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        message = f"{name}: QFracture-2012 holds for {low:g} to {high:g} {unit}, not for {value:g}"
        raise OutOfRangeError(message)
