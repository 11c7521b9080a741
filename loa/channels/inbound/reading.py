"""From events to what was said: a worker takes them from the queue, upper domains hear them.

An upper domain registers with `said`: a function (Said) → whether it changed anything. It must bear the same event
twice, and events in any order: a newer one that came first is not undone by an older one.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.channels.inbound import acting, door
from loa.channels.inbound.models import HookEvent, HookState, HookTally
from loa.channels.inbound.rules import KEPT_DAYS, MOST_TRIES, Count, Kept, Words
from loa.channels.models import ChannelAccount, Delivery
from loa.channels.rules import back_off
from loa.core import clock
from loa.core.health import Reading, State
from loa.core.registry import Registry

log = logging.getLogger("loa.channels")
LEASE = dt.timedelta(seconds=60)
BATCH = 50
#: seconds between looks when there is nothing to do
IDLE = 1.0


@dataclass(frozen=True)
class Said:
    """What was said on one of our pages. `source`: what the post was made from (label, id), if by Loa."""

    account: ChannelAccount
    words: Words
    title: str = ""
    link: str = ""
    source: str = ""
    source_id: int | None = None
    #: found by asking, not told by an event
    polled: bool = False


#: asked before everybody else: whether it is somebody's own business (a code our staff sends), told to nobody else
taken: Registry[Callable[[Said], bool]] = Registry("what is nobody else's business")
said: Registry[Callable[[Said], bool]] = Registry("what was said on our pages")
#: (account, since when) → id at the channel → what is kept of it: who asks a channel stops at what is known
remembered: Registry[Callable[[ChannelAccount, dt.datetime], dict[str, Kept]]] = Registry("what is known of it")


def remembered_of(account: ChannelAccount, since: dt.datetime) -> dict[str, Kept]:
    """What is known of what was said on an account since a moment, by its id at the channel."""
    found: dict[str, Kept] = {}
    for keeper in remembered:
        found |= keeper(account, since)
    return found


def tell(
    account: ChannelAccount,
    words: Words,
    *,
    polled: bool = False,
    title: str = "",
    source: str = "",
    source_id: int | None = None,
) -> bool:
    """Let everybody hear it, in one transaction. Returns whether anything changed.

    `title`, `source`, `source_id` of the page it stands under, for pages of our own; a channel's post is looked
    up.
    """
    link, title = words.link, title or words.title
    if words.place:
        row = _posted(account, words.place)
        if row is not None:
            # The channel's address of the comment itself leads nearer than that of the post.
            nearer = bool(row.permalink) and link.startswith(row.permalink)
            title, link = row.post.title, link if nearer else row.permalink or link
            source, source_id = row.post.source, row.post.source_id
    if not link.startswith(("https://", "http://")):
        link = ""
    heard = Said(account, words, title, link, source, source_id, polled)
    with transaction.atomic():
        if any(take(heard) for take in taken):
            return True
        changed = [listener(heard) for listener in said]
    return any(changed)


def _posted(account: ChannelAccount, place: str) -> Delivery | None:
    """What we put where something was said. A film has its own number, and stands in a post with another one."""
    ours = Delivery.objects.filter(account=account, intent="publish").select_related("post")
    row = ours.filter(external_id=place).first()
    if row is None and "_" in place:
        number = Q(steps__post_id=place) | Q(external_id=place.rsplit("_", 1)[1])
        row = ours.filter(number, post__video__isnull=False).first()
    return row


def claim() -> list[int]:
    """Ids of waiting events, now this worker's until the lease ends; in the order in which things happened."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = HookEvent.objects.filter(free, state=HookState.WAITING, next_at__lte=now).order_by("at", "pk")
    claimed = []
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        taken = HookEvent.objects.filter(free, pk=pk, state=HookState.WAITING)
        if taken.update(lease_until=now + LEASE):
            claimed.append(pk)
    return claimed


def work() -> int:
    """Deal with one batch. Returns how many events."""
    claimed = claim()
    for pk in claimed:
        _one(pk)
    return len(claimed)


