"""What the passing of the days brings: names that change today, reorganisations that take effect."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q

from loa.core import clock
from loa.org import events
from loa.org.access import in_force
from loa.org.models import Unit, UnitEvent, UnitVersion
from loa.org.services import versions as history


@transaction.atomic
def bring_today() -> int:
    """Bring what `Unit` repeats of its version in step with today. Returns how many units changed.

    One query finds them, whatever the number of units; on most days there are none.
    """
    stale = UnitVersion.objects.filter(in_force(clock.today())).filter(
        ~Q(name=F("unit__name"))
        | ~Q(short_name=F("unit__short_name"))
        | ~Q(kind=F("unit__kind"))
        | Q(parent__isnull=False) & ~Q(parent=F("unit__parent"))
        | Q(parent=None, unit__parent__isnull=False)
    )
    changed = 0
    for unit in Unit.objects.select_for_update().filter(pk__in=stale.values("unit")):
        changed += history.repeat_today(unit)
    return changed


def apply_due_events() -> int:
    """Tell the upper domains of reorganisations whose day has come, each in a transaction. Returns how many."""
    due = UnitEvent.objects.filter(applied_at=None, effective_on__lte=clock.today())
    told = 0
    for pk in list(due.order_by("effective_on", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            event = UnitEvent.objects.select_for_update().filter(pk=pk, applied_at=None).first()
            if event is None:
                continue
            event.applied_at = clock.now()
            event.save(update_fields=["applied_at"])
            events.tell(event)
            told += 1
    return told
