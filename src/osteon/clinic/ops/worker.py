"""The worker process: tasks as they come, and what is done every morning."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from time import sleep

import django
import structlog
from django.core.management import call_command

_LOOKS_EVERY = 10.0
"""Seconds between two looks at the clock, and at whoever sits in a chair."""


def main() -> None:
    """Work until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osteon.clinic.settings")
    django.setup()
    threading.Thread(target=_watch_the_clock, daemon=True).start()
    call_command("db_worker", queue_name="*", interval=0.5, verbosity=1, reload=False, batch=False)


def _watch_the_clock() -> None:
    """Raise alarms as time passes, and ask for the morning's work once a day, also after midnight was missed."""
    from django.db import close_old_connections, connection
    from django.utils import timezone

    from osteon.clinic.infusion.alarms import raise_alarms
    from osteon.clinic.ops.daily import start_day
    from osteon.clinic.records.refresh import today

    while True:
        close_old_connections()
        _whatever_happens(lambda: raise_alarms(timezone.now()), "alarms could not be raised")
        _whatever_happens(lambda: start_day(today()), "the morning's work could not be asked for")
        connection.close()
        sleep(_LOOKS_EVERY)


def _whatever_happens(act: Callable[[], object], words: str) -> None:
    """Do it; the clock goes on whatever comes of it, and the log says so."""
    try:
        act()
    except Exception:
        structlog.get_logger("osteon.worker").exception(words)


if __name__ == "__main__":
    main()
