"""What a channel works on: asked without end it would block the account, taken for absent it would be doubled."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.accounts.models import Notice
from loa.channels import engine, services
from loa.channels.kinds import kind_of
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import MOST_CHECKS, Intent, Status
from loa.channels.tests.factories import at, draft, zalo_account
from loa.channels.zalo import sim as zl

pytestmark = pytest.mark.django_db(transaction=True)
NINE = "2026-11-25T09:00:00+07:00"


@pytest.fixture
def oa(cast, monkeypatch):
    monkeypatch.setattr(engine, "TURN", 1)
    return zalo_account(cast.so)


def queue(cast, oa):
    made = draft(cast.so, pictures=1)
    return services.post_queue(actor=cast.editor, account_id=oa.pk, draft=made, key=made.title)


def tried(row, times=1):
    """The row after so many tries."""
    for _number in range(times):
        engine.work("here")
    row.refresh_from_db()
    return row


def ready(zalo):
    for job in zalo.state["jobs"].values():
        job["ready"] = 0


def created(zalo):
    return sum(path.endswith("/create") for _method, path in zalo.calls)


def later(seconds):
    return (dt.datetime.fromisoformat(NINE) + dt.timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize("fault", ["drop_before", "rate", "error"])
def test_polls_that_were_answered_are_no_checks(cast, oa, sims, fault):
    sims[1].works_for = 1000.0
    row = tried(queue(cast, oa), MOST_CHECKS + 3)
    assert (row.status, row.checks) == (Status.PROCESSING, 0)
    sims[1].faults.script = [fault]
    assert (tried(row).status, row.checks) == (Status.CHECKING, 1)
    assert (tried(row).status, row.checks) == (Status.PROCESSING, 0)
    ready(sims[1])
    assert tried(row).status == Status.SENT
    assert created(sims[1]) == 1


def test_an_account_that_broke_while_zalo_worked_is_asked_again_once_mended(cast, oa, sims):
    sims[1].works_for = 1000.0
    row = tried(queue(cast, oa), 2)
    tokens, sims[1].state["tokens"] = sims[1].state["tokens"], []
    for _time in range(MOST_CHECKS + 1):
        assert (tried(row).status, row.checks) == (Status.CHECKING, 0)
        ChannelAccount.objects.update(health=Health.GOOD)
    sims[1].state["tokens"] = tokens
    ready(sims[1])
    assert tried(row).status == Status.SENT


def test_an_article_worked_on_without_end_is_put_to_a_person_and_blocks_nothing(cast, oa, sims, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    longest = int(kind_of(oa).works_for)
    with at(sims, NINE):
        sims[1].works_for = 1e9
        row, behind = queue(cast, oa), queue(cast, oa)
        tried(row)
    for second in range(20, longest + 120, 20):
        with at(sims, later(second)):
            if tried(row).status == Status.UNKNOWN:
                break
    assert (row.status, row.code) == (Status.UNKNOWN, "slow_work")
    assert longest <= second <= longest + 60
    assert row.attempts.filter(what="poll").count() < longest / 20  # less and less often
    assert row.attempts.latest("number").what == "check"
    assert Notice.objects.filter(code="channels.delivery.unknown").exists()
    sims[1].works_for = 0.0
    with at(sims, later(longest + 200)):
        tried(row)  # the second is sent
    with at(sims, later(longest + 300)):
        assert tried(behind).status == Status.SENT
    with at(sims, later(longest + 400)):
        services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="absent")
        # A person had it sent again: the old token says nothing of the new article.
        token = row.steps["token"]
        assert tried(row).steps["token"] not in ("", token)


def test_worked_on_without_end_but_listed_it_is_out(cast, oa, sims):
    with at(sims, NINE):
        row = tried(queue(cast, oa))
    job = sims[1].state["jobs"][row.steps["token"]]
    sims[1].state["articles"][0]["job"] = ""  # in the list, while its token still says "being processed"
    job["ready"] = 1e12
    with at(sims, later(kind_of(oa).works_for + 1)):
        assert tried(row).status == Status.CHECKING
        assert tried(row).status == Status.SENT
    assert row.external_id == job["id"]


def test_an_article_whose_token_was_lost_is_not_absent_while_zalo_may_work_on_it(cast, oa, sims, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    sims[1].works_for = 110.0
    with at(sims, NINE):
        sims[1].faults.script = ["drop_after"]
        row = tried(queue(cast, oa))
        assert row.status == Status.CHECKING
    with at(sims, later(119)):
        assert tried(row).attempts.count() == 1  # nobody looks yet
    with at(sims, later(185)):
        assert tried(row).status == Status.SENT
    assert (created(sims[1]), row.external_id) == (1, sims[1].state["articles"][0]["id"])


def test_what_zalo_gave_up_is_sent_again(cast, oa, sims, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    sims[1].works_for = 3.0
    with at(sims, NINE):
        row = tried(queue(cast, oa))
        sims[1].state["jobs"][row.steps["token"]]["spoilt"] = True
    with at(sims, later(10)):
        assert tried(row).status == Status.CHECKING
    with at(sims, later(60)):
        # It said so after ten seconds; the list is believed only when it had its time.
        assert tried(row).status == Status.CHECKING
        assert row.next_at >= dt.datetime.fromisoformat(later(180))
    with at(sims, later(185)):
        assert tried(row).status == Status.RETRY
    with at(sims, later(190)):
        tried(row)
    with at(sims, later(200)):
        assert tried(row).status == Status.SENT
    assert created(sims[1]) == 2
    [good] = [one for one in sims[1].state["articles"] if one["id"] == row.external_id]
    assert not sims[1].state["jobs"][good["job"]].get("spoilt")


def test_a_token_that_cannot_be_asked_after_is_never_sent_again(cast, oa, sims):
    sims[1].works_for = 1000.0
    row = tried(queue(cast, oa))
    sims[1].faults.only, sims[1].faults.script = "/verify", ["error"] * 50
    row = tried(row, 20)
    assert (row.status, row.checks, created(sims[1])) == (Status.UNKNOWN, MOST_CHECKS, 1)


def test_more_newer_articles_than_are_read_is_no_absence(cast, oa, sims):
    row = queue(cast, oa)
    sims[1].faults.script = ["drop_after"]
    tried(row)
    now = sims[1].clock()
    sims[1].state["articles"] += [
        {"id": f"x{number}", "oa": zl.OA_ID, "body": {"title": f"Bài {number}"}, "created": now}
        for number in range(120)
    ]
    assert tried(row).status == Status.CHECKING
    sims[1].state["articles"] = sims[1].state["articles"][:1]
    assert tried(row).status == Status.SENT


def test_an_update_is_seen_once_zalo_has_worked_on_it(cast, oa, sims):
    row = tried(queue(cast, oa), 2)
    assert row.status == Status.SENT
    sims[1].works_for = 1000.0
    services.post_edit(actor=cast.editor, delivery_id=row.pk, text="Lời đã sửa", key="e" * 20)
    update = tried(Delivery.objects.get(intent=Intent.UPDATE), 3)
    assert update.status == Status.PROCESSING
    article = sims[1].state["articles"][0]
    assert article["body"]["description"] != "Lời đã sửa"
    article["coming"][0]["ready"] = 0
    ready(sims[1])
    assert tried(update).status == Status.SENT
    assert article["body"]["description"] == "Lời đã sửa"
