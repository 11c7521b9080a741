"""Which unit, or class of units, a name printed in a document means: candidates with a confidence.

The signed text is never corrected: a doubtful name keeps its print and gets a choice. Confidence: from `SURE` on a
name may be taken as read; below, a person is asked.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from loa.core import clock
from loa.org.access import in_force
from loa.org.models import UnitAlias, UnitClass, UnitLink
from loa.org.naming import class_words, core_of, distance, spells, split_commas, split_print, strip_print, words_of

SURE = 0.85
#: a second candidate nearer than this to the first makes the first unsure
MARGIN = 0.08
WORTH_SHOWING = 0.55
MOST = 6


#: what a list of classes says only before its first
_HEAD = re.compile(r"(?:các\s+)?(?:trường|trung tâm|phòng)\b", re.I)


@dataclass(frozen=True)
class Candidate:
    """One reading of a name. Exactly one of `unit_id` and `class_code` is set.

    `why`: exact | alias | core | abbreviation | typo | similar | loose | successor | empty (a class that nobody
    belongs to on that day).
    """

    label: str
    confidence: float
    why: str
    unit_id: int | None = None
    class_code: str | None = None


@dataclass(frozen=True)
class Resolution:
    """What one printed name may mean, best first."""

    text: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The likeliest reading, sure or not."""
        return self.candidates[0] if self.candidates else None

    @property
    def sure(self) -> bool:
        """Whether the best reading may be taken without asking."""
        if not self.candidates or self.candidates[0].confidence < SURE:
            return False
        return len(self.candidates) == 1 or self.candidates[0].confidence - self.candidates[1].confidence >= MARGIN


@dataclass(frozen=True)
class Known:
    """A unit as the catalogue knows it on its day."""

    id: int
    label: str
    kind: str
    depth: int


@dataclass(frozen=True)
class KnownClass:
    """A class of units with its phrases."""

    code: str
    label: str
    kinds: frozenset[str]
    depth: int | None
    phrases: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    successor: str | None = None


