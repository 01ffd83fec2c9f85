"""Addresses of undo."""

from django.urls import path

from osteon.clinic.undo import views

urlpatterns = [path("undo/<uuid:undo_id>/", views.undo, name="undo")]
