"""Addresses of a session."""

from django.urls import path

from osteon.clinic.infusion import views

_AT = "patients/<uuid:patient_id>/visits/<uuid:visit_id>/session/"
urlpatterns = [
    path(_AT, views.session, name="session"),
    path(f"{_AT}gate/", views.judge, name="session-gate"),
    path(f"{_AT}override/", views.override, name="session-override"),
    path(f"{_AT}reaction/", views.reaction, name="session-reaction"),
]
