"""Automatic numbers of Word: what a reader sees before a paragraph ("2.1.", "a)", "-") but the text lacks."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: characters of symbol fonts used as bullets → what they look like
_SYMBOLS = {
    "\uf0b7": "•",
    "\uf02d": "-",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0fc": "✓",
    "o": "○",
    "·": "•",
    "\uf02b": "+",
}


@dataclass(slots=True)
class Level:
    """One level of a list: its first number, kind of number and pattern ("%1.%2.")."""

    start: int = 1
    format: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def label(self, num_id: str, level: int) -> str:
        """Counts one paragraph and returns its printed label ("" when the list is unknown)."""
        abstract = self.abstract_of.get(num_id)
        levels = self.levels.get(abstract or "", {})
        spec = levels.get(level)
        if abstract is None or spec is None or (spec.format == "none" and not spec.text):
            return ""
        counter = self.counters.setdefault(abstract, {})
        if num_id not in self.begun:
            self.begun.add(num_id)
            for (owner, at), start in self.overrides.items():
                if owner == num_id:
                    counter[at] = start - 1
                    for deeper in [d for d in counter if d > at]:
                        del counter[deeper]
        counter[level] = counter.get(level, spec.start - 1) + 1
        for deeper in [d for d in counter if d > level]:
            del counter[deeper]
        if spec.format == "bullet":
            return _SYMBOLS.get(spec.text, spec.text if len(spec.text) <= 2 else "-")
        out = spec.text
        for at in range(level, -1, -1):
            other = levels.get(at, Level())
            value = counter.get(at, other.start)
            kind = (
                "decimal"
                if at != level and other.format == "upperRoman" and "." in spec.text.strip(".")
                else other.format
            )
            out = out.replace(f"%{at + 1}", number_text(value, kind))
        return out.strip()


def number_text(value: int, kind: str) -> str:
    """A number in Word's format: 4 → "4", "IV", "d"."""
    if kind == "decimalZero":
        return f"{value:02d}"
    if kind in ("upperRoman", "lowerRoman"):
        roman = _roman(value)
        return roman if kind == "upperRoman" else roman.lower()
    if kind in ("upperLetter", "lowerLetter"):
        letters = "abcdefghijklmnopqrstuvwxyz"
        out = letters[(value - 1) % 26] * ((value - 1) // 26 + 1) if value > 0 else ""
        return out.upper() if kind == "upperLetter" else out
    return str(value)


def _roman(value: int) -> str:
    out = ""
    for size, mark in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while value >= size:
            out += mark
            value -= size
    return out


def _value(node: etree._Element | None, default: str = "") -> str:
    return node.get(f"{W}val", default) if node is not None else default


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists defined in word/numbering.xml."""
    out = Numbering()
    if root is None:
        return out
    links: dict[str, str] = {}
    for abstract in root.iter(f"{W}abstractNum"):
        key = abstract.get(f"{W}abstractNumId", "")
        out.levels[key] = {
            _integer(level.get(f"{W}ilvl")): Level(
                _integer(_value(level.find(f"{W}start"), "1"), 1),
                _value(level.find(f"{W}numFmt"), "decimal"),
                _value(level.find(f"{W}lvlText")),
            )
            for level in abstract.findall(f"{W}lvl")
        }
        link = abstract.find(f"{W}styleLink")
        if link is not None:
            links[_value(link)] = key
    for abstract in root.iter(f"{W}abstractNum"):
        target = links.get(_value(abstract.find(f"{W}numStyleLink")))
        if target:
            out.levels[abstract.get(f"{W}abstractNumId", "")] = out.levels[target]
    for num in root.iter(f"{W}num"):
        num_id = num.get(f"{W}numId", "")
        out.abstract_of[num_id] = _value(num.find(f"{W}abstractNumId"))
        for override in num.findall(f"{W}lvlOverride"):
            level = _integer(override.get(f"{W}ilvl"))
            start = override.find(f"{W}startOverride")
            if start is not None:
                out.overrides[(num_id, level)] = _integer(_value(start, "1"), 1)
    return out


def _integer(text: str | None, default: int = 0) -> int:
    try:
        return int(text or default)
    except ValueError:
        return default
