"""Bodies that are no more, people's own numbers and mail: what an official document should not print. Pure."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
#: a Vietnamese mobile number, however it is spaced
MOBILE = re.compile(r"(?<![\d.])(?:\+84|0)[\s.]?(?:3|5|7|8|9)\d(?:[\s.\-]?\d){7}(?!\d)")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A body that is no more: from which day, and what took its place."""

    phrase: str
    gone_from: dt.date
    now: str
    source: str


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Lines of one of the data files beside this module."""
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def renamed_bodies() -> tuple[Renamed, ...]:
    """Names of bodies that ended, longest first (data with dates: `renamed.csv`)."""
    rows = [
        Renamed(row["phrase"], dt.date.fromisoformat(row["gone_from"]), row["now"], row["source"])
        for row in rows_of("renamed.csv")
    ]
    return tuple(sorted(rows, key=lambda row: -len(row.phrase)))


@lru_cache(maxsize=64)
def _named(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)")


def obsolete_names(text: str, day: dt.date) -> list[Renamed]:
    """Bodies named in `text` that no longer exist on `day`, each once."""
    rest = unicodedata.normalize("NFC", text).lower()
    found = []
    for body in renamed_bodies():
        if body.gone_from <= day and _named(body.phrase).search(rest):
            found.append(body)
            rest = _named(body.phrase).sub(" ", rest)  # "UBND huyện" inside a longer name is not found again
    return found


@lru_cache(maxsize=1)
def _mail() -> re.Pattern[str]:
    hosts = "|".join(sorted({re.escape(row["host"]) for row in rows_of("private_mail.csv")}))
    return re.compile(rf"[\w.+-]+@(?:{hosts})\.[a-z]\w*(?:\.\w+)*", re.I)


def private_mail(text: str) -> Iterator[re.Match[str]]:
    """Addresses at a free mail service: somebody's own, not the office's."""
    return _mail().finditer(text) if "@" in text else iter(())


def mobile_numbers(text: str) -> Iterator[re.Match[str]]:
    """Mobile numbers: somebody's own, not the office's."""
    return MOBILE.finditer(text)
