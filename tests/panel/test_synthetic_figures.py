"""The invented people come out as the published figures that they are drawn from."""

import math
from datetime import date

import numpy as np
import pytest

from osteon.bone.adherence import persistence
from osteon.chart.codes import code_book
from osteon.knowledge.in_force import load
from osteon.panel.synthetic.bones import t_score
from osteon.panel.synthetic.chance import Chance
from osteon.panel.synthetic.figures import labs, problems, products, shares, tables
from osteon.panel.synthetic.levels import creatinine
from osteon.panel.synthetic.people import people
from osteon.panel.synthetic.targets import targets

TODAY = date(2026, 1, 1).toordinal()


@pytest.fixture(scope="module")
def rows():
    found = [each for first in range(0, 6000, 500) for each in people(2, first, 500, TODAY)]
    return targets(found, TODAY)


def test_every_figure_names_its_source_and_how_well_it_is_known():
    for name, table in tables().items():
        for key, each in table.items():
            assert each.source, (name, key)
            assert each.known in ("source", "recalled", "design"), (name, key)


def test_what_is_drawn_comes_out_within_its_chance(rows):
    for row in rows:
        if row.use == "drawn from" and row.target < 1:
            error = math.sqrt(row.target * (1 - row.target) / row.people)
            assert abs(row.drawn - row.target) < 4 * error + 0.01, row
        elif row.what.startswith("broke"):
            assert abs(row.drawn - row.target) < 4 * math.sqrt(row.target * 1000 / row.people), row


def test_osteoporosis_is_as_common_as_the_survey_found(rows):
    for row in rows:
        if row.use == "check":
            assert abs(row.drawn - row.target) < 0.06, row


def test_shares_of_a_table_add_up_to_all():
    for name in ("first_drug.female", "first_drug.male", "after.denosumab", "denosumab_delay_days"):
        assert sum(each.value for each in tables()[name].values()) == pytest.approx(1.0)
        assert shares(name)[1][-1] == 1.0


def test_every_drug_that_may_follow_is_a_product_with_a_code_that_the_chart_reads():
    book = code_book(load(date(2026, 1, 1)))
    names = {"first_drug.female", "first_drug.male", *(name for name in tables() if name.startswith("after."))}
    for drug in {key for name in names for key in tables()[name]} - {"none"}:
        assert drug in book.sets("http://www.nlm.nih.gov/research/umls/rxnorm", products()[drug].rxnorm)
        assert persistence(drug)
    assert {each.drug for each in problems()} - {""} <= products().keys()
    assert len({each.loinc for each in labs()}) == len(labs())


def test_chance_is_uniform_and_normal_and_depends_on_name_seed_and_person_alone():
    chance = Chance(1, 0, 20_000)
    drawn, normal = chance.uniform("a", 3), chance.normal("a", 2)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)
    assert abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.03
    assert normal.mean() == pytest.approx(0, abs=0.02)
    assert normal.std() == pytest.approx(1, abs=0.02)
    assert (Chance(1, 70, 5).uniform("a", 3) == drawn[70:75]).all()
    assert (chance.uniform("a", 9)[:, :3] == drawn).all()
    assert not (chance.uniform("b", 3) == drawn).any()
    assert not (Chance(2, 0, 20_000).uniform("a", 3) == drawn).any()


def test_creatinine_is_that_of_its_egfr():
    """Inker 2021: a woman of 60 with 0.7 mg/dL has 142 x 0.9938^60 x 1.012."""
    egfr = 142 * 0.9938**60 * 1.012
    assert creatinine(np.array([egfr]), np.array([60.0]), np.array([True]))[0] == pytest.approx(0.7)
    lower = 142 * (1.4 / 0.9) ** -1.2 * 0.9938**75
    assert creatinine(np.array([lower]), np.array([75.0]), np.array([False]))[0] == pytest.approx(1.4)


def test_a_t_score_counts_from_young_women():
    assert t_score(0.942, "total_hip") == 0
    assert t_score(0.942 - 0.122, "total_hip") == pytest.approx(-1)
