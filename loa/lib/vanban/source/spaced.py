"""A task table whose columns are held by spaces alone, as `pdftotext -layout` prints it.

    TT    Nội dung            Sản phẩm         Thời gian      Chủ trì
    1     Các văn bản         Tin, bài         Thường xuyên   Văn phòng Sở
          quy phạm

Known by its headings. What separates two columns stands between their headings: of the places there, the one that
is blank on most lines below. A page laid anew without headings has as many columns, divided at its widest blanks.
Rows begin at their numbers; where numbers stand in the middle of their rows, at the lines that leave as many above
each number as below it. Every word goes to exactly one cell.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from loa.lib.vanban.labels import read_label

from .centred import centred, is_centred, spread
from .dealing import RATE_HEADING
from .gutters import NUMBER, SEGMENT, TIME_ALONE, Line, between, cut, is_wide, laid, opens, recut
from .model import RawCell, RawRow

_FIRST = re.compile(r"^(?:STT|TT|Stt|Số TT|Số thứ tự|Tháng|Thời gian|Thời điểm|Tuần)$", re.I)
_HEADING = re.compile(
    r"nội dung|chủ đề|nhiệm vụ|hoạt động|công việc|sự kiện|sản phẩm|hình thức|kết quả|thời (?:gian|hạn|điểm)|"
    r"tiến độ|chủ trì|phối hợp|thực hiện|phụ trách|đơn vị|ghi chú|kênh|đầu mối|tháng|tên\b|người",
    re.I,
)
_CONTENT = re.compile(
    r"nội dung|chủ đề|nhiệm vụ|hoạt động|công việc|sự kiện|tên\b|tuyên truyền|truyền thông", re.I
)
_OWNER = re.compile(
    r"chủ trì|phối hợp|thực hiện|phụ trách|đơn vị|thời|tiến độ|đầu mối|người|sản phẩm|hình thức", re.I
)
#: a table of how much each unit owes
_UNITS = re.compile(
    r"đơn vị|trường|cấp học|bậc học|loại hình|địa phương|phòng|bộ phận|^(?:tổ|khoa|khối|đoàn thể)\b", re.I
)
_PAGE_NUMBER = re.compile(r"^\s*(?:[-–]\s*)?\d{1,3}(?:\s*[-–])?\s*$")
_END = re.compile(
    r"^\s*(?:PHỤ LỤC|Phụ lục|N[ơo]i\s+nhận|(?:TM|KT|TL|TUQ)\s*\.|Trên đây là|Ghi chú\s*:|Yêu cầu các|Đề nghị các)"
)
#: the headings of a table take so many lines
_HEAD_LINES = 6
#: a table takes no more lines
_LONGEST = 1500
_BROKEN = re.compile(r"\d\s?[-–/]$")


def spaced_table(rows: list[str], first: int, table: int, page: int | None) -> tuple[list[RawRow], int] | None:
    """The table whose headings begin at index `first`, and the index after it; None when there is none.

    Pages after the first come as tables `table` + 1, …: a later part of the same table.
    """
    head = _headings(rows, first)
    if head is None:
        return None
    spans, after = head
    titles = [title for _, _, title in spans]
    pages = _pages(rows, after, page)
    out = [RawRow(tuple(RawCell(title) for title in titles), table, first + 1, page)]
    at = after
    for number, whole in enumerate(pages):
        if not whole:
            continue  # the headings stand alone at the foot of their page
        lines = _before_prose(whole, spans[1][0])
        if not lines:
            break
        gutters = between(spans, lines) if number == 0 else _again(rows, lines, spans) or laid(lines, len(spans))
        if gutters is None:
            break
        body, at = _body(lines, gutters, at)
        out.extend(_rows(body, titles, table + number))
        if len(body) < len(lines) or len(lines) < len(whole):
            break
    return (out, at) if len(out) > 2 else None


def _headings(rows: list[str], first: int) -> tuple[list[tuple[int, int, str]], int] | None:
    """(start, end, words) of every column heading from index `first`, and the index below them."""
    opening = rows[first].replace("\f", " ")
    if "\t" in opening or "|" in opening:
        return None
    begins = len(SEGMENT.findall(opening)) >= 2 and _HEADING.search(opening)
    if not begins and not _above_headings(rows, first):
        return None
    groups: list[list[tuple[int, int, str]]] = []
    at = first
    while at < min(len(rows), first + _HEAD_LINES):
        if at > first and "\f" in rows[at]:
            break
        line = rows[at].replace("\f", " ")
        found = [(m.start(), m.end(), m.group(0)) for m in SEGMENT.finditer(line)]
        if not found:
            if at == first or (len(groups) >= 3 and _starts_body(rows, at + 1)):
                break
            at += 1
            continue
        if at > first and (_is_body(found, groups) or _is_upper_half(rows, at, found, groups)):
            break
        if any(len(words) > 34 for _, _, words in found):
            return None
        for segment in found:
            _place(groups, segment)
        at += 1
    groups.sort(key=lambda group: min(start for start, _, _ in group))
    spans = [
        (min(s for s, _, _ in group), max(e for _, e, _ in group), " ".join(words for _, _, words in group))
        for group in groups
    ]
    titles = [title for _, _, title in spans]
    if "".join(titles[0].split()) in ("STT", "SốTT"):  # "ST" over "T"
        titles[0] = "STT"
        spans[0] = (*spans[0][:2], "STT")
    named = sum(1 for title in titles if _HEADING.search(title) or _FIRST.match(title))
    rates = [title for title in titles if RATE_HEADING.search(title)]
    if rates and _FIRST.match(titles[0]) and any(_UNITS.search(title) for title in titles[1:]):
        return (spans, at) if len(titles) >= 3 and at > first else None
    if len(titles) < 3 or named < len(titles) - 1 or not any(_CONTENT.search(title) for title in titles):
        return None
    wordy = _CONTENT.search(titles[0]) and named == len(titles) and all(len(title) < 30 for title in titles)
    if not any(_OWNER.search(title) for title in titles) or not (_FIRST.match(titles[0]) or wordy):
        return None
    return (spans, at) if at > first else None


def _above_headings(rows: list[str], first: int) -> bool:
    """Is a line the upper half of headings, "TT" standing in their middle one or two lines below?

    Each of its words goes on below: "Trường chủ" over "trì".
    """
    found = _segments(rows[first])
    if not found or found[0][0] < 12 or any(len(words) > 30 for _, _, words in found):
        return False
    for at in range(first + 1, min(len(rows), first + 3)):
        below = _segments(rows[at])
        if len(below) >= 3 and _FIRST.match(below[0][2]) and below[0][0] < found[0][0]:
            under = [*below, *(_segments(rows[at + 1]) if at + 1 < len(rows) else [])]
            named = any(_HEADING.search(words) or words == "Bộ phận" for _, _, words in below[1:])
            return named and all(any(s < end and e > start for s, e, _ in under) for start, end, _ in found)
    return False


def _segments(raw: str) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), m.group(0)) for m in SEGMENT.finditer(raw.replace("\f", " "))]


def _place(groups: list[list[tuple[int, int, str]]], segment: tuple[int, int, str]) -> None:
    """Puts words below the heading they stand under; a heading over two others gives way to them."""
    start, end, _ = segment
    under = [group for group in groups if any(s < end and e > start for s, e, _ in group)]
    if not under:
        groups.append([segment])
        return
    group = under[0]
    apart = [s for s in group if s[0] < end and s[1] > start]
    beside = [s for s in group if not (s[0] < end and s[1] > start)]
    if beside and len(group) > 1 and apart:
        # two segments of one line under a common heading: "Chủ trì   Phối hợp" under "Phân công"
        top = group[0]
        if all(s is top or s in beside for s in group) and top in apart:
            groups.remove(group)
            groups.append(beside)
            groups.append([segment])
            return
    group.append(segment)


def _is_body(found: list[tuple[int, int, str]], groups: list[list[tuple[int, int, str]]]) -> bool:
    """Does a line begin the first row? It has a number or a time below the first heading, or a long text."""
    words = found[0][2].split()
    begins = min(start for group in groups for start, _, _ in group)
    first = min(groups, key=lambda group: min(start for start, _, _ in group))
    right = max(end for _, end, _ in first)
    head = NUMBER.match(words[0]) and found[0][0] <= right + 2
    month = re.match(r"(?:Tháng\s+)?\d{1,2}(?:[/.]\d{4})?$|Tháng$|Quý\b|Tuần\b|Cả\b|Thường\b", found[0][2])
    if len(found) == 1 and len(groups) >= 3 and TIME_ALONE.fullmatch(found[0][2]):
        return True
    if head and (len(words) == 1 or found[0][0] <= begins + 2):
        return True
    if (
        len(found) == 1
        and len(groups) >= 3
        and found[0][0] <= right
        and not re.match(r"(?i)t|số|thứ", found[0][2])
    ):
        return True  # "Năm 2024" alone below "TT" heads the first rows
    if month and found[0][0] <= right + 2 and len(groups) >= 3:
        return True
    # words of a row whose number stands lower: two texts that begin anew below a heading that is there already
    anew = [
        text
        for start, end, text in found
        if opens(text)
        and not text.isupper()
        and not _HEADING.search(text)
        and any(s < end and e > start for group in groups for s, e, _ in group)
    ]
    if len(groups) >= 3 and len(anew) >= 2:
        return True
    return any(len(text) > 34 for _, _, text in found)


def _is_upper_half(
    rows: list[str], at: int, found: list[tuple[int, int, str]], groups: list[list[tuple[int, int, str]]]
) -> bool:
    """Words that begin anew below a whole heading, the first row's number standing in its middle below them."""
    if len(groups) < 3 or not all(opens(text) and not _HEADING.search(text) for _, _, text in found):
        return False
    right = max(end for _, end, _ in min(groups, key=lambda group: min(start for start, _, _ in group)))
    if found[0][0] < right:
        return False  # "ST" over "T"
    below = [m.group(0).split()[0].rstrip(".") for row in rows[at + 1 : at + 5] if (m := SEGMENT.search(row))]
    return any(word in ("1", "I", "A", "01") for word in below)


