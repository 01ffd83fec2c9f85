"""Bone densities in all the ways real systems send them: at which site, on which side, by which machine?"""

from __future__ import annotations

from typing import Any

import pytest

from osteon.chart import reasons
from tests.chart.bundles import LOINC, SNOMED, Resource, chart, concept, entry, observation, quantity, t_score, words

NECK = concept(SNOMED, "29627003", "Left femoral neck")
SPINE = words("Lumbar spine L1-L4")
SCORE = {"valueQuantity": quantity(-2.5, "{T-score}")}
MISUSED = "DXA [T-score] Bone density"

SITES: dict[str, tuple[Resource, str, str, bool]] = {
    "by LOINC, spine": (t_score(-2.5, "38267-1"), "lumbar_spine", "", False),
    "by LOINC, left hip": (t_score(-2.5, "80946-7", display="DXA Hip - left [T-score]"), "total_hip", "left", False),
    "by LOINC, heel": (t_score(-2.5, "38266-3"), "calcaneus", "", False),
    "by LOINC and body site, neck": (t_score(-2.5, "38263-0", bodySite=NECK), "femoral_neck", "left", False),
    "by body site, general code": (observation(words("T-score"), bodySite=SPINE, **SCORE), "lumbar_spine", "", False),
    "by words alone": (observation(words("DXA T-score right total hip"), **SCORE), "total_hip", "right", False),
    "by the words of a maker's own code": (
        observation(concept("urn:hologic", "TS-N-L", "Left femoral neck T-score"), **SCORE),
        "femoral_neck",
        "left",
        False,
    ),
    "one-third radius": (observation(words("T-score, 1/3 radius"), **SCORE), "radius_33", "", False),
    "femur without its part": (t_score(-2.5, "80948-3", display="DXA Femur-L T-score BMD"), "femur", "left", False),
    "38265-5 under its own name": (
        t_score(-2.5, "38265-5", display="DXA Radius and Ulna [T-score] Bone density"),
        "radius",
        "",
        False,
    ),
    "38265-5 as Synthea sends it": (t_score(-2.5, "38265-5", display=MISUSED), "", "", True),
    "38265-5 called spine": (t_score(-2.5, "38265-5", display="DXA Lumbar spine T-score"), "lumbar_spine", "", True),
    "38265-5 with the spine as body site": (
        t_score(-2.5, "38265-5", display=MISUSED, bodySite=SPINE),
        "lumbar_spine",
        "",
        True,
    ),
    "code of the spine, body site hip": (t_score(-2.5, "38267-1", bodySite=words("total hip")), "total_hip", "", True),
}


@pytest.mark.parametrize(("resource", "site", "side", "is_doubted"), SITES.values(), ids=SITES)
def test_the_site_is_told_from_code_words_and_body_site_together(
    resource: Resource, site: str, side: str, is_doubted: bool
) -> None:
    found = chart(resource)
    (score,) = found.measurements
    assert (score.kind, score.value, score.site, score.side) == ("t_score", -2.5, site, side)
    assert bool(score.note) is is_doubted
    warnings = [each.detail for each in found.skipped if each.reason == reasons.WARNING_SITE]
    assert warnings == ([score.note] if is_doubted else [])


def test_a_contradiction_says_what_contradicts_what() -> None:
    (score,) = chart(t_score(-2.5, "38267-1", bodySite=words("total hip"))).measurements
    assert score.note == "read as total hip, but its code says lumbar spine"


def test_components_are_scores_of_the_site_that_their_panel_names() -> None:
    panel = observation(
        words("DXA left femoral neck"),
        bodySite=NECK,
        component=[
            {"code": words("BMD"), "valueQuantity": quantity(0.574, "g/cm2")},
            {"code": words("T-score"), "valueString": "-2,4"},
            {"code": words("Z-score"), "valueQuantity": quantity(-0.9, "{Z-score}")},
        ],
    )
    found = {each.kind: (each.value, each.site, each.side) for each in chart(panel).measurements}
    where = ("femoral_neck", "left")
    assert found == {"bmd": (0.574, *where), "t_score": (-2.4, *where), "z_score": (-0.9, *where)}


def report(**fields: Any) -> Resource:
    return entry("DiagnosticReport", status="final", effectiveDateTime="2026-05-04", **fields)


def test_a_report_names_the_site_of_its_results() -> None:
    study = report(code=words("DXA lumbar spine"), result=[{"reference": "Observation/observation-1"}])
    (score,) = chart(study, observation(words("T-score"), **SCORE)).measurements
    assert (score.site, score.note) == ("lumbar_spine", "")


def test_results_within_their_report_are_read() -> None:
    inner = {"resourceType": "Observation", "id": "r1", "status": "final", "code": concept(LOINC, "38267-1"), **SCORE}
    study = report(code=concept(LOINC, "83311-1"), contained=[inner], result=[{"reference": "#r1"}])
    (score,) = chart(study).measurements
    assert (score.site, str(score.when), score.source) == (
        "lumbar_spine",
        "2026-05-04",
        "Observation/diagnosticreport-1#r1",
    )


def test_a_report_is_a_scan_that_was_done() -> None:
    (scan,) = chart(report(code=concept(LOINC, "83311-1"), result=[{"reference": "Observation/x"}])).procedures
    assert scan.kinds == {"dxa"}


def test_a_report_in_words_alone_is_told_to_be_typed_in() -> None:
    found = chart(report(code=concept(LOINC, "83311-1", "DXA panel"), conclusion="T-score of the spine -2.9"))
    assert not found.measurements
    (warning,) = found.skipped
    assert warning.reason == "a report in words: its numbers were not read, type them in"


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ({"display": "GE Lunar iDXA"}, "GE Lunar iDXA"),
        ({"reference": "Device/device-1"}, "Hologic DXA 2 Horizon A"),
        ({"reference": "urn:uuid:device-1"}, "Hologic DXA 2 Horizon A"),
        ({"reference": "Device/unknown"}, ""),
    ],
)
def test_the_machine_is_kept(device: Resource, expected: str) -> None:
    scanner = entry("Device", manufacturer="Hologic", modelNumber="Horizon A", deviceName=[{"name": "DXA 2"}])
    (score,) = chart(t_score(-2.5, device=device), scanner).measurements
    assert score.machine == expected


def test_a_childs_z_score_of_weight_is_no_density() -> None:
    found = chart(observation(words("Weight-for-age Z-score"), valueQuantity=quantity(-1.2, "{Z-score}")))
    assert found.measurements == ()


def test_the_reference_population_is_kept() -> None:
    (score,) = chart(t_score(-2.5, referenceRange=[{"text": "NHANES III, white women 20 to 29"}])).measurements
    assert score.reference == "NHANES III, white women 20 to 29"
