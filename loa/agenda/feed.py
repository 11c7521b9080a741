"""A person's calendar as an iCalendar file (RFC 5545, RFC 7986) that any calendar program subscribes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.agenda import access, selectors
from loa.agenda.rules import Entry, EntryKind
from loa.core import clock

BACK, AHEAD = dt.timedelta(days=60), dt.timedelta(days=400)
PREFIX = {
    EntryKind.DUE: gettext_lazy("Hạn: "),
    EntryKind.TASK: gettext_lazy("Nhiệm vụ: "),
    EntryKind.STORY: gettext_lazy("Đăng bài: "),
}
#: the same words may stand in the calendars of two units; the others say their unit themselves
OF_A_UNIT = (EntryKind.DUE, EntryKind.TASK)


def calendar_of(user: Any) -> bytes:
    """The file: what the person may see now, from two months ago to a year ahead; empty for who sees nothing.

    Who works for several units reads all of them in one calendar, each entry once, its unit said.
    """
    units = list(access.own_units(user)) if user.is_active else []
    today = clock.today()
    found: dict[str, Entry] = {}
    for unit in units:
        for entry in selectors.entries(user, unit, today - BACK, today + AHEAD):
            if len(units) > 1 and entry.kind in OF_A_UNIT:
                entry = replace(entry, note=" · ".join(filter(None, (entry.note, unit.short_name))))
            found.setdefault(entry.uid, entry)
    name = units[0].short_name if len(units) == 1 else str(user)
    return written(sorted(found.values(), key=lambda one: one.order), name=_("Lịch Loa – %s") % name)


def _vietnam() -> Any:
    """The time of Việt Nam, UTC+7 since 13 June 1975 and without summer time (tz database, Asia/Ho_Chi_Minh)."""
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Asia/Ho_Chi_Minh")
    standard.add("dtstart", dt.datetime(1975, 6, 13))
    standard.add("tzoffsetfrom", dt.timedelta(hours=8))
    standard.add("tzoffsetto", dt.timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone


def written(entries: Iterable[Entry], *, name: str) -> bytes:
    """Entries as iCalendar. The same entries give the same bytes, so that an ETag holds.

    Days are DATEs (DTEND exclusive, RFC 5545 3.6.1); hours are UTC, which needs no VTIMEZONE and is what every
    reader converts itself.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Loa//Lich//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    calendar.add("refresh-interval", dt.timedelta(hours=2), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT2H")
    host = settings.BASE_URL.split("://", 1)[-1].rstrip("/")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@{host}")
        event.add("sequence", entry.revision)
        # Of what is computed there is no moment of writing; the day it stands on never changes under it.
        event.add("dtstamp", dt.datetime.combine(entry.on, dt.time(), tzinfo=dt.UTC))
        event.add("summary", f"{PREFIX.get(entry.kind, '')}{entry.title}")
        if entry.at is not None:
            event.add("dtstart", entry.at.astimezone(dt.UTC))
            event.add("dtend", (entry.ends or entry.at + dt.timedelta(minutes=30)).astimezone(dt.UTC))
        else:
            event.add("dtstart", entry.on)
            event.add("dtend", entry.until + dt.timedelta(days=1))
            event.add("transp", "TRANSPARENT")
        if entry.place:
            event.add("location", entry.place)
        if entry.note:
            event.add("description", entry.note)
        if entry.url:
            event.add("url", settings.BASE_URL.rstrip("/") + entry.url)
        if entry.state == "done":
            event.add("categories", [_("Đã xong")])
        calendar.add_component(event)
    if not calendar.subcomponents:
        # A calendar holds at least one component (RFC 5545 3.6); readers refuse one that holds none.
        calendar.add_component(_vietnam())
    return calendar.to_ical()
