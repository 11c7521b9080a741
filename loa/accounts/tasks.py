"""Jobs about people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from loa.accounts import invitations, services
from loa.accounts.models import User
from loa.core.jobs import Retry, job


@job(retry=Retry(attempts=5, first=dt.timedelta(minutes=1)), title=_("Gửi thư điện tử"))
def send_mail(to: list[str], subject: str, text: str, html: str = "") -> None:
    """Send one mail. The relay may have taken it before it failed to say so: then it arrives twice, which for
    these mails (a link to set a password, a warning) harms nobody."""
    message = EmailMultiAlternatives(subject, text, to=to)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@job(queue="slow", retry=Retry(attempts=3), title=_("Xếp thư mời vào tài khoản"))
def send_invitations(letters: list[list[Any]], stamp: str) -> None:
    """Queue a letter for each [person id, place], so that one address that fails holds no other up."""
    for user_id, place in letters:
        send_invitation.enqueue(user_id, place, stamp)


def _not_sent(user_id: int, place: str, stamp: str) -> None:
    services.invitation_unsent(user_id=user_id, stamp=stamp)


@job(
    queue="slow",
    retry=Retry(attempts=5, first=dt.timedelta(minutes=1)),
    title=_("Gửi thư mời vào tài khoản"),
    given_up=_not_sent,
)
def send_invitation(user_id: int, place: str, stamp: str) -> None:
    """Send the link of the invitation of that moment, unless it is over or the person has come by another way.

    The link is made here, so that it never lies in the queue.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None or not user.email or user.invited_at is None or user.invited_at.isoformat() != stamp:
        return
    until = invitations.open_until(user)
    if until is None:
        return
    context = {"user": user, "place": place, "link": invitations.link_for(user), "until": until}
    subject = render_to_string("account/email/invitation_subject.txt", context).strip()
    text = render_to_string("account/email/invitation_message.txt", context)
    EmailMultiAlternatives(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", text, to=[user.email]).send()
    services.invitation_sent(user_id=user_id, stamp=stamp)


@job(title=_("Khoá tài khoản lâu không dùng"))
def close_idle_accounts() -> None:
    """Close accounts nobody uses any more; forget devices whose session has run out."""
    services.close_idle_accounts()
    services.prune_sessions()
