"""How far a person hears: what their own units hear, and what others hear of these units; nobody loses the one by
having the other.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.core import clock
from loa.core.heard import Heard
from loa.listening import access, casebook, selectors, services
from loa.listening.figures import compare, read
from loa.listening.figures.read import EVERYTHING, About
from loa.listening.models import Alert, Follow, Item, Source, Spike
from loa.listening.readers.model import Found
from loa.listening.rules import SourceKind
from loa.listening.selectors import StreamFilter
from loa.listening.services.alerts import _alert

pytestmark = pytest.mark.django_db

PRESS = "Phụ huynh bức xúc vì lạm thu ở Trường THCS Sơn Thượng, học sinh lo lắng lần {n}"
ELSEWHERE = "Phụ huynh bức xúc vì lạm thu ở Trường Tiểu học Sơn Hạ, học sinh lo lắng lần {n}"
COMMENT = "Học sinh lớp mình rất thích bữa ăn bán trú, cảm ơn các cô, lần {n}"


@pytest.fixture
def press(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


@pytest.fixture
def both(cast, press):
    """The Sở hears of two schools; one of them has a page of its own, on which somebody comments."""
    hear(press, PRESS, 3)
    hear(press, ELSEWHERE, 2)
    comment(cast, 1)
    [source] = Source.objects.filter(unit=cast.school)
    assert source.kind == SourceKind.OURS
    return source


def hear(source, text, n=1, start=0, at=None):
    at = at or clock.now() - dt.timedelta(hours=1)
    services.store(
        source,
        [Found(external=f"{text}{k}", title=text.format(n=k), published_at=at) for k in range(start, start + n)],
    )
    services.analyse_waiting()


def comment(cast, n, text=COMMENT):
    at = clock.now() - dt.timedelta(hours=1)
    services.heard_taken(
        Heard(cast.school.pk, "facebook", "Trang của trường", f"facebook:{n}", text.format(n=n), at)
    )
    services.analyse_waiting()


def page(user, name, *args, status=200, **params):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def titles(user):
    return {item.title or item.text for item in access.items_for(user)}


def test_a_page_of_its_own_takes_nothing_from_a_school(cast, both):
    mine = {COMMENT.format(n=1), *(PRESS.format(n=n) for n in range(3))}
    assert titles(cast.lead) == mine
    assert titles(cast.commune) == mine | {ELSEWHERE.format(n=n) for n in range(2)}
    assert titles(cast.outsider_lead) == set()
    assert Item.objects.count() == len(titles(cast.office)) == 6
    text = page(cast.lead, "stream")
    assert "bức xúc" in text
    assert "bữa ăn bán trú" in text
    assert "Sơn Hạ" not in text
    assert "bức xúc" in page(cast.lead, "stream", q='"lạm thu"')
    assert "Không có tin nào khớp" in page(cast.lead, "stream", q='"Sơn Hạ"')
    assert "bức xúc" not in page(cast.outsider_lead, "stream", q='"lạm thu"')
    item = Item.objects.get(title=PRESS.format(n=0))
    page(cast.lead, "item", item.pk)
    page(cast.outsider_lead, "item", item.pk, status=404)


def test_more_units_than_the_index_can_be_asked_for(cast, both, monkeypatch):
    def found(text):
        keys = selectors.found(cast.commune, StreamFilter(text=text), limit=30)
        return {item.title or item.text for item in Item.objects.filter(pk__in=keys)}

    told = {text: found(text) for text in ("", "học sinh", '"Sơn Hạ"', "không đâu có")}
    assert len(told[""]) == len(told["học sinh"]) == 6
    monkeypatch.setattr(selectors, "MOST_UNITS", 1)
    assert selectors.scope_of(cast.commune, StreamFilter()) is None
    assert {text: found(text) for text in told} == told


def test_the_link_in_the_notice_of_an_alert_opens(cast, both):
    now = clock.now()
    spike = Spike.objects.create(
        unit=cast.so, about=f"v:{cast.school.pk}", began_at=now - dt.timedelta(hours=2), ended_at=now,
        items=3, expected=0.1, strength=9.0, peak=3, negative=3,
    )  # fmt: skip
    assert _alert(spike, tell=True)
    alert = Alert.objects.get(spike=spike)
    notice = Notice.objects.get(user=cast.lead, code__startswith="listening.alert_")
    assert notice.url == reverse("listening:alert", args=[alert.pk])
    assert "Sơn Thượng" in page(cast.lead, "alert", alert.pk)
    assert list(access.alerts_for(cast.lead)) == [alert]
    for told in alert.tellings.all():
        page(told.user, "alert", alert.pk)
    page(cast.outsider_lead, "alert", alert.pk, status=404)
    services.alert_take(actor=cast.lead, alert=alert)
    assert Alert.objects.get().taken_by == cast.lead


def test_cases_of_the_school_are_there(cast, press, both):
    hear(press, "Phụ huynh bức xúc vì lạm thu ở Trường THCS Sơn Thượng, học sinh rất lo lắng lần {n}", 2, 7)
    case = Item.objects.filter(title=PRESS.format(n=0)).get().case
    assert case is not None
    assert case in casebook.cases_for(cast.lead)
    assert "bức xúc" in page(cast.lead, "case", case.pk)
    assert not casebook.cases_for(cast.outsider_lead).exists()
    page(cast.outsider_lead, "case", case.pk, status=404)
    others = Item.objects.filter(title=ELSEWHERE.format(n=0)).get().case
    assert others is None or others not in casebook.cases_for(cast.lead)


def test_a_saved_search_counts_both(cast, press, both):
    wanted = StreamFilter(text="học sinh")
    for user in (cast.lead, cast.outsider_lead):
        services.search_save(actor=user, name="Học sinh", wanted=wanted)
    hear(press, PRESS, 1, start=9)
    hear(press, ELSEWHERE, 1, start=9)
    comment(cast, 2)
    fresh = dict(Follow.objects.values_list("user__full_name", "fresh"))
    assert fresh == {"Hà Văn Toàn": 2, "Cao Xuân Lộc": 0}
    [row] = selectors.kept(cast.lead)
    assert row.fresh == 2


def test_figures_are_those_of_the_items_each_once(cast, press, both):
    hear(press, PRESS, 2, start=20, at=clock.now() - dt.timedelta(days=40))
    # Said on the school's page and about the school: heard by it, so counted there alone.
    comment(cast, 3, "Trường THCS Sơn Thượng thu tiền quỹ lớp, lạm thu, phụ huynh bức xúc, lần {n}")
    today = clock.today()
    first = today - dt.timedelta(days=89)
    for user, total in ((cast.lead, 7), (cast.commune, 9), (cast.office, 9), (cast.outsider_lead, 0)):
        assert access.items_for(user).filter(relevant=True).count() == total
        days = read.daily(user, EVERYTHING, first, today)
        assert (days.whole.total, days.outlets.total()) == (total, total)
        items = access.items_for(user)
        fees = read.narrowed(items, About(topic="lam-thu")).count()
        assert read.daily(user, About(topic="lam-thu"), first, today).whole.total == fees
        assert read.by_topic(user, first, today).get("lam-thu", read.Tones()).total == fees
        assert sum(compare.topics_daily(user, first, today).get("lam-thu", [])) == fees
        school = About(units=(cast.school.pk,))
        named = read.narrowed(items, school).count()
        assert read.daily(user, school, first, today).whole.total == named
        for only in (None, [cast.school.pk]):
            units = read.by_unit(user, first, today, only=only)
            assert units.get(cast.school.pk, read.Tones()).total == named
    assert cast.primary.pk not in read.by_unit(cast.lead, first, today)


def test_where_one_office_hears_all_there_is_one_list(cast, press):
    assert not access.reach_of(cast.office).beyond
    assert access.reach_of(cast.lead).beyond
    comment(cast, 1)  # of a school below: the office reads that page as well
    assert access.reach_of(cast.office) == access.Reach(access.reach_of(cast.office).heard, False)
    assert set(access.reach_of(cast.office).heard) == {cast.so.pk, cast.school.pk}
    assert access.reach_of(cast.lead) == access.Reach((cast.school.pk,), True)
    assert access.reach_of(cast.owner) == access.Reach((), True)
    assert not access.items_for(cast.owner).exists()


def test_the_pages_ask_the_same_questions_for_few_and_many(cast, press, both):
    pages = [
        ("stream",), ("alerts",), ("cases",), ("topics",), ("topic", "lam-thu"), ("units",),
        ("unit", cast.school.pk), ("voices",), ("answered",), ("coming",), ("searches",),
    ]  # fmt: skip

    def count():
        found = []
        for name, *args in pages:
            client = Client()
            client.force_login(cast.lead)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(f"listening:{name}", args=args))
            found.append((name, len(queries)))
        return found

    hear(press, PRESS, 1, start=30)
    count()
    few = count()
    hear(press, PRESS, 12, start=40)
    for n in range(10, 16):
        comment(cast, n)
    assert count() == few
