"""Every measure of Nghị định 30/2020/NĐ-CP, Phụ lục I, in one place: millimetres and points.

`LIMITS` are what the decree allows; `Style` is what we print, and refuses a value outside the limits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

#: Printed name of the typeface; the PDF uses Tinos, which has the same advance widths.
FONT = "Times New Roman"
PDF_FONT = "Tinos"
FONT_DIR = Path(__file__).parent / "fonts"

PAGE_WIDTH_MM = 210.0
PAGE_HEIGHT_MM = 297.0
MM_PER_PT = 25.4 / 72

#: One line of Times New Roman at single spacing, as a share of its size: ascent, descent, line gap.
LINE_HEIGHT = (1825 + 443 + 87) / 2048
ASCENT = 1825 / 2048
DESCENT = 443 / 2048

#: name → (least, most) that Phụ lục I allows.
LIMITS: dict[str, tuple[float, float]] = {
    "top_mm": (20, 25),
    "bottom_mm": (20, 25),
    "left_mm": (30, 35),
    "right_mm": (15, 20),
    "nation_pt": (12, 13),  # ô 1 Quốc hiệu
    "motto_pt": (13, 14),  # ô 1 Tiêu ngữ
    "agency_pt": (12, 13),  # ô 2
    "number_pt": (13, 13),  # ô 3
    "date_pt": (13, 14),  # ô 4
    "title_pt": (13, 14),  # ô 5a
    "subject_pt": (12, 13),  # ô 5b
    "body_pt": (13, 14),  # ô 6, 9a
    "sign_pt": (13, 14),  # ô 7a, 7b
    "recipients_title_pt": (12, 12),  # ô 9b
    "recipients_pt": (11, 11),  # ô 9b
    "mark_pt": (13, 14),  # ô 10a, 10b, 11
    "contact_pt": (11, 12),  # ô 13
    "page_number_pt": (13, 14),
    "indent_mm": (10, 12.7),
    "gap_pt": (6, 36),  # at least 6 pt; a ceiling only catches slips
    "line": (1.0, 1.5),
    "table_pt": (11, 14),  # the decree sets none for tables
}

#: Ô 10b: width and height of the red frame.
URGENCY_MM = {"HỎA TỐC": (30.0, 8.0), "THƯỢNG KHẨN": (40.0, 8.0), "KHẨN": (20.0, 8.0)}

#: Length of the rules under the issuing agency and under the trích yếu: 1/3 to 1/2 of the line.
RULE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes and distances of one document. The sizes grow together: 12–13–13, or 13–14–14."""

    top_mm: float = 20
    bottom_mm: float = 20
    left_mm: float = 30
    right_mm: float = 15
    nation_pt: float = 12
    motto_pt: float = 13
    agency_pt: float = 12
    number_pt: float = 13
    date_pt: float = 13
    title_pt: float = 14
    subject_pt: float = 12
    body_pt: float = 14
    sign_pt: float = 14
    recipients_title_pt: float = 12
    recipients_pt: float = 11
    mark_pt: float = 13
    contact_pt: float = 11
    page_number_pt: float = 13
    indent_mm: float = 12.7
    gap_pt: float = 6
    line: float = 1.1
    table_pt: float = 12

    def __post_init__(self) -> None:
        for spec in fields(self):
            low, high = LIMITS[spec.name]
            value = getattr(self, spec.name)
            if not low <= value <= high:
                raise ValueError(
                    f"{spec.name} = {value:g} nằm ngoài khoảng {low:g}–{high:g} của Nghị định 30/2020."
                )

    def text_width_mm(self, landscape: bool = False) -> float:
        """Width between the margins."""
        return (PAGE_HEIGHT_MM if landscape else PAGE_WIDTH_MM) - self.left_mm - self.right_mm


@lru_cache(maxsize=4)
def _font(bold: bool, italic: bool) -> ImageFont.FreeTypeFont:
    name = {
        (False, False): "Regular",
        (True, False): "Bold",
        (False, True): "Italic",
        (True, True): "BoldItalic",
    }
    path = FONT_DIR / f"{PDF_FONT}-{name[bold, italic]}.ttf"
    # 2048 units to the em: lengths are then exact font units, without rounding or kerning.
    return ImageFont.truetype(str(path), 2048, layout_engine=ImageFont.Layout.BASIC)


def text_width_mm(text: str, size_pt: float, *, bold: bool = False, italic: bool = False) -> float:
    """Printed width of one line of Times New Roman, in millimetres."""
    return _font(bold, italic).getlength(text) / 2048 * size_pt * MM_PER_PT
