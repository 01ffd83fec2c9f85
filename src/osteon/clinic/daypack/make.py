"""Make the papers of a day, and keep them beside the data, where they are when the server is not."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import msgspec
from django.conf import settings
from django.utils import timezone
from django_tasks import task

from osteon.clinic.daypack.sheets import Pack, sheets_of
from osteon.clinic.records.knowledge import knowledge_on

KEPT_DAYS = 7
"""After so many days papers are thrown away (a design default): what was given stands in the record."""


def folder() -> Path:
    """Where the papers lie."""
    return Path(settings.DATA) / "daypacks"


def path_of(on: date) -> Path:
    """The file of a day."""
    return folder() / f"{on.isoformat()}.pdf"


def make_pack(on: date) -> bytes:
    """The papers of a day as the bytes of a PDF (about 0.1 s and 20 ms for each visit)."""
    import typst  # takes 30 ms to import, and only a PDF needs it

    pack = Pack(
        on=f"{on:%A, %-d %B %Y}",
        made_at=f"{timezone.localtime():%-d %B, %H:%M}",
        clinic=settings.CLINIC_NAME,
        jurisdiction=settings.JURISDICTION.lower(),
        knowledge=knowledge_on(on).version,
        sheets=sheets_of(on),
    )
    template = resources.files("osteon.clinic.daypack").joinpath("daypack.typ").read_bytes()
    pdf: bytes = typst.compile(
        template, sys_inputs={"data": msgspec.json.encode(pack).decode()}, pdf_standards=["a-2a"]
    )
    return pdf


def keep_pack(on: date) -> Path:
    """Make the papers of a day and keep them, readable by the owner of the data alone; older ones go."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = path_of(on)
    fresh = kept.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(make_pack(on))
    fresh.replace(kept)
    for old in sorted(folder().glob("*.pdf")):
        if (timezone.localdate() - date.fromisoformat(old.stem)).days > KEPT_DAYS:
            old.unlink()
    return kept


@task()
def keep_day_pack(day: str) -> None:
    """Keep the papers of a day."""
    keep_pack(date.fromisoformat(day))
