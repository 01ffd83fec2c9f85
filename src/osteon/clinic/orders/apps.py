"""Orders of doses."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders of doses."""

    name = "osteon.clinic.orders"
    label = "orders"
