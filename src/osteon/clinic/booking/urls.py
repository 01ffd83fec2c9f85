"""Addresses of bookings."""

from django.urls import path

from osteon.clinic.booking import views

urlpatterns = [path("patients/<uuid:patient_id>/book/", views.book_visit, name="book")]
