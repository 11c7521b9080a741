"""Near-duplicates: a text is compared with leaders, never chained through others.

MinHash over letter 5-grams of the folded text, banded; candidates are verified by Jaccard. Chaining
(union-find) makes one cluster of every short comment that praises a teacher; leaders do not.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable

import numpy as np

ROWS, BANDS = 4, 16
SIMILAR = 0.6
SHORTEST = 6

_RANDOM = np.random.default_rng(2026)
_A = (_RANDOM.integers(1, 2**31 - 1, ROWS * BANDS, dtype=np.uint64) | np.uint64(1)).reshape(-1, 1)
_B = _RANDOM.integers(0, 2**31 - 1, ROWS * BANDS, dtype=np.uint64).reshape(-1, 1)
_PRIME = np.uint64(2**31 - 1)


def shingles(folded: str) -> np.ndarray:
    """Hashes of the letter 5-grams of a folded text, each once, in order of size."""
    data = " ".join(folded.split()).encode()
    if len(data) < 5:
        return np.array([zlib.crc32(data)], dtype=np.uint64)
    letters = np.frombuffer(data, dtype=np.uint8).astype(np.uint64)
    size = len(letters) - 4
    grams = letters[:size].copy()
    for offset in range(1, 5):
        grams = grams * np.uint64(257) + letters[offset : offset + size]
    return np.unique(grams % _PRIME)


def signature(grams: np.ndarray) -> np.ndarray:
    """64 minima."""
    return ((grams * _A + _B) % _PRIME).min(axis=1)


def fingerprint(folded: str) -> str:
    """A short name of the words themselves: the same for the same folded text, whatever stands around them."""
    words = [word for word in folded.split() if word not in (".", ",")]
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).hexdigest()


def _any(_leader: str) -> bool:
    return True


class Leaders:
    """Clusters of a stream: the first of its kind leads; each later text joins the leader it is like, or leads."""

    def __init__(self) -> None:
        self._bands: dict[bytes, list[int]] = defaultdict(list)
        self._grams: list[np.ndarray] = []
        self._names: list[str] = []
        self._exact: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def join(self, name: str, folded: str, *, fits: Callable[[str], bool] = _any) -> str:
        """The leader of this text's cluster; `name` itself when it is the first of its kind.

        `fits`: whether a leader may lead it beside its words (the same days, no other school meant).
        """
        mark = fingerprint(folded)
        if mark in self._exact and fits(self._exact[mark]):
            return self._exact[mark]
        if len(folded.split()) < SHORTEST:  # too short to be like anything but itself
            self._exact[mark] = name
            return name
        grams = shingles(folded)
        signed = signature(grams).astype(np.uint32).reshape(BANDS, ROWS)
        keys = [bytes([band]) + row.tobytes() for band, row in enumerate(signed)]
        best, likest = None, SIMILAR
        for number in {number for key in keys for number in self._bands.get(key, ())}:
            if not fits(self._names[number]):
                continue
            other = self._grams[number]
            common = np.intersect1d(grams, other, assume_unique=True).size
            like = common / (grams.size + other.size - common)
            if like >= likest:
                best, likest = number, like
        if best is not None:
            self._exact[mark] = self._names[best]
            return self._names[best]
        number = len(self._names)
        self._names.append(name)
        self._grams.append(grams)
        for key in keys:
            self._bands[key].append(number)
        self._exact[mark] = name
        return name
