"""Notices told to many: once while unread, and nobody's deed fails because another told the same first."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts import services
from loa.accounts.models import Notice
from loa.accounts.services import notify, tell
from loa.core import clock


def row(user, key="k", **data):
    return Notice(user=user, code="plans.plan.issued", key=key, data=data)


def test_told_once_while_unread_and_again_when_read(cast):
    assert tell([row(cast.owner, title="Một"), row(cast.lead), row(cast.owner, "khác")]) == 3
    assert tell([row(cast.owner, title="Hai")]) == 0
    assert Notice.objects.get(user=cast.owner, key="k").data == {"title": "Một"}
    Notice.objects.update(read_at=clock.now())
    assert tell([row(cast.owner)], again_when_read=False) == 0
    assert tell([row(cast.owner)]) == 1


def test_without_a_key_it_is_told_each_time_but_to_each_once(cast):
    assert notify(users=[cast.owner, cast.owner], code="plans.plan.issued") == 1
    assert notify(users=[cast.owner], code="plans.plan.issued") == 1


def test_a_closed_account_is_told_nothing(cast):
    cast.owner.is_active = False
    assert tell([row(cast.owner)]) == 0
    assert not Notice.objects.exists()


def test_many_cost_what_one_costs(cast):
    with CaptureQueriesContext(connection) as one:
        tell([row(cast.owner, "một")])
    with CaptureQueriesContext(connection) as many:
        tell([row(user, f"{n}") for n in range(40) for user in (cast.owner, cast.lead, cast.editor)])
    assert len(many) == len(one)


def test_who_is_told_the_same_by_two_at_once_does_not_lose_the_deed(cast, monkeypatch):
    """Between our look and our write another process tells the same: theirs stands, ours goes on."""
    write = Notice.objects.bulk_create

    def first_another(rows, **options):
        Notice.objects.create(user=cast.owner, code="plans.plan.issued", key="k", data={"title": "Trước"})
        return write(rows, **options)

    monkeypatch.setattr(services.Notice.objects, "bulk_create", first_another)
    tell([row(cast.owner, title="Sau"), row(cast.lead)])
    assert {(n.user, n.data.get("title")) for n in Notice.objects.all()} == {
        (cast.owner, "Trước"),
        (cast.lead, None),
    }


@pytest.mark.parametrize("people", [[], None])
def test_nobody_to_tell_writes_nothing(cast, people):
    assert notify(users=people or Notice.objects.none(), code="plans.plan.issued", key="k") == 0
