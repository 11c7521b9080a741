"""The one letter a writer may get: that there is an answer or a decision. It holds none of anybody's words."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from loa.channels.vault import opened
from loa.core.errors import AppError
from loa.core.relay import Outcome, Relay
from loa.portal.models import Comment


class Later(Exception):
    """The letter surely did not go; the job tries again."""


def tell_writer(comment_id: int) -> bool:
    """Write, once. Returns whether the letter went.

    The address is taken off the row before the letter is handed over: a letter whose fate is unknown, or cut off
    in the middle, is never sent again. Only one that surely did not go is put back. Outside a transaction.
    """
    row = Comment.objects.select_related("account__unit").filter(pk=comment_id).exclude(mail="").first()
    if row is None or not Comment.objects.filter(pk=row.pk, mail=row.mail).update(mail=""):
        return False
    try:
        kept = opened(row.mail)
    except AppError:
        return False  # sealed with a key that is gone: nobody can read the address any more
    with Relay() as relay:
        result = relay.send(compose(row, kept["email"], kept["link"]))
    if result.outcome == Outcome.LATER:
        Comment.objects.filter(pk=row.pk, mail="").update(mail=row.mail)
        raise Later(result.trouble)
    return result.outcome == Outcome.SENT


def compose(row: Comment, email: str, link: str) -> EmailMessage:
    """The letter."""
    unit = row.account.unit.name
    subject = _("Ý kiến của ông/bà đã có kết quả")
    body = _(
        "Kính gửi ông/bà,\n\n%(unit)s đã trả lời hoặc đã quyết định về ý kiến ông/bà gửi dưới một bài trên "
        "trang của đơn vị. Xem tại đây:\n\n%(link)s\n\nĐây là thư duy nhất về ý kiến này. Địa chỉ của ông/bà đã "
        "được xoá khỏi hệ thống ngay khi gửi thư. Xin đừng trả lời thư này.\n"
    ) % {"unit": unit, "link": link}
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [email])
