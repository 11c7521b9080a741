"""Units that end: what is said until the day, who carries on what they listened to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.figures.compare import branches
from loa.listening.models import Item
from loa.listening.tests.morning import MORNING
from loa.org.rules import Kind
from loa.org.services import NewUnit, unit_close, unit_merge, unit_rename
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db

TODAY = clock.local(MORNING).date()
COMING = TODAY + dt.timedelta(days=60)


@pytest.fixture
def paper(cast, time_at):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def said(paper, key, text="Trường THCS Sơn Thượng bị phụ huynh tố lạm thu, học sinh lo lắng"):
    """The units that an item is written on."""
    services.store(paper, [Found(external=key, title=f"{text}, {key}", published_at=clock.now())])
    services.analyse_waiting()
    return list(Item.objects.latest("pk").units.values_list("unit", flat=True))


# — until the day ————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("new", [False, True])
def test_a_merger_entered_in_advance_changes_who_is_meant_on_its_day(cast, paper, time_at, new):
    assert said(paper, "trước") == [cast.school.pk]
    into = NewUnit(name="Trường TH và THCS Sơn Thượng", kind=Kind.LIEN_CAP) if new else cast.primary
    heir = unit_merge(actor=cast.admin, units=[cast.school], into=into, on=COMING, decision="1/QĐ")
    assert said(paper, "đã ghi") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=59))
    assert said(paper, "hôm trước") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=60))
    assert said(paper, "từ hôm nay") == [heir.pk]


def test_a_new_name_entered_in_advance_takes_nobodys(cast, paper, time_at):
    unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=COMING, decision="1/QĐ")
    unit_rename(actor=cast.admin, unit=cast.primary, name="Trường TH và THCS Sơn Thượng", on=COMING)
    unit_rename(actor=cast.admin, unit=cast.primary, name=cast.school.name, on=COMING + dt.timedelta(days=1))
    assert said(paper, "đã ghi") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=61))
    assert said(paper, "từ hôm nay") == [cast.primary.pk]


def test_a_commune_that_is_to_be_closed_is_listed_until_its_day(cast, paper, time_at):
    other = make_unit("UBND xã Mường Lát", Kind.UBND_XA, cast.so)
    unit_close(actor=cast.admin, unit=cast.xa, on=COMING, children_to=other, members_to=other)

    said(paper, "để có gì mà lọc")

    def shown():
        client = Client()
        client.force_login(cast.office)
        stream = client.get(reverse("listening:stream")).content.decode()
        rows = branches(cast.office, TODAY - dt.timedelta(days=30), clock.today())
        return cast.xa in {row.unit for row in rows}, f'<option value="{cast.xa.pk}"' in stream

    assert shown() == (True, True)
    time_at(MORNING + dt.timedelta(days=60))
    assert shown() == (False, False)
