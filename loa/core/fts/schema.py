"""The index of everything: an FTS5 table on SQLite, three tsvectors with GIN on PostgreSQL."""

from __future__ import annotations

from loa.core.models import SearchEntry

from .index import Index, goes_with

TABLE = SearchEntry._meta.db_table
FTS = "core_search_fts"

_SQLITE = (
    # te/be: title and body with accents; tf/bf: folded. Words are cut in Python: the tokenizer only splits at
    # spaces.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} "
    "USING fts5(te, tf, be, bf, tokenize = 'unicode61 remove_diacritics 0')",
    goes_with(TABLE, FTS),
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
INDEX = Index(TABLE, _SQLITE, _POSTGRESQL, last=f"{TABLE}_{COLUMNS[-1]}")
