"""How an answer looks: terminal, HTML, PDF, and the picture of a forecast (`report.fan_chart`)."""

from typing import Any


def __getattr__(name: str) -> Any:
    # The picture brings altair, which no other answer needs.
    if name == "fan_chart":
        from osteon.report.forecast_chart import fan_chart

        return fan_chart
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
