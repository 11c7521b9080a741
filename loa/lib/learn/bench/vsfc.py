"""`loa bench vsfc --path DIR`: student feedback (UIT-VSFC): sentiment and topic, and sentiment nobody labelled.

With LOA_BENCH_FOLDS=5 also every comment judged by turns, by a model taught by the other four fifths.
"""

from __future__ import annotations

from pathlib import Path

from loa.lib.learn.bench import sets
from loa.lib.learn.card import f1s
from loa.lib.learn.train import self_train
from loa.lib.nlp import Analyser, prepare


def run(out: sets.Out, *, path: Path) -> None:
    """Print the figures."""
    for label, bars in (("sentiment", (0.893, 0.755)), ("topic", (0.868, 0.765))):
        sets.task(out, path, "vsfc", label, task=label, prepare=prepare, bars=bars)
        sets.across(out, path, "vsfc", label, task=label, prepare=prepare, bars=bars)
    analyser = Analyser()
    kept = sets.read(sets.held_out(path, "vsfc"), "sentiment")
    truth = [one.label for one in kept]
    weighted, macro = f1s(truth, [analyser.analyse(one.text).tone for one in kept])
    out("nobody labelled: word list alone, weighted F1 (bar 0.830)", f"{weighted:.4f}", "macro", f"{macro:.4f}")

    def guess(text: str) -> tuple[str, float]:
        found = analyser.analyse(text)
        return found.tone, abs(found.score) if found.tone != "neu" else 0.0

    unlabelled = sets.texts_of(path / "vsfc.train.jsonl")
    model = self_train(unlabelled, guess, task="sentiment", prepare=prepare, sure=0.3)
    said, bare, _ = sets.judge_all(model, (one.text for one in kept), prepare)
    weighted, macro = f1s(truth, said)
    out("nobody labelled: list taught itself, weighted F1", f"{weighted:.4f}", "bar", "0.830")
    out("nobody labelled: the same without accents", f"{f1s(truth, bare)[0]:.4f}", "macro", f"{macro:.4f}")
