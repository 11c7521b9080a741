"""Somebody may be in danger: whoever or whatever is talking to them, people hear of it and go on hearing of it."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.accounts.models import Notice
from loa.channels.inbound.models import Action
from loa.core import clock
from loa.feedback import bot, services
from loa.feedback.models import Chat, Thread
from loa.feedback.rules import State
from loa.feedback.tests.factories import message, zalo_account

pytestmark = pytest.mark.django_db
CRY = "Con tôi vừa bị bạo lực ở lớp, đang đi cấp cứu"


@pytest.fixture
def oa(cast):
    return zalo_account(cast.so)


@pytest.fixture
def running(cast, oa):
    """The OA with its chatbot at work."""
    row = services.scenario_create(actor=cast.chief, unit_id=cast.so.pk, name="Zalo của Sở")
    services.scenario_publish(actor=cast.chief, scenario_id=row.pk)
    services.scenario_switch(actor=cast.chief, scenario_id=row.pk, active=True, account_ids=[oa.pk])
    return oa


def told(code="urgent"):
    """Who is told of it and has not been told that it is over."""
    rows = Notice.objects.filter(code=f"feedback.thread.{code}", cancelled_at=None)
    return set(rows.values_list("user", flat=True))


def answerers(cast):
    return {cast.office.pk, cast.editor.pk, cast.chief.pk}


def sayings():
    return [action.payload["text"] for action in Action.objects.order_by("pk")]


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
