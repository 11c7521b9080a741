"""What Loa cannot do now or gives up: said as it is, kept, and done by a person where it must be."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels import engine, selectors, services, texts
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import MOST_TRIES, Intent, Status
from loa.channels.tests.factories import facebook_account
from loa.channels.tests.test_changes import corrected, published
from loa.core import clock
from loa.core.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def shown(client, user, row):
    client.force_login(user)
    return client.get(reverse("channels:delivery", args=[row.pk])).content.decode()


# — a post that failed and a story that is corrected ——————————————————————————————
def test_a_failed_post_of_a_corrected_story_stays_failed_with_the_new_words(cast, page, sims):
    made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.FAILED, code="policy", detail="Bị chặn")
    corrected(cast, made)
    row.refresh_from_db()
    fresh = Delivery.objects.exclude(pk=row.pk).get()
    assert (row.status, row.code) == (Status.CANCELLED, "superseded")
    assert (fresh.status, fresh.code, fresh.detail, fresh.intent) == (
        Status.FAILED, "policy", "Bị chặn", Intent.PUBLISH,
    )  # fmt: skip
    [notice] = Notice.objects.filter(code="channels.delivery.failed", cancelled_at=None)
    assert notice.url == reverse("channels:delivery", args=[fresh.pk])
    engine.drain()
    assert sims[0].calls == []
    services.delivery_retry(actor=cast.editor, delivery_id=fresh.pk)
    engine.drain()
    [post] = sims[0].state["posts"]
    assert "từ tháng 11" in post["message"]
    assert "Đính chính" not in post["message"]


# — two corrections ——————————————————————————————————————————————————————————————
@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.FAILED])
def test_an_older_correction_never_comes_over_a_newer_one(cast, page, sims, status):
    _made, row = published(cast, page)
    engine.drain()
    services.post_edit(actor=cast.editor, delivery_id=row.pk, text="Lời thứ nhất", key="a" * 20)
    older = Delivery.objects.get(intent=Intent.UPDATE)
    Delivery.objects.filter(pk=older.pk).update(status=status, called_at=clock.now(), code="busy")
    if status == Status.FAILED:
        # Given up after the newer one was written.
        Delivery.objects.filter(pk=older.pk).update(status=Status.CHECKING)
    services.post_edit(actor=cast.editor, delivery_id=row.pk, text="Lời thứ hai", key="b" * 20)
    Delivery.objects.filter(pk=older.pk).update(status=status)
    engine.drain()
    assert sims[0].state["posts"][0]["message"] == "Lời thứ hai"
    if status == Status.UNKNOWN:
        services.delivery_decide(actor=cast.editor, delivery_id=older.pk, answer="old")
    else:
        services.delivery_retry(actor=cast.editor, delivery_id=older.pk)
    engine.drain()
    older.refresh_from_db()
    assert (older.status, older.code) == (Status.CANCELLED, "superseded")
    assert sims[0].state["posts"][0]["message"] == "Lời thứ hai"
    assert LogEntry.objects.filter(action="channels.delivery.cancelled", object_id=older.pk).count() == 1


# — said as it is ————————————————————————————————————————————————————————————————
@pytest.mark.parametrize("code", sorted(texts._CAUSES))
@pytest.mark.parametrize("intent", list(Intent))
def test_what_was_given_up_promises_no_more_tries(code, intent):
    failed = str(texts.reason(code, intent, Status.FAILED))
    asked = str(texts.reason(code, intent, Status.UNKNOWN))
    assert "“Thử lại”" in failed
    assert "trả lời" in asked
    for words in "sẽ thử lại", "gửi lại", "đối chiếu", "chờ", "nghỉ", "tải tiếp", "gỡ", "sửa":
        assert f"Loa {words}" not in failed + asked


def test_a_post_given_up_is_told_as_given_up(cast, client, page, sims):
    _made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(tries=MOST_TRIES - 1)
    sims[0].faults.only, sims[0].faults.script = "/feed", ["drop_before"]
    engine.drain()
    sims[0].faults.script = ["error"] * 40
    engine.drain(most=60)
    row.refresh_from_db()
    assert row.status in (Status.FAILED, Status.UNKNOWN)
    assert "Loa sẽ thử lại" not in shown(client, cast.editor, row)
    notice = Notice.objects.filter(cancelled_at=None, key=f"delivery-{row.pk}").get()
    assert "Loa sẽ thử lại" not in str(notice.data)


def test_a_network_away_over_night_fails_no_post(cast, page, sims, settings):
    settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, "facebook": "http://127.0.0.1:9"}
    _made, row = published(cast, page)
    for _try in range(MOST_TRIES + 4):
        Delivery.objects.filter(pk=row.pk).update(next_at=clock.now())
        ChannelAccount.objects.update(paused_until=None, failures=0)
        engine.work("here")
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.RETRY, "door_unreachable")
    Delivery.objects.filter(pk=row.pk).update(next_at=clock.now(), due_at=clock.now() - dt.timedelta(hours=25))
    ChannelAccount.objects.update(paused_until=None, failures=0)
    engine.work("here")
    row.refresh_from_db()
    assert row.status == Status.FAILED


@pytest.mark.parametrize("what", ["broken", "resting", "held", "retired", "nothing"])
def test_trying_again_says_when(cast, client, page, sims, what):
    _made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.FAILED, code="busy")
    until = clock.now() + dt.timedelta(minutes=20)
    if what == "broken":
        ChannelAccount.objects.update(health=Health.BROKEN)
    elif what == "resting":
        ChannelAccount.objects.update(paused_until=until)
    elif what == "held":
        services.hold_begin(actor=cast.chief, unit_id=None, reason="Bão số 9")
    elif what == "retired":
        ChannelAccount.objects.update(active=False)
    client.force_login(cast.editor)
    told = client.post(reverse("channels:retry", args=[row.pk]), follow=True).content.decode()
    words = {
        "broken": "Loa gửi khi trang được kết nối lại",
        "resting": f"Loa thử lại lúc {clock.local(until):%H:%M}",
        "held": "Loa gửi khi có người cho đăng tiếp",
        "retired": "Trang đã ngừng dùng nên không gửi được",
        "nothing": "Loa sẽ thử lại trong vài giây.",
    }
    assert words[what] in told
    assert ("trong vài giây" in told) == (what == "nothing")
    page.refresh_from_db()
    assert page.paused_until == (until if what == "resting" else None)  # a rest the channel asked for goes on
    row.refresh_from_db()
    assert row.status == (Status.FAILED if what == "retired" else Status.RETRY)


# — by hand ——————————————————————————————————————————————————————————————————————
@pytest.mark.parametrize("status", [Status.PENDING, Status.RETRY, Status.CHECKING, Status.FAILED])
def test_what_a_broken_page_cannot_take_down_a_person_does(cast, client, page, sims, status):
    made, row = published(cast, page)
    engine.drain()
    services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
    gone = Delivery.objects.get(intent=Intent.WITHDRAW)
    Delivery.objects.filter(pk=gone.pk).update(status=status)
    with_page = reverse("channels:by_hand", args=[gone.pk])
    if status != Status.FAILED:
        assert with_page not in shown(client, cast.editor, gone)
        with pytest.raises(Conflict):
            services.delivery_by_hand(actor=cast.editor, delivery_id=gone.pk)
        ChannelAccount.objects.update(health=Health.BROKEN, health_code="token_revoked")
    words = shown(client, cast.editor, gone)
    row.refresh_from_db()
    assert with_page in words
    assert row.permalink in words
    for user in (cast.outsider, cast.owner):
        with pytest.raises(NotFound):
            services.delivery_by_hand(actor=user, delivery_id=gone.pk)
    client.logout()
    assert client.post(with_page).status_code == 302
    gone.refresh_from_db()
    assert gone.status == status
    client.force_login(cast.editor)
    client.post(with_page)
    gone.refresh_from_db()
    row.refresh_from_db()
    assert (gone.status, gone.code, row.gone_at is not None) == (Status.SENT, "by_hand", True)
    assert LogEntry.objects.filter(action="channels.delivery.reviewed", object_id=gone.pk).count() == 1


def test_nothing_else_is_said_to_be_done_by_hand(cast, page, sims):
    _made, row = published(cast, page)
    ChannelAccount.objects.update(health=Health.BROKEN)
    with pytest.raises(Conflict):
        services.delivery_by_hand(actor=cast.editor, delivery_id=row.pk)
    row.refresh_from_db()
    assert row.status == Status.PENDING


# — what a hold cannot stop ——————————————————————————————————————————————————————
def test_a_hold_says_what_the_channel_shows_all_the_same(cast, client, page, sims):
    at = clock.now() + dt.timedelta(hours=5)
    _made, row = published(cast, page, at=at, hand_over=True)
    engine.drain()
    client.force_login(cast.chief)
    url = reverse("channels:deliveries")
    assert "kênh giữ lịch vẫn tự lên" not in client.get(url).content.decode()
    told = client.post(reverse("channels:hold"), {"unit": "", "reason": "Bão số 9"}, follow=True).content.decode()
    assert "1 bài đã giao cho kênh giữ lịch vẫn tự lên đúng giờ" in told
    assert "1 bài kênh giữ lịch vẫn tự lên." in told
    assert reverse("channels:delivery", args=[row.pk]) in told
    with clock.frozen(at + dt.timedelta(minutes=1)):
        assert selectors.kept_under_hold(cast.chief) == []


def test_a_hold_goes_on_for_the_pages_of_a_unit_that_ended(cast, page):
    from loa.channels.models import Hold
    from loa.channels.services.retiring import _holds_moved

    hold = services.hold_begin(actor=cast.chief, unit_id=cast.so.pk, reason="Bão số 9")
    heir = cast.school
    _holds_moved(cast.so, heir)
    ChannelAccount.objects.update(unit=heir)
    page.refresh_from_db()
    assert engine.is_held(page)
    hold.refresh_from_db()
    kept = Hold.objects.get(unit=heir, ended_at=None)
    assert (hold.ended_at is not None, kept.reason, kept.begun_at) == (True, "Bão số 9", hold.begun_at)
    _holds_moved(cast.so, heir)
    assert Hold.objects.filter(ended_at=None).count() == 1


# — what mends a post and waits ——————————————————————————————————————————————————
def edited_twice(cast, row, at):
    """Two changes of one post; the first is tried again at `at`."""
    for words, key in ("Lời thứ nhất", "a" * 20), ("Lời thứ hai", "b" * 20):
        services.post_edit(actor=cast.editor, delivery_id=row.pk, text=words, key=key)
    older, newer = Delivery.objects.filter(intent=Intent.UPDATE).order_by("pk")
    Delivery.objects.filter(pk=older.pk).update(status=Status.RETRY, next_at=at)
    return older, newer


def test_a_change_that_waits_for_an_older_one_keeps_no_worker_busy(cast, page, sims):
    _made, row = published(cast, page)
    engine.drain()
    calls = len(sims[0].calls)
    edited_twice(cast, row, clock.now() + dt.timedelta(minutes=10))
    assert engine.drain(most=20) == 0
    # Meanwhile other posts go out.
    _made, other = published(cast, page, text="Bài khác")
    assert engine.drain(most=20) < 20
    other.refresh_from_db()
    assert (other.status, len(sims[0].calls)) == (Status.SENT, calls + 1)


def test_a_withdrawal_to_be_tried_again_waits_for_its_own_hour_alone(cast, page, sims):
    made, _row = published(cast, page)
    engine.drain()
    _made, other = published(cast, page, text="Bài khác")
    services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
    soon, later = clock.now() + dt.timedelta(minutes=1), clock.now() + dt.timedelta(hours=2)
    Delivery.objects.filter(pk=other.pk).update(status=Status.RETRY, next_at=later)
    Delivery.objects.filter(intent=Intent.WITHDRAW).update(status=Status.RETRY, next_at=soon)
    published(cast, page, text="Bài thứ ba")
    engine.drain(most=20)
    page.refresh_from_db()
    assert page.paused_until == soon


@pytest.mark.parametrize("deed", ["withdraw", "retry"])
def test_a_page_that_waits_for_the_next_try_of_what_failed_wakes_for_a_person(cast, page, sims, monkeypatch, deed):
    made, _row = published(cast, page)
    engine.drain()
    monkeypatch.setattr(engine, "TURN", 1)
    _made, failed = published(cast, page, text="Bài khác")
    sims[0].faults.only, sims[0].faults.script = "/feed", ["error"]
    engine.work("here")
    later = clock.now() + dt.timedelta(minutes=20)
    Delivery.objects.filter(pk=failed.pk).update(status=Status.RETRY, next_at=later)
    published(cast, page, text="Bài thứ ba")
    engine.drain()
    page.refresh_from_db()
    assert (page.failures > 0, page.paused_until) == (True, later)
    if deed == "withdraw":
        services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
        engine.drain()
        assert Delivery.objects.get(intent=Intent.WITHDRAW).status == Status.SENT
    else:
        services.delivery_retry(actor=cast.editor, delivery_id=failed.pk)
        engine.drain()
        failed.refresh_from_db()
        assert failed.status == Status.SENT
