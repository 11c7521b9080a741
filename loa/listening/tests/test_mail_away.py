"""A mail server that is away: letters wait for it, the system page says so, some are sent again by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from loa.audit.models import LogEntry
from loa.core.relay import Outcome, Relay, Result
from loa.listening import services
from loa.listening.models import Alert, Digest, DigestMail, Telling
from loa.listening.tests.test_alerts import NOON, burst, get, post, source, time_at  # noqa: F401
from loa.listening.watch.rules import DIGEST_TRIES, retry_after
from loa.listening.watch.standing import standing

pytestmark = pytest.mark.django_db

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def away(monkeypatch):
    """The relay takes nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(Relay, "send", lambda self, message: Result(Outcome.LATER, "421 try later"))
        yield patch


def minutes(time_at, start, end, send, step=5):  # noqa: F811
    """The worker's rounds from one minute after noon to another."""
    for minute in range(start, end, step):
        time_at(NOON + minute * MINUTE)
        send()


def test_waits_grow_to_an_hour():
    assert [retry_after(n) // MINUTE for n in (1, 2, 3, 4, 5, 6, 40)] == [5, 10, 20, 40, 60, 60, 60]
    assert 23 * HOUR < sum((retry_after(n) for n in range(1, DIGEST_TRIES)), dt.timedelta()) <= 24 * HOUR


def test_alerts_wait_for_the_relay_as_long_as_they_are_open(cast, source, time_at, away):  # noqa: F811
    burst(source)
    services.watch(cast.so.pk)
    minutes(time_at, 0, 20, services.send_alert_mails)
    assert standing().state == "bad"
    minutes(time_at, 20, 6 * 60, services.send_alert_mails)
    assert set(Telling.objects.exclude(mail="none").values_list("mail", flat=True)) == {"later"}
    assert standing().state == "bad"
    away.undo()
    time_at(NOON + 7 * HOUR)
    services.send_alert_mails()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([cast.office.email, cast.lead.email])
    assert standing().state == "good"


def test_not_for_ever_and_not_when_somebody_has_it(cast, source, time_at, away):  # noqa: F811
    burst(source)
    services.watch(cast.so.pk)
    services.send_alert_mails()
    alert = Alert.objects.get(meant=cast.school)
    services.alert_take(actor=cast.office, alert=alert)
    time_at(NOON + 73 * HOUR)
    services.send_alert_mails()
    mailed = Telling.objects.exclude(mail="none")
    assert set(mailed.filter(alert=alert).values_list("mail", flat=True)) == {"dropped"}
    others = mailed.exclude(alert=alert)
    assert set(others.values_list("mail", flat=True)) == {"refused"}
    assert (standing().state, standing().figure) == ("look", f"{others.count()} thư không gửi được")


@pytest.fixture
def letters(cast, source, time_at):  # noqa: F811
    """An approved digest with two letters."""
    digest = Digest.objects.create(
        unit=cast.so, kind="day", day=NOON.date(), since=NOON - 24 * HOUR, until=NOON, state="approved",
        approved_by=cast.office, approved_at=NOON, made_at=NOON,
    )  # fmt: skip
    DigestMail.objects.bulk_create(
        [DigestMail(digest=digest, address=f"{n}@so.example", mail_after=NOON) for n in ("a", "b")]
    )
    return digest


@pytest.fixture
def light(monkeypatch):
    """Letters without their documents."""
    monkeypatch.setattr(
        "loa.listening.services.digests.files_of", lambda digest: [("a.pdf", b"x", "application/pdf")]
    )


def test_a_digest_waits_a_day_and_then_goes_again_by_hand(cast, letters, light, time_at, away):  # noqa: F811
    states = DigestMail.objects.filter(digest=letters).order_by("pk")
    minutes(time_at, 0, 23 * 60, services.send_digest_mails)
    assert set(states.values_list("mail", flat=True)) == {"later"}
    assert standing().state == "bad"
    minutes(time_at, 23 * 60, 25 * 60, services.send_digest_mails)
    assert set(states.values_list("mail", flat=True)) == {"refused"}
    assert standing().state == "look"
    states.filter(address="b@so.example").update(mail="unknown")
    assert "1 thư chắc chắn chưa đi" in get(cast.office, "digest", letters.pk)
    assert "Gửi lại" not in get(cast.director, "digest", letters.pk)
    assert post(cast.director, "digest_send_again", letters.pk).status_code == 403
    assert list(states.values_list("mail", flat=True)) == ["refused", "unknown"]
    assert post(cast.office, "digest_send_again", letters.pk).status_code == 302
    assert list(states.values_list("mail", flat=True)) == ["ready", "unknown"]
    assert LogEntry.objects.filter(action="listening.digest.sent_again").count() == 1
    away.undo()
    services.send_digest_mails()
    assert [letter.to for letter in mail.outbox] == [["a@so.example"]]  # of which nobody knows, never blindly
    assert "Gửi lại" not in get(cast.office, "digest", letters.pk)
    assert post(cast.office, "digest_send_again", letters.pk).status_code == 302  # nothing to send: told, no more
    assert LogEntry.objects.filter(action="listening.digest.sent_again").count() == 1
