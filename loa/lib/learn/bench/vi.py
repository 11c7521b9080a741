"""`loa bench vi --path DIR`: forms of Vietnamese text on the texts of a set, in NFC and in NFD."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from loa.lib import vi
from loa.lib.learn.bench import sets

BAR = 150_000


def run(out: sets.Out, *, path: Path) -> None:
    """Print texts a second on one core: lib/vi beside what the standard library does for each."""
    files = sorted(path.glob("*.train.jsonl"), reverse=True)
    texts = sets.texts_of(files[0])
    apart = [unicodedata.normalize("NFD", text) for text in texts]
    plain = _rate(lambda text: unicodedata.normalize("NFC", text).lower(), texts)
    for name, change in (("nfc", vi.nfc), ("fold", vi.fold), ("tones", vi.tones)):
        rate, slow = _rate(change, texts), _rate(change, apart)
        mark = "" if min(rate, slow) >= BAR else f"   UNDER {BAR:,}"
        out(f"{name}: NFC texts/s/core", f"{rate:,.0f}", "NFD", f"{slow:,.0f}{mark}")
    out("baseline: unicodedata NFC and lower", f"{plain:,.0f}")


def _rate(change: Callable[[str], str], texts: list[str]) -> float:
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            change(text)
        best = max(best, len(texts) / (time.process_time() - start))
    return best
