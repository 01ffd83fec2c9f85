"""How do patients differ from the average of a trial?

Each patient carries a few random effects, one standard normal number each: how fast her bone turns over, at which
sites, how fast she loses bone untreated, how strongly each class of drug and the rebound act on her. Their SDs come
from the published spread of density changes between patients, less the noise of two scans
(data/between_patients.json names every figure and its source). Multiplying effects keep the mean of the response, so
that the average patient stays the average of the trials.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from osteon.bone.parameters import ROW
from osteon.bone.schedule import Floats

Known = Literal["source", "recalled", "fitted", "design"]


class Effect(NamedTuple):
    """Which parameters does one random effect move, and how?

    `log` multiplies and nearly keeps the mean of the response, `median` multiplies and keeps the median, `inverse`
    divides (a half-effect dose: stronger response, smaller dose), `add` shifts, `logit` shifts the log odds of a share
    between 0 and 1. `needs` names drugs without which the effect cannot be seen; empty where it always can.
    """

    link: Literal["log", "median", "inverse", "share", "add", "logit"]
    columns: tuple[str, ...]
    needs: tuple[str, ...] = ()


BISPHOSPHONATES = (
    "alendronate",
    "risedronate",
    "ibandronate",
    "ibandronate_oral",
    "pamidronate",
    "zoledronic_acid",
)

TABLETS = ("alendronate", "risedronate", "ibandronate_oral")

TABLETS_TAKEN = 0.75
"""Middle of the share of tablets taken, by the clinic or pharmacy count (design, near DAPS: 76.6 % of women took their
weekly tablets as meant). The regimen itself stands for this middle; `tablets` spreads people around it."""

TABLETS_SD = 3.0
"""SD of the logit of that share among people treated with tablets in daily life: about one in five takes less than a
fifth, one in three more than nine tenths (design, between DAPS and the Italian cohort of data/persistence.json)."""

EFFECTS: dict[str, Effect] = {
    "turnover": Effect("log", ("kLS", "kTH", "kFN")),
    "rate_spine": Effect("log", ("kLS",)),
    "rate_hip": Effect("log", ("kTH", "kFN")),
    "rate_neck": Effect("log", ("kFN",)),
    "slope": Effect("add", ("sLS", "sTH", "sFN")),
    "slope_spine": Effect("add", ("sLS",)),
    "slope_hip": Effect("add", ("sTH", "sFN")),
    "denosumab": Effect("logit", ("bD",), ("denosumab",)),
    "denosumab_duration": Effect("median", ("ED",), ("denosumab",)),
    "rebound": Effect("log", ("psi",), ("denosumab", "romosozumab", "raloxifene")),
    "bisphosphonate": Effect("inverse", ("ECaln", "ECris", "ECibo", "ECibn", "ECpam", "ECzol"), BISPHOSPHONATES),
    "formation_spine": Effect("log", ("sgLS",), ("teriparatide", "abaloparatide", "romosozumab")),
    "tablets": Effect("share", ("ECaln", "ECris", "ECibo"), TABLETS),
    "anabolic": Effect("log", ("pT", "cT", "aT", "pA", "cA", "aA"), ("teriparatide", "abaloparatide")),
    "romosozumab": Effect("log", ("pR", "gR"), ("romosozumab",)),
    "raloxifene": Effect("logit", ("rX",), ("raloxifene",)),
}
"""The random effects, in the order of their columns."""

BIAS = 0.3
"""Share of the variance taken off the logarithm of a multiplying effect. Half would keep the mean of the parameter; the
response rises less than in proportion, and three tenths keep the mean response of the treated to 5 % (measured)."""

TURNOVER = 0
"""Column of the effect that goes with the level of the turnover markers."""


class Spread(msgspec.Struct, frozen=True):
    """How far do patients differ in one effect (one SD), and how is that known?"""

    sd: float
    known: Known
    source: str


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Which spread between patients did a study report?

    `sd` of the change of `quantity` from month 0, in points of per cent (density) or of its natural logarithm
    (markers). `of` says what it contains: `two scans` their noise too, `excess` only what the drug adds to the
    variance of the comparator (noise and untreated slope fall out).
    """

    study: str
    regimen: str
    month: float
    quantity: Literal["lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np"]
    sd: float
    people: int
    of: Literal["two scans", "excess"]
    use: Literal["fit", "check"]
    known: Known
    source: str


class BetweenPatients(msgspec.Struct, frozen=True):
    """What is shipped on the differences between patients."""

    version: str
    effects: dict[str, Spread]
    targets: tuple[Target, ...]


@cache
def shipped() -> BetweenPatients:
    """Which spreads does this version carry, and from what?"""
    found = resources.files("osteon.bone").joinpath("data/between_patients.json").read_bytes()
    return msgspec.json.decode(found, type=BetweenPatients)


def spreads(changed: Mapping[str, float] | None = None) -> Floats:
    """What are the SDs of the effects, in the order of `EFFECTS`? (effects,). `changed` replaces some by name.

    Raises ValueError for a name that is no effect.
    """
    known = {name: shipped().effects[name].sd for name in EFFECTS}
    unknown = set(changed or ()) - set(known)
    if unknown:
        msg = f"no such effect: {', '.join(sorted(unknown))}; use {', '.join(EFFECTS)}"
        raise ValueError(msg)
    return np.array(list({**known, **(changed or {})}.values()))


def drawn(patients: int, chance: np.random.Generator) -> Floats:
    """Which effects do these patients have, in SDs? (patients, effects), standard normal and independent."""
    return chance.standard_normal((patients, len(EFFECTS)))


def applied(parameters: Floats, effects: Floats, sd: Floats | None = None) -> Floats:
    """Which parameters has each patient, if these are the average patient's and those her effects?

    `parameters` (N, len(NAMES)) and `effects` (N, effects) in SDs, `sd` (effects,) or (N, effects) with the shipped
    spreads as default. Answers a new array (N, len(NAMES)).
    """
    scale = spreads() if sd is None else sd
    shift = effects * scale
    bias = BIAS * np.broadcast_to(np.square(scale), effects.shape)
    out = np.array(parameters)
    for place, effect in enumerate(EFFECTS.values()):
        columns = [ROW[name] for name in effect.columns]
        move = shift[:, place, None]
        if effect.link == "add":
            out[:, columns] += move
        elif effect.link == "log":
            out[:, columns] *= np.exp(move - bias[:, place, None])
        elif effect.link == "share":
            odds = TABLETS_TAKEN / (1.0 - TABLETS_TAKEN) * np.exp(move)
            out[:, columns] *= TABLETS_TAKEN * (1.0 + 1.0 / odds)
        elif effect.link in ("median", "inverse"):
            out[:, columns] *= np.exp(-move if effect.link == "inverse" else move)
        else:
            odds = out[:, columns] / (1.0 - out[:, columns]) * np.exp(move)
            out[:, columns] = odds / (1.0 + odds)
    return out


def seen_with(drugs: tuple[str, ...]) -> Floats:
    """Which effects can treatment with these drugs show? (effects,) of 1 and 0."""
    return np.array([float(not effect.needs or bool(set(effect.needs) & set(drugs))) for effect in EFFECTS.values()])
