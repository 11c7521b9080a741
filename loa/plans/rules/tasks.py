"""States of a task at one unit: a table of moves, percent, and what comes first in a list. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class TaskState(StrEnum):
    """Where one unit stands with one task."""

    TODO = "todo"  # chưa làm
    DOING = "doing"  # đang làm
    WAITING = "waiting"  # chờ: something from outside is missing; a word why is required
    DONE = "done"  # xong
    CANCELLED = "cancelled"  # hủy: released by the office of the plan, with a reason


TASK_MOVES = {
    TaskState.TODO: (TaskState.DOING, TaskState.WAITING, TaskState.DONE, TaskState.CANCELLED),
    TaskState.DOING: (TaskState.TODO, TaskState.WAITING, TaskState.DONE, TaskState.CANCELLED),
    TaskState.WAITING: (TaskState.DOING, TaskState.DONE, TaskState.CANCELLED),
    TaskState.DONE: (TaskState.DOING,),
    TaskState.CANCELLED: (TaskState.TODO,),
}
#: nothing is left to do
CLOSED = frozenset({TaskState.DONE, TaskState.CANCELLED})
#: moves that must say why
NEEDS_REASON = frozenset({TaskState.WAITING, TaskState.CANCELLED})
#: what is due within so many days is shown as pressing
SOON = dt.timedelta(days=14)


def targets(current: str, *, office: bool, works: bool) -> list[TaskState]:
    """States the person may move to: who works on it all but "hủy"; the plan's office may release from it, and
    take that back, and nothing else.

    >>> [state.value for state in targets("todo", office=True, works=False)]
    ['cancelled']
    """
    found = []
    for state in TASK_MOVES[TaskState(current)]:
        releasing = TaskState.CANCELLED in (state, current)
        if office if releasing else works:
            found.append(state)
    return found


def percent_after(state: str, percent: int | None, before: int = 0) -> int:
    """The percent that goes with a state: done is 100, not begun 0; between, what is given (1…99).

    >>> percent_after("done", 40), percent_after("todo", 40), percent_after("doing", 100)
    (100, 0, 99)
    """
    if state == TaskState.DONE:
        return 100
    if state == TaskState.TODO:
        return 0
    value = before if percent is None else percent
    if state == TaskState.CANCELLED:
        return max(0, min(value, 100))
    return max(0, min(value, 99))


def is_late(state: str, due_on: dt.date | None, day: dt.date) -> bool:
    """Whether the last day has passed and something is left to do."""
    return due_on is not None and due_on < day and state not in CLOSED


def urgency(state: str, starts_on: dt.date | None, due_on: dt.date | None, day: dt.date) -> tuple[int, int]:
    """Sort key, worst first: late, longest first; due soon, waiting, under way, to do, to come, done, released."""
    if state == TaskState.CANCELLED:
        return 9, 0
    if state == TaskState.DONE:
        return 8, 0
    if due_on is not None:
        left = (due_on - day).days
        if left < 0:
            return 0, left
        if due_on - day <= SOON:
            return 1, left
    else:
        left = 10_000
    if state == TaskState.WAITING:
        return 2, left
    if state == TaskState.DOING:
        return 3, left
    if starts_on is not None and starts_on > day:
        return 5, (starts_on - day).days
    return 4, left
