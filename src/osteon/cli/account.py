"""Make the accounts of the clinic."""

from __future__ import annotations

from typing import Annotated

import typer

from osteon.cli.answers import print_text
from osteon.cli.clinic import clinic
from osteon.cli.exits import BadInputError
from osteon.cli.main import new_app

app = new_app("Make the accounts of the clinic, the first one among them.", no_args_is_help=True)

Username = Annotated[str, typer.Option("--username", help="The name to sign in with.")]
RoleName = Annotated[str, typer.Option("--role", help="prescriber, nurse, coordinator, service_lead or administrator.")]
FirstName = Annotated[str, typer.Option("--first-name")]
LastName = Annotated[str, typer.Option("--last-name")]


@app.callback()
def _root() -> None:
    """Make the accounts of the clinic, the first one among them."""


@app.command()
def make(username: Username, role: RoleName, first_name: FirstName = "", last_name: LastName = "") -> None:
    """Make an account and print its first password, once. The person changes it after signing in."""
    with clinic():
        from osteon.clinic.ops.serve import prepare
        from osteon.clinic.people.views import AccountForm, make_account

        prepare()
        given = {"username": username, "role": role, "first_name": first_name, "last_name": last_name}
        form = AccountForm(given)
        if not form.is_valid():
            raise BadInputError("; ".join(f"{name}: {errors[0]}" for name, errors in form.errors.items()))
        user, password = make_account(form, None)
    print_text(f"{user.username}: {password}")
