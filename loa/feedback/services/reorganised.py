"""A unit ended: what people wrote to it is its heir's."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.feedback.models import Canned, Scenario, Tag, Thread
from loa.feedback.rules import State
from loa.org import events
from loa.org.models import Unit, UnitEvent


def threads_moved(event: UnitEvent) -> None:
    """Conversations, labels, ready answers and scenarios go to the first heir, whose people answer from now on.

    Listens to `loa.org.events`. A ready answer whose title the heir has already stays behind.
    """
    for unit in events.ended_by(event):
        heirs = events.heirs_of(event, unit)
        if not heirs:
            continue
        heir = heirs[0]
        count = Thread.objects.filter(Q(unit=unit) | Q(home=unit)).count()
        Thread.objects.filter(unit=unit).update(unit=heir)
        Thread.objects.filter(home=unit).update(home=heir)
        scenarios = Scenario.objects.filter(unit=unit).update(unit=heir)
        known = Canned.objects.filter(unit=heir).values("title")
        canned = (
            Canned.objects.filter(unit=unit)
            .exclude(title__in=list(known.values_list("title", flat=True)))
            .update(unit=heir)
        )
        tags = _tags_moved(unit, heir)
        if count or scenarios or canned or tags:
            log(
                "feedback.inbox.moved",
                actor=None,
                obj=unit,
                unit_id=heir.pk,
                threads=count,
                scenarios=scenarios,
                canned=canned,
                tags=tags,
            )


def _tags_moved(unit: Unit, heir: Unit) -> int:
    """Labels go along; of two with one name the heir's is kept for both. Returns how many."""
    known = {tag.name: tag for tag in Tag.objects.filter(unit=heir)}
    rows = list(Tag.objects.filter(unit=unit))
    for tag in rows:
        if tag.name in known:
            known[tag.name].threads.add(*tag.threads.all())
            tag.delete()
        else:
            Tag.objects.filter(pk=tag.pk).update(unit=heir)
    return len(rows)


def thread_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """What a reorganisation moves of the units. One query."""
    rows = Thread.objects.filter(Q(unit__in=unit_ids) | Q(home__in=unit_ids))
    count = rows.filter(state__in=(State.OPEN, State.ELSEWHERE)).count()
    return [events.Stake(_("cuộc trao đổi chờ trả lời"), count, _("Đơn vị tiếp nhận trả lời tiếp."))]
