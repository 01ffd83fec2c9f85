"""What counts where a person has answered the very question that a fact asks?"""

from __future__ import annotations

from datetime import date

from osteon.chart.types import Answer
from osteon.knowledge import Knowledge
from osteon.knowledge.types import FactEntry
from osteon.pathway.known import Ground, Known, unknown


def settled(inferred: Known, answers: tuple[Answer, ...], entry: FactEntry, on: date, knowledge: Knowledge) -> Known:
    """A spoken yes or no against what the rest of the chart says.

    The latest answer on or before the day wins over inference, with three limits: an answer about the day itself grows
    old (`answer_window`); a spoken no yields to a yes that the chart holds from a later day; and what a result decides
    (`by_result`) no spoken no can clear, while a spoken yes yields to a later result.
    """
    answer = next((each for each in reversed(answers) if each.when.earliest <= on), None)
    if entry.kind != "flag" or answer is None or not isinstance(answer.value, bool):
        return inferred
    age_d = (on - answer.when.earliest).days
    if entry.answer_window and age_d > knowledge.parameter(entry.answer_window).value:
        return _too_old(answer, age_d) if inferred.value is None else inferred
    if entry.by_result and (not answer.value or _is_newer(inferred, answer)):
        return inferred
    if not answer.value and inferred.value is True and _is_newer(inferred, answer):
        return inferred
    return Known(answer.value, (Ground("answered", answer.source, answer.when),))


def _too_old(answer: Answer, age_d: int) -> Known:
    days = "yesterday" if age_d == 1 else f"{age_d} days ago"
    ground = Ground("answered", answer.source, answer.when)
    return unknown(f"last answered {days} ({'yes' if answer.value else 'no'}): too long ago to count", ground)


def _is_newer(inferred: Known, answer: Answer) -> bool:
    as_of = inferred.as_of
    return as_of is not None and as_of > answer.when.latest
