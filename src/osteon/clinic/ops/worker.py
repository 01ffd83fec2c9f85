"""The worker process: tasks as they come, and what is done every morning."""

from __future__ import annotations

import os
import threading
from datetime import date
from time import sleep

import django
from django.core.management import call_command

_LOOKS_EVERY = 30.0
"""Seconds between two looks at the clock."""


def main() -> None:
    """Work until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osteon.clinic.settings")
    django.setup()
    threading.Thread(target=_watch_the_clock, daemon=True).start()
    call_command("db_worker", queue_name="*", interval=0.5, verbosity=1, reload=False, batch=False)


def _watch_the_clock() -> None:
    """Ask for the morning's work once a day, also after the worker was away at midnight."""
    from django.db import close_old_connections, connection

    from osteon.clinic.ops.daily import start_day
    from osteon.clinic.records.refresh import today

    done: date | None = None
    while True:
        try:
            close_old_connections()
            if done != today():
                start_day(today())
                done = today()
        except Exception:  # the clock must go on whatever happens to one morning
            import structlog

            structlog.get_logger("osteon.worker").exception("the morning's work could not be asked for")
        finally:
            connection.close()
        sleep(_LOOKS_EVERY)


if __name__ == "__main__":
    main()
