"""Silence is an alarm, in time and not sooner; words are forgotten when their time is over."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.accounts.models import Notice
from loa.core import clock
from loa.core.heard import Heard
from loa.listening import rules, services
from loa.listening.fetching import Found
from loa.listening.models import Item, Source
from loa.listening.services.intake import heard_taken

START = dt.datetime(2026, 9, 1, 7, 0, tzinfo=clock.VIETNAM)


def hours(*numbers):
    return [START + dt.timedelta(hours=number) for number in numbers]


def test_the_usual_gap_knows_the_nights():
    """A paper that writes each hour from 6 to 22: eight hours of night are usual."""
    moments = [START + dt.timedelta(days=day, hours=hour) for day in range(12) for hour in range(16)]
    assert rules.usual_gap(moments) == dt.timedelta(hours=9)


def test_too_few_items_make_no_habit():
    assert rules.usual_gap(hours(*range(8))) is None
    assert rules.usual_gap(hours(*range(9))) == dt.timedelta(hours=1)
    assert rules.usual_gap([]) is None


@given(st.lists(st.integers(0, 10_000), min_size=9, max_size=60))
def test_the_habit_does_not_depend_on_order_and_is_never_below_the_floor(numbers):
    moments = hours(*numbers)
    gap = rules.usual_gap(moments)
    assert rules.usual_gap(moments[::-1]) == gap
    assert rules.usual_gap(sorted(moments)) == gap
    assert gap >= rules.GAP_FLOOR


def test_paces():
    now = START
    assert rules.next_fetch(now, minutes=30, failures=0) - now == dt.timedelta(minutes=30)
    assert rules.next_fetch(now, minutes=30, failures=2) - now == dt.timedelta(hours=2)
    assert rules.next_fetch(now, minutes=30, failures=9) - now == dt.timedelta(hours=6)
    assert rules.next_fetch(now, minutes=1440, failures=9) - now == dt.timedelta(hours=24)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.bao.example/a-1.html?utm_source=rss&fbclid=x",
        "http://m.bao.example/a-1.html",
        "https://bao.example/a-1.html/amp",
        "https://BAO.example:443/a-1.html#binh-luan",
    ],
)
def test_one_article_one_address(url):
    assert rules.canonical(url) == "https://bao.example/a-1.html"


@pytest.mark.parametrize("url", ["ftp://a.example/", "khong phai", "", "http://[", "//a.example/x", "http://a:b/"])
def test_what_is_no_address(url):
    assert rules.canonical(url) == ""


def test_other_queries_are_other_articles():
    assert rules.canonical("https://a.example/x?id=2&p=1") == rules.canonical("https://a.example/x?p=1&id=2")
    assert rules.canonical("https://a.example/x?id=2") != rules.canonical("https://a.example/x?id=3")


# — in the database ——————————————————————————————————————————————————————————————————————


def feed(cast, **fields):
    values = {
        "name": "Báo Sông Lam",
        "kind": "feed",
        "outlet": "local",
        "url": "https://bao.example/rss",
        **fields,
    }
    return services.source_add(actor=cast.office, unit=cast.so, **values)


def heard(source, *moments):
    found = [Found(external=str(at), title=f"Tin {at}", published_at=at) for at in moments]
    services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1)


@pytest.mark.django_db
def test_a_silent_source_is_told_within_twice_its_usual_gap_and_once(cast):
    with clock.frozen(START):
        source = feed(cast)
    moments = hours(*range(0, 40, 2))
    with clock.frozen(moments[-1]):
        heard(source, *moments)
    source.refresh_from_db()
    assert source.usual_gap == 7200
    with clock.frozen(moments[-1] + dt.timedelta(hours=3, minutes=59)):
        assert services.sweep_silent() == 0
    assert Notice.objects.count() == 0
    with clock.frozen(moments[-1] + dt.timedelta(hours=4)):
        assert services.sweep_silent() == 1
        assert services.sweep_silent() == 0
    # Those who keep the sources of the Sở: its focal point, its editors. Nobody at a school.
    told = set(Notice.objects.filter(code="listening.source_silent").values_list("user", flat=True))
    assert told == {cast.office.pk, cast.editor.pk, cast.chief.pk}
    source.refresh_from_db()
    assert source.silent_since == moments[-1] + dt.timedelta(hours=4)


@pytest.mark.django_db
def test_fetches_that_bring_nothing_do_not_hide_the_silence(cast):
    """A feed that answers 200 with its old items is as silent as one that is gone (Media Cloud lost weeks so)."""
    with clock.frozen(START):
        source = feed(cast)
        heard(source, *[START - dt.timedelta(hours=n) for n in range(12)])
    for n in range(1, 4):
        with clock.frozen(START + dt.timedelta(hours=n)):
            heard(source, START)
            services.fetch_failed(source_id=source.pk, code="server")
            raised = services.sweep_silent()
    assert raised == 0  # told at two hours already
    source.refresh_from_db()
    assert source.silent_since == START + dt.timedelta(hours=2)


@pytest.mark.django_db
def test_the_alarm_ends_when_the_source_speaks(cast):
    with clock.frozen(START):
        source = feed(cast)
        heard(source, *[START - dt.timedelta(hours=n) for n in range(12)])
    later = START + dt.timedelta(hours=5)
    with clock.frozen(later):
        services.sweep_silent()
        heard(source, later)
    source.refresh_from_db()
    assert source.silent_since is None
    assert not Notice.objects.filter(code="listening.source_silent", cancelled_at=None).exists()
    assert Notice.objects.filter(code="listening.source_back", user=cast.office).exists()
    with clock.frozen(later + dt.timedelta(days=3)):
        assert services.sweep_silent() == 1


@pytest.mark.django_db
def test_a_source_that_never_spoke_is_told_after_three_days(cast):
    with clock.frozen(START):
        feed(cast)
        services.source_add(actor=cast.office, unit=cast.so, name="Báo in", kind="hand", outlet="print")
    with clock.frozen(START + dt.timedelta(days=2, hours=23)):
        assert services.sweep_silent() == 0
    with clock.frozen(START + dt.timedelta(days=3)):
        assert services.sweep_silent() == 1


@pytest.mark.django_db
def test_a_paused_source_is_no_alarm_and_a_resumed_one_begins_anew(cast):
    with clock.frozen(START):
        source = feed(cast)
    with clock.frozen(START + dt.timedelta(days=4)):
        services.sweep_silent()
        services.source_pause(actor=cast.office, source=source)
    source.refresh_from_db()
    assert source.silent_since is None
    with clock.frozen(START + dt.timedelta(days=40)):
        assert services.sweep_silent() == 0
        services.source_resume(actor=cast.office, source=source)
        assert services.sweep_silent() == 0
    with clock.frozen(START + dt.timedelta(days=43)):
        assert services.sweep_silent() == 1


@pytest.mark.django_db
def test_links_without_an_hour_found_at_once_are_one_moment_of_the_habit(cast):
    with clock.frozen(START):
        source = feed(cast, kind="page", url="https://bao.example/")
        found = [Found(external=f"a{n}", title=f"Tin {n}") for n in range(60)]
        services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1)
    source.refresh_from_db()
    assert source.usual_gap is None, "one look tells nothing of how often the page changes"
    with clock.frozen(START + dt.timedelta(days=2, hours=23)):
        assert services.sweep_silent() == 0


def said_to_us(cast, at, key):
    one = Heard(unit_id=cast.so.pk, origin="facebook", place="Trang của Sở", key=key, text=f"Ý kiến {key}", at=at)
    with clock.frozen(at):
        return heard_taken(one)


@pytest.mark.django_db
def test_a_page_of_sixty_new_links_a_look_has_a_habit_too(cast):
    with clock.frozen(START):
        source = feed(cast, kind="page")
    for day in range(9):
        found = [Found(external=f"{day}-{n}", title=f"Tin {n} ngày {day}") for n in range(60)]
        with clock.frozen(START + dt.timedelta(days=day)):
            services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1)
    source.refresh_from_db()
    assert source.usual_gap == 86_400


@pytest.mark.django_db
def test_our_own_page_that_falls_silent_is_told_too(cast):
    """Comments come in bursts: days count, and until there are nine of them nobody is alarmed."""
    for day in range(9):
        source = Source.objects.filter(kind="ours").first()
        assert source is None or (source.usual_gap, source.silent_from) == (None, None)
        for n in range(12):
            said_to_us(cast, START + dt.timedelta(days=day, minutes=n), f"k{day}-{n}")
    last = START + dt.timedelta(days=8, minutes=11)
    source = Source.objects.get(kind="ours")
    assert (source.usual_gap, source.last_item_at) == (86_400, last)
    with clock.frozen(last + dt.timedelta(hours=47)):
        assert services.sweep_silent() == 0
    with clock.frozen(last + dt.timedelta(hours=48)):
        assert services.sweep_silent() == 1
    said_to_us(cast, last - dt.timedelta(hours=1), "late")
    source.refresh_from_db()
    assert source.silent_since, "written before: no sign that the page is connected again"
    said_to_us(cast, last + dt.timedelta(hours=50), "new")
    source.refresh_from_db()
    assert source.silent_since is None


@pytest.mark.django_db
@pytest.mark.parametrize("dated", [True, False])
def test_a_second_feed_of_one_paper_lives_by_what_it_says(cast, dated):
    """What it says was known from the first one: it is no less alive; when it stops it is as silent."""
    values = {"kind": "feed" if dated else "page", "outlet": "local", "full_text": False}
    with clock.frozen(START):
        first, second = (
            services.source_add(
                actor=cast.office, unit=cast.so, name=name, url=f"https://bao.example/{name}", **values
            )
            for name in ("trang-chu", "giao-duc")
        )

    def look(source, hour):
        at = [max(hour - n, 0) for n in range(3)]
        found = [
            Found(
                url=f"https://bao.example/{n}.html",
                title=f"Tin {n}",
                published_at=START + dt.timedelta(hours=n) if dated else None,
            )
            for n in dict.fromkeys(at)
        ]
        services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1)
        services.sweep_silent()

    for hour in range(24 * 5):
        with clock.frozen(START + dt.timedelta(hours=hour)):
            look(first, hour)
            look(second, hour)
    second.refresh_from_db()
    assert not Notice.objects.filter(code="listening.source_silent").exists()
    assert second.last_item_at == START + dt.timedelta(hours=24 * 5 - 1)
    assert Item.objects.filter(source=second).count() == 0
    # It goes on answering, with what is old.
    for hour in range(24 * 5, 24 * 9, 6):
        with clock.frozen(START + dt.timedelta(hours=hour)):
            look(first, hour)
            look(second, 24 * 5 - 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.silent_since, bool(second.silent_since)) == (None, True)


@pytest.mark.django_db
def test_a_shorter_time_holds_for_what_is_kept_already(cast):
    values = {"name": "Nhóm", "kind": "hand", "outlet": "social"}
    for day, key in ((0, "cũ"), (100, "mới")):
        with clock.frozen(START + dt.timedelta(days=day)):
            source = Source.objects.first() or services.source_add(actor=cast.office, unit=cast.so, **values)
            services.store(source, [Found(external=key, title=key)])
    with clock.frozen(START + dt.timedelta(days=101)):
        services.source_change(actor=cast.office, source=source, **values, keep_days=60)
        assert services.forget_old_words() == 1
        assert Item.objects.get(forgotten=False).title == "mới"
        services.source_change(actor=cast.office, source=source, **values, keep_days=90)
    kept = Item.objects.get(forgotten=False)
    assert kept.keep_until == (START + dt.timedelta(days=160)).date(), "a longer time is for what comes"


@pytest.mark.django_db
def test_words_past_their_time_are_forgotten_and_figures_stay(cast):
    with clock.frozen(START):
        source = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
        said = Found(url="https://a.example/1", title="Lời", text="Chữ", author="Ai đó", reach=9)
        services.store(source, [said])
    with clock.frozen(START + dt.timedelta(days=180)):
        assert services.forget_old_words() == 0
    with clock.frozen(START + dt.timedelta(days=181)):
        assert services.forget_old_words() == 1
        assert services.forget_old_words() == 0
    item = Item.objects.get()
    assert (item.title, item.text, item.author, item.url, item.reach, item.forgotten) == ("", "", "", "", 9, True)
    # Met again, it is not heard anew.
    with clock.frozen(START + dt.timedelta(days=182)):
        services.store(source, [said])
    assert Item.objects.count() == 1
    assert Source.objects.count() == 1
