"""From what a document says to where everything stands (Nghị định 30/2020/NĐ-CP, Phụ lục I and III)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from . import codes
from .codes import clean, upper
from .flow import DataTable, Element, Flow, Grid, Mark, Par, Rule, Sheet, Span
from .inline import spans
from .measures import RULE_SHARE, URGENCY_MM, Style, text_width_mm
from .model import (
    Appendix,
    Article,
    Block,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Part,
    Point,
    Section,
    Signature,
    Table,
    Text,
)
from .tables import lay_table

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
#: Room for the signature: about four lines.
SIGNATURE_ROOM_PT = 70


def lay_out(document: OfficialDocument, style: Style | None = None) -> Flow:
    """Lay out a document. Raises ValueError, in words for the drafter, for what cannot be printed."""
    style = style or Style()
    if document.type_code and document.type_code not in codes.TYPE_NAMES:
        raise ValueError(f"Không có tên loại văn bản nào viết tắt là “{document.type_code}”.")
    if document.number is not None and document.number < 1:
        raise ValueError("Số văn bản bắt đầu từ 01.")
    main: list[Element] = [_header(document, style), *_title(document, style), *_addressees(document, style)]
    main += _bases(document.bases, style)
    body = _Body(style, style.text_width_mm()).lay(document.body, closing=True)
    if body and isinstance(body[-1], Par):
        body[-1] = replace(body[-1], keep_next=True)
    main += body
    main.append(_signature(document, style))
    contact = None
    if clean(document.contact):
        contact = _par(document.contact, style.contact_pt, role="contact", align="center")
    sheets = [Sheet(_outlined(main), contact=contact)]
    for index, appendix in enumerate(document.appendices, 1):
        label = "Phụ lục" if len(document.appendices) == 1 else f"Phụ lục {codes.roman(index)}"
        sheets.append(_appendix(document, appendix, label, style))
    name = codes.TYPE_NAMES.get(document.type_code, "")
    return Flow(
        title=clean(f"{name} {document.subject}"),
        author=clean(document.issuer),
        sheets=tuple(sheets),
        top_mm=style.top_mm,
        bottom_mm=style.bottom_mm,
        left_mm=style.left_mm,
        right_mm=style.right_mm,
        page_number_pt=style.page_number_pt,
    )


def _outlined(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Headings with the depth they have here: a document without mục goes from its title straight to khoản,
    and an outline (of a PDF reader, of a screen reader) must not skip a level."""
    out: list[Element] = []
    open_levels: list[int] = []
    for element in elements:
        if isinstance(element, Par) and element.level:
            while open_levels and open_levels[-1] >= element.level:
                open_levels.pop()
            open_levels.append(element.level)
            element = replace(element, level=len(open_levels))
        out.append(element)
    return tuple(out)


# Words that belong together: a line never ends inside one of these, nor with "và" or before the name of a place.
_TOGETHER = re.compile(
    r"(?<!\w)(giáo dục|đào tạo|nhân dân|ủy ban|uỷ ban|truyền thông|trung học|tiểu học|mầm non|phổ thông|cơ sở"
    r"|năm học|văn hóa|văn hoá|xã hội|báo cáo|kết quả|công tác"
    r"|(?:và|năm|quý|tháng|xã|phường|tỉnh|huyện|quận) \w+)(?!\w)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?<!\w) (?=(?:tỉnh|thành phố|xã|phường|huyện|quận|đặc khu) \w)", re.IGNORECASE)


def balanced(text: str, width_mm: float, size_pt: float, *, bold: bool = False) -> list[str]:
    """Break a centred line into the fewest lines that fit, as even as can be (no orphan last word).

    Words that belong together stay so ("đào tạo", "năm 2026") unless that would cost a line.
    """

    def wrap(pieces: list[str], limit: float) -> list[str]:
        lines: list[str] = []
        for piece in pieces:
            trial = f"{lines[-1]} {piece}" if lines else piece
            if lines and text_width_mm(trial, size_pt, bold=bold) <= limit:
                lines[-1] = trial
            else:
                lines.append(piece)
        return lines

    words = text.split()
    fewest = len(wrap(words, width_mm))
    # Twice, for what is joined on its left and on its right ("và đào tạo").
    glue = "\N{WORD JOINER}"
    glued = " ".join(words)
    for _ in range(2):
        glued = _TOGETHER.sub(lambda found: found[0].replace(" ", glue), glued)
    pieces = [piece.replace(glue, " ") for piece in glued.split(" ")] if words else []
    if len(wrap(pieces, width_mm)) > fewest or any(
        text_width_mm(piece, size_pt, bold=bold) > width_mm for piece in pieces
    ):
        pieces = words
    limit = width_mm
    while limit > 10 and len(wrap(pieces, limit - 1)) == fewest:
        limit -= 1
    return wrap(pieces, limit)


