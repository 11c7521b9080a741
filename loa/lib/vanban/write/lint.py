"""What a .docx breaks of Nghị định 30/2020, Phụ lục I: anybody's file, ours or one typed by hand.

Nothing is corrected; every finding is a sentence that says what stands there and what the decree asks.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from loa.lib.vanban.lint.bodies import obsolete_names

from .codes import TYPE_NAMES, date_text
from .layout import MOTTO, NATION
from .measures import FONT, LIMITS, PAGE_HEIGHT_MM, PAGE_WIDTH_MM

_NUMBER = re.compile(r"^\s*(Số|SỐ)\s*:\s*(\d*)\s*(\s?/\s?)\s*(\S.*?)\s*$")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: a stable code, a Vietnamese sentence, the words it speaks of."""

    code: str
    message: str
    quote: str = ""


def lint_docx(data: bytes, *, day: dt.date | None = None) -> list[Finding]:
    """Breaches found in a .docx, in reading order. `day`: recipients are judged as of it (default: today).

    Raises ValueError, in words, for a file that is not a .docx.
    """
    try:
        file = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise ValueError("Tệp này không phải văn bản Word (.docx) hoặc đã hỏng.") from error
    return list(_Linter(file, day or dt.datetime.now(dt.UTC).date()).findings())


