"""Sources of every kind, whole and damaged: the same patients come out, and nothing bad goes unsaid."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date
from pathlib import Path

import pytest

from osteon.panel.measure import Judged, NoPeriodError, judged, measure_all
from osteon.panel.progress import Progress
from osteon.panel.source import Reader, SourceError
from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.period import Period
from tests.panel.cases import Resource, bundle, case, coded, condition, order, person, prescription, value_sets, visit

MEASURE = MEASURES["cms249"]
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
SCAN = "dxa (dual energy xray absorptiometry) scan"


def about(name: str, *resources: Resource) -> list[Resource]:
    """The same resources, about this patient."""
    mine = ({**each, "id": f"{name}-{each['id']}", "subject": {"reference": f"Patient/{name}"}} for each in resources)
    return [person(name=name), *mine]


ADA = about("ada", visit(), order(SCAN, "2025-06-01"))
BEA = about("bea", visit(), condition("lupus", "2020-01-01"))
CAT = about("cat", condition("lupus", "2020-01-01"))
EXPECTED = {"ada": (1, 0, 1), "bea": (1, 1, 0), "cat": (0, 0, 0)}


def read(source: Path | bytes, period: Period | None = YEAR, **settings: int) -> tuple[list[Judged], Reader]:
    reader = Reader(source, MEASURE.reads, **settings)
    return list(judged(reader, MEASURE, period, value_sets())), reader


def counts(found: list[Judged]) -> dict[str, tuple[int | None, ...]]:
    asked = ("denominator", "denominator-exclusion", "numerator")
    return {each.patient: tuple(each.populations.counts[name] for name in asked) for each in found}


def bulk(folder: Path, *people: list[Resource], packed: bool = False) -> Path:
    """A bulk export: a file for each type of resource, the resources of all patients mixed."""
    folder.mkdir(exist_ok=True)
    by_kind: dict[str, list[str]] = {}
    for resources in people:
        for each in resources:
            by_kind.setdefault(each["resourceType"], []).insert(0, json.dumps(each))
    for kind, lines in by_kind.items():
        text = "\n".join(lines) + "\n"
        if packed:
            (folder / f"{kind}.ndjson.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{kind}.ndjson").write_text(text, "utf-8")
    return folder


# --- kinds of sources -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".ndjson", ".jsonl", ".ndjson.gz"])
def test_it_reads_a_case_file_in_its_own_order_and_period(tmp_path: Path, ending: str) -> None:
    text = "\n".join([case("bea", *BEA), "", case("ada", *ADA, start="2024-01-01", end="2024-12-31")])
    file = tmp_path / f"cases{ending}"
    file.write_bytes(gzip.compress(text.encode()) if ending.endswith(".gz") else text.encode())
    found, _ = read(file, None)
    assert [each.patient for each in found] == ["bea", "ada"]
    assert [str(each.period) for each in found] == ["2025-01-01/2025-12-31", "2024-01-01/2024-12-31"]
    assert counts(found) == {"bea": EXPECTED["bea"], "ada": (0, 0, 0)}


def test_it_reads_a_folder_of_bundles_and_of_bundles_of_bundles(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "bea.json").write_text(json.dumps(json.loads(bundle(*BEA)), indent=2), "utf-8")
    (tmp_path / "a.json").write_text(bundle(json.loads(bundle(*ADA)), *CAT), "utf-8")
    found, _ = read(tmp_path)
    assert counts(found) == EXPECTED


@pytest.mark.parametrize("packed", [False, True])
def test_it_brings_together_what_a_bulk_export_scatters(tmp_path: Path, packed: bool) -> None:
    found, reader = read(bulk(tmp_path, ADA, BEA, CAT, packed=packed))
    assert counts(found) == EXPECTED
    assert [each.patient for each in found] == sorted(EXPECTED)
    assert reader.notes.lines() == []


def test_what_is_too_large_for_memory_is_dealt_to_disk_with_the_same_result(tmp_path: Path) -> None:
    people = [about(f"p{number:03}", visit(), order(SCAN, "2025-06-01")) for number in range(50)]
    folder = bulk(tmp_path, ADA, BEA, CAT, *people)
    in_memory, _ = read(folder)
    on_disk, _ = read(folder, memory_bytes=2_000)
    again, _ = read(folder, memory_bytes=2_000)
    assert counts(on_disk) == counts(in_memory)
    assert len(on_disk) == 53
    assert [each.patient for each in on_disk] == [each.patient for each in again]


def test_a_patient_whose_bundle_is_cut_in_two_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(bundle(*BEA[:2]), "utf-8")
    (tmp_path / "2.json").write_text(bundle(BEA[0], *BEA[2:]), "utf-8")
    found, _ = read(tmp_path)
    assert counts(found) == {"bea": EXPECTED["bea"]}


def test_it_follows_references_by_urn_inside_a_bundle() -> None:
    def entry(url: str, resource: Resource) -> Resource:
        return {"fullUrl": f"urn:uuid:{url}", "resource": resource}

    theirs = [{**each, "subject": {"reference": "urn:uuid:0-1"}} for each in BEA[1:]]
    entries = [entry("0-1", BEA[0]), *(entry(f"1-{n}", each) for n, each in enumerate(theirs)), entry("0-2", CAT[0])]
    found, _ = read(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode())
    assert counts(found) == {"bea": EXPECTED["bea"], "cat": (0, 0, 0)}


def test_medications_that_several_patients_share_are_found(tmp_path: Path) -> None:
    steroid = {"resourceType": "Medication", "id": "m1", "code": coded("glucocorticoids (oral only)")}
    dosage = [{"timing": {"repeat": {"boundsPeriod": {"start": "2025-01-01", "end": "2025-12-01"}}}}]
    pointing = prescription("", "2025-01-01", dosageInstruction=dosage)
    del pointing["medicationCodeableConcept"]
    people = [
        about(name, visit(), {**pointing, "medicationReference": {"reference": "Medication/m1"}}) for name in "ab"
    ]
    folder = bulk(tmp_path, *people, [steroid])
    found, _ = read(folder)
    assert counts(found) == {"a": (1, 1, 0), "b": (1, 1, 0)}


def test_it_reads_the_bytes_of_a_pipe() -> None:
    found, _ = read((case("ada", *ADA) + "\n" + case("bea", *BEA)).encode(), None)
    assert [each.patient for each in found] == ["ada", "bea"]


# --- what is wrong ----------------------------------------------------------------------------------------------------


def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = ["{cut off", case("ada", *ADA), '{"resourceType": "Patient", "id": ', case("bea", *BEA), '{"log": 1}']
    (tmp_path / "cases.ndjson").write_text("\ufeff" + "\n".join(lines), "utf-8")
    found, reader = read(tmp_path / "cases.ndjson")
    assert [each.patient for each in found] == ["ada", "bea"]
    said = "\n".join(reader.notes.lines())
    assert reader.notes.bad_count == 2
    assert "cases.ndjson line 1:" in said
    assert "cases.ndjson line 3:" in said
    assert "1 × JSON that is neither FHIR nor a case" in said


def test_a_damaged_file_is_named_and_what_came_before_the_damage_stands(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join([case("ada", *ADA)] * 3).encode())
    (tmp_path / "1.ndjson.gz").write_bytes(packed[: len(packed) - 12])
    (tmp_path / "2.ndjson").write_text(case("bea", *BEA), "utf-8")
    (tmp_path / "3.json").write_bytes(b"\xff\xfe{")
    found, reader = read(tmp_path, None)
    assert found[-1].patient == "bea"
    assert any("1.ndjson.gz" in each for each in reader.notes.bad)
    assert any("3.json" in each for each in reader.notes.bad)


def test_of_many_bad_lines_a_few_are_named_and_all_counted(tmp_path: Path) -> None:
    (tmp_path / "cases.ndjson").write_text("{\n" * 500 + case("ada", *ADA), "utf-8")
    _, reader = read(tmp_path)
    assert reader.notes.bad_count == 500
    assert "and 480 more" in "\n".join(reader.notes.lines())


def test_a_patient_that_cannot_be_judged_is_counted_without_a_name(tmp_path: Path) -> None:
    nobody = [each for each in ADA if each["resourceType"] != "Patient"]
    (tmp_path / "cases.ndjson").write_text(case("a-secret-name", *nobody) + "\n" + case("bea", *BEA), "utf-8")
    found, reader = read(tmp_path)
    assert [each.patient for each in found] == ["bea"]
    said = "\n".join(reader.notes.lines())
    assert "1 patients not judged: no Patient in it" in said
    assert "a-secret-name" not in said


def test_a_patient_without_a_birth_date_is_not_judged_by_a_measure_of_charts(tmp_path: Path) -> None:
    bare = {"resourceType": "Patient", "id": "a-secret-name", "gender": "female"}
    (tmp_path / "cases.ndjson").write_text(case("a-secret-name", bare), "utf-8")
    reader = Reader(tmp_path, MEASURES["mips418"].reads)
    assert list(judged(reader, MEASURES["mips418"], YEAR, value_sets())) == []
    (reason,) = reader.notes.not_judged
    assert "birth date" in reason
    assert "a-secret-name" not in reason


def test_a_resource_of_a_wrong_shape_is_counted(tmp_path: Path) -> None:
    broken = {**visit(), "id": "x", "period": "yesterday", "subject": {"reference": "Patient/ada"}}
    found, reader = read(bulk(tmp_path, [*ADA, broken]))
    assert counts(found) == {"ada": EXPECTED["ada"]}
    assert reader.notes.passed_over["a resource that cannot be decoded"] == 1


def test_what_names_no_patient_or_something_else_is_counted(tmp_path: Path) -> None:
    lost = {**visit(), "id": "x"}
    del lost["subject"]
    group = {**visit(), "id": "y", "subject": {"reference": "Group/7"}}
    _, reader = read(bulk(tmp_path, ADA, [lost, group]))
    assert reader.notes.passed_over["a resource that names no patient"] == 2


def test_a_period_of_a_case_that_cannot_be_read_makes_its_line_bad(tmp_path: Path) -> None:
    (tmp_path / "cases.ndjson").write_text(case("ada", *ADA, start="soon"), "utf-8")
    found, reader = read(tmp_path)
    assert found == []
    assert "cases.ndjson line 1: soon/2025-12-31" in reader.notes.bad[0]


def test_without_any_period_it_says_so() -> None:
    with pytest.raises(NoPeriodError, match="--period"):
        read(bundle(*ADA).encode(), None)


def test_a_folder_without_a_file_to_read_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", "utf-8")
    with pytest.raises(SourceError, match=r"no \.json or \.ndjson file"):
        read(tmp_path)


# --- totals and progress ----------------------------------------------------------------------------------------------


def test_the_total_counts_everybody_over_the_span_of_all_periods(tmp_path: Path) -> None:
    text = "\n".join([case("bea", *BEA), case("ada", *ADA, start="2024-01-01", end="2024-12-31")])
    (tmp_path / "cases.ndjson").write_text(text, "utf-8")
    seen: list[str] = []
    found = measure_all(
        Reader(tmp_path, MEASURE.reads), MEASURE, None, value_sets(), take=lambda each: seen.append(each.patient)
    )
    assert seen == ["bea", "ada"]
    assert str(found.period) == "2024-01-01/2025-12-31"
    assert (found.tally.patients, found.tally.inside["denominator"]) == (2, 1)


def test_progress_tells_how_much_how_fast_and_how_long_still() -> None:
    clock = iter([0.0, 10.0, 40.0, 60.0])
    stream = io.StringIO()
    progress = Progress(stream, clock=lambda: next(clock))
    progress.read(5_000_000, 20_000_000)
    progress.patients = 80
    progress.read(10_000_000, 20_000_000)
    progress.finish()
    first, last = stream.getvalue().splitlines()
    assert first == "read 10 of 20 MB, 80 patients, 2 a second, 40 s left to read"
    assert last == "80 patients in 60.0 s, 1 a second"
