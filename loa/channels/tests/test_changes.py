"""What is out is corrected or taken down with its source, once; or a person is asked to do it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import engine, kinds, services
from loa.channels.models import Delivery, PostPicture
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import draft, facebook_account, picture, zalo_account
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def published(cast, account, *, text="", pictures=0, **more):
    made = draft(cast.so, pictures=pictures)
    made = dataclasses.replace(
        made, pictures=[dataclasses.replace(one, ref=n) for n, one in enumerate(made.pictures, 1)]
    )
    changes = {"text": text} if text else {}
    row = services.post_queue(
        actor=cast.editor, account_id=account.pk, draft=made, key=made.title, changes=changes, **more
    )
    return made, row


def run(row):
    engine.drain(most=60)
    row.refresh_from_db()
    return row


def corrected(cast, made, *, version=2, **changed):
    new = dataclasses.replace(made, lead="Bữa trưa bán trú có rau sạch từ tháng 11.", **changed)
    services.source_correct(actor=cast.editor, draft=new, note="Bản trước ghi nhầm tháng 10.", version=version)
    return new


def change(intent):
    return Delivery.objects.get(intent=intent)


def test_a_correction_is_pushed_with_its_dated_note_and_only_once(cast, page, sims):
    made, row = published(cast, page)
    run(row)
    for _twice in range(2):
        corrected(cast, made)
    engine.drain()
    [post] = sims[0].state["posts"]
    assert "từ tháng 11" in post["message"]
    day = clock.local(clock.now()).strftime("%d/%m/%Y")
    assert post["message"].endswith(f"Đính chính {day}: Bản trước ghi nhầm tháng 10.")
    update = change(Intent.UPDATE)
    assert (update.status, update.external_id, update.follows_id) == (Status.SENT, row.external_id, row.pk)


@pytest.mark.parametrize(
    ("fault", "whats"), [("drop_after", ["send", "check"]), ("drop_before", ["send", "check", "send"])]
)
def test_a_lost_answer_to_an_edit_is_read_back(cast, page, sims, fault, whats):
    made, row = published(cast, page)
    run(row)
    corrected(cast, made)
    sims[0].faults.script = [fault]
    engine.drain()
    update = change(Intent.UPDATE)
    assert update.status == Status.SENT
    assert [attempt.what for attempt in update.attempts.all()] == whats
    assert "từ tháng 11" in sims[0].state["posts"][0]["message"]


@pytest.mark.parametrize(
    ("fault", "whats"), [("drop_after", ["send", "check"]), ("error", ["send", "check", "send"])]
)
def test_a_lost_answer_to_a_withdrawal_is_read_back(cast, page, sims, fault, whats):
    made, row = published(cast, page)
    run(row)
    services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
    sims[0].faults.script = [fault]
    engine.drain()
    gone = change(Intent.WITHDRAW)
    assert [attempt.what for attempt in gone.attempts.all()] == whats
    assert (gone.status, sims[0].state["posts"]) == (Status.SENT, [])
    assert gone.standing == "Đã xong"
    row.refresh_from_db()
    assert row.gone_at is not None


def test_what_waits_goes_out_corrected_and_without_a_note(cast, page, sims):
    at = clock.now() + dt.timedelta(hours=1)
    made, row = published(cast, page, at=at)
    corrected(cast, made)
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.CANCELLED, "superseded")
    fresh = Delivery.objects.get(intent=Intent.PUBLISH, status=Status.PENDING)
    assert fresh.due_at == row.due_at
    Delivery.objects.update(due_at=clock.now(), next_at=clock.now())
    engine.drain()
    [post] = sims[0].state["posts"]
    assert "từ tháng 11" in post["message"]
    assert "Đính chính" not in post["message"]


def test_words_a_person_wrote_are_read_by_a_person_first(cast, client, page, sims):
    made, row = published(cast, page, text="Mời bà con xem vườn rau của các em!")
    run(row)
    corrected(cast, made)
    engine.drain()
    todo = change(Intent.UPDATE)
    assert (todo.status, todo.code) == (Status.TODO, "own_words")
    assert Notice.objects.filter(code="channels.delivery.todo", cancelled_at=None).exists()
    assert sims[0].state["posts"][0]["message"] == "Mời bà con xem vườn rau của các em!"
    client.force_login(cast.editor)
    assert "Đọc lại lời đăng rồi gửi" in client.get(reverse("channels:delivery", args=[todo.pk])).content.decode()
    answer = {"answer": "send", "text": "Mời bà con xem vườn rau, có từ tháng 11!"}
    client.post(reverse("channels:review", args=[todo.pk]), answer)
    engine.drain()
    assert sims[0].state["posts"][0]["message"] == answer["text"]
    assert not Notice.objects.filter(code="channels.delivery.todo", cancelled_at=None).exists()
    with pytest.raises(Conflict):
        services.delivery_review(actor=cast.editor, delivery_id=todo.pk, answer="drop")


def test_corrected_twice_only_the_last_words_go_out(cast, page, sims):
    made, row = published(cast, page)
    run(row)
    corrected(cast, made)
    newest = dataclasses.replace(made, lead="Có rau sạch từ tháng 12.")
    services.source_correct(actor=cast.editor, draft=newest, note="Đúng ra là tháng 12.", version=3)
    engine.drain()
    states = Delivery.objects.filter(intent=Intent.UPDATE).order_by("pk").values_list("status", "code")
    assert list(states) == [(Status.CANCELLED, "superseded"), (Status.SENT, "")]
    assert "tháng 12" in sims[0].state["posts"][0]["message"]


def in_the_middle(monkeypatch, deed):
    """`deed` happens while a worker waits for the channel's answer."""
    transport = kinds.kinds()["facebook"].transport
    send = transport.send
    done = []

    def slow(sending, intent):
        outcome = send(sending, intent)
        if not done:
            done.append(True)
            deed()
        return outcome

    monkeypatch.setattr(transport, "send", slow, raising=False)


