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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from loa.lib.learn.features import at_ends, features

FORMAT = "loa-linear-1"
#: words remembered with what they bring
MOST_KNOWN = 100_000
#: what standing there so often counts
_TIMES = np.array([0.0, *(1.0 + math.log(n) for n in range(1, 256))], dtype=np.float32)


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
    #: word → rows of what it brings by itself; people use the same ten thousand words
    _words: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)
    _plain: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.table = np.ascontiguousarray(self.table)  # rows are taken out of it for every text

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

    def _seen(self, accented: str, folded: str) -> list[int]:
        """Rows of the features of a text (those of `features`), as often as they stand there."""
        words, plain = accented.split(), folded.split()
        found: list[int] = []
        known = self._words.get
        for word in words:
            mine = known(word)
            found += self._new(word) if mine is None else mine
        known = self._plain.get
        for word in plain:
            mine = known(word)
            found += self._new_plain(word) if mine is None else mine
        row = self.rows.get
        pairs = [row(f"{one} {two}") for one, two in pairwise(words)]
        pairs += [row(f"~{one} {two}") for one, two in pairwise(plain)]
        if self.ends:
            pairs += [row(name) for name in at_ends(plain)]
        found += [at for at in pairs if at is not None]
        return found

    def _new(self, word: str) -> list[int]:
        names = features(word, "", letters=self.letters)
        mine = [self.rows[name] for name in names if name in self.rows]
        if len(self._words) >= MOST_KNOWN:
            self._words.clear()
        self._words[word] = mine
        return mine

    def _new_plain(self, word: str) -> list[int]:
        at = self.rows.get("~" + word)
        if len(self._plain) >= MOST_KNOWN:
            self._plain.clear()
        self._plain[word] = mine = [] if at is None else [at]
        return mine

    def _weighed(self, accented: str, folded: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the known features, each once, with their numbers; n times there counts 1 + ln n times."""
        found = np.array(self._seen(accented, folded), dtype=np.intp)
        found.sort()  # the same sum in every process
        first = np.empty(len(found), dtype=bool)
        first[:1] = True
        np.not_equal(found[1:], found[:-1], out=first[1:])
        starts = first.nonzero()[0]
        if len(starts) == len(found):
            return found, self.table.take(found, axis=0)
        once = found.take(starts)
        counts = np.empty(len(starts), dtype=np.intp)
        np.subtract(starts[1:], starts[:-1], out=counts[:-1])
        counts[-1] = len(found) - starts[-1]
        return once, self.table.take(once, axis=0) * _TIMES.take(counts, mode="clip")[:, None]

    def decide(self, accented: str, folded: str) -> list[float]:
        """One distance per class; the greatest wins."""
        once, numbers = self._weighed(accented, folded)
        if not len(once):
            return list(self.bias)
        rarity = numbers[:, 0]
        norm = math.sqrt(float(rarity @ rarity))
        return [part / norm + bias for part, bias in zip(numbers.sum(axis=0).tolist()[1:], self.bias, strict=True)]

    def judge(self, accented: str, folded: str) -> Verdict:
        """The class of a prepared text."""
        scores = [score * self.steepness for score in self.decide(accented, folded)]
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
        once, numbers = self._weighed(accented, folded)
        norm = float(np.linalg.norm(numbers[:, 0])) or 1.0
        parts = (numbers[:, 1 + at] - numbers[:, 1:].sum(axis=1) / len(self.classes)) / norm
        share = dict(zip(once.tolist(), parts.tolist(), strict=True))
        shown = dict(zip(folded.split(), accented.split(), strict=False))
        found: dict[str, float] = {}
        for name in dict.fromkeys(
            features(accented, folded, ends=self.ends)
        ):  # runs of letters mean nothing to a reader
            row = self.rows.get(name)
            if row is None:
                continue
            if name[0] == "~":
                name = " ".join(shown.get(word, word) for word in name[1:].lstrip("^$").split())
            found[name] = found.get(name, 0.0) + share[row]
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
            raise ModelError(f"Mô hình thuộc dạng {head['format']!r} mà bản Loa này chưa đọc được.")
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


def _sign(head: Mapping[str, Any], body: bytes, key: bytes) -> str:
    plain = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    return hmac.new(key, b"loa model\0" + plain + b"\n" + body, hashlib.sha256).hexdigest()


def data_hash(examples: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of the examples (text, label), whatever their order."""
    total = hashlib.sha256()
    for line in sorted(json.dumps(pair, ensure_ascii=False) for pair in examples):
        total.update(line.encode() + b"\n")
    return total.hexdigest()
