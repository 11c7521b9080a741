"""The only way from a request to a hot issue: 404 before 403."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound
from loa.incidents.models import Incident
from loa.listening.access import MANAGE, READ
from loa.org import access as rights

#: who approves what is said to the press approves a statement
APPROVE = "press.approve"


def sees(user: Any) -> bool:
    """Whether the spine shows the entry."""
    return rights.can(user, READ)


def incidents_for(user: Any) -> QuerySet[Incident]:
    """Issues of units whose listening the person reads."""
    return Incident.objects.filter(unit__in=rights.units_where(user, READ).values("pk"))


def incident_for_read(user: Any, pk: int) -> Incident:
    """The issue, or NotFound."""
    rows = incidents_for(user).select_related("unit", "lead", "case", "written_by", "approved_by", "opened_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Không tìm thấy vấn đề này trong phạm vi của bạn."), code="incidents.missing")
    return found


def may_handle(user: Any, incident: Incident) -> bool:
    """Whether the person works on it."""
    return rights.can(user, MANAGE, incident.unit_id)


def may_approve(user: Any, incident: Incident) -> bool:
    """Whether the person may approve the statement as it stands: has the right and did not write it."""
    written = bool(incident.statement) and incident.approved_at is None
    return written and incident.written_by_id != user.pk and rights.can(user, APPROVE, incident.unit_id)
