"""Train on `<name>.train.jsonl` of a folder, judge on `<name>.test.jsonl` or, without one, `<name>.dev.jsonl`."""

from __future__ import annotations

import json
import os
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from loa.lib.learn.card import f1s
from loa.lib.learn.train import Example, Prepare, fit, judge_all, part_of, read_examples

Out = Callable[..., None]


def read(path: Path, label: str) -> list[Example]:
    """Labelled texts of one file."""
    return read_examples(path.read_text(encoding="utf-8").splitlines(), label=label)


def held_out(folder: Path, name: str) -> Path:
    """The file to judge on."""
    test = folder / f"{name}.test.jsonl"
    return test if test.exists() else folder / f"{name}.dev.jsonl"


def task(
    out: Out, folder: Path, name: str, label: str, *, task: str, prepare: Prepare, bars: tuple[float | None, float]
) -> None:
    """Train one question and print its figures beside the bars (weighted, macro F1)."""
    learnt = read(folder / f"{name}.train.jsonl", label)
    kept_file = held_out(folder, name)
    kept = read(kept_file, label)
    start = time.process_time()
    model = fit(learnt, task=task, prepare=prepare)
    spent = time.process_time() - start
    texts, truth = [one.text for one in kept], [one.label for one in kept]
    said, bare, _ = judge_all(model, texts, prepare)
    weighted, macro = f1s(truth, said)
    bare_weighted, bare_macro = f1s(truth, bare)
    split = kept_file.stem.split(".")[-1]
    if bars[0] is not None:
        out(f"{label}: weighted F1 ({split}, {len(kept)})", f"{weighted:.4f}", "bar", f"{bars[0]:.3f}")
    out(f"{label}: macro F1 ({split}, {len(kept)})", f"{macro:.4f}", "bar", f"{bars[1]:.3f}")
    out(f"{label}: without accents, weighted/macro", f"{bare_weighted:.4f}", "macro", f"{bare_macro:.4f}")
    composed = [unicodedata.normalize("NFD", text) for text in texts]
    same = judge_all(model, composed, prepare)[0] == said
    out(f"{label}: NFD judged the same", "yes" if same else "NO")
    views = [prepare(text) for text in texts]
    start = time.process_time()
    for seen in views:
        model.judge(seen.accented, seen.folded)
    alone = len(views) / (time.process_time() - start)
    start = time.process_time()
    for text in texts:
        seen = prepare(text)
        model.judge(seen.accented, seen.folded)
    both = len(views) / (time.process_time() - start)
    out(f"{label}: texts/s/core, one by one", f"{both:,.0f}", "judging alone", f"{alone:,.0f}")
    size = len(model.dump(b"bench")) / 1e6
    out(f"{label}: trained in CPU s", f"{spent:.1f}", "file", f"{size:.2f} MB, {len(model.rows):,} features")


def across(
    out: Out, folder: Path, name: str, label: str, *, task: str, prepare: Prepare, bars: tuple[float | None, float]
) -> None:
    """Judge every labelled text by a model taught by the others, in LOA_BENCH_FOLDS parts; nothing without.

    Texts that are the same but for accents and signs stay on one side, as in training.
    """
    parts = int(os.environ.get("LOA_BENCH_FOLDS", "0"))
    if parts < 2:
        return
    examples = read(folder / f"{name}.train.jsonl", label) + read(held_out(folder, name), label)
    of = [part_of(" ".join(filter(str.isalnum, prepare(one.text).folded.split())), parts) for one in examples]
    truth: list[str] = []
    said: list[str] = []
    for part in range(parts):
        model = fit([one for one, at in zip(examples, of, strict=True) if at != part], task=task, prepare=prepare)
        kept = [one for one, at in zip(examples, of, strict=True) if at == part]
        truth += [one.label for one in kept]
        said += judge_all(model, (one.text for one in kept), prepare)[0]
    weighted, macro = f1s(truth, said)
    how = f"{parts} parts by turns, {len(truth)}"
    if bars[0] is not None:
        out(f"{label}: weighted F1 ({how})", f"{weighted:.4f}", "bar", f"{bars[0]:.3f}")
    out(f"{label}: macro F1 ({how})", f"{macro:.4f}", "bar", f"{bars[1]:.3f}")


def texts_of(path: Path) -> list[str]:
    """The texts alone."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines if line.strip()]
