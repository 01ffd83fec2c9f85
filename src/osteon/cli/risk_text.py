"""How does a score read to a person? The sentence first, then what it rests on and what it must not be used for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from osteon.cli.knowledge_text import MARKS
from osteon.knowledge import Knowledge
from osteon.pathway.risk.inputs import Input, accepts
from osteon.pathway.risk.score import Score, Used
from osteon.pathway.risk.tools import Tool, Tools
from osteon.pathway.wording import SPOKEN_UNITS

WIDTH = 100


def score_text(score: Score, knowledge: Knowledge) -> str:
    """The answer of one calculator."""
    lines = [*_wrapped(score.text), ""]
    if score.inputs:
        lines += _list("From", [_input(each) for each in score.inputs])
    if score.assumed:
        lines += _list("Counted as absent, because not given", score.assumed)
    lines += [line for warning in score.warnings for line in _wrapped(warning, "! ")]
    if score.citations:
        lines += ["", f"Sources ({MARKS[score.verified]})"]
        lines += [
            line for key in score.citations for line in _wrapped(f"{key}: {knowledge.citations[key].title}", "  ")
        ]
    if score.disclaimer:
        lines += ["", *_wrapped(score.disclaimer)]
    return "\n".join(lines).rstrip()


def tools_text(tools: Tools) -> str:
    """Every calculator in two lines: its question, and what it needs."""
    lines: list[str] = []
    for tool in tools.tools:
        needed = [each.name for each in tool.inputs if each.needed]
        more = len(tool.inputs) - len(needed)
        lines += [f"{tool.id}: {tool.question}"]
        lines += _wrapped(f"needs {', '.join(needed)}{f'; takes {more} more' if more else ''}", "    ")
    return "\n".join([*lines, "", "`osteon risk TOOL` says what each input is and which units it takes."])


def tool_text(tool: Tool, knowledge: Knowledge) -> str:
    """One calculator with everything that it asks."""
    optional = [each for each in tool.inputs if not each.needed]
    lines = [tool.question, "", "It needs"]
    lines += [line for each in tool.inputs if each.needed for line in _asked(each, knowledge)]
    if optional:
        lines += ["", "It takes, if known", *(line for each in optional for line in _asked(each, knowledge))]
    return "\n".join(lines)


def _asked(asked: Input, knowledge: Knowledge) -> list[str]:
    label = f"{asked.label}: " if asked.label != asked.name.replace("_", " ") else ""
    absent = f"; not given: {asked.absent}" if asked.absent else ""
    return textwrap.wrap(
        f"{asked.name}  {label}{accepts(asked, knowledge)}{absent}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_on_hyphens=False,
    )


def _input(used: Used) -> str:
    unit = SPOKEN_UNITS.get(used.unit, used.unit)
    return f"{used.name} {_said(used.value)} {unit}".rstrip() + (f" (typed {used.was})" if used.was else "")


def _said(value: float | bool | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.5g}"


def _list(heading: str, items: Iterable[str]) -> list[str]:
    return [*_wrapped(f"{heading}: {'; '.join(items)}."), ""]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False
    )
