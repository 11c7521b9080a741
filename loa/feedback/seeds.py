"""Data that comes with the program: rules of law by which a comment may be hidden or deleted."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import connections

GROUNDS = Path(__file__).parent / "data" / "grounds.json"


def seed_grounds(using: str = "default") -> int:
    """Enter shipped rules that are not there yet; what the office changed stays. Returns how many are new."""
    from loa.feedback.models import Ground

    rows = json.loads(GROUNDS.read_text(encoding="utf-8"))
    manager = Ground.objects.using(using)
    known = set(manager.values_list("code", flat=True))
    fresh = []
    for row in rows:
        if row["code"] not in known:
            until = row.pop("valid_to")
            since = dt.date.fromisoformat(row.pop("valid_from"))
            fresh.append(Ground(**row, valid_from=since, valid_to=dt.date.fromisoformat(until) if until else None))
    manager.bulk_create(fresh)
    return len(fresh)


def after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """`post_migrate`: the rules are there as soon as their table is."""
    from loa.feedback.models import Ground

    if Ground._meta.db_table in connections[using].introspection.table_names():
        seed_grounds(using)
