"""Addresses of what lets in and keeps out."""

from django.urls import path

from osteon.clinic.access import views

urlpatterns = [
    path("break-glass/<uuid:patient_id>/", views.break_glass, name="break-glass"),
    path("lock/", views.lock_now, name="lock"),
]
