"""Quotas: so many pieces of work per period.

  A  count unit / period      "ít nhất 01 bài/quý" · "02 tin mỗi tháng" · "01 video trong mỗi học kỳ"
  B  period … count unit      "mỗi tháng 02 tin" · "hằng quý có tối thiểu 01 phóng sự"
  C  once per period          "mỗi quý một lần" · "02 tuần/lần"
  D  count unit … in the year "trong năm 2025 có ít nhất 05 bài" · "ít nhất 10 bài trong năm học"
A percentage is never a quota: "tối thiểu 20% tổng chi" has no unit of this list after its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .document import Counted, Document, clause_bounds, in_quotes, sentence_bounds
from .labels import strip_bullet
from .model import Question, Quota
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .source.legible import legible_text
from .source.model import Block
from .units import unit_at
from .who import action, clause_unit, listed_unit, responsible, towards_after

_WORDS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
}

#: "01", "một", "02 (hai)", "hai (02)"; never the start of "20%", "3/2025" or "5.000"
_COUNT = (
    r"(?P<count>\d{1,3}|(?:một|hai|ba|bốn|"
    r"(?<!\d )(?<!một )(?<!mỗi )(?<!hằng )(?<!hàng )(?<!trong )(?<!cả )(?<!từng )"
    r"(?<!quý, )(?<!tháng, )(?<!kỳ, )(?<!quý và )(?<!tháng và )(?<!kỳ và )năm|"
    r"sáu|bảy|bẩy|tám|chín|mười)(?=\s))(?:\s*\(\s*(?:\w+)\s*\))?"
    r"(?:\s*(?:-|–|đến|tới)\s*(?P<max>\d{1,3}))?(?![\d%]|[.,/]\d|\s*%)"
)
#: what is counted, longest first. "bài" is no lesson, test or song.
_UNIT = (
    r"(?P<unit>tin,?\s*bài(?:,?\s*(?:và|,)?\s*(?:ảnh|hình ảnh|video|phóng sự))?(?!\s*viết)|"
    r"(?:tin|bài(?: viết)?|video(?: clip)?|phóng sự|clip|infographic)\s+hoặc\s+"
    r"(?:tin|bài(?: viết)?|video(?: clip)?|phóng sự|clip|infographic)|tin,\s*bài viết|"
    r"tin\s*/\s*bài|tin\s+và\s+bài|bài\s*/\s*tin|tin\s*,\s*ảnh|tin\s*-\s*bài|"
    r"tuyến bài|loạt bài|chùm tin|chùm bài|bài viết|bài đăng|bài báo|bài tuyên truyền|bài truyền thông|"
    r"bài phóng sự|bài phản ánh|"
    r"bài tin|tin tức|tin vắn|tin hoạt động|bản tin|mẩu tin|"
    r"bài(?!\s*(?:học|giảng|tập|thi|kiểm tra|hát|thơ|dự thi|thu hoạch|toán|văn\b))|"
    r"tin(?!\s*(?:học|nhắn rác|dụng))|"
    r"phóng sự(?: ảnh| ngắn)?|video clip|video ngắn|video|clip|infographic|inforgraphic|"
    r"đồ họa|podcast|poster|banner|pano|áp phích|tờ rơi|"
    r"sản phẩm truyền thông|sản phẩm|tác phẩm|ấn phẩm|chuyên mục|chuyên đề|chuyên trang|"
    r"chương trình|diễn đàn|tọa đàm|toạ đàm|hội nghị|hội thảo|cuộc họp báo|"
    r"họp báo|buổi truyền thông|buổi tuyên truyền|buổi phát thanh|buổi(?!\s*/\s*ngày)|cuộc|"
    r"chủ đề(?!\s*(?:năm|trọng tâm))|số chuyên đề|"
    r"đợt|lượt|lần|kỳ|trang chuyên đề|trang báo|số báo|số tập san|số bản tin|tập san|số(?=\s*(?:/|mỗi|"
    r"[;,.()]|$)|\s+(?:trên|bằng|về|dài|phát)\s)|gương điển hình|"
    r"gương|mô hình|điển hình|"
    r"giáo viên tiêu biểu|học sinh tiêu biểu|tấm gương|nhân vật|câu hỏi|câu chuyện|ngày hội|"
    r"hội thi|"
    r"tiểu phẩm|băng rôn|kịch bản|phiên|"
    r"ảnh|bức ảnh|album|livestream|lớp(?: tập huấn| bồi dưỡng)(?=\W)|"
    r"lớp(?=\s*(?:/\s*(?:năm|quý|học kỳ)|[.;,(]|$|mỗi\s|trong\s))|trang(?=\s*/\s*(?:tuần|tháng|quý|kỳ))|"
    r"hoạt động|sự kiện|thông điệp|phát thanh|trạng thái|"
    r"thư ngỏ|thư(?!\s*(?:viện|ký|mục|mời))|post|reels?|story|talkshow|nội dung|cuốn sách|quyển sách|tiết mục|"
    r"phim ngắn|đoạn phim|đoạn video|tờ gấp|cẩm nang|ý tưởng|câu đố|"
    r"giáo viên(?=\s+(?:để|tham gia|viết|giới thiệu|tiêu biểu))|"
    r"báo cáo(?: nhanh| phân tích| chuyên đề| tổng hợp)?(?!\s*viên))"
)
#: period ← word
PERIODS: tuple[tuple[str, str], ...] = (
    ("school_year", r"năm học"),
    ("semester", r"học kỳ|học kì|kỳ học|HK(?:I{1,2})?\b|06 tháng|6 tháng|sáu tháng|nửa năm"),
    ("quarter", r"quý|quí"),
    ("month", r"tháng"),
    ("week", r"tuần"),
    ("year", r"năm"),
)
_PERIOD_WORD = "(?:" + "|".join(words for _, words in PERIODS) + r")(?!\w)"
_PERIOD = "(?P<period>" + "|".join(words for _, words in PERIODS) + r")(?!\w)"
_MIN_WORD = r"(?:≥|>=|ít nhất|tối thiểu|không dưới|không ít hơn|tối thiểu là|ít nhất là|từ)"
_MIN = rf"(?P<min>{_MIN_WORD}\s*(?:phải\s+)?(?:có\s+|là\s+|đạt\s+)?)?"
#: words between the unit and "/tháng": "01 bài viết về gương người tốt/quý"
_MIDDLE = r"(?P<middle>(?:\s+(?!(?:và|hoặc)\s+(?:ít|tối|mỗi|hằng|\d|một|hai|ba))[^\s,;:.()/\d]+){0,12}?)"
_UPWARDS = r"(?P<up>\s*trở lên)?"

#: "02 tin/đơn vị/tháng": so many for each
_EACH = (
    r"(?:\s*/\s*(?:đơn vị|trường|phòng|lớp|tổ|khối|giáo viên|cán bộ|cơ sở(?: giáo dục)?|xã|cụm|người|"
    r"cộng tác viên|CTV|CBGV|ngành|khoa|môn|nhóm|thôn|phường)(?=\s*/))?"
)
RATE = re.compile(
    rf"(?<![\w/.,\-–]){_MIN}{_COUNT}\s*{_UNIT}{_MIDDLE}{_UPWARDS}{_EACH}\s*(?:/\s*(?:0?1\s+|"
    rf"một\s+)?|\s(?:trên\s+|trong\s+)?(?:mỗi|một|0?1|hằng|hàng|từng)\s+|"
    rf"\s+(?:trong|trên)\s+(?:cả\s+|suốt\s+)?(?=năm học|năm|học kỳ|quý|tháng|tuần)){_PERIOD}"
    rf"{_UPWARDS.replace('up', 'up2')}",
    re.I,
)
#: "mỗi tháng … ít nhất 02 tin, bài"
PERIOD_FIRST = re.compile(
    rf"(?<!\w)(?P<up>(?:ít nhất|tối thiểu)\s+)?(?:(?:mỗi|hằng|hàng|cả|một|0?1|định kỳ(?: hằng| hàng| mỗi)?|"
    rf"trong(?: một| mỗi)?|từng)\s+|(?<=, )(?=0?6 tháng))"
    rf"{_PERIOD}(?!\s+(?:cao điểm|hành động|này|đó|chuyển tiếp))(?:\s+(?:20\d\d(?:\s*[-–]\s*20\d\d)?))?"
    rf"(?P<middle>\s*[,:]?(?:\s+(?!mỗi\s+{_PERIOD_WORD})[^\s;:.()]+){{0,18}}?)\s*[,:]?\s*{_MIN}{_COUNT}\s*{_UNIT}(?!\w)"
    r"(?P<up2>\s+trở lên)?",
    re.I,
)
#: "mỗi quý một lần", "tháng 01 lần", "02 tuần/lần"
ONCE = re.compile(
    rf"(?<!\w)(?:(?:mỗi|một|0?1|định kỳ(?: hằng| hàng)?|hằng|"
    rf"hàng)\s+)?{_PERIOD}\s*(?:/\s*)?{_MIN}(?P<count>0?\d|một|hai|"
    rf"ba)?\s*/?\s*(?P<unit>lần)\b",
    re.I,
)
#: another count of the same period
_ALSO = re.compile(
    rf"(?:\s*\((?:đối với|với|riêng|dành cho)[^()]{{3,80}}\))?\s*(?:,|và|hoặc|;|(?<=,))\s*(?:và\s+)?"
    rf"{_MIN}{_COUNT}\s*{_UNIT}(?!\w|\s*/)(?P<middle>(?:\s+(?!và\b|hoặc\b|mỗi\b|trong\b)[^\s,;:.()/\d]+){{0,5}}"
    rf"(?=\s*(?:,|và|hoặc)\s+(?:{_MIN_WORD}\s+)?\d))?",
    re.I,
)
#: "trong đó tin, bài về gương điển hình từ 50 bài trở lên"
_FROM = re.compile(
    rf"(?<!\w)(?P<min>từ\s+){_COUNT}\s*{_UNIT}(?:\s+trở lên|(?<=\w)(?!\w)(?=[^;.]*$|[^;.]*[;.]))", re.I
)
#: "04 số/tháng, trong đó 02 số bằng tiếng dân tộc"
_PART = re.compile(rf"\btrong đó\s+(?:có\s+)?{_MIN}{_COUNT}\s*{_UNIT}(?!\w|\s*/|\s+(?:mỗi|hằng)\s)", re.I)
#: a bare minimum without a period: "đăng ít nhất 05 tin, bài"
BARE = re.compile(rf"(?<!\w)(?P<min>{_MIN_WORD}\s+(?:có\s+)?)(?<!từ ){_COUNT}\s*{_UNIT}(?!\w)", re.I)
#: another count before the same period: "ít nhất 02 tin, 01 bài/tháng"
_COORDINATE = re.compile(
    rf"(?<![\w/.]){_MIN}{_COUNT}\s*{_UNIT}(?P<middle>(?:\s+[^\s,;:.()/\d]+){{0,6}}?)\s*(?:,|"
    rf"và|hoặc|;|\+|, và)\s*$",
    re.I,
)
_YEAR_FRAME = re.compile(r"\btrong\s+(?P<period>năm học|năm)\b", re.I)
#: "mỗi ngày đăng ít nhất 01 tin": a daily duty (recurring.py), no quota of this contract
_DAILY = re.compile(r"(?:mỗi|hằng|hàng)\s+ngày|/\s*ngày", re.I)
#: "01 bài/tháng được cộng 1 điểm" is how points are given
_SCORING = re.compile(r"(?:cộng|trừ|được tính|tính)\s+[\d,.]+\s*điểm", re.I)
#: "02 tuần một lần", "hai tuần một lần": the number of periods between two times
_SEVERAL = re.compile(r"(?<!\w)(?:\d+|hai|ba|bốn|sáu)\s*$", re.I)
#: "khen thưởng các đơn vị có từ 20 tin, bài trở lên" is how one is praised
_REWARD = re.compile(r"(?:khen thưởng|biểu dương|tuyên dương|cộng điểm|tặng)[^;.]{0,100}\bcó\s+(?:từ\s+)?$", re.I)
#: "ít nhất 01 bài chuyên sâu/2 tháng": a rate this contract has no period for
_EVERY_FEW = re.compile(r"[^,;.:/]{0,40}/\s*(?:0?[2-9]|hai|ba)\s+(?:tháng|tuần|năm)(?!\w)", re.I)
#: "cá nhân có ít nhất 05 bài được đăng … được đề nghị khen thưởng"
_PRAISED = re.compile(r"(?:cá nhân|tập thể)\s+(?:nào\s+)?có\s+$", re.I)
#: "có từ 10 tin, bài trở lên … được đề nghị khen thưởng"
_REWARDED = re.compile(
    r"\s*(?:thì\s+|sẽ\s+)?(?:được|đề nghị|xem xét)\s[^;.]{0,30}(?:khen thưởng|biểu dương|cộng điểm|tặng)", re.I
)
#: units that count as communication products even without a period
_MEDIA = re.compile(
    r"^(?:tin|bài|bản tin|phóng sự|video|clip|infographic|podcast|"
    r"sản phẩm|tác phẩm|ấn phẩm|chuyên mục|chuyên đề|chuyên trang)",
    re.I,
)
_RESULTS = re.compile(
    r"\b(?:đã|kết quả đạt được|trong năm qua)\s+(?:đăng|thực hiện|phát|tổ chức|xây dựng|sản xuất)\b", re.I
)


#: "tối thiểu 04 tin; tổ chức 02 hội thảo": another thing to do, to which the minimum does not belong
_ANOTHER = re.compile(
    r"\bvà\s+(?:gửi|đăng|viết)\s|"
    r";\s*[^;:,.\d]{2,60}\s(?:gửi|đăng|viết|cung cấp)\s+$|"
    r";\s*(?:gửi|đăng|viết|cung cấp)\s[^;:,.\d]{2,80}$|"
    r";\s*(?:tổ chức|xây dựng|phát hành|in|treo|sản xuất|mở|phối hợp|tham gia|đăng cai)\s",
    re.I,
)
#: columns of a task table that say how much
_HOW_MUCH = re.compile(r"chỉ\s*tiêu|tần\s*suất|số\s*lượng|định\s*mức|kết\s*quả|sản\s*phẩm|đầu\s*ra", re.I)


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    count: int
    max: int | None
    unit: str
    period: str | None
    minimum: bool
    #: the unit printed inside: "hằng tháng, mỗi trường gửi ít nhất 01 tin"
    who: str | None = None


def period_code(word: str) -> str:
    """ "quý" → "quarter"."""
    word = " ".join(word.split())
    for code, pattern in PERIODS:
        if re.fullmatch(pattern, word, re.I):
            return code
    raise ValueError(word)


def number_of(word: str) -> int:
    """ "08" → 8, "ba" → 3."""
    return int(word) if word.isdigit() else _WORDS[word.lower()]


def find_quotas(doc: Document) -> list[Quota]:
    """All quotas of the text, in order."""
    found: list[Quota] = []
    for block in doc.prose():
        if doc.outline.theme(block) in (BUDGET, RESULTS):
            continue
        found.extend(_in_block(doc, block))
    for counted in doc.counted:
        if _HOW_MUCH.search(counted.heading) or rate_heading(counted.heading):
            found.extend(_in_cell(doc, counted))
    return sorted(found, key=lambda quota: quota.span.start)


#: "Tin, bài/tháng", "Số video mỗi học kỳ": a heading that says what is counted, and over which time
_RATE_HEADING = re.compile(
    rf"(?:^|\b|\d\s)(?:số\s+)?{_UNIT}[^/]{{0,24}}?(?:\s*/\s*|\s*\(\s*|\s+(?:mỗi|hằng|hàng|một|trong|theo)\s+){_PERIOD}",
    re.I,
)
_BARE_COUNT = re.compile(
    rf"\s*(?P<min>(?:≥|>=|ít nhất|tối thiểu|từ)\s*)?(?P<count>\d{{1,3}})(?:\s*[-–]\s*(?P<max>\d{{1,3}}))?"
    rf"(?:\s+{_UNIT})?\s*",
    re.I,
)


def rate_heading(heading: str) -> tuple[str, str] | None:
    """What a column counts, and over which time.

    >>> rate_heading("Tin, bài/tháng"), rate_heading("Số video mỗi học kỳ"), rate_heading("Thời gian")
    (('Tin, bài', 'month'), ('video', 'semester'), None)
    """
    match = _RATE_HEADING.search(heading)
    return (" ".join(match["unit"].split()).rstrip(","), period_code(match["period"])) if match else None


def _in_cell(doc: Document, counted: Counted) -> Iterator[Quota]:
    """Quotas of a cell of a task table: owed by who leads the row, unless the cell says whom it is for."""
    text = legible_text(doc.source.text[counted.start : counted.end])
    rate, bare = rate_heading(counted.heading), _BARE_COUNT.fullmatch(text)
    if rate and bare:
        yield Quota(
            span=doc.span(counted.start, counted.end),
            count=int(bare["count"]),
            max=int(bare["max"]) if bare["max"] else None,
            min=counted.least or bool(bare["min"]) or bool(re.search(r"tối thiểu|ít nhất", counted.heading, re.I)),
            unit=(bare["unit"] or rate[0]).lower(),
            period=rate[1],
            what=counted.what,
            who=counted.who,
            confidence=1.0 if counted.who else 0.8,
        )
        return
    for hit in sorted(_hits(text, topic=True), key=lambda hit: hit.start):
        if hit.period is None:
            continue
        hit.minimum = hit.minimum or re.search(r"tối thiểu|ít nhất", counted.heading, re.I) is not None
        who = towards_after(text[hit.end :]) or clause_unit(text[: hit.start]) or counted.who
        yield Quota(
            span=doc.span(counted.start + hit.start, counted.start + hit.end),
            count=hit.count,
            max=hit.max,
            min=hit.minimum,
            unit=hit.unit,
            period=hit.period,
            what=counted.what,
            who=who,
            confidence=1.0 if who else 0.8,
        )


def _in_block(doc: Document, block: Block) -> Iterator[Quota]:
    text = block.text
    if _SCORING.search(text):
        return
    hits = sorted(_hits(text, topic=is_topic(text)), key=lambda hit: hit.start)
    above = _LISTED_MINIMUMS.match(text) or _SO_MANY_AT_LEAST.search(text)
    if hits and (above or _at_least(doc, block)):
        for hit in hits:
            hit.minimum = hit.minimum or not above or hit.start >= above.end()
    previous: _Hit | None = None
    previous_quota: Quota | None = None
    for hit in hits:
        if doc.is_cited(block.start + hit.start, block.start + hit.end) or _is_news(doc, block, hit):
            continue
        if hit.unit == "lớp" and not re.search(r"tập huấn|bồi dưỡng|nghiệp vụ|kỹ năng", text, re.I):
            continue
        if in_quotes(text, hit.start, hit.end):
            continue  # a column called “Mỗi tuần một câu chuyện đẹp”
        if previous is not None and not hit.minimum and previous.minimum and _governs(text, previous, hit):
            hit.minimum = True
        after = text[hit.end :]
        towards = towards_after(after)
        end = hit.end
        if towards:
            end = hit.end + after.index(towards) + len(towards)
            if text[end : end + 1] == ")":
                end += 1
        after_last = text[previous.end : hit.start] if previous is not None else ""
        who = (
            towards
            or hit.who
            or listed_unit(text[: hit.start])
            or clause_unit(re.sub(r"^\s*(?:[,;]|và)\s*", "", after_last))
            or responsible(doc, block, hit.start, hit.end)
        )
        what = _what(doc, block, hit, who)
        if previous_quota is not None and previous is not None and _governs(text, previous, hit):
            if not what or len(what) < 25:
                what = previous_quota.what
            if who is None:
                who = previous_quota.who
        sure = hit.period is not None
        quota = Quota(
            span=doc.span(block.start + hit.start, block.start + end),
            count=hit.count,
            max=hit.max,
            min=hit.minimum,
            unit=hit.unit,
            period=hit.period,
            what=what,
            who=who,
            confidence=1.0 if sure and who else 0.8 if sure else 0.5,
            question=None
            if sure
            else Question(
                "Chỉ tiêu này tính cho khoảng thời gian nào?",
                ("mỗi tháng", "mỗi quý", "mỗi học kỳ", "cả năm", "không phải chỉ tiêu"),
            ),
        )
        yield quota
        previous, previous_quota = hit, quota


#: "Định mức tối thiểu đối với từng loại hình đơn vị:"
_AT_LEAST = re.compile(
    r"(?:^|[.;)]\s)[^.;]{0,80}\b(?:tối thiểu|ít nhất)(?!\s*(?:\d|một|hai|ba|bốn|năm|là\s+\d))[^.;]{0,120}:\s*$",
    re.I | re.S,
)


#: "b) Số lượng tin, bài tối thiểu: Phòng GD&ĐT 08 tin, bài/tháng; trường THPT 04 …"
_LISTED_MINIMUMS = re.compile(
    r"[^.;:\d]{0,60}(?:[a-zđ\d]{1,2}[.)])?[^.;:\d]{0,60}\b(?:tối thiểu|ít nhất)[^.;:\d]{0,50}:", re.I
)


#: "gửi trước ngày 24 mỗi tháng với số lượng tối thiểu: trường mầm non 02 tin, bài/tháng, trường tiểu học 03 …"
_SO_MANY_AT_LEAST = re.compile(
    r"\b(?:số lượng|định mức|chỉ tiêu)[^.;:\d]{0,30}\b(?:tối thiểu|ít nhất)[^.;:\d]{0,30}:", re.I
)


def _at_least(doc: Document, block: Block) -> bool:
    """Does the line above a list say that its counts are minimums?"""
    label = doc.outline.places[block.index].label
    if label is None:
        return False
    for index in range(block.index - 1, max(-1, block.index - 12), -1):
        above = doc.source.blocks[index]
        other = doc.outline.places[index].label
        if above.text.rstrip().endswith(":") and (other is None or other.kind != label.kind):
            return bool(_AT_LEAST.search(above.text[-260:]))
        if other is None or other.kind != label.kind:
            return False
    return False


#: what makes a count in a section of contents one of communication
_INFORMS = re.compile(
    r"\b(?:tuyên truyền|truyền thông|thông tin|đăng|phát thanh|phát sóng|giao ban|họp báo|tin,? bài|báo chí|"
    r"truyền hình|báo|đài|cộng tác viên|phụ huynh|bảng tin|góc tuyên truyền|fanpage|zalo|website)\b",
    re.I,
)


def _is_news(doc: Document, block: Block, hit: _Hit) -> bool:
    """A wish without a period in a purpose; a count of schools' own doings in a section of contents."""
    theme = doc.outline.asks(block)
    if theme == PURPOSE:
        # "mỗi đơn vị phải có ít nhất 05 tin, bài" is asked for, wherever it stands
        return hit.period is None and not (
            hit.minimum
            and re.search(r"\bphải\b", block.text[clause_bounds(block.text, hit.start, hit.end)[0] : hit.end])
        )
    if theme != CONTENT or _MEDIA.match(hit.unit):
        return False
    left, right = clause_bounds(block.text, hit.start, hit.end)
    named = block.text.find(":", 0, 60)  # "Báo điện tử: 20 tin, bài mỗi tháng; 01 tọa đàm mỗi quý"
    return not (_INFORMS.search(block.text, left, right) or _INFORMS.search(block.text, 0, max(named, 0)))


