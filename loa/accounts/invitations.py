"""Links by which somebody who has never logged in chooses a first password.

A link is good for LOA_INVITE_DAYS, until the next one is sent, until a password was chosen by whatever way, and as
long as the account is open and its address the same (services clear `invited_at`). Nothing of it is stored: it is
signed.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.db.models import F, Q
from django.urls import reverse

from loa.accounts.models import User
from loa.core import clock

_SALT = "loa.accounts.invitation"


def token_for(user: User) -> str:
    """The link's secret for the invitation that is running."""
    if user.invited_at is None:
        raise ValueError("nobody invited this person")
    return signing.dumps([user.pk, user.invited_at.isoformat()], salt=_SALT)


def link_for(user: User) -> str:
    """The whole address, for a letter."""
    return settings.BASE_URL.rstrip("/") + reverse("account_invitation", args=[token_for(user)])


def open_until(user: User) -> dt.datetime | None:
    """Until when the person's link is good; None when there is none that is."""
    if user.invited_at is None or not waits(user):
        return None
    until = user.invited_at + dt.timedelta(days=settings.LOA_INVITE_DAYS)
    return until if until > clock.now() else None


def waits(user: User) -> bool:
    """Whether the person may be invited: an open account that nobody has entered yet."""
    return user.is_active and user.last_login is None and user.must_change_password


def unsent(user: User) -> bool:
    """Whether the letter of the person's last invitation never left, so that nobody holds its link."""
    return waits(user) and user.invited_at is not None and user.unsent_at == user.invited_at


#: the same for a query; whose accounts wait is asked beside it
UNSENT = Q(unsent_at=F("invited_at"))


def user_of(token: str) -> User | None:
    """Whom a link is for; None when it is no longer, or never was, good."""
    try:
        pk, stamp = signing.loads(token, salt=_SALT)
        sent = dt.datetime.fromisoformat(stamp)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    user = User.objects.filter(pk=pk).first()
    if user is None or user.invited_at != sent or open_until(user) is None:
        return None
    return user
