"""Writes of the agenda: appointments, days, feeds."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.agenda.access import DAYS, WRITE
from loa.agenda.models import CalendarDay, Event, Feed
from loa.agenda.rules import DayKind, EventKind, token_hash
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean, clean_lines
from loa.org.access import can
from loa.org.models import Unit

#: no appointment is longer: a year and a day
LONGEST = dt.timedelta(days=366)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Fields of an appointment. `on`, `until`: days; `start`, `end`: hours of the day, empty for all day."""
    title = clean(values.get("title", ""))[:200]
    if not title:
        raise InvalidInput(_("Hãy ghi tên cuộc họp, đợt truyền thông hoặc sự kiện."), field="title")
    if values.get("kind") not in set(EventKind):
        raise InvalidInput(_("Hãy chọn loại trong danh sách."), field="kind")
    on: dt.date = values["on"]
    until: dt.date = values.get("until") or on
    if until < on:
        raise InvalidInput(_("Ngày kết thúc phải từ ngày bắt đầu trở đi."), field="until")
    if until - on > LONGEST:
        raise InvalidInput(_("Một lịch kéo dài nhiều nhất một năm. Hãy chia thành nhiều đợt."), field="until")
    start, end = values.get("start"), values.get("end")
    starts_at = ends_at = None
    if end and not start:
        raise InvalidInput(_("Hãy ghi giờ bắt đầu, hoặc bỏ trống cả hai để là cả ngày."), field="start")
    if start:
        starts_at = dt.datetime.combine(on, start, tzinfo=clock.VIETNAM)
        ends_at = (
            dt.datetime.combine(until, end, tzinfo=clock.VIETNAM) if end else starts_at + dt.timedelta(hours=1)
        )
        if ends_at <= starts_at:
            raise InvalidInput(_("Giờ kết thúc phải sau giờ bắt đầu."), field="end")
        until = max(until, clock.local(ends_at - dt.timedelta(microseconds=1)).date())
    return {
        "title": title,
        "kind": values["kind"],
        "place": clean(values.get("place", ""))[:200],
        "note": clean_lines(values.get("note", ""))[:4000],
        "on": on,
        "until": until,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


@transaction.atomic
def event_add(*, actor: Any, unit: Unit, **values: Any) -> Event:
    """Enter an appointment of a unit. Raises Refused, InvalidInput (with the field)."""
    if not can(actor, WRITE, unit.pk):
        raise Refused(_("Anh/chị chưa được phân công đặt lịch cho %s.") % unit, code=WRITE)
    event = Event.objects.create(unit=unit, created_by=actor, **_checked(values))
    log("agenda.event.added", actor=actor, obj=event, unit_id=unit.pk, on=event.on.isoformat())
    return event


@transaction.atomic
def event_change(*, actor: Any, event: Event, **values: Any) -> Event:
    """Change an appointment; subscribers get the change. Raises Refused, Conflict (cancelled), InvalidInput."""
    event = Event.objects.select_for_update(of=("self",)).select_related("unit").get(pk=event.pk)
    if not can(actor, WRITE, event.unit_id):
        raise Refused(_("Anh/chị chưa được phân công đặt lịch cho %s.") % event.unit, code=WRITE)
    if event.cancelled_at:
        raise Conflict(_("Lịch này đã huỷ. Hãy đặt lịch mới."))
    for name, value in _checked(values).items():
        setattr(event, name, value)
    event.revision += 1
    event.save()
    log("agenda.event.changed", actor=actor, obj=event, unit_id=event.unit_id, on=event.on.isoformat())
    return event


@transaction.atomic
def event_cancel(*, actor: Any, event: Event) -> None:
    """Take an appointment off the calendar. Raises Refused."""
    event = Event.objects.select_for_update(of=("self",)).select_related("unit").get(pk=event.pk)
    if not can(actor, WRITE, event.unit_id):
        raise Refused(_("Anh/chị chưa được phân công đặt lịch cho %s.") % event.unit, code=WRITE)
    if event.cancelled_at:
        return
    event.cancelled_at, event.revision = clock.now(), event.revision + 1
    event.save(update_fields=["cancelled_at", "revision"])
    log("agenda.event.cancelled", actor=actor, obj=event, unit_id=event.unit_id)


@transaction.atomic
def day_set(
    *, actor: Any, unit: Unit, kind: str, title: str, on: dt.date, until: dt.date | None = None, basis: str = ""
) -> CalendarDay:
    """Set a day off, a working day or a milestone for a unit and all below it.

    Raises Refused, InvalidInput, Conflict.
    """
    if not can(actor, DAYS, unit.pk):
        raise Refused(_("Anh/chị chưa được phân công đặt ngày nghỉ, mốc thời gian."), code=DAYS)
    title = clean(title)[:160]
    if not title:
        raise InvalidInput(_("Hãy ghi tên ngày."), field="title")
    if kind not in set(DayKind):
        raise InvalidInput(_("Hãy chọn loại trong danh sách."), field="kind")
    until = until or on
    if until < on or until - on > LONGEST:
        raise InvalidInput(_("Ngày cuối phải từ ngày đầu trở đi, trong vòng một năm."), field="until")
    try:
        with transaction.atomic():
            day = CalendarDay.objects.create(
                unit=unit, kind=kind, title=title, on=on, until=until, basis=clean(basis)[:160], created_by=actor
            )
    except IntegrityError:
        raise Conflict(_("Ngày này đã có với cùng tên."), field="title") from None
    log("agenda.day.set", actor=actor, obj=day, unit_id=unit.pk, on=on.isoformat(), kind=kind)
    return day


@transaction.atomic
def day_remove(*, actor: Any, day: CalendarDay) -> None:
    """Take a day back. Raises Refused."""
    if not can(actor, DAYS, day.unit_id):
        raise Refused(_("Anh/chị chưa được phân công đặt ngày nghỉ, mốc thời gian."), code=DAYS)
    log("agenda.day.removed", actor=actor, obj=day, unit_id=day.unit_id, on=day.on.isoformat())
    day.delete()


@transaction.atomic
def feed_renew(*, actor: Any) -> str:
    """A new secret address for the person's own feed; the one before stops working. Returns the secret, once."""
    token = secrets.token_urlsafe(32)
    Feed.objects.update_or_create(
        user=actor, defaults={"token_hash": token_hash(token), "created_at": clock.now(), "read_at": None}
    )
    log("agenda.feed.renewed", actor=actor, obj=actor)
    return token


@transaction.atomic
def feed_remove(*, actor: Any) -> None:
    """End the person's feed."""
    if Feed.objects.filter(user=actor).delete()[0]:
        log("agenda.feed.removed", actor=actor, obj=actor)
