"""Writes about people: notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from loa.accounts.models import Notice, User
from loa.core import clock


@transaction.atomic
def notify(*, users: Iterable[User], code: str, url: str = "", key: str = "", **data: Any) -> int:
    """Tell each of `users` once; with a `key`, not again while the same notice is unread. Returns how many."""
    recipients = {user.pk: user for user in users if user.is_active}
    if key:
        told = Notice.objects.filter(
            user__in=recipients, code=code, key=key, read_at=None, cancelled_at=None
        ).values_list("user_id", flat=True)
        for pk in told:
            recipients.pop(pk)
    Notice.objects.bulk_create(
        [Notice(user=user, code=code, key=key, url=url, data=data) for user in recipients.values()]
    )
    return len(recipients)


def cancel_notices(*, code: str, key: str) -> int:
    """Take back unread notices whose cause is gone. Returns how many."""
    return Notice.objects.filter(code=code, key=key, read_at=None, cancelled_at=None).update(
        cancelled_at=clock.now()
    )


def mark_read(*, actor: Any, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own unread notices as read (`ids`; None: all of them). Returns how many.

    Not audited: nothing but the person's own bell changes.
    """
    unread = Notice.objects.filter(user=actor, read_at=None, cancelled_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=clock.now())
