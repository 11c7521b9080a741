"""From what was said on our pages to threads and remarks. Bears the same thing twice, and things in any order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from loa.accounts.services import cancel_notices, notify
from loa.channels.inbound.acting import OPEN as LEAVING
from loa.channels.inbound.reading import Said
from loa.channels.models import ChannelAccount
from loa.channels.rules import Status, same_text
from loa.channels.vault import seal
from loa.core import clock
from loa.core.heard import Heard, hand_back, hand_change, hand_over
from loa.feedback.models import Draft, Remark, Speaker, Thread
from loa.feedback.rules import MOVES, Seen, Side, State, What, hours_for
from loa.feedback.services import bot
from loa.feedback.services.wording import thread_url
from loa.lib import vi
from loa.lib.private import masked, pseudonym
from loa.org import access as rights


@transaction.atomic
def hear(said: Said) -> bool:
    """Keep what was said. Returns whether it was new or changed something."""
    words = said.words
    if words.what not in set(What) or not words.thread:
        return False
    known = None
    if words.external_id:
        known = (
            Remark.objects.select_for_update(of=("self",))
            .select_related("thread", "speaker")
            .filter(account=said.account, external_id=words.external_id)
            .first()
        )
    if known is not None:
        return _changed(known, said)
    if words.verb in ("hide", "unhide"):
        return False
    return _ours(said) if words.ours else _theirs(said)


def _speaker(account: ChannelAccount, key: str) -> Speaker | None:
    if not key:
        return None
    row, _created = Speaker.objects.get_or_create(
        account=account,
        external_id=key[:120],
        defaults={"code": pseudonym(settings.SECRET_KEY, f"{account.kind}:{key}")},
    )
    return row


def _thread(said: Said, speaker: Speaker | None) -> Thread:
    words, account = said.words, said.account
    row, _created = Thread.objects.get_or_create(
        account=account,
        what=words.what,
        key=words.thread[:120],
        defaults={
            "unit_id": account.unit_id,
            "home_id": account.unit_id,
            "speaker": speaker,
            "place": words.place[:120],
            "title": said.title[:200],
            "link": said.link[:500],
            "source": said.source,
            "source_id": said.source_id,
            "state": State.DONE,
            "first_at": words.at,
            "last_at": words.at,
        },
    )
    return Thread.objects.select_for_update(of=("self",)).select_related("account", "speaker").get(pk=row.pk)


def sealed_parts(text: str) -> tuple[str, str]:
    """(masked words, sealed words as written when masking took something out)."""
    text = vi.clean_lines(text)[:8000]
    shown = masked(text)
    return shown, seal({"text": text}) if shown != text else ""


def _theirs(said: Said) -> bool:
    words = said.words
    speaker = _speaker(said.account, words.author)
    thread = _thread(said, speaker)
    if words.verb == "remove":
        # Told before it was told of: it stays gone.
        Remark.objects.create(
            thread=thread,
            account=said.account,
            side=Side.IN,
            external_id=words.external_id[:120],
            at=words.at,
            changed_at=words.at,
            seen=Seen.TAKEN_BACK,
        )
        return True
    shown, sealed = sealed_parts(words.text)
    remark = Remark.objects.create(
        thread=thread,
        account=said.account,
        side=Side.IN,
        external_id=words.external_id[:120],
        speaker=speaker,
        masked=shown,
        sealed=sealed,
        files=[_file(one) for one in words.files[:20]],
        at=words.at,
        changed_at=words.at,
        edited=words.verb == "edit",
        seen=Seen.WAITING if words.held else Seen.VISIBLE,
    )
    if words.external_id == thread.key and thread.speaker_id != getattr(speaker, "pk", None):
        thread.speaker = speaker
    thread.first_at = min(thread.first_at, words.at)
    _hand_over(said, thread, remark)
    if thread.what == What.MESSAGE and bot.answers(thread, remark):
        _touch(thread, remark)
        thread.save()
        bot.answer(thread=thread, remark=remark)
        return True
    _touch(thread, remark)
    open_for_people(thread, shown, words.at, held=words.held)
    thread.save()
    return True


def _file(one: dict[str, str]) -> dict[str, str]:
    """What is kept of a file: never an address a browser would run."""
    url = one.get("url", "")
    return {
        "kind": one.get("kind", "")[:20],
        "url": url[:1000] if url.startswith("https://") else "",
        "name": vi.clean(one.get("name", ""))[:120],
    }


def _touch(thread: Thread, remark: Remark) -> None:
    if thread.last_in_at is None or remark.at >= thread.last_in_at:
        thread.last_in_at = remark.at
        thread.excerpt = (remark.masked or _files_word(remark))[:300]
    thread.last_at = max(thread.last_at, remark.at)


def _files_word(remark: Remark) -> str:
    from django.utils.translation import gettext as _

    return _("(gửi %(n)d tệp, ảnh)") % {"n": len(remark.files)} if remark.files else ""


def open_for_people(thread: Thread, text: str, at: dt.datetime, *, held: bool = False) -> None:
    """A person is to answer: the clock begins, or goes on when it runs already; not saved here."""
    hours, urgent = hours_for(text, held=held)
    was_open = thread.state in (State.OPEN, State.ELSEWHERE)
    if thread.state != State.OPEN:
        MOVES.require(thread.state, State.OPEN, "")
        thread.state = State.OPEN
    due = at + dt.timedelta(hours=hours) if hours else None
    if not was_open:
        thread.due_at, thread.urgent, thread.reminded = due, urgent, 0
    elif due is not None and (thread.due_at is None or due < thread.due_at):
        thread.due_at, thread.reminded = due, 0
    thread.urgent = thread.urgent or urgent
    if urgent:
        notify(
            users=list(rights.users_who_can("inbox.answer", thread.unit_id)),
            code="feedback.thread.urgent",
            key=f"thread-{thread.pk}",
            url=thread_url(thread),
            words=text[:120],
        )


def heard_key(remark: Remark) -> str:
    """What a remark is known by to those who listen."""
    return f"{remark.account.kind}:{remark.external_id or remark.pk}"


def talk_ref(remark: Remark) -> str:
    """By which those who listen find the conversation again (`feedback.talks`)."""
    return f"feedback:{remark.thread_id}-{remark.pk}"


def _hand_over(said: Said, thread: Thread, remark: Remark) -> None:
    if not remark.masked:
        return
    hand_over(
        Heard(
            unit_id=thread.home_id,
            origin=said.account.kind,
            place=said.account.name,
            place_key=f"channels:{said.account.pk}",
            key=heard_key(remark),
            text=remark.masked,
            at=remark.at,
            author=remark.speaker.code if remark.speaker else "",
            url=thread.link if thread.what == What.COMMENT else "",
            talk=talk_ref(remark),
        )
    )


def _ours(said: Said) -> bool:
    """An answer given on the channel itself; one of Loa's own comes back as an echo and is known."""
    words = said.words
    if words.verb == "remove" or not words.text:
        return False
    thread = _thread(said, _speaker(said.account, words.author) if words.what == What.MESSAGE else None)
    leaving = Remark.objects.filter(
        thread=thread, external_id="", action__status__in=(*LEAVING, Status.UNKNOWN)
    ).select_related("action")
    if any(same_text(str(one.action.payload.get("text") or ""), words.text) for one in leaving if one.action):
        return False
    shown, sealed = sealed_parts(words.text)
    Remark.objects.create(
        thread=thread,
        account=said.account,
        side=Side.OUT,
        external_id=words.external_id[:120],
        masked=shown,
        sealed=sealed,
        at=words.at,
        changed_at=words.at,
    )
    answered(thread, words.at)
    thread.save()
    return True