def test_taken_down_while_a_worker_sends_it_is_taken_down(cast, page, sims, monkeypatch):
    made, row = published(cast, page)
    in_the_middle(
        monkeypatch,
        lambda: services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id),
    )
    run(row)
    assert sims[0].state["posts"] == []
    assert change(Intent.WITHDRAW).status == Status.SENT


def test_corrected_while_a_worker_sends_it_is_corrected(cast, page, sims, monkeypatch):
    made, row = published(cast, page)
    in_the_middle(monkeypatch, lambda: corrected(cast, made))
    run(row)
    assert "từ tháng 11" in sims[0].state["posts"][0]["message"]


def test_a_channel_that_cannot_edit_leaves_a_to_do_with_a_link(cast, client, page, sims, monkeypatch):
    made, row = published(cast, page)
    run(row)
    kind = dataclasses.replace(kinds.kinds()["facebook"], intents=frozenset({Intent.PUBLISH}))
    monkeypatch.setitem(kinds.kinds(), "facebook", kind)
    corrected(cast, made)
    todo = change(Intent.UPDATE)
    assert (todo.status, todo.code, todo.permalink) == (Status.TODO, "no_api", row.permalink)
    client.force_login(cast.editor)
    shown = client.get(reverse("channels:delivery", args=[todo.pk])).content.decode()
    assert row.permalink in shown
    assert "Đã làm xong" in shown
    calls = len(sims[0].calls)
    client.post(reverse("channels:review", args=[todo.pk]), {"answer": "done"})
    engine.drain()
    todo.refresh_from_db()
    assert (todo.status, todo.code, len(sims[0].calls)) == (Status.SENT, "by_hand", calls)


def test_an_edit_the_channel_refuses_becomes_a_to_do(cast, page, sims):
    made, row = published(cast, page)
    run(row)
    sims[0].state["posts"].clear()  # somebody deleted it on the page
    corrected(cast, made)
    engine.drain()
    todo = change(Intent.UPDATE)
    assert (todo.status, todo.code) == (Status.TODO, "gone")


def test_who_may_edit_and_take_down_by_hand(cast, client, page, sims):
    _made, row = published(cast, page)
    run(row)
    for who in (cast.owner, cast.lead, cast.outsider, cast.office):
        with pytest.raises((Refused, NotFound)):
            services.post_edit(actor=who, delivery_id=row.pk, text="Khác", key="k" * 20)
        with pytest.raises((Refused, NotFound)):
            services.post_take_down(actor=who, delivery_id=row.pk, reason="Thử")
    with pytest.raises(InvalidInput):
        services.post_take_down(actor=cast.editor, delivery_id=row.pk, reason=" ")
    assert Delivery.objects.count() == 1
    client.force_login(cast.editor)
    edit = {"text": "Lời mới của trang", "key": "k" * 20}
    for _twice in range(2):
        client.post(reverse("channels:edit", args=[row.pk]), edit)
    engine.drain()
    assert sims[0].state["posts"][0]["message"] == "Lời mới của trang"
    assert Delivery.objects.filter(intent=Intent.UPDATE).count() == 1
    client.post(reverse("channels:take_down", args=[row.pk]), {"reason": "Đăng nhầm trang"})
    engine.drain()
    assert sims[0].state["posts"] == []
    with pytest.raises(Conflict):
        services.post_edit(actor=cast.editor, delivery_id=row.pk, text="Khác", key="m" * 20)


