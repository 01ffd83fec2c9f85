"""What does chance say of patient i, under a seed and a name?

A random number here is a function of (seed, patient, name, place) and of nothing else: SplitMix64 (Steele, Lea and
Flood 2014, doi:10.1145/2714064.2660195) used as a hash. So a patient is the same in whatever block, process or shard
she is drawn, and a new draw changes none of the others.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
_Words: TypeAlias = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


class Chance:
    """The chance of the patients `first` … `first + patients - 1` under one seed. Every draw is named."""

    def __init__(self, seed: int, first: int, patients: int) -> None:
        start = _mixed(np.array([seed % 2**64], dtype=np.uint64))
        self._own = _mixed(start + np.arange(first, first + patients, dtype=np.uint64) * _STEP)

    def uniform(self, name: str, count: int) -> Floats:
        """(patients, count) numbers from 0 up to, not including, 1."""
        base = _mixed(self._own ^ _key(name))
        places = np.arange(1, count + 1, dtype=np.uint64) * _STEP
        return np.asarray((_mixed(base[:, None] + places) >> np.uint64(11)) * _TO_UNIT, dtype=np.float64)

    def one(self, name: str) -> Floats:
        """(patients,) numbers from 0 up to, not including, 1."""
        return self.uniform(name, 1)[:, 0]

    def normal(self, name: str, count: int) -> Floats:
        """(patients, count) standard normal numbers (Box and Muller)."""
        drawn = self.uniform(name, 2 * count)
        radius = np.sqrt(-2.0 * np.log1p(-drawn[:, :count]))
        return np.asarray(radius * np.cos(2.0 * np.pi * drawn[:, count:]))


@cache
def _key(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(sha256(name.encode()).digest()[:8], "big"))


def _mixed(words: _Words) -> _Words:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return np.asarray(words ^ (words >> np.uint64(31)))