def _starts_body(rows: list[str], at: int) -> bool:
    return at < len(rows) and bool(SEGMENT.search(rows[at]))


def _pages(rows: list[str], at: int, page: int | None) -> list[list[Line]]:
    """The lines from index `at` to what ends every table, by page, without page numbers."""
    pages: list[list[Line]] = [[]]
    for index in range(at, min(len(rows), at + _LONGEST)):
        raw = rows[index]
        if "\f" in raw:
            page = page + raw.count("\f") if page is not None else None
            raw = raw.replace("\f", "")
            pages.append([])
        if _END.match(raw) or _is_section(rows, index):
            break
        outermost = "\f" in rows[index] or "\f" in next((row for row in rows[index + 1 :] if row.strip()), "\f")
        if raw.strip() and not (_PAGE_NUMBER.match(raw) and outermost):
            pages[-1].append(Line(raw.rstrip(), index, page))
    return pages


def _goes_on(key: str, above: list[str]) -> bool:
    """Is a time the second half of the one above?"""
    before = next((text for text in reversed(above) if text), "")
    if not before:
        return False
    return key[:1].islower() or bool(re.search(r"(?:ngày|tháng|quý|đến|từ|tuần|[-–,])$", before, re.I))


def _is_section(rows: list[str], at: int) -> bool:
    """ "V. TỔ CHỨC THỰC HIỆN" below a blank line, and no columns below it."""
    text = rows[at].strip()
    label = read_label(text)
    if label is None or label.is_bullet or len(text) - label.length < 8 or not text[label.length :].isupper():
        return False
    if "  " in text or (at and rows[at - 1].strip()):
        return False
    below = next((row for row in rows[at + 1 : at + 4] if row.strip()), "")
    return len(SEGMENT.findall(below)) < 2


