"""The code on a bag says product, lot and expiry; a drug that two people check needs two."""

import re
from datetime import date

import pytest
from django.test import override_settings

from osteon.clinic.infusion.barcode import UnreadableCodeError, read_code
from osteon.clinic.infusion.store import state_in
from osteon.clinic.people.roles import Role
from tests.clinic.conftest import PASSWORD
from tests.clinic.infusion.test_pages import Nurse, nurse, visit  # noqa: F401 - fixtures

CODE = "(01)00371669123455(17)270630(10)ABC123"


def test_a_code_says_product_lot_and_expiry():
    code = read_code(CODE)
    assert (code.gtin, code.ndc, code.lot, code.expires) == (
        "00371669123455",
        "7166912345",
        "ABC123",
        date(2027, 6, 30),
    )


@pytest.mark.parametrize("code", ["hello", "0100371669123457", ""])
def test_another_code_is_refused(code: str):
    with pytest.raises(UnreadableCodeError):
        read_code(code)


def test_a_scan_fills_in_lot_and_expiry(nurse: Nurse, visit):  # noqa: F811
    nurse.does("arrived")
    nurse.does("drug_checked", code=CODE, product="generic", dose_mg="5")
    drug = state_in(visit.session).drug
    assert (drug.lot, drug.expires, drug.ndc) == ("ABC123", "2027-06-30", "7166912345")


def test_a_label_that_says_otherwise_is_refused_at_its_field(nurse: Nurse, visit):  # noqa: F811
    nurse.does("arrived")
    answer = nurse.does("drug_checked", code=CODE, product="generic", lot="XYZ", dose_mg="5")
    assert "The code says ABC123." in answer.content.decode()
    assert state_in(visit.session).drug is None


def test_without_code_and_lot_it_asks_for_them(nurse: Nurse):  # noqa: F811
    nurse.does("arrived")
    answer = nurse.does("drug_checked", product="generic", dose_mg="5").content.decode()
    assert len(re.findall("Scan the code, or type", answer)) == 2


@override_settings(TWO_PEOPLE_CHECK=["zoledronic_acid"])
def test_the_second_person_signs_with_a_sign_in_of_her_own(nurse: Nurse, visit, person):  # noqa: F811
    person(Role.NURSE, "second")
    person(Role.COORDINATOR, "desk")
    nurse.does("arrived")
    drug = {"code": CODE, "product": "generic", "dose_mg": "5"}
    for name, password in (("", ""), ("second", "wrong"), ("desk", PASSWORD)):
        answer = nurse.does("drug_checked", **drug, second_name=name, second_password=password)
        assert "sign-in of her own" in answer.content.decode()
    assert (
        "Two people check"
        in nurse.does("drug_checked", **drug, second_name="nurse", second_password=PASSWORD).content.decode()
    )
    nurse.does("drug_checked", **drug, second_name="second", second_password=PASSWORD)
    assert state_in(visit.session).drug.second
