"""May this drug be given to this patient on this day?"""

from __future__ import annotations

from typing import Annotated

import typer

from osteon.cli.answers import print_json
from osteon.cli.asking import AsJson, ChartPath, Explained, OnDay, OneOf, SettingsPath, Under, occasion
from osteon.cli.exits import BadInputError, ExitCode
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

app = new_app("Check whether a patient is ready for a drug on a day.")


@app.command()
def gate(
    chart: ChartPath,
    drug: Annotated[str, typer.Option("--drug", metavar="ID", help="The drug, for instance zoledronic_acid.")],
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    patient: OneOf = "",
    settings: SettingsPath = None,
    as_json: AsJson = False,
    explain: Explained = False,
) -> None:
    """Check whether a patient is ready for a drug: ready (0), not ready (3), cannot tell (4), check by check."""
    from osteon.pathway.gate import Readiness
    from osteon.pathway.gate import gate as checks

    at = occasion(chart, on, jurisdiction, patient=patient, settings=settings)
    if drug not in at.knowledge.drugs:
        message = f"no drug {drug!r}; there are {', '.join(at.knowledge.drugs)}"
        raise BadInputError(message)
    answer = checks(at.knowledge.drugs[drug], at)
    if as_json:
        from osteon.cli.explaining import explained

        print_json(explained(answer, at) if explain else answer)
    else:
        from osteon.report.screens import show_gate
        from osteon.report.terminal import console

        show_gate(answer, at, console(), explain=explain)
    codes = {
        Readiness.READY: ExitCode.DONE,
        Readiness.NOT_READY: ExitCode.BLOCKED,
        Readiness.CANNOT_TELL: ExitCode.CANNOT_TELL,
    }
    raise typer.Exit(codes[answer.verdict])
