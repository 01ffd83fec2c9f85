"""What will each regimen do to this skeleton? On the screen, as JSON, as a page, or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.answers import print_json, say
from osteon.cli.asking import AsJson, OnDay, OneOf, SettingsPath, Under
from osteon.cli.exits import BadInputError, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.cli.skeleton import (
    AgeTyped,
    ChartOrFacts,
    CtxTyped,
    GlucocorticoidTyped,
    HipBrokenTyped,
    HipRiskTyped,
    HipTyped,
    HistoryTyped,
    KidneyTyped,
    MajorRiskTyped,
    MenopauseTyped,
    NeckTyped,
    OtherBrokenTyped,
    P1npTyped,
    RegimensAsked,
    SexTyped,
    SourceTyped,
    SpineTyped,
    SupplementsTyped,
    VertebralTyped,
    Whose,
    regimens,
    whose,
)
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osteon.bone.patient import Patient, Site
    from osteon.bone.regimen import Regimen
    from osteon.report.forecast_view import Foreseen

app = new_app("Foretell what each regimen will do to a patient's bone, with its uncertainty.")

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
USUAL_LATE_MONTHS = 3.0
MOST_PICTURED = 2

Years = Annotated[int, typer.Option("--years", metavar="N", min=1, max=30, help="How far to look ahead.")]
Samples = Annotated[
    int, typer.Option("--samples", metavar="N", min=50, max=20_000, help="Skeletons that she may have.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same answer.")]
Targets = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="SITE=T", help="A T-score to be reached: total_hip=-2.5. Several if need be."),
]  # fmt: skip
AtSite = Annotated[
    str, typer.Option("--site", metavar="SITE", help=f"The site shown first: {', '.join(SITES)}; else the lowest.")
]
LateBy = Annotated[
    float | None,
    typer.Option(
        "--late", min=0, max=36, metavar="MONTHS",
        help=f"How late the next dose may be ({USUAL_LATE_MONTHS:g}); 0 leaves this out. JSON has it only if given.",
    ),
]  # fmt: skip
PageFile = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the forecasts as an HTML page.")]
PngFile = Annotated[Path | None, typer.Option("--png", metavar="FILE", help="Write the fan (of one or two) as PNG.")]
SvgFile = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the fan (of one or two) as SVG.")]


@app.command()
def forecast(
    chart: ChartOrFacts = "",
    *,
    regimen: RegimensAsked,
    years: Years = 10,
    samples: Samples = 500,
    seed: Seed = 1,
    target: Targets = None,
    site: AtSite = "",
    late: LateBy = None,
    sex: SexTyped = None,
    age: AgeTyped = None,
    lumbar_spine: SpineTyped = None,
    total_hip: HipTyped = None,
    femoral_neck: NeckTyped = None,
    ctx: CtxTyped = None,
    p1np: P1npTyped = None,
    years_since_menopause: MenopauseTyped = None,
    glucocorticoid_mg_day: GlucocorticoidTyped = None,
    crcl_ml_min: KidneyTyped = None,
    calcium_and_vitamin_d: SupplementsTyped = None,
    hip_risk_10y: HipRiskTyped = None,
    major_risk_10y: MajorRiskTyped = None,
    risk_source: SourceTyped = "",
    vertebral_fracture: VertebralTyped = None,
    hip_fracture: HipBrokenTyped = None,
    other_fracture: OtherBrokenTyped = None,
    history: HistoryTyped = "",
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    patient: OneOf = "",
    settings: SettingsPath = None,
    as_json: AsJson = False,
    html: PageFile = None,
    png: PngFile = None,
    svg: SvgFile = None,
) -> None:
    """Foretell density, T-scores, fractures and the chance of a target under each regimen, with what a late dose costs.

    The patient comes from a chart, or from facts typed here (at least --sex and --age).
    """
    if (png or svg) and len(regimen) > MOST_PICTURED:
        message = (
            f"a picture shows at most {MOST_PICTURED} fans, and {len(regimen)} regimens were given; "
            "draw them in pairs, or all of them with --html"
        )
        raise typer.BadParameter(message)
    facts = {
        "sex": sex, "age": age, "lumbar_spine": lumbar_spine, "total_hip": total_hip, "femoral_neck": femoral_neck,
        "ctx": ctx, "p1np": p1np, "years_since_menopause": years_since_menopause,
        "glucocorticoid_mg_day": glucocorticoid_mg_day, "crcl_ml_min": crcl_ml_min,
        "calcium_and_vitamin_d": calcium_and_vitamin_d, "hip_risk_10y": hip_risk_10y,
        "major_risk_10y": major_risk_10y, "risk_source": risk_source, "vertebral_fracture": vertebral_fracture,
        "hip_fracture": hip_fracture, "other_fracture": other_fracture, "history": history,
    }  # fmt: skip
    aims = _targets(target)
    first = _site(site) if site else None
    found = whose(chart, facts, on=on, jurisdiction=jurisdiction, patient=patient, settings=settings)
    asked = regimens(regimen)
    by_months = late if late is not None else (0.0 if as_json else USUAL_LATE_MONTHS)
    seen = _foreseen(found, asked, by_months, years, samples, seed, aims)
    if as_json:
        print_json([each for both in seen for each in (both.forecast, both.late and both.late.forecast) if each])
    if html or not as_json:
        _shown(seen, found.patient, found.who, first, html, on_screen=not as_json)
    if png or svg:
        _pictured(seen, found.patient, first, png, svg)


def _foreseen(
    subject: Whose, asked: Sequence[Regimen], by_months: float, years: int, samples: int, seed: int,
    aims: dict[Site, float] | None,
) -> tuple[Foreseen, ...]:  # fmt: skip
    """All forecasts in one run, so that the same skeletons stand behind each: what was asked, and each late twin.

    What was assumed in reading the chart becomes part of every forecast.
    """
    from msgspec.structs import replace

    from osteon.bone.forecast import TARGETS
    from osteon.bone.forecast import forecast as foretell
    from osteon.bone.late_dose import next_dose_late
    from osteon.report.forecast_late import Late
    from osteon.report.forecast_view import Foreseen

    patient = subject.patient
    twins = [next_dose_late(each, patient.history, by_months) if by_months else None for each in asked]
    runs = [*asked, *(twin.regimen for twin in twins if twin)]
    foretold = foretell(
        patient, runs, years=years, samples=samples, seed=seed, targets=TARGETS if aims is None else aims
    )
    found = [replace(each, flags=(*subject.flags, *each.flags)) for each in foretold]
    late = iter(found[len(asked) :])
    return tuple(
        Foreseen(each, Late(twin.drug, twin.month, twin.by_months, next(late)) if twin else None)
        for each, twin in zip(found[: len(asked)], twins, strict=True)
    )


def _shown(
    seen: Sequence[Foreseen], patient: Patient, who: str, site: Site | None, html: Path | None, *, on_screen: bool
) -> None:
    from osteon.report.forecast_view import forecast_view, patient_facts

    view = forecast_view(seen, patient, who=who, facts=patient_facts(patient), site=site)
    if on_screen:
        from osteon.report.forecast_terminal import show_forecast
        from osteon.report.terminal import console

        show_forecast(view, console())
    if html:
        from osteon.report.forecast_page import forecast_page

        _write(html, forecast_page(view).encode())


def _pictured(
    seen: Sequence[Foreseen], patient: Patient, site: Site | None, png: Path | None, svg: Path | None
) -> None:
    from osteon.report import forecast_picture
    from osteon.report.forecast_chart import fan_chart
    from osteon.report.forecast_reading import leading_site

    shown = [each.forecast for each in seen]
    at = site or leading_site(shown)
    target = next((each.target for each in shown[0].targets if each.site == at), None)
    chart = fan_chart(shown, site=at, measured=patient.scans, target=target)
    if png:
        _write(png, forecast_picture.png(chart))
    if svg:
        _write(svg, forecast_picture.svg(chart).encode())


def _write(file: Path, content: bytes) -> None:
    with mistakes_of_the_user(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    say(f"Wrote {file}")


def _targets(given: list[str] | None) -> dict[Site, float] | None:
    if not given:
        return None
    aims: dict[Site, float] = {}
    for text in given:
        site, _, value = text.partition("=")
        try:
            aims[_site(site.strip())] = float(value)
        except ValueError as error:
            message = f"{text!r} is no target; write a site and a T-score, as in total_hip=-2.5"
            raise BadInputError(message) from error
    return aims


def _site(text: str) -> Site:
    for site in SITES:
        if text.replace("-", "_") == site:
            return site  # type: ignore[return-value]
    message = f"no site {text!r}; there are {', '.join(SITES)}"
    raise BadInputError(message)
