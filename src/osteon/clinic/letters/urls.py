"""Addresses of letters and documents."""

from django.urls import path

from osteon.clinic.letters import views

urlpatterns = [
    path("patients/<uuid:patient_id>/documents/", views.letters, name="letters"),
    path("patients/<uuid:patient_id>/documents/<uuid:document_id>/", views.letter_document, name="letters-document"),
]
