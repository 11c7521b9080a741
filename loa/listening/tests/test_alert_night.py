"""An alert at night: mails wait for the morning, and so does the time after which leaders are told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.core import clock
from loa.listening import services
from loa.listening.models import Alert, AlertWish, Telling
from loa.listening.services.alerts import _tell
from loa.listening.tests.test_alert_chain import alert_of, escalated
from loa.listening.tests.test_alerts import burst, get, source, time_at  # noqa: F401
from loa.listening.watch.rules import Level
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
#: a Wednesday
NIGHT = dt.datetime(2026, 11, 18, 22, 0, tzinfo=clock.VIETNAM)
MORNING = dt.datetime(2026, 11, 19, 6, 30, tzinfo=clock.VIETNAM)


def test_leaders_are_told_when_those_in_charge_had_their_time_in_the_morning(cast, source, time_at):  # noqa: F811
    time_at(NIGHT)
    burst(source, at=NIGHT)
    services.watch(cast.so.pk)
    for at in (NIGHT + 45 * MINUTE, MORNING - MINUTE, MORNING + 30 * MINUTE):
        time_at(at)
        assert services.escalate_waiting() == 0
    assert set(Alert.objects.values_list("state", flat=True)) == {"open"}
    assert not Telling.objects.filter(user=cast.director).exists()
    time_at(MORNING + 31 * MINUTE)
    assert services.escalate_waiting() == 2
    assert Telling.objects.filter(user=cast.director).count() == 2


def urgent(cast, *people, at=NIGHT):
    alert = alert_of(cast.so, Level.URGENT)
    Alert.objects.filter(pk=alert.pk).update(at=at, waits_since=at)
    alert.refresh_from_db()
    _tell(alert, {user.pk: user for user in people}, ())
    return alert


@pytest.mark.parametrize(
    ("wish", "at", "goes"),
    [
        ({"quiet_from": dt.time(23), "quiet_to": dt.time(5)}, NIGHT + 45 * MINUTE, True),
        ({"quiet_from": dt.time(21), "quiet_to": dt.time(5)}, MORNING - 45 * MINUTE, True),
        ({"quiet_from": dt.time(0), "quiet_to": dt.time(0)}, NIGHT + 45 * MINUTE, True),
        # the bell in Loa wakes nobody
        ({"quiet_from": dt.time(0), "quiet_to": dt.time(0), "mail": 0, "zalo": 0}, NIGHT + 45 * MINUTE, False),
        ({"quiet_from": dt.time(21), "quiet_to": dt.time(8)}, MORNING + 45 * MINUTE, False),
    ],
    ids=["awake until eleven", "up at five", "never quiet", "the bell alone", "sleeps until eight"],
)
def test_the_hours_of_who_is_told_are_their_own(cast, source, time_at, wish, at, goes):  # noqa: F811
    time_at(NIGHT)
    AlertWish.objects.create(user=cast.office, **wish)
    alert = urgent(cast, cast.office)
    assert escalated(alert, time_at, at) == ({cast.director.username} if goes else set())
    assert alert.state == ("escalated" if goes else "open")


def test_the_first_who_can_hear_of_it_counts(cast, source, time_at):  # noqa: F811
    time_at(NIGHT)
    late = make_user("Vi Thị Sáng", (Role.FOCAL, cast.so), email="sang@loa.example")
    AlertWish.objects.create(user=late, quiet_from=dt.time(23), quiet_to=dt.time(5))
    alert = urgent(cast, cast.office, late)
    assert escalated(alert, time_at, NIGHT + 45 * MINUTE) == {cast.director.username}


def test_with_nobody_in_charge_it_climbs_at_once(cast, source, time_at):  # noqa: F811
    time_at(NIGHT)
    alert = urgent(cast, cast.office, cast.outsider_lead)
    Membership.objects.filter(user=cast.office).update(valid_to=NIGHT.date())
    assert escalated(alert, time_at, NIGHT + 45 * MINUTE) == {cast.director.username}


def test_by_day_the_clock_runs_as_ever(cast, source, time_at):  # noqa: F811
    noon = NIGHT.replace(hour=12)
    time_at(noon)
    alert = urgent(cast, cast.office, at=noon)
    assert escalated(alert, time_at, noon + 29 * MINUTE) == set()
    assert escalated(alert, time_at, noon + 31 * MINUTE) == {cast.director.username}


# — rights may end while a mail waits —————————————————————————————————————————————————————


def test_who_sees_to_it_no_more_in_the_morning_is_not_mailed(cast, source, time_at):  # noqa: F811
    time_at(NIGHT)
    burst(source, at=NIGHT)
    services.watch(cast.so.pk)
    assert Telling.objects.get(alert__meant=cast.school, user=cast.lead).mail == "ready"
    Membership.objects.filter(user=cast.lead).update(valid_to=MORNING.date())
    time_at(MORNING)
    while services.send_alert_mails():
        pass
    assert {letter.to[0] for letter in mail.outbox} == {cast.office.email}
    theirs = Telling.objects.get(alert__meant=cast.school, user=cast.lead)
    assert (theirs.mail, theirs.settled_at) == ("gone", MORNING)
    assert "người này không còn phụ trách" in get(cast.office, "alert", theirs.alert_id)
    # Theirs again, they hear of it when it is told anew.
    Membership.objects.filter(user=cast.lead).update(valid_to=None)
    _tell(theirs.alert, {cast.lead.pk: cast.lead}, (), again=True)
    services.send_alert_mails()
    assert mail.outbox[-1].to == [cast.lead.email]


def test_leaders_it_went_up_to_are_mailed_as_long_as_they_lead(cast, source, time_at):  # noqa: F811
    noon = NIGHT.replace(hour=12)
    time_at(noon)
    alert = urgent(cast, cast.office, at=noon)
    head, gone = (
        make_user(name, (Role.LEADER, cast.so), email=f"{at}@loa.example")
        for at, name in enumerate(("Hoàng Văn Thắng", "Vi Thị Sáng"))
    )
    escalated(alert, time_at, noon + 31 * MINUTE)
    Membership.objects.filter(user=gone).delete()
    while services.send_alert_mails():
        pass
    assert {letter.to[0] for letter in mail.outbox} == {cast.office.email, head.email}
    assert Telling.objects.get(alert=alert, user=gone).mail == "gone"


def test_who_sees_to_many_alerts_is_asked_as_often_as_for_one(cast, source):  # noqa: F811
    alerts = [urgent(cast, cast.office)]

    def asked():
        with CaptureQueriesContext(connection) as queries:
            found = services.line.helpers_of(alerts)
        assert all(cast.office.pk in people for people in found.values())
        return len(queries)

    few = asked()
    alerts += [alert_of(unit, Level.URGENT, meant=cast.school) for unit in (cast.so, cast.xa, cast.school)]
    assert few < asked() <= 12
    Alert.objects.update(escalated_at=NIGHT)
    for one in alerts:
        one.refresh_from_db()
    many = asked()
    assert many <= 12
    alerts = alerts[:2]
    assert asked() == many
