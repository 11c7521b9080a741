"""Train a linear model from labelled texts. Needs scikit-learn (`pip install loa[train]`); running one does not.

Each example also counts without its accents; rare classes weigh more; how far each class must be ahead, and how
sure the model is, are fitted on parts it was not trained on. Texts that are the same but for accents and signs
stay on one side.
"""

from __future__ import annotations

import hashlib
import json
import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loa.lib.learn.card import Card, Comparison, card, compare
from loa.lib.learn.features import Views, groups
from loa.lib.learn.model import Linear, data_hash

Prepare = Callable[[str], Views]
FOLDS = 4
#: fewest examples of a class, and in all, from which learning is more than remembering
LEAST_OF_CLASS, LEAST = 10, 100


class TrainingError(ValueError):
    """The examples are too few, unreadable or of one class only; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its class. `group`: author or thread; one group is never in both training and test."""

    text: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is chosen once per kind of question, on training data alone."""

    #: of LinearSVC; smaller means smoother
    cost: float = 0.2
    #: 0: classes weigh as often as they occur, 1: all the same
    balance: float = 0.5
    letters: bool = False
    least_seen: int = 2
    #: how the text begins and ends counts
    ends: bool = True
    #: cost of a second machine over features weighed by how much oftener they stand in a class (NB-SVM, Wang and
    #: Manning 2012); both are averaged into one model. 0: without
    bayes: float = 0.05


#: the questions Loa asks; another task takes the default
RECIPES = {
    "relevant": Recipe(),
    "sentiment": Recipe(),
    "topic": Recipe(),
    "toxic": Recipe(cost=0.1, balance=1.0, letters=True, ends=False, bayes=0.0),
}


@dataclass(frozen=True)
class Trained:
    """A model and how it does on the texts kept back."""

    model: Linear
    card: Card
    #: against the model in use; None when there is none
    comparison: Comparison | None


def read_examples(lines: Iterable[str], *, label: str = "label", text: str = "text") -> list[Example]:
    """JSON Lines with a text, a class and perhaps a `group`; raises TrainingError with the line that is wrong."""
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            said, about = item[text], item[label]
        except (ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f'Dòng {number}: cần một đối tượng JSON có "{text}" và "{label}" ({line.strip()[:60]}).'
            ) from error
        if not isinstance(said, str) or not isinstance(about, str) or not about:
            raise TrainingError(f'Dòng {number}: "{text}" và "{label}" phải là chữ.')
        if said.strip():
            found.append(Example(said, about, str(item.get("group") or "")))
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    accented: str
    folded: str
    label: str
    part: int


def part_of(group: str, parts: int) -> int:
    """Which of so many parts a group (author, thread, words of a text) belongs to, the same every time."""
    return int.from_bytes(hashlib.blake2b(group.encode(), digest_size=4).digest()) % parts


def _rows(examples: Sequence[Example], prepare: Prepare, parts: int) -> list[_Row]:
    rows = []
    for one in examples:
        seen = prepare(one.text)
        key = one.group or " ".join(word for word in seen.folded.split() if word.isalnum())
        rows.append(_Row(seen.accented, seen.folded, one.label, part_of(key, parts)))
    return rows


def _fit(rows: Sequence[_Row], recipe: Recipe, task: str, classes: Sequence[str]) -> Linear:
    try:
        import numpy as np
        from sklearn.svm import LinearSVC
    except ImportError as error:
        raise TrainingError(
            "Huấn luyện cần thư viện scikit-learn. Hãy cài bằng: pip install 'loa[train]'."
        ) from error
    texts = [(row.accented, row.folded) for row in rows] + [(row.folded, row.folded) for row in rows]
    labels = [row.label for row in rows] * 2
    places, rarity, matrix = weigh(texts, recipe)
    counts = Counter(labels)
    mean = len(labels) / len(classes)
    weight = {label: (mean / counts[label]) ** recipe.balance for label in classes}
    machine = LinearSVC(C=recipe.cost, class_weight=weight, random_state=0).fit(matrix, labels)
    order = [list(machine.classes_).index(label) for label in classes] if len(classes) > 2 else [0, 1]
    columns = machine.coef_ if len(classes) > 2 else np.vstack([-machine.coef_[0], machine.coef_[0]]) / 2
    bias = (
        machine.intercept_ if len(classes) > 2 else np.array([-machine.intercept_[0], machine.intercept_[0]]) / 2
    )
    columns, bias = columns[order], np.asarray(bias)[order]
    if recipe.bayes:
        second, second_bias = _bayes(matrix, labels, classes, weight, recipe.bayes)
        columns, bias = (columns + second) / 2, (bias + second_bias) / 2
    # As the file will hold them: half precision, so that a model scores the same before and after it is saved.
    packed = np.column_stack([rarity, columns.T * rarity[:, None]]).astype(np.float16)
    return Linear(
        task,
        tuple(classes),
        places,
        packed.astype(np.float32),
        tuple(float(value) for value in bias),
        letters=recipe.letters,
        ends=recipe.ends,
    )


def weigh(texts: Sequence[tuple[str, str]], recipe: Recipe) -> tuple[dict[str, int], Any, Any]:
    """(feature → column, rarity of each, one row a text) as the model will see them.

    Rarity is ln((1 + texts) / (1 + texts it stands in)) + 1. A row is as long as the groups of its text are
    together, each for itself: a run of letters that two words share counts for both.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    seen = [groups(*text, letters=recipe.letters, ends=recipe.ends) for text in texts]
    spread: Counter[str] = Counter()
    for text in seen:
        spread.update({name for _, names in text for name in names})
    places = {
        name: at for at, name in enumerate(sorted(name for name, n in spread.items() if n >= recipe.least_seen))
    }
    rarity = np.array([math.log((1 + len(texts)) / (1 + spread[name])) + 1 for name in places], dtype=np.float32)
    told = rarity.tolist()
    values, columns, ends = array("f"), array("i"), [0]
    for text in seen:
        line: dict[int, float] = {}
        square = 0.0
        for counted, names in text:
            for at, n in Counter(at for name in names if (at := places.get(name)) is not None).items():
                value = counted * n * told[at]
                square += value * value
                line[at] = line.get(at, 0.0) + value
        norm = math.sqrt(square) or 1.0
        columns.extend(line)
        values.extend(value / norm for value in line.values())
        ends.append(len(columns))
    shape = (len(texts), len(places))
    return places, rarity, csr_matrix((np.array(values), np.array(columns), np.array(ends)), shape=shape)


