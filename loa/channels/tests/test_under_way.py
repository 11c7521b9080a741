"""A story withdrawn or corrected while its post is under way: what is not out stays in, or goes out corrected."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels import engine, notices, services
from loa.channels.facebook import sim as fb
from loa.channels.kinds import kinds
from loa.channels.models import Delivery, Health, Post
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.channels.tests.test_changes import corrected, in_the_middle, published, run
from loa.core import clock
from loa.core.messages import messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


@pytest.fixture
def one_step(monkeypatch):
    """A turn of the engine is one try."""
    monkeypatch.setattr(engine, "TURN", 1)


def withdraw(cast, made):
    return services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)


def sends(sim):
    return sum((method, path.endswith("/feed")) == ("POST", True) for method, path in sim.calls)


def lost(cast, page, sims, fault="drop_before", **more):
    """A post whose call got no answer and never arrived."""
    made, row = published(cast, page, **more)
    sims[0].faults.only, sims[0].faults.script = "/feed", [fault]
    engine.work("here")
    row.refresh_from_db()
    assert row.status == Status.CHECKING
    return made, row


@pytest.mark.parametrize("fault", ["drop_before", "error", "rate", "html"])
def test_withdrawn_before_the_look_that_finds_nothing_it_stays_in(cast, page, sims, one_step, fault):
    made, row = lost(cast, page, sims, fault)
    assert withdraw(cast, made) == 1
    row = run(row)
    assert (row.status, row.code, sims[0].state["posts"], sends(sims[0])) == (Status.CANCELLED, "withdrawn", [], 1)
    assert not Delivery.objects.filter(intent=Intent.WITHDRAW).exists()


@pytest.mark.parametrize("fault", ["drop_after", "error_after"])
def test_withdrawn_before_the_look_that_finds_it_it_is_taken_down(cast, page, sims, one_step, fault):
    made, row = lost(cast, page, sims, fault)
    withdraw(cast, made)
    row = run(row)
    assert (row.status, sims[0].state["posts"], sends(sims[0])) == (Status.SENT, [], 1)
    assert row.gone_at is not None


@pytest.mark.parametrize("what", ["account", "refuse", "throttled"])
def test_withdrawn_while_the_channel_turns_it_away_it_stays_in(cast, page, sims, monkeypatch, what):
    made, row = published(cast, page)
    in_the_middle(monkeypatch, lambda: withdraw(cast, made))
    if what == "account":
        sims[0].state["dead"][fb.PAGE_TOKEN] = 492
    else:
        sims[0].faults.script = ["refuse" if what == "refuse" else "rate"]
    row = run(row)
    page.refresh_from_db()
    assert (page.health == Health.BROKEN) == (what == "account")
    sims[0].state["dead"].clear()
    type(page).objects.update(health=Health.GOOD, paused_until=None)
    row = run(row)
    assert (row.status, row.code, sims[0].state["posts"], sends(sims[0])) == (Status.CANCELLED, "withdrawn", [], 1)
    assert not Notice.objects.filter(code="channels.delivery.failed", cancelled_at=None).exists()


@pytest.mark.parametrize("status", [Status.RETRY, Status.SENDING])
def test_a_worker_that_died_before_the_call_leaves_nothing_to_send(cast, page, sims, status):
    _made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=status, withdraw_wanted=True)
    row = run(row)
    assert (row.status, row.code, sims[0].calls) == (Status.CANCELLED, "withdrawn", [])


def test_not_there_says_a_person_and_the_withdrawn_stays_in(cast, client, page, sims):
    made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.UNKNOWN, called_at=clock.now())
    withdraw(cast, made)
    client.force_login(cast.editor)
    told = client.post(reverse("channels:decide", args=[row.pk]), {"answer": "absent"}, follow=True)
    assert "Bài gốc đã gỡ nên không đăng nữa." in told.content.decode()
    row = run(row)
    assert (row.status, row.code, sims[0].calls) == (Status.CANCELLED, "withdrawn", [])


def test_trying_again_by_hand_does_not_send_the_withdrawn(cast, client, page, sims):
    _made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.FAILED, withdraw_wanted=True)
    client.force_login(cast.editor)
    told = client.post(reverse("channels:retry", args=[row.pk]), follow=True).content.decode()
    assert "Bài gốc đã gỡ nên không đăng nữa." in told
    assert "Loa sẽ thử lại" not in told
    row = run(row)
    assert (row.status, row.code, sims[0].calls) == (Status.CANCELLED, "withdrawn", [])


# — corrected ————————————————————————————————————————————————————————————————————
def only_the_new_words(sims, row, pictures=0):
    [post] = sims[0].state["posts"]
    assert "từ tháng 11" in post["message"]
    assert "Đính chính" not in post["message"]  # nobody has read the wrong words
    assert len(post["media"]) == pictures
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.CANCELLED, "superseded")
    fresh = Delivery.objects.get(intent=Intent.PUBLISH, status=Status.SENT)
    assert (fresh.external_id, fresh.due_at, fresh.created_by_id) == (post["id"], row.due_at, row.created_by_id)
    assert not Delivery.objects.filter(intent=Intent.UPDATE).exists()


@pytest.mark.parametrize("pictures", [0, 2])
def test_corrected_before_the_look_that_finds_nothing_only_the_new_words_go_out(
    cast, page, sims, one_step, pictures
):
    made, row = lost(cast, page, sims, pictures=pictures)
    corrected(cast, made)
    run(row)
    only_the_new_words(sims, row, pictures)
    assert sends(sims[0]) == 2
    corrected(cast, made)  # the same version again
    engine.drain()
    only_the_new_words(sims, row, pictures)


@pytest.mark.parametrize("how", ["decide", "retry"])
def test_a_person_who_sends_again_sends_the_new_words_once(cast, page, sims, how):
    made, row = published(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.UNKNOWN, called_at=clock.now())
    corrected(cast, made)
    if how == "decide":
        services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="absent")
    else:
        Delivery.objects.filter(pk=row.pk).update(status=Status.FAILED)
        services.delivery_retry(actor=cast.editor, delivery_id=row.pk)
    engine.drain()
    only_the_new_words(sims, row)
    assert sends(sims[0]) == 1


def test_own_words_of_what_is_not_out_are_read_by_a_person_first(cast, page, sims, one_step):
    made, row = lost(cast, page, sims, text="Mời bà con xem vườn rau của các em!")
    corrected(cast, made)
    run(row)
    fresh = Delivery.objects.exclude(pk=row.pk).get()
    assert (fresh.intent, fresh.status, fresh.code) == (Intent.PUBLISH, Status.TODO, "own_words")
    assert sims[0].state["posts"] == []
    answer = {"answer": "send", "text": "Mời bà con xem vườn rau, có từ tháng 11!"}
    services.delivery_review(actor=cast.editor, delivery_id=fresh.pk, **answer)
    engine.drain()
    assert [post["message"] for post in sims[0].state["posts"]] == [answer["text"]]


def test_corrected_and_then_withdrawn_nothing_goes_out(cast, page, sims, one_step):
    made, row = lost(cast, page, sims)
    corrected(cast, made)
    withdraw(cast, made)
    row = run(row)
    assert (row.status, row.code, Delivery.objects.count()) == (Status.CANCELLED, "withdrawn", 1)
    assert sims[0].state["posts"] == []


# — what a person is asked ———————————————————————————————————————————————————————
def unknown(cast, page, sims, intent):
    """A withdrawal or correction of a post that is out, of which nothing can be found out."""
    made, row = published(cast, page)
    run(row)
    if intent == Intent.WITHDRAW:
        withdraw(cast, made)
    else:
        corrected(cast, made)
    sims[0].faults.script = ["drop_before", *["error"] * 50]
    engine.drain(most=60)
    sims[0].faults.script = []
    asked = Delivery.objects.get(intent=intent)
    assert asked.status == Status.UNKNOWN
    return row, asked


@pytest.mark.parametrize("answer", ["gone", "there", "drop"])
def test_a_withdrawal_is_asked_about_as_one(cast, client, page, sims, answer):
    row, asked = unknown(cast, page, sims, Intent.WITHDRAW)
    [notice] = Notice.objects.filter(code="channels.delivery.unknown_withdraw", cancelled_at=None)
    assert "đã gỡ khỏi Trang của Sở hay còn" in messages[notice.code].render(notice.data)
    client.force_login(cast.editor)
    shown = client.get(reverse("channels:delivery", args=[asked.pk])).content.decode()
    manager = kinds()["facebook"].manager
    for words in ("Bài đã gỡ hay còn trên kênh?", "Bài còn trên trang; gỡ lại", row.permalink, manager):
        assert words in shown
    for words in ("Bài đã lên kênh hay chưa?", "Chưa có; gửi lại", 'name="permalink"'):
        assert words not in shown
    assert client.post(reverse("channels:decide", args=[asked.pk]), {"answer": "absent"}, follow=True)
    asked.refresh_from_db()
    assert asked.status == Status.UNKNOWN  # no answer to this question
    if answer == "gone":
        sims[0].state["posts"].clear()
    calls = len(sims[0].calls)
    client.post(reverse("channels:decide", args=[asked.pk]), {"answer": answer})
    engine.drain()
    row.refresh_from_db()
    asked.refresh_from_db()
    done = {"gone": (Status.SENT, True, 0), "there": (Status.SENT, True, 0), "drop": (Status.CANCELLED, False, 1)}
    assert (asked.status, row.gone_at is not None, len(sims[0].state["posts"])) == done[answer]
    assert (len(sims[0].calls) > calls) == (answer == "there")
    assert not Notice.objects.filter(code="channels.delivery.unknown_withdraw", cancelled_at=None).exists()


@pytest.mark.parametrize("answer", ["changed", "old", "drop"])
def test_a_correction_is_asked_about_as_one(cast, client, page, sims, answer):
    _row, asked = unknown(cast, page, sims, Intent.UPDATE)
    assert Notice.objects.filter(code="channels.delivery.unknown_update", cancelled_at=None).exists()
    client.force_login(cast.editor)
    shown = client.get(reverse("channels:delivery", args=[asked.pk])).content.decode()
    assert "Bài trên kênh đã sửa hay chưa?" in shown
    assert "Bài đã lên kênh hay chưa?" not in shown
    calls = len(sims[0].calls)
    client.post(reverse("channels:decide", args=[asked.pk]), {"answer": answer})
    engine.drain()
    asked.refresh_from_db()
    assert asked.status == (Status.CANCELLED if answer == "drop" else Status.SENT)
    assert (len(sims[0].calls) > calls) == (answer == "old")
    [post] = sims[0].state["posts"]
    assert ("từ tháng 11" in post["message"]) == (answer == "old")


@pytest.mark.parametrize("intent", [Intent.TEMPLATE, Intent.BROADCAST])
def test_a_message_is_no_post_on_a_page(cast, client, sims, intent):
    oa = zalo_account(cast.so)
    post = Post.objects.create(
        source="channels.template", source_id=1, unit=cast.so, title="Nhắc hạn → 84912•••678", key="k",
        payload={"text": "Nhắc hạn", "title": "Nhắc hạn", "data": {}, "mask": "84912•••678", "to": ""},
    )  # fmt: skip
    now = clock.now()
    row = Delivery.objects.create(
        post=post,
        account=oa,
        intent=intent,
        status=Status.UNKNOWN,
        due_at=now,
        next_at=now,
        created_by=cast.editor,
    )
    notices.unknown(row)
    notice = Notice.objects.get(code="channels.delivery.unknown_message")
    client.force_login(cast.editor)
    shown = client.get(reverse("channels:delivery", args=[row.pk])).content.decode()
    for words in (messages[notice.code].render(notice.data), shown):
        assert "lên kênh hay chưa" not in words
    for words in ("Tin đã được gửi đi hay chưa?", "Chưa gửi; gửi lại", 'href="https://oa.zalo.me/"'):
        assert words in shown
    assert 'name="permalink"' not in shown


# — asked for once more ——————————————————————————————————————————————————————————
@pytest.mark.parametrize("how", ["drop", "cancel", "failed"])
def test_a_withdrawal_called_off_or_given_up_can_be_asked_for_again(cast, client, page, sims, how):
    made, row = published(cast, page)
    if how == "drop":
        run(row)
        withdraw(cast, made)
        first = Delivery.objects.get(intent=Intent.WITHDRAW)
        Delivery.objects.filter(pk=first.pk).update(status=Status.UNKNOWN, called_at=clock.now())
        services.delivery_decide(actor=cast.editor, delivery_id=first.pk, answer="drop")
    else:
        run(row)
        withdraw(cast, made)
        first = Delivery.objects.get(intent=Intent.WITHDRAW)
        client.force_login(cast.editor)
        shown = client.get(reverse("channels:delivery", args=[first.pk])).content.decode()
        assert "Thôi không gỡ" in shown
        assert "Huỷ, không đăng" not in shown
        if how == "cancel":
            told = client.post(reverse("channels:cancel", args=[first.pk]), follow=True).content.decode()
            assert "Đã thôi không gỡ. Bài ở lại trên trang" in told
        else:
            Delivery.objects.filter(pk=first.pk).update(status=Status.FAILED, tries=8, code="too_often")
    engine.drain()
    assert len(sims[0].state["posts"]) == 1
    client.force_login(cast.editor)
    again = client.post(
        reverse("channels:take_down", args=[row.pk]), {"reason": "Phụ huynh rút lại đồng ý."}, follow=True
    ).content.decode()
    assert "Loa đang gỡ bài khỏi kênh" in again
    first.refresh_from_db()
    assert (first.status, first.tries, first.code, first.created_by_id) == (Status.PENDING, 0, "", cast.editor.pk)
    row = run(row)
    first.refresh_from_db()
    assert (first.status, sims[0].state["posts"], row.gone_at is not None) == (Status.SENT, [], True)
    assert Delivery.objects.filter(intent=Intent.WITHDRAW).count() == 1
    assert LogEntry.objects.filter(action="channels.post.queued", data__again=True).count() == 1


def test_a_withdrawal_whose_outcome_is_not_known_is_not_asked_for_again(cast, client, page, sims):
    row, asked = unknown(cast, page, sims, Intent.WITHDRAW)
    calls = len(sims[0].calls)
    client.force_login(cast.editor)
    told = client.post(reverse("channels:take_down", args=[row.pk]), {"reason": "Gỡ"}, follow=True)
    assert "Lần gỡ trước chưa rõ kết quả" in told.content.decode()
    engine.drain()
    asked.refresh_from_db()
    assert (asked.status, len(sims[0].calls)) == (Status.UNKNOWN, calls)


# — ahead of other posts —————————————————————————————————————————————————————————
@pytest.mark.parametrize("intent", [Intent.WITHDRAW, Intent.UPDATE])
def test_what_is_out_is_mended_while_an_older_post_waits_for_its_next_try(cast, page, sims, intent):
    made, _row = published(cast, page)
    engine.drain()
    _other, waits = published(cast, page)
    later = clock.now() + dt.timedelta(minutes=20)
    Delivery.objects.filter(pk=waits.pk).update(status=Status.RETRY, next_at=later)
    _third, behind = published(cast, page)
    engine.drain()
    page.refresh_from_db()
    assert page.paused_until == later  # order is kept among posts
    if intent == Intent.WITHDRAW:
        withdraw(cast, made)
    else:
        corrected(cast, made)
    engine.drain()
    assert Delivery.objects.get(intent=intent).status == Status.SENT
    waits.refresh_from_db()
    behind.refresh_from_db()
    assert (waits.status, waits.next_at, behind.status) == (Status.RETRY, later, Status.PENDING)
    assert len(sims[0].state["posts"]) == (0 if intent == Intent.WITHDRAW else 1)


def test_a_withdrawal_does_not_wake_a_page_whose_channel_asked_for_rest(cast, page, sims):
    made, _row = published(cast, page)
    engine.drain()
    until = clock.now() + dt.timedelta(minutes=20)
    type(page).objects.update(failures=1, paused_until=until)
    calls = len(sims[0].calls)
    withdraw(cast, made)
    engine.drain()
    page.refresh_from_db()
    assert (page.paused_until, len(sims[0].calls)) == (until, calls)


def test_a_withdrawal_waits_for_the_correction_of_the_same_post_that_is_under_way(cast, page, sims):
    made, row = published(cast, page)
    engine.drain()
    corrected(cast, made)
    update = Delivery.objects.get(intent=Intent.UPDATE)
    later = clock.now() + dt.timedelta(minutes=5)
    Delivery.objects.filter(pk=update.pk).update(status=Status.CHECKING, called_at=clock.now(), next_at=later)
    withdraw(cast, made)
    calls = len(sims[0].calls)
    engine.drain()
    assert len(sims[0].calls) == calls
    Delivery.objects.filter(pk=update.pk).update(next_at=clock.now())
    engine.drain()
    row.refresh_from_db()
    assert (row.gone_at is not None, sims[0].state["posts"]) == (True, [])
