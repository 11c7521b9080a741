"""The index of what was heard: boolean queries and filters over millions of items, newest first.

    put(load(ids))                      in the transaction that changed them
    find(query, scope, limit=31)        ids of items, newest first

An item stands in it once it has been analysed. Words are cut and folded in Python (`lib/vi`), never by the
database, so that SQLite (FTS5) and PostgreSQL (tsvector) find the same; `lib.vi.boolean.matches` is the meaning
both must agree with. Beside its words every entry holds marks (`marks.py`): of which topic, unit, source, tone
it is. A filter is then a word like any other, and the rare together with the common costs little.
"""

from __future__ import annotations

from .find import Scope, find
from .renew import left, renew, start_again
from .write import MAX_WORDS, Heard, drop, index_missing, load, put

__all__ = [
    "MAX_WORDS",
    "Heard",
    "Scope",
    "drop",
    "find",
    "index_missing",
    "left",
    "load",
    "put",
    "renew",
    "start_again",
]
