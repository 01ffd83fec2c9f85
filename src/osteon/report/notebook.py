"""How does a forecast look in a notebook? The picture, its caption, and the table with the same numbers.

    from osteon.report.notebook import show
    show(forecast)

`bone` knows nothing of pictures, so a forecast is wrapped here instead of drawing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from osteon.bone.patient import Scan, Site
from osteon.bone.types import Forecast
from osteon.report.forecast_chart import fan_chart
from osteon.report.forecast_picture import inline_svg
from osteon.report.forecast_reading import caption, leading_site, table
from osteon.report.forecast_words import regimen_words
from osteon.report.words import sentence

if TYPE_CHECKING:
    import altair as alt


class Shown:
    """A forecast, or two, that a notebook displays by itself. `chart` is the Altair chart, to be changed or saved."""

    def __init__(
        self,
        forecasts: Forecast | Sequence[Forecast],
        *,
        site: Site | None = None,
        measured: Sequence[Scan] = (),
        target: float | None = None,
    ) -> None:
        self.forecasts = (forecasts,) if isinstance(forecasts, Forecast) else tuple(forecasts)
        self._how: dict[str, Any] = {"site": site, "measured": measured, "target": target}
        self.chart: alt.LayerChart = fan_chart(self.forecasts, **self._how)
        self.site: Site = site or leading_site(self.forecasts)

    def _repr_html_(self) -> str:
        """The display as HTML: it needs no script and nothing from the network."""
        picture = inline_svg(fan_chart(self.forecasts, titled=False, **self._how), prefix="osteon")
        words = "".join(f"<p>{escape(caption(each, self.site))}</p>" for each in self.forecasts)
        flags = "".join(
            f"<li><strong>{flag.kind}</strong>: {escape(sentence(flag.text))}</li>"
            for flag in dict.fromkeys(flag for each in self.forecasts for flag in each.flags)
        )
        tables = "".join(_table(each, self.site) for each in self.forecasts)
        return f'<div style="max-width:46rem">{words}{picture}{f"<ul>{flags}</ul>" if flags else ""}{tables}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The display in the forms that a notebook may choose from."""
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return " ".join(caption(each, self.site) for each in self.forecasts)


def show(
    forecasts: Forecast | Sequence[Forecast],
    *,
    site: Site | None = None,
    measured: Sequence[Scan] = (),
    target: float | None = None,
) -> Shown:
    """How does this forecast look? One, or two side by side; arguments as for `fan_chart`, with its errors."""
    return Shown(forecasts, site=site, measured=measured, target=target)


def _table(forecast: Forecast, site: Site) -> str:
    head, *rows = table(forecast, site)
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    name = escape(sentence(regimen_words(forecast.regimen)))
    return f"<details><summary>{name} The numbers</summary><table><tr>{top}</tr>{body}</table></details>"
