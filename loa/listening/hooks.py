"""What others hear of listening. They register in `ready()`; the service calls, in its transaction.

A listener is idempotent database work by ids; anything that leaves the machine goes through
`loa.core.after.enqueue_after_commit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: new items match a saved search that people follow. Keyword arguments: `search` (SavedSearch), `items` (ids,
#: newest last), `users` (those who follow it with notice and may read these items)
search_matched: Registry[Callable[..., Any]] = Registry("listening_search_matched")

#: a case goes into another and is deleted then. Keyword arguments: `actor`; `case` and `into` (Case), both locked
cases_merged: Registry[Callable[..., Any]] = Registry("listening_cases_merged")
