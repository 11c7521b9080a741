"""What we do with what was said: answers, hiding, labels. Queued as rows, carried out by the workers.

As with deliveries: `called_at` is committed before the one call that says something; an answer that was lost is
looked for on the channel, and only "not there" allows another try; what cannot be looked up is for a person.
What is the same done twice (hiding, deleting, labels) is simply done again. One target's actions keep their order.

An upper domain registers with `done`: called, in the transaction, when an action is settled.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from loa.channels.inbound import door
from loa.channels.inbound.models import Action, ActionAttempt
from loa.channels.inbound.rules import REPEATABLE, Verb
from loa.channels.models import ChannelAccount, Health
from loa.channels.rules import MOST_CHECKS, MOST_TRIES, MOVES, Outcome, Result, Status, back_off
from loa.channels.sending import DoorError, LeaseLost, Talk, without_tokens
from loa.core import clock
from loa.core.errors import AppError
from loa.core.registry import Registry
from loa.core.transitions import Transitions

log = logging.getLogger("loa.channels")
TABLE = Transitions("channels.action", MOVES)
OPEN = (Status.PENDING, Status.SENDING, Status.RETRY, Status.CHECKING)
DUE = (Status.PENDING, Status.RETRY, Status.CHECKING)
#: a lost answer is looked for after so many seconds: channels show late what they took
SETTLES = 10.0

done: Registry[Callable[[Action], None]] = Registry("settled actions")


def pace(seconds: float) -> dt.timedelta:
    """A wait, scaled by LOA_DELIVERY_PACE."""
    return dt.timedelta(seconds=seconds * settings.LOA_DELIVERY_PACE)


def lease() -> dt.timedelta:
    """For how long an action is one worker's."""
    return dt.timedelta(seconds=settings.LOA_DELIVERY_LEASE)


def queue(
    *,
    actor: Any,
    account: ChannelAccount,
    verb: Verb,
    target: str,
    key: str = "",
    payload: Mapping[str, Any] | None = None,
) -> Action:
    """Put an action in the queue, in the caller's transaction. The same `key` again gives the same action."""
    row, _created = Action.objects.get_or_create(
        key=key or secrets.token_urlsafe(18),
        defaults={
            "account": account,
            "verb": verb,
            "target": target[:120],
            "payload": dict(payload or {}),
            "created_by": actor,
            "created_at": clock.now(),
            "next_at": clock.now(),
        },
    )
    return row


def again(action: Action) -> None:
    """Put what failed, was called off, or nobody could find out about, into the queue again, in the
    caller's transaction.

    Only when a person asks: they mended what stood in its way, or looked and saw that it is not there.
    """
    target = Status.PENDING if action.status == Status.CANCELLED else Status.RETRY
    TABLE.require(action.status, target, "")
    action.status, action.tries, action.checks = target, 0, 0
    action.called_at, action.next_at, action.steps = None, clock.now(), {}
    action.code, action.detail = "", ""
    action.save()


def drop(action: Action, code: str) -> None:
    """Call off what has surely not been said, in the caller's transaction; who asked for it hears of it."""
    TABLE.require(action.status, Status.CANCELLED, "")
    action.status, action.code = Status.CANCELLED, code
    action.save(update_fields=["status", "code"])
    for listener in done:
        listener(action)


class Doing(Talk):
    """One try of one action, as the kind's `talk.py` sees it."""

    def __init__(self, action: Action, worker: str) -> None:
        super().__init__(action.account)
        self.action = action
        self.worker = worker

    @property
    def since(self) -> dt.datetime:
        """The first moment at which what we said can have appeared."""
        first = self.action.steps.get("first_call")
        return dt.datetime.fromisoformat(first) if first else self.action.called_at or self.action.created_at

    def keep(self, **steps: Any) -> None:
        """Write ids the channel gave, committed before this returns."""
        self.action.steps = {**self.action.steps, **steps}
        self.action.save(update_fields=["steps"])

    def calling(self) -> None:
        """The next request says something; raises LeaseLost when another worker has the action."""
        now = clock.now()
        self.action.called_at = now
        self.action.steps = {"first_call": now.isoformat(), **self.action.steps}
        mine = Action.objects.filter(
            pk=self.action.pk,
            lease_owner=self.worker,
            lease_until__gt=now + dt.timedelta(seconds=settings.LOA_DELIVERY_TIMEOUT),
        )
        if not mine.update(called_at=now, steps=self.action.steps):
            raise LeaseLost

    def taken(self, external_id: str) -> bool:
        """Whether that id belongs to another action."""
        rows = Action.objects.filter(account=self.account, external_id=external_id)
        return rows.exclude(pk=self.action.pk).exists()


