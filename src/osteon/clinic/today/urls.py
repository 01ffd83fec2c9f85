"""Addresses of the board."""

from django.urls import path

from osteon.clinic.today import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("patients/<uuid:patient_id>/visits/<uuid:visit_id>/act/", views.act, name="visit-act"),
]
