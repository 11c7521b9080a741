"""A boolean query as a listener types it: `"lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"`.

Words side by side must all occur; OR (or HOẶC, |) and round brackets choose; -word, -"a phrase", -(…) or NOT
must not occur, whichever branch of the bracket (or of the whole) it stands in; `a NEAR b` (or GẦN; NEAR/3) stand
at most so many words apart, in either order; `trườ*` is the beginning of a word. Operators are written in
capitals, so that "or" and "near" can be looked for.

Accents count when typed: one accent among the words that are wanted makes all of them mean what they say (`lạm
thu` never finds làm thủ), none lets every spelling in. What follows a minus is judged by its own accents. đ
counts as an accent and folds to d.

`parse` raises `QueryError` with the place of the mistake; `matches` is the meaning itself, which an index must
agree with; `places` marks what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .forms import clean, search_key
from .query import Query, Term
from .syllable import exact_key

#: words between the two sides of NEAR when no number is given, and at most
NEAR_DEFAULT, NEAR_MAX = 5, 10
#: words, phrases and brackets in one query
MOST_PARTS, MOST_LETTERS, DEEPEST = 60, 1000, 20
#: a beginning shorter than this is in nearly every text
PREFIX_MIN = 3

_TOKEN = re.compile(
    r'\s+|"(?P<phrase>[^"]*)"|(?P<open>\()|(?P<close>\))|(?P<bar>\|)|(?P<word>[^\s"()|]+)|(?P<quote>")'
)
_QUOTES = str.maketrans("“”„«»", '"""""')
_WORD = re.compile(r"[^\W_]+")
_NEAR = re.compile(r"(?:NEAR|GẦN)(?:/(\d{1,4}))?")
_OR = frozenset({"OR", "HOẶC"})
_AND = frozenset({"AND", "VÀ"})


class QueryError(ValueError):
    """A query that cannot be read. `code` says why, `start` and `end` where in `text` (the query as cleaned)."""

    def __init__(self, code: str, text: str, start: int, end: int) -> None:
        super().__init__(code)
        self.code, self.text, self.start, self.end = code, text, start, end


@dataclass(frozen=True)
class Words:
    """A word, a phrase, or (`prefix`) the beginning of one, in both keys; `accented` says which must match."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    accented: bool = False
    prefix: bool = False

    @property
    def wanted(self) -> tuple[str, ...]:
        """The words in the key that counts."""
        return self.exact if self.accented else self.folded


@dataclass(frozen=True)
class Near:
    """Two phrases with at most `distance` words between them, in either order."""

    left: Words
    right: Words
    distance: int


@dataclass(frozen=True)
class All:
    """Every part must match, none of `without`. Has at least one part."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Any_:
    """At least one part must match."""

    parts: tuple[Node, ...]


Node = Words | Near | All | Any_


@dataclass(frozen=True)
class Boolean:
    """A query that was read: its words as cleaned, and what they mean."""

    text: str
    root: Node

    @property
    def accented(self) -> bool:
        """Whether accents count for what is wanted."""
        return any(words.accented for words in wanted(self.root))

    def relaxed(self) -> Boolean:
        """The same query with accents ignored in what is wanted, for those who type half of them."""
        return Boolean(self.text, _marked(self.root, False))


# — reading ————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class _Token:
    kind: str  # "words", "phrase", "(", ")", "or", "and", "not", "near"
    start: int
    end: int
    text: str = ""
    number: int = 0


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None  # every character is in one alternative
        start, at = found.span()
        kind = found.lastgroup
        if kind == "phrase":
            yield _Token("phrase", start, at, found["phrase"])
        elif kind == "quote":
            raise QueryError("quote", text, start, len(text))
        elif kind == "word":
            yield from _word_tokens(text, start, at)
        elif kind is not None:
            yield _Token({"open": "(", "close": ")", "bar": "or"}[kind], start, at)


def _word_tokens(text: str, start: int, end: int) -> Iterator[_Token]:
    word = text[start:end]
    if word[0] in "-−–" and not word.strip("-−–"):
        # A dash alone: a minus before a quote or bracket, else the dash of a sentence.
        if text[end : end + 1] in ('"', "("):
            yield _Token("not", start, end)
        return
    if word[0] in "-−–":
        yield _Token("not", start, start + 1)
        start += 1
        word = word[1:]
    near = _NEAR.fullmatch(word)
    if near:
        yield _Token("near", start, end, number=int(near[1]) if near[1] else NEAR_DEFAULT)
    elif word in _OR:
        yield _Token("or", start, end)
    elif word in _AND:
        yield _Token("and", start, end)
    elif word == "NOT":
        yield _Token("not", start, end)
    elif _WORD.search(word):
        yield _Token("words", start, end, word)


