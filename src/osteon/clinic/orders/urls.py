"""Addresses of orders."""

from django.urls import path

from osteon.clinic.orders import views

urlpatterns = [
    path("patients/<uuid:patient_id>/orders/", views.orders, name="orders"),
    path("patients/<uuid:patient_id>/orders/<uuid:order_id>/", views.order, name="order"),
]
