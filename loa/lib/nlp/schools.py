"""Which unit a text means: names as people write them, told apart by the places around them.

Names are few and schools are many: "Trần Phú" is thirty schools. A name alone says little, a name with its level
more, with its commune all. Former place names stay good as aliases.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from loa.lib.nlp.text import Prepared, teencode
from loa.lib.vi import clean, fold, tones

#: level → how its name begins, the first is the official one
LEVELS: dict[str, tuple[str, ...]] = {
    "mam_non": ("mầm non", "mn", "mẫu giáo", "nhà trẻ"),
    "tieu_hoc": ("tiểu học", "th", "cấp 1", "c1", "cấp i", "tiểu học và trung học cơ sở"),
    "thcs": ("trung học cơ sở", "thcs", "cấp 2", "c2", "cấp ii"),
    "thpt": ("trung học phổ thông", "thpt", "cấp 3", "c3", "cấp iii"),
    "gdtx": ("giáo dục nghề nghiệp giáo dục thường xuyên", "gdnn gdtx", "giáo dục thường xuyên", "gdtx"),
}
_PREFIX = re.compile(
    r"^(?:trường|trung tâm)?\s*(?:(?:phổ thông dân tộc|ptdt)\s*(?:bán trú|nội trú|bt|nt)?\s*)?"
    r"(?P<level>mầm non|mẫu giáo|tiểu học|th và thcs|th&thcs|thcs và thpt|thcs|trung học cơ sở|thpt chuyên|thpt|"
    r"trung học phổ thông|th|mn|gdnn\s*[-–]?\s*gdtx|giáo dục thường xuyên|gdtx)?\s*(?P<name>.*)$"
)
_BY_WORD = {
    "mầm non": "mam_non", "mẫu giáo": "mam_non", "mn": "mam_non", "tiểu học": "tieu_hoc", "th": "tieu_hoc",
    "th và thcs": "tieu_hoc", "th&thcs": "tieu_hoc", "thcs": "thcs", "trung học cơ sở": "thcs",
    "thcs và thpt": "thpt", "thpt": "thpt", "thpt chuyên": "thpt", "trung học phổ thông": "thpt", "gdtx": "gdtx",
    "giáo dục thường xuyên": "gdtx",
}  # fmt: skip
#: before a place it says that a place is meant: "xã Trần Phú" is no school
PLACE_WORDS = frozenset({"xã", "phường", "huyện", "đường", "phố", "tỉnh", "thôn", "bản", "tổ", "quận", "thị trấn"})
#: words behind which the name of a school follows
TRIGGERS = ("trường", *dict.fromkeys(word for words in LEVELS.values() for word in words))
#: a name of fewer letters has too many neighbours for a slip to be forgiven: behind a level, behind "trường" alone
_SHORTEST, _SHORTEST_BARE = 5, 7
#: no name has more words
_LONGEST = 6
#: letters looked at on either side of a name, and how long it must be for a slip not to touch both
_EDGE, _BOTH_EDGES = 3, 8


@dataclass(frozen=True)
class School:
    """A unit as the matcher knows it: its names and the places it lies in (commune, former district, province)."""

    id: int
    name: str
    places: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Pattern:
    """One way to write a name: which units it may mean, and how much it says by itself."""

    accented: str
    units: list[int] = field(default_factory=list)
    weight: float = 0.5


def key(text: str) -> str:
    """A name as it stands in a prepared text."""
    words = re.findall(r"[^\W_]+", clean(text).lower())
    return " ".join(tones(word) if not word.isascii() else word for word in words)


def split_name(name: str) -> tuple[str, str]:
    """(level, proper name) of "Trường THCS Trần Phú": ("thcs", "trần phú")."""
    found = _PREFIX.match(clean(name).lower())
    assert found is not None  # every part is optional
    level = re.sub(r"\s*[-–]\s*", " ", found["level"] or "").strip()
    return ("gdtx" if "gdtx" in level else _BY_WORD.get(level, "")), key(found["name"])


def patterns_of(schools: Iterable[School]) -> dict[str, Pattern]:
    """Folded phrase → pattern. Weights: full name 1, level and name .9, "trường" and name .6, alias .9."""
    found: dict[str, Pattern] = {}

    def add(accented: str, unit: int, weight: float) -> None:
        accented = accented.strip()
        if len(accented) < 5:
            return
        pattern = found.setdefault(fold(accented), Pattern(accented, weight=weight))
        if unit not in pattern.units:
            pattern.units.append(unit)
        pattern.weight = max(pattern.weight, weight)

    for school in schools:
        level, proper = split_name(school.name)
        full = key(school.name)
        add(full, school.id, 1.0)
        if proper and level:
            for word in LEVELS[level]:
                add(f"{word} {proper}", school.id, 0.9)
                add(f"trường {word} {proper}", school.id, 1.0)
            add(f"trường {proper}", school.id, 0.6)
        for alias in school.aliases:
            add(key(alias), school.id, 0.9)
            alias_level, alias_proper = split_name(alias)
            if alias_proper and alias_level:
                for word in LEVELS[alias_level]:
                    add(f"{word} {alias_proper}", school.id, 0.9)
    return found


def places_of(schools: Iterable[School]) -> dict[str, tuple[str, frozenset[int]]]:
    """Folded place → (accented, units that lie in it)."""
    units: dict[str, set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    for school in schools:
        for place in school.places:
            accented = key(
                re.sub(r"^(xã|phường|thị trấn|thị xã|huyện|thành phố|tỉnh|quận|đặc khu)\s+", "", place.lower())
            )
            if len(accented) >= 3:
                units[fold(accented)].add(school.id)
                names[fold(accented)] = accented
    return {folded: (names[folded], frozenset(ids)) for folded, ids in units.items()}


class Typos:
    """Names with one letter missing, added or changed, behind a word that says a school follows."""

    def __init__(self, schools: Iterable[School], patterns: dict[str, Pattern]) -> None:
        self._patterns = patterns
        #: folded proper name → as it is accented
        self._names: dict[str, set[str]] = defaultdict(set)
        for school in schools:
            for name in (school.name, *school.aliases):
                level, proper = split_name(name)
                if level and len(proper) >= _SHORTEST:
                    self._names[fold(proper)].add(proper)
        self._shorter: dict[str, list[str]] = defaultdict(list)
        #: first and last letters → lengths of what may be one slip away from a name that has them
        self._heads: dict[str, set[int]] = defaultdict(set)
        self._tails: dict[str, set[int]] = defaultdict(set)
        for folded in self._names:
            for shorter in _deletes(folded):
                self._shorter[shorter].append(folded)
            lengths = (len(folded) - 1, len(folded), len(folded) + 1)
            self._heads[folded[:_EDGE]].update(lengths)
            self._tails[folded[-_EDGE:]].update(lengths)

    def find(
        self, prepared: Prepared, triggers: Iterable[tuple[int, int]], read: Sequence[tuple[int, int]] = ()
    ) -> list[tuple[Pattern, int, int]]:
        """(pattern, start, end) of near names behind the words at `triggers`; names written right are passed over.

        `read`: spans where a name was read already: nothing is looked for in them, nor across them. Where
        several names are as near, the pattern means the units of all of them: the place decides.
        """
        folded, accented = prepared.folded, prepared.accented
        found = []
        for start, end in triggers:
            if any(first <= start < last for first, last in read):
                continue
            limit = min((first for first, _last in read if first > start), default=len(folded))
            word = folded[start:end].strip()
            ends = []
            at = end - 1
            for _ in range(_LONGEST):
                at = folded.find(" ", at + 1)
                if at < 0 or at > limit or folded[at - 1] in ".,":
                    break
                ends.append(at)
            if not ends:
                continue
            # Shorthand is looked for once behind the word, not in every window.
            heard = _heard(folded[end : ends[-1]]) if word != "truong" else ()
            shortest = _SHORTEST_BARE if word == "truong" else _SHORTEST
            for last in reversed(ends):
                if last - end < shortest - 1:
                    break
                window, as_read = folded[end:last], accented[end:last]
                near = self._near(window, as_read, prepared.has_accents)
                if not near and heard:
                    near = self._unread(window, as_read, prepared.has_accents, heard)
                patterns = [self._patterns[name] for one in near if (name := f"{word} {one}") in self._patterns]
                if patterns:
                    units = list(dict.fromkeys(unit for pattern in patterns for unit in pattern.units))
                    found.append((Pattern("", units, min(one.weight for one in patterns)), start, last))
                    break
        return found

    def _near(self, window: str, accented: str, has_accents: bool) -> list[str]:
        if window in self._names:
            # The name itself, with another accent: told only of what is otherwise accented.
            wrong = has_accents and accented not in self._names[window]
            return [window] if wrong and any(_one_apart(name, accented) for name in self._names[window]) else []
        # One slip leaves the first or the last letters as they are.
        length = len(window)
        if (
            length >= _BOTH_EDGES
            and length not in self._heads.get(window[:_EDGE], ())
            and length not in self._tails.get(window[-_EDGE:], ())
        ):
            return []
        found = set(self._shorter.get(window, ()))
        for shorter in _deletes(window):
            if shorter in self._names:
                found.add(shorter)
            if names := self._shorter.get(shorter):
                found.update(names)
        close = [name for name in found if _one_apart(name, window)]
        if has_accents:
            close = [name for name in close if any(_one_word(one, accented) for one in self._names[name])]
        return sorted(close)

    def _unread(
        self, window: str, accented: str, has_accents: bool, heard: Sequence[tuple[str, list[str]]]
    ) -> list[str]:
        """Near names when a word was taken for shorthand: in "THCS Diễn Kh" the last word is no "không"."""
        padded, shown = f" {window} ", f" {accented} "
        for meant, typed in heard:
            if meant in padded:
                at = padded.index(meant)
                for one in typed:
                    near = self._near(
                        padded.replace(meant, f" {fold(one)} ", 1).strip(),
                        (shown[:at] + f" {one} " + shown[at + len(meant) :]).strip(),
                        has_accents,
                    )
                    if near:
                        return near
        return []


def _heard(words: str) -> list[tuple[str, list[str]]]:
    """What in `words` may have been taken for shorthand, with what may have been typed."""
    padded = f" {words} "
    return [(meant, typed) for meant, typed in _shorthand().items() if meant in padded]


@cache
def _shorthand() -> dict[str, list[str]]:
    """What shorthand is read as, folded and padded → as it is typed."""
    found: dict[str, list[str]] = defaultdict(list)
    for typed, meant in teencode().items():
        if len(typed) <= 3:
            found[f" {fold(meant)} "].append(typed)
    return dict(found)


def _deletes(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _one_word(name: str, typed: str) -> bool:
    """Whether the slip stays within one word and the others have their accents; or a space too many or too few."""
    a, b = name.split(), typed.split()
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    return name.replace(" ", "") == typed.replace(" ", "")


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter missing, added, changed, or two neighbours exchanged, is all that differs."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    start = 0
    while start < len(a) and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :] or (
            a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        )
    return a[start:] == b[start + 1 :]


def choose(
    candidates: Sequence[int],
    weight: float,
    near_places: Iterable[frozenset[int]],
    around: Iterable[frozenset[int]] = (),
) -> list[tuple[int, float]]:
    """Of the units a name may mean those the text means, with confidence.

    Places narrow first, then where it was said (`around`, the nearest first), which makes nothing surer. What is
    left is told when it is at most three, with its share of the confidence for each, none above a half; more is a
    guess and is not told.
    """
    left = list(candidates)
    placed = False
    for place in near_places:
        narrowed = [unit for unit in left if unit in place]
        if narrowed and (len(narrowed) < len(left) or len(left) == 1):
            left, placed = narrowed, True
    for place in around:
        if len(left) < 2:
            break
        left = [unit for unit in left if unit in place] or left
    if len(left) > 3:
        return []
    sure = min(weight + (0.35 if placed else 0), 1.0) / len(left)
    return [(unit, round(sure, 3)) for unit in left]
