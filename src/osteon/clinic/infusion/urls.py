"""Addresses of a session."""

from django.urls import path

from osteon.clinic.infusion import correcting, emergency, live, papers, views

_AT = "patients/<uuid:patient_id>/visits/<uuid:visit_id>/session/"
urlpatterns = [
    path(_AT, views.session, name="session"),
    path(f"{_AT}gate/", views.judge, name="session-gate"),
    path(f"{_AT}override/", views.override, name="session-override"),
    path(f"{_AT}reaction/", views.reaction, name="session-reaction"),
    path(f"{_AT}correct/<str:key>/", correcting.correct, name="session-correct"),
    path(f"{_AT}record/", papers.record_page, name="session-record"),
    path(f"{_AT}card/", papers.card_page, name="session-card"),
    path(f"{_AT}card.pdf", papers.card_pdf, name="session-card-pdf"),
    path(f"{_AT}charge/", papers.charge_page, name="session-charge"),
    path("sessions/<uuid:visit_id>/live/", live.live, name="session-live"),
    path("anaphylaxis/", emergency.emergency, name="anaphylaxis"),
]
