"""One PDF page as words with positions and ruling lines. Points, origin bottom left, as PDF has them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

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


#: PDFium's codes for a hyphen at the end of a line
_HYPHENS = frozenset("\x02\xad\ufffe")
#: what stands between words
_BLANK = frozenset({*map(chr, range(33)), "\xa0", "\uffff"}) - _HYPHENS


def _with_addresses(function: Any, numbers: int) -> Callable[..., int]:
    """A function of PDFium that writes so many numbers, called with plain addresses where to write them.

    The box of a character is asked for 80,000 times in a plan of fifty pages. This takes half as long as by way of
    pypdfium2, which checks and converts as many typed pointers a call.
    """
    shape = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * numbers)
    return shape(ctypes.cast(function, ctypes.c_void_p).value or 0)


_char_box = _with_addresses(pdfium_c.FPDFText_GetCharBox, 4)
_char_origin = _with_addresses(pdfium_c.FPDFText_GetCharOrigin, 2)


def _characters(textpage: pdfium.PdfTextPage) -> list[str]:
    """The characters of a page in PDFium's order, read at once.

    PDFium writes UTF-16 and leaves out characters without a code. When there are not as many units as characters,
    or one takes two units, each is asked for alone: the boxes are found by a character's number.
    """
    count = min(textpage.count_chars(), MAX_PAGE_CHARACTERS)
    units = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage.raw, 0, count, units) - 1  # the last is a zero
    codes = units[:count]
    if written != count or any(0xD800 <= code < 0xE000 for code in codes):
        codes = [pdfium_c.FPDFText_GetUnicode(textpage.raw, index) for index in range(count)]
        return _joined([chr(code) if code < 0x110000 else "" for code in codes])
    return list(map(chr, codes))


def _joined(characters: list[str]) -> list[str]:
    """Halves of a pair (UTF-16, for a character beyond U+FFFF) become that character and nothing; half of one
    alone is no character that could be stored.
    """
    for index, char in enumerate(characters):
        if "\ud800" <= char < "\ue000":
            after = characters[index + 1] if index + 1 < len(characters) else ""
            if char < "\udc00" <= after < "\ue000":
                pair = (char + after).encode("utf-16", "surrogatepass").decode("utf-16")
                characters[index : index + 2] = [pair, ""]
            else:
                characters[index] = "\ufffd"
    return characters


def _words(textpage: pdfium.PdfTextPage) -> list[Word]:
    """Characters without a space or a gap between them, in PDFium's order."""
    raw = textpage.raw
    address = ctypes.cast(raw, ctypes.c_void_p).value
    left, right, bottom, top, _, base = numbers = [ctypes.c_double() for _ in range(6)]
    to_left, to_right, to_bottom, to_top, to_x, to_base = map(ctypes.addressof, numbers)
    words: list[Word] = []
    letters_of: list[list[tuple[float, str]]] = []
    word: Word | None = None  # the one being gathered
    letters: list[tuple[float, str]] = []
    unit = 4.0
    after_digit = False
    for index, char in enumerate(_characters(textpage)):
        if char in _BLANK:
            word = None
            continue
        if char in _HYPHENS:
            char = "-"
        is_digit = char.isdigit()
        _char_box(address, index, to_left, to_right, to_bottom, to_top)
        x0, x1, y0, y1 = left.value, right.value, bottom.value, top.value
        if word is not None:
            gap = x0 - word.right
            rise = (y0 + y1) / 2 - (word.bottom + word.top) / 2
            away = gap > unit * 0.28 or gap < -unit * 2 or abs(rise) > unit * 0.9
            if away and x1 - x0 > 0.01:
                word = None
            elif is_digit != after_digit and abs(pdfium_c.FPDFText_GetFontSize(raw, index) - word.size) > 1.2:
                word = None  # a raised footnote mark beside a word
        if word is None:
            size = pdfium_c.FPDFText_GetFontSize(raw, index)
            if size <= 1.5:  # scaled by the text matrix: the height of the box tells more
                size = max(y1 - y0, 1.0) * 1.35
            _char_origin(address, index, to_x, to_base)
            word = Word("", x0, x1, y0, y1, size, base.value)
            unit = max(size, 4.0)
            words.append(word)
            letters = []
            letters_of.append(letters)
        else:
            if x0 < word.left:
                word.left = x0
            if x1 > word.right:
                word.right = x1
            if y0 < word.bottom:
                word.bottom = y0
            if y1 > word.top:
                word.top = y1
        letters.append((x0, char))
        after_digit = is_digit
    for word, letters in zip(words, letters_of, strict=True):
        # a glyph borrowed from another font is drawn after its neighbours: place decides, not order
        letters.sort(key=itemgetter(0))
        word.text = "".join([char for _, char in letters])
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
