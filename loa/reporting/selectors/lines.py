"""A directive through its amendments: one line of versions, each with the slots it owns on the day one looks.

Looked at on a past day, an amendment made for a later day is not known yet: the line is as it was.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from loa.plans.models import Directive
from loa.plans.rules import DirectiveKind
from loa.plans.selectors.changes import terms_of
from loa.reporting.rules import ONE_DAY, Life, Slot, Terms, owed, owed_by_parts, slots

#: directive id → unit id → spans in its audience
Lives = Mapping[int, Mapping[int, list[Life]]]


@dataclass(frozen=True)
class Stretch:
    """One slot of a line, the version that owns it, and the versions that held in it when there were several."""

    directive: Directive
    terms: Terms
    slot: Slot
    #: (version, first day, last day), in order; empty when one version held all through
    parts: tuple[tuple[Directive, dt.date, dt.date], ...] = ()

    @cached_property
    def line(self) -> int:
        """The number under which its proofs are counted."""
        return self.directive.line_id_of

    @property
    def versions(self) -> list[Directive]:
        """Every version whose audience matters here."""
        return [version for version, _first, _last in self.parts] or [self.directive]

    def share(self, lives: Lives, unit: int) -> int:
        """How many the unit owes in it."""
        if not self.parts:
            spans = lives[self.directive.pk].get(unit, [])
            return owed(self.terms, self.slot, spans) if spans else 0
        return owed_by_parts(
            [(version.count, first, last, lives[version.pk].get(unit, [])) for version, first, last in self.parts],
            self.slot,
        )

    def version_on(self, day: dt.date) -> Directive:
        """The version that held on a day of the slot; on days outside it the owner."""
        return next((one for one, first, last in self.parts if first <= day <= last), self.directive)

    def held_on(self, lives: Lives, unit: int, day: dt.date) -> bool:
        """Whether the unit was meant on a day, by the version that held then."""
        return any(life.holds_on(day) for life in lives[self.version_on(day).pk].get(unit, ()))


@dataclass
class Line:
    """All versions of one directive that are known on a day, oldest first."""

    day: dt.date
    versions: list[Directive] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.versions[-1].line_id_of

    @property
    def last(self) -> Directive:
        """The version in force last."""
        return self.versions[-1]

    @property
    def ended(self) -> bool:
        """Whether nothing more is asked: cancelled by the day one looks."""
        return self.last.valid_to is not None and self.last.valid_to <= self.day

    def stretches(self) -> list[Stretch]:
        """Every slot with the version that owns it, in order of time."""
        found = []
        for version in self.versions:
            terms = terms_of(version, self.day)
            for slot in slots(terms):
                found.append(Stretch(version, terms, slot, self._parts(version, slot)))
        return sorted(found, key=lambda stretch: (stretch.slot.start, stretch.slot.end))

    def _parts(self, owner: Directive, slot: Slot) -> tuple[tuple[Directive, dt.date, dt.date], ...]:
        if owner.kind != DirectiveKind.QUOTA or owner.valid_from is None or owner.valid_from <= slot.start:
            return ()
        parts = []
        for version in self.versions[: self.versions.index(owner) + 1]:
            first = max(version.valid_from or slot.start, slot.start)
            # The owner's number goes on to the end of the slot: what came later, or is to come, begins after it.
            last = slot.end
            if version is not owner and version.valid_to is not None:
                last = min(version.valid_to - ONE_DAY, slot.end)
            if first <= last:
                parts.append((version, first, last))
        return tuple(parts) if len(parts) > 1 else ()

    def of(self, day: dt.date) -> Stretch | None:
        """The stretch for which something dated `day` counts: the slot that holds it; of a single deadline also
        what comes late."""
        every = self.stretches()
        for stretch in every:
            if stretch.slot.start <= day <= stretch.slot.end:
                return stretch
        if every and every[-1].terms.kind == DirectiveKind.DEADLINE and day > every[-1].slot.end:
            return every[-1]
        return None

    def starting(self, start: dt.date) -> Stretch | None:
        """The stretch whose slot starts on that day."""
        return next((stretch for stretch in self.stretches() if stretch.slot.start == start), None)


def lines_of(directives: Iterable[Directive], day: dt.date) -> list[Line]:
    """Versions known on `day` gathered into lines, in the order in which their first versions come."""
    found: dict[int, Line] = defaultdict(lambda: Line(day))
    for directive in directives:
        if directive.valid_from is None or directive.valid_from <= day:
            found[directive.line_id_of].versions.append(directive)
    for line in found.values():
        line.versions.sort(key=lambda version: (version.valid_from or dt.date.min, version.pk))
    return list(found.values())


def line_of(directive: Directive, day: dt.date) -> Line:
    """The whole line a directive belongs to, as known on `day`. One query."""
    number = directive.line_id_of
    rows = Directive.objects.filter(pk=number) | Directive.objects.filter(line=number)
    lines = lines_of(rows.select_related("plan__unit", "topic"), day)
    return lines[0] if lines else Line(day, [directive])
