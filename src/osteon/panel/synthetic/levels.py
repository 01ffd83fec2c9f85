"""Which calcium, albumin, creatinine, eGFR and vitamin D do the invented people have?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from osteon.panel.synthetic.bones import Flags
from osteon.panel.synthetic.chance import Chance, Floats
from osteon.panel.synthetic.figures import by_age, figure
from osteon.panel.synthetic.person import Level

PANELS = (0, 3)
"""At which visits, counted back from the last one, is blood drawn?"""


class Levels(NamedTuple):
    """Values per person and panel; vitamin D once, or never."""

    calcium: Floats
    albumin: Floats
    egfr: Floats
    creatinine: Floats
    vitamin_d: Floats
    is_vitamin_d_known: Flags


def levels(chance: Chance, age: Floats, is_woman: Flags) -> Levels:
    """The values of everyone: a person's own, and around it what differs from one panel to the next."""
    own, spread = chance.normal("levels", 3), chance.normal("levels by panel", 3 * len(PANELS))
    n = len(PANELS)
    mostly, partly = np.sqrt(0.7), np.sqrt(0.3)
    calcium, albumin, kidney = (mostly * own[:, [k]] + partly * spread[:, k * n : (k + 1) * n] for k in range(3))
    mean = by_age("egfr", age)[:, None]
    egfr = np.clip(np.round(mean + figure("egfr_sd") * kidney), 8, 125)
    vitamin = figure("vitamin_d", "median") * np.exp(figure("vitamin_d", "log_sd") * chance.normal("vitamin d", 1))
    return Levels(
        calcium=np.round(np.clip(figure("calcium", "mean") + figure("calcium", "sd") * calcium, 6.5, 12.5), 1),
        albumin=np.round(np.clip(figure("albumin", "mean") + figure("albumin", "sd") * albumin, 2.0, 5.4), 1),
        egfr=egfr,
        creatinine=np.round(creatinine(egfr, age[:, None], is_woman[:, None]), 2),
        vitamin_d=np.asarray(np.round(np.clip(vitamin[:, 0], 4.0, 100.0), 1), dtype=np.float64),
        is_vitamin_d_known=chance.one("vitamin d tested") < figure("vitamin_d_tested"),
    )


def creatinine(egfr: Floats, age: Floats, is_woman: Flags) -> Floats:
    """The creatinine (mg/dL) at which CKD-EPI 2021 (Inker, NEJM 385:1737) answers this eGFR (mL/min/1.73 m2)."""
    kappa, alpha = np.where(is_woman, 0.7, 0.9), np.where(is_woman, -0.241, -0.302)
    ratio = egfr / (142.0 * 0.9938**age * np.where(is_woman, 1.012, 1.0))
    return np.asarray(kappa * np.where(ratio >= 1.0, ratio ** (1.0 / alpha), ratio ** (-1.0 / 1.2)))


def dated(found: Levels, place: int, visits: list[int]) -> list[Level]:
    """The values of one person on the days of her visits."""
    out = []
    for panel, visit in enumerate(PANELS):
        if visit >= len(visits):
            break
        day = visits[visit]
        out += [
            Level("calcium", day, float(found.calcium[place, panel])),
            Level("albumin", day, float(found.albumin[place, panel])),
            Level("creatinine", day, float(found.creatinine[place, panel])),
            Level("egfr", day, float(found.egfr[place, panel])),
        ]
    if visits and found.is_vitamin_d_known[place]:
        out.append(Level("vitamin_d_25oh", visits[min(1, len(visits) - 1)], float(found.vitamin_d[place])))
    return out