class _Linter:
    def __init__(self, file: Any, day: dt.date) -> None:
        self.file = file
        self.day = day
        self.styles = {style.style_id: style for style in file.styles}
        self.defaults = file.styles.element.find(qn("w:docDefaults"))
        #: every paragraph, those of tables in their place
        self.paragraphs = [p for p in file.element.body.iter(qn("w:p")) if _text(p).strip()]

    def findings(self) -> Iterator[Finding]:
        yield from self._page()
        yield from self._page_number()
        yield from self._fonts()
        yield from self._motto()
        yield from self._number_and_date()
        yield from self._body()
        yield from self._ending()
        yield from self._recipients()

    # ---- page

    def _page(self) -> Iterator[Finding]:
        for number, section in enumerate(self.file.sections, 1):
            where = f" (phần {number})" if len(self.file.sections) > 1 else ""
            if section.page_width is None or section.page_height is None:
                continue
            sides = sorted((section.page_width.mm, section.page_height.mm))
            if abs(sides[0] - PAGE_WIDTH_MM) > 1 or abs(sides[1] - PAGE_HEIGHT_MM) > 1:
                yield Finding(
                    "page.size", f"Khổ giấy{where} {sides[0]:.0f} × {sides[1]:.0f} mm, cần A4 (210 × 297 mm)."
                )
            for name, label in (("top", "trên"), ("bottom", "dưới"), ("left", "trái"), ("right", "phải")):
                low, high = LIMITS[f"{name}_mm"]
                margin = getattr(section, f"{name}_margin")
                if margin is not None and not low - 0.2 <= margin.mm <= high + 0.2:
                    yield Finding(
                        f"page.margin.{name}",
                        f"Lề {label}{where} {margin.mm:.0f} mm, cần {low:.0f}–{high:.0f} mm.",
                    )

    def _page_number(self) -> Iterator[Finding]:
        section = self.file.sections[0]
        if not section.different_first_page_header_footer:
            yield Finding("page.first_number", "Trang thứ nhất không được hiện số trang.")
        header = section.header
        fields = [p for p in header.paragraphs if "PAGE" in "".join(_instructions(p._p))]
        if not fields:
            yield Finding("page.number", "Thiếu số trang ở giữa lề trên.")
        elif self._align(fields[0]._p) != "center":
            yield Finding("page.number_place", "Số trang phải canh giữa trong lề trên.")

    # ---- looks

    def _fonts(self) -> Iterator[Finding]:
        seen = set()
        for paragraph in self.paragraphs:
            for run in paragraph.iter(qn("w:r")):
                text = "".join(t.text or "" for t in run.iter(qn("w:t")))
                font = self._look(run, paragraph, "w:rFonts", "w:ascii")
                if text.strip() and font and font != FONT and font not in seen:
                    seen.add(font)
                    yield Finding("font", f"Phông chữ “{font}”, cần {FONT}.", text.strip()[:80])

    def _motto(self) -> Iterator[Finding]:
        yield from self._line(NATION, "nation", "Quốc hiệu", LIMITS["nation_pt"])
        yield from self._line(MOTTO, "motto", "Tiêu ngữ", LIMITS["motto_pt"])

    def _line(self, wanted: str, code: str, name: str, limits: tuple[float, float]) -> Iterator[Finding]:
        key = _letters(wanted)
        paragraph = next((p for p in self.paragraphs if _letters(_text(p)) == key), None)
        if paragraph is None:
            yield Finding(f"{code}.missing", f"Thiếu {name}: “{wanted}”.")
            return
        text = unicodedata.normalize("NFC", _text(paragraph)).strip()
        if text not in (wanted, wanted.replace("HÒA", "HOÀ")):
            yield Finding(f"{code}.text", f"{name} phải viết đúng “{wanted}”.", text)
        size = self._size(paragraph)
        if size is not None and not limits[0] <= size <= limits[1]:
            yield Finding(f"{code}.size", f"{name} cỡ {size:g}, cần {limits[0]:g}–{limits[1]:g}.", text)
        if not self._bold(paragraph):
            yield Finding(f"{code}.bold", f"{name} phải in đậm.", text)

    def _number_and_date(self) -> Iterator[Finding]:
        number = next((m for p in self.paragraphs[:14] if (m := _NUMBER.match(_text(p)))), None)
        if number:
            digits, slash, rest = number[2], number[3], number[4]
            if digits and digits != f"{int(digits):02d}":
                yield Finding("number.zero", f"Số văn bản phải ghi {int(digits):02d}.", number[0].strip())
            if slash != "/" or re.search(r"\s-|-\s", rest):
                yield Finding("number.spaces", "Giữa số và ký hiệu không có dấu cách.", number[0].strip())
            if rest != rest.upper() and not rest.startswith(
                tuple(code for code in TYPE_NAMES if code != code.upper())
            ):
                yield Finding("number.capitals", "Ký hiệu văn bản phải viết hoa.", number[0].strip())
        else:
            yield Finding("number.missing", "Thiếu dòng “Số: …/…”.")
        for paragraph in self.paragraphs[:14]:
            found = _DATE.search(_text(paragraph))
            if not found or "," not in _text(paragraph)[: found.start()]:
                continue
            try:
                printed = date_text(dt.date(int(found[3]), int(found[2]), int(found[1])))
            except ValueError:
                yield Finding("date.impossible", "Ngày tháng ban hành không có trong lịch.", found[0])
                return
            if " ".join(found[0].split()) != printed:
                yield Finding("date.zero", f"Ngày tháng phải ghi “{printed}”.", found[0])
            return

    def _body(self) -> Iterator[Finding]:
        low, high = LIMITS["body_pt"]
        for paragraph in self.paragraphs:
            text = _text(paragraph)
            if re.search(r"\S {2,}\S", text):
                yield Finding("space.double", "Có hai dấu cách liền nhau.", text.strip()[:80])
            if unicodedata.normalize("NFC", text) != text:
                yield Finding(
                    "unicode", "Chữ có dấu viết tách rời; cần Unicode dựng sẵn (TCVN 6909:2001).", text[:80]
                )
            if self._in_table(paragraph) or len(text) < 60:
                continue
            size = self._size(paragraph)
            if size is not None and not low <= size <= high:
                yield Finding("body.size", f"Nội dung cỡ {size:g}, cần {low:g}–{high:g}.", text.strip()[:80])
            if self._align(paragraph) not in ("both", "center"):
                yield Finding("body.align", "Nội dung phải canh đều hai bên.", text.strip()[:80])

    def _ending(self) -> Iterator[Finding]:
        signature = next(
            (i for i, p in enumerate(self.paragraphs) if _text(p).strip().startswith("Nơi nhận")), None
        )
        before = self.paragraphs[:signature] if signature is not None else []
        last = next((p for p in reversed(before) if not self._in_table(p)), None)
        if last is not None and not _text(last).rstrip().endswith("./."):
            yield Finding("ending", "Nội dung phải kết thúc bằng dấu “./.”.", _text(last).strip()[-80:])
        if signature is None:
            yield Finding("recipients.missing", "Thiếu “Nơi nhận”.")

    def _recipients(self) -> Iterator[Finding]:
        start = next((i for i, p in enumerate(self.paragraphs) if _text(p).strip().startswith("Nơi nhận")), None)
        lines = [_text(p).strip() for p in self.paragraphs[start + 1 :]] if start is not None else []
        lines = [line for line in lines if line.startswith(("-", "–"))]
        lines += [_text(p).strip() for p in self.paragraphs if _text(p).strip().startswith("Kính gửi")]
        for line in lines:
            for body in obsolete_names(line, self.day):
                yield Finding(
                    "recipients.obsolete",
                    f"“{body.phrase}” không còn từ {body.gone_from:%d/%m/%Y}; nay là {body.now}.",
                    line,
                )

    # ---- what a run looks like, wherever that is said

    def _look(self, run: Any, paragraph: Any, tag: str, attribute: str) -> str | None:
        for properties in self._properties(run, paragraph):
            found = properties.find(qn(tag))
            if found is not None and found.get(qn(attribute)) is not None:
                return str(found.get(qn(attribute)))
        return None

    def _properties(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """Run properties from the nearest to the farthest: run, its style, paragraph's styles, defaults."""
        if run is not None and run.rPr is not None:
            yield run.rPr
            named = run.rPr.find(qn("w:rStyle"))
            yield from self._chain(named.get(qn("w:val")) if named is not None else None)
        named = paragraph.pPr.find(qn("w:pStyle")) if paragraph.pPr is not None else None
        yield from self._chain(named.get(qn("w:val")) if named is not None else "Normal")
        if self.defaults is not None:
            yield from self.defaults.iter(qn("w:rPr"))

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        style = self.styles.get(style_id) if style_id else None
        while style is not None:
            properties = style.element.find(qn("w:rPr"))
            if properties is not None:
                yield properties
            style = style.base_style

    def _first_run(self, paragraph: Any) -> Any:
        runs = [r for r in paragraph.iter(qn("w:r")) if "".join(t.text or "" for t in r.iter(qn("w:t"))).strip()]
        return max(runs, key=lambda r: len("".join(t.text or "" for t in r.iter(qn("w:t")))), default=None)

    def _size(self, paragraph: Any) -> float | None:
        value = self._look(self._first_run(paragraph), paragraph, "w:sz", "w:val")
        return int(value) / 2 if value else None

    def _bold(self, paragraph: Any) -> bool:
        for properties in self._properties(self._first_run(paragraph), paragraph):
            found = properties.find(qn("w:b"))
            if found is not None:
                return found.get(qn("w:val")) not in ("0", "false")
        return False

    def _align(self, paragraph: Any) -> str:
        named = None
        if paragraph.pPr is not None:
            found = paragraph.pPr.find(qn("w:jc"))
            if found is not None:
                return str(found.get(qn("w:val")))
            named = paragraph.pPr.find(qn("w:pStyle"))
        style = self.styles.get(named.get(qn("w:val")) if named is not None else "Normal")
        while style is not None:
            properties = style.element.find(qn("w:pPr"))
            found = properties.find(qn("w:jc")) if properties is not None else None
            if found is not None:
                return str(found.get(qn("w:val")))
            style = style.base_style
        return "left"

    @staticmethod
    def _in_table(paragraph: Any) -> bool:
        return any(parent.tag == qn("w:tc") for parent in paragraph.iterancestors())


def _text(paragraph: Any) -> str:
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")))


def _instructions(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter(qn("w:instrText")):
        yield element.text or ""
    for element in paragraph.iter(qn("w:fldSimple")):
        yield element.get(qn("w:instr")) or ""


def _letters(text: str) -> str:
    """Letters only, lower, with "hoà" and "hòa" alike: finds a line however it was spaced."""
    plain = unicodedata.normalize("NFC", text).lower().replace("hoà", "hòa")
    return "".join(char for char in plain if char.isalpha())
