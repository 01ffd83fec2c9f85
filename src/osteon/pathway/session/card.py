"""What does she take home in writing? Plain words, a part for each question she may have."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.drug import DrugClass, Route


class Part(Struct, frozen=True):
    """One question and its answers."""

    heading: str
    lines: tuple[str, ...]


class Card(Struct, frozen=True):
    """The aftercare card."""

    title: str
    parts: tuple[Part, ...]


_FLUIDS = "Drink as usual, and a little more today: about 1.5 to 2 litres, unless you were told to drink less."
_EASY = "Take it easy for a day or two: walking is good, heavy work can wait."


def card(
    drug: str, knowledge: Knowledge, *, next_on: date | None, phone: str, trouble_with_line: bool, reacted: bool
) -> Card:
    """The aftercare card of one dose. `phone` empty leaves a line to write on.

    The paracetamol plan follows the trial that took it every six hours for three days (WARK_2012).
    """
    known = knowledge.drugs[drug]
    is_flu_like = known.drug_class is DrugClass.BISPHOSPHONATE and known.route.value is not Route.SUBCUTANEOUS
    days = knowledge.parameter("session.acute_phase_ends").value
    fever = knowledge.parameter("session.acute_phase_fever_limit").value
    call = phone or "______________________"
    today = [_FLUIDS, _EASY] if known.route.value.is_intravenous else [_EASY]
    parts = [Part("Today and tomorrow", tuple(today))]
    if is_flu_like:
        parts.append(
            Part(
                "If you feel as with a flu",
                (
                    f"Fever, aches and tiredness may come in the first day and pass within {days:g} days.",
                    "They are no infection and no allergy, and are rarer after later infusions.",
                    "Paracetamol (acetaminophen) helps: 650 mg to 1 g every 6 hours, from 4 hours after the infusion.",
                    f"Take it for {days:g} days if you need it, at most 4 g a day; not if you were told not to.",
                ),
            )
        )
    urgent = ["trouble breathing, swelling of the face or throat, or fainting: call the emergency number at once"]
    soon = [
        "tingling round the mouth or in the fingers, cramps",
        "a red or painful eye, or seeing worse",
        "pain in the jaw, a loose tooth, a sore that does not heal",
        "new pain in the thigh, hip or groin",
        "passing much less urine",
    ]
    if is_flu_like:
        soon.insert(0, f"fever above {fever:g} °C, or fever and aches for longer than {days:g} days")
    if known.route.value.is_intravenous:
        soon.append("redness, swelling or pain where the needle was that spreads")
    parts.append(Part(f"Call us: {call}", (*urgent, *soon)))
    extra = [text for is_so, text in (
        (trouble_with_line, "There was trouble with the line today: look at your arm tomorrow and the day after."),
        (reacted, "You had a reaction today. Tell every doctor and nurse about it before a next dose."),
    ) if is_so]  # fmt: skip
    if extra:
        parts.append(Part("Because of today", tuple(extra)))
    parts.append(Part("For your bones", tuple(each.value for each in known.counselling)))
    when = f"{next_on.day} {next_on:%B %Y}" if next_on else "we will tell you"
    parts.append(Part("Your next dose", (f"Due about: {when}. Please do not let it be late.",)))
    return Card(f"After your {known.name}", tuple(parts))
