"""A plan as FHIR R4, judged by the official JSON schema."""

import lzma
from functools import cache

import jsonschema_rs
import msgspec
import pytest

from osteon.exchange.plan import plan_bundle
from osteon.pathway.plan import plan
from tests.examples import ON, ROOT, occasion


@cache
def r4_schema() -> jsonschema_rs.Validator:
    packed = (ROOT / "tests/data/fhir.schema.r4.json.xz").read_bytes()
    return jsonschema_rs.validator_for(msgspec.json.decode(lzma.decompress(packed)))


def bundle_of(name: str, **asked: str) -> dict:
    at = occasion(name)
    return plan_bundle(plan(at, **asked), at.chart, at.knowledge, recorded=ON, version="test")


def of_type(bundle: dict, kind: str) -> list[dict]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["reference"]} if isinstance(node.get("reference"), str) else set()
        return own.union(*(references(child) for child in node.values()))
    if isinstance(node, list):
        return set().union(*(references(child) for child in node))
    return set()


@pytest.mark.parametrize("drug", ["", "zoledronic_acid", "denosumab", "teriparatide", "romosozumab", "alendronate"])
@pytest.mark.parametrize("name", ["jane", "mark"])
def test_it_validates_against_the_official_r4_schema(name: str, drug: str) -> None:
    bundle = bundle_of(name, drug=drug)
    problems = [f"{list(e.instance_path)}: {e.message}" for e in r4_schema().iter_errors(bundle)]
    assert not problems, problems[:3]


@pytest.mark.parametrize(
    "kind", ["CarePlan", "ServiceRequest", "MedicationRequest", "RiskAssessment", "DetectedIssue", "Provenance"]
)
def test_it_holds_every_kind_of_resource(kind: str) -> None:
    assert of_type(bundle_of("jane"), kind)


def test_every_reference_points_inside_the_bundle() -> None:
    bundle = bundle_of("mark")
    assert references(bundle) <= {entry["fullUrl"] for entry in bundle["entry"]}


def test_nothing_in_it_is_signed_or_active() -> None:
    bundle = bundle_of("jane")
    (care_plan,) = of_type(bundle, "CarePlan")
    assert care_plan["status"] == "draft"
    assert "Not clinically signed off" in care_plan["note"][0]["text"]
    assert {each["status"] for each in of_type(bundle, "MedicationRequest")} == {"draft"}


def test_ids_are_opaque_and_stable() -> None:
    first, second = bundle_of("jane"), bundle_of("jane")
    assert first == second
    assert not any("jane" in entry["fullUrl"].lower() for entry in first["entry"])