class _Reader:
    """Recursive descent; depth and size are bounded by `parse`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0
        if (
            len(self.tokens) > MOST_PARTS * 3
            or sum(t.kind in ("words", "phrase") for t in self.tokens) > MOST_PARTS
        ):
            raise QueryError("long", text, 0, len(text))

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def error(self, code: str, token: _Token | None) -> QueryError:
        end = len(self.text)
        return QueryError(code, self.text, token.start if token else end, token.end if token else end)

    def whole(self) -> Node:
        if not self.tokens:
            raise QueryError("empty", self.text, 0, len(self.text))
        node = self.choice()
        token = self.peek()
        if token is not None:
            raise self.error("close", token)
        return node

    def choice(self) -> Node:
        """The inside of a bracket, or the whole: what follows a minus anywhere in it is taken from all of it."""
        branch, without = self.together()
        parts = [branch]
        while (token := self.peek()) and token.kind == "or":
            self.at += 1
            if (following := self.peek()) is None or following.kind in (")", "or", "and"):
                raise self.error("operator", token)
            branch, more = self.together()
            parts.append(branch)
            without += more
        node = parts[0] if len(parts) == 1 else Any_(tuple(parts))
        if not without:
            return node
        return All(node.parts if isinstance(node, All) and not node.without else (node,), tuple(without))

    def together(self) -> tuple[Node, list[Node]]:
        parts: list[Node] = []
        without: list[Node] = []
        first = self.peek()
        while (token := self.peek()) and token.kind not in (")", "or"):
            if token.kind == "and":
                self.at += 1
                if not (parts or without) or (after := self.peek()) is None or after.kind in (")", "or", "and"):
                    raise self.error("operator", token)
            elif token.kind == "not":
                self.at += 1
                if (after := self.peek()) is None or after.kind not in ("words", "phrase", "("):
                    raise self.error("operator", token)
                without.append(self.near())
            else:
                parts.append(self.near())
        if parts:
            return (parts[0] if len(parts) == 1 else All(tuple(parts))), without
        if without and first is not None:
            raise QueryError("only_without", self.text, first.start, self.tokens[self.at - 1].end)
        raise self.error("close" if first is not None and first.kind == ")" else "operator", first)

    def near(self) -> Node:
        left = self.one()
        nears: list[Node] = []
        while (token := self.peek()) and token.kind == "near":
            self.at += 1
            if token.number > NEAR_MAX:
                raise self.error("far", token)
            if (after := self.peek()) is None or after.kind not in ("words", "phrase", "("):
                raise self.error("operator", token)
            right = self.one()
            if not isinstance(left, Words) or not isinstance(right, Words):
                raise self.error("near_of", token)
            if _meet(left, right):
                raise self.error("near_same", token)
            nears.append(Near(left, right, token.number))
            left = right
        if not nears:
            return left
        return nears[0] if len(nears) == 1 else All(tuple(nears))

    def one(self) -> Node:
        token = self.peek()
        if token is None:
            raise self.error("operator", None)
        self.at += 1
        if token.kind == "(":
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.error("long", token)
            if (after := self.peek()) is not None and after.kind == ")":
                raise QueryError("brackets", self.text, token.start, after.end)
            node = self.choice()
            if (close := self.peek()) is None or close.kind != ")":
                raise QueryError("open", self.text, token.start, token.end)
            self.at += 1
            self.depth -= 1
            return node
        if token.kind in ("words", "phrase"):
            return self.words(token)
        raise self.error("close" if token.kind == ")" else "operator", token)

    def words(self, token: _Token) -> Words:
        exact = tuple(_WORD.findall(exact_key(token.text)))
        if not exact:
            raise self.error("phrase", token)
        prefix = token.text.rstrip().endswith("*")
        if prefix and len(exact[-1]) < PREFIX_MIN:
            raise self.error("prefix", token)
        return Words(exact, tuple(search_key(word) for word in exact), prefix=prefix)


def _meet(left: Words, right: Words) -> bool:
    """Whether one word of a text could be on both sides of a NEAR."""

    def could(a: Words, b: Words) -> bool:
        last = len(a.folded) - 1
        return any(
            word == other or (a.prefix and number == last and other.startswith(word))
            for number, word in enumerate(a.folded)
            for other in b.folded
        )

    return could(left, right) or could(right, left)


def parse(text: str) -> Boolean:
    """Read a query. Raises QueryError: quote, open, close, brackets, phrase, operator, only_without, near_of,
    near_same, far, prefix, long, empty.
    """
    text = clean(text).translate(_QUOTES)
    if len(text) > MOST_LETTERS:
        raise QueryError("long", text, MOST_LETTERS, len(text))
    root = _Reader(text).whole()
    return Boolean(text, _marked(root, any(_has_accent(words) for words in wanted(root))))


def _has_accent(words: Words) -> bool:
    return not all(word.isascii() for word in words.exact)


def wanted(node: Node) -> Iterator[Words]:
    """Every word or phrase that is wanted (not those after a minus)."""
    if isinstance(node, Words):
        yield node
    elif isinstance(node, Near):
        yield from (node.left, node.right)
    else:
        for part in node.parts:
            yield from wanted(part)


def _marked(node: Node, accented: bool) -> Node:
    """The tree with `accented` on what is wanted; what follows a minus is judged by itself."""
    if isinstance(node, Words):
        return replace(node, accented=accented)
    if isinstance(node, Near):
        return replace(
            node, left=replace(node.left, accented=accented), right=replace(node.right, accented=accented)
        )
    parts = tuple(_marked(part, accented) for part in node.parts)
    if isinstance(node, Any_):
        return Any_(parts)
    own = tuple(_marked(part, any(_has_accent(words) for words in wanted(part))) for part in node.without)
    return All(parts, own)


# — meaning ————————————————————————————————————————————————————————————————————————————


class Text:
    """A text as a query sees it: where each word stands, in both keys. Title and body are `GAP` words apart, so
    that no phrase and no NEAR reaches from one into the other.
    """

    GAP = NEAR_MAX + 2

    def __init__(self, title: str, body: str = "", most: int = 4000) -> None:
        self.exact: dict[str, list[int]] = {}
        self.folded: dict[str, list[int]] = {}
        start = 0
        for part in (title, body):
            found = keys(part, most)
            for number, (exact, folded) in enumerate(found, start=start):
                self.exact.setdefault(exact, []).append(number)
                self.folded.setdefault(folded, []).append(number)
            start += len(found) + self.GAP

    def spans(self, words: Words) -> list[tuple[int, int]]:
        """Where a word or phrase stands: (first word, last word)."""
        index = self.exact if words.accented else self.folded
        sought = words.wanted
        ends: set[int]
        if words.prefix:
            ends = {at for word, places in index.items() if word.startswith(sought[-1]) for at in places}
        else:
            ends = set(index.get(sought[-1], ()))
        last = len(sought) - 1
        for number, word in enumerate(sought[:-1]):
            here = set(index.get(word, ()))
            ends = {end for end in ends if end - last + number in here}
        return [(end - last, end) for end in sorted(ends)]


def keys(text: str, most: int = 4000) -> list[tuple[str, str]]:
    """(exact, folded) key of each word of a text, at most `most`: what the index holds and a query is compared
    with.
    """
    return [(word, search_key(word)) for word in _WORD.findall(exact_key(clean(text)))[:most]]


def matches(query: Boolean | Node, text: Text) -> bool:
    """Whether the text is what the query asks for."""
    node = query.root if isinstance(query, Boolean) else query
    if isinstance(node, Words):
        return bool(text.spans(node))
    if isinstance(node, Near):
        return any(
            0 <= (second[0] - first[1] - 1 if first[1] < second[0] else first[0] - second[1] - 1) <= node.distance
            for first in text.spans(node.left)
            for second in text.spans(node.right)
        )
    if isinstance(node, Any_):
        return any(matches(part, text) for part in node.parts)
    return all(matches(part, text) for part in node.parts) and not any(
        matches(part, text) for part in node.without
    )


def marking(query: Boolean) -> Query:
    """The words of the query for `highlight` and `snippet`."""
    terms = {
        Term(words.folded, words.exact, words.accented, prefix=words.prefix): None for words in wanted(query.root)
    }
    return Query(tuple(terms))
