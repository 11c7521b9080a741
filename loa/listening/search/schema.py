"""The index of what is listened to: an FTS5 table on SQLite, a tsvector with GIN on PostgreSQL."""

from __future__ import annotations

from loa.core.fts.index import Index, goes_with

TABLE = "listening_entry"
FTS = "listening_entry_fts"

_SQLITE = (
    # e: words with accents, f: folded, s: marks. Words are cut in Python: the tokenizer only splits at spaces.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} "
    "USING fts5(e, f, s, tokenize = \"unicode61 remove_diacritics 0 tokenchars ':-~'\")",
    goes_with(TABLE, FTS),
)
_POSTGRESQL = (
    f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS words tsvector",
    # Uncompressed outside the row: the key is walked without reading words, and words are read without unpacking.
    f"ALTER TABLE {TABLE} ALTER COLUMN words SET STORAGE EXTERNAL",
    # A short list of what waits: every search reads it whole.
    f"CREATE INDEX IF NOT EXISTS {TABLE}_words ON {TABLE} USING gin (words) WITH (gin_pending_list_limit = 256)",
)
INDEX = Index(TABLE, _SQLITE, _POSTGRESQL, last=f"{TABLE}_words")
