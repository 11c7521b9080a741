"""The part of a search index that Django's models cannot say, kept beside the table of one model.

Made after every `migrate` (post_migrate) rather than in a migration, so that the test database, which is
made without migrations, has it too, and so that a table that SQLite rebuilt gets its trigger back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Index:
    """What stands beside `table` on each database; every statement may run again."""

    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]
    #: the index on PostgreSQL that is made last: where it stands, everything does
    last: str

    def ensure(self, using: str) -> None:
        """Make what is missing."""
        connection = connections[using]
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                for statement in self.sqlite:
                    cursor.execute(statement)
            elif connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = %s", [self.last]
                )
                if cursor.fetchone() is None:
                    for statement in self.postgresql:
                        cursor.execute(statement)

    def after_migrate(self, sender: Any, using: str, **kwargs: Any) -> None:
        """Receiver of post_migrate of the app whose table it is."""
        if self.table in connections[using].introspection.table_names():
            self.ensure(using)


def goes_with(table: str, fts: str) -> str:
    """The trigger by which words leave an FTS5 table with their row."""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {fts}_gone AFTER DELETE ON {table} "  # noqa: S608 (constant names)
        f"BEGIN DELETE FROM {fts} WHERE rowid = OLD.id; END"
    )
