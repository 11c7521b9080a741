"""Words of the agenda in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "agenda.event.added": Deed(_("Đặt lịch"), _("Đặt lịch “%(object)s” ngày %(on)s")),
    "agenda.event.changed": Deed(_("Sửa lịch"), _("Sửa lịch “%(object)s”, ngày %(on)s")),
    "agenda.event.cancelled": Deed(_("Huỷ lịch"), _("Huỷ lịch “%(object)s”")),
    "agenda.day.set": Deed(_("Đặt ngày nghỉ, mốc"), _("Đặt “%(object)s” vào ngày %(on)s")),
    "agenda.day.removed": Deed(_("Bỏ ngày nghỉ, mốc"), _("Bỏ “%(object)s” ngày %(on)s")),
    "agenda.feed.renewed": Deed(_("Cấp địa chỉ lịch cá nhân"), _("Cấp địa chỉ lịch cá nhân cho %(object)s")),
    "agenda.feed.removed": Deed(_("Thôi chia sẻ lịch cá nhân"), _("Thôi chia sẻ lịch cá nhân của %(object)s")),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
