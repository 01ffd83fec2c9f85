"""What does a forecast say, in the order in which a prescriber asks, before it becomes a screen or a page?

One view serves both, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from osteon.bone.patient import SITES, Patient, Scan, Site
from osteon.bone.types import FRACTURE_KINDS, Flag, Forecast, FractureKind, TargetChance
from osteon.report.forecast_late import Late, late_words
from osteon.report.forecast_reading import caption, fan_of, leading_site, said_on, scale_of
from osteon.report.forecast_words import FLAG, FRACTURE, SITE, per_100, percent, regimen_words, span_words, t_words
from osteon.report.words import Sign, counted, sentence

BANNER = "Decision support for clinicians: an estimate for people like this one, no promise for this one."
YEARS_SHOWN = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30)


class Foreseen(Struct, frozen=True):
    """A regimen's forecast, and what becomes of it if a dose is late, where that was asked."""

    forecast: Forecast
    late: Late | None = None


class ChanceRow(Struct, frozen=True):
    """How likely is this target, at the end of each year shown?"""

    target: str
    chances: tuple[str, ...]


class FractureRow(Struct, frozen=True):
    """How many of 100 people like this break this bone by the end of the forecast?"""

    kind: FractureKind
    words: str
    treated: str
    between: str
    untreated: str
    rebound: str


class Part(Struct, frozen=True, kw_only=True):
    """What is said of one regimen."""

    forecast: Forecast
    name: str
    sentence: str
    others: tuple[tuple[Site, str], ...]
    years: tuple[int, ...]
    chances: tuple[ChanceRow, ...]
    fractures: tuple[FractureRow, ...]
    fracture_words: str
    late: Late | None
    late_words: str
    flags: tuple[tuple[Sign, str], ...]
    evidence: str


class SummaryRow(Struct, frozen=True):
    """One regimen in a line, for the comparison of all."""

    name: str
    density: str
    between: str
    chance: str
    vertebra: str
    hip: str


class ForecastView(Struct, frozen=True, kw_only=True):
    """Everything that a report of forecasts shows, in order. `flags` are those that every forecast shares."""

    heading: str
    who: str
    facts: tuple[tuple[str, str], ...]
    banner: str
    flags: tuple[tuple[Sign, str], ...]
    made: str
    site: Site
    span: str
    target: str
    scans: tuple[Scan, ...]
    summary: tuple[SummaryRow, ...]
    parts: tuple[Part, ...]


def forecast_view(
    seen: Sequence[Foreseen],
    patient: Patient,
    *,
    who: str = "",
    facts: Sequence[tuple[str, str]] = (),
    site: Site | None = None,
) -> ForecastView:
    """What do these forecasts of one patient say? `who` names the patient, `facts` are shown above all else.

    Raises ValueError without a forecast.
    """
    if not seen:
        msg = "there is no forecast to show"
        raise ValueError(msg)
    forecasts = [each.forecast for each in seen]
    site = site or leading_site(forecasts)
    first = forecasts[0]
    several = len(forecasts) > 1
    shared = [flag for flag in first.flags if several and all(flag in each.flags for each in forecasts)]
    return ForecastView(
        heading="Bone forecast",
        who=who,
        facts=tuple(facts),
        banner=BANNER,
        flags=_signed(shared),
        made=f"Model {first.model}, {first.samples} draws, seed {first.seed}.",
        site=site,
        span=span_words(first.months[-1]),
        target=_target_words(first, site),
        scans=patient.scans,
        summary=tuple(_summary(each, site) for each in forecasts),
        parts=tuple(_part(each, site, shared) for each in seen),
    )


def _part(seen: Foreseen, site: Site, shared: Sequence[Flag]) -> Part:
    forecast = seen.forecast
    last = int(forecast.months[-1] / 12.0 + 1e-6)
    years = tuple(sorted({year for year in YEARS_SHOWN if year <= last} | ({last} if last else set())))
    return Part(
        forecast=forecast,
        name=sentence(regimen_words(forecast.regimen)).rstrip("."),
        sentence=caption(forecast, site, named=False),
        others=tuple((other, caption(forecast, other, named=False)) for other in forecast.density_pct if other != site),
        years=years,
        chances=tuple(
            ChanceRow(
                f"{SITE[each.site]} {t_words(each.target)} or more",
                tuple(percent(each.by_year[year - 1]) if year <= len(each.by_year) else "" for year in years),
            )
            for each in forecast.targets
        ),
        fractures=_fractures(forecast),
        fracture_words=_fracture_words(forecast),
        late=seen.late,
        late_words=late_words(forecast, seen.late) if seen.late else "",
        flags=_signed([flag for flag in forecast.flags if flag not in shared]),
        evidence=_evidence(forecast),
    )


