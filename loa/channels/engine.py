"""The delivery engine: which account is served next, and what a try's outcome means for its row.

An account is leased to one worker at a time; its deliveries go out in order. What may have been published is read
back before anything else is done with it. Runs in every `loa worker`, on any number of machines.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
import threading

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from loa.channels import notices, services
from loa.channels.holding import held_units, is_held
from loa.channels.kinds import kind_of
from loa.channels.models import Attempt, ChannelAccount, Delivery, Health
from loa.channels.rules import (
    IN_THE_WAY,
    MENDING,
    MOST_CHECKS,
    MOST_TRIES,
    MOVES,
    Intent,
    Outcome,
    Result,
    Status,
    back_off,
    breaker_rest,
    quiet_until,
)
from loa.channels.sending import LeaseLost, Sending, without_tokens
from loa.core import clock
from loa.core.errors import AppError
from loa.core.transitions import Transitions
from loa.lib.http import DoorError

log = logging.getLogger("loa.channels")
TABLE = Transitions("channels.delivery", MOVES)
#: deliveries of one account before the worker looks at the others
TURN = 20
#: what a try writes of its row; the rest may have been changed by a person meanwhile
SETTLED = [
    "code", "detail", "status", "next_at", "external_id", "permalink", "called_at", "sent_at", "tries", "checks",
]  # fmt: skip
#: for how long a post that never left because the network was away is tried again by itself
OUTAGE = dt.timedelta(hours=24)
#: seconds between looks when there is nothing to do
IDLE = 1.0
THREADS = 3
#: longest wait before what may be done twice is read back
SOON = 20.0
#: most seconds between two polls of what the channel works on
LONGEST_LOOK = 60.0
#: codes of what waits for an hour of its own: a limit of this one kind of post, not of the page; the morning
OWN_HOURS = ("own_hour", "reels_limit", "yt_upload_limit", "quiet")
#: in these something may already have happened: neither a hold nor quiet hours stop the reading back
BEGUN = (Status.CHECKING, Status.PROCESSING, Status.SENDING)


def pace(seconds: float) -> dt.timedelta:
    """A wait, scaled by LOA_DELIVERY_PACE (1; fault runs use less)."""
    return dt.timedelta(seconds=seconds * settings.LOA_DELIVERY_PACE)


def lease() -> dt.timedelta:
    """For how long an account is one worker's."""
    return dt.timedelta(seconds=settings.LOA_DELIVERY_LEASE)


def claim(worker: str) -> ChannelAccount | None:
    """Lease the account whose due delivery waits longest; None when there is nothing to do."""
    now = clock.now()
    due = Delivery.objects.filter(
        _first_of_its_post(), account=OuterRef("pk"), status__in=IN_THE_WAY, next_at__lte=now
    )
    free = (
        ChannelAccount.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), active=True)
        .filter(Q(paused_until=None) | Q(paused_until__lte=now))
        .exclude(health=Health.BROKEN)
    )
    held = held_units()
    wanted = free.filter(
        Q(Exists(due)) & (~held if held else Q(pk=None))
        | Q(Exists(due.filter(Q(status__in=BEGUN) | Q(intent__in=MENDING))))
    )
    keys = list(wanted.order_by("lease_until", "pk").values_list("pk", flat=True)[:8])
    random.shuffle(keys)
    for pk in keys:
        taken = (ChannelAccount.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=pk)).update(
            lease_owner=worker, lease_until=now + lease()
        )
        if taken:
            return ChannelAccount.objects.get(pk=pk)
    return None


def work(worker: str) -> int:
    """Serve one account for a turn. Returns how many tries were made."""
    account = claim(worker)
    if account is None:
        return 0
    made = 0
    try:
        held = is_held(account)
        while made < TURN and _step(account, worker, held):
            made += 1
            renewed = ChannelAccount.objects.filter(pk=account.pk, lease_owner=worker).update(
                lease_until=clock.now() + lease()
            )
            if not renewed:
                break
            account.refresh_from_db()
            if account.health == Health.BROKEN or (account.paused_until and account.paused_until > clock.now()):
                break
    except LeaseLost:
        log.warning("account %s: the lease ended in the middle", account.pk)
    finally:
        # Not to the past: what waits longest is found by the time the account was served last.
        ChannelAccount.objects.filter(pk=account.pk, lease_owner=worker).update(
            lease_owner="", lease_until=clock.now()
        )
    return max(made, 1)


