"""Word documents: paragraphs with their automatic numbers, tables with merged cells, notes, text boxes.

Tracked changes are read as accepted: insertions kept, deletions and move sources dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from loa.lib.vi.legacy import decode, encoding_of_font

from .legacy import normalise
from .markup import SUPERSCRIPTS
from .model import NOTE, Piece, Raw, RawCell, RawParagraph, RawRow, Source, build
from .numbering import Numbering, W, read_numbering
from .package import Package
from .paragraphs import continues, rejoin

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DROPPED = {
    f"{W}del",
    f"{W}moveFrom",
    f"{W}instrText",
    f"{W}delText",
    f"{W}delInstrText",
    f"{_MC}Fallback",
    f"{W}pPr",
}
_TRACKED = (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")
Progress = Callable[[str, float], None]


@dataclass(slots=True)
class _Style:
    num_id: str | None = None
    level: int = 0
    based_on: str | None = None
    font: str | None = None


@dataclass(slots=True)
class _Reader:
    """State of one pass through the document."""

    numbering: Numbering
    styles: dict[str, _Style]
    notes: dict[str, str]
    default_font: str | None = None
    page: int | None = None
    tables: int = 0
    note_marks: dict[str, int] = field(default_factory=dict)
    pending_notes: list[str] = field(default_factory=list)
    #: notes met inside tables, printed after the last block
    late_notes: list[RawParagraph] = field(default_factory=list)
    carried: str = ""
    repairs: set[str] = field(default_factory=set)

    # ---- blocks --------------------------------------------------------------------------------------

    def blocks(self, parent: etree._Element) -> Iterator[Raw]:
        """Paragraphs and rows of a body in reading order."""
        for node in parent:
            tag = node.tag
            if tag == f"{W}p":
                yield from self.paragraph(node)
            elif tag == f"{W}tbl":
                yield from self.table(node)
            elif tag in (f"{W}sdt",):
                content = node.find(f"{W}sdtContent")
                if content is not None:
                    yield from self.blocks(content)
            elif tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
                yield from self.blocks(node)
            elif tag == f"{_MC}AlternateContent":
                choice = node.find(f"{_MC}Choice")
                if choice is not None:
                    yield from self.blocks(choice)

    def paragraph(self, node: etree._Element) -> Iterator[Raw]:
        page = self.page
        boxes: list[etree._Element] = []
        text = self.carried + self.inline(node, boxes)
        self.carried = ""
        label = self.label(node) if text.strip() else ""
        if self.mark_deleted(node):
            self.carried = f"{label} {text}" if label else text
            return
        if label:
            text = f"{label} {text.lstrip()}"
        for part in _lines(text):
            yield RawParagraph((Piece(part, None, page),), bold=False)
        for box in boxes:
            yield from self.blocks(box)
        for note in self.pending_notes:
            yield RawParagraph((Piece(note, None, page),), NOTE)
        self.pending_notes = []

    def table(self, node: etree._Element) -> Iterator[RawRow]:
        self.tables += 1
        table = self.tables
        for row in _rows(node):
            page = self.page
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                continue
            cells: list[RawCell] = []
            before = properties.find(f"{W}gridBefore") if properties is not None else None
            if before is not None:
                cells.append(RawCell("", False, _int(before)))
            for cell in _cells(row):
                made = self.cell(cell)
                if made is None and cells:
                    last = cells[-1]
                    cells[-1] = RawCell(last.text, last.merged, last.span + 1)
                elif made is not None:
                    cells.append(made)
            yield RawRow(tuple(cells), table, None, page)
        self.late_notes.extend(RawParagraph((Piece(note, None, self.page),), NOTE) for note in self.pending_notes)
        self.pending_notes = []

    def cell(self, node: etree._Element) -> RawCell | None:
        """One cell; None for the continuation of an old-style horizontal merge."""
        properties = node.find(f"{W}tcPr")
        span, merged = 1, False
        if properties is not None:
            grid = properties.find(f"{W}gridSpan")
            span = _int(grid) if grid is not None else 1
            vertical = properties.find(f"{W}vMerge")
            merged = vertical is not None and vertical.get(f"{W}val", "continue") == "continue"
            horizontal = properties.find(f"{W}hMerge")
            if horizontal is not None and horizontal.get(f"{W}val", "continue") == "continue":
                return None
        if merged:
            return RawCell("", True, span)
        parts: list[str] = []
        for raw in self.blocks(node):
            if isinstance(raw, RawParagraph):
                if raw.kind == NOTE:
                    self.late_notes.append(raw)
                else:
                    parts.append(raw.text)
            else:
                parts.append(" ".join(c.text for c in raw.cells))
        return RawCell("\n".join(parts), False, span)

    # ---- runs ----------------------------------------------------------------------------------------

    def inline(self, node: etree._Element, boxes: list[etree._Element]) -> str:
        """The visible text of a paragraph; text boxes met on the way go to `boxes`."""
        out: list[str] = []
        for child in node:
            tag = child.tag
            if tag in _TRACKED:
                self.repairs.add("tracked_changes")
            if tag in _DROPPED or not isinstance(tag, str):
                continue
            if tag == f"{W}r":
                out.append(self.run(child, boxes))
            else:
                out.append(self.inline(child, boxes))
        return "".join(out)

    def run(self, node: etree._Element, boxes: list[etree._Element]) -> str:
        properties = node.find(f"{W}rPr")
        if properties is not None and properties.find(f"{W}vanish") is not None:
            return ""
        out: list[str] = []
        for child in node:
            tag = child.tag
            if tag == f"{W}t":
                out.append(child.text or "")
            elif tag == f"{W}tab":
                out.append(" ")
            elif tag == f"{W}br":
                if child.get(f"{W}type") == "page":
                    self.page = (self.page or 1) + 1
                out.append("\n")
            elif tag == f"{W}cr":
                out.append("\n")
            elif tag == f"{W}noBreakHyphen":
                out.append("-")
            elif tag == f"{W}sym":
                out.append("•" if child.get(f"{W}char", "").upper() == "F0B7" else "-")
            elif tag == f"{W}lastRenderedPageBreak":
                self.page = (self.page or 1) + 1
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                out.append(self.note(child))
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object", f"{_MC}AlternateContent"):
                boxes.extend(_text_boxes(child))
        text = "".join(out)
        return self.in_font(text, properties) if text else text

    def in_font(self, text: str, properties: etree._Element | None) -> str:
        """Text set in an old font (.VnTime, VNI-Times) is decoded run by run."""
        font = self.default_font
        fonts = properties.find(f"{W}rFonts") if properties is not None else None
        if fonts is not None:
            font = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or font
        known = encoding_of_font(font)
        if known is None or (all(ord(char) < 128 for char in text) and not known[1]):
            return text
        if any(ord(char) > 0x2FF for char in text):
            return text  # Unicode letters in an old font: the font name was left behind
        self.repairs.add(known[0])
        return decode(text, known[0], capitals=known[1])

    def note(self, node: etree._Element) -> str:
        """The mark of a footnote; its text follows the paragraph."""
        key = node.tag + node.get(f"{W}id", "")
        text = self.notes.get(key)
        if text is None:
            return ""
        number = len(self.note_marks) + 1
        self.note_marks[key] = number
        mark = str(number).translate(SUPERSCRIPTS)
        self.pending_notes.append(f"{mark} {text}")
        return mark

    # ---- numbers -------------------------------------------------------------------------------------

    def label(self, node: etree._Element) -> str:
        properties = node.find(f"{W}pPr")
        style = None
        num_id, level = None, None
        if properties is not None:
            style_node = properties.find(f"{W}pStyle")
            style = style_node.get(f"{W}val") if style_node is not None else None
            numbers = properties.find(f"{W}numPr")
            if numbers is not None:
                id_node, level_node = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
                num_id = id_node.get(f"{W}val") if id_node is not None else None
                level = _int(level_node, 0) if level_node is not None else None
        seen = 0
        while num_id is None and style is not None and seen < 12:
            found = self.styles.get(style)
            if found is None:
                break
            num_id, level = found.num_id, found.level if level is None else level
            style = found.based_on
            seen += 1
        if not num_id or num_id == "0":
            return ""
        return self.numbering.label(num_id, level or 0)

    def mark_deleted(self, node: etree._Element) -> bool:
        """A deleted paragraph mark joins this paragraph with the next."""
        deleted = node.find(f"{W}pPr/{W}rPr/{W}del")
        return deleted is not None


def _rows(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag == f"{W}tr":
            yield child
        elif child.tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml"):
            yield from _rows(child)
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                yield from _rows(content)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                yield from _cells(content)
        elif child.tag == f"{W}customXml":
            yield from _cells(child)


def _text_boxes(node: etree._Element) -> Iterator[etree._Element]:
    """Text boxes under a drawing; the fallback copy for old Word is skipped."""
    for child in node:
        if child.tag == f"{_MC}Fallback":
            continue
        if child.tag == f"{W}txbxContent":
            yield child
        else:
            yield from _text_boxes(child)


def _int(node: etree._Element | None, default: int = 1) -> int:
    try:
        return max(0, min(200, int(node.get(f"{W}val", default)))) if node is not None else default
    except ValueError:
        return default


def _lines(text: str) -> list[str]:
    """Manual line breaks separate lines, unless the sentence plainly runs on."""
    out: list[str] = []
    for part in text.split("\n"):
        part = part.strip()
        if not part:
            continue
        if out and continues(out[-1], part):
            out[-1] = f"{out[-1]} {part}"
        else:
            out.append(part)
    return out


def _styles(root: etree._Element | None) -> tuple[dict[str, _Style], str | None]:
    out: dict[str, _Style] = {}
    default_font = None
    if root is None:
        return out, None
    fonts = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    if fonts is not None:
        default_font = fonts.get(f"{W}ascii")
    for node in root.findall(f"{W}style"):
        style = _Style()
        numbers = node.find(f"{W}pPr/{W}numPr")
        if numbers is not None:
            id_node, level_node = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
            style.num_id = id_node.get(f"{W}val") if id_node is not None else None
            style.level = _int(level_node, 0) if level_node is not None else 0
        based = node.find(f"{W}basedOn")
        style.based_on = based.get(f"{W}val") if based is not None else None
        out[node.get(f"{W}styleId", "")] = style
        if node.get(f"{W}default") == "1" and node.get(f"{W}type") == "paragraph":
            own = node.find(f"{W}rPr/{W}rFonts")
            if own is not None and own.get(f"{W}ascii"):
                default_font = own.get(f"{W}ascii")
    return out, default_font


def _notes(package: Package) -> dict[str, str]:
    """Footnotes and endnotes by reference."""
    out: dict[str, str] = {}
    for part, kind in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        root = package.xml(part)
        if root is None:
            continue
        plain = _Reader(Numbering(), {}, {})
        for node in root.findall(f"{W}{kind}"):
            if node.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            text = " ".join(raw.text for raw in plain.blocks(node) if isinstance(raw, RawParagraph))
            out[f"{W}{kind}Reference{node.get(f'{W}id', '')}"] = " ".join(text.split())
    return out


def _letterhead(package: Package, reader: _Reader) -> list[Raw]:
    """Paragraphs of page headers, used only when the body has no letterhead of its own."""
    out: list[Raw] = []
    for part in sorted(package.names()):
        if part.startswith("word/header") and part.endswith(".xml"):
            root = package.xml(part)
            if root is not None:
                out.extend(reader.blocks(root))
    return out


def read_docx(package: Package, name: str, progress: Progress) -> Source:
    """Read a checked Word package. `line` counts the lines of `Source.text`; `page` is Word's last layout."""
    document = package.xml("word/document.xml")
    styles, default_font = _styles(package.xml("word/styles.xml"))
    numbering = read_numbering(package.xml("word/numbering.xml"))
    reader = _Reader(numbering, styles, _notes(package), default_font)
    body = document.find(f"{W}body") if document is not None else None
    raws: list[Raw] = []
    if body is not None:
        if body.find(f".//{W}lastRenderedPageBreak") is not None:
            reader.page = 1
        raws = list(reader.blocks(body))
    progress("Đọc chữ trong tệp Word", 0.6)
    head = " ".join(_plain(raw) for raw in raws[:14])
    if "Số" not in head and "CỘNG H" not in head:
        raws = [*_letterhead(package, reader), *raws]
    raws.extend(reader.late_notes)
    repairs = set(reader.repairs)
    raws = rejoin([_normalised(raw, name, repairs) for raw in raws])
    progress("Xếp lại các đoạn", 1.0)
    return build(raws, format="docx", pages=reader.page, repairs=sorted(repairs))


def _plain(raw: Raw) -> str:
    return raw.text if isinstance(raw, RawParagraph) else " ".join(cell.text for cell in raw.cells)


def _normalised(raw: Raw, name: str, repairs: set[str]) -> Raw:
    if isinstance(raw, RawRow):
        cells = tuple(RawCell(_clean(cell.text, name, repairs), cell.merged, cell.span) for cell in raw.cells)
        return RawRow(cells, raw.table, raw.line, raw.page, raw.header)
    pieces = tuple(Piece(_clean(p.text, name, repairs), p.line, p.page) for p in raw.pieces)
    return RawParagraph(pieces, raw.kind, raw.bold, raw.centred)


def _clean(text: str, name: str, repairs: set[str]) -> str:
    clean, more = normalise(text, name, recover_old=False)
    repairs.update(more)
    return clean
