"""The engine against the simulators: what is out is out once, or a person is asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from loa.accounts.models import Notice
from loa.channels import engine, services
from loa.channels.models import Attempt, ChannelAccount, ChannelSecret, Delivery, Health
from loa.channels.rules import MOST_CHECKS, Intent, Status
from loa.channels.tests.factories import at, draft, facebook_account, zalo_account
from loa.channels.zalo import sim as zl
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def queue(cast, account, *, key="", pictures=0, **more):
    made = draft(cast.so, pictures=pictures)
    return services.post_queue(actor=cast.editor, account_id=account.pk, draft=made, key=key or made.title, **more)


def settled(row):
    engine.drain(most=60)
    row.refresh_from_db()
    return row


def texts_of(facebook):
    return [post["message"] for post in facebook.state["posts"]]


def test_a_link_goes_out_with_its_address(cast, page, sims):
    row = settled(queue(cast, page))
    assert row.status == Status.SENT
    assert row.permalink.endswith(row.external_id)
    [post] = sims[0].state["posts"]
    assert post["message"] == row.post.payload["text"]
    assert post["link"] == row.post.payload["link"]
    [attempt] = row.attempts.all()
    assert (attempt.what, attempt.result, attempt.http_status) == ("send", "sent", 200)


def test_photos_go_out_together_with_their_descriptions(cast, page, sims):
    row = settled(queue(cast, page, pictures=3))
    assert row.status == Status.SENT
    [post] = sims[0].state["posts"]
    assert len(post["media"]) == 3
    assert {photo["alt"] for photo in sims[0].state["photos"].values()} == {"Học sinh tưới cây trong vườn trường"}


def test_a_refused_post_leaves_no_photos_behind_and_may_be_tried_again(cast, page, sims, monkeypatch):
    refused = sims[0].error(400, 368, "(#368) blocked", sub=1404002)
    with monkeypatch.context() as patch:
        patch.setattr(sims[0], "_feed", lambda request, mine: refused)
        row = settled(queue(cast, page, pictures=3))
    assert (row.status, row.code, row.steps["photos"]) == (Status.FAILED, "policy", {})
    assert sims[0].state["photos"] == {}
    assert "(#368)" in row.attempts.get().body  # why, not what deleting answered
    services.delivery_retry(actor=cast.editor, delivery_id=row.pk)
    assert settled(row).status == Status.SENT
    [post] = sims[0].state["posts"]
    assert len(post["media"]) == 3


def test_photos_of_a_call_of_unsure_outcome_stay(cast, page, sims, monkeypatch):
    answers = [sims[0].error_reply(), sims[0].error(400, 368, "(#368) blocked", sub=1404002)]
    monkeypatch.setattr(sims[0], "_feed", lambda request, mine: answers.pop(0))
    row = settled(queue(cast, page, pictures=2))
    assert (row.status, row.code) == (Status.FAILED, "policy")
    assert len(sims[0].state["photos"]) == len(row.steps["photos"]) == 2


def test_the_same_form_twice_makes_one_post(cast, page, sims):
    first = queue(cast, page, key="k" * 20)
    assert queue(cast, page, key="k" * 20).pk == first.pk
    engine.drain()
    assert len(sims[0].state["posts"]) == 1


@pytest.mark.parametrize("fault", ["drop_after", "html_after"])
def test_contract_06_a_lost_answer_is_read_back_not_sent_again(cast, page, sims, fault):
    sims[0].faults.only = "/feed"
    sims[0].faults.script = [fault]
    row = settled(queue(cast, page))
    assert row.status == Status.SENT
    assert len(sims[0].state["posts"]) == 1
    assert row.external_id == sims[0].state["posts"][0]["id"]
    assert [a.what for a in row.attempts.all()] == ["send", "check"]


@pytest.mark.parametrize("fault", ["drop_before", "error", "rate", "html"])
def test_what_never_arrived_is_sent_after_looking(cast, page, sims, fault):
    sims[0].faults.only = "/feed"
    sims[0].faults.script = [fault]
    row = settled(queue(cast, page))
    assert row.status == Status.SENT
    assert len(sims[0].state["posts"]) == 1
    assert [a.what for a in row.attempts.all()] == ["send", "check", "send"]


def test_contract_07_reading_back_that_fails_stays_unknown_and_asks_a_person(cast, page, sims):
    sims[0].faults.script = ["drop_after", *["error"] * 50]
    row = settled(queue(cast, page))
    assert row.status == Status.UNKNOWN
    assert row.attempts.filter(what="check").count() == MOST_CHECKS
    assert row.attempts.filter(what="send").count() == 1
    sims[0].faults.script = []
    engine.drain()
    assert len(sims[0].state["posts"]) == 1  # nothing is done by itself any more
    with pytest.raises(NotFound):
        services.delivery_decide(actor=cast.outsider, delivery_id=row.pk, answer="absent")
    services.delivery_decide(
        actor=cast.editor, delivery_id=row.pk, answer="there", permalink="https://fb.example/1"
    )
    row.refresh_from_db()
    assert (row.status, row.permalink) == (Status.SENT, "https://fb.example/1")


def test_an_older_post_of_the_same_words_is_not_taken_for_it(cast, page, sims):
    made = draft(cast.so)
    first = services.post_queue(actor=cast.editor, account_id=page.pk, draft=made, key="first" * 4)
    settled(first)
    sims[0].faults.only = "/feed"
    sims[0].faults.script = ["drop_before"]
    second = settled(services.post_queue(actor=cast.editor, account_id=page.pk, draft=made, key="second" * 4))
    assert second.status == Status.SENT
    assert second.external_id != first.external_id
    assert len(sims[0].state["posts"]) == 2


def test_what_the_channel_does_not_want_ends_with_its_reason_and_is_not_sent_again(cast, page, sims):
    sims[0].faults.only = "/feed"
    sims[0].faults.refuse = 1
    row = settled(queue(cast, page))
    assert (row.status, row.code) == (Status.FAILED, "policy")
    assert row.attempts.filter(what="send").count() == 1
    engine.drain()
    assert (row.attempts.count(), sims[0].state["posts"]) == (1, [])


def test_a_worker_that_died_before_the_call_loses_nothing(cast, page, sims):
    row = queue(cast, page)
    Delivery.objects.filter(pk=row.pk).update(status=Status.SENDING)
    assert settled(row).status == Status.SENT
    assert len(sims[0].state["posts"]) == 1


def test_a_worker_that_died_in_the_call_doubles_nothing(cast, page, sims):
    row = settled(queue(cast, page))
    # as it was before the answer was written
    Delivery.objects.filter(pk=row.pk).update(status=Status.SENDING, external_id="", sent_at=None)
    assert settled(row).status == Status.SENT
    assert len(sims[0].state["posts"]) == 1


def test_two_workers_never_hold_one_account(cast, page):
    queue(cast, page)
    assert engine.claim("one").pk == page.pk
    assert engine.claim("two") is None
    ChannelAccount.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    assert engine.claim("two").pk == page.pk


def test_a_lease_that_ended_sends_nothing(cast, page, sims):
    row = queue(cast, page)
    account = engine.claim("one")
    ChannelAccount.objects.update(lease_owner="two")
    with pytest.raises(engine.LeaseLost):
        engine._step(account, "one", False)
    assert sims[0].state["posts"] == []
    ChannelAccount.objects.update(lease_owner="", lease_until=None)
    assert settled(row).status == Status.SENT


def test_order_is_kept_over_a_failure(cast, page, sims):
    rows = [queue(cast, page) for _number in range(4)]
    sims[0].faults.only = "/feed"
    sims[0].faults.script = ["rate"]
    engine.drain()
    assert texts_of(sims[0]) == [row.post.payload["text"] for row in rows]


def test_holds_stop_everything_and_lifting_sends_in_order(cast, page, sims):
    row = queue(cast, page)
    with pytest.raises(Refused):
        services.hold_begin(actor=cast.editor, unit_id=None, reason="Bão")
    hold = services.hold_begin(actor=cast.chief, unit_id=None, reason="Bão số 9, chỉ đăng tin khẩn")
    assert settled(row).status == Status.PENDING
    assert sims[0].calls == []
    services.hold_end(actor=cast.chief, hold_id=hold.pk)
    assert settled(row).status == Status.SENT


def test_a_hold_of_a_branch_stops_that_branch_alone(cast, page, sims):
    school_page = ChannelAccount.objects.create(unit=cast.school, kind="facebook", name="Trường", external_id="9")
    services.account_connect(actor=cast.chief, account_id=school_page.pk, secret={"access_token": "school"})
    sims[0].state["pages"]["9"] = {"name": "Trường", "token": "school"}
    services.hold_begin(actor=cast.chief, unit_id=cast.xa.pk, reason="Xã đề nghị tạm dừng")
    below, free = queue(cast, school_page), queue(cast, page)
    assert settled(free).status == Status.SENT
    assert settled(below).status == Status.PENDING


def test_quiet_hours_wait_for_the_morning(cast, sims):
    page = facebook_account(cast.so, quiet_from=dt.time(22), quiet_to=dt.time(6))
    with clock.frozen("2026-11-25T22:30:00+07:00"):
        row = settled(queue(cast, page))
        assert row.status == Status.PENDING
        assert clock.local(row.next_at).isoformat() == "2026-11-26T06:00:00+07:00"
    with clock.frozen("2026-11-26T06:00:01+07:00"):
        assert settled(row).status == Status.SENT


@pytest.mark.parametrize(("quiet", "goes"), [((None, None), True), ((dt.time(23), dt.time(5)), True),
                                             ((dt.time(21), dt.time(5)), False)])  # fmt: skip
def test_quiet_hours_that_are_changed_hold_no_longer(cast, sims, quiet, goes):
    page = facebook_account(cast.so, quiet_from=dt.time(22), quiet_to=dt.time(6))
    with clock.frozen("2026-11-25T22:30:00+07:00"):
        row, later = queue(cast, page), queue(cast, page, at=clock.now() + dt.timedelta(hours=1))
        assert settled(row).code == "quiet"
        services.account_save(
            actor=cast.chief, account_id=page.pk, unit_id=cast.so.pk, kind="facebook",
            fields={"quiet_from": quiet[0], "quiet_to": quiet[1]},
        )  # fmt: skip
        row = settled(row)
        assert row.status == (Status.SENT if goes else Status.PENDING)
        later.refresh_from_db()
        assert later.next_at == later.due_at
    if not goes:
        assert clock.local(row.next_at).isoformat() == "2026-11-26T05:00:00+07:00"


@pytest.mark.parametrize("why", ["hold", "quiet"])
def test_neither_a_hold_nor_the_night_keeps_a_post_from_being_mended(cast, sims, why):
    page = facebook_account(cast.so)
    with at(sims, "2026-11-25T15:00:00+07:00"):
        wrong, right = settled(queue(cast, page)), settled(queue(cast, page))
    if why == "quiet":
        ChannelAccount.objects.update(quiet_from=dt.time(22), quiet_to=dt.time(6))
    with at(sims, "2026-11-25T22:30:00+07:00"):
        if why == "hold":
            services.hold_begin(actor=cast.chief, unit_id=None, reason="Bão")
        waiting = queue(cast, page)  # due before what follows
        engine.drain()
        services.source_withdraw(actor=cast.editor, source="test", source_id=wrong.post.source_id)
        services.post_edit(actor=cast.editor, delivery_id=right.pk, text="Lời đã sửa", key="e" * 20)
        assert settled(waiting).status == Status.PENDING
    assert texts_of(sims[0]) == ["Lời đã sửa"]
    with at(sims, "2026-11-26T06:00:01+07:00"):
        assert settled(waiting).status == (Status.PENDING if why == "hold" else Status.SENT)


def test_a_lost_role_stops_this_page_alone_and_a_new_token_goes_on(cast, page, sims):
    sims[0].state["dead"]["demo-page-token"] = 492
    row = settled(queue(cast, page))
    page.refresh_from_db()
    assert (page.health, page.health_code, row.status) == (Health.BROKEN, "role_lost", Status.RETRY)
    engine.drain()
    assert row.attempts.count() == 1  # no loop
    sims[0].state["dead"] = {}
    services.account_connect(actor=cast.chief, account_id=page.pk, secret={"access_token": "demo-page-token"})
    assert settled(row).status == Status.SENT
    assert row.attempts.count() == 2


def test_contract_12_a_budget_nearly_spent_lets_the_page_rest(cast, page, sims, settings):
    sims[0].usage, sims[0].regain = 97, 4
    settings.LOA_DELIVERY_PACE = 1.0
    settled(queue(cast, page))
    page.refresh_from_db()
    assert page.paused_until - clock.now() > dt.timedelta(minutes=3)


def test_a_story_taken_down_is_taken_down_on_the_page(cast, page, sims):
    row = settled(queue(cast, page))
    services.source_withdraw(actor=cast.editor, source="test", source_id=row.post.source_id)
    engine.drain()
    assert sims[0].state["posts"] == []
    gone = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert gone.status == Status.SENT


def test_taken_down_while_it_waits_it_never_goes_out(cast, page, sims):
    row = queue(cast, page, at=clock.now() + dt.timedelta(hours=1))
    services.source_withdraw(actor=cast.editor, source="test", source_id=row.post.source_id)
    assert settled(row).status == Status.CANCELLED
    with pytest.raises(Conflict):
        services.delivery_cancel(actor=cast.editor, delivery_id=row.pk)


def test_taken_down_while_unknown_it_is_taken_down_once_known(cast, page, sims):
    row = settled(queue(cast, page))
    Delivery.objects.filter(pk=row.pk).update(status=Status.CHECKING, external_id="")
    services.source_withdraw(actor=cast.editor, source="test", source_id=row.post.source_id)
    engine.drain()
    assert sims[0].state["posts"] == []


@pytest.mark.parametrize("who", ["owner", "lead", "outsider", "office"])
def test_who_has_no_right_puts_nothing_on_a_page(cast, page, who):
    made = draft(cast.so)
    with pytest.raises((Refused, NotFound)):
        services.post_queue(actor=getattr(cast, who), account_id=page.pk, draft=made, key="x" * 20)
    assert not Delivery.objects.exists()


def test_an_hour_long_past_is_refused(cast, page):
    with pytest.raises(InvalidInput):
        queue(cast, page, at=clock.now() - dt.timedelta(hours=2))
    assert not Delivery.objects.exists()


def test_tokens_are_not_in_the_database_nor_in_attempts(cast, page, sims):
    settled(queue(cast, page))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM channels_channelsecret")
        assert "demo-page-token" not in cursor.fetchone()[0]
    assert "demo-page-token" not in "".join(Attempt.objects.values_list("body", flat=True))


def test_health_names_what_is_wrong(cast, page, sims):
    services.account_check(account=page)
    page.refresh_from_db()
    assert page.health == Health.GOOD
    sims[0].state["pages"]["7"] = {"name": "Trang khác", "token": "other"}
    services.account_connect(actor=cast.chief, account_id=page.pk, secret={"access_token": "other"})
    services.account_check(account=page)
    page.refresh_from_db()
    assert (page.health, page.health_code) == (Health.BROKEN, "wrong_token")


# — Zalo ——————————————————————————————————————————————————————————————————————————
def test_an_article_is_worked_on_and_then_has_an_id(cast, sims):
    oa = zalo_account(cast.so)
    sims[1].works_for = 1000.0
    row = queue(cast, oa, pictures=2)
    for _number in range(5):
        engine.work("here")
    row.refresh_from_db()
    assert row.status == Status.PROCESSING
    sims[1].works_for = 0
    for job in sims[1].state["jobs"].values():
        job["ready"] = 0
    assert settled(row).status == Status.SENT
    [article] = sims[1].state["articles"]
    assert article["body"]["status"] == "show"
    assert row.permalink


def test_a_lost_article_is_found_by_its_title(cast, sims):
    oa = zalo_account(cast.so)
    sims[1].faults.script = ["drop_after"]
    row = settled(queue(cast, oa, pictures=1))
    assert row.status == Status.SENT
    assert len(sims[1].state["articles"]) == 1


def test_an_article_without_a_picture_is_refused_before_it_is_sent(cast, sims):
    oa = zalo_account(cast.so)
    with pytest.raises(InvalidInput):
        queue(cast, oa)
    assert sims[1].calls == []


def test_an_expired_token_is_renewed_once_and_the_post_goes_on(cast, sims):
    oa = zalo_account(cast.so)
    sims[1].state["tokens"][0]["dies"] = 0
    assert settled(queue(cast, oa, pictures=1)).status == Status.SENT
    assert sims[1].state["refreshes"] == 1


def test_a_refresh_whose_answer_was_lost_asks_a_person_and_does_not_loop(cast, sims):
    oa = zalo_account(cast.so)
    sims[1].state["tokens"][0]["dies"] = 0
    sims[1].faults.only = "access_token"
    sims[1].faults.script = ["drop_after"]
    row = settled(queue(cast, oa, pictures=1))
    oa.refresh_from_db()
    assert (oa.health, oa.health_code) == (Health.BROKEN, "refresh_lost")
    assert row.status in (Status.RETRY, Status.CHECKING)
    calls = len(sims[1].calls)
    engine.drain()
    assert len(sims[1].calls) == calls
    assert sims[1].state["articles"] == []


def test_contract_03_a_worker_killed_after_zalo_changed_the_pair_asks_a_person_and_does_not_loop(
    cast, sims, monkeypatch
):
    from loa.channels.zalo import tokens

    class Killed(BaseException):
        """A worker that is gone runs no `finally`."""

    oa = zalo_account(cast.so)
    row = queue(cast, oa, pictures=1)
    sims[1].state["tokens"][0]["dies"] = 0

    def killed(_secret):
        ChannelSecret.objects.update(lease_owner="", lease_until=None)  # its lease ends later
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tokens, "seal", killed)
        with pytest.raises(Killed):
            engine.work("killed")
    assert sims[1].state["refreshes"] == 1
    ChannelAccount.objects.update(lease_owner="", lease_until=None)
    settled(row)
    oa.refresh_from_db()
    assert (oa.health, oa.health_code) == (Health.BROKEN, "refresh_lost")
    assert Notice.objects.filter(code="channels.account.broken").exists()
    calls = len(sims[1].calls)
    engine.drain()
    assert (len(sims[1].calls), sims[1].state["articles"]) == (calls, [])


def test_contract_02_two_workers_and_one_expired_token_make_one_refresh(cast, sims):
    import threading

    from loa.channels.sending import Talk
    from loa.channels.zalo import tokens

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("needs a database two threads can open")
    oa = zalo_account(cast.so)
    sims[1].faults.delay = 0.3
    found = []

    def renew():
        try:
            talk = Talk(ChannelAccount.objects.get(pk=oa.pk))
            found.append((tokens.renew(talk, zl.ACCESS), talk.token()))
        finally:
            connection.close()

    threads = [threading.Thread(target=renew) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sims[1].state["refreshes"] == 1
    assert [wrong for wrong, _token in found] == [None, None]
    assert found[0][1] == found[1][1] == sims[1].state["tokens"][0]["access"]


def test_units_of_other_branches_see_nothing(cast, page):
    other = make_unit("Trường khác", parent=cast.so)
    row = queue(cast, page)
    assert other.pk != page.unit_id
    with pytest.raises(NotFound):
        services.delivery_retry(actor=cast.outsider_lead, delivery_id=row.pk)
