"""Addresses of facts."""

from django.urls import path

from osteon.clinic.facts import views

urlpatterns = [
    path("patients/<uuid:patient_id>/facts/", views.facts, name="facts"),
    path("patients/<uuid:patient_id>/facts/<int:entry_id>/", views.correct, name="facts-correct"),
]
