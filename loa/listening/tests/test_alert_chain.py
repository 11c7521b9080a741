"""Up the line: what a school's own page hears reaches those above it, and leaders hear of what nobody took."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core.errors import Refused
from loa.core.heard import Heard
from loa.listening import services
from loa.listening.models import Alert, AlertWish, Spike, Telling
from loa.listening.services.alerts import _tell
from loa.listening.tests.test_alerts import ANGRY, NOON, get, post, source, time_at, told  # noqa: F401
from loa.listening.watch.rules import Level
from loa.listening.watch.standing import unheard
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def comments(unit, texts, at, place="Trang trường"):
    """Comments on a unit's own page, one a minute back from `at`."""
    for n, text in enumerate(texts):
        when = at - n * dt.timedelta(minutes=1)
        services.heard_taken(Heard(unit.pk, "facebook", place, f"{unit.pk}-{at:%m%d%H}-{n}", text, when))
    while services.analyse_waiting():
        pass


def quiet_weeks(unit, time_at, days=29):  # noqa: F811
    """A page on which somebody asks something once a day."""
    for day in range(days, 0, -1):
        at = NOON - dt.timedelta(days=day)
        time_at(at)
        comments(unit, [f"Cho em hỏi lịch thi học kỳ của trường ngày {day}"], at)
    time_at(NOON)


@pytest.fixture
def crisis(cast, source, time_at):  # noqa: F811
    """Twenty furious comments on the page of a school: the alert about the topic, of the school itself."""
    quiet_weeks(cast.school, time_at)
    comments(cast.school, [ANGRY.format(n=n, word=n) for n in range(20)], NOON)
    services.watch(cast.school.pk)
    return Alert.objects.get(unit=cast.school, spike__about="t:lam-thu")


def test_those_who_listen_above_are_told_from_act_on_and_may_take_it(cast, crisis):
    assert crisis.level == Level.URGENT
    assert told(cast.office).filter(key=str(crisis.pk)).count() == 1
    # Of units between, the nearest that listens: the commune has no sources of its own.
    assert told(cast.commune).filter(key=str(crisis.pk)).count() == 0
    assert told(cast.outsider_lead).count() == 0
    assert "Tôi nhận" in get(cast.office, "alert", crisis.pk)
    post(cast.office, "alert_take", crisis.pk)
    crisis.refresh_from_db()
    assert (crisis.state, crisis.taken_by) == ("taken", cast.office)


def alert_of(unit, level, meant=None, **more):
    spike = Spike.objects.create(
        unit=unit, about=f"v:{meant.pk}" if meant else "t:lam-thu", began_at=NOON - HOUR, ended_at=NOON, items=9,
        expected=1, strength=9, peak=9, told_at=NOON, told_items=9,
    )  # fmt: skip
    return Alert.objects.create(
        unit=unit, spike=spike, meant=meant, level=level, at=NOON, waits_since=NOON, **more
    )


def test_a_note_stays_where_somebody_keeps_listening(cast, source, time_at):  # noqa: F811
    keeper = make_user("Vi Thị Sáng", (Role.FOCAL, cast.school))
    note = alert_of(cast.school, Level.NOTE)
    assert set(services.alerts.helpers(note)) == {keeper.pk}
    assert not services.alerts.may_deal(cast.office, note)
    Membership.objects.filter(user=keeper).delete()
    assert cast.office.pk in services.alerts.helpers(note)  # nobody there: an alert nobody hears is none


def escalated(alert, time_at, at):  # noqa: F811
    """Escalate at that moment; who was told then."""
    time_at(at)
    before = set(Notice.objects.values_list("pk", flat=True))
    services.escalate_waiting()
    alert.refresh_from_db()
    return set(Notice.objects.exclude(pk__in=before).values_list("user__username", flat=True))


def test_leaders_of_the_unit_above_hear_what_the_one_who_was_told_let_lie(cast, source, time_at):  # noqa: F811
    alert = alert_of(cast.school, Level.URGENT, meant=cast.school)
    head = make_user("Hoàng Văn Thắng", (Role.LEADER, cast.xa), email="thang@loa.example")
    _tell(alert, {cast.lead.pk: cast.lead}, ())
    Notice.objects.all().update(read_at=NOON)
    assert escalated(alert, time_at, NOON + HOUR) == {head.username}
    assert (alert.state, alert.escalated_at) == ("escalated", NOON + HOUR)
    assert Telling.objects.get(alert=alert, user=head).mail == "ready"


