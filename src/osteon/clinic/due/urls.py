"""Addresses of the due list."""

from django.urls import path

from osteon.clinic.due import contact, views

urlpatterns = [
    path("due/", views.due, name="due"),
    path("patients/<uuid:patient_id>/contact/", contact.contact, name="contact"),
]
