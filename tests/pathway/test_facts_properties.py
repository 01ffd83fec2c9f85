"""What must hold of every fact, whatever the chart says."""

import re
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import osteon.pathway.facts as facts
from osteon.chart.types import (
    Allergy,
    Answer,
    Cause,
    Chart,
    Condition,
    Course,
    Dose,
    Fracture,
    Measurement,
    Patient,
    Procedure,
    Sex,
    When,
)
from osteon.knowledge.types import Jurisdiction
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from tests.pathway.charting import EVERY_LIST, ON, knowledge
from tests.pathway.test_facts_vocabulary import assert_of_kind

VOCABULARY = knowledge().facts
quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

SOURCE = "".join(path.read_text() for path in Path(facts.__file__).parent.glob("*.py"))
READ_BY_FUNCTIONS = set(re.findall(r'(?:latest|measured)\(at, "(\w+)"', SOURCE))
KINDS = sorted(READ_BY_FUNCTIONS | {entry.measure for entry in VOCABULARY.values() if entry.measure})
WORDS = sorted(set(re.findall(r'"([a-z][a-z_0-9.]+)"', SOURCE)))
DRUGS = sorted({*knowledge().drugs, "glucocorticoid", "loop_diuretic", "bisphosphonate", "glucocorticoid.prednisone"})
SITES = ["hip", "vertebra", "forearm", "rib", "ankle", "femur_shaft", "skull", "other"]
SCANNED = ["lumbar_spine", "total_hip", "femoral_neck", "radius_33", "calcaneus"]

days = st.dates(date(1990, 1, 1), ON + timedelta(days=400))


@st.composite
def whens(draw: st.DrawFn) -> When:
    first = draw(days)
    return When(first, first + timedelta(days=draw(st.sampled_from([0, 0, 30, 365]))))


maybe_when = st.none() | whens()
sources = st.integers(0, 99).map(lambda number: f"Resource/{number}")
kinds = st.frozensets(st.sampled_from([*VOCABULARY, *WORDS]), min_size=1, max_size=2)

measurements = st.builds(
    Measurement,
    kind=st.sampled_from(KINDS),
    value=st.sampled_from([-3.5, -2.5, 0.0, 0.5, 1.0, 4.0, 8.2, 50.0, 160.0, 600.0]),
    unit=st.just("1"),
    when=whens(),
    source=sources,
    comparator=st.sampled_from(["", "", "<", ">"]),
    low=st.none() | st.just(1.0),
    high=st.none() | st.just(10.0),
    site=st.sampled_from(SCANNED),
    side=st.sampled_from(["", "left", "right"]),
    machine=st.sampled_from(["", "A", "B"]),
)
answers = st.builds(
    Answer,
    kind=st.sampled_from([*VOCABULARY, "smoking.current", "smoking.never", "pregnancy.yes", "pregnancy.no"]),
    value=st.booleans() | st.just("unsure"),
    when=whens(),
    source=sources,
)
conditions = st.builds(
    Condition,
    kinds=kinds,
    text=st.sampled_from(["entry", "repeated falls", "traumatic"]),
    source=sources,
    onset=maybe_when,
    ended=maybe_when,
    recorded=maybe_when,
    is_active=st.sampled_from([True, False, None]),
    is_history=st.booleans(),
)
fractures = st.builds(
    Fracture,
    site=st.sampled_from(SITES),
    cause=st.sampled_from(Cause),
    text=st.just("fracture"),
    source=sources,
    when=maybe_when,
    count=st.integers(1, 3),
    is_history=st.booleans(),
)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    drug = draw(st.sampled_from(DRUGS))
    given_on = draw(st.lists(whens(), max_size=3))
    start = draw(maybe_when)
    gap = draw(days)
    return Course(
        drug=drug,
        text=draw(st.sampled_from(["entry", "prednisone 5 mg"])),
        sources=(draw(sources),),
        start=start,
        stop=draw(maybe_when),
        is_active=draw(st.sampled_from([True, False, None])),
        doses=tuple(Dose(drug=drug, when=when, source="Dose/1") for when in given_on),
        gaps=draw(st.sampled_from([(), ((gap, gap + timedelta(days=100)),)])),
        amount_per_day=draw(st.sampled_from([None, 5.0, 40.0])),
        covered_days=draw(st.sampled_from([None, 0, 300])),
        stop_reason=draw(st.sampled_from(["", "nausea"])),
        is_oncology=draw(st.booleans()),
    )


allergies = st.builds(
    Allergy,
    kinds=st.frozensets(st.sampled_from(DRUGS), max_size=2),
    text=st.just("entry"),
    source=sources,
    is_intolerance=st.booleans(),
    when=maybe_when,
    none_known=st.booleans(),
)
procedures = st.builds(
    Procedure, kinds=kinds, text=st.just("entry"), source=sources, when=maybe_when, is_done=st.booleans()
)
patients = st.builds(
    Patient,
    id=st.just("p"),
    birth_date=st.sampled_from(
        [When.on(date(1950, 3, 14)), When(date(1960, 1, 1), date(1960, 12, 31)), When.on(date(1995, 1, 1))]
    ),
    sex=st.sampled_from([Sex.FEMALE, Sex.MALE, None]),
)


