"""For whoever watches the program: alive, ready, figures, and a log without patients."""

import io
import json
import logging

import pytest
from django.test import Client, override_settings

from osteon.clinic.ops import health


def test_it_says_that_it_is_alive(db):
    assert Client().get("/health/live").json()["status"] == "alive"


def test_it_is_ready_when_the_database_is_up_to_date(db):
    assert Client().get("/health/ready").json() == {"status": "ready"}


def test_it_is_not_ready_when_the_database_does_not_answer(db, monkeypatch):
    def broken(_connection: object) -> object:
        raise health.DatabaseError

    monkeypatch.setattr(health, "MigrationExecutor", broken)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["why"]


@pytest.mark.parametrize("token", ["", "another"])
def test_without_the_token_there_are_no_figures(db, token):
    with override_settings(METRICS_TOKEN="right" if token else ""):
        assert Client().get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_figures_name_pages_and_never_addresses(db):
    Client().get("/account/login/?next=/patients/secret")
    with override_settings(METRICS_TOKEN="right"):
        text = Client().get("/metrics", headers={"Authorization": "Bearer right"}).content.decode()
    assert 'page="account_login"' in text
    assert "osteon_tasks_waiting" in text
    assert "secret" not in text


def test_a_log_line_names_the_path_and_not_the_query(db):
    stream = io.StringIO()
    handler = logging.getLogger().handlers[0] if logging.getLogger().handlers else logging.StreamHandler()
    ours = logging.StreamHandler(stream)
    ours.setFormatter(handler.formatter)
    logger = logging.getLogger("django_structlog")
    logger.addHandler(ours)
    try:
        Client().get("/account/login/?search=Doyle")
    finally:
        logger.removeHandler(ours)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    finished = next(line for line in lines if line["event"] == "request_finished")
    assert finished["request"] == "GET /account/login/"
    assert "Doyle" not in stream.getvalue()
