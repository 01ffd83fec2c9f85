"""Which numbers does the model take for each patient of a population?

The parameters of the model, what is known of each patient (T-scores, sex, age, menopause, glucocorticoids), and what
makes people differ beyond that.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from osteon.bone.between_patients import applied
from osteon.bone.between_patients import drawn as effects_of
from osteon.bone.covariates import Traits, changed, spreads_of
from osteon.bone.populations import People
from osteon.bone.posterior import Drawn, draw
from osteon.bone.precision import scan_error_pct
from osteon.bone.schedule import Floats
from osteon.bone.types import Flag

DRAWS = 256
"""Draws of the model that a trial spreads over its blocks; the first number of a block's seed names them."""


class Individuals(NamedTuple):
    """`parameters` (N, len(NAMES)) as `simulate` takes them; `precision_pct` (3,) error of one scan, one SD."""

    parameters: Floats
    precision_pct: Floats
    flags: tuple[Flag, ...]


Ensemble = Callable[[People, int, Sequence[int]], Individuals]
"""Called with the people of a block, the number of the block (one draw of the model each) and the block's seed."""


def individuals(people: People, block: int, seed: Sequence[int]) -> Individuals:
    """Which parameters do these people have, if block number `block` follows one draw of the model?

    Everyone takes calcium and vitamin D and has the kidneys of the trials; the flags say so.
    """
    drawn = _drawn(seed[0])
    count = len(people.age)
    mine = np.full(count, block % DRAWS)
    traits = Traits(
        t_score=people.t_score,
        male=people.male,
        age=people.age,
        years_since_menopause=people.years_since_menopause,
        glucocorticoid_mg_day=people.glucocorticoid_mg_day,
        crcl_ml_min=np.full(count, np.nan),
        supplements=np.ones(count, bool),
    )
    average = changed(drawn.parameters[mine], traits, drawn.scaling[mine])
    effects = effects_of(count, np.random.default_rng(seed))
    return Individuals(applied(average, effects, spreads_of(traits)), scan_error_pct(), _ASSUMED)


_ASSUMED = (Flag("assumed", "everyone takes calcium and vitamin D and has the kidneys of the women in the trials"),)


@cache
def _drawn(seed: int) -> Drawn:
    return draw(DRAWS, seed)
