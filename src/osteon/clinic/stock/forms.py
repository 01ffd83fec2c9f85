"""The forms of the stock. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.stock.models import Lot, Movement, Product, Refrigerator, TakenOut

_DAY = {"type": "date"}

if TYPE_CHECKING:
    _OfProduct = forms.ModelForm[Product]
    _OfRefrigerator = forms.ModelForm[Refrigerator]
    _OfTakenOut = forms.ModelChoiceField[TakenOut]
else:  # Django's own class takes no type in brackets
    _OfProduct = _OfRefrigerator = forms.ModelForm
    _OfTakenOut = forms.ModelChoiceField


class ProductForm(_OfProduct):
    """A product that the clinic buys."""

    drug = forms.ChoiceField(label="Drug")

    class Meta:
        model = Product
        fields = ("name", "drug", "unit", "low_from")
        labels: ClassVar = {"name": "Product and package", "unit": "What one unit is", "low_from": "Too few below"}
        help_texts: ClassVar = {"name": "As it stands on the carton.", "unit": "vial, syringe, bag"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["drug"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        drugs = knowledge_on(today()).drugs.values()
        field.choices = [("", "choose"), *((each.id, each.name) for each in drugs if not each.is_taken_at_home)]


class ReceiveForm(forms.Form):
    """What came in: product, lot, last day, how many, and for whom where a payer sent it."""

    product = forms.ModelChoiceField(Product.objects.filter(is_in_use=True), empty_label="choose", label="Product")
    number = forms.CharField(max_length=40, label="Lot number")
    expires_on = forms.DateField(
        label="Last day of use", widget=forms.DateInput(attrs=_DAY),
        help_text="Where the carton names a month alone, its last day.",
    )  # fmt: skip
    units = forms.IntegerField(min_value=1, max_value=1000, label="How many units")
    refrigerator = forms.ModelChoiceField(
        Refrigerator.objects.filter(is_in_use=True), required=False, empty_label="none: it is kept at room temperature",
        label="Refrigerator",
    )  # fmt: skip
    record_number = forms.CharField(
        max_length=40, required=False, label="Sent by a payer for one patient: the record number",
        help_text="Leave it empty for the clinic's own stock.",
    )  # fmt: skip

    def clean_expires_on(self) -> date:
        """What is past its last day is not put on the shelf."""
        day: date = self.cleaned_data["expires_on"]
        if day < today():
            message = "This lot is past its last day already. Do not put it on the shelf."
            raise ValidationError(message)
        return day

    def clean_record_number(self) -> Patient | None:
        """The patient with this number."""
        number = self.cleaned_data["record_number"].strip()
        if not number:
            return None
        patient = Patient.objects.filter(record_number__iexact=number, merged_into__isnull=True).first()
        if patient is None:
            message = "Nobody here has this record number."
            raise ValidationError(message)
        return patient

    def lot(self) -> Lot:
        """The lot, which is made where it is not here yet."""
        given = self.cleaned_data
        made, _ = Lot.objects.get_or_create(
            product=given["product"],
            number=given["number"].strip(),
            expires_on=given["expires_on"],
            for_patient=given["record_number"],
            defaults={"refrigerator": given["refrigerator"]},
        )
        return made


class _OutsideField(_OfTakenOut):
    def label_from_instance(self, obj: TakenOut) -> str:
        return f"taken out {obj.at:%-d %B, %H:%M}, to use by {obj.use_by:%-d %B}"


class UseForm(forms.Form):
    """For which visit it was used."""

    visit = forms.ChoiceField(label="For whom", help_text="Today's visits for this drug.")
    taken_out = _OutsideField(TakenOut.objects.none(), required=False, label="From where", empty_label="from its place")

    def __init__(self, visits: list[tuple[str, str]], outside: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit, taken = self.fields["visit"], self.fields["taken_out"]
        assert isinstance(visit, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(taken, forms.ModelChoiceField)  # noqa: S101 - declared above
        visit.choices = [("", "choose"), *visits]
        taken.queryset = outside


class WasteForm(forms.Form):
    """How many were thrown away, and why."""

    units = forms.IntegerField(min_value=1, max_value=1000, label="How many units")
    reason = forms.CharField(max_length=200, label="Why")
    taken_out = _OutsideField(TakenOut.objects.none(), required=False, label="From where", empty_label="from its place")

    def __init__(self, outside: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = self.fields["taken_out"]
        assert isinstance(taken, forms.ModelChoiceField)  # noqa: S101 - declared above
        taken.queryset = outside


class CountForm(forms.Form):
    """How many are there really?"""

    counted = forms.IntegerField(min_value=0, max_value=10_000, label="How many are there, all places together")
    reason = forms.CharField(max_length=200, required=False, label="Remark")


class TakeOutForm(forms.Form):
    """How many leave the refrigerator."""

    units = forms.IntegerField(min_value=1, max_value=1000, label="How many units")


class TakeBackForm(forms.Form):
    """Which movement was written down in error, and why."""

    movement = forms.ModelChoiceField(Movement.objects.none(), widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, label="What was wrong?")

    def __init__(self, lot: Lot, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        movement = self.fields["movement"]
        assert isinstance(movement, forms.ModelChoiceField)  # noqa: S101 - declared above
        movement.queryset = lot.movements.filter(corrects__isnull=True, taken_back__isnull=True)


class BlockForm(forms.Form):
    """Why nobody may be given this lot; empty to free it."""

    why = forms.CharField(max_length=200, required=False, label="Why it is blocked",
                          help_text="A recall, a warm refrigerator. Leave it empty to free the lot.")  # fmt: skip


class TemperatureForm(forms.Form):
    """What the thermometer shows."""

    refrigerator = forms.ModelChoiceField(
        Refrigerator.objects.filter(is_in_use=True), empty_label="choose", label="Refrigerator"
    )
    celsius = forms.DecimalField(min_value=-40, max_value=60, max_digits=4, decimal_places=1, label="Degrees Celsius")
    note = forms.CharField(max_length=200, required=False, label="Remark")


class RefrigeratorForm(_OfRefrigerator):
    """A refrigerator and its limits."""

    class Meta:
        model = Refrigerator
        fields = ("name", "low_c", "high_c")
        labels: ClassVar = {"name": "Name", "low_c": "Not colder than, °C", "high_c": "Not warmer than, °C"}


class RecallForm(forms.Form):
    """Which lot?"""

    number = forms.CharField(max_length=40, label="Lot number", help_text="Spaces, hyphens and capitals do not matter.")
