"""Codes → Vietnamese: why a delivery stands where it stands, and what to do; words of notices and the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loa.channels.rules import Intent, Status, answers

_REASONS: dict[str, Any] = {
    "": "",
    "quiet": _("Đang trong giờ yên lặng của trang; Loa đăng khi hết giờ này."),
    "cut_off": _("Máy gửi dừng giữa chừng; Loa đang xem bài đã lên kênh hay chưa."),
    "too_often": _("Đã thử nhiều lần không được. Hãy xem trang của kênh, rồi bấm “Thử lại”."),
    "program": _("Loa gặp lỗi khi xử lý. Hãy báo quản trị hệ thống kèm mã lần gửi này."),
    "door_unreachable": _("Không kết nối được tới kênh. Loa sẽ thử lại."),
    "door_slow": _("Kênh trả lời quá chậm; Loa đối chiếu trước khi làm tiếp."),
    "door_broken": _("Kết nối bị ngắt giữa chừng; Loa đối chiếu trước khi làm tiếp."),
    "door_blocked": _("Địa chỉ của kênh không được phép. Hãy xem lại cài đặt địa chỉ kênh."),
    "door_odd": _("Kênh trả lời sai quy cách; Loa đối chiếu trước khi làm tiếp."),
    "door_too_large": _("Kênh trả lời quá dài; Loa đối chiếu trước khi làm tiếp."),
    "busy": _("Kênh đang bận hoặc lỗi tạm thời; Loa đối chiếu rồi thử lại."),
    "throttled": _("Kênh báo gửi quá nhanh; Loa chờ theo yêu cầu của kênh."),
    "processing": _("Kênh đã nhận và đang xử lý bài."),
    "own_hour": _("Giờ hẹn đã quá sát để giao kênh giữ; Loa tự đăng đúng giờ."),
    "slow_work": _(
        "Kênh đã nhận nhưng xử lý mãi chưa xong. Hãy xem trang của kênh rồi cho biết bài đã có hay chưa."
    ),
    "looked": _("Chưa thấy bài trên kênh; Loa gửi lại."),
    "no_answer": _("Chưa đọc lại được từ kênh; Loa không gửi thêm lần nào trước khi rõ."),
    "duplicate": _("Kênh báo bài này trùng bài đã đăng. Hãy xem trang; nếu bài đã có thì xác nhận “Đã đăng”."),
    "token_expired": _("Mã truy cập hết hạn. Hãy kết nối lại trang."),
    "token_revoked": _("Kênh đã thu hồi quyền (đổi mật khẩu hoặc gỡ ứng dụng). Hãy kết nối lại trang."),
    "token_missing": _("Trang chưa được kết nối. Hãy dán mã truy cập ở trang này."),
    "wrong_token": _(
        "Mã truy cập không phải của trang này. Hãy lấy mã của đúng trang (không phải mã người dùng)."
    ),
    "permission": _("Ứng dụng thiếu quyền làm việc này trên trang. Hãy cấp quyền rồi kết nối lại."),
    "role_lost": _("Người kết nối không còn là quản trị của trang. Hãy để quản trị hiện tại kết nối lại."),
    "refresh_lost": _("Không gia hạn được mã truy cập Zalo (mã đã dùng hoặc hết hạn). Hãy kết nối lại OA."),
    "channels.key": _("Khoá mã hoá của Loa đã đổi. Hãy kết nối lại trang."),
    "policy": _("Kênh chặn đăng bài trên trang vì chính sách. Hãy mở trang quản trị của kênh để xử lý."),
    "too_fast": _("Kênh tạm chặn vì đăng quá nhanh; Loa nghỉ rồi thử lại."),
    "bad_picture": _("Kênh không nhận ảnh. Hãy thay ảnh khác rồi đăng lại."),
    "bad_link": _("Kênh không đọc được đường dẫn. Hãy kiểm tra bài đã công khai chưa."),
    "bad_content": _("Kênh không nhận nội dung. Hãy đọc câu trả lời của kênh bên dưới, sửa và đăng lại."),
    "gone": _("Bài không còn trên kênh."),
    "no_api": _("Kênh không cho làm việc này qua kết nối. Hãy làm bằng tay trên trang rồi bấm “Đã làm xong”."),
    "no_recall": _(
        "Tin đã tới máy người nhận nên không sửa, gỡ được nữa. Nếu cần, hãy gửi tin đính chính, rồi bấm “Đã làm "
        "xong”."
    ),
    "no_cover": _("Zalo cần một ảnh bìa. Hãy chọn ít nhất một ảnh."),
    "oa_tier": _("Gói OA không có quyền này. Hãy nâng gói hoặc đăng kênh khác."),
    "oa_quota": _("OA đã hết lượt tạo bài của kỳ này. Hãy chờ kỳ sau hoặc nâng gói."),
    "broadcast_quota": _("OA đã hết lượt gửi truyền thông của kỳ này. Hãy chờ kỳ sau hoặc nâng gói."),
    "message_quota": _("OA đã hết lượt nhắn tin của kỳ này. Hãy chờ kỳ sau hoặc nâng gói."),
    "no_id": _("Loa không biết mã của bài trên kênh nên không sửa, gỡ được. Hãy làm bằng tay trên trang."),
    "own_words": _("Bài gốc vừa đính chính, mà lời đăng này do người viết riêng. Hãy đọc lại lời rồi gửi."),
    "night": _("Zalo chỉ nhận truyền thông từ 06:00 đến 21:59; Loa gửi vào sáng sớm."),
    "no_readback": _("Loa không rõ Zalo đã nhận tin hay chưa và không đọc lại được. Hãy xem ở OA Manager."),
    "upload_expired": _("Tệp đã tải lên Zalo quá bảy ngày; Loa tải lên lại rồi gửi."),
    "upload_cut": _("Đường truyền đứt khi tải phim; Loa tải tiếp từ chỗ dừng."),
    "film_error": _("Kênh không xử lý được phim. Hãy xuất lại thành MP4 (H.264, AAC) rồi đăng lại."),
    "film_gone": _("Phim đã gỡ nên không đăng nữa."),
    "reels_limit": _("Kênh chỉ nhận 30 reel mỗi ngày; Loa chờ sang hôm sau."),
    "oa_quota_day": _("Đã hết lượt tin theo mẫu của hôm nay; Loa thử lại sau."),
    "receiver": _("Số này không nhận được tin (sai số, chưa dùng Zalo hoặc đã chặn OA)."),
    "gone_there": _("Bài không còn trên kênh: có người đã gỡ ngay trên trang, hoặc kênh gỡ."),
    "superseded": _("Đã có bản mới hơn thay cho bản này."),
    "waits_first": _("Chờ rõ kết quả của lần đăng bài này."),
    "needs_film": _("Kênh này chỉ nhận phim. Hãy đăng lại kèm một phim."),
    "yt_quota": _("Hạn mức ngày của ứng dụng Google đã hết; Loa gửi tiếp khi hạn mức mở lại (chiều theo giờ ta)."),
    "yt_upload_limit": _("YouTube báo kênh đã tải quá nhiều phim hôm nay; Loa gửi tiếp ngày mai."),
    "yt_no_channel": _("Tài khoản Google này chưa có kênh YouTube. Hãy tạo kênh rồi kết nối lại."),
    "yt_locked": _(
        "YouTube đã nhận phim nhưng khoá ở chế độ riêng tư, vì ứng dụng chưa được Google kiểm duyệt. Hãy mở "
        "YouTube Studio để công khai phim, rồi bấm “Thử lại”; Loa không tải lên lần nữa."
    ),
    "yt_scope": _(
        "Khi kết nối, kênh chưa cho Loa quyền đọc và trả lời bình luận. Hãy bấm “Kết nối lại qua YouTube” và giữ "
        "dấu chọn ở mọi mục Google hỏi; lịch sử đăng và hộp thư không mất."
    ),
    "yt_comments_off": _("YouTube báo phần bình luận đang tắt. Hãy bật lại trong YouTube Studio nếu muốn nghe."),
    "yt_ineligible": _(
        "Tài khoản Google này chưa được viết bình luận. Hãy vào YouTube bằng chính kênh, viết thử một bình luận, "
        "rồi bấm “Gửi lại”."
    ),
    "yt_private": _("Bình luận này YouTube còn giữ lại, chưa hiện nên chưa trả lời được; Loa thử lại sau."),
    "yt_no_reply": _("YouTube không cho trả lời dưới bình luận này."),
    "yt_too_long": _("Câu trả lời dài quá mức YouTube nhận. Hãy rút gọn rồi gửi lại."),
    "yt_comment_gone": _("Bình luận không còn trên YouTube: người viết đã xoá hoặc kênh đã gỡ."),
    "yt_forbidden": _(
        "YouTube không cho kênh này làm việc đó với bình luận. Hãy kiểm tra phim có phải của kênh, rồi làm trong "
        "YouTube Studio."
    ),
    "tt_private": _(
        "TikTok chỉ cho ứng dụng này đăng riêng tư (chưa qua kiểm duyệt), nên Loa không đăng. Hãy xin TikTok kiểm "
        "duyệt ứng dụng, hoặc đăng bằng tay."
    ),
    "tt_too_long": _("Phim dài hơn mức TikTok cho tài khoản này. Hãy cắt ngắn rồi đăng lại."),
    "tt_too_many": _("TikTok báo tài khoản đã đăng quá nhiều hôm nay; Loa gửi tiếp ngày mai."),
    "push_nobody": _("Chưa có trình duyệt nào bật thông báo, nên không gửi cho ai."),
    "push_going": _("Đang gửi tới từng trình duyệt đã bật thông báo."),
    "push_held": _("Lịch đăng đang dừng; Loa gửi tiếp tới các trình duyệt còn lại khi bỏ dừng."),
    "sms_nobody": _("Danh sách người nhận SMS còn trống, nên không gửi cho ai. Hãy thêm số ở trang của kênh."),
    "sms_none": _("Nhà cung cấp không nhận tin cho số nào. Hãy xem lý do của từng số bên dưới."),
    "sms_going": _("Đang gửi tới từng số trong danh sách."),
    "sms_held": _("Lịch đăng đang dừng; Loa gửi tiếp tới các số còn lại khi bỏ dừng."),
    "sms_removed": _("Số đã được gỡ khỏi danh sách trước khi gửi."),
    "sms_blocked": _("Số này chặn tin hoặc nằm trong danh sách không nhận; Loa không gửi tới số này nữa."),
    "sms_number": _("Nhà cung cấp báo số không đúng; Loa không gửi tới số này nữa. Hãy gỡ và nhập lại số đúng."),
    "sms_network": _("Brandname chưa đăng ký với nhà mạng của số này. Hãy nhờ nhà cung cấp đăng ký thêm mạng."),
    "sms_undelivered": _("Nhà mạng báo không giao được (máy tắt lâu, hết sóng hoặc số bỏ). Không gửi lại."),
    "sms_rejected": _("Nhà cung cấp nhận rồi nhưng từ chối gửi. Hãy xem lý do ở trang của nhà cung cấp."),
    "sms_key": _("API key hoặc Secret key không đúng. Hãy lấy lại khoá ở trang của nhà cung cấp SMS rồi lưu lại."),
    "sms_money": _(
        "Tài khoản SMS đã hết tiền. Hãy nạp thêm ở trang của nhà cung cấp, rồi bấm “Kiểm tra ngay” ở trang của "
        "kênh; Loa gửi tiếp những số còn lại, không gửi lặp."
    ),
    "sms_brandname": _("Nhà cung cấp không có brandname này. Hãy kiểm tra tên đã đăng ký rồi lưu lại."),
    "sms_template": _(
        "Lời tin không khớp mẫu đã đăng ký với nhà mạng. Hãy viết lại theo mẫu, hoặc nhờ nhà cung cấp duyệt "
        "mẫu mới."
    ),
    "sms_lost": _(
        "Nhà cung cấp SMS không trả lời rõ trong nhiều giờ. Hãy xem trang của nhà cung cấp; “Chưa gửi; gửi lại” "
        "chỉ gửi những số chưa nhận, không gửi lặp."
    ),
    "page_retired": _(
        "Trang đã ngừng dùng trên Loa nên Loa không sửa, gỡ được. Hãy làm tay trên kênh, rồi bấm “Đã làm xong”."
    ),
    "page_retired_unknown": _("Trang đã ngừng dùng khi lần này chưa rõ kết quả. Hãy xem trên kênh rồi trả lời."),
    "sms_unclear": _("Nhà cung cấp không trả lời: không rõ số này đã nhận hay chưa."),
    "retired": _("Trang đã ngừng dùng trên Loa nên việc đang chờ được huỷ."),
    "article_gone": _("Bài trong tin không còn trên OA nên Loa không gửi tin này."),
    "withdrawn": _("Bài gốc đã gỡ nên không đăng nữa."),
    "window": _("Đã quá thời hạn kênh cho nhắn lại người này. Chỉ trả lời được khi họ nhắn tiếp."),
    "answered_once": _("Kênh chỉ cho nhắn riêng một lần cho mỗi bình luận, và đã nhắn rồi."),
    "by_hand": _("Đã xác nhận bằng tay."),
}


#: (code, intent) where what changes or removes a post is spoken of in other words
_OF_CHANGES: dict[tuple[str, str], Any] = {
    ("looked", "withdraw"): _("Bài còn trên kênh; Loa gỡ lại."),
    ("looked", "update"): _("Bài trên kênh chưa đổi; Loa sửa lại."),
    ("cut_off", "withdraw"): _("Máy gửi dừng giữa chừng; Loa đang xem bài đã gỡ hay còn trên kênh."),
    ("cut_off", "update"): _("Máy gửi dừng giữa chừng; Loa đang xem bài trên kênh đã đổi hay chưa."),
    ("withdrawn", "withdraw"): _("Bài không còn trên kênh nên không phải gỡ nữa."),
    ("withdrawn", "update"): _("Bài đã gỡ nên không sửa nữa."),
    ("too_often", "withdraw"): _("Đã thử gỡ nhiều lần không được. Hãy xem bài trên kênh, rồi bấm “Thử lại”."),
    ("too_often", "update"): _("Đã thử sửa nhiều lần không được. Hãy xem bài trên kênh, rồi bấm “Thử lại”."),
    ("slow_work", "update"): _(
        "Kênh đã nhận nhưng xử lý mãi chưa xong. Hãy xem bài trên kênh rồi cho biết lời đã đổi hay chưa."
    ),
}


@dataclass(frozen=True)
class Question:
    """What a person is asked when an outcome is not known. `answers`: (of `rules.answers` or "drop", words)."""

    heading: Any
    look: Any
    answers: tuple[tuple[str, Any], ...]


def _question(intent: str, heading: Any, look: Any, *words: Any) -> Question:
    return Question(heading, look, tuple(zip((*answers(intent), "drop"), words, strict=True)))


_POST = _question(
    Intent.PUBLISH,
    _("Bài đã lên kênh hay chưa?"),
    _(
        "Loa không nhận được câu trả lời của kênh và không đọc lại được, nên không tự gửi lần nữa để tránh gửi "
        "trùng. Hãy mở trang quản lý của kênh, xem đã có bài này chưa rồi chọn:"
    ),
    _("Bài đã có trên trang"),
    _("Chưa có; gửi lại"),
    _("Chưa có; thôi không gửi nữa"),
)
_MESSAGE = _question(
    Intent.BROADCAST,
    _("Tin đã được gửi đi hay chưa?"),
    _(
        "Loa không nhận được câu trả lời rõ và không đọc lại được, nên không tự gửi lần nữa để tránh gửi trùng. "
        "Hãy mở trang quản lý, xem tin này đã gửi chưa rồi chọn:"
    ),
    _("Tin đã được gửi đi"),
    _("Chưa gửi; gửi lại"),
    _("Chưa gửi; thôi không gửi nữa"),
)
_QUESTIONS = {
    Intent.WITHDRAW: _question(
        Intent.WITHDRAW,
        _("Bài đã gỡ hay còn trên kênh?"),
        _(
            "Loa đã yêu cầu gỡ nhưng không nhận được câu trả lời của kênh và không đọc lại được. Hãy mở bài trên "
            "kênh, xem còn hay đã gỡ rồi chọn:"
        ),
        _("Bài đã gỡ, không còn trên trang"),
        _("Bài còn trên trang; gỡ lại"),
        _("Bài còn trên trang; thôi không gỡ nữa"),
    ),
    Intent.UPDATE: _question(
        Intent.UPDATE,
        _("Bài trên kênh đã sửa hay chưa?"),
        _(
            "Loa đã gửi lời mới nhưng không nhận được câu trả lời của kênh và không đọc lại được. Hãy mở bài trên "
            "kênh, xem lời đã đổi chưa rồi chọn:"
        ),
        _("Bài đã có lời mới"),
        _("Bài còn lời cũ; sửa lại"),
        _("Bài còn lời cũ; thôi không sửa nữa"),
    ),
    Intent.TEMPLATE: _MESSAGE,
    Intent.BROADCAST: _MESSAGE,
}


def question(intent: str, *, told: bool = False) -> Question:
    """What is asked of a delivery; `told`: it went to people one by one and stands on no page."""
    return _QUESTIONS.get(Intent(intent), _MESSAGE if told else _POST)


#: the button that calls a delivery off, and what is asked first
CALL_OFF: dict[str, tuple[Any, Any]] = {
    Intent.PUBLISH: (_("Huỷ, không đăng"), _("Huỷ, không đăng bài này lên trang?")),
    Intent.WITHDRAW: (_("Thôi không gỡ"), _("Thôi không gỡ? Bài ở lại trên trang; cần thì gỡ lại sau.")),
    Intent.UPDATE: (_("Thôi không sửa"), _("Thôi không sửa? Bài trên trang giữ lời cũ.")),
    Intent.TEMPLATE: (_("Huỷ, không gửi"), _("Huỷ, không gửi tin này?")),
    Intent.BROADCAST: (_("Huỷ, không gửi"), _("Huỷ, không gửi tin này?")),
}
_CALLED_OFF = {
    Intent.WITHDRAW: _("Đã thôi không gỡ. Bài ở lại trên trang; cần thì gỡ lại ở lần đăng."),
    Intent.UPDATE: _("Đã thôi không sửa. Bài trên trang giữ lời cũ."),
    Intent.TEMPLATE: _("Đã huỷ. Tin không được gửi."),
    Intent.BROADCAST: _("Đã huỷ. Tin không được gửi."),
}


def called_off(intent: str, people: int) -> Any:
    """What is true once a delivery was called off; `people`: how many had it already."""
    if people:
        return _("Đã huỷ phần còn lại: %(n)s người đã nhận, không ai nhận thêm.") % {"n": number(people)}
    return _CALLED_OFF.get(Intent(intent), _("Đã huỷ. Bài không được gửi lên trang này."))


#: causes whose sentence says what Loa does next: said without it once Loa has given up
_CAUSES: dict[str, Any] = {
    "door_unreachable": _("Không kết nối được tới kênh."),
    "door_slow": _("Kênh trả lời quá chậm."),
    "door_broken": _("Kết nối bị ngắt giữa chừng."),
    "door_odd": _("Kênh trả lời sai quy cách."),
    "door_too_large": _("Kênh trả lời quá dài."),
    "busy": _("Kênh đang bận hoặc lỗi."),
    "throttled": _("Kênh báo gửi quá nhanh."),
    "too_fast": _("Kênh tạm chặn vì đăng quá nhanh."),
    "looked": _("Đã gửi mà không thấy bài trên kênh."),
    "upload_cut": _("Đường truyền đứt khi tải phim."),
    "cut_off": _("Máy gửi dừng giữa chừng."),
    "no_answer": _("Chưa đọc lại được từ kênh."),
}
#: the same of what changes or removes a post
_CAUSES_OF_CHANGES: dict[tuple[str, str], Any] = {
    ("looked", "withdraw"): _("Đã gỡ mà bài vẫn còn trên kênh."),
    ("looked", "update"): _("Đã sửa mà bài trên kênh chưa đổi."),
}


def given_up(code: str, intent: str, status: str) -> Any:
    """Why a delivery failed or is put to a person, where the cause's own sentence would promise more tries."""
    cause = _CAUSES_OF_CHANGES.get((code, intent), _CAUSES.get(code))
    if cause is None:
        return None
    if status == Status.UNKNOWN:
        return _("%(cause)s Loa không tự làm tiếp trước khi có người xem và trả lời.") % {"cause": cause}
    return _("%(cause)s Đã thử nhiều lần. Hãy xem trang của kênh, rồi bấm “Thử lại”.") % {"cause": cause}


