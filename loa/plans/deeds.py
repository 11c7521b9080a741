"""Words of this domain's audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds

DEEDS = {
    "plans.task.updated": Deed(_("Cập nhật nhiệm vụ"), _("Cập nhật nhiệm vụ “%(object)s”: %(percent)s%%")),
    "plans.task.assigned": Deed(_("Phân công nhiệm vụ"), _("Phân công nhiệm vụ “%(object)s” cho %(owner)s")),
    "plans.task.noted": Deed(_("Ghi chú nhiệm vụ"), _("Ghi chú vào nhiệm vụ “%(object)s”")),
    "plans.task.proved": Deed(_("Thêm minh chứng nhiệm vụ"), _("Thêm minh chứng cho nhiệm vụ “%(object)s”")),
    "plans.task.unproved": Deed(
        _("Bỏ minh chứng nhiệm vụ"), _("Bỏ minh chứng “%(title)s” của nhiệm vụ “%(object)s”")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, deed in DEEDS.items():
        deeds.register(code, deed)
