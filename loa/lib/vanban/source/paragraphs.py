"""Lines back into paragraphs: text wrapped at the margin, sentences torn by a page break, notes in between.

Two kinds of plain text exist. In *flowing* text each line is a whole paragraph, and only page breaks tear one
in two. In *wrapped* text every printed line is a line. `join_lines` finds out which and joins accordingly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loa.lib.vanban.labels import part_alone, read_label
from loa.lib.vanban.letters import LOW, UP

from .model import NOTE, PARAGRAPH, Piece, Raw, RawParagraph, RawRow

#: a footnote at the foot of a page: "¹ Quyết định số …"
_NOTE = re.compile(r"^[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}\s*(?=\S)")
#: a page number alone: "2", "- 2 -", "Trang 2/14"
_PAGE_NUMBER = re.compile(r"^(?:[-–—]\s*)?(?:[Tt]rang\s+)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–—])?$")
#: a sentence, item or heading that is complete as it stands
_FINISHED = re.compile(r"[.;:!?…][\"”’')\]]*$|\./\.?$")
_LOWER = re.compile(r"^[\"“‘'(\[]?[" + LOW + r"]")
_UPPER_LINE = re.compile(r"^[^" + LOW + r"]*[" + UP + r"][^" + LOW + r"]*$")
#: words and marks no paragraph ends with
_CONNECTIVE = re.compile(
    r"(?:,|\b(?:và|của|về|các|những|số|ngày|tháng|theo|tại|với|cho|là|đến|trong|do|bởi|hoặc|để|trước|nhất|vào|từ|khi|khoảng|quý|Điều|"
    r"trong vòng|không quá|tối thiểu|mỗi|Chỉ thị|Nghị|Nghị quyết|Quyết định|Thông tư))$|^Số\s*:$"
)
#: what always begins a paragraph of its own in an official document
#: a number broken at its hyphen by the margin
_BROKEN = re.compile(r"\d/[\w/]*[-/]$|\d[-/]$")
_STARTER = re.compile(
    r"^(?:Căn cứ|Thực hiện (?:Kế hoạch|Công văn|Công điện|Thông báo|Hướng dẫn|Nghị|Chỉ thị|Quyết|Thông|Luật|"
    r"Kết luận|các (?:văn bản|Kế hoạch|Chỉ thị|Nghị|Quyết)|chỉ đạo|sự chỉ đạo|nhiệm vụ năm|chương trình công tác)|"
    r"Nơi nhận|Kính gửi|Số\s*:|"
    r"(?:Thời gian|Đơn vị|Cơ quan|Bộ phận)(?: thực hiện| hoàn thành| chủ trì| phối hợp| phụ trách)\s*:|"
    r"(?:TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\.\s|PHỤ LỤC|Phụ lục|KẾ HOẠCH\b|CỘNG H|Độc lập)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. `gap` = a blank line or page break stood before it."""

    text: str
    number: int | None
    page: int | None = None
    gap: bool = False
    bold: bool = False
    #: blanks before its first word, 0 where a format keeps none
    indent: int = 0


def starts_anew(text: str) -> bool:
    """Does this line open a paragraph, whatever came before?"""
    return (
        read_label(text) is not None
        or part_alone(text) is not None
        or _STARTER.match(text) is not None
        or _NOTE.match(text) is not None
    )


def _is_open(text: str) -> bool:
    """The text ends in mid-sentence: a comma, an open bracket, or no closing mark at all."""
    return not _FINISHED.search(text)


_CLOSING = re.compile(r"[\d/.]{1,10}\)")


#: "năm học 2026" + "- 2027; …"
_YEAR, _TO_YEAR = re.compile(r"\b20\d\d$"), re.compile(r"[-–]\s*20\d\d(?!\d)")


def _closes(before: str, after: str) -> bool:
    """ "theo tháng (ngày" + "25) và theo quý", "năm học 2026" + "- 2027": what looks like a label and is none."""
    if _TO_YEAR.match(after) and _YEAR.search(before):
        return True
    return before.count("(") > before.count(")") and _CLOSING.match(after) is not None


