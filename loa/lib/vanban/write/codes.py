"""Types of official documents, their codes, and how numbers and dates are printed.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I (thể thức) and Phụ lục III (chữ viết tắt tên loại).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

#: Code → name of the type (tên loại), the 27 named types of Phụ lục III. A công văn and a thư công
#: carry no type name: their code is the empty string.
TYPE_NAMES: dict[str, str] = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "TC": "Thông cáo",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "DA": "Dự án",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "HĐ": "Hợp đồng",
    "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ",
    "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
}

#: The letters that number điểm: the Vietnamese alphabet without the letters that only carry
#: a diacritic (ă, â, ê, ô, ơ, ư) and with đ. No f, j, w, z.
POINT_LETTERS = "abcdđeghiklmnopqrstuvxy"

#: What a person fills in by hand on a document that has no number or day yet.
BLANK = "\u2003\u2003"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff\ufffe\uffff\ud800-\udfff]")
_WHITE = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def clean(text: str) -> str:
    """Text as it is printed: NFC (TCVN 6909:2001), single spaces, nothing a file format refuses."""
    return _WHITE.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()


def upper(text: str) -> str:
    """Capitals by Unicode rules ("ộ" → "Ộ"), never by a font or a 'caps' attribute."""
    return clean(text).upper()


def roman(number: int) -> str:
    """1 → I, 4 → IV. Raises ValueError below 1."""
    if number < 1:
        raise ValueError(f"Số La Mã bắt đầu từ 1, không có {number}.")
    out = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        out += letters * count
    return out


def point_label(index: int) -> str:
    """Label of the index-th điểm, from 1: a, b, c, d, đ, e, g … y, then aa, ab …"""
    if index < 1:
        raise ValueError(f"Điểm được đánh từ 1, không có {index}.")
    out = ""
    while index:
        index, rest = divmod(index - 1, len(POINT_LETTERS))
        out = POINT_LETTERS[rest] + out
    return out


def number_text(number: int | None, symbol: str) -> str:
    """The line "Số: 05/KH-SGDĐT"; a number under 10 gets a 0, a missing one leaves room for a pen."""
    printed = BLANK if number is None else f"{number:02d}"
    return f"Số: {printed}/{symbol}"


def date_text(date: dt.date) -> str:
    """ "ngày 05 tháng 01 năm 2026": days under 10 and the months 1 and 2 get a 0, other months none."""
    month = f"{date.month:02d}" if date.month in (1, 2) else str(date.month)
    return f"ngày {date.day:02d} tháng {month} năm {date.year}"


def blank_date_text(year: int | None = None, month: int | None = None) -> str:
    """The same line with room left for what is not known yet."""
    if month is None:
        printed_month = BLANK
    else:
        printed_month = f"{month:02d}" if month in (1, 2) else str(month)
    return f"ngày {BLANK} tháng {printed_month} năm {year if year is not None else BLANK}"


def symbol(type_code: str, unit_code: str, division_code: str = "") -> str:
    """Symbol after the number: "BC-SGDĐT"; for a công văn "SGDĐT-VP" (no type code).

    Raises ValueError for a type code that Phụ lục III does not know, or an empty unit code.
    """
    unit_code = clean(unit_code)
    if not unit_code:
        raise ValueError("Thiếu chữ viết tắt tên cơ quan ban hành trong ký hiệu văn bản.")
    if type_code and type_code not in TYPE_NAMES:
        raise ValueError(
            f"Không có tên loại văn bản nào viết tắt là “{type_code}” (Nghị định 30/2020, Phụ lục III)."
        )
    if type_code:
        return f"{type_code}-{unit_code}"
    return f"{unit_code}-{clean(division_code)}" if clean(division_code) else unit_code
