"""The knowledge in force here on a day: the clinic's jurisdiction and its own settings."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.conf import settings

import osteon.pathway.facts  # noqa: F401 - registers the facts
from osteon.knowledge import Knowledge
from osteon.knowledge.in_force import load
from osteon.knowledge.types import Jurisdiction


@lru_cache(maxsize=64)
def knowledge_on(on: date) -> Knowledge:
    """What is in force on a day."""
    return load(on, Jurisdiction(settings.JURISDICTION.upper()))
