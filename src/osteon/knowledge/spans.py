"""How many days is a unit of time?"""

from __future__ import annotations

DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
"""The length of each unit in days, by its UCUM code; a mean month is a twelfth of the Julian year of 365.25 days."""

DAYS_PER_MONTH = DAYS["mo"]
DAYS_PER_YEAR = DAYS["a"]
