"""The head of a document: number, place and date, type, title, issuer.

Layouts met: two columns kept as lines ("Số: /KH-SGD&ĐT" then "Hoà Bình, ngày … tháng 01 năm 2025"), both on
one line, or a borderless table. Blanks are kept blank: a missing day gives precision "month", a missing number
None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .dates import make
from .document import Document
from .letters import LOW, UP
from .model import DocumentDate
from .outline import HEAD
from .source.model import ROW

_NUMBER = re.compile(
    r"(?<!\w)Số\s*:?\s*(?P<digits>\d{1,5}|"
    r"[.…_]*)\s*(?P<rest>[/-]\s?[A-ZĐ][\wĐđ&]*(?:\s?[-–/]\s?[A-ZĐ][\wĐđ&]*)*|/\s?(?:19|"
    r"20)\d{2}\s?/\s?[A-ZĐ][\wĐđ&\-–/]*)"
)
_PLACE_DATE = re.compile(
    r"(?P<place>[" + UP + r"][\w.'’ \-]{1,45}?)\s*,\s*"
    r"ngày\s*(?:m[ùồ]ng\s+)?(?P<d>\d{1,2}|[.…_\s]*)\s*tháng\s*(?P<m>\d{1,2}|[.…_\s]*)\s*"
    r"năm\s*(?P<y>(?:19|20)\d{2}|[.…_\s]*)"
)
_PLACE_NUMERIC = re.compile(
    r"(?P<place>[" + UP + r"][\w.'’ "
    r"\-]{1,45}?)\s*,\s*ngày\s*(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>(?:19|"
    r"20)\d{2})"
)
#: printed type → name; the longest first
_TYPES = (
    "KẾ HOẠCH",
    "BÁO CÁO",
    "THÔNG BÁO",
    "HƯỚNG DẪN",
    "QUYẾT ĐỊNH",
    "CHỈ THỊ",
    "CHƯƠNG TRÌNH",
    "ĐỀ ÁN",
    "PHƯƠNG ÁN",
    "TỜ TRÌNH",
    "NGHỊ QUYẾT",
    "QUY CHẾ",
    "KẾT LUẬN",
)
_TYPE_LINE = re.compile(rf"^(?P<type>{'|'.join(_TYPES)})\b\s*(?P<rest>.*)$")
_SUBJECT_LINE = re.compile(r"^V/v\s+(?P<title>.+)$", re.I | re.S)
_RULE_LINE = re.compile(r"^[\s\-–—_*=.…]+$")
_NOT_TITLE = re.compile(r"^(?:Số\s*:|CỘNG H|Độc lập|Kính gửi|\(.*\)$|DỰ THẢO)")
#: symbol of the issuing agency in the number → its full name
_AGENCIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^BGD&?ĐT$"), "Bộ Giáo dục và Đào tạo"),
    (re.compile(r"^SGD&?ĐT$"), "Sở Giáo dục và Đào tạo"),
    (re.compile(r"^PGD&?ĐT$|^PGD$|^GD&?ĐT$"), "Phòng Giáo dục và Đào tạo"),
    (re.compile(r"^UBND$"), "Ủy ban nhân dân"),
    (re.compile(r"^STTTT$"), "Sở Thông tin và Truyền thông"),
)
_AGENCY_LINE = re.compile(
    r"^(?:SỞ|PHÒNG|TRƯỜNG|BỘ|TRUNG TÂM|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND|BAN|CÔNG ĐOÀN|CỤM|ĐẢNG ỦY|HỘI)\b[^"
    + LOW
    + r"]*$"
)
_LEVEL = r"(?:tỉnh|thành phố|Thành phố|TP\.?|huyện|quận|thị xã|xã|phường|đặc khu)"


@dataclass(frozen=True, slots=True)
class Header:
    doc_type: str | None = None
    number: str | None = None
    number_as_printed: str | None = None
    number_span: tuple[int, int] | None = None
    place: str | None = None
    date: DocumentDate | None = None
    title: str | None = None
    title_span: tuple[int, int] | None = None
    issuer: str | None = None


def head_lines(doc: Document) -> Iterator[tuple[str, int]]:
    """Lines of the head with their offsets, table cells opened up."""
    for block in doc.source.blocks:
        if doc.outline.zone(block) != HEAD:
            if block.kind == ROW:
                continue
            break
        if block.kind == ROW:
            for cell in block.cells:
                at = cell.start
                for line in cell.text.split("\n"):
                    if line.strip() and not cell.merged:
                        yield line, at
                    at += len(line) + 1
        else:
            yield block.text, block.start


def read_header(doc: Document) -> Header:
    """The header as printed."""
    lines = list(head_lines(doc))
    number = printed = place = None
    number_span: tuple[int, int] | None = None
    date: DocumentDate | None = None
    for text, at in lines:
        rest, rest_at = text, at
        if number_span is None:
            match = _NUMBER.search(text)
            if match:
                printed = re.sub(r"\s+", "", match["digits"] + match["rest"])
                number = printed if match["digits"].isdigit() else None
                number_span = (at + match.start(), at + match.end())
                rest, rest_at = text[match.end() :], at + match.end()
        if date is None:
            found = _PLACE_DATE.search(rest) or _PLACE_NUMERIC.search(rest)
            if found:
                place = " ".join(found["place"].split())
                date = _date(doc, found, rest_at)
    doc_type, title, title_span = _title(lines)
    return Header(
        doc_type,
        number,
        printed,
        number_span,
        place,
        date,
        title,
        title_span,
        _issuer(doc, lines, printed, place),
    )


def _date(doc: Document, match: re.Match[str], at: int) -> DocumentDate | None:
    day, month, year = (value.strip() if value.strip().isdigit() else None for value in match.group("d", "m", "y"))
    if year is None:
        return None
    made = make(day, month, year) if month else make(None, None, year)
    if made is None:
        return None
    return DocumentDate(
        span=doc.span(at + match.start(), at + match.end()), iso=made.iso, precision=made.precision
    )


def _title(lines: list[tuple[str, int]]) -> tuple[str | None, str | None, tuple[int, int] | None]:
    for index, (text, at) in enumerate(lines):
        text = text.strip()
        subject = _SUBJECT_LINE.match(text)
        if subject:
            return (
                "Công văn",
                " ".join(subject["title"].split()),
                (at + subject.start("title"), at + len(text)),
            )
        match = _TYPE_LINE.match(text)
        if not match:
            continue
        name = match["type"].capitalize()
        parts = [match["rest"].strip()] if match["rest"].strip() else []
        start = at + match.start("rest") if parts else at
        end = at + len(text)
        for following, following_at in lines[index + 1 :]:
            following = following.strip()
            if _RULE_LINE.match(following):
                break
            if _NOT_TITLE.match(following) or _NUMBER.match(following) or _PLACE_DATE.search(following):
                break
            if not parts:
                start = following_at
            parts.append(following)
            end = following_at + len(following)
        title = " ".join(" ".join(parts).split())
        return name, title or None, (start, end)
    return None, None, None


def _issuer(doc: Document, lines: list[tuple[str, int]], printed: str | None, place: str | None) -> str | None:
    """The issuing agency: its name from the letterhead or the symbol of the number, its place from the text."""
    name = None
    for symbol in re.split(r"[-/]", printed or ""):
        name = next((full for pattern, full in _AGENCIES if pattern.match(symbol.upper())), name)
    if name is None:
        agencies = [text.strip() for text, _ in lines if _AGENCY_LINE.match(text.strip())]
        name = _sentence_case(agencies[-1]) if agencies else None
    if name is None:
        said = re.search(
            r"^((?:Sở|Phòng|Ủy ban|UBND|Trường|Bộ)[^.;:]{3,80}?)\s+(?:ban hành|xây dựng)\s+[Kk]ế hoạch",
            doc.source.text,
            re.M,
        )
        name = said[1].strip() if said else None
    if name is None:
        return None
    return _with_place(doc, name, place)


def _with_place(doc: Document, name: str, place: str | None) -> str:
    """Adds the province or district as the text itself writes it ("tỉnh Hoà Bình")."""
    if name.startswith(("Bộ ", "Trường")) or re.search(rf"\b{_LEVEL}\b", name):
        return name
    text = doc.source.text
    spoken = re.search(re.escape(name) + rf"\s+({_LEVEL}\s+[{UP}]\w*(?:\s+[{UP}]\w*){{0,3}})", text)
    if spoken:
        return f"{name} {' '.join(spoken[1].split())}"
    if place:
        if re.match(_LEVEL, place):
            return f"{name} {place}"
        with_level = re.search(rf"({_LEVEL})\s+{re.escape(place)}", text)
        if with_level:
            return f"{name} {with_level[1]} {place}"
        letterhead = re.search(rf"(TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG)\s+{re.escape(place.upper())}", text)
        if letterhead:
            return f"{name} {letterhead[1].lower()} {place}"
        return f"{name} {place}" if name.startswith("Sở") else name
    return name


def _sentence_case(text: str) -> str:
    """ "SỞ GIÁO DỤC VÀ ĐÀO TẠO" → "Sở Giáo dục và Đào tạo"; other names get capitals on each word."""
    fixed = {
        "GIÁO DỤC VÀ ĐÀO TẠO": "Giáo dục và Đào tạo",
        "ỦY BAN NHÂN DÂN": "Ủy ban nhân dân",
        "UỶ BAN NHÂN DÂN": "Uỷ ban nhân dân",
        "VĂN HÓA VÀ XÃ HỘI": "Văn hóa và Xã hội",
        "VĂN HÓA - XÃ HỘI": "Văn hóa - Xã hội",
        "TIỂU HỌC": "Tiểu học",
        "MẦM NON": "Mầm non",
    }
    out = " ".join(text.split())
    for upper, mixed in fixed.items():
        out = out.replace(upper, mixed)
    words = []
    for index, word in enumerate(out.split(" ")):
        if not word.isupper() or word in ("THPT", "THCS", "UBND", "PTDTNT", "GDNN-GDTX", "GDTX", "TH", "TP."):
            words.append(word)
        elif index and word in ("TỈNH", "HUYỆN", "THÀNH", "PHỐ", "XÃ", "PHƯỜNG", "QUẬN", "VÀ"):
            words.append(word.lower())
        else:
            words.append(word.capitalize())
    return " ".join(words)
