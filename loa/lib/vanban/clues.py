"""Patterns with the words without which they cannot match, looked for first.

A long pattern is tried at each letter of a paragraph, which takes some ten microseconds; to find that a word is
not there takes a tenth of one. Most paragraphs say nothing of most patterns, so that most of the time of a reading
would go into patterns that cannot match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


def folded(text: str) -> str:
    """The text in small letters, as `re.I` takes them: what clues are looked for in.

    It may be longer than the text, so no place in it is one of the text.

    >>> folded("CHẬM NHẤT")
    'chậm nhất'
    """
    # re.I takes the Turkish "ı" and "İ" for "i"; case folding keeps the one and makes two characters of the other
    return text.casefold().replace("ı", "i").replace("i̇", "i")


@dataclass(frozen=True, slots=True)
class Clued:
    """A pattern, and its clues: of each group one word must stand in the folded text."""

    pattern: re.Pattern[str]
    groups: tuple[tuple[str, ...], ...]

    def may_match(self, folded_text: str) -> bool:
        """Are the words there without which the pattern cannot match?"""
        for group in self.groups:
            for word in group:
                if word in folded_text:
                    break
            else:
                return False
        return True

    def finditer(self, text: str, folded_text: str) -> Iterator[re.Match[str]]:
        """All matches in `text`, which `folded_text` is of."""
        return self.pattern.finditer(text) if self.may_match(folded_text) else iter(())

    def search(self, text: str, folded_text: str) -> re.Match[str] | None:
        """The first match in `text`, which `folded_text` is of."""
        return self.pattern.search(text) if self.may_match(folded_text) else None

    def match(self, text: str, folded_text: str) -> re.Match[str] | None:
        """The match at the beginning of `text`, which `folded_text` is of."""
        return self.pattern.match(text) if self.may_match(folded_text) else None


def clued(pattern: str | re.Pattern[str], *groups: str) -> Clued:
    """A pattern (any case, when given as a string) with its clues, of each group one: "hằng|hàng", "tháng|quý".

    >>> each_month = clued(r"(?:hằng|hàng)\\s+tháng", "hằng|hàng", "tháng")
    >>> text = "Báo cáo Hằng tháng"
    >>> each_month.search(text, folded(text)) is not None
    True
    """
    compiled = re.compile(pattern, re.I) if isinstance(pattern, str) else pattern
    return Clued(compiled, tuple(tuple(group.split("|")) for group in groups))
