"""A chart has one order, whatever order it was read in, and says what was left out."""

from __future__ import annotations

from datetime import date

from osteon.chart.assemble import counted, in_order
from osteon.chart.fhir.dates import when
from osteon.chart.read import read
from osteon.chart.types import Skipped, When
from osteon.chart.understanding import LeftOut, understanding
from tests.chart.bundles import (
    OSTEOPOROSIS,
    TODAY,
    ada,
    bundle,
    chart,
    concept,
    condition,
    creatinine,
    knowledge,
    observation,
    quantity,
    t_score,
    whole_chart,
)


def test_facts_stand_by_date_then_source() -> None:
    found = chart(
        creatinine(1.2, 2, when="2026-05-04"), creatinine(1.1, 1, when="2026-05-04"), creatinine(1.3, 3, when="2024")
    )
    assert [each.value for each in found.measurements] == [1.3, 1.1, 1.2]


def test_undated_facts_stand_first() -> None:
    found = chart(condition(OSTEOPOROSIS, 1, onsetDateTime="2020"), condition(OSTEOPOROSIS, 2))
    assert [each.source for each in found.conditions] == ["Condition/condition-2", "Condition/condition-1"]


def test_equal_facts_stand_once() -> None:
    (fact,) = chart(creatinine(1.2)).measurements
    assert in_order([fact, fact]) == (fact,)


def test_equal_reasons_are_counted() -> None:
    one = Skipped(what="Claim", reason="not used")
    assert counted([one, Skipped(what="Claim", reason="not used", count=4)]) == (
        Skipped(what="Claim", reason="not used", count=5),
    )


def test_the_fingerprint_is_that_of_the_content() -> None:
    resources = whole_chart()
    forwards, backwards = (read(bundle(*each), knowledge()) for each in (resources, resources[::-1]))
    assert forwards == backwards
    assert forwards.fingerprint == backwards.fingerprint
    assert forwards.fingerprint != read(bundle(*resources[:-5]), knowledge()).fingerprint


def test_nothing_that_is_dated_later_than_the_day_is_a_fact() -> None:
    found = read(bundle(*whole_chart()), knowledge(), on=TODAY.replace(year=2024, month=1, day=31))
    assert found.fractures == ()
    assert found.measurements == ()
    assert [each.drug for each in found.courses] == ["alendronate"]
    assert {each.detail for each in found.skipped if "after the day" in each.reason} >= {"Observation/observation-1"}


def test_the_lists_that_a_source_holds_are_named() -> None:
    assert read(bundle(*whole_chart()), knowledge()).lists == {"conditions", "medications", "allergies", "procedures"}
    assert read(bundle(ada()), knowledge()).lists == frozenset()


def test_what_was_understood_and_what_was_not_is_summed_up() -> None:
    glucose = concept("http://loinc.org", "2339-0", "Glucose")
    found = understanding(
        chart(
            creatinine(1.2, 1),
            observation(glucose, 2, valueQuantity=quantity(90, "mg/dL")),
            observation(glucose, 3, valueQuantity=quantity(95, "mg/dL")),
            {"resourceType": "Claim"},
            t_score(-2.5, "38265-5", 4, display="DXA [T-score] Bone density"),
        )
    )
    assert (found.understood, found.facts) == (3, {"measurements": 2})
    assert found.left_out == (
        LeftOut("the code is in no value set", 2, (("Observation", 2),)),
        LeftOut("this kind of resource is not used", 1, (("Claim", 1),)),
    )
    assert [(each.count, each.of) for each in found.in_doubt] == [(1, (("Observation", 1),))]


def test_a_date_is_said_as_it_was_given() -> None:
    for text in ("2025", "2025-02", "2024-02", "2025-12", "2025-03-14", "9999", "9999-12", "0001"):
        assert str(when(text)) == text
    assert str(When(date(2011, 5, 24), date(2012, 5, 23))) == "2011-05-24 to 2012-05-23"
    assert str(When(date(2025, 1, 29), date(2025, 2, 28))) == "2025-01-29 to 2025-02-28"


def test_a_span_moves_by_days_and_stays_within_the_calendar() -> None:
    month = When(date(2025, 1, 1), date(2025, 1, 31))
    assert month.later(28) == When(date(2025, 1, 29), date(2025, 2, 28))
    assert month.later(1e12).latest == date.max
    assert month.later(-1e12).earliest == date.min
