"""Emptying the database after a transactional test: what the test left, not all that there is.

Django's own way deletes from every table (on PostgreSQL it truncates all of them) and then runs `post_migrate`
again: content types, permissions, the register of legal documents … Half a second of work, to arrive at rows that
were there all the time. Here the tables that hold rows are found by one query. Those that were empty when the
database was made are emptied again; when a row of the others was touched, Django's own way is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.test import TransactionTestCase


class Pristine:
    """What a test database held before its first test."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.tables = self.connection.introspection.django_table_names(only_existing=True, include_views=False)
        self.refuse_delete = self._refuse_delete()
        self.look()

    @property
    def connection(self) -> Any:
        """The one in use now: once Playwright's loop runs, Django opens a second for this thread."""
        return connections[self.alias]

    def look(self) -> None:
        """Remember the rows there are."""
        with self.connection.cursor() as cursor:
            self.rows = {table: self._rows(cursor, table) for table in self._filled(cursor)}

    def restore(self) -> bool:
        """Delete what was added. False, with nothing done, when that would not bring back how it was."""
        with transaction.atomic(self.alias), self.connection.cursor() as cursor:
            filled = self._filled(cursor)
            if any(self._rows(cursor, table) != rows for table, rows in self.rows.items()):
                return False
            added = [table for table in filled if table not in self.rows]
            for table in added:
                verb = "TRUNCATE" if table in self.refuse_delete else "DELETE FROM"
                cursor.execute(f"{verb} {self._name(table)}")
        return True

    def _name(self, table: str) -> str:
        return self.connection.ops.quote_name(table)

    def _filled(self, cursor: Any) -> list[str]:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {self._name(table)})"
                for number, table in enumerate(self.tables)
            )
        )
        return [self.tables[number] for (number,) in cursor.fetchall()]

    def _rows(self, cursor: Any, table: str) -> Counter[str]:
        cursor.execute(f"SELECT * FROM {self._name(table)}")
        return Counter(map(repr, cursor.fetchall()))

    def _refuse_delete(self) -> set[str]:
        """Tables with a trigger of ours for each row that is deleted (the audit log refuses), on PostgreSQL."""
        if self.connection.vendor != "postgresql":
            return set()
        with self.connection.cursor() as cursor:
            # 8: the bit of DELETE in pg_trigger.tgtype
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 > 0"
            )
            return {name.strip('"') for (name,) in cursor.fetchall()}


@contextmanager
def emptied_by_difference(aliases: list[str]) -> Iterator[None]:
    """While this lasts, transactional tests are followed by `Pristine.restore`."""
    pristine = {alias: Pristine(alias) for alias in aliases}
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        plain = case.available_apps is None and not case.serialized_rollback
        names = case._databases_names(include_mirrors=False)
        if plain and all(pristine[name].restore() for name in names):
            ContentType.objects.clear_cache()  # as after post_migrate
            return
        flush(case)
        for name in names:
            pristine[name].look()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
