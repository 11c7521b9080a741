"""Whose calendar a person sees, and who enters appointments and days."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.agenda.models import CalendarDay, Event
from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.access import can, in_force, roles, units_where
from loa.org.models import Unit, UnitLink

READ, WRITE, DAYS = "progress.read", "agenda.write", "agenda.days"


def units_for(user: Any) -> QuerySet[Unit]:
    """Units whose calendar the person may open: their own and all below."""
    return units_where(user, READ)


def unit_for_calendar(user: Any, pk: int) -> Unit:
    """The unit, or NotFound."""
    unit = units_for(user).filter(pk=pk).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của anh/chị."), code="agenda.unit")
    return unit


def own_units(user: Any) -> QuerySet[Unit]:
    """The units a person works for, without those that stand below another of them."""
    held = {unit for unit, _role in roles(user)}
    above = UnitLink.objects.filter(in_force(clock.today()), below__in=held, depth__gte=1, above__in=held)
    return Unit.objects.filter(pk__in=held).exclude(pk__in=above.values("below")).order_by("pk")


def own_unit(user: Any) -> Unit | None:
    """The unit a person's calendar begins with."""
    return own_units(user).first()


def events_for(user: Any) -> QuerySet[Event]:
    """Appointments the person sees: of their units, of those above, and of those below."""
    held = {unit for unit, _role in roles(user)}
    above = UnitLink.objects.filter(in_force(clock.today()), below__in=held).values("above")
    return Event.objects.filter(Q(unit__in=above) | Q(unit__in=units_for(user).values("pk")), cancelled_at=None)


def event_for_view(user: Any, pk: int) -> Event:
    """The appointment, or NotFound."""
    event = events_for(user).select_related("unit", "created_by").filter(pk=pk).first()
    if event is None:
        raise NotFound(_("Không tìm thấy lịch này, hoặc lịch đã huỷ."), code="agenda.event")
    return event


def event_for_update(user: Any, pk: int) -> Event:
    """The appointment to change: NotFound before Refused."""
    event = event_for_view(user, pk)
    if not can(user, WRITE, event.unit_id):
        raise Refused(_("Lịch này của %s; anh/chị xem được nhưng không sửa.") % event.unit, code=WRITE)
    return event


def day_for_update(user: Any, pk: int) -> CalendarDay:
    """A day to take back: NotFound before Refused."""
    day = CalendarDay.objects.select_related("unit").filter(pk=pk, unit__in=_seen_units(user)).first()
    if day is None:
        raise NotFound(_("Không tìm thấy ngày này."), code="agenda.day")
    if not can(user, DAYS, day.unit_id):
        raise Refused(_("Anh/chị chưa được phân công đặt ngày nghỉ, mốc thời gian."), code=DAYS)
    return day


def _seen_units(user: Any) -> QuerySet[UnitLink, Any]:
    held = {unit for unit, _role in roles(user)}
    return UnitLink.objects.filter(in_force(clock.today()), below__in=held).values("above")


def days_for(units: Any) -> QuerySet[CalendarDay]:
    """Days set by these units or by those above them."""
    above = UnitLink.objects.filter(in_force(clock.today()), below__in=units).values("above")
    return CalendarDay.objects.filter(unit__in=above)
