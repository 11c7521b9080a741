"""Sending: claim a batch, hand it over on one connection, settle it. Any number of processes, on any machines.

1. A journal is opened, then rows are claimed by a conditional UPDATE and committed: from now on they are ours
until the lease ends. 2. Letters go out; each is noted in the journal before it can arrive and after the answer.
Before every few letters the database is asked again: who has left or was barred is skipped, a hold (of this
bulletin, or of the channels for its unit) or cancelling is obeyed, the lease is renewed. 3. All outcomes are
written in one transaction together with the bulletin's counters.

Who finds the journal of a process that was killed settles from it: answered letters are settled as answered,
letters handed over without an answer are unknown and wait for a person, all others go back to the queue. On a
machine whose journals cannot be read, rows of a lease that ended are unknown.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from loa.bulletins import rules, selectors
from loa.bulletins.engine import journal as journals
from loa.bulletins.engine.mail import Press
from loa.bulletins.models import Bulletin, Delivery, Subscription
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.services.sending import bar_dead, stopped_by_itself
from loa.core import clock
from loa.core.errors import Unavailable
from loa.core.smtp import Away, Envelope, Line, Outcome
from loa.lib.mail import address_is_dead

log = logging.getLogger("loa.bulletins")

#: letters claimed at once, and after how many the database is asked again
BATCH = 200
ASK_EVERY = 20
#: after its end a lease of another machine is left alone so long, for that machine to come back and read its
#: journal
GRACE = dt.timedelta(minutes=15)


def lease_time() -> dt.timedelta:
    """For how long a batch is ours without a sign of life; longer than any answer may take."""
    return dt.timedelta(seconds=settings.LOA_BULLETIN_LEASE)


@dataclass
class Row:
    """A claimed letter with whom it goes to."""

    letter: int
    attempts: int
    subscription_id: int | None
    subscriber_id: int | None
    address: str


@dataclass
class Batch:
    """What one process holds."""

    bulletin: Bulletin
    lease: str
    rows: list[Row]
    journal: journals.Journal
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    skipped: dict[int, Why] = field(default_factory=dict)
    renewed: float = field(default_factory=time.monotonic)
    lost: bool = False
    stop: bool = False


def due_bulletins() -> list[Bulletin]:
    """Bulletins that may be sent now, the oldest first; none that a hold stops."""
    now = clock.now()
    found = (
        selectors.not_held()
        .filter(state=State.SENDING)
        .select_related("mailing_list__unit")
        .order_by("started_at", "pk")
    )
    return [row for row in found if row.wait_until is None or row.wait_until <= now]


def claim(bulletin: Bulletin, size: int = BATCH) -> Batch | None:
    """Take up to `size` letters that are due; None when there are none."""
    now = clock.now()
    due = Delivery.objects.filter(bulletin=bulletin, state=Letter.WAITING, due_at__lte=now)
    if not due.exists():
        return None
    lease = f"{secrets.token_hex(8)}-{socket.gethostname()[:10]}-{os.getpid()}"[:32]
    journal = journals.Journal(lease)
    try:
        with transaction.atomic():
            wanted = due.order_by("due_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                wanted = wanted.select_for_update(skip_locked=True)
            ids = list(wanted.values_list("pk", flat=True)[:size])
            Delivery.objects.filter(pk__in=ids, state=Letter.WAITING).update(
                state=Letter.CLAIMED, lease=lease, lease_until=now + lease_time(), attempts=F("attempts") + 1
            )
            rows = [
                Row(*values[:4], values[4] or "")
                for values in Delivery.objects.filter(lease=lease, state=Letter.CLAIMED)
                .order_by("due_at", "pk")
                .values_list(
                    "pk",
                    "attempts",
                    "subscription_id",
                    "subscription__subscriber_id",
                    "subscription__subscriber__email",
                )
            ]
    except BaseException:
        journal.close()
        raise
    if not rows:
        journal.close()
        return None
    return Batch(bulletin, lease, rows, journal)


def _ask_again(batch: Batch, rows: list[Row]) -> list[Row]:
    """Which of the next few may still go; obeys a hold and renews the lease."""
    now = clock.now()
    # Approved anew meanwhile, it is another letter: whoever takes the rest up has that one.
    same = Bulletin.objects.filter(
        pk=batch.bulletin.pk, state=State.SENDING, approved_at=batch.bulletin.approved_at
    ).exists()
    if not same or selectors.is_held(batch.bulletin.mailing_list_id):
        batch.stop = True
        return []
    if not Delivery.objects.filter(lease=batch.lease).update(lease_until=now + lease_time()):
        batch.lost = batch.stop = True
        return []
    batch.renewed = time.monotonic()
    standing = {
        pk: (status, mark)
        for pk, status, mark in Subscription.objects.filter(
            pk__in=[row.subscription_id for row in rows]
        ).values_list("pk", "state", "subscriber__fingerprint")
    }
    barred = selectors.barred(batch.bulletin.mailing_list_id, (mark for _status, mark in standing.values()))
    going = []
    for row in rows:
        known = standing.get(row.subscription_id or 0)
        if known is None:
            batch.skipped[row.letter] = Why.ERASED
        elif known[1] in barred:
            batch.skipped[row.letter] = Why.SUPPRESSED
        elif known[0] != Subscription.State.ACTIVE:
            batch.skipped[row.letter] = Why.LEFT
        else:
            going.append(row)
    return going


def _letters(batch: Batch, press: Press) -> Iterator[Envelope]:
    for at in range(0, len(batch.rows), ASK_EVERY):
        for row in _ask_again(batch, batch.rows[at : at + ASK_EVERY]):
            if time.monotonic() - batch.renewed > settings.LOA_BULLETIN_LEASE / 4:
                if not Delivery.objects.filter(lease=batch.lease).update(lease_until=clock.now() + lease_time()):
                    batch.lost = batch.stop = True
                    return
                batch.renewed = time.monotonic()
            data = press.letter(row.letter, row.address, row.subscription_id or 0, row.subscriber_id or 0)
            yield Envelope(row.letter, press.sender(row.letter), row.address, data)
        if batch.stop:
            return


def send_batch(batch: Batch, line: Line) -> None:
    """Hand a batch over and settle it. Raises Away after settling when the line broke."""
    press = Press(batch.bulletin)

    def answered(outcome: Outcome) -> None:
        if outcome.code:
            batch.journal.answered(outcome.letter, outcome.code, outcome.text)
        batch.outcomes[outcome.letter] = outcome

    broken: Away | None = None
    try:
        line.send(_letters(batch, press), started=batch.journal.started, answered=answered)
    except Away as error:
        broken = error
    except BaseException:
        # Something of our own broke: what is in the journal is settled by whoever finds it.
        batch.journal.abandon()
        raise
    settle(batch.bulletin.pk, batch.lease, batch.rows, batch.outcomes, batch.skipped)
    batch.journal.close()
    if broken is not None:
        raise broken


# — outcomes into the ledger ————————————————————————————————————————————————————————————


@transaction.atomic
def settle(
    bulletin_id: int,
    lease: str,
    rows: list[Row],
    outcomes: dict[int, Outcome],
    skipped: dict[int, Why],
) -> None:
    """Write what became of a batch, and the bulletin's counters, in one transaction.

    Rows with neither outcome nor reason go back to the queue, as if never taken. Only rows still held under
    `lease` are touched.
    """
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    now = clock.now()
    attempts = {row.letter: row.attempts for row in rows}
    subscription = {row.letter: row.subscription_id for row in rows}
    held = Delivery.objects.filter(lease=lease, state=Letter.CLAIMED)
    cancelled = bulletin.state == State.CANCELLED
    groups: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
    again: dict[tuple[dt.timedelta, int, str], list[int]] = defaultdict(list)
    dead: list[int] = []
    for letter in attempts:
        outcome = outcomes.get(letter)
        if outcome is None:
            if letter in skipped:
                groups[(Letter.SKIPPED, skipped[letter], 0, "")].append(letter)
            elif cancelled:
                groups[(Letter.SKIPPED, Why.CANCELLED, 0, "")].append(letter)
            continue
        code, text = outcome.code, " ".join(outcome.text.split())[:300]
        if code == 0:
            groups[(Letter.FAILED, Why.UNKNOWN, 0, "")].append(letter)
        elif 200 <= code < 300:
            # What a server says when all is well differs from letter to letter and helps nobody.
            groups[(Letter.SENT, Why.NONE, code, "")].append(letter)
        elif 400 <= code < 500:
            wait = rules.next_try(attempts[letter])
            if cancelled:
                groups[(Letter.SKIPPED, Why.CANCELLED, code, text)].append(letter)
            elif wait is None:
                groups[(Letter.FAILED, Why.GAVE_UP, code, text)].append(letter)
            else:
                again[(wait, code, text)].append(letter)
        else:
            groups[(Letter.FAILED, Why.REFUSED, code, text)].append(letter)
            if address_is_dead(code, text, at_recipient=outcome.at_recipient):
                dead.append(subscription[letter] or 0)
    counts: dict[str, int] = defaultdict(int)
    for (state, why, code, text), letters in groups.items():
        counts[state] += held.filter(pk__in=letters).update(
            state=state, why=why, code=code, reply=text, settled_at=now, lease="", lease_until=None
        )
    for (wait, code, text), letters in again.items():
        held.filter(pk__in=letters).update(
            state=Letter.WAITING, due_at=now + wait, code=code, reply=text, lease="", lease_until=None
        )
    held.update(state=Letter.WAITING, lease="", lease_until=None, attempts=F("attempts") - 1)
    bulletin.sent += counts[Letter.SENT]
    bulletin.failed += counts[Letter.FAILED]
    bulletin.skipped += counts[Letter.SKIPPED]
    bulletin.waiting -= sum(counts.values())
    if dead:
        bar_dead(dead)
    _after(bulletin, now)


def _after(bulletin: Bulletin, now: dt.datetime) -> None:
    """Finish when nothing waits; stop when too much fails. Saves the (locked) bulletin."""
    if bulletin.state == State.SENDING:
        if bulletin.waiting == 0:
            bulletin.state, bulletin.finished_at, bulletin.note = State.SENT, now, ""
        elif rules.too_many_failures(
            bulletin.sent - bulletin.judged_sent, bulletin.failed - bulletin.judged_failed
        ):
            stopped_by_itself(bulletin)
    bulletin.save()


def recover() -> int:
    """Settle batches whose process is gone. Returns how many letters were given back or settled."""
    found = 0
    for orphan, lock in journals.orphans():
        try:
            found += _settle_orphan(orphan.lease, orphan.answered, orphan.open_ended)
            orphan.path.unlink(missing_ok=True)
        finally:
            os.close(lock)
    over = clock.now() - GRACE
    strange = Delivery.objects.filter(state=Letter.CLAIMED, lease_until__lt=over)
    for lease in set(strange.values_list("lease", flat=True)):
        letters = set(Delivery.objects.filter(lease=lease).values_list("pk", flat=True))
        found += _settle_orphan(lease, {}, letters)
    return found


def _settle_orphan(lease: str, answered: dict[int, tuple[int, str]], open_ended: set[int]) -> int:
    rows = [
        (bulletin_id, Row(pk, attempts, subscription_id, None, ""))
        for bulletin_id, pk, attempts, subscription_id in Delivery.objects.filter(
            lease=lease, state=Letter.CLAIMED
        ).values_list("bulletin_id", "pk", "attempts", "subscription_id")
    ]
    for bulletin_id in {bulletin_id for bulletin_id, _row in rows}:
        own = [row for owner, row in rows if owner == bulletin_id]
        outcomes = {
            row.letter: Outcome(row.letter, *answered[row.letter]) for row in own if row.letter in answered
        } | {row.letter: Outcome(row.letter, 0, "") for row in own if row.letter in open_ended}
        settle(bulletin_id, lease, own, outcomes, {})
        log.warning(
            "bulletin %s: a batch of %d was left behind, %d unknown", bulletin_id, len(own), len(open_ended)
        )
    return len(rows)


# — the loop ————————————————————————————————————————————————————————————————————————————


def send_for(seconds: float, *, idle: Callable[[], bool] = lambda: False) -> int:
    """Send what is due for about so long. `idle` is asked when nothing is due: True to go on looking.

    Returns how many letters got an outcome.
    """
    until = time.monotonic() + seconds
    done = 0
    line: Line | None = None
    try:
        while time.monotonic() < until:
            batch = next((taken for row in due_bulletins() if (taken := claim(row)) is not None), None)
            if batch is None:
                if not idle():
                    break
                continue
            if line is None:
                try:
                    line = Line()
                except (Away, Unavailable) as error:
                    settle(batch.bulletin.pk, batch.lease, batch.rows, {}, {})
                    batch.journal.close()
                    _server_is_away(batch.bulletin, str(error))
                    continue
            try:
                send_batch(batch, line)
                _server_is_back(batch.bulletin)
            except Away as error:
                line.close()
                line = None
                # A line that broke on the way is simply made anew; one that brought nothing through is left alone.
                if not any(outcome.code for outcome in batch.outcomes.values()):
                    _server_is_away(batch.bulletin, str(error))
            done += len(batch.outcomes) + len(batch.skipped)
    finally:
        if line is not None:
            line.close()
    return done


def _server_is_away(bulletin: Bulletin, reason: str) -> None:
    log.warning("bulletin %s: the mail server is away: %s", bulletin.pk, reason)
    with transaction.atomic():
        row = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
        if row.state != State.SENDING:
            return  # stopped meanwhile: its note says why
        row.away += 1
        row.wait_until = clock.now() + rules.away_for(row.away)
        row.note = reason[:300]
        row.save(update_fields=["away", "wait_until", "note"])


def _server_is_back(bulletin: Bulletin) -> None:
    Bulletin.objects.filter(pk=bulletin.pk, away__gt=0).update(away=0, wait_until=None, note="")
