"""What speaks for letting her go home, and what against it? Shown as hints; the nurse decides."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.risk.news2 import news2
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State
from osteon.pathway.session.watch import uses_news2


class Hint(Struct, frozen=True):
    """One criterion: what was seen, and whether it is met (None: cannot tell)."""

    words: str
    is_met: bool | None


_COMPARED = (("systolic_pressure", "Systolic pressure", "mmHg"), ("pulse", "Pulse rate", "/min"))


def hints_of(state: State, knowledge: Knowledge, policy: Policy) -> tuple[Hint, ...]:
    """The criteria that figures can answer: signs near the first set, NEWS2, reactions, trouble with the line."""
    after = [each for each in state.confirmed_vitals if state.ended_at and each.at >= state.ended_at]
    if not after:
        signs: list[Hint] = [Hint("No vital signs since the end: take a set.", None)]
    else:
        first, last = state.confirmed_vitals[0].signs, after[-1].signs
        share = knowledge.parameter("session.discharge_change").value
        signs = [
            _near(words, unit, getattr(first, name), getattr(last, name), share) for name, words, unit in _COMPARED
        ]
        signs.append(_score(state, policy, knowledge))
    graded = not state.reactions or all(each.is_over and each.grade for each in state.reactions)
    return (
        *signs,
        Hint("No reaction" if not state.reactions else "Every reaction graded and over", graded),
        Hint("No trouble with the line" if not state.troubles else "Look at the site once more", not state.troubles),
    )


def _near(words: str, unit: str, first: float | None, last: float | None, share: float) -> Hint:
    if first is None or last is None:
        return Hint(f"{words}: cannot tell, not taken both times", None)
    change = (last - first) / first * 100
    return Hint(f"{words} {last:g} {unit}, {change:+.0f} % from the first set ({first:g})", abs(change) <= share)


def _score(state: State, policy: Policy, knowledge: Knowledge) -> Hint:
    if not uses_news2(state, policy):
        return Hint("NEWS2 does not hold for her", None)
    first, last = (news2(state.confirmed_vitals[which].signs, knowledge) for which in (0, -1))
    now, before = last.figures[0].value, first.figures[0].value
    if last.missing:
        return Hint(f"NEWS2: cannot tell, at least {now:g}", False if now > max(before, 1) else None)
    return Hint(f"NEWS2 {now:g} (first set: {before:g})", now <= max(1, before))
