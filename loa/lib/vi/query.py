"""What a person types into a search box, and where it stands in a text.

The syntax: words (all must occur), "a phrase", -word or -"a phrase" (must not occur). Accents count when
typed: a query without any finds every spelling (`lam thu`: lạm thu, làm thủ), one with an accent anywhere
means what it says (`lạm thu` does not find lạm thủ); only if that finds nothing are accents ignored
(`relaxed`), for those who type half of them. The last word counts from its beginning (`trư` finds trường)
unless a space, a quote or a minus closes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .forms import fold_char, repair, search_key
from .syllable import exact_key

#: more words than this are ignored: a search box is no place for a page of text
MAX_TERMS = 12
_TOKEN = re.compile(r'(?<!\S)(-?)(?:["“”]([^"“”]*)["“”]?|(\S+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """One word or phrase of a query.

    `folded` and `exact` are its words in the two keys (`search_key`, `exact_key`); `accented` tells whether
    accents count, that is, which of the two must match.
    """

    folded: tuple[str, ...]
    exact: tuple[str, ...]
    accented: bool
    negative: bool = False
    prefix: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.folded) > 1


@dataclass(frozen=True)
class Query:
    """A parsed query; false when it holds nothing that could be found."""

    terms: tuple[Term, ...]

    @property
    def positive(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.negative)

    @property
    def negative(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.negative)

    @property
    def accented(self) -> bool:
        """Whether any word that must occur was typed with an accent."""
        return any(term.accented for term in self.positive)

    def relaxed(self) -> Query:
        """The same query with accents ignored: the second try when the first finds nothing."""
        return Query(tuple(t if t.negative else replace(t, accented=False) for t in self.terms))

    def __bool__(self) -> bool:
        return bool(self.positive)


def _term(text: str, *, negative: bool, prefix: bool) -> Term | None:
    exact = tuple(_WORD.findall(exact_key(text)))
    folded = tuple(search_key(word) for word in exact)
    if not exact:
        return None
    return Term(folded, exact, not all(map(str.isascii, exact)), negative, prefix)


def parse_query(text: str) -> Query:
    """Read a query as typed; never raises. Only a minus at the start of a word means "without"."""
    text = repair(text)
    found = list(_TOKEN.finditer(text))
    terms: list[Term] = []
    for position, token in enumerate(found):
        quoted = token[3] is None
        open_end = position == len(found) - 1 and not quoted and not token[1] and text[-1:].strip() != ""
        term = _term(token[2] if quoted else token[3], negative=bool(token[1]), prefix=open_end)
        if term is not None and term not in terms:
            terms.append(term)
        if len(terms) == MAX_TERMS:
            break
    if any(term.accented and not term.negative for term in terms):
        terms = [term if term.negative else replace(term, accented=True) for term in terms]
    return Query(tuple(terms))


@dataclass(frozen=True)
class _Spot:
    start: int
    end: int
    folded: str
    exact: str


def _spots(text: str) -> Iterator[_Spot]:
    """Words of the text as printed (combining marks belong to their word), with both keys."""
    start = None
    for index, char in enumerate(text):
        inside = char.isalnum() or (start is not None and (unicodedata.combining(char) or fold_char(char) == ""))
        if inside and start is None:
            start = index
        elif not inside and start is not None:
            yield from _keyed(text, start, index)
            start = None
    if start is not None:
        yield from _keyed(text, start, len(text))


def _keyed(text: str, start: int, end: int) -> Iterator[_Spot]:
    exact = exact_key(repair(text[start:end]))
    yield _Spot(start, end, search_key(exact), exact)


def _matches(term: Term, spots: list[_Spot], at: int) -> bool:
    last = len(term.folded) - 1
    for offset, want in enumerate(term.exact if term.accented else term.folded):
        spot = spots[at + offset]
        have = spot.exact if term.accented else spot.folded
        if have != want and not (term.prefix and offset == last and have.startswith(want)):
            return False
    return True


def highlight(text: str, query: Query | str) -> list[tuple[int, int]]:
    """Where the query stands in the text: [(start, end)] in code points of `text` itself, in order, not
    overlapping.

    A word or phrase that stands nowhere as typed is marked where it stands without accents.
    """
    query = parse_query(query) if isinstance(query, str) else query
    spots = list(_spots(text))
    marks: list[tuple[int, int]] = []
    for term in query.positive:
        marks += _places(term, spots) or (_places(replace(term, accented=False), spots) if term.accented else [])
    marks.sort()
    joined: list[tuple[int, int]] = []
    for start, end in marks:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _places(term: Term, spots: list[_Spot]) -> list[tuple[int, int]]:
    last = len(term.folded) - 1
    return [
        (spots[at].start, spots[at + last].end) for at in range(len(spots) - last) if _matches(term, spots, at)
    ]


def snippet(text: str, query: Query | str, size: int = 180) -> tuple[str, list[tuple[int, int]]]:
    """The piece of a text (about `size` characters, cut at words, … where cut) with most of the query in it,
    and the spans to mark in that piece. The beginning of the text when the query stands nowhere in it."""
    text = " ".join(text.split())
    spans = highlight(text, query)
    if len(text) <= size:
        return text, spans
    start = 0
    if spans:
        best = max(
            range(len(spans)), key=lambda i: (sum(s[1] <= spans[i][0] + size * 3 // 4 for s in spans[i:]), -i)
        )
        start = max(0, spans[best][0] - size // 4)
        if start:
            start = text.rfind(" ", 0, start) + 1
    end = start + size
    if end >= len(text):
        end = len(text)
    else:
        end = max(text.rfind(" ", start, end), start + size // 2)
    head, tail = ("…" if start else ""), ("…" if end < len(text) else "")
    shift = len(head) - start
    inside = [(max(a, start) + shift, min(b, end) + shift) for a, b in spans if a < end and b > start]
    return head + text[start:end] + tail, inside
