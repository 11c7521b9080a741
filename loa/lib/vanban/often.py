"""How plans print that something comes back: the patterns that `often_read` reads, each with an example."""

from __future__ import annotations

import re

from .clues import clued
from .due import HANDING_IN

#: "hằng tháng", "hàng quý", "mỗi năm"
_EACH = r"(?:hằng|hàng|mỗi)"
#: "thứ Sáu", "thứ 6"
THU = r"thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])"
#: before a day: "trước ngày 25", "chậm nhất là ngày 25"
_BY = r"(?:trước|(?:chậm|muộn) nhất(?: là| vào)?|vào|hạn)\s+"

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
PERIOD = "(?:" + "|".join(words for _, words in WORDS) + r")(?!\w)"
#: the day of one period, in brackets: "định kỳ 6 tháng (trước ngày 15/6), năm (trước ngày 05/12)"
_ITS_DAY = (
    r"(?:\s*\((?:gửi\s+)?(?:(?:trước|chậm nhất|muộn nhất|vào|hạn)\s+(?:là\s+)?)?(?:ngày\s+)?"
    r"\d{1,2}\s*/\s*\d{1,2}(?!\s*/|\d)[^()]{0,20}\))?"
)
_MORE = (
    rf"(?:{_ITS_DAY}\s*(?:,|và|/|hoặc|, và|-)\s*(?:(?:hằng|hàng|mỗi|từng|cuối|0?1|một|sơ kết|"
    rf"tổng kết|báo cáo)\s+)*{PERIOD}(?!\s+(?:có\s+)?(?:\d|ít nhất|tối thiểu|một\b|hai\b)))*"
)
#: "hằng tháng", "hàng tháng, hằng quý", "định kỳ tháng, quý, năm", "định kỳ 6 tháng, 01 năm"
EVERY = clued(
    rf"(?<!\w)(?:định kỳ\s+)?(?:(?:hằng|hàng|mỗi|từng)\s+|(?:(?<=định kỳ )|(?<=định kỳ \())(?:0?1\s+|"
    rf"một\s+)?)(?P<periods>{PERIOD}{_MORE})",
    "hằng|hàng|mỗi|từng|định kỳ",
    "ngày|tuần|tháng|quý|quí|năm|kỳ|kì",
)
#: a day of the month: "ngày 25 hằng tháng", "ngày 25 của tháng", "ngày 25 mỗi tháng"
DAY_OF_MONTH = clued(
    rf"(?<!\w)(?:định kỳ\s+)?(?:vào\s+)?(?:{_BY})?"
    r"ngày\s+(?:(?P<first>\d{1,2})\s*(?:,|và)\s*(?:ngày\s+)?)?(?:mùng\s+|"
    r"mồng\s+)?(?P<day>\d{1,2})\s*,?\s*(?:hằng|hàng|mỗi|của mỗi|"
    r"các|của từng|từng|của|(?=tháng (?:sau|trước|tiếp theo|kế tiếp|liền kề)))\s*tháng(?!\s*\d|\s+(?:đầu|cuối))",
    "ngày",
    "tháng",
)
#: "hằng tháng, trước ngày 20, gửi báo cáo", "báo cáo hằng tháng (trước ngày 25)"
MONTH_THEN_DAY = clued(
    rf"(?<!\w)(?:định kỳ\s+)?{_EACH}\s+tháng\s*[,(:]?\s*(?:gửi về Sở\s+|báo cáo\s+)?(?:{_BY}|(?<=\())"
    r"ngày\s+(?P<day>\d{1,2})(?!\s*(?:/|-|tháng|\.\d)|\d)",
    "hằng|hàng|mỗi",
    "tháng",
    "ngày",
)
#: "Hằng tháng, tổng hợp tin, bài của các trường gửi Sở trước ngày 25": its day stands behind what is done
MONTH_THEN_DEED = clued(
    r"(?<!\w)(?:định kỳ\s+)?(?:hằng|hàng|mỗi)\s+tháng(?!\w)[^;.\d]{3,140}?,?\s"
    r"(?:vào|trước|chậm nhất(?: là| vào)?|muộn nhất(?: là)?)\s+ngày\s+(?P<day>\d{1,2})"
    r"(?!\s*(?:[/.-]\s*\d|tháng|của|hằng|hàng|mỗi)|\d)",
    "hằng|hàng|mỗi",
    "tháng",
    "ngày",
)
#: "chậm nhất ngày 20 tháng cuối quý", "ngày 05 của tháng đầu quý sau"
DAY_OF_QUARTER = clued(
    rf"(?<!\w)(?:định kỳ\s+)?(?:{_BY})?ngày\s+\d{{1,2}}\s*(?:của\s+)?(?:tháng\s+(?:cuối|đầu|"
    rf"thứ \w+)\s+(?:của\s+)?(?:mỗi\s+|hằng\s+)?quý|{_EACH}\s+quý)(?:\s+sau)?",
    "ngày",
    "quý",
)
#: what comes back on a day of the year is a duty when something is due or handed in
DUE = re.compile(r"trước|chậm|muộn|hạn|trong", re.I)
HANDS_IN = re.compile(rf"\b(?:{HANDING_IN}|rà soát|cập nhật|tổ chức)\b", re.I)
#: "vào tuần đầu tháng của quý tiếp theo", "trong 05 ngày đầu của tháng sau"
NEXT_PERIOD = clued(
    r"(?<!\w)(?:(?:vào|trong|trước)\s+)?(?:tuần|tháng|ngày|\d{1,2}\s+ngày)\s+(?:làm việc\s+)?(?:đầu|cuối|thứ \w+)"
    r"(?:\s+(?:tiên|cùng))?(?:\s+(?:của\s+)?(?:tháng|tuần)(?:\s+(?:đầu|cuối))?)?\s+(?:của\s+)?"
    r"(?P<period>quý|tháng|tuần)\s+(?:tiếp theo|kế tiếp|liền kề|sau)(?!\w)",
    "tiếp theo|kế tiếp|liền kề|sau",
    "quý|tháng|tuần",
)
INFORMS = re.compile(
    r"\b(?:tuyên truyền|truyền thông|thông tin|đăng|cập nhật|gửi|báo cáo|phát thanh|đưa tin|điểm báo|điểm tin|"
    r"cung cấp|giao ban|bản tin|chuyên mục|họp báo|tin,? bài|sao lưu|thay đổi nội dung)\b",
    re.I,
)
#: "vào ngày làm việc cuối cùng của tháng", "tuần đầu của quý"
END_OF_PERIOD = clued(
    r"(?<!\w)(?:(?:vào|trong|trước)\s+)?(?:thứ\s+\w+|tuần|ngày(?:\s+làm việc)?|\d{1,2}\s+ngày)\s+(?:đầu|"
    r"cuối)(?:\s+(?:tiên|cùng))?"
    r"\s+(?:của\s+|trong\s+)?(?P<period>tháng|quý|tuần)(?!\w)(?!\s*(?:\d|I|V|sau|tiếp|kế|liền|đầu|cuối|này|cao|hành))",
    "đầu|cuối",
    "tháng|quý|tuần",
)
#: "định kỳ 3 tháng một lần", "6 tháng/lần", "tuần/lần"
EVERY_SO_OFTEN = clued(
    r"(?<![\w/])(?:định kỳ\s+)?(?:(?P<count>0?[136]|12|ba|sáu)\s+|(?<!\d\s)(?<!hai\s)(?<!bốn\s))"
    r"(?P<unit>tháng|tuần|năm)\s*"
    r"(?:/\s*|\s(?:một|1|01)\s+)(?:(?:0?1|một)\s+)?lần(?!\w)",
    "lần",
    "tháng|tuần|năm",
)
SO_OFTEN = {
    "1": {"tuần": "weekly", "tháng": "monthly", "năm": "yearly"},
    "3": {"tháng": "quarterly"},
    "ba": {"tháng": "quarterly"},
    "6": {"tháng": "semester"},
    "sáu": {"tháng": "semester"},
    "12": {"tháng": "yearly"},
}
FROM_TO = re.compile(r"từ\s+(?:thứ|ngày|sáng|chiều)\s+\w+\s+(?:đến|tới|-)\s+[^,;]{2,20}$", re.I)
#: "báo cáo tháng gửi trước ngày 22": a report named by its period, and its day
REPORT_WEEK = clued(
    r"(?<!\w)báo cáo\s+tuần\s*[(:,]?\s*(?:(?:trước|chậm nhất|vào|"
    r"gửi)\s+)?(?:\d{1,2}h\d{0,2}\s+)?(?:chiều\s+|sáng\s+)?thứ\s+\w+",
    "báo cáo",
    "tuần",
    "thứ",
)
REPORT_DAY = clued(
    r"(?<!\w)báo cáo\s+(?:kết quả\s+|định kỳ\s+|công tác\s+)?(?:hằng\s+|hàng\s+|từng\s+|mỗi\s+)?"
    r"tháng(?!\s*\d)[^;.\d]{0,40}?"
    r"(?:(?:trước|chậm nhất|vào|hạn)\s+(?:là\s+|vào\s+)?|\()ngày\s+(?P<day>\d{1,2})"
    r"(?!\s*(?:/|-|\.\d|tháng|của|hằng|hàng|mỗi)|\d)",
    "báo cáo",
    "tháng",
    "ngày",
)
#: "báo cáo tại giao ban tháng", "họp giao ban tuần": the meeting is held every month
MEETING = clued(
    r"(?<!\w)(?:họp |hội nghị |cuộc họp |phiên họp )?giao ban(?: báo chí| công tác| cơ quan)? "
    r"(?P<period>tuần|tháng|quý)(?!\w)(?!\s*(?:\d|này))",
    "giao ban",
)
AND_BY = re.compile(r"\s*(?:,|và)\s*theo\s+(?P<period>tháng|quý|học kỳ|năm học|năm)(?!\w)(?!\s*\d)", re.I)
#: "cuối tháng tự đánh giá trên phần mềm": no month is named
MONTH_END = clued(
    r"(?:^|[,;.:]\s+|[-+–]\s)(?:cứ\s+)?(?P<when>(?:vào\s+)?(?:cuối|đầu) (?:(?P<month>tháng)|(?P<week>tuần)|"
    r"quý))\s*,?\s+"
    r"(?:tự\s+)?"
    r"(?:đánh giá|tổng hợp|báo cáo|thống kê|gửi|nộp|họp|rà soát|nhận xét|chấm điểm|thông báo|công khai|công bố|"
    r"xếp loại|phân tích|lập|xây dựng)\b",
    "cuối|đầu",
    "tháng|tuần|quý",
)
#: "thống kê số liệu tương tác theo tháng", "đánh giá, xếp loại các trường theo quý"
BY_PERIOD = clued(
    r"(?<!\w)(?P<verb>thống kê|tổng hợp|báo cáo|đánh giá|xếp loại|xếp hạng|chấm điểm|công khai|công bố|thông báo|"
    r"theo dõi|cập nhật|kiểm tra|giao ban|họp)\b[^;.:()]{0,60}?\s"
    r"theo\s+(?:định kỳ\s+|từng\s+)?(?P<period>tuần|tháng|quý|học kỳ|năm học|năm)(?!\w)(?!\s*(?:\d|này|I|V|:))",
    "theo",
    "tuần|tháng|quý|học kỳ|năm",
)
#: "tối thiểu 1 tin/ngày": so many a day is a duty of every day
PER_DAY = clued(
    r"(?<![\w/.,])(?:(?:ít nhất|tối thiểu|không dưới|từ)\s+)?\d{1,2}(?:\s*(?:-|–|đến)\s*\d{1,2})?\s+"
    r"(?:tin(?:,? bài)?|bài(?: viết| đăng)?|lần|lượt|video|ảnh|buổi phát thanh|bản tin)"
    r"(?:\s*/\s*|\s+(?:mỗi|một|trong) )ngày(?!\w)|"
    r"(?<!\w)(?:(?:vào|trong)\s+)?(?:tất cả|mọi)\s+(?:các\s+)?ngày\s+(?:làm việc|trong tuần)(?!\w)|"
    r"(?<!\w)phát(?: thanh| sóng)?\s+\d{1,2}\s+buổi\s*/\s*ngày(?!\w)",
    "ngày",
    "tin|bài|lần|lượt|video|ảnh|buổi|tất cả|mọi",
)
#: "mỗi tháng ra 02 số (ngày 10 và ngày 25)"
DAYS_IN_BRACKETS = clued(
    rf"(?<!\w){_EACH}\s+tháng\b[^;.()]{{0,60}}\((?:vào\s+)?(?:các\s+)?ngày\s+(?P<first>\d{{1,2}})\s*(?:,|và)\s*"
    r"(?:ngày\s+)?(?P<day>\d{1,2})\)",
    "(",
    "hằng|hàng|mỗi",
    "tháng",
)
#: "trước ngày 15/12 hằng năm"
DAY_OF_YEAR = clued(
    rf"(?<!\w)(?:{_BY}|trong\s+)?(?:(?:ngày\s+)?\d{{1,2}}\s?(?:/|"
    rf"tháng)\s?\d{{1,2}}|tháng\s+\d{{1,2}})\s*,?\s*{_EACH}\s+(?P<year>năm học|năm)",
    "hằng|hàng|mỗi",
    "năm",
)
#: reports due at the end of a term: "sơ kết học kỳ, tổng kết năm học", "báo cáo tháng, quý, năm"
REPORT_PERIODS = clued(
    rf"(?:định kỳ,?\s+)?báo cáo(?:\s+(?:định kỳ|kết quả|sơ kết|tổng kết|theo|theo định kỳ|về|"
    rf"tình hình))*\s*(?:\s|[:(]\s*)(?:(?:hằng|hàng|cuối|mỗi|theo)\s+)?(?P<periods>(?:tuần|tháng|quý|"
    rf"học kỳ|0?6 tháng|sáu tháng|năm học|năm)(?!\w)(?!\s+(?:20\d\d|I{{1,3}}\b|IV|"
    rf"\d)){_MORE})",
    "báo cáo",
)
#: "nộp vào cuối học kỳ, cuối năm học"
TERM_END = clued(
    r"(?<=vào )(?:cuối\s+(?:mỗi\s+)?(?:học kỳ|học kì|năm học|năm)(?:\s+(?:I{1,2}|1|2)\b)?(?:,|"
    r"\s+và)?\s*){1,3}(?!\d|\(|20)",
    "vào ",
    "cuối",
)

