"""A table whose cells an extraction tool wrote one below the other: "STT", "Nội dung", "Thời gian", …, "1", ….

Known by its headings: a line "STT", then short lines that name columns, then the first row's number. Rows begin at
the next number in order; the lines between are given to columns so that each holds what its heading promises
(a time, a unit, words). Nothing is made up: every line goes to exactly one cell, in order.
"""

from __future__ import annotations

import re
from functools import cache

from .model import RawCell, RawRow

_FIRST = re.compile(r"^(?:STT|TT|Stt|Số TT)$")
_HEADING = re.compile(
    r"nội dung|chủ đề|nhiệm vụ|hoạt động|công việc|sự kiện|sản phẩm|hình thức|kết quả|thời gian|thời hạn|tiến độ|"
    r"chủ trì|phối hợp|thực hiện|phụ trách|đơn vị|ghi chú|kênh",
    re.I,
)
_NUMBER = re.compile(r"^(?:\d{1,3}(?:\.\d{1,2}){0,2}|[IVX]{1,5})\.?$")
_TIME = re.compile(
    r"^(?:thường xuyên|(?:trong |cả |hằng |hàng )?(?:tháng|quý|năm|tuần|ngày)\b|từ (?:tháng|ngày|quý)|trước|đến|"
    r"học kỳ|định kỳ|\d{1,2}[/-]\d|theo )",
    re.I,
)
_UNIT = re.compile(
    r"^[-–+•]?\s*(?:các |mỗi )?(?:văn phòng|phòng|ban|trường|sở|ubnd|công đoàn|"
    r"đoàn|trung tâm|thanh tra|tổ|hội|báo|đài|"
    r"đơn vị|cơ quan|cơ sở|lãnh đạo|giáo viên|hiệu trưởng)\b",
    re.I,
)
_PRODUCT = re.compile(
    r"^(?:tin|bài|video|phóng sự|infographic|văn bản|hội nghị|chuyên|clip|ấn phẩm|banner)\b", re.I
)
_END = re.compile(r"^(?:PHỤ LỤC|Phụ lục|N[ơo]i\s+nhận|(?:TM|KT|TL)\s*\.)")
_LONGEST = 40


def flattened_table(rows: list[str], first: int, table: int, page: int | None) -> tuple[list[RawRow], int] | None:
    """The table whose headings begin at index `first`, and the index after it; None when there is none."""
    if not _FIRST.match(rows[first].strip()):
        return None
    headings, at = _headings(rows, first)
    if len(headings) < 3 or at >= len(rows):
        return None
    kinds = tuple(_kind(heading) for heading in headings[1:])
    if "" not in kinds or not {"time", "unit"} & set(kinds):
        return None
    out = [RawRow(tuple(RawCell(heading) for heading in headings), table, first + 1, page)]
    number = rows[at].strip()
    while True:
        start, lines = at, []
        at += 1
        following: str | None = None
        while at < len(rows) and not _END.match(rows[at].strip()):
            text = rows[at].strip()
            if text and _NUMBER.match(text) and _follows(number, text):
                following = text
                break
            if text and _cells_repeat(rows, at, headings):
                at = _skip(rows, at, len(headings))
                continue
            if text:
                lines.append((text, at == start + 1 or not rows[at - 1].strip()))
            at += 1
            if len(lines) > _LONGEST:
                return None
        out.append(RawRow((RawCell(number.rstrip(".")), *_cells(lines, kinds)), table, start + 1, page))
        if following is None:
            break
        number = following
    return (out, at) if len(out) > 2 else None


def _headings(rows: list[str], first: int) -> tuple[list[str], int]:
    """Headings from index `first` to the first row's number; a line in lower case continues the one above."""
    found = [rows[first].strip()]
    gap = False
    for index in range(first + 1, min(len(rows), first + 24)):
        text = rows[index].strip()
        if not text:
            gap = True
            continue
        if _NUMBER.match(text):
            return (found, index) if text.rstrip(".") in ("1", "I") else ([], index)
        if len(text) > 40:
            return [], index
        if len(found) > 1 and not gap and text[:1].islower():
            found[-1] += f" {text}"
        elif _HEADING.search(text):
            found.append(text)
        else:
            return [], index
        gap = False
    return [], first


def _kind(heading: str) -> str:
    if re.search(r"thời (?:gian|hạn)|tiến độ", heading, re.I):
        return "time"
    if re.search(r"chủ trì|phối hợp|đơn vị|phụ trách|thực hiện", heading, re.I):
        return "unit"
    if re.search(r"sản phẩm|hình thức|kết quả|kênh", heading, re.I):
        return "product"
    return "note" if re.search(r"ghi chú", heading, re.I) else ""


def _follows(number: str, other: str) -> bool:
    """Is `other` a number a row after row `number` can bear?"""
    a, b = number.rstrip("."), other.rstrip(".")
    if b in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X") and not a.isdigit():
        return b != a
    if a.isdigit() and b.isdigit():
        return int(b) == int(a) + 1
    if not a[0].isdigit():
        return b == "1" or not b[0].isdigit()
    if not b[0].isdigit():
        return True
    one, two = [int(n) for n in a.split(".")], [int(n) for n in b.split(".")]
    return two == [*one, 1] or (two[:-1] == one[: len(two) - 1] and two[-1] == one[len(two) - 1] + 1)


def _cells_repeat(rows: list[str], at: int, headings: list[str]) -> bool:
    """Headings printed again at the top of a page."""
    return rows[at].strip() == headings[0] and any(r.strip() == headings[1] for r in rows[at + 1 : at + 4])


def _skip(rows: list[str], at: int, count: int) -> int:
    while count and at < len(rows):
        count -= bool(rows[at].strip())
        at += 1
    return at


def _cells(lines: list[tuple[str, bool]], kinds: tuple[str, ...]) -> tuple[RawCell, ...]:
    """Lines dealt to columns in order, the dealing under which most cells hold what their heading promises."""
    texts = [text for text, _ in lines]
    gaps = [gap for _, gap in lines]

    def fit(begin: int, end: int, kind: str) -> float:
        if begin == end:
            return -0.5 if kind else -3.0
        head = texts[begin]
        score = 0.0
        if kind == "time":
            score = 2.0 if _TIME.match(head) else -2.0
        elif kind == "unit":
            score = 2.0 if _UNIT.match(head) else -1.0
        elif kind == "product":
            score = 1.5 if _PRODUCT.match(head) else -0.5
        elif kind == "":
            score = 0.5
        score += 0.4 if gaps[begin] else -0.6
        # a cell of several paragraphs is rare; a wrapped line is not
        return score - sum(0.8 if gaps[i] else 0.05 for i in range(begin + 1, end))

    @cache
    def best(column: int, begin: int) -> tuple[float, tuple[int, ...]]:
        if column == len(kinds) - 1:
            return fit(begin, len(texts), kinds[column]), (len(texts),)
        options = []
        for end in range(begin, len(texts) + 1):
            rest, cuts = best(column + 1, end)
            options.append((fit(begin, end, kinds[column]) + rest, (end, *cuts)))
        return max(options, key=lambda option: option[0])

    if len(texts) == 1:
        return (RawCell(texts[0]), *(RawCell("") for _ in kinds[1:]))
    cells, begin = [], 0
    for end in best(0, 0)[1]:
        cells.append(RawCell("\n".join(texts[begin:end])))
        begin = end
    return tuple(cells)