def _before_prose(lines: list[Line], second: int) -> list[Line]:
    """The lines of a page up to its running text; a line alone in the first column just above it is its heading.

    `second` is where the second column begins.
    """
    for position, line in enumerate(lines):
        found = list(SEGMENT.finditer(line.text))
        below = lines[position + 1 : position + 7]
        if (
            len(found) == 1
            and len(found[0].group(0)) > 60
            and found[0].start() < second
            and not any(len(SEGMENT.findall(other.text)) > 2 for other in below)
        ):
            while position and _alone(lines[position - 1].text, second) and not _hangs(lines, position - 1):
                position -= 1
            return lines[:position]
    # "III. PHÂN CÔNG NHIỆM VỤ" at the foot of the page, left of where the second column begins
    begins = [found[1].start() for line in lines if len(found := list(SEGMENT.finditer(line.text))) > 2]
    last = len(lines)
    while (
        begins
        and last
        and _alone(lines[last - 1].text, min(begins) - 1)
        and (label := read_label(lines[last - 1].text.strip())) is not None
        and not label.is_bullet
    ):
        last -= 1
    return lines[:last]


def _hangs(lines: list[Line], at: int) -> bool:
    """Does a line alone go on a cell of the line above: below it, and apart from what follows?"""
    if not at or at + 1 == len(lines):
        return False
    above, line, below = lines[at - 1 : at + 2]
    begins = {found.start() for found in SEGMENT.finditer(above.text)}
    start = len(line.text) - len(line.text.lstrip())
    return len(begins) > 2 and start in begins and line.index == above.index + 1 and below.index > line.index + 1