def answered(thread: Thread, at: dt.datetime) -> None:
    """The person has an answer: the clock stops, unless they wrote after it; not saved here."""
    spoken(thread, at)
    if thread.last_in_at is not None and at < thread.last_in_at:
        return
    thread.answered_at = at
    over(thread)


def spoken(thread: Thread, at: dt.datetime) -> None:
    """One of us said something, whether or not it answers all the person wrote; not saved here."""
    thread.last_at = max(thread.last_at, at)
    thread.turn += 1


def over(thread: Thread) -> None:
    """Nobody waits any more: no clock, nothing that presses, nobody to be told of it; not saved here."""
    if thread.state != State.DONE:
        MOVES.require(thread.state, State.DONE, "")
        thread.state = State.DONE
    thread.due_at, thread.urgent, thread.reminded = None, False, 0
    for code in ("urgent", "soon", "late"):
        cancel_notices(code=f"feedback.thread.{code}", key=f"thread-{thread.pk}")


def _changed(remark: Remark, said: Said) -> bool:
    words = said.words
    if words.verb == "add" and not said.polled:
        return False
    if remark.seen in (Seen.TAKEN_BACK, Seen.DELETED) or _forgotten(remark):
        return False
    if words.verb in ("add", "edit"):
        return _rewritten(remark, said) and _told_anew(remark, said)
    if remark.changed_at is not None and words.at < remark.changed_at:
        return False
    target = {"remove": Seen.TAKEN_BACK, "hide": Seen.HIDDEN, "unhide": Seen.VISIBLE}[words.verb]
    if remark.seen == target:
        return False
    remark.seen, remark.changed_at = target, words.at
    if target == Seen.TAKEN_BACK:
        _gone(remark)
    remark.save()
    return True


