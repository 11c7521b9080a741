"""Duties that come back: every day, week, month, quarter, semester, year — or all the time.

The contract's words: daily weekly monthly monthly@25 quarterly semester yearly school_year regular.
"thường xuyên" is a duty only before a verb ("thường xuyên theo dõi"): "giáo dục thường xuyên" is a sector,
"chi thường xuyên" a budget line, "chủ động, thường xuyên, kịp thời" a wish. "sơ kết 05 năm" is no recurrence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from .document import Document, clause_bounds
from .model import Quota, Recurring
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .source.model import Block
from .who import item_unit, receiver, responsible

#: period word → contract word
WORDS: tuple[tuple[str, str], ...] = (
    ("school_year", r"năm học"),
    ("semester", r"học kỳ|học kì|kỳ học|0?6 tháng|sáu tháng|nửa năm"),
    ("quarterly", r"quý|quí"),
    ("monthly", r"tháng"),
    ("weekly", r"tuần"),
    ("daily", r"ngày"),
    ("yearly", r"năm"),
)
_PERIOD = "(?:" + "|".join(words for _, words in WORDS) + r")(?!\w)"
#: the day of one period, in brackets: "định kỳ 6 tháng (trước ngày 15/6), năm (trước ngày 05/12)"
_ITS_DAY = (
    r"(?:\s*\((?:gửi\s+)?(?:(?:trước|chậm nhất|muộn nhất|vào|hạn)\s+(?:là\s+)?)?(?:ngày\s+)?"
    r"\d{1,2}\s*/\s*\d{1,2}(?!\s*/|\d)[^()]{0,20}\))?"
)
_MORE = (
    rf"(?:{_ITS_DAY}\s*(?:,|và|/|hoặc|, và|-)\s*(?:(?:hằng|hàng|mỗi|từng|cuối|0?1|một|sơ kết|"
    rf"tổng kết|báo cáo)\s+)*{_PERIOD}(?!\s+(?:có\s+)?(?:\d|ít nhất|tối thiểu|một\b|hai\b)))*"
)
#: "hằng tháng", "hàng tháng, hằng quý", "định kỳ tháng, quý, năm", "định kỳ 6 tháng, 01 năm"
_EVERY = re.compile(
    rf"(?<!\w)(?:định kỳ\s+)?(?:(?:hằng|hàng|mỗi|từng)\s+|(?:(?<=định kỳ )|(?<=định kỳ \())(?:0?1\s+|"
    rf"một\s+)?)(?P<periods>{_PERIOD}{_MORE})",
    re.I,
)
#: a day of the month: "ngày 25 hằng tháng", "ngày 25 của tháng", "ngày 25 mỗi tháng"
_DAY_OF_MONTH = re.compile(
    r"(?<!\w)(?:định kỳ\s+)?(?:vào\s+)?(?:(?:trước|chậm nhất(?: là| vào)?|muộn nhất|"
    r"hạn)\s+)?ngày\s+(?:(?P<first>\d{1,2})\s*(?:,|và)\s*(?:ngày\s+)?)?(?:mùng\s+|"
    r"mồng\s+)?(?P<day>\d{1,2})\s*,?\s*(?:hằng|hàng|mỗi|của mỗi|"
    r"các|của từng|từng|của|(?=tháng (?:sau|trước|tiếp theo|kế tiếp|liền kề)))\s*tháng(?!\s*\d|\s+(?:đầu|cuối))",
    re.I,
)
#: "hằng tháng, trước ngày 20, gửi báo cáo", "báo cáo hằng tháng (trước ngày 25)"
_MONTH_THEN_DAY = re.compile(
    r"(?<!\w)(?:định kỳ\s+)?(?:hằng|hàng|mỗi)\s+tháng\s*[,(:]?\s*(?:gửi về Sở\s+|báo cáo\s+)?"
    r"(?:(?:vào|trước|chậm nhất(?: là| vào)?|muộn nhất)\s+|(?<=\())"
    r"ngày\s+(?P<day>\d{1,2})(?!\s*(?:/|-|tháng|\.\d)|\d)",
    re.I,
)
#: "chậm nhất ngày 20 tháng cuối quý", "ngày 05 của tháng đầu quý sau"
_DAY_OF_QUARTER = re.compile(
    r"(?<!\w)(?:định kỳ\s+)?(?:(?:trước|chậm nhất(?: là| vào)?|"
    r"vào)\s+)?ngày\s+\d{1,2}\s*(?:của\s+)?(?:tháng\s+(?:cuối|đầu|"
    r"thứ \w+)\s+(?:của\s+)?(?:mỗi\s+|hằng\s+)?quý|(?:hằng|hàng|mỗi)\s+quý)(?:\s+sau)?",
    re.I,
)
#: what comes back on a day of the year is a duty when something is due or handed in
_DUE = re.compile(r"trước|chậm|hạn|trong", re.I)
_HANDS_IN = re.compile(r"\b(?:gửi|nộp|báo cáo|hoàn thành|xong|đăng ký|tổng hợp|rà soát|cập nhật|tổ chức)\b", re.I)
#: "vào tuần đầu tháng của quý tiếp theo", "trong 05 ngày đầu của tháng sau"
_NEXT_PERIOD = re.compile(
    r"(?<!\w)(?:(?:vào|trong|trước)\s+)?(?:tuần|tháng|ngày|\d{1,2}\s+ngày)\s+(?:làm việc\s+)?(?:đầu|cuối|thứ \w+)"
    r"(?:\s+(?:tiên|cùng))?(?:\s+(?:của\s+)?(?:tháng|tuần)(?:\s+(?:đầu|cuối))?)?\s+(?:của\s+)?"
    r"(?P<period>quý|tháng|tuần)\s+(?:tiếp theo|kế tiếp|liền kề|sau)(?!\w)",
    re.I,
)
_INFORMS = re.compile(
    r"\b(?:tuyên truyền|truyền thông|thông tin|đăng|cập nhật|gửi|báo cáo|phát thanh|đưa tin|điểm báo|điểm tin|"
    r"cung cấp|giao ban|bản tin|chuyên mục|họp báo|tin,? bài|sao lưu|thay đổi nội dung)\b",
    re.I,
)
#: "vào ngày làm việc cuối cùng của tháng", "tuần đầu của quý"
_END_OF_PERIOD = re.compile(
    r"(?<!\w)(?:(?:vào|trong|trước)\s+)?(?:thứ\s+\w+|tuần|ngày(?:\s+làm việc)?|\d{1,2}\s+ngày)\s+(?:đầu|"
    r"cuối)(?:\s+(?:tiên|cùng))?"
    r"\s+(?:của\s+|trong\s+)?(?P<period>tháng|quý|tuần)(?!\w)(?!\s*(?:\d|I|V|sau|tiếp|kế|liền|đầu|cuối|này|cao|hành))",
    re.I,
)
#: "định kỳ 3 tháng một lần", "6 tháng/lần", "tuần/lần"
_EVERY_SO_OFTEN = re.compile(
    r"(?<![\w/])(?:định kỳ\s+)?(?:(?P<count>0?[136]|12|ba|sáu)\s+|(?<!\d\s)(?<!hai\s)(?<!bốn\s))"
    r"(?P<unit>tháng|tuần|năm)\s*"
    r"(?:/\s*|\s(?:một|1|01)\s+)(?:(?:0?1|một)\s+)?lần(?!\w)",
    re.I,
)
_SO_OFTEN = {
    "1": {"tuần": "weekly", "tháng": "monthly", "năm": "yearly"},
    "3": {"tháng": "quarterly"},
    "ba": {"tháng": "quarterly"},
    "6": {"tháng": "semester"},
    "sáu": {"tháng": "semester"},
    "12": {"tháng": "yearly"},
}
_FROM_TO = re.compile(r"từ\s+(?:thứ|ngày|sáng|chiều)\s+\w+\s+(?:đến|tới|-)\s+[^,;]{2,20}$", re.I)
#: "báo cáo tháng gửi trước ngày 22": a report named by its period, and its day
_REPORT_WEEK = re.compile(
    r"(?<!\w)báo cáo\s+tuần\s*[(:,]?\s*(?:(?:trước|chậm nhất|vào|"
    r"gửi)\s+)?(?:\d{1,2}h\d{0,2}\s+)?(?:chiều\s+|sáng\s+)?thứ\s+\w+",
    re.I,
)
_REPORT_DAY = re.compile(
    r"(?<!\w)báo cáo\s+(?:kết quả\s+|định kỳ\s+|công tác\s+)?(?:hằng\s+|hàng\s+|từng\s+|mỗi\s+)?"
    r"tháng(?!\s*\d)[^;.\d]{0,40}?"
    r"(?:(?:trước|chậm nhất|vào|hạn)\s+(?:là\s+|vào\s+)?|\()ngày\s+(?P<day>\d{1,2})"
    r"(?!\s*(?:/|-|\.\d|tháng|của|hằng|hàng|mỗi)|\d)",
    re.I,
)
#: "báo cáo tại giao ban tháng", "họp giao ban tuần": the meeting is held every month
_MEETING = re.compile(
    r"(?<!\w)(?:họp |hội nghị |cuộc họp |phiên họp )?giao ban(?: báo chí| công tác| cơ quan)? "
    r"(?P<period>tuần|tháng|quý)(?!\w)(?!\s*(?:\d|này))",
    re.I,
)
_AND_BY = re.compile(r"\s*(?:,|và)\s*theo\s+(?P<period>tháng|quý|học kỳ|năm học|năm)(?!\w)(?!\s*\d)", re.I)
#: "cuối tháng tự đánh giá trên phần mềm": no month is named
_MONTH_END = re.compile(
    r"(?:^|[,;.:]\s+|[-+–]\s)(?P<when>(?:vào\s+)?(?:cuối|đầu) (?:(?P<month>tháng)|(?P<week>tuần)|quý))\s*,?\s+"
    r"(?:tự\s+)?"
    r"(?:đánh giá|tổng hợp|báo cáo|thống kê|gửi|nộp|họp|rà soát|nhận xét|chấm điểm)\b",
    re.I,
)
#: "thống kê số liệu tương tác theo tháng", "đánh giá, xếp loại các trường theo quý"
_BY_PERIOD = re.compile(
    r"(?<!\w)(?P<verb>thống kê|tổng hợp|báo cáo|đánh giá|xếp loại|xếp hạng|chấm điểm|công khai|công bố|thông báo|"
    r"theo dõi|cập nhật|kiểm tra|giao ban|họp)\b[^;.:()]{0,60}?\s"
    r"theo\s+(?:định kỳ\s+|từng\s+)?(?P<period>tuần|tháng|quý|học kỳ|năm học|năm)(?!\w)(?!\s*(?:\d|này|I|V|:))",
    re.I,
)
#: "tối thiểu 1 tin/ngày": so many a day is a duty of every day
_PER_DAY = re.compile(
    r"(?<![\w/.,])(?:(?:ít nhất|tối thiểu|không dưới|từ)\s+)?\d{1,2}(?:\s*(?:-|–|đến)\s*\d{1,2})?\s+"
    r"(?:tin(?:,? bài)?|bài(?: viết| đăng)?|lần|lượt|video|ảnh|buổi phát thanh|bản tin)"
    r"(?:\s*/\s*|\s+(?:mỗi|một|trong) )ngày(?!\w)|(?<!\w)phát(?: thanh| sóng)?\s+\d{1,2}\s+buổi\s*/\s*ngày(?!\w)",
    re.I,
)
#: "mỗi tháng ra 02 số (ngày 10 và ngày 25)"
_DAYS_IN_BRACKETS = re.compile(
    r"(?<!\w)(?:hằng|hàng|mỗi)\s+tháng\b[^;.()]{0,60}\((?:vào\s+)?(?:các\s+)?ngày\s+(?P<first>\d{1,2})\s*(?:,|và)\s*"
    r"(?:ngày\s+)?(?P<day>\d{1,2})\)",
    re.I,
)
#: "trước ngày 15/12 hằng năm"
_DAY_OF_YEAR = re.compile(
    r"(?<!\w)(?:(?:trước|chậm nhất(?: là| vào)?|vào|hạn|trong)\s+)?(?:(?:ngày\s+)?\d{1,2}\s?(?:/|"
    r"tháng)\s?\d{1,2}|tháng\s+\d{1,2})\s*,?\s*(?:hằng|hàng|mỗi)\s+(?P<year>năm học|năm)",
    re.I,
)
#: reports due at the end of a term: "sơ kết học kỳ, tổng kết năm học", "báo cáo tháng, quý, năm"
_REPORT_PERIODS = re.compile(
    rf"(?:định kỳ,?\s+)?báo cáo(?:\s+(?:định kỳ|kết quả|sơ kết|tổng kết|theo|theo định kỳ|về|"
    rf"tình hình))*\s*(?:\s|[:(]\s*)(?:(?:hằng|hàng|cuối|mỗi|theo)\s+)?(?P<periods>(?:tuần|tháng|quý|"
    rf"học kỳ|0?6 tháng|sáu tháng|năm học|năm)(?!\w)(?!\s+(?:20\d\d|I{{1,3}}\b|IV|"
    rf"\d)){_MORE})",
    re.I,
)
#: "nộp vào cuối học kỳ, cuối năm học"
_TERM_END = re.compile(
    r"(?<=vào )(?:cuối\s+(?:mỗi\s+)?(?:học kỳ|học kì|năm học|năm)(?:\s+(?:I{1,2}|1|2)\b)?(?:,|"
    r"\s+và)?\s*){1,3}(?!\d|\(|20)",
    re.I,
)

#: verbs a duty begins with; the word after "thường xuyên" or "Định kỳ"
_DUTY_VERB = (
    r"(?:theo dõi|cập nhật|đăng|đưa|kết nối|rà soát|tham mưu|tổ chức|kiểm tra|phối hợp|"
    r"nắm bắt|chia sẻ|tuyên truyền|truyền thông|cung cấp|"
    r"trao đổi|báo cáo|tổng hợp|quan tâm|đôn đốc|giám sát|thông tin|viết|gửi|phát hiện|"
    r"giới thiệu|tương tác|duy trì|bồi dưỡng|tập huấn|đổi mới|"
    r"nâng cao|hướng dẫn|chỉ đạo|đánh giá|phản ánh|phổ biến|quán triệt|xây dựng|liên hệ|giữ|"
    r"chủ động|thực hiện|kịp thời|phân tích|lắng nghe|tiếp nhận|"
    r"biểu dương|động viên|khen|quản lý|bảo trì|sao lưu|chăm sóc|truy cập|kiện toàn|"
    r"lựa chọn|sử dụng|khai thác|tìm|sưu tầm|lan tỏa|lan toả|quảng bá|"
    r"giao ban|họp|làm việc|đối thoại|thống kê|làm mới|bám sát|phát sóng|phát thanh|phát|"
    r"thông báo|vận động|nhắc nhở|tư vấn|hỗ trợ|lồng ghép|công khai|phản hồi|trả lời|thay đổi|làm tốt|"
    r"tăng cường|đẩy mạnh|rà|bổ sung|vận hành|tạo|ghi|đọc|kiểm duyệt|biên tập|đảm bảo|"
    r"bảo đảm|gặp)"
)
_REGULAR = re.compile(
    rf"(?<!\w)(?P<adverb>thường xuyên|liên tục|đều đặn),?\s+(?:và\s+)?(?P<verb>{_DUTY_VERB})(?!\w)", re.I
)
#: the adverb after its verb: "tương tác thường xuyên với người theo dõi"
_REGULAR_AFTER = re.compile(
    r"(?<!việc )(?<!được )(?<!\w)(?P<verb>tương tác|cập nhật|đăng tải|đăng|đưa tin|kiểm tra|"
    r"rà soát|phối hợp|liên hệ|liên lạc|"
    r"chia sẻ|theo dõi|báo cáo|duy trì|kết nối|trao đổi|giám sát|"
    r"đôn đốc)\s+(?P<adverb>thường xuyên|đều đặn)(?!\s+(?:của|năm))",
    re.I,
)
#: "cập nhật thông tin thường xuyên trên trang", "đăng tải kịp thời, thường xuyên tin tức"
_REGULAR_APART = re.compile(
    r"(?<!việc )(?<!được )(?<!\w)(?P<verb>cập nhật|đăng tải|đưa tin|kiểm tra|rà soát|liên hệ|theo dõi|"
    r"tuyên truyền|duy trì|trao đổi|đôn đốc)(?:\s+(?!giáo\b|GD|chi\b|bồi\b|tập\b|không\b|học\b|được\b|"
    r"và\b)[^\s,;:.()]+){0,5}?"
    r"(?:\s*,\s*(?:kịp thời|chính xác|liên tục|đầy đủ|nhanh chóng))?,?\s+"
    r"(?P<adverb>thường xuyên|đều đặn)(?!\s+(?:của|năm|và không)|\s+và\s+GD|\s*[-–])",
    re.I,
)
#: words before which "thường xuyên" is something else
_NOT_REGULAR = re.compile(
    r"(?:giáo dục|GD|bồi dưỡng|chi|ngân sách|kinh phí|nhiệm vụ chi|trung tâm giáo dục|"
    r"học tập|công tác bồi dưỡng|đánh giá)\s+$",
    re.I,
)
_PERIODIC = re.compile(
    rf"(?:^|(?<=[;.] )|(?<=[-+–] ))định kỳ,?\s+(?:và đột xuất\s+|hoặc đột xuất\s+|"
    rf", đột xuất\s+)?(?={_DUTY_VERB})",
    re.I,
)
_HOW_OFTEN = re.compile(
    r"(?:hằng|hàng|mỗi|theo|/)\s*(?:0?[1-6]\s+)?(?:ngày|tuần|tháng|quý|học kỳ|năm)(?!\w)|"
    r"\d\s*(?:tháng|tuần)\s*(?:/|một)\s*lần",
    re.I,
)
#: "Thời gian thực hiện: Thường xuyên"
_TIMEFRAME = re.compile(
    r"^[-–+*•\s]*(?:thời gian|thời hạn|tiến độ|thời điểm)(?:\s+(?:thực hiện|hoàn thành|"
    r"triển khai))?\s*:\s*(?P<value>.+)$",
    re.I,
)
#: what governs a year's budget or a festival, not a duty of the plan
_NOT_DUTY_BEFORE = re.compile(
    r"(?:(?<!đối chiếu )(?<!quyết toán )kinh phí|ngân sách|dự toán|chi thường xuyên|nguồn chi|"
    r"bảng (?:công khai )?thực đơn|hợp đồng|ký kết|hiệp định|thỏa thuận|tỷ lệ|"
    r"(?:thu nhập|lương|mức|chi phí|đạt) bình quân|doanh thu|thường niên)[^;.]{0,40}$",
    re.I,
)
#: what happens every year, whoever informs of it
_YEARLY_EVENT = re.compile(r"(?:kỷ niệm|lễ|ngày hội|giải|kỳ thi|tuyển sinh)[^;.]{0,40}$", re.I)
#: "V. KẾ HOẠCH CỤ THỂ TỪNG THÁNG" is the heading of a table
_PLAN_OF = re.compile(
    r"(?:^[-–+*•\s]*|[.)]\s+)(?:(?:kế hoạch|lịch)\s*$|"
    r"(?:kế hoạch|lịch|chương trình|nhiệm vụ|hoạt động|nội dung|chủ đề|phân công)(?:\s+(?!và\b)\w+){0,5}\s+"
    r"(?:cụ thể|chi tiết|trọng tâm|theo|của|cho|truyền thông)\s*$)",
    re.I,
)
_CLAUSE_START = re.compile(
    rf"(?:^|[,;.:]\s+|\bvà\s+|\bđể\s+|[-+–]\s)(?P<verb>(?:thực hiện\s+)?{_DUTY_VERB}\b)", re.I
)


@dataclass(slots=True)
class _Hit:
    start: int  # of the words that say how often
    end: int
    recurrences: tuple[str, ...]
    quote_start: int
    quote_end: int
    confidence: float = 1.0


def _recurrence_words(printed: str) -> tuple[str, ...]:
    """ "6 tháng (trước ngày 15/6), năm" → semester, yearly; what stands in brackets is a day, no period."""
    printed = re.sub(r"\([^()]*\)", " ", printed)
    return tuple(dict.fromkeys(recurrence_word(m.group(0)) for m in re.finditer(_PERIOD, printed, re.I)))


def recurrence_word(printed: str) -> str:
    """ "quý" → "quarterly"."""
    printed = " ".join(printed.split())
    for code, pattern in WORDS:
        if re.fullmatch(pattern, printed, re.I):
            return code
    raise ValueError(printed)


def find_recurring(doc: Document, quotas: list[Quota]) -> list[Recurring]:
    """All recurring duties in order; a quota counted in "lần" is one too ("ít nhất 1 lần/tháng")."""
    found: list[Recurring] = []
    taken = [(quota.span.start, quota.span.end) for quota in quotas]
    for block in doc.prose():
        theme = doc.outline.theme(block)
        if theme in (BUDGET, RESULTS) or is_topic(block.text):
            continue
        hits = _hits(block, taken, wish=theme == PURPOSE, content=theme == CONTENT)
        last: _Hit | None = None
        clauses: set[tuple[str, tuple[int, int]]] = set()
        for hit in _dated(block.text, sorted(hits, key=lambda h: h.start)):
            again = last is not None and last.recurrences == hit.recurrences
            if again and re.fullmatch(r"[\s(,:]*", block.text[last.end : hit.start]):  # type: ignore[union-attr]
                continue  # "hằng quý (trước ngày 20 tháng cuối quý)" comes back once
            last = hit
            if doc.is_cited(block.start + hit.start, block.start + hit.end):
                continue
            who = responsible(doc, block, hit.start, hit.end)
            clause = clause_bounds(block.text, hit.start, hit.end)
            said = {(word, clause) for word in hit.recurrences if word != "regular"}
            if said and said <= clauses:
                continue  # "mỗi tuần 01 đề, công bố vào thứ Hai hằng tuần" comes back once
            clauses |= said
            to = receiver(block.text[clause[0] : clause[1]])
            span = doc.span(block.start + hit.quote_start, block.start + hit.quote_end)
            for recurrence in hit.recurrences:
                found.append(
                    Recurring(
                        span=span,
                        recurrence=recurrence,
                        who=who,
                        what=_what(block.text, hit, clause),
                        to=to,
                        confidence=hit.confidence,
                    )
                )
    rates = {
        "month": "monthly",
        "week": "weekly",
        "quarter": "quarterly",
        "semester": "semester",
        "year": "yearly",
    }
    for quota in quotas:
        if quota.unit == "lần" and quota.period:
            word = rates.get(quota.period, quota.period)
            if not any(
                r.recurrence == word and r.span.start < quota.span.end and r.span.end > quota.span.start
                for r in found
            ):
                found.append(Recurring(span=quota.span, recurrence=word, who=quota.who, what=quota.what))
    return sorted(found, key=lambda item: item.span.start)


def _dated(text: str, hits: list[_Hit]) -> list[_Hit]:
    """Without "từng tháng" where its day follows in brackets: "từng tháng (xong trước ngày 28 tháng trước)"."""
    return [
        hit
        for hit, after in zip_longest(hits, hits[1:])
        if after is None
        or hit.recurrences != ("monthly",)
        or not after.recurrences[0].startswith("monthly@")
        or not re.fullmatch(r"\s*\((?:xong|hoàn thành|gửi|nộp|báo cáo)?\s*", text[hit.end : after.start])
    ]


def _what(text: str, hit: _Hit, clause: tuple[int, int]) -> str | None:
    quote = text[hit.quote_start : hit.quote_end]
    words = text[hit.start : hit.end]
    what = quote.replace(words, " ", 1) if words in quote else quote
    what = " ".join(what.split()).strip(" ,;:.-–+")
    if len(what) < 8:
        what = " ".join(text[clause[0] : clause[1]].split()).strip(" ,;:.-–+")
    return what or None


def _hits(block: Block, rates: list[tuple[int, int]], *, wish: bool, content: bool) -> Iterator[_Hit]:
    text = block.text
    if not re.search(
        r"thường xuyên|liên tục|đều đặn|định kỳ|hằng|hàng (?:ngày|tuần|tháng|quý|năm)|mỗi|từng|báo cáo|của tháng|"
        r"ngày|tuần|tháng|quý|năm",
        text,
        re.I,
    ):
        return
    taken: list[tuple[int, int]] = []

    def claim(start: int, end: int) -> bool:
        if any(start < b and end > a for a, b in taken):
            return False
        taken.append((start, end))
        return True

    timeframe = _TIMEFRAME.match(text)
    if timeframe:
        yield from _timeframe(text, timeframe)
        return
    for match in _DAY_OF_MONTH.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            days = [int(day) for day in (match["first"], match["day"]) if day]
            yield _around(text, match, tuple(f"monthly@{day}" for day in days))
    for match in _MONTH_THEN_DAY.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            yield _around(text, match, (f"monthly@{int(match['day'])}",))
    for match in _DAYS_IN_BRACKETS.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, tuple(f"monthly@{int(day)}" for day in match.group("first", "day")))
    for match in _DAY_OF_QUARTER.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, ("quarterly",))
    for match in _DAY_OF_YEAR.finditer(text):
        if not _DUE.match(match.group(0)) and (content or not _HANDS_IN.search(text[: match.start()])):
            continue  # "Ngày hội đọc sách (21/4 hằng năm)": a day of the year, nobody's duty
        if claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["year"]),))
    for match in _REPORT_WEEK.finditer(text):
        if claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), ("weekly",), match.start(), match.end())
    for match in _REPORT_DAY.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), (f"monthly@{int(match['day'])}",), match.start(), match.end())
    for match in _EVERY_SO_OFTEN.finditer(text):
        word = _SO_OFTEN.get((match["count"] or "1").lstrip("0"), {}).get(match["unit"].lower())
        if word and not wish and not content and _is_duty(text, match) and claim(match.start(), match.end()):
            yield _around(text, match, (word,))
    for match in _NEXT_PERIOD.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in _MONTH_END.finditer(text):
        if not wish and not content and claim(match.start("when"), match.end("when")):
            word = "monthly" if match["month"] else "weekly" if match["week"] else "quarterly"
            _, right = clause_bounds(text, match.start("when"), match.end())
            yield _Hit(match.start("when"), match.end("when"), (word,), match.start("when"), right, 0.8)
    for match in _MEETING.finditer(text):
        if not wish and not content and claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in _END_OF_PERIOD.finditer(text):
        if not wish and not content and claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in _PER_DAY.finditer(text):
        if not wish and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), ("daily",), match.start(), match.end())
    for match in _EVERY.finditer(text):
        if wish or not _is_duty(text, match) or _PLAN_OF.search(text[: match.start()]):
            continue
        if content and not _spoken(text, match):
            continue  # "theo dõi sức khỏe hằng ngày", a yearly event: something to speak about
        words = _recurrence_words(match["periods"])
        end = match.end()
        tail = re.compile(
            r"(?:\s*(?:,|và)\s*(?:báo cáo\s+)?(?:sơ kết|tổng kết|cuối)\s+(?:học kỳ|học kì|năm học|"
            r"năm)(?!\s*(?:I{1,3}\b|\d)))+"
        ).match(text, end)
        if tail:
            words = (
                *words,
                *(recurrence_word(m.group(0)) for m in re.finditer(r"học kỳ|học kì|năm học|năm", tail.group(0))),
            )
            end = tail.end()
        if _is_rate(block, rates, match):
            continue
        if claim(match.start(), end):
            yield _around(text, match, tuple(dict.fromkeys(words)), end)
    if wish and not re.search(r"\bphải\b", text):
        return  # purposes are wishes, unless they say "phải"
    for match in _REPORT_PERIODS.finditer(text):
        words = _recurrence_words(match["periods"])
        inside = re.search(
            r"(?:cùng(?: với)?|lồng ghép (?:vào|trong)|trong|kèm theo)\s*(?:các\s+)?$", text[: match.start()]
        )
        if inside and not set(words) <= {"weekly", "monthly", "quarterly"}:
            continue  # "cùng với báo cáo tổng kết năm học" is when it is due, once
        if len(words) < 2 and not re.search(r"định kỳ|hằng|hàng|cuối|mỗi", match.group(0), re.I):
            continue  # "báo cáo năm" alone names one report
        if claim(match.start("periods"), match.end()):
            taken.append((match.start(), match.start("periods")))
            yield _Hit(match.start("periods"), match.end(), words, match.start(), match.end(), 0.9)
    for match in _BY_PERIOD.finditer(text):
        if not wish and not content and claim(match.start("period"), match.end()):
            day = re.compile(r"\s*\((?:[^()\d]{0,20}ngày\s+(?P<day>\d{1,2})\)|[^()]{3,60}\))").match(
                text, match.end()
            )
            end = day.end() if day else match.end()
            word = recurrence_word(match["period"])
            if day and day["day"] and word == "monthly" and 1 <= int(day["day"]) <= 31:
                word = f"monthly@{int(day['day'])}"
            named = [word]
            while more := _AND_BY.match(text, end):  # "theo tháng (ngày 25) và theo quý"
                named.append(recurrence_word(more["period"]))
                end = more.end()
            yield _Hit(match.start("period"), match.end(), tuple(named), match.start(), end)
    for match in _TERM_END.finditer(text):
        terms = re.findall(r"(học k[ỳì]|năm học|năm)(?!\s+(?:I|\d))", match.group(0), re.I)
        if content or not terms or not _HANDS_IN.search(text[: match.start()]):
            continue
        if claim(match.start(), match.end()):
            yield _around(text, match, tuple(dict.fromkeys(recurrence_word(term) for term in terms)))
    for match in _REGULAR.finditer(text):
        if _NOT_REGULAR.search(text[: match.start()]) or text[: match.start()].rstrip().endswith(
            ("chủ động,", "kịp thời,")
        ):
            continue
        if "," in match.group(0) and re.search(r"\bviệc\b[^,;.]{0,60}$", text[: match.start()]):
            continue  # "thông qua việc cung cấp thông tin thường xuyên, phản hồi nhanh chóng": how, not how often
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(
                match.start("adverb"),
                match.end("adverb"),
                ("regular",),
                match.start(),
                right,
                1.0 if item_unit(text) is None else 0.9,
            )
    for match in _REGULAR_AFTER.finditer(text):
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start("adverb"), match.end(), ("regular",), match.start(), right, 0.7)
    for match in _REGULAR_APART.finditer(text):
        if _NOT_REGULAR.search(text[: match.start("adverb")]):
            continue
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start("adverb"), match.end(), ("regular",), match.start(), right, 0.7)
    for match in _PERIODIC.finditer(text):
        if _HOW_OFTEN.search(text, *clause_bounds(text, match.start(), match.end())):
            continue  # "định kỳ cung cấp thông tin (tối thiểu mỗi quý 01 lần)" says itself how often
        if claim(match.start(), match.end()):
            _left, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start(), match.end(), ("regular",), match.start(), right, 0.7)


def _timeframe(text: str, match: re.Match[str]) -> Iterator[_Hit]:
    value = match["value"]
    at = match.start("value")
    if re.match(r"thường xuyên|liên tục|đều đặn", value, re.I):
        yield _Hit(at, match.end(), ("regular",), 0, len(text))
        return
    every = _EVERY.search(value)
    if every:
        words = _recurrence_words(every["periods"])
        yield _Hit(at, match.end(), words, 0, len(text))


def _is_duty(text: str, match: re.Match[str]) -> bool:
    """Not a budget ("kinh phí … hàng năm"), a festival, or a comparison."""
    before = text[: match.start()]
    if _NOT_DUTY_BEFORE.search(before):
        return False
    words = match.groupdict()
    if str(words.get("periods") or words.get("unit")).lower().startswith("năm") and _YEARLY_EVENT.search(before):
        return False
    return not re.match(r"\s*(?:\d+\s*%|có khoảng|bình quân)", text[match.end() :])


def _spoken(text: str, match: re.Match[str]) -> bool:
    """In a section of contents: does the clause itself speak of informing, not of what happens in schools?"""
    if match["periods"].lower().startswith("năm"):
        return False
    left, right = clause_bounds(text, match.start(), match.end())
    return bool(_INFORMS.search(text, left, right)) and not _FROM_TO.search(text, left, match.start())


def _is_rate(block: Block, rates: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """ "mỗi tháng 02 tin" is a quota; only "hằng" and "định kỳ" also say that the duty comes back."""
    if match.group(0).lower().startswith(("hằng", "hàng", "định kỳ")):
        return False
    start, end = block.start + match.start(), block.start + match.end()
    return any(start < b and end > a for a, b in rates)


def _around(text: str, match: re.Match[str], words: tuple[str, ...], end: int | None = None) -> _Hit:
    """The quote: from the adverb on when it leads its clause, else from the verb it belongs to."""
    stop = end if end is not None else match.end()
    left, right = clause_bounds(text, match.start(), stop)
    lead = text[left : match.start()].strip(" -–+*•,")
    if len(lead) < 4:
        return _Hit(match.start(), stop, words, match.start(), right)
    verb_start = left
    for verb in _CLAUSE_START.finditer(text, left, match.start()):
        verb_start = verb.start("verb")
    return _Hit(
        match.start(),
        stop,
        words,
        verb_start,
        right if len(text[stop:right]) < 90 else stop,
    )
