"""What holds of every chart: order does not matter, and nothing but a `ChartError` is ever raised."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.chart import read as reading
from osteon.chart.errors import ChartError
from osteon.chart.fhir.read import READERS
from osteon.chart.read import read
from tests.chart import fuzz
from tests.chart.bundles import ada, bundle, knowledge, whole_chart

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        *(
            "id",
            "subject",
            "patient",
            "status",
            "code",
            "coding",
            "text",
            "value",
            "valueQuantity",
            "component",
            "entry",
        ),
        *("effectiveDateTime", "onsetAge", "dosage", "timing", "repeat", "birthDate", "contained", "result", "meta"),
        *("reference", "identifier", "extension", "dosageInstruction", "reaction", "medicationReference"),
    ]
)
RESOURCES = st.builds(
    lambda kind, fields: {"resourceType": kind, **fields},
    st.sampled_from([*READERS, "Bundle", "Claim", "Nonsense"]),
    st.dictionaries(FIELDS, JSON, max_size=6),
)


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, len(whole_chart()) - 2), max_size=8))
@settings(deadline=None)
def test_the_order_and_repetition_of_entries_do_not_matter(dice: Random, repeated: list[int]) -> None:
    entries = whole_chart()
    shuffled = [*entries, *(entries[number] for number in repeated)]
    dice.shuffle(shuffled)
    found = read(bundle(*shuffled), knowledge())
    assert found == read(bundle(*entries), knowledge())


@given(st.lists(RESOURCES, max_size=5))
@settings(deadline=None)
def test_any_json_that_claims_to_be_fhir_is_read_or_refused(resources: list[dict[str, Any]]) -> None:
    tried = fuzz.attempt(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}).encode()
    )
    assert not tried.failure
    with_ada = fuzz.attempt(bundle(ada(), *(each for each in resources if each["resourceType"] != "Patient")))
    assert not with_ada.failure


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert not fuzz.attempt(content).failure


def test_300_broken_charts_are_read_or_refused() -> None:
    tried = [(number, fuzz.attempt(content)) for number, content in fuzz.rounds(0, 300)]
    assert [(number, each.failure) for number, each in tried if each.failure] == []
    outcomes = Counter(each.is_chart for _, each in tried)
    assert outcomes[True] > 100
    assert outcomes[False] > 10


def test_the_search_for_failures_finds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_reader(*_: object, **__: object) -> None:
        message = "an error that nobody documented"
        raise KeyError(message)

    monkeypatch.setattr(reading, "read_pieces", broken_reader)
    assert fuzz.attempt(bundle(ada())).failure.startswith("KeyError")


def test_a_shard_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fuzz, "RECORDS", tmp_path / ".deep")
    monkeypatch.setattr(fuzz, "CHUNK", 10)
    tried: list[bytes] = []

    def attempt(content: bytes) -> fuzz.Tried:
        tried.append(content)
        if len(tried) == 25:
            raise KeyboardInterrupt
        return fuzz.Tried(True, "broken" if len(tried) == 3 else "")

    monkeypatch.setattr(fuzz, "attempt", attempt)
    with pytest.raises(KeyboardInterrupt):
        fuzz.run_shard(2, 2, 60)
    assert fuzz.run_shard(2, 2, 60) == 1
    lines = [json.loads(line) for line in (tmp_path / ".deep" / "fuzz-2-of-2.jsonl").read_text().splitlines()]
    assert sum(line["tried"] for line in lines) == 30
    assert len(tried) == 20 + 5 + 10
    assert fuzz.run_shard(2, 2, 60) == 1


def test_a_refusal_always_says_what_to_do_next() -> None:
    for content in (b"", b"{}", b"[", bundle(), bundle(ada(), ada(id="bea"))):
        with pytest.raises(ChartError) as refused:
            read(content, knowledge())
        assert str(refused.value).startswith("the input: ")
        assert len(str(refused.value)) > 30
