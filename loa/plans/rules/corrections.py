"""What a correction letter says is wrong in a signed document, and what should stand there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: rules whose remark is a mistake in the print; what only lost its validity later is none
MISTAKES = frozenset(
    {
        "basis.suffix",
        "basis.form",
        "basis.later",
        "basis.date",
        "basis.two_dates",
        "basis.near",
        "basis.expired",
        "basis.expired_within",
        "basis.first_mention",
        "recipient.gone",
        "body.gone",
        "person.phone",
        "person.mail",
        "reader.suffix",
    }
)
#: most places one letter corrects
MOST = 40


def printed_date(iso: str) -> tuple[str, ...]:
    """How a day may stand in a text: with and without zeros, in words.

    >>> printed_date("2014-11-08")
    ('08/11/2014', '8/11/2014', '08-11-2014', '8-11-2014', 'ngày 08 tháng 11 năm 2014', 'ngày 8 tháng 11 năm 2014')
    """
    if len(iso) != 10:
        return ()
    year, month, day = iso.split("-")
    short_day, short_month = str(int(day)), str(int(month))
    forms = [
        f"{day}/{month}/{year}",
        f"{short_day}/{short_month}/{year}",
        f"{day}/{short_month}/{year}",
        f"{day}-{month}-{year}",
        f"{short_day}-{short_month}-{year}",
        f"ngày {day} tháng {month} năm {year}",
        f"ngày {short_day} tháng {short_month} năm {year}",
    ]
    return tuple(dict.fromkeys(forms))


def with_date(quote: str, old: str, new: str) -> str:
    """The quote with a printed day replaced by another, in the form it was printed; as it was when not there.

    >>> with_date("Nghị quyết số 88/2014/QH13 ngày 28/10/2014", "2014-10-28", "2014-11-28")
    'Nghị quyết số 88/2014/QH13 ngày 28/11/2014'
    """
    for before, after in zip(printed_date(old), printed_date(new), strict=False):
        if before in quote:
            return quote.replace(before, after)
    return quote


def suggested(
    quote: str, warning: Mapping[str, Any] | None, original: Mapping[str, Any], now: Mapping[str, Any]
) -> str:
    """What should stand there, as far as the remark or the officer's own edit says it; empty when neither does.

    >>> suggested("Nghị định số 42/2022/NĐ-CP", {"code": "basis.expired",
    ...     "data": {"replaced_by": "Nghị định 224/2026/NĐ-CP"}}, {}, {})
    'Nghị định 224/2026/NĐ-CP'
    >>> suggested("Quyết định 118/QĐ-TTg", None, {"number": "118/QĐ-TTg"}, {"number": "117/QĐ-TTg"})
    'Quyết định 117/QĐ-TTg'
    """
    right = quote
    old, new = str(original.get("number") or ""), str(now.get("number") or "")
    if old and new and old != new and old in right:
        right = right.replace(old, new)
    old, new = str(original.get("date") or ""), str(now.get("date") or "")
    if old and new and old != new:
        right = with_date(right, old, new)
    if right != quote:
        return right
    code, data = (warning or {}).get("code") or "", (warning or {}).get("data") or {}
    if code == "basis.date":
        changed = with_date(quote, str(data.get("date") or ""), str(data.get("known_date") or ""))
        return changed if changed != quote else ""
    if code == "basis.near":
        number, known = str(data.get("number") or ""), str(data.get("known") or "").split()
        return quote.replace(number, known[-1]) if number and number in quote and known else ""
    if code in ("basis.suffix", "basis.form"):
        likely = str(data.get("likely") or "").split(" (")[0].split()
        number = str(now.get("number") or "")
        return quote.replace(number, likely[-1]) if likely and number and number in quote else ""
    if code in ("basis.expired", "basis.expired_within"):
        return str(data.get("replaced_by") or "")
    if code in ("recipient.gone", "body.gone"):
        return str(data.get("now") or "")
    return ""
