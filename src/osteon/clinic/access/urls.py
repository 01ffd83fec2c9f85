"""The address at which a reason is asked for."""

from django.urls import path

from osteon.clinic.access import views

urlpatterns = [path("break-glass/<uuid:patient_id>/", views.break_glass, name="break-glass")]
