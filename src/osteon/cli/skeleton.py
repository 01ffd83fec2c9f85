"""Whose skeleton is it? From a chart, or from facts as they are typed on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from osteon.cli.answers import say
from osteon.cli.asking import occasion
from osteon.cli.exits import BadInputError, ExitCode, mistakes_of_the_user
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from osteon.bone.patient import Marker, Patient, Site
    from osteon.bone.regimen import Regimen
    from osteon.bone.types import Flag


class At(NamedTuple):
    """A measured value and the month, from today, of its measurement (0 or before)."""

    value: float
    month: float


class Whose(NamedTuple):
    """The patient as the model sees her, who it is in words, and what was assumed in reading (typed facts: nothing)."""

    patient: Patient
    who: str = ""
    flags: tuple[Flag, ...] = ()


def measured(text: str | At) -> At:
    """A value, and when it was measured if not today: -2.6, or -2.3@-24 for 24 months ago."""
    if isinstance(text, At):
        return text
    value, _, month = text.partition("@")
    try:
        found = At(float(value), float(month or 0))
    except ValueError as error:
        message = f"{text!r} is no value; write -2.6, or -2.3@-24 for 24 months ago"
        raise typer.BadParameter(message) from error
    if found.month > 0.0:
        message = f"{text!r} lies after today; months before today are negative, as in -2.3@-24"
        raise typer.BadParameter(message)
    return found


def chance(text: str | float) -> float:
    """A probability: 0.12, or 12%."""
    if isinstance(text, float):
        return text
    try:
        found = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError as error:
        message = f"{text!r} is no probability; write 0.12 or 12%"
        raise typer.BadParameter(message) from error
    if not 0.0 <= found <= 1.0:
        message = f"{text!r} is no probability from 0 to 1; for per cent write {text.removesuffix('%')}%"
        raise typer.BadParameter(message)
    return found


def _scan(site: str) -> Any:
    words = site.replace("-", " ")
    return typer.Option(
        f"--t-score-{site}",
        parser=measured,
        metavar="T[@MONTH]",
        help=f"T-score of the {words}; with @-24 for 24 months ago. Several if need be.",
    )


ChartOrFacts = Annotated[
    str,
    typer.Argument(metavar="[CHART]", help="A chart, as for `osteon plan`; or nothing, and facts are typed below."),
]
SexTyped = Annotated[
    Literal["F", "M"] | None, typer.Option("--sex", metavar="F|M", help="F or M.", case_sensitive=False)
]
AgeTyped = Annotated[float | None, typer.Option("--age", metavar="YEARS", min=18, max=120, help="Years.")]
SpineTyped = Annotated[list[At] | None, _scan("lumbar-spine")]
HipTyped = Annotated[list[At] | None, _scan("total-hip")]
NeckTyped = Annotated[list[At] | None, _scan("femoral-neck")]
CtxTyped = Annotated[
    list[At] | None, typer.Option("--ctx", parser=measured, metavar="NG_L[@MONTH]", help="CTX in ng/L.")
]
P1npTyped = Annotated[
    list[At] | None, typer.Option("--p1np", parser=measured, metavar="UG_L[@MONTH]", help="P1NP in ug/L.")
]
MenopauseTyped = Annotated[
    float | None,
    typer.Option("--years-since-menopause", metavar="YEARS", min=-10, max=70, help="Years; negative before menopause."),
]
GlucocorticoidTyped = Annotated[
    float | None,
    typer.Option("--glucocorticoid-mg-day", metavar="MG", min=0, max=200, help="Prednisolone or equivalent, mg a day."),
]
KidneyTyped = Annotated[
    float | None, typer.Option("--crcl-ml-min", metavar="ML_MIN", min=0, max=250, help="Creatinine clearance, mL/min.")
]
SupplementsTyped = Annotated[
    bool | None,
    typer.Option("--calcium-and-vitamin-d/--no-calcium-and-vitamin-d", help="Are calcium and vitamin D taken?"),
]
HipRiskTyped = Annotated[
    float | None,
    typer.Option("--hip-risk-10y", parser=chance, metavar="P", help="10-year risk of a hip fracture: 0.03 or 3%."),
]
MajorRiskTyped = Annotated[
    float | None,
    typer.Option("--major-risk-10y", parser=chance, metavar="P", help="10-year risk of a major fracture: 0.2 or 20%."),
]
SourceTyped = Annotated[str, typer.Option("--risk-source", metavar="NAME", help="Which tool gave the risks: FRAX.")]
VertebralTyped = Annotated[
    bool | None, typer.Option("--vertebral-fracture/--no-vertebral-fracture", help="Was a vertebra broken?")
]
HipBrokenTyped = Annotated[bool | None, typer.Option("--hip-fracture/--no-hip-fracture", help="Was a hip broken?")]
OtherBrokenTyped = Annotated[
    bool | None, typer.Option("--other-fracture/--no-other-fracture", help="Another fragility fracture?")
]
HistoryTyped = Annotated[
    str,
    typer.Option(
        "--history", metavar="REGIMEN", help="Treatment so far, in months before today: denosumab:60mg/6mo@-24-0."
    ),
]
RegimensAsked = Annotated[
    list[str],
    typer.Option(
        "--regimen", metavar="REGIMEN",
        help="What would be given, in months from today: denosumab:60mg/6mo@0-120, or none. Several if need be.",
    ),
]  # fmt: skip


def whose(
    chart: str,
    facts: dict[str, Any],
    *,
    on: date | None,
    jurisdiction: Jurisdiction,
    patient: str,
    settings: Path | None,
) -> Whose:
    """The patient of a chart or of typed facts.

    Raises `typer.BadParameter` for both or neither, `BadInputError` for what cannot be read, and ends with "cannot
    tell" where a chart does not give sex and age.
    """
    if chart and any(value not in (None, [], "") for value in facts.values()):
        message = "give a chart or typed facts, not both: what a chart lacks belongs into the chart"
        raise typer.BadParameter(message)
    if chart:
        at = occasion(chart, on, jurisdiction, patient=patient, settings=settings)
        from osteon.pathway.skeleton import NoSkeletonError, skeleton
        from osteon.report.patient import patient_line

        try:
            found = skeleton(at)
        except NoSkeletonError as error:
            say(f"osteon: {error}")
            raise typer.Exit(ExitCode.CANNOT_TELL) from error
        return Whose(found.patient, patient_line(at.chart, at.on), found.flags)
    if facts["sex"] is None or facts["age"] is None:
        message = "give a chart, or type at least --sex and --age"
        raise typer.BadParameter(message)
    return Whose(typed_patient(**facts))


def typed_patient(
    *,
    sex: Literal["F", "M"],
    age: float,
    lumbar_spine: list[At] | None = None,
    total_hip: list[At] | None = None,
    femoral_neck: list[At] | None = None,
    ctx: list[At] | None = None,
    p1np: list[At] | None = None,
    years_since_menopause: float | None = None,
    glucocorticoid_mg_day: float | None = None,
    crcl_ml_min: float | None = None,
    calcium_and_vitamin_d: bool | None = None,
    hip_risk_10y: float | None = None,
    major_risk_10y: float | None = None,
    risk_source: str = "",
    vertebral_fracture: bool | None = None,
    hip_fracture: bool | None = None,
    other_fracture: bool | None = None,
    history: str = "",
) -> Patient:
    """The patient that these facts describe. Raises `BadInputError` for what cannot be."""
    from osteon.bone.patient import FractureHistory, MarkerLevel, Patient, Scan

    by_site: tuple[tuple[Site, list[At] | None], ...] = (
        ("lumbar_spine", lumbar_spine),
        ("total_hip", total_hip),
        ("femoral_neck", femoral_neck),
    )
    by_marker: tuple[tuple[Marker, list[At] | None], ...] = (("ctx", ctx), ("p1np", p1np))
    scans = [
        Scan(each.month, site, _within(each.value, -7.0, 8.0, f"a T-score of {each.value:g}"))
        for site, given in by_site
        for each in given or ()
    ]
    markers = [
        MarkerLevel(each.month, marker, _within(each.value, 0.1, 20000.0, f"a {marker.upper()} of {each.value:g}"))
        for marker, given in by_marker
        for each in given or ()
    ]
    return Patient(
        sex=sex,
        age=age,
        years_since_menopause=years_since_menopause,
        scans=tuple(scans),
        markers=tuple(markers),
        history=_history(history),
        glucocorticoid_mg_day=glucocorticoid_mg_day,
        crcl_ml_min=crcl_ml_min,
        calcium_and_vitamin_d=calcium_and_vitamin_d,
        fractures=FractureHistory(vertebral=vertebral_fracture, hip=hip_fracture, other_fragility=other_fracture),
        hip_risk_10y=hip_risk_10y,
        major_risk_10y=major_risk_10y,
        risk_source=risk_source or None,
    )


def regimens(texts: Iterable[str]) -> tuple[Regimen, ...]:
    """The regimens that were typed, all from today on. Raises `BadInputError`."""
    from osteon.bone.regimen import RegimenError, parse_regimen

    found = []
    for text in texts:
        with mistakes_of_the_user(RegimenError):
            regimen = parse_regimen(text)
        early = next((course for course in regimen.courses if course.start_month < 0.0), None)
        if early is not None:
            message = (
                f"{text}: {early.drug} begins before today; a regimen counts from today (0). What was given before "
                "goes into --history"
            )
            raise BadInputError(message)
        found.append(regimen)
    return tuple(found)


def _history(text: str) -> Regimen:
    from osteon.bone.regimen import Regimen, RegimenError, parse_regimen

    if not text:
        return Regimen()
    with mistakes_of_the_user(RegimenError):
        history = parse_regimen(text)
    for course in history.courses:
        end = course.start_month if course.stop_month is None else course.stop_month
        if end > 1e-9 or course.start_month > -1e-9:
            message = (
                f"{text}: {course.drug} reaches into the future; the history lies before today (0), as in "
                "denosumab:60mg/6mo@-24-0. What is to come goes into --regimen"
            )
            raise BadInputError(message)
    return history


def _within(value: float, low: float, high: float, what: str) -> float:
    if not low <= value <= high:
        message = f"{what} cannot be; it lies between {low:g} and {high:g}"
        raise BadInputError(message)
    return value