def reason(code: str, intent: str = "", status: str = "") -> Any:
    """The sentence for a code, of a delivery of that intent and status; an unknown code is named."""
    if status in (Status.FAILED, Status.UNKNOWN) and (said := given_up(code, intent, status)) is not None:
        return said
    if (code, intent) in _OF_CHANGES:
        return _OF_CHANGES[code, intent]
    return _REASONS.get(code, _("Lỗi chưa có trong danh mục; xem câu trả lời của kênh bên dưới."))


MEASURE_LABELS = {
    "reach": _("Người xem"),
    "views": _("Lượt xem"),
    "reactions": _("Cảm xúc"),
    "comments": _("Bình luận"),
    "shares": _("Chia sẻ"),
    "clicks": _("Lượt bấm"),
    "visits": _("Mở bài từ đường dẫn"),
}
#: why a number is absent
ABSENT = {
    "metric_gone": _("kênh không còn cho biết"),
    "metric_rights": _("ứng dụng chưa có quyền xem số liệu"),
    "not_told": _("kênh chưa cho biết"),
}

#: days before an end from which it is said
SOON = 30


def facts(account: Any) -> list[tuple[Any, Any]]:
    """What the channel says of an account, as (label, value)."""
    found: list[tuple[Any, Any]] = []
    told = account.facts or {}
    if told.get("followers") is not None:
        label = _("Người quan tâm") if account.kind == "zalo" else _("Người theo dõi")
        found.append((label, number(told["followers"])))
    if told.get("balance") is not None:
        found.append((_("Số dư"), _("%(n)s đồng") % {"n": number(told["balance"])}))
    if told.get("verified") is not None:
        found.append((_("Kênh xác thực"), _("đã xác thực") if told["verified"] else _("chưa xác thực")))
    if told.get("package"):
        found.append((_("Gói"), told["package"]))
    for name, label in (("package_until", _("Gói hết hạn")), ("token_until", _("Quyền truy cập hết hạn"))):
        if told.get(name):
            found.append((label, day(told[name])))
    return found


