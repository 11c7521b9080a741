"""Lines of a flattened table dealt to its columns, so that most cells hold what their headings promise.

Three things tell where one cell ends and the next begins: blank lines (where the tool printed them between cells),
how a line begins and how the one before it ends, and what a column holds: a time, a unit, products. Every line
goes to exactly one cell, in order; nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loa.lib.vanban.letters import LOW, UP
from loa.lib.vanban.units import UNIT_START

CONTENT, TIME, LEAD, SUPPORT, PRODUCT, COUNT, NOTE, OTHER = (
    "content",
    "time",
    "lead",
    "support",
    "product",
    "count",
    "note",
    "other",
)
#: "Tin, bài/tháng"
RATE_HEADING = re.compile(
    r"(?:tin|bài|video|phóng sự|clip|infographic|ảnh|podcast|sản phẩm|chuyên (?:đề|mục|trang)|buổi|lần|"
    r"tác phẩm|ấn phẩm|"
    r"bản tin|chương trình)\b.*(?:/|\(|mỗi|hằng|hàng|trong|theo)\s*"
    r"(?:tuần|tháng|quý|học kỳ|năm)",
    re.I,
)
#: what a column holds ← its heading, first match wins
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (SUPPORT, re.compile(r"^(?!.*chủ\s*trì).*phối\s*hợp", re.I)),
    (LEAD, re.compile(r"chủ\s*trì|phụ\s*trách|đầu\s*mối|chịu trách nhiệm|tham mưu", re.I)),
    (NOTE, re.compile(r"ghi\s*chú", re.I)),
    (COUNT, RATE_HEADING),
    (TIME, re.compile(r"thời\s*(?:gian|hạn|điểm)|tiến\s*độ|lộ\s*trình|hoàn thành|^tháng|^quý|^tuần|^ngày", re.I)),
    (COUNT, re.compile(r"số\s*lượng|chỉ\s*tiêu|định\s*mức|tần\s*suất|kinh\s*phí", re.I)),
    (PRODUCT, re.compile(r"sản\s*phẩm|hình\s*thức|kết\s*quả|đầu\s*ra|kênh|phương\s*thức", re.I)),
    (
        CONTENT,
        re.compile(
            r"nội\s*dung|nhiệm\s*vụ|hoạt\s*động|công\s*việc|tên\b|sự\s*kiện|chủ\s*đề|chuyên\s*đề|đề\s*tài|lĩnh\s*vực",
            re.I,
        ),
    ),
    (LEAD, re.compile(r"đơn vị|cơ quan|bộ phận|người|phòng|trường|phân công|thực hiện", re.I)),
)
_TIME = re.compile(
    r"^[-–]?\s*(?:thường xuyên|liên tục|đột xuất|(?:trong|cả|hằng|hàng|mỗi|đầu|cuối|giữa|hết|cao điểm)?\s*"
    r"(?:tháng|quý|năm|tuần|ngày|học kỳ|học kì|HK)(?![\w])|dịp|đợt|từ\s+(?:tháng|ngày|quý|đầu|\d)|trước|sau khi|"
    r"đến|chậm nhất|định kỳ|\d{1,2}\s?[/-]\s?\d|theo\s|khi có|xong|hoàn thành|mùa|hè)",
    re.I,
)
#: a time and nothing else
_ONLY_TIME = re.compile(
    r"^(?:(?:thường xuyên|cả năm(?: học)?|trong năm(?: học)?|hằng \w+|hàng \w+)[\s,.;]*|"
    r"(?:trước|từ|đến|trong|đầu|cuối|hết|cả|và|ngày|tháng|quý|năm học|năm|học kỳ|tuần|đợt)(?![\w])|"
    r"[\d\s/.,;–-]+|\b(?:I{1,3}|IV)\b)+$",
    re.I,
)
_PERSON = re.compile(
    rf"^(?:Ông|Bà|Ô\.|B\.|Đ/c|Đồng chí|Cô|Thầy|Anh|Chị|HT|PHT|BGH|GV|TPT|CB)\b|"
    rf"^[{UP}][{LOW}]+(?: [{UP}][{LOW}]*){{1,3}}$"
)
_ALL = re.compile(
    r"^(?:cả|toàn|các)\s|^(?:tiểu học|mầm non|mẫu giáo|trung học)\b|^(?:MN|TH|THCS|THPT|PTDT)\b|^(?:\w+\s)?đoàn\b|"
    r"^(?:chi|đảng|huyện|thành|tỉnh|hội|tổng|bưu|ngành|cấp)\b",
    re.I,
)
_PRODUCT = re.compile(
    r"^[-–]?\s*(?:(?:tối thiểu|ít nhất|≥)\s+)?(?:\d{1,3}\s+)?(?:tin|bài|video|phóng sự|infographic|văn bản|"
    r"hội nghị|chuyên|clip|ấn phẩm|banner|poster|pano|áp phích|tờ rơi|họp báo|tọa đàm|toạ đàm|bản tin|báo cáo|"
    r"kế hoạch|quyết định|hội thi|cuộc thi|lễ|buổi|podcast|livestream|ảnh|fanpage|facebook|zalo|website|"
    r"trang|cổng|"
    r"công văn|tài liệu|phát thanh|chương trình|đồ họa|sổ tay|chùm|loạt|tuyến|bảng|khẩu hiệu|băng rôn|100\s*%)",
    re.I,
)
_COUNT = re.compile(r"^(?:tối thiểu|ít nhất|≥|từ|khoảng|\d)", re.I)
_DITTO = re.compile(r"^(?:nt|n\.t|như trên|[\"”“]|''|//|-|–|x)[-–.\s]*$", re.I)
_LOWER = re.compile(rf"^[\"“‘'(\[]?[{LOW}]")
_BULLET = re.compile(r"^[-–+•*]\s*\S")
_OPEN_END = re.compile(
    r"(?:[,/(&–-]|\b(?:và|của|về|các|những|số|ngày|tháng|năm|theo|tại|với|cho|là|đến|trong|do|hoặc|để|trước|từ|khi|quý|"
    r"phòng|trường|lớp|học|công|Phòng|Trường|Trung|Giáo|Văn|Ban|Tổ|Hội))$"
)
_LIST_END = re.compile(r"[;,]$")
#: what an empty cell costs, by what the column holds
_EMPTY = {CONTENT: 5.0, TIME: 1.6, LEAD: 1.8, SUPPORT: 0.9, PRODUCT: 1.1, COUNT: 0.9, NOTE: 0.1, OTHER: 0.7}
_BROKEN = re.compile(r"\d/[\w/]*[-/]$|\d[-/]$")
#: lines one cell may take
_TALLEST = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line of a cell; `gap` = a blank line or a page break stood before it, `torn` = a page break."""

    text: str
    gap: bool
    index: int
    torn: bool = False


