"""Somebody may be in danger: whoever or whatever is talking to them, people hear of it and go on hearing of it."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.core import clock
from loa.feedback import bot, services
from loa.feedback.models import Chat, Thread
from loa.feedback.rules import State
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


# — told to the chatbot ———————————————————————————————————————————————————————————
@pytest.mark.parametrize(
    "before", [(), ("Chào",), ("Chào", "1"), ("Chào", "2", "1"), ("Chào", "xyz")], ids=lambda way: "-".join(way)
)
def test_a_cry_for_help_reaches_people_wherever_the_chat_stands(cast, running, before):
    with clock.frozen(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)):
        for text in before:
            message(running, text)
        said = len(sayings())
        message(running, CRY)
        thread = Thread.objects.get()
        assert (thread.state, thread.urgent) == (State.OPEN, True)
        assert thread.due_at == thread.last_in_at + dt.timedelta(hours=6)
        assert told() == answerers(cast)
        # One answer that hands over, in place of the menu.
        assert sayings()[said:] == [
            "Tôi chuyển cuộc trò chuyện này cho cán bộ phụ trách. Cán bộ trả lời trong giờ làm việc hôm nay."
        ]
        assert Chat.objects.get().node == ""
    with clock.frozen(thread.due_at - dt.timedelta(hours=1)):
        assert services.remind() == 1


@pytest.mark.parametrize("text", ["bị đánh", CRY])
def test_a_cry_for_help_is_a_case_however_short(cast, running, text):
    for before in ("Chào", "3"):
        message(running, before)
    message(running, text)
    thread = Thread.objects.get()
    assert (thread.state, thread.urgent) == (State.OPEN, True)
    assert [tag.name for tag in thread.tags.all()] == ["Phản ánh"]
    assert told() == answerers(cast)
    assert sayings()[-1].startswith("Đã nhận phản ánh của bạn và chuyển đến cán bộ phụ trách.")


def test_after_hours_the_office_s_own_words_say_what_to_do():
    off = bot.Tools(schools=lambda _text: "", news=lambda: "", open_now=False, opens="07:30 ngày 30/11/2026")
    tree = {**bot.starter("Sở"), "off": "Nguy hiểm đến tính mạng, hãy gọi 113, 115 ngay."}
    for at in (bot.At(), bot.At("dau"), bot.At("truong", "school"), bot.At("phan-anh", "feedback")):
        turn = bot.answer(tree, at, CRY, off)
        assert (len(turn.says), turn.at, bool(turn.hand)) == (1, bot.At(), True)
        assert turn.says[0].endswith("hãy gọi 113, 115 ngay.")
    plain = bot.answer(bot.starter("Sở"), bot.At(), CRY, off).says[0]
    assert plain.endswith("Hiện ngoài giờ làm việc; cán bộ trả lời từ 07:30 ngày 30/11/2026.")


def test_the_title_of_a_choice_is_a_choice():
    tree = bot.starter("Sở")
    tree["nodes"]["tin"]["title"] = "Phòng chống bạo lực học đường"
    tools = bot.Tools(schools=lambda _text: "", news=lambda: "• Tin")
    chosen = bot.answer(tree, bot.At("dau"), "Phòng chống bạo lực học đường", tools)
    assert (chosen.says, chosen.hand) == (("• Tin",), "")
    # The same words are no choice where nothing was offered, nor where a case is asked for.
    for at, hand in ((bot.At(), "person"), (bot.At("phan-anh", "feedback"), "feedback")):
        assert bot.answer(tree, at, "Phòng chống bạo lực học đường", tools).hand == hand


@pytest.mark.parametrize("word", ["0", "menu", "Bắt đầu"])
@pytest.mark.parametrize("state", [State.OPEN, State.ELSEWHERE])
def test_what_people_have_does_not_go_back_to_the_bot(cast, running, word, state):
    message(running, CRY)
    thread = Thread.objects.get()
    if state == State.ELSEWHERE:
        services.thread_set_state(actor=cast.editor, thread_id=thread.pk, state=state)
    said = len(sayings())
    message(running, word)
    thread.refresh_from_db()
    assert (thread.state, thread.urgent, len(sayings())) == (State.OPEN, True, said)
    assert thread.due_at == thread.remarks.order_by("pk").first().at + dt.timedelta(hours=6)


# — told by rewriting what was said ———————————————————————————————————————————————————
WORSE = "Cơm trưa nguội quá, cả lớp ngộ độc, nhập viện rồi"


def rewrite(account, key, text=WORSE, **time):
    """Its writer changes it, so long after it was written."""
    at = remark_of(key).at + dt.timedelta(**time)
    with clock.frozen(at):
        assert comment(account, text, verb="edit", key=key, at=at)[0] is True
    return at


@pytest.mark.parametrize("state", [State.OPEN, State.ELSEWHERE, State.DONE])
def test_rewritten_into_danger_it_presses(cast, state):
    page = facebook_account(cast.so)
    _new, key = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    if state != State.OPEN:
        services.thread_set_state(actor=cast.editor, thread_id=thread.pk, state=state)
    assert told() == set()
    at = rewrite(page, key, hours=1)
    assert standing(thread) == (State.OPEN, True, at + dt.timedelta(hours=6), 0)
    assert thread.excerpt == WORSE
    assert told() == answerers(cast)


def test_rewriting_never_gives_more_time(cast):
    page = facebook_account(cast.so)
    _new, key = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    due = thread.due_at
    rewrite(page, key, "Cơm trưa nguội quá ạ", hours=1)
    assert standing(thread) == (State.OPEN, False, due, 0)
    # Less is left than danger would have: the clock stays, people are told all the same.
    with clock.frozen(due - dt.timedelta(hours=2)):
        services.remind()
    rewrite(page, key, hours=22)
    assert standing(thread) == (State.OPEN, True, due, 1)
    assert told() == answerers(cast)
    # Once it pressed it goes on pressing, thanks or not.
    rewrite(page, key, "Cảm ơn nhà trường", hours=23)
    assert standing(thread) == (State.OPEN, True, due, 1)


def test_an_edit_found_by_asking_runs_from_when_it_was_found(cast):
    """Asking does not tell when it was rewritten: nobody is late for what nobody could know."""
    page = facebook_account(cast.so)
    _new, key = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    words = Words("comment", "add", key, key, thread.first_at, author="77", text=WORSE, place="p1")
    found = thread.first_at + dt.timedelta(hours=10)
    with clock.frozen(found):
        assert tell(page, words, polled=True) is True
    assert standing(thread) == (State.OPEN, True, found + dt.timedelta(hours=6), 0)


def test_what_the_bot_has_goes_to_people_only_when_it_presses(cast, running):
    _new, key = message(running, "Trường nào ở phường A")
    thread = Thread.objects.get()
    start = remark_of(key).at
    more = {"verb": "edit", "key": key}
    message(running, "Trường nào ở phường B", at=start + dt.timedelta(minutes=1), **more)
    assert standing(thread) == (State.BOT, False, None, 0)
    message(running, CRY, at=start + dt.timedelta(minutes=2), **more)
    assert standing(thread) == (State.OPEN, True, start + dt.timedelta(hours=6, minutes=2), 0)
    assert told() == answerers(cast)


def test_our_own_words_rewritten_press_nobody(cast):
    page = facebook_account(cast.so)
    _new, top = comment(page, "Cơm trưa nguội quá")
    thread = Thread.objects.get()
    comment(page, "Đã xem bếp", key="ours", thread=top, ours=True, at=clock.now() + dt.timedelta(minutes=1))
    comment(page, WORSE, verb="edit", key="ours", thread=top, ours=True, at=clock.now() + dt.timedelta(minutes=2))
    assert standing(thread)[:2] == (State.DONE, False)
    assert told() == set()
