"""Addresses of tasks and notes."""

from django.urls import path

from osteon.clinic.tasks import views

urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:task_id>/", views.done, name="task"),
    path("patients/<uuid:patient_id>/notes/", views.notes, name="notes"),
]
