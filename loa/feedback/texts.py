"""Codes → Vietnamese: notices, the log, what is wrong with a chat scenario."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from loa.channels.inbound.rules import Verb

_PROBLEMS = {
    "no_root": _("Kịch bản chưa có trang đầu."),
    "empty_menu": _("Menu “%s” chưa có mục nào."),
    "empty_text": _("Mục “%s” chưa có câu trả lời."),
    "lost": _("Mục “%s” không nằm trong menu nào."),
    "long": _("Mục “%s” dài quá 1.800 chữ."),
}


def problem(code: str) -> str:
    """The sentence for a code of `bot.problems`."""
    kind, _sign, title = code.partition(":")
    words = str(_PROBLEMS[kind])
    return words % title if "%s" in words else words


def left(words: tuple[str, int]) -> str:
    """`rules.left_words` as a person reads it."""
    kind, number = words
    return {
        "minutes": now("Còn %(n)d phút"),
        "hours": now("Còn %(n)d giờ"),
        "over_minutes": now("Quá hạn %(n)d phút"),
        "over_hours": now("Quá hạn %(n)d giờ"),
        "over_days": now("Quá hạn %(n)d ngày"),
    }[kind] % {"n": number}


_STUCK = {
    Verb.HIDE: _("Chưa ẩn được"),
    Verb.DELETE: _("Chưa xoá được"),
    Verb.UNHIDE: _("Chưa hiện lại được"),
}


def undone(verb: str) -> Any:
    """What was decided and could not be done on the channel."""
    return _STUCK[Verb(verb)]


def register() -> None:
    """Words of notices and of the audit log."""
    from loa.audit.texts import Deed, deeds
    from loa.core.messages import Message, messages

    for code, text, icon, tone in (
        ("thread.urgent", _("Cần trả lời gấp trong 6 giờ: “%(words)s”"), "alert", "act"),
        ("thread.soon", _("Sắp hết giờ trả lời: “%(words)s”"), "clock", "act"),
        ("thread.late", _("Quá giờ trả lời: “%(words)s”"), "late", "act"),
        ("thread.assigned", _("%(actor)s giao bạn trả lời: “%(words)s”"), "inbox", "act"),
        ("thread.forwarded", _("%(actor)s chuyển đơn vị bạn trả lời: “%(words)s”"), "inbox", "act"),
        ("answer.failed", _("Câu trả lời chưa gửi được (%(reason)s): “%(words)s”"), "alert", "act"),
        ("answer.unknown", _("Chưa rõ câu trả lời đã đến hay chưa, cần bạn xem: “%(words)s”"), "alert", "act"),
        ("ruling.proposed", _("%(actor)s đề nghị %(deed)s một bình luận, cần người thứ hai xem"), "law", "act"),
        ("ruling.decided", _("%(actor)s đã xem đề nghị của bạn: %(stage)s"), "law", "info"),
        ("ruling.appealed", _("Người viết khiếu nại, cần người thứ ba xem: “%(words)s”"), "law", "act"),
        ("ruling.soon", _("Sắp hết giờ quyết định đề nghị %(deed)s một bình luận (%(stage)s)"), "clock", "act"),
        ("ruling.late", _("Quá giờ quyết định đề nghị %(deed)s một bình luận (%(stage)s)"), "late", "act"),
        ("ruling.stuck", _("Chưa ẩn, xoá hoặc hiện lại được bình luận (%(reason)s): “%(words)s”"), "alert", "act"),
    ):
        messages.register(f"feedback.{code}", Message(text, icon, tone))
    for code, label in (
        ("thread.opened", _("đọc lời người dân viết")),
        ("remark.shown", _("cho hiện ý kiến bạn đọc")),
        ("remark.revealed", _("xem nguyên văn, cả số điện thoại")),
        ("thread.answered", _("trả lời người dân")),
        ("thread.assigned", _("giao người trả lời")),
        ("thread.forwarded", _("chuyển đơn vị khác trả lời")),
        ("thread.moved", _("đổi trạng thái cuộc trao đổi")),
        ("thread.noted", _("ghi chú nội bộ")),
        ("thread.tagged", _("gắn, bỏ nhãn cuộc trao đổi")),
        ("person.erased", _("xoá lời của một người theo yêu cầu của họ")),
        ("answer.decided", _("quyết định câu trả lời chưa rõ kết quả")),
        ("canned.saved", _("lưu câu trả lời mẫu")),
        ("ruling.proposed", _("đề nghị xử lý bình luận")),
        ("ruling.decided", _("quyết định xử lý bình luận")),
        ("ruling.appealed", _("nhận khiếu nại về bình luận")),
        ("ruling.appeal_decided", _("quyết định khiếu nại về bình luận")),
        ("ruling.redone", _("cho thực hiện lại quyết định về bình luận")),
        ("ground.saved", _("thêm căn cứ pháp luật để kiểm duyệt")),
        ("ground.ended", _("ghi ngày hết hiệu lực của căn cứ")),
        ("scenario.created", _("tạo kịch bản chatbot")),
        ("scenario.changed", _("sửa kịch bản chatbot")),
        ("scenario.published", _("xuất bản kịch bản chatbot")),
        ("scenario.restored", _("lấy lại phiên bản cũ của kịch bản chatbot")),
        ("scenario.switched", _("bật, tắt chatbot")),
        ("inbox.moved", _("chuyển hộp thư của đơn vị đã kết thúc cho đơn vị tiếp nhận")),
    ):
        deeds.register(f"feedback.{code}", Deed(label, "%(object)s"))
