"""A linear classifier that needs a dictionary and a table to run, in a file one can carry, check and open.

File: one line of JSON (what it is, how it did, the hash of its data, the signature) and the gzipped rest
(features, half-precision numbers). The signature is an HMAC with the key of the installation: a file from
elsewhere, or a changed one, is refused, since a model decides what officers see first.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from loa.lib.learn.features import Pieces, at_ends, groups, of_word, times

#: 2: a word counts with all it brings as often as it stands there (before, each feature by itself)
FORMAT = "loa-linear-2"
#: words remembered with what they bring
MOST_KNOWN = 100_000
#: how features of the beginning and end of a text begin (`features.at_ends`)
_AT_ENDS = ("~^", "~$")
#: (square of the length, one sum per class) of what stands together
Sums = tuple[float, ...]


class ModelError(ValueError):
    """The file is no model of ours, was changed, or was signed elsewhere. The message says so in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, how probable each class is (they sum to 1), and how far the first is ahead of the second."""

    label: str
    probabilities: dict[str, float]
    #: 0…1; small where a person should look: the order of the learning queue
    margin: float


@dataclass(slots=True, eq=False)
class Linear:
    """One row of numbers per feature: first its rarity (idf), then rarity times weight for each class."""

    task: str
    classes: tuple[str, ...]
    #: feature → its row in `table`
    rows: dict[str, int]
    #: float32, as many columns as classes and one
    table: np.ndarray
    bias: tuple[float, ...]
    #: steepness from distance to probability, fitted on texts the model had not seen
    steepness: float = 1.0
    letters: bool = False
    ends: bool = False
    #: data_hash, examples, trained_at, licence, card …: carried along, never used in scoring
    about: dict[str, Any] = field(default_factory=dict)
    #: word → what it brings, its letters included; people use the same ten thousand words
    _words: dict[str, Sums] = field(default_factory=dict, repr=False, compare=False)
    #: word → the same, and what it brings without its accents
    _tokens: dict[str, Sums] = field(default_factory=dict, repr=False, compare=False)
    #: every feature that is no run of letters → what it brings
    _brought: dict[str, Sums] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Tuples of numbers, since a text has some fifty features: fewer than an array is worth making for."""
        values = self.table.tolist()
        self._brought = {name: _squared(values[at]) for name, at in self.rows.items() if name[0] != "^"}

    def __eq__(self, other: object) -> bool:
        """The same numbers for the same features, whatever their order."""
        return isinstance(other, Linear) and self.dump(b"") == other.dump(b"")

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def of(
        cls,
        task: str,
        classes: tuple[str, ...],
        weights: Mapping[str, Sequence[float]],
        bias: tuple[float, ...],
        *,
        letters: bool = False,
    ) -> Linear:
        """From a table of feature → numbers."""
        table = np.array([*weights.values()], dtype=np.float32).reshape(len(weights), len(classes) + 1)
        return cls(task, classes, {name: at for at, name in enumerate(weights)}, table, bias, letters=letters)

    def _of_word(self, word: str) -> Sums:
        """What a word brings, its letters included, each as often as it stands within it."""
        names = of_word(word, letters=self.letters)
        counts = Counter(at for name in names if (at := self.rows.get(name)) is not None)
        lines = [_scaled(_squared(self.table[at].tolist()), n * n, n) for at, n in counts.items()]
        return _kept(self._words, word, _total(lines, self._nothing))

    def _of_token(self, word: str, bare: str) -> Sums:
        """What a word brings in both views, where neither stands there twice."""
        lines = [self._words.get(word) or self._of_word(word), self._brought.get("~" + bare, self._nothing)]
        return _kept(self._tokens, word, _total(lines, self._nothing))

    @property
    def _nothing(self) -> Sums:
        return (0.0,) * (len(self.classes) + 1)

    def _sums(self, cut: Pieces) -> Sums:
        """Of the groups of a text (`features.groups`), in one order: the same sum in every process.

        Everything is summed as often as it stands there; what stands there twice or oftener is set right after.
        """
        known, brought = self._tokens.get, self._brought.get
        found = [
            known(word) or self._of_token(word, bare) for word, bare in zip(cut.words, cut.plain, strict=False)
        ]
        found += [line for name in cut.pairs if (line := brought(name)) is not None]
        for word, n in cut.again:
            found.append(_oversaid(self._words.get(word) or self._of_word(word), n))
        found += [_oversaid(line, n) for name, n in cut.names_again if (line := brought(name)) is not None]
        if self.ends:
            found += [line for name in at_ends(cut.plain) if (line := brought(name)) is not None]
        return _total(found, self._nothing)

    def decide(self, cut: Pieces) -> list[float]:
        """One distance per class; the greatest wins."""
        return self._distances(self._sums(cut))

    def _distances(self, sums: Sequence[float]) -> list[float]:
        if not sums[0]:
            return list(self.bias)
        norm = math.sqrt(sums[0])
        return [part / norm + bias for part, bias in zip(sums[1:], self.bias, strict=True)]

    def judge(self, accented: str, folded: str) -> Verdict:
        """The class of a prepared text; `folded` is `accented` without its accents."""
        return self.judge_cut(Pieces.of(accented, folded))

    def judge_cut(self, cut: Pieces) -> Verdict:
        """The class of a text that is cut already."""
        return self._verdict(self._sums(cut))

    def _verdict(self, sums: Sequence[float]) -> Verdict:
        steepness = self.steepness
        scores = [score * steepness for score in self._distances(sums)]
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = sum(powers)
        shares = [power / total for power in powers]
        first, second = sorted(shares, reverse=True)[:2]
        return Verdict(
            self.classes[shares.index(first)], dict(zip(self.classes, shares, strict=True)), first - second
        )

    def reasons(self, accented: str, folded: str, label: str, most: int = 8) -> list[tuple[str, float]]:
        """The words that spoke most for (positive) and against `label`; both views of a word count together."""
        at = self.classes.index(label)
        norm = math.sqrt(self._sums(Pieces.of(accented, folded))[0]) or 1.0
        shown = dict(zip(folded.split(), accented.split(), strict=False))
        found: dict[str, float] = {}
        for counted, names in groups(accented, folded, ends=self.ends):  # runs of letters mean nothing to a reader
            for name in names:
                row = self.rows.get(name)
                if row is None:
                    continue
                numbers = self.table[row].tolist()
                if name[0] == "~":
                    name = " ".join(shown.get(word, word) for word in name[1:].lstrip("^$").split())
                part = counted * (numbers[1 + at] - sum(numbers[1:]) / len(self.classes)) / norm
                found[name] = found.get(name, 0.0) + part
        ranked = sorted(found.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return [(name, round(part, 3)) for name, part in ranked[:most] if abs(part) >= 0.005]

    @property
    def name(self) -> str:
        """Short name: the beginning of the hash of its data."""
        return str(self.about.get("data_hash", ""))[:8]

    # ---- the file
    def dump(self, key: bytes) -> bytes:
        """The signed file."""
        names = sorted(self.rows)
        numbers = self.table[[self.rows[name] for name in names]].astype("<f2").tobytes()
        body = gzip.compress("\n".join(names).encode() + b"\0" + numbers, 6, mtime=0)
        head = {
            "format": FORMAT,
            "task": self.task,
            "classes": list(self.classes),
            "bias": list(self.bias),
            "steepness": self.steepness,
            "letters": self.letters,
            "ends": self.ends,
            "features": len(names),
            "about": self.about,
        }
        head["signature"] = _sign(head, body, key)
        return json.dumps(head, ensure_ascii=False, sort_keys=True).encode() + b"\n" + body

    @classmethod
    def load(cls, data: bytes, key: bytes) -> Linear:
        """Read a file; raises ModelError unless it was signed with `key` and is whole."""
        line, _, body = data.partition(b"\n")
        try:
            head = json.loads(line)
            signature = head.pop("signature")
            known = head["format"] == FORMAT
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError("Tệp này không phải là mô hình của Loa.") from error
        if not known:
            raise ModelError(
                f"Mô hình thuộc dạng {head['format']!r} mà bản Loa này không đọc. "
                "Hãy huấn luyện lại bằng lệnh loa listen train."
            )
        if not hmac.compare_digest(str(signature), _sign(head, body, key)):
            raise ModelError("Chữ ký của mô hình không khớp: tệp đã bị sửa hoặc được huấn luyện ở nơi khác.")
        # Past the signature the file is one we wrote: no bomb in the gzip, no wrong length.
        names, _, packed = gzip.decompress(body).partition(b"\0")
        size = len(head["classes"]) + 1
        table = np.frombuffer(packed, dtype="<f2").astype(np.float32).reshape(-1, size)
        rows = {name: at for at, name in enumerate(names.decode().split("\n"))} if names else {}
        if len(rows) != len(table):
            raise ModelError("Tệp mô hình không trọn vẹn.")
        return cls(
            head["task"],
            tuple(head["classes"]),
            rows,
            table,
            tuple(head["bias"]),
            head["steepness"],
            head["letters"],
            head.get("ends", False),
            head["about"],
        )


class Panel:
    """Several models asked about one text at once: what a word brings to each is looked up and summed once.

    Says exactly what each says alone: the same numbers are summed in the same order. They lie in one table, a row
    each, since a text is mostly pairs of words that were not met for long: numbers of Python, strewn over memory,
    cost more to fetch than to add.
    """

    def __init__(self, models: Mapping[str, Linear]) -> None:
        self._models = dict(models)
        self._ends = any(one.ends for one in self._models.values())
        #: where each model's numbers lie in a row: its square of a length, then its classes
        self._parts: list[tuple[str, Linear, slice]] = []
        at = 0
        for task, one in self._models.items():
            self._parts.append((task, one, slice(at, at + len(one.classes) + 1)))
            at += len(one.classes) + 1
        names = {name for one in self._models.values() for name in one._brought}
        #: feature → its row; the first row is nothing, so that a row is always true
        self._rows = {name: row for row, name in enumerate(names, 1)}
        self._table = np.zeros((len(names) + 1, at))
        for _task, one, part in self._parts:
            # How a text begins and ends means nothing to a model that does not look there.
            known = [name for name in one._brought if one.ends or not name.startswith(_AT_ENDS)]
            self._table[[self._rows[name] for name in known], part] = [one._brought[name] for name in known]
        #: rows from here on are of words met: what a word brings to all models, its view without accents included,
        #: and (what is said twice is counted by it) without
        self._first = self._used = len(names) + 1
        self._tokens: dict[str, int] = {}
        self._words: dict[str, int] = {}
        #: n → by what a row is multiplied that was summed n times (`_oversaid`)
        self._again: dict[int, np.ndarray] = {}

    def _row(self, known: dict[str, int], word: str, lines: Iterable[Sums]) -> int:
        """Keep a row; a full memory begins anew, though never while a text is being read (`judge_cut`)."""
        if self._used == len(self._table):
            grown = np.zeros((self._used + max(1024, self._used // 4), self._table.shape[1]))
            grown[: self._used] = self._table
            self._table = grown
        row = known[word] = self._used
        self._table[row] = [*chain.from_iterable(lines)]
        self._used += 1
        return row

    def _of_token(self, word: str, bare: str) -> int:
        lines = (one._tokens.get(word) or one._of_token(word, bare) for one in self._models.values())
        return self._row(self._tokens, word, lines)

    def _of_word(self, word: str) -> int:
        lines = (one._words.get(word) or one._of_word(word) for one in self._models.values())
        return self._row(self._words, word, lines)

    def _turned(self, n: int) -> np.ndarray:
        if (turned := self._again.get(n)) is None:
            lines = (_oversaid((1.0,) * (part.stop - part.start), n) for _task, _one, part in self._parts)
            turned = self._again[n] = np.array([*chain.from_iterable(lines)])
        return turned

    def judge_cut(self, cut: Pieces) -> dict[str, Verdict]:
        """Question → its answer, of a text that is cut already."""
        if self._used - self._first > MOST_KNOWN:
            self._tokens.clear()
            self._words.clear()
            self._used = self._first
        known, brought = self._tokens.get, self._rows.get
        rows = [
            known(word) or self._of_token(word, bare) for word, bare in zip(cut.words, cut.plain, strict=False)
        ]
        rows += filter(None, map(brought, cut.pairs))
        once, turned = len(rows), []
        for word, n in cut.again:
            rows.append(self._words.get(word) or self._of_word(word))
            turned.append(self._turned(n))
        for name, n in cut.names_again:
            if (row := brought(name)) is not None:
                rows.append(row)
                turned.append(self._turned(n))
        if self._ends:
            rows += filter(None, map(brought, at_ends(cut.plain)))
        lines = self._table.take(rows, axis=0)
        if turned:
            lines[once : once + len(turned)] *= turned
        # Down the rows, one after the other: the order in which `Linear._sums` adds.
        sums = np.add.reduce(lines, axis=0).tolist()
        return {task: one._verdict(sums[part]) for task, one, part in self._parts}


def _squared(line: Sequence[float]) -> Sums:
    """Rarity as the square of a length, the classes as they are."""
    return (line[0] * line[0], *line[1:])


def _scaled(line: Sums, square: float, part: float) -> Sums:
    return (line[0] * square, *(value * part for value in line[1:]))


def _oversaid(line: Sums, n: int) -> Sums:
    """What must be added when what counts `times(n)` was summed n times."""
    counted = times(n)
    return _scaled(line, counted * counted - n, counted - n)


def _total(lines: list[Sums], nothing: Sums) -> Sums:
    return tuple(map(sum, zip(*lines, strict=True))) if lines else nothing


def _kept(known: dict[str, Sums], word: str, sums: Sums) -> Sums:
    """Remember what a word brings; a full memory begins anew."""
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[word] = sums
    return sums


def _sign(head: Mapping[str, Any], body: bytes, key: bytes) -> str:
    plain = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    return hmac.new(key, b"loa model\0" + plain + b"\n" + body, hashlib.sha256).hexdigest()


def data_hash(examples: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of the examples (text, label), whatever their order."""
    total = hashlib.sha256()
    for line in sorted(json.dumps(pair, ensure_ascii=False) for pair in examples):
        total.update(line.encode() + b"\n")
    return total.hexdigest()
