"""A plan as one HTML page: no script, nothing fetched, printable, readable by a screen reader."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

import osteon
from osteon.knowledge.types import Verified
from osteon.report.forecast_reading import table
from osteon.report.forecast_words import SITE
from osteon.report.outlook import SITES_IN_ROWS
from osteon.report.view import View
from osteon.report.words import VERIFIED, day, sentence


def page(view: View) -> str:
    """The whole page as text."""
    template = _environment().get_template("plan.html.j2")
    return template.render(view=view, css=_css(), version=osteon.__version__, **_bones(view))


def _bones(view: View) -> dict[str, Any]:
    """What the part about the bones needs: its pictures by name, and the words for them."""
    if view.outlook is None or not view.outlook.rows:
        return {"pictures": {}}
    from osteon.report.forecast_picture import inline_svg  # charts take half a second to load
    from osteon.report.outlook_pictures import charts, key

    drawn = {name: inline_svg(chart, prefix=f"bones-{name}") for name, chart in charts(view.outlook).items()}
    return {"pictures": drawn, "table": table, "key": key, "site_words": SITE, "sites_in_rows": SITES_IN_ROWS}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("osteon.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    environment.filters["sentence"] = sentence
    environment.filters["verified"] = lambda name: VERIFIED[Verified(name)]
    return environment


@cache
def _css() -> str:
    return resources.files("osteon.report").joinpath("templates/report.css").read_text("utf-8")
