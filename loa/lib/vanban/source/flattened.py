"""A table whose cells an extraction tool wrote one below the other (`pdftotext` without `-layout`).

    STT            STT  1  2           STT
    Nội dung       Nội dung            1
    Thời gian      Thời gian           2
    1              Luật Nhà giáo       Nội dung
    Luật Nhà giáo  Học phí             Luật Nhà giáo
    Quý II         Quý II  Quý III     Học phí
    2  …           (by columns)        Thời gian …  (each column below its heading)

Known by its headings. Rows begin at the next number in order; a table without numbers goes through its columns
again and again; a table by columns has all its numbers first. The lines are dealt to cells by `dealing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loa.lib.vanban.labels import ARABIC, DOTTED, LETTER, PART, ROMAN, read_label

from .dealing import CONTENT, COUNT, LEAD, OTHER, PRODUCT, SUPPORT, TIME, Dealer, Line, kind_of, kinds_of
from .model import RawCell, RawRow

_FIRST = re.compile(r"^(?:STT|TT|Stt|Số TT|Số thứ tự)$")
_FIRST_TIME = re.compile(r"^(?:Thời gian|Tháng|Tuần|Thời điểm|Tháng/năm|Thời gian thực hiện|Ngày)$", re.I)
_FIRST_WORDS = re.compile(r"^(?:Nội dung|Nhiệm vụ|Công việc|Hoạt động)(?: (?:công việc|truyền thông|thực hiện))?$")
_NUMBER = re.compile(r"^(?:\d{1,3}(?:\.\d{1,2}){0,2}|[IVX]{1,5}|[A-EĐ])\.?$")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_END = re.compile(
    r"^(?:PHỤ LỤC|Phụ lục|N[ơo]i\s+nhận|(?:TM|KT|TL|TUQ)\s*\.|Trên đây là|Ghi chú\s*:|Yêu cầu các|Đề nghị các|"
    r"Căn cứ\s|\(?(?:Danh sách|Bảng) (?:này )?gồm|Tổng (?:số|cộng)\s*:)"
)
_PAGE_NUMBER = re.compile(r"^(?:[-–]\s*)?\d{1,3}(?:\s*[-–])?$")
_INDEX = re.compile(r"^\(?\d{1,2}\)$|^\(\d{1,2}\)?$")
#: words over two columns, that head none of their own
_OVER = re.compile(
    r"^(?:Phân công(?: thực hiện| nhiệm vụ)?|Tổ chức thực hiện|Đơn vị(?: thực hiện)?|Trách nhiệm)$", re.I
)
#: headings in capitals broken in two: (upper half, how the lower one begins)
_HALVES = (
    (
        re.compile(r"(?:ĐƠN VỊ|CƠ QUAN|BỘ PHẬN|NGƯỜI|TRƯỜNG|PHÒNG|Đơn vị|Cơ quan)(?: CHỦ| PHỐI)?"),
        re.compile(r"(?:CHỦ|PHỐI|THỰC|PHỤ|ĐẦU|TRÌ|HỢP|Chủ trì|Phối hợp|Thực hiện)\b"),
    ),
    (re.compile(r"THỜI GIAN(?: THỰC| HOÀN)?"), re.compile(r"(?:THỰC|HOÀN|BẮT|KẾT|HIỆN|THÀNH)\b")),
    (
        re.compile(r"NỘI DUNG(?: TRUYỀN| CÔNG| TUYÊN)?"),
        re.compile(r"(?:TRUYỀN|CÔNG|THỰC|TUYÊN|NHIỆM|THÔNG|VIỆC)\b"),
    ),
    (re.compile(r"SẢN PHẨM|KẾT QUẢ|HÌNH THỨC"), re.compile(r"(?:DỰ|ĐẦU|TRUYỀN|TUYÊN)\b")),
    (re.compile(r"SỐ"), re.compile(r"LƯỢNG\b")),
)
#: a table takes no more lines, its headings so many
_LONGEST, _HEAD_LINES = 900, 44


@dataclass(slots=True)
class _Row:
    number: str
    index: int
    lines: list[Line]
    #: "I. Truyền thông chính sách" printed as one line
    title: str = ""


def flattened_table(rows: list[str], first: int, table: int, page: int | None) -> tuple[list[RawRow], int] | None:
    """The table whose headings begin at index `first`, and the index after it; None when there is none."""
    opening = rows[first].replace("\f", " ").strip()
    numbered = bool(_FIRST.match(opening)) or _in_two(rows, first) is not None
    if not numbered and not _FIRST_TIME.match(opening) and not _FIRST_WORDS.match(opening):
        return None
    if numbered and (below := _below(rows, first)) is not None and _starts(below[1]):
        found = _each_below_its_heading(rows, first)
    else:
        head = _headings(rows, first, numbered)
        if head is None:
            return None
        headings, at, lines_of_head = head
        if not numbered:
            found = _unnumbered(rows, headings, at, lines_of_head)
        elif _all_numbers_first(rows, at):
            found = _by_columns(rows, headings, at, lines_of_head)
        else:
            found = _by_rows(rows, headings, at, lines_of_head)
        if found is not None:
            found = ([(headings, first), *found[0]], found[1])
    if found is None or len(found[0]) < 3:
        return None
    out = []
    for cells, index in found[0]:
        seen = page + "".join(rows[first + 1 : index + 1]).count("\f") if page is not None else None
        out.append(RawRow(tuple(RawCell(cell) for cell in cells), table, index + 1, seen))
    return out, found[1]


def _in_two(rows: list[str], first: int) -> int | None:
    """The index of "T" below "ST"."""
    if rows[first].replace("\f", " ").strip() != "ST":
        return None
    below = _below(rows, first)
    return below[0] if below is not None and below[1] == "T" else None


_Found = tuple[list[tuple[list[str], int]], int]


def _below(rows: list[str], at: int) -> tuple[int, str] | None:
    """The next line with words below index `at`."""
    for index in range(at + 1, min(len(rows), at + 8)):
        text = rows[index].replace("\f", " ").strip()
        if text:
            return index, text
    return None


def _starts(text: str) -> bool:
    return text.rstrip(".") in ("1", "I", "A", "01")


# ---- headings ------------------------------------------------------------------------------------------


def _headings(rows: list[str], first: int, numbered: bool) -> tuple[list[str], int, list[str]] | None:
    """Headings from index `first`, the index of the first line below them, and their printed lines."""
    found: list[str] = [rows[first].replace("\f", " ").strip()]
    printed = [found[0]]
    gap = False
    at = first + 1
    if (half := _in_two(rows, first)) is not None:
        found, printed, at = ["STT"], ["ST", "T"], half + 1
    while at < min(len(rows), first + _HEAD_LINES):
        text = rows[at].replace("\f", " ").strip()
        if not text:
            gap = True
            at += 1
            continue
        if (len(found) > 2 and _INDEX.match(text)) or _is_page_number(rows, at):
            at += 1
            continue
        if numbered and (_starts(text) or _group_line(text, "")):
            break
        if len(found) > 2 and (again := _repeated(rows, at, printed)):  # at the foot of a page, and on the next
            at = again
            continue
        if not numbered and (_FIRST.match(text) or _NUMBER.match(text)):
            return None
        if not numbered and len(found) > 2 and _ends_headings(found, text, gap):
            break
        if len(text) > 46 or text.endswith((".", ";")) or (numbered and _NUMBER.match(text)):
            return None
        continued = text[:1].islower() or text[:1] in "(/"
        if len(found) > 1 and (continued or (not gap and _is_lower_half(found[-1], text))):
            found[-1] += f" {text}"
        else:
            found.append(text)
        printed.append(text)
        gap = False
        at += 1
    else:
        return None
    kinds = kinds_of(found)
    if {LEAD, SUPPORT} <= set(kinds):
        over = [h for h in found if _OVER.match(h)]
        own = [h for h in found if kind_of(h) == LEAD and h not in over]
        if over and own:
            place = found.index(over[0])
            below = [h for h in found if h in own or kind_of(h) == SUPPORT]
            rest = [h for h in found[place:] if h not in below and h not in over]
            if found.index(below[0]) > place:  # "Phân công", "Thời gian", "Chủ trì", "Phối hợp"
                found = [*found[:place], *below, *rest]
            else:
                found = [h for h in found if h not in over]
            kinds = kinds_of(found)
    named = sum(1 for kind in kinds[1:] if kind != OTHER)
    if not 3 <= len(found) <= 9 or named < len(found) - 2 or CONTENT not in kinds:
        return None
    if not {TIME, LEAD, SUPPORT, PRODUCT, COUNT} & set(kinds):
        return None
    return found, at, printed


def _is_lower_half(above: str, text: str) -> bool:
    """ "CHỦ TRÌ" below "ĐƠN VỊ"."""
    return any(upper.fullmatch(above) and lower.match(text) for upper, lower in _HALVES)


def _ends_headings(found: list[str], text: str, gap: bool) -> bool:
    """In a table without numbers: does this line begin its first row?"""
    if text[:1].islower():
        return False
    kind = kind_of(text)
    known = kind != OTHER and kind_of(found[0]) != kind and len(text) <= 30
    return not (known and kind not in {kind_of(heading) for heading in found})


def _group_line(text: str, after: str) -> tuple[str, str] | None:
    """ "II. Truyền thông chuyên môn" as one line of a table, behind group `after`."""
    label = read_label(text)
    if label is None or label.kind not in (ROMAN, LETTER):
        return None
    if not _follows_group(after, label.text):
        return None
    return label.text, text[label.length :].strip()


def _follows_group(before: str, after: str) -> bool:
    if before == "":
        return after in ("I", "A")
    if before in _ROMAN and after in _ROMAN:
        return _ROMAN.index(after) == _ROMAN.index(before) + 1
    return len(before) == len(after) == 1 and ord(after) == ord(before) + 1


# ---- the lines of the body -----------------------------------------------------------------------------


def _body(rows: list[str], at: int, printed: list[str], *, groups: str | None) -> tuple[list[Line], int]:
    """Lines from index `at` to where the table must end, without headings printed again and page numbers.

    `groups` is the last group on a line of its own, or None where rows may not be headed so.
    """
    lines: list[Line] = []
    gap = torn = True
    group = groups
    while at < len(rows) and len(lines) < _LONGEST:
        raw = rows[at]
        text = raw.replace("\f", " ").strip()
        if not text:
            gap = True
            at += 1
            continue
        if _END.match(text):
            break
        torn = torn or "\f" in raw
        gap = gap or torn
        if _is_page_number(rows, at):
            gap = True
            at += 1
            continue
        if skipped := _repeated(rows, at, printed):
            at, gap, torn = skipped, True, True
            continue
        label = read_label(text)
        if label is not None and label.kind in (PART, ROMAN, LETTER, ARABIC, DOTTED) and not _NUMBER.match(text):
            named = _group_line(text, group) if group is not None else None
            if named is not None:
                group = named[0]
            elif label.kind in (PART, ROMAN) or (label.kind == ARABIC and (gap or not _inside(lines))):
                break
        elif group is not None and _NUMBER.match(text) and text.rstrip(".") in _ROMAN:
            group = text.rstrip(".")
        lines.append(Line(text, gap, at, torn))
        gap = torn = False
        at += 1
    return lines, at


def _inside(lines: list[Line]) -> bool:
    """May "2. …" be a paragraph inside a cell?"""
    return any(line.text.startswith("1.") for line in lines[-6:])


def _is_page_number(rows: list[str], at: int) -> bool:
    """A number alone at the foot of a page, or at its top above the row it could be taken for."""
    text = rows[at].replace("\f", " ").strip()
    if not _PAGE_NUMBER.match(text):
        return False
    if text.startswith(("-", "–")):
        return True
    below = _below(rows, at)
    if below is None or any("\f" in raw for raw in rows[at + 1 : below[0] + 1]):
        return True
    top = "\f" in rows[at] or (at > 0 and any("\f" in raw for raw in rows[max(0, at - 1) : at]))
    return top and below is not None and bool(_NUMBER.match(below[1]))


def _repeated(rows: list[str], at: int, printed: list[str]) -> int | None:
    """The index below headings that are printed again from index `at` on."""
    if rows[at].replace("\f", " ").strip() != printed[0]:
        return None
    index, count = at, 0
    while index < len(rows) and count < len(printed):
        text = rows[index].replace("\f", " ").strip()
        if text and text != printed[count]:
            return None if count < 2 else index
        count += bool(text)
        index += 1
    return index


def follows(number: str, other: str) -> bool:
    """Is `other` a number a row after row `number` can bear?

    >>> follows("1", "2"), follows("I", "1"), follows("3", "II"), follows("2", "5"), follows("1", "1.1")
    (True, True, True, False, True)
    """
    a, b = number.rstrip("."), other.rstrip(".")
    if b in _ROMAN and not a.isdigit() and a in _ROMAN:
        return _ROMAN.index(b) == _ROMAN.index(a) + 1
    if a.isdigit() and b.isdigit():
        return int(b) == int(a) + 1
    if not a[0].isdigit():
        return b in ("1", "01", "I") or (a in "ABCD" and len(b) == 1 and ord(b) == ord(a) + 1)
    if not b[0].isdigit():
        return True
    one, two = [int(n) for n in a.split(".")], [int(n) for n in b.split(".")]
    if two == [*one, 1]:
        return True
    return two[:-1] == one[: len(two) - 1] and len(two) <= len(one) and two[-1] == one[len(two) - 1] + 1


# ---- row after row -------------------------------------------------------------------------------------


def _by_rows(rows: list[str], headings: list[str], at: int, printed: list[str]) -> _Found | None:
    kinds = kinds_of(headings[1:])
    lines, after = _body(rows, at, printed, groups="")
    found: list[_Row] = []
    group = task = ""
    for line in lines:
        text = line.text
        named = _group_line(text, group)
        if named is not None:
            group = named[0]
            found.append(_Row(named[0], line.index, [], named[1]))
            continue
        if _NUMBER.match(text) and _next(found, group, task, text):
            bare = text.rstrip(".")
            if bare[0].isdigit():
                task = bare
            else:
                group, task = bare, task
            found.append(_Row(bare, line.index, []))
        elif found:
            found[-1].lines.append(line)
        else:
            return None
    if not found:
        return None
    inner = [line for row in found for line in row.lines]
    dealer = Dealer(inner, kinds, len(found))
    out: list[tuple[list[str], int]] = []
    for number, row in enumerate(found):
        last = number == len(found) - 1
        cells, took = _row_cells(dealer, row, last=last)
        out.append(([row.number, *cells], row.index))
        if last and took < len(row.lines):
            after = row.lines[took].index
    _helpers_alone(out, kinds)
    return out, after


#: who helps an office from outside, or all of a kind
_OUTSIDE = re.compile(
    r"(?:Công an|Sở|Hội|UBND|Các|Tỉnh đoàn|Huyện đoàn|Thành đoàn|Đoàn Thanh niên|Báo|Đài|Bộ đội|Trường|"
    r"Bệnh viện|Trạm|MTTQ|Liên đoàn|"
    r"Phòng GD&?ĐT)\b"
)


def _helpers_alone(rows: list[tuple[list[str], int]], kinds: tuple[str, ...]) -> None:
    """A leader merged over rows is printed once: a row whose only unit comes from outside, and leads no row of two
    units, names who helps."""
    if LEAD not in kinds or SUPPORT not in kinds:
        return
    lead, support = 1 + kinds.index(LEAD), 1 + kinds.index(SUPPORT)
    both = [cells for cells, _ in rows if cells[lead] and cells[support]]
    leads = {" ".join(cells[lead].lstrip("-– ").split()[:2]) for cells in both}
    above = False
    for cells, _ in rows:
        alone = cells[lead] and not cells[support]
        name = cells[lead].lstrip("-– ")
        outside = _OUTSIDE.match(name) and " ".join(name.split()[:2]) not in leads
        if alone and above and len(both) > 1 and outside:
            cells[lead], cells[support] = "", cells[lead]
        above = bool(cells[lead]) or (above and bool(cells[support]))


def _next(found: list[_Row], group: str, task: str, text: str) -> bool:
    """May the row `text` numbers come now?"""
    if not found:
        return _starts(text)
    bare = text.rstrip(".")
    if bare[0] == "0" and not any(row.number[0] == "0" for row in found):
        return False  # "02" is a count where rows are numbered 1, 2, 3
    if not bare[0].isdigit():
        return _follows_group(group, bare) or (bool(group) and follows(group, bare) and bare not in ("A",))
    last = found[-1].number
    return follows(last, text) or (bool(task) and not last[0].isdigit() and follows(task, text))


def _row_cells(dealer: Dealer, row: _Row, *, last: bool) -> tuple[list[str], int]:
    """The cells of a row beside its number, and how many of its lines they took."""
    blank = [""] * len(dealer.kinds)
    content = dealer.kinds.index(CONTENT)
    if row.title or _is_title(dealer, row):
        words = [row.title] if row.title else []
        text = " ".join([*words, *(line.text for line in row.lines)])
        return [*blank[:content], text, *blank[content + 1 :]], len(row.lines)
    if not row.lines:
        return blank, 0
    cells, took = dealer.deal(row.lines, tail=last)
    whole = cells[0] if cells else blank
    torn = next((at for at, line in enumerate(row.lines) if at and line.torn), None)
    if torn is not None and took > torn and len(row.lines) > 1:
        return dealer.torn(row.lines[:took], torn) or whole, took
    return whole, took


def _is_title(dealer: Dealer, row: _Row) -> bool:
    """Is a row the heading of a group: a letter or Roman number, or words of one cell alone?"""
    if not row.lines:
        return False
    if dealer.spaced:
        return not any(line.gap for line in row.lines[1:])
    if row.number[0].isdigit():
        return len(row.lines) == 1
    return True


# ---- without numbers -----------------------------------------------------------------------------------


def _unnumbered(rows: list[str], headings: list[str], at: int, printed: list[str]) -> _Found | None:
    kinds = kinds_of(headings)
    lines, after = _body(rows, at, printed, groups=None)
    if len(lines) < 2 * len(kinds) or len(lines) > 400:
        return None
    dealer = Dealer(lines, kinds, max(1, len(lines) // len(kinds)))
    cells, took = dealer.deal(lines, cycles=True, tail=True)
    if len(cells) < 2:
        return None
    out: list[tuple[list[str], int]] = []
    begin = 0
    for row in cells:
        out.append((row, lines[begin].index if begin < len(lines) else lines[-1].index))
        begin += sum(len(cell.split("\n")) for cell in row if cell)
    return out, lines[took].index if took < len(lines) else after


# ---- column after column -------------------------------------------------------------------------------


def _numbers_from(rows: list[str], at: int) -> tuple[list[tuple[str, int]], int]:
    """Numbers of rows that stand below each other from index `at` on, and the index after them."""
    found: list[tuple[str, int]] = []
    index = at
    while index < len(rows):
        text = rows[index].replace("\f", " ").strip()
        if not text:
            index += 1
            continue
        task = next((number for number, _ in reversed(found) if number[0].isdigit()), "")
        if not _NUMBER.match(text) or (
            found
            and not follows(found[-1][0], text)
            and (found[-1][0][0].isdigit() or not follows(task or "0", text))
        ):
            break
        found.append((text.rstrip("."), index))
        index += 1
    return found, index


def _all_numbers_first(rows: list[str], at: int) -> bool:
    found, _ = _numbers_from(rows, at)
    return len(found) >= 3 or (len(found) == 2 and found[0][0] == "1")


def _by_columns(rows: list[str], headings: list[str], at: int, printed: list[str]) -> _Found | None:
    kinds = kinds_of(headings[1:])
    out: list[tuple[list[str], int]] = []
    after = at
    numbers, at = _numbers_from(rows, at)
    while len(numbers) >= 1:
        lines, after = _body(rows, at, printed, groups=None)
        more = _next_block(lines, numbers[-1][0])
        block = lines[:more] if more is not None else lines
        dealer = Dealer(block, kinds, len(numbers))
        groups = {n for n, (number, _) in enumerate(numbers) if not number[0].isdigit()}
        cells = dealer.by_column(block, len(numbers), groups)
        if cells is None:
            return None
        out.extend(([number, *row], index) for (number, index), row in zip(numbers, cells, strict=True))
        if more is None:
            break
        numbers, at = _numbers_from(rows, lines[more].index)
    return out, after


def _next_block(lines: list[Line], last: str) -> int | None:
    """Where the numbers of a further page begin."""
    for at in range(len(lines) - 1):
        if _NUMBER.match(lines[at].text) and follows(last, lines[at].text):
            return at
    return None


def _each_below_its_heading(rows: list[str], first: int) -> _Found | None:
    """ "STT", all numbers, "Nội dung", all contents, …"""
    numbers, at = _numbers_from(rows, first + 1)
    if len(numbers) < 2:
        return None
    lines, after = _body(rows, at, ["\0"], groups=None)
    heads: list[tuple[str, int]] = []
    for place, line in enumerate(lines):
        kind = kind_of(line.text)
        if kind != OTHER and len(line.text) <= 30 and (not heads or place > heads[-1][1] + 1):
            below = place + 1 < len(lines) and not lines[place + 1].text[:1].islower()
            known = {kind_of(head) for head, _ in heads}
            if (not heads or place - heads[-1][1] > len(numbers) * 0.6) and kind not in known and below:
                heads.append((line.text, place))
    if len(heads) < 2 or heads[0][1] != 0:
        return None
    kinds = kinds_of([head for head, _ in heads])
    if CONTENT not in kinds or not {TIME, LEAD, SUPPORT, PRODUCT} & set(kinds):
        return None
    groups = {n for n, (number, _) in enumerate(numbers) if not number[0].isdigit()}
    columns: list[list[str]] = []
    for place, (_, begin) in enumerate(heads):
        end = heads[place + 1][1] if place + 1 < len(heads) else len(lines)
        block = lines[begin + 1 : end]
        dealer = Dealer(block, (kinds[place],), len(numbers))
        inner = [n for n in range(len(numbers)) if kinds[place] == CONTENT or n not in groups]
        cells = dealer.by_column(block, len(inner), set())
        if cells is None:
            return None
        column = [""] * len(numbers)
        for n, (cell,) in zip(inner, cells, strict=True):
            column[n] = cell
        columns.append(column)
    out = [(["STT", *(head for head, _ in heads)], first)]
    for n, (number, index) in enumerate(numbers):
        out.append(([number, *(column[n] for column in columns)], index))
    return out, after