def agency_lines(name: str, width_mm: float, size_pt: float, *, bold: bool = False) -> list[str]:
    """The lines of an agency's name: the place on a line of its own where that costs none.

    "SỞ GIÁO DỤC VÀ ĐÀO TẠO / TỈNH SÔNG LAM", as offices write it, rather than the evenest break.
    """
    lines = balanced(name, width_mm, size_pt, bold=bold)
    halves = _PLACE.split(name, maxsplit=1)
    if len(lines) == len(halves) == 2 and all(
        text_width_mm(half, size_pt, bold=bold) <= width_mm for half in halves
    ):
        return halves
    return lines


def _par(
    text: Text,
    size_pt: float,
    *,
    bold: bool = False,
    italic: bool = False,
    role: str,
    align: str,
    **more: object,
) -> Par:
    return Par(spans(text, size_pt, bold=bold, italic=italic), role=role, align=align, **more)  # type: ignore[arg-type]


def _header(document: OfficialDocument, style: Style) -> Grid:
    """Cells 1–5b and the marks: two columns, whose right one is as wide as the Quốc hiệu needs."""
    if not clean(document.issuer):
        raise ValueError("Thiếu tên cơ quan ban hành văn bản.")
    right = text_width_mm(NATION, style.nation_pt, bold=True) + 5
    left = style.text_width_mm() - right
    agency: list[Par | Rule | Mark] = []
    if clean(document.parent):
        for line in agency_lines(upper(document.parent), left - 3, style.agency_pt):
            agency.append(_par(line, style.agency_pt, role="parent", align="center", keep_next=True))
    issuer = agency_lines(upper(document.issuer), left - 3, style.agency_pt, bold=True)
    for line in issuer:
        agency.append(_par(line, style.agency_pt, bold=True, role="issuer", align="center", keep_next=True))
    longest = max(text_width_mm(line, style.agency_pt, bold=True) for line in issuer)
    agency.append(Rule(longest * RULE_SHARE))
    nation: list[Par | Rule | Mark] = [
        _par(NATION, style.nation_pt, bold=True, role="nation", align="center", keep_next=True),
        _par(MOTTO, style.motto_pt, bold=True, role="motto", align="center", keep_next=True),
        Rule(text_width_mm(MOTTO, style.motto_pt, bold=True)),
    ]
    # The number and the date share a base line although their sizes may differ.
    drop = max(0.0, (style.date_pt - style.number_pt) * 0.891)
    number = codes.number_text(document.number, clean(document.symbol))
    second: list[Par | Rule | Mark] = [
        _par_raw(number, style.number_pt, role="number", align="center", before_pt=6 + drop, keep_next=True)
    ]
    if not document.type_code:
        for index, line in enumerate(balanced("V/v " + clean(document.subject), left - 6, style.subject_pt)):
            gap = 6 if index == 0 else 0
            second.append(_par(line, style.subject_pt, role="about", align="center", before_pt=gap))
    second += _marks(document, style)
    day = codes.date_text(document.date) if document.date else codes.blank_date_text(document.year, document.month)
    date = _par_raw(
        f"{clean(document.place)}, {day}",
        style.date_pt,
        italic=True,
        role="date",
        align="center",
        before_pt=6,
    )
    return Grid((left, right), ((tuple(agency), tuple(nation)), (tuple(second), (date,))), role="header")


def _par_raw(text: str, size_pt: float, *, italic: bool = False, role: str, align: str, **more: object) -> Par:
    """A line whose blanks (room for a pen) must not be folded."""
    return Par((Span(text, size_pt, italic=italic),), role=role, align=align, **more)  # type: ignore[arg-type]


def _marks(document: OfficialDocument, style: Style) -> list[Mark]:
    marks = []
    for text, colour in (
        (document.secrecy, "C00000"),
        (document.urgency, "C00000"),
        (document.circulation, "000000"),
    ):
        if text:
            wide = text_width_mm(text, style.mark_pt, bold=True) + 6
            width, height = URGENCY_MM.get(text, (wide, 8.0))
            # THƯỢNG KHẨN at 13 pt is wider than some frames of older forms; the word must stay on one line.
            marks.append(Mark(text, style.mark_pt, max(width, wide - 5), height, colour))
    return marks


