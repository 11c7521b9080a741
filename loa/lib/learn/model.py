"""A linear classifier that needs nothing but a dictionary to run, in a file one can carry, check and open.

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
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loa.lib.learn.features import features

FORMAT = "loa-linear-1"


class ModelError(ValueError):
    """The file is no model of ours, was changed, or was signed elsewhere. The message says so in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, how probable each class is (they sum to 1), and how far the first is ahead of the second."""

    label: str
    probabilities: dict[str, float]
    #: 0…1; small where a person should look: the order of the learning queue
    margin: float


@dataclass(slots=True)
class Linear:
    """Numbers per feature: first its rarity (idf), then rarity times weight for each class."""

    task: str
    classes: tuple[str, ...]
    weights: dict[str, tuple[float, ...]]
    bias: tuple[float, ...]
    #: steepness from distance to probability, fitted on texts the model had not seen
    steepness: float = 1.0
    letters: bool = False
    #: data_hash, examples, trained_at, licence, card …: carried along, never used in scoring
    about: dict[str, Any] = field(default_factory=dict)

    def _rows(self, accented: str, folded: str) -> tuple[list[str], list[tuple[float, ...]]]:
        """Known features with their numbers; what stands there n times counts 1 + ln n times."""
        found = features(accented, folded, letters=self.letters)
        once = dict.fromkeys(found)  # in order: the same sum in every process
        names = [feature for feature in once if feature in self.weights]
        rows = [self.weights[feature] for feature in names]
        if len(once) != len(found):
            counts = Counter(found)
            for at, feature in enumerate(names):
                if counts[feature] > 1:
                    times = 1.0 + math.log(counts[feature])
                    rows[at] = tuple(value * times for value in rows[at])
        return names, rows

    def decide(self, accented: str, folded: str) -> list[float]:
        """One distance per class; the greatest wins."""
        rows = self._rows(accented, folded)[1]
        if not rows:
            return list(self.bias)
        rarity, *parts = zip(*rows, strict=True)
        norm = math.hypot(*rarity)
        return [sum(part) / norm + bias for part, bias in zip(parts, self.bias, strict=True)]

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
        names, rows = self._rows(accented, folded)
        norm = math.hypot(*(row[0] for row in rows)) or 1.0
        shown = dict(zip(folded.split(), accented.split(), strict=False))
        found: dict[str, float] = {}
        for name, row in zip(names, rows, strict=True):
            if name[0] == "^":
                continue
            part = (row[1 + at] - sum(row[1:]) / len(self.classes)) / norm
            if name[0] == "~":
                name = " ".join(shown.get(word, word) for word in name[1:].split())
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
        names = sorted(self.weights)
        flat = [number for name in names for number in self.weights[name]]
        body = gzip.compress("\n".join(names).encode() + b"\0" + struct.pack(f"<{len(flat)}e", *flat), 6, mtime=0)
        head = {
            "format": FORMAT,
            "task": self.task,
            "classes": list(self.classes),
            "bias": list(self.bias),
            "steepness": self.steepness,
            "letters": self.letters,
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
        rows = struct.iter_unpack(f"<{size}e", packed)
        weights = dict(zip(names.decode().split("\n"), rows, strict=True)) if names else {}
        return cls(
            head["task"],
            tuple(head["classes"]),
            weights,
            tuple(head["bias"]),
            head["steepness"],
            head["letters"],
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
