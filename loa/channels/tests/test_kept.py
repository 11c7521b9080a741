"""Posts given to the page ahead of their hour: where they stand after a lost answer, and what officers read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.channels import engine, services
from loa.channels.models import ChannelAccount
from loa.channels.rules import Status
from loa.channels.tests.factories import at, draft, facebook_account

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.datetime.fromisoformat("2026-11-25T14:00:00+07:00")


@pytest.fixture
def page(cast, monkeypatch):
    monkeypatch.setattr(engine, "TURN", 1)
    return facebook_account(cast.so)


def minutes(number):
    """So many after the hour of the post."""
    return (HOUR + dt.timedelta(minutes=number)).isoformat()


def tried(row, times=1):
    ChannelAccount.objects.update(paused_until=None)
    for _number in range(times):
        engine.work("here")
    row.refresh_from_db()
    return row


def given(cast, page, sims, fault):
    """Given to the page five hours ahead, with what befell the call."""
    with at(sims, minutes(-300)):
        row = services.post_queue(
            actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="s" * 20, at=HOUR, hand_over=True
        )
        sims[0].faults.only, sims[0].faults.script = "/feed", [fault]
        row = tried(row)
    sims[0].faults.only = ""
    return row


def sent(sims):
    return sum(call[0] == "POST" and call[1].endswith("/feed") for call in sims[0].calls)


@pytest.mark.parametrize("when", [-290, -1, 0.2, 3, 600])
def test_a_lost_answer_is_found_before_and_after_its_hour(cast, page, sims, when):
    row = given(cast, page, sims, "drop_after")
    assert row.status == Status.CHECKING
    with at(sims, minutes(when)):
        assert tried(row).status == Status.SENT
    [post] = sims[0].state["posts"]
    assert (row.external_id, sent(sims)) == (post["id"], 1)


def test_while_it_changes_from_one_list_to_the_other_it_is_not_absent(cast, page, sims):
    row = given(cast, page, sims, "drop_after")
    sims[0].hidden_for = 60
    with at(sims, minutes(0.2)):
        assert tried(row).status == Status.CHECKING  # in neither
    with at(sims, minutes(4)):
        assert tried(row).status == Status.SENT
    assert sent(sims) == 1


def test_what_never_arrived_is_given_to_the_page_again(cast, page, sims):
    row = given(cast, page, sims, "drop_before")
    with at(sims, minutes(-200)):
        assert tried(row, 2).status == Status.SENT
        assert row.kept_until == HOUR
    assert sims[0].state["posts"][0]["scheduled"] == HOUR.timestamp()


def test_what_never_arrived_goes_out_at_once_when_its_hour_is_over(cast, page, sims):
    row = given(cast, page, sims, "drop_before")
    with at(sims, minutes(30)):
        assert tried(row, 2).status == Status.SENT
    [post] = sims[0].state["posts"]
    assert "scheduled" not in post
    assert post["created"] == (HOUR + dt.timedelta(minutes=30)).timestamp()


def test_too_near_for_the_page_to_keep_it_waits_for_its_hour_and_blocks_nothing(cast, page, sims):
    row = given(cast, page, sims, "drop_before")
    with at(sims, minutes(-8)):
        assert tried(row, 2).status == Status.RETRY
        assert (row.code, row.next_at) == ("own_hour", HOUR)
        other = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="o" * 20)
        assert tried(other).status == Status.SENT
    with at(sims, minutes(0)):
        assert tried(row).status == Status.SENT
    assert [post["message"] for post in sims[0].state["posts"]] == [
        other.post.payload["text"],
        row.post.payload["text"],
    ]


def test_a_list_that_was_not_read_whole_proves_no_absence(cast, page, sims):
    row = given(cast, page, sims, "drop_after")
    kept = sims[0].state["posts"]
    more = [{**kept[0], "id": f"{page.external_id}_{n}", "message": f"Bài {n}"} for n in range(1100)]
    sims[0].state["posts"] = kept + more  # newest first: ours is behind a thousand
    with at(sims, minutes(60)):
        assert tried(row).status == Status.CHECKING
    sims[0].state["posts"] = kept
    with at(sims, minutes(120)):
        assert tried(row).status == Status.SENT
    assert sent(sims) == 1


def test_before_its_hour_nobody_is_told_that_it_is_out(cast, page, sims, client):
    row = given(cast, page, sims, "ok")
    assert row.status == Status.SENT
    client.force_login(cast.editor)
    screens = [reverse("channels:deliveries"), reverse("channels:delivery", args=[row.pk])]
    with at(sims, minutes(-10)):
        for screen in screens:
            text = client.get(screen).content.decode()
            assert "Facebook giữ, đăng lúc 14:00 25/11/2026" in text
            assert "lên kênh lúc" not in text
            assert "xem trên kênh" not in text
    with at(sims, minutes(1)):
        for screen in screens:
            text = client.get(screen).content.decode()
            assert "giữ, đăng lúc" not in text
            assert row.permalink in text
