"""Which drugs could this patient have, in which standing?"""

from __future__ import annotations

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
)
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

app = new_app("List every drug of the formulary with its standing for a patient.")


@app.command()
def options(
    chart: ChartPath,
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    framework: By = "",
    patient: OneOf = "",
    settings: SettingsPath = None,
    as_json: AsJson = False,
    explain: Explained = False,
    no_forecast: NoForecast = False,
) -> None:
    """List every drug with its standing (recommended, suitable, caution, cannot tell, blocked) and reasons.

    Forecasts what each that is not blocked would do to the bones.
    """
    from osteon.pathway.assess import assess
    from osteon.pathway.candidacy import candidacy
    from osteon.pathway.options import options as choices
    from osteon.pathway.plan import default_framework

    at = occasion(chart, on, jurisdiction, patient=patient, settings=settings)
    assessment = assess(at)
    suited = candidacy(at, assessment.osteoporosis)
    answer = choices(at, assessment, suited, known_framework(framework, at) or default_framework(at))
    outlook = None
    if not no_forecast:
        from osteon.pathway.forecasts import option_forecasts

        answer, outlook = option_forecasts(at, answer)
    if as_json:
        from osteon.cli.explaining import explained

        if outlook and outlook.why_not:
            say(outlook.why_not)
        print_json(explained(answer, at) if explain else answer)
    else:
        from osteon.report.screens import show_options
        from osteon.report.terminal import console

        show_options(answer, outlook, at, console(), explain=explain)