def claim(worker: str) -> Action | None:
    """Lease the action that waits longest and whose target has no earlier one open; None when there is none."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    ready = Q(status__in=DUE, next_at__lte=now) | Q(status=Status.SENDING, lease_until__lte=now)
    # The oldest open one of a target. Not "no older one exists": SQLite 3.40 answers wrongly to `id < outer id`
    # beside an IN over the same index once the table has been analysed.
    oldest = (
        Action.objects.filter(account=OuterRef("account"), target=OuterRef("target"), status__in=OPEN)
        .order_by("pk")
        .values("pk")[:1]
    )
    rows = (
        Action.objects.filter(free, ready, account__active=True)
        .exclude(account__health=Health.BROKEN)
        .filter(Q(account__paused_until=None) | Q(account__paused_until__lte=now))
        .filter(pk=Subquery(oldest))
    )
    for pk in rows.order_by("next_at", "pk").values_list("pk", flat=True)[:8]:
        if Action.objects.filter(free, ready, pk=pk).update(lease_owner=worker, lease_until=now + lease()):
            return Action.objects.select_related("account").get(pk=pk)
    return None


def work(worker: str) -> int:
    """Try one action. Returns how many were tried."""
    action = claim(worker)
    if action is None:
        return 0
    try:
        if action.status == Status.SENDING:
            _cut_off(action)
        else:
            _try(action, worker)
    except LeaseLost:
        log.warning("action %s: the lease ended in the middle", action.pk)
    finally:
        Action.objects.filter(pk=action.pk, lease_owner=worker).update(lease_owner="", lease_until=None)
    return 1


def _cut_off(action: Action) -> None:
    """A worker died over it. Before the call nothing was said; after it, it must be looked for."""
    said = action.called_at is not None and action.verb not in REPEATABLE
    action.status = Status.CHECKING if said else Status.RETRY
    action.next_at = clock.now() + pace(SETTLES if said else 0)
    action.code = "cut_off"
    action.save(update_fields=["status", "next_at", "code"])


def _try(action: Action, worker: str) -> None:
    before = Status(action.status)
    what = "check" if before == Status.CHECKING else "send"
    with transaction.atomic():
        TABLE.require(before, Status.SENDING, "")
        if not Action.objects.filter(pk=action.pk, status=before, lease_owner=worker).update(
            status=Status.SENDING
        ):
            return
        number = ActionAttempt.objects.filter(action=action).count() + 1
        attempt = ActionAttempt.objects.create(
            action=action, number=number, what=what, worker=worker, started_at=clock.now()
        )
    action.status = Status.SENDING
    doing = Doing(action, worker)
    outcome = _ask(doing, what)
    settle(doing, attempt, what, outcome)


def _ask(doing: Doing, what: str) -> Outcome:
    action = doing.action
    talk = door.modules("talk").get(action.account.kind)
    if talk is None:
        return Outcome(Result.REFUSED, "no_api")
    said = what == "send" and action.verb not in REPEATABLE
    try:
        outcome: Outcome = talk.do(doing, action) if what == "send" else talk.find(doing, action)
    except DoorError as error:
        if error.sent is False or not said or action.called_at is None:
            return Outcome(Result.RETRY if what == "send" else Result.UNKNOWN, f"door_{error.code}", error.detail)
        return Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail)
    except LeaseLost:
        raise
    except AppError as error:
        return Outcome(Result.ACCOUNT, error.code, str(error))
    except Exception as error:
        log.exception("action %s", action.pk)
        result = Result.UNKNOWN if (said and action.called_at) or what == "check" else Result.RETRY
        return Outcome(result, "program", type(error).__name__)
    if what == "send" and not said and outcome.result == Result.UNKNOWN:
        return Outcome(Result.RETRY, outcome.code, outcome.detail, wait=outcome.wait, pause=outcome.pause)
    return outcome


@transaction.atomic
def settle(doing: Doing, attempt: ActionAttempt, what: str, outcome: Outcome) -> None:
    """Write what a try came to."""
    now = clock.now()
    row = Action.objects.select_for_update(of=("self",)).select_related("account").get(pk=doing.action.pk)
    if row.lease_owner != doing.worker:
        raise LeaseLost
    answer = doing.last
    # What people said is not kept with the tries: only answers that were errors.
    failed = answer is not None and outcome.result != Result.SENT
    ActionAttempt.objects.filter(pk=attempt.pk).update(
        finished_at=now,
        result=outcome.result,
        http_status=answer.status if answer else None,
        body=without_tokens(answer.body.decode("utf-8", "replace")) if answer and failed else "",
    )
    row.code, row.detail = outcome.code[:40], outcome.detail[:600]
    target, wait = _next(row, what, outcome)
    TABLE.require(Status.SENDING, target, "")
    row.status, row.next_at = target, now + pace(wait)
    row.external_id = outcome.external_id[:120] or row.external_id
    if target in (Status.RETRY, Status.FAILED):
        row.called_at = None
    if target == Status.SENT:
        row.done_at, row.code, row.detail = now, "", ""
    row.save()
    if outcome.result == Result.ACCOUNT and outcome.code.startswith(("token", "role", "refresh")):
        _broken(row.account, outcome)
    if outcome.pause:
        ChannelAccount.objects.filter(pk=row.account_id).update(paused_until=now + pace(outcome.pause))
    if target in (Status.SENT, Status.FAILED, Status.UNKNOWN):
        for listener in done:
            listener(row)


def _broken(account: ChannelAccount, outcome: Outcome) -> None:
    """The connection must be mended by a person: said once."""
    from loa.channels import notices

    changed = ChannelAccount.objects.filter(pk=account.pk).exclude(health=Health.BROKEN)
    if changed.update(
        health=Health.BROKEN,
        health_code=outcome.code[:40],
        health_detail=outcome.detail[:400],
        checked_at=clock.now(),
    ):
        account.refresh_from_db()
        notices.broken(account)


def _next(row: Action, what: str, outcome: Outcome) -> tuple[Status, float]:
    result = outcome.result
    if result == Result.SENT:
        return Status.SENT, 0
    if result == Result.REFUSED:
        return Status.FAILED, 0
    if result == Result.ASK:
        return Status.UNKNOWN, 0
    if result == Result.ABSENT:
        again = int(row.steps.get("again") or 0)
        # A kind says how far a look that found nothing can be believed.
        if again >= getattr(door.modules("talk").get(row.account.kind), "AGAIN", 1):
            return Status.UNKNOWN, 0
        row.steps, row.checks = {**row.steps, "again": again + 1}, 0
        return Status.RETRY, 1
    if what == "send" and result in (Result.RETRY, Result.LATER, Result.ACCOUNT, Result.PROCESSING):
        row.tries += 1
        if row.tries >= MOST_TRIES or result == Result.ACCOUNT:
            return Status.FAILED, 0
        return Status.RETRY, outcome.wait or back_off(row.tries, random.random())  # noqa: S311 - spreads load
    if what == "send":
        row.checks = 0
        return Status.CHECKING, max(SETTLES, outcome.wait)
    row.checks += 1
    if row.checks >= MOST_CHECKS:
        return Status.UNKNOWN, 0
    return Status.CHECKING, outcome.wait or back_off(row.checks, random.random())  # noqa: S311 - spreads load


def drain(worker: str = "here", *, most: int = 300) -> int:
    """Work until nothing is due (tests). Returns how many tries."""
    made = 0
    while made < most and work(worker):
        made += 1
    return made
