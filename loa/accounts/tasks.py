"""Jobs about people."""

from __future__ import annotations

import datetime as dt

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _

from loa.core.jobs import Retry, job


@job(retry=Retry(attempts=5, first=dt.timedelta(minutes=1)), title=_("Gửi thư điện tử"))
def send_mail(to: list[str], subject: str, text: str, html: str = "") -> None:
    """Send one mail. The relay may have taken it before it failed to say so: then it arrives twice, which for
    these mails (a link to set a password, a warning) harms nobody."""
    message = EmailMultiAlternatives(subject, text, to=to)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@job(title=_("Khoá tài khoản lâu không dùng"))
def close_idle_accounts() -> None:
    """Close accounts nobody uses any more; forget devices whose session has run out."""
    from loa.accounts import services

    services.close_idle_accounts()
    services.prune_sessions()