def _fractures(forecast: Forecast) -> tuple[FractureRow, ...]:
    rows = []
    for kind in FRACTURE_KINDS:
        fan = (forecast.fractures or {}).get(kind)
        if fan is None or not fan.untreated:
            continue
        rebound = sum(fan.excess_after_stop)
        rows.append(
            FractureRow(
                kind,
                FRACTURE[kind],
                per_100(fan.cumulative.median[-1]),
                f"{per_100(fan.cumulative.low90[-1])} to {per_100(fan.cumulative.high90[-1])}",
                per_100(fan.untreated[-1]),
                per_100(rebound) if rebound > 0.0005 else "",
            )
        )
    return tuple(rows)


def _fracture_words(forecast: Forecast) -> str:
    rows = {row.kind: row for row in _fractures(forecast)}
    if not rows:
        return f"How many would break a bone cannot be told: {forecast.fracture_basis}."
    span = span_words(forecast.months[-1])
    told: list[str] = []
    for kind, verb in (("vertebral", "break a vertebra as X-rays show it"), ("hip", "break a hip")):
        if kind in rows:
            row = rows[kind]
            told.append(f"{row.treated} {verb} ({row.untreated} if never treated)")
    return f"Of 100 people like this, in {span}, {' and '.join(told)}. Starting point: {forecast.fracture_basis}."


def _signed(flags: Sequence[Flag]) -> tuple[tuple[Sign, str], ...]:
    return tuple((FLAG[flag.kind], _flag_words(flag.text, flag.observations)) for flag in flags)


def _flag_words(text: str, observations: int | None) -> str:
    count = f" ({counted(observations, 'observation')})" if observations else ""
    return sentence(f"{text.rstrip('.')}{count}")


def _evidence(forecast: Forecast) -> str:
    of = "calcium and vitamin D alone" if forecast.regimen == "none" else "these drugs"
    trials = (
        f"Rests on {counted(forecast.evidence, 'observation')} of trials with {of}"
        if forecast.evidence
        else f"No observation of a trial with {of} stands behind it"
    )
    own = (
        f"corrected by {counted(forecast.learned_from, 'measurement')} of this patient"
        if forecast.learned_from
        else "not corrected by any measurement of this patient"
    )
    return f"{trials}; {own}."


def _target_words(forecast: Forecast, site: Site) -> str:
    target = _target(forecast, site)
    return f"{SITE[target.site]} {t_words(target.target)} or more" if target else ""


def _target(forecast: Forecast, site: Site) -> TargetChance | None:
    """The target of this site, else the first there is."""
    return next((each for each in forecast.targets if each.site == site), next(iter(forecast.targets), None))


def _summary(forecast: Forecast, site: Site) -> SummaryRow:
    rows = {row.kind: row for row in _fractures(forecast)}
    scale = scale_of([forecast], site)
    fan, said = fan_of(forecast, site, scale), said_on(scale)
    target = _target(forecast, site)

    def people(kind: FractureKind) -> str:
        return f"{rows[kind].treated} ({rows[kind].untreated})" if kind in rows else "cannot tell"

    return SummaryRow(
        sentence(regimen_words(forecast.regimen)).rstrip("."),
        said(fan.median[-1]),
        f"{said(fan.low90[-1])} to {said(fan.high90[-1])}",
        percent(target.by_year[-1]) if target and target.by_year else "cannot tell",
        people("vertebral"),
        people("hip"),
    )


def patient_facts(patient: Patient) -> tuple[tuple[str, str], ...]:
    """From what does the forecast start? Label and value of everything that is known of the patient."""
    facts: list[tuple[str, str]] = [
        ("Sex", {"F": "female", "M": "male"}[patient.sex]),
        ("Age", f"{patient.age:.3g} years"),
    ]
    for site in SITES:
        scans = sorted((scan for scan in patient.scans if scan.site == site), key=lambda scan: -scan.month)
        values = ", ".join(f"{t_words(scan.t_score)}{_ago(scan.month)}" for scan in scans)
        facts.append((f"T-score, {SITE[site]}", values or "not known"))
    for marker, name, unit in (("ctx", "CTX", "ng/L"), ("p1np", "P1NP", "ug/L")):
        levels = sorted((each for each in patient.markers if each.marker == marker), key=lambda each: -each.month)
        if levels:
            facts.append((f"{name}, {unit}", ", ".join(f"{each.value:g}{_ago(each.month)}" for each in levels)))
    if patient.sex == "F":
        facts.append(("Since menopause", _known(patient.years_since_menopause, "years")))
    facts.append(("Creatinine clearance", _known(patient.crcl_ml_min, "mL/min")))
    facts.append(("Glucocorticoid", _known(patient.glucocorticoid_mg_day, "mg a day")))
    facts.append(("Treatment so far", regimen_words(str(patient.history)) if patient.history.courses else "none"))
    for label, risk in (("10-year risk, hip", patient.hip_risk_10y), ("10-year risk, major", patient.major_risk_10y)):
        if risk is not None:
            source = f" ({patient.risk_source})" if patient.risk_source else ""
            facts.append((label, f"{100.0 * risk:.3g} %{source}"))
    return tuple(facts)


def _ago(month: float) -> str:
    return f" ({span_words(round(-month))} ago)" if month < -0.5 else ""


def _known(value: float | None, unit: str) -> str:
    return "not known" if value is None else f"{value:.3g} {unit}"
