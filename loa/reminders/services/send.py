"""Sending the day's digests: what is in them is looked up again at the last moment, and none leaves twice."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F

from loa.core import clock
from loa.core.relay import Outcome, Relay
from loa.reminders.models import Digest, Preference, Reminder
from loa.reminders.rules import Cause, quiet_until
from loa.reminders.selectors import causes_of
from loa.reminders.services.prepare import WEEK
from loa.reminders.services.settings import unsubscribe_token
from loa.reminders.texts import compose

#: mails in the hands of one worker at a time
BATCH = 25
#: a relay answers within a minute (EMAIL_TIMEOUT a step), or the line breaks
LEASE = dt.timedelta(minutes=30)
ATTEMPTS = 5
FIRST_WAIT = dt.timedelta(minutes=5)


def _sweep() -> None:
    """Mails in the hands of a worker that is no more: nobody knows whether they went."""
    now = clock.now()
    Digest.objects.filter(state=Digest.State.SENDING, lease_until__lt=now).update(
        state=Digest.State.UNKNOWN, settled_at=now, trouble="the worker stopped while sending"
    )


def _claim(limit: int) -> list[Digest]:
    now = clock.now()
    due = Digest.objects.filter(state=Digest.State.READY, send_after__lte=now)
    keys = list(due.order_by("send_after", "pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return []
    claim = secrets.token_hex(12)
    due.filter(pk__in=keys).update(
        state=Digest.State.SENDING, claim=claim, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return list(Digest.objects.filter(pk__in=keys, claim=claim).select_related("user__reminding").order_by("pk"))


def _settle(digest: Digest, state: str, **fields: object) -> None:
    """Only while it is in our hands: a digest the sweep took from us stays as the sweep left it."""
    Digest.objects.filter(pk=digest.pk, claim=digest.claim, state=Digest.State.SENDING).update(
        state=state, settled_at=None if state == Digest.State.READY else clock.now(), **fields
    )


def _give_up(digest: Digest, state: str, trouble: str = "") -> None:
    """It is not sent. Whoever is told inside Loa was told; for the others it may be told another day."""
    with transaction.atomic():
        if not digest.user.reminding.in_app:
            Reminder.objects.filter(digest=digest).delete()
        _settle(digest, state, trouble=trouble)


def send_due(limit: int = BATCH) -> int:
    """Send one batch of digests. Returns how many were looked at: 0 when none is ready.

    Must run outside a transaction: the claim is committed before the first mail leaves.
    """
    _sweep()
    digests = _claim(limit)
    if not digests:
        return 0
    now = clock.local(clock.now())
    causes = causes_of({digest.user_id for digest in digests}, now.date())
    lines: dict[int, set[tuple[str, str]]] = {digest.pk: set() for digest in digests}
    rows = Reminder.objects.filter(digest__in=digests).values_list("digest", "cause", "moment")
    for pk, cause, moment in rows:
        lines[pk].add((cause, moment))
    with Relay() as relay:
        for digest in digests:
            _send(relay, digest, lines[digest.pk], causes[digest.user_id], now)
    return len(digests)


def _send(
    relay: Relay, digest: Digest, lines: set[tuple[str, str]], causes: list[Cause], now: dt.datetime
) -> None:
    wishes: Preference = digest.user.reminding
    if not (digest.user.is_active and wishes.by_mail and digest.user.email) or digest.day != now.date():
        _give_up(digest, Digest.State.DROPPED)
        return
    until = quiet_until(wishes.wish, now)
    if until is not None:
        _settle(digest, Digest.State.READY, send_after=until, attempts=F("attempts") - 1)
        return
    # Done, cancelled: not among the causes. Moved: its moments begin with another day.
    told = [
        cause
        for cause in causes
        if any(key == cause.key and moment.startswith(cause.prefix()) for key, moment in lines)
    ]
    week = [cause for cause in causes if cause.kind not in wishes.wish.muted] if (WEEK in dict(lines)) else []
    if not told and not week:
        _give_up(digest, Digest.State.DROPPED)
        return
    message = compose(digest, told, week, unsubscribe_token(wishes), now.date())
    result = relay.send(message)
    items = len({cause.key for cause in [*told, *week]})
    if result.outcome == Outcome.SENT:
        _settle(digest, Digest.State.SENT, items=items, trouble="")
    elif result.outcome == Outcome.UNKNOWN:
        _settle(digest, Digest.State.UNKNOWN, items=items, trouble=result.trouble)
    elif result.outcome == Outcome.LATER and digest.attempts < ATTEMPTS:
        wait = FIRST_WAIT * 2 ** (digest.attempts - 1)
        _settle(digest, Digest.State.READY, send_after=clock.now() + wait, trouble=result.trouble)
    else:
        _give_up(digest, Digest.State.FAILED, result.trouble)
