"""Full-text search over our own tables, blind to diacritics unless they are typed. See docs/search.md.

    fts.index("story", story.pk, title=…, body=…, unit_id=…, public=True, at=story.published_at)
    fts.remove("story", story.pk)
    found = fts.search("lạm thu -\"làm thủ tục\"", kinds=["story"], public=True)

Call `index` and `remove` inside the transaction that changes the object. The same query finds the same
objects in the same order on SQLite (FTS5) and PostgreSQL (tsvector).
"""

from __future__ import annotations

from .find import Found, Hit, search
from .write import Entry, index, index_many, plain, rebuild, register, registered, remove

__all__ = [
    "Entry",
    "Found",
    "Hit",
    "index",
    "index_many",
    "plain",
    "rebuild",
    "register",
    "registered",
    "remove",
    "search",
]
