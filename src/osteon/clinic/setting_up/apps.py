"""Set the clinic up."""

from django.apps import AppConfig


class SettingUpConfig(AppConfig):
    """Hours, chairs, shifts and closures."""

    name = "osteon.clinic.setting_up"
    label = "setting_up"
