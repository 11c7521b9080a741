"""What was decided and could not be done is told, and done once a person mended it; decisions have an alarm."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels import services as channels
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.models import ChannelAccount, Health
from loa.channels.rules import Status
from loa.core import clock
from loa.core.errors import Conflict, NotFound, Refused
from loa.feedback import selectors, services
from loa.feedback.models import Ruling, Thread
from loa.feedback.rules import Klass, Seen, Stage, State
from loa.feedback.tests.factories import comment, facebook_account, ground, remark_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


@pytest.fixture
def there(page, sims):
    """A comment that stands at Facebook and in the inbox."""
    post = sims[0]._add(page.external_id, "Bài", "", [])["id"]
    key = sims[0].say(post, "Cô H. ăn cắp", who="77")
    comment(page, "Cô H. ăn cắp", key=key)
    return remark_of(key)


def decided(cast, remark, deed="hide"):
    ruling = services.ruling_propose(
        actor=cast.editor, remark_id=remark.pk, klass=Klass.SLANDER, deed=deed, reason="Vu khống",
        ground_id=ground().pk,
    )  # fmt: skip
    return services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True)


def reconnected(page):
    ChannelAccount.objects.filter(pk=page.pk).update(health=Health.UNCHECKED, health_code="")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("deed", "seen"), [("hide", Seen.HIDDEN), ("delete", Seen.DELETED)])
def test_a_token_that_ended_stops_the_deed_and_it_is_done_again_after_reconnecting(
    cast, client, page, sims, there, deed, seen
):
    facebook = sims[0]
    token = facebook.state["pages"][page.external_id]["token"]
    facebook.state["dead"][token] = 463
    ruling = decided(cast, there, deed)
    acting.drain()
    there.refresh_from_db()
    assert (Action.objects.get().status, there.seen) == (Status.FAILED, Seen.VISIBLE)
    client.force_login(cast.chief)
    url, again = (reverse(f"feedback:{name}", args=[ruling.pk]) for name in ("ruling", "ruling_redo"))
    shown = client.get(url).content.decode()
    word = "Chưa ẩn được" if deed == "hide" else "Chưa xoá được"
    assert word in shown
    assert "đang thực hiện" not in shown
    assert word in client.get(reverse("feedback:rulings")).content.decode()  # it waits for somebody
    assert selectors.rulings_waiting(cast.chief) == 1
    # Nothing is tried while the page is broken: said, and the button stays.
    with pytest.raises(Conflict):
        services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)
    del facebook.state["dead"][token]
    reconnected(page)
    assert client.post(again).status_code == 302
    assert "đang thực hiện" in client.get(url).content.decode()
    acting.drain()
    there.refresh_from_db()
    assert (Action.objects.get().status, there.seen) == (Status.SENT, seen)
    assert selectors.rulings_waiting(cast.chief) == 0
    shown = client.get(url).content.decode()
    assert word not in shown
    assert reverse("feedback:ruling_redo", args=[ruling.pk]) not in shown
    assert LogEntry.objects.filter(action="feedback.ruling.redone").count() == 1
    with pytest.raises(Conflict):
        services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)


@pytest.mark.django_db(transaction=True)
def test_an_appeal_that_was_right_does_not_say_shown_before_it_is(cast, client, page, sims, there):
    facebook = sims[0]
    ruling = decided(cast, there)
    acting.drain()
    services.appeal_record(actor=cast.office, ruling_id=ruling.pk, text="Tôi có bằng chứng")
    token = facebook.state["pages"][page.external_id]["token"]
    facebook.state["dead"][token] = 463
    services.appeal_decide(actor=cast.director, ruling_id=ruling.pk, uphold=False, answer="Đúng")
    acting.drain()
    there.refresh_from_db()
    ruling.refresh_from_db()
    assert (there.seen, ruling.stage) == (Seen.HIDDEN, Stage.OVERTURNED)
    client.force_login(cast.director)
    shown = client.get(reverse("feedback:ruling", args=[ruling.pk])).content.decode()
    assert "Chưa hiện lại được" in shown
    assert "đã hiện lại" not in shown
    del facebook.state["dead"][token]
    reconnected(page)
    services.ruling_redo(actor=cast.director, ruling_id=ruling.pk)
    acting.drain()
    there.refresh_from_db()
    assert there.seen == Seen.VISIBLE
    assert not facebook._comment(there.external_id)["hidden"]


def test_who_may_have_it_done_again(cast, client, page):
    remark = remark_of(comment(page, key="bad")[1])
    ruling = decided(cast, remark)
    Action.objects.update(status=Status.FAILED, code="permission")
    url = reverse("feedback:ruling_redo", args=[ruling.pk])
    for who, error in (("editor", Refused), ("outsider", NotFound), ("owner", NotFound)):
        with pytest.raises(error):
            services.ruling_redo(actor=getattr(cast, who), ruling_id=ruling.pk)
    for who, status in (("editor", 403), ("outsider", 404), ("admin", 403), ("director", 302)):
        client.force_login(getattr(cast, who))
        assert client.post(url).status_code == status, who
    assert Action.objects.get().status == Status.RETRY
    client.force_login(cast.editor)
    assert "Thực hiện lại" not in client.get(reverse("feedback:ruling", args=[ruling.pk])).content.decode()


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"code": "gone"}, Seen.VISIBLE),
        ({}, Seen.HIDDEN),
        ({}, Seen.TAKEN_BACK),
        ({"status": "sent"}, Seen.VISIBLE),
    ],
)
def test_what_came_about_otherwise_is_not_done_again(cast, page, changes, seen):
    remark = remark_of(comment(page, key="bad")[1])
    ruling = decided(cast, remark)
    Action.objects.update(**{"status": Status.FAILED, "code": "permission", **changes})
    remark.seen = seen
    remark.save()
    assert selectors.rulings_waiting(cast.chief) == 0
    with pytest.raises(Conflict):
        services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)


def test_a_newer_ruling_takes_the_place_of_one_that_failed(cast, page):
    remark = remark_of(comment(page, key="bad")[1])
    ruling = decided(cast, remark)
    Action.objects.update(status=Status.FAILED, code="permission")
    services.ruling_propose(actor=cast.editor, remark_id=remark.pk, klass=Klass.CRITICISM, deed="keep")
    assert selectors.rulings_waiting(cast.chief) == 0
    with pytest.raises(Conflict):
        services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)


def test_what_was_kept_can_be_looked_at_again_unless_somebody_is_deciding(cast, client, page):
    remark = remark_of(comment(page, "Cơm nguội", key="bad")[1])
    url, link = reverse("feedback:thread", args=[remark.thread_id]), reverse("feedback:propose", args=[remark.pk])
    client.force_login(cast.editor)
    services.ruling_propose(actor=cast.editor, remark_id=remark.pk, klass=Klass.CRITICISM, deed="keep")
    comment(page, "Cô H. ăn cắp", key="bad", verb="edit", at=clock.now() + dt.timedelta(minutes=1))
    assert link in client.get(url).content.decode()
    services.ruling_propose(
        actor=cast.editor, remark_id=remark.pk, klass=Klass.SLANDER, deed="hide", reason="Bịa đặt",
        ground_id=ground().pk,
    )  # fmt: skip
    assert link not in client.get(url).content.decode()
    assert Ruling.objects.count() == 2


def test_what_could_not_be_shown_is_asked_for_again(cast, page):
    remark = remark_of(comment(page, key="held", held=True)[1])
    services.thread_show(actor=cast.editor, thread_id=remark.thread_id)
    with pytest.raises(Conflict):
        services.thread_show(actor=cast.editor, thread_id=remark.thread_id)
    Action.objects.update(status=Status.FAILED, code="permission")
    services.thread_show(actor=cast.editor, thread_id=remark.thread_id)
    assert Action.objects.get().status == Status.RETRY


def test_what_was_called_off_with_its_page_is_done_once_the_page_is_used_again(cast, client, page):
    held = remark_of(comment(page, key="held", held=True)[1])
    bad = remark_of(comment(page, key="bad")[1])
    services.thread_show(actor=cast.editor, thread_id=held.thread_id)
    ruling = decided(cast, bad)
    channels.account_retire(actor=cast.chief, account_id=page.pk)
    assert set(Action.objects.values_list("status", flat=True)) == {Status.CANCELLED}
    with pytest.raises(Conflict):
        services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)
    channels.account_reuse(actor=cast.chief, account_id=page.pk)
    assert selectors.rulings_waiting(cast.chief) == 1
    services.thread_show(actor=cast.editor, thread_id=held.thread_id)
    services.ruling_redo(actor=cast.chief, ruling_id=ruling.pk)
    assert list(Action.objects.values_list("status", "code")) == [(Status.PENDING, "")] * 2


def test_nothing_is_asked_of_a_page_that_is_used_no_more(cast, page):
    thread = Thread.objects.get(pk=remark_of(comment(page, key="asked")[1]).thread_id)
    held = remark_of(comment(page, key="held", held=True)[1])
    answer = services.thread_reply(actor=cast.editor, thread_id=thread.pk, text="Sở đã trả lời", turn=0)
    Action.objects.update(status=Status.FAILED, code="permission")
    services.action_settled(Action.objects.get())
    channels.account_retire(actor=cast.chief, account_id=page.pk)
    for deed in (
        lambda: services.answer_decide(actor=cast.editor, remark_id=answer.pk, there=False),
        lambda: services.thread_show(actor=cast.editor, thread_id=held.thread_id),
    ):
        with pytest.raises(Conflict, match="đã ngừng dùng"):
            deed()
    thread.refresh_from_db()
    assert (thread.state, Action.objects.get().status) == (State.OPEN, Status.FAILED)


def test_an_answer_called_off_with_its_page_is_sent_once_that_is_used_again(cast, client, page):
    thread = Thread.objects.get(pk=remark_of(comment(page, key="asked")[1]).thread_id)
    answer = services.thread_reply(actor=cast.editor, thread_id=thread.pk, text="Sở đã trả lời", turn=0)
    channels.account_retire(actor=cast.chief, account_id=page.pk)
    thread.refresh_from_db()
    assert (thread.state, Action.objects.get().status) == (State.OPEN, Status.CANCELLED)
    channels.account_reuse(actor=cast.chief, account_id=page.pk)
    client.force_login(cast.editor)
    url = reverse("feedback:decide", args=[answer.pk])
    assert url in client.get(reverse("feedback:thread", args=[thread.pk])).content.decode()
    client.post(url, {"answer": "again"})
    thread.refresh_from_db()
    assert (thread.state, Action.objects.get().status) == (State.DONE, Status.PENDING)


def test_a_proposal_nobody_decides_is_told_before_and_after_its_hour_once_each(cast, page):
    remark = remark_of(comment(page, key="bad")[1])

    def told(code):
        rows = Notice.objects.filter(code=f"feedback.ruling.{code}", cancelled_at=None)
        return set(rows.values_list("user", flat=True))

    services.thread_set_state(actor=cast.editor, thread_id=remark.thread_id, state="done")
    ruling = services.ruling_propose(
        actor=cast.chief, remark_id=remark.pk, klass=Klass.CHILD, deed="hide", reason="Lộ ảnh",
        ground_id=ground("child").pk,
    )  # fmt: skip
    assert services.remind() == 0
    with clock.frozen(ruling.due_at - dt.timedelta(hours=1)):
        assert (services.remind(), services.remind()) == (1, 0)
    assert told("soon") == {cast.director.pk}
    with clock.frozen(ruling.due_at + dt.timedelta(minutes=1)):
        assert (services.remind(), services.remind()) == (1, 0)
    # Who asked knows that nobody looked.
    assert told("late") == {cast.director.pk, cast.chief.pk}
    services.ruling_decide(actor=cast.director, ruling_id=ruling.pk, agree=True)
    assert told("late") == set()
    services.appeal_record(actor=cast.office, ruling_id=ruling.pk, text="Không đúng")
    ruling.refresh_from_db()
    with clock.frozen(ruling.due_at + dt.timedelta(minutes=1)):
        assert services.remind() == 1