def _what(doc: Document, block: Block, hit: _Hit, who: str | None) -> str | None:
    """What is counted: the words before the number, or the whole clause when they are too few."""
    before = action(doc, block, hit.start, hit.end)
    if before and len(before) >= 15 and before != who:
        return before
    left, right = clause_bounds(block.text, hit.start, hit.end)
    lead = strip_bullet(block.text[left : hit.start])[0]
    clause = " ".join(f"{lead} {hit.unit} {block.text[hit.end : right]}".split()).strip(" ,;:.()")
    return clause if clause != hit.unit else before


#: a bracket closed that was not opened here
_LEAVES_BRACKETS = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*\)")


def _governs(text: str, first: _Hit, second: _Hit) -> bool:
    """ "tối thiểu" printed once before the first of two coordinated quotas covers both."""
    between = text[first.end : second.start]
    return (
        len(between) < 170
        # "10 tin (trong đó tối thiểu 02 bài); mỗi đơn vị 05 tin": a minimum in brackets stays in them
        and not _LEAVES_BRACKETS.match(between)
        and sentence_bounds(text, first.start, first.end)[1] >= second.start
        and not re.search(r"[.!?]\s", between)
        and not _ANOTHER.search(between)
        and not re.search(r"\btrong đó\s*$", between)
        and not (";" in between and first.period != second.period and first.unit != second.unit)
    )