def _bayes(
    matrix: Any, labels: Sequence[str], classes: Sequence[str], weight: dict[str, float], cost: float
) -> tuple[Any, Any]:
    """(weights, biases) of one machine a class over features times the logarithm of how much oftener they stand in
    texts of the class than in others."""
    import numpy as np
    from sklearn.svm import LinearSVC

    truth = np.array(labels)
    rows, biases = [], []
    for label in classes:
        inside = 0.5 + np.asarray(matrix[truth == label].sum(axis=0)).ravel()
        outside = 0.5 + np.asarray(matrix[truth != label].sum(axis=0)).ravel()
        ratio = np.log((inside / inside.sum()) / (outside / outside.sum())).astype(np.float32)
        machine = LinearSVC(C=cost, class_weight={1: weight[label], 0: 1.0}, random_state=0)
        machine.fit(matrix.multiply(ratio).tocsr(), (truth == label).astype(int))
        rows.append(machine.coef_[0] * ratio)
        biases.append(machine.intercept_[0])
    return np.array(rows), np.array(biases)


def _choose(scores: Sequence[Sequence[float]], offsets: Sequence[float], classes: Sequence[str]) -> list[str]:
    places = range(len(classes))
    return [classes[max(places, key=lambda at: row[at] + offsets[at])] for row in scores]


def fit_offsets(scores: Sequence[Sequence[float]], truth: Sequence[str], classes: Sequence[str]) -> list[float]:
    """What to add to each class's distance so that weighted plus macro F1 is greatest on these texts."""
    import numpy as np

    table = np.array(scores)
    real = np.array([classes.index(label) for label in truth])
    offsets = np.zeros(len(classes))
    size = len(classes)

    def worth(tried: Any) -> float:
        said = (table + tried).argmax(1)
        pairs = np.bincount(real * size + said, minlength=size * size).reshape(size, size)
        both = pairs.sum(0) + pairs.sum(1)
        f1 = 2 * pairs.diagonal() / np.maximum(both, 1)
        return float(f1.mean() + (f1 * pairs.sum(1)).sum() / len(real))

    for _ in range(2):
        for at in range(size):
            best = (worth(offsets), 0.0, offsets[at])
            for step in np.linspace(-0.6, 0.6, 25):
                tried = offsets.copy()
                tried[at] = step
                best = max(best, (worth(tried), -abs(step), step))
            offsets[at] = best[2]
    return [float(value) for value in offsets - offsets.mean()]


def fit_steepness(scores: Sequence[Sequence[float]], truth: Sequence[str], classes: Sequence[str]) -> float:
    """The factor that makes softmax of the distances the likeliest account of these texts."""
    import numpy as np

    table = np.array(scores)
    real = np.array([classes.index(label) for label in truth])

    def loss(factor: float) -> float:
        scaled = table * factor
        scaled -= scaled.max(1, keepdims=True)
        total = np.log(np.exp(scaled).sum(1))
        return float((total - scaled[np.arange(len(real)), real]).mean())

    return float(min((0.5 * 1.15**step for step in range(30)), key=loss))