def test_a_leader_it_went_up_to_can_take_it(cast, source, time_at):  # noqa: F811
    alert = alert_of(cast.school, Level.URGENT, meant=cast.school)
    head = make_user("Hoàng Văn Thắng", (Role.LEADER, cast.xa))
    _tell(alert, {cast.lead.pk: cast.lead}, ())
    assert not services.alerts.may_deal(head, alert)
    with pytest.raises(Refused):
        services.alert_take(actor=head, alert=alert)
    escalated(alert, time_at, NOON + HOUR)
    assert not services.alerts.may_deal(cast.outsider_lead, alert)
    assert "Tôi nhận" in get(head, "alert", alert.pk)
    post(head, "alert_take", alert.pk)
    alert.refresh_from_db()
    assert (alert.state, alert.taken_by) == ("taken", head)
    Membership.objects.filter(user=head).delete()
    assert not services.alerts.may_deal(head, alert)  # told once, and no leader any more


def test_without_leaders_there_it_goes_further_up(cast, source, time_at):  # noqa: F811
    alert = alert_of(cast.school, Level.URGENT, meant=cast.school)
    _tell(alert, {cast.lead.pk: cast.lead}, ())
    assert escalated(alert, time_at, NOON + HOUR) == {cast.director.username}


def test_wishes_do_not_hide_an_escalation(cast, source, time_at):  # noqa: F811
    cast.director.email = "bao@loa.example"
    cast.director.save()
    AlertWish.objects.create(user=cast.director, least=3, mail=3, topics=["thi-cu"])
    alert = alert_of(cast.so, Level.ACT)
    assert escalated(alert, time_at, NOON + 5 * HOUR) == {cast.director.username}
    assert Telling.objects.get(alert=alert, user=cast.director).mail == "ready"


def test_a_leader_who_was_told_already_is_told_again_when_there_is_no_other(cast, source, time_at):  # noqa: F811
    alert = alert_of(cast.so, Level.URGENT)
    _tell(alert, {cast.director.pk: cast.director}, ())
    Notice.objects.all().update(read_at=NOON)
    assert escalated(alert, time_at, NOON + HOUR) == {cast.director.username}
    assert alert.state == "escalated"


def test_without_any_leader_nothing_says_that_leaders_were_told(cast, source, time_at):  # noqa: F811
    alert = alert_of(cast.so, Level.URGENT, meant=cast.school)
    _tell(alert, {cast.lead.pk: cast.lead, cast.office.pk: cast.office}, ())
    director = Membership.objects.filter(user=cast.director)
    director.update(valid_to=NOON.date())
    assert unheard().state == "good"
    assert escalated(alert, time_at, NOON + HOUR) == set()
    assert services.escalate_waiting() == 0
    assert (alert.state, alert.escalated_at, alert.leaderless_at) == ("open", None, NOON + HOUR)
    assert not LogEntry.objects.filter(action="listening.alert.escalated").exists()
    page = get(cast.office, "alert", alert.pk)
    assert "Chưa có lãnh đạo để báo" in page
    assert "Đã báo lãnh đạo" not in page
    line = unheard()
    assert (line.state, line.figure) == ("bad", "1 cảnh báo quá hạn, chưa có lãnh đạo để báo")
    director.update(valid_to=None)  # somebody is appointed: the next round tells them
    assert escalated(alert, time_at, NOON + 2 * HOUR) == {cast.director.username}
    assert (alert.state, alert.leaderless_at) == ("escalated", None)
    assert unheard().state == "good"


def test_the_page_asks_the_same_questions_for_few_and_many_units_above(cast, crisis):
    def count():
        with CaptureQueriesContext(connection) as queries:
            services.alerts.may_deal(cast.office, crisis)
        return len(queries)

    few = count()
    for _n in range(5):
        make_user("", (Role.FOCAL, cast.so), (Role.LEADER, cast.xa))
    assert count() == few