def _one(pk: int) -> None:
    event = HookEvent.objects.select_related("account").get(pk=pk)
    if event.state != HookState.WAITING:
        return
    try:
        with transaction.atomic():
            words = door.modules("hooks")[event.kind].words(event.account.external_id, event.name, event.body)
            if words is None:
                door.tally(event.kind, Count.IGNORED)
            elif not tell(event.account, words):
                door.tally(event.kind, Count.LATE)
            HookEvent.objects.filter(pk=pk).update(state=HookState.DONE, body={}, lease_until=None)
    except Exception:
        log.exception("event %s", pk)
        tries = event.tries + 1
        state = HookState.FAILED if tries >= MOST_TRIES else HookState.WAITING
        wait = dt.timedelta(seconds=back_off(tries, random.random()))  # noqa: S311 - spreads load
        HookEvent.objects.filter(pk=pk).update(
            state=state, tries=tries, next_at=clock.now() + wait, lease_until=None
        )


def drain() -> int:
    """Deal with everything that waits (tests). Returns how many events."""
    done = 0
    while made := work():
        done += made
    return done


def run(worker_id: str, stop: threading.Event) -> None:
    """Read events and carry out actions until told to stop."""
    threads = [
        threading.Thread(target=_loop, args=(step, stop), daemon=True)
        for step in (work, lambda: acting.work(worker_id[:40]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(timeout=1)


def _loop(step: Callable[[], Any], stop: threading.Event) -> None:
    while not stop.is_set():
        made = 0
        try:
            close_old_connections()
            made = step()
        except Exception:
            log.exception("inbound")
            connection.close()
        if not made:
            stop.wait(IDLE * random.uniform(0.7, 1.3))  # noqa: S311
    connection.close()


def forget() -> int:
    """Drop events that can no longer be sent again, and counts of last year. Returns how many events."""
    now = clock.now()
    HookTally.objects.filter(day__lt=clock.today() - dt.timedelta(days=400)).delete()
    old = HookEvent.objects.filter(received_at__lt=now - dt.timedelta(days=KEPT_DAYS))
    return int(old.delete()[0])


def standing() -> Reading:
    """The line of the system page: what waits, what was turned away today."""
    now = clock.now()
    waiting = HookEvent.objects.filter(state=HookState.WAITING)
    late = waiting.filter(next_at__lt=now - dt.timedelta(minutes=1)).count()
    today = dict.fromkeys(Count, 0)
    for code, count in HookTally.objects.filter(day=clock.today()).values_list("code", "count"):
        today[Count(code)] += count
    figure = _(
        "hôm nay nhận %(taken)d, lặp lại %(dup)d, không đổi gì %(late)d, quá cũ %(stale)d, "
        "giả mạo %(forged)d, quá cỡ %(big)d"
    ) % {
        "taken": today[Count.TAKEN],
        "dup": today[Count.DUPLICATE],
        "late": today[Count.LATE],
        "stale": today[Count.STALE],
        "forged": today[Count.FORGED],
        "big": today[Count.OVERSIZED] + today[Count.MALFORMED],
    }
    if late:
        return Reading(
            State.BAD,
            _("%(n)d tin báo từ kênh chờ quá 1 phút") % {"n": late},
            _("Xem tiến trình nền có chạy không; tin báo đã lưu, không mất."),
        )
    failed = HookEvent.objects.filter(state=HookState.FAILED).order_by("-pk").values_list("pk", flat=True)
    if failed:
        return Reading(
            State.LOOK,
            _("%(n)d tin báo không xử lý được") % {"n": len(failed)},
            _("Xem nhật ký của máy chủ; Loa đọc lại bình luận từ kênh mỗi 10 phút nên thường không thiếu."),
            mark=str(failed[0]),
        )
    silent = ChannelAccount.objects.filter(active=True, facts__has_key="hook_silent").order_by("pk")
    names = list(silent.values_list("name", flat=True)[:3])
    if names:
        return Reading(
            State.LOOK,
            _("%(names)s thôi báo tin cho Loa") % {"names": ", ".join(names)},
            _("Loa vẫn đọc lại mỗi 10 phút. Mở trang đó ở mục Các trang, OA để biết cách bật lại webhook."),
            mark="-".join(["silent", *names])[:60],
        )
    if today[Count.FORGED] or today[Count.OVERSIZED]:
        return Reading(
            State.LOOK,
            figure,
            _("Tin giả mạo không thay đổi gì. Nếu mọi tin đều bị coi là giả mạo, khoá webhook nhập chưa đúng."),
        )
    return Reading(State.GOOD, figure)