#: a fact → what it means for the work, and what to do; of OAs and Pages, found by the daily check
_WARNINGS = {
    "articles": _(
        "Zalo không cho OA này đăng bài: gói hoặc loại OA chưa có quyền. Tin nhắn vẫn trả lời được. Hãy nâng gói "
        "ở trang quản trị OA, rồi bấm “Kiểm tra ngay”."
    ),
    "verified": _(
        "OA chưa được Zalo xác thực nên không gửi được truyền thông tới người quan tâm. Hãy gửi hồ sơ xác thực ở "
        "trang quản trị OA."
    ),
    "zca": _(
        "OA chưa liên kết tài khoản Zalo Cloud (ZCA) nên không gửi được tin theo mẫu. Hãy liên kết ở trang quản "
        "trị OA nếu cần gửi tin này."
    ),
    "silent": _(
        "Kênh thôi báo tin cho Loa từ %(day)s, dù trang vẫn có lời mới; Loa đọc lại mỗi 10 phút nên bình luận vẫn "
        "về, nhưng chậm. Hãy mở phần Webhook của ứng dụng trên kênh, kiểm tra địa chỉ rồi bật lại."
    ),
    "unproven": _(
        "Loa không kiểm tra được quyền của mã dán tay: thiếu quyền đăng bài thì đến giờ đăng mới biết. Hãy kết "
        "nối qua Facebook để Loa kiểm tra mỗi ngày."
    ),
}


#: scopes of Facebook → what does not work without
_TALK_SCOPES = {
    "pages_read_user_content": _("đọc bình luận của người dân"),
    "pages_manage_engagement": _("trả lời, ẩn, xoá bình luận"),
    "pages_manage_metadata": _("nhận tin báo ngay khi có bình luận, tin nhắn"),
    "pages_messaging": _("nhận và trả lời tin nhắn Messenger"),
}
_LACKING = _(
    "Mã kết nối của trang thiếu quyền: %(what)s. Đăng bài vẫn được. Hãy bấm “Kết nối lại qua Facebook” và giữ mọi "
    "mục được hỏi; nếu Facebook không hỏi quyền đó, nhờ quản trị hệ thống xin thêm cho ứng dụng."
)
_UNTOLD = {
    "feed": _(
        "Facebook không nhận đăng ký báo bình luận cho Loa; Loa đọc lại mỗi 10 phút nên bình luận về chậm hơn. "
        "Hãy nhờ quản trị hệ thống xem phần Webhook của ứng dụng."
    ),
    "messages": _(
        "Facebook không nhận đăng ký báo tin nhắn cho Loa, nên tin nhắn Messenger chưa về hộp thư. Hãy nhờ "
        "quản trị hệ thống xem sản phẩm Messenger và phần Webhook của ứng dụng; trong lúc chờ, đọc tin nhắn ngay "
        "trên trang."
    ),
}


