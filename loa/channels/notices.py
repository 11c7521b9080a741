"""Telling people: a delivery that needs a decision, one that failed, an account that must be connected again."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from loa.accounts.services import cancel_notices, notify
from loa.channels import texts
from loa.channels.rules import Intent
from loa.org import access

#: which question a delivery of that intent is; all others ask whether a post is out
QUESTIONS = {
    Intent.WITHDRAW: "unknown_withdraw",
    Intent.UPDATE: "unknown_update",
    Intent.TEMPLATE: "unknown_message",
    Intent.BROADCAST: "unknown_message",
}


def _people(row: Any) -> list[Any]:
    if row.created_by is not None:
        return [row.created_by]
    return list(access.users_who_can("channel.publish", row.account.unit_id))


def _row(code: str, row: Any) -> None:
    notify(
        users=_people(row),
        code=f"channels.delivery.{code}",
        key=f"delivery-{row.pk}",
        url=reverse("channels:delivery", args=[row.pk]),
        title=str(row.post),
        account=str(row.account),
        reason=str(texts.reason(row.code, row.intent, row.status)),
    )


def unknown(row: Any) -> None:
    """A person decides."""
    _row(QUESTIONS.get(row.intent, "unknown"), row)


def settled(row: Any) -> None:
    """Nothing is asked of anybody any more."""
    for code in ("unknown", *sorted(set(QUESTIONS.values())), "failed", "todo"):
        cancel_notices(code=f"channels.delivery.{code}", key=f"delivery-{row.pk}")


def todo(row: Any) -> None:
    """A person must do it on the channel, or read the words first."""
    _row("todo", row)


def gone(row: Any) -> None:
    """It was on the channel and is not any more, and not by us."""
    _row("gone", row)


def failed(row: Any) -> None:
    """It will not be tried again by itself."""
    _row("failed", row)


def retired(account: Any, person: Any, count: int) -> None:
    """What a person had put on a page was called off with the page."""
    notify(
        users=[person],
        code="channels.account.retired",
        key=f"account-{account.pk}",
        url=f"{reverse('channels:deliveries')}?kenh={account.pk}",
        account=str(account),
        n=texts.number(count),
    )


def broadcast_retired(broadcast: Any) -> None:
    """Who asked for a broadcast hears that its OA is used no more; nobody is asked to decide."""
    cancel_notices(code="channels.broadcast.asked", key=f"broadcast-{broadcast.pk}")
    notify(
        users=[broadcast.asked_by],
        code="channels.broadcast.retired",
        key=f"broadcast-{broadcast.pk}",
        url=reverse("channels:broadcast", args=[broadcast.pk]),
        account=str(broadcast.account),
    )


def stopped(broadcast: Any, title: str) -> None:
    """Who asked for a broadcast and who approved it hear that it is not sent, and because of which article."""
    cancel_notices(code="channels.broadcast.asked", key=f"broadcast-{broadcast.pk}")
    notify(
        users=[user for user in (broadcast.asked_by, broadcast.decided_by) if user is not None],
        code="channels.broadcast.stopped",
        key=f"broadcast-{broadcast.pk}",
        url=reverse("channels:broadcast", args=[broadcast.pk]),
        account=str(broadcast.account),
        title=title,
    )


def ending_key(account: Any, end: str) -> str:
    """What tells one end from another."""
    return f"account-{account.pk}-{end}"


def ending(account: Any, words: str, end: str) -> None:
    """Something of the account ends within a month; said once for that end."""
    notify(
        users=list(access.users_who_can("channel.manage", account.unit_id)),
        code="channels.account.ending",
        key=ending_key(account, end),
        url=reverse("channels:account", args=[account.pk]),
        account=str(account),
        words=words,
    )


def broken(account: Any) -> None:
    """Nothing can be sent to it until it is connected again."""
    notify(
        users=list(access.users_who_can("channel.manage", account.unit_id)),
        code="channels.account.broken",
        key=f"account-{account.pk}",
        url=reverse("channels:account", args=[account.pk]),
        account=str(account),
        reason=str(texts.reason(account.health_code)),
    )
