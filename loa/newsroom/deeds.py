"""Words of the newsroom in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "newsroom.story.created": Deed(_("Bắt đầu viết bài"), _("Bắt đầu viết bài “%(object)s”")),
    "newsroom.story.submitted": Deed(_("Gửi duyệt bài"), _("Gửi duyệt bài “%(object)s”")),
    "newsroom.story.recalled": Deed(_("Rút bài về"), _("Rút bài “%(object)s” về để sửa")),
    "newsroom.story.approved_unit": Deed(_("Duyệt bài cho đơn vị"), _("Duyệt bài “%(object)s” cho đơn vị")),
    "newsroom.story.unit_passed": Deed(
        _("Bài qua bước đơn vị"), _("Bài “%(object)s” chuyển thẳng đến Ban Biên tập")
    ),
    "newsroom.story.returned_unit": Deed(_("Đơn vị trả lại bài"), _("Trả lại bài “%(object)s”: %(reason)s")),
    "newsroom.story.returned_board": Deed(
        _("Ban Biên tập trả lại bài"), _("Ban Biên tập trả lại bài “%(object)s”: %(reason)s")
    ),
    "newsroom.story.claimed": Deed(_("Nhận biên tập"), _("Nhận biên tập bài “%(object)s”")),
    "newsroom.story.assigned": Deed(_("Giao biên tập"), _("Giao %(to)s biên tập bài “%(object)s”")),
    "newsroom.story.released": Deed(_("Thôi giữ bài"), _("Thôi giữ bài “%(object)s”")),
    "newsroom.story.board_edited": Deed(_("Biên tập sửa bài"), _("Sửa trong bài “%(object)s” khi biên tập")),
    "newsroom.story.commented": Deed(_("Góp ý bài"), _("Góp ý bài “%(object)s”")),
    "newsroom.story.comment_resolved": Deed(
        _("Xử lý xong góp ý"), _("Đánh dấu đã xử lý một góp ý của bài “%(object)s”")
    ),
    "newsroom.story.comment_opened": Deed(_("Mở lại góp ý"), _("Mở lại một góp ý của bài “%(object)s”")),
    "newsroom.story.photo_added": Deed(_("Thêm ảnh"), _("Thêm ảnh vào bài “%(object)s”")),
    "newsroom.story.photo_edited": Deed(_("Sửa thông tin ảnh"), _("Sửa thông tin ảnh của bài “%(object)s”")),
    "newsroom.story.photo_consent": Deed(
        _("Ghi sự đồng ý dùng ảnh"), _("Ghi sự đồng ý dùng ảnh của bài “%(object)s”")
    ),
    "newsroom.story.photo_removed": Deed(_("Bỏ ảnh"), _("Bỏ ảnh khỏi bài “%(object)s”")),
    "newsroom.story.photos_reordered": Deed(_("Xếp lại ảnh"), _("Xếp lại ảnh của bài “%(object)s”")),
    "newsroom.story.scheduled": Deed(_("Hẹn giờ đăng"), _("Hẹn giờ đăng bài “%(object)s”")),
    "newsroom.story.unscheduled": Deed(_("Bỏ hẹn giờ đăng"), _("Bỏ hẹn giờ đăng bài “%(object)s”")),
    "newsroom.story.published": Deed(_("Đăng bài"), _("Đăng bài “%(object)s”")),
    "newsroom.story.corrected": Deed(_("Đính chính bài"), _("Đính chính bài “%(object)s”")),
    "newsroom.story.withdrawn": Deed(_("Gỡ bài"), _("Gỡ bài “%(object)s”: %(reason)s")),
    "newsroom.story.reopened": Deed(_("Mở lại bài để biên tập"), _("Mở lại bài “%(object)s” để biên tập")),
    "newsroom.story.deleted": Deed(_("Xoá bản nháp"), _("Xoá bản nháp “%(object)s”")),
    "newsroom.story.moved_unit": Deed(
        _("Chuyển bài sang đơn vị tiếp nhận"), _("Bài “%(object)s” chuyển từ %(old)s sang %(new)s")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
