"""A page opened before the person wrote on ends, answers or shows nothing that was not read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.channels.rules import Status
from loa.core import clock
from loa.core.errors import Conflict
from loa.feedback import services
from loa.feedback.models import Draft, Remark, Thread
from loa.feedback.rules import Side, State
from loa.feedback.tests.factories import (
    CRY,
    answerers,
    comment,
    facebook_account,
    message,
    remark_of,
    sayings,
    standing,
    told,
)

pytestmark = pytest.mark.django_db


# — while an answer is being written —————————————————————————————————————————————————
def fields(client, thread):
    """The hidden fields of the answer's form, as the page gives them."""
    return hidden(client.get(reverse("feedback:thread", args=[thread.pk])).content.decode())


def hidden(body):
    form = body.split('class="fb-answer"')[1].split("</form>")[0]
    found = {}
    for name in ("turn", "heard", "key"):
        assert form.count(f'name="{name}"') == 1
        found[name] = form.split(f'name="{name}" value="')[1].split('"')[0]
    return found


def send(client, thread, text, **more):
    return client.post(reverse("feedback:reply", args=[thread.pk]), {"text": text, **more})


def test_what_came_while_an_answer_was_written_is_shown_first(cast, client, oa):
    message(oa, "Lịch thi thế nào ạ?")
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    _new, key = message(oa, CRY)
    before = standing(thread)
    assert before[:2] == (State.OPEN, True)
    answer = send(client, thread, "Ngày 6 và 7/6", wait="1", **form)
    assert answer.status_code == 409
    assert (standing(thread), told()) == (before, answerers(cast))
    assert not Action.objects.exists()
    assert not Remark.objects.filter(side=Side.OUT).exists()
    assert not LogEntry.objects.filter(action="feedback.thread.answered").exists()
    body = answer.content.decode()
    assert "Người dân vừa nhắn thêm" in body
    new = remark_of(key)
    assert f'href="#loi-{new.pk}"' in body
    # In the conversation, and once more where the officer looks.
    assert body.count(CRY) == 2
    assert "autofocus" in body.split('class="summary-err"')[1].split(">")[0]
    assert body.count("Lời mới") == 1
    talk = body.split('hx-get="')[1].split('"')[0]
    assert client.get(talk).content.decode().count("Lời mới") == 1
    # Nothing typed or ticked is lost.
    assert "Ngày 6 và 7/6</textarea>" in body
    assert 'name="wait" value="1" checked' in body
    assert Draft.objects.get(user=cast.editor).text == "Ngày 6 và 7/6"
    # A second press is deliberate: they have read it.
    assert send(client, thread, "Sở gọi chị ngay. Lịch thi 6 và 7/6.", **hidden(body)).status_code == 302
    assert standing(thread) == (State.DONE, False, None, 0)
    assert told() == set()


def test_an_answer_to_the_old_may_go_while_the_new_waits(cast, client, oa):
    message(oa, "Lịch thi thế nào ạ?")
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    page = client.get(reverse("feedback:thread", args=[thread.pk])).content.decode()
    assert 'name="later"' not in page
    message(oa, CRY)
    before = standing(thread)
    body = send(client, thread, "Ngày 6 và 7/6", **form).content.decode()
    assert 'name="later" value="1"' in body
    assert send(client, thread, "Ngày 6 và 7/6", later="1", **hidden(body)).status_code == 302
    assert (standing(thread), told()) == (before, answerers(cast))
    assert sayings() == ["Ngày 6 và 7/6"]
    assert (thread.turn, thread.answered_at) == (1, None)
    # And the one after that comes first again.
    form = fields(client, thread)
    message(oa, "Có ai không?")
    assert send(client, thread, "Sở gọi chị ngay", later="1", **form).status_code == 409


def test_words_rewritten_while_an_answer_was_written_are_shown_first(cast, client):
    page = facebook_account(cast.so)
    _new, key = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    comment(page, "Cơm trưa nguội, có cháu nôn", verb="edit", key=key, at=clock.now() + dt.timedelta(minutes=1))
    answer = send(client, thread, "Trường sẽ xem lại bếp", private="1", **form)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "Người dân vừa sửa" in body
    # What was to be said to one person alone is not said to all by the second press.
    assert 'name="private" value="1" checked' in body
    assert not Action.objects.exists()


