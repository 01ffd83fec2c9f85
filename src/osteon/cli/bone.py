"""The model of bone itself: is it right, how is it learned, and which sequence of drugs does it find best?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from osteon.cli.answers import print_json, read_stdin, say
from osteon.cli.asking import AsJson, OnDay, OneOf, SettingsPath, Under, today
from osteon.cli.exits import BadInputError, ExitCode, mistakes_of_the_user
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
    SexTyped,
    SourceTyped,
    SpineTyped,
    SupplementsTyped,
    VertebralTyped,
    whose,
)
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osteon.bone.patient import Patient
    from osteon.bone.regimen import Regimen
    from osteon.bone.validate import Validation

app = new_app("Check, refit and search with the model of bone.", no_args_is_help=True)


@app.command()
def validate(
    cases: Annotated[
        str, typer.Option("--cases", metavar="CSV", help="Trial arms as docs/how-to/forecast.md says, or - for stdin.")
    ],
    as_json: AsJson = False,
) -> None:
    """Predict trial arms and compare them with what was seen: errors and coverage by site."""
    found = _validation(cases)
    if as_json:
        print_json(found)
        return
    from osteon.report.forecast_bone import show_validation
    from osteon.report.terminal import console

    show_validation(found, console())


def _validation(cases: str) -> Validation:
    from osteon.bone.validate import CaseError, judge, read_cases
    from osteon.bone.validate import validate as judged

    with mistakes_of_the_user(CaseError, OSError, UnicodeDecodeError):
        if cases == "-":
            return judge(read_cases(read_stdin().decode().splitlines()))
        return judged(Path(cases))


@app.command()
def fit(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the posterior, as data/posterior.json holds it.")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", metavar="CSV", help="Observations of your own, in the columns of observations.csv."),
    ] = None,
    version: Annotated[str, typer.Option("--version-name", metavar="NAME", help="How the result is called.")] = "refit",
    as_json: AsJson = False,
) -> None:
    """Refit the model to the evidence, and predict each trial by a fit that has not seen it. Takes minutes.

    Nothing is drawn by chance: the same evidence gives the same posterior. The package keeps the one it ships.
    """
    try:
        from osteon.bone.fit import refit
    except ModuleNotFoundError as error:
        message = "a fit needs scipy; install it with: pip install 'osteon[research]'"
        raise BadInputError(message) from error
    import msgspec

    from osteon.bone.observations import SHIPPED, observations
    from osteon.bone.priors import priors

    with mistakes_of_the_user(OSError, KeyError, ValueError, msgspec.ValidationError):
        rows = observations(evidence or SHIPPED)
    with _progress() as progress:
        posterior, left_out = refit(rows, priors(), version=version, progress=progress)
    if out:
        with mistakes_of_the_user(OSError):
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(msgspec.json.encode(posterior))
        say(f"Wrote {out}")
    if as_json:
        print_json(posterior)
        return
    from osteon.report.forecast_bone import show_fit
    from osteon.report.terminal import console

    show_fit(posterior, left_out, console())


@app.command()
def search(
    chart: ChartOrFacts = "",
    *,
    years: Annotated[int, typer.Option("--years", metavar="N", min=1, max=20, help="How far to plan.")] = 10,
    aim: Annotated[
        Literal["t_score", "gain", "chance", "fractures"],
        typer.Option("--aim", help="The best final T-score, gain of density, chance of the target, fewest fractures."),
    ] = "t_score",
    site: Annotated[
        Literal["lumbar_spine", "total_hip", "femoral_neck"], typer.Option("--site", help="Where density counts.")
    ] = "total_hip",
    target: Annotated[
        float | None, typer.Option("--target", metavar="T", help="The T-score to be reached, for the aim `chance`.")
    ] = None,
    drug: Annotated[
        list[str] | None, typer.Option("--drug", metavar="ID", help="Only these drugs. Several if need be.")
    ] = None,
    visits: Annotated[
        float | None, typer.Option("--visits", metavar="N", min=0, help="At most so many doses at a clinic.")
    ] = None,
    treated_months: Annotated[
        float | None, typer.Option("--treated-months", metavar="N", min=0, help="At most so many months with a drug.")
    ] = None,
    changes: Annotated[
        int, typer.Option("--changes", metavar="N", min=0, max=10, help="At most so many changes of drug.")
    ] = 3,
    tested_only: Annotated[
        bool, typer.Option("--tested-only", help="Only changes of drug that a trial behind the model has.")
    ] = False,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=50, max=20_000, help="Skeletons that she may have.")
    ] = 500,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same answer.")] = 1,
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
) -> None:
    """Find the best sequence of drugs within label limits and a budget, and say why not the next best.

    Ends with 3 where label limits and budget leave no sequence. Contraindications are for `osteon options`.
    """
    if aim == "chance" and target is None:
        message = "the aim `chance` needs a T-score to be reached: --target -2.5"
        raise typer.BadParameter(message)
    facts = {
        "sex": sex, "age": age, "lumbar_spine": lumbar_spine, "total_hip": total_hip, "femoral_neck": femoral_neck,
        "ctx": ctx, "p1np": p1np, "years_since_menopause": years_since_menopause,
        "glucocorticoid_mg_day": glucocorticoid_mg_day, "crcl_ml_min": crcl_ml_min,
        "calcium_and_vitamin_d": calcium_and_vitamin_d, "hip_risk_10y": hip_risk_10y,
        "major_risk_10y": major_risk_10y, "risk_source": risk_source, "vertebral_fracture": vertebral_fracture,
        "hip_fracture": hip_fracture, "other_fracture": other_fracture, "history": history,
    }  # fmt: skip
    subject = whose(chart, facts, on=on, jurisdiction=jurisdiction, patient=patient, settings=settings)
    found = subject.patient
    import msgspec

    from osteon.bone.ensemble import draw
    from osteon.bone.label import labels
    from osteon.bone.learn import learned
    from osteon.bone.search import NothingAllowedError
    from osteon.bone.search import search as best
    from osteon.bone.sequences import Budget
    from osteon.knowledge import load

    known = labels(load(on or today(), jurisdiction))
    for each in drug or ():
        if each not in known:
            message = f"no drug {each!r}; there are {', '.join(known)}"
            raise BadInputError(message)
    ensemble = learned(draw(found, samples, seed), found)
    try:
        answer = best(
            found, ensemble.parameters, ensemble.today_t, known, years=years, aim=aim, site=site, target=target,
            budget=Budget(visits=visits, treated_months=treated_months), drugs=drug or None, most_changes=changes,
            tested_only=tested_only,
            fractures=_fractures(found, years, samples, seed) if aim == "fractures" else None,
        )  # fmt: skip
    except NothingAllowedError as error:
        say(f"osteon: {error}")
        raise typer.Exit(ExitCode.BLOCKED) from error
    answer = msgspec.structs.replace(answer, flags=(*subject.flags, *answer.flags))
    if as_json:
        print_json(answer)
        return
    from osteon.report.forecast_bone import show_search
    from osteon.report.terminal import console

    show_search(answer, console())


def _fractures(patient: Patient, years: int, samples: int, seed: int) -> Callable[[Sequence[Regimen]], list[float]]:
    """How many of 100 people break a bone, for regimens that begin with the patient's history?"""
    from osteon.bone.forecast import forecast
    from osteon.bone.regimen import Regimen

    past = len(patient.history.courses)

    def per_100(wholes: Sequence[Regimen]) -> list[float]:
        plans = [Regimen(whole.courses[past:]) for whole in wholes]
        found = forecast(patient, plans, years=years, samples=samples, seed=seed)
        told = []
        for each in found:
            if each.fractures is None:
                message = f"fewest fractures cannot be looked for: {each.fracture_basis}"
                raise BadInputError(message)
            unbroken = 1.0
            for kind in ("vertebral", "nonvertebral"):
                fan = each.fractures.get(kind)
                unbroken *= 1.0 - fan.cumulative.median[-1] if fan else 1.0
            told.append(100.0 * (1.0 - unbroken))
        return told

    return per_100


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A line on stderr that says what is being done, where somebody looks at it; silence in a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal, transient=True) as bar:
        task = bar.add_task("fitting")
        yield lambda words, done, total: bar.update(task, description=words, completed=done, total=total)
