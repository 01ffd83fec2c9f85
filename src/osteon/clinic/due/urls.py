"""The address of the due list."""

from django.urls import path

from osteon.clinic.due import views

urlpatterns = [path("due/", views.due, name="due")]
