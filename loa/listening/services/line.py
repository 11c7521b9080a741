"""The line of an alert: who sees to it, who above listens along, which leaders hear what nobody took."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from loa.core import clock
from loa.listening.access import MANAGE
from loa.listening.models import Alert, Source, Telling
from loa.listening.watch.rules import Level
from loa.org import access as rights
from loa.org.models import UnitLink

#: who sees to a unit's own affairs, and who leads it
OWN, LEADS = "story.edit_unit", "report.approve"


def helpers(alert: Alert) -> dict[int, Any]:
    """Those who see to an alert: who keep listening for the unit that hears, or see to the one that is meant. From
    ACT on also who listen for the nearest unit above that listens and for the one at the top, and whenever there
    is nobody else; once it went up, the leaders who were told.
    """
    return helpers_of([alert])[alert.pk]


def helpers_of(alerts: Iterable[Alert]) -> dict[int, dict[int, Any]]:
    """alert → its `helpers`, for many alerts at once: at most twelve queries."""
    rows = {alert.pk: alert for alert in alerts}
    above = _above({alert.unit_id for alert in rows.values()})
    hearing = {*above, *(unit for units in above.values() for unit in units)}
    keepers = rights.people_who_can(MANAGE, hearing)
    meant = {alert.meant_id for alert in rows.values() if alert.meant_id}
    own = rights.people_who_can(OWN, meant) if meant else {}
    listens = set(Source.objects.filter(unit__in=hearing).values_list("unit", flat=True))
    risen = [alert for alert in rows.values() if alert.escalated_at is not None]
    leading = rights.people_who_can(LEADS, {unit for one in risen for unit in _line(one, above)}) if risen else {}
    told = set(Telling.objects.filter(alert__in=risen).values_list("alert", "user")) if risen else set()
    found: dict[int, dict[int, Any]] = {}
    for pk, alert in rows.items():
        up = above[alert.unit_id]
        people = {user.pk: user for user in (*keepers[alert.unit_id], *own.get(alert.meant_id or 0, ()))}
        if up and (alert.level >= Level.ACT or not people):
            near = next((unit for unit in up if keepers[unit] and (unit in listens or unit == up[-1])), up[-1])
            people |= {user.pk: user for unit in (near, up[-1]) for user in keepers[unit]}
        if alert.escalated_at is not None:
            up_there = (user for unit in _line(alert, above) for user in leading[unit])
            people |= {user.pk: user for user in up_there if (pk, user.pk) in told}
        found[pk] = people
    return found


def _above(units: Collection[int]) -> dict[int, list[int]]:
    """unit → the units above it today, the nearest first. One query."""
    found: dict[int, list[int]] = {unit: [] for unit in units}
    links = UnitLink.objects.filter(rights.in_force(clock.today()), below__in=found, depth__gte=1)
    for unit, over in links.order_by("depth").values_list("below", "above"):
        found[unit].append(over)
    return found


def _line(alert: Alert, above: dict[int, list[int]]) -> list[int]:
    """The unit that hears, the one that is meant, and all above the one that hears."""
    return [alert.unit_id, *([alert.meant_id] if alert.meant_id else []), *above[alert.unit_id]]


def leaders(alert: Alert) -> dict[int, Any]:
    """Leaders who are to hear that nobody took it: of the unit that hears and the one that is meant, and of the
    nearest unit above, none who was told already; when there is no other, those at the top once more. At most six
    queries.
    """
    units = [alert.unit_id, *([alert.meant_id] if alert.meant_id else [])]
    above = _above([alert.unit_id])[alert.unit_id]
    leading = rights.people_who_can(LEADS, [*units, *above])
    told = set(Telling.objects.filter(alert=alert).values_list("user", flat=True))
    fresh = {unit: [user for user in users if user.pk not in told] for unit, users in leading.items()}
    found = {user.pk: user for unit in units for user in fresh[unit]}
    near = next((unit for unit in above if fresh[unit]), None)
    if near:
        found |= {user.pk: user for user in fresh[near]}
    top = above[-1] if above else alert.unit_id
    return found or {user.pk: user for user in leading[top]}
