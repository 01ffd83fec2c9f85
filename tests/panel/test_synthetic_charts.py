"""The charts of invented people read as they were drawn, without a warning."""

import json
import lzma
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from osteon.chart.read import read
from osteon.chart.types import Cause, Chart
from osteon.knowledge.in_force import load
from osteon.panel.synthetic.chart import Record
from osteon.panel.synthetic.figures import problems
from osteon.panel.synthetic.people import people
from osteon.panel.synthetic.person import Person

DAY = date(2026, 1, 1)
KNOWLEDGE = load(DAY)
PEOPLE = 400

pytest.importorskip("numpy")


def chart(person: Person) -> Chart:
    record = Record()
    record.add(person)
    text = "".join(line for lines in record.lines.values() for line in lines)
    return read(text.encode(), KNOWLEDGE, on=DAY)


@pytest.fixture(scope="module")
def read_back() -> list[tuple[Person, Chart]]:
    return [(each, chart(each)) for each in people(7, 0, PEOPLE, DAY.toordinal())]


def day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def test_nothing_is_read_with_a_doubt_and_nothing_lies_after_the_day(read_back):
    said = {(each.what, each.reason) for _, found in read_back for each in found.skipped}
    assert not {each for each in said if each[0].startswith("warning")}
    assert {reason for _, reason in said} <= {"the code is in no value set", "this kind of resource is not used"}


def test_a_chart_has_about_sixty_resources_and_many_say_nothing_of_bone(read_back):
    record = Record()
    for person, _ in read_back:
        record.add(person)
    left_out = sum(each.count for _, found in read_back for each in found.skipped)
    assert 50 <= record.resources / PEOPLE <= 75
    assert left_out / record.resources > 0.2


def test_densities_and_t_scores_come_back_site_by_site(read_back):
    for person, found in read_back:
        for place, kind in enumerate(("bmd", "t_score")):
            drawn = {
                (day(scan.day), site, values[place]) for scan in person.scans for site, values in scan.density.items()
            }
            told = {(each.when.earliest, each.site, each.value) for each in found.by_measure.get(kind, ())}
            assert told == drawn
    assert any(person.scans for person, _ in read_back)


def test_fractures_come_back_with_bone_day_and_cause(read_back):
    for person, found in read_back:
        drawn = {(each.site, day(each.day), each.is_low_energy) for each in person.breaks}
        told = {(each.site, each.when.earliest, each.cause is Cause.FRAGILITY) for each in found.fractures if each.when}
        assert told == drawn
    assert any(person.breaks for person, _ in read_back)


def test_doses_and_courses_come_back_on_their_days():
    treated = [each for each in people(7, 0, 4000, DAY.toordinal()) if each.doses or each.courses]
    assert len({dose.drug for each in treated for dose in each.doses}) == 3
    for person in treated:
        found = chart(person)
        doses = {(each.drug, each.when.earliest, each.amount) for course in found.courses for each in course.doses}
        assert doses == {(each.drug, day(each.day), each.mg) for each in person.doses}
        for course in person.courses:
            drug = "glucocorticoid" if course.drug == "prednisone" else course.drug
            told = found.by_drug[drug]
            assert any(
                each.start.earliest == day(course.start)
                and (each.stop.latest == day(course.end) if course.end else each.is_active)
                for each in told
            )


def test_levels_come_back_in_their_units(read_back):
    for person, found in read_back:
        for level in person.levels:
            told = {(each.when.earliest, each.value) for each in found.by_measure[level.kind]}
            assert (day(level.day), level.value) in told


def test_the_person_comes_back(read_back):
    for person, found in read_back:
        assert found.patient.sex == ("female" if person.is_woman else "male")
        assert found.patient.birth_date.earliest == day(person.born)
        assert bool(found.patient.deceased) is bool(person.died)
        assert ("osteoporosis" in found.by_condition) is person.is_coded
        assert found.by_measure.get("weight", ()) == () or found.by_measure["weight"][-1].value == person.weight_kg
        known = {problems()[place].problem for place, _ in person.problems} & {"hypertension", "dementia", "reflux"}
        assert known <= found.by_condition.keys()


def test_every_resource_is_valid_fhir_r4(read_back):
    packed = (Path(__file__).parents[1] / "data/fhir.schema.r4.json.xz").read_bytes()
    schema = jsonschema_rs.validator_for(json.loads(lzma.decompress(packed)))
    treated = [each for each in people(7, 0, 4000, DAY.toordinal()) if each.doses]
    record = Record()
    for person in [*(person for person, _ in read_back[:60]), *treated]:
        record.add(person)
    assert len(record.lines) >= 11
    for kind, lines in record.lines.items():
        for line in lines[:200]:
            wrong = [each.message for each in schema.iter_errors(json.loads(line))]
            assert not wrong, (kind, wrong[:1], line)
