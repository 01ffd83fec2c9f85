"""Addresses of calendars."""

from django.urls import path

from osteon.clinic.calendars import views

urlpatterns = [
    path("calendar/", views.calendars, name="calendars"),
    path("calendar/visits.ics", views.feed, name="calendar-feed"),
    path("patients/<uuid:patient_id>/visits/<uuid:visit_id>/visit.ics", views.one_visit, name="visit-calendar"),
]
