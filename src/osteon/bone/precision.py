"""How far is one measurement from the truth?

A scan errs by its precision and by how the patient lay; a marker varies from day to day, and the model's link between
marker and remodelling is not exact. Figures and sources: data/between_patients.json.
"""

from functools import cache
from importlib import resources

import msgspec
import numpy as np

from osteon.bone.patient import MARKERS, SITES, Marker, Site
from osteon.bone.schedule import Floats

LEAST_SIGNIFICANT = 2.77
"""Two scans differ by more than 2.77 precision errors in one of twenty pairs without any change (1.96 times root 2)."""


class ScanError(msgspec.Struct, frozen=True):
    """How far is one scan from the truth, one SD in per cent of density?"""

    sd_pct: float
    known: str
    source: str


class MarkerError(msgspec.Struct, frozen=True):
    """How far is one blood test from what the model means, as a share of the level (one SD)?

    `within` varies from day to day in the patient; `model` is the error of the link between marker and remodelling.
    """

    within: float
    model: float
    known: str
    source: str


class _Shipped(msgspec.Struct, frozen=True):
    scan_error: dict[Site, ScanError]
    marker_error: dict[Marker, MarkerError]


@cache
def shipped() -> _Shipped:
    """Which errors of measurement does this version carry?"""
    found = resources.files("osteon.bone").joinpath("data/between_patients.json").read_bytes()
    return msgspec.json.decode(found, type=_Shipped)


def scan_error_pct() -> Floats:
    """What is one SD of a scan's error, in per cent of density? (3,) in the order of `SITES`."""
    return np.array([shipped().scan_error[site].sd_pct for site in SITES])


def scan_error_log() -> Floats:
    """What is one SD of a scan's error on the scale of log density? (3,)."""
    return scan_error_pct() / 100.0


def marker_error_log() -> Floats:
    """What is one SD of a blood test's error on the scale of its logarithm? (2,) for CTX and P1NP.

    Day-to-day variation and the model's own error add in variance; a coefficient of variation c is an SD of
    sqrt(ln(1 + c^2)) of the logarithm.
    """
    errors = [shipped().marker_error[marker] for marker in MARKERS]
    return np.array([float(np.sqrt(np.log1p(each.within**2 + each.model**2))) for each in errors])


def least_significant_change_pct() -> Floats:
    """Which change between two scans is more than their errors explain (95 %)? (3,) in per cent of density."""
    return LEAST_SIGNIFICANT * scan_error_pct()
