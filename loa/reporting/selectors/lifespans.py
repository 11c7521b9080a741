"""In which days each unit belonged to an audience: who owes, and from when until when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q

from loa.org.models import Unit, UnitLink
from loa.plans.rules import audience as audiences
from loa.plans.selectors import class_rules
from loa.reporting.rules import Life


def audience_lives(
    top: int,
    audience: Mapping[str, Any],
    *,
    start: dt.date,
    end: dt.date,
    only: Collection[int] | None = None,
) -> dict[int, list[Life]]:
    """unit id → the spans within [start, end] in which it belongs to `audience` of the unit `top`.

    A unit belongs to a class while it stands below `top` and is of one of the kinds of the class; both may
    change in time. `only` limits the answer, and the query, to those units. At most three queries.
    """
    audience = audiences.normal(audience)
    spans: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    excluded = set(audience["except"])
    rules = [rule for code, rule in class_rules().items() if code in set(audience["classes"])]
    if rules:
        kinds = set().union(*(rule.kinds for rule in rules))
        links = UnitLink.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=start),
            Q(below__versions__valid_to=None) | Q(below__versions__valid_to__gt=start),
            above=top,
            depth__gte=1,
            valid_from__lte=end,
            below__versions__kind__in=kinds,
            below__versions__valid_from__lte=end,
        )
        if only is not None:
            links = links.filter(below__in=only)
        meant = {kind: [rule.depth for rule in rules if kind in rule.kinds] for kind in kinds}
        rows = links.values_list(
            "below",
            "depth",
            "below__versions__kind",
            "valid_from",
            "valid_to",
            "below__versions__valid_from",
            "below__versions__valid_to",
        )
        for unit, depth, kind, link_from, link_to, version_from, version_to in rows:
            if not any(wanted is None or wanted == depth for wanted in meant[kind]):
                continue
            ends = [day for day in (link_to, version_to) if day is not None]
            first, last = max(link_from, version_from), min(ends) if ends else None
            if last is None or first < last:
                spans[unit].append((first, last))
    singles = set(audience["units"]) if only is None else set(audience["units"]) & set(only)
    if singles:
        for unit, founded, closed in Unit.objects.filter(pk__in=singles).values_list(
            "pk", "founded_on", "closed_on"
        ):
            spans[unit].append((founded, closed))
    return {unit: _joined(unit, found) for unit, found in spans.items() if unit not in excluded}


def _joined(unit: int, spans: list[tuple[dt.date, dt.date | None]]) -> list[Life]:
    """Spans that touch or overlap become one: a rename is no gap."""
    if len(spans) == 1:
        return [Life(unit, *spans[0])]
    joined: list[tuple[dt.date, dt.date | None]] = []
    for first, last in sorted(spans, key=lambda span: span[0]):
        if joined and (joined[-1][1] is None or first <= joined[-1][1]):
            before_from, before_to = joined[-1]
            later = None if before_to is None or last is None else max(before_to, last)
            joined[-1] = (before_from, later)
        else:
            joined.append((first, last))
    return [Life(unit, first, last) for first, last in joined]
