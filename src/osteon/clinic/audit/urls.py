"""Addresses of the audit log."""

from django.urls import path

from osteon.clinic.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/export/", views.export, name="audit-export"),
]
