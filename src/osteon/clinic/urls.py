"""Every address of the clinic."""

from __future__ import annotations

from django.urls import include, path

from osteon.clinic import home

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("osteon.clinic.undo.urls")),
    path("", include("osteon.clinic.facts.urls")),
    path("", include("osteon.clinic.ops.urls")),
    path("account/", include("allauth.urls")),
]
