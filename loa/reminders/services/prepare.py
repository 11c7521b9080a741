"""Finding whom to remind: in bounded batches, claimed, so that two workers never tell the same thing twice."""

from __future__ import annotations

import datetime as dt
import secrets
import time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from loa.accounts.models import Notice, User
from loa.accounts.services import notify_each
from loa.core import clock
from loa.org.access import in_force
from loa.org.models import Membership
from loa.reminders.models import Digest, Nudge, Preference, Reminder
from loa.reminders.rules import Cause, Wish, moment, next_at, quiet_until, sends_on, week_of, weekly_due
from loa.reminders.selectors import LATE_FOR, NUDGE_FOR, causes_of

#: people looked at in one transaction
BATCH = 100
#: how long a worker may take for one batch before another takes it over
LEASE = dt.timedelta(minutes=5)
#: the most that is told in one digest; the rest is told on the next days
MOST = 40
#: notices looked at in one go, to find those that are no longer true
LOOKED_AT = 500
KEEP = dt.timedelta(days=400)
NOTICE = "reminders.digest"
WEEK = "week"


def enrol(limit: int = 1000) -> int:
    """Give people who hold a role and have no settings yet the usual ones. Returns how many."""
    today = clock.today()
    held = Membership.objects.filter(in_force(today), user=OuterRef("pk"))
    new = User.objects.filter(Exists(held), is_active=True, reminding=None).order_by("pk")
    at = next_at(Wish(), clock.local(clock.now()))
    rows = [Preference(user_id=pk, next_at=at) for pk in new.values_list("pk", flat=True)[:limit]]
    Preference.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _claim(limit: int) -> list[Preference]:
    """People whose hour has come, for this worker alone."""
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = Preference.objects.filter(free, next_at__lte=now)
    keys = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return []
    claim = secrets.token_hex(12)
    due.filter(pk__in=keys).update(claim=claim, claimed_until=now + LEASE)
    return list(Preference.objects.filter(pk__in=keys, claim=claim).select_related("user").order_by("pk"))


def prepare_due(limit: int = BATCH) -> int:
    """Tell one batch of people whose hour has come inside Loa, and lay their mails ready. Returns how many people
    were looked at: 0 when nobody's hour has come."""
    rows = _claim(limit)
    if not rows:
        return 0
    with transaction.atomic():
        _prepare(rows)
    return len(rows)


def _prepare(rows: list[Preference]) -> None:
    now = clock.local(clock.now())
    today = now.date()
    later: list[Preference] = []
    ready: list[Preference] = []
    for row in rows:
        until = quiet_until(row.wish, now)
        if until is not None:  # the worker was away when the hour came
            row.next_at = until
        elif not sends_on(row.wish, today):
            row.next_at = next_at(row.wish, now)
        else:
            ready.append(row)
            row.next_at = next_at(row.wish, now)
        later.append(row)
    told = [row for row in ready if row.user.is_active and (row.in_app or row.by_mail)]
    causes = causes_of([row.user_id for row in told], today)
    _tell(told, causes, today)
    for row in later:
        row.claim, row.claimed_until = "", None
    Preference.objects.bulk_update(later, ["next_at", "claim", "claimed_until"])


def _wanted(row: Preference, causes: list[Cause], today: dt.date) -> list[tuple[str, str]]:
    """(cause, moment) the person is to be told of, if not told before: what can still be done in time first, then
    what is late, the latest last. What somebody waits for, and what an office said, stands with the first."""
    first = sorted(causes, key=lambda cause: (cause.late(today), abs((cause.anchor - today).days)))
    found = [(cause.key, reached) for cause in first if (reached := moment(cause, row.wish, today))]
    if weekly_due(row.wish, today) and _kept(row, causes):
        found.append((WEEK, week_of(today)))
    return found