def test_words_refused_are_not_lost(cast, client, page, sims):
    _made, row = published(cast, page)
    run(row)
    client.force_login(cast.editor)
    answer = client.post(reverse("channels:edit", args=[row.pk]), {"text": "Lời tôi vừa gõ", "key": "short"})
    assert answer.status_code == 400
    assert "Lời tôi vừa gõ" in answer.content.decode()


# — Zalo ——————————————————————————————————————————————————————————————————————————
@pytest.mark.parametrize("fault", ["ok", "drop_after", "drop_before"])
def test_an_article_is_updated_whole(cast, sims, fault):
    oa = zalo_account(cast.so)
    made, row = published(cast, oa, pictures=2)
    run(row)
    corrected(cast, made, paragraphs=["Đoạn một đã sửa."])
    sims[1].faults.script = [fault]
    engine.drain(most=60)
    update = change(Intent.UPDATE)
    assert update.status == Status.SENT
    [article] = sims[1].state["articles"]
    assert article["id"] == row.external_id
    assert "Đoạn một đã sửa." in article["body"]["body"][0]["content"]
    assert "Đính chính" in article["body"]["description"]
    assert sum(path.endswith("/update") for _method, path in sims[1].calls) == (2 if fault == "drop_before" else 1)


@pytest.mark.parametrize("fault", ["ok", "drop_after", "drop_before"])
def test_an_article_is_removed_once(cast, sims, fault):
    oa = zalo_account(cast.so)
    made, row = published(cast, oa, pictures=1)
    run(row)
    services.source_withdraw(actor=cast.editor, source=made.source, source_id=made.source_id)
    sims[1].faults.script = [fault]
    engine.drain()
    assert (change(Intent.WITHDRAW).status, sims[1].state["articles"]) == (Status.SENT, [])


# — consent taken back ————————————————————————————————————————————————————————————
def without(made, ref):
    return dataclasses.replace(made, pictures=[one for one in made.pictures if one.ref != ref])


def test_a_picture_whose_people_changed_their_mind_leaves_every_channel(cast, client, page, sims):
    oa = zalo_account(cast.so)
    made, row = published(cast, page, pictures=2)
    article = services.post_queue(actor=cast.editor, account_id=oa.pk, draft=made, key="zalo" * 5)
    run(row)
    key = PostPicture.objects.filter(post=article.post, ref=1).get().key
    assert client.get(reverse("channel_picture", args=[key])).status_code == 200
    assert services.source_picture_gone(actor=None, draft=without(made, 1), ref=1, version="1") == 2
    engine.drain(most=60)
    assert [len(post["media"]) for post in sims[0].state["posts"]] == [1]
    assert len(sims[0].state["photos"]) == 1
    body = sims[1].state["articles"][0]["body"]
    left = PostPicture.objects.get(post__key__startswith="photo:", ref=2)
    assert left.key in body["cover"]["photo_url"]
    assert [block["type"] for block in body["body"]].count("image") == 0
    assert client.get(reverse("channel_picture", args=[key])).status_code == 404


def test_an_article_with_no_other_cover_is_taken_down(cast, sims):
    oa = zalo_account(cast.so)
    made, row = published(cast, oa, pictures=1)
    run(row)
    services.source_picture_gone(actor=None, draft=without(made, 1), ref=1, version="1")
    engine.drain()
    assert sims[1].state["articles"] == []


def test_what_waits_is_sent_without_the_picture(cast, page, sims):
    made, row = published(cast, page, pictures=2, at=clock.now() + dt.timedelta(hours=1))
    services.source_picture_gone(actor=None, draft=without(made, 2), ref=2, version="1")
    Delivery.objects.update(due_at=clock.now(), next_at=clock.now())
    run(row)
    assert [len(post["media"]) for post in sims[0].state["posts"]] == [1]


def test_a_picture_of_another_story_stays(cast, page, sims):
    made, row = published(cast, page, pictures=1)
    run(row)
    other = dataclasses.replace(draft(cast.so), pictures=[picture()])
    assert services.source_picture_gone(actor=None, draft=other, ref=1, version="1") == 0
    assert made.pictures
    engine.drain()
    assert len(sims[0].state["photos"]) == 1
