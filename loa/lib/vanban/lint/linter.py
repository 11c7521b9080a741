"""What a careful officer would question in a text. Nothing is corrected; each remark points at the words. Pure.

One linter for all that is written: plans (their citations one by one, `judge`, and the whole text), reports before
they are signed, stories in review. What is known of legal documents is handed in (`Register`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import table
from .bodies import mobile_numbers, obsolete_names, private_mail
from .cited import Cited, cited_in
from .keys import impossible_suffix, legal_key, year_of_number
from .register import Entry, Register
from .table import PLAN, RULES, STORY

_EVENT = {PLAN: "ngày ký kế hoạch", table.REPORT: "ngày ký báo cáo", STORY: "ngày đăng bài"}
_RECIPIENTS = re.compile(r"^\s*(?:Nơi nhận|Kính gửi)\b", re.I)
_LIST_LINE = re.compile(r"^\s*[-–]")
_ORDER = {table.ACT: 0, table.WAIT: 1, table.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something wrong with one citation: its rule's code and severity, and the values of its sentence."""

    code: str
    tone: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """One remark on a text: `quote` is what stands there, `start`/`end` where."""

    code: str
    severity: str
    message: str
    todo: str
    quote: str = ""
    start: int = 0
    end: int = 0
    #: key of the register's document it speaks of; empty when none
    document: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def day_words(value: Any) -> str:
    """dd/mm/yyyy of a date or of ISO text; partial ISO text gives "mm/yyyy" or the year."""
    if not value:
        return ""
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return "/".join(reversed(text[:10].split("-")))


def message(code: str, data: Mapping[str, Any], scope: str = PLAN) -> str:
    """The sentence of a rule with its values."""
    values = {"event": _EVENT[scope], **data}
    after = f", thay bằng {values['replaced_by']}." if values.get("replaced_by") else "."
    for name in ("valid_to", "date", "signed_on", "known_date", "gone_from"):
        if name in values:
            values[name] = day_words(values[name])
    text = RULES[code].sentence.format(after=after, **values)
    if values.get("note") and code.startswith("basis.expir"):
        text += f" {values['note']}."
    if values.get("likely"):
        text += f" Có thể là {values['likely']}."
    return text


def judge(
    *,
    number: str,
    date: str | None,
    known: Entry | None,
    signed_on: dt.date | None,
    ends_on: dt.date | None,
    today: dt.date,
    register: Register | None = None,
    subject: str | None = None,
) -> Doubt | None:
    """The most serious thing wrong with a citation, or None.

    `date`: its date as printed (ISO, may be year or month only); `signed_on`: of the document that cites it;
    `ends_on`: last day of the time it is for. `register`: to find what an unknown number may be a slip for.
    """
    wrong = impossible_suffix(number or "")
    if wrong:
        likely = register.near_assembly(number) if register else None
        data = {key: value for key, value in wrong.items() if key != "form"}
        data |= {"likely": f"{likely} ({likely.subject})"} if likely else {}
        return _doubt("basis.suffix" if wrong["years"] else "basis.form", data)
    if date and signed_on and date[:10] > signed_on.isoformat()[: len(date)]:
        return _doubt("basis.later", {"date": date, "signed_on": signed_on.isoformat()})
    if known is not None and known.valid_to is not None and known.valid_to <= today:
        if signed_on and known.valid_to <= signed_on:
            return _doubt("basis.expired", _expiry(known))
        if ends_on and known.valid_to > ends_on:
            return _doubt("basis.expired_since", _expiry(known))
        return _doubt("basis.expired_within", _expiry(known))
    if known is not None and known.valid_to is not None and ends_on and known.valid_to <= ends_on:
        return _doubt("basis.expiring", _expiry(known))
    if (
        known is not None
        and date
        and known.signed_on
        and known.signed_on.isoformat()[: len(date)] != date[:10]
        and (year_of_number(number) is not None or known.signed_on.year == int(date[:4]))
    ):
        return _doubt(
            "basis.date", {"number": known.number, "date": date, "known_date": known.signed_on.isoformat()}
        )
    if known is None and number and register is not None:
        near = register.near(number, date=date, subject=subject)
        if near is not None:
            about = near.subject or day_words(near.signed_on)
            return _doubt("basis.near", {"number": number, "known": str(near), "known_about": about})
    return None


def _doubt(code: str, data: dict[str, Any]) -> Doubt:
    return Doubt(code, RULES[code].severity, data)


def _expiry(known: Entry) -> dict[str, Any]:
    assert known.valid_to is not None
    return {"valid_to": known.valid_to.isoformat(), "replaced_by": known.replaced_by, "note": known.note}


