"""Who is the patient?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.chart.read import read
from osteon.chart.types import Patient, Sex, When
from tests.chart.bundles import ada, bundle, knowledge

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"


def patient(**fields: Any) -> Patient:
    return read(bundle(ada(**fields)), knowledge()).patient


@pytest.mark.parametrize(
    ("fields", "sex"),
    [
        ({"gender": "female"}, Sex.FEMALE),
        ({"gender": "male"}, Sex.MALE),
        ({"gender": "other"}, None),
        ({"gender": "unknown"}, None),
        ({"gender": "male", "extension": [{"url": US_CORE + "us-core-birthsex", "valueCode": "F"}]}, Sex.FEMALE),
        ({"gender": "other", "extension": [{"url": US_CORE + "us-core-sex", "valueCode": "248153007"}]}, Sex.MALE),
        ({"gender": "other", "extension": [{"url": US_CORE + "us-core-birthsex", "valueCode": "UNK"}]}, None),
    ],
)
def test_sex_is_that_which_matters_for_reference_ranges(fields: dict[str, Any], sex: Sex | None) -> None:
    assert patient(**fields).sex is sex


def test_a_partial_birth_date_stays_partial() -> None:
    born = patient(birthDate="1955-06").birth_date
    assert born == When(date(1955, 6, 1), date(1955, 6, 30))
    assert str(born) == "1955-06"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            [{"use": "old", "text": "Ada Before"}, {"use": "official", "family": "Now", "given": ["Ada", "B"]}],
            "Ada Now",
        ),
        ([{"text": "Dr Ada Now"}], "Dr Ada Now"),
        ([{"use": "maiden", "family": "Before"}], "Before"),
        ([], ""),
    ],
)
def test_the_official_name_is_shown(names: list[dict[str, Any]], expected: str) -> None:
    assert patient(name=names).name == expected


def test_the_record_number_is_the_one_that_is_marked_so() -> None:
    numbers = [{"value": "999-12-3456"}, {"type": {"coding": [{"code": "MR"}]}, "value": "A-17"}]
    assert patient(identifier=numbers).record_number == "A-17"
    assert patient(identifier=numbers[:1]).record_number == ""


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2024-03-02T10:00:00Z"}, When.on(date(2024, 3, 2))),
    ],
)
def test_a_death_is_kept_with_its_day(fields: dict[str, Any], expected: object) -> None:
    assert patient(**fields).deceased == expected


def test_race_and_ethnicity_are_kept_in_the_senders_words() -> None:
    def said(name: str, text: str) -> dict[str, Any]:
        return {"url": US_CORE + name, "extension": [{"url": "text", "valueString": text}]}

    both = [said("us-core-race", "Asian"), said("us-core-ethnicity", "Not Hispanic or Latino")]
    assert patient(extension=both).ethnicity == "Asian; Not Hispanic or Latino"