def _hits(text: str, *, topic: bool) -> Iterator[_Hit]:
    if not re.search(r"\d|một|hai|ba|lần", text):
        return
    taken: list[tuple[int, int]] = []
    rates: list[_Hit] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    for match in RATE.finditer(text):
        start = _trimmed(text, match.start())
        if _RESULTS.search(text[max(0, start - 60) : start]) or _REWARD.search(text, max(0, start - 120), start):
            continue
        if _REWARDED.match(text, match.end()):
            continue
        hit = _make(match, start, match.end(), period_code(match["period"]))
        taken.append((start, match.end()))
        coordinate = _COORDINATE.search(text, max(0, start - 80), start)
        if coordinate and free(coordinate.start(), coordinate.end()):
            first = _make(coordinate, _trimmed(text, coordinate.start()), coordinate.end("unit"), hit.period)
            taken.append((coordinate.start(), coordinate.end()))
            if first.minimum:
                hit.minimum = True
            yield first
        rates.append(hit)
        yield hit
    for match in PERIOD_FIRST.finditer(text):
        start = match.start()
        if not free(start, match.end()) or _RESULTS.search(text[max(0, start - 60) : match.end()]):
            continue
        if re.search(
            r"%|\b(?:ngày|giờ|lớp|tuổi)\b|\b(?:tháng|quý|tuần|khối)\s+\w{1,3}\s*(?:,|và|-|–)\s*$", match["middle"]
        ):
            continue
        taken.append((start, match.end()))
        hit = _make(match, start, match.end(), period_code(match["period"]))
        rates.append(hit)
        listed = match.end()
        while more := _ALSO_OF.match(text, listed):
            if unit_at(more["who"]) != more["who"].strip():
                break
            listed = more.end()
            taken.append((more.start("count"), listed))
            at = more.start("min") if more["min"] else more.start("count")
            also = _make(more, at, listed, period_code(match["period"]))
            also.minimum = also.minimum or hit.minimum
            yield also
        inside = match["middle"].strip(" ,:")
        hit.who = unit_at(inside) if inside.lower().startswith("mỗi ") else None
        yield hit
        # "mỗi tháng 02 tin và 01 bài", "mỗi tháng 03 tin (đối với A), 02 tin (đối với B)"
        end = _upto_next(text, match.end())
        while more := _ALSO.match(text, end):
            end = more.end()
            taken.append((more.start("count"), end))
            at = more.start("min") if more["min"] else more.start("count")
            yield _make(more, at, end, period_code(match["period"]))
    for match in ONCE.finditer(text):
        if not free(match.start(), match.end()):
            continue
        count = match["count"]
        if count is None and "/" not in match.group(0):
            continue
        if _SEVERAL.search(text, max(0, match.start() - 12), match.start()):
            continue  # "02 tuần/lần", "hai tuần một lần": every two weeks is no rate of this contract
        taken.append((match.start(), match.end()))
        yield _Hit(
            match.start(),
            match.end(),
            number_of(count) if count else 1,
            None,
            "lần",
            period_code(match["period"]),
            bool(match["min"]),
        )
    for match in _FROM.finditer(text):
        period = _part_of(text, match.start(), rates)
        if period and free(match.start(), match.end()):
            taken.append((match.start(), match.end()))
            yield _make(match, match.start(), match.end(), period)
    for match in _PART.finditer(text):
        period = _part_of(text, match.start("count"), rates)
        at = match.start("min") if match["min"] else match.start("count")
        if period and free(at, match.end()) and re.match(r"tin|bài|số|video|phóng sự|clip", match["unit"], re.I):
            taken.append((at, match.end()))
            yield _make(match, at, match.end(), period)
    if topic:
        return
    for match in BARE.finditer(text):
        if _EVERY_FEW.match(text, match.end()) or _PRAISED.search(text, max(0, match.start() - 40), match.start()):
            continue
        if not free(match.start(), match.end()) or not _MEDIA.match(match["unit"]):
            continue
        frame = None
        left, right = sentence_bounds(text, match.start(), match.end())
        if _DAILY.search(text, *clause_bounds(text, match.start(), match.end())):
            continue
        for candidate in _YEAR_FRAME.finditer(text, left, right):
            frame = period_code(candidate["period"])
        if frame is None:
            frame = _part_of(text, match.start(), rates)
        taken.append((match.start(), match.end()))
        yield _make(match, match.start(), match.end(), frame)
        # "ít nhất 05 tin, bài và 01 video clip": the minimum and the time of the first
        end = match.end()
        while (
            (more := _ALSO.match(text, end))
            and _MEDIA.match(more["unit"])
            and free(more.start("count"), more.end())
        ):
            end = more.end()
            taken.append((more.start("count"), end))
            also = _make(more, more.start("count"), end, frame)
            also.minimum = True
            yield also


