"""Words of the portal in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "portal.site_open": Deed(_("Mở trang thành viên"), _("Mở trang thành viên %(object)s")),
    "portal.site_move": Deed(_("Đổi địa chỉ trang thành viên"), _("Đổi địa chỉ trang thành viên %(object)s")),
    "portal.site_update": Deed(_("Sửa trang thành viên"), _("Sửa trang thành viên %(object)s")),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
