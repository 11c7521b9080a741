"""Who goes to which part of a unit that is split: one list while they are few, else looked for by name.

Of many, only those looked for stand in the page as rows; those dealt before travel along as one field for each
part. So the form stays small, and complete, however many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loa.lib.typed import whole
from loa.lib.vi import fold

#: so many stand in one list; among more one searches
FEW = 200
#: of what was looked for
SHOWN = 60


@dataclass(frozen=True)
class Thing:
    """A unit or a role that goes somewhere; `folded`: what it is found by."""

    pk: int
    label: str
    folded: str


@dataclass(frozen=True)
class Row:
    """One of them with a choice."""

    name: str
    label: str
    chosen: str


@dataclass(frozen=True)
class Dealt:
    """What goes to one part so far: `ids` travels along, `names` is read."""

    name: str
    part: str
    ids: str
    names: list[str]


@dataclass(frozen=True)
class Deal:
    """Things of one sort, dealt as far as the form says."""

    prefix: str
    title: str
    count: int
    #: what the form looked for; None where all stand in one list
    text: str | None
    rows: list[Row]
    #: further ones that match
    more: int = 0
    #: the choice that new rows come with
    preset: str = ""
    dealt: Sequence[Dealt] = ()


def where(data: Mapping[str, str], prefix: str) -> dict[int, int]:
    """id → index of its part, as the fields of a form say; a row that says nothing takes back what was said."""
    found: dict[int, int | None] = {}
    rows: dict[int, int | None] = {}
    for key, value in data.items():
        if not key.startswith(f"{prefix}-"):
            continue
        name = key.removeprefix(f"{prefix}-")
        if (part := whole(name.removeprefix("cho-"))) is not None and name.startswith("cho-"):
            found.update({pk: part for pk in map(whole, value.split()) if pk is not None})
        elif (pk := whole(name)) is not None:
            rows[pk] = whole(value)
    return {pk: part for pk, part in {**found, **rows}.items() if part is not None}


def deal(prefix: str, title: str, things: Sequence[Thing], parts: Sequence[str], data: Mapping[str, str]) -> Deal:
    """What the preview shows of `things`, dealt to `parts` as far as `data` says."""
    said = where(data, prefix)

    def row(thing: Thing, otherwise: str = "") -> Row:
        part = said.get(thing.pk)
        return Row(f"{prefix}-{thing.pk}", thing.label, otherwise if part is None else str(part))

    if len(things) <= FEW:
        return Deal(prefix, title, len(things), None, [row(thing) for thing in things])
    text, preset = data.get(f"{prefix}-tim", "").strip()[:100], data.get(f"{prefix}-ve", "")
    words = fold(text).split()
    matching = [thing for thing in things if all(word in thing.folded for word in words)] if words else []
    shown = {thing.pk for thing in matching[:SHOWN]}
    return Deal(
        prefix,
        title,
        len(things),
        text,
        [row(thing, preset) for thing in matching[:SHOWN]],
        more=max(len(matching) - SHOWN, 0),
        preset=preset,
        dealt=[
            Dealt(f"{prefix}-cho-{index}", part, " ".join(str(one.pk) for one in own), [one.label for one in own])
            for index, part in enumerate(parts)
            if (own := [one for one in things if said.get(one.pk) == index and one.pk not in shown])
        ],
    )
