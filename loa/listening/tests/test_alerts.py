"""A spike becomes an alert: who is told and how, who takes it, what goes to the leaders, mails that go once."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.heard import Heard
from loa.core.registry import Registry
from loa.core.relay import Outcome, Relay, Result
from loa.listening import services
from loa.listening.events import Handover
from loa.listening.fetching import Found, Opened
from loa.listening.models import Alert, AlertWish, Case, Item, ItemFile, Source, Spike, Telling
from loa.listening.watch.detect import history
from loa.listening.watch.rules import Level, after_quiet, level_of
from loa.listening.watch.standing import standing

pytestmark = pytest.mark.django_db

#: a Wednesday, ten in the morning
NOON = dt.datetime(2026, 11, 18, 10, 20, tzinfo=clock.VIETNAM)
ANGRY = "Phụ huynh bức xúc vì các khoản thu sai quy định tại Trường THCS Sơn Thượng, lần {n}, {word}"
WORDS = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mưa", "nắng", "gió"]


@pytest.fixture
def source(cast, time_at):
    time_at(NOON)
    for user in (cast.office, cast.lead, cast.outsider_lead):
        user.email = f"{user.username}@loa.example"
        user.save()
    made = services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")
    quiet = [
        Found(
            external=f"q{day}",
            title=f"Lịch thi học kỳ của các trường, ngày {day}",
            published_at=NOON - dt.timedelta(days=day, hours=1),
        )
        for day in range(1, 41)
    ]
    services.store(made, quiet)
    while services.analyse_waiting():
        pass
    return made


@pytest.fixture
def time_at(monkeypatch):
    def at(moment):
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(dt.UTC))

    return at


def burst(source, count=9, at=NOON, start=0):
    services.store(
        source,
        [
            Found(
                external=f"b{n}",
                title=ANGRY.format(n=n, word=WORDS[n % len(WORDS)]),
                published_at=at - dt.timedelta(minutes=n - start),
            )
            for n in range(start, start + count)
        ],
    )
    services.analyse_waiting()


def get(user, name, *args, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def post(user, view, *args, name="", **data):
    client = Client()
    client.force_login(user)
    return client.post(reverse(f"listening:{view}", args=[*args, name] if name else args), data)


def told(user):
    return Notice.objects.filter(user=user, code__startswith="listening.alert_", cancelled_at=None, read_at=None)


def test_a_usual_day_raises_nothing(cast, source):
    assert services.watch(cast.so.pk) == 0
    assert Spike.objects.count() == 0


def test_a_spike_tells_those_who_listen_and_those_who_are_meant(cast, source):
    burst(source)
    assert services.watch(cast.so.pk) == 2  # the topic, and the school
    spike = Spike.objects.get(about="t:lam-thu")
    assert (spike.items, spike.negative, spike.alert.level) == (9, 9, Level.URGENT)
    school = Alert.objects.get(meant=cast.school)
    assert told(cast.office).count() == 2
    assert told(cast.lead).count() == 1
    assert told(cast.outsider_lead).count() == 0
    assert told(cast.owner).count() == 0
    assert services.watch(cast.so.pk) == 0  # known: nobody is told twice
    assert told(cast.office).count() == 2
    mails = dict(Telling.objects.filter(alert=school).values_list("user__username", "mail"))
    assert (mails[cast.office.username], mails[cast.lead.username]) == ("ready", "ready")
    assert cast.outsider_lead.username not in mails


HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def angry(count=9, *, at=None, start=0):
    """Angry links of a watched page: without a time of their own, or one a minute back from `at`."""
    return [
        Found(
            url=f"https://a.example/{n}",
            title=ANGRY.format(n=n, word=WORDS[n % len(WORDS)]),
            published_at=at and at - dt.timedelta(minutes=n - start),
        )
        for n in range(start, start + count)
    ]


def look(source, found=(), **more):
    """One good look at a source."""
    services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1, **more)
    services.analyse_waiting()


@pytest.fixture
def watched(cast, source):
    return services.source_add(
        actor=cast.office, unit=cast.so, name="Trang", kind="page", outlet="local", url="https://a.example/",
        full_text=False,
    )  # fmt: skip


@pytest.mark.parametrize("at", [None, NOON, NOON - 5 * HOUR], ids=["without a time", "of now", "of this morning"])
def test_what_stood_on_a_page_when_it_was_added_is_no_spike(cast, watched, at):
    look(watched, angry(at=at))
    assert services.watch(cast.so.pk) == 0


@pytest.mark.parametrize("at", [None, NOON], ids=["without a time", "of now"])
def test_what_a_usual_look_finds_may_be_one(cast, watched, time_at, at):
    time_at(NOON - HOUR)
    look(watched)
    time_at(NOON)
    look(watched, angry(at=at))
    assert services.watch(cast.so.pk) == 2
    assert Spike.objects.get(about="t:lam-thu").items == 9


@pytest.mark.parametrize("at", [None, NOON], ids=["without a time", "of now"])
def test_a_page_that_moved_is_a_new_page(cast, watched, time_at, at):
    time_at(NOON - HOUR)
    look(watched)
    services.source_change(
        actor=cast.office, source=watched, name="Trang", kind="page", outlet="local", url="https://a.example/moi"
    )
    time_at(NOON)
    look(watched, angry(at=at))
    assert services.watch(cast.so.pk) == 0


def test_another_feed_of_a_page_is_new_too(cast, watched, time_at):
    time_at(NOON - HOUR)
    look(watched, feed_url="https://a.example/rss")
    time_at(NOON)
    look(watched, angry(at=NOON), feed_url="https://a.example/rss/moi")
    assert services.watch(cast.so.pk) == 0


@pytest.mark.parametrize("at", [None, NOON, NOON - DAY], ids=["without a time", "of now", "of the pause"])
def test_a_page_looked_at_again_after_a_pause_raises_nothing_and_then_counts(cast, watched, time_at, at):
    time_at(NOON - 5 * DAY)
    look(watched)
    services.source_pause(actor=cast.office, source=watched)
    time_at(NOON)
    services.source_resume(actor=cast.office, source=watched)
    look(watched, angry(at=at))
    assert services.watch(cast.so.pk) == 0
    time_at(NOON + HOUR)
    look(watched, angry(start=9))
    assert services.watch(cast.so.pk) == 2
    # What the first look found is no part of it, in the list, the figures and the chart.
    alert = Alert.objects.get(spike__about="t:lam-thu")
    assert alert.spike.items == 9
    assert len(services.alerts.items_for_alert(alert)) == 9
    assert sum(history(alert.spike).counts) == 9


@pytest.mark.parametrize(
    ("at", "spikes"), [(None, 0), (NOON - HOUR, 2), (NOON - 10 * HOUR, 0)], ids=["no time", "of the hole", "older"]
)
def test_what_a_night_of_failure_left_out_counts_by_its_own_time(cast, watched, time_at, at, spikes):
    time_at(NOON - 8 * HOUR)
    look(watched)
    time_at(NOON)
    look(watched, angry(at=at))
    assert services.watch(cast.so.pk) == spikes


def test_an_article_that_gives_its_time_later_counts_by_it(cast, watched, time_at):
    Source.objects.filter(pk=watched.pk).update(full_text=True)
    time_at(NOON - 8 * HOUR)
    look(watched)
    time_at(NOON)
    look(watched, angry())
    opened = [
        Opened(item.pk, "ok", Found(published_at=NOON - (n + 60) * dt.timedelta(minutes=1)))
        for n, item in enumerate(Item.objects.filter(source=watched))
    ]
    services.articles_opened(opened)
    services.analyse_waiting()
    assert services.watch(cast.so.pk) == 2


@pytest.mark.parametrize(
    ("before", "at", "spikes"),
    [(None, NOON, 0), (DAY, NOON, 2), (DAY, NOON - 2 * DAY, 0), (DAY, None, 0), (9 * DAY, NOON, 0)],
    ids=["the first file", "since yesterday's", "the archive", "without a time", "after a week"],
)
def test_a_file_of_exports_counts_from_the_file_before_it(cast, source, before, at, spikes):
    if before is not None:
        ItemFile.objects.create(
            source=source,
            created_by=cast.office,
            name="truoc.csv",
            state=ItemFile.State.DONE,
            finished_at=NOON - before,
        )
    when = [clock.local(one.published_at).strftime("%d/%m/%Y %H:%M") if at else "" for one in angry(at=at)]
    lines = [f"{one.title.replace(',', ' ')},{day}" for one, day in zip(angry(), when, strict=True)]
    table = "\n".join(["Tiêu đề,Thời gian", *lines]).encode()
    row = services.file_take(actor=cast.office, source=source, name="xuat.csv", data=table)
    services.file_confirm(actor=cast.office, row=row)
    assert services.write_next_file()
    services.analyse_waiting()
    assert Item.objects.filter(source=source, title__startswith="Phụ huynh").count() == 9
    assert services.watch(cast.so.pk) == spikes


@pytest.mark.parametrize(
    ("age", "at", "spikes"),
    [(0, None, 0), (0, NOON, 2), (3, None, 2), (3, NOON - 30 * HOUR, 0)],
    ids=["first, without a time", "first, of now", "without a time", "a backlog"],
)
def test_what_another_program_sends_counts_unless_it_is_a_backlog(cast, source, age, at, spikes):
    pushed = services.source_add(actor=cast.office, unit=cast.so, name="Hệ thống", kind="push", outlet="local")
    Source.objects.filter(pk=pushed.pk).update(created_at=NOON - age * DAY)
    look(pushed, angry(at=at))
    assert services.watch(cast.so.pk) == spikes


@pytest.mark.parametrize(("at", "spikes"), [(NOON, 2), (NOON - 3 * DAY, 0)], ids=["said now", "fetched late"])
def test_comments_read_back_when_a_page_is_connected_are_no_spike(cast, source, at, spikes):
    for n, one in enumerate(angry(at=at)):
        services.heard_taken(
            Heard(cast.so.pk, "facebook", "Trang của Sở", f"facebook:{n}", one.title, one.published_at)
        )
    services.analyse_waiting()
    assert services.watch(cast.so.pk) == spikes


def test_told_anew_when_it_doubles(cast, source, time_at):
    burst(source)
    services.watch(cast.so.pk)
    first = Alert.objects.get(spike__about="t:lam-thu")
    services.alert_close(actor=cast.office, alert=first)
    time_at(NOON + dt.timedelta(hours=1, minutes=35))
    burst(source, 26, NOON + dt.timedelta(hours=1, minutes=30), 100)
    assert services.watch(cast.so.pk) == 2
    first.refresh_from_db()
    assert first.state == "open"
    assert Alert.objects.filter(spike__about="t:lam-thu").count() == 1
    assert first.spike.items >= 30


def test_pages_and_who_sees_them(cast, source):
    burst(source)
    services.watch(cast.so.pk)
    topic = Alert.objects.get(spike__about="t:lam-thu")
    school = Alert.objects.get(meant=cast.school)
    text = get(cast.office, "alerts")
    assert "Lạm thu, các khoản thu: 9 tin" in text
    assert "Khẩn" in text
    page = get(cast.office, "alert", topic.pk)
    assert "<svg" in page
    assert "Tôi nhận" in page
    assert "9 tin" in get(cast.lead, "alert", school.pk)
    get(cast.lead, "alert", topic.pk, status=404)
    get(cast.outsider_lead, "alert", school.pk, status=404)
    assert "Không có cảnh báo nào chờ" in get(cast.outsider_lead, "alerts")
    get(cast.owner, "alerts", status=403)
    get(None, "alert", topic.pk, status=302)


def test_taken_given_closed(cast, source):
    burst(source)
    services.watch(cast.so.pk)
    alert = Alert.objects.get(meant=cast.school)
    assert post(cast.outsider_lead, "alert_take", alert.pk).status_code == 404
    assert post(cast.office, "alert_take", alert.pk, nguoi=cast.outsider_lead.pk).status_code == 302
    alert.refresh_from_db()
    assert alert.state == "open"
    post(cast.office, "alert_take", alert.pk, nguoi=cast.lead.pk, **{"ghi-chu": "Gọi phụ huynh"})
    alert.refresh_from_db()
    assert (alert.state, alert.taken_by, alert.note) == ("taken", cast.lead, "Gọi phụ huynh")
    assert Notice.objects.filter(user=cast.lead, code="listening.alert_given").count() == 1
    assert not Telling.objects.filter(alert=alert, mail="ready").exists()
    assert post(cast.office, "alert_take", alert.pk).status_code == 302  # somebody has it: told, nothing changes
    alert.refresh_from_db()
    assert alert.taken_by == cast.lead
    post(cast.lead, "alert_close", alert.pk, **{"ghi-chu": "Đã trả lời phụ huynh"})
    alert.refresh_from_db()
    assert alert.state == "closed"
    assert alert.note.endswith("Đã trả lời phụ huynh")
    assert set(LogEntry.objects.filter(action__startswith="listening.alert").values_list("action", flat=True)) == {
        "listening.alert.taken",
        "listening.alert.closed",
    }


def test_what_nobody_takes_goes_to_the_leaders(cast, source, time_at):
    burst(source)
    services.watch(cast.so.pk)
    assert services.escalate_waiting() == 0
    time_at(NOON + dt.timedelta(minutes=40))
    taken = Alert.objects.get(spike__about="t:lam-thu")
    services.alert_take(actor=cast.office, alert=taken)
    assert services.escalate_waiting() == 1
    school = Alert.objects.get(meant=cast.school)
    assert school.state == "escalated"
    assert services.escalate_waiting() == 0


def test_wishes_are_kept(cast, source):
    post(
        cast.office, "alert_wish", least=3, mail=0, zalo=2, quiet_from="21:00", quiet_to="06:30", topics=["thi-cu"]
    )
    wish = AlertWish.objects.get(user=cast.office)
    assert (wish.least, wish.mail, wish.zalo, wish.topics) == (3, 0, 2, ["thi-cu"])
    assert (
        post(cast.office, "alert_wish", least=9, mail=0, zalo=2, quiet_from="x", quiet_to="06:30").status_code
        == 400
    )
    burst(source)
    services.watch(cast.so.pk)
    assert told(cast.office).count() == 0
    assert Telling.objects.filter(user=cast.office).count() == 0
    assert "checked" in get(cast.office, "alert_wish")


@pytest.mark.parametrize(
    ("at", "until"),
    [("20:59", "20:59"), ("21:00", "06:30+1"), ("23:10", "06:30+1"), ("05:00", "06:30"), ("06:30", "06:30")],
)
def test_quiet_hours(at, until):
    start = dt.datetime.combine(NOON.date(), dt.time.fromisoformat(at), tzinfo=clock.VIETNAM)
    hour, _plus, days = until.partition("+")
    end = dt.datetime.combine(NOON.date(), dt.time.fromisoformat(hour), tzinfo=clock.VIETNAM)
    assert after_quiet(start, dt.time(21), dt.time(6, 30)) == end + dt.timedelta(days=int(days or 0))
    assert after_quiet(start, dt.time(5), dt.time(5)) == start


def test_levels():
    assert level_of(topics=frozenset(), items=20, negative=2, strength=30) == Level.NOTE
    assert level_of(topics=frozenset(), items=20, negative=9, strength=30) == Level.ACT
    assert level_of(topics=frozenset(), items=20, negative=15, strength=30) == Level.URGENT
    assert level_of(topics=frozenset({"ban-tru"}), items=5, negative=4, strength=5.2) == Level.URGENT
    assert level_of(topics=frozenset({"ban-tru"}), items=4, negative=1, strength=5.2) == Level.ACT


class TestMail:
    @pytest.fixture
    def waiting(self, cast, source):
        burst(source)
        services.watch(cast.so.pk)
        Telling.objects.exclude(user=cast.office).delete()
        return Telling.objects.filter(user=cast.office)

    def test_alerts_that_are_due_go_in_one_mail_once(self, cast, waiting):
        assert services.send_alert_mails() == 2
        [letter] = mail.outbox
        assert letter.to == [cast.office.email]
        assert letter.subject == "[Loa] 2 cảnh báo dư luận"
        assert "Lạm thu" in letter.body
        assert "bức xúc" not in letter.body  # figures, not what people wrote
        assert set(waiting.values_list("mail", flat=True)) == {"sent"}
        assert services.send_alert_mails() == 0

    def test_nothing_goes_of_what_was_taken(self, cast, waiting):
        Alert.objects.update(state="taken")
        services.send_alert_mails()
        assert mail.outbox == []
        assert set(waiting.values_list("mail", flat=True)) == {"dropped"}

    def test_an_unknown_outcome_is_never_sent_again(self, cast, waiting, monkeypatch):
        monkeypatch.setattr(Relay, "send", lambda self, message: Result(Outcome.UNKNOWN, "broke"))
        services.send_alert_mails()
        assert set(waiting.values_list("mail", flat=True)) == {"unknown"}
        assert services.send_alert_mails() == 0

    def test_one_that_was_certainly_not_taken_is_tried_again_later(self, cast, waiting, monkeypatch, time_at):
        def away(self):
            raise smtplib.SMTPServerDisconnected("away")

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
        services.send_alert_mails()
        assert set(waiting.values_list("mail", flat=True)) == {"later"}
        monkeypatch.undo()
        time_at(NOON + dt.timedelta(minutes=10))
        services.send_alert_mails()
        assert len(mail.outbox) == 1

    def test_a_worker_that_died_leaves_an_unknown(self, cast, waiting, time_at):
        waiting.update(mail="sending", lease_until=NOON - dt.timedelta(minutes=1))
        assert services.send_alert_mails() == 0
        assert set(waiting.values_list("mail", flat=True)) == {"unknown"}

    def test_the_system_page_tells_of_letters_that_do_not_go(self, cast, waiting, time_at):
        assert standing().state == "good"
        time_at(NOON + dt.timedelta(minutes=20))
        assert standing().state == "bad"
        waiting.update(mail="unknown", settled_at=NOON)
        assert standing().state == "look"

    def test_a_flood_is_gathered(self, cast, waiting, time_at):
        rows = []
        for n in range(3):
            spike = Spike.objects.create(
                unit=cast.so,
                about=f"t:x{n}",
                began_at=NOON,
                ended_at=NOON,
                items=3,
                expected=0,
                strength=6,
                peak=3,
            )
            alert = Alert.objects.create(unit=cast.so, spike=spike, level=2)
            rows.append(
                Telling(alert=alert, user=cast.office, mail="sent", settled_at=NOON - dt.timedelta(minutes=10 + n))
            )
        Telling.objects.bulk_create(rows)
        assert services.send_alert_mails() == 0
        assert mail.outbox == []
        assert set(waiting.filter(mail="ready").values_list("mail_after", flat=True)) == {
            NOON + dt.timedelta(minutes=48)
        }
        time_at(NOON + dt.timedelta(minutes=49))
        assert services.send_alert_mails() == 2
        assert len(mail.outbox) == 1


def test_without_a_domain_for_hot_issues_there_is_no_button(cast, source, monkeypatch):
    burst(source)
    case = Case.objects.create(unit=cast.so, title="Việc", first_at=NOON, last_at=NOON, size=2)
    Item.objects.update(case=case)
    monkeypatch.setattr("loa.listening.ui.cases.handovers", Registry("nobody"))
    assert "chuyen/" not in get(cast.office, "case", case.pk)
    assert post(cast.office, "case_hand_over", case.pk, name="su-co").status_code == 404
    made = []
    doors = Registry("doors")
    door = Handover("Lập vấn đề nóng", lambda *_: True, lambda _who, matter: made.append(matter.case) or "/x/")
    doors.register("su-co", door)
    monkeypatch.setattr("loa.listening.ui.cases.handovers", doors)
    assert "Lập vấn đề nóng" in get(cast.office, "case", case.pk)
    assert post(cast.lead, "case_hand_over", case.pk, name="su-co").status_code in (403, 404)
    assert made == []
    assert post(cast.office, "case_hand_over", case.pk, name="su-co").url == "/x/"
    assert made == [case]


def test_the_inbox_asks_the_same_questions_for_few_and_many(cast, source):
    burst(source)
    services.watch(cast.so.pk)

    def count():
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("listening:alerts"))
        return len(queries)

    count()
    few = count()
    for n in range(12):
        spike = Spike.objects.create(
            unit=cast.so, about=f"v:{cast.school.pk}", began_at=NOON - dt.timedelta(days=n),
            ended_at=NOON, items=3, expected=0, strength=6, peak=3,
        )  # fmt: skip
        Alert.objects.create(unit=cast.so, spike=spike, level=2, taken_by=cast.office)
    assert count() == few
