"""Codes of the newsroom as Vietnamese words: reasons, notices, what happened on the road."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.messages import Message, messages
from loa.newsroom.rules import Reason

REASON_LABELS = {
    Reason.FIGURES: _("Cần thêm số liệu hoặc tên người"),
    Reason.PHOTO: _("Ảnh chưa phù hợp"),
    Reason.CONSENT: _("Thiếu đồng ý cho dùng hình ảnh"),
    Reason.WORDING: _("Cần viết lại cho rõ, gọn"),
    Reason.NOT_NOW: _("Chưa phải lúc đăng"),
    Reason.OTHER: _("Lý do khác"),
}

STATION_LABELS = {
    "write": _("Viết"),
    "unit": _("Đơn vị"),
    "board": _("Biên tập"),
    "publish": _("Đăng"),
}

#: what happened, for the journey page; %(who)s is printed before it in bold
STEP_LABELS = {
    "created": _("bắt đầu viết"),
    "submitted": _("gửi duyệt"),
    "recalled": _("rút bài về để sửa thêm"),
    "approved_unit": _("duyệt cho đơn vị"),
    "unit_passed": _("Bài chuyển thẳng đến Ban Biên tập"),
    "returned_unit": _("trả lại"),
    "returned_board": _("trả lại"),
    "claimed": _("nhận biên tập"),
    "board_edited": _("sửa trong bài"),
    "scheduled": _("duyệt và hẹn giờ đăng"),
    "unscheduled": _("bỏ hẹn giờ"),
    "published": _("đăng bài"),
    "corrected": _("đính chính"),
    "withdrawn": _("gỡ bài"),
    "moved_unit": _("Bài chuyển sang đơn vị tiếp nhận"),
    "reopened": _("mở lại để biên tập"),
}

_MESSAGES = {
    "to_approve": Message(_("%(who)s gửi bài “%(title)s”, chờ bạn duyệt."), icon="story", tone="act"),
    "to_review": Message(_("%(unit)s gửi bài “%(title)s”, chờ Ban Biên tập."), icon="story", tone="act"),
    "assigned": Message(_("%(who)s giao bạn biên tập bài “%(title)s”."), icon="story", tone="act"),
    "taken_over": Message(_("%(who)s nhận biên tập thay bạn bài “%(title)s”."), icon="story"),
    "returned": Message(_("%(who)s trả lại bài “%(title)s”: %(reason)s"), icon="back", tone="act"),
    "approved_unit": Message(_("%(who)s đã duyệt bài “%(title)s”. Bài đang ở Ban Biên tập."), icon="check"),
    "unit_passed": Message(_("Bài “%(title)s” đến thẳng Ban Biên tập: đơn vị chưa có người duyệt."), icon="story"),
    "recalled": Message(_("%(who)s rút bài “%(title)s” về để sửa thêm."), icon="back"),
    "scheduled": Message(_("Bài “%(title)s” đã được duyệt, hẹn đăng lúc %(at)s."), icon="clock", tone="done"),
    "unscheduled": Message(_("Bài “%(title)s” bỏ hẹn giờ đăng, đang ở Ban Biên tập."), icon="clock"),
    "blocked": Message(_("Bài “%(title)s” đến giờ nhưng chưa đăng được: %(reason)s"), icon="alert", tone="act"),
    "published": Message(_("Bài “%(title)s” đã đăng."), icon="check", tone="done"),
    "withdrawn": Message(_("Bài “%(title)s” đã gỡ: %(reason)s"), icon="alert", tone="act"),
    "corrected": Message(_("Bài “%(title)s” có đính chính: %(reason)s"), icon="pencil"),
    "moved_unit": Message(_("%(old)s đã sắp xếp lại: bài “%(title)s” nay thuộc %(new)s."), icon="units"),
    "comment": Message(_("%(who)s góp ý bài “%(title)s”: %(text)s"), icon="chat"),
    "photo_refused": Message(
        _("Một ảnh trong bài “%(title)s” đã gỡ vì không còn sự đồng ý."), icon="photo", tone="act"
    ),
}


def register() -> None:
    """Put the notices of the newsroom into the message registry (from `ready()`)."""
    for code, message in _MESSAGES.items():
        messages.register(f"newsroom.story.{code}", message)
