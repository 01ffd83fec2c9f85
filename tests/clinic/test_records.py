"""A chart goes in as FHIR and comes back as it was; what follows from it is kept."""

import json
from datetime import timedelta

import pytest

from osteon.clinic.records.charts import Received, bundle_of, chart_of, resources_in, write
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh
from tests.clinic.conftest import EXAMPLES, TODAY


def test_a_chart_comes_back_as_it_went_in(jane: Patient):
    went_in = json.loads((EXAMPLES / "jane.json").read_bytes())
    assert [each["resource"] for each in bundle_of(jane)["entry"]] == [each["resource"] for each in went_in["entry"]]


def test_the_same_upload_twice_adds_nothing(jane: Patient):
    content = (EXAMPLES / "jane.json").read_bytes()
    assert write(jane, resources_in(content, "jane"), source="test", by=None) == []


def test_a_new_version_replaces_the_one_before_and_keeps_it(jane: Patient):
    before = jane.entries.filter(kind="Observation").first()
    resource = {**json.loads(before.content), "note": [{"text": "read again"}]}
    write(jane, [Received(resource)], source="test", by=None)
    before.refresh_from_db()
    assert before.replaced_at is not None
    assert jane.entries.filter(resource_id=before.resource_id).count() == 2


def test_jane_is_not_ready_because_she_still_takes_tablets(jane: Patient):
    assert jane.summary.readiness == "not_ready"
    assert jane.summary.drug == "zoledronic_acid"
    assert jane.summary.one_thing
    assert jane.summary.due_on.isoformat() == "2026-12-07"


def test_refreshing_twice_on_one_day_keeps_one_plan(jane: Patient):
    refresh(jane, on=TODAY, forecast=False)
    assert jane.plans.count() == 1
    assert chart_of(jane, TODAY).fingerprint == jane.summary.chart


def test_a_first_dose_that_nobody_gives_becomes_late(jane: Patient):
    for days in (1, 30):
        summary = refresh(jane, on=TODAY + timedelta(days=days), forecast=False)
        assert summary.due_on.isoformat() == "2026-12-07"


@pytest.mark.django_db
def test_the_worker_adds_the_forecast_and_its_picture(jane: Patient, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        refresh(jane, on=TODAY)
    jane.summary.refresh_from_db()
    assert jane.summary.picture.startswith("<svg")
    assert jane.plans.latest().has_forecasts
