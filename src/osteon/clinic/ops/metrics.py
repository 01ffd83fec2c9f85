"""How many requests, how long, how many tasks wait? For Prometheus; nothing about patients.

Names of pages stand in the labels, never addresses: an address may carry an id.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from time import perf_counter

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from osteon.clinic.access.guard import public

_SECONDS = Histogram(
    "osteon_request_seconds",
    "Seconds to answer a request, by page.",
    ["page", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5),
)
_ANSWERS = Counter("osteon_answers", "Answers by page, method and status.", ["page", "method", "status"])


class Measured:
    """Measures every request."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, after its time was taken."""
        began = perf_counter()
        response = self._answer(request)
        page = request.resolver_match.view_name if request.resolver_match else "none"
        method = request.method or ""
        _SECONDS.labels(page, method).observe(perf_counter() - began)
        _ANSWERS.labels(page, method, str(response.status_code)).inc()
        return response


@public("GET")
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever shows the token of `OSTEON_METRICS_TOKEN`; without that setting: no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given, settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse(generate_latest(_gathered()), content_type=CONTENT_TYPE_LATEST)


def _gathered() -> CollectorRegistry:
    """The figures of all server processes, and the tasks that wait."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    asked = CollectorRegistry()
    waiting = Gauge("osteon_tasks_waiting", "Tasks that wait for the worker.", registry=asked)
    failed = Gauge("osteon_tasks_failed", "Tasks that ended with an error.", registry=asked)
    waiting.set(DBTaskResult.objects.filter(status=TaskResultStatus.READY).count())
    failed.set(DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count())
    return _Both(registry, asked)


class _Both(CollectorRegistry):
    def __init__(self, *registries: CollectorRegistry) -> None:
        super().__init__()
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        for registry in self._registries:
            yield from registry.collect()
