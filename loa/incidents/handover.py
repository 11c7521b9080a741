"""The button on a case or an alert of listening."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loa.incidents.models import Incident
from loa.incidents.services import incident_open
from loa.listening.access import MANAGE
from loa.listening.events import Handover, Matter, matter_of_case, matter_of_spike
from loa.org import access as rights


def may(actor: Any, matter: Matter) -> bool:
    """Whether the person may make one of it."""
    return rights.can(actor, MANAGE, matter.unit_id)


def make(actor: Any, matter: Matter) -> str:
    """Make it; its address."""
    return reverse("incidents:incident", args=[incident_open(actor=actor, matter=matter).pk])


def matter_of(incident: Incident) -> Matter | None:
    """What it was made of, as it stands now; None when listening keeps it no longer."""
    if incident.case is not None:
        return matter_of_case(incident.case)
    return matter_of_spike(incident.spike) if incident.spike is not None else None


HANDOVER = Handover(label=_("Lập vấn đề nóng"), may=may, make=make)
