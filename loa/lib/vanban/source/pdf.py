"""PDF with a text layer: lines by position, two columns, ruled tables, notes; page furniture dropped.

Lines are joined to paragraphs by their place: an indented line, a line after a short one, or a wide gap begins a
new paragraph; a paragraph runs on over the page when its last line is full.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pypdfium2 as pdfium

from loa.lib.vanban import errors
from loa.lib.vanban.labels import read_label

from .legacy import normalise
from .markup import SUPERSCRIPTS
from .model import NOTE, PARAGRAPH, Piece, Raw, RawParagraph, RawRow, Source, build
from .paragraphs import continues, rejoin, starts_anew
from .pdflines import TextLine, columns, find_grids, group_lines, raw_cells
from .pdfpage import Page, read_page

#: pages one file may have; a plan with its appendices has under 60
MAX_PAGES = 400
_ERR_PASSWORD = 4
_PAGE_NUMBER = re.compile(r"^(?:[-–—]\s*)?(?:[Tt]rang\s+)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?$")
_MARK = re.compile(r"^[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}\s*\S")
#: a line that cannot be the end of a sentence torn by the margin
_ENDED = re.compile(r"[.;:!?…][\"”')\]]*$")

Progress = Callable[[str, float], None]


def read_pdf(data: bytes, name: str, progress: Progress) -> Source:
    """Read a PDF. Raises `EncryptedPdf`, `BrokenPdf`, `ScannedPdf` or `TooManyPages`."""
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _ERR_PASSWORD or "password" in str(error).lower():
            raise errors.EncryptedPdf(name=name) from error
        raise errors.BrokenPdf(name=name) from error
    try:
        if count > MAX_PAGES:
            raise errors.TooManyPages(name=name, pages=count, limit=MAX_PAGES)
        pages: list[Page] = []
        for index in range(count):
            try:
                pages.append(read_page(document, index))
            except pdfium.PdfiumError as error:
                raise errors.BrokenPdf(name=name) from error
            progress(f"Đọc trang {index + 1}/{count}", (index + 1) / count * 0.9)
    finally:
        document.close()
    letters = sum(len(word.text) for page in pages for word in page.words)
    if letters < 15 * max(1, count) and (any(page.has_image for page in pages) or letters < 40):
        raise errors.ScannedPdf(name=name)
    repairs: set[str] = set()
    if any(page.has_image and sum(len(w.text) for w in page.words) < 15 for page in pages):
        repairs.add("scanned_pages")
    raws = _layout(pages)
    raws = rejoin(_recovered(raws, name, repairs))
    progress("Xếp lại các đoạn", 1.0)
    return build(raws, format="pdf", pages=count, repairs=sorted(repairs))


def _body_size(pages: list[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for word in page.words:
            sizes[round(word.size * 2) / 2] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _layout(pages: list[Page]) -> list[Raw]:
    """All pages in reading order."""
    size = _body_size(pages)
    furniture = _furniture(pages)
    raws: list[Raw] = []
    table = 0
    open_lines: list[TextLine] = []  # the paragraph being gathered
    right_margin = _right_margin(pages)

    def close() -> None:
        if open_lines:
            raws.append(_paragraph(open_lines, PARAGRAPH))
            open_lines.clear()

    for page in pages:
        grids = find_grids(page)
        page.words = [word for word in page.words if (page.number, id(word)) not in furniture]
        lines = group_lines(page.words, page.number)
        lines = [line for line in lines if not _is_page_number(line, page)]
        body, notes = _split_notes(lines, size)
        pieces: list[tuple[float, list[TextLine] | int]] = []
        for start, end in _stretches(body, [g.ys[0] for g in grids]):
            part = columns(body[start:end], page)
            if part:
                pieces.append((body[start].top, part))
        pieces.extend((grid.ys[0], number) for number, grid in enumerate(grids))
        left = _left_margin(body)
        fresh_page = True
        for _, item in sorted(pieces, key=lambda piece: -piece[0]):
            if isinstance(item, int):
                close()
                table += 1
                raws.extend(RawRow(raw_cells(cells), table, None, page.number) for cells in grids[item].rows)
                continue
            for line in item:
                if not open_lines or _opens(open_lines, line, left, right_margin, size, fresh_page):
                    close()
                open_lines.append(line)
                fresh_page = False
        for note in notes:
            raws.append(_paragraph(note, NOTE))
    close()
    return raws


def _stretches(lines: list[TextLine], tops: list[float]) -> list[tuple[int, int]]:
    """Runs of lines between tables, as index ranges."""
    out: list[tuple[int, int]] = []
    start = 0
    for index in range(1, len(lines)):
        if any(lines[index].middle < top < lines[index - 1].middle for top in tops):
            out.append((start, index))
            start = index
    if lines:
        out.append((start, len(lines)))
    return out


def _furniture(pages: list[Page]) -> set[tuple[int, int]]:
    """Words of running heads and feet: the same text at the same height on most pages."""
    if len(pages) < 3:
        return set()
    seen: dict[tuple[str, int], list[tuple[int, list[int]]]] = {}
    for page in pages:
        edge = [w for w in page.words if w.middle > page.height * 0.945 or w.middle < page.height * 0.055]
        for line in group_lines(edge, page.number):
            key = (re.sub(r"\d+", "#", line.text), round(line.middle / 4))
            seen.setdefault(key, []).append((page.number, [id(word) for word in line.words]))
    out: set[tuple[int, int]] = set()
    for places in seen.values():
        if len(places) >= max(3, len(pages) * 0.5):
            out.update((number, word) for number, words in places for word in words)
    return out


def _is_page_number(line: TextLine, page: Page) -> bool:
    at_edge = line.middle > page.height * 0.9 or line.middle < page.height * 0.1
    return at_edge and bool(_PAGE_NUMBER.match(line.text.strip()))


def _split_notes(lines: list[TextLine], size: float) -> tuple[list[TextLine], list[list[TextLine]]]:
    """Footnotes at the foot of the page: small print that begins with a raised mark."""
    first = None
    for index, line in enumerate(lines):
        small = max((w.size for w in line.words if w.text[0] not in "⁰¹²³⁴⁵⁶⁷⁸⁹"), default=0) < size * 0.93
        if small and _begins_note(line, lines) and all(_is_small(other, size) for other in lines[index:]):
            first = index
            break
    if first is None:
        return lines, []
    notes: list[list[TextLine]] = []
    for line in lines[first:]:
        if _begins_note(line, lines) or not notes:
            notes.append([line])
        else:
            notes[-1].append(line)
    return lines[:first], notes


def _begins_note(line: TextLine, lines: list[TextLine]) -> bool:
    """ "¹ Kế hoạch số …"; in the lower half of the page the mark need not be raised."""
    if _MARK.match(line.text):
        return True
    first = line.words[0]
    low = line.middle < (lines[0].middle + lines[-1].middle) / 2
    if low and len(line.words) > 2 and first.text.isdigit() and len(first.text) <= 2:
        first.text = first.text.translate(SUPERSCRIPTS)
        return True
    return False


def _is_small(line: TextLine, size: float) -> bool:
    return line.size < size * 0.93


def _right_margin(pages: list[Page]) -> float:
    """Where full lines end: a high quantile of line ends outside tables."""
    ends = sorted(
        line.right for page in pages for line in group_lines(page.words, page.number) if len(line.words) > 5
    )
    return ends[int(len(ends) * 0.9)] if ends else 500.0


def _left_margin(lines: list[TextLine]) -> float:
    starts = Counter(round(line.left) for line in lines if len(line.words) > 4 and not line.column)
    if not starts:
        return 0.0
    common = [x for x, count in starts.items() if count >= max(2, max(starts.values()) * 0.3)]
    return float(min(common or starts))


def _opens(
    above: list[TextLine], line: TextLine, left: float, right_margin: float, size: float, fresh_page: bool
) -> bool:
    """Does `line` begin a new paragraph after `above`?"""
    last = above[-1]
    text, before = line.text, last.text
    if line.column or last.column:
        if (
            line.column
            and last.column
            and line.middle < last.middle
            and re.search(r"(?:ngày|tháng)\s*\d{0,2}$|năm$", before)
            and re.match(r"(?:tháng |năm )?\s*\d", text)
        ):
            return False  # "…, ngày 02 tháng 10" over "năm 2024", each in the middle of its column
        if line.column and last.column and abs(line.left - last.left) < 40 and line.middle < last.middle:
            item = _joined(above)
            if read_label(item) is not None and not _ENDED.search(item):
                return read_label(text) is not None  # a recipient printed over two lines
            return not (continues(before, text) or (before.endswith("năm") and text[:1].isdigit()))
        return True
    if starts_anew(text) or read_label(text) is not None:
        return True
    first = line.words[0]
    full = last.right + (first.right - first.left) + size * 0.25 > right_margin - 2
    if fresh_page:
        if continues(before, text):
            return False
        return (
            not full
            or line.left > left + 8
            or bool(_ENDED.search(before) and text[:1].isupper() and line.left > left + 4)
        )
    if last.bottom - line.top > size * 1.3 and not continues(before, text):
        return True
    centred = last.left > left + 25 and line.left > left + 25
    if centred and not full:
        return not (text[:1].islower() and not _ENDED.search(before))
    if len(above) == 1 and last.left > left + 8 and abs(line.left - last.left) < 3 and not continues(before, text):
        return True  # both indented: two paragraphs of one line, not one of two
    if line.left > left + 8 and len(above) >= 1 and above[0].left <= line.left + 2 and last.left < line.left - 4:
        return True
    return not full


def _joined(lines: list[TextLine]) -> str:
    return " ".join(line.text for line in lines)


def _paragraph(lines: list[TextLine], kind: str) -> RawParagraph:
    return RawParagraph(tuple(Piece(line.text, None, line.page) for line in lines), kind)


def _recovered(raws: list[Raw], name: str, repairs: set[str]) -> list[Raw]:
    """Old encodings are told by the whole text, then undone piece by piece."""
    whole = "\n".join(
        raw.text if isinstance(raw, RawParagraph) else " ".join(c.text for c in raw.cells) for raw in raws
    )
    _, found = normalise(whole[:40000], name)
    old = any(code not in ("nfd",) for code in found)
    out: list[Raw] = []
    for raw in raws:
        if isinstance(raw, RawRow):
            cells = []
            for cell in raw.cells:
                text, more = normalise(cell.text, name, recover_old=old)
                repairs.update(more)
                cells.append(type(cell)(text, cell.merged, cell.span))
            out.append(RawRow(tuple(cells), raw.table, raw.line, raw.page, raw.header))
        else:
            pieces = []
            for piece in raw.pieces:
                text, more = normalise(piece.text, name, recover_old=old)
                repairs.update(more)
                pieces.append(Piece(text, piece.line, piece.page))
            out.append(RawParagraph(tuple(pieces), raw.kind, raw.bold, raw.centred))
    return out