def _head(account: ChannelAccount, *, held: bool, quiet: bool) -> Delivery | None:
    """The delivery whose turn it is: the earliest not settled that neither a hold nor the hour stops.

    What mends a post that is out waits for no other post: only for what is still under way with the same one.
    """
    mending = _mending(account)
    if mending is not None:
        return mending
    rows = Delivery.objects.filter(account=account, status__in=IN_THE_WAY, due_at__lte=clock.now())
    # What waits for the morning, a quota or its own hour stands in no post's way.
    waits = Q(intent__in=(Intent.BROADCAST, Intent.TEMPLATE)) | Q(code__in=OWN_HOURS)
    rows = rows.exclude(intent__in=MENDING).exclude(waits, next_at__gt=clock.now())
    if held or quiet:
        goes_on = Q(status__in=BEGUN)
        rows = rows.filter(goes_on if held else goes_on | Q(urgent=True))
    return rows.select_related("post", "account", "follows").order_by("due_at", "pk").first()


def _mending(account: ChannelAccount) -> Delivery | None:
    now = clock.now()
    due = _mends(account).filter(_first_of_its_post(), due_at__lte=now, next_at__lte=now)
    return due.select_related("post", "account", "follows").order_by("due_at", "pk").first()


def _mends(account: ChannelAccount) -> QuerySet[Delivery]:
    return Delivery.objects.filter(account=account, status__in=IN_THE_WAY, intent__in=MENDING)


def _first_of_its_post() -> Q:
    """Deliveries that wait for no older change or withdrawal of the same post."""
    # The oldest itself, not "none is older": see `inbound.acting.claim`.
    same = Delivery.objects.filter(follows=OuterRef("follows"), status__in=IN_THE_WAY, intent__in=MENDING)
    oldest = same.order_by("due_at", "pk").values("pk")[:1]
    return ~Q(intent__in=MENDING) | Q(follows=None) | Q(pk=Subquery(oldest))


def _step(account: ChannelAccount, worker: str, held: bool) -> bool:
    """One try of the account's head. Returns whether there may be more to do."""
    now = clock.now()
    quiet = quiet_until(clock.local(now), account.quiet_from, account.quiet_to)
    head = _head(account, held=held, quiet=quiet is not None)
    if head is None:
        if quiet is not None and not held:
            _until_morning(account, quiet)
        return False
    if head.status == Status.SENDING:
        return _cut_off(head)
    if head.next_at > now:
        # What mends a post is not late for another one's next try.
        mends = _mends(account).filter(next_at__gt=now).aggregate(at=Min("next_at"))["at"]
        until = min(head.next_at, mends or head.next_at)
        ChannelAccount.objects.filter(pk=account.pk).update(paused_until=until)
        return False
    if head.status in (Status.PENDING, Status.RETRY):
        if (head.withdraw_wanted or head.update_wanted_id) and _overtaken(head):
            return True
        if head.follows_id and not _first_is_out(head):
            return True
    return _try(head, worker)


def _until_morning(account: ChannelAccount, quiet: dt.datetime) -> None:
    """What is due in quiet hours waits for their end; the account does not: it may have to take something down."""
    rows = Delivery.objects.filter(account=account, status__in=(Status.PENDING, Status.RETRY), urgent=False)
    rows.filter(due_at__lte=clock.now(), next_at__lt=quiet).exclude(intent__in=MENDING).update(
        next_at=quiet, code="quiet"
    )


def _first_is_out(head: Delivery) -> bool:
    """Whether what an update or withdrawal is of is on the channel; else the row says so and is not sent."""
    first = Delivery.objects.get(followers=head)
    if first.status == Status.SENT and first.external_id and (not first.gone_at):
        if head.external_id != first.external_id:
            head.external_id = first.external_id
            head.save(update_fields=["external_id"])
        return True
    target, code = (Status.TODO, "no_id") if first.status == Status.SENT else (Status.CANCELLED, "superseded")
    if first.gone_at:
        target, code = Status.CANCELLED, "withdrawn"
    TABLE.require(head.status, target, "")
    if Delivery.objects.filter(pk=head.pk, status=head.status).update(status=target, code=code):
        head.status, head.code = target, code
        if target == Status.TODO:
            notices.todo(head)
    return False


def _cut_off(head: Delivery) -> bool:
    """A worker died over it. Before the call nothing can have happened; after it, it must be read back."""
    if head.called_at:
        settled = head.called_at + pace(_settles(head))
        target, at = Status.CHECKING, max(clock.now(), settled)
    else:
        target, at = Status.RETRY, clock.now()
    Delivery.objects.filter(pk=head.pk, status=Status.SENDING).update(status=target, next_at=at, code="cut_off")
    return True


@transaction.atomic
def _overtaken(head: Delivery) -> bool:
    """Whether what was about to be sent was withdrawn or corrected while its outcome was not known."""
    row = _locked(head.pk)
    return row.status == head.status and services.overtaken(row)


