"""The steps of the two reaction protocols and of trouble with a line, in order, each done with one touch."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.session.adrenaline import Adrenaline, adrenaline
from osteon.pathway.session.events import LineTrouble, ReactionKind
from osteon.pathway.session.state import Reaction, State, Trouble


class ProtocolStep(Struct, frozen=True):
    """A step: its id, its words, the dose in mg where one is given, and when it was done last."""

    id: str
    words: str
    dose_mg: float | None
    times_done: int


_OTHER = (
    ("keep", "Keep the line, change the set, run 0.9 % sodium chloride"),
    ("signs", "Vital signs now and every 5 minutes"),
    ("prescriber", "Call the prescriber"),
    ("treat", "Give what the prescriber orders (antihistamine, paracetamol)"),
)


def steps_of(reaction: Reaction, state: State, knowledge: Knowledge) -> tuple[ProtocolStep, ...]:
    """What to do, in order; the adrenaline with its dose by weight, or the adult dose where no weight is known."""
    if reaction.kind is ReactionKind.OTHER:
        return tuple(_step(reaction, name, words) for name, words in _OTHER)
    return tuple(
        _step(reaction, name, words, dose_mg)
        for name, words, dose_mg in anaphylaxis(adrenaline(state.weight_kg, knowledge))
    )


def anaphylaxis(dose: Adrenaline) -> tuple[tuple[str, str, float | None], ...]:
    """What to do in anaphylaxis, in order: the id of each step, its words, and the dose in mg where one is given."""
    return (
        ("stop", "Stop the infusion; keep the line and change the set", None),
        ("call", "Call for help, call the emergency number", None),
        ("lie", "Lay the patient flat, legs up; sitting if short of breath, on the left side if pregnant", None),
        ("adrenaline", dose.words[0].upper() + dose.words[1:], dose.dose_mg),
        ("oxygen", "Oxygen, high flow", None),
        ("fluid", "0.9 % sodium chloride, 500 to 1000 mL fast", None),
        ("tryptase", "Tryptase as soon as possible, and again after 1 to 4 hours", None),
    )


def _step(reaction: Reaction, name: str, words: str, dose_mg: float | None = None) -> ProtocolStep:
    return ProtocolStep(name, words, dose_mg, sum(each.step == name for each in reaction.steps))


_TROUBLE: dict[LineTrouble, tuple[tuple[str, str], ...]] = {
    LineTrouble.FAILED: (
        ("press", "Take the cannula out, press with dry gauze"),
        ("another", "Another site; after two attempts let somebody else try"),
    ),
    LineTrouble.INFILTRATION: (
        ("stop", "Stop the infusion"),
        ("remove", "Take the cannula out"),
        ("raise", "Raise the arm"),
        ("mark", "Mark the edge, note the size"),
        ("other_arm", "A new line, best in the other arm"),
    ),
    LineTrouble.EXTRAVASATION: (
        ("stop", "Stop the infusion, leave the cannula in for now"),
        ("aspirate", "Draw back what comes"),
        ("remove", "Take the cannula out"),
        ("raise", "Raise the arm"),
        ("cold", "Something cold for 20 minutes"),
        ("mark", "Mark the edge and take a photograph"),
        ("review", "Look again after 24 to 48 hours: give her the date"),
    ),
    LineTrouble.PHLEBITIS: (
        ("stop", "Stop the infusion"),
        ("remove", "Take the cannula out"),
        ("warm", "Note redness, swelling and pain along the vein"),
        ("other_arm", "A new line in another vein"),
        ("review", "Tell her whom to call if it spreads"),
    ),
    LineTrouble.VASOVAGAL: (
        ("flat", "Lay her flat, legs up"),
        ("signs", "Vital signs now and every 5 minutes"),
        ("think", "Think of a reaction: itching, wheeze, swelling? Then press the red button"),
        ("up", "Sit up slowly when pulse and pressure are back"),
    ),
}
"""Recalled practice, marked so on the page; the drugs of this clinic irritate, none of them kills tissue."""


def trouble_steps_of(trouble: Trouble) -> tuple[ProtocolStep, ...]:
    """What to do about the line, in order."""
    return tuple(
        ProtocolStep(name, words, None, trouble.steps.count(name)) for name, words in _TROUBLE[trouble.event.trouble]
    )
