"""What a transactional test leaves is gone before the next; what was there from the start stands."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from loa.audit.models import LogEntry
from loa.newsroom.models import Story
from loa.org.models import Unit, UnitClass
from loa.plans.models import LegalDocument
from loa.reporting.tests.conftest import make_story
from tests.emptying import Pristine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pristine():
    return Pristine("default")


def census() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
        return {table: count for table, count in counts.items() if count}


def test_the_rows_that_come_with_the_program_are_there():
    assert ContentType.objects.exists()
    assert UnitClass.objects.exists()
    assert LegalDocument.objects.exists()
    assert not Unit.objects.exists()


def test_what_was_added_goes_and_the_rest_stays(pristine, request):
    before = census()
    cast = request.getfixturevalue("cast")
    make_story(cast.school, cast.owner, "2026-05-10")
    LogEntry.objects.create(action="thu.nghiem", actor_id=cast.owner.pk, object_type="org.unit")
    assert len(census()) >= len(before) + 6
    assert pristine.restore()
    assert census() == before
    assert not Story.objects.exists()


@pytest.mark.parametrize("touch", ["change", "delete", "add"])
def test_rows_of_the_start_that_were_touched_are_told(pristine, touch):
    row = UnitClass.objects.first()
    if touch == "change":
        UnitClass.objects.filter(pk=row.pk).update(label="Tên khác")
    elif touch == "delete":
        UnitClass.objects.filter(successor=row).update(successor=None)
        row.delete()
    else:
        UnitClass.objects.create(code="them", label="Thêm", kinds=[])
    extra = ContentType.objects.count()
    assert not pristine.restore()
    assert ContentType.objects.count() == extra


def test_after_such_a_test_they_are_as_they_were(pristine):
    """The test before this one changed a class: Django's own way brought it back."""
    assert not UnitClass.objects.filter(label="Tên khác").exists()
    assert not UnitClass.objects.filter(code="them").exists()
    assert pristine.restore()


def test_nothing_is_left_open(pristine, cast):
    assert pristine.restore()
    assert not connection.in_atomic_block
    with transaction.atomic():
        assert not Unit.objects.exists()
