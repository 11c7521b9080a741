"""How the system stands: lines of the page "Tình trạng hệ thống", /healthz, and who hears of trouble.

A domain registers a line in `ready()` (docs/health.md): a title and a function that looks and answers a `Reading`.

    probes.register("channels.queue", Probe(_("Bài chờ gửi lên kênh"), ask=waiting_posts), order=300)

`watch` asks the lines about every WATCH; a line that has become bad is told once, to whoever registered with
`trouble` (the console tells the administrators); one that is well again is taken back. The worker's timekeeper
calls it, also while a long job runs, and so does /healthz, so that it is told when no worker is left.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.jobs import worker_alive
from loa.core.models import PeriodicRun, ProbeState
from loa.core.registry import Registry

log = logging.getLogger("loa.health")

#: time between two looks of `watch`, by however many processes
WATCH = dt.timedelta(seconds=20)
#: a process says nothing about others before it has run so long: after a night switched off everything looks late
GRACE = 60.0
_STARTED = time.monotonic()


class State(StrEnum):
    """How one line stands."""

    GOOD = "good"  # tốt
    LOOK = "look"  # nên xem: nobody is told, the page shows it
    BAD = "bad"  # hỏng: the administrators are told


@dataclass(frozen=True)
class Reading:
    """What a line says now."""

    state: State
    #: a few words with the number: "12 việc, lâu nhất 3 phút"
    figure: str
    #: what to do, a sentence; needed unless the state is good
    todo: str = ""
    #: what the trouble is about, e.g. the id of the newest failed row: with another mark a bad line is told anew
    mark: str = ""


@dataclass(frozen=True)
class Probe:
    """One line. `ask` costs a constant number of quick queries; what it raises counts as bad."""

    title: Any  # a lazy gettext string
    ask: Callable[[], Reading]


@dataclass(frozen=True)
class Line:
    """A probe and its answer."""

    name: str
    title: str
    reading: Reading
    #: since when it has been in this state, as far as `watch` saw it
    since: dt.datetime | None = None


probes: Registry[Probe] = Registry("health probes")

#: called in a transaction when a line has become bad (`line.reading` says how) or is bad no longer
trouble: Registry[Callable[[Line], None]] = Registry("listeners to trouble")


def lines() -> list[Line]:
    """Every line as it stands now."""
    known = {row.name: row for row in ProbeState.objects.all()}
    found = []
    for name, probe in probes.items():
        reading = _ask(name, probe)
        row = known.get(name)
        since = row.since if row is not None and row.state == reading.state else None
        found.append(Line(name, str(probe.title), reading, since))
    return found


def _ask(name: str, probe: Probe) -> Reading:
    try:
        # A savepoint where there is a transaction: a failed question must not end it.
        with transaction.atomic():
            return probe.ask()
    except Exception:
        log.exception("probe %s", name)
        return Reading(
            State.BAD,
            _("Không xem được"),
            _("Xem nhật ký của máy chủ để biết vì sao phép đo này dừng giữa chừng."),
        )


def watch() -> list[Line] | None:
    """Look at all lines, tell what has become bad and what is well again. None when it is not time yet."""
    if time.monotonic() - _STARTED < GRACE:
        return None
    now = clock.now()
    PeriodicRun.objects.get_or_create(name="core.watch", defaults={"next_at": now})
    claimed = PeriodicRun.objects.filter(name="core.watch", next_at__lte=now)
    if not claimed.update(next_at=now + WATCH, last_at=now):
        return None
    told = []
    for line in lines():
        with transaction.atomic():
            if _settle(line, now):
                told.append(line)
                for hear in trouble:
                    hear(line)
    return told


def _settle(line: Line, now: dt.datetime) -> bool:
    """Write down how the line stands. Returns whether somebody must hear of it."""
    state, mark = line.reading.state, line.reading.mark[:200]
    row = ProbeState.objects.select_for_update().filter(name=line.name).first()
    was = State(row.state) if row else State.GOOD
    if row is None:
        # Another process may look for the first time in the same moment: one row is enough.
        ProbeState.objects.bulk_create(
            [ProbeState(name=line.name, state=state, mark=mark, since=now)], ignore_conflicts=True
        )
    elif (row.state, row.mark) != (state, mark):
        since = now if row.state != state else row.since
        ProbeState.objects.filter(pk=row.pk).update(state=state, mark=mark, since=since)
    if state == State.BAD:
        return was != State.BAD or (row is not None and row.mark != mark)
    return was == State.BAD


def healthz(request: HttpRequest) -> JsonResponse:
    """JSON with one word per part; 503 while any of them is not ready. `attention`: lines that are bad."""
    parts: dict[str, Any] = {"web": True, "database": False, "worker": False}
    attention: list[str] = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        parts["worker"] = worker_alive()
        watch()
        attention = sorted(ProbeState.objects.filter(state=State.BAD).values_list("name", flat=True))
    except DatabaseError:
        pass
    ready = all(parts.values())
    return JsonResponse(
        {"status": "ok" if ready else "starting", **parts, "attention": attention}, status=200 if ready else 503
    )
