"""Broadcasts to followers of an OA: a second person, quotas, the window; what is unknown is never repeated."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import engine, services
from loa.channels.models import Broadcast, BroadcastArticle, ChannelAccount, Delivery
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import at, draft, zalo_account
from loa.channels.zalo import targets
from loa.channels.zalo.broadcast import Earlier, forecast, window
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db
NOON = "2026-11-25T12:00:00+07:00"


@pytest.fixture
def second(cast):
    return make_user("Biên tập viên thứ hai", (Role.EDITOR, cast.so))


@pytest.fixture
def article(cast, sims):
    """An article that is out, at noon."""
    oa = zalo_account(cast.so)
    ChannelAccount.objects.filter(pk=oa.pk).update(monthly_cap=4, facts={"followers": 12480, "verified": True})
    with at(sims, NOON):
        row = services.post_queue(
            actor=cast.editor, account_id=oa.pk, draft=draft(cast.so, pictures=1), key="a" * 20
        )
        engine.drain()
    row.refresh_from_db()
    assert row.status == Status.SENT
    return row


def ask(cast, article, *, key="k" * 20, target=None, at=None, actor=None):
    return services.broadcast_ask(
        actor=actor or cast.editor,
        deliveries=[article.pk],
        target=target or {},
        at=at,
        note="Lịch nghỉ học vì bão",
        key=key,
    )


def sent(sims):
    return sims[1].state.get("broadcasts", [])


def test_nothing_is_sent_before_another_person_approves(cast, second, article, sims):
    with at(sims, NOON):
        row = ask(cast, article)
        assert ask(cast, article).pk == row.pk  # the same form twice
        engine.drain()
        assert sent(sims) == []
        assert Notice.objects.filter(user=second, code="channels.broadcast.asked").count() == 1
        with pytest.raises(Refused):
            services.broadcast_approve(actor=cast.editor, broadcast_id=row.pk)
        for who in (cast.owner, cast.lead, cast.outsider, cast.office):
            with pytest.raises((Refused, NotFound)):
                services.broadcast_approve(actor=who, broadcast_id=row.pk)
        assert not Delivery.objects.filter(intent=Intent.BROADCAST).exists()
        services.broadcast_approve(actor=second, broadcast_id=row.pk)
        engine.drain()
    row.refresh_from_db()
    assert (row.state, row.delivery.status) == ("approved", Status.SENT)
    [told] = sent(sims)
    assert told["articles"] == [article.external_id]
    assert told["target"] == {}
    assert row.forecast["followers"] == 12480
    with pytest.raises(Conflict):
        services.broadcast_approve(actor=second, broadcast_id=row.pk)


def test_whom_it_is_aimed_at_goes_as_zalo_wants_it(cast, second, article, sims):
    aimed = {"ages": ["3", "4", "99"], "gender": ["0"], "cities": ["55"], "platform": ["1", "2", "3"]}
    with at(sims, NOON):
        row = ask(cast, article, target=aimed)
        assert targets.words(row.target) == [
            ("Tuổi", "25–34 tuổi, 35–44 tuổi"),
            ("Tỉnh, thành (trước 7/2025)", "Nghệ An"),
        ]
        services.broadcast_approve(actor=second, broadcast_id=row.pk)
        engine.drain()
    assert sent(sims)[0]["target"] == {"ages": "3,4", "cities": "55"}


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "error", "html_after"])
def test_contract_09_a_broadcast_whose_answer_was_lost_is_never_sent_again_by_itself(
    cast, second, article, sims, fault
):
    with at(sims, NOON):
        row = ask(cast, article)
        row = services.broadcast_approve(actor=second, broadcast_id=row.pk)
        sims[1].faults.script = [fault]
        engine.drain()
        engine.drain()
        row.delivery.refresh_from_db()
        assert (row.delivery.status, len(sent(sims))) == (Status.UNKNOWN, 1 if "after" in fault else 0)
        assert sum(path == "/v2.0/oa/message" for _method, path in sims[1].calls) == 1
        # It counts as sent until somebody knows better: no second one today.
        again = ask(cast, article, key="z" * 20)
        with pytest.raises(Conflict):
            services.broadcast_approve(actor=second, broadcast_id=again.pk)
        answer = "there" if "after" in fault else "absent"
        if answer == "absent":  # sent again: as at first, not by who asked for it
            with pytest.raises(Refused):
                services.delivery_decide(actor=cast.editor, delivery_id=row.delivery_id, answer=answer)
        services.delivery_decide(actor=second, delivery_id=row.delivery_id, answer=answer)
        engine.drain()
    assert len(sent(sims)) == 1


def test_a_worker_killed_over_a_broadcast_leaves_it_to_a_person(cast, second, article, sims):
    with at(sims, NOON):
        row = ask(cast, article)
        services.broadcast_approve(actor=second, broadcast_id=row.pk)
        Delivery.objects.filter(pk=Broadcast.objects.get().delivery_id).update(
            status=Status.SENDING, called_at=clock.now()
        )
        engine.drain()
        row.refresh_from_db()
        assert row.delivery.status == Status.UNKNOWN
    assert sent(sims) == []


def test_contract_11_at_night_it_waits_for_the_morning_and_articles_do_not(cast, second, article, sims):
    with at(sims, "2026-11-25T22:30:00+07:00"):
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        local = clock.local(row.delivery.due_at)
        assert (local.date(), local.hour) == (dt.date(2026, 11, 26), 6)
        assert 5 <= local.minute < 15
        # one that was due before the window closed and comes late is moved too
        Delivery.objects.filter(pk=row.delivery_id).update(due_at=clock.now(), next_at=clock.now())
        other = services.post_queue(
            actor=cast.editor, account_id=article.account_id, draft=draft(cast.so, pictures=1), key="b" * 20
        )
        engine.drain()
        row.delivery.refresh_from_db()
        other.refresh_from_db()
        assert (row.delivery.status, row.delivery.code) == (Status.RETRY, "night")
        assert other.status == Status.SENT
        assert sent(sims) == []
    with at(sims, "2026-11-26T06:20:00+07:00"):
        engine.drain()
    assert len(sent(sims)) == 1


def test_one_a_day_and_so_many_a_month(cast, second, article, sims):
    ChannelAccount.objects.update(monthly_cap=2)
    with at(sims, NOON):
        services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        later = ask(cast, article, key="2" * 20, at=clock.now() + dt.timedelta(hours=3))
        with pytest.raises(Conflict) as refused:
            services.broadcast_approve(actor=second, broadcast_id=later.pk)
        assert refused.value.code == "channels.broadcast.today"
        tomorrow = ask(cast, article, key="3" * 20, at=clock.now() + dt.timedelta(days=1))
        services.broadcast_approve(actor=second, broadcast_id=tomorrow.pk)
        third = ask(cast, article, key="4" * 20, at=clock.now() + dt.timedelta(days=2))
        with pytest.raises(Conflict) as refused:
            services.broadcast_approve(actor=second, broadcast_id=third.pk)
        assert refused.value.code == "channels.broadcast.month"
        next_month = ask(cast, article, key="5" * 20, at=clock.now() + dt.timedelta(days=8))
        services.broadcast_approve(actor=second, broadcast_id=next_month.pk)
    assert Delivery.objects.filter(intent=Intent.BROADCAST).count() == 3


@pytest.mark.parametrize(("setting", "code"), [("verified", "oa_tier"), ("oa_left", "broadcast_quota")])
def test_what_zalo_refuses_fails_with_its_reason(cast, second, article, sims, setting, code):
    setattr(sims[1], setting, 0)
    with at(sims, NOON):
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        engine.drain()
    row.delivery.refresh_from_db()
    assert (row.delivery.status, row.delivery.code) == (Status.FAILED, code)


def test_what_failed_goes_again_only_by_a_second_person_and_within_the_quota_of_the_day(
    cast, second, article, sims
):
    ChannelAccount.objects.update(monthly_cap=2)
    sims[1].oa_left = 0
    with at(sims, NOON):
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        engine.drain()
    sims[1].oa_left = 10
    with at(sims, "2026-11-28T12:00:00+07:00"):
        before = Broadcast.objects.values().get(pk=row.pk)
        with pytest.raises(Refused):
            services.delivery_retry(actor=cast.editor, delivery_id=row.delivery_id)
        # Another one has the day.
        today = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article, key="2" * 20).pk)
        with pytest.raises(Conflict) as refused:
            services.delivery_retry(actor=second, delivery_id=row.delivery_id)
        assert refused.value.code == "channels.broadcast.today"
        assert Broadcast.objects.values().get(pk=row.pk) == before
        assert Delivery.objects.get(pk=row.delivery_id).status == Status.FAILED
        services.delivery_cancel(actor=second, delivery_id=today.delivery_id)
        services.delivery_retry(actor=second, delivery_id=row.delivery_id)
        row.refresh_from_db()
        assert clock.local(row.at).date() == dt.date(2026, 11, 28)
        third = ask(cast, article, key="3" * 20)
        with pytest.raises(Conflict):
            services.broadcast_approve(actor=second, broadcast_id=third.pk)
        engine.drain()
    assert len(sent(sims)) == 1


def test_an_article_taken_down_meanwhile_is_not_sent(cast, second, article, sims):
    with at(sims, NOON):
        row = ask(cast, article)
        Delivery.objects.filter(pk=article.pk).update(gone_at=clock.now())
        with pytest.raises(Conflict):
            services.broadcast_approve(actor=second, broadcast_id=row.pk)
        with pytest.raises(Conflict):
            ask(cast, article, key="n" * 20)
    assert not Delivery.objects.filter(intent=Intent.BROADCAST).exists()


def take_article_down(cast, article, how):
    if how == "story":
        services.source_withdraw(actor=cast.chief, source=article.post.source, source_id=article.post.source_id)
    else:
        services.post_take_down(actor=cast.editor, delivery_id=article.pk, reason="Đăng nhầm")


def told_it_stopped():
    rows = Notice.objects.filter(code="channels.broadcast.stopped", cancelled_at=None)
    return set(rows.values_list("user", flat=True))


@pytest.mark.parametrize("how", ["story", "page"])
def test_an_approved_broadcast_of_an_article_taken_down_is_not_sent(cast, client, second, article, sims, how):
    with at(sims, NOON):
        later = clock.now() + dt.timedelta(hours=3)
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article, at=later).pk)
        waits = ask(cast, article, key="w" * 20)
        take_article_down(cast, article, how)
    with at(sims, "2026-11-25T16:00:00+07:00"):
        engine.drain()
    row.delivery.refresh_from_db()
    waits.refresh_from_db()
    assert (row.delivery.status, row.delivery.code, sent(sims)) == (Status.CANCELLED, "withdrawn", [])
    assert sims[1].state["articles"] == []
    assert told_it_stopped() == {cast.editor.pk, second.pk}
    assert waits.state == "dropped"
    assert not Notice.objects.filter(code="channels.broadcast.asked", cancelled_at=None).exists()
    with at(sims, NOON), pytest.raises(Conflict):
        services.broadcast_approve(actor=second, broadcast_id=waits.pk)
    client.force_login(second)
    assert "đã gỡ." in client.get(reverse("channels:broadcast", args=[waits.pk])).content.decode()


@pytest.mark.parametrize("gone", ["leaving", "gone"])
def test_an_article_is_looked_at_once_more_when_the_broadcast_is_sent(cast, second, article, sims, gone):
    with at(sims, NOON):
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        calls = len(sims[1].calls)
        if gone == "gone":
            Delivery.objects.filter(pk=article.pk).update(gone_at=clock.now())
        else:
            Delivery.objects.create(
                post=article.post, account=article.account, intent=Intent.WITHDRAW, status=Status.TODO,
                follows=article, due_at=clock.now(), next_at=clock.now(),
            )  # fmt: skip
        engine.drain()
    row.delivery.refresh_from_db()
    assert (row.delivery.status, row.delivery.code, row.delivery.called_at) == (
        Status.FAILED, "article_gone", None
    )  # fmt: skip
    assert (sent(sims), len(sims[1].calls)) == ([], calls)


def test_a_broadcast_of_unsure_outcome_is_not_sent_again_once_its_article_is_down(cast, second, article, sims):
    with at(sims, NOON):
        row = services.broadcast_approve(actor=second, broadcast_id=ask(cast, article).pk)
        sims[1].faults.script = ["drop_before"]
        engine.drain()
        take_article_down(cast, article, "story")
        services.delivery_decide(actor=cast.editor, delivery_id=row.delivery_id, answer="absent")
        engine.drain()
    row.delivery.refresh_from_db()
    assert (row.delivery.status, row.delivery.code, sent(sims)) == (Status.CANCELLED, "withdrawn", [])
    assert told_it_stopped() == {cast.editor.pk, second.pk}


def test_saying_no_and_taking_back(cast, second, article, sims):
    with at(sims, NOON):
        row = ask(cast, article)
        with pytest.raises(InvalidInput):
            services.broadcast_decline(actor=second, broadcast_id=row.pk, reason=" ")
        services.broadcast_decline(actor=second, broadcast_id=row.pk, reason="Đã gửi sáng nay")
        assert Notice.objects.filter(user=cast.editor, code="channels.broadcast.declined").exists()
        own = ask(cast, article, key="o" * 20)
        assert services.broadcast_decline(actor=cast.editor, broadcast_id=own.pk, reason="").state == "dropped"
        engine.drain()
    assert sent(sims) == []


def test_the_screens(cast, client, second, article, sims):
    client.force_login(cast.editor)
    form = reverse("channels:broadcast_ask", args=[article.pk])
    shown = client.get(form).content.decode()
    assert "12.480" in shown
    wrong = {"note": "", "key": "s" * 20, "ages": ["3"]}
    answer = client.post(form, wrong)
    assert answer.status_code == 400
    look = client.post(form, {**wrong, "note": "Lý do của tôi", "step": "look"})
    assert "Lý do của tôi" in look.content.decode()
    assert not Broadcast.objects.exists()
    client.post(form, {**wrong, "note": "Lý do của tôi"})
    row = Broadcast.objects.get()
    own = client.get(reverse("channels:broadcast", args=[row.pk])).content.decode()
    assert "Rút lại đề nghị" in own
    assert "Duyệt gửi" not in own
    client.force_login(second)
    assert "Duyệt gửi" in client.get(reverse("channels:broadcast", args=[row.pk])).content.decode()
    client.post(reverse("channels:broadcast_approve", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "approved"
    client.force_login(cast.owner)
    assert client.get(reverse("channels:broadcast", args=[row.pk])).status_code == 403
    assert client.get(form).status_code == 403


def test_who_approves_reads_what_followers_will_read(cast, client, second, article, sims):
    more = services.post_queue(
        actor=cast.editor, account_id=article.account_id, draft=draft(cast.so, title="Bài hai", pictures=3),
        key="m" * 20,
    )  # fmt: skip
    engine.drain()
    services.post_edit(
        actor=cast.editor, delivery_id=article.pk, text="Mô tả đã sửa sau khi đăng.", key="edit-of-the-article"
    )
    engine.drain()
    row = services.broadcast_ask(
        actor=cast.editor, deliveries=[article.pk, more.pk], target={}, at=None, note="Cần gửi", key="k" * 20
    )
    client.force_login(second)

    def shown():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("channels:broadcast", args=[row.pk]))
        return page.content.decode(), len(captured)

    page, queries = shown()
    assert "Mô tả đã sửa sau khi đăng." in page
    assert article.post.payload["text"] not in page.split("Bài hai")[0]
    assert page.count("Đọc cả bài: 2 đoạn") == 2
    assert page.count('<p class="ch-text">Đoạn hai.</p>') == 2
    assert ("Đọc cả bài: 2 đoạn, 2 ảnh trong bài" in page, page.count("<figure")) == (True, 2)
    pictures = more.post.pictures.all()
    for picture in pictures:
        assert page.count(reverse("channel_picture", args=[picture.key])) == 1
    pictures.filter(pk=pictures[1].pk).update(gone=True)  # consent taken back
    assert reverse("channel_picture", args=[pictures[1].key]) not in shown()[0]
    BroadcastArticle.objects.filter(delivery=more).delete()
    assert shown()[1] == queries


def test_the_list_costs_the_same_for_one_and_for_many(cast, client, article, sims):
    client.force_login(cast.editor)
    ask(cast, article)
    client.get(reverse("channels:broadcasts"))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("channels:broadcasts")).status_code == 200
        return len(captured)

    one = queries()
    for number in range(8):
        ask(cast, article, key=f"number-{number:020}")
    assert queries() == one


# — rules —————————————————————————————————————————————————————————————————————————
@pytest.mark.parametrize(
    ("at", "goes"), [("21:59", None), ("22:00", "06:05"), ("23:59", "06:05"), ("05:59", "06:05"), ("06:00", None)]
)
def test_the_window(at, goes):
    now = dt.datetime.combine(dt.date(2026, 11, 25), dt.time.fromisoformat(at), tzinfo=clock.VIETNAM)
    found = window(now, 0)
    assert (found and found.strftime("%H:%M")) == goes
    if found:
        assert now < found < now + dt.timedelta(hours=9)


def test_only_who_can_be_meant_by_both_is_counted():
    day = dt.date(2026, 11, 25)
    earlier = [Earlier(day, {"gender": ["1"]}), Earlier(day, {"ages": ["3"], "gender": ["2"]})]

    def against(target):
        return forecast(day, target, earlier, followers=1, month_cap=2, verified=True).against

    assert against({"gender": ["1"]}) == ["today"]
    assert against({"gender": ["2"], "ages": ["4"]}) == []
    assert against({}) == ["today", "month"]


def test_provinces_stand_in_the_order_of_their_names():
    names = list(targets.FIELDS["cities"].values())
    assert names[:3] == ["An Giang", "Bà Rịa – Vũng Tàu", "Bạc Liêu"]
    assert names.index("Đắk Lắk") < names.index("Gia Lai") < names.index("Hà Nội")
    assert names[-1] == "Ngoài Việt Nam"
    assert targets.FIELDS["cities"]["55"] == "Nghệ An"