def fit(
    examples: Sequence[Example],
    *,
    task: str,
    prepare: Prepare,
    recipe: Recipe | None = None,
    enough: bool = False,
) -> Linear:
    """A model of all examples. Offsets and steepness come from four folds, each judged by the other three.

    `enough`: they are part of a set that was counted already.
    """
    recipe = recipe or RECIPES.get(task, Recipe())
    rows = _rows(examples, prepare, FOLDS)
    counts = Counter(row.label for row in rows)
    if not enough:
        _check(counts)
    classes = sorted(counts)
    scores: list[list[float]] = []
    truth: list[str] = []
    for part in range(FOLDS):
        rest = [row for row in rows if row.part != part]
        if {row.label for row in rest} != set(classes):
            continue  # a class that lies wholly in one part: nothing to learn it from
        half = _fit(rest, recipe, task, classes)
        kept = [row for row in rows if row.part == part]
        scores += [half.decide(row.accented, row.folded) for row in kept]
        truth += [row.label for row in kept]
    model = _fit(rows, recipe, task, classes)
    if truth:
        offsets = fit_offsets(scores, truth, classes)
        moved = [[value + more for value, more in zip(row, offsets, strict=True)] for row in scores]
        model.bias = tuple(value + more for value, more in zip(model.bias, offsets, strict=True))
        model.steepness = fit_steepness(moved, truth, classes)
    model.about = {"data_hash": data_hash([(one.text, one.label) for one in examples]), "examples": dict(counts)}
    return model


def _check(counts: Counter[str]) -> None:
    if len(counts) < 2:
        raise TrainingError("Cần ít nhất hai lớp khác nhau trong tệp huấn luyện.")
    small = sorted(label for label, count in counts.items() if count < LEAST_OF_CLASS)
    if small or counts.total() < LEAST:
        few = f" Lớp còn ít: {', '.join(small)}." if small else ""
        raise TrainingError(
            f"Có {counts.total()} mẫu; cần ít nhất {LEAST} mẫu và {LEAST_OF_CLASS} mẫu cho mỗi lớp.{few}"
            " Hãy sửa nhãn thêm trong danh sách rồi huấn luyện lại."
        )


def judge_all(model: Linear, texts: Iterable[str], prepare: Prepare) -> tuple[list[str], list[str], list[float]]:
    """(class, class without accents, probability of the first) of each text."""
    said, bare, sure = [], [], []
    for text in texts:
        seen = prepare(text)
        verdict = model.judge(seen.accented, seen.folded)
        said.append(verdict.label)
        sure.append(verdict.probabilities[verdict.label])
        bare.append(model.judge(seen.folded, seen.folded).label)
    return said, bare, sure


def train(
    examples: Sequence[Example],
    *,
    task: str,
    prepare: Prepare,
    live: Callable[[str], str] | None = None,
    recipe: Recipe | None = None,
) -> Trained:
    """Keep a fifth back, train on the rest, and judge both the new model and the one in use (`live`) on the fifth.

    A model in use may have seen some of that fifth: the comparison then favours it, never the new one.
    """
    _check(Counter(one.label for one in examples))
    keys = _rows(examples, prepare, 5)
    learnt = [one for one, row in zip(examples, keys, strict=True) if row.part]
    kept = [one for one, row in zip(examples, keys, strict=True) if not row.part]
    if not kept or {one.label for one in learnt} != {one.label for one in examples}:
        raise TrainingError("Các mẫu thuộc cùng một nhóm nên không thể giữ lại phần để chấm. Hãy thêm mẫu khác.")
    model = fit(learnt, task=task, prepare=prepare, recipe=recipe, enough=True)
    said, bare, sure = judge_all(model, (one.text for one in kept), prepare)
    truth = [one.label for one in kept]
    report = card(truth, said, bare, sure)
    beside = compare(truth, said, [live(one.text) for one in kept]) if live else None
    model.about = {
        **model.about,
        "data_hash": data_hash([(one.text, one.label) for one in examples]),
        "card": report.as_dict(),
    }
    return Trained(model, report, beside)


def self_train(
    texts: Iterable[str],
    guess: Callable[[str], tuple[str, float]],
    *,
    task: str,
    prepare: Prepare,
    sure: float,
    recipe: Recipe | None = None,
) -> Linear:
    """A model from texts nobody labelled: `guess` (a word list) gives class and sureness; ≥ `sure` are learnt.

    The model carries what the list knows over to words the list has not; marked "bootstrap" in its file.
    """
    named = [Example(text, label) for text in texts for label, weight in [guess(text)] if weight >= sure]
    model = fit(
        named, task=task, prepare=prepare, recipe=recipe or replace(RECIPES.get(task, Recipe()), balance=0.0)
    )
    model.about = {**model.about, "bootstrap": True}
    return model
