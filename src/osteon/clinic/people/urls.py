"""Addresses of accounts."""

from django.urls import path

from osteon.clinic.people import views

urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<int:user_id>/", views.change, name="account-change"),
]
