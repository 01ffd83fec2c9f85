"""What every command about the clinic does first: load the Django project, and say what is missing for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from osteon.cli.exits import BadInputError


@contextmanager
def clinic(*, demo: bool = False) -> Iterator[None]:
    """Set the clinic up. Raises `BadInputError` for a setting that makes no sense, or where the extra is missing."""
    if demo:
        os.environ["OSTEON_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osteon.clinic.settings")
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ImportError as error:
        message = "the clinic is not installed; install it with: pip install 'osteon[clinic]'"
        raise BadInputError(message) from error
    from django.db import OperationalError

    try:
        django.setup()
        yield
    except ImproperlyConfigured as error:
        raise BadInputError(str(error)) from error
    except OperationalError as error:
        message = f"the database does not answer: {str(error).strip().splitlines()[0]}"
        raise BadInputError(message) from error
