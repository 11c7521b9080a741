"""Near-duplicates: a text is compared with leaders, never chained through others.

MinHash over letter 5-grams of the folded text, banded, finds candidates; they are verified by the pairs of
neighbouring words both have. Chaining (union-find) makes one cluster of every short comment that
praises a teacher; leaders do not. Many texts at once are signed together: that is where the time goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise
from zlib import crc32

import numpy as np

ROWS, BANDS = 4, 16
#: share of the pairs of words of two texts that both have, from which one is the other again: with ENOUGH pairs in
#: common, and with hardly any
SIMILAR, SIMILAR_SHORT, ENOUGH = 0.4, 0.7, 10
#: fewer words are like anything
SHORTEST = 6
#: of leaders that share a band, so many of the latest are looked at
LOOKED_AT = 24
#: bits of the sketch of a text's pairs; one with more of them set than SKETCHED is not worth asking
BITS, SKETCHED = 1024, 60
#: pairs that may hide behind others in two sketches
HIDDEN = 3
#: texts signed together; their letters fit the cache of a core
TOGETHER = 512

_RANDOM = np.random.default_rng(2026)
_TURN = _RANDOM.integers(0, 2**32, ROWS * BANDS, dtype=np.uint32) | np.uint32(1)
_MIX = (_RANDOM.integers(0, 2**63, (BANDS, ROWS), dtype=np.uint64) << np.uint64(1)) | np.uint64(1)
_BAND = _RANDOM.integers(0, 2**63, BANDS, dtype=np.uint64)
#: the number of a pair is this times the number of its first word, and that of its second: below 2**64
_FIRST = 0x9E3779B1


def _signed(texts: Sequence[str]) -> list[list[int]]:
    """BANDS keys of each text."""
    pieces = [text.encode() for text in texts]
    pieces = [piece if len(piece) >= 5 else piece.ljust(5) for piece in pieces]
    letters = np.frombuffer(b"".join(pieces), dtype=np.uint8).astype(np.uint32)
    grams = letters[: len(letters) - 4].copy()
    for offset in range(1, 5):
        grams *= np.uint32(16777619)
        grams += letters[offset : offset + len(grams)]
    grams ^= grams >> np.uint32(16)  # the finisher of MurmurHash3: every bit depends on every letter
    grams *= np.uint32(0x85EBCA6B)
    grams ^= grams >> np.uint32(13)
    grams *= np.uint32(0xC2B2AE35)
    grams ^= grams >> np.uint32(16)
    sizes = np.array([len(piece) for piece in pieces])
    ends = np.cumsum(sizes)
    starts = ends - sizes
    # Runs of letters that reach into the next text lie between an end and the next start: every other slice.
    cuts = np.column_stack([starts, ends - 4]).ravel()[: 2 * len(pieces) - 1]
    least = np.empty((len(pieces), ROWS * BANDS), dtype=np.uint64)
    if len(pieces) == 1:
        least[0] = (grams * _TURN[:, None]).min(axis=1)
    else:
        turned = np.empty_like(grams)
        for at in range(ROWS * BANDS):
            np.multiply(grams, _TURN[at], out=turned)
            least[:, at] = np.minimum.reduceat(turned, cuts)[::2]
    rows = least.reshape(len(pieces), BANDS, ROWS)
    keys = (rows * _MIX).sum(axis=2, dtype=np.uint64) ^ _BAND
    return keys.tolist()


class _Numbers(dict[str, int]):
    """Word → its number; filled as met, since people use the same ten thousand words.

    Not by `hash`, which another process salts otherwise: it would part what hangs on single bits another way.
    """

    MOST = 100_000

    def __missing__(self, word: str) -> int:
        if len(self) >= self.MOST:
            self.clear()
        found = self[word] = crc32(word.encode())
        return found


_number = _Numbers().__getitem__


def _sketched(texts: Sequence[Sequence[str]]) -> list[int]:
    """Of each text, given as words (one at least), a bit for each pair of them.

    What two texts have in common shows in common bits, but for a pair behind another.
    """
    numbers = np.fromiter(map(_number, chain.from_iterable(texts)), dtype=np.uint64)
    lines = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
    pairs = numbers[:-1] * np.uint64(_FIRST) + numbers[1:]
    within = lines[:-1] == lines[1:]
    table = np.zeros((len(texts), BITS), dtype=bool)
    table[lines[:-1][within], (pairs[within] % np.uint64(BITS)).astype(np.intp)] = True
    packed = np.packbits(table, axis=1).tobytes()
    size = BITS // 8
    return [int.from_bytes(packed[at : at + size]) for at in range(0, len(packed), size)]


def fingerprint(folded: str) -> str:
    """A short name of the words themselves: the same for the same folded text, whatever stands around them."""
    return _name(" ".join(_words(folded)))


def _words(folded: str) -> list[str]:
    """Without full stops and commas, which are words of their own in a prepared text."""
    return folded.replace(".", " ").replace(",", " ").split()


def _name(words: str) -> str:
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def _any(_name: str, _leader: str) -> bool:
    return True


class Leaders:
    """Clusters of a stream: the first of its kind leads; each later text joins the leader it is like, or leads."""

    def __init__(self) -> None:
        self._bands: dict[int, int | list[int]] = {}
        self._words: list[str] = []
        self._names: list[str] = []
        #: of each leader its sketch, and how many bits of it are set: most candidates end here
        self._sketches: list[tuple[int, int]] = []
        self._exact: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def join(self, name: str, folded: str, *, fits: Callable[[str], bool] | None = None) -> str:
        """The leader of this text's cluster; `name` itself when it is the first of its kind.

        `fits`: whether a leader may lead it beside its words (the same days, no other school meant).
        """
        return self.join_all([(name, folded)], fits=(lambda _name, leader: fits(leader)) if fits else _any)[0]

    def join_all(self, texts: Iterable[tuple[str, str]], *, fits: Callable[[str, str], bool] = _any) -> list[str]:
        """The leader of each (name, folded text), in order; `fits(name, leader)` as in `join`."""
        rows = list(texts)
        found: list[str] = []
        for start in range(0, len(rows), TOGETHER):
            part = rows[start : start + TOGETHER]
            words = [_words(folded) for _, folded in part]
            long = [at for at, one in enumerate(words) if len(one) >= SHORTEST]
            signs: dict[int, tuple[list[int], int]] = {}
            if long:
                keys = _signed([" ".join(words[at]) for at in long])
                signs = dict(zip(long, zip(keys, _sketched([words[at] for at in long]), strict=True), strict=True))
            for at, (name, _folded) in enumerate(part):
                found.append(self._join(name, " ".join(words[at]), signs.get(at), fits))
        return found

    def _join(
        self, name: str, text: str, signs: tuple[list[int], int] | None, fits: Callable[[str, str], bool]
    ) -> str:
        # A short name of a long text, so that the table stays small.
        mark = text if signs is None else _name(text)
        known = self._exact.get(mark)
        if known is not None and fits(name, known):
            return known
        if signs is None:  # too short to be like anything but itself
            self._exact[mark] = name
            return name
        keys, sketch = signs
        best = self._likest(name, text, keys, sketch, fits)
        if best is None:
            best = len(self._names)
            self._names.append(name)
            self._words.append(text)
            self._sketches.append((sketch, sketch.bit_count()))
            self._keep(keys, best)
        self._exact[mark] = self._names[best]
        return self._names[best]

    def _likest(
        self, name: str, text: str, keys: list[int], sketch: int, fits: Callable[[str, str], bool]
    ) -> int | None:
        """The leader this text is most like; of several equally like the earliest."""
        best, likest = None, 0.0
        count, mine = sketch.bit_count(), None
        for number in sorted(self._candidates(keys)):
            theirs, many = self._sketches[number]
            if (
                (sketch & theirs).bit_count() + HIDDEN < (count + many) * (SIMILAR / (1 + SIMILAR))
                and count <= SKETCHED
                and many <= SKETCHED
            ):
                continue
            if fits(name, self._names[number]):
                mine = mine or _pairs(text)
                like = likeness(mine, _pairs(self._words[number]))
                if like > likest:
                    best, likest = number, like
        return best

    def _candidates(self, keys: list[int]) -> set[int]:
        found: set[int] = set()
        get = self._bands.get
        for key in keys:
            there = get(key)
            if there is not None:
                if isinstance(there, int):
                    found.add(there)
                else:
                    found.update(there[-LOOKED_AT:])
        return found

    def _keep(self, keys: list[int], leader: int) -> None:
        bands = self._bands
        for key in keys:
            there = bands.setdefault(key, leader)
            if isinstance(there, list):
                there.append(leader)
            elif there != leader:
                bands[key] = [there, leader]


def _pairs(words: str) -> set[int]:
    """Pairs of neighbours, each as a number: the same words in another order are another text."""
    return {one * _FIRST + other for one, other in pairwise(map(_number, words.split()))}


def likeness(mine: set[int], other: set[int]) -> float:
    """Share of the pairs of two texts that both have; 0 when that is not enough for the few pairs there are.

    Two long texts of which four tenths agree are one text, trimmed or with words exchanged; two short ones may
    agree by chance ("cô dạy nhiệt tình, dễ hiểu") and need up to seven tenths.
    """
    common = len(mine & other)
    like = common / (len(mine) + len(other) - common) if common else 0.0
    needed = SIMILAR + (SIMILAR_SHORT - SIMILAR) * max(0.0, 1 - common / ENOUGH)
    return like if like >= needed else 0.0
