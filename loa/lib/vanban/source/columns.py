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
_END = re.compile(r"^\s*[*_#]*(?:(?i:phụ lục|danh mục)|BẢNG|BIỂU|LỊCH)\b|^\s*\||<table|\S\t+[^\t]+\t+\S")
#: lines of a letterhead stand at the top; of a signature, so many below "Nơi nhận"
_TOP, _FOOT = 16, 30
#: a line that begins so far to the right belongs to the right column
_RIGHT = 28


def split_letterhead(raw: str, number: int) -> list[str]:
    """The columns of a line of the letterhead, else the line alone."""
    if number > _TOP or not _LETTERHEAD.search(raw):
        return [raw]
    return [part for part in _GAP.split(raw) if part.strip()] or [raw]


_SIDE_BY_SIDE = re.compile(r"CỘNG H|Độc lập|ngày.{0,20}tháng.{0,12}năm")
_BELOW_HEAD = re.compile(
    r"^\s*[*_#]*(?:KẾ HOẠCH|CHƯƠNG TRÌNH|THÔNG BÁO|BÁO CÁO|HƯỚNG DẪN|QUYẾT ĐỊNH|Kính gửi|Căn cứ)"
)


def letterhead_lines(rows: list[str], first: int) -> list[list[tuple[str, int]]] | None:
    """The two columns of a letterhead whose lines are broken inside a column, as (text, index); else None.

    V/v triển khai công tác truyền thông        Đông Sơn, ngày 21 tháng 02 năm
            GD&ĐT năm 2022                                  2022
    """
    if first >= _TOP:
        return None
    left: list[tuple[str, int]] = []
    right: list[tuple[str, int]] = []
    broken = shown = False
    for index in range(first, min(len(rows), first + _TOP)):
        raw = rows[index].replace("\f", " ").replace("*", "")
        if not raw.strip():
            continue
        parts = [part for part in re.split(r"(?<=\S)\s{3,}(?=\S)", raw.strip()) if part]
        if len(parts) > 2 or _BELOW_HEAD.match(raw) or "|" in raw or "\t" in raw:
            break
        indent = len(raw) - len(raw.lstrip())
        if len(parts) == 2:
            shown = shown or bool(_SIDE_BY_SIDE.search(parts[1]))
            broken = broken or bool(right and re.search(r"(?:ngày|tháng|năm)\s*\d{0,2}$", right[-1][0]))
            left.append((parts[0], index))
            right.append((parts[1], index))
        elif indent >= _RIGHT:
            broken = broken or bool(right and re.search(r"(?:ngày|tháng|năm)\s*\d{0,2}$", right[-1][0]))
            right.append((parts[0], index))
        elif (len(parts[0]) <= 45 and not shown and not left) or (len(parts[0]) <= 45 and shown):
            left.append((parts[0], index))
        else:
            break
    if not (shown and broken):
        return None
    whole: list[tuple[str, int]] = []
    for text, index in right:
        if whole and re.search(r"(?:ngày|tháng|năm)\s*\d{0,2}$", whole[-1][0]):
            whole[-1] = (f"{whole[-1][0]} {text}", whole[-1][1])
        else:
            whole.append((text, index))
    return [left, whole]


def signature_lines(rows: list[str], first: int) -> list[list[tuple[str, int]]] | None:
    """Lines from "Nơi nhận" (index `first`) on as (text, index): left column, right column; None for one column.

    Ends where an appendix or a table begins.
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
