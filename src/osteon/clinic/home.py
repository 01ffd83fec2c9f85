"""Where does somebody begin who has signed in?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.frame import frame
from osteon.clinic.people.roles import SIGNED_IN


@open_to(get=SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of this person's work."""
    menu = frame(request)["menu"]
    return redirect(menu[0]["address"]) if menu else render(request, "home.html", {"user": user_of(request)})
