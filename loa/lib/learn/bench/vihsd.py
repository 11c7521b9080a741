"""`loa bench vihsd --path DIR`: comments of social networks (ViHSD), clean, offensive, hate."""

from __future__ import annotations

from pathlib import Path

from loa.lib.learn.bench import sets
from loa.lib.nlp import prepare


def run(out: sets.Out, *, path: Path) -> None:
    """Print the figures."""
    sets.task(out, path, "vihsd", "label", task="toxic", prepare=prepare, bars=(None, 0.645))
