"""HEDIS OMW: was the osteoporosis of a woman who broke a bone managed? From 67 to 85 on the last day of the period.

On which day the age counts is recalled from the published measure: the description at hand does not say.
"""

from __future__ import annotations

from osteon.pathway.measures.after_fracture import Ages, looked_after
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import Populations
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.value_sets import ValueSets

AGES = Ages(67, 85, on_last_day=True)


def hedis_omw(resources: Resources, period: Period, value_sets: ValueSets) -> Populations:
    """In which populations of HEDIS OMW is this patient?"""
    return looked_after(resources, period, value_sets, AGES)
