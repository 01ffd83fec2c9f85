"""A chart is looked at before it is taken in, goes into the record that a person names, and comes out again."""

import gzip
import io
import json
import zipfile
from copy import deepcopy
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from osteon.clinic.patients import upload as uploads
from osteon.clinic.patients.models import Upload
from osteon.clinic.people.roles import CARE, Role
from osteon.clinic.records.charts import chart_of
from osteon.clinic.records.models import Patient
from tests.clinic.conftest import EXAMPLES, TODAY

JANE = json.loads((EXAMPLES / "jane.json").read_bytes())


def send(client: Client, content: bytes | dict) -> object:
    body = json.dumps(content).encode() if isinstance(content, dict) else content
    return client.post("/patients/import/", {"file": SimpleUploadedFile("chart.json", body)})


def preview(client: Client, content: bytes | dict) -> tuple[str, str]:
    answer = send(client, content)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], client.get(answer["Location"]).content.decode()


def from_elsewhere(**person: object) -> dict:
    """Jane as another hospital knows her: its own ids, one new result."""
    text = json.dumps(JANE).replace("jane-doyle", "pat-77")
    bundle = json.loads(text)
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"].update({"identifier": [{"system": "urn:elsewhere", "value": "E-77"}], **person})
    return bundle


TWO = json.dumps(
    {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Patient", "id": each, "birthDate": "1950"}} for each in "12"],
    }
).encode()