#: "mỗi tháng có ít nhất 04 tin, bài …; trường mầm non: 02 tin, bài"
_ALSO_OF = re.compile(
    rf"[^;:.]{{0,60}};\s*(?P<who>[^;:.\d]{{3,60}}?):\s*{_MIN}{_COUNT}\s*{_UNIT}(?!\w|\s*/|\s+(?:mỗi|trong)\s)",
    re.I,
)
_ON_TO_NEXT = re.compile(
    rf"(?:\s+(?!và\b|hoặc\b|mỗi\b|trong\b)[^\s,;:.()/\d]+){{1,5}}(?=\s*(?:,|và|hoặc)\s+(?:{_MIN_WORD}\s+)?"
    rf"(?:\d|(?:một|hai|ba|bốn|sáu)\s+{_UNIT.replace('?P<unit>', '?:')}))",
    re.I,
)


def _upto_next(text: str, end: int) -> int:
    """Past the words between a count and the next of the same period: "01 tọa đàm trực tuyến, 01 bài"."""
    between = _ON_TO_NEXT.match(text, end)
    return between.end() if between else end


def _part_of(text: str, start: int, rates: list[_Hit]) -> str | None:
    """The period of "04 bài/quý, trong đó có ít nhất 01 video": a part counts over the time of the whole."""
    for rate in reversed(rates):
        between = text[rate.end : start]
        if rate.end <= start and re.fullmatch(r"[^.]{0,40}\btrong đó[^;.]{0,60}", between):
            return rate.period
    return None


def _trimmed(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _make(match: re.Match[str], start: int, end: int, period: str | None) -> _Hit:
    groups = match.groupdict()
    minimum = bool(groups.get("min")) or bool(groups.get("up")) or bool(groups.get("up2"))
    unit = " ".join(match["unit"].split()).rstrip(",")
    maximum = groups.get("max")
    return _Hit(start, end, number_of(match["count"]), int(maximum) if maximum else None, unit, period, minimum)