def test_a_colleague_s_answer_and_a_new_message_are_both_said(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    services.thread_reply(actor=cast.chief, thread_id=thread.pk, text="Ngày 6/6", turn=0)
    message(oa, CRY)
    body = send(client, thread, "Ngày 6/6 ạ", **form).content.decode()
    assert "Nguyễn Thu Hà vừa trả lời" in body
    assert "Người dân vừa nhắn thêm" in body


def test_a_file_that_has_to_be_chosen_again_is_named(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    message(oa, CRY)
    pdf = SimpleUploadedFile("mau-don.pdf", b"%PDF-1.4 x")
    body = send(client, thread, "Kèm mẫu đơn", file=pdf, **form).content.decode()
    assert "mau-don.pdf" in body


@pytest.mark.parametrize("heard", ["", "0", "x.y", "9" * 40, "1.'--"])
def test_a_form_that_does_not_say_what_it_showed_is_asked_once(cast, client, oa, heard):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = {**fields(client, thread), "heard": heard}
    answer = send(client, thread, "Ngày 6/6", **form)
    assert answer.status_code == 409
    assert send(client, thread, "Ngày 6/6", **hidden(answer.content.decode())).status_code == 302


def test_an_error_of_another_kind_takes_nothing_as_read(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    message(oa, CRY)
    empty = send(client, thread, "  ", **form)
    assert empty.status_code == 400
    again = hidden(empty.content.decode())
    assert (again["turn"], again["heard"]) == (form["turn"], form["heard"])
    assert send(client, thread, "Ngày 6/6", **again).status_code == 409


def test_the_same_press_twice_is_one_answer_whatever_came_in_between(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = fields(client, thread)
    assert send(client, thread, "Ngày 6/6", **form).status_code == 302
    message(oa, CRY)
    before = standing(thread)
    assert send(client, thread, "Ngày 6/6", **form).status_code == 302
    assert (standing(thread), len(sayings())) == (before, 1)


def test_an_answer_older_than_the_last_words_ends_nothing(cast, oa):
    """The channel's clock runs before ours: what it says was written in a minute was not read."""
    message(oa)
    thread = Thread.objects.get()
    message(oa, CRY, at=clock.now() + dt.timedelta(minutes=1))
    before = standing(thread)
    services.thread_reply(actor=cast.editor, thread_id=thread.pk, text="Ngày 6/6", turn=0)
    assert (standing(thread), thread.turn, told()) == (before, 1, answerers(cast))
    with pytest.raises(Conflict):
        services.thread_reply(actor=cast.chief, thread_id=thread.pk, text="Ngày 6/6 ạ", turn=0)


def test_who_is_told_that_more_was_written(cast, client):
    page = facebook_account(cast.school)
    _new, top = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    client.force_login(cast.owner)
    form = fields(client, thread)
    comment(page, CRY, thread=top, parent=top, who="78")
    before = standing(thread)
    for who, status in (("owner", 409), ("colleague", 409), ("outsider", 404), ("admin", 403)):
        client.force_login(getattr(cast, who))
        for more in ({}, {"later": "1"}):
            assert send(client, thread, "Đã xem bếp", **form, **more).status_code == status, who
    client.logout()
    assert send(client, thread, "Đã xem bếp", **form).status_code == 302
    assert (standing(thread), Action.objects.count()) == (before, 0)
    assert set(Draft.objects.values_list("user", flat=True)) == {cast.owner.pk, cast.colleague.pk}


# — once it is known what became of an answer ————————————————————————————————————————
def lost(remark, status):
    """The channel did not say that the answer arrived."""
    action = Action.objects.get(pk=remark.action_id)
    action.status, action.code = status, status.value
    action.save()
    services.action_settled(action)


def answer(cast, thread, text="Ngày 6 và 7/6", **more):
    thread.refresh_from_db()
    return services.thread_reply(
        actor=cast.editor, thread_id=thread.pk, text=text, turn=thread.turn, **more
    )  # fmt: skip


FATES = [(Status.UNKNOWN, True), (Status.UNKNOWN, False), (Status.FAILED, False)]


@pytest.mark.parametrize(("status", "there"), FATES)
def test_settling_an_old_answer_ends_nothing_written_after_it(cast, oa, status, there):
    message(oa)
    thread = Thread.objects.get()
    remark = answer(cast, thread)
    lost(remark, status)
    message(oa, CRY)
    before = standing(thread)
    assert before[:2] == (State.OPEN, True)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=there)
    assert (standing(thread), told()) == (before, answerers(cast))
    assert Action.objects.get().status == (Status.SENT if there else Status.RETRY)
    assert not Notice.objects.filter(code__startswith="feedback.answer.", cancelled_at=None).exists()


@pytest.mark.parametrize(("status", "there"), FATES)
def test_settling_the_answer_to_all_ends_everything(cast, oa, status, there):
    message(oa, CRY)
    thread = Thread.objects.get()
    remark = answer(cast, thread, "Sở gọi chị ngay")
    lost(remark, status)
    with clock.frozen(clock.now() + dt.timedelta(hours=1)):
        assert services.remind() == 1
    # As an officer who opens it again leaves it.
    Thread.objects.update(urgent=True)
    assert standing(thread)[0::3] == (State.OPEN, 1)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=there)
    assert standing(thread) == (State.DONE, False, None, 0)
    assert told("soon") == set()


def test_a_later_answer_to_all_counts_for_an_older_one(cast, oa):
    message(oa)
    thread = Thread.objects.get()
    first = answer(cast, thread)
    message(oa, CRY)
    answer(cast, thread, "Sở gọi chị ngay")
    lost(first, Status.UNKNOWN)
    assert standing(thread)[0] == State.OPEN
    services.answer_decide(actor=cast.editor, remark_id=first.pk, there=True)
    assert standing(thread)[0] == State.DONE


def test_settling_what_left_the_new_waiting_leaves_it_waiting(cast, oa):
    message(oa)
    thread = Thread.objects.get()
    message(oa, CRY)
    before = standing(thread)
    remark = answer(cast, thread, later=True)
    lost(remark, Status.UNKNOWN)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=True)
    assert (standing(thread), told()) == (before, answerers(cast))


@pytest.mark.parametrize("polled", [False, True])
def test_settling_an_answer_ends_nothing_rewritten_after_it(cast, polled):
    _new, key = comment(facebook_account(cast.so), "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    remark = answer(cast, thread)
    at = thread.first_at if polled else clock.now() + dt.timedelta(minutes=1)
    words = Words("comment", "add" if polled else "edit", key, key, at, author="77", text=CRY, place="p1")
    assert tell(thread.account, words, polled=polled) is True
    lost(remark, Status.UNKNOWN)
    before = standing(thread)
    assert before[:2] == (State.OPEN, True)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=True)
    assert (standing(thread), told()) == (before, answerers(cast))


def test_what_waits_elsewhere_goes_on_waiting(cast, oa):
    message(oa)
    thread = Thread.objects.get()
    remark = answer(cast, thread, "Sở đang hỏi trường", wait=True)
    lost(remark, Status.FAILED)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=False)
    assert standing(thread)[0] == State.ELSEWHERE


