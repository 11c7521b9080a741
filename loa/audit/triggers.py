"""The database itself refuses to change the log, whatever program asks.

On PostgreSQL neither UPDATE nor DELETE passes. On SQLite UPDATE does not; DELETE must stay open there, because
emptying a test database is a DELETE, and whoever holds the file of an embedded database can put another in its
place anyway. Set up after every migrate, so that a restored copy has them.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from loa.audit.models import LogEntry

_SQLITE = """CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'The audit log is append-only'); END"""
_POSTGRES = (
    """CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'The audit log is append-only'; END $$ LANGUAGE plpgsql""",
    """CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()""",
)


def after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """`post_migrate`: the triggers are there as soon as the table is."""
    connection = connections[using]
    table = LogEntry._meta.db_table
    if table not in connection.introspection.table_names():
        return
    statements = _POSTGRES if connection.vendor == "postgresql" else (_SQLITE,)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=connection.ops.quote_name(table)))
