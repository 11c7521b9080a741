"""`loa bench vihsd --path DIR`: comments of social networks (ViHSD), clean, offensive, hate.

With LOA_BENCH_FOLDS=5 also every comment judged by turns, by a model taught by the other four fifths.
"""

from __future__ import annotations

from pathlib import Path

from loa.lib.learn.bench import sets
from loa.lib.nlp import prepare


def run(out: sets.Out, *, path: Path) -> None:
    """Print the figures."""
    for judge in (sets.task, sets.across):
        judge(out, path, "vihsd", "label", task="toxic", prepare=prepare, bars=(None, 0.645))
