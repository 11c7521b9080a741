"""Two columns printed side by side, kept by an extraction tool as wide gaps: letterhead and signature.

"ỦY BAN NHÂN DÂN          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" is two lines; so is every line from "Nơi nhận:" on
that holds the signature on its right. The right column of the signature follows the left one.
"""

from __future__ import annotations

import re

_GAP = re.compile(r"(?<=\S)(?:\s{4,}|\t+)(?=\S)")
_LETTERHEAD = re.compile(
    r"CỘNG H|Độc lập|^\s*Số\s*:|ngày.{0,20}tháng.{0,12}năm|"
    r"^\s*(?:SỞ|PHÒNG|TRƯỜNG|BỘ|ỦY BAN|UỶ BAN|UBND|TỈNH|XÃ|PHƯỜNG|THÀNH PHỐ)\b"
)
_RECIPIENTS = re.compile(r"^\s*[*_]*N[ơo]i\s+nhận", re.I)
_SIGNATURE = re.compile(r"(?:TM|KT|TL|TUQ|Q)\s*\.\s*[A-ZĐ]|GIÁM ĐỐC|HIỆU TRƯỞNG|CHỦ TỊCH|TRƯỞNG|CHÁNH VĂN PHÒNG")
#: the same with one space: "- Như mục C; PHÓ GIÁM ĐỐC"
_BESIDE = re.compile(
    r"^((?!(?:KT|TM|TL|TUQ|Q)\s*\.).{4,}?[;:.,])\s+"
    r"((?:(?:KT|TM|TL|TUQ|Q)\s*\.\s*[A-ZĐ]|"
    r"(?:PHÓ )?(?:GIÁM ĐỐC|HIỆU TRƯỞNG|CHỦ TỊCH|TRƯỞNG PHÒNG|CHÁNH VĂN PHÒNG)\b)[^a-z]*)$"
)
_ARCHIVE = re.compile(r"^\s*[-–]?\s*Lưu\b")
_END = re.compile(r"^\s*[*_#]*(?:PHỤ LỤC|Phụ lục|DANH MỤC)\b|^\s*\||<table", re.I)
#: lines of a letterhead stand at the top; of a signature, so many below "Nơi nhận"
_TOP, _FOOT = 16, 30
#: a line that begins so far to the right belongs to the right column
_RIGHT = 28


def split_letterhead(raw: str, number: int) -> list[str]:
    """The columns of a line of the letterhead, else the line alone."""
    if number > _TOP or not _LETTERHEAD.search(raw):
        return [raw]
    return [part for part in _GAP.split(raw) if part.strip()] or [raw]


def signature_lines(rows: list[str], first: int) -> list[list[tuple[str, int]]] | None:
    """Lines from "Nơi nhận" (index `first`) on as (text, index): left column, right column; None for one column.

    Ends where an appendix begins.
    """
    if not _RECIPIENTS.match(rows[first]):
        return None
    left: list[tuple[str, int]] = []
    right: list[tuple[str, int]] = []
    two = archived = False
    index = first
    for index in range(first, min(len(rows), first + _FOOT)):
        raw = rows[index].replace("\f", " ").replace("*", "")
        if index > first and (_END.search(raw) or "\f" in rows[index]):
            break
        if not raw.strip():
            continue
        indent = len(raw) - len(raw.lstrip())
        parts = _GAP.split(raw.strip(), maxsplit=1)
        beside = _BESIDE.match(raw.strip()) if len(parts) == 1 else None
        if beside:
            parts = [beside[1], beside[2]]
        if len(parts) == 2:
            two = two or bool(_SIGNATURE.search(parts[1]))
            left.append((parts[0], index))
            right.append((parts[1], index))
        elif indent >= _RIGHT or (two and archived and raw.strip()[0] not in "-–+"):
            right.append((raw.strip(), index))
        else:
            left.append((raw.strip(), index))
        archived = archived or bool(_ARCHIVE.match(raw))
    return [left, right] if two else None