def some(entries: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(entries, max_size=4).map(lambda items: tuple(sorted(items, key=_day)))


def _day(entry: object) -> date:
    for name in ("when", "start", "onset", "recorded"):
        day = getattr(entry, name, None)
        if day is not None:
            return day.earliest
    return date.min


charts = st.builds(
    Chart,
    patient=patients,
    measurements=some(measurements),
    answers=some(answers),
    conditions=some(conditions),
    fractures=some(fractures),
    courses=some(courses()),
    allergies=some(allergies),
    procedures=some(procedures),
    lists=st.frozensets(st.sampled_from(sorted(EVERY_LIST))),
)


def every_fact(chart: Chart, on: date = ON) -> dict[str, Known]:
    at = Occasion(chart, on, knowledge())
    return {name: at[name] for name in VOCABULARY}


@quick
@given(charts)
def test_no_fact_ever_raises_and_every_answer_is_of_its_kind(chart: Chart) -> None:
    for name, known in every_fact(chart).items():
        assert_of_kind(known.value, VOCABULARY[name], name)
        assert known.value is not None or known.why_not, name


@quick
@given(charts)
def test_a_number_lies_within_its_bounds(chart: Chart) -> None:
    for name, known in every_fact(chart).items():
        if known.low is not None or known.high is not None:
            assert known.bounds is not None, name
            assert known.bounds[0] <= known.number <= known.bounds[1], name


def before(chart: Chart, on: date) -> Chart:
    """The chart without what begins after the day."""

    def keep(items: tuple) -> tuple:
        return tuple(each for each in items if _day(each) <= on)

    return Chart(
        patient=chart.patient,
        measurements=keep(chart.measurements),
        answers=keep(chart.answers),
        conditions=tuple(each for each in chart.conditions if each.began is None or each.began.earliest <= on),
        fractures=keep(chart.fractures),
        courses=tuple(each for each in chart.courses if _began(each) <= on),
        allergies=keep(chart.allergies),
        procedures=keep(chart.procedures),
        lists=chart.lists,
    )


def _began(course: Course) -> date:
    starts = [course.start] if course.start else [dose.when for dose in course.doses]
    return min((each.earliest for each in starts), default=date.min)


@quick
@given(charts, st.dates(date(2015, 1, 1), ON))
def test_what_comes_after_the_day_is_not_known_on_it(chart: Chart, on: date) -> None:
    assert every_fact(chart, on) == every_fact(before(chart, on), on)


@quick
@given(charts)
def test_an_entry_of_another_kind_changes_nothing(chart: Chart) -> None:
    stranger = Condition(kinds=frozenset({"in_no_value_set"}), text="hay fever", source="Condition/new", is_active=True)
    result = Measurement(kind="in_no_table", value=1, unit="1", when=When.on(ON), source="Observation/new")
    more = {name: getattr(chart, name) for name in Chart.__struct_fields__}
    more |= {"conditions": (*chart.conditions, stranger), "measurements": (*chart.measurements, result)}
    assert every_fact(Chart(**more)) == every_fact(chart)


@quick
@given(charts)
def test_the_order_in_which_facts_are_asked_does_not_matter(chart: Chart) -> None:
    at = Occasion(chart, ON, knowledge())
    assert {name: at[name] for name in reversed(list(VOCABULARY))} == every_fact(chart)


def test_every_measurement_that_a_fact_asks_for_is_one_that_a_reader_can_bring() -> None:
    assert set(KINDS) <= set(knowledge().analytes)


def test_every_record_of_the_vocabulary_has_codes() -> None:
    """A condition, procedure or drug that no code stands for would always be silently absent."""
    coded = {concept.value_set for concept in knowledge().codes}
    for name, entry in VOCABULARY.items():
        if entry.record in ("condition", "procedure", "medication"):
            assert name.removesuffix("_now") in coded, name


def test_every_value_set_that_a_fact_asks_for_has_codes() -> None:
    asked = set(re.findall(r'(?:conditions|flag_of_conditions|procedures|last_done)\("(\w+)", at', SOURCE))
    assert asked
    assert asked <= {concept.value_set for concept in knowledge().codes}


def test_facts_can_be_asked_under_every_jurisdiction() -> None:
    from osteon.knowledge import load

    chart = Chart(patient=Patient(id="p", birth_date=When.on(date(1950, 3, 14)), sex=Sex.FEMALE))
    for jurisdiction in Jurisdiction:
        at = Occasion(chart, ON, load(ON, jurisdiction))
        assert all(at[name] is not None for name in VOCABULARY)