@dataclass
class Catalogue:
    """All names below one unit on one day, indexed. Made once per document, asked for every name."""

    units: dict[int, Known] = field(default_factory=dict)
    classes: dict[str, KnownClass] = field(default_factory=dict)
    _full: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    _alias: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    _core: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_word: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    _members: Counter[str] = field(default_factory=Counter)

    def add_unit(self, unit: Known, names: Iterable[str], aliases: Iterable[str] = ()) -> None:
        """Make a unit known under its names of the day and its other names."""
        self.units[unit.id] = unit
        for name in names:
            self._full[words_of(name)].add(unit.id)
            self._index(core_of(name), unit.id)
        for name in aliases:
            self._alias[words_of(name)].add(unit.id)
            self._index(core_of(name), unit.id)

    def _index(self, core: tuple[str, ...], unit_id: int) -> None:
        self._core[core].add(unit_id)
        for word in core:
            self._by_word[word].add(core)

    def add_class(self, cls: KnownClass) -> None:
        """Make a class known; call after the units."""
        self.classes[cls.code] = cls
        self._members[cls.code] = sum(
            1
            for unit in self.units.values()
            if unit.depth >= 1 and unit.kind in cls.kinds and cls.depth in (None, unit.depth)
        )

    def members(self, code: str) -> int:
        """How many units of the catalogue belong to a class."""
        return self._members[code]

    # — asking —————————————————————————————————————————————————————————————————————————

    def match(self, text: str) -> Resolution:
        """What one printed name may mean."""
        text = strip_print(text)
        if not text:
            return Resolution(text)
        found: dict[tuple[int | None, str | None], Candidate] = {}
        for candidate in [*self._classes_like(text), *self._units_like(text)]:
            key = (candidate.unit_id, candidate.class_code)
            if key not in found or candidate.confidence > found[key].confidence:
                found[key] = candidate
        kept = [c for c in self._living(found.values()) if c.confidence >= WORTH_SHOWING]
        kept.sort(key=lambda c: (-c.confidence, self.units[c.unit_id].depth if c.unit_id else 0, c.label))
        return Resolution(text, tuple(kept[:MOST]))

    def named(self, text: str) -> list[int]:
        """Units that bear exactly this name: their own, else another one, else its telling words; however many."""
        words, core = words_of(strip_print(text)), core_of(strip_print(text))
        for found in (self._full.get(words), self._alias.get(words), self._core.get(core)):
            if found:
                return sorted(found)
        return []

    def resolve(self, text: str) -> list[Resolution]:
        """Every name printed in one cell, in order."""
        resolved: list[Resolution] = []
        for part in split_print(text):
            whole = self.match(part)
            if whole.best is None or whole.best.confidence < SURE:
                pieces = self._pieces(part)
                known = [piece.sure for piece in pieces]
                if len(pieces) > 1 and (all(known) or (whole.best is None and any(known))):
                    resolved.extend(pieces)
                    continue
            resolved.append(whole)
        return resolved

    def _pieces(self, part: str) -> list[Resolution]:
        """The names of a list; "các trường mầm non, tiểu học, trung học cơ sở" says "các trường" only once."""
        head, pieces = "", []
        for piece in split_commas(part):
            found = self.match(piece)
            if head and not found.sure:
                whole = self.match(f"{head} {piece}")
                found = whole if whole.sure else found
            if named := _HEAD.match(piece):
                head = named[0]
            pieces.append(found)
        return pieces

    def _living(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """A class nobody belongs to on that day steps back, and its successor comes forward."""
        kept: list[Candidate] = []
        for candidate in candidates:
            cls = self.classes.get(candidate.class_code or "")
            if cls is None or not self.units or self.members(cls.code):
                kept.append(candidate)
                continue
            kept.append(replace(candidate, confidence=min(candidate.confidence, 0.56), why="empty"))
            heir = self.classes.get(cls.successor or "")
            if heir is not None and self.members(heir.code) and candidate.confidence >= WORTH_SHOWING:
                kept.append(Candidate(heir.label, 0.7, "successor", class_code=heir.code))
        return kept

    def _classes_like(self, text: str) -> list[Candidate]:
        words, reduced = words_of(text), class_words(text)
        line = " ".join(reduced)
        found = []
        for cls in self.classes.values():
            best, why = 0.0, ""
            for phrase in cls.phrases:
                if words_of(phrase) == words:
                    best, why = 1.0, "exact"
                    break
                if class_words(phrase) == reduced:
                    best, why = max((best, why), (0.96, "core"))
                    continue
                other = " ".join(class_words(phrase))
                allowed = len(other) // 9
                if allowed and (far := distance(line, other, min(allowed, 2))) <= min(allowed, 2):
                    best, why = max((best, why), (0.84 - 0.06 * (far - 1), "typo"))
                elif (like := _overlap(reduced, class_words(phrase))) >= 0.72:
                    best, why = max((best, why), (0.3 + 0.5 * like, "similar"))
            for phrase in cls.loose:
                if class_words(phrase) == reduced:
                    best, why = max((best, why), (0.7, "loose"))
            if best:
                found.append(Candidate(cls.label, round(best, 3), why, class_code=cls.code))
        return found

    def _units_like(self, text: str) -> list[Candidate]:
        words, core = words_of(text), core_of(text)
        found: list[Candidate] = []

        def add(ids: Iterable[int], confidence: float, why: str) -> None:
            found.extend(
                Candidate(self.units[pk].label, round(confidence, 3), why, unit_id=pk) for pk in sorted(ids)
            )

        add(self._full.get(words, ()), 1.0, "exact")
        add(self._alias.get(words, ()), 0.98, "alias")
        add(self._core.get(core, ()), 0.96, "core")
        if any(c.confidence >= 0.96 for c in found):
            return found
        letters = "".join(core)
        near: set[tuple[str, ...]] = set()
        lists = sorted((self._by_word[word] for word in set(core) if word in self._by_word), key=len)
        for names in lists:
            # A word of every tenth name ("trường", "trung học") tells nothing by itself.
            if len(names) <= max(60, len(self._core) // 10):
                near |= names
        if not near and len(lists) > 1:
            near = lists[0] & lists[1]
        if len(core) <= 4:
            # An abbreviation shares no word with its long form: try those that begin alike.
            for word, cores in self._by_word.items():
                if word[0] == letters[0]:
                    near |= {other for other in cores if other[0] == word}
        line = " ".join(core)
        for other in near:
            if len(letters) >= 3 and len(other) >= 2 and spells(letters, other):
                add(self._core[other], 0.9, "abbreviation")
                continue
            target = " ".join(other)
            allowed = min(max(len(target) // 8, 0), 3)
            if allowed and (far := distance(line, target, allowed)) <= allowed and self._one_place(core, other):
                add(self._core[other], 0.84 - 0.07 * (far - 1), "typo")
                continue
            like = self._weighted(core, other)
            if like >= 0.45:
                ahead = 0.05 if other[: len(core)] == core else 0.0
                add(self._core[other], min(0.38 + 0.42 * like + ahead, 0.82), "similar")
        return found

    def _one_place(self, core: tuple[str, ...], other: tuple[str, ...]) -> bool:
        """A typo is a letter: two names whose differing words are both known words are two names.

        "Sơn Hà" is not a slip for "Sơn Hạ", nor "Số 2" for "Số 1".
        """
        if len(core) != len(other):
            return True
        differing = [(a, b) for a, b in zip(core, other, strict=True) if a != b]
        return not all(a in self._by_word or a.isdigit() for a, _b in differing)

    def _weight(self, word: str) -> float:
        return math.log(1 + (len(self._core) + 1) / (1 + len(self._by_word.get(word, ()))))

    def _weighted(self, one: tuple[str, ...], other: tuple[str, ...]) -> float:
        """Shared words by all words, rare words counting more."""
        left, right = Counter(one), Counter(other)
        shared = sum(self._weight(word) * n for word, n in (left & right).items())
        total = sum(self._weight(word) * n for word, n in (left | right).items())
        return shared / total if total else 0.0


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    left, right = Counter(one), Counter(other)
    total = (left | right).total()
    return (left & right).total() / total if total else 0.0


def catalogue(top: int, day: dt.date | None = None) -> Catalogue:
    """Names at and below unit `top` on `day` (today). Three queries, however many units."""
    day = day or clock.today()
    known = Catalogue()
    rows = (
        UnitLink.objects.filter(in_force(day), in_force(day, "below__versions__"), above=top)
        .values_list(
            "below",
            "depth",
            "below__versions__name",
            "below__versions__short_name",
            "below__versions__kind",
        )
        .order_by("depth", "below")
    )
    units = list(rows)
    aliases: dict[int, list[str]] = defaultdict(list)
    links = UnitLink.objects.filter(in_force(day), above=top)
    for unit_id, text in UnitAlias.objects.filter(unit__in=links.values("below")).values_list("unit", "text"):
        aliases[unit_id].append(text)
    for unit_id, depth, name, short_name, kind in units:
        known.add_unit(
            Known(unit_id, short_name or name, kind, depth), {name, short_name or name}, aliases[unit_id]
        )
    for cls in known_classes():
        known.add_class(cls)
    return known


def known_classes() -> list[KnownClass]:
    """Every class of units. One query."""
    return [
        KnownClass(
            row.code,
            row.label,
            frozenset(row.kinds),
            row.depth,
            tuple({row.label, *row.phrases}),
            tuple(row.loose),
            row.successor.code if row.successor else None,
        )
        for row in UnitClass.objects.select_related("successor")
    ]


def resolve_names(text: str, *, top: int, day: dt.date | None = None) -> list[Resolution]:
    """Every name printed in `text` (one cell or one line), read for the authority `top` on `day`.

    For many names make a `catalogue` once and ask it.
    """
    return catalogue(top, day).resolve(text)
