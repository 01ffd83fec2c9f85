"""Products, lots and what became of them."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """Products, lots and what became of them."""

    name = "osteon.clinic.stock"
    label = "stock"