def _title(document: OfficialDocument, style: Style) -> list[Element]:
    """Cell 5a: the type's name, the trích yếu and the rule below it. A công văn has none."""
    if not document.type_code:
        return []
    name = upper(codes.TYPE_NAMES[document.type_code])
    size = style.title_pt
    out: list[Element] = [
        _par(name, size, bold=True, role="title", align="center", before_pt=16, keep_next=True, level=1)
    ]
    lines = balanced(clean(document.subject), style.text_width_mm() * 0.85, size, bold=True)
    for line in lines:
        out.append(_par(line, size, bold=True, role="subject", align="center", keep_next=True))
    if lines:
        longest = max(text_width_mm(line, size, bold=True) for line in lines)
        out.append(Rule(longest * RULE_SHARE))
    return out


def _addressees(document: OfficialDocument, style: Style) -> list[Element]:
    """Cell 9a: one addressee on the same line; several on their own lines, dashes under the colon."""
    names = [clean(name).rstrip(".;") for name in document.addressees if clean(name)]
    if not names:
        return []
    size = style.body_pt
    if len(names) == 1:
        return [
            _par(f"Kính gửi: {names[0]}.", size, role="addressee", align="center", before_pt=12, keep_next=True)
        ]
    colon = text_width_mm("Kính gửi", size)
    widest = max(text_width_mm(f"- {name};", size) for name in names)
    start = max(style.indent_mm, (style.text_width_mm() - colon - widest) / 2)
    out: list[Element] = [
        _par("Kính gửi:", size, role="addressee", align="left", left_mm=start, before_pt=12, keep_next=True)
    ]
    dash = text_width_mm("- ", size)
    for index, name in enumerate(names):
        end = "." if index == len(names) - 1 else ";"
        line = f"- {name}{end}"
        out.append(
            _par(
                line,
                size,
                role="addressee",
                align="left",
                left_mm=start + colon + dash,
                first_mm=-dash,
                keep_next=True,
            )
        )
    return out


def _bases(bases: Sequence[str], style: Style) -> list[Element]:
    """Căn cứ: italic, one to a paragraph, ";" after each and "." after the last."""
    lines = [clean(base).rstrip(".;,") for base in bases if clean(base)]
    out: list[Element] = []
    for index, line in enumerate(lines):
        end = "." if index == len(lines) - 1 else ";"
        out.append(
            _par(
                line + end,
                style.body_pt,
                italic=True,
                role="basis",
                align="justify",
                first_mm=style.indent_mm,
                before_pt=12 if index == 0 else style.gap_pt,
                line=style.line,
            )
        )
    return out


class _Body:
    """Numbers and lays out body blocks; one instance per sheet, since numbering starts afresh in each."""

    def __init__(self, style: Style, width_mm: float) -> None:
        self.style = style
        self.width_mm = width_mm
        self.part = self.section = self.clause = self.point = self.article = 0

    def lay(self, blocks: Iterable[Block], *, closing: bool) -> list[Element]:
        """Elements of the blocks; `closing` ends the last text with "./."."""
        out: list[Element] = []
        for block in blocks:
            out += self._block(block)
        if closing and out and isinstance(out[-1], Par):
            out[-1] = _close(out[-1])
        return out

    def _text(self, label: str, text: Text, **more: object) -> Par:
        style = self.style
        found = spans(text, style.body_pt)
        if label:
            found = (Span(label + " ", style.body_pt), *found)
        options: dict[str, object] = {
            "role": "body",
            "align": "justify",
            "first_mm": style.indent_mm,
            "before_pt": style.gap_pt,
            "line": style.line,
        }
        return Par(found, **{**options, **more})  # type: ignore[arg-type]

    def _heading(self, text: str, level: int, *, centred: bool = False, before_pt: float | None = None) -> Par:
        style = self.style
        return Par(
            (Span(clean(text), style.body_pt, bold=True),),
            role=f"heading{level}",
            align="center" if centred else "justify",
            first_mm=0 if centred else style.indent_mm,
            before_pt=style.gap_pt if before_pt is None else before_pt,
            line=style.line,
            keep_next=True,
            level=level,
        )

    def _block(self, block: Block) -> list[Element]:
        match block:
            case Part(title):
                self.part += 1
                self.section = self.clause = self.point = 0
                return [
                    self._heading(f"Phần {codes.roman(self.part)}", 1, centred=True, before_pt=12),
                    self._heading(upper(title), 1, centred=True, before_pt=0),
                ]
            case Section(title):
                self.section += 1
                self.clause = self.point = 0
                return [self._heading(f"{codes.roman(self.section)}. {upper(title)}", 2)]
            case Article(text, title):
                self.article += 1
                self.clause = self.point = 0
                label = f"Điều {self.article}."
                if title:
                    return [self._heading(f"{label} {title}", 2), *([self._text("", text)] if text else [])]
                par = self._text("", text)
                bold = Span(label + " ", self.style.body_pt, bold=True)
                return [replace(par, spans=(bold, *par.spans))]
            case Clause(text, title):
                self.clause += 1
                self.point = 0
                if title:
                    heading = self._heading(f"{self.clause}. {title}", 3)
                    return [heading, *([self._text("", text)] if text else [])]
                return [self._text(f"{self.clause}.", text)]
            case Point(text):
                self.point += 1
                return [self._text(f"{codes.point_label(self.point)})", text)]
            case Dash(text):
                return [self._text("-", text)]
            case Para(text):
                return [self._text("", text)]
            case Table():
                return lay_table(block, self.style, self.width_mm)
        raise TypeError(f"Khối văn bản không biết cách trình bày: {type(block).__name__}")


