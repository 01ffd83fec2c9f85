"""Of which shape is an answer? The JSON Schema of everything that `--json` prints."""

from __future__ import annotations

from importlib import import_module
from types import GenericAlias
from typing import Annotated, Any

import msgspec
import typer

from osteon.cli.answers import print_json, print_text
from osteon.cli.exits import BadInputError
from osteon.cli.main import new_app

ANSWERS = {
    "plan": "osteon.pathway.plan:Plan",
    "revision": "osteon.pathway.replan:Revision",
    "assess": "osteon.pathway.assess:Assessment",
    "options": "osteon.pathway.options:Option[]",
    "gate": "osteon.pathway.gate:Gate",
    "chart": "osteon.chart.types:Chart",
    "explained": "osteon.cli.explaining:Explanation",
    "risk": "osteon.pathway.risk.score:Score",
    "risk-tools": "osteon.pathway.risk.tools:Tools",
    "forecast": "osteon.bone.types:Forecast[]",
    "trial": "osteon.bone.trial:Trial",
    "bone-validate": "osteon.bone.validate:Validation",
    "bone-fit": "osteon.bone.posterior:Posterior",
    "bone-search": "osteon.bone.search:Found",
    "knowledge-list": "osteon.knowledge.catalogue:Catalogue",
    "knowledge-show": "osteon.knowledge.catalogue:Entry",
    "knowledge-check": "osteon.knowledge.check:Report",
    "audit-verify": "osteon.clinic.audit.verdict:Verdict",
    "backup": "osteon.clinic.ops.taken:Taken",
    "restore": "osteon.clinic.audit.verdict:Verdict",
    "session-replay": "osteon.pathway.session.record:Record",
    "panel-measure": "osteon.panel.measure:Line",
    "panel-fetch": "osteon.panel.bulk_client:Fetched",
    "panel-synthesize": "osteon.panel.synthetic.write:Made",
}
"""Every answer by name, and the type it is written from; `[]` marks a list of them."""

app = new_app("Print the JSON Schema of an answer.")


@app.command()
def schema(
    answer: Annotated[
        str, typer.Argument(help=f"One of: {', '.join(ANSWERS)}. Without it, all names are listed.")
    ] = "",
) -> None:
    """Print the JSON Schema of what a command prints with --json."""
    if not answer:
        print_text("\n".join(ANSWERS))
        return
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(type_of(answer))})


def type_of(answer: str) -> Any:
    """The type that an answer is written from."""
    if answer not in ANSWERS:
        message = f"no answer is called {answer!r}; there are {', '.join(ANSWERS)}"
        raise BadInputError(message)
    module, name = ANSWERS[answer].removesuffix("[]").split(":")
    item = getattr(import_module(module), name)
    return GenericAlias(list, (item,)) if ANSWERS[answer].endswith("[]") else item
