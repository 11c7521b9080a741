"""What may be put into a draft by hand: items as the stream finds them, without words of private persons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from loa.core import clock
from loa.lib.vi.boolean import Boolean
from loa.listening import access, selectors
from loa.listening.digest.gather import line_of, same_line
from loa.listening.models import Digest, DigestLine, Item, Source
from loa.listening.rules import PRIVATE, Outlet, canonical, key_of, tidy
from loa.listening.selectors import MOST_PAGES, StreamFilter

PER_PAGE = 20
#: what is offered at first reaches so many days before a digest begins
BEFORE = dt.timedelta(days=3)
#: sorts of outlet that stand in a digest
PUBLIC = tuple(outlet for outlet in Outlet if outlet not in PRIVATE)

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.I)


def address_in(text: str) -> str:
    """The address, whole, when what was typed is one; else empty."""
    text = text.strip()
    return tidy(text) if _ADDRESS.fullmatch(text) and canonical(tidy(text)) else ""


def days_around(digest: Digest) -> tuple[dt.date, dt.date]:
    """The days that are offered at first: those before it and up to the day after it ends."""
    last = clock.local(digest.until).date() + dt.timedelta(days=1)
    return clock.local(digest.since - BEFORE).date(), min(last, clock.today())


@dataclass
class Standing:
    """What stands in one part of a digest (stories, or the list) already."""

    story: bool
    by_line: dict[tuple[bool, str, int | str], DigestLine] = field(default_factory=dict)
    #: the same article heard by two units is two items with one key
    by_key: dict[str, DigestLine] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[DigestLine], *, story: bool) -> Standing:
        """From lines with their items."""
        found = cls(story)
        for line in lines:
            found.put(line)
        return found

    def put(self, line: DigestLine) -> None:
        """One more."""
        if line.story == self.story:
            self.by_line[same_line(line)] = line
            if line.item is not None:
                self.by_key[line.item.key] = line

    def line(self, item: Item) -> DigestLine | None:
        """The line that tells of the item."""
        return self.by_line.get(same_line(line_of(item, story=self.story))) or self.by_key.get(item.key)


@dataclass(frozen=True)
class Choice:
    """One item that may be put in."""

    item: Item
    #: the line in which it stands already
    line: DigestLine | None
    #: another digest of the same kind in which it stands
    other: Digest | None

    @property
    def open(self) -> bool:
        """Whether it may be chosen."""
        words = not self.item.forgotten and bool(self.item.title or self.item.text)
        return words and self.item.outlet not in PRIVATE and (self.line is None or not self.line.shown)


@dataclass(frozen=True)
class Choices:
    """A page of them."""

    rows: list[Choice]
    number: int = 1
    more: bool = False
    query: Boolean | None = None


def choices(user: Any, digest: Digest, wanted: StreamFilter, number: int, *, story: bool) -> Choices:
    """What the person may read and the stream would find, newest first. Raises QueryError."""
    number = max(1, min(number, MOST_PAGES))
    keys = selectors.found(
        user,
        wanted,
        limit=PER_PAGE + 1,
        offset=(number - 1) * PER_PAGE,
        without=tuple(sorted(PRIVATE)),
    )
    return Choices(
        _laid(digest, selectors.rows_of(keys[:PER_PAGE]), story=story),
        number,
        len(keys) > PER_PAGE and number < MOST_PAGES,
        wanted.query,
    )


def choice_at(user: Any, digest: Digest, address: str, *, story: bool) -> Choices | None:
    """The item that was heard at an address, heard by the digest's unit rather than by another; None when none
    was.
    """
    # By the units first: only so an index knows the key.
    known = Item.objects.filter(unit__in=Source.objects.order_by().values("unit"), key=key_of(address))
    mine = access.items_for(user).filter(pk__in=list(known.values_list("pk", flat=True)))
    keys = sorted(mine.values_list("unit", "pk"), key=lambda row: (row[0] != digest.unit_id, row))
    if not keys:
        return None
    return Choices(_laid(digest, selectors.rows_of([keys[0][1]]), story=story))


def _laid(digest: Digest, items: list[Item], *, story: bool) -> list[Choice]:
    standing = Standing.of(digest.lines.select_related("item"), story=story)
    elsewhere = DigestLine.objects.filter(
        item__in=items, shown=True, digest__unit=digest.unit_id, digest__kind=digest.kind
    ).exclude(digest=digest)
    others = {line.item_id: line.digest for line in elsewhere.select_related("digest").order_by("digest__until")}
    return [Choice(item, standing.line(item), others.get(item.pk)) for item in items]
