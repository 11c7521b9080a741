"""Which desk a person sits at: one that looks after other units, or one that does the work of a unit."""

from __future__ import annotations

from typing import Any

from loa.org.access import can
from loa.org.context import desk
from loa.org.models import Membership, Unit
from loa.org.rules import Kind, Role

#: kinds of units that look after others
OVERSEEING = frozenset({Kind.SO, Kind.UBND_XA, Kind.PHONG_VHXH, Kind.PHONG_GDDT})
#: roles whose work is looking after the units below
OFFICE = frozenset(
    {Role.FOCAL, Role.UNIT_LEAD, Role.LEADER, Role.CHIEF_EDITOR, Role.EDITOR, Role.INSPECTOR, Role.ADMIN}
)


def _seats(user: Any) -> list[Membership]:
    return [seat for seat in desk(user) if seat.unit.kind in OVERSEEING and Role(seat.role) in OFFICE]


def overseen(user: Any) -> Unit | None:
    """The unit whose units below this person looks after; None for people of a school."""
    seats = _seats(user)
    return seats[0].unit if seats else None


def working_unit(user: Any) -> Unit | None:
    """The unit for which the person does the work themselves: writes, approves, reports."""
    held = desk(user)
    return held[0].unit if held else None


def sits_in_office(user: Any) -> bool:
    """Whether home shows the figures of many units, or the notebook of one."""
    return bool(_seats(user)) or can(user, "story.review")