def _forgotten(remark: Remark) -> bool:
    """Whether its words went for good: kept long enough, or erased because its writer asked for it."""
    erased = remark.speaker is not None and remark.speaker.external_id.startswith("x-")
    return remark.thread.forgotten or erased


def _rewritten(remark: Remark, said: Said) -> bool:
    words = said.words
    shown, sealed = sealed_parts(words.text)
    if same_text(shown, remark.masked):
        return False
    # Asking gives the words as they stand now, but not when they were changed.
    at = remark.changed_at if said.polled else words.at
    if not said.polled and remark.changed_at is not None and words.at <= remark.changed_at:
        return False
    remark.masked, remark.sealed, remark.edited, remark.changed_at = shown, sealed, True, at
    remark.save()
    if remark.side == Side.IN:
        thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
        if thread.last_in_at is not None and remark.at >= thread.last_in_at:
            thread.excerpt = shown[:300]
        # Found by asking, it runs from when it was found: nobody is late for what nobody could know.
        at = clock.now() if said.polled else words.at
        thread.last_at = max(thread.last_at, at)
        # The bot goes on by itself unless somebody may be in danger.
        if not words.ours and (thread.state != State.BOT or hours_for(shown)[1]):
            open_for_people(thread, shown, at, held=remark.seen == Seen.WAITING)
        thread.save()
    return True


def _told_anew(remark: Remark, said: Said) -> bool:
    """Those who listen have the words as they are now; words where there were none are new to them."""
    if remark.side == Side.IN:
        hand_change(heard_key(remark), remark.masked)
        _hand_over(said, remark.thread, remark)
    return True


def _gone(remark: Remark) -> None:
    """Whoever wrote it took it back: the words go, and nobody needs to answer them any more."""
    remark.masked, remark.sealed, remark.files = "", "", []
    thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
    hand_back([heard_key(remark)])
    left: Any = Remark.objects.filter(thread=thread, side=Side.IN).exclude(pk=remark.pk)
    last = left.exclude(seen=Seen.TAKEN_BACK).order_by("-at").first()
    thread.excerpt = last.masked[:300] if last else ""
    if last is None and thread.state in (State.OPEN, State.ELSEWHERE):
        over(thread)
        Draft.objects.filter(thread=thread).delete()
    thread.save()
