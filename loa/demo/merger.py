"""Two schools of one commune that became one in mid-year, so that boards and reports show how they count it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Max

from loa.core import clock
from loa.demo.people import Cast
from loa.newsroom.models import Story
from loa.org import services
from loa.org.models import Membership, Unit
from loa.org.rules import Kind
from loa.reporting.models import Evidence


def merge_two(cast: Cast, today: dt.date) -> str:
    """A lower secondary school that has published before, but nothing since, goes to its neighbour; whose name.

    Empty where the demo is too small for such a pair.
    """
    on = today - dt.timedelta(days=45)
    since = clock.start_of(on)
    busy = Evidence.objects.filter(on__gte=on).values("unit")
    quiet = (
        Unit.objects.filter(kind=Kind.THCS, closed_on=None, parent__kind=Kind.UBND_XA)
        .exclude(pk__in=Membership.objects.filter(user__in=cast.personas.values()).values("unit"))
        .exclude(pk__in=busy)
        .annotate(pieces=Count("stories"), last=Max("stories__published_at"))
        .filter(pieces__gt=0, last__lt=since)
        .order_by("-pieces", "pk")
    )
    for school in quiet:
        heir = (
            Unit.objects.filter(kind=Kind.THCS, closed_on=None, parent=school.parent)
            .exclude(pk=school.pk)
            .order_by("pk")
            .first()
        )
        if heir is not None and not Story.objects.filter(unit=school, live=False).exists():
            services.unit_merge(
                actor=cast.personas["yen"], units=[school], into=heir, on=on, decision="2148/QĐ-UBND",
                note="Sắp xếp trường, lớp trên địa bàn xã.",
            )  # fmt: skip
            return heir.name
    return ""
