"""What the program writes down of its own work: one JSON object a line, nothing about patients.

A line names the page, never its query string; ids in addresses are opaque.
"""

from __future__ import annotations

import os
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """One line at the end of each request."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without the query string."""
        return f"{request.method} {request.path}"


_LEVEL = os.environ.get("OSTEON_LOG", "INFO").upper()
"""From which level on lines are written: INFO, WARNING or ERROR."""

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "osteon": {"level": _LEVEL},
        "django_structlog": {"level": _LEVEL},
        "django.request": {"level": "CRITICAL"},  # django_structlog writes the same with less in it
        "django.server": {"level": "WARNING"},
        "django_tasks": {"level": _LEVEL},
    },
}


def configure() -> None:
    """Send structlog's lines through the same formatter as everybody else's."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
