"""Words of reporting in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "reporting.evidence.added": Deed(_("Thêm minh chứng"), _("Thêm minh chứng “%(object)s”")),
    "reporting.evidence.counted": Deed(_("Tính minh chứng"), _("Loa tính “%(object)s” làm minh chứng")),
    "reporting.evidence.uncounted": Deed(
        _("Thôi tính minh chứng"), _("Bài “%(object)s” đã gỡ nên không còn tính")
    ),
    "reporting.evidence.refused": Deed(
        _("Không tính minh chứng"), _("Không tính minh chứng “%(object)s”: %(reason)s")
    ),
    "reporting.reminded": Deed(_("Nhắc đơn vị"), _("Nhắc đơn vị về việc quá hạn trong “%(object)s”")),
    "reporting.report.drafted": Deed(_("Soạn báo cáo"), _("Bắt đầu soạn “%(object)s”")),
    "reporting.report.edited": Deed(_("Sửa báo cáo"), _("Sửa “%(object)s”")),
    "reporting.report.submitted": Deed(_("Gửi ký duyệt báo cáo"), _("Gửi ký duyệt “%(object)s”")),
    "reporting.report.recalled": Deed(_("Lấy lại báo cáo"), _("Lấy lại “%(object)s” để sửa")),
    "reporting.report.returned": Deed(_("Trả lại báo cáo"), _("Trả lại “%(object)s”: %(reason)s")),
    "reporting.report.approved": Deed(_("Ký duyệt báo cáo"), _("Ký duyệt “%(object)s”")),
    "reporting.report.numbered": Deed(_("Vào số báo cáo"), _("Vào số %(number)s cho “%(object)s”")),
    "reporting.report.exported": Deed(_("Xuất báo cáo"), _("Xuất “%(object)s” thành tệp %(form)s")),
    "reporting.plan.wanted": Deed(
        _("Nhắc soạn kế hoạch"), _("Nhắc %(units)s đơn vị soạn kế hoạch triển khai “%(object)s”")
    ),
    "reporting.report.moved": Deed(
        _("Chuyển báo cáo sang đơn vị tiếp nhận"), _("“%(object)s” của %(old)s nay do %(new)s giữ")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
