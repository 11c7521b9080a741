"""`loa listen train [FILE.jsonl]`, `loa listen models`, `loa listen roll-back TASK`.

Models lie in the data folder (`models/`) and are signed with the secret key of the installation.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from loa.lib.learn.card import Card
from loa.lib.learn.model import Linear, ModelError
from loa.lib.learn.store import Store

if TYPE_CHECKING:
    from loa.lib.learn.train import Example, Trained
    from loa.lib.nlp import Analyser

VERBS = ("train", "models", "roll-back")
#: the classes of the questions every item is asked; other questions take the classes of their examples
CLASSES = {
    "relevant": {"yes", "no"},
    "sentiment": {"pos", "neu", "neg"},
    "toxic": {"clean", "offensive", "hate"},
}


def installed_store() -> Store:
    """The store of this installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    return Store(Path(settings.DATA_DIR) / "models", str(settings.SECRET_KEY).encode())


class Office(Protocol):
    """What an installation can learn from."""

    def examples(self, task: str) -> list[Example]:
        """Texts people of the office set right, or said are right."""

    def texts(self) -> Iterable[str]:
        """Texts nobody labelled."""

    def lists(self) -> Analyser:
        """The word lists with units and topics of the installation, without its models: what is to be beaten."""


def main(argv: list[str], office: Office | None = None) -> int:
    """Run one of VERBS; 2 when the call is wrong, 1 when it could not be done."""
    from loa.lib.learn.train import TrainingError

    parser = argparse.ArgumentParser(prog="loa listen", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    training = verbs.add_parser("train", help="huấn luyện từ tệp JSON Lines đã gắn nhãn")
    training.add_argument(
        "file", type=Path, nargs="?", help="không có tệp: học từ chỗ người dùng đã sửa trong Loa"
    )
    training.add_argument("--alone", action="store_true", help="tự học từ tin chưa ai gắn nhãn (bootstrap)")
    training.add_argument(
        "--task", default="sentiment", help="sentiment (mặc định), toxic, relevant hoặc tên khác"
    )
    training.add_argument("--label", help='trường chứa nhãn; mặc định là tên nhiệm vụ, nếu không có thì "label"')
    training.add_argument("--licence", default="", help="giấy phép của dữ liệu, ghi vào mô hình")
    training.add_argument("--keep-only", action="store_true", help="lưu lại nhưng không đưa vào dùng")
    training.add_argument("--json", action="store_true", help="in phiếu điểm dạng JSON")
    verbs.add_parser("models", help="các mô hình đang có")
    back = verbs.add_parser("roll-back", help="quay lại mô hình trước")
    back.add_argument("task")
    options = parser.parse_args(argv)
    try:
        if options.verb == "train":
            return _train(options, office)
        store = installed_store()
        if options.verb == "models":
            return _models(store)
        number = store.roll_back(options.task, now=dt.datetime.now(dt.UTC))
        print(f"Đang dùng {_name(options.task, number)}.")
        return 0
    except (ModelError, TrainingError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Không đọc hoặc ghi được {error.filename}: {error.strerror}.\n")
        return 1


def _name(task: str, number: int) -> str:
    return f"mô hình {task} số {number}" if number else f"bộ từ có sẵn cho {task}"


@dataclass(frozen=True, slots=True)
class Taught:
    """A model that was trained and kept: its number, whether it is in use now, what was in use before."""

    task: str
    number: int
    live: bool
    before: int
    trained: Trained


def teach(
    store: Store,
    examples: Sequence[Example],
    *,
    task: str,
    licence: str = "",
    keep_only: bool = False,
    lists: Analyser | None = None,
) -> Taught:
    """Train on examples, keep the model, and use it when it is surely better than what is in use: an earlier
    model, else the word lists (`lists`: with what this installation knows of its units).

    Whether a text is about education a model is asked only where the lists find anything of schools: only such
    examples count. Raises TrainingError: too few, strange classes, no scikit-learn.
    """
    from loa.lib.learn.train import TrainingError, train
    from loa.lib.nlp import Analyser, prepare

    wrong = {one.label for one in examples} - CLASSES.get(task, {one.label for one in examples})
    if wrong:
        raise TrainingError(
            f"Nhãn lạ cho {task}: {', '.join(sorted(wrong)[:5])}. Chỉ dùng: {', '.join(sorted(CLASSES[task]))}."
        )
    lists = lists or Analyser()
    if task == "relevant":
        examples = [one for one in examples if lists.analyse(one.text).asked]
    now = dt.datetime.now(dt.UTC)
    before, current = store.live_number(task) or 0, store.live(task)

    def in_use(text: str) -> str:
        assert current is not None
        seen = prepare(text)
        return current.judge(seen.accented, seen.folded).label

    trained = train(examples, task=task, prepare=prepare, live=in_use if current else _listed(task, lists))
    model = trained.model
    model.about = {**model.about, "trained_at": now.isoformat(timespec="seconds"), "licence": licence}
    if trained.comparison is not None:
        model.about["comparison"] = {**trained.comparison.as_dict(), "before": before}
    number = store.add(model)
    live = not keep_only and (trained.comparison is None or trained.comparison.better)
    if live:
        store.use(task, number, now=now)
    return Taught(task, number, live, before, trained)


def teach_itself(
    store: Store, texts: Iterable[str], *, task: str = "sentiment", judged: Sequence[Example] = ()
) -> int:
    """Let the word list teach a model on texts nobody labelled, and use it: its number. Marked "bootstrap".

    Only while nothing that people labelled is in use, and not once a person went back. Used when it is no worse
    than what is in use on what people said (`judged`); kept only, else. Raises TrainingError: too few texts the
    list is sure of.
    """
    from loa.lib.learn.card import f1s
    from loa.lib.learn.train import TrainingError, self_train
    from loa.lib.nlp import Analyser, prepare

    if task != "sentiment":
        raise TrainingError("Loa chỉ tự học được sắc thái; các phần khác học từ chỗ người dùng đã sửa.")
    current = store.live(task)
    if current is not None and not current.about.get("bootstrap"):
        raise TrainingError("Đang dùng mô hình học từ nhãn của người; mô hình tự học không thay được.")
    if store.rolled_back(task):
        raise TrainingError("Người dùng đã quay lại mô hình trước; mô hình tự học không tự vào dùng nữa.")
    analyser = Analyser()

    def guess(text: str) -> tuple[str, float]:
        found = analyser.analyse(text)
        # What the list is sure of; that it knows no word of a text says nothing about its tone.
        return found.tone, abs(found.score) if found.tone != "neu" else 0.0

    model = self_train(texts, guess, task=task, prepare=prepare, sure=0.3)
    now = dt.datetime.now(dt.UTC)
    model.about = {**model.about, "trained_at": now.isoformat(timespec="seconds"), "licence": "in-house"}
    truth = [one.label for one in judged]
    told: dict[str, float] = {"count": len(truth), "before": store.live_number(task) or 0}
    if truth:
        seen = [prepare(one.text) for one in judged]
        new = f1s(truth, [model.judge(one.accented, one.folded).label for one in seen])[1]
        if current is None:
            old = f1s(truth, [analyser.analyse(one.text).tone for one in judged])[1]
        else:
            old = f1s(truth, [current.judge(one.accented, one.folded).label for one in seen])[1]
        told |= {"new": round(new, 4), "old": round(old, 4)}
    model.about["compared"] = told
    number = store.add(model)
    if not truth or told["new"] >= told["old"]:
        store.use(task, number, now=now)
    return number


def _train(options: argparse.Namespace, office: Office | None) -> int:
    from loa.lib.learn.train import TrainingError, read_examples

    if options.alone:
        if office is None:
            raise TrainingError("Chưa có cơ sở dữ liệu nào để tự học.")
        number = teach_itself(
            installed_store(), office.texts(), task=options.task, judged=office.examples(options.task)
        )
        if installed_store().live_number(options.task) != number:
            name = _name(options.task, number)
            print(f"Đã lưu {name}, chưa đưa vào dùng: kém bản đang dùng trên tin người đã sửa.")
            return 0
        print(f"Đã đưa {_name(options.task, number)} vào dùng, học từ bộ từ có sẵn (bootstrap).")
        print(f"Quay lại: loa listen roll-back {options.task}")
        return 0
    lists = None
    if options.file is None:
        if office is None:
            raise TrainingError("Hãy cho biết tệp mẫu; ở đây chưa có cơ sở dữ liệu nào để lấy chỗ đã sửa.")
        examples = office.examples(options.task)
        if not examples:
            raise TrainingError(
                "Chưa tin nào được sửa hoặc xác nhận. Hãy mở Dư luận, Dạy Loa và chọn vài chục tin."
            )
        lists = office.lists()
    else:
        lines = options.file.read_text(encoding="utf-8-sig").splitlines()
        examples = read_examples(lines, label=options.label or _label_of(lines, options.task))
    taught = teach(
        installed_store(),
        examples,
        task=options.task,
        licence=options.licence,
        keep_only=options.keep_only,
        lists=lists,
    )
    if options.json:
        print(json.dumps(_as_json(taught), ensure_ascii=False))
        return 0
    print("\n".join(report(taught)))
    if taught.live:
        print(f"Đã đưa {_name(taught.task, taught.number)} vào dùng. Quay lại: loa listen roll-back {taught.task}")
    elif options.keep_only:
        print(f"Đã lưu {_name(taught.task, taught.number)}, chưa đưa vào dùng.")
    else:
        print(
            f"Đã lưu {_name(taught.task, taught.number)} nhưng không đưa vào dùng"
            " vì chưa chắc tốt hơn bản đang dùng."
        )
    return 0


def _as_json(taught: Taught) -> dict[str, Any]:
    beside = taught.trained.comparison
    return {
        "number": taught.number,
        "live": taught.live,
        "card": taught.trained.card.as_dict(),
        "data_hash": taught.trained.model.about["data_hash"],
        "gain": None if beside is None else [round(beside.gain, 4), *(round(x, 4) for x in beside.gain_range)],
    }


def report(taught: Taught) -> list[str]:
    """The report card in lines, beside what was in use."""
    about = taught.trained.model.about
    found = words_of(taught.trained.card)
    found.append(f"  dữ liệu: {sum(about['examples'].values())} mẫu học, SHA-256 {about['data_hash'][:16]}…")
    beside = taught.trained.comparison
    if beside is not None:
        low, high = beside.gain_range
        found.append(
            f"  so với bản đang dùng trước đó ({_name(taught.task, taught.before)}):"
            f" F1 trung bình {beside.gain:+.3f} (95 %: {low:+.3f} … {high:+.3f})"
        )
    return found


def _label_of(lines: list[str], task: str) -> str:
    """The field with the class: named after the task, else "label"."""
    try:
        return task if task in json.loads(next(line for line in lines if line.strip())) else "label"
    except (StopIteration, ValueError, TypeError):
        return "label"


def _listed(task: str, lists: Analyser) -> Any:
    """What the word lists say, as the thing to beat, where they answer that question."""
    if task == "sentiment":
        return lambda text: lists.analyse(text).tone
    if task == "toxic":
        return lambda text: lists.analyse(text).harm
    if task == "relevant":
        return lambda text: "yes" if lists.analyse(text).relevant else "no"
    return None


def words_of(card: Card) -> list[str]:
    """The report card in lines."""
    low, high = card.macro_range
    return [
        f"Phiếu điểm trên {card.count} mẫu giữ lại (không dùng để học)",
        f"  {'lớp':<22}{'số mẫu':>8}{'đúng':>8}{'đủ':>8}{'F1':>8}",
        *(
            f"  {one.label:<22}{one.count:>8}{one.precision:>8.3f}{one.recall:>8.3f}{one.f1:>8.3f}"
            for one in card.classes
        ),
        f"  F1 theo số mẫu {card.weighted_f1:.3f}, F1 trung bình các lớp {card.macro_f1:.3f}"
        f" (95 %: {low:.3f} … {high:.3f})",
        f"  gõ không dấu: {card.stripped_weighted_f1:.3f}, {card.stripped_macro_f1:.3f};"
        f" độ tin lệch trung bình {card.ece:.3f}",
    ]


def _models(store: Store) -> int:
    tasks = store.tasks()
    if not tasks:
        print("Chưa có mô hình nào được huấn luyện; Loa đang dùng bộ từ có sẵn (bootstrap).")
    for task in tasks:
        if store.live_number(task) is None:
            print(f"{task}: đang dùng bộ từ có sẵn")
        for kept in store.all(task):
            card = kept.model.about.get("card", {})
            mark = "đang dùng" if kept.live else ""
            print(
                f"{task} {kept.number:04d}  {kept.model.about.get('trained_at', ''):<26}"
                f" F1 {card.get('weighted_f1', 0):.3f}/{card.get('macro_f1', 0):.3f}  {mark}"
            )
    return 0


__all__ = ["VERBS", "Linear", "installed_store", "main", "words_of"]
