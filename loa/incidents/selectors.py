"""Reads of hot issues."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from loa.incidents import access
from loa.incidents.models import Evidence, Incident
from loa.incidents.rules import State


def listed(user: Any, state: str = "") -> QuerySet[Incident]:
    """The person's issues: without a state those that are not over, the gravest first."""
    rows = access.incidents_for(user).select_related("unit", "lead")
    if state in set(State):
        return rows.filter(state=state)
    return rows if state == "tat-ca" else rows.exclude(state=State.CLOSED).order_by("-level", "-opened_at")


def open_count(user: Any) -> int:
    """Issues that are not over, for the spine."""
    return access.incidents_for(user).exclude(state=State.CLOSED).count() if access.sees(user) else 0


def pressed(incident: Incident) -> list[Evidence]:
    """What papers, radio and television wrote, oldest first."""
    return list(incident.evidence.filter(private=False))


def said_by_people(incident: Incident) -> dict[str, int]:
    """How many private persons' items are attached, by tone; which can still be opened in listening."""
    rows = incident.evidence.filter(private=True)
    counted: dict[str, int] = rows.aggregate(
        total=Count("pk"), pos=Count("pk", filter=Q(tone="pos")), neu=Count("pk", filter=Q(tone="neu")),
        neg=Count("pk", filter=Q(tone="neg")),
    )  # fmt: skip
    return counted
