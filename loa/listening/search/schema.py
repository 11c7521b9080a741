"""The part of the index that Django's models cannot say: an FTS5 table on SQLite, a tsvector with GIN on
PostgreSQL.

Made after every `migrate` (as in `loa.core.fts.schema`, which says why). Every statement may run again.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "listening_entry"
FTS = "listening_entry_fts"

_SQLITE = (
    # e: words with accents, f: folded, s: marks. Words are cut in Python: the tokenizer only splits at spaces.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} "
    "USING fts5(e, f, s, tokenize = \"unicode61 remove_diacritics 0 tokenchars ':-~'\")",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_gone AFTER DELETE ON {TABLE} "  # noqa: S608 (constant names)
    f"BEGIN DELETE FROM {FTS} WHERE rowid = OLD.id; END",
)
_POSTGRESQL = (
    f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS words tsvector",
    # Uncompressed outside the row: the key is walked without reading words, and words are read without unpacking.
    f"ALTER TABLE {TABLE} ALTER COLUMN words SET STORAGE EXTERNAL",
    # A short list of what waits: every search reads it whole.
    f"CREATE INDEX IF NOT EXISTS {TABLE}_words ON {TABLE} USING gin (words) WITH (gin_pending_list_limit = 256)",
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
                [f"{TABLE}_words"],
            )
            if cursor.fetchone() is None:
                for statement in _POSTGRESQL:
                    cursor.execute(statement)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate of listening."""
    if TABLE in connections[using].introspection.table_names():
        ensure(using)
