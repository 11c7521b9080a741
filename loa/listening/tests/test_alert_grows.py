"""An alert that grows: its level follows what is said, and people are told again."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.models import Alert, Item, Spike, Telling
from loa.listening.tests.test_alerts import ANGRY, NOON, source, time_at, told  # noqa: F401
from loa.listening.watch.rules import Level

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
CALM = ["mưa", "nắng", "gió", "bão", "sương", "mây", "tuyết", "rét", "nồm", "lũ"]


def calm(source, count, at):  # noqa: F811
    """Items without a tone that name the school, one a minute back from `at`."""
    title = "Trường THCS Sơn Thượng thông báo lịch thi học kỳ, {word}"
    _said(source, [title.format(word=word) for word in CALM[:count]], at)


def angry(source, count, at):  # noqa: F811
    """Furious ones."""
    _said(source, [ANGRY.format(n=f"{at:%H%M} {n}", word=n) for n in range(count)], at)


def _said(source, titles, at):  # noqa: F811
    found = [
        Found(external=f"{at:%d%H%M}-{n}-{title[:9]}", title=title, published_at=at - n * dt.timedelta(seconds=40))
        for n, title in enumerate(titles)
    ]
    services.store(source, found)
    while services.analyse_waiting():
        pass


@pytest.fixture
def noted(cast, source, time_at):  # noqa: F811
    """Nine past ten: four quiet items about a school, a note."""
    at = NOON.replace(minute=9)
    time_at(at)
    calm(source, 4, at)
    assert services.watch(cast.so.pk) >= 1
    alert = Alert.objects.get(meant=cast.school)
    assert (alert.level, alert.spike.items, alert.spike.told_items) == (Level.NOTE, 4, 4)
    assert not Telling.objects.filter(alert=alert, mail="ready").exists()
    return alert


def test_fury_in_the_hour_that_was_told_of_is_told(cast, source, time_at, noted):  # noqa: F811
    at = NOON.replace(minute=58)
    time_at(at)
    angry(source, 40, at - MINUTE)
    services.watch(cast.so.pk)
    noted.refresh_from_db()
    assert (noted.level, noted.spike.items, noted.spike.told_items) == (Level.URGENT, 44, 44)
    assert noted.waits_since == at
    mails = dict(Telling.objects.filter(alert=noted).values_list("user__username", "mail"))
    assert (mails[cast.office.username], mails[cast.lead.username]) == ("ready", "ready")
    # One notice of one alert, the gravest.
    keys = told(cast.office).filter(key=str(noted.pk))
    assert list(keys.values_list("code", flat=True)) == ["listening.alert_urgent"]
    before = Telling.objects.filter(mail="ready").count()
    assert services.watch(cast.so.pk) == 0  # once
    assert Telling.objects.filter(mail="ready").count() == before
    time_at(at + dt.timedelta(minutes=40))
    services.escalate_waiting()
    noted.refresh_from_db()
    assert noted.state == "escalated"


def test_what_comes_late_for_an_hour_that_is_over_counts_too(cast, source, time_at, noted):  # noqa: F811
    time_at(NOON + dt.timedelta(hours=3))
    angry(source, 8, NOON.replace(minute=30))
    services.watch(cast.so.pk)
    noted.refresh_from_db()
    assert (noted.level, noted.spike.items, noted.spike.told_items) == (Level.URGENT, 12, 12)


def test_a_rise_of_level_is_told_though_it_has_not_doubled(cast, source, time_at):  # noqa: F811
    time_at(NOON)
    calm(source, 10, NOON)
    services.watch(cast.so.pk)
    alert = Alert.objects.get(meant=cast.school)
    assert alert.level == Level.NOTE
    time_at(NOON + 10 * MINUTE)
    angry(source, 8, NOON + 9 * MINUTE)
    services.watch(cast.so.pk)
    alert.refresh_from_db()
    assert (alert.level, alert.spike.items) == (Level.ACT, 18)
    assert alert.waits_since == NOON + 10 * MINUTE
    assert Telling.objects.get(alert=alert, user=cast.office).mail == "ready"


def test_doubling_is_against_the_items_told_of_not_against_an_hour(cast, source, time_at):  # noqa: F811
    """40 in the first hour, 45 in each of the next: the second hour is twice what was told, the third is not."""
    said = []
    for hour in (10, 11, 12, 13):
        at = NOON.replace(hour=hour, minute=58)
        time_at(at)
        angry(source, 40 if hour == 10 else 45, at - MINUTE)
        services.watch(cast.so.pk)
        spike = Spike.objects.get(about="t:lam-thu")
        said.append((spike.items, spike.told_items))
    assert said == [(40, 40), (85, 85), (130, 85), (175, 175)]


def test_what_was_closed_opens_for_something_new_alone(cast, source, time_at, noted):  # noqa: F811
    services.alert_close(actor=cast.office, alert=noted)
    Item.objects.filter(units__unit=cast.school).update(tone="neg")  # people set right what is known
    services.watch(cast.so.pk)
    noted.refresh_from_db()
    assert (noted.state, noted.level) == ("closed", Level.NOTE)
    time_at(NOON)
    angry(source, 1, NOON)
    services.watch(cast.so.pk)
    noted.refresh_from_db()
    assert (noted.state, noted.level) == ("open", Level.ACT)
