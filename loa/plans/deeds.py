"""Words of this domain's audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "plans.document.uploaded": Deed(_("Đưa kế hoạch lên"), _("Đưa tệp %(filename)s lên")),
    "plans.document.replaced": Deed(
        _("Thay tệp kế hoạch"), _("Thay tệp của kế hoạch “%(object)s” bằng %(filename)s")
    ),
    "plans.document.read": Deed(_("Đọc kế hoạch"), _("Loa đọc kế hoạch “%(object)s”: %(findings)s mục")),
    "plans.document.read_again": Deed(_("Đọc lại kế hoạch"), _("Cho đọc lại kế hoạch “%(object)s”")),
    "plans.document.failed": Deed(_("Không đọc được kế hoạch"), _("Không đọc được tệp của kế hoạch “%(object)s”")),
    "plans.plan.header": Deed(_("Sửa phần đầu kế hoạch"), _("Sửa phần đầu kế hoạch “%(object)s”")),
    "plans.plan.issued": Deed(_("Ban hành, giao việc"), _("Ban hành kế hoạch “%(object)s” và giao việc")),
    "plans.plan.closed": Deed(_("Kết thúc kế hoạch"), _("Kế hoạch “%(object)s” hết kỳ")),
    "plans.finding.confirmed": Deed(
        _("Xác nhận mục đọc được"), _("Xác nhận mục %(position)s “%(label)s” của “%(object)s”")
    ),
    "plans.findings.confirmed": Deed(_("Xác nhận nhiều mục"), _("Xác nhận nhiều mục của “%(object)s”")),
    "plans.finding.dismissed": Deed(_("Bỏ mục đọc được"), _("Bỏ mục %(position)s “%(label)s” của “%(object)s”")),
    "plans.finding.reopened": Deed(_("Xem lại mục"), _("Mở lại mục %(position)s “%(label)s” của “%(object)s”")),
    "plans.finding.edited": Deed(_("Sửa mục đọc được"), _("Sửa mục %(position)s “%(label)s” của “%(object)s”")),
    "plans.finding.answered": Deed(
        _("Trả lời câu hỏi khi đối chiếu"), _("Trả lời câu hỏi ở mục %(position)s “%(label)s” của “%(object)s”")
    ),
    "plans.finding.added": Deed(_("Thêm mục đọc sót"), _("Thêm mục “%(label)s” vào “%(object)s”")),
    "plans.topic.added": Deed(_("Thêm chủ đề"), _("Thêm chủ đề “%(object)s” vào kế hoạch “%(plan)s”")),
    "plans.directive.added": Deed(_("Giao thêm việc"), _("Giao thêm “%(object)s”")),
    "plans.directive.cancelled": Deed(_("Huỷ việc đã giao"), _("Huỷ “%(object)s”: %(reason)s")),
    "plans.task.updated": Deed(_("Cập nhật nhiệm vụ"), _("Cập nhật nhiệm vụ “%(object)s”: %(percent)s%%")),
    "plans.task.assigned": Deed(_("Phân công nhiệm vụ"), _("Phân công nhiệm vụ “%(object)s” cho %(owner)s")),
    "plans.task.noted": Deed(_("Ghi chú nhiệm vụ"), _("Ghi chú vào nhiệm vụ “%(object)s”")),
    "plans.task.proved": Deed(_("Thêm minh chứng nhiệm vụ"), _("Thêm minh chứng cho nhiệm vụ “%(object)s”")),
    "plans.task.unproved": Deed(
        _("Bỏ minh chứng nhiệm vụ"), _("Bỏ minh chứng “%(title)s” của nhiệm vụ “%(object)s”")
    ),
    "plans.task.moved": Deed(
        _("Chuyển nhiệm vụ sang đơn vị tiếp nhận"), _("Nhiệm vụ “%(object)s” của %(old)s nay do %(new)s làm tiếp")
    ),
    "plans.plan.derived": Deed(
        _("Soạn kế hoạch từ cấp trên"), _("Soạn kế hoạch “%(object)s” từ kế hoạch cấp trên")
    ),
    "plans.plan.linked": Deed(
        _("Gắn với kế hoạch cấp trên"),
        _("Ghi “%(object)s” triển khai “%(plan)s”: %(topics)s nội dung, %(tasks)s việc"),
    ),
    "plans.plan.unlinked": Deed(
        _("Bỏ gắn với kế hoạch cấp trên"), _("Ghi “%(object)s” không còn triển khai “%(plan)s”")
    ),
    "plans.plan.written": Deed(_("Sửa bản soạn kế hoạch"), _("Sửa bản soạn kế hoạch “%(object)s”")),
    "plans.plan.discarded": Deed(_("Bỏ bản soạn kế hoạch"), _("Bỏ bản soạn kế hoạch “%(object)s”")),
    "plans.document.signed": Deed(_("Đính văn bản đã ký"), _("Đính văn bản đã ký %(filename)s")),
    "plans.change.accepted": Deed(
        _("Tiếp nhận thay đổi của cấp trên"), _("Tiếp nhận %(count)s thay đổi của cấp trên vào “%(object)s”")
    ),
    "plans.change.reminded": Deed(
        _("Nhắc tiếp nhận thay đổi"), _("Nhắc %(told)s người tiếp nhận thay đổi của “%(object)s”")
    ),
    "plans.amendment.started": Deed(_("Soạn điều chỉnh"), _("Soạn văn bản điều chỉnh “%(object)s”")),
    "plans.amendment.edited": Deed(_("Sửa điều chỉnh"), _("Sửa văn bản điều chỉnh “%(object)s”")),
    "plans.amendment.discarded": Deed(_("Bỏ bản soạn điều chỉnh"), _("Bỏ bản soạn điều chỉnh “%(object)s”")),
    "plans.amendment.issued": Deed(
        _("Ban hành điều chỉnh"), _("Ban hành điều chỉnh số %(number)s: %(changes)s nội dung, từ %(on)s")
    ),
    "plans.correction.started": Deed(_("Soạn đính chính"), _("Soạn công văn “%(object)s”: %(places)s chỗ")),
    "plans.correction.written": Deed(_("Sửa công văn đính chính"), _("Sửa bản soạn “%(object)s”")),
    "plans.correction.signed": Deed(
        _("Đính công văn đã ký"), _("Đính văn bản đã ký %(filename)s của “%(object)s”")
    ),
    "plans.correction.issued": Deed(
        _("Ban hành đính chính"), _("Ban hành công văn số %(number)s “%(object)s”: %(places)s chỗ")
    ),
    "plans.correction.discarded": Deed(_("Bỏ bản soạn đính chính"), _("Bỏ bản soạn “%(object)s”")),
    "plans.change.add": Deed(_("Bổ sung việc"), _("Bổ sung “%(object)s”, từ %(on)s")),
    "plans.change.alter": Deed(_("Điều chỉnh việc"), _("Điều chỉnh “%(object)s”, từ %(on)s")),
    "plans.change.cancel": Deed(_("Hủy việc"), _("Hủy “%(object)s”, từ %(on)s. Lý do: %(reason)s")),
    "plans.tasks.imported": Deed(
        _("Nhập bảng nhiệm vụ"),
        _("Nhập bảng nhiệm vụ vào “%(object)s”: thêm %(added)s, sửa %(changed)s, bỏ %(gone)s"),
    ),
    "plans.legal.added": Deed(_("Thêm văn bản vào sổ"), _("Thêm %(object)s vào sổ văn bản")),
    "plans.legal.edited": Deed(_("Sửa sổ văn bản"), _("Sửa %(object)s trong sổ văn bản")),
    "plans.legal.imported": Deed(
        _("Nhập sổ văn bản"), _("Nhập sổ văn bản từ bảng: thêm %(added)s, sửa %(changed)s")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
