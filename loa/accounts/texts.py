"""Words of this domain's audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "accounts.login": Deed(_("Đăng nhập")),
    "accounts.locked_out": Deed(
        _("Khoá tạm vì sai mật khẩu"), _("Khoá tạm đăng nhập của “%(username)s” vì sai nhiều lần")
    ),
    "accounts.password": Deed(_("Đổi mật khẩu"), _("Đổi mật khẩu của %(object)s")),
    "accounts.password_renewed": Deed(
        _("Cấp mật khẩu dùng một lần"), _("Cấp mật khẩu dùng một lần cho %(object)s")
    ),
    "accounts.second_factor_on": Deed(_("Bật xác thực hai lớp"), _("Bật xác thực hai lớp của %(object)s")),
    "accounts.second_factor_off": Deed(_("Tắt xác thực hai lớp"), _("Tắt xác thực hai lớp của %(object)s")),
    "accounts.second_factor_removed": Deed(
        _("Gỡ xác thực hai lớp"), _("Gỡ xác thực hai lớp của %(object)s vì mất thiết bị")
    ),
    "accounts.contact": Deed(_("Đổi thông tin liên hệ"), _("Đổi thông tin liên hệ của %(object)s")),
    "accounts.created": Deed(_("Lập tài khoản"), _("Lập tài khoản %(username)s cho %(object)s")),
    "accounts.invited": Deed(_("Gửi thư mời vào tài khoản"), _("Gửi thư mời đặt mật khẩu cho %(object)s")),
    "accounts.closed": Deed(_("Khoá tài khoản"), _("Khoá tài khoản của %(object)s")),
    "accounts.opened": Deed(_("Mở lại tài khoản"), _("Mở lại tài khoản của %(object)s")),
    "accounts.session_ended": Deed(_("Đăng xuất một thiết bị"), _("Đăng xuất một thiết bị của %(object)s")),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
