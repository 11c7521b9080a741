"""Words of readers' comments: what a writer agrees to, letters, the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.feedback.rules import KEEP_DAYS
from loa.portal.comments.rules import MAIL_DAYS

#: version → (what is kept and for how long, what the box says). A change of meaning is a new version: old ones
#: stay, because they are what people agreed to.
CONSENTS = {
    1: (
        [
            _("Tên hiển thị và lời của ông/bà hiện dưới bài sau khi cán bộ đọc. Số điện thoại, địa chỉ thư, "
              "số định danh viết trong lời được che đi; nguyên văn được niêm phong, ai mở xem đều có ghi lại."),
            _("Lời, tên được giữ %(days)d ngày kể từ lời cuối của cuộc trao đổi rồi xoá, chỉ giữ số đếm. "
              "Ông/bà gỡ được bất cứ lúc nào bằng mã tra cứu."),
            _("Địa chỉ thư điện tử, nếu ghi, chỉ để báo một lần khi có trả lời hoặc quyết định, gửi xong thì xoá; "
              "chậm nhất %(mail)d ngày."),
            _("Địa chỉ mạng không được lưu cùng ý kiến; trong ngày chỉ giữ một mã băm để đếm số lượt gửi. "
              "Không có đăng nhập, không có cookie theo dõi."),
            _("Ý kiến được chuyển vào hộp thư của đơn vị và vào phần tổng hợp dư luận (không có tên)."),
        ],
        _("Tôi từ đủ 16 tuổi (dưới 16 tuổi thì cha mẹ gửi thay) và đồng ý để đơn vị lưu, hiện tên và lời của tôi "
          "như nêu trên."),
    ),
}  # fmt: skip
NOW = max(CONSENTS)


def notice(version: int = NOW) -> tuple[list[str], str]:
    """(what is kept and for how long, the words of the box)."""
    lines, box = CONSENTS[version]
    return [str(line) % {"days": KEEP_DAYS, "mail": MAIL_DAYS} for line in lines], str(box)


def register() -> None:
    """Words in the audit log."""
    from loa.audit.texts import Deed, deeds

    for code, label in (
        ("comments_site", _("bật, tắt ý kiến bạn đọc của trang")),
        ("comments_story", _("mở, đóng ý kiến bạn đọc của bài")),
    ):
        deeds.register(f"portal.{code}", Deed(label, "%(object)s"))
