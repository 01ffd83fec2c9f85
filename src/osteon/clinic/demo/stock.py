"""What is on the shelves of the invented clinic: enough, too little, soon too old, for one patient, too warm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.models import Lot, Product, Refrigerator, Temperature
from osteon.clinic.stock.moving import receive, take_out

PRODUCTS = (
    ("Zoledronic acid 5 mg/100 mL", "zoledronic_acid", "bottle", False, (("DEMO-1", 400, 30), ("DEMO-Z2", 41, 4))),
    ("Ibandronate 3 mg/3 mL", "ibandronate", "syringe", False, (("DEMO-I1", 200, 2),)),
    ("Pamidronate 30 mg", "pamidronate", "vial", False, (("DEMO-P1", 300, 6),)),
    ("Denosumab 60 mg/mL", "denosumab", "syringe", True, (("DEMO-D1", 500, 24), ("DEMO-D2", 120, 6))),
    ("Romosozumab 105 mg/1.17 mL", "romosozumab", "syringe", True, (("DEMO-R1", 250, 8),)),
)
"""Name, drug, unit, whether it is kept cold, and lots: number, days until the last day, units."""

_READINGS = (4.1, 4.4, 3.9, 8.9, 4.6, 4.2)
"""What the thermometer showed, twice a day, the last one this morning: one is too warm."""


def fill_shelves() -> None:
    """Receive invented lots and write down what the thermometer showed."""
    nurse = User.objects.filter(role=Role.NURSE).order_by("pk")[0]
    cold = Refrigerator.objects.create(name="Refrigerator 1")
    now = timezone.now()
    for number, celsius in enumerate(reversed(_READINGS)):
        at = now - timedelta(hours=12 * number + 3)
        note = "the door stood open" if celsius > cold.high_c else ""
        Temperature.objects.create(refrigerator=cold, at=at, by=nurse, celsius=Decimal(str(celsius)), note=note)
    for name, drug, unit, is_cold, lots in PRODUCTS:
        product = Product.objects.create(name=name, drug=drug, unit=unit)
        for lot, days, units in lots:
            made = Lot.objects.create(
                product=product,
                number=lot,
                expires_on=today() + timedelta(days=days),
                refrigerator=cold if is_cold else None,
            )
            receive(made, units, nurse)
    denosumab = Lot.objects.get(number="DEMO-D1")
    take_out(denosumab, 1, nurse)
    sent = Lot.objects.create(
        product=denosumab.product,
        number="DEMO-D7",
        expires_on=today() + timedelta(days=300),
        refrigerator=cold,
        for_patient=Patient.objects.filter(summary__drug="denosumab").order_by("record_number").first(),
    )
    receive(sent, 1, nurse, reason="sent by the payer")
