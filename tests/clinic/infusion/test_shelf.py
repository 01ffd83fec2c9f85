"""The dose comes off the shelf by itself, a recall finds it, and a lot that may not be given is refused."""

from datetime import date

import pytest

from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import enter, open_session
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.stock.balance import units_of
from osteon.clinic.stock.models import Lot, Movement, Product
from osteon.clinic.stock.moving import receive
from osteon.clinic.stock.recall import recall
from osteon.pathway.session import events as e
from osteon.pathway.session.path import RefusedError
from tests.clinic.infusion.test_store import nurse, session, visit  # noqa: F401 - fixtures
from tests.pathway.session.told import prepared, told


def checked_in(story: list[e.Event]) -> e.DrugChecked:
    return next(event for event in story if isinstance(event, e.DrugChecked))


@pytest.fixture
def lot(nurse: User) -> Lot:  # noqa: F811
    number = checked_in(prepared()).lot
    product = Product.objects.create(name="Zoledronic acid 5 mg/100 mL", drug="zoledronic_acid", unit="bottle")
    made = Lot.objects.create(product=product, number=f" {number.lower()} ", expires_on=date(2027, 6, 30))
    receive(made, 5, nurse)
    return made


def started(session: Session, by: User) -> list[e.Event]:  # noqa: F811
    story = [*prepared(), told(e.Started, 10, rate_ml_h=200)]
    for event in story:
        enter(session, event, by=by)
    return story


def test_a_started_dose_is_one_unit_less_on_the_shelf(lot: Lot, session, nurse, visit):  # noqa: F811
    story = started(session, nurse)
    assert units_of(lot) == 4
    enter(session, story[-1], by=nurse)
    assert units_of(lot) == 4
    assert [each.patient for each in recall(lot.number, nurse).given] == [visit.patient]


def test_what_is_only_prepared_stays_on_the_shelf(lot: Lot, session, nurse):  # noqa: F811
    for event in prepared():
        enter(session, event, by=nurse)
    assert units_of(lot) == 5


def test_a_lot_that_nobody_received_is_found_by_a_recall_all_the_same(session, nurse, visit, signed_in):  # noqa: F811
    story = started(session, nurse)
    found = recall(checked_in(story).lot, nurse)
    assert [each.patient for each in found.given] == [visit.patient]
    assert units_of(found.lots[0]) == -1
    page = signed_in(Role.NURSE).get("/stock/").content.decode()
    assert "more was given than ever came in" in page


def test_a_blocked_lot_is_refused_in_words(lot: Lot, session, nurse):  # noqa: F811
    Lot.objects.update(is_blocked=True, blocked_why="recalled by the maker")
    with pytest.raises(RefusedError, match="blocked: recalled by the maker"):
        started(session, nurse)
    assert not Movement.objects.filter(kind="used").exists()


def test_another_patients_lot_is_refused(lot: Lot, session, nurse, mark):  # noqa: F811
    Lot.objects.update(for_patient=mark)
    with pytest.raises(RefusedError, match="another patient"):
        started(session, nurse)


def test_a_corrected_lot_takes_the_unit_from_the_other(lot: Lot, session, nurse):  # noqa: F811
    story = started(session, nurse)
    wrong = checked_in(story)
    right = told(e.DrugChecked, 9, drug=wrong.drug, product=wrong.product, lot="OTHER-9", expires=wrong.expires,
                 dose_mg=wrong.dose_mg, volume_ml=wrong.volume_ml)  # fmt: skip
    enter(session, told(e.Corrected, 13, wrong=wrong.key, reason="misread", right=right), by=nurse)
    assert units_of(lot) == 5
    assert units_of(Lot.objects.get(number="OTHER-9")) == -1
    assert Movement.objects.filter(kind="taken_back").count() == 1


def test_an_opened_session_takes_nothing(lot: Lot, visit):  # noqa: F811
    open_session(visit)
    assert Movement.objects.count() == 1
