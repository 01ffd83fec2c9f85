"""A plan as one HTML page: no script, nothing fetched, printable, readable by a screen reader."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

import osteon
from osteon.knowledge.types import Verified
from osteon.report.view import View
from osteon.report.words import VERIFIED, day, sentence


def page(view: View) -> str:
    """The whole page as text."""
    template = _environment().get_template("plan.html.j2")
    return template.render(view=view, css=_css(), version=osteon.__version__)


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
