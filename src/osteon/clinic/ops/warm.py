"""Load what the first request would wait for: addresses, templates, the medical knowledge."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver

from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.knowledge.drug import Drug


def warm() -> tuple[Drug, ...]:
    """Load it all, once for each server process (about a second); returns the formulary that is in force."""
    _ = get_resolver().url_patterns
    folders = [
        Path(__file__).parents[1] / "templates",
        *(Path(each.path) / "templates" for each in apps.get_app_configs()),
    ]
    for folder in folders:
        for file in folder.rglob("*.html") if "osteon" in str(folder) else ():
            try:
                get_template(file.relative_to(folder).as_posix())
            except (TemplateDoesNotExist, TemplateSyntaxError):
                continue  # a part that is only read inside another
    return tuple(knowledge_on(today()).drugs.values())
