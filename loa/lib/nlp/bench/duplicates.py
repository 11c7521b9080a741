"""`loa bench duplicates`: 100,000 short texts, more than a fifth of them others passed on; pairs found and right.

With `--path DIR` also on the comments of sets one has fetched (`*.train.jsonl`, `*.dev.jsonl`), recombined to as
many. There the truth knows of no comment that two people wrote alike, so that the real precision is higher.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from loa.lib.nlp import Leaders, prepare
from loa.lib.nlp.bench import invented
from loa.lib.nlp.bench.analysis import peak
from loa.lib.nlp.duplicates import fingerprint
from loa.lib.vi import fold

COUNT, COPIES = 100_000, 21_600


def run(out: Callable[..., None], *, path: Path | None = None) -> None:
    """Print precision and recall of pairs, processor time and memory, beside joining equal texts alone."""
    _measure(out, "invented", invented.texts(COUNT - COPIES))
    if path is not None:
        _measure(out, "comments", _comments(path, COUNT - COPIES))


def pairs(names: Iterable[Hashable]) -> int:
    """How many pairs have the same name."""
    return sum(count * (count - 1) // 2 for count in Counter(names).values())


def _measure(out: Callable[..., None], name: str, originals: list[str]) -> None:
    rows = list(invented.passed_on(originals, COPIES))
    truth = [number for _text, number in rows]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        got, spent, memory = pool.submit(_alone, [text for text, _number in rows]).result()
    folded = [prepare(text).folded for text, _number in rows]
    start = time.process_time()
    plain = [fingerprint(text) for text in folded]
    alone = time.process_time() - start
    both = pairs(zip(truth, got, strict=True))
    length = sum(len(text.split()) for text in folded) / len(folded)
    out(f"{name}: texts, words each", f"{len(rows):,}", "words", f"{length:.0f}")
    for what, of, mine in (
        ("precision", pairs(got), both / pairs(got)),
        ("recall", pairs(truth), both / pairs(truth)),
    ):
        equal = pairs(zip(truth, plain, strict=True)) / (pairs(plain) if what == "precision" else of)
        out(f"{name}: {what} of pairs (bar .96)", f"{mine:.3f}", "equal texts alone", f"{equal:.3f}")
    out(f"{name}: processor seconds (bar 5)", f"{spent:.2f}", "equal texts alone", f"{alone:.2f}")
    out(f"{name}: peak memory of the process, MB (bar 450)", f"{memory:.0f}")


def _alone(texts: list[str]) -> tuple[list[str], float, float]:
    """(who leads each text, processor seconds with making the texts ready, peak MB) of a process of its own."""
    start = time.process_time()
    got = Leaders().join_all((str(at), prepare(text).folded) for at, text in enumerate(texts))
    return got, time.process_time() - start, peak()


def _comments(path: Path, count: int) -> list[str]:
    """Each comment once; then new ones of the pieces of three to five others, up to `count`."""
    from loa.lib.learn.bench.sets import texts_of

    rng = random.Random(2026)  # noqa: S311
    read = [text for file in sorted(path.glob("*.jsonl")) for text in texts_of(file)]
    once = list({fold(text.lower()): text for text in read}.values())
    found = [text for text in once if len(text.split()) >= 8]
    pieces = [piece for text in once for piece in _cut(text.split())]
    while len(found) < count:
        found.append(" ".join(" ".join(piece) for piece in rng.sample(pieces, rng.choice((3, 3, 4, 5)))))
    rng.shuffle(found)
    return found[:count]


def _cut(words: list[str]) -> list[list[str]]:
    return [words[at : at + 6] for at in range(0, len(words), 6) if len(words[at : at + 6]) >= 4]
