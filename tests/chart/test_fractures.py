"""From many recordings to the fractures themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.fracture_words import cause_by_words, count_by_words, levels_by_words, side_by_words, site_by_words
from osteon.chart.fractures import Recording, merge
from osteon.chart.types import Cause, Fracture, When

DAY = date(2024, 2, 3)


def recording(
    days: int | None = 0,
    site: str = "hip",
    cause: Cause = Cause.UNSTATED,
    *,
    care: str = "",
    side: str = "",
    levels: str = "",
    encounter: str = "",
    is_history: bool = False,
) -> Recording:
    when = None if days is None else When.on(DAY + timedelta(days=days))
    names = frozenset(levels.split())
    fracture = Fracture(
        site=site,
        cause=cause,
        text=f"{site} {days} {care}",
        source=f"Condition/{site}{days}{care}{side}{levels}",
        when=when,
        side=side,
        count=max(1, len(names)),
        is_history=is_history,
    )
    return Recording(fracture=fracture, care=care, levels=names, encounter=encounter)


def merged(*recordings: Recording) -> tuple[Fracture, ...]:
    return merge(recordings, timedelta(days=90), timedelta(days=365))


SAME: dict[str, tuple[Recording, Recording, int]] = {
    "the same day": (recording(0), recording(0, side="left"), 1),
    "90 days apart": (recording(0), recording(90), 1),
    "91 days apart": (recording(0), recording(91), 2),
    "another bone": (recording(0), recording(0, "forearm"), 2),
    "the other side": (recording(0, side="left"), recording(0, side="right"), 2),
    "a later visit while it heals": (recording(0), recording(300, care="subsequent"), 1),
    "a later visit for another fracture": (recording(0), recording(400, care="subsequent"), 2),
    "a later visit without a day": (recording(0), recording(None, care="subsequent"), 1),
    "a late effect": (recording(0), recording(2000, care="sequela"), 1),
    "a late effect of nothing before": (recording(0), recording(-2000, care="sequela"), 2),
    "history without a day": (recording(0), recording(None, is_history=True), 1),
    "history of another day": (recording(0), recording(-3000, is_history=True), 2),
    "another vertebra": (recording(0, "vertebra", levels="T12"), recording(10, "vertebra", levels="L2"), 2),
    "one vertebra in common": (recording(0, "vertebra", levels="T12 L1"), recording(10, "vertebra", levels="L1"), 1),
    "a vertebra that is not named": (recording(0, "vertebra", levels="T12"), recording(10, "vertebra"), 1),
    "no bone named, the same day": (recording(0), recording(0, "other", Cause.FRAGILITY), 1),
    "no bone named, the same visit": (recording(0, encounter="e"), recording(None, "other", encounter="e"), 1),
    "no bone named, another day": (recording(0), recording(3, "other", Cause.FRAGILITY), 2),
}


@pytest.mark.parametrize(("one", "other", "number"), SAME.values(), ids=SAME)
def test_recordings_of_one_fracture_become_one(one: Recording, other: Recording, number: int) -> None:
    assert len(merged(one, other)) == number
    assert set(merged(one, other)) == set(merged(other, one))


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        ((Cause.UNSTATED, Cause.FRAGILITY), Cause.FRAGILITY),
        ((Cause.UNSTATED, Cause.TRAUMA), Cause.TRAUMA),
        ((Cause.TRAUMA, Cause.FRAGILITY), Cause.FRAGILITY),
        ((Cause.FRAGILITY, Cause.PATHOLOGICAL), Cause.PATHOLOGICAL),
        ((Cause.PATHOLOGICAL, Cause.ATYPICAL), Cause.ATYPICAL),
    ],
)
def test_the_most_specific_cause_stands(causes: tuple[Cause, Cause], expected: Cause) -> None:
    (found,) = merged(recording(0, cause=causes[0]), recording(5, cause=causes[1]))
    assert found.cause is expected


def test_what_the_recordings_add_to_each_other_is_kept() -> None:
    (found,) = merged(
        recording(4, "vertebra", levels="T12"),
        recording(0, "vertebra", levels="T12 L1", is_history=True),
    )
    assert (found.count, found.is_history, found.when) == (2, False, When.on(DAY + timedelta(days=4)))


SENTENCES = {
    "fell from standing height": Cause.FRAGILITY,
    "ground level fall": Cause.FRAGILITY,
    "slipped on ice": Cause.FRAGILITY,
    "spontaneous": Cause.FRAGILITY,
    "insufficiency fracture of the sacrum": Cause.FRAGILITY,
    "fall from a height of 3 m": Cause.TRAUMA,
    "fell from the roof": Cause.TRAUMA,
    "RTA, driver": Cause.TRAUMA,
    "high-energy injury": Cause.TRAUMA,
    "bicycle accident": Cause.TRAUMA,
    "fell at home": Cause.UNSTATED,
    "fracture of hip": Cause.UNSTATED,
    "pathological, multiple myeloma": Cause.PATHOLOGICAL,
    "atypical femoral fracture": Cause.ATYPICAL,
    "stumbled at home, no evidence of malignancy": Cause.FRAGILITY,
    "not a motor vehicle accident": Cause.UNSTATED,
    "without trauma": Cause.FRAGILITY,
}


@pytest.mark.parametrize(("words", "cause"), SENTENCES.items())
def test_the_cause_is_told_from_the_words(words: str, cause: Cause) -> None:
    assert cause_by_words(words) is cause


@pytest.mark.parametrize(
    ("words", "site"),
    [
        ("closed fracture of neck of femur", "hip"),
        ("subtrochanteric fracture of left femur", "femur_shaft"),
        ("intertrochanteric fracture", "hip"),
        ("fracture of shaft of femur", "femur_shaft"),
        ("wedge fracture of L1", "vertebra"),
        ("fracture subluxation of wrist", "forearm"),
        ("Colles' fracture", "forearm"),
        ("fracture of surgical neck of humerus", "humerus"),
        ("fracture of pubic ramus", "pelvis"),
        ("fracture of three ribs", "rib"),
        ("fracture of distal radius", "forearm"),
        ("fracture of lateral malleolus", "ankle"),
        ("fracture of metatarsal bone", "foot"),
        ("fracture", "other"),
    ],
)
def test_the_bone_is_told_from_the_words(words: str, site: str) -> None:
    assert site_by_words(words) == site


@pytest.mark.parametrize(
    ("words", "levels", "count"),
    [
        ("T12", "T12", 1),
        ("T11-L1", "T11 T12 L1", 3),
        ("D12 and L2", "T12 L2", 2),
        ("L1 to L3", "L1 L2 L3", 3),
        ("L3-L1", "", 1),
        ("T13", "", 1),
        ("three vertebral fractures", "", 3),
        ("fracture", "", 1),
    ],
)
def test_vertebrae_are_counted(words: str, levels: str, count: int) -> None:
    assert levels_by_words(words) == frozenset(levels.split())
    assert count_by_words(words) == count


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("left hip", "left"),
        ("Right", "right"),
        ("DXA Femur-L T-score", "left"),
        ("hip (R)", "right"),
        ("Lt. wrist", "left"),
        ("bilateral", "both"),
        ("left and right", "both"),
        ("lumbar spine L1-L4", ""),
    ],
)
def test_the_side_is_told_from_the_words(words: str, side: str) -> None:
    assert side_by_words(words) == side


RECORDINGS = st.builds(
    recording,
    st.none() | st.integers(-400, 400),
    st.sampled_from(["hip", "vertebra", "other"]),
    st.sampled_from(list(Cause)),
    care=st.sampled_from(["", "subsequent", "sequela"]),
    side=st.sampled_from(["", "left", "right"]),
    levels=st.sampled_from(["", "T12", "T12 L1"]),
    is_history=st.booleans(),
)


@given(st.lists(RECORDINGS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_recordings_does_not_matter(recordings: list[Recording], dice: object) -> None:
    shuffled = list(recordings)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(*shuffled) == merged(*recordings)


@given(st.lists(RECORDINGS, min_size=1, max_size=6))
def test_no_fracture_is_lost_and_none_is_invented(recordings: list[Recording]) -> None:
    found = merged(*recordings)
    assert 1 <= len(found) <= len(recordings)
    assert {each.site for each in found} <= {each.fracture.site for each in recordings}
