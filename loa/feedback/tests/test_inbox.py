"""What is heard becomes threads; answers leave once; who may do what; clocks; forgetting."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.channels.models import ChannelAccount
from loa.channels.rules import Status
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.feedback import services
from loa.feedback.models import Canned, Draft, Remark, Speaker, Thread
from loa.feedback.rules import Seen, Side, State, hours_for
from loa.feedback.selectors import InboxFilter, counts, inbox, unheard
from loa.feedback.services.answering import heard_mark
from loa.feedback.tests.factories import comment, facebook_account, message, remark_of, zalo_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


@pytest.fixture
def oa(cast):
    return zalo_account(cast.so)


def later(**time):
    return clock.now() + dt.timedelta(**time)


# — hearing ——————————————————————————————————————————————————————————————————————
def test_a_comment_opens_a_thread_with_a_clock_and_no_name(page):
    changed, key = comment(page, "Bếp ăn nguội quá, gọi tôi 0912 345 678", name="Nguyễn Văn A")
    assert changed
    remark, thread = remark_of(key), Thread.objects.get()
    assert (thread.state, thread.urgent) == (State.OPEN, False)
    assert thread.due_at == remark.at + dt.timedelta(hours=24)
    assert "[số điện thoại]" in remark.masked
    assert "0912" not in remark.sealed
    assert "Nguyễn" not in str(list(Speaker.objects.values())) + str(list(Remark.objects.values()))


@pytest.mark.parametrize(
    ("text", "hours", "urgent"),
    [
        ("Cháu bị đau bụng sau bữa trưa, nhiều bạn cũng thế", 6, True),
        ("truong de xay ra bao luc hoc duong", 6, True),
        ("Cháu nghĩ đến chuyện tự tử", 6, True),
        ("Xin tư vấn chọn ngành cho cháu", 24, False),
        ("Cứ từ từ rồi trả lời", 24, False),
        ("Muốn chạy trường thì hỏi ai", 24, False),
        ("Cảm ơn các thầy cô nhiều lắm", None, False),
        ("Cảm ơn, nhưng bao giờ trường sửa nhà vệ sinh?", 24, False),
    ],
)
def test_how_long_an_answer_may_take(text, hours, urgent):
    assert hours_for(text) == (hours, urgent)


def test_the_same_five_times_is_one_remark(page):
    results = [comment(page, key="c-once")[0] for _time in range(5)]
    assert results == [True, False, False, False, False]
    assert (Remark.objects.count(), Thread.objects.count()) == (1, 1)


def test_news_in_any_order_end_in_the_same_place(page):
    start = clock.now()
    comment(page, verb="remove", key="a", at=start + dt.timedelta(minutes=2))
    assert comment(page, key="a", at=start)[0] is False
    assert remark_of("a").seen == Seen.TAKEN_BACK
    assert Thread.objects.get().state == State.DONE
    comment(page, "Câu mới", verb="edit", key="b", at=start + dt.timedelta(minutes=2))
    assert comment(page, "Câu cũ", key="b", at=start)[0] is False
    assert comment(page, "Câu giữa", verb="edit", key="b", at=start + dt.timedelta(minutes=1))[0] is False
    assert remark_of("b").masked == "Câu mới"
    comment(page, verb="hide", key="b", at=start + dt.timedelta(minutes=4))
    assert comment(page, verb="unhide", key="b", at=start + dt.timedelta(minutes=3))[0] is False
    assert remark_of("b").seen == Seen.HIDDEN


def test_what_its_writer_takes_back_is_gone_here_too(page):
    _new, key = comment(page, "Viết nhầm")
    comment(page, verb="remove", key=key, at=later(minutes=1))
    thread = Thread.objects.get()
    assert (remark_of(key).masked, thread.excerpt, thread.state, thread.due_at) == ("", "", State.DONE, None)


def test_answers_of_others_below_a_comment_are_one_thread(page):
    _new, top = comment(page, "Trường thu quỹ gì nhiều thế?")
    comment(page, "Tôi cũng thắc mắc", thread=top, parent=top, who="78")
    assert Thread.objects.count() == 1
    assert Speaker.objects.count() == 2


def test_an_answer_given_on_the_channel_itself_ends_the_wait(page):
    _new, top = comment(page, "Bao giờ khai giảng?")
    comment(page, "Ngày 5/9 ạ", thread=top, parent=top, ours=True, at=later(minutes=1))
    thread = Thread.objects.get()
    assert (thread.state, thread.due_at) == (State.DONE, None)


def test_polling_finds_an_edit_no_event_told(page):
    _new, key = comment(page, "Trường nghỉ ngày nào")
    words = Words(
        "comment", "add", key, key, remark_of(key).at, author="77", text="Trường nghỉ Tết ngày nào", place="p1"
    )
    assert tell(page, words, polled=True) is True
    assert tell(page, words, polled=True) is False
    assert remark_of(key).edited


# — access ———————————————————————————————————————————————————————————————————————
def test_who_sees_a_thread_of_the_office(cast, client, page):
    comment(page)
    thread = Thread.objects.get()
    urls = [reverse("feedback:inbox"), reverse("feedback:thread", args=[thread.pk])]
    for who, statuses in (
        ("editor", [200, 200]),
        ("office", [200, 200]),
        ("director", [200, 200]),
        ("owner", [200, 404]),
        ("outsider", [200, 404]),
        ("admin", [403, 403]),
    ):
        client.force_login(getattr(cast, who))
        assert [client.get(url).status_code for url in urls] == statuses, who
    client.logout()
    assert [client.get(url).status_code for url in urls] == [302, 302]


def test_the_inbox_says_whose_comments_do_not_come_here(cast, client, page):
    client.force_login(cast.editor)
    url, words = reverse("feedback:inbox"), "Bình luận trên TikTok không về đây; hãy đọc ở ứng dụng TikTok."
    assert "không về đây" not in client.get(url).content.decode()
    ChannelAccount.objects.create(unit=cast.so, kind="tiktok", name="Kênh của Sở", external_id="U1")
    assert words in client.get(url).content.decode()
    assert unheard(cast.outsider) == []
    zalo_account(cast.so)
    assert [where for _name, where in unheard(cast.editor)] == ["trang quản trị OA", "ứng dụng TikTok"]
    ChannelAccount.objects.exclude(kind="facebook").update(active=False)
    assert "không về đây" not in client.get(url).content.decode()


def test_every_look_is_written_down(cast, client, page):
    _new, key = comment(page, "Gọi tôi 0912345678")
    remark = remark_of(key)
    client.force_login(cast.editor)
    body = client.get(reverse("feedback:thread", args=[remark.thread_id])).content.decode()
    assert "0912345678" not in body
    assert LogEntry.objects.filter(action="feedback.thread.opened", actor_id=cast.editor.pk).count() == 1
    shown = client.post(reverse("feedback:reveal", args=[remark.pk])).content.decode()
    assert "0912345678" in shown
    assert LogEntry.objects.filter(action="feedback.remark.revealed").count() == 1
    client.force_login(cast.director)
    assert client.post(reverse("feedback:reveal", args=[remark.pk])).status_code == 403
    client.force_login(cast.outsider)
    assert client.post(reverse("feedback:reveal", args=[remark.pk])).status_code == 404
    assert LogEntry.objects.filter(action="feedback.remark.revealed").count() == 1


def test_a_list_of_many_costs_what_a_list_of_one_costs(cast, client, page):
    client.force_login(cast.editor)

    def queries(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    comment(page)
    first = Thread.objects.get()
    services.thread_tag(actor=cast.editor, thread_id=first.pk, name="Bán trú", on=True)
    urls = [reverse("feedback:inbox"), reverse("feedback:thread", args=[first.pk])]
    one = [queries(url) for url in urls]
    for number in range(12):
        _new, key = comment(page, who=f"9{number}")
        services.thread_tag(actor=cast.editor, thread_id=remark_of(key).thread_id, name=f"Nhãn {number}", on=True)
        comment(page, f"Thêm {number}", thread=first.key, parent=first.key, who=f"8{number}")
    assert [queries(url) for url in urls] == one


# — answering ————————————————————————————————————————————————————————————————————
def reply(cast, thread, text="Nhà trường đã kiểm tra bếp", who="editor", **more):
    return services.thread_reply(
        actor=getattr(cast, who), thread_id=thread.pk, text=text, turn=more.pop("turn", thread.turn), **more
    )


@pytest.mark.django_db(transaction=True)
def test_an_answer_reaches_the_person_once(cast, page, oa, sims):
    facebook, zalo = sims
    post = facebook._add(page.external_id, "Bài", "", [])["id"]
    key = facebook.say(post, "Cơm nguội", who="77")
    comment(page, "Cơm nguội", key=key)
    person = zalo.meet("An")
    zalo.write(person, "Lịch thi?")
    message(oa, "Lịch thi?", who=person)
    for thread, text in zip(Thread.objects.order_by("pk"), ("Đã kiểm tra bếp", "Ngày 6/6"), strict=True):
        first = reply(cast, thread, text, key="k" * 10 + thread.what)
        assert reply(cast, thread, text, key="k" * 10 + thread.what, turn=0).pk == first.pk
    acting.drain()
    assert [row["message"] for row in facebook.state["comments"] if row["who"] == page.external_id] == [
        "Đã kiểm tra bếp"
    ]
    assert [row["text"] for row in zalo.state["lines"] if row["ours"]] == ["Ngày 6/6"]
    for remark in Remark.objects.filter(side=Side.OUT):
        assert remark.external_id
        assert remark.thread.state == State.DONE
    # The channel echoes our own words: nothing new.
    said = Remark.objects.get(side=Side.OUT, thread__what="comment")
    assert comment(page, "Đã kiểm tra bếp", key=said.external_id, thread=key, ours=True)[0] is False
    assert Remark.objects.filter(side=Side.OUT).count() == 2


def test_an_echo_that_comes_before_the_answer_is_settled_is_known(cast, page):
    _new, key = comment(page)
    thread = Thread.objects.get()
    reply(cast, thread, "Cảm ơn anh chị")
    assert comment(page, "Cảm ơn  anh chị", key="echo", thread=key, ours=True)[0] is False
    assert Remark.objects.filter(side=Side.OUT).count() == 1


def test_two_people_do_not_answer_at_once(cast, client, page):
    comment(page)
    thread = Thread.objects.get()
    services.draft_save(actor=cast.chief, thread_id=thread.pk, text="Tôi đang viết")
    client.force_login(cast.editor)
    body = client.get(reverse("feedback:thread", args=[thread.pk])).content.decode()
    assert "Nguyễn Thu Hà đang soạn trả lời" in body
    reply(cast, thread, "Câu của chị Hà", who="chief")
    form = {"heard": heard_mark(thread)}
    answer = client.post(
        reverse("feedback:reply", args=[thread.pk]),
        {**form, "text": "Câu viết dở của tôi", "turn": "0", "key": "x1"},
    )
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "Nguyễn Thu Hà vừa trả lời" in body
    assert "Câu viết dở của tôi" in body
    assert Draft.objects.get(user=cast.editor).text == "Câu viết dở của tôi"
    assert Action.objects.count() == 1
    assert client.post(
        reverse("feedback:reply", args=[thread.pk]), {**form, "text": "Bổ sung", "turn": "1", "key": "x2"}
    ).status_code == 302  # fmt: skip
    assert not Draft.objects.filter(user=cast.editor).exists()


def test_refused_answers_write_and_send_nothing(cast, page, oa):
    comment(page)
    thread = Thread.objects.get()
    for who, error in (("outsider", NotFound), ("director", Refused), ("owner", NotFound)):
        with pytest.raises(error):
            reply(cast, thread, who=who)
    with pytest.raises(InvalidInput):
        reply(cast, thread, "  ")
    with pytest.raises(InvalidInput):
        reply(cast, thread, "a" * 9000)
    message(oa, at=clock.now() - dt.timedelta(days=7, minutes=1))
    chat = Thread.objects.get(what="message")
    with pytest.raises(Conflict) as caught:
        reply(cast, chat)
    assert caught.value.code == "feedback.window"
    assert not Action.objects.exists()
    assert Remark.objects.filter(side=Side.OUT).count() == 0
    thread.refresh_from_db()
    assert thread.state == State.OPEN


def test_an_answer_that_failed_opens_the_thread_again(cast, page):
    comment(page)
    thread = Thread.objects.get()
    remark = reply(cast, thread)
    for status, code in ((Status.FAILED, "failed"), (Status.UNKNOWN, "unknown")):
        Thread.objects.update(state=State.DONE)
        action = Action.objects.get()
        action.status, action.code = status, "token_expired"
        action.save()
        services.action_settled(action)
        thread.refresh_from_db()
        assert thread.state == State.OPEN
        assert Notice.objects.filter(user=cast.editor, code=f"feedback.answer.{code}").exists()
        services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=status == Status.UNKNOWN)
    action.refresh_from_db()
    assert action.status == Status.SENT
    with pytest.raises(Conflict):
        services.answer_decide(actor=cast.editor, remark_id=remark.pk, there=True)


def test_a_file_goes_only_where_the_channel_takes_it(cast, page, oa):
    comment(page)
    message(oa)
    on_page, chat = Thread.objects.get(what="comment"), Thread.objects.get(what="message")
    pdf = SimpleUploadedFile("mau-don.pdf", b"%PDF-1.4 x")
    with pytest.raises(InvalidInput):
        reply(cast, on_page, "Kèm mẫu đơn", file=pdf)
    with pytest.raises(InvalidInput):
        reply(cast, chat, "Ảnh", file=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n"))
    pdf.seek(0)
    reply(cast, chat, "Kèm mẫu đơn", file=pdf, key="f1")
    assert [bool(action.payload.get("file")) for action in Action.objects.order_by("pk")] == [True, False]


# — sorting ——————————————————————————————————————————————————————————————————————
def test_a_thread_is_handed_to_a_school_and_stays_in_sight(cast, page):
    comment(page)
    thread = Thread.objects.get()
    due = thread.due_at
    with pytest.raises(NotFound):
        services.thread_forward(actor=cast.owner, thread_id=thread.pk, unit_id=cast.school.pk)
    services.thread_forward(actor=cast.editor, thread_id=thread.pk, unit_id=cast.school.pk, note="Trường xem giúp")
    thread.refresh_from_db()
    assert (thread.unit, thread.due_at) == (cast.school, due)
    assert Notice.objects.filter(user=cast.lead, code="feedback.thread.forwarded").exists()
    assert inbox(cast.owner, InboxFilter()).count() == 1
    assert inbox(cast.outsider, InboxFilter()).count() == 0
    reply(cast, thread, who="owner")
    assert inbox(cast.editor, InboxFilter(state=State.DONE)).count() == 1


def test_giving_a_thread_to_somebody(cast, page):
    comment(page)
    thread = Thread.objects.get()
    with pytest.raises(InvalidInput):
        services.thread_assign(actor=cast.editor, thread_id=thread.pk, user_id=cast.outsider.pk)
    services.thread_assign(actor=cast.editor, thread_id=thread.pk, user_id=cast.chief.pk)
    assert inbox(cast.chief, InboxFilter(mine=True)).count() == 1
    assert Notice.objects.filter(user=cast.chief, code="feedback.thread.assigned").count() == 1


def test_states_and_counts(cast, page):
    comment(page, at=clock.now() - dt.timedelta(days=2))
    comment(page)
    wanted = InboxFilter()
    assert counts(cast.editor, wanted)["open"] == 2
    assert counts(cast.editor, wanted)["late"] == 1
    assert counts(cast.outsider, wanted)["open"] == 0
    first = inbox(cast.editor, wanted).first()
    services.thread_set_state(actor=cast.editor, thread_id=first.pk, state=State.ELSEWHERE)
    services.thread_set_state(actor=cast.editor, thread_id=first.pk, state=State.DONE)
    with pytest.raises(Conflict):
        services.thread_set_state(actor=cast.editor, thread_id=first.pk, state=State.ELSEWHERE)
    services.thread_set_state(actor=cast.editor, thread_id=first.pk, state=State.OPEN)
    first.refresh_from_db()
    assert first.due_at > clock.now()


def test_labels_of_a_chat_go_to_zalo_too(cast, oa):
    message(oa)
    thread = Thread.objects.get()
    services.thread_tag(actor=cast.editor, thread_id=thread.pk, name="Tuyển sinh", on=True)
    services.thread_tag(actor=cast.editor, thread_id=thread.pk, name="Tuyển sinh", on=False)
    assert [action.verb for action in Action.objects.order_by("pk")] == ["tag", "untag"]
    assert not thread.tags.exists()


def test_enter_in_the_field_of_a_new_label_takes_none_off(cast, client, oa):
    message(oa)
    thread = Thread.objects.get()
    services.thread_tag(actor=cast.editor, thread_id=thread.pk, name="Tuyển sinh", on=True)
    client.force_login(cast.editor)
    page = client.get(reverse("feedback:thread", args=[thread.pk])).content.decode()
    [form] = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'id="name"' in one]
    # Enter presses the first button of a form.
    assert "name=" not in re.search(r"<button[^>]*>", form)[0]


@pytest.mark.django_db(transaction=True)
def test_how_many_people_carry_a_label(cast, client, oa, sims):
    person = sims[1].meet("An")
    sims[1].state["people"][person]["tags"] = ["Tuyển sinh"]
    client.force_login(cast.editor)
    url = reverse("feedback:labels")
    assert "Hỏi Zalo" in client.get(url).content.decode()
    body = client.get(url, {"oa": oa.pk}).content.decode()
    assert "Tuyển sinh" in body
    assert "OA có 1 người quan tâm" in body
    sims[1].faults.script = ["error"] * 5
    assert "Chưa hỏi được kênh" in client.get(url, {"oa": oa.pk}).content.decode()
    client.force_login(cast.owner)
    assert client.get(url).status_code == 403


def test_files_keep_no_address_a_browser_would_run(page, oa):
    files = (
        {"kind": "image", "url": "javascript:alert(1)", "name": "x"},
        {"kind": "image", "url": "https://a.example/b"},
    )
    _new, key = message(oa, "Ảnh", files=files)
    assert [one["url"] for one in remark_of(key).files] == ["", "https://a.example/b"]


def test_ready_answers(cast, client, page):
    with pytest.raises(Refused):
        services.canned_save(actor=cast.owner, canned_id=None, unit_id=cast.so.pk, title="A", text="B")
    row = services.canned_save(
        actor=cast.office, canned_id=None, unit_id=cast.so.pk, title="Chuyển trường", text="Cần đơn và học bạ."
    )
    with pytest.raises(InvalidInput):
        services.canned_save(
            actor=cast.office, canned_id=None, unit_id=cast.so.pk, title="Chuyển trường", text="C"
        )
    comment(page)
    thread = Thread.objects.get()
    client.force_login(cast.editor)
    body = client.get(reverse("feedback:thread", args=[thread.pk]), {"mau": row.pk}).content.decode()
    assert "Cần đơn và học bạ." in body
    reply(cast, thread, canned_id=row.pk)
    assert Canned.objects.get().uses == 1


# — clocks and forgetting —————————————————————————————————————————————————————————
def test_people_are_told_once_when_it_is_soon_and_once_when_it_is_over(cast, page):
    comment(page)
    thread = Thread.objects.get()
    services.thread_assign(actor=cast.editor, thread_id=thread.pk, user_id=cast.editor.pk)
    assert services.remind() == 0
    with clock.frozen(thread.due_at - dt.timedelta(hours=1)):
        assert (services.remind(), services.remind()) == (1, 0)
    assert Notice.objects.filter(code="feedback.thread.soon").values_list("user", flat=True)[0] == cast.editor.pk
    with clock.frozen(thread.due_at + dt.timedelta(minutes=1)):
        assert (services.remind(), services.remind()) == (1, 0)
    told = set(Notice.objects.filter(code="feedback.thread.late").values_list("user", flat=True))
    assert told == {cast.editor.pk, cast.chief.pk, cast.director.pk}
    reply(cast, thread)
    assert not Notice.objects.filter(code="feedback.thread.late", cancelled_at=None).exists()


def test_words_go_after_half_a_year_figures_stay(cast, oa):
    old = clock.now() - dt.timedelta(days=181)
    with clock.frozen(old):
        message(oa, "Nhà tôi ở 12 Lê Lợi", who="111")
        thread = Thread.objects.get()
        services.thread_assign(actor=cast.editor, thread_id=thread.pk, user_id=cast.chief.pk)
        reply(cast, thread, "Sở đã ghi nhận")
    message(oa, "Còn tôi", who="222")
    assert services.forget() == 1
    thread.refresh_from_db()
    assert (thread.excerpt, thread.forgotten, thread.answered_at is not None) == ("", True, True)
    assert set(thread.remarks.values_list("masked", "sealed")) == {("", "")}
    assert Action.objects.get(pk=thread.remarks.get(side=Side.OUT).action_id).payload == {}
    kept = str(list(LogEntry.objects.values())) + str(list(Notice.objects.values()))
    assert "Lê Lợi" not in kept
    assert not Speaker.objects.filter(external_id="111").exists()
    assert Speaker.objects.filter(external_id="222").exists()
    assert services.forget() == 0


def test_a_person_may_have_everything_erased(cast, page, oa):
    message(oa, "Tôi là chị B, nhà ở ngõ 12", who="111")
    chat = Thread.objects.get(what="message")
    reply(cast, chat, "Chào chị B")
    message(oa, "Còn tôi", who="222")
    for who, error in (("editor", Refused), ("outsider", NotFound)):
        with pytest.raises(error):
            services.person_erase(actor=getattr(cast, who), thread_id=chat.pk, reason="Nhắn ngày 29/11")
    with pytest.raises(InvalidInput):
        services.person_erase(actor=cast.chief, thread_id=chat.pk, reason=" ")
    assert Speaker.objects.filter(external_id="111").exists()
    assert services.person_erase(actor=cast.chief, thread_id=chat.pk, reason="Nhắn ngày 29/11") == 1
    assert set(chat.remarks.values_list("masked", "sealed")) == {("", "")}
    assert Action.objects.get().payload == {}
    assert not Speaker.objects.filter(external_id="111").exists()
    assert remark_of(Remark.objects.get(speaker__external_id="222").external_id).masked == "Còn tôi"
    with pytest.raises(Conflict):
        services.person_erase(actor=cast.chief, thread_id=chat.pk, reason="Lần nữa")
    # They may write again: that is a new conversation.
    message(oa, "Chào Sở", who="111")
    assert Thread.objects.filter(what="message").count() == 3


def test_what_was_erased_does_not_come_back_when_the_channel_is_asked_again(cast, page):
    _new, key = comment(page, "Con tôi là Nguyễn Văn A, lớp 3B")
    thread = Thread.objects.get()
    again = Words("comment", "add", key, key, clock.now(), author="77", text="Con tôi là Nguyễn Văn A, lớp 3B")
    assert tell(page, again, polled=True) is False
    services.person_erase(actor=cast.chief, thread_id=thread.pk, reason="Gọi điện sáng nay")
    assert tell(page, again, polled=True) is False
    assert remark_of(key).masked == ""


@pytest.mark.django_db(transaction=True)
def test_several_workers_hear_everything_once(page):
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite lies in memory: threads share one lock there")
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection as mine

    from loa.channels.inbound import door, reading
    from loa.channels.inbound.models import HookEvent
    from loa.channels.inbound.rules import Arrived, identity

    now = clock.now()
    events = []
    for number in range(24):
        value = {
            "item": "comment", "verb": "add", "comment_id": f"w{number % 12}", "post_id": "p", "parent_id": "p",
            "from": {"id": "77"}, "message": f"Câu {number % 12}", "created_time": now.timestamp(),
        }  # fmt: skip
        body = {"value": value, "time": now.timestamp()}
        events.append(Arrived(page.external_id, identity(number), "comment.add", now, body))
    assert door.keep("facebook", events, {page.external_id: page}) == 24

    def worker(_number):
        try:
            return reading.drain()
        finally:
            mine.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    # One that met another in the act waits and is dealt with later.
    HookEvent.objects.filter(state="waiting").update(next_at=now, lease_until=None)
    reading.drain()
    assert not HookEvent.objects.exclude(state="done").exists()
    assert (Remark.objects.count(), Thread.objects.count()) == (12, 12)
