"""Addresses of patients."""

from django.urls import path

from osteon.clinic.patients import death_views, export_views, import_views, merge_views, page, plan_page, views

urlpatterns = [
    path("patients/", views.patients, name="patients"),
    path("patients/import/", import_views.upload, name="patients-import"),
    path("patients/import/<uuid:upload_id>/", import_views.preview, name="patients-import-preview"),
    path("patients/duplicates/", merge_views.duplicates, name="patients-duplicates"),
    path("patients/<uuid:patient_id>/", page.patient, name="patient"),
    path("patients/<uuid:patient_id>/plan/", plan_page.patient_plan, name="patient-plan"),
    path("patients/<uuid:patient_id>/plan.json", export_views.plan_as_fhir, name="patient-plan-fhir"),
    path("patients/<uuid:patient_id>/timeline/", page.patient_timeline, name="patient-timeline"),
    path("patients/<uuid:patient_id>/record/", death_views.more, name="patient-more"),
    path("patients/<uuid:patient_id>/chart.json", export_views.export, name="patient-export"),
    path("patients/<uuid:patient_id>/deceased/", death_views.deceased, name="patient-deceased"),
    path("patients/<uuid:patient_id>/merge/<uuid:double_id>/", merge_views.merge_into, name="patient-merge"),
]
