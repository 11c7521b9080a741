"""Citations of legal documents: looking them up however they are printed, and what is wrong with them. Pure.

The registry itself (numbers, validity, replacements) is data: `plans/data/legal_documents.csv`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from loa.lib.vi import fold

#: National Assembly → years in which it sat and could number its documents (both ends inclusive)
ASSEMBLIES = {
    9: (1992, 1997),
    10: (1997, 2002),
    11: (2002, 2007),
    12: (2007, 2011),
    13: (2011, 2016),
    14: (2016, 2021),
    15: (2021, 2026),
    16: (2026, 2031),
}
_ASSEMBLY = re.compile(r"QH\s?(\d{1,2})\b", re.I)
_YEAR = re.compile(r"(?<!\d)(?:/)?((?:19|20)\d{2})(?!\d)")
#: forms of a document's own number: 51/2017/QH14; the kind may not stand in it
_ASSEMBLY_FORM = re.compile(r"^\d{1,4}/\d{4}/(?:[A-ZĐ]+-)?(?:UBTV)?QH\d{1,2}$", re.I)
_LEAD = re.compile(r"^[^\d]*(?=\d)")


def legal_key(number: str) -> str:
    """The number folded, without spaces, marks and leading words: what the registry is looked up with.

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


@dataclass(frozen=True)
class Known:
    """What the registry says of one document."""

    number: str
    valid_to: dt.date | None
    replaced_by: str
    note: str = ""


@dataclass(frozen=True)
class Doubt:
    """Something wrong with a citation. `tone` "act": should be acted on, "wait": look at it."""

    code: str
    tone: str
    data: dict[str, Any]


def impossible_suffix(number: str) -> dict[str, Any] | None:
    """Why a National Assembly number cannot be: its year is not one of that Assembly's, or its form is wrong.

    >>> impossible_suffix("37/2024/NQ/QH11")["years"]
    '2002–2007'
    >>> impossible_suffix("29/2018/QH14") is None
    True
    """
    found = _ASSEMBLY.search(number)
    if not found:
        return None
    assembly = int(found[1])
    years = _YEAR.findall(number)
    if assembly in ASSEMBLIES and years:
        first, last = ASSEMBLIES[assembly]
        if not first <= int(years[0]) <= last:
            return {"assembly": assembly, "year": int(years[0]), "years": f"{first}–{last}"}
    if not _ASSEMBLY_FORM.match(number.replace(" ", "")):
        return {"assembly": assembly, "year": int(years[0]) if years else None, "years": ""}
    return None


def doubt_of(
    *,
    number: str,
    date: str | None,
    known: Known | None,
    signed_on: dt.date | None,
    ends_on: dt.date | None,
    today: dt.date,
) -> Doubt | None:
    """The most serious thing wrong with a citation, or None.

    `date`: its date as printed (ISO, may be year or month only); `signed_on`: of the plan that cites it.
    """
    wrong = impossible_suffix(number or "")
    if wrong:
        return Doubt("basis.suffix" if wrong["years"] else "basis.form", "wait", wrong)
    if date and signed_on and date[:10] > signed_on.isoformat()[: len(date)]:
        return Doubt("basis.later", "wait", {"date": date, "signed_on": signed_on.isoformat()})
    if known is None or known.valid_to is None or known.valid_to > today:
        if known is not None and known.valid_to is not None and ends_on and known.valid_to <= ends_on:
            return Doubt("basis.expiring", "wait", _expiry(known))
        return None
    if signed_on and known.valid_to <= signed_on:
        return Doubt("basis.expired", "act", _expiry(known))
    if ends_on and known.valid_to > ends_on:
        return Doubt("basis.expired_since", "wait", _expiry(known))
    return Doubt("basis.expired_within", "act", _expiry(known))


def _expiry(known: Known) -> dict[str, Any]:
    assert known.valid_to is not None
    return {"valid_to": known.valid_to.isoformat(), "replaced_by": known.replaced_by, "note": known.note}
