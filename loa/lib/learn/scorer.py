"""What a text brings to linear models, summed quickly: looked up once for all of them, one text at a time.

People use the same ten thousand words, and a text is mostly pairs of words nobody put together before. So what a
word brings with its runs of letters is summed once and kept, and pairs are looked up as numbers, all of a text at
once. What is looked up lies in a few tables: strewn over memory it would cost more to fetch than to add.

Sums of a comment are exact, whatever their order, since models hold half-precision numbers and `features.times`
counts by 1024ths: the same in every process, and beside any other model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from loa.lib.learn.features import at_ends, of_word, times

#: words remembered beyond those the models know
MOST_KNOWN = 100_000
#: how features of the beginning and end of a text begin (`features.at_ends`)
_AT_ENDS = ("~^", "~$")
#: bits of a number of a row
_ROW = 31
#: sorts behind every row and every pair of rows
_LAST = np.iinfo(np.int64).max


class Weights(Protocol):
    """A model's numbers: of each feature a row, first its rarity, then rarity times weight for each class."""

    @property
    def rows(self) -> Mapping[str, int]: ...
    @property
    def table(self) -> np.ndarray: ...
    @property
    def letters(self) -> bool: ...
    @property
    def ends(self) -> bool: ...


class _Pairs:
    """(row, row) → row, for many pairs at once. Sorted, since that is small: it stays in the cache of a core."""

    def __init__(self, pairs: Mapping[tuple[int, int], int]) -> None:
        keys = np.array([*(first << _ROW | second for first, second in pairs), _LAST], dtype=np.int64)
        order = keys.argsort()
        self._keys = keys[order]
        self._values = np.array([*pairs.values(), 0], dtype=np.int32)[order]

    def find(self, lines: np.ndarray) -> np.ndarray:
        """Rows of those pairs of neighbouring lines that are known, column by column."""
        wanted = (lines[:-1] << _ROW | lines[1:]).ravel()
        wanted.sort()
        at = self._keys.searchsorted(wanted)
        return self._values.take(at[self._keys.take(at) == wanted])


class Scorer:
    """Sums over the groups of a text (`features.groups`).

    A row of the table holds the squares of the lengths, one a model, then the classes of the first model, of the
    second, and so on. Row 0 is nothing.
    """

    def __init__(self, models: Sequence[Weights]) -> None:
        self._models = list(models)
        self._ends = any(one.ends for one in self._models)
        #: where the classes of each model lie in a row
        self.parts: list[slice] = []
        at = len(self._models)
        for one in self._models:
            self.parts.append(slice(at, at + one.table.shape[1] - 1))
            at = self.parts[-1].stop
        self._width = at
        names = sorted({name for one in self._models for name in one.rows if name[0] != "^"})
        whole = [name for name in names if name[0] == "~" or " " in name]
        pairs = [name for name in whole if " " in name and not name.startswith(_AT_ENDS)]
        #: feature that is no accented word → its row
        self._rows = {name: row for row, name in enumerate(whole, 1)}
        for name in pairs:
            for bare in name[1:].split(" ") if name[0] == "~" else ():
                self._rows.setdefault("~" + bare, len(self._rows) + 1)
        words = dict.fromkeys(word for name in names if name[0] != "~" for word in name.split(" "))
        #: accented word → the row kept for it, filled when it is met
        self._reserved = {word: row for row, word in enumerate(words, len(self._rows) + 1)}
        self._first = self._used = len(self._rows) + len(words) + 1
        self._table = np.zeros((self._used, self._width))
        for number, (one, part) in enumerate(zip(self._models, self.parts, strict=True)):
            # How a text begins and ends means nothing to a model that does not look there.
            known = [name for name in whole if name in one.rows and (one.ends or not name.startswith(_AT_ENDS))]
            values = one.table[[one.rows[name] for name in known]].astype(np.float64)
            rows = [self._rows[name] for name in known]
            self._table[rows, number] = values[:, 0] ** 2
            self._table[rows, part] = values[:, 1:]
        self._pairs = _Pairs({self._row_of_pair(name): self._rows[name] for name in pairs})
        #: words met → their row
        self._tokens: dict[str, int] = {}
        #: row of a word → itself, and the row of what it is without accents
        self._both = np.zeros((self._used, 2), dtype=np.int64)
        #: n → by what to multiply the row of what stands there n times
        self._counted = self._times(64)

    def _row_of_pair(self, name: str) -> tuple[int, int]:
        first, _, second = name.removeprefix("~").partition(" ")
        if name[0] == "~":
            return self._rows["~" + first], self._rows["~" + second]
        return self._reserved[first], self._reserved[second]

    def _times(self, most: int) -> np.ndarray:
        parts = np.array([0.0, *(times(n) for n in range(1, most + 1))])
        found = np.repeat(parts[:, None], self._width, axis=1)
        found[:, : len(self._models)] **= 2
        return found

    def _meet(self, words: list[str], plain: list[str]) -> list[int]:
        """Rows of words of which some were not met; a full memory begins anew, never within a text."""
        if self._used - self._first > MOST_KNOWN:
            self._tokens = {word: row for word, row in self._tokens.items() if row < self._first}
            self._used = self._first
        for word, bare in zip(words, plain, strict=False):
            if word not in self._tokens:
                self._tokens[word] = self._met(word, self._rows.get("~" + bare, 0))
        return [self._tokens.get(word, 0) for word in words]

    def _met(self, word: str, bare: int) -> int:
        row = self._reserved.get(word, self._used)
        if row == self._used:
            self._used += 1
        if row == len(self._table):
            more = max(1024, row // 4)
            self._table = np.concatenate([self._table, np.zeros((more, self._width))])
            self._both = np.concatenate([self._both, np.zeros((more, 2), dtype=np.int64)])
        self._both[row] = row, bare
        line = np.zeros(self._width)
        for number, (one, part) in enumerate(zip(self._models, self.parts, strict=True)):
            there = (one.rows.get(name) for name in of_word(word, letters=one.letters))
            for at, n in Counter(at for at in there if at is not None).items():
                value = one.table[at].astype(np.float64) * n
                line[number] += value[0] ** 2
                line[part] += value[1:]
        self._table[row] = line
        return row

    def sums(self, accented: str, folded: str) -> list[float]:
        """Of a prepared text, whose views have the same words in the same order."""
        words = accented.split()
        if not words:
            return [0.0] * self._width
        try:
            tokens = [*map(self._tokens.__getitem__, words)]
        except KeyError:
            tokens = self._meet(words, folded.split())
        lines = self._both.take(tokens, axis=0)
        found = [lines.ravel(), self._pairs.find(lines), _END]
        if self._ends:
            found.append(np.array([self._rows.get(name, 0) for name in at_ends(folded)]))
        rows = np.concatenate(found)
        rows.sort()
        # Where the run of each row ends, and how long it is.
        ends = (rows[1:] != rows[:-1]).nonzero()[0]
        each = self._table.take(rows.take(ends), axis=0)
        if len(ends) < len(rows) - 1:
            while len(self._counted) <= len(rows):
                self._counted = self._times(2 * len(rows))
            counts = ends.copy()
            counts[1:] -= ends[:-1]
            counts[0] += 1
            each *= self._counted.take(counts, axis=0)
        total: list[float] = np.add.reduce(each, axis=0).tolist()
        return total


_END = np.array([_LAST])
