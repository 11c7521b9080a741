"""How plans print by when: the patterns of `deadlines`, each with an example."""

from __future__ import annotations

import re

from .clues import Clued, clued
from .dates import DAY_MONTH, DAY_MONTH_WORDED, FULL_DAY, MONTH, MONTH_YEAR, _numbered

BEFORE, BY, ON = "before", "by", "on"
_SO_MANY = r"(?:\d{1,3}|nửa|một|hai|ba|bốn|năm|bảy|mười)"
_HOUR = r"(?:\d{1,2}\s*(?:giờ|h|g)\s*(?:\d{1,2}(?:\s*phút)?)?\s*,?\s*(?:(?:sáng|chiều)\s+)?)?"

#: "IV", "3", and the year behind it
_QUARTER_NUMBER, _OF_YEAR = r"(?:IV|I{1,3}|[1-4])", r"(?:\s*(?:/|năm)\s*20\d\d)?"
#: "quý III/2025"
_QUARTER = rf"(?:quý|quí)\s+{_QUARTER_NUMBER}(?!\w){_OF_YEAR}"
#: who hands in does so in these words, whether once or every month
HANDING_IN = "gửi|nộp|báo cáo|hoàn thành|xong|đăng ký|tổng hợp"

#: (bound, clues, words before the date). Longest and strictest first.
CUES: tuple[tuple[str, str, str], ...] = (
    (
        BEFORE,
        "trước",
        rf"(?:chậm nhất |muộn nhất |xong |hoàn thành )?trước\s+{_HOUR}(?:ngày\s+)?",
    ),  # trước ngày 31/5/2025
    (
        BY,
        "nhất|hạn|không",
        r"(?:(?:chậm|muộn) nhất|(?:thời )?hạn(?: nộp| gửi| cuối(?: cùng)?| chót| hoàn thành|"
        r" báo cáo| dự thi| tham gia| nhận bài| nhận hồ sơ| đăng ký)?|không (?:quá|muộn hơn))"
        rf"\s*(?::|là|vào|đến|tới|trong)*\s*(?:hết\s+)?{_HOUR}(?:ngày\s+)?",
    ),  # chậm nhất là ngày 15/12/2025
    (
        BY,
        "hạn",
        rf"(?:thời )?hạn[^:;.\d]{{3,40}}:\s*(?:trước\s+)?{_HOUR}(?:ngày\s+)?",
    ),  # hạn cuối nhận bài: 17h00 ngày …
    (BY, "hết", rf"(?:đến\s+|tới\s+)?hết\s+{_HOUR}(?:ngày\s+)?"),  # đến hết ngày 30/6/2025
    (
        BY,
        "đến|tới",
        rf"(?:hoàn thành|xong|gửi|báo cáo|nộp|kết thúc|"
        rf"nhận (?:bài|tác phẩm|sản phẩm|hồ sơ|ảnh|tin|đăng ký))[^;.,()]{{0,60}}?\s(?:đến|tới)\s+"
        rf"{_HOUR}(?:ngày\s+)?",
    ),
    (ON, "vào", rf"vào\s+{_HOUR}(?:ngày\s+)?"),  # vào ngày 20/11/2025
)
#: a day, with its year or without
_DAY = rf"(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)})"
_EVERY = (
    r"(?!\s*(?:,\s*)?(?:(?:và|,)\s*(?:ngày\s+)?\d{1,2}/\d{1,2}\s*)?(?:hằng|hàng|mỗi|các|của mỗi|của)\s*"
    r"(?:tháng|quý|năm|kỳ))"
)
DATED = tuple(
    (
        bound,
        clued(
            rf"(?<!\w){cue}(?:{_DAY}|{_numbered(MONTH_YEAR, 5)})" + _EVERY,
            clues,
        ),
    )
    for bound, clues, cue in CUES
)
#: a bare date in a clause about handing something in: "gửi báo cáo về Sở ngày 31/5/2025"
BARE = clued(
    rf"(?<!\w)(?:ngày\s+|(?<=: ))"
    rf"{_DAY}{_EVERY}",
    "ngày|:",
)
AND_DAY = re.compile(
    rf"\s*(?:,|và|;)\s*(?P<day>(?:ngày\s+)?{_DAY})"
    rf"{_EVERY}",
    re.I,
)
#: what is handed in is due even where a plan only says what to speak about
HANDED_OVER = re.compile(r"\b(?:gửi|nộp|báo cáo|đăng ký|ban hành|thành lập|kiện toàn)\b", re.I)
#: what is done in a month: "thành lập Tổ truyền thông (trong tháng 4/2023)"
DOES = re.compile(
    r"hoàn thành|xong|gửi|nộp|báo cáo|tổ chức|ban hành|triển khai|thực hiện|xây dựng|kiện toàn|hoàn thiện|đi vào|"
    r"mở (?:\w+ )?(?:lớp|chuyên|trang)|vận động|phát động|ra mắt|biên soạn|bàn giao|cấp phát|khảo sát|kiểm tra|"
    r"chuẩn bị|công bố|"
    r"thành lập|trình|ký |đưa vào|khai trương|nâng cấp|rà soát|tập huấn|sơ kết|tổng kết|phê duyệt|phân công|"
    r"phát hành|in |mua |lắp|sửa|trao |họp|ngày hội|hội (?:thi|nghị|thảo|trại|diễn)|cuộc thi|(?<!\w)lễ |gặp mặt|"
    r"tuyên dương|triển lãm|tham quan|làm việc với|đối thoại|tọa đàm|toạ đàm|thay mới|dựng|quay",
    re.I,
)
#: a requirement that says what is to be finished: "4. Hoàn thành bộ nhận diện trước ngày 31/3/2025"
TO_FINISH = re.compile(r"[-–+*•\s]*(?:(?:\d{1,2}\.?){1,3}\s*|[a-zđ]\)\s*)?(?:hoàn thành|hoàn tất)\b", re.I)
AIM = re.compile(r"phấn đấu|mục tiêu", re.I)
HANDS_IN = re.compile(
    r"(?<!sau khi )(?<!trước khi )"
    rf"\b(?:{HANDING_IN}|công bố|công khai|thông báo|hoàn tất)\b",
    re.I,
)
NOT_DUE = re.compile(
    r"(?:kể từ|từ|tính đến|đến|sinh|ban hành|ký|hiệu lực|số)\s*$|(?:kỷ niệm|nhân|chào mừng)[^,;]{0,40}$", re.I
)
#: "hoàn thành trong tháng 3/2025", "xong trong tháng 9", "trước tháng 6/2025"
IN_MONTH = clued(
    rf"(?<!\w)(?:(?P<before>trước)|trong|(?:chậm nhất |muộn nhất )?(?:vào )?(?:cuối|đầu|"
    rf"giữa)|hết|vào)\s+(?:{_numbered(MONTH_YEAR, 5)}|{_numbered(MONTH, 6)}){_EVERY}",
    "tháng",
    "trước|trong|cuối|đầu|giữa|hết|vào",
)
#: "Thời gian hoàn thành: tháng 9/2025", "Thời hạn: Quý II/2025"
DONE_IN = clued(
    rf"(?:thời gian hoàn thành|thời hạn(?: hoàn thành| thực hiện)?|hoàn thành)\s*:\s*(?:trong\s+)?"
    rf"(?P<span>(?:{_numbered(MONTH_YEAR, 5)}|{_numbered(MONTH, 6)})|"
    rf"(?P<quarter>{_QUARTER}))",
    "hạn|hoàn thành",
    ":",
    "tháng|quý|quí",
)
QUARTER = clued(
    r"(?<!\w)(?:(?P<before>trước)|trong|(?P<loose>vào)|hết|cuối|đầu|đến hết|trong vòng)\s+(?:đầu |"
    rf"cuối )?{_QUARTER}(?:\s*(?:và|,)\s*(?:quý\s+)?{_QUARTER_NUMBER}(?![\w.]))*",
    "quý|quí",
)
RELATIVE: tuple[tuple[str, Clued], ...] = (
    # chậm nhất (sau) 10 ngày làm việc kể từ ngày …; trong vòng 24 giờ kể từ khi …
    (
        BY,
        clued(
            r"(?<!\w)(?:(?:chậm nhất|muộn nhất|không quá|không muộn hơn|không chậm hơn|trong vòng|"
            r"trong thời hạn|trong thời gian|"
            r"trong|sau)\s*(?:là\s+|trong\s+|sau\s+|vòng\s+)*)"
            rf"{_SO_MANY}(?:\s*\(\w+\))?\s*(?:ngày(?: làm việc)?|giờ(?: làm việc)?|phút|tuần|tháng)"
            r"\s*,?\s*"
            r"(?:kể từ|tính từ|từ khi|từ ngày|sau khi|sau ngày|trước khi|trước ngày|sau|trước|"
            r"từ lúc|kể từ lúc|kết thúc|diễn ra|hoàn thành)\s+[^;.()]{3,120}",
            "nhất|không|trong|sau",
            "ngày|giờ|phút|tuần|tháng",
            "từ|khi|ngày|sau|trước|kết thúc|diễn ra|hoàn thành",
        ),
    ),
    # trước 05 ngày làm việc so với ngày tổ chức; chậm nhất 24 giờ
    (
        BY,
        clued(
            r"(?<!\w)(?:chậm nhất|muộn nhất|không quá|không muộn hơn|không chậm hơn|không chậm quá|không muộn quá|"
            r"không để quá|không để chậm quá|trong vòng|trong thời hạn|thời hạn|"
            r"trong(?=\s+(?:\d{1,2}|hai|ba|năm)\s+(?:giờ(?: làm việc)?|phút|ngày làm việc)\s*(?:[.;,(]|$)))\s+"
            r"(?:là\s+|trong\s+|không quá\s+|tối đa\s+|"
            rf"sau\s+)*{_SO_MANY}(?:\s*\(\w+\))?\s*(?:ngày làm việc|ngày|giờ làm việc|giờ|tiếng|"
            r"(?<=trong vòng \d\d )phút|(?<=trong vòng \d )phút|(?<=trong \d\d )phút)"
            r"(?!\s+\d)",
            "nhất|không|trong|hạn",
            "ngày|giờ|tiếng|phút",
        ),
    ),
    # giải đáp chậm nhất trong ngày làm việc tiếp theo; chậm nhất sáng hôm sau
    (
        BY,
        clued(
            r"(?<!\w)(?:chậm nhất|muộn nhất|không quá)\s+(?:là\s+|trong\s+|vào\s+|đến\s+)*(?:hết\s+|cuối\s+|"
            r"đầu\s+)?"
            r"(?:(?:sáng|chiều|buổi sáng|buổi chiều|"
            r"giờ làm việc)\s+)?(?:của\s+)?(?:ngày(?: làm việc)?\s+(?:tiếp theo|"
            r"kế tiếp|hôm sau|liền sau|sau đó|hôm đó)|hôm sau|(?<=trong )ngày(?=\s*[.;,(]|$))",
            "nhất|không quá",
            "ngày|hôm sau",
        ),
    ),
    # đăng tin ngay trong ngày; tin gửi về trong ngày diễn ra sự kiện
    (
        BY,
        clued(
            r"(?<!\w)(?:ngay\s+trong\s+(?:ngày|buổi|đêm)"
            r"(?:\s+(?:khi|diễn ra|tổ chức|xảy ra|phát hiện|có|làm việc)\s[^;.,()]{2,60}|\s+làm việc)?|"
            r"trong\s+(?:ngày|buổi)\s+(?:diễn ra|tổ chức|xảy ra|phát hiện)(?:\s[^;.,()]{2,60})?)"
            r"(?=\s*(?:[;.,()]|$))",
            "trong",
            "ngày|buổi|đêm",
        ),
    ),
    # báo cáo nhanh trong 01 giờ đầu
    (
        BY,
        clued(
            rf"(?<!\w)trong\s+(?:vòng\s+)?{_SO_MANY}\s*(?:ngày|giờ|phút)\s+đầu(?: tiên)?"
            r"(?!\s+(?:của|tháng|quý|năm|tuần))",
            "trong",
            "đầu",
            "ngày|giờ|phút",
        ),
    ),
    (
        BEFORE,
        clued(
            r"(?<!\w)(?:ít nhất|tối thiểu)\s+(?:là\s+)?\d{1,3}\s*(?:ngày(?: làm việc)?|giờ|tuần|tháng)\s+trước\s+"
            r"(?:khi|ngày|thời điểm|thời gian)[^;.()]{3,80}|"
            r"(?<!\w)trước\s+(?:ít nhất\s+)?\d{1,3}\s*(?:ngày(?: làm việc)?|giờ|tuần)\s+(?:so với|"
            r"khi|ngày|diễn ra)[^;.()]{3,80}|"
            r"(?<!\w)trước\s+(?:lễ|hội nghị|sự kiện|cuộc họp|kỳ thi|hoạt động|ngày|thời điểm|thời gian|giờ|khi|"
            r"chương trình)(?!\w)[^;.,()\d]{0,40}\s\d{1,3}\s+"
            r"(?:ngày(?: làm việc)?|giờ|tuần)(?!\w)|"
            r"(?<!\w)trước\s+(?:đó\s+)?(?:ít nhất|tối thiểu)\s+\d{1,3}\s*(?:ngày(?: làm việc)?|giờ|tuần)(?!\w)|"
            r"(?<!\w)trước đó\s+\d{1,3}\s*(?:ngày(?: làm việc)?|giờ|tuần)(?!\w)",
            "trước",
            "ngày|giờ|tuần|tháng",
        ),
    ),
    # gửi báo cáo cùng thời điểm với các đơn vị trực thuộc
    (
        ON,
        clued(
            r"(?<=\s)cùng (?:thời điểm|thời gian|thời hạn|kỳ|"
            r"lúc) với (?!báo cáo)[^;.(),]{4,80}(?=\s*(?:[;.(),]|$))",
            "cùng",
            "với",
        ),
    ),
    # cùng với báo cáo tổng kết năm học; cùng kỳ báo cáo sơ kết học kỳ I
    (
        ON,
        clued(
            r"(?<!\w)(?:cùng(?: với| thời (?:điểm|gian)| lúc| kỳ| đợt)?(?: với| gửi)?|"
            r"lồng ghép (?:vào|trong|với)|kèm theo|trong)\s+(?:các\s+|"
            r"nội dung\s+)?báo cáo\s+(?:sơ kết|tổng kết|kết quả(?: thực hiện)? (?:nhiệm vụ|"
            r"công tác)|cuối|công tác|năm|học kỳ)[^;.()]{0,110}",
            "báo cáo",
            "cùng|lồng ghép|kèm|trong",
        ),
    ),
    # trước ngày khai giảng năm học; ngay sau khi kết thúc học kỳ; khi kết thúc năm học
    (
        BEFORE,
        clued(
            re.compile(
                r"(?<!\w)trước (?:ngày |lễ |thềm )?(?:khai giảng|khi (?:khai giảng|bắt đầu|kết thúc|"
                r"bước vào|vào)|kỳ nghỉ|Tết|khi diễn ra)[^;.(),]{0,60}"
            ),
            "trước",
        ),
    ),
    (
        BY,
        clued(
            r"(?<!\w)(?:ngay\s+)?(?:sau khi|khi)\s+(?:kết thúc|hoàn thành|"
            r"tổng kết)\s+(?:học kỳ|năm học|học kì|chương trình|hoạt động|sự kiện|đợt|"
            r"hội)[^;.(),]{0,60}",
            "khi",
            "kết thúc|hoàn thành|tổng kết",
        ),
    ),
)
#: "hoàn thành trước khi học sinh nghỉ hè"; "trước khi trả lời" alone says how something is done
BEFORE_EVENT = clued(r"(?<!\w)trước khi\s+[^;.(),\d]{6,60}", "trước khi")
#: "hoàn thành trong học kỳ I"
IN_TERM = clued(
    r"(?<!\w)(?:trong|hết|vào cuối|cuối)\s+(?:học kỳ|học kì|HK)\s*(?:I{1,2}|[12])(?!\w)"
    r"(?:\s*,?\s*năm học\s+20\d\d\s*[-–]\s*20\d\d)?",
    "học k|hk",
)
DONE = re.compile(r"hoàn thành|hoàn tất|xong", re.I)
#: "hoàn thành trong năm 2022", "hoàn thành quý III năm 2024"
DONE_WITHIN = clued(
    r"(?<!\w)(?:hoàn thành|hoàn tất|xong)\s+(?P<span>(?:trong\s+|vào\s+)?(?:năm\s+20\d\d(?!\s*[-–])|"
    rf"{_QUARTER}))(?!\s*\d)",
    "hoàn thành|hoàn tất|xong",
    "năm|quý|quí",
)
#: what the day is of, not when something is held
DAY_OF = re.compile(r"(?:(?<!lễ )kỷ niệm|nhân|chào mừng|hưởng ứng|dịp)\b[^,;]{0,40}$", re.I)
#: a day that is only referred to, or one end of a stretch
REFERRED = re.compile(r"\b(?:theo|kể từ|từ|đến|số|ban hành|ký|tính|trước|sau|nhất|hạn|hết)[^,;]{0,8}$", re.I)
#: a day on which something may be held: "ngày 28/02/2026", "vào sáng Chủ nhật (29/3/2026)", "7 giờ 30 ngày 10/8"
HELD_ON = clued(
    rf"(?<![\w/])(?=dự kiến|vào|lúc|ngày|buổi|sáng|trưa|chiều|tối|thứ|chủ nhật|\d{{1,2}}\s*(?:giờ|h))(?P<day>"
    rf"(?:dự kiến\s+)?(?:vào\s+)?(?:lúc\s+)?"
    rf"(?:\d{{1,2}}\s*(?:giờ|h)\s*(?:\d{{1,2}}(?:\s*phút)?)?\s*,?\s*)?"
    rf"(?:(?:buổi\s+)?(?:sáng|trưa|chiều|tối)\s+)?"
    rf"(?:(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s*,?\s*\(?\s*)?(?:ngày\s+)?)"
    rf"(?P<date>{_DAY})\)?{_EVERY}",
    "dự kiến|vào|lúc|ngày|buổi|sáng|trưa|chiều|tối|thứ|chủ nhật|giờ|h",
)
#: what is held, given out or put on the air on a day
EVENT = re.compile(
    r"(?<!\w)(?:"
    r"tổ chức(?! chính| cán| hành)|phát động|khai mạc|bế mạc|khai trương|khánh thành|ra quân|ra mắt|"
    r"trao (?:giải|thưởng|quà|tặng|học bổng)|tặng quà|chung kết|chung khảo|bán kết|sơ khảo|công bố|"
    r"tổng kết|sơ kết|gặp mặt|tọa đàm|toạ đàm|giao lưu|đối thoại|tuyên dương|vinh danh|tôn vinh|tri ân|"
    r"tập huấn|bồi dưỡng|phát hành|xuất bản|phát sóng|lên sóng|phát trực tiếp|truyền hình trực tiếp|"
    r"livestream|diễn ra|triển lãm|trưng bày|biểu diễn|tham quan|thăm|dâng hương|mít tinh|diễu hành|"
    r"diễn tập|công chiếu|ký kết|bàn giao|họp|khai giảng|bế giảng|lễ|ngày hội|"
    r"hội (?:thi|nghị|thảo|diễn|trại|chợ|thao)|cuộc thi|liên hoan|gala|diễn đàn|đêm|vòng|"
    r"lớp (?:tập huấn|bồi dưỡng|học)|chuyên đề|chiến dịch|tuần lễ|chương trình"
    r")(?!\w)",
    re.I,
)
#: what others hold, which a plan only speaks about
EXAM = re.compile(
    r"kỳ thi|(?<!hội )(?<!cuộc )thi (?:tốt nghiệp|tuyển sinh|vào lớp|chọn|học sinh giỏi)|bầu cử", re.I
)
#: a day of something else, between what is held and its own
ANOTHER_DAY = re.compile(r"\d\s?[/.]\s?\d|\d\s+tháng\s+\d")
#: "trong tuần đầu tháng 10/2021", "vào tuần cuối của tháng 5"
WEEK_OF = clued(
    rf"(?<!\w)(?:trong|vào|trước|hết)\s+tuần\s+(?:đầu|cuối|thứ\s+\w+|[1-4])(?:\s+tiên)?\s+(?:của\s+)?"
    rf"(?:{_numbered(MONTH_YEAR, 5)}|{_numbered(MONTH, 6)}){_EVERY}",
    "tuần",
    "tháng",
)
#: how long, not by when: "phát hằng ngày trong 30 ngày trước kỳ thi", "cao điểm là tuần trước ngày khai giảng"
SO_LONG = re.compile(r"trong\s+\d{1,3}\s+(?:ngày|tuần|tháng)\s+trước(?!\s+khi)", re.I)
SPAN_BEFORE = re.compile(r"(?:tuần|ngày|tháng|thời gian|giai đoạn|dịp|thời điểm|những ngày)\s+$", re.I)
#: "Kế hoạch có hiệu lực từ ngày ký đến hết ngày 31/12/2026"
IN_FORCE = re.compile(r"hiệu lực|thời hiệu", re.I)
#: "họp 02 lần/năm, vào tháng 6 và tháng 12" comes back
SO_OFTEN = re.compile(r"\blần\s*/|\b(?:mỗi|hằng|hàng)\s+(?:năm|quý|học kỳ)\b", re.I)
#: a length of time that begins with something that happens
SINCE = re.compile(r"kể từ|tính từ|từ khi|từ ngày|sau khi|sau ngày", re.I)
ANSWERS = re.compile(r"xử lý|báo cáo|trả lời|phản hồi|tiếp nhận|phát ngôn|thông tin|gửi|có mặt", re.I)
ANSWERED = re.compile(r"trả lời|phản hồi|giải đáp|xử lý|tiếp nhận", re.I)
WEEKDAY = re.compile(r"thứ\s+\w+\s+(?:hằng|hàng|mỗi)\s+tuần", re.I)
#: "trước ngày 31/5/2025 (đối với học kỳ II), trước ngày 31/12/2025 (đối với học kỳ I)", "(báo cáo 6 tháng)"
SCOPE = re.compile(
    r"\s*\(\s*(?:(?:áp dụng )?(?:đối )?với\s+|dành cho\s+|cho\s+|"
    r"(?=(?:báo cáo|sơ kết|tổng kết|học k[ỳì]|kỳ|đợt|lần|quý|0?6 tháng|năm|cấp|vòng|khối|giai đoạn)\s))"
    r"(?P<inside>[^()]{3,90}?)\s*\)|"
    r"\s+(?:đối với)\s+(?P<open>[^(),;.]{3,90}?)"
    r"(?=\s*(?:[,;.)]|$)|\s+(?:và|còn)\s+(?:trước|chậm|muộn|hạn|đến|ngày)\s)",
    re.I,
)
YEARLY = re.compile(r"(?:hằng|hàng)\s+năm\s*,?\s*$", re.I)
#: "6 tháng (15/6), năm (15/12)" in a list of reports
REPORT_DAY = clued(
    rf"(?:0?6 tháng|quý(?:\s+[IV]+)?|học kỳ(?:\s+I{{1,2}})?|năm học|năm|cả năm|giữa kỳ|cuối kỳ|cuối năm)\s*\(\s*"
    rf"(?P<day>{_DAY})\s*\)",
    "(",
    "tháng|quý|học kỳ|năm|kỳ",
)
#: "đăng ký từ 15 đến 20/11", "nhận bài từ 01/9 - 30/10/2025", "Thời gian nhận bài: 01/9/2025 - 30/10/2025"
HANDED_WITHIN = clued(
    rf"(?:nộp|gửi|nhận (?:bài|tác phẩm|sản phẩm|hồ sơ)|đăng ký)[^;.\d]{{0,60}}?(?:\btừ\s+|"
    rf":\s*(?:từ\s+)?)(?:ngày\s+)?"
    rf"\d{{1,2}}(?:\s?/\s?\d{{1,2}})?(?:\s?/\s?20\d\d)?\s*(?:-|–|đến(?: hết)?|tới)\s*"
    rf"(?P<day>(?:ngày\s+)?{_DAY})",
    "nộp|gửi|nhận|đăng ký",
    "từ|:",
    "-|–|đến|tới",
)
#: "nộp vào các ngày 05, 06/9/2025"
ON_DAYS = clued(
    rf"(?:các|những|hai|02)\s+ngày\s+(?P<first>\d{{1,2}})\s*(?:,|và)\s*(?:ngày\s+)?"
    rf"(?P<day>{_DAY})",
    "ngày",
    "các|những|hai|02",
    ",|và",
)
