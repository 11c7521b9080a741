"""What Django's models cannot say of a search index comes back after every migrate, on both databases."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from loa.core.fts import schema as everything
from loa.core.fts.index import Index
from loa.listening.search import schema as listened

pytestmark = pytest.mark.django_db


def beside(index: Index) -> set[str]:
    """Names of the triggers and indexes that stand beside the table."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [index.table])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize(("label", "schema"), [("core", everything), ("listening", listened)])
def test_what_a_rebuilt_table_lost_is_made_again(label, schema):
    index: Index = schema.INDEX
    before = beside(index)
    lost = f"{schema.FTS}_gone" if connection.vendor == "sqlite" else index.last
    assert lost in before
    with connection.cursor() as cursor:
        cursor.execute(f"DROP {'TRIGGER' if connection.vendor == 'sqlite' else 'INDEX'} {lost}")
    assert lost not in beside(index)
    config = apps.get_app_config(label)
    post_migrate.send(sender=config, app_config=config, using="default", verbosity=0, interactive=False, plan=[])
    assert beside(index) == before
