"""Who is this? The line and the strip that stand on every report about a patient."""

from __future__ import annotations

from datetime import date

from osteon.chart.types import Chart, When
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import Plan
from osteon.pathway.wording import said
from osteon.report.words import day


def patient_line(chart: Chart, on: date) -> str:
    """Who is this? Name, sex, age, birth date and the clinic's number, as far as the chart says."""
    patient = chart.patient
    born = patient.birth_date
    age = _age(born, on)
    about = "about " if not born.is_exact else ""
    words = [
        patient.name or "No name given",
        patient.sex.value if patient.sex else "sex not given",
        f"{about}{age} years",
    ]
    words.append(f"born {born}")
    if patient.record_number:
        words.append(f"record {patient.record_number}")
    return ", ".join(words)


def patient_strip(at: Occasion, plan: Plan) -> tuple[tuple[str, str], ...]:
    """What stands on every page about a patient: who, allergies, kidney function, last dose, next due."""
    chart, knowledge, patient = at.chart, at.knowledge, at.chart.patient
    clearance = at["crcl_ml_min"]
    doses = [dose for course in chart.courses for dose in course.doses if dose.when.latest <= plan.on]
    latest = max((dose for dose in doses if dose.drug in knowledge.drugs), key=lambda dose: dose.when, default=None)
    due = next((step.on for step in plan.steps if step.order is not None), None)
    allergies = [
        f"{each.text} (not tolerated)" if each.is_intolerance else each.text
        for each in chart.allergies
        if not each.none_known
    ]
    none_known = any(each.none_known for each in chart.allergies)
    return (
        ("Name", patient.name or "not given"),
        ("Born", f"{patient.birth_date} ({_age(patient.birth_date, plan.on)} years)"),
        ("Sex", patient.sex.value if patient.sex else "not given"),
        ("Record number", patient.record_number or "not given"),
        ("Allergies", ", ".join(allergies) or ("none known" if none_known else "not asked")),
        (
            "Creatinine clearance",
            f"{said(clearance.value, 'mL/min')} ({clearance.as_of})" if clearance.is_known else "cannot tell",
        ),
        ("Last dose", f"{knowledge.drugs[latest.drug].name}, {latest.when}" if latest else "none recorded"),
        ("Next due", day(due) or "nothing planned"),
    )


def _age(born: When, on: date) -> int:
    first = born.earliest
    return on.year - first.year - ((on.month, on.day) < (first.month, first.day))