def _alone(text: str, second: int) -> bool:
    found = list(SEGMENT.finditer(text))
    return len(found) == 1 and found[0].start() < second and not NUMBER.match(found[0].group(0))


def _again(rows: list[str], lines: list[Line], spans: list[tuple[int, int, str]]) -> list[int] | None:
    """The columns of a page that prints the headings again."""
    titles = [title.lower() for _, _, title in spans]
    head = None
    for line in lines[:4]:  # a line that every page bears may stand above
        head = _headings(rows, line.index)
        if head is not None and [title.lower() for _, _, title in head[0]] == titles:
            break
        head = None
    if head is None:
        return None
    lines[:] = [line for line in lines if line.index >= head[1]]
    return between(head[0], lines) if lines else None


def _body(lines: list[Line], gutters: list[int], at: int) -> tuple[list[Line], int]:
    """The lines that belong to the table, cut into cells, and the index after them."""
    body: list[Line] = []
    for position, line in enumerate(lines):
        line.cells = cut(line.text, gutters)
        line.touching = is_wide(line.text, gutters) and _touching(line, lines[position + 1 :], gutters)
        line.wide = is_wide(line.text, gutters) and not line.touching
        if line.wide and not _is_title(line, lines[position + 1 :], gutters):
            break
        body.append(line)
        at = line.index + 1
    recut(body, gutters)
    return body, at


def _touching(line: Line, below: list[Line], gutters: list[int]) -> bool:
    """Two cells with a single blank between them: the second begins anew, and both go on below."""
    filled = [column for column, cell in enumerate(line.cells) if cell]
    if len(filled) < 2 or NUMBER.match(line.cells[filled[0]]) or not opens(line.cells[filled[1]]):
        return False
    left, right = filled[0], filled[1]
    for other in below[:3]:
        cells = cut(other.text, gutters)
        if cells[left][:1].islower() and cells[right][:1].islower():
            return True
    return False


def _is_title(line: Line, below: list[Line], gutters: list[int]) -> bool:
    """A line over several columns that belongs to the table: a heading of rows, or a cell that overhangs."""
    found = list(SEGMENT.finditer(line.text))
    if len(found) > 2:
        return True
    if not any(len([c for c in cut(other.text, gutters) if c]) > 2 for other in below[:8]):
        return False
    return len(found) == 2 or len(found[0].group(0)) <= 110


def _rows(lines: list[Line], titles: list[str], table: int) -> list[RawRow]:
    """Lines gathered into rows."""
    wordy = not _FIRST.match(titles[0])  # no column of numbers or months: the contents come first
    content = next(
        (i for i, title in enumerate(titles) if (i or wordy) and _CONTENT.search(title)),
        next((i for i, title in enumerate(titles) if i and _UNITS.search(title)), 1),
    )
    numbered = not re.match(r"(?i)tháng|thời|tuần", titles[0])
    anchors = _anchors(lines, content, numbered) if not wordy else [0]
    in_the_middle = is_centred(lines, anchors, content)
    apart = _set_apart(lines, anchors)
    if apart:
        starts = apart
    elif in_the_middle:
        starts = centred(lines, anchors, content)
    else:
        starts = sorted({*anchors, *_unnumbered(lines, anchors, content, titles)})
    if not starts or starts[0] > 0:
        starts = [0, *starts]
    out = []
    parts = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    held = spread(lines, parts, content) if in_the_middle else {}
    for begin, end in parts:
        part = lines[begin:end]
        if not part:
            continue
        if part[0].wide and len([c for c in part[0].cells if c]) > 1:
            cells = _title_cells(part, len(titles), numbered)
        else:
            cells = []
            for column in range(len(titles)):
                first, last = held.get((begin, column), (begin, end))
                own = [(line.cells[column], line.index + 1) for line in lines[first:last]]
                # a cell merged over rows is printed in their middle
                cells.append(_join(own) if first == begin else RawCell("", merged=True))
        out.append(RawRow(tuple(cells), table, part[0].index + 1, part[0].page))
    return out


