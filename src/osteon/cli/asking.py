"""Which chart, which day, under which labels? What every command about a patient is asked in the same words."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.answers import read_stdin
from osteon.cli.exits import BadInputError, mistakes_of_the_user
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from osteon.pathway.occasion import Occasion


def day_of(text: str | date) -> date:
    """A day as people type it on a command line: 2026-11-23."""
    try:
        return text if isinstance(text, date) else date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a day; write it as 2026-11-23"
        raise typer.BadParameter(message) from error


def today() -> date:
    """The day of this machine's clock, in its own time zone. Only the command line asks for it."""
    return datetime.now(UTC).astimezone().date()


ChartPath = Annotated[
    str,
    typer.Argument(
        metavar="CHART", help="A FHIR R4 bundle, NDJSON, a folder, a plain chart (CSV, JSON), or - for stdin."
    ),
]
OnDay = Annotated[
    date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day to judge by; today if not given.")
]
Under = Annotated[Jurisdiction, typer.Option("--jurisdiction", help="Whose labels apply.", case_sensitive=False)]
By = Annotated[str, typer.Option("--framework", metavar="ID", help="The guideline that names the first choice.")]
OneOf = Annotated[str, typer.Option("--patient", metavar="ID", help="Which patient, where the source holds several.")]
SettingsPath = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="The clinic's own values for program defaults (YAML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout (see: osteon schema).")]
NoForecast = Annotated[bool, typer.Option("--no-forecast", help="Leave out what each option would do to the bones.")]
Explained = Annotated[bool, typer.Option("--explain", help="Print the tree of reasons with its citations.")]


def occasion(
    chart: str, on: date | None, jurisdiction: Jurisdiction, *, patient: str = "", settings: Path | None = None
) -> Occasion:
    """Read a chart and set it on a day, under the knowledge in force. Raises `BadInputError`."""
    import osteon.pathway.facts  # noqa: F401 - registers the facts
    from osteon.chart.errors import ChartError
    from osteon.chart.read import read
    from osteon.knowledge.in_force import SettingError, load
    from osteon.pathway.occasion import Occasion

    day = on or today()
    with mistakes_of_the_user(ChartError, SettingError, OSError):
        knowledge = load(day, jurisdiction, settings_from(settings))
        source: Path | bytes = read_stdin() if chart == "-" else Path(chart)
        found = read(source, knowledge, patient=patient or None, on=day, maximum_document_bytes=largest_document())
        return Occasion(found, day, knowledge)


def largest_document() -> int:
    """How large may one document be, in bytes? 256 MB, or `OSTEON_MAX_DOCUMENT_MB`."""
    megabytes = os.environ.get("OSTEON_MAX_DOCUMENT_MB", "256")
    if not megabytes.isdecimal() or int(megabytes) == 0:
        message = f"OSTEON_MAX_DOCUMENT_MB: expected a whole number of megabytes, got {megabytes!r}"
        raise BadInputError(message)
    return int(megabytes) * 1024 * 1024


def settings_from(file: Path | None) -> dict[str, float]:
    """The clinic's settings: dotted paths of program defaults and numbers. From a file, or `OSTEON_SETTINGS`."""
    named = os.environ.get("OSTEON_SETTINGS", "")
    path = file or (Path(named) if named else None)
    if path is None:
        return {}
    import yaml

    with mistakes_of_the_user(OSError, yaml.YAMLError):
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    if not isinstance(content, dict) or not all(isinstance(value, int | float) for value in content.values()):
        message = f"{path}: expected lines such as `parameters.plan.test_lead: 21`"
        raise BadInputError(message)
    return {str(key): float(value) for key, value in content.items()}


def known_framework(framework: str, at: Occasion) -> str:
    """The guideline that was asked for. Raises `BadInputError` for one that is not there."""
    with_categories = [each.id for each in at.knowledge.frameworks.values() if each.categories]
    if framework and framework not in with_categories:
        message = f"no guideline {framework!r} with risk categories; there are {', '.join(with_categories)}"
        raise BadInputError(message)
    return framework
