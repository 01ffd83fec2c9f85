"""Tables to which rows are only ever added: the database itself refuses to change or delete one."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

UNCHANGEABLE: set[str] = set()
"""The tables that a migration has made so."""

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: rows are added, never changed'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%%: rows are added, never changed', TG_TABLE_NAME; END $$
"""
_POSTGRESQL = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} EXECUTE FUNCTION refuse_change()"


def only_added_to(table: str) -> RunPython:
    """A migration step: from here on, rows of this table cannot be changed or deleted."""

    UNCHANGEABLE.add(table)

    def forward(_apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        if schema.connection.vendor == "postgresql":
            schema.execute(_POSTGRESQL_FUNCTION, params=())
        for verb in ("update", "delete"):
            for text in _statements(schema, table, verb):
                schema.execute(text)

    def backward(_apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        on = f" ON {table}" if schema.connection.vendor == "postgresql" else ""
        for verb in ("update", "delete"):
            schema.execute(f"DROP TRIGGER {table}_no_{verb}{on}")

    return RunPython(forward, backward)


def _statements(schema: Any, table: str, verb: str) -> list[str]:
    pattern = _POSTGRESQL if schema.connection.vendor == "postgresql" else _SQLITE
    return [pattern.format(table=table, verb=verb)]