def _set_apart(lines: list[Line], anchors: list[int]) -> list[int] | None:
    """Where rows begin when blank lines part them: as many blocks as numbers, and one number in each."""
    begins = [
        at
        for at, line in enumerate(lines)
        if not at or line.index > lines[at - 1].index + 1 or line.page != lines[at - 1].page
    ]
    numbers = [bisect_right(begins, anchor) for anchor in anchors]
    return begins if len(begins) > 2 and numbers == list(range(1, len(begins) + 1)) else None


def _title_cells(part: list[Line], columns: int, numbered: bool) -> list[RawCell]:
    """A heading over the columns: its number, its words."""
    words = " ".join(line.text.strip() for line in part)
    number = re.match(r"(\S+)\s+(.*)", words, re.S)
    if number and numbered and NUMBER.match(number[1]):
        first, second = number[1], number[2]
    else:
        first, second = ("", words) if numbered else (words, "")
    return [RawCell(first), RawCell(second), *(RawCell("") for _ in range(columns - 2))]


def _anchors(lines: list[Line], content: int, numbered: bool) -> list[int]:
    """Lines that bear a row's number (or its month, in a table by months)."""
    found = []
    times = _times_between(lines, content) if numbered else set()
    for at, line in enumerate(lines):
        head = line.cells[0]
        if at in times:
            found.append(at)
            continue
        if line.wide:
            words = line.text.split()
            if NUMBER.match(words[0]) or line.text.strip()[:1].isupper():
                found.append(at)
        elif not head:
            continue
        elif not numbered and _goes_on(head, [other.cells[0] for other in lines[max(0, at - 2) : at]]):
            continue  # "Tháng" + "10/2025", "Thường" + "xuyên"
        elif (
            (numbered and opens(head) and not any(line.cells[1:]))
            or (numbered and (NUMBER.match(head) or _FIRST.match(head)))
            or (not numbered and (at == 0 or not lines[at - 1].cells[0] or opens(line.cells[content])))
        ):
            found.append(at)
    return found


def _times_between(lines: list[Line], content: int) -> set[int]:
    """Lines with a time and nothing else among the contents, two and more: headings of what is done in it."""
    found = {
        at
        for at, line in enumerate(lines)
        if TIME_ALONE.fullmatch(line.cells[content].strip())
        and not any(cell for column, cell in enumerate(line.cells) if column != content)
        and (at == 0 or not lines[at - 1].cells[content].endswith((",", ";", " và", " trong", " đến", " -")))
    }
    return found if len(found) > 1 else set()


def _unnumbered(lines: list[Line], starts: list[int], content: int, titles: list[str]) -> list[int]:
    """Rows of a group that bear no number: contents, a time and a unit all begin anew on one line."""
    watched = [i for i, title in enumerate(titles) if i not in (0, content) and title and not _note(title)]
    found = []
    for at in range(1, len(lines)):
        if at in starts or lines[at].wide:
            continue
        cells = lines[at].cells
        anew = [i for i in watched if opens(cells[i]) and not cells[i].startswith(("-", "+"))]
        before = lines[at - 1].cells
        rested = [i for i in anew if not before[i]]
        if (
            (not cells[0] or content == 0)
            and opens(cells[content])
            and not before[content].endswith((",", " và", " của"))
            and len(anew) >= max(2, len(watched) - 1)
            and (rested or (len(anew) == len(watched) and (len(watched) > 2 or not before[content])))
        ):
            found.append(at)
    return found


def _note(title: str) -> bool:
    return bool(re.search(r"ghi chú", title, re.I))


def _join(lines: list[tuple[str, int]]) -> RawCell:
    """A cell from its words by line (words, line of the file); a line that begins a point of its own stays one."""
    out = ""
    marks: list[tuple[int, int]] = []
    for line, number in lines:
        if not line:
            continue
        if not out or (re.search(r"\d/[\w/]*[-/]$|[A-ZĐ]\w*[A-ZĐ]\w*-$", out) and line[0].isalnum()):
            gap = ""  # "09/2024/TT-" + "BGDĐT", "GDNN-" + "GDTX"
        elif _BROKEN.search(out) and line[0].isdigit() and not out.endswith((" -", " –")):
            gap = ""
        elif re.match(r"[-–]\s", line) and not re.match(r"[-–+•*]\s", out) and not out.endswith((";", ".", ":")):
            gap = " "  # "Phòng Kế hoạch" + "- Tài chính": a hyphen, no point of a list
        else:
            gap = "\n" if opens(line) else " "
        out += gap
        marks.append((len(out), number))
        out += line
    return RawCell(out, marks=tuple(marks))