def kind_of(heading: str) -> str:
    """What a column holds, by its heading.

    >>> kind_of("Đơn vị phối hợp thực hiện"), kind_of("Thời gian"), kind_of("Trường chủ trì")
    ('support', 'time', 'lead')
    """
    for kind, pattern in _KINDS:
        if pattern.search(heading):
            return kind
    return OTHER


def kinds_of(headings: Sequence[str]) -> tuple[str, ...]:
    """What the columns hold. In a table of how much each unit owes the units are the contents."""
    kinds = [kind_of(heading) for heading in headings]
    if CONTENT not in kinds and LEAD in kinds and any(RATE_HEADING.search(heading) for heading in headings):
        kinds[kinds.index(LEAD)] = CONTENT
    return tuple(kinds)


def joined(lines: Sequence[Line]) -> str:
    """The words of a cell; a number broken at its hyphen is whole again."""
    text = ""
    for line in lines:
        if _BROKEN.search(text) and line.text[:1].isalnum():
            text += line.text
        elif text and re.match(r"[-–]\s", line.text) and not _BULLET.match(text) and text[-1] not in ";.:":
            text += f" {line.text}"  # "Phòng Kế hoạch" + "- Tài chính": a hyphen, no point of a list
        else:
            text += f"\n{line.text}"
    return text.strip("\n")


