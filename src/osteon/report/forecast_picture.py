"""How does a chart become a file? As SVG or PNG, drawn on this machine, with nothing fetched."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

_OPENING = re.compile(r'^<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"')

PNG_SCALE = 2.0
"""Pixels of the file for each pixel of the chart: sharp in print and on dense screens (design)."""


def svg(chart: alt.LayerChart | alt.HConcatChart) -> str:
    """The picture as SVG, a file of its own, with its description for screen readers."""
    spec = _spec(chart)
    opening, rest = _drawn(spec).split(">", 1)
    return f'{opening} role="img"><title>{escape(spec.get("description", ""))}</title>{rest}'


def png(chart: alt.LayerChart | alt.HConcatChart) -> bytes:
    """The picture as PNG, at twice the size of the chart."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(_spec(chart), scale=PNG_SCALE)
    return drawn


def inline_svg(chart: alt.LayerChart, *, prefix: str) -> str:
    """The picture as part of a page: it grows with the page, and its ids begin with `prefix` so that none repeats.

    Hidden from screen readers: the page says the caption before and the table after it.
    """
    text = _drawn(_spec(chart))
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    text = re.sub(r' (?:role|aria-\w+)="[^"]*"', "", text)
    return _OPENING.sub(r'<svg aria-hidden="true" focusable="false" \1', text)


def _drawn(spec: dict[str, Any]) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec)
    return drawn


def _spec(chart: alt.LayerChart | alt.HConcatChart) -> dict[str, Any]:
    # Checking the chart against the schema of Vega-Lite takes longer than drawing it; the tests do it.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec
