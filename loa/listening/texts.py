"""Codes of listening as Vietnamese words: why a source could not be read, notices, audit deeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from loa.audit.texts import Deed, deeds
from loa.core.messages import Message, messages
from loa.lib.vi.boolean import QueryError
from loa.listening.rules import Change

if TYPE_CHECKING:
    from loa.listening.models import Source

#: code → (what happened, what to do)
FETCH_ERRORS = {
    "not_found": (_("Địa chỉ không còn (404)"), _("Mở địa chỉ trong trình duyệt; báo có thể đã đổi địa chỉ RSS.")),
    "forbidden": (_("Trang không cho đọc (401, 403)"), _("Hỏi báo địa chỉ RSS công khai, hoặc nhập tay.")),
    "robots": (_("Trang yêu cầu không lấy tự động (robots.txt)"), _("Dùng nguồn khác của báo, hoặc nhập tay.")),
    "slow": (_("Trang không trả lời kịp"), _("Loa tự thử lại với nhịp thưa dần.")),
    "unreachable": (_("Không kết nối được"), _("Kiểm tra lại tên miền; Loa tự thử lại.")),
    "server": (_("Máy chủ của trang đang lỗi (5xx)"), _("Loa tự thử lại với nhịp thưa dần.")),
    "throttled": (_("Trang yêu cầu đọc thưa hơn (429)"), _("Tăng số phút giữa hai lần lấy tin.")),
    "blocked": (_("Địa chỉ dẫn vào mạng nội bộ, Loa không mở"), _("Chỉ dùng địa chỉ công khai trên Internet.")),
    "too_large": (_("Tệp quá lớn"), _("Tìm địa chỉ RSS của riêng mục giáo dục.")),
    "not_feed": (
        _("Địa chỉ này không phải RSS, Atom, cũng không phải trang web"),
        _("Mở địa chỉ trong trình duyệt để xem, hoặc tìm địa chỉ khác."),
    ),
    "no_feed": (
        _("Trang này không nêu nguồn tin RSS, Atom nào"),
        _("Chọn cách lấy tin “Trang web không có RSS” (Loa theo dõi tiêu đề mới trên trang) hoặc “Sơ đồ trang”."),
    ),
    "feed_lost": (
        _("Nguồn tin đã tìm thấy không còn đọc được, và trang không nêu nguồn tin khác"),
        _("Loa vẫn thử lại. Nếu báo đã bỏ RSS, chọn cách lấy tin “Trang web không có RSS” hoặc “Sơ đồ trang”."),
    ),
    "feed_taken": (
        _("Trang này dẫn tới nguồn tin mà một nguồn khác đang đọc"),
        _("Không cần theo dõi hai lần. Nguồn này đã dừng."),
    ),
    "not_sitemap": (_("Địa chỉ này không phải sơ đồ trang"), _("Thử địa chỉ trong tệp robots.txt của trang.")),
    "not_page": (_("Địa chỉ này không phải trang web"), _("Kiểm tra lại địa chỉ.")),
    "no_text": (_("Không tách được nội dung bài"), _("Mở bài gốc để đọc.")),
    "entities": (_("Tệp có mã khả nghi, Loa không đọc"), _("Báo cho đơn vị quản lý trang.")),
    "empty": (_("Trang trả về tệp rỗng"), _("Loa tự thử lại.")),
    "yt_no_key": (
        _("Máy chủ chưa có khoá YouTube"),
        _("Nhờ quản trị máy chủ đặt LOA_YOUTUBE_API_KEY theo hướng dẫn cài đặt."),
    ),
    "yt_key": (
        _("YouTube không nhận khoá của máy chủ"),
        _("Nhờ quản trị máy chủ xem khoá còn dùng được và đã bật YouTube Data API v3."),
    ),
    "yt_quota": (
        _("Máy chủ đã hỏi YouTube hết hạn mức hôm nay"),
        _("Loa đọc tiếp khi YouTube mở hạn mức mới, đầu giờ chiều. Có thể tăng số phút giữa hai lần lấy tin."),
    ),
    "yt_gone": (
        _("YouTube không có kênh nào theo địa chỉ này"),
        _("Kênh có thể đã đóng hoặc đổi tên. Mở kênh trên YouTube, chép lại địa chỉ dạng youtube.com/@tenkenh."),
    ),
    "yt_address": (
        _("Không thấy kênh nào trong địa chỉ này"),
        _("Mở kênh trên YouTube, chép lại địa chỉ có dạng youtube.com/@tenkenh."),
    ),
    "odd": (_("Trang trả lời không như mong đợi"), _("Mở địa chỉ trong trình duyệt để xem.")),
}


def fetch_error(code: str) -> tuple[object, object]:
    """What happened and what to do; the code itself when it is not known."""
    return FETCH_ERRORS.get(code, (code, ""))


@dataclass(frozen=True)
class Standing:
    """How a source stands: chip and its icon (`loa.chip`), words, the code of what happened."""

    chip: str
    words: object
    icon: str = ""
    code: str = ""


def source_standing(source: Source) -> Standing:
    """How a source stands: paused, silent, failing, well, or waiting for its first item."""
    if not source.active:
        # Only of a pause that Loa made itself is there something to say.
        return Standing("plain", _("Đã dừng"), code=source.error if source.error == "feed_taken" else "")
    if source.silent_since:
        return Standing("act", _("Im lặng"), "ear")
    if source.failures:
        return Standing("wait", _("Chưa đọc được"), "alert", source.error)
    if source.last_ok_at or source.last_item_at:
        return Standing("done", _("Bình thường"))
    return Standing("plain", _("Chờ tin đầu tiên"))


#: what a trained model answers, by the letter that stands before its name in `Item.model`
_LEARNT = {"r": _("mô hình về giáo dục %s"), "s": _("mô hình sắc thái %s"), "t": _("mô hình lời lẽ %s")}


def model_words(model: str) -> str:
    """What judged an item, in words: "bộ từ bootstrap-1, mô hình sắc thái 3f2a91" for "bootstrap-1+s:3f2a91"."""
    lists, *learnt = model.split("+")
    said = [str(_("bộ từ %s")) % lists]
    for one in learnt:
        task, _colon, name = one.partition(":")
        said.append(str(_LEARNT.get(task, _("mô hình %s"))) % (name or task))
    return ", ".join(said)


#: fields of an item in a file, as a person matches them with columns
FILE_FIELDS = {
    "title": _("Tiêu đề"),
    "text": _("Nội dung"),
    "url": _("Địa chỉ"),
    "at": _("Ngày đăng"),
    "clock": _("Giờ đăng (nếu ở cột riêng)"),
    "outlet": _("Tên báo, trang"),
    "author": _("Tác giả"),
    "reach": _("Lượt tương tác"),
    "external": _("Mã của hệ thống gốc"),
}

#: how calls of a program that pushes ended
PUSH_OUTCOMES = {
    "ok": _("Đã nhận"),
    "forged": _("Sai chữ ký"),
    "old": _("Sai giờ"),
    "replayed": _("Gửi lặp"),
    "oversize": _("Quá lớn"),
    "unreadable": _("Không đọc được"),
}

#: what happened after a story of ours: (short, what it means)
CHANGES = {
    Change.DOWN: (_("Giảm rõ"), _("Ít được nhắc hơn hẳn mức chung của các chủ đề khác.")),
    Change.UP: (_("Tăng rõ"), _("Được nhắc nhiều hơn hẳn mức chung của các chủ đề khác.")),
    Change.UNCLEAR: (_("Chưa rõ"), _("Mức thay đổi còn trong khoảng ngẫu nhiên, hoặc ít tin quá.")),
    Change.EARLY: (_("Còn sớm"), _("Chưa đủ 7 ngày sau khi đăng.")),
}

#: parts of an analysis that people set right
FIELDS = {
    "tone": _("Sắc thái"),
    "harm": _("Lời lẽ"),
    "relevant": _("Về giáo dục"),
    "topics": _("Chủ đề"),
    "units": _("Đơn vị"),
}

#: what becomes of a correction, field by field: no more is promised than is done
TOLD = {
    "tone": _("Đã sửa. Loa lấy tin này làm mẫu cho lần học tới."),
    "harm": _("Đã sửa. Loa lấy tin này làm mẫu cho lần học tới."),
    "relevant": _("Đã sửa. Loa lấy tin này làm mẫu cho lần học tới."),
    "topics": _("Đã sửa cho tin này. Cụm từ đáng thêm hoặc bớt được gợi ý ở Danh mục chủ đề."),
    "units": _("Đã sửa cho tin này. Muốn Loa tự nhận ra lần sau, hãy thêm tên gọi khác ở trang của đơn vị."),
}
NOT_ASKED = _("Đã sửa cho tin này. Tin không có từ nào về trường, lớp nên Loa chưa học được từ nó.")

#: code of a query that cannot be read → what is wrong and what to do
QUERY_ERRORS = {
    "quote": _('Thiếu dấu ngoặc kép đóng. Thêm " vào cuối cụm từ.'),
    "open": _("Thiếu dấu ngoặc đóng. Thêm ) vào cuối nhóm từ."),
    "close": _("Thừa dấu ngoặc đóng. Bỏ dấu ) này hoặc thêm ( ở phía trước."),
    "brackets": _("Trong ngoặc chưa có từ nào. Ghi từ cần tìm vào giữa hai dấu ngoặc."),
    "phrase": _("Trong ngoặc kép chưa có từ nào. Ghi cụm từ vào giữa hai dấu ngoặc kép."),
    "operator": _(
        "Chỗ này thiếu từ cần tìm. OR, AND, NEAR phải đứng giữa hai từ; NOT và dấu trừ phải đứng trước một từ."
    ),
    "only_without": _('Ở đây chỉ có từ loại bỏ. Thêm ít nhất một từ phải có, ví dụ: lạm thu -"làm thủ tục".'),
    "near_of": _("NEAR chỉ nối hai từ hoặc hai cụm từ trong ngoặc kép, không nối nhóm trong ngoặc đơn."),
    "near_same": _("Hai vế của NEAR đang trùng từ. Hãy dùng hai từ khác nhau."),
    "far": _("Khoảng cách lớn nhất của NEAR là 10 từ, ví dụ: thu NEAR/10 quỹ."),
    "prefix": _("Trước dấu * cần ít nhất 3 chữ, ví dụ: trườ*."),
    "long": _("Câu tìm quá dài hoặc quá nhiều lớp ngoặc. Hãy rút gọn, hoặc tách thành hai bộ tìm."),
    "empty": _("Chưa có từ nào để tìm."),
}


@dataclass(frozen=True)
class Mistake:
    """A query that cannot be read, for the page: the sentence, and the query in three parts, the wrong one
    second.
    """

    sentence: str
    before: str
    wrong: str
    after: str


def query_error(error: QueryError) -> Mistake:
    """The mistake in words, with its place."""
    text, start, end = error.text, error.start, error.end
    return Mistake(str(QUERY_ERRORS.get(error.code, error.code)), text[:start], text[start:end], text[end:])


_MESSAGES = {
    "digest_drafted": Message(_("“%(title)s” đã soạn xong, chờ duyệt."), icon="report", tone="act"),
    "alert_note": Message(
        _("Dư luận về “%(about)s” tăng: %(items)s tin, thường lệ %(usual)s."), icon="ear", tone="info"
    ),
    "alert_act": Message(
        _("Cần xử lý: dư luận về “%(about)s” tăng bất thường, %(items)s tin, thường lệ %(usual)s."),
        icon="alert",
        tone="act",
    ),
    "alert_urgent": Message(
        _("Khẩn: dư luận tiêu cực về “%(about)s” tăng vọt, %(items)s tin, thường lệ %(usual)s."),
        icon="alert",
        tone="act",
    ),
    "alert_given": Message(_("%(by)s giao bạn xử lý cảnh báo về “%(about)s”."), icon="alert", tone="act"),
    "plan_themes": Message(
        _("%(n)s chủ đề của “%(plan)s” chưa được theo dõi dư luận. Mở Danh mục chủ đề, bấm Theo dõi tất cả."),
        icon="ear",
        tone="act",
    ),
    "search_hit": Message(_("Bộ tìm “%(name)s” có tin mới."), icon="search", tone="act"),
    "model_live": Message(
        _("Loa đã học xong: mô hình số %(number)s tốt hơn và đang được dùng (F1 trung bình %(f1)s)."),
        icon="ear",
        tone="done",
    ),
    "model_kept": Message(
        _("Loa đã học xong: mô hình số %(number)s chưa chắc tốt hơn nên chưa dùng (F1 trung bình %(f1)s)."),
        icon="ear",
        tone="info",
    ),
    "model_failed": Message(_("Loa chưa học được: %(why)s"), icon="alert", tone="act"),
    "source_silent": Message(
        _(
            "Nguồn “%(name)s” im lặng từ %(since)s, lâu hơn hẳn thường lệ. Xem nguồn còn hoạt động không; kênh của"
            " đơn vị thì kiểm tra kết nối trang và webhook."
        ),
        icon="ear",
        tone="act",
    ),
    "source_back": Message(_("Nguồn “%(name)s” đã có tin trở lại."), icon="ear", tone="done"),
}

_DEEDS = {
    "source.added": Deed(_("Thêm nguồn tin"), _("thêm nguồn tin “%(object)s”")),
    "source.changed": Deed(_("Sửa nguồn tin"), _("sửa nguồn tin “%(object)s”")),
    "source.renamed": Deed(
        _("Nguồn tin đổi tên"), _("ghi tên mới “%(object)s” của nguồn “%(before)s”, theo tên trang")
    ),
    "source.paused": Deed(_("Dừng nguồn tin"), _("dừng theo dõi nguồn “%(object)s”")),
    "source.resumed": Deed(_("Mở lại nguồn tin"), _("theo dõi lại nguồn “%(object)s”")),
    "clipping.added": Deed(_("Nhập tin báo chí"), _("nhập tin “%(title)s” vào nguồn “%(object)s”")),
    "remark.added": Deed(_("Nhập lời của người dân"), _("nhập một lời của người dân vào nguồn “%(object)s”")),
    "item.corrected": Deed(_("Sửa kết quả phân tích"), _("sửa kết quả phân tích của “%(object)s”")),
    "theme.saved": Deed(_("Sửa danh mục chủ đề"), _("sửa chủ đề “%(object)s”")),
    "item.confirmed": Deed(_("Xác nhận kết quả phân tích"), _("xác nhận kết quả phân tích của “%(object)s”")),
    "model.asked": Deed(_("Yêu cầu huấn luyện"), _("yêu cầu Loa học từ chỗ đã sửa (%(task)s)")),
    "model.trained": Deed(_("Huấn luyện mô hình"), _("huấn luyện mô hình %(task)s số %(number)s")),
    "model.rolled_back": Deed(_("Quay lại mô hình trước"), _("quay lại mô hình %(task)s số %(number)s")),
    "model.taught_itself": Deed(_("Loa tự học"), _("tự học mô hình %(task)s số %(number)s từ bộ từ có sẵn")),
    "item.opened": Deed(_("Mở nguyên văn"), _("mở nguyên văn “%(object)s”")),
    "search.saved": Deed(_("Lưu bộ tìm"), _("lưu bộ tìm “%(object)s”")),
    "search.dropped": Deed(_("Xoá bộ tìm"), _("xoá bộ tìm “%(object)s”")),
    "items.listed": Deed(_("Xem danh sách nguyên văn"), _("xem %(count)s nguyên văn của người dân")),
    "digest.edited": Deed(_("Sửa điểm báo"), _("sửa “%(object)s”")),
    "digest.renewed": Deed(_("Cập nhật điểm báo"), _("cập nhật “%(object)s”, thêm %(count)s dòng")),
    "digest.added": Deed(_("Thêm tin vào điểm báo"), _("thêm %(count)s tin vào “%(object)s”")),
    "digest.taken_out": Deed(_("Bỏ tin khỏi điểm báo"), _("bỏ “%(title)s” khỏi “%(object)s”")),
    "digest.approved": Deed(_("Duyệt điểm báo"), _("duyệt “%(object)s”, gửi đến %(count)s địa chỉ")),
    "digest.sent_again": Deed(_("Gửi lại điểm báo"), _("gửi lại “%(object)s” đến %(count)s địa chỉ")),
    "digest.planned": Deed(_("Đặt lịch điểm báo"), _("đặt lịch điểm báo của %(object)s")),
    "alert.taken": Deed(_("Nhận cảnh báo"), _("giao cảnh báo “%(about)s” cho %(who)s")),
    "alert.closed": Deed(_("Đóng cảnh báo"), _("đóng cảnh báo “%(about)s”")),
    "alert.escalated": Deed(_("Báo lãnh đạo về cảnh báo"), _("báo lãnh đạo về cảnh báo “%(about)s” chưa ai nhận")),
    "case.taken_out": Deed(_("Tách tin khỏi vụ việc"), _("tách tin “%(title)s” khỏi vụ việc “%(object)s”")),
    "case.merged": Deed(_("Gộp vụ việc"), _("gộp vụ việc “%(title)s” vào “%(object)s”")),
    "file.taken": Deed(_("Đưa tệp tin lên"), _("đưa tệp “%(object)s” lên nguồn “%(source)s”")),
    "file.confirmed": Deed(_("Nhập tệp tin"), _("cho nhập %(rows)s dòng của tệp “%(object)s”")),
    "file.dropped": Deed(_("Bỏ tệp tin"), _("bỏ tệp “%(object)s”")),
    "file.failed": Deed(
        _("Thôi nhập tệp tin"), _("thôi nhập tệp “%(object)s” vì lỗi, đã nhập %(done)s/%(rows)s dòng")
    ),
    "file.expired": Deed(
        _("Xoá tệp chờ quá lâu"), _("xoá tệp “%(object)s” vì quá %(days)s ngày không ai xác nhận")
    ),
    "push.shown": Deed(_("Xem khoá nhận tin"), _("xem khoá nhận tin của nguồn “%(object)s”")),
    "push.changed": Deed(_("Đổi khoá nhận tin"), _("đổi khoá nhận tin của nguồn “%(object)s”")),
    "items.taken": Deed(_("Xuất, in dư luận"), _("lấy ra %(count)s tin, có %(private)s nguyên văn của người dân")),
    "unit.moved": Deed(
        _("Chuyển việc nghe dư luận"),
        _(
            "chuyển %(sources)s nguồn tin, %(items)s tin, %(digests)s điểm báo của “%(object)s”"
            " sang đơn vị tiếp nhận"
        ),
    ),
    "case.decided": Deed(_("Quyết định vụ việc"), _("chuyển vụ việc “%(object)s” sang %(state)s")),
}


def register() -> None:
    """Called by ready()."""
    for code, message in _MESSAGES.items():
        messages.register(f"listening.{code}", message)
    for code, deed in _DEEDS.items():
        deeds.register(f"listening.{code}", deed)
