"""What a calendar shows: kinds of entries, grids of weeks, bars over a year. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry is about."""

    DUE = "due"  # thời hạn, chỉ tiêu, báo cáo đến hạn
    TASK = "task"  # nhiệm vụ của kế hoạch
    STORY = "story"  # bài hẹn giờ đăng
    EVENT = "event"  # cuộc họp, đợt truyền thông, sự kiện của đơn vị
    DAY = "day"  # ngày lễ, ngày của ngành, mốc năm học


class EventKind(StrEnum):
    """What sort of appointment an office enters."""

    MEETING = "meeting"
    CAMPAIGN = "campaign"
    EVENT = "event"


class DayKind(StrEnum):
    """What the office sets for a day."""

    OFF = "off"  # nghỉ
    WORK = "work"  # làm bù
    MARK = "mark"  # mốc, ngày của ngành


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar. `on`…`until`: days in Việt Nam, inclusive; `at` is set when it has an hour."""

    uid: str
    kind: EntryKind
    title: str
    on: dt.date
    until: dt.date
    url: str = ""
    note: str = ""
    place: str = ""
    at: dt.datetime | None = None
    ends: dt.datetime | None = None
    #: "late", "done", "open", "" (nothing to be done)
    state: str = ""
    #: a day off
    off: bool = False
    #: counts up when it changes, for subscribers (RFC 5545 SEQUENCE)
    revision: int = 0

    @property
    def order(self) -> tuple[dt.date, int, str, str]:
        """By day; days of the year first, then what has no hour, then by the hour."""
        rank = 0 if self.kind is EntryKind.DAY else 1 if self.at is None else 2
        return self.on, rank, self.at.isoformat() if self.at else "", self.title


@dataclass(frozen=True)
class Cell:
    """One day of the grid."""

    day: dt.date
    inside: bool
    entries: tuple[Entry, ...]

    @property
    def off(self) -> bool:
        return any(entry.off for entry in self.entries)


def month_bounds(month: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the weeks (Monday to Sunday) that hold a month."""
    first = month.replace(day=1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return first - dt.timedelta(days=first.weekday()), last + dt.timedelta(days=6 - last.weekday())


def by_day(entries: Iterable[Entry], first: dt.date, last: dt.date) -> dict[dt.date, list[Entry]]:
    """Day → its entries in order; what runs over several days stands on each of them within first…last."""
    found: dict[dt.date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.order):
        day = max(entry.on, first)
        while day <= min(entry.until, last):
            found.setdefault(day, []).append(entry)
            day += dt.timedelta(days=1)
    return found


def weeks(month: dt.date, entries: Iterable[Entry]) -> list[list[Cell]]:
    """The grid of a month: weeks of seven cells."""
    first, last = month_bounds(month)
    days = by_day(entries, first, last)
    cells = [
        Cell(day, day.month == month.month, tuple(days.get(day, ())))
        for day in (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    ]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def token_hash(token: str) -> str:
    """What is kept of the secret in a feed's address."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Bar:
    """A task over a row of months: from and length in percent of the row, on which line of it."""

    title: str
    left: float
    width: float
    line: int
    state: str
    url: str = ""


def bars(
    tasks: Sequence[tuple[str, dt.date | None, dt.date | None, str, str]], first: dt.date, last: dt.date
) -> list[Bar]:
    """Bars of (title, starts, due, state, url) between two days; those that overlap go on lines below each other.

    A task without a start begins with the plan; one without an end has no bar (it is a standing duty).
    """
    whole = (last - first).days + 1
    found: list[Bar] = []
    free: list[dt.date] = []
    for title, starts, due, state, url in sorted(tasks, key=lambda task: (task[1] or first, task[2] or last)):
        if due is None or due < first or (starts or first) > last:
            continue
        a, b = max(starts or first, first), min(due, last)
        line = next((number for number, day in enumerate(free) if day < a), len(free))
        if line == len(free):
            free.append(b)
        else:
            free[line] = b
        found.append(
            Bar(
                title,
                round(100 * (a - first).days / whole, 2),
                round(100 * ((b - a).days + 1) / whole, 2),
                line,
                state,
                url,
            )
        )
    return found