def _settles(row: Delivery) -> float:
    """Seconds until a look can be believed. What mends a post may be done twice: no long wait for it."""
    settles = kind_of(row.account).settles
    return min(settles, SOON) if row.intent in MENDING else settles


def _try(head: Delivery, worker: str) -> bool:
    before = Status(head.status)
    what = {Status.CHECKING: "check", Status.PROCESSING: "poll"}.get(before, "send")
    with transaction.atomic():
        TABLE.require(before, Status.SENDING, "")
        if not Delivery.objects.filter(pk=head.pk, status=before).update(status=Status.SENDING):
            return True
        number = Attempt.objects.filter(delivery=head).count() + 1
        attempt = Attempt.objects.create(
            delivery=head, number=number, what=what, worker=worker, started_at=clock.now()
        )
    head.status = Status.SENDING
    sending = Sending(head, worker, attempt)
    outcome = _ask(sending, what)
    settle(sending, what, outcome)
    return True


def _ask(sending: Sending, what: str) -> Outcome:
    kind = kind_of(sending.account)
    if sending.delivery.intent not in kind.intents:
        return Outcome(Result.REFUSED, "no_api" if kind.recalls else "no_recall")
    transport = kind.transport
    verb = {"send": transport.send, "check": transport.find, "poll": transport.poll}[what]
    try:
        return verb(sending, sending.delivery.intent)
    except DoorError as error:
        if what != "send" or error.sent is False or sending.delivery.called_at is None:
            # a question, or a request that never arrived
            return Outcome(Result.RETRY if what == "send" else Result.UNKNOWN, f"door_{error.code}", error.detail)
        return Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail)
    except LeaseLost:
        raise
    except AppError as error:
        return Outcome(Result.ACCOUNT, error.code, str(error))
    except Exception as error:
        log.exception("delivery %s", sending.delivery.pk)
        result = Result.UNKNOWN if sending.delivery.called_at or what != "send" else Result.RETRY
        return Outcome(result, "program", type(error).__name__)


@transaction.atomic
def settle(sending: Sending, what: str, outcome: Outcome) -> None:
    """Write what a try came to: attempt, delivery, account."""
    row, now = sending.delivery, clock.now()
    # First the row, then its account, as who withdraws a story does; from here on nobody may ask for anything.
    _locked(row.pk)
    account = ChannelAccount.objects.select_for_update().get(pk=row.account_id)
    if account.lease_owner != sending.worker:
        raise LeaseLost
    answer = sending.last
    Attempt.objects.filter(pk=sending.attempt.pk).update(
        finished_at=now,
        result=outcome.result,
        http_status=answer.status if answer else None,
        request_id=(answer.header("x-fb-request-id") or answer.header("x-request-id"))[:120] if answer else "",
        body=without_tokens(answer.body.decode("utf-8", "replace")) if answer else outcome.detail[:600],
    )
    row.code, row.detail = outcome.code[:40], outcome.detail[:600]
    target, wait = _next(row, what, outcome)
    TABLE.require(Status.SENDING, target, "")
    row.status = target
    row.next_at = outcome.until or now + pace(wait)
    if outcome.external_id:
        row.external_id = outcome.external_id[:120]
    if outcome.permalink.startswith(("https://", "http://")):
        row.permalink = outcome.permalink[:500]
    if target in (Status.RETRY, Status.FAILED) and what != "poll":
        row.called_at = None
    if target == Status.SENT:
        row.sent_at, row.code, row.detail = now, "", ""
    row.save(update_fields=SETTLED)
    # Read anew: it may have been withdrawn or corrected in the meantime.
    if target == Status.SENT:
        services.after_sent(_locked(row.pk))
    elif target in (Status.RETRY, Status.FAILED):
        target = _unless_overtaken(row, target)
    _account(account, outcome, row)
    if target == Status.UNKNOWN:
        notices.unknown(row)
    elif target == Status.FAILED:
        notices.failed(row)
    elif target == Status.TODO:
        notices.todo(row)


def _locked(pk: int) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("post", "account", "update_wanted")
    return rows.get(pk=pk)


def _unless_overtaken(row: Delivery, target: Status) -> Status:
    """What is surely not out and was withdrawn meanwhile is over; what was corrected goes out in its new words."""
    locked = _locked(row.pk)
    if (target == Status.RETRY or locked.withdraw_wanted) and services.overtaken(locked):
        row.status, row.code = locked.status, locked.code
        return Status.CANCELLED
    return target


