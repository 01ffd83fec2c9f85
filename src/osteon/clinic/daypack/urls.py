"""Addresses of the day on paper."""

from django.urls import path

from osteon.clinic.daypack import views

urlpatterns = [
    path("day-pack/", views.day_pack, name="day-pack"),
    path("patients/<uuid:patient_id>/visits/<uuid:visit_id>/from-paper/", views.from_paper, name="from-paper"),
]
