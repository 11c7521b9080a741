"""Articles of one event, gathered as they come: each is compared with the stories of the last days.

A story is the sum of its articles' words, weighed by how rare they are. Two schools are two stories; the same
school and topic need fewer words in common. One pass, no number of stories chosen beforehand; what nobody has
written about for days is let go.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from loa.lib.nlp.text import Prepared

#: cosine from which an article belongs to a story: when both name the same school and topic, and else
SIMILAR_UNIT, SIMILAR = 0.15, 0.28
#: what a pair of words counts beside its words
PAIRS = 0.6
#: words of an article that count, the rarest
WORDS = 60
#: words of a story that are kept
STORY_WORDS = 240
#: a story nobody wrote about for so long is over
OVER = dt.timedelta(days=7)
#: until so many articles are known, all words weigh nearly the same
PRIOR = 400.0
_NOWHERE: dict[str, float] = {}
#: fewer words say too little to be the news of an event
SHORTEST = 5


@dataclass(slots=True)
class Article:
    """What is compared: words (folded), what the article means, when it was published."""

    name: str
    words: Counter[str]
    at: dt.datetime
    units: frozenset[int] = frozenset()
    topics: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Story:
    name: str
    words: dict[str, float]
    norm: float
    first: dt.datetime
    last: dt.datetime
    units: set[int] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    size: int = 0


def article(
    name: str,
    title: Prepared,
    text: Prepared | None,
    at: dt.datetime,
    *,
    units: Iterable[int] = (),
    topics: Iterable[str] = (),
) -> Article:
    """From a prepared title and the beginning of the text: the title counts twice."""
    words: Counter[str] = Counter()
    for view, times in ((title, 2), (text, 1)):
        if view is not None:
            said = [word for word in view.folded[:500].split() if word not in (".", ",")]
            for word in said:
                words[word] += times
            for one, two in pairwise(said):
                words[f"{one} {two}"] += times
    return Article(name, words, at, frozenset(units), frozenset(topics))


def _any(_article: Article, _story: str) -> bool:
    return True


class Stories:
    """The stories of the last days; articles are given in the order in which they were published."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}
        #: word → the stories it stands in, with what it weighs there
        self._where: dict[str, dict[str, float]] = defaultdict(dict)
        self._of_unit: dict[int, set[str]] = defaultdict(set)
        self._seen: Counter[str] = Counter()
        self._articles = 0

    def __len__(self) -> int:
        return len(self._stories)

    def join(self, one: Article, *, fits: Callable[[Article, str], bool] = _any) -> str:
        """The name of the story the article belongs to; its own when it begins one."""
        vector = self._vector(one)
        best, likest = None, 0.0
        if sum(" " not in word for word in one.words) >= SHORTEST:
            for name, like in self._alike(one, vector):
                if like > likest and fits(one, name):
                    best, likest = name, like
        self._add(best or one.name, one, vector)
        return best or one.name

    def put(self, one: Article, story: str) -> None:
        """An article that is known to belong to this story."""
        self._add(story, one, self._vector(one))

    def _vector(self, one: Article) -> dict[str, float]:
        """The rarest words, weighed, of length 1. The article is counted among those seen."""
        self._seen.update(one.words.keys())
        self._articles += 1
        total = math.log(PRIOR + self._articles)
        seen = self._seen
        weighed = {
            word: (1 + math.log(n)) * (total - math.log(seen[word])) * (PAIRS if " " in word else 1)
            for word, n in one.words.items()
        }
        if len(weighed) > WORDS:
            weighed = dict(heapq.nlargest(WORDS, weighed.items(), key=lambda pair: pair[1]))
        norm = math.sqrt(sum(value * value for value in weighed.values())) or 1.0
        return {word: value / norm for word, value in weighed.items()}

    def _alike(self, one: Article, vector: dict[str, float]) -> list[tuple[str, float]]:
        """Stories the article may belong to, with their cosine.

        Words are taken from the weightiest on. What those left together weigh bounds what they can add (Cauchy and
        Schwarz): stories are looked up by the rare words alone, and let go as soon as the common ones, which stand
        in every story, cannot make them like enough any more.
        """
        ordered = sorted(vector.items(), key=lambda pair: -pair[1])
        #: with each word, the length of what is left after it
        lengths = [
            math.sqrt(left) + 1e-9 for left in accumulate((v * v for _w, v in reversed(ordered)), initial=0.0)
        ]
        terms = [(word, value, left) for (word, value), left in zip(ordered, lengths[-2::-1], strict=True)]
        products: dict[str, float] = defaultdict(float)
        head = next((at for at, left in enumerate(reversed(lengths)) if left <= SIMILAR), len(terms))
        for word, value, _left in terms[:head]:
            for name, weight in self._where.get(word, _NOWHERE).items():
                products[name] += value * weight
        for unit in one.units:  # fewer words in common are enough for these
            for name in self._of_unit[unit]:
                products.setdefault(name, 0.0)
        found = []
        for name, product in products.items():
            story = self._stories[name]
            norm = story.norm
            same = bool(one.units & story.units)
            least = norm * (SIMILAR_UNIT if same and one.topics & story.topics else SIMILAR)
            if product + norm * lengths[len(terms) - head] < least or (one.units and story.units and not same):
                continue  # too little in common; the same happened at two schools
            if one.at - story.last > OVER or story.first - one.at > OVER:
                if one.at - story.last > 2 * OVER:
                    self._drop(story)
                continue
            weights = story.words
            for word, value, left in terms[head:]:
                if word in weights:
                    product += value * weights[word]
                if product + norm * left < least:
                    break
            else:
                found.append((name, product / norm))
        return found

    def _add(self, name: str, one: Article, vector: dict[str, float]) -> None:
        story = self._stories.get(name)
        if story is None:
            story = self._stories[name] = _Story(name, {}, 1.0, one.at, one.at)
        for word, value in vector.items():
            story.words[word] = self._where[word][name] = story.words.get(word, 0.0) + value
        if len(story.words) > STORY_WORDS * 1.25:
            kept = dict(heapq.nlargest(STORY_WORDS, story.words.items(), key=lambda pair: (pair[1], pair[0])))
            for word in story.words.keys() - kept.keys():
                del self._where[word][name]
            story.words = kept
        story.norm = math.sqrt(sum(value * value for value in story.words.values())) or 1.0
        story.units |= one.units
        for unit in one.units:
            self._of_unit[unit].add(name)
        story.topics |= one.topics
        story.first, story.last = min(story.first, one.at), max(story.last, one.at)
        story.size += 1

    def _drop(self, story: _Story) -> None:
        for word in story.words:
            del self._where[word][story.name]
        for unit in story.units:
            self._of_unit[unit].discard(story.name)
        del self._stories[story.name]