def warnings(account: Any) -> list[tuple[str, Any]]:
    """(which, in words) of what the last check found that breaks nothing by itself."""
    told = (account.facts or {}) if account.active else {}
    found = {
        "articles": told.get("articles") == "oa_tier",
        "verified": account.kind == "zalo" and told.get("verified") is False,
        "zca": told.get("zca") is False,
        "unproven": bool(told.get("unproven")),
    }
    scopes = [name for name in _TALK_SCOPES if name in (told.get("talk_scopes") or ())]
    untold = [name for name in _UNTOLD if name in (told.get("untold") or ())]
    rows: list[tuple[str, Any]] = [(name, _WARNINGS[name]) for name, so in found.items() if so]
    if scopes:
        what = "; ".join(f"{_TALK_SCOPES[name]} ({name})" for name in scopes)
        rows.append(("scopes", _LACKING % {"what": what}))
    elif untold:
        # Without the scopes it cannot be otherwise: one thing to mend is said once.
        rows.append(("untold", " ".join(str(_UNTOLD[name]) for name in untold)))
    if told.get("hook_silent"):
        rows.append(("silent", _WARNINGS["silent"] % {"day": day(told["hook_silent"])}))
    if told.get("comments"):
        words = _("Bình luận chưa về hộp thư của Loa. %(why)s")
        rows.append(("comments", words % {"why": reason(str(told["comments"]))}))
    return rows


