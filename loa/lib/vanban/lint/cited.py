"""Documents cited in any text, whatever it is: every mention with exact offsets. Pure.

The reader of plans (`citations.py`) also knows roles and sections; this is for texts that have none: a story, a
paragraph of a report, the text of a web page. What a number looks like is decided there, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loa.lib.vanban.citations import (
    _LAW,
    _LIST_BEFORE,
    _SUBJECT_AFTER,
    NUMBER,
    _date_and_issuer,
    _plausible,
    _type_before,
    _type_by_symbol,
    normal_number,
)


@dataclass(frozen=True, slots=True)
class Cited:
    """One mention. `start`/`end`: the words in full, `number_start`/`number_end`: the number (or a law's name).

    `number` is empty for a law cited by name; `kind` then holds the name. `date`: ISO as printed, maybe partial.
    """

    start: int
    end: int
    number_start: int
    number_end: int
    number: str
    kind: str
    date: str
    issuer: str
    subject: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}".strip()


def cited_in(text: str) -> list[Cited]:
    """Every mention, in order of place. A citation does not reach over a line."""
    found: list[Cited] = []
    at = 0
    for line in text.split("\n"):
        found.extend(_numbers(line, at))
        taken = [(one.start, one.end) for one in found]
        for match in _LAW.finditer(line):
            start, end = at + match.start(), at + match.end()
            if not any(a < end and b > start for a, b in taken):
                name = " ".join(match.group(0).split())
                found.append(Cited(start, end, start, end, "", name, "", "", ""))
        at += len(line) + 1
    return sorted(found, key=lambda one: one.start)


def _numbers(line: str, at: int) -> Iterator[Cited]:
    matches = list(NUMBER.finditer(line))
    kind_before, end_before = None, 0
    for index, match in enumerate(matches):
        number = normal_number(match.group(0))
        if not _plausible(match, number):
            continue
        before = line[max(end_before, match.start() - 120) : match.start()]
        kind, type_start = _type_before(before)
        start = match.start() - (len(before) - type_start) if kind else match.start()
        if kind is None and kind_before and _LIST_BEFORE.search(before) and len(before) < 60:
            kind = kind_before
        kind = kind or _type_by_symbol(number)
        limit = matches[index + 1].start() if index + 1 < len(matches) else len(line)
        end, date, issuer = _date_and_issuer(line, match.end(), limit)
        subject = _SUBJECT_AFTER.match(line, end)
        yield Cited(
            at + start,
            at + end,
            at + match.start(),
            at + match.end(),
            number,
            kind or "",
            date or "",
            issuer or "",
            " ".join(subject["subject"].split()).rstrip(" .,") if subject else "",
        )
        kind_before, end_before = kind, end
