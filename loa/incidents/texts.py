"""Codes of hot issues as Vietnamese words: notices, audit deeds, entries of the log."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.audit.texts import Deed as AuditDeed
from loa.audit.texts import deeds
from loa.core.messages import Message, messages
from loa.incidents.models import LEVEL_LABELS, STATE_LABELS, Entry
from loa.incidents.rules import Deed, Level, State

_MESSAGES = {
    "opened": Message(gettext_lazy("%(by)s lập vấn đề nóng “%(title)s”."), icon="alert", tone="act"),
    "given": Message(gettext_lazy("%(by)s giao bạn chủ trì vấn đề nóng “%(title)s”."), icon="alert", tone="act"),
    "statement": Message(gettext_lazy("Phát ngôn về “%(title)s” chờ duyệt."), icon="pen", tone="act"),
}
_DEEDS = {
    Deed.OPENED: (
        gettext_lazy("Lập vấn đề nóng"),
        gettext_lazy("lập vấn đề nóng “%(object)s”, kèm %(count)s tin"),
    ),
    Deed.ADDED: (gettext_lazy("Cập nhật vấn đề nóng"), gettext_lazy("thêm %(count)s tin vào “%(object)s”")),
    Deed.NOTE: (gettext_lazy("Ghi việc xử lý"), gettext_lazy("ghi việc xử lý “%(object)s”")),
    Deed.GIVEN: (gettext_lazy("Giao vấn đề nóng"), gettext_lazy("giao “%(object)s” cho %(who)s")),
    Deed.LEVEL: (gettext_lazy("Đổi mức độ"), gettext_lazy("đổi mức độ của “%(object)s”")),
    Deed.STATE: (gettext_lazy("Chuyển vấn đề nóng"), gettext_lazy("chuyển trạng thái của “%(object)s”")),
    Deed.WRITTEN: (gettext_lazy("Soạn phát ngôn"), gettext_lazy("soạn phát ngôn về “%(object)s”")),
    Deed.MERGED: (
        gettext_lazy("Gộp vụ việc của vấn đề nóng"),
        gettext_lazy("gộp vụ việc “%(case)s” của “%(object)s” vào “%(into)s”"),
    ),
    Deed.APPROVED: (gettext_lazy("Duyệt phát ngôn"), gettext_lazy("duyệt phát ngôn về “%(object)s”")),
}


def entry_words(entry: Entry) -> str:
    """What the entry says, as a sentence."""
    data = entry.data
    match Deed(entry.deed):
        case Deed.OPENED:
            return _("Lập vấn đề, kèm %(n)s tin") % {"n": data.get("count", 0)}
        case Deed.ADDED:
            return _("Cập nhật thêm %(n)s tin") % {"n": data.get("count", 0)}
        case Deed.NOTE:
            return _("Ghi việc xử lý")
        case Deed.GIVEN:
            return _("Giao %(who)s chủ trì") % {"who": data.get("who", "")}
        case Deed.LEVEL:
            return _("Đổi mức độ thành “%(now)s”") % {"now": LEVEL_LABELS[Level(data["now"])]}
        case Deed.STATE:
            return _("Chuyển sang “%(now)s”") % {"now": STATE_LABELS[State(data["now"])]}
        case Deed.WRITTEN:
            return _("Soạn phát ngôn ban đầu")
        case Deed.MERGED:
            return _("Vụ việc “%(case)s” gộp vào “%(into)s”") % {
                "case": data.get("case", ""),
                "into": data.get("into", ""),
            }
        case Deed.APPROVED:
            return _("Duyệt phát ngôn ban đầu")


def register() -> None:
    """Called by ready()."""
    for code, message in _MESSAGES.items():
        messages.register(f"incidents.{code}", message)
    for deed, (short, whole) in _DEEDS.items():
        deeds.register(f"incidents.{deed.value}", AuditDeed(short, whole))
