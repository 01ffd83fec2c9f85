"""Addresses of bookings."""

from django.urls import path

from osteon.clinic.booking import availability, month_views, replan_views, schedule_views, short_notice, views

urlpatterns = [
    path("patients/<uuid:patient_id>/book/", views.book_visit, name="book"),
    path("patients/<uuid:patient_id>/visits/<uuid:visit_id>/move/", views.move, name="visit-move"),
    path("patients/<uuid:patient_id>/when/", availability.availability, name="availability"),
    path("schedule/", schedule_views.schedule, name="schedule"),
    path("schedule/proposal/", schedule_views.proposal, name="schedule-proposal"),
    path("schedule/again/", replan_views.replan, name="schedule-replan"),
    path("schedule/month/", month_views.month, name="schedule-month"),
    path("schedule/month/ask/", month_views.ask_month, name="schedule-month-ask"),
    path("schedule/month/accept/", month_views.accept_month, name="schedule-month-accept"),
    path("schedule/short-notice/", short_notice.short_notice, name="short-notice"),
]
