"""Every third-party chart that lies beside the project reads without an error, and reads right."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from osteon.chart.errors import ChartError
from osteon.chart.read import read
from osteon.chart.types import Cause
from osteon.chart.understanding import understanding
from tests.chart.bundles import knowledge

CHARTS = Path(__file__).parents[3] / "shared" / "charts"
ABOUT_NOBODY = "no third-party charts in ../shared/charts beside the repository"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not CHARTS.is_dir(), reason=ABOUT_NOBODY)]


def synthea() -> list[Path]:
    return sorted((CHARTS / "synthea").glob("*.json"))


def one(start: str) -> Path:
    return next(file for file in synthea() if file.name.startswith(start))


@pytest.mark.parametrize("file", synthea(), ids=lambda file: file.name.partition("_")[0])
def test_a_synthea_bundle_is_read_with_a_report_of_coverage(file: Path) -> None:
    chart = read(file, knowledge())
    report = understanding(chart)
    resources = len(json.loads(file.read_bytes())["entry"])
    left_out = sum(each.count for each in report.left_out)
    assert chart.patient.sex is not None
    assert report.facts["measurements"] > 30
    assert 20 < report.understood < resources
    assert left_out > 0
    assert {each.reason for each in report.left_out} <= {
        "the code is in no value set",
        "this kind of resource is not used",
    }


def test_every_t_score_of_the_manifest_is_found_and_its_site_is_doubted() -> None:
    with (CHARTS / "synthea" / "MANIFEST.csv").open(newline="") as lines:
        expected = {row["file"]: [float(score) for score in row["tscores"].split()] for row in csv.DictReader(lines)}
    for file in synthea():
        scores = [each for each in read(file, knowledge()).measurements if each.kind == "t_score"]
        assert sorted(round(each.value, 2) for each in scores) == sorted(expected[file.name])
        assert {each.site for each in scores} <= {""}
        assert all("38265-5" in each.note for each in scores)


def test_a_hip_that_broke_of_osteoporosis_is_one_fragility_fracture() -> None:
    (hip,) = read(one("Emilee"), knowledge()).fractures
    assert (hip.site, hip.cause, str(hip.when)) == ("hip", Cause.FRAGILITY, "1991-05-05")


def test_two_hips_in_two_years_are_two_fractures() -> None:
    found = read(one("Wendell"), knowledge()).fractures
    assert [(each.site, str(each.when)) for each in found] == [("hip", "2010-02-28"), ("hip", "2011-05-24")]


def test_alendronate_is_found() -> None:
    with (CHARTS / "synthea" / "MANIFEST.csv").open(newline="") as lines:
        expected = {row["file"]: int(row["alendronate"]) for row in csv.DictReader(lines)}
    for file in synthea():
        assert len(read(file, knowledge()).by_drug.get("alendronate", ())) == expected[file.name]


def test_the_coded_dxa_report_of_us_core_is_read() -> None:
    folder = CHARTS / "us-core"
    report = [folder / "patient-example.json", folder / "DiagnosticReport-bone-density-report.json"]
    chart = read([*report, *folder.glob("dxa-*.json")], knowledge())
    found = {(each.kind, each.site, each.side): each.value for each in chart.measurements}
    assert found["t_score", "femur", "left"] == -1.48
    assert {site for _, site, _ in found} == {"femur", "total_hip"}
    assert {side for _, _, side in found} == {"left"}
    assert len(found) == 6
    assert [each.kinds for each in chart.procedures] == [{"dxa"}]


def test_the_folder_of_us_core_examples_is_read_for_one_of_its_patients() -> None:
    with pytest.raises(ChartError, match="patients in it"):
        read(CHARTS / "us-core", knowledge())
    chart = read(CHARTS / "us-core", knowledge(), patient="example")
    assert chart.patient.name
    assert len(chart.measurements) > 20


def test_every_us_core_example_alone_is_read_or_refused() -> None:
    for file in sorted((CHARTS / "us-core").glob("*.json")):
        try:
            read(file, knowledge())
        except ChartError as refused:
            assert file.name in str(refused) or "Patient/" in str(refused)  # noqa: PT017 - either outcome is right


def test_every_patient_of_a_bulk_export_is_read() -> None:
    ids = [json.loads(line)["id"] for line in (CHARTS / "bulk" / "Patient.000.ndjson").read_text().splitlines()]
    assert len(ids) == 13
    for patient in ids:
        chart = read(CHARTS / "bulk", knowledge(), patient=patient)
        assert chart.patient.id == patient
        assert chart.encounters
        assert chart.lists >= {"conditions", "medications", "procedures"}


def test_a_bulk_export_does_not_say_by_itself_whom_it_is_about() -> None:
    with pytest.raises(ChartError, match="13 patients in it"):
        read(CHARTS / "bulk", knowledge())
