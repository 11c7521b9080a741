"""Levels, states and moves of hot issues."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from loa.core.transitions import Transitions


class Level(IntEnum):
    """How bad it may become."""

    WATCH = 1
    SERIOUS = 2
    GRAVE = 3


class State(StrEnum):
    """Where the office stands with it."""

    OPEN = "open"
    HANDLING = "handling"
    CLOSED = "closed"


class Deed(StrEnum):
    """What an entry of the log says."""

    OPENED = "opened"
    ADDED = "added"
    NOTE = "note"
    GIVEN = "given"
    LEVEL = "level"
    STATE = "state"
    WRITTEN = "written"
    APPROVED = "approved"
    MERGED = "merged"  # the case it is about went into another


MOVES = Transitions(
    "incidents.incident",
    {
        State.OPEN: (State.HANDLING, State.CLOSED),
        State.HANDLING: (State.CLOSED,),
        State.CLOSED: (State.HANDLING,),
    },
)
