"""Deadlines: a day, a month, a quarter or an event by which something is due.

  dated     "trước ngày 31/5/2025" · "chậm nhất ngày 15 tháng 12 năm 2025" · "trước 15/12" · "trong tháng 3/2025"
  relative  "chậm nhất 10 ngày làm việc kể từ…" · "trong quý II" · "cùng với báo cáo tổng kết năm học"
A date inside a citation is none; "trước ngày 25 hằng tháng" comes back and belongs to recurring.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from .clues import Clued, clued
from .dates import (
    DAY_MONTH,
    DAY_MONTH_WORDED,
    FULL_DAY,
    MONTH,
    MONTH_YEAR,
    PrintedDate,
    _numbered,
    from_match,
    make,
)
from .document import Document, clause_bounds, sentence_bounds
from .model import Deadline, Question
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .source.model import Block
from .who import action, receiver, responsible, towards_after

#: no paragraph of a plan names more days; it bounds the work on a hostile one
MAX_PER_BLOCK = 40
BEFORE, BY, ON = "before", "by", "on"
_SO_MANY = r"(?:\d{1,3}|nửa|một|hai|ba|bốn|năm|bảy|mười)"
_HOUR = r"(?:\d{1,2}\s*(?:giờ|h|g)\s*(?:\d{1,2}(?:\s*phút)?)?\s*,?\s*(?:(?:sáng|chiều)\s+)?)?"

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
        rf"(?:hoàn thành|xong|gửi|báo cáo|nộp|kết thúc)[^;.,()]{{0,60}}?\s(?:đến|tới)\s+{_HOUR}(?:ngày\s+)?",
    ),
    (ON, "vào", rf"vào\s+{_HOUR}(?:ngày\s+)?"),  # vào ngày 20/11/2025
)
_EVERY = (
    r"(?!\s*(?:,\s*)?(?:(?:và|,)\s*(?:ngày\s+)?\d{1,2}/\d{1,2}\s*)?(?:hằng|hàng|mỗi|các|của mỗi|của)\s*"
    r"(?:tháng|quý|năm|kỳ))"
)
_DATED = tuple(
    (
        bound,
        clued(
            rf"(?<!\w){cue}(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}|"
            rf"{_numbered(MONTH_YEAR, 5)})" + _EVERY,
            clues,
        ),
    )
    for bound, clues, cue in CUES
)
#: a bare date in a clause about handing something in: "gửi báo cáo về Sở ngày 31/5/2025"
_BARE = clued(
    rf"(?<!\w)(?:ngày\s+|(?<=: ))"
    rf"(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}){_EVERY}",
    "ngày|:",
)
_AND_DAY = re.compile(
    rf"\s*(?:,|và|;)\s*(?P<day>(?:ngày\s+)?(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|"
    rf"{_numbered(DAY_MONTH, 4)}))"
    rf"{_EVERY}",
    re.I,
)
#: what is handed in is due even where a plan only says what to speak about
_HANDED_OVER = re.compile(r"\b(?:gửi|nộp|báo cáo|đăng ký|ban hành|thành lập|kiện toàn)\b", re.I)
#: what is done in a month: "thành lập Tổ truyền thông (trong tháng 4/2023)"
_DOES = re.compile(
    r"hoàn thành|xong|gửi|nộp|báo cáo|tổ chức|ban hành|triển khai|thực hiện|xây dựng|kiện toàn|hoàn thiện|đi vào|"
    r"mở (?:\w+ )?(?:lớp|chuyên|trang)|vận động|phát động|ra mắt|biên soạn|bàn giao|cấp phát|khảo sát|kiểm tra|"
    r"chuẩn bị|công bố|"
    r"thành lập|trình|ký kết|đưa vào|khai trương|nâng cấp|rà soát|tập huấn|sơ kết|tổng kết|phê duyệt|phân công",
    re.I,
)
#: a requirement that says what is to be finished: "4. Hoàn thành bộ nhận diện trước ngày 31/3/2025"
_TO_FINISH = re.compile(r"[-–+*•\s]*(?:(?:\d{1,2}\.?){1,3}\s*|[a-zđ]\)\s*)?(?:hoàn thành|hoàn tất)\b", re.I)
_AIM = re.compile(r"phấn đấu|mục tiêu", re.I)
_HANDS_IN = re.compile(
    r"(?<!sau khi )(?<!trước khi )"
    r"\b(?:công bố|công khai|thông báo|gửi|nộp|báo cáo|hoàn thành|hoàn tất|xong|đăng ký|tổng hợp)\b",
    re.I,
)
_NOT_DUE = re.compile(
    r"(?:kể từ|từ|tính đến|đến|sinh|ban hành|ký|hiệu lực|số)\s*$|(?:kỷ niệm|nhân|chào mừng)[^,;]{0,40}$", re.I
)
#: "hoàn thành trong tháng 3/2025", "xong trong tháng 9", "trước tháng 6/2025"
_IN_MONTH = clued(
    rf"(?<!\w)(?:(?P<before>trước)|trong|(?:chậm nhất |muộn nhất )?(?:vào )?(?:cuối|đầu|"
    rf"giữa)|hết|vào)\s+(?:{_numbered(MONTH_YEAR, 5)}|{_numbered(MONTH, 6)}){_EVERY}",
    "tháng",
    "trước|trong|cuối|đầu|giữa|hết|vào",
)
#: "Thời gian hoàn thành: tháng 9/2025", "Thời hạn: Quý II/2025"
_DONE_IN = clued(
    rf"(?:thời gian hoàn thành|thời hạn(?: hoàn thành| thực hiện)?|hoàn thành)\s*:\s*(?:trong\s+)?"
    rf"(?P<span>(?:{_numbered(MONTH_YEAR, 5)}|{_numbered(MONTH, 6)})|"
    rf"(?P<quarter>quý\s+(?:IV|I{{1,3}}|[1-4])(?!\w)(?:\s*(?:/|năm)\s*20\d\d)?))",
    "hạn|hoàn thành",
    ":",
    "tháng|quý",
)
_QUARTER = clued(
    r"(?<!\w)(?:(?P<before>trước)|trong|(?P<loose>vào)|hết|cuối|đầu|đến hết|trong vòng)\s+(?:đầu |"
    r"cuối )?(?:quý|quí)\s+(?:IV|I{1,3}|[1-4])(?![\w])(?:\s*(?:/|năm)\s*20\d{2})?"
    r"(?:\s*(?:và|,)\s*(?:quý\s+)?(?:IV|I{1,3}|[1-4])(?![\w.]))*",
    "quý|quí",
)
_RELATIVE: tuple[tuple[str, Clued], ...] = (
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
            r"trong vòng|trong thời hạn|thời hạn|"
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
            r"(?<!\w)trước\s+(?:ít nhất|tối thiểu)\s+\d{1,3}\s*(?:ngày(?: làm việc)?|giờ|tuần)(?!\w)",
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
_BEFORE_EVENT = clued(r"(?<!\w)trước khi\s+[^;.(),\d]{6,60}", "trước khi")
#: "hoàn thành trong học kỳ I"
_IN_TERM = clued(
    r"(?<!\w)(?:trong|hết|vào cuối|cuối)\s+(?:học kỳ|học kì|HK)\s*(?:I{1,2}|[12])(?!\w)"
    r"(?:\s*,?\s*năm học\s+20\d\d\s*[-–]\s*20\d\d)?",
    "học k|hk",
)
_DONE = re.compile(r"hoàn thành|hoàn tất|xong", re.I)
#: "hoàn thành trong năm 2022", "hoàn thành quý III năm 2024"
_DONE_WITHIN = clued(
    r"(?<!\w)(?:hoàn thành|hoàn tất|xong)\s+(?P<span>(?:trong\s+|vào\s+)?(?:năm\s+20\d\d(?!\s*[-–])|"
    r"(?:quý|quí)\s+(?:IV|I{1,3}|[1-4])(?!\w)(?:\s*(?:/|năm)\s*20\d\d)?))(?!\s*\d)",
    "hoàn thành|hoàn tất|xong",
    "năm|quý|quí",
)
#: what is held on a day: "tổ chức Ngày hội tư vấn hướng nghiệp ngày 28/02/2026", "trao giải vào ngày 20/11"
_ORGANISED_ON = clued(
    rf"(?:^(?:[-+–•*]\s*|\d{{1,2}}[.)]\s*|[a-zđ]\)\s*)?|[;,.]\s+(?:năm\s+20\d\d,?\s+)?|\bvà\s+|"
    rf"\b(?:chủ trì|phối hợp|tham mưu)[^;.]{{0,90}}?\s|"
    rf"\b(?:Lớp học|Lớp tập huấn|Lớp bồi dưỡng|Cuộc họp|"
    rf"Lễ|Ngày hội|Hội nghị|Hội thi|Hội thảo|Cuộc thi|Chiến dịch|Tuần lễ|Diễn đàn|Tọa đàm|Liên hoan)\b"
    rf"(?:[^;.“”]|“[^”]{{0,60}}”){{0,80}}?\s(?:được\s+)?)"
    rf"(?:tổ chức|trao giải|công bố kết quả|công bố|tổng kết|chung kết|khai mạc|bế mạc|phát động|ra quân|ra mắt|"
    rf"khai trương)\b"
    rf"(?:[^:;.,()“”\d]|[“][^”]{{0,60}}[”]|\d{{1,2}}(?![\d/.%])|,\s(?!ngày|từ)){{0,100}}?\s"
    rf"(?:(?:dự kiến\s+)?vào\s+)?(?P<day>ngày\s+"
    rf"(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}))"
    rf"{_EVERY}",
    "ngày",
    "tổ chức|trao giải|công bố|tổng kết|chung kết|mạc|phát động|ra quân|ra mắt|khai trương",
)
#: what the day is of, not when something is held
_DAY_OF = re.compile(
    r"(?:kỷ niệm|nhân|chào mừng|hưởng ứng|dịp)[^,;]{0,40}$|"
    r"\b(?:theo|kể từ|từ|đến|số|ban hành|ký|tính|trước|sau|nhất|hạn|hết)[^,;]{0,8}$",
    re.I,
)
#: what is held on a day: "Lễ phát động: ngày 04/5/2026"
_HELD_ON = clued(
    re.compile(
        rf"(?:^|[.;]\s+|[-+–]\s*|\d[.)]\s+)(?:Tổ chức\s+)?(?:Lễ|Hội nghị|Hội thảo|Tập huấn|Họp báo|Ngày hội|"
        rf"Khai mạc|Ra quân|Tọa đàm|Toạ đàm|Chung kết|Tổng kết|Sơ kết|Phát động|Gặp mặt)\b"
        rf"(?:[^:;.\d]|\d{{1,2}}(?![\d/.%])){{0,80}}:\s*"
        rf"(?:dự kiến\s+)?(?:vào\s+)?(?P<day>ngày\s+"
        rf"(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}))"
        rf"{_EVERY}"
    ),
    "ngày",
    ":",
)
_ANSWERS = re.compile(r"xử lý|báo cáo|trả lời|phản hồi|tiếp nhận|phát ngôn|thông tin|gửi|có mặt", re.I)
_ANSWERED = re.compile(r"trả lời|phản hồi|giải đáp|xử lý|tiếp nhận", re.I)
_WEEKDAY = re.compile(r"thứ\s+\w+\s+(?:hằng|hàng|mỗi)\s+tuần", re.I)
_YEARLY = re.compile(r"(?:hằng|hàng)\s+năm\s*,?\s*$", re.I)
#: "6 tháng (15/6), năm (15/12)" in a list of reports
_REPORT_DAY = clued(
    rf"(?:0?6 tháng|quý(?:\s+[IV]+)?|học kỳ(?:\s+I{{1,2}})?|năm học|năm|cả năm|giữa kỳ|cuối kỳ|cuối năm)\s*\(\s*"
    rf"(?P<day>(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}))\s*\)",
    "(",
    "tháng|quý|học kỳ|năm|kỳ",
)
#: "đăng ký từ 15 đến 20/11", "nhận bài từ 01/9 - 30/10/2025", "Thời gian nhận bài: 01/9/2025 - 30/10/2025"
_HANDED_WITHIN = clued(
    rf"(?:nộp|gửi|nhận (?:bài|tác phẩm|sản phẩm|hồ sơ)|đăng ký)[^;.\d]{{0,60}}?(?:\btừ\s+|"
    rf":\s*(?:từ\s+)?)(?:ngày\s+)?"
    rf"\d{{1,2}}(?:\s?/\s?\d{{1,2}})?(?:\s?/\s?20\d\d)?\s*(?:-|–|đến(?: hết)?|tới)\s*"
    rf"(?P<day>(?:ngày\s+)?(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}))",
    "nộp|gửi|nhận|đăng ký",
    "từ|:",
    "-|–|đến|tới",
)
#: "nộp vào các ngày 05, 06/9/2025"
_ON_DAYS = clued(
    rf"(?:các|những|hai|02)\s+ngày\s+(?P<first>\d{{1,2}})\s*(?:,|và)\s*(?:ngày\s+)?"
    rf"(?P<day>(?:{FULL_DAY}|{_numbered(DAY_MONTH_WORDED, 3)}|{_numbered(DAY_MONTH, 4)}))",
    "ngày",
    "các|những|hai|02",
    ",|và",
)
_RECURS = re.compile(r"hằng|hàng (?:ngày|tuần|tháng|quý|năm)|mỗi (?:tháng|quý|tuần|năm|học kỳ)", re.I)


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    bound: str
    date: PrintedDate | None = None
    relative: str | None = None


def find_deadlines(doc: Document) -> list[Deadline]:
    """All deadlines of the prose, in order. Task tables keep their own timeframe column."""
    found: list[Deadline] = []
    for block in doc.prose():
        theme = doc.outline.asks(block)
        if theme == RESULTS:
            continue
        soft = theme not in (BUDGET, PURPOSE) and not is_topic(block.text) and theme != CONTENT
        previous: Deadline | None = None
        hits = list(islice(_hits(doc, block, soft), MAX_PER_BLOCK))
        for hit in sorted(hits, key=lambda h: h.start):
            deadline = _deadline(doc, block, hit, previous)
            found.append(deadline)
            previous = deadline
    return found


def _deadline(doc: Document, block: Block, hit: _Hit, previous: Deadline | None) -> Deadline:
    text = block.text
    after = text[hit.end :]
    towards = towards_after(after)
    end = hit.end
    if towards:
        end = hit.end + after.index(towards) + len(towards)
        if text[end : end + 1] == ")":
            end += 1
    left, right = clause_bounds(text, hit.start, hit.end)
    what = action(doc, block, hit.start, hit.end)
    to = receiver(text[left : hit.start]) or receiver(text[hit.end : right])
    if previous is not None and previous.span.end <= block.start + hit.start:
        between = doc.source.text[previous.span.end : block.start + hit.start]
        if len(between) < 12 or (not _HANDS_IN.search(between) and ";" not in between and len(between) < 160):
            what, to = previous.what, to or previous.to
    question = None
    if hit.date is not None and hit.date.year_inferred:
        question = Question(f"Văn bản không in năm. Hiểu là ngày {_vietnamese(hit.date.iso)}?", (hit.date.iso,))
    return Deadline(
        span=doc.span(block.start + hit.start, block.start + end),
        date=hit.date.iso if hit.date else None,
        relative=hit.relative,
        bound=hit.bound,
        who=responsible(doc, block, hit.start, hit.end),
        what=what,
        to=to,
        year_inferred=bool(hit.date and hit.date.year_inferred),
        confidence=0.85 if question else 1.0 if hit.date else 0.8,
        question=question,
    )


def _vietnamese(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _hits(doc: Document, block: Block, soft: bool) -> Iterator[_Hit]:
    text = block.text
    theme = doc.outline.asks(block)
    budget = theme == BUDGET
    words = doc.folded(block)
    if not re.search(r"trước|nhất|hạn|hết|ngày|tháng|quý|cùng|trong|khi|không quá|báo cáo|từ|nhận", text, re.I):
        return
    taken: list[tuple[int, int]] = []

    def claim(start: int, end: int) -> bool:
        if any(start < b and end > a for a, b in taken):
            return False
        if doc.is_cited(block.start + start, block.start + end):
            return False
        taken.append((start, end))
        return True

    for bound, pattern in _DATED:
        for match in pattern.finditer(text, words):
            printed = _printed(doc, match)
            if printed is None or (
                bound == ON
                and not _HANDS_IN.search(text[clause_bounds(text, match.start(), match.end())[0] : match.start()])
            ):
                continue
            if _is_stretch(text, match.start(), match.end()) or (
                printed.year_inferred and _YEARLY.search(text, max(0, match.start() - 24), match.start())
            ):
                if printed.year_inferred:
                    taken.append((match.start(), match.end()))
                continue  # "hằng năm trước ngày 15/12" comes back
            clause = text[slice(*clause_bounds(text, match.start(), match.end()))]
            due = _HANDED_OVER.search(clause) or (
                theme == PURPOSE and _TO_FINISH.match(clause) and "%" not in clause
            )
            if _AIM.search(clause) or (not soft and not budget and not due):
                continue  # "phấn đấu đến hết ngày …", "tuyển sinh (hoàn thành trước …)": news, nobody's duty here
            start = match.start()
            narrowed = (
                re.search(r"(?:đến|tới)\s+[^;]*$", match.group(0))
                if match.group(0).lower().startswith(("hoàn thành", "xong", "gửi", "báo cáo", "nộp", "kết thúc"))
                else None
            )
            if narrowed:
                start += narrowed.start()
            if claim(start, match.end()):
                yield _Hit(start, match.end(), bound, printed)
                # "chậm nhất ngày 05/6 và ngày 05/12"
                end = match.end()
                while (more := _AND_DAY.match(text, end)) and (also := _printed(doc, more)):
                    end = more.end()
                    if claim(more.start("day"), end):
                        yield _Hit(more.start("day"), end, bound, also)
    for match in _HANDED_WITHIN.finditer(text, words):
        printed = _printed(doc, match)
        if printed and claim(match.start("day"), match.end("day")):
            yield _Hit(match.start("day"), match.end("day"), BY, printed)
    for match in _REPORT_DAY.finditer(text, words):
        printed = _printed(doc, match)
        reported = printed and soft and re.search(r"báo cáo", text[: match.start()], re.I)
        if reported and claim(match.start("day"), match.end("day")):
            yield _Hit(match.start("day"), match.end("day"), ON, printed)
    for match in _ON_DAYS.finditer(text, words):
        printed = _printed(doc, match)
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if printed and soft and printed.precision == "day" and _HANDS_IN.search(clause):
            first = make(match["first"], printed.iso[5:7], printed.iso[:4])
            if first and claim(match.start(), match.end()):
                inferred = printed.year_inferred
                yield _Hit(match.start(), match.end("first"), ON, PrintedDate(first.iso, "day", inferred))
                yield _Hit(match.start("day"), match.end(), ON, printed)
    listed = -1  # the end of a bare date after which another may stand in a list
    for match in _BARE.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if listed >= 0 and len(clause) < 30 and re.fullmatch(r"[^.]{0,40}", text[listed : match.start()]):
            clause = text[sentence_bounds(text, match.start(), match.end())[0] : match.start()]
        printed = _printed(doc, match)
        if (
            (printed and _HANDS_IN.search(clause) and not _NOT_DUE.search(clause) and not is_topic(text) and soft)
            and not _is_stretch(text, match.start(), match.end())
            and claim(match.start(), match.end())
        ):
            listed = match.end()
            yield _Hit(match.start(), match.end(), ON, printed)
    for bound, pattern in _RELATIVE:
        for match in pattern.finditer(text, words):
            left = clause_bounds(text, match.start(), match.end())[0]
            if not soft and not (
                theme == PURPOSE
                and bound == BY
                and _ANSWERED.search(text, left, match.start())
                and not is_topic(text)
            ):
                continue  # a wish; but "được trả lời trong thời hạn 05 ngày làm việc" is asked for
            end = _cut(text, match.start(), match.end())
            loose = match.group(0).lower().startswith("trong")
            if match.group(0).endswith("phút") and not _ANSWERS.search(
                text, clause_bounds(text, match.start(), match.end())[0], match.start()
            ):
                continue  # "phát thanh trong 15 phút" is how long
            if _WEEKDAY.search(text, match.start(), end):
                continue  # "trước 16 giờ ngày thứ Năm hằng tuần" comes back
            handed = _HANDS_IN.search(text[: match.start()])
            if bound == ON and match.group(0).lower().startswith("cùng") and not handed:
                continue
            if bound == ON and loose and not _HANDS_IN.search(text[: match.start()]):
                continue
            if claim(match.start(), end):
                yield _Hit(match.start(), end, bound, None, " ".join(text[match.start() : end].split()))
    if not soft:
        return
    for match in _BEFORE_EVENT.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if _DONE.search(clause) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), BEFORE, None, " ".join(match.group(0).split()))
    for match in _IN_TERM.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if _DONE.search(clause) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), BY, None, " ".join(match.group(0).split()))
    for match in _HELD_ON.finditer(text, words):
        printed = _printed(doc, match)
        stretch = _is_stretch(text, match.start("day"), match.end())
        if printed and not stretch and claim(match.start("day"), match.end()):
            yield _Hit(match.start("day"), match.end(), ON, printed)
    for match in _ORGANISED_ON.finditer(text, words):
        printed = _printed(doc, match)
        before = text[max(0, match.start("day") - 60) : match.start("day")]
        if printed is None or _DAY_OF.search(before) or _is_stretch(text, match.start("day"), match.end()):
            continue
        if claim(match.start("day"), match.end()):
            yield _Hit(match.start("day"), match.end(), ON, printed)
    months: list[int] = []
    for match in _IN_MONTH.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        # "lớp thứ nhất … trong tháng 3; lớp thứ hai … trong tháng 8": one of a list
        among = months and ";" in text[months[-1] : match.start()] and "." not in text[months[-1] : match.start()]
        leads = not clause.strip(" -–+*•") and _DOES.match(text[match.end() :].lstrip(" ,:"))
        if not leads and not among and not _DOES.search(clause):
            continue
        printed = _printed(doc, match)
        if printed and not _is_stretch(text, match.start(), match.end()) and claim(match.start(), match.end()):
            months.append(match.end())
            yield _Hit(match.start(), match.end(), BEFORE if match["before"] else BY, printed)
    for match in _DONE_IN.finditer(text, words):
        printed = None if match["quarter"] else _printed(doc, match)
        if (printed or match["quarter"]) and claim(match.start("span"), match.end("span")):
            relative = None if printed else " ".join(match["quarter"].split())
            yield _Hit(match.start("span"), match.end("span"), BY, printed, relative)
    for match in _DONE_WITHIN.finditer(text, words):
        if not _AIM.search(text, *clause_bounds(text, match.start(), match.end())) and claim(
            match.start("span"), match.end("span")
        ):
            yield _Hit(match.start("span"), match.end("span"), BY, None, " ".join(match["span"].split()))
    for match in _QUARTER.finditer(text, words):
        left = clause_bounds(text, match.start(), match.end())[0]
        if match["loose"] and not _DOES.search(text, left, match.start()):
            continue
        if claim(match.start(), match.end()):
            relative = " ".join(match.group(0).split())
            yield _Hit(match.start(), match.end(), BEFORE if match["before"] else BY, None, relative)


def _is_stretch(text: str, start: int, end: int) -> bool:
    """ "từ ngày 15/11 đến ngày 20/11/2025" is how long something lasts, not a deadline (unless one hands in)."""
    if re.search(r"(?:nộp|gửi|nhận bài|đăng ký)[^;.]{0,60}$", text[max(0, start - 100) : start], re.I):
        return False
    return bool(
        re.search(
            r"\btừ\s+(?:ngày\s+|tháng\s+|đầu\s+tháng\s+)?\d{1,2}(?:\s*[/.]\s*\d{1,2}(?:\s*[/.]\s*\d{4})?)?\s*(?:-|–|đến|"
            r"tới)?\s*(?:hết\s+)?(?:ngày\s+|cuối\s+)?$",
            text[max(0, start - 40) : start],
        )
    )


def _cut(text: str, start: int, end: int) -> int:
    """A relative deadline ends where the next clause begins: ", …"."""
    comma = re.compile(
        r",\s+(?!tháng|quý|năm|học)|\s+(?:và\s+)?gửi\s+(?:về|cho|tới|đến|qua|Sở|Phòng|Văn)\b"
    ).search(text, start + 12, end)
    if comma:
        end = comma.start()
    while end > start and text[end - 1] in " ,":
        end -= 1
    return end


def _year(doc: Document, month: int) -> int | None:
    """The year of a day printed without one: the period's; in the months before a school year, the plan's own."""
    start = doc.period.school_year
    if start and doc.issued and f"{start}-04" <= doc.issued[:7] < f"{start}-08" and month >= int(doc.issued[5:7]):
        return start
    return doc.period.year_of(month)


def _printed(doc: Document, match: re.Match[str]) -> PrintedDate | None:
    groups = match.groupdict()
    full = from_match(match, 1, 2, 7, 5)
    if full:
        return full
    for number in (3, 4, 6):
        month = groups.get(f"m{number}")
        if month:
            if not 1 <= int(month) <= 12:
                return None
            year = _year(doc, int(month))
            if year is None:
                return None
            made = make(groups.get(f"d{number}"), month, year)
            return PrintedDate(made.iso, made.precision, True) if made else None
    return None
