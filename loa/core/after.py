"""Nothing leaves before the commit: every mail, job and call goes through here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` once the surrounding transaction has committed (at once when there is none)."""
    transaction.on_commit(partial(function, *args, **kwargs))


def enqueue_after_commit(task: Any, *args: Any, **kwargs: Any) -> None:
    """Put a django-tasks task in the queue once the surrounding transaction has committed."""
    transaction.on_commit(partial(task.enqueue, *args, **kwargs))
