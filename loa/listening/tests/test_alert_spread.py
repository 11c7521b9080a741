"""Little on each of many pages is much to those at the top, who hear them all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.listening import services
from loa.listening.figures.read import by_topic
from loa.listening.models import Alert, Item, Spike
from loa.listening.services.alerts import items_for_alert
from loa.listening.tests.test_alert_chain import comments
from loa.listening.tests.test_alerts import ANGRY, NOON, get, source, time_at, told  # noqa: F401
from loa.listening.watch.detect import history

pytestmark = pytest.mark.django_db

FEES = "Nhà trường lạm thu, thu sai quy định, phụ huynh rất bức xúc {n}"
DAY = dt.timedelta(days=1)


@pytest.fixture
def pages(cast, time_at):  # noqa: F811
    """Six pages of units below the Sở, which has no source of its own, over two quiet weeks."""
    units = [cast.xa, cast.school, cast.primary, cast.thpt, cast.van_phong, cast.phong_tccb]
    for days in (17, 9, 4):
        at = NOON - days * DAY
        time_at(at)
        for unit in units:
            comments(unit, [f"Cho em hỏi lịch thi học kỳ, {days} {unit.pk}"], at, place=f"Trang {unit.pk}")
    time_at(NOON)
    return units


def test_what_is_spread_over_many_pages_alerts_the_top(cast, pages):
    for unit in pages:
        comments(unit, [FEES.format(n=f"{n} {unit.pk}") for n in range(2)], NOON, place=f"Trang {unit.pk}")
    shown = by_topic(cast.office, NOON.date(), NOON.date())["lam-thu"]
    assert (shown.total, shown.neg) == (12, 12)
    assert services.watch_all() == 1
    alert = Alert.objects.get()
    assert (alert.unit, alert.spike.about) == (cast.so, "t:lam-thu")
    assert (alert.spike.items, alert.spike.negative, alert.level) == (12, 12, 3)
    assert told(cast.office).count() == 1
    assert told(cast.lead).count() == told(cast.commune).count() == 0
    assert len(items_for_alert(alert)) == sum(history(alert.spike).counts) == 12
    assert "12 tin" in get(cast.office, "alerts")
    assert "12 tin" in get(cast.office, "alert", alert.pk)
    get(cast.lead, "alert", alert.pk, status=404)
    assert services.watch_all() == 0


def test_what_one_page_hears_is_one_alert(cast, pages):
    """The school's own, of which the Sở is told; a second one about the same would be taken twice."""
    comments(cast.school, [ANGRY.format(n=n, word=n) for n in range(12)], NOON, place=f"Trang {cast.school.pk}")
    assert services.watch_all() == 2
    assert set(Alert.objects.values_list("unit", "spike__about")) == {
        (cast.school.pk, "t:lam-thu"),
        (cast.school.pk, f"v:{cast.school.pk}"),
    }
    assert told(cast.office).count() == told(cast.commune).count() == 2
    # When others say so too it is more than the school's affair.
    for unit in (cast.primary, cast.thpt):
        comments(unit, [FEES.format(n=f"{n} {unit.pk}") for n in range(2)], NOON, place=f"Trang {unit.pk}")
    services.watch_all()
    assert Alert.objects.get(unit=cast.so).spike.items == 16


def test_who_stands_below_hears_only_what_is_theirs(cast, pages):
    for unit in pages:
        comments(unit, [FEES.format(n=f"{n} {unit.pk}") for n in range(2)], NOON, place=f"Trang {unit.pk}")
    services.watch_all()
    assert not Spike.objects.exclude(unit=cast.so).exists()
    assert services.watch(cast.xa.pk) == 0


def test_the_watch_asks_the_same_questions_for_few_and_many_pages_and_items(cast, pages):
    def count():
        with CaptureQueriesContext(connection) as queries:
            services.watch(cast.so.pk)
        return len(queries)

    for unit in pages[:3]:
        comments(unit, [FEES.format(n=f"{n} {unit.pk}") for n in range(3)], NOON, place=f"Trang {unit.pk}")
    services.watch(cast.so.pk)
    few, items = count(), Item.objects.count()
    for unit in pages[3:]:
        comments(unit, [FEES.format(n=f"{n} {unit.pk}") for n in range(2)], NOON, place=f"Trang {unit.pk}")
    assert Item.objects.count() == items + 6
    assert count() == few