def lint_text(
    text: str,
    *,
    scope: str,
    register: Register,
    today: dt.date,
    signed_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    own_number: str = "",
) -> list[Notice]:
    """All remarks on a text, gravest first, then in order of place.

    `scope`: PLAN, REPORT or STORY. A text that is not signed yet is judged as if it were signed today.
    """
    signed = signed_on or today
    found = [
        *_citations(text, scope, register, signed, ends_on or signed, today, legal_key(own_number)),
        *_bodies(text, scope, signed),
        *_people(text),
    ]
    kept = [notice for notice in found if scope in RULES[notice.code].scopes]
    return sorted(kept, key=lambda notice: (_ORDER[notice.severity], notice.start))


def _notice(
    code: str, scope: str, data: dict[str, Any], text: str, start: int, end: int, known: Entry | None = None
) -> Notice:
    rule = RULES[code]
    quote = " ".join(text[start:end].split())[:200]
    return Notice(
        code,
        rule.severity,
        message(code, data, scope),
        rule.todo,
        quote,
        start,
        end,
        known.pk if known else None,
        data,
    )


def _citations(
    text: str,
    scope: str,
    register: Register,
    signed: dt.date,
    ends: dt.date,
    today: dt.date,
    own: str,
) -> Iterator[Notice]:
    mentions = [one for one in cited_in(text) if not own or not one.number or legal_key(one.number) != own]
    named = {legal_key(one.number) for one in mentions if one.number}
    seen: set[str] = set()
    dates: dict[str, dict[str, Cited]] = {}
    for one in mentions:
        known = (
            register.of_number(one.number, one.date or None) if one.number else register.of_name(one.kind, signed)
        )
        key = legal_key(one.number) if one.number else (known.key if known else "")
        if not key:
            continue
        if one.number and one.date:
            series = key if year_of_number(one.number) else f"{key} {one.date[:4]}"
            dates.setdefault(series, {}).setdefault(one.date, one)
        if key in seen:
            continue
        seen.add(key)
        doubt = judge(
            number=one.number,
            date=one.date or None,
            known=known,
            signed_on=signed,
            ends_on=ends,
            today=today,
            register=register,
            subject=one.subject,
        )
        # A text that names what took the place of an old document tells its reader what holds now.
        told = doubt is not None and doubt.code.startswith("basis.expir") and _names_any(doubt.data, named)
        if doubt is not None and not told:
            yield _notice(doubt.code, scope, doubt.data, text, one.start, one.end, known)
        elif known is not None and known.partly and not _names_any({"replaced_by": known.partly}, named):
            data = {"number": str(known), "partly": known.partly}
            yield _notice("basis.partly", scope, data, text, one.start, one.end, known)
        missing = _missing(one)
        if one.number and missing:
            data = {"number": str(one), "missing": ", ".join(missing)}
            yield _notice("basis.first_mention", scope, data, text, one.start, one.end, known)
    for printed in dates.values():
        days = [iso for iso in printed if len(iso) == 10]
        if len(days) > 1:
            last = printed[days[-1]]
            data = {"number": last.number, "dates": ", ".join(day_words(iso) for iso in days)}
            yield _notice("basis.two_dates", scope, data, text, last.start, last.end)


def _names_any(data: Mapping[str, Any], named: set[str]) -> bool:
    after = {legal_key(one.number) for one in cited_in(str(data.get("replaced_by") or "")) if one.number}
    return bool(after & named)


def _missing(one: Cited) -> list[str]:
    """What the first mention lacks of its full form (Nghị định 30/2020); laws are cited by type and name."""
    if one.kind in ("Luật", "Bộ luật", "Pháp lệnh") or "QH" in one.number:
        return []
    parts = (
        ("tên loại", one.kind),
        ("ngày", one.date if len(one.date) == 10 else ""),
        ("cơ quan ban hành", one.issuer),
        ("trích yếu", one.subject),
    )
    return [name for name, value in parts if not value]


def _bodies(text: str, scope: str, day: dt.date) -> Iterator[Notice]:
    recipients: list[tuple[int, str]] = []
    rest: list[tuple[int, str]] = []
    at, inside = 0, False
    for line in text.split("\n"):
        heading = bool(_RECIPIENTS.match(line))
        inside = heading or (inside and bool(_LIST_LINE.match(line) or not line.strip()))
        (recipients if inside else rest).append((at, line))
        at += len(line) + 1
    for code, lines in (("recipient.gone", recipients), ("body.gone", rest)):
        said: set[str] = set()
        for start, line in lines:
            for body in obsolete_names(line, day):
                if body.phrase in said:
                    continue
                said.add(body.phrase)
                where = start + max(0, line.lower().find(body.phrase.lower()))
                data = {"name": body.phrase, "gone_from": body.gone_from.isoformat(), "now": body.now}
                yield _notice(code, scope, data, text, where, where + len(body.phrase))


def _people(text: str) -> Iterator[Notice]:
    for code, found in (("person.phone", mobile_numbers(text)), ("person.mail", private_mail(text))):
        for match in found:
            yield _notice(code, PLAN, {"words": match.group(0).strip()}, text, match.start(), match.end())