def test_the_bot_s_words_sent_again_are_no_answer(cast, running):
    message(running, CRY)
    thread = Thread.objects.get()
    before = standing(thread)
    remark = Remark.objects.get(side=Side.BOT)
    lost(remark, Status.FAILED)
    services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=False)
    assert (standing(thread), told()) == (before, answerers(cast))


def test_done_without_an_answer_leaves_nothing_behind(cast, oa):
    message(oa, CRY)
    thread = Thread.objects.get()
    with clock.frozen(thread.due_at - dt.timedelta(hours=1)):
        services.remind()
    services.thread_set_state(actor=cast.editor, thread_id=thread.pk, state=State.DONE)
    assert standing(thread) == (State.DONE, False, None, 0)
    assert (told(), told("soon")) == (set(), set())


def test_taken_back_leaves_nothing_behind(cast, oa):
    _new, key = message(oa, CRY)
    thread = Thread.objects.get()
    message(oa, "", key=key, verb="remove", at=clock.now() + dt.timedelta(minutes=1))
    assert standing(thread) == (State.DONE, False, None, 0)
    assert told() == set()


# — ended or shown from a page opened before ——————————————————————————————————————————
DONE = {"state": "done"}


def mark(body, thread, name):
    """The mark the form of that button carries."""
    form = body.split(f'action="{reverse(f"feedback:{name}", args=[thread.pk])}"')[1].split("</form>")[0]
    assert form.count('name="heard"') == 1
    return {"heard": form.split('name="heard" value="')[1].split('"')[0]}


