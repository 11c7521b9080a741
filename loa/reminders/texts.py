"""Words of reminders: the notice, the mail, the deeds, the states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.audit.texts import Deed, deeds
from loa.core.messages import Message, messages
from loa.lib.calendar import day_words, due_words
from loa.reminders.models import Digest
from loa.reminders.rules import DAY, Cause, CauseKind

KIND_LABELS = {
    CauseKind.TASK: gettext_lazy("Nhiệm vụ của kế hoạch"),
    CauseKind.DUTY: gettext_lazy("Chỉ tiêu, thời hạn, việc định kỳ"),
    CauseKind.REPORT: gettext_lazy("Báo cáo chờ ký"),
    CauseKind.APPROVAL: gettext_lazy("Bài chờ đơn vị duyệt"),
    CauseKind.REVIEW: gettext_lazy("Bài chờ Ban Biên tập"),
    CauseKind.OFFICE: gettext_lazy("Lời nhắc của cơ quan cấp trên"),
}
STATE_TONES = {
    Digest.State.READY: "wait",
    Digest.State.SENDING: "wait",
    Digest.State.SENT: "done",
    Digest.State.UNKNOWN: "act",
    Digest.State.FAILED: "act",
    Digest.State.DROPPED: "plain",
    Digest.State.TOLD: "done",
}


class DigestMessage(Message):
    """The notice of a day: with the late ones counted when there are some."""

    def render(self, data: dict[str, Any]) -> str:
        """The Vietnamese sentence."""
        if data.get("n") == 1:
            sentence = _("Một việc quá hạn: “%(first)s”.") if data.get("late") else _("Việc cần nhớ: “%(first)s”.")
        elif data.get("late"):
            sentence = _("%(n)s việc cần nhớ, trong đó %(late)s việc quá hạn; trước hết “%(first)s”.")
        else:
            sentence = _("%(n)s việc cần nhớ; trước hết “%(first)s”.")
        return sentence % data


def register() -> None:
    """Called in `ready()`."""
    messages.register("reminders.digest", DigestMessage("", icon="clock", tone="act"))
    deeds.register(
        "reminders.changed", Deed(gettext_lazy("Đổi cách nhắc việc"), gettext_lazy("Đổi cách nhắc việc"))
    )
    deeds.register(
        "reminders.stopped",
        Deed(gettext_lazy("Thôi nhận thư nhắc"), gettext_lazy("Thôi nhận thư nhắc, theo liên kết trong thư")),
    )


def stands(cause: Cause, today: dt.date) -> str:
    """How a cause stands in time: "trễ 3 ngày", "còn 2 ngày làm việc", "chờ từ 20/11"."""
    if cause.due is not None:
        return due_words(today, cause.due)
    waited = (today - cause.anchor).days
    if waited < 1:
        return _("từ hôm nay")
    if cause.kind == CauseKind.OFFICE:
        return _("ngày %s") % f"{cause.anchor:%d/%m}"
    return _("chờ %s ngày") % waited


def tone(cause: Cause, today: dt.date) -> str:
    """The chip's tone."""
    if cause.late(today) or cause.kind == CauseKind.OFFICE:
        return "act"
    return "wait" if cause.due is None or (cause.due - today).days <= 3 else "plain"


def _line(cause: Cause, today: dt.date) -> str:
    facts = ", ".join(part for part in (stands(cause, today), cause.note, cause.unit) if part)
    return f"- {cause.title}\n  {facts}\n  {settings.BASE_URL}{cause.url}"


def _section(title: str, causes: Iterable[Cause], today: dt.date) -> list[str]:
    lines = [_line(cause, today) for cause in causes]
    return [title.upper(), "", "\n\n".join(lines), ""] if lines else []


def compose(digest: Digest, told: list[Cause], week: list[Cause], token: str, today: dt.date) -> EmailMessage:
    """The mail of one day: what the person is reminded of, and on the day of it the summary of the week."""
    user = digest.user
    shown = {cause.key for cause in told}
    rest = [cause for cause in week if cause.key not in shown]
    soon = [cause for cause in rest if cause.due is None or cause.due <= today + 7 * DAY]
    count = len(told) + (len(soon) if week else 0)
    if told:
        subject = _("Loa: %(n)s việc cần nhớ, %(day)s") % {"n": count, "day": f"{today:%d/%m/%Y}"}
    else:
        subject = _("Loa: việc tuần này, %(n)s việc") % {"n": count}
    late = [cause for cause in told if cause.late(today)]
    office = [cause for cause in told if cause.kind == CauseKind.OFFICE]
    ahead = [cause for cause in told if cause not in late and cause not in office]
    body = [_("Chào %s,") % user.get_full_name(), ""]
    body += [_("Loa nhắc anh/chị, %s:") % day_words(today), ""]
    body += _section(_("Lời nhắc của cơ quan cấp trên"), office, today)
    body += _section(_("Đã quá hạn"), late, today)
    body += _section(_("Sắp đến hạn, đang chờ"), ahead, today)
    body += _section(_("Còn lại trong tuần này"), soon, today)
    stop = f"{settings.BASE_URL}/nhac-viec/{token}/"
    body += [
        _("Xem tất cả: %s") % f"{settings.BASE_URL}/lam-viec/nhac-viec/",
        _("Đổi cách nhắc: %s") % f"{settings.BASE_URL}/lam-viec/nhac-viec/cach-nhac/",
        _("Thôi nhận thư này: %s") % stop,
    ]
    # The same name at every try: a mail program shows a mail that came twice once.
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "loa"
    return EmailMessage(
        subject,
        "\n".join(body) + "\n",
        to=[user.email],
        headers={
            "Message-ID": f"<loa-digest-{digest.pk}-{digest.day:%Y%m%d}@{host}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
