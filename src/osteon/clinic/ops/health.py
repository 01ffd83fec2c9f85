"""Is the program alive, and is it ready to work? For whoever watches it; nothing about patients."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

import osteon
from osteon.clinic.access.guard import public


@public("GET")
def live(_request: HttpRequest) -> JsonResponse:
    """The program answers."""
    return JsonResponse({"status": "alive", "version": osteon.__version__})


@public("GET")
def ready(_request: HttpRequest) -> JsonResponse:
    """The database answers and has the tables that this version needs. 503 where not."""
    problem = _problem()
    if problem:
        return JsonResponse({"status": "not ready", "why": problem}, status=503)
    return JsonResponse({"status": "ready"})


def _problem() -> str:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "the database has not been brought up to this version: start the server with `osteon serve`"
    except DatabaseError:
        return "the database does not answer"
    return ""
