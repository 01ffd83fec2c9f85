"""What was understood of a chart, and what was left out and why?"""

from __future__ import annotations

from osteon.cli.answers import print_json
from osteon.cli.asking import AsJson, ChartPath, OnDay, OneOf, occasion
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

app = new_app("Show what was understood of a chart, and what was left out and why.")


@app.command()
def chart(
    chart: ChartPath,
    on: OnDay = None,
    patient: OneOf = "",
    as_json: AsJson = False,
) -> None:
    """Show what was understood of a chart, and what was left out and why."""
    at = occasion(chart, on, Jurisdiction.US, patient=patient)
    if as_json:
        print_json(at.chart)
    else:
        from osteon.report.screens import show_chart
        from osteon.report.terminal import console

        show_chart(at, console())