def _next(row: Delivery, what: str, outcome: Outcome) -> tuple[Status, float]:
    """The delivery's new state, and after how many seconds it is looked at again."""
    result = outcome.result
    if result == Result.SENT:
        return Status.SENT, 0
    if result == Result.REFUSED:
        # What is on the channel must be changed all the same, whatever its API can do: a person does it.
        by_person = row.intent in MENDING or outcome.code == "no_api"
        return (Status.TODO if by_person else Status.FAILED), 0
    if result == Result.ASK:
        return Status.UNKNOWN, 0
    if result == Result.PROCESSING:
        return _worked_on(row, what, outcome)
    if result in (Result.ACCOUNT, Result.LATER) and what == "send":
        return Status.RETRY, outcome.wait
    if result == Result.ABSENT:
        # Looked, and it is not there.
        row.tries += 1
        row.checks = 0
        return _again(row, 1)
    if what == "send" and outcome.code == "door_unreachable" and clock.now() - row.due_at < OUTAGE:
        # The network is away: nothing is wrong with the post.
        row.tries = min(row.tries + 1, MOST_TRIES - 1)
        return Status.RETRY, back_off(row.tries, random.random())  # noqa: S311
    if what == "send" and result == Result.RETRY:
        row.tries += 1
        return _again(row, outcome.wait or back_off(row.tries, random.random()))  # noqa: S311
    # UNKNOWN of a send, or a question that got no answer
    if what == "send":
        row.checks = 0
        return Status.CHECKING, max(_settles(row), outcome.wait)
    if result == Result.ACCOUNT:
        # Asked again once a person has mended the account: the channel was not silent.
        return Status.CHECKING, outcome.wait
    row.checks += 1
    if row.checks >= MOST_CHECKS:
        return Status.UNKNOWN, 0
    return Status.CHECKING, outcome.wait or back_off(row.checks, random.random())  # noqa: S311


def _worked_on(row: Delivery, what: str, outcome: Outcome) -> tuple[Status, float]:
    """The channel is at it: asked again, less and less often; after `works_for` read back, then a person asked.

    A poll that was answered is no check: only questions without an answer count as such.
    """
    row.checks = 0
    longest, wait = kind_of(row.account).works_for, outcome.wait or 5
    if longest is None or row.called_at is None:
        return Status.PROCESSING, wait
    age = (clock.now() - row.called_at).total_seconds()
    if age < longest:
        return Status.PROCESSING, max(wait, min(age / 10, LONGEST_LOOK))
    row.code = "slow_work"
    return (Status.UNKNOWN, 0) if what == "check" else (Status.CHECKING, 0)


def _again(row: Delivery, wait: float) -> tuple[Status, float]:
    if row.tries >= MOST_TRIES:
        row.code = row.code or "too_often"
        return Status.FAILED, 0
    return Status.RETRY, wait


def _account(account: ChannelAccount, outcome: Outcome, row: Delivery) -> None:
    """What the try says of the account: broken, tired, or well."""
    now = clock.now()
    if outcome.result == Result.ACCOUNT:
        was = account.health
        account.health, account.health_code = Health.BROKEN, outcome.code[:40]
        account.health_detail, account.checked_at = outcome.detail[:400], now
        if was != Health.BROKEN:
            notices.broken(account)
    elif outcome.result in (Result.RETRY, Result.UNKNOWN):
        account.failures += 1
    elif outcome.result in (Result.SENT, Result.PROCESSING):
        account.failures, account.health, account.health_code, account.health_detail = 0, Health.GOOD, "", ""
    rest = max(outcome.pause, breaker_rest(account.failures) if outcome.result != Result.SENT else 0)
    account.paused_until = now + pace(rest) if rest else None
    account.save()


# — the loop ——————————————————————————————————————————————————————————————————————
def run(worker_id: str, stop: threading.Event) -> None:
    """Serve accounts until told to stop, in a few threads: one slow channel holds up no other."""
    threads = [
        threading.Thread(target=_loop, args=(f"{worker_id[:24]}-{secrets.token_hex(4)}", stop), daemon=True)
        for _number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(timeout=1)


def _loop(worker: str, stop: threading.Event) -> None:
    while not stop.is_set():
        made = 0
        try:
            close_old_connections()
            made = work(worker)
        except Exception:
            log.exception("deliveries")
            connection.close()
        if not made:
            stop.wait(IDLE * random.uniform(0.7, 1.3))  # noqa: S311
    connection.close()


def drain(worker: str = "here", *, most: int = 1000) -> int:
    """Work until nothing is due (tests, fault runs). Returns how many turns were taken."""
    turns = 0
    while turns < most and work(worker):
        turns += 1
    return turns
