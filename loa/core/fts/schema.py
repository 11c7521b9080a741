"""The part of the index that Django's models cannot say: an FTS5 table on SQLite, a tsvector with GIN on
PostgreSQL.

Made after every `migrate` (post_migrate) rather than in a migration, so that the test database, which is
made without migrations, has it too, and so that a table that SQLite rebuilt gets its trigger back. Every
statement may run again.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from loa.core.models import SearchEntry

TABLE = SearchEntry._meta.db_table
FTS = "core_search_fts"

_SQLITE = (
    # te/be: title and body with accents; tf/bf: folded. Words are cut in Python: the tokenizer only splits at
    # spaces.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} "
    "USING fts5(te, tf, be, bf, tokenize = 'unicode61 remove_diacritics 0')",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_gone AFTER DELETE ON {TABLE} "  # noqa: S608 (constant names)
    f"BEGIN DELETE FROM {FTS} WHERE rowid = OLD.id; END",
)
#: three columns of words: of the title (both keys), of everything folded, of everything with accents
COLUMNS = ("in_title", "folded", "exact")
_POSTGRESQL = (
    *(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS {column} tsvector" for column in COLUMNS),
    # Words lie outside the row, uncompressed: a row is read to sort and filter it, its words only to check a
    # phrase.
    *(f"ALTER TABLE {TABLE} ALTER COLUMN {column} SET STORAGE EXTERNAL" for column in COLUMNS[1:]),
    f"ALTER TABLE {TABLE} ALTER COLUMN {COLUMNS[0]} SET STORAGE MAIN",
    f"ALTER TABLE {TABLE} SET (toast_tuple_target = 256)",
    *(f"ALTER TABLE {TABLE} ALTER COLUMN {column} SET STATISTICS 500" for column in COLUMNS),
    *(f"CREATE INDEX IF NOT EXISTS {TABLE}_{column} ON {TABLE} USING gin ({column})" for column in COLUMNS),
)


def ensure(using: str) -> None:
    """Make what is missing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _SQLITE:
                cursor.execute(statement)
        elif connection.vendor == "postgresql":
            cursor.execute(
                "SELECT 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = %s",
                [f"{TABLE}_{COLUMNS[-1]}"],
            )
            if cursor.fetchone() is None:
                for statement in _POSTGRESQL:
                    cursor.execute(statement)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate of the core app."""
    if TABLE in connections[using].introspection.table_names():
        ensure(using)