def _close(par: Par) -> Par:
    """End the text with "./."; whatever stop it already had is replaced."""
    last = par.spans[-1]
    text = last.text.rstrip()
    if not text.endswith("./."):
        text = text.rstrip(".;:, ") + "./."
    return replace(par, spans=(*par.spans[:-1], replace(last, text=text)))


def _signature(document: OfficialDocument, style: Style) -> Grid:
    """Cells 9b and 7: Nơi nhận on the left, level with the signature block on the right."""
    half = style.text_width_mm() / 2
    left: list[Par | Rule | Mark] = []
    names = [clean(name).rstrip(".;") for name in document.recipients if clean(name)]
    if names or clean(document.archive):
        left.append(
            _par(
                "Nơi nhận:",
                style.recipients_title_pt,
                bold=True,
                italic=True,
                role="recipients",
                align="left",
            )
        )
        lines = [f"- {name};" for name in names]
        if clean(document.archive):
            archive = f"- Lưu: {clean(document.archive).rstrip('.')}."
            if clean(document.drafter):
                count = f".{document.copies:02d}" if document.copies else ""
                archive += f" {clean(document.drafter)}{count}."
            lines.append(archive)
        elif lines:
            lines[-1] = lines[-1].rstrip(";") + "."
        left += [_par(line, style.recipients_pt, role="recipient", align="left") for line in lines]
    return Grid((half, half), ((tuple(left), tuple(_signer(document.signature, style, half))),), "signature", 12)


def _signer(signature: Signature, style: Style, width_mm: float) -> list[Par | Rule | Mark]:
    size = style.sign_pt
    out: list[Par | Rule | Mark] = []
    for authority in signature.authority:
        for line in balanced(upper(authority), width_mm - 4, size, bold=True):
            out.append(_par(line, size, bold=True, role="authority", align="center", keep_next=True))
    out.append(_par(signature.name, size, bold=True, role="signer", align="center", before_pt=SIGNATURE_ROOM_PT))
    return out


def _appendix(document: OfficialDocument, appendix: Appendix, label: str, style: Style) -> Sheet:
    size = style.title_pt
    out: list[Element] = [_par(label, size, bold=True, role="appendix", align="center", keep_next=True, level=1)]
    width = style.text_width_mm(appendix.landscape)
    for line in balanced(upper(appendix.title), width * 0.9, size, bold=True):
        out.append(_par(line, size, bold=True, role="appendix-title", align="center", keep_next=True))
    name = codes.TYPE_NAMES.get(document.type_code, "Công văn")
    if document.paper and document.number is not None and document.date is not None:
        number = f"{document.number:02d}"
        day = codes.date_text(document.date)
    else:
        number = codes.BLANK
        year = document.date.year if document.date else document.year
        day = codes.blank_date_text(year)
    out.append(
        _par_raw(
            f"(Kèm theo {name} số {number}/{clean(document.symbol)} {day} của {clean(document.issuer)})",
            style.body_pt,
            italic=True,
            role="attached",
            align="center",
            keep_next=True,
        )
    )
    body = _Body(style, width).lay(appendix.body, closing=False)
    if body and isinstance(body[0], DataTable):
        body[0] = replace(body[0], before_pt=12)
    out += body
    return Sheet(_outlined(out), landscape=appendix.landscape)