def opened(client, thread, name):
    return mark(client.get(reverse("feedback:thread", args=[thread.pk])).content.decode(), thread, name)


def press(client, thread, name, form):
    return client.post(reverse(f"feedback:{name}", args=[thread.pk]), form)


def written():
    """All that pressing one of the buttons could have written."""
    return (
        list(Thread.objects.order_by("pk").values()),
        list(Remark.objects.order_by("pk").values()),
        Action.objects.count(),
        LogEntry.objects.filter(action__startswith="feedback.").count(),
        told(),
    )


@pytest.fixture
def held(cast):
    """A comment on a page of the school, kept back until it was read."""
    page = facebook_account(cast.school)
    _new, top = comment(page, "Cơm trưa nguội quá", held=True)
    return page, top


def test_an_old_page_ends_nothing_that_was_not_read(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    services.canned_save(actor=cast.chief, canned_id=None, unit_id=cast.so.pk, title="Lịch thi", text="Ngày 6/6")
    services.draft_save(actor=cast.editor, thread_id=thread.pk, text="Đang viết dở")
    client.force_login(cast.editor)
    form = opened(client, thread, "move")
    _new, key = message(oa, CRY)
    before = written()
    assert before[-1] == answerers(cast)
    answer = press(client, thread, "move", DONE | form)
    assert (answer.status_code, written()) == (409, before)
    body = answer.content.decode()
    alert = body.split('class="summary-err"')[1].split("</div>")[0]
    assert "autofocus" in alert.split(">")[0]
    assert "Người dân vừa nhắn thêm nên chưa đổi gì" in alert
    assert CRY in alert
    assert f'href="#loi-{remark_of(key).pk}"' in alert
    # Once more in the conversation, also when it is asked for again.
    assert (body.count(CRY), body.count("Lời mới")) == (2, 1)
    assert client.get(body.split('hx-get="')[1].split('"')[0]).content.decode().count("Lời mới") == 1
    # The answer being written is as it was; its form takes the new words as shown, and its links work from here.
    assert "Đang viết dở</textarea>" in body
    assert 'name="later"' not in body
    assert hidden(body)["heard"] == mark(body, thread, "move")["heard"]
    assert f'href="{reverse("feedback:thread", args=[thread.pk])}?mau=' in body
    # What came after that is not read either; a second press with nothing new is deliberate.
    message(oa, "Có ai không?")
    again = press(client, thread, "move", DONE | mark(body, thread, "move"))
    assert (again.status_code, standing(thread)[:2]) == (409, (State.OPEN, True))
    assert press(client, thread, "move", DONE | mark(again.content.decode(), thread, "move")).status_code == 302
    assert (standing(thread), told()) == ((State.DONE, False, None, 0), set())


@pytest.mark.parametrize("done", [{}, {"done": "1"}])
def test_an_old_page_shows_nothing_that_was_not_read(cast, client, held, done):
    page, top = held
    thread = Thread.objects.get()
    client.force_login(cast.owner)
    form = opened(client, thread, "show")
    comment(page, CRY, thread=top, parent=top, who="78", held=True)
    before = written()
    answer = press(client, thread, "show", form | done)
    assert (answer.status_code, written()) == (409, before)
    body = answer.content.decode()
    assert "Người dân vừa nhắn thêm nên chưa đổi gì" in body
    assert body.count(CRY) == 2
    assert press(client, thread, "show", mark(body, thread, "show") | done).status_code == 302
    shown = [f"show-{remark.pk}" for remark in Remark.objects.order_by("pk")]
    assert list(Action.objects.order_by("pk").values_list("key", flat=True)) == shown
    assert len(shown) == 2
    assert standing(thread)[0] == (State.DONE if done else State.OPEN)


@pytest.mark.parametrize(("name", "more"), [("move", DONE), ("show", {}), ("show", {"done": "1"})])
def test_words_rewritten_since_are_read_first(cast, client, held, name, more):
    page, top = held
    thread = Thread.objects.get()
    client.force_login(cast.owner)
    form = opened(client, thread, name)
    comment(page, CRY, verb="edit", key=top, at=clock.now() + dt.timedelta(minutes=1), held=True)
    before = written()
    answer = press(client, thread, name, form | more)
    assert (answer.status_code, written()) == (409, before)
    body = answer.content.decode()
    assert "Người dân vừa sửa hoặc gỡ lời nên chưa đổi gì" in body
    assert (body.count(CRY), body.count("Lời mới")) == (1, 0)


@pytest.mark.parametrize("heard", ["", "0", "x.y", "9" * 40, "1.'--"])
def test_a_button_that_does_not_say_what_was_shown_is_asked_once(cast, client, held, heard):
    thread = Thread.objects.get()
    client.force_login(cast.owner)
    before = written()
    for name, more in (("move", DONE), ("show", {}), ("show", {"done": "1"})):
        answer = press(client, thread, name, {"heard": heard, **more})
        assert (answer.status_code, written()) == (409, before), name
    form = mark(answer.content.decode(), thread, "show")
    assert press(client, thread, "show", form).status_code == 302
    assert Action.objects.count() == 1


def test_what_goes_on_waiting_may_be_moved_by_an_old_page(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    form = opened(client, thread, "move")
    message(oa, CRY)
    _state, *clocks = standing(thread)
    for state in (State.ELSEWHERE, State.OPEN):
        assert press(client, thread, "move", form | {"state": state}).status_code == 302
        assert (standing(thread), told()) == ((state, *clocks), answerers(cast))


def test_whoever_opened_no_page_is_not_asked(cast, held, oa):
    message(oa, CRY)
    chat, thread = Thread.objects.get(what="message"), Thread.objects.get(what="comment")
    services.thread_set_state(actor=cast.editor, thread_id=chat.pk, state=State.DONE)
    services.thread_show(actor=cast.owner, thread_id=thread.pk, done=True)
    assert (standing(chat)[0], standing(thread)[0]) == (State.DONE, State.DONE)


@pytest.mark.parametrize(("name", "more"), [("move", DONE), ("show", {}), ("show", {"done": "1"})])
def test_who_is_told_that_more_was_written_since(cast, client, held, name, more):
    page, top = held
    thread = Thread.objects.get()
    client.force_login(cast.owner)
    old = opened(client, thread, name)
    comment(page, CRY, thread=top, parent=top, who="78", held=True)
    now = opened(client, thread, name)
    before = written()
    for who, status in (("owner", 409), ("colleague", 409), ("outsider", 404), ("admin", 403)):
        client.force_login(getattr(cast, who))
        answer = press(client, thread, name, old | more)
        assert (answer.status_code, written()) == (status, before), who
        assert (CRY in answer.content.decode()) is (status == 409), who
    # Nor does it help the others to know the mark.
    for who, status in (("outsider", 404), ("admin", 403)):
        client.force_login(getattr(cast, who))
        assert (press(client, thread, name, now | more).status_code, written()) == (status, before), who
    client.logout()
    for form in (old, now):
        answer = press(client, thread, name, form | more)
        assert (answer.status_code, written()) == (302, before)
        assert answer["Location"].startswith(reverse("account_login"))