def continues(before: str, after: str) -> bool:
    """Is `after` the rest of the paragraph `before`, torn off by a page break?

    >>> continues("công tác tổ chức thi", "hành chính sách về GD&ĐT.")
    True
    >>> continues("quản lý các chức năng (Broadcast, Chat, Kịch bản Chatbot,", "Thiết lập giao diện chung).")
    True
    >>> continues("KẾ HOẠCH", "Thông tin, tuyên truyền năm 2025")
    False
    >>> continues("về truyền thông năm học 2026", "- 2027; Công văn số 2788/SGDĐT-GDPT")
    True
    """
    if before.strip() == "Số:":
        return after[:1].isdigit() or after[:1] == "/"
    if _BROKEN.search(before) and after[:1].isalnum():
        return True
    if _closes(before, after):
        return True
    if starts_anew(after) or not _is_open(before):
        return False
    if before.count("(") > before.count(")") and after.count(")") > after.count("("):
        return True
    if _UPPER_LINE.match(before):
        return False
    return bool(_LOWER.match(after)) or bool(_CONNECTIVE.search(before))


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The width at which the text was wrapped, in characters; None when each line is a whole paragraph."""
    lengths = sorted(len(line.text) for line in lines if len(line.text) > 30)
    if len(lengths) < 8:
        return None
    widest = lengths[min(len(lengths) - 1, int(len(lengths) * 0.98))]
    if widest > 160:
        return None
    full = sum(1 for length in lengths if length > widest * 0.78)
    return widest if full >= len(lengths) * 0.45 else None


def _indents(lines: Sequence[Line]) -> bool:
    """Are first lines of paragraphs set in? Most full lines stand at the margin, some do not."""
    full = [line for line in lines if len(line.text) > 30]
    return sum(1 for line in full if line.indent == 0) >= len(full) * 0.4


def join_lines(lines: Sequence[Line]) -> list[RawParagraph]:
    """Paragraphs and footnotes from printed lines."""
    kept = [line for line in lines if line.text.strip() and not _PAGE_NUMBER.match(line.text.strip())]
    width = wrap_width(kept)
    indented = width is not None and _indents(kept)
    groups: list[tuple[str, list[Line]]] = []
    last_text: list[Line] | None = None  # the paragraph a torn half would belong to (notes do not count)
    previous: Line | None = None
    for line in kept:
        text = line.text.strip()
        if _NOTE.match(text):
            groups.append((NOTE, [line]))
            previous = line
            continue
        note_before = bool(groups) and groups[-1][0] == NOTE
        if (
            width
            and previous is not None
            and note_before
            and not line.gap
            and _wrapped_on(previous.text.strip(), text, width)
        ):
            groups[-1][1].append(line)
            previous = line
            continue
        joined = last_text is not None and (
            continues(_text(last_text), text)
            if (line.gap or note_before or not width)
            else _wrapped_on(last_text[-1].text.strip(), text, width)
            and not (indented and line.indent >= 3 and _FINISHED.search(last_text[-1].text.strip()))
            # a line in the middle of the page, and one at the margin: a title and what follows it
            and not (indented and last_text[-1].indent >= 9 and line.indent <= 6)
        )
        # in flowing text lines without a gap are paragraphs of their own, unless the words plainly run on
        if joined and not width and not line.gap and not note_before and last_text is not None:
            above = last_text[-1].text.strip()
            joined = bool(_LOWER.match(text) or _CONNECTIVE.search(above) or _BROKEN.search(above))
        if joined and last_text is not None:
            last_text.append(line)
        else:
            last_text = [line]
            groups.append((PARAGRAPH, last_text))
        previous = line
    return [
        RawParagraph(
            tuple(Piece(line.text.strip(), line.number, line.page) for line in group),
            kind,
            bold=all(line.bold for line in group),
        )
        for kind, group in groups
    ]


def _text(group: Sequence[Line]) -> str:
    return " ".join(line.text.strip() for line in group)


def _wrapped_on(before: str, after: str, width: int) -> bool:
    """In wrapped text: did `before` run to the margin, so that `after` carries it on?"""
    if _BROKEN.search(before) and after[:1].isalnum():
        return True  # "19/2019/TT-" + "BGDĐT"
    if _closes(before, after):
        return True
    if starts_anew(after):
        return False
    first_word = after.split(" ", 1)[0]
    filled = len(before) + 1 + len(first_word) >= width * 0.82
    if _LOWER.match(after) and _is_open(before):
        return True
    if filled and not _UPPER_LINE.match(before) and _CONNECTIVE.search(before):
        return True  # "hoàn thành trong quý" + "II/2024."
    if _UPPER_LINE.match(before) != _UPPER_LINE.match(after) and (
        bool(_UPPER_LINE.match(before)) != bool(_UPPER_LINE.match(after))
    ):
        return False
    if _FINISHED.search(before):
        return filled and len(before) >= width * 0.7
    return filled


def rejoin(raws: Sequence[Raw]) -> list[Raw]:
    """Paragraphs that a converter tore at page breaks, put together again; notes in between do not matter."""
    out: list[Raw] = []
    last: int | None = None  # index in `out` of the paragraph a torn half would belong to
    for raw in raws:
        if isinstance(raw, RawParagraph) and _NOTE.match(raw.text):
            out.append(RawParagraph(raw.pieces, NOTE, raw.bold, raw.centred))
            continue
        if isinstance(raw, RawParagraph) and raw.kind == PARAGRAPH:
            if last is not None:
                before = out[last]
                assert isinstance(before, RawParagraph)
                if continues(before.text, raw.text) and len(before.text) > 40:
                    out[last] = RawParagraph(before.pieces + raw.pieces, PARAGRAPH, before.bold, before.centred)
                    continue
            last = len(out)
        elif isinstance(raw, RawRow):
            last = None
        out.append(raw)
    return out
