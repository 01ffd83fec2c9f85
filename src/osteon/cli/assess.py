"""Is it osteoporosis, how high is the risk, and what is missing to say so?"""

from __future__ import annotations

import typer

from osteon.cli.answers import print_json
from osteon.cli.asking import (
    AsJson,
    By,
    ChartPath,
    Explained,
    OnDay,
    OneOf,
    SettingsPath,
    Under,
    known_framework,
    occasion,
)
from osteon.cli.exits import ExitCode
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

app = new_app("Judge a patient's bones against every guideline, side by side.")


@app.command()
def assess(
    chart: ChartPath,
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    framework: By = "",
    patient: OneOf = "",
    settings: SettingsPath = None,
    as_json: AsJson = False,
    explain: Explained = False,
) -> None:
    """Judge a patient's bones: diagnosis, risk in each guideline, scores, what is missing.

    Ends with 4 where it cannot be told.
    """
    from osteon.pathway.assess import assess as judge
    from osteon.pathway.plan import default_framework
    from osteon.pathway.truth import Truth

    at = occasion(chart, on, jurisdiction, patient=patient, settings=settings)
    answer = judge(at)
    if as_json:
        from osteon.cli.explaining import explained

        print_json(explained(answer, at) if explain else answer)
    else:
        from osteon.report.screens import show_assessment
        from osteon.report.terminal import console

        chosen = known_framework(framework, at) or default_framework(at)
        show_assessment(answer, chosen, at, console(), explain=explain)
    raise typer.Exit(ExitCode.CANNOT_TELL if answer.osteoporosis is Truth.CANNOT_TELL else ExitCode.DONE)
