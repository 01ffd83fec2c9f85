"""From where may a chart come, and what is refused with a clear word?"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from osteon.chart.errors import ChartError
from osteon.chart.read import read
from osteon.chart.types import Chart
from tests.chart.bundles import OSTEOPOROSIS, ada, bundle, chart, condition, creatinine, knowledge, whole_chart


def lines(*resources: object) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in resources) + b"\n"


@pytest.fixture
def expected() -> Chart:
    return read(bundle(*whole_chart()), knowledge())


@pytest.mark.parametrize(
    "kind", ["collection", "transaction", "searchset", "document", "batch", "message", "history", "batch-response"]
)
def test_every_type_of_bundle_is_read(kind: str, expected: Chart) -> None:
    assert read(bundle(*whole_chart(), kind=kind), knowledge()) == expected


def test_a_patient_alone_is_a_chart() -> None:
    assert read(json.dumps(ada()).encode(), knowledge()).patient.name == "Ada Invented"


def test_pretty_printed_json_with_a_byte_order_mark_is_read(expected: Chart) -> None:
    tree = json.loads(bundle(*whole_chart()))
    assert read(b"\xef\xbb\xbf" + json.dumps(tree, indent=2).encode(), knowledge()) == expected


def test_ndjson_with_one_resource_a_line_is_the_same_chart(expected: Chart) -> None:
    assert read(lines(*whole_chart()), knowledge()) == expected


def test_ndjson_may_begin_with_blank_lines_and_hold_bundles(expected: Chart) -> None:
    half = len(whole_chart()) // 2
    first, second = (json.loads(bundle(*part)) for part in (whole_chart()[:half], whole_chart()[half:]))
    assert read(b"\n\n" + lines(first, second), knowledge()) == expected


def test_a_bundle_within_a_bundle_is_opened(expected: Chart) -> None:
    inner = json.loads(bundle(*whole_chart()[1:]))
    assert read(bundle(whole_chart()[0], inner), knowledge()) == expected


@pytest.mark.parametrize("name", ["chart.json", "chart.json.gz", "chart.ndjson", "chart.jsonl", "chart.ndjson.gz"])
def test_a_file_is_read_by_what_it_holds(name: str, tmp_path: Path, expected: Chart) -> None:
    content = lines(*whole_chart()) if name.split(".")[1] != "json" else bundle(*whole_chart())
    file = tmp_path / name
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert read(file, knowledge()) == expected


def test_a_folder_of_files_is_one_chart(tmp_path: Path, expected: Chart) -> None:
    by_type: dict[str, list[object]] = {}
    for resource in whole_chart():
        by_type.setdefault(resource["resourceType"], []).append(resource)
    for name, resources in by_type.items():
        (tmp_path / f"{name}.000.ndjson").write_bytes(lines(*resources))
    (tmp_path / "notes.txt").write_text("not a chart")
    assert read(tmp_path, knowledge()) == expected


def test_a_list_of_sources_is_one_chart(tmp_path: Path, expected: Chart) -> None:
    file = tmp_path / "rest.json"
    file.write_bytes(bundle(*whole_chart()[1:]))
    assert read([bundle(whole_chart()[0]), file], knowledge()) == expected


BROKEN = {
    "nothing": (b"", "empty"),
    "words": (b"once upon a time", "not JSON"),
    "cut off": (bundle(*whole_chart())[:-40], "cut off"),
    "a cut-off line": (lines(ada(), creatinine(1)) + b'{"resourceType": "Obs', "line 3: .*cut off"),
    "a number": (b"17", "not FHIR"),
    "a list": (b"[1, 2]", "not FHIR"),
    "JSON of something else": (b'{"name": "Ada"}', "no resourceType"),
    "entries that are no list": (b'{"resourceType": "Bundle", "entry": {"a": 1}}', "entries cannot be read"),
    "10,000-deep objects": (b'{"resourceType":"Bundle","entry":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, "deeply"),
    "10,000-deep lists": (b'{"resourceType":"Patient","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "deeply"),
    "not a number": (bundle(ada()).replace(b'"1955-06-01"', b"NaN"), "not JSON"),
    "UTF-16": (bundle(ada()).decode().encode("utf-16"), "UTF-16; save it as UTF-8"),
    "a damaged gzip file": (gzip.compress(bundle(ada()))[:-12], "gzip"),
    "no patient": (bundle(creatinine(1)), "no Patient in it"),
    "one resource that is no patient": (json.dumps(creatinine(1)).encode(), "no Patient in it"),
    "two patients": (bundle(ada(), ada(id="bea")), r"2 patients in it \(ada, bea\); name one: --patient"),
    "no birth date": (bundle({"resourceType": "Patient", "id": "x"}), "no birth date"),
    "a birth date that is none": (bundle(ada(birthDate="1955-02-30")), "'1955-02-30' is not a date"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_it_refuses_what_is_no_chart_and_says_why(content: bytes, words: str) -> None:
    with pytest.raises(ChartError, match=words):
        read(content, knowledge())


def test_it_refuses_a_folder_without_charts(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"no \.json or \.ndjson file"):
        read(tmp_path, knowledge())


def test_a_document_above_the_limit_is_refused_but_ndjson_has_none() -> None:
    resources = [ada(), *(creatinine(1, number) for number in range(200))]
    with pytest.raises(ChartError, match="MiB; send it as NDJSON"):
        read(bundle(*resources), knowledge(), maximum_document_bytes=20_000)
    assert len(read(lines(*resources), knowledge(), maximum_document_bytes=20_000).measurements) == 200


def test_a_gzip_bomb_is_refused_by_its_unpacked_size() -> None:
    content = gzip.compress(bundle(ada(note="x" * 1_000_000)))
    assert len(content) < 20_000
    with pytest.raises(ChartError, match="larger"):
        read(content, knowledge(), maximum_document_bytes=20_000)


TWO = [
    ada(identifier=[{"value": "A-17"}]),
    ada(id="bea", name=[{"text": "Bea Invented"}]),
    creatinine(1.1, "a"),
    creatinine(2.2, "b", subject={"reference": "Patient/bea"}),
    creatinine(3.3, "c", subject=None),
]


@pytest.mark.parametrize(("patient", "value"), [("ada", 1.1), ("Patient/ada", 1.1), ("A-17", 1.1), ("bea", 2.2)])
def test_a_patient_is_chosen_by_id_or_record_number(patient: str, value: float) -> None:
    found = read(bundle(*TWO), knowledge(), patient=patient)
    assert [each.value for each in found.measurements] == [value]
    assert [(each.what, each.reason, each.count) for each in found.skipped] == [
        ("Observation", "about another patient", 2)
    ]


def test_a_patient_is_found_in_a_bulk_export(tmp_path: Path) -> None:
    (tmp_path / "Observation.ndjson").write_bytes(lines(*TWO[2:]))
    (tmp_path / "Patient.ndjson").write_bytes(lines(*TWO[:2]))
    found = read(tmp_path, knowledge(), patient="bea")
    assert (found.patient.name, [each.value for each in found.measurements]) == ("Bea Invented", [2.2])


def test_it_says_who_is_there_when_nobody_is_called_so() -> None:
    with pytest.raises(ChartError, match=r"no patient with the id or number 'cleo' \(ada, bea\)"):
        read(bundle(*TWO), knowledge(), patient="cleo")


def test_a_resource_that_comes_twice_counts_once_and_the_newer_version_counts() -> None:
    old = creatinine(1.0, 1, meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    new = creatinine(1.4, 1, meta={"lastUpdated": "2026-02-01T00:00:00Z"})
    for order in ([old, new, old], [new, old]):
        assert [each.value for each in chart(*order).measurements] == [1.4]


def test_a_malformed_resource_is_skipped_with_the_field_and_the_rest_is_read() -> None:
    found = chart(condition(OSTEOPOROSIS), creatinine(1, valueQuantity={"value": {"is": "wrong"}}), creatinine(1.2, 2))
    assert [each.value for each in found.measurements] == [1.2]
    (left_out,) = found.skipped
    assert left_out.reason == "a field does not hold what FHIR says"
    assert "$.valueQuantity.value" in left_out.detail


def test_an_entry_that_is_no_resource_is_counted() -> None:
    content = bundle(ada(), creatinine(1)).replace(
        b'"entry": [', b'"entry": [5, {"resource": "x"}, {"fullUrl": 7}, {}, '
    )
    found = read(content, knowledge())
    assert len(found.measurements) == 1
    assert {(each.what, each.reason): each.count for each in found.skipped} == {
        ("resource", "not a FHIR R4 resource"): 3
    }


def test_nulls_that_fhir_forbids_are_dropped() -> None:
    (found,) = chart(creatinine(1.2, method=None, note=None, interpretation=[None])).measurements
    assert found.value == 1.2


def test_other_types_of_resources_are_left_out_by_name() -> None:
    found = chart({"resourceType": "Claim"}, {"resourceType": "Claim"}, {"resourceType": "Provenance", "id": 5})
    assert {(each.what, each.reason): each.count for each in found.skipped} == {
        ("Claim", "this kind of resource is not used"): 2,
        ("Provenance", "this kind of resource is not used"): 1,
    }


REFERENCES = {
    "Patient/ada": True,
    "Patient/ada/_history/3": True,
    "https://ehr.example/fhir/Patient/ada": True,
    "https://ehr.example/fhir/Patient/ada/_history/1": True,
    "https://another.example/fhir/Patient/ada": False,
    "urn:uuid:ada": True,
    "Patient?identifier=urn:mrn|A-17": True,
    "Patient?identifier=A-17": True,
    "Patient?identifier=urn:mrn|B-18": False,
    "Patient/bea": False,
    "Group/ada": False,
}


@pytest.mark.parametrize(("reference", "is_hers"), REFERENCES.items())
def test_a_reference_is_followed_however_it_is_written(reference: str, is_hers: bool) -> None:
    patient = ada(identifier=[{"system": "urn:mrn", "value": "A-17"}])
    entries = [
        {"fullUrl": "https://ehr.example/fhir/Patient/ada", "resource": patient},
        {"resource": creatinine(1, subject={"reference": reference})},
    ]
    found = read(json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), knowledge())
    assert len(found.measurements) == is_hers


def test_a_reference_by_identifier_alone_is_followed() -> None:
    patient = ada(identifier=[{"system": "urn:mrn", "value": "A-17"}])
    hers = creatinine(1, 1, subject={"identifier": {"system": "urn:mrn", "value": "A-17"}})
    other = creatinine(2, 2, subject={"identifier": {"system": "urn:mrn", "value": "B-18"}})
    assert [each.value for each in read(bundle(patient, hers, other), knowledge()).measurements] == [1.0]


def test_an_address_of_the_entry_stands_for_the_patient() -> None:
    entries = [
        {"fullUrl": "urn:uuid:0b5d", "resource": ada(id="ada")},
        {"fullUrl": "urn:uuid:77aa", "resource": creatinine(1, subject={"reference": "urn:uuid:0b5d"})},
    ]
    found = read(json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), knowledge())
    assert len(found.measurements) == 1
