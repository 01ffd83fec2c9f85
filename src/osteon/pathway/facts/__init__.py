"""The named facts: plain functions of an occasion, one idea each. Importing this package registers them all.

A fact with `record` in the vocabulary needs no function: `recorded` reads it. The others live by theme.
"""

from osteon.pathway.facts import (
    allergies,
    conditions,
    daily,
    density,
    density_change,
    exits,
    fracture_times,
    fractures,
    glucocorticoids,
    injected,
    kidney,
    markers,
    menopause,
    minerals,
    person,
    recorded,
    risk,
    safety,
    tablets,
    treatment,
    workup,
)

__all__ = [
    "allergies",
    "conditions",
    "daily",
    "density",
    "density_change",
    "exits",
    "fracture_times",
    "fractures",
    "glucocorticoids",
    "injected",
    "kidney",
    "markers",
    "menopause",
    "minerals",
    "person",
    "recorded",
    "risk",
    "safety",
    "tablets",
    "treatment",
    "workup",
]