def number(value: Any) -> str:
    """12.480; what is no number as it is."""
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def day(iso: str) -> str:
    """An ISO date as dd/mm/yyyy."""
    return "/".join(reversed(str(iso)[:10].split("-")))


def nearest_end(account: Any, today: dt.date) -> tuple[dt.date, str] | None:
    """(when, what) of what ends first within a month or has ended; None when nothing does."""
    told = account.facts or {}
    ends = (
        []
        if not account.active
        else [
            (account.expires_on, _("Gói hoặc xác thực (theo sổ)")),
            (_date(told.get("package_until")), _("Gói của OA")),
            (_date(told.get("token_until")), _("Quyền truy cập của Loa")),
        ]
    )
    near = sorted((end, str(what)) for end, what in ends if end is not None and (end - today).days <= SOON)
    return near[0] if near else None


def expiry(account: Any, today: dt.date) -> str:
    """The sentence about it; empty when nothing ends soon."""
    found = nearest_end(account, today)
    if found is None:
        return ""
    end, what = found
    words = {"what": what, "day": day(end.isoformat())}
    if end < today:
        return _("%(what)s đã hết hạn ngày %(day)s. Hãy gia hạn rồi kiểm tra lại.") % words
    return _("%(what)s hết hạn ngày %(day)s. Hãy gia hạn trước ngày đó.") % words


