"""Answers, hiding, labels against the simulators: what is said is said once, or a person is asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from loa.channels.facebook import sim as fb
from loa.channels.facebook import talk as fb_talk
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action, ActionAttempt
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount, private_storage
from loa.channels.rules import MOST_CHECKS, Status
from loa.channels.sending import Talk
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.channels.zalo import hooks as zalo_hooks
from loa.channels.zalo import sim as zl
from loa.channels.zalo import talk as zalo_talk
from loa.core import clock
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(db):
    return facebook_account(make_unit("Sở"))


@pytest.fixture
def oa(db):
    return zalo_account(make_unit("Sở"))


@pytest.fixture
def comment(sims):
    post = sims[0]._add(fb.PAGE_ID, "Bài", "", [])["id"]
    return sims[0].say(post, "Cơm trưa nguội quá", who="77")


@pytest.fixture
def person(sims):
    key = sims[1].meet("An")
    sims[1].write(key, "Cho em hỏi lịch thi")
    return key


def put(account, verb, target, **payload):
    return acting.queue(actor=None, account=account, verb=verb, target=target, payload=payload)


def settled(row):
    acting.drain()
    row.refresh_from_db()
    return row


def replies(facebook):
    return [row["message"] for row in facebook.state["comments"] if row["who"] == fb.PAGE_ID]


def sayings(zalo):
    return [row["text"] for row in zalo.state["lines"] if row["ours"]]


def test_a_comment_is_answered_hidden_shown_and_deleted(page, sims, comment):
    row = settled(put(page, Verb.REPLY, comment, text="Nhà trường đã kiểm tra"))
    assert (row.status, replies(sims[0])) == (Status.SENT, ["Nhà trường đã kiểm tra"])
    assert row.external_id in {one["id"] for one in sims[0].state["comments"]}
    shown = sims[0]._comment
    assert settled(put(page, Verb.HIDE, comment)).status == Status.SENT
    assert shown(comment)["hidden"]
    assert settled(put(page, Verb.UNHIDE, comment)).status == Status.SENT
    assert not shown(comment)["hidden"]
    assert settled(put(page, Verb.DELETE, comment)).status == Status.SENT
    assert not any(one["id"] == comment for one in sims[0].state["comments"])
    # What is gone already is gone.
    assert settled(put(page, Verb.DELETE, comment)).status == Status.SENT


def test_a_private_reply_goes_out_once(page, sims, comment):
    row = settled(put(page, Verb.PRIVATE, comment, text="Bình luận của bạn đã ẩn"))
    assert row.status == Status.SENT
    assert [line["message"] for line in sims[0].state["messages"]] == ["Bình luận của bạn đã ẩn"]
    again = settled(put(page, Verb.PRIVATE, comment, text="Lần nữa"))
    assert (again.status, again.code) == (Status.FAILED, "answered_once")


@pytest.mark.parametrize("fault", ["drop_after", "html_after"])
def test_a_lost_answer_is_looked_for_not_said_again(page, oa, sims, comment, person, fault):
    sims[0].faults.script, sims[1].faults.script = [fault], [fault]
    for row in (put(page, Verb.REPLY, comment, text="Cảm ơn bạn"), put(oa, Verb.MESSAGE, person, text="Ngày 6/6")):
        assert settled(row).status == Status.SENT
        assert [a.what for a in row.attempts.all()] == ["send", "check"]
    assert (replies(sims[0]), sayings(sims[1])) == (["Cảm ơn bạn"], ["Ngày 6/6"])


@pytest.mark.parametrize("fault", ["drop_before", "error", "rate", "html"])
def test_what_never_arrived_is_said_after_looking(page, oa, sims, comment, person, fault):
    sims[0].faults.script, sims[1].faults.script = [fault], [fault]
    assert settled(put(page, Verb.REPLY, comment, text="Cảm ơn bạn")).status == Status.SENT
    assert settled(put(oa, Verb.MESSAGE, person, text="Ngày 6/6")).status == Status.SENT
    assert (replies(sims[0]), sayings(sims[1])) == (["Cảm ơn bạn"], ["Ngày 6/6"])


def test_a_look_without_an_answer_ends_with_a_person(page, sims, comment):
    sims[0].faults.script = ["drop_after", *["error"] * 50]
    row = settled(put(page, Verb.REPLY, comment, text="Cảm ơn bạn"))
    assert row.status == Status.UNKNOWN
    assert row.attempts.filter(what="check").count() == MOST_CHECKS
    sims[0].faults.script = []
    acting.drain()
    assert replies(sims[0]) == ["Cảm ơn bạn"]


def test_zalo_is_written_to_at_most_twice_when_nothing_is_seen(oa, sims, person):
    sims[1].faults.script = ["drop_before", "ok", "drop_before"]
    row = settled(put(oa, Verb.MESSAGE, person, text="Ngày 6/6"))
    assert (row.status, row.attempts.filter(what="send").count()) == (Status.UNKNOWN, 2)


def test_a_private_reply_whose_answer_is_lost_asks_a_person(page, sims, comment):
    sims[0].faults.script = ["drop_after"]
    row = settled(put(page, Verb.PRIVATE, comment, text="Đã ẩn"))
    assert row.status == Status.UNKNOWN
    assert len(sims[0].state["messages"]) == 1


def test_hiding_is_simply_done_again(page, sims, comment):
    sims[0].faults.script = ["drop_after", "error", "drop_before"]
    row = settled(put(page, Verb.HIDE, comment))
    assert row.status == Status.SENT
    assert {a.what for a in row.attempts.all()} == {"send"}


def test_the_same_answer_twice_in_one_chat_is_two_answers(oa, sims, person):
    rows = [put(oa, Verb.MESSAGE, person, text="Cảm ơn") for _time in range(2)]
    sims[1].faults.script = ["drop_after", "ok", "drop_after"]
    acting.drain()
    assert sayings(sims[1]) == ["Cảm ơn", "Cảm ơn"]
    assert len({Action.objects.get(pk=row.pk).external_id for row in rows}) == 2


def test_answers_to_one_person_keep_their_order(oa, sims, person):
    first, second = (put(oa, Verb.MESSAGE, person, text=text) for text in ("Một", "Hai"))
    Action.objects.filter(pk=first.pk).update(next_at=clock.now() + dt.timedelta(hours=1))
    acting.drain()
    assert sayings(sims[1]) == []
    Action.objects.filter(pk=first.pk).update(next_at=clock.now())
    assert settled(second).status == Status.SENT
    assert sayings(sims[1]) == ["Một", "Hai"]


def test_the_queue_moves_after_the_database_has_looked_at_its_tables(page, sims, comment):
    # SQLite 3.40 once found no action at all: see acting.claim.
    for number in range(37):
        row = put(page, Verb.REPLY, f"old-{number % 13}", text="Xong")
        Action.objects.filter(pk=row.pk).update(status=Status.SENT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert settled(put(page, Verb.REPLY, comment, text="Cảm ơn bạn")).status == Status.SENT


def test_asking_for_the_same_key_twice_is_one_action(oa, sims, person):
    for _time in range(2):
        acting.queue(actor=None, account=oa, verb=Verb.MESSAGE, target=person, payload={"text": "A"}, key="k1")
    acting.drain()
    assert sayings(sims[1]) == ["A"]


def test_outside_the_window_zalo_refuses_and_it_is_not_tried_again(oa, sims, person):
    sims[1].state["people"][person]["last"] -= 8 * 86_400
    row = settled(put(oa, Verb.MESSAGE, person, text="Chào"))
    assert (row.status, row.code, row.attempts.count()) == (Status.FAILED, "window", 1)


def test_messenger_is_answered_within_a_day(page, sims):
    sims[0].write(fb.PAGE_ID, "Chào Sở", who="880")
    assert settled(put(page, Verb.MESSAGE, "880", text="Chào bạn")).status == Status.SENT
    other = settled(put(page, Verb.MESSAGE, "881", text="Chào bạn"))
    assert (other.status, other.code) == (Status.FAILED, "window")


def test_a_lost_answer_in_messenger_is_found_in_the_conversation(page, sims):
    sims[0].write(fb.PAGE_ID, "Chào Sở", who="880")
    sims[0].faults.script = ["drop_after"]
    assert settled(put(page, Verb.MESSAGE, "880", text="Chào bạn")).status == Status.SENT
    assert len([line for line in sims[0].state["messages"] if line["ours"]]) == 1


def test_a_file_is_uploaded_once_and_sent(oa, sims, person, db):
    from django.core.files.base import ContentFile

    name = private_storage().save("channels/mau.pdf", ContentFile(b"%PDF-1.4 x"))
    sims[1].faults.script = ["ok", "drop_before"]
    row = settled(put(oa, Verb.MESSAGE, person, file=name, file_name="mau-don.pdf"))
    assert row.status == Status.SENT
    assert len(sims[1].state["files"]) == 1
    assert [line["type"] for line in sims[1].state["lines"] if line["ours"]] == ["file"]


def test_labels_and_followers(oa, sims, person):
    assert settled(put(oa, Verb.TAG, person, tag="Tuyển sinh")).status == Status.SENT
    assert zalo_talk.labels(Talk(oa)) == ["Tuyển sinh"]
    assert zalo_talk.followers(Talk(oa), tag="Tuyển sinh") == 1
    settled(put(oa, Verb.UNTAG, person, tag="Tuyển sinh"))
    assert zalo_talk.followers(Talk(oa), tag="Tuyển sinh") == 0
    assert zalo_talk.followers(Talk(oa)) == 1


def test_a_worker_that_died_in_the_middle(page, oa, sims, comment, person):
    said = put(page, Verb.REPLY, comment, text="Cảm ơn bạn")
    before = put(oa, Verb.MESSAGE, person, text="Chào")
    past = clock.now() - dt.timedelta(minutes=5)
    sims[0].say(sims[0]._comment(comment)["post"], "Cảm ơn bạn", who=fb.PAGE_ID, parent=comment)
    dead = {"status": Status.SENDING, "lease_owner": "dead", "lease_until": past}
    Action.objects.filter(pk=said.pk).update(called_at=past, **dead)
    Action.objects.filter(pk=before.pk).update(**dead)
    assert (settled(said).status, settled(before).status) == (Status.SENT, Status.SENT)
    assert (replies(sims[0]), sayings(sims[1])) == (["Cảm ơn bạn"], ["Chào"])


def test_a_broken_or_paused_account_waits(page, sims, comment):
    put(page, Verb.REPLY, comment, text="A")
    ChannelAccount.objects.update(paused_until=clock.now() + dt.timedelta(hours=1))
    assert acting.drain() == 0
    ChannelAccount.objects.update(paused_until=None, health="broken")
    assert acting.drain() == 0
    assert not ActionAttempt.objects.exists()


def test_no_token_is_kept_with_an_attempt(page, sims, comment):
    sims[0].state["dead"][fb.PAGE_TOKEN] = 463
    row = settled(put(page, Verb.REPLY, comment, text="A"))
    assert (row.status, row.code) == (Status.FAILED, "token_expired")
    assert fb.PAGE_TOKEN not in row.attempts.get().body
    page.refresh_from_db()
    assert (page.health, page.health_code) == ("broken", "token_expired")


def test_a_post_that_is_gone_cannot_be_read(page, sims):
    assert fb_talk.comments(Talk(page), f"{fb.PAGE_ID}_404", clock.now()) is None
    assert zl.OA_ID


# — somebody who did not log in ——————————————————————————————————————————————————
def strange(sims, oa, text="Trường có tuyển sinh trái tuyến không?"):
    """What the event of a stranger says: (their number, the conversation, the words)."""
    who, conversation = sims[1].stranger_writes(text)
    body = {
        "app_id": zl.APP_ID,
        "sender": {"id": who},
        "recipient": {"id": oa.external_id},
        "event_name": "anonymous_send_text",
        "message": {"text": text, "msg_id": "m1", "conversation_id": conversation},
        "timestamp": "1795000000000",
    }
    return who, conversation, zalo_hooks.words(oa.external_id, body["event_name"], body)


def test_a_stranger_is_answered_in_their_conversation(oa, sims):
    who, conversation, words = strange(sims, oa)
    assert words.author == who
    assert settled(put(oa, Verb.MESSAGE, words.thread, text="Dạ không ạ.")).status == Status.SENT
    line = sims[1].state["strange_lines"][-1]
    assert (line["who"], line["text"], line["ours"]) == (who, "Dạ không ạ.", True)
    ours = {
        "app_id": zl.APP_ID,
        "sender": {"id": oa.external_id},
        "recipient": {"id": who},
        "event_name": "oa_send_anonymous_text",
        "message": {"text": "Dạ không ạ.", "msg_id": "m2", "conversation_id": conversation},
        "timestamp": "1795000000000",
    }
    told = zalo_hooks.words(oa.external_id, ours["event_name"], ours)
    assert (told.thread, told.ours) == (words.thread, True)
    assert zalo_hooks.parted(words.thread) == (who, conversation)
    assert zalo_hooks.parted("6500000000000000001") is None


def test_a_lost_answer_to_a_stranger_is_for_a_person(oa, sims):
    _who, _conversation, words = strange(sims, oa)
    sims[1].faults.script = ["drop_after"]
    row = settled(put(oa, Verb.MESSAGE, words.thread, text="Dạ không ạ."))
    assert (row.status, row.code) == (Status.UNKNOWN, "no_readback")
    assert sum(line["ours"] for line in sims[1].state["strange_lines"]) == 1


def test_a_stranger_gets_no_label(oa, sims):
    _who, _conversation, words = strange(sims, oa)
    assert settled(put(oa, Verb.TAG, words.thread, tag="Phụ huynh")).status == Status.FAILED


def test_an_oa_without_messages_left_is_told_so(oa, sims, person, monkeypatch):
    monkeypatch.setattr(sims[1], "_cs", lambda request: sims[1].no(-211, "Out of quota"))
    assert settled(put(oa, Verb.MESSAGE, person, text="Dạ.")).code == "message_quota"
