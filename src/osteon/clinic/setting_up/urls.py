"""Addresses of the set-up."""

from django.urls import path

from osteon.clinic.setting_up import views

urlpatterns = [
    path("set-up/", views.overview, name="set-up"),
    path("set-up/hours/", views.hours, name="set-up-hours"),
    path("set-up/chairs/", views.chairs, name="set-up-chairs"),
    path("set-up/chairs/<int:chair_id>/", views.chair, name="set-up-chair"),
    path("set-up/closures/", views.closures, name="set-up-closures"),
    path("set-up/shifts/", views.shifts, name="set-up-shifts"),
]
