"""`loa doc read FILE [--json]` prints what one official document says; `loa doc score DIR` measures the reader."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .errors import DocumentError
from .reading import read_document
from .scoring import CORE, DOCUMENT_BAR, MEAN_BAR, Score, Tally, score
from .summary import summary


def main(argv: list[str]) -> int:
    """Entry of `loa doc`; returns the exit status (0 done, 1 under the bar, 2 cannot be read)."""
    parser = argparse.ArgumentParser(prog="loa doc", description="Đọc văn bản hành chính.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    read = verbs.add_parser("read", help="đọc một văn bản (.docx, .pdf có chữ, .txt, .md, .xlsx)")
    read.add_argument("file", metavar="TỆP")
    read.add_argument("--json", action="store_true", help="in một đối tượng JSON theo giao ước trong docs")
    read.add_argument("--source", action="store_true", help="với --json: kèm chữ nguồn và các khối")
    measure = verbs.add_parser("score", help="chấm bản đọc với các bản đọc tay (TỆP và TỆP.gold.json)")
    measure.add_argument("folder", metavar="THƯ_MỤC")
    measure.add_argument("--json", action="store_true", help="in một đối tượng JSON")
    options = parser.parse_args(argv)
    return _read(options) if options.verb == "read" else _score(options)


def _read(options: argparse.Namespace) -> int:
    try:
        reading = read_document(options.file)
    except DocumentError as error:
        if options.json:
            print(json.dumps({"error": error.to_dict()}, ensure_ascii=False))
        else:
            print(error.message, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(reading.to_dict(with_source=options.source), ensure_ascii=False, indent=1))
    else:
        print(summary(reading))
    return 0


def score_folder(folder: Path) -> list[Score]:
    """Scores of every document with a gold reading beside it, by name.

    `a.txt.gold.json` judges a.txt alone; `a.gold.json` judges every a.* (.txt, .docx, .pdf, .xlsx, .md).
    """
    found: list[Score] = []
    for gold_path in sorted(folder.glob("*.gold.json")):
        stem = gold_path.name.removesuffix(".gold.json")
        gold = json.loads(gold_path.read_text(encoding="utf-8"))
        exact = folder / stem
        files = (
            [exact] if exact.is_file() else sorted(p for p in folder.glob(f"{stem}.*") if p.suffix in _READABLE)
        )
        for path in files:
            found.append(score(path.name, gold, read_document(path).to_dict()))
    return found


_READABLE = (".txt", ".md", ".docx", ".pdf", ".xlsx")


def _score(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    if not folder.is_dir():
        print(f"Không có thư mục {folder}.", file=sys.stderr)
        return 2
    try:
        scores = score_folder(folder)
    except DocumentError as error:
        print(error.message, file=sys.stderr)
        return 2
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        print(
            f"Một bản đọc tay .gold.json sai dạng: {error!r}. Xem docs/how-to/measure-the-reader.md.",
            file=sys.stderr,
        )
        return 2
    if not scores:
        print(f"Thư mục {folder} không có cặp nào: mỗi văn bản cần tệp TỆP.gold.json bên cạnh.", file=sys.stderr)
        return 2
    mean = sum(s.mean for s in scores) / len(scores)
    worst = min(s.mean for s in scores)
    if options.json:
        print(json.dumps(_as_json(scores, mean, worst), ensure_ascii=False, indent=1))
    else:
        for each in scores:
            _print(each)
        print(
            f"\n{len(scores)} văn bản: F1 trung bình {mean:.3f} (mức {MEAN_BAR}), "
            f"thấp nhất {worst:.3f} (mức {DOCUMENT_BAR})"
        )
    return 0 if mean >= MEAN_BAR and worst >= DOCUMENT_BAR else 1


def _print(each: Score) -> None:
    print(f"\n{each.name}  F1 trung bình {each.mean:.3f}")
    for name, tally in each.fields.items():
        if tally.empty:
            continue
        mark = " " if name in CORE else "·"
        figures = f"P {tally.precision:.2f}  R {tally.recall:.2f}  F1 {tally.f1:.2f}"
        print(f"  {mark} {name:20} {figures}  ({tally.hits} đúng)")
        for line in tally.missed:
            print(f"        sót   {line}")
        for line in tally.false:
            print(f"        thừa  {line}")


def _as_json(scores: list[Score], mean: float, worst: float) -> dict[str, object]:
    def one(tally: Tally) -> dict[str, object]:
        return {
            "precision": round(tally.precision, 4),
            "recall": round(tally.recall, 4),
            "f1": round(tally.f1, 4),
            "missed": tally.missed,
            "false": tally.false,
        }

    return {
        "mean": round(mean, 4),
        "worst": round(worst, 4),
        "documents": [
            {
                "name": s.name,
                "mean": round(s.mean, 4),
                "fields": {k: one(v) for k, v in s.fields.items() if not v.empty},
            }
            for s in scores
        ],
    }
