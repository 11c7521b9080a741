"""How a number is looked up however it is printed, and numbers that cannot be. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from loa.lib.vi import fold

from .bodies import rows_of

_ASSEMBLY = re.compile(r"QH\s?(\d{1,2})\b", re.I)
_YEAR = re.compile(r"(?<!\d)(?:/)?((?:19|20)\d{2})(?!\d)")
#: forms of a document's own number: 51/2017/QH14; the kind may not stand in it
_ASSEMBLY_FORM = re.compile(
    r"^\d{1,4}/(?:\d{4}/(?:[A-ZĐ]+-)?(?:UBTV)?QH|NQ-UBTVQH)\d{1,2}$", re.I
)  # 1686/NQ-UBTVQH15: the Standing Committee's single decisions bear no year
#: "88/2013/NQ-QH13": the sign of a resolution is no part of an Assembly's number
_KIND_INSIDE = re.compile(r"/(?:NQ|L)[-–/]QH", re.I)
_LEAD = re.compile(r"^[^\d]*(?=\d)")
_NUMBERED_YEAR = re.compile(r"^\s*\d{1,5}\s?/\s?((?:19|20)\d{2})\s?/")


@lru_cache(maxsize=1)
def assemblies() -> dict[int, tuple[int, int]]:
    """National Assembly → years in which it could number its documents, both ends inclusive (`assemblies.csv`)."""
    return {
        int(row["assembly"]): (int(row["first_year"]), int(row["last_year"])) for row in rows_of("assemblies.csv")
    }


def legal_key(number: str) -> str:
    """The number folded, without spaces, marks and leading words: what the register is looked up with.

    >>> legal_key("NĐ 42/2022/NĐ-CP") == legal_key("số 42/2022/NĐ - CP")
    True
    >>> legal_key("1909/KH-BGD&ĐT")
    '1909/khbgddt'
    """
    folded = re.sub(r"[^a-z0-9/]", "", fold(number))
    return _LEAD.sub("", folded).strip("/")[:60]


def name_key(name: str) -> str:
    """Key of a law cited by name only: "Luật Báo chí 2016" → "luatbaochi"."""
    folded = re.sub(r"(?:\bnam\b\s*)?\b(?:19|20)\d{2}\b", "", fold(name))
    return re.sub(r"[^a-z]", "", folded)[:60]


def year_of_number(number: str) -> int | None:
    """The year a number bears: 2022 of "42/2022/NĐ-CP"; None of "07/CT-TTg", whose series is begun anew yearly."""
    found = _NUMBERED_YEAR.match(number)
    return int(found[1]) if found else None


def impossible_suffix(number: str) -> dict[str, Any] | None:
    """Why a National Assembly number cannot be: its year is not one of that Assembly's, or its form is wrong.

    >>> impossible_suffix("37/2024/NQ/QH11")["years"]
    '2002–2007'
    >>> impossible_suffix("88/2013/NQ-QH13")["form"]
    True
    >>> impossible_suffix("29/2018/QH14") is None
    True
    """
    found = _ASSEMBLY.search(number)
    if not found:
        return None
    assembly = int(found[1])
    years = _YEAR.findall(number)
    compact = number.replace(" ", "")
    form = bool(_KIND_INSIDE.search(compact)) or not _ASSEMBLY_FORM.match(compact)
    span = assemblies().get(assembly)
    year = int(years[0]) if years else None
    if span and year is not None and not span[0] <= year <= span[1]:
        return {"assembly": assembly, "year": year, "years": f"{span[0]}–{span[1]}", "form": form}
    if form:
        return {"assembly": assembly, "year": year, "years": "", "form": True}
    return None
