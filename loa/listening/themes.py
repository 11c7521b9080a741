"""The topics of this office: the standing list (`lib.nlp.topics`) as the office changed it, and topics of its own.

Kept by the process for some seconds: every page names topics, and they change some times a year.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from loa.lib.nlp.topics import standing_topics
from loa.lib.nlp.topics import topic_names as standing_names
from loa.listening.models import Theme

#: seconds until another process sees a change
KEPT = 20.0


@dataclass(frozen=True)
class _Topics:
    names: dict[str, str]
    #: code → phrases; none for a topic that is not listened for any more
    phrases: dict[str, list[str]]
    #: of the office's own rows: tells one state of them from another
    version: tuple[object, ...]
    read_at: float


_kept: _Topics | None = None


def _topics() -> _Topics:
    global _kept
    if _kept is None or time.monotonic() - _kept.read_at > KEPT:
        names, phrases = dict(standing_names()), dict(standing_topics())
        rows = list(Theme.objects.order_by("pk"))
        for row in rows:
            names[row.code] = row.name
            phrases[row.code] = row.listed if row.active else []
        version = (len(rows), max((row.changed_at for row in rows), default=None))
        _kept = _Topics(names, phrases, version, time.monotonic())
    return _kept


def topic_names() -> dict[str, str]:
    """Code → name, also of topics that are not listened for any more: old items have them."""
    return _topics().names


def active_names() -> dict[str, str]:
    """Code → name of the topics that are listened for."""
    kept = _topics()
    return {code: name for code, name in kept.names.items() if kept.phrases.get(code)}


def topic_phrases() -> dict[str, list[str]]:
    """Code → phrases by which a topic is recognised; empty for one that is not listened for."""
    return _topics().phrases


def version() -> tuple[object, ...]:
    """Changes when the office's topics change."""
    return _topics().version


def forget() -> None:
    """Read anew at the next question."""
    global _kept
    _kept = None