def _tell(rows: list[Preference], causes: dict[int, list[Cause]], today: dt.date) -> None:
    wanted = {row.user_id: _wanted(row, causes[row.user_id], today) for row in rows}
    # By moment, not by cause: of a batch there are as many causes as work, more than a statement has places for.
    moments = {reached for lines in wanted.values() for _cause, reached in lines}
    known = set(
        Reminder.objects.filter(user__in=wanted, moment__in=moments).values_list("user", "cause", "moment")
    )
    new = {
        user: untold
        for user, lines in wanted.items()
        if (untold := _cut([line for line in lines if (user, *line) not in known]))
    }
    if not new:
        return
    # The row of the day is claimed by making it; where there is one already, another worker has told this person.
    claim = secrets.token_hex(12)
    Digest.objects.bulk_create(
        [Digest(user_id=user, day=today, state=Digest.State.TOLD, claim=claim) for user in new],
        ignore_conflicts=True,
    )
    digests = {row.user_id: row for row in Digest.objects.filter(user__in=new, day=today, claim=claim)}
    Reminder.objects.bulk_create(
        [
            Reminder(user_id=user, cause=cause, moment=reached, digest=digest)
            for user, digest in digests.items()
            for cause, reached in new[user]
        ],
        ignore_conflicts=True,
    )
    mine: dict[int, set[str]] = {}
    for user, cause in Reminder.objects.filter(digest__in=digests.values()).values_list("user", "cause"):
        mine.setdefault(user, set()).add(cause)
    people = {row.user_id: row for row in rows}
    notices = []
    for user, digest in digests.items():
        row, told = people[user], mine.get(user, set())
        in_it = [cause for cause in causes[user] if cause.key in told]
        digest.weekly = WEEK in told
        digest.items = len(in_it)
        if told and row.by_mail and row.user.email:
            digest.state, digest.send_after = Digest.State.READY, clock.now()
        if row.in_app and told:
            notices.append((row.user, notice_data(in_it or _kept(row, causes[user]), today)))
    Digest.objects.bulk_update(digests.values(), ["weekly", "items", "state", "send_after"])
    # One digest stands in the bell at a time.
    users = [user.pk for user, _data in notices]
    Notice.objects.filter(user__in=users, code=NOTICE, read_at=None, cancelled_at=None).update(
        cancelled_at=clock.now()
    )
    notify_each(notices, code=NOTICE, url="/lam-viec/nhac-viec/", key=f"digest:{today.isoformat()}")


def _cut(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """As much as one digest holds, of what was not told before; the week's summary always."""
    singly = [line for line in lines if line[0] != WEEK]
    return singly[:MOST] + [line for line in lines if line[0] == WEEK]


def _kept(row: Preference, causes: list[Cause]) -> list[Cause]:
    return [cause for cause in causes if cause.kind not in row.muted]


def notice_data(shown: list[Cause], today: dt.date) -> dict[str, object]:
    """Data of the notice: what it counts, and what its life hangs on."""
    return {
        "n": len(shown),
        "late": sum(cause.late(today) for cause in shown),
        "first": shown[0].title,
        "causes": [cause.key for cause in shown[:MOST]],
    }


def withdraw_stale(until: float | None = None) -> int:
    """Take back unread reminders whose every cause is gone, the oldest first. Returns how many.

    `until`: a moment of `time.monotonic` after which no further batch is begun; None: all are looked at.
    """
    gone, last = 0, 0
    while until is None or time.monotonic() < until:
        unread = Notice.objects.filter(code=NOTICE, read_at=None, cancelled_at=None, pk__gt=last)
        rows = list(unread.order_by("pk").only("user", "data")[:LOOKED_AT])
        if not rows:
            break
        last = rows[-1].pk
        causes = causes_of({row.user_id for row in rows})
        alive = {user: {cause.key for cause in found} for user, found in causes.items()}
        stale = [row.pk for row in rows if not alive[row.user_id] & set(row.data.get("causes", ()))]
        gone += Notice.objects.filter(pk__in=stale, read_at=None).update(cancelled_at=clock.now())
    return gone


def prune() -> int:
    """Forget digests of long ago with their lines, and offices' reminders that are over. Returns how many."""
    today = clock.today()
    Nudge.objects.filter(day__lt=today - NUDGE_FOR - LATE_FOR).delete()
    return Digest.objects.filter(day__lt=today - KEEP).delete()[1].get("reminders.Digest", 0)
