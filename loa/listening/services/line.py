"""The line of an alert: who sees to it, who above listens along, which leaders hear what nobody took."""

from __future__ import annotations

from typing import Any

from loa.listening.access import MANAGE
from loa.listening.models import Alert, Source, Telling
from loa.listening.watch.rules import Level
from loa.org import access as rights
from loa.org.selectors import ancestors

#: who sees to a unit's own affairs, and who leads it
OWN, LEADS = "story.edit_unit", "report.approve"


def helpers(alert: Alert) -> dict[int, Any]:
    """Those who see to an alert: who keep listening for the unit that hears, or see to the one that is meant. From
    ACT on also who listen for the nearest unit above that listens and for the one at the top, and whenever there
    is nobody else; once it went up, the leaders who were told. At most ten queries.
    """
    found = {user.pk: user for user in rights.users_who_can(MANAGE, alert.unit_id)}
    if alert.meant_id:
        found |= {user.pk: user for user in rights.users_who_can(OWN, alert.meant_id)}
    if alert.level >= Level.ACT or not found:
        found |= _listening_above(alert.unit_id)
    if alert.escalated_at is not None:
        told = set(Telling.objects.filter(alert=alert).values_list("user", flat=True))
        leading = rights.people_who_can(LEADS, _line(alert))
        found |= {user.pk: user for users in leading.values() for user in users if user.pk in told}
    return found


def _line(alert: Alert) -> list[int]:
    """The unit that hears, the one that is meant, and all above the one that hears, the nearest first."""
    meant = [alert.meant_id] if alert.meant_id else []
    return [alert.unit_id, *meant, *(unit.pk for unit in reversed(ancestors(alert.unit_id)))]


def _listening_above(unit_id: int) -> dict[int, Any]:
    """Who keep listening for the nearest unit above that has sources, and for the one at the top."""
    above = [unit.pk for unit in reversed(ancestors(unit_id))]
    if not above:
        return {}
    keepers = rights.people_who_can(MANAGE, above)
    listening = {*Source.objects.filter(unit__in=above).values_list("unit", flat=True), above[-1]}
    near = next((unit for unit in above if unit in listening and keepers[unit]), above[-1])
    return {user.pk: user for unit in (near, above[-1]) for user in keepers[unit]}


def leaders(alert: Alert) -> dict[int, Any]:
    """Leaders who are to hear that nobody took it: of the unit that hears and the one that is meant, and of the
    nearest unit above, none who was told already; when there is no other, those at the top once more. At most six
    queries.
    """
    units = [alert.unit_id, *([alert.meant_id] if alert.meant_id else [])]
    above = [unit.pk for unit in reversed(ancestors(alert.unit_id))]
    leading = rights.people_who_can(LEADS, [*units, *above])
    told = set(Telling.objects.filter(alert=alert).values_list("user", flat=True))
    fresh = {unit: [user for user in users if user.pk not in told] for unit, users in leading.items()}
    found = {user.pk: user for unit in units for user in fresh[unit]}
    near = next((unit for unit in above if fresh[unit]), None)
    if near:
        found |= {user.pk: user for user in fresh[near]}
    top = above[-1] if above else alert.unit_id
    return found or {user.pk: user for user in leading[top]}
