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
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from loa.lib.learn.features import groups
from loa.lib.learn.scorer import Scorer

#: 2: a word counts with all it brings as often as it stands there (before, each feature by itself)
FORMAT = "loa-linear-2"


class ModelError(ValueError):
    """The file is no model of ours, was changed, or was signed elsewhere. The message says so in Vietnamese."""


class Verdict(NamedTuple):
    """The class, how probable each class is (they sum to 1), and how far the first is ahead of the second."""

    label: str
    probabilities: dict[str, float]
    #: 0…1; small where a person should look: the order of the learning queue
    margin: float


@dataclass(eq=False)
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

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer([self])

    def decide(self, accented: str, folded: str) -> list[float]:
        """One distance per class of a prepared text; the greatest wins."""
        square, *sums = self._scorer.sums(accented, folded)
        return self._distances(square, sums)

    def _distances(self, square: float, sums: Sequence[float]) -> list[float]:
        shorter = 1 / math.sqrt(square) if square else 0.0
        return [part * shorter + bias for part, bias in zip(sums, self.bias, strict=False)]

    def judge(self, accented: str, folded: str) -> Verdict:
        """The class of a prepared text; `folded` is `accented` without its accents."""
        square, *sums = self._scorer.sums(accented, folded)
        return self.verdict(square, sums)

    def choose(self, square: float, sums: Sequence[float]) -> str:
        """The class alone, sooner: of the square of the length of a text and what it brings (`Scorer.sums`)."""
        scores = self._distances(square, sums)
        return self.classes[scores.index(max(scores))]

    def verdict(self, square: float, sums: Sequence[float]) -> Verdict:
        """As `choose`, with how sure it is."""
        scores = self._distances(square, sums)
        top, steepness = max(scores), self.steepness
        powers = [math.exp((score - top) * steepness) for score in scores]
        total = sum(powers)
        shares = [power / total for power in powers]
        second, first = sorted(shares)[-2:]
        return Verdict(
            self.classes[scores.index(top)], dict(zip(self.classes, shares, strict=True)), first - second
        )

    def reasons(self, accented: str, folded: str, label: str, most: int = 8) -> list[tuple[str, float]]:
        """The words that spoke most for (positive) and against `label`; both views of a word count together."""
        at = self.classes.index(label)
        norm = math.sqrt(self._scorer.sums(accented, folded)[0]) or 1.0
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
    """Several models asked about one text at once; each says to the last bit what it says alone."""

    def __init__(self, models: Mapping[str, Linear]) -> None:
        self._scorer = Scorer([*models.values()])
        #: question → its model, where the square of the length lies and where its classes
        self._models = {
            task: (one, number, self._scorer.parts[number]) for number, (task, one) in enumerate(models.items())
        }

    def sums(self, accented: str, folded: str) -> list[float]:
        """What a prepared text brings to all of them: what the other two ask for."""
        return self._scorer.sums(accented, folded)

    def choose(self, task: str, sums: Sequence[float]) -> str:
        """The class of the text, for one question."""
        one, number, part = self._models[task]
        return one.choose(sums[number], sums[part])

    def verdict(self, task: str, sums: Sequence[float]) -> Verdict:
        """The class with how sure it is."""
        one, number, part = self._models[task]
        return one.verdict(sums[number], sums[part])


def _sign(head: Mapping[str, Any], body: bytes, key: bytes) -> str:
    plain = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    return hmac.new(key, b"loa model\0" + plain + b"\n" + body, hashlib.sha256).hexdigest()


def data_hash(examples: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of the examples (text, label), whatever their order."""
    total = hashlib.sha256()
    for line in sorted(json.dumps(pair, ensure_ascii=False) for pair in examples):
        total.update(line.encode() + b"\n")
    return total.hexdigest()
