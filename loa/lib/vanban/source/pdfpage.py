"""One PDF page as words with positions and ruling lines. Points, origin bottom left, as PDF has them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

#: characters of one page that are looked at; a page of a plan has 3,000
MAX_PAGE_CHARACTERS = 60_000
#: drawing operations of one page that are looked at for table rules
MAX_PAGE_PATHS = 20_000


@dataclass(slots=True)
class Word:
    """A run of characters without a space; y grows upwards."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    #: y of the baseline its first letter stands on
    base: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(slots=True)
class Rules:
    """Ruling lines: (x, y_low, y_high) and (y, x_low, x_high)."""

    vertical: list[tuple[float, float, float]]
    horizontal: list[tuple[float, float, float]]


@dataclass(slots=True)
class Page:
    number: int
    width: float
    height: float
    words: list[Word]
    rules: Rules
    has_image: bool


def read_page(document: pdfium.PdfDocument, index: int) -> Page:
    """Words and rules of page `index` (0-based)."""
    page = document[index]
    try:
        width, height = page.get_size()
        textpage = page.get_textpage()
        try:
            words = _words(textpage)
        finally:
            textpage.close()
        rules, has_image = _rules(page)
        return Page(index + 1, width, height, words, rules, has_image)
    finally:
        page.close()


def _words(textpage: pdfium.PdfTextPage) -> list[Word]:
    count = min(textpage.count_chars(), MAX_PAGE_CHARACTERS)
    raw = textpage.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    refs = tuple(ctypes.byref(value) for value in (left, right, bottom, top))
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
    origin = (ctypes.byref(origin_x), ctypes.byref(origin_y))
    get_box, get_code = pdfium_c.FPDFText_GetCharBox, pdfium_c.FPDFText_GetUnicode
    get_size, get_origin = pdfium_c.FPDFText_GetFontSize, pdfium_c.FPDFText_GetCharOrigin
    words: list[Word] = []
    letters: list[tuple[float, str]] = []
    box = [0.0, 0.0, 0.0, 0.0]
    size = base = 0.0

    def flush() -> None:
        if letters:
            # a glyph borrowed from another font is drawn after its neighbours: place decides, not order
            text = "".join(char for _, char in sorted(letters, key=lambda letter: letter[0]))
            words.append(Word(text, box[0], box[1], box[2], box[3], size, base))
            letters.clear()

    for index in range(count):
        code = get_code(raw, index)
        if code in (2, 0xFFFE, 0xAD):  # PDFium's codes for a hyphen at the end of a line
            code = 45
        elif code <= 32 or code == 0xA0 or code == 0xFFFF:
            flush()
            continue
        get_box(raw, index, *refs)
        x0, x1, y0, y1 = left.value, right.value, bottom.value, top.value
        char = chr(code) if code < 0x110000 else ""
        if letters:
            gap = x0 - box[1]
            unit = max(size, 4.0)
            away = gap > unit * 0.28 or gap < -unit * 2 or abs((y0 + y1) / 2 - (box[2] + box[3]) / 2) > unit * 0.9
            if away and x1 - x0 > 0.01:
                flush()
            elif char.isdigit() != letters[-1][1].isdigit() and abs(get_size(raw, index) - size) > 1.2:
                flush()  # a raised footnote mark beside a word
        if not letters:
            size = get_size(raw, index)
            if size <= 1.5:  # scaled by the text matrix: the height of the box tells more
                size = max(y1 - y0, 1.0) * 1.35
            box = [x0, x1, y0, y1]
            get_origin(raw, index, *origin)
            base = origin_y.value
            letters.append((x0, char))
        else:
            box = [min(box[0], x0), max(box[1], x1), min(box[2], y0), max(box[3], y1)]
            letters.append((x0, char))
    flush()
    return words


def _rules(page: pdfium.PdfPage) -> tuple[Rules, bool]:
    vertical: list[tuple[float, float, float]] = []
    horizontal: list[tuple[float, float, float]] = []
    has_image = False
    wanted = (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE)
    for seen, item in enumerate(page.get_objects(filter=wanted, max_depth=4)):
        if seen > MAX_PAGE_PATHS:
            break
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            has_image = True
            continue
        for x0, y0, x1, y1 in _segments(item):
            if abs(x1 - x0) <= 2.5 and abs(y1 - y0) >= 4:
                vertical.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
            elif abs(y1 - y0) <= 2.5 and abs(x1 - x0) >= 4:
                horizontal.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    return Rules(vertical, horizontal), has_image


def _segments(item: pdfium.PdfObject) -> list[tuple[float, float, float, float]]:
    """Straight pieces of a path in page coordinates; a thin filled box counts as one line."""
    matrix = item.get_matrix()
    count = pdfium_c.FPDFPath_CountSegments(item.raw)
    if count > 400:
        return []
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    out: list[tuple[float, float, float, float]] = []
    start: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(item.raw, index)
        if not segment or not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.on_point(x.value, y.value)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO and points:
            out.append((*points[-1], *point))
        points.append(point)
        if pdfium_c.FPDFPathSegment_GetClose(segment) and start is not None:
            out.append((*point, *start))
    if len(points) >= 4:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if x1 - x0 <= 2.5 or y1 - y0 <= 2.5:
            return (
                [(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)]
                if x1 - x0 >= y1 - y0
                else [((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)]
            )
    return out
