"""How long a log-in lasts: marks kept in the session itself, so that a request costs no query for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from loa.core import clock

STARTED, SEEN = "loa_started", "loa_seen"
#: how stale `seen` may be
SEEN_EVERY = dt.timedelta(minutes=5)


def mark_start(session: Any) -> None:
    """A log-in begins."""
    session[STARTED] = session[SEEN] = int(clock.now().timestamp())


def over(session: Any) -> str:
    """Why the log-in is over: "idle", "long", or "" while it holds."""
    now = clock.now().timestamp()
    seen, started = session.get(SEEN), session.get(STARTED)
    if started is None or seen is None:
        return ""
    if now - seen > settings.LOA_IDLE_HOURS * 3600:
        return "idle"
    if now - started > settings.SESSION_COOKIE_AGE:
        return "long"
    return ""


def touch(session: Any) -> bool:
    """Say that the person is at work. Returns whether that was worth writing down."""
    now = int(clock.now().timestamp())
    if STARTED not in session:
        mark_start(session)
        return True
    if now - session.get(SEEN, 0) < SEEN_EVERY.total_seconds():
        return False
    session[SEEN] = now
    return True


def address_of(request: HttpRequest) -> str:
    """The network address axes counts by (behind LOA_PROXY_COUNT proxies)."""
    from axes.helpers import get_client_ip_address

    return get_client_ip_address(request) or ""
