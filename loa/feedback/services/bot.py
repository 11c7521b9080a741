"""The chatbot in a real chat: whether it answers, what it says, when a person goes on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from loa.core import clock
from loa.feedback import bot, lookup
from loa.feedback.models import Chat, Remark, Scenario, Tag, Thread
from loa.feedback.rules import HOURS, MOVES, Side, State, hours_for
from loa.lib.calendar import is_working_day
from loa.lib.vi import fold

#: a chat a person answered is the person's for so long
QUIET = dt.timedelta(hours=12)
#: words that wake the bot at once
WAKE = ("0", "menu", "bat dau")


def scenario_of(thread: Thread) -> Scenario | None:
    """The scenario that runs for the thread's account."""
    rows = Scenario.objects.filter(accounts=thread.account_id, active=True, live__isnull=False)
    return rows.select_related("live").first()


def answers(thread: Thread, remark: Remark) -> bool:
    """Whether the bot, and no person, answers these words. What people have stays theirs until it is done."""
    if thread.state in (State.OPEN, State.ELSEWHERE) or not remark.masked or scenario_of(thread) is None:
        return False
    if thread.state == State.BOT or fold(remark.masked).strip() in WAKE:
        return True
    return thread.answered_at is None or clock.now() - thread.answered_at > QUIET


def tools_for(scenario: Scenario, tree: dict[str, Any]) -> bot.Tools:
    """What the bot can look up for that unit, and whether the office is open now."""
    open_now, opens = bot.office(tree, clock.local(clock.now()), is_working_day)
    return bot.Tools(
        schools=lambda text: lookup.schools(text, scenario.unit_id),
        news=lookup.news,
        open_now=open_now,
        opens=opens,
    )


def answer(*, thread: Thread, remark: Remark) -> None:
    """Say what the scenario says, in the transaction that keeps the person's words; hand over when it says so."""
    from loa.feedback.services.answering import say
    from loa.feedback.services.hearing import open_for_people

    scenario = scenario_of(thread)
    if scenario is None or scenario.live is None:
        return
    tree = scenario.live.tree
    chat, _created = Chat.objects.select_for_update().get_or_create(thread=thread, defaults={"scenario": scenario})
    at = bot.At(chat.node, chat.expects, chat.misses)
    if chat.scenario_id != scenario.pk or (chat.node and chat.node not in tree["nodes"]):
        at = bot.At()
    turn = bot.answer(tree, at, remark.masked, tools_for(scenario, tree))
    chat.scenario, chat.node, chat.expects, chat.misses = scenario, turn.at.node, turn.at.expects, turn.at.misses
    chat.updated_at = clock.now()
    chat.save()
    last = len(turn.says) - 1
    for number, text in enumerate(turn.says):
        say(
            thread=thread,
            side=Side.BOT,
            text=text[:2000],
            actor=None,
            key=f"bot-{remark.pk}-{number}",
            choices=bot.choices(tree, turn.at) if number == last else (),
        )
    if turn.hand:
        open_for_people(thread, remark.masked, remark.at)
        if thread.due_at is None:
            thread.due_at = remark.at + dt.timedelta(hours=hours_for(remark.masked)[0] or HOURS)
        if turn.hand == "feedback":
            tag, _created = Tag.objects.get_or_create(unit_id=thread.home_id, name="Phản ánh")
            thread.tags.add(tag)
    elif thread.state != State.BOT:
        if thread.state == State.DONE:
            MOVES.require(thread.state, State.BOT, "")
        thread.state = State.BOT
    thread.save()
