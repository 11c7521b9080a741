"""Answers and moderation below films: said once or put to a person, what YouTube refuses is told."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.channels import services
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount
from loa.channels.rules import MOST_CHECKS, Status
from loa.channels.tests.factories import youtube_account
from loa.channels.texts import reason, warnings
from loa.channels.youtube.errors import next_quota
from loa.channels.youtube.sim import CHANNEL_ID
from loa.core import clock
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = "/youtube/v3/comments"


@pytest.fixture
def channel(db):
    return youtube_account(make_unit("Sở"))


@pytest.fixture
def comment(tube):
    return tube.say(tube.film, "Phim hay, nhưng tiếng hơi nhỏ ạ", who="UC77")


def put(account, verb, target, **payload):
    return acting.queue(actor=None, account=account, verb=verb, target=target, payload=payload)


def settled(row):
    acting.drain()
    row.refresh_from_db()
    return row


def answers(tube):
    return [row["text"] for row in tube.said if row["who"] == CHANNEL_ID]


def test_a_comment_is_answered_held_back_shown_and_taken_down(channel, tube, comment):
    row = settled(put(channel, Verb.REPLY, comment, text="Sở đã chỉnh tiếng, cảm ơn bạn"))
    assert (row.status, answers(tube)) == (Status.SENT, ["Sở đã chỉnh tiếng, cảm ơn bạn"])
    assert tube._one(row.external_id)["parent"] == comment
    for verb, status in ((Verb.HIDE, "heldForReview"), (Verb.UNHIDE, "published"), (Verb.DELETE, "rejected")):
        assert settled(put(channel, verb, comment)).status == Status.SENT
        assert tube._one(comment)["status"] == status
    # What the channel wrote itself is really deleted; what is gone is gone.
    assert settled(put(channel, Verb.DELETE, row.external_id)).status == Status.SENT
    assert answers(tube) == []
    assert settled(put(channel, Verb.DELETE, row.external_id)).status == Status.SENT


@pytest.mark.parametrize("fault", ["drop_after", "html_after"])
def test_a_lost_answer_is_looked_for_not_said_again(channel, tube, comment, fault):
    tube.faults.only, tube.faults.script = CALLS, [fault]
    row = settled(put(channel, Verb.REPLY, comment, text="Cảm ơn bạn"))
    assert (row.status, [one.what for one in row.attempts.all()]) == (Status.SENT, ["send", "check"])
    assert answers(tube) == ["Cảm ơn bạn"]
    assert row.external_id in {one["id"] for one in tube.said}


@pytest.mark.parametrize("fault", ["drop_before", "error", "rate", "html"])
def test_what_never_arrived_is_said_after_looking(channel, tube, comment, fault):
    tube.faults.only, tube.faults.script = CALLS, [fault]
    assert settled(put(channel, Verb.REPLY, comment, text="Cảm ơn bạn")).status == Status.SENT
    assert answers(tube) == ["Cảm ơn bạn"]


def test_an_answer_that_lists_do_not_show_yet_is_not_said_twice(channel, tube, comment, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    begun = clock.now()
    row = put(channel, Verb.REPLY, comment, text="Cảm ơn bạn")
    tube._one(comment)["at"] -= 3600
    tube.faults.only, tube.faults.script, tube.shows_after = CALLS, ["drop_after"], 120
    for seconds in range(0, 400, 5):
        with clock.frozen(begun + dt.timedelta(seconds=seconds)):
            tube.clock = lambda seconds=seconds: begun.timestamp() + seconds
            acting.drain()
    row.refresh_from_db()
    assert (row.status, answers(tube)) == (Status.SENT, ["Cảm ơn bạn"])
    assert row.attempts.filter(what="send").count() == 1


def test_a_look_without_an_answer_ends_with_a_person(channel, tube, comment):
    tube.faults.only, tube.faults.script = CALLS, ["drop_after", *["error"] * 50]
    row = settled(put(channel, Verb.REPLY, comment, text="Cảm ơn bạn"))
    assert row.status == Status.UNKNOWN
    assert row.attempts.filter(what="check").count() == MOST_CHECKS
    tube.faults.script = []
    acting.drain()
    assert answers(tube) == ["Cảm ơn bạn"]


def test_the_same_answer_twice_is_two_answers(channel, tube, comment):
    rows = [put(channel, Verb.REPLY, comment, text="Cảm ơn") for _time in range(2)]
    tube.faults.only, tube.faults.script = CALLS, ["drop_after", "ok", "drop_after"]
    acting.drain()
    assert answers(tube) == ["Cảm ơn", "Cảm ơn"]
    assert len({Action.objects.get(pk=row.pk).external_id for row in rows}) == 2


@pytest.mark.parametrize("verb", [Verb.HIDE, Verb.UNHIDE, Verb.DELETE])
def test_moderation_is_simply_done_again(channel, tube, comment, verb):
    tube.faults.only, tube.faults.script = CALLS, ["drop_after", "error", "drop_before", "rate"]
    row = settled(put(channel, verb, comment))
    assert row.status == Status.SENT
    assert {one.what for one in row.attempts.all()} == {"send"}


def test_a_worker_that_died_after_saying_it(channel, tube, comment):
    row = put(channel, Verb.REPLY, comment, text="Cảm ơn bạn")
    past = clock.now() - dt.timedelta(minutes=5)
    tube.say(tube.film, "Cảm ơn bạn", who=CHANNEL_ID, parent=comment)
    Action.objects.filter(pk=row.pk).update(
        called_at=past, status=Status.SENDING, lease_owner="dead", lease_until=past
    )
    assert settled(row).status == Status.SENT
    assert answers(tube) == ["Cảm ơn bạn"]


def test_a_spent_quota_waits_for_the_next_day_there_and_lets_films_go_on(channel, tube, comment, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    tube.state["quota"] = 10
    row = settled(put(channel, Verb.REPLY, comment, text="Cảm ơn bạn"))
    assert (row.status, row.code, answers(tube)) == (Status.RETRY, "yt_quota", [])
    assert abs(row.next_at - next_quota(clock.now())) < dt.timedelta(minutes=1)
    channel.refresh_from_db()
    assert channel.paused_until is None
    assert "Hạn mức ngày" in str(reason(row.code))
    tube.state["quota"] = 10_000
    with clock.frozen(row.next_at):
        assert settled(row).status == Status.SENT
    assert answers(tube) == ["Cảm ơn bạn"]


def refuse(tube, comment, how):
    """Make YouTube refuse an answer below the comment."""
    if how == "yt_comments_off":
        next(one for one in tube.state["videos"] if one["id"] == tube.film)["comments_off"] = True
    elif how == "yt_no_reply":
        tube._one(comment)["closed"] = True
    elif how == "yt_comment_gone":
        tube.take_back(comment)
    elif how == "yt_private":
        tube._one(comment)["status"] = "heldForReview"
    else:
        tube.state["scopes"] = ["https://www.googleapis.com/auth/youtube.upload"]


@pytest.mark.parametrize("code", ["yt_comments_off", "yt_no_reply", "yt_comment_gone", "yt_private", "yt_scope"])
def test_what_youtube_refuses_is_told_and_breaks_nothing(channel, tube, comment, code):
    refuse(tube, comment, code)
    row = settled(put(channel, Verb.REPLY, comment, text="Cảm ơn bạn"))
    assert (row.status, row.code, answers(tube)) == (Status.FAILED, code, [])
    assert "Lỗi chưa có trong danh mục" not in str(reason(code))
    channel.refresh_from_db()
    assert channel.health != "broken"


def test_an_answer_too_long_is_refused_at_once(channel, tube, comment):
    row = settled(put(channel, Verb.REPLY, comment, text="a" * 10_001))
    assert (row.status, row.code, row.attempts.count()) == (Status.FAILED, "yt_too_long", 1)


def test_what_is_held_right_after_it_was_shown_is_tried_again(channel, tube, comment):
    tube._one(comment)["status"] = "heldForReview"
    row = put(channel, Verb.REPLY, comment, text="Cảm ơn bạn")
    assert acting.work("w") == 1
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.RETRY, "yt_private")
    tube._one(comment)["status"] = "published"
    assert settled(row).status == Status.SENT


def test_no_private_message_and_no_label(channel, tube, comment):
    assert settled(put(channel, Verb.PRIVATE, comment, text="A")).code == "no_api"


def test_the_check_finds_that_comments_may_not_be_read_and_says_what_to_do(channel, tube):
    services.account_check(account=channel)
    channel.refresh_from_db()
    assert (channel.health, "comments" in channel.facts) == ("good", False)
    tube.state["scopes"] = ["https://www.googleapis.com/auth/youtube.upload"]
    services.account_check(account=channel)
    channel.refresh_from_db()
    assert (channel.health, channel.facts["comments"]) == ("good", "yt_scope")
    [(name, words)] = warnings(channel)
    assert name == "comments"
    assert "Kết nối lại qua YouTube" in str(words)
    tube.state["scopes"] = None
    services.account_check(account=channel)
    assert warnings(ChannelAccount.objects.get(pk=channel.pk)) == []
