"""Sending: claim a letter, hand it over, settle it. Any number of processes, on any machines.

A row is claimed by a conditional UPDATE with a lease. `handed_at` is committed before the letter can arrive. What
is found claimed after its lease was either not handed over, and goes back to the queue, or was, and then nobody
knows: a person decides. Letters to the press are few; one commit a letter is what certainty costs.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
import time

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.health import Reading
from loa.core.health import State as Standing
from loa.core.smtp import Away, Envelope, Line, Outcome
from loa.lib.mail import address_is_dead
from loa.press import selectors
from loa.press.letters import letter_of
from loa.press.models import ReleaseLetter
from loa.press.rules import Letter, State, What, Why, next_try
from loa.press.services.sending import address_dead, letter_settle

log = logging.getLogger("loa.press")
#: for how long a letter is one process's; longer than any answer of a mail server may take
LEASE = dt.timedelta(minutes=10)
#: how long to wait when the mail server is away
AWAY = dt.timedelta(minutes=3)
#: addresses of letters are kept from logs
_BAD = "5.6.0"


def claim() -> ReleaseLetter | None:
    """Take the letter that is due longest and that no hold stops; None when there is none."""
    now = clock.now()
    due = selectors.letters_not_held().filter(state=Letter.WAITING, due_at__lte=now).order_by("due_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:8]):
        lease = f"{secrets.token_hex(8)}-{socket.gethostname()[:8]}-{os.getpid()}"[:32]
        taken = ReleaseLetter.objects.filter(pk=pk, state=Letter.WAITING).update(
            state=Letter.CLAIMED, lease=lease, lease_until=now + LEASE, attempts=F("attempts") + 1, handed_at=None
        )
        if taken:
            return ReleaseLetter.objects.select_related(
                "release__unit", "release__spokesperson", "contact__outlet"
            ).get(pk=pk)
    return None


def _handed(row: ReleaseLetter) -> bool:
    """Committed before the letter can arrive; False when it is no longer ours."""
    return bool(
        ReleaseLetter.objects.filter(pk=row.pk, lease=row.lease, state=Letter.CLAIMED).update(
            handed_at=clock.now(), lease_until=clock.now() + LEASE
        )
    )


class _Lost(Exception):
    """The row is no longer ours: nothing may be handed over."""


def send(row: ReleaseLetter) -> None:
    """Hand over one claimed letter and settle it. Raises Away after settling when the mail server is away."""
    release, contact = row.release, row.contact
    if contact is None or not contact.active or not contact.outlet.active:
        letter_settle(letter_id=row.pk, lease=row.lease, state=Letter.SKIPPED, why=Why.LEFT)
        return
    if release.state != State.RELEASED and row.what != What.WITHDRAWAL:
        letter_settle(letter_id=row.pk, lease=row.lease, state=Letter.SKIPPED, why=Why.WITHDRAWN)
        return
    try:
        message = letter_of(row)
    except OSError:
        log.exception("press letter %s: a file cannot be read", row.pk)
        letter_settle(letter_id=row.pk, lease=row.lease, state=Letter.FAILED, why=Why.FILES)
        return
    try:
        outcome = _over_smtp(row, message) if settings.EMAIL_HOST else _over_django(row, message)
    except _Lost:
        return
    except Away as error:
        letter_settle(
            letter_id=row.pk, lease=row.lease, state=Letter.WAITING, again=AWAY, uncounted=True, reply=str(error)
        )
        raise
    _settle(row, outcome)


def _over_smtp(row: ReleaseLetter, message: object) -> Outcome:
    assert row.contact is not None
    data = message.as_bytes().rstrip(b"\r\n")  # type: ignore[attr-defined]
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("> ")
    found: list[Outcome] = []

    def started(_letter: int) -> None:
        if not _handed(row):
            raise _Lost

    line = Line()
    try:
        line.send(
            iter([Envelope(row.pk, sender, row.contact.email, data)]), started=started, answered=found.append
        )
    except Away:
        if not found:
            raise
    finally:
        line.close()
    return found[0]


def _over_django(row: ReleaseLetter, message: object) -> Outcome:
    """Without a mail server (the demo, tests): by Django's own backend, which keeps letters in files or memory."""
    assert row.contact is not None
    if not _handed(row):
        raise _Lost
    wrapped = EmailMultiAlternatives(to=[row.contact.email], subject=str(message["Subject"]))  # type: ignore[index]
    wrapped.message = lambda *_args, **_options: message  # type: ignore[method-assign,assignment]
    try:
        get_connection().send_messages([wrapped])
    except OSError as error:
        log.warning("press letter %s: %s", row.pk, error)
        return Outcome(row.pk, 0, "")
    return Outcome(row.pk, 250, "")


def _settle(row: ReleaseLetter, outcome: Outcome) -> None:
    code, reply = outcome.code, " ".join(outcome.text.split())
    if code == 0:
        letter_settle(letter_id=row.pk, lease=row.lease, state=Letter.FAILED, why=Why.UNKNOWN)
    elif 200 <= code < 300:
        letter_settle(letter_id=row.pk, lease=row.lease, state=Letter.SENT, code=code)
    elif 400 <= code < 500:
        wait = next_try(row.attempts)
        letter_settle(
            letter_id=row.pk,
            lease=row.lease,
            state=Letter.FAILED,
            why=Why.GAVE_UP,
            code=code,
            reply=reply,
            again=wait,
        )
    else:
        letter_settle(
            letter_id=row.pk, lease=row.lease, state=Letter.FAILED, why=Why.REFUSED, code=code, reply=reply
        )
        if row.contact_id and address_is_dead(code, reply, at_recipient=outcome.at_recipient):
            address_dead(contact_id=row.contact_id)


def recover() -> int:
    """Letters whose process is gone: back to the queue when they were not handed over, else for a person."""
    over = ReleaseLetter.objects.filter(state=Letter.CLAIMED, lease_until__lt=clock.now())
    found = 0
    for pk, lease, handed in list(over.values_list("pk", "lease", "handed_at")):
        if handed is None:
            letter_settle(letter_id=pk, lease=lease, state=Letter.WAITING, again=dt.timedelta(0), uncounted=True)
        else:
            letter_settle(letter_id=pk, lease=lease, state=Letter.FAILED, why=Why.UNKNOWN)
            log.warning("press letter %s: was handed over by a process that is gone", pk)
        found += 1
    return found


def send_for(seconds: float) -> int:
    """Send what is due for about so long. Returns how many letters were taken in hand."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        row = claim()
        if row is None:
            break
        done += 1
        try:
            send(row)
        except Away as error:
            log.warning("press: the mail server is away: %s", error)
            break
    return done


def standing() -> Reading:
    """The line of the health page."""
    late = selectors.overdue().order_by("-pk")
    count = late.count()
    if count:
        return Reading(
            Standing.BAD,
            _("%(n)d thông cáo quá giờ hơn 5 phút chưa gửi xong") % {"n": count},
            _("Xem tiến trình nền có chạy không và máy chủ thư có nhận không; thư tự gửi tiếp khi thông."),
            mark=str(late[0].pk),
        )
    unknown = ReleaseLetter.objects.filter(state=Letter.FAILED, why=Why.UNKNOWN).count()
    if unknown:
        return Reading(
            Standing.LOOK,
            _("%(n)d thư chưa rõ đã tới hay chưa") % {"n": unknown},
            _("Người phụ trách mở mục Báo chí, hỏi toà soạn rồi quyết định."),
        )
    return Reading(Standing.GOOD, _("Không thông cáo nào quá giờ"))
