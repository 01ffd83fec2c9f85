"""Accounts: made, closed and opened again by an administrator, who sees no patient."""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role

_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


class AccountForm(forms.ModelForm[User]):
    """A new account of somebody who works here."""

    role = forms.ChoiceField(choices=[("", "choose"), *((r, r.label) for r in Role if r != Role.PATIENT)])

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "role")


@open_to(get=_ADMINISTRATOR, post=_ADMINISTRATOR)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, and a form for a new one."""
    form = AccountForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        user, password = make_account(form, user_of(request))
        messages.success(
            request,
            f"{user.username} was made. First password, shown only now: {password} — it should be changed at once.",
        )
        return redirect("accounts")
    people = User.objects.order_by("-is_active", "role", "username")
    return render(request, "people/accounts.html", {"form": form, "people": people}, status=422 if form.errors else 200)


@open_to(post=_ADMINISTRATOR)
def change(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close or open an account, or give it a new first password and no second factor."""
    by, user = user_of(request), get_object_or_404(User, pk=user_id)
    act = request.POST.get("act")
    if act == "close" and _is_last_administrator(user):
        messages.error(request, "The last administrator cannot be closed: make another one first.")
    elif act in ("close", "open"):
        with transaction.atomic():
            user.is_active = act == "open"
            user.save(update_fields=["is_active"])
            if act == "close":
                _sign_out(user)
            record(by, f"{'opened' if act == 'open' else 'closed'} an account", account=user.username)
        messages.success(request, f"{user.username}: {'open' if user.is_active else 'closed'}.")
    elif act == "reset":
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            Authenticator.objects.filter(user=user).delete()
            _sign_out(user)
            record(by, "reset an account", account=user.username)
        messages.success(
            request, f"{user.username}: first password, shown only now: {password}. The second factor is gone."
        )
    return redirect("accounts")


def make_account(form: AccountForm, by: User | None) -> tuple[User, str]:
    """Make the account of a valid form, with a first password."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user = form.save(commit=False)
        user.set_password(password)
        user.save()
        record(by, "made an account", account=user.username, role=user.role)
    return user, password


def _is_last_administrator(user: User) -> bool:
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.role == Role.ADMINISTRATOR and not others.exists()


def _sign_out(user: User) -> None:
    """End every session of this person."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
