"""Who may do this? Every view says so, first of all, and the middleware refuses one that does not.

    @open_to(get=STAFF, post=CARE)
    def tasks(request): ...

    @about_a_patient(get=STAFF, post={Role.PRESCRIBER}, act="looked at the orders")
    def orders(request, patient): ...

A view about a patient is given the patient and not an id: whoever may not see the patient never reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from msgspec import Struct

from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

NOBODY: frozenset[Role] = frozenset()


class Guard(Struct, frozen=True):
    """Which roles may use a view, by method. `is_public` opens it to whoever is not signed in."""

    allows: dict[str, frozenset[Role]]
    is_public: bool = False
    about_a_patient: bool = False

    @property
    def methods(self) -> list[str]:
        """The methods that somebody may use."""
        return sorted({*self.allows, *({"HEAD"} if "GET" in self.allows else ())})

    def roles(self, method: str) -> frozenset[Role]:
        """Who may use this method?"""
        return self.allows.get("GET" if method == "HEAD" else method, NOBODY)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The guard of a view; None where it has none."""
    return cast("Guard | None", getattr(view, "guard", None))


def user_of(request: HttpRequest) -> User:
    """Who is signed in? Only for views behind a guard."""
    return cast("User", request.user)


def public(*methods: str) -> Callable[[View[P]], View[P]]:
    """A view for whoever asks, signed in or not."""
    return _guarded(Guard({method: frozenset(Role) for method in methods}, is_public=True))


def open_to(
    *, get: Collection[Role] = (), post: Collection[Role] = (), delete: Collection[Role] = ()
) -> Callable[[View[P]], View[P]]:
    """A view for these roles, by method."""
    return _guarded(Guard(_allowed(get, post, delete)))


def about_a_patient(
    *, act: str, get: Collection[Role] = (), post: Collection[Role] = ()
) -> Callable[[Callable[Concatenate[HttpRequest, Patient, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A view about one patient, for these roles as far as each may see this patient; every use goes into the audit log.

    The address carries `patient_id`; the view is given the patient. `act` says what was done, in the past tense. What
    cannot be seen does not exist (404); a confidential record asks for a reason first.
    """

    def guarded(
        view: Callable[Concatenate[HttpRequest, Patient, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def reached(request: HttpRequest, patient_id: UUID, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            patient = Patient.objects.filter(pk=patient_id).first()
            if patient is None:
                raise Http404
            user = user_of(request)
            seen = sight(user, patient)
            if seen is Sight.NONE:
                raise Http404
            if seen is Sight.AFTER_A_REASON:
                return redirect("break-glass", patient.pk)
            record(user, act if request.method in ("GET", "HEAD") else f"{act} (changed)", patient=patient)
            return view(request, patient, *args, **kwargs)

        def with_id(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return reached(request, kwargs.pop("patient_id"), *args, **kwargs)

        return _guarded(Guard(_allowed(get, post, ()), about_a_patient=True))(wraps(view)(with_id))

    return guarded


def _allowed(get: Collection[Role], post: Collection[Role], delete: Collection[Role]) -> dict[str, frozenset[Role]]:
    given = {"GET": frozenset(get), "POST": frozenset(post), "DELETE": frozenset(delete)}
    return {method: roles for method, roles in given.items() if roles}


def _guarded(guard: Guard) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    def around(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (refusal := refused(request, guard)) is not None:
                return refusal
            return view(request, *args, **kwargs)

        checked.guard = guard  # type: ignore[attr-defined]
        return checked

    return around


def refused(request: HttpRequest, guard: Guard) -> HttpResponseBase | None:
    """The answer to somebody who may not; None to whoever may. Raises PermissionDenied for the wrong role."""
    if request.method not in guard.methods:
        return HttpResponseNotAllowed(guard.methods)
    if guard.is_public:
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if user_of(request).role not in guard.roles(request.method or ""):
        raise PermissionDenied
    return None
