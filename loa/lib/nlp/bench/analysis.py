"""`loa bench analysis`: the whole analysis, one text at a time, among 5,000 schools; beside segmentation alone.

A quarter of the texts names a school, every fifth of those with a slip. Without `--path` the texts are invented;
the word lists answer, then models of all three questions (of relevance every text is asked, which no real stream
does). With `--path DIR` (sets one has fetched) the texts are the comments kept back there, and the questions are
answered by models trained on the spot: tone and harm by the labels of their sets, relevance by which set a comment
is of (students on teaching, or anybody on anything). Each figure is of a process of its own that reads the models
from their files, as a worker does: its memory is that of analysing. Baselines are pyvi and underthesea cutting the
same texts into words, where they are installed (`pip install pyvi underthesea`; Loa does not need them).
"""

from __future__ import annotations

import importlib
import resource
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from loa.lib.nlp import Analyser, prepare
from loa.lib.nlp.bench import invented
from loa.lib.nlp.bench.units import naming

SCHOOLS, BAR, MEMORY = 5000, 10_000, 600
#: the models of a run are signed with it and forgotten
KEY = b"loa bench analysis"


def run(out: Callable[..., None], *, path: Path | None = None) -> None:
    """Print texts a second of processor time, and the memory of the process."""
    schools = invented.schools(SCHOOLS)
    if path is None:
        texts = naming(invented.texts(6000), schools)
        _measure(out, "word lists", texts, {})
        asked = [f"{text} ở trường" for text in texts]
        _measure(out, "three trained models", asked, _taught(asked))
    else:
        from loa.lib.learn.bench import sets
        from loa.lib.learn.train import Example, fit

        texts = naming(sets.texts_of(sets.held_out(path, "vsfc")), schools)
        _measure(out, "word lists", texts, {})
        tone = fit(sets.read(path / "vsfc.train.jsonl", "sentiment"), task="sentiment", prepare=prepare).dump(KEY)
        _measure(out, "trained tone", texts, {"sentiment": tone})
        if (path / "vihsd.train.jsonl").exists():
            harm = fit(sets.read(path / "vihsd.train.jsonl", "label"), task="toxic", prepare=prepare).dump(KEY)
            _measure(out, "trained tone and harm", texts, {"sentiment": tone, "toxic": harm})
            said = [
                Example(one.text, label)
                for name, label in (("vsfc", "yes"), ("vihsd", "no"))
                for one in sets.read(path / f"{name}.train.jsonl", "label" if name == "vihsd" else "sentiment")
            ]
            about = fit(said, task="relevant", prepare=prepare).dump(KEY)
            three = {"sentiment": tone, "toxic": harm, "relevant": about}
            _measure(out, "trained tone, harm and relevance", texts, three)
    for name, module, call in (
        ("pyvi", "pyvi.ViTokenizer", "tokenize"),
        ("underthesea", "underthesea", "word_tokenize"),
    ):
        rate = _segmented(module, call, texts)
        out(f"baseline: {name} cuts the same into words", f"{rate:,.0f}" if rate else "not installed")


def _taught(texts: list[str]) -> dict[str, bytes]:
    """Models of every question, for their speed alone: labels by the lists, or by turns."""
    from loa.lib.learn.train import Example, fit

    lists = Analyser()
    told = {
        "sentiment": [lists.analyse(text).tone for text in texts],
        "toxic": [("clean", "offensive", "hate")[n % 3] for n in range(len(texts))],
        "relevant": [("yes", "no")[n % 2] for n in range(len(texts))],
    }
    return {
        task: fit([Example(*pair) for pair in zip(texts, labels, strict=True)], task=task, prepare=prepare).dump(
            KEY
        )
        for task, labels in told.items()
    }


def _rate(call: Callable[[str], object], texts: list[str]) -> float:
    """Texts a second of the best of three rounds."""
    for text in texts[:300]:
        call(text)
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            call(text)
        best = max(best, len(texts) / (time.process_time() - start))
    return best


def _alone(texts: list[str], files: Mapping[str, bytes]) -> tuple[float, float]:
    """(texts a second, peak memory in MB) of this process, which does nothing else."""
    from loa.lib.learn import Linear

    models = {task: Linear.load(file, KEY) for task, file in files.items()}
    analyser = Analyser(invented.schools(SCHOOLS), models=models)
    rate = _rate(analyser.analyse, texts)
    return rate, peak()


def peak() -> float:
    """MB; of this program alone, where the system tells (ru_maxrss knows what started it too)."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure(out: Callable[..., None], name: str, texts: list[str], files: Mapping[str, bytes]) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        rate, memory = pool.submit(_alone, texts, files).result()
    words = sum(len(text.split()) for text in texts) / len(texts)
    out(f"{name}: texts/s/core, one by one (bar {BAR:,})", f"{rate:,.0f}", "words each", f"{words:.0f}")
    out(f"{name}: peak memory of the process, MB (bar {MEMORY})", f"{memory:.0f}")


def _segmented(module: str, call: str, texts: list[str]) -> float:
    try:
        found = importlib.import_module(module)
    except ImportError:
        return 0.0
    return _rate(getattr(found, call), texts[:1500])
