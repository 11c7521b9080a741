"""What somebody took and then grows: the taker hears of it, what becomes urgent is open again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from loa.listening import services
from loa.listening.models import Alert, AlertWish, Telling
from loa.listening.tests.test_alert_grows import MINUTE, angry, calm
from loa.listening.tests.test_alerts import NOON, burst, get, post, source, time_at, told  # noqa: F401

pytestmark = pytest.mark.django_db

LATER = NOON + dt.timedelta(hours=1, minutes=35)


def sent():
    """Send what is due; the addresses it went to."""
    mail.outbox.clear()
    while services.send_alert_mails():
        pass
    return sorted({letter.to[0] for letter in mail.outbox})


@pytest.fixture
def taken(cast, source):  # noqa: F811
    """An urgent alert of the school in the hands of the office; its first mails went."""
    burst(source)
    services.watch(cast.so.pk)
    assert sent() == sorted([cast.office.email, cast.lead.email])
    alert = Alert.objects.get(meant=cast.school)
    services.alert_take(actor=cast.office, alert=alert)
    return alert


def test_the_taker_alone_is_mailed_when_it_doubles(cast, source, time_at, taken):  # noqa: F811
    Alert.objects.exclude(pk=taken.pk).delete()
    Telling.objects.filter(alert=taken).update(mail="dropped")
    AlertWish.objects.create(user=cast.office, least=3, topics=["thi-cu"])  # what they took is no matter of wishes
    time_at(LATER)
    burst(source, 26, LATER - 5 * MINUTE, 100)
    services.watch(cast.so.pk)
    taken.refresh_from_db()
    assert (taken.state, taken.taken_by) == ("taken", cast.office)
    Telling.objects.exclude(alert=taken).delete()
    assert sent() == [cast.office.email]
    assert told(cast.office).filter(key=str(taken.pk)).count() == 1
    assert told(cast.lead).filter(key=str(taken.pk)).count() == 0
    assert services.send_alert_mails() == 0


def test_what_waited_when_it_was_taken_does_not_go(cast, source, time_at, taken):  # noqa: F811
    Telling.objects.filter(alert=taken, user=cast.lead).update(mail="ready", mail_after=NOON)
    time_at(LATER)
    sent()
    assert Telling.objects.get(alert=taken, user=cast.lead).mail == "dropped"


def test_it_becomes_urgent_in_somebodys_hands(cast, source, time_at):  # noqa: F811
    calm(source, 10, NOON)
    services.watch(cast.so.pk)
    alert = Alert.objects.get(meant=cast.school)
    services.alert_take(actor=cast.office, alert=alert)
    at = NOON + 20 * MINUTE
    time_at(at)
    angry(source, 40, at)
    services.watch(cast.so.pk)
    alert.refresh_from_db()
    assert (alert.state, alert.level, alert.waits_since, alert.taken_by) == ("open", 3, at, cast.office)
    assert {cast.office.email, cast.lead.email} <= set(sent())
    page = get(cast.office, "alert", alert.pk)
    assert "Chưa ai nhận" in page
    assert f"trước đó {cast.office} nhận" in page
    assert "Tôi nhận" in page
    time_at(at + 40 * MINUTE)
    services.escalate_waiting()
    alert.refresh_from_db()
    assert alert.state == "escalated"
    post(cast.lead, "alert_take", alert.pk)
    alert.refresh_from_db()
    assert (alert.state, alert.taken_by) == ("taken", cast.lead)
