"""How a unit is written on its official documents: name, code, who signs. Pure."""

from __future__ import annotations

import re
import unicodedata

#: abbreviations that are no initials: words kept whole in a unit's document code
_WHOLE = frozenset({"THCS", "THPT", "PTDTBT", "PTDTNT", "GDTX", "GDNN", "UBND", "TH", "MN", "TT"})
#: words a unit's code leaves out
_SKIPPED = frozenset({"truong", "va", "-", "–"})


def unit_code(name: str) -> str:
    """The abbreviation of a unit in document numbers when it has none of its own.

    "Trường THCS Sơn Thượng" → "THCSST", "Sở Giáo dục và Đào tạo" → "SGDĐT".
    """
    code = ""
    for word in unicodedata.normalize("NFC", name).replace("(", " ").split():
        bare = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
        bare = "".join(char for char in bare if not unicodedata.combining(char))
        if bare in _SKIPPED or not word[0].isalnum():
            continue
        code += word if word in _WHOLE or word.isdigit() else word[0].upper()
    return code[:20]


def agency_name(kind: str, name: str, *, above: bool = False) -> str:
    """What a unit is called in the header of a document.

    A commune signs as its committee ("Ủy ban nhân dân xã …"); above the name of a school (`above`) the common
    words are abbreviated ("UBND xã …"), as the decree allows.
    """
    if kind != "ubnd_xa":
        return name
    short, full = "UBND ", "Ủy ban nhân dân "
    rest = re.sub(r"^(UBND|(Ủy|Uỷ) ban nhân dân)\s+", "", name, flags=re.IGNORECASE)
    return (short if above else full) + rest[0].lower() + rest[1:]


def agency_code(kind: str, symbol: str, name: str) -> str:
    """The unit's abbreviation in document numbers: its own, "UBND" for a commune, else its initials."""
    return symbol or ("UBND" if kind == "ubnd_xa" else unit_code(name))


def head_title(kind: str) -> str:
    """Title of the head of a unit of that kind, when the membership does not say it."""
    if kind in ("so", "trung_tam", "gdtx"):
        return "Giám đốc"
    if kind == "ubnd_xa":
        return "Chủ tịch"
    if kind in ("phong_so", "phong_gddt", "phong_vhxh"):
        return "Trưởng phòng"
    if kind == "khac":
        return "Thủ trưởng đơn vị"
    return "Hiệu trưởng"


def authority_lines(title: str, kind: str) -> tuple[str, ...]:
    """Lines above the signature.

    A deputy signs for the head ("KT. HIỆU TRƯỞNG / PHÓ HIỆU TRƯỞNG"); a commune's chairman for its committee
    ("TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH"), a deputy there for both.
    """
    title = title.strip() or head_title(kind)
    lines: tuple[str, ...] = ()
    if kind == "ubnd_xa" and "chủ tịch" in title.lower():
        title = re.sub(r"\s+(UBND|Ủy ban nhân dân|Uỷ ban nhân dân).*$", "", title)
        lines = ("TM. Ủy ban nhân dân",)
    if title.lower().startswith("phó "):
        head = title[4:].strip()
        return (*lines, f"KT. {head}", title)
    return (*lines, title)
