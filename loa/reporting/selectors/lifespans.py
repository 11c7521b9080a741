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
from loa.plans.selectors.succession import heirs
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
        branch = _branch_spans(audience["under"], start, end, only) if audience.get("under") else None
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
            if last is not None and first >= last:
                continue
            if branch is None:
                spans[unit].append((first, last))
                continue
            for began, ended in branch.get(unit, ()):
                inside = max(first, began)
                until = min((day for day in (last, ended) if day is not None), default=None)
                if until is None or inside < until:
                    spans[unit].append((inside, until))
    if audience["units"]:
        for unit, first, last in _single_spans(audience["units"], end):
            if only is None or unit in only:
                spans[unit].append((first, last))
    return {unit: _joined(unit, found) for unit, found in spans.items() if unit not in excluded}


def _branch_spans(
    under: Collection[int], start: dt.date, end: dt.date, only: Collection[int] | None
) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """unit → when it stood at or below one of `under`; `only` limits it to those units. One query."""
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    links = UnitLink.objects.filter(Q(valid_to=None) | Q(valid_to__gt=start), above__in=under, valid_from__lte=end)
    if only is not None:
        links = links.filter(below__in=only)
    for unit, first, last in links.values_list("below", "valid_from", "valid_to"):
        found[unit].append((first, last))
    return found


def _single_spans(units: Collection[int], end: dt.date) -> list[tuple[int, dt.date, dt.date | None]]:
    """The life of each unit named, and, when it ended, of the one that carries on for it from then on."""
    named = list(Unit.objects.filter(pk__in=units).values_list("pk", "founded_on", "closed_on"))
    found = list(named)
    ended = [pk for pk, _founded, closed in named if closed is not None and closed <= end]
    carried = heirs(ended, end) if ended else {}
    if carried:
        closing = dict(
            Unit.objects.filter(pk__in={heir for steps in carried.values() for heir, _since in steps}).values_list(
                "pk", "closed_on"
            )
        )
        found += [(heir, since, closing[heir]) for steps in carried.values() for heir, since in steps]
    return found


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
