"""Words of notices and of the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds
from loa.core.messages import Message, messages

MESSAGES = {
    "to_approve": Message(_("%(who)s gửi thông cáo báo chí “%(title)s”, chờ bạn duyệt."), icon="mail", tone="act"),
    "returned": Message(_("%(who)s trả lại thông cáo báo chí “%(title)s”: %(reason)s"), icon="back", tone="act"),
}
#: why a picture stays off public channels
HELD_BACK = {
    "missing": _("còn thiếu chú thích, mô tả, nguồn hoặc sự đồng ý"),
    "story": _("người trong ảnh không đồng ý, hoặc đã rút lại, ở tin, bài gốc"),
    "press_only": _("người trong ảnh chỉ đồng ý cho báo chí dùng"),
}
DEEDS = {
    "outlet.added": Deed(_("Thêm cơ quan báo chí"), _("Thêm “%(object)s” vào danh bạ báo chí")),
    "outlet.changed": Deed(_("Sửa cơ quan báo chí"), _("Sửa “%(object)s” trong danh bạ báo chí")),
    "contact.added": Deed(_("Thêm người liên hệ báo chí"), _("Thêm %(object)s vào danh bạ báo chí")),
    "contact.changed": Deed(_("Sửa người liên hệ báo chí"), _("Sửa %(object)s trong danh bạ báo chí")),
    "contact.off": Deed(_("Thôi gửi cho người liên hệ báo chí"), _("Thôi gửi thông cáo cho %(object)s")),
    "contact.back": Deed(
        _("Gửi lại cho người liên hệ báo chí"), _("Gửi lại thông cáo cho %(object)s theo đề nghị")
    ),
    "contact.deleted": Deed(_("Xoá người liên hệ báo chí"), _("Xoá một người liên hệ của %(object)s")),
    "contact.left": Deed(_("Nhà báo tự thôi nhận"), _("Một người của %(object)s tự thôi nhận thông cáo")),
    "contact.dead": Deed(
        _("Địa chỉ báo chí không còn dùng"), _("Địa chỉ của %(object)s không còn dùng được nên Loa thôi gửi")
    ),
    "contacts.imported": Deed(
        _("Nhập danh bạ báo chí từ tệp"), _("Thêm %(count)s người nhận vào danh bạ báo chí từ một tệp")
    ),
    "beats.saved": Deed(_("Sửa mảng tin báo chí"), _("Sửa danh sách mảng tin (%(count)s mảng)")),
    "spokesperson.saved": Deed(_("Sửa người phát ngôn"), _("Ghi %(object)s vào sổ người phát ngôn")),
    "release.created": Deed(_("Soạn thông cáo báo chí"), _("Bắt đầu soạn thông cáo “%(object)s”")),
    "release.saved": Deed(_("Sửa thông cáo báo chí"), _("Sửa thông cáo “%(object)s”")),
    "file.added": Deed(_("Thêm tệp vào thông cáo"), _("Thêm tệp “%(name)s” vào “%(object)s”")),
    "file.removed": Deed(_("Bỏ tệp khỏi thông cáo"), _("Bỏ tệp “%(name)s” khỏi “%(object)s”")),
    "photo.added": Deed(_("Thêm ảnh vào thông cáo"), _("Thêm ảnh vào “%(object)s”")),
    "photo.saved": Deed(
        _("Ghi chú ảnh của thông cáo"), _("Sửa chú thích, sự đồng ý của một ảnh trong “%(object)s”")
    ),
    "photo.removed": Deed(_("Bỏ ảnh khỏi thông cáo"), _("Bỏ ảnh khỏi “%(object)s”")),
    "release.submitted": Deed(_("Gửi duyệt thông cáo"), _("Gửi duyệt thông cáo “%(object)s”")),
    "release.returned": Deed(_("Đưa thông cáo về nháp"), _("Đưa thông cáo “%(object)s” về nháp. %(reason)s")),
    "release.approved": Deed(_("Duyệt thông cáo báo chí"), _("Duyệt thông cáo “%(object)s”")),
    "release.released": Deed(_("Phát hành thông cáo"), _("Phát hành “%(object)s” tới %(count)s địa chỉ báo chí")),
    "release.cancelled": Deed(_("Huỷ thông cáo"), _("Huỷ thông cáo “%(object)s”")),
    "release.correcting": Deed(_("Soạn bản đính chính"), _("Bắt đầu đính chính thông cáo “%(object)s”")),
    "release.withdrawn": Deed(_("Thu hồi thông cáo"), _("Thu hồi thông cáo “%(object)s”: %(reason)s")),
    "letters.added": Deed(_("Gửi thêm thông cáo"), _("Gửi “%(object)s” thêm cho %(count)s địa chỉ")),
    "unknown.again": Deed(
        _("Gửi lại thư báo chí chưa rõ kết quả"), _("Gửi lại %(count)s thư chưa rõ kết quả của “%(object)s”")
    ),
    "unknown.sent": Deed(
        _("Coi thư báo chí chưa rõ là đã tới"), _("Coi %(count)s thư chưa rõ kết quả của “%(object)s” là đã tới")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, message in MESSAGES.items():
        messages.register(f"press.{code}", message)
    for code, deed in DEEDS.items():
        deeds.register(f"press.{code}", deed)
