"""What to do when somebody collapses before a locked screen: a page that knows nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from osteon.clinic.access.guard import public
from osteon.clinic.infusion.protocol import anaphylaxis
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.pathway.session.adrenaline import adrenaline


@public("GET")
def emergency(request: HttpRequest) -> HttpResponse:
    """The protocol of a session, for an adult of unknown weight, open to whoever asks; it names nobody."""
    dose = adrenaline(None, knowledge_on(today()))
    return render(request, "infusion/anaphylaxis.html", {"steps": anaphylaxis(dose), "dose": dose})
