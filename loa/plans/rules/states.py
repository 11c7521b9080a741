"""States of a plan, kinds of findings and directives. No Django here."""

from __future__ import annotations

from enum import StrEnum


class PlanStatus(StrEnum):
    """The life of a plan."""

    READING = "reading"  # the file is being read
    UNREADABLE = "unreadable"  # the file could not be read: the reason is kept, another file can be given
    CHECKING = "checking"  # an officer checks the reading against the source
    DRAFTING = "drafting"  # drawn up in Loa from the plan above, to be signed
    ISSUED = "issued"  # in force: units owe their share
    CLOSED = "closed"  # its year is over


PLAN_MOVES = {
    PlanStatus.READING: (PlanStatus.CHECKING, PlanStatus.UNREADABLE),
    PlanStatus.UNREADABLE: (PlanStatus.READING,),
    PlanStatus.CHECKING: (PlanStatus.ISSUED, PlanStatus.READING),
    PlanStatus.DRAFTING: (PlanStatus.ISSUED,),
    PlanStatus.ISSUED: (PlanStatus.CLOSED,),
    PlanStatus.CLOSED: (),
}


class FindingKind(StrEnum):
    """What the reader found."""

    BASIS = "basis"
    TOPIC = "topic"
    TASK = "task"
    QUOTA = "quota"
    DEADLINE = "deadline"
    RECURRING = "recurring"
    WARNING = "warning"


class FindingState(StrEnum):
    """What the officer said of it. Nothing enters force unconfirmed."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


FINDING_MOVES = {
    FindingState.PROPOSED: (FindingState.CONFIRMED, FindingState.DISMISSED),
    FindingState.CONFIRMED: (FindingState.PROPOSED, FindingState.DISMISSED),
    FindingState.DISMISSED: (FindingState.PROPOSED, FindingState.CONFIRMED),
}


class DirectiveKind(StrEnum):
    """What a plan asks for."""

    QUOTA = "quota"  # so many pieces per period
    DEADLINE = "deadline"  # one thing by a day
    RECURRING = "recurring"  # one thing every period


class Proof(StrEnum):
    """What counts as done."""

    STORY = "story"  # published stories count by themselves
    PRESS = "press"  # a piece in the press: link or clipping is added
    REPORT = "report"  # a report filed in Loa
    OTHER = "other"  # a link or file added by hand