def nested(depth: int) -> bytes:
    return b'{"resourceType":"Bundle","entry":' + b"[" * depth + b"]" * depth + b"}"


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chart.json", b"0" * 1_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello", "not JSON"),
        (b'{"resourceType": "Bundle", "entry": [', "cut off"),
        (b'{"a": 1}', "no FHIR"),
        (b"[1, 2]", "no FHIR"),
        (b"<Bundle/>", "XML"),
        (b"%PDF-1.7", "PDF"),
        (zipped(), "ZIP"),
        (gzip.compress(b"0" * 1_000_000), "gzip"),
        (b"\xff\xfe{", "UTF-8"),
        (nested(100_000), "deep"),
        (b'{"resourceType": "Bundle", "entry": []}', "no Patient"),
        (b'{"resourceType": "Patient", "id": "1"}', "birth date"),
        (TWO, "2 patients"),
    ],
)
def test_what_is_not_the_chart_of_one_patient_is_refused_in_words(signed_in, content: bytes, words: str):
    answer = send(signed_in(Role.NURSE), content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "--patient" not in answer.content.decode()
    assert not Upload.objects.exists()
    assert not Patient.objects.exists()


def test_a_file_that_is_too_large_is_refused(signed_in, monkeypatch):
    monkeypatch.setattr("osteon.clinic.patients.import_views.LARGEST_BYTES", 100)
    assert "larger than" in send(signed_in(Role.NURSE), JANE).content.decode()


def test_a_bundle_with_too_many_entries_is_refused(signed_in, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_RESOURCES", 5)
    assert "more than 5 entries" in send(signed_in(Role.NURSE), JANE).content.decode()


def test_no_file_is_said(signed_in):
    answer = signed_in(Role.NURSE).post("/patients/import/")
    assert (answer.status_code, "Choose a file first" in answer.content.decode()) == (422, True)


def test_the_preview_says_who_it_is_and_what_was_understood_and_writes_nothing(signed_in):
    _, page = preview(signed_in(Role.NURSE), JANE)
    assert "Jane Doyle, female, born 14 March 1961" in page
    assert "became facts" in page
    assert "checked" not in page
    assert not Patient.objects.exists()


def test_what_was_left_out_is_shown_with_the_reason(signed_in):
    bundle = deepcopy(JANE)
    bundle["entry"].append({"resource": {"resourceType": "Basic", "id": "b"}})
    _, page = preview(signed_in(Role.NURSE), bundle)
    assert "Left out, and why" in page
    assert "Basic" in page


def test_somebody_has_to_say_who_it_is(signed_in):
    client = signed_in(Role.NURSE)
    address, _ = preview(client, JANE)
    answer = client.post(address, {"family_name": "Doyle", "birth_date": "1961-03-14"})
    assert answer.status_code == 422
    assert "Say who it is" in answer.content.decode()
    assert not Patient.objects.exists()


def take_in(client: Client, content: bytes | dict, who: str = "new", **given: str) -> Patient:
    address, _ = preview(client, content)
    fields = {"family_name": "Doyle", "given_name": "Jane", "birth_date": "1961-03-14", "sex": "female"}
    answer = client.post(address, {"who": who, **fields, **given})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(address).status_code == 404
    return Patient.objects.get(pk=answer["Location"].split("/")[2])


def test_a_new_patient_is_made_with_chart_plan_and_summary(signed_in):
    patient = take_in(signed_in(Role.COORDINATOR), JANE, record_number="")
    assert patient.name == "Jane Doyle"
    assert patient.record_number.startswith("R-")
    assert patient.summary.drug == "zoledronic_acid"
    assert Upload.objects.get().content == ""


def test_what_goes_in_comes_out_again(signed_in):
    client = signed_in(Role.NURSE)
    patient = take_in(client, JANE)
    answer = client.get(f"/patients/{patient.pk}/chart.json")
    assert answer["Content-Disposition"] == 'attachment; filename="chart.json"'
    out = json.loads(answer.content)
    assert [each["resource"] for each in out["entry"]] == [each["resource"] for each in JANE["entry"]]


def test_the_plan_comes_out_as_a_draft(signed_in, jane: Patient):
    out = json.loads(signed_in(Role.NURSE).get(f"/patients/{jane.pk}/plan.json").content)
    plan = next(each["resource"] for each in out["entry"] if each["resource"]["resourceType"] == "CarePlan")
    assert plan["status"] == "draft"


def test_a_patient_who_is_here_already_is_proposed_and_not_merged_silently(signed_in, jane: Patient):
    client = signed_in(Role.NURSE)
    _, page = preview(client, from_elsewhere())
    assert "the same birth date and a name that is alike" in page
    assert Patient.objects.count() == 1
    before = jane.entries.count()
    assert take_in(client, from_elsewhere(), who=str(jane.pk)).pk == jane.pk
    assert jane.entries.count() > before


def test_a_shared_identifier_is_found_whatever_the_name(signed_in, jane: Patient):
    take_in(signed_in(Role.NURSE), from_elsewhere(), who=str(jane.pk))
    other = from_elsewhere(name=[{"family": "Quint", "given": ["Ada"]}], birthDate="1944-01-01")
    _, page = preview(signed_in(Role.NURSE), other)
    assert "the same record number or identifier" in page


def test_a_chart_of_another_system_adds_its_facts_and_replaces_none(signed_in, jane: Patient):
    own = set(jane.entries.filter(replaced_at__isnull=True).values_list("kind", "resource_id"))
    before = chart_of(jane, TODAY)
    bundle = from_elsewhere()
    bundle["entry"].append(
        {"resource": {"resourceType": "Observation", "id": "new-1", "status": "final",
                      "subject": {"reference": "Patient/pat-77"}, "effectiveDateTime": "2026-11-01",
                      "code": {"coding": [{"system": "http://loinc.org", "code": "17861-6"}]},
                      "valueQuantity": {"value": 9.9, "unit": "mg/dL", "system": "http://unitsofmeasure.org",
                                        "code": "mg/dL"}}}
    )  # fmt: skip
    take_in(signed_in(Role.NURSE), bundle, who=str(jane.pk))
    standing = set(jane.entries.filter(replaced_at__isnull=True).values_list("kind", "resource_id"))
    assert own <= standing
    assert jane.entries.filter(kind="Patient", replaced_at__isnull=True).count() == 1
    after = chart_of(jane, TODAY)
    assert not any(each.reason.startswith("about another") for each in after.skipped)
    values = [each.value for each in after.by_measure["calcium"]]
    assert 9.9 in values
    assert len(after.measurements) > len(before.measurements)
    number = jane.entries.count()
    take_in(signed_in(Role.NURSE), bundle, who=str(jane.pk))
    assert jane.entries.count() == number, "the same export again adds nothing"


def test_a_chart_that_says_she_died_takes_her_off_the_lists(signed_in, jane: Patient):
    bundle = from_elsewhere(deceasedDateTime="2026-11-10")
    client = signed_in(Role.NURSE)
    assert "has died" in preview(client, bundle)[1]
    take_in(client, bundle, who=str(jane.pk))
    jane = Patient.objects.get(pk=jane.pk)
    assert (jane.deceased, jane.deceased_on, jane.summary.due_on) == (True, date(2026, 11, 10), None)


def test_a_confidential_record_is_said_to_be_there_and_cannot_be_chosen(signed_in, jane: Patient):
    Patient.objects.filter(pk=jane.pk).update(is_confidential=True)
    client = signed_in(Role.NURSE)
    address, page = preview(client, from_elsewhere())
    assert "A confidential record may be of the same person" in page
    assert str(jane.pk) not in page
    assert client.post(address, {"who": str(jane.pk)}).status_code == 422


def test_only_who_uploaded_it_sees_it_and_only_for_an_hour(signed_in, monkeypatch):
    address, _ = preview(signed_in(Role.NURSE), JANE)
    assert signed_in(Role.PRESCRIBER).get(address).status_code == 404
    from datetime import timedelta

    Upload.objects.update(at=Upload.objects.get().at - timedelta(hours=2))
    assert signed_in(Role.NURSE).get(address)["Location"] == "/patients/import/"


def test_a_record_number_that_is_taken_is_refused(signed_in, mark: Patient):
    client = signed_in(Role.NURSE)
    address, _ = preview(client, JANE)
    given = {"who": "new", "family_name": "D", "birth_date": "1961-03-14", "record_number": mark.record_number}
    assert "Another patient has this number" in client.post(address, given).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in CARE and role != Role.PATIENT])
def test_who_does_not_treat_takes_in_and_takes_out_nothing(signed_in, jane: Patient, role: Role):
    assert signed_in(role).post("/patients/import/").status_code == 403
    assert signed_in(role).get(f"/patients/{jane.pk}/chart.json").status_code == 403
