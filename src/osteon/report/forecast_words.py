"""How are a regimen, a place of the skeleton and a time said in words?"""

from __future__ import annotations

from osteon.bone.patient import Site
from osteon.bone.regimen import Course, Regimen, parse_regimen
from osteon.bone.types import FlagKind, FractureKind
from osteon.report.words import Sign

SITE: dict[Site, str] = {
    "lumbar_spine": "lumbar spine",
    "total_hip": "total hip",
    "femoral_neck": "femoral neck",
}

FRACTURE: dict[FractureKind, str] = {
    "vertebral": "a vertebra (on an X-ray; most are not felt)",
    "hip": "a hip",
    "nonvertebral": "another bone (hip included)",
}

FLAG: dict[FlagKind, Sign] = {
    "untested": Sign("▲", "no trial", "warn"),
    "sparse": Sign("◔", "little data", "warn"),
    "assumed": Sign("○", "assumed", "plain"),
    "outside": Sign("✘", "outside the data", "bad"),
}

NOTHING = "calcium and vitamin D alone"

_WHOLE_MONTHS_FROM = 6.0
"""From half a year on, parts of a month say nothing to a reader (design)."""

_DRUG = {"ibandronate": "ibandronate (into the vein)", "ibandronate_oral": "ibandronate tablets"}
_EVERY = {"d": "day", "wk": "week", "mo": "month"}
_UNIT = {"mg": "mg", "ug": "µg"}


def drug_words(drug: str) -> str:
    """How is this drug called? `zoledronic_acid` is zoledronic acid."""
    return _DRUG.get(drug, drug.replace("_", " "))


def drugs_words(regimen: str) -> str:
    """Which drugs, one after the other? Short enough to stand beside a line: denosumab → zoledronic acid."""
    names = dict.fromkeys(drug_words(course.drug) for course in _in_time(parse_regimen(regimen)))
    return " → ".join(names) or NOTHING


def regimen_words(regimen: str) -> str:
    """What is given, how much, how often and for how long? From the notation of regimens."""
    courses = _in_time(parse_regimen(regimen))
    if not courses:
        return NOTHING
    words: list[str] = []
    end = 0.0
    for course in courses:
        begins = _begins(course, end, is_first=not words)
        words.append(f"{begins}{_course(course)}{_past(course)}")
        end = max(end, _end(course))
    return ", ".join(words)


def span_words(months: float) -> str:
    """How long is it? Whole years as years, else months, from half a year on whole ones: 18 months, 2.5 months."""
    near = round(months) if months >= _WHOLE_MONTHS_FROM or abs(months - round(months)) < 0.05 else months
    if near >= 12 and near % 12 == 0:
        return f"{near // 12:g} year{'' if near == 12 else 's'}"
    return f"{near:.2g} month{'' if near == 1 else 's'}" if near < 100 else f"{near:g} months"


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign, and no minus before a nought: +3.4, -1.2, 0.0."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0.0 else text


def t_words(value: float) -> str:
    """A T-score to one decimal, and no minus before a nought."""
    text = f"{value:.1f}"
    return "0.0" if float(text) == 0.0 else text


def per_100(chance: float) -> str:
    """A chance (0 to 1) as people out of 100: whole from 10 on, else one decimal; `under 0.1` for less than that."""
    people = 100.0 * chance
    if 0.0 < people < 0.05:
        return "under 0.1"
    return f"{people:.0f}" if people >= 9.95 else f"{people:.1f}"


def percent(chance: float) -> str:
    """A chance (0 to 1) in per cent, never 0 % or 100 %, for neither is known: under 1 %, 37 %, over 99 %."""
    if chance < 0.005:
        return "under 1 %"
    return "over 99 %" if chance > 0.995 else f"{100.0 * chance:.0f} %"


def _in_time(regimen: Regimen) -> list[Course]:
    return sorted(regimen.courses, key=lambda course: course.start_month)


def _course(course: Course) -> str:
    dose = f"{drug_words(course.drug)} {course.dose:g} {_UNIT[course.dose_unit]}"
    doses = len(course.doses())
    if course.interval is None or course.stop_month is None or doses == 1:
        return f"{dose} once"
    every = _EVERY[course.interval_unit]
    often = f"every {every}" if course.interval == 1 else f"every {course.interval:g} {every}s"
    length = span_words(course.stop_month - course.start_month)
    return f"{dose} {often} for {length}" if (course.interval_days or 0.0) < 28.0 else f"{dose} {often}, {doses} doses"


def _begins(course: Course, end: float, *, is_first: bool) -> str:
    start = course.start_month
    if is_first or start < -1e-6:
        return "" if start < 1e-6 else f"from month {start:g} on "
    if start < end - 1e-6:
        return "together with " if start < 1e-6 else f"together with it, from month {start:g} on, "
    return f"then in month {start:g} "


def _past(course: Course) -> str:
    """When was it, if it began before today?"""
    if course.start_month > -1e-6:
        return ""
    if course.stop_month is None:
        return f" {span_words(-course.start_month)} ago"
    until = "" if course.stop_month > -1e-6 else f" until {span_words(-course.stop_month)} ago"
    return f", begun {span_words(-course.start_month)} ago{until}"


def _end(course: Course) -> float:
    return course.start_month if course.stop_month is None else course.stop_month
