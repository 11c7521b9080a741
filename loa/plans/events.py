"""What upper domains hear of plans. They register in `ready()`; the service calls, inside its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry

#: directives came into force, by issuing a plan or by adding one: callable(plan=…)
directives_in_force: Registry[Callable[..., Any]] = Registry("directives_in_force")

#: a directive got a successor, or was cancelled: callable(former=…, successor=… or None)
directive_amended: Registry[Callable[..., Any]] = Registry("directive_amended")


@dataclass(frozen=True)
class TaskProofs:
    """Things of an upper domain that can prove a task ("story", "report")."""

    #: (unit id) → [(number, label)], newest first, few
    choices: Callable[[int], list[tuple[int, str]]]
    #: (numbers) → {number: (title, address)}; what is gone is left out
    describe: Callable[[Iterable[int]], Mapping[int, tuple[str, str]]]


#: kind of TaskEvidence → how to choose and show it
task_proofs: Registry[TaskProofs] = Registry("task_proofs")


@dataclass(frozen=True)
class Citing:
    """Something that cites a legal document, as far as a person may see it."""

    kind: Any
    title: str
    url: str
    unit: str
    on: dt.date


#: who can tell what cites a legal document: callable(user, document, mentions) → [Citing], few queries;
#: `mentions` are the rows of LegalCitation kept for it
citing: Registry[Callable[[Any, Any, Any], list[Citing]]] = Registry("citing")


def emit(registry: Registry[Callable[..., Any]], **values: Any) -> None:
    """Call every listener in order; an exception rolls the deed back."""
    for listener in registry:
        listener(**values)
