"""Addresses of bookings."""

from django.urls import path

from osteon.clinic.booking import schedule_views, views

urlpatterns = [
    path("patients/<uuid:patient_id>/book/", views.book_visit, name="book"),
    path("schedule/", schedule_views.schedule, name="schedule"),
    path("schedule/proposal/", schedule_views.proposal, name="schedule-proposal"),
]
