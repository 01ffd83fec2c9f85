"""The order for one dose: the arithmetic that a nurse would check by hand."""

from datetime import date

import pytest

from osteon.knowledge import load
from osteon.pathway.order import dose_order, infusion_rate

KNOWLEDGE = load(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("volume_ml", "minutes", "drops_per_ml", "ml_per_h", "drops_per_min"),
    [
        (100, 15, 20, 400, 133),
        (100, 30, 20, 200, 67),
        (250, 120, 20, 125, 42),
        (100, 30, 60, 200, 200),
        (100, 30, 10, 200, 33),
    ],
)
def test_it_works_out_the_rate_of_a_bag(
    volume_ml: float, minutes: float, drops_per_ml: float, ml_per_h: float, drops_per_min: int
) -> None:
    rate = infusion_rate("usual", volume_ml, minutes, drops_per_ml)
    assert rate.ml_per_h == pytest.approx(ml_per_h)
    assert rate.drops_per_min == drops_per_min


def test_zoledronic_acid_is_never_faster_than_its_label() -> None:
    order = dose_order(KNOWLEDGE.drugs["zoledronic_acid"], 20)
    assert order.is_infusion
    assert order.maximum_rate_ml_h is not None
    assert all(rate.ml_per_h <= order.maximum_rate_ml_h for rate in order.rates)
    assert "Zometa" in order.warnings[0].text