class Dealer:
    """Deals the lines of one table; `kinds` are those of the columns to fill."""

    def __init__(self, lines: Sequence[Line], kinds: tuple[str, ...], rows: int) -> None:
        self.kinds = kinds
        inner = [line for line in lines if not _DITTO.match(line.text)]
        #: are cells set apart by blank lines?
        self.spaced = sum(line.gap for line in lines) >= max(3.0, 0.55 * rows * max(1, len(kinds) - 1))
        #: are the words of a cell broken over lines?
        self.wrapped = sum(1 for line in inner if _LOWER.match(line.text)) >= max(1.0, 0.06 * len(inner))
        self.width = max((len(line.text) for line in lines), default=0)

    def deal(
        self, lines: Sequence[Line], *, cycles: bool = False, tail: bool = False
    ) -> tuple[list[list[str]], int]:
        """Cells of the rows that `lines` hold and how many lines they took. `cycles`: several rows may follow each
        other; `tail`: lines that belong to no cell may follow the last."""
        best: dict[tuple[int, int], tuple[float, int, int]] = {}
        count, width = len(lines), len(self.kinds)
        fits = _Fits(self, lines)
        for begin in range(count, -1, -1):
            for column in range(width - 1, -1, -1):
                choice: tuple[float, int, int] | None = None
                for end in range(begin, min(count, begin + _TALLEST) + 1):
                    if column == width - 1:
                        rest, kind = 0.0 if end == count else -1e9, 0
                        if tail and end < count and self._ends(lines, end):
                            rest, kind = max((rest, kind), (-1.2 - 0.35 * min(count - end, 8), 2))
                        if (cycles and begin < end < count) or (cycles and end == begin < count and column):
                            again = best.get((0, end))
                            if again is not None and end < count and again[0] - 0.3 > rest:
                                rest, kind = again[0] - 0.3, 1
                    else:
                        after = best.get((column + 1, end))
                        if after is None:
                            continue
                        rest, kind = after[0], 0
                    value = fits.of(begin, end, column) + rest
                    if choice is None or value > choice[0]:
                        choice = (value, end, kind)
                if choice is not None and choice[0] > -1e8:
                    best[column, begin] = choice
        rows: list[list[str]] = []
        column, begin = 0, 0
        row: list[str] = []
        while (column, begin) in best:
            _, end, kind = best[column, begin]
            row.append(joined(lines[begin:end]))
            begin = end
            if column == width - 1:
                rows.append(row)
                row = []
                if kind != 1:
                    break
                column = 0
            else:
                column += 1
        return rows, begin

    def torn(self, lines: Sequence[Line], at: int) -> list[str] | None:
        """A row torn by a page break before line `at`: each half has its cells, and halves of one cell belong
        together. None where the row is better read as a whole."""
        above, below = _Fits(self, lines[:at]), _Fits(self, lines[at:], rest=True)
        whole = _Fits(self, lines)
        best, parts = self._best(whole, len(lines)), None
        halves = (self._best(above, at), self._best(below, len(lines) - at))
        if None in halves or best is None:
            return None
        (one, first), (two, second) = halves  # type: ignore[misc]
        if one + two <= best[0]:
            return None
        parts = [first, second]
        cells: list[list[Line]] = [[] for _ in self.kinds]
        for shift, ends in zip((0, at), parts, strict=True):
            begin = 0
            for column, end in enumerate(ends):
                cells[column].extend(lines[shift + begin : shift + end])
                begin = end
        return [joined(cell) for cell in cells]

    def _best(self, fits: _Fits, count: int) -> tuple[float, tuple[int, ...]] | None:
        """The best dealing of one row and its score: where each cell ends."""
        beam: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        for column in range(len(self.kinds)):
            following: dict[int, tuple[float, tuple[int, ...]]] = {}
            for begin, (score, ends) in beam.items():
                for end in range(begin, min(count, begin + _TALLEST) + 1):
                    value = score + fits.of(begin, end, column)
                    if end not in following or value > following[end][0]:
                        following[end] = (value, (*ends, end))
            beam = following
        return beam.get(count)

    def _ends(self, lines: Sequence[Line], at: int) -> bool:
        """May what stands outside the table begin here?"""
        line = lines[at]
        return not _LOWER.match(line.text) and (line.gap or not self.spaced)

    def by_column(self, lines: Sequence[Line], rows: int, groups: set[int]) -> list[list[str]] | None:
        """Cells of a table whose columns were printed one after the other; `groups` are its rows of headings."""
        fits = _Fits(self, lines)
        words = self.kinds.index(CONTENT) if CONTENT in self.kinds else 0
        slots = [(c, r) for c in range(len(self.kinds)) for r in range(rows) if c == words or r not in groups]
        #: end → (score, the ends of all cells so far)
        beam: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        for number, (column, _) in enumerate(slots):
            left = len(slots) - number - 1
            following: dict[int, tuple[float, tuple[int, ...]]] = {}
            for begin, (score, ends) in beam.items():
                for end in range(begin, min(len(lines), begin + _TALLEST) + 1):
                    if len(lines) - end > left * _TALLEST:
                        continue
                    value = score + fits.of(begin, end, column) - (1.0 if end == begin else 0.0)
                    if end not in following or value > following[end][0]:
                        following[end] = (value, (*ends, end))
            kept = sorted(following.items(), key=lambda item: -item[1][0])[:60]
            beam = dict(kept)
        found = beam.get(len(lines))
        if found is None:
            return None
        cells = [["" for _ in self.kinds] for _ in range(rows)]
        begin = 0
        for (column, row), end in zip(slots, found[1], strict=True):
            cells[row][column] = joined(lines[begin:end])
            begin = end
        return cells


