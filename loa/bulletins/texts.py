"""Words of notices and of the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds
from loa.core.messages import Message, messages

MESSAGES = {
    "drafted": Message(
        _("Bản tin “%(title)s” đã có bản nháp, chờ bạn xem và gửi duyệt."), icon="mail", tone="act"
    ),
    "to_approve": Message(_("%(who)s gửi bản tin “%(title)s”, chờ bạn duyệt."), icon="mail", tone="act"),
    "returned": Message(_("%(who)s trả lại bản tin “%(title)s”: %(reason)s"), icon="back", tone="act"),
    "overtaken": Message(_("Bản tin “%(title)s” dừng lại, chờ bạn xem. %(reason)s"), icon="alert", tone="act"),
    "stopped": Message(_("Bản tin “%(title)s” tự dừng vì nhiều thư không gửi được."), icon="alert", tone="act"),
}
DEEDS = {
    "list_created": Deed(_("Mở danh sách nhận tin"), _("Mở danh sách nhận tin “%(object)s”")),
    "list_changed": Deed(_("Sửa danh sách nhận tin"), _("Sửa danh sách nhận tin “%(object)s”")),
    "imported": Deed(
        _("Nhập địa chỉ vào danh sách"), _("Nhập %(added)s địa chỉ vào “%(object)s”; căn cứ đồng ý: %(proof)s")
    ),
    "confirmed": Deed(_("Xác nhận nhận tin"), _("Một người xác nhận nhận “%(object)s”")),
    "left": Deed(_("Huỷ nhận tin"), _("Một người huỷ nhận “%(object)s”")),
    "taken_off": Deed(_("Đưa địa chỉ ra khỏi danh sách"), _("Đưa một địa chỉ ra khỏi “%(object)s” theo yêu cầu")),
    "erased": Deed(_("Xoá dữ liệu người nhận tin"), _("Xoá dữ liệu của một người nhận tin theo yêu cầu")),
    "created": Deed(_("Soạn bản tin"), _("Bắt đầu soạn bản tin “%(object)s”")),
    "drafted": Deed(_("Tự soạn bản nháp bản tin"), _("Loa soạn nháp bản tin “%(object)s”")),
    "saved": Deed(_("Sửa bản tin"), _("Sửa bản tin “%(object)s”")),
    "submitted": Deed(_("Gửi duyệt bản tin"), _("Gửi duyệt bản tin “%(object)s”")),
    "returned": Deed(_("Trả bản tin về nháp"), _("Trả bản tin “%(object)s” về nháp. %(reason)s")),
    "approved": Deed(_("Duyệt gửi bản tin"), _("Duyệt gửi bản tin “%(object)s”")),
    "tested": Deed(_("Gửi thử bản tin"), _("Gửi thử bản tin “%(object)s” cho chính mình")),
    "started": Deed(_("Bắt đầu gửi bản tin"), _("Bắt đầu gửi “%(object)s” cho %(count)s người")),
    "held": Deed(_("Tạm dừng gửi bản tin"), _("Tạm dừng gửi bản tin “%(object)s”")),
    "stopped": Deed(_("Bản tin tự dừng"), _("Bản tin “%(object)s” tự dừng: %(failed)s thư không gửi được")),
    "overtaken": Deed(
        _("Bản tin dừng vì nội dung thay đổi"), _("Bản tin “%(object)s” dừng lại, chờ người xem: %(reason)s")
    ),
    "resumed": Deed(_("Gửi tiếp bản tin"), _("Gửi tiếp bản tin “%(object)s”")),
    "cancelled": Deed(_("Huỷ bản tin"), _("Huỷ bản tin “%(object)s”")),
    "unknown_again": Deed(
        _("Gửi lại thư chưa rõ kết quả"), _("Gửi lại %(count)s thư chưa rõ kết quả của “%(object)s”")
    ),
    "unknown_sent": Deed(
        _("Coi thư chưa rõ kết quả là đã tới"), _("Coi %(count)s thư chưa rõ kết quả của “%(object)s” là đã tới")
    ),
}


def register() -> None:
    """Called in `ready()`."""
    for code, message in MESSAGES.items():
        messages.register(f"bulletins.{code}", message)
    for code, deed in DEEDS.items():
        deeds.register(f"bulletins.{code}", deed)