def _date(iso: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(iso))
    except ValueError:
        return None


def register() -> None:
    """Words of notices and of the audit log."""
    from loa.audit.texts import Deed, deeds
    from loa.core.messages import Message, messages

    messages.register(
        "channels.delivery.unknown",
        Message(_("Chưa rõ “%(title)s” đã lên %(account)s hay chưa; cần bạn xem và quyết định"), "alert", "act"),
    )
    for code, text in (
        ("withdraw", _("Chưa rõ “%(title)s” đã gỡ khỏi %(account)s hay còn; cần bạn xem và quyết định")),
        ("update", _("Chưa rõ “%(title)s” trên %(account)s đã sửa hay chưa; cần bạn xem và quyết định")),
        ("message", _("Chưa rõ tin “%(title)s” của %(account)s đã gửi đi hay chưa; cần bạn xem và quyết định")),
    ):
        messages.register(f"channels.delivery.unknown_{code}", Message(text, "alert", "act"))
    messages.register(
        "channels.delivery.failed",
        Message(_("“%(title)s” không đăng được lên %(account)s: %(reason)s"), "alert", "act"),
    )
    messages.register(
        "channels.delivery.todo",
        Message(_("“%(title)s” trên %(account)s cần bạn làm bằng tay: %(reason)s"), "alert", "act"),
    )
    messages.register(
        "channels.broadcast.asked",
        Message(_("%(who)s đề nghị gửi truyền thông của %(account)s; cần bạn duyệt"), "send", "act"),
    )
    messages.register(
        "channels.broadcast.approved",
        Message(_("Đã duyệt gửi truyền thông của %(account)s: %(note)s"), "check", "ok"),
    )
    messages.register(
        "channels.broadcast.declined",
        Message(_("Không duyệt gửi truyền thông của %(account)s: %(reason)s"), "close", "act"),
    )
    messages.register(
        "channels.broadcast.stopped",
        Message(_("Không gửi truyền thông của %(account)s nữa vì bài “%(title)s” đã gỡ"), "close", "info"),
    )
    messages.register(
        "channels.account.retired",
        Message(_("%(account)s đã ngừng dùng: %(n)s việc bạn đặt trên trang được huỷ"), "close", "info"),
    )
    messages.register(
        "channels.broadcast.retired",
        Message(_("Không gửi truyền thông của %(account)s nữa vì OA đã ngừng dùng"), "close", "info"),
    )
    messages.register(
        "channels.delivery.gone",
        Message(
            _("“%(title)s” không còn trên %(account)s dù Loa không gỡ; hãy xem lý do ở trang"), "alert", "act"
        ),
    )
    messages.register(
        "channels.account.ending",
        Message(_("%(account)s: %(words)s"), "clock", "act"),
    )
    messages.register(
        "channels.account.broken",
        Message(_("%(account)s cần kết nối lại: %(reason)s"), "alert", "act"),
    )
    for code, label in (
        ("post.queued", _("đưa bài lên kênh")),
        ("delivery.cancelled", _("huỷ một lần đăng kênh")),
        ("delivery.retried", _("cho đăng lại lên kênh")),
        ("delivery.decided", _("quyết định kết quả chưa rõ")),
        ("delivery.reviewed", _("xử lý việc làm tay trên kênh")),
        ("post.edited", _("sửa bài đã lên kênh")),
        ("post.taken_down", _("gỡ bài khỏi kênh")),
        ("account.created", _("thêm trang, OA")),
        ("account.changed", _("sửa trang, OA")),
        ("account.connected", _("kết nối trang, OA")),
        ("account.retired", _("ngừng dùng trang, OA")),
        ("account.reused", _("dùng lại trang, OA")),
        ("account.moved", _("chuyển trang, OA sang đơn vị tiếp nhận")),
        ("broadcast.asked", _("đề nghị gửi truyền thông Zalo")),
        ("broadcast.approved", _("duyệt gửi truyền thông Zalo")),
        ("broadcast.declined", _("không duyệt gửi truyền thông Zalo")),
        ("broadcast.stopped", _("dừng gửi truyền thông Zalo vì bài đã gỡ")),
        ("broadcast.dropped", _("rút đề nghị gửi truyền thông Zalo")),
        ("video.added", _("tải phim cho kênh")),
        ("video.withdrawn", _("gỡ phim khỏi kênh")),
        ("video.moved", _("chuyển phim sang đơn vị tiếp nhận")),
        ("live.made", _("chuẩn bị phát trực tiếp")),
        ("live.begun", _("bắt đầu phát trực tiếp")),
        ("live.ended", _("kết thúc phát trực tiếp")),
        ("live.dropped", _("bỏ buổi phát trực tiếp")),
        ("templates.synced", _("đồng bộ mẫu tin Zalo")),
        ("template.sent", _("gửi tin Zalo theo mẫu")),
        ("sms.added", _("thêm số nhận SMS")),
        ("sms.removed", _("gỡ số nhận SMS")),
        ("key.resealed", _("khoá lại mọi mục đã mã hoá bằng khoá mới")),
        ("hold.begun", _("dừng lịch đăng")),
        ("hold.ended", _("cho đăng tiếp")),
    ):
        deeds.register(f"channels.{code}", Deed(label, "%(object)s"))
