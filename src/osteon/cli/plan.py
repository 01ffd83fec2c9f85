"""A chart in, a plan out: on the screen, as JSON, as a page, a document, or a FHIR bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import osteon
from osteon.cli.answers import print_json, say
from osteon.cli.asking import (
    AsJson,
    By,
    ChartPath,
    Explained,
    NoForecast,
    OnDay,
    OneOf,
    SettingsPath,
    Under,
    known_framework,
    occasion,
    today,
)
from osteon.cli.exits import BadInputError, ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from osteon.pathway.occasion import Occasion
    from osteon.pathway.plan import Plan

app = new_app("Plan a patient's treatment, from today to the way out of the drug.")

Asked = Annotated[str, typer.Option("--drug", metavar="ID", help="Plan with this drug instead of the best option.")]
PageFile = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the plan as an HTML page.")]
DocumentFile = Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write the plan as a PDF.")]
BundleFile = Annotated[Path | None, typer.Option("--fhir", metavar="FILE", help="Write the plan as a FHIR R4 bundle.")]
Earlier = Annotated[
    Path | None,
    typer.Option("--since", metavar="FILE", help="An earlier plan (JSON): does it stand, what changed?"),
]


@app.command()
def plan(
    chart: ChartPath,
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    framework: By = "",
    drug: Asked = "",
    patient: OneOf = "",
    settings: SettingsPath = None,
    as_json: AsJson = False,
    explain: Explained = False,
    html: PageFile = None,
    pdf: DocumentFile = None,
    fhir: BundleFile = None,
    since: Earlier = None,
    no_forecast: NoForecast = False,
) -> None:
    """Plan a patient's treatment: the diagnosis, the risk, the drug, every dated step, with reasons and sources.

    Forecasts what each option would do to the bones. Ends with 0 when a drug is planned or none is needed, 3 when what
    was asked for is blocked, 4 when it cannot be told.
    """
    from osteon.pathway.plan import UnknownDrugError
    from osteon.pathway.plan import plan as make_plan
    from osteon.pathway.replan import replan

    at = occasion(chart, on, jurisdiction, patient=patient, settings=settings)
    with mistakes_of_the_user(UnknownDrugError):
        earlier = earlier_plan(since) if since is not None else None
        revision = replan(earlier, at, drug=drug) if earlier is not None else None
        made = revision.plan if revision else make_plan(at, drug=drug, framework=known_framework(framework, at))
    if not no_forecast and made is not earlier:  # an earlier plan that stands, stands with the forecasts it has
        from msgspec.structs import replace

        from osteon.pathway.forecasts import with_forecasts

        made = with_forecasts(made, at)
        revision = replace(revision, plan=made) if revision else None
    answer = revision or made
    if as_json:
        from osteon.cli.explaining import explained

        print_json(explained(answer, at) if explain else answer)
    else:
        from osteon.report.terminal import console, show, show_revision
        from osteon.report.view import view

        if revision is not None:
            show_revision(revision, console())
        show(view(made, at), console(), explain=explain)
    for target, write in ((html, _page), (pdf, _document), (fhir, _bundle)):
        if target is not None:
            with mistakes_of_the_user(OSError):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(write(made, at))
            say(f"Wrote {target}")
    raise typer.Exit(_code(made))


def earlier_plan(file: Path) -> Plan:
    """A plan that `osteon plan --json` wrote. Raises `BadInputError` for anything else."""
    import msgspec

    from osteon.pathway.plan import Plan

    with mistakes_of_the_user(OSError):
        content = file.read_bytes()
    try:
        return msgspec.json.decode(content, type=Plan)
    except msgspec.MsgspecError as error:
        message = f"{file}: not a plan as `osteon plan --json` writes it: {error}"
        raise BadInputError(message) from error


def _code(made: Plan) -> int:
    from osteon.pathway.truth import Truth

    if made.chosen or made.assessment.osteoporosis is Truth.NO:
        return ExitCode.DONE
    return ExitCode.CANNOT_TELL if made.assessment.osteoporosis is Truth.CANNOT_TELL else ExitCode.BLOCKED


def _page(made: Plan, at: Occasion) -> bytes:
    from osteon.report.page import page
    from osteon.report.view import view

    return page(view(made, at)).encode()


def _document(made: Plan, at: Occasion) -> bytes:
    from osteon.report.document import document
    from osteon.report.view import view

    return document(view(made, at))


def _bundle(made: Plan, at: Occasion) -> bytes:
    import msgspec

    from osteon.exchange.plan import plan_bundle

    bundle = plan_bundle(made, at.chart, at.knowledge, recorded=today(), version=osteon.__version__)
    return msgspec.json.format(msgspec.json.encode(bundle), indent=1)
