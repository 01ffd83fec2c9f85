"""Addresses for whoever watches the program."""

from django.urls import path

from osteon.clinic.ops import health, metrics

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