#: "Kết thúc học kỳ, năm học, các trường báo cáo": no term is named
TERMS_OVER = clued(
    r"(?:^|[;,:.]\s+|[-+–]\s)(?P<when>(?:khi\s+|sau khi\s+)?kết thúc\s+"
    r"(?:học k[ỳì](?:\s*(?:,|và)\s*(?:kết thúc\s+)?năm học)?|từng học k[ỳì]))"
    r"(?!\s*(?:I{1,2}|1|2)\b)(?!\s*,?\s*năm học\s+20)"
    r"(?=[\s,][^;.]*\b(?:gửi|nộp|báo cáo|tổng hợp|đánh giá)\b)",
    "kết thúc",
    "học k",
)
#: "gửi lịch công tác tuần trước 16 giờ thứ Sáu": what is made for a week, and its day
OF_THE_WEEK = clued(
    r"(?<!\w)(?:lịch(?: công tác| làm việc| đăng bài)?|bản tin|điểm tin|điểm báo|kế hoạch|tin|báo cáo|giao ban)"
    r"\s+tuần(?!\s*(?:\d|lễ|thứ|này))[^;.]{0,60}?(?P<day>(?:vào|trước|chậm nhất)?\s*"
    rf"(?:\d{{1,2}}\s*(?:giờ|h)\s*\d{{0,2}}\s*)?(?:sáng|chiều|ngày)?\s*{THU})"
    r"(?!\w)(?!\s+(?:hằng|hàng|mỗi))",
    "tuần",
    "thứ",
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
REGULAR = clued(
    rf"(?<!\w)(?P<adverb>thường xuyên|liên tục|đều đặn),?\s+(?:và\s+)?(?P<verb>{_DUTY_VERB})(?!\w)",
    "thường xuyên|liên tục|đều đặn",
)
#: at the head of its clause before any word that may be a verb: "thường xuyên nắm tình hình dư luận"
REGULAR_HEAD = clued(
    r"(?:^|[;,:.]\s+|[-+–•*]\s+|\d[.)]\s+|[a-zđ]\)\s+|\b(?:phải|cần|chủ động|và|Sở|trường|đơn vị)\s+)"
    r"(?P<adverb>thường xuyên|liên tục|đều đặn)\s+"
    r"(?P<verb>(?!và\b|của\b|trong\b|theo\b|trên\b|tại\b|với\b|từ\b|đến\b|năm\b|cho\b|là\b|hay\b|hoặc\b|hằng\b|"
    r"hàng\b|nhất\b|hơn\b|được\b|có\b|tỉnh\b|huyện\b|thành\b|khu\b|quận\b|cấp\b|số\b|không\b|do\b|nhưng\b|sẽ\b|"
    r"đối\b|ở\b|khi\b|các\b|những\b|để\b|nhằm\b)[^\W\d_]+)(?=\s+\w)",
    "thường xuyên|liên tục|đều đặn",
)
#: the adverb after its verb: "tương tác thường xuyên với người theo dõi"
REGULAR_AFTER = clued(
    r"(?<!việc )(?<!được )(?<!\w)(?P<verb>tương tác|cập nhật|đăng tải|đăng|đưa tin|kiểm tra|"
    r"rà soát|phối hợp|liên hệ|liên lạc|"
    r"chia sẻ|theo dõi|báo cáo|duy trì|kết nối|trao đổi|giám sát|"
    r"đôn đốc)\s+(?P<adverb>thường xuyên|đều đặn)(?!\s+(?:của|năm|\d))",
    "thường xuyên|đều đặn",
)
#: "cập nhật thông tin thường xuyên trên trang", "đăng tải kịp thời, thường xuyên tin tức"
REGULAR_APART = clued(
    r"(?<!việc )(?<!được )(?<!\w)(?P<verb>cập nhật|đăng tải|đưa tin|kiểm tra|rà soát|liên hệ|theo dõi|"
    r"tuyên truyền|duy trì|trao đổi|đôn đốc)(?:\s+(?!giáo\b|GD|chi\b|bồi\b|tập\b|không\b|học\b|được\b|"
    r"và\b)[^\s,;:.()]+){0,5}?"
    r"(?:\s*,\s*(?:kịp thời|chính xác|liên tục|đầy đủ|nhanh chóng))?,?\s+"
    r"(?P<adverb>thường xuyên|đều đặn)(?!\s+(?:của|năm|và không)|\s+và\s+GD|\s*[-–])",
    "thường xuyên|đều đặn",
)
#: words before which "thường xuyên" is something else
NOT_REGULAR = re.compile(
    r"(?:giáo dục|GD|bồi dưỡng|chi|ngân sách|kinh phí|nhiệm vụ chi|trung tâm giáo dục|"
    r"học tập|công tác bồi dưỡng|đánh giá)\s+$",
    re.I,
)
PERIODIC = clued(
    rf"(?:^|(?<=[;.] )|(?<=[-+–] ))định kỳ,?\s+(?:và đột xuất\s+|hoặc đột xuất\s+|"
    rf", đột xuất\s+)?(?={_DUTY_VERB})",
    "định kỳ",
)
HOW_OFTEN = re.compile(
    r"(?:hằng|hàng|mỗi|theo|/)\s*(?:0?[1-6]\s+)?(?:ngày|tuần|tháng|quý|học kỳ|năm)(?!\w)|"
    r"\d\s*(?:tháng|tuần)\s*(?:/|một)\s*lần",
    re.I,
)
#: "Thời gian thực hiện: Thường xuyên"
TIMEFRAME = clued(
    r"^[-–+*•\s]*(?:thời gian|thời hạn|tiến độ|thời điểm)(?:\s+(?:thực hiện|hoàn thành|"
    r"triển khai))?\s*:\s*(?P<value>.+)$",
    "thời|tiến độ",
    ":",
)
#: what governs a year's budget or a festival, not a duty of the plan
NOT_DUTY_BEFORE = re.compile(
    r"(?:(?<!đối chiếu )(?<!quyết toán )kinh phí|ngân sách|dự toán|chi thường xuyên|nguồn chi|"
    r"bảng (?:công khai )?thực đơn|hợp đồng|ký kết|hiệp định|thỏa thuận|tỷ lệ|"
    r"(?:thu nhập|lương|mức|chi phí|đạt) bình quân|doanh thu|thường niên)[^;.]{0,40}$",
    re.I,
)
#: what happens every year, whoever informs of it
YEARLY_EVENT = re.compile(r"(?:kỷ niệm|lễ|ngày hội|giải|kỳ thi|tuyển sinh)[^;.]{0,40}$", re.I)
#: "V. KẾ HOẠCH CỤ THỂ TỪNG THÁNG" is the heading of a table
PLAN_OF = re.compile(
    r"(?:^[-–+*•\s]*|[.)]\s+)(?:(?:kế hoạch|lịch)\s*$|"
    r"(?:kế hoạch|lịch|chương trình|nhiệm vụ|hoạt động|nội dung|chủ đề|"
    r"phân công(?!\s+(?:\d+\s+|một\s+)?(?:cán bộ|công chức|viên chức|giáo viên|nhân viên|người)\b))"
    r"(?:\s+(?!và\b)\w+){0,5}\s+"
    r"(?:cụ thể|chi tiết|trọng tâm|theo|của|cho|truyền thông)\s*$)",
    re.I,
)
CLAUSE_START = re.compile(
    rf"(?:^|[,;.:]\s+|\bvà\s+|\bđể\s+|[-+–]\s)(?P<verb>(?:thực hiện\s+)?{_DUTY_VERB}\b)", re.I
)
#: "phối hợp thường xuyên, chặt chẽ": how
MANNER = re.compile(
    r",\s*(?:chặt chẽ|đồng bộ|hiệu quả|kịp thời|chính xác|đúng|có hiệu quả|linh hoạt|rộng rãi|sâu rộng|"
    r"bài bản|thiết thực|sáng tạo|đa dạng)",
    re.I,
)
#: "Bảng 1. Số tin, bài tối thiểu mỗi tháng" heads a table
CAPTION = clued(re.compile(r"(?:Bảng|Biểu(?: mẫu)?|Mẫu)\s+(?:số\s+)?\d{1,2}\s*[.:]\s"), "bảng|biểu|mẫu")
#: the day and year of one report: "(gửi) trước ngày 18/5/2024"
ON_ONE_DAY = re.compile(
    r"\s*[(,]?\s*(?:gửi\s+|nộp\s+)?(?:(?:trước|chậm nhất|muộn nhất|vào|hạn)\s+(?:là\s+)?)?ngày\s+"
    r"\d{1,2}\s*(?:/|tháng)\s*\d{1,2}\s*(?:/|năm)\s*20\d\d",
    re.I,
)
_ITEM = (
    rf"(?:(?:báo cáo|hằng|hàng|mỗi|theo|và|cuối|định kỳ)\s+)*{PERIOD}(?!\s*(?:20\d\d|I{{1,3}}\b|IV))"
    r"\s*\([^()]{2,50}\)"
)
#: "Chế độ báo cáo: tháng (ngày 25), quý (ngày 25 tháng cuối quý), 6 tháng (15/6), năm (15/12)"
REPORT_LIST = clued(
    rf"(?<!\w)(?:chế độ báo cáo|định kỳ)\b[^.;()]{{0,50}}?\s(?P<items>{_ITEM}(?:\s*(?:,|;|và)\s*{_ITEM})+)",
    "chế độ báo cáo|định kỳ",
    "(",
)
LISTED_ITEM = re.compile(rf"(?P<period>{PERIOD})\s*\((?P<day>[^()]{{2,50}})\)", re.I)
DAY_ALONE = re.compile(r"(?:^|\s)(?:ngày\s+)?(?P<day>\d{1,2})(?!\s*[/.]\s*\d|\d|\s*(?:tháng|của|giờ|h))", re.I)
#: what is looked for at all: a block without any of it says nothing of how often
ANYTHING = re.compile(
    r"thường xuyên|liên tục|đều đặn|định kỳ|hằng|hàng (?:ngày|tuần|tháng|quý|năm)|mỗi|từng|báo cáo|của tháng|"
    r"ngày|tuần|tháng|quý|năm",
    re.I,
)
#: behind "hằng tháng, quý": "và sơ kết học kỳ, tổng kết năm học"
AND_AT_THE_END = re.compile(
    r"(?:\s*(?:,|và)\s*(?:báo cáo\s+)?(?:sơ kết|tổng kết|cuối)\s+(?:học kỳ|học kì|năm học|"
    r"năm)(?!\s*(?:I{1,3}\b|\d)))+"
)
#: before "báo cáo năm học": "lồng ghép trong các", "cùng với"
INSIDE_ANOTHER = re.compile(r"(?:cùng(?: với)?|lồng ghép (?:vào|trong)|trong|kèm theo)\s*(?:các\s+)?$")
#: behind "theo tháng": "(trước ngày 25)", "(vào tuần cuối)"
ITS_DAY = re.compile(r"\s*\((?:[^()\d]{0,20}ngày\s+(?P<day>\d{1,2})\)|[^()]{3,60}\))")
