"""What is known of legal documents, as far as a text needs it: looked up by number, by name, by likeness. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from loa.lib.vi import fold

from .keys import legal_key, name_key, year_of_number

_WORD = re.compile(r"[a-z0-9]+")
#: share of the words of a title that must be the same for two titles to be taken for one
_ALIKE = 0.7


#: in a key: given by a province, a commune, a Sở or a Phòng, each of which counts from 1 every year
_LOCAL = re.compile(r"/.*(?:ubnd|hdnd|sgddt|pgddt)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the register. `valid_to`: first day on which it no longer holds; None: not known to end."""

    number: str
    kind: str = ""
    issuer: str = ""
    subject: str = ""
    signed_on: dt.date | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    #: what took its place, in words
    replaced_by: str = ""
    #: what took the place of a part of it, or changed it, in words
    partly: str = ""
    note: str = ""
    pk: int | None = None

    @property
    def key(self) -> str:
        """What it is looked up with."""
        return legal_key(self.number)

    @property
    def local(self) -> bool:
        """Whether other offices give the same number: "192/QĐ-UBND" is one of hundreds of that year."""
        return _LOCAL.search(self.key) is not None

    @property
    def name(self) -> str:
        """Key of its name, for laws, which are cited by name."""
        return name_key(self.subject) if self.subject.startswith(("Luật ", "Bộ luật ")) else ""

    def __str__(self) -> str:
        return f"{self.kind} {self.number}".strip()


class Register:
    """Entries, looked up as texts print them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = list(entries)
        self._by_key: dict[str, list[Entry]] = {}
        self._by_name: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self._by_key.setdefault(entry.key, []).append(entry)
            if entry.name:
                self._by_name.setdefault(entry.name, []).append(entry)

    def of_number(self, number: str, date: str | None = None) -> Entry | None:
        """The entry of a printed number; `date` as printed (ISO, may be a month or a year).

        A number that bears no year ("07/CT-TTg") is given anew every year: another year is another document. Of a
        local one another day is another office's.
        """
        known = self._by_key.get(legal_key(number), [])
        if date:
            known = [one for one in known if not one.local or _on(one, date)]
        if not known:
            return None
        year = int(date[:4]) if date else None
        if year is not None:
            for entry in known:
                if entry.signed_on and entry.signed_on.year == year:
                    return entry
            if year_of_number(number) is None and all(entry.signed_on for entry in known):
                return None
        return max(known, key=lambda entry: entry.signed_on or dt.date.min)

    def of_name(self, name: str, day: dt.date) -> Entry | None:
        """Which law of that name: the one of the printed year, else the one in force on `day`."""
        known = sorted(self._by_name.get(name_key(name), []), key=lambda entry: entry.valid_from or dt.date.min)
        for entry in known:
            year = year_of_number(entry.number)
            if year and str(year) in name:
                return entry
        held = [
            entry
            for entry in known
            if (entry.valid_from is None or entry.valid_from <= day)
            and (entry.valid_to is None or entry.valid_to > day)
        ]
        return held[-1] if held else (known[-1] if known else None)

    def near(self, number: str, *, date: str | None = None, subject: str | None = None) -> Entry | None:
        """A known document that an unknown number is likely a slip for; None without a second sign.

        Neighbouring numbers are documents of their own, so likeness alone says nothing: the printed date, or the
        printed title, must be the known one's too; of a local document, whose neighbours are other offices', both.
        """
        key = legal_key(number)
        if not key or key in self._by_key:
            return None
        for entry in self.entries:
            same_day = bool(date and len(date) == 10 and entry.signed_on and date == entry.signed_on.isoformat())
            like = _one_slip(key, entry.key) or _same_but_year(key, entry.key)
            if entry.local and not (like and same_day and _alike(subject, entry.subject)):
                continue
            if like and (same_day or _alike(subject, entry.subject)):
                return entry
            if same_day and _alike(subject, entry.subject):
                return entry
        return None

    def near_assembly(self, number: str) -> Entry | None:
        """The one known document of that Assembly and running number: "88/2013/NQ-QH13" → 88/2014/QH13."""
        found = re.match(r"(\d+).*?qh(\d+)$", legal_key(number))
        if not found:
            return None
        pattern = re.compile(rf"^{found[1]}/\d{{4}}/(?:ubtv)?qh{found[2]}$")
        known = [entry for entry in self.entries if pattern.match(entry.key)]
        return known[0] if len(known) == 1 else None


def _on(entry: Entry, date: str) -> bool:
    """Whether it may be of a printed date (ISO, may be a month or a year)."""
    return entry.signed_on is None or entry.signed_on.isoformat()[: len(date)] == date[:10]


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, added, or two neighbours were swapped."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, else_ = one[at:], other[at:]
    if len(one) == len(other):
        swapped = rest[:2] == else_[:2][::-1] and rest[2:] == else_[2:]
        return rest[1:] == else_[1:] or swapped
    longer, shorter = (rest, else_) if len(rest) > len(else_) else (else_, rest)
    return longer[1:] == shorter


def _same_but_year(one: str, other: str) -> bool:
    a, b = (re.fullmatch(r"(\d+)/(\d{4})/(.+)", key) for key in (one, other))
    return bool(a and b and (a[1], a[3]) == (b[1], b[3]))


def _alike(one: str | None, other: str | None) -> bool:
    words, known = set(_WORD.findall(fold(one or ""))), set(_WORD.findall(fold(other or "")))
    if min(len(words), len(known)) < 3:
        return False
    return len(words & known) / min(len(words), len(known)) >= _ALIKE and len(words & known) >= 3