class _Fits:
    """How well lines begin..end fill a column; what can be said of one line is said once."""

    def __init__(self, dealer: Dealer, lines: Sequence[Line], *, rest: bool = False) -> None:
        self.dealer = dealer
        self.lines = lines
        #: cells that go on from the page before
        self.rest = rest
        self.heads = [{kind: _holds(line.text, kind) for kind in set(dealer.kinds)} for line in lines]
        self.starts = [self._start(at) for at in range(len(lines))]
        self.goes_on = [0.0, *(self._goes_on(at) for at in range(1, len(lines)))]

    def of(self, begin: int, end: int, column: int) -> float:
        kind = self.dealer.kinds[column]
        if begin == end:
            return -0.2 if self.rest else -_EMPTY[kind]
        head = self.heads[begin][kind]
        score = (0.4 * max(head, -1.0) if self.rest else head) + self.starts[begin]
        for at in range(begin + 1, end):
            score += self.goes_on[at]
        if kind in (TIME, LEAD, SUPPORT) and end - begin > 6:
            score -= 0.4 * (end - begin - 6)
        return score

    def _start(self, at: int) -> float:
        """What speaks for a cell that begins with this line."""
        line = self.lines[at]
        score = 0.0
        if self.dealer.spaced:
            score += 0.8 if line.gap or at == 0 else -2.5
        elif line.gap:
            score += 0.4
        if _LOWER.match(line.text) and not _DITTO.match(line.text) and at and not self.rest:
            score -= 1.0 if self.dealer.spaced and line.gap else 2.5
        if at and not (self.dealer.spaced and line.gap):
            above = self.lines[at - 1].text
            if above.count("(") > above.count(")"):
                score -= 1.5
            if _OPEN_END.search(above):
                score -= 1.5
            elif _LIST_END.search(above):
                score -= 0.8
        return score

    def _goes_on(self, at: int) -> float:
        """What speaks for a line that goes on in the cell of the line above."""
        line, above = self.lines[at], self.lines[at - 1].text
        if self.dealer.spaced:
            return -1.6 if line.gap else 0.1
        if line.gap:
            return -1.2
        if _LOWER.match(line.text) or _OPEN_END.search(above) or _LIST_END.search(above):
            return 0.1
        if above.count("(") > above.count(")"):
            return 0.0
        if _BULLET.match(line.text):
            return -0.2 if _BULLET.match(above) else -0.5
        if not self.dealer.wrapped:
            return -1.6
        return -0.5 if len(above) >= 0.5 * min(self.dealer.width, 40) else -1.0


def begins_cell(text: str) -> bool:
    """Do cells of task tables begin so: with a unit, a time, a product?"""
    bare = text.lstrip("-–+•* ")
    return bool(UNIT_START.match(bare) or _ALL.match(bare) or _TIME.match(text) or _PRODUCT.match(text))


def _holds(text: str, kind: str) -> float:
    """How well a text that begins so keeps the promise of its heading."""
    if _DITTO.match(text):
        return 0.2 if kind != CONTENT else -2.0
    if kind == TIME:
        if _ONLY_TIME.match(text):
            return 2.4
        return 1.5 if _TIME.match(text) else -2.2
    if kind in (LEAD, SUPPORT):
        bare = text.lstrip("-–+•* ")
        if _ONLY_TIME.match(text):
            return -2.5
        if UNIT_START.match(bare):
            plural = bare.lower().startswith(("các", "những", "tất cả"))
            return 2.0 + (0.3 if plural == (kind == SUPPORT) else 0.0)
        if _PERSON.match(bare) or _ALL.match(bare):
            return 1.2
        return -1.6
    if kind == PRODUCT:
        if _PRODUCT.match(text):
            return 1.5
        return -2.0 if _ONLY_TIME.match(text) else -0.7
    if kind == COUNT:
        return 1.2 if _COUNT.match(text) else -1.0
    if kind == CONTENT:
        if _ONLY_TIME.match(text):
            return -2.0
        return 0.2 if UNIT_START.match(text) and len(text) < 40 else 0.7
    return -0.4 if kind == NOTE else 0.0
