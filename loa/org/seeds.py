"""Data that comes with the program: the classes of units that plans speak of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import connections

CLASSES = Path(__file__).parent / "data" / "unit_classes.json"


def seed_unit_classes(using: str = "default") -> int:
    """Bring the shipped classes in step with unit_classes.json; classes made by hand stay. Returns how many."""
    from loa.org.models import UnitClass

    rows = json.loads(CLASSES.read_text(encoding="utf-8"))
    manager = UnitClass.objects.using(using)
    known = {row.code: row for row in manager.all()}
    for position, row in enumerate(rows):
        values = {key: row[key] for key in ("label", "kinds", "depth", "phrases", "loose")}
        values["position"] = position
        found = known.get(row["code"])
        if found is None:
            known[row["code"]] = manager.create(code=row["code"], **values)
        elif any(getattr(found, key) != value for key, value in values.items()):
            manager.filter(pk=found.pk).update(**values)
    for row in rows:
        if heir := row.get("successor"):
            manager.filter(code=row["code"]).update(successor=known[heir])
    return len(rows)


def after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """`post_migrate`: the classes are there as soon as their table is."""
    from loa.org.models import UnitClass

    if UnitClass._meta.db_table in connections[using].introspection.table_names():
        columns = {
            column.name
            for column in connections[using].introspection.get_table_description(
                connections[using].cursor(), UnitClass._meta.db_table
            )
        }
        if {"loose", "successor_id", "position"} <= columns:
            seed_unit_classes(using)
