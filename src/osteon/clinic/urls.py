"""Every address of the clinic."""

from __future__ import annotations

from django.urls import include, path

from osteon.clinic import home
from osteon.clinic.api.endpoints import api
from osteon.clinic.api.guards import guarded

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("osteon.clinic.undo.urls")),
    path("", include("osteon.clinic.facts.urls")),
    path("", include("osteon.clinic.patients.urls")),
    path("", include("osteon.clinic.orders.urls")),
    path("", include("osteon.clinic.letters.urls")),
    path("", include("osteon.clinic.stock.urls")),
    path("", include("osteon.clinic.infusion.urls")),
    path("", include("osteon.clinic.access.urls")),
    path("", include("osteon.clinic.audit.urls")),
    path("", include("osteon.clinic.people.urls")),
    path("", include("osteon.clinic.booking.urls")),
    path("", include("osteon.clinic.today.urls")),
    path("", include("osteon.clinic.due.urls")),
    path("", include("osteon.clinic.tasks.urls")),
    path("", include("osteon.clinic.setting_up.urls")),
    path("", include("osteon.clinic.calendars.urls")),
    path("", include("osteon.clinic.daypack.urls")),
    path("", include("osteon.clinic.ops.urls")),
    path("api/", (guarded(api.urls[0]), "api", "api")),
    path("account/", include("allauth.urls")),
]
