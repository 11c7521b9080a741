"""Words of this domain's audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "org.begun": Deed(_("Cài đặt Loa"), _("Lập %(object)s, xã, phường của %(province)s và quản trị đầu tiên")),
    "org.unit.founded": Deed(_("Lập đơn vị"), _("Lập %(object)s, từ %(on)s")),
    "org.unit.renamed": Deed(_("Đổi tên đơn vị"), _("Đổi tên %(object)s, từ %(on)s")),
    "org.unit.changed": Deed(_("Đổi thông tin đơn vị"), _("Đổi thông tin %(object)s, từ %(on)s")),
    "org.unit.moved": Deed(_("Chuyển cơ quan quản lý"), _("Chuyển %(object)s về %(parent)s, từ %(on)s")),
    "org.unit.merged": Deed(_("Sáp nhập đơn vị"), _("Sáp nhập %(object)s vào %(into_name)s, từ %(on)s")),
    "org.unit.split": Deed(_("Chia tách đơn vị"), _("Chia tách %(object)s, từ %(on)s")),
    "org.unit.closed": Deed(_("Giải thể đơn vị"), _("%(object)s kết thúc hoạt động từ %(on)s")),
    "org.units.imported": Deed(
        _("Nhập danh sách đơn vị"),
        _("Nhập tệp %(object)s: %(new)s mới, %(changed)s thay đổi, %(same)s giữ nguyên"),
    ),
    "org.people.imported": Deed(
        _("Nhập danh sách người"),
        _(
            "Nhập tệp %(object)s: %(accounts)s tài khoản mới, %(roles)s phân công, %(titles)s chức danh; "
            "kết thúc vai trò: %(ended)s"
        ),
    ),
    "org.people.handed": Deed(
        _("Lấy phiếu giao tài khoản"), _("Lấy phiếu giao tài khoản của tệp %(object)s: %(count)s người")
    ),
    "org.member.titled": Deed(
        _("Đổi chức danh"), _("Đổi chức danh của %(object)s tại %(unit)s: “%(before)s” → “%(after)s”")
    ),
    "org.alias.added": Deed(_("Thêm tên gọi khác"), _("Thêm tên gọi “%(text)s” cho %(object)s")),
    "org.alias.removed": Deed(_("Bỏ tên gọi khác"), _("Bỏ tên gọi “%(text)s” của %(object)s")),
    "org.member.granted": Deed(_("Giao vai trò"), _("Giao vai trò cho %(object)s tại %(unit)s, từ %(on)s")),
    "org.member.ended": Deed(_("Kết thúc vai trò"), _("Kết thúc vai trò của %(object)s tại %(unit)s, từ %(on)s")),
    "audit.exported": Deed(_("Tải nhật ký về"), _("Tải nhật ký về máy")),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
