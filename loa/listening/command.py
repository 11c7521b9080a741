"""`loa listen analyse [FILE|-]`: JSON Lines in, JSON Lines out, in the same order.

In: {"id", "text", "title"?, "source"?, "at"?}. Out: {"id", "relevant", "sentiment", "sentiment_score", "topics",
"units", "toxic", "language", "cluster", "fingerprint"}. A line that is none gives {"id": null, "error": …}.

The units are those of `--units FILE` (.csv or JSON Lines with id, name, places), else those of this installation.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from loa.lib.learn import command as learning
from loa.lib.nlp import Analyser, Leaders, School
from loa.lib.nlp.provinces import elsewhere

USAGE = (
    "loa listen analyse [FILE|-] [--units FILE] [--reasons] | index [--again] | train [FILE] | models"
    " | roll-back TASK"
)


def main(argv: list[str]) -> int:
    """Run `loa listen …`; exit status."""
    if argv and argv[0] in learning.VERBS:
        return learning.main(argv, office())
    if argv and argv[0] == "index":
        return index(argv[1:], sys.stdout)
    if not argv or argv[0] != "analyse":
        sys.stderr.write(f"Cách dùng: {USAGE}\n")
        return 2
    parser = argparse.ArgumentParser(prog="loa listen analyse", description=__doc__)
    parser.add_argument("file", nargs="?", default="-")
    parser.add_argument("--units", help="danh sách đơn vị: .csv hoặc JSON Lines có id, name, places")
    parser.add_argument("--reasons", action="store_true", help="kèm những từ đã được tính")
    options = parser.parse_args(argv[1:])
    try:
        schools = list(read_schools(Path(options.units))) if options.units else installed_schools()
        if options.file == "-":
            return run(sys.stdin.buffer, sys.stdout, schools, reasons=options.reasons)
        with open(options.file, "rb") as lines:
            return run(lines, sys.stdout, schools, reasons=options.reasons)
    except OSError as error:
        sys.stderr.write(f"Không đọc được tệp {error.filename}: {error.strerror}. Hãy kiểm tra đường dẫn.\n")
        return 1
    except BrokenPipeError:
        return 0


def index(argv: list[str], out: IO[str]) -> int:
    """`loa listen index`: what an earlier version indexed is written anew, now rather than by the worker;
    `--again`: everything is. Broken off, it goes on where it stopped.
    """
    parser = argparse.ArgumentParser(prog="loa listen index", description=index.__doc__)
    parser.add_argument("--again", action="store_true", help="viết lại cả chỉ mục, kể cả phần đã đúng bản mới")
    options = parser.parse_args(argv)
    if not _installed():
        sys.stderr.write("Chưa có cơ sở dữ liệu nào ở đây: chạy loa serve hoặc loa begin trước.\n")
        return 1
    search = importlib.import_module("loa.listening.search")
    added = importlib.import_module("loa.listening.services.heard").catch_up()
    if options.again:
        search.start_again()
    total, done = search.left(), 0
    while made := search.renew():
        done += made
        out.write(f"\r{done}/{total}")
        out.flush()
    out.write(f"\rĐã viết lại {done} tin trong chỉ mục, thêm {added} tin chưa có.\n")
    return 0


def run(lines: Iterable[bytes], out: IO[str], schools: list[School], *, reasons: bool = False) -> int:
    """Analyse every line; the number of lines that could not be read decides the exit status (0 or 1)."""
    analyser, leaders = _analyser(schools), Leaders()
    wrong = 0
    for line in lines:
        if not line.strip():
            continue
        found = _one(line, analyser, leaders, reasons)
        wrong += "error" in found
        out.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n")
    return 1 if wrong else 0


def _analyser(schools: list[School]) -> Analyser:
    """With the topics and the province of this installation, when there is one."""
    models = learning.installed_store().in_use()
    if not _installed():
        return Analyser(schools, models=models)
    home = importlib.import_module("loa.listening.units").home_names()
    topics = importlib.import_module("loa.listening.themes").topic_phrases()
    return Analyser(schools, models=models, topics=topics, home=home, elsewhere=elsewhere(home))


def _one(line: bytes, analyser: Analyser, leaders: Leaders, reasons: bool) -> dict[str, Any]:
    try:
        item = json.loads(line.decode("utf-8-sig", errors="replace"))
        name, text = item["id"], item.get("text") or ""
        title = item.get("title") or ""
        if not isinstance(text, str) or not isinstance(title, str):
            raise TypeError("text")
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"id": None, "error": "Dòng này không phải một đối tượng JSON có id và text."}
    found = analyser.analyse(f"{title}. {text}" if title else text)
    answer: dict[str, Any] = {
        "id": name,
        "relevant": found.relevant,
        "sentiment": found.tone,
        "sentiment_score": found.score,
        "topics": [{"code": code, "score": score} for code, score in found.topics],
        "units": [{"unit": hit.unit, "score": hit.score, "quote": hit.quote} for hit in found.units],
        "toxic": found.harm,
        "language": found.language,
        "cluster": leaders.join(str(name), found.prepared.folded),
        "fingerprint": found.fingerprint,
    }
    if reasons:
        answer["reasons"] = [{"field": r.field, "words": r.words, "weight": r.weight} for r in found.reasons]
    return answer


def read_schools(path: Path) -> Iterator[School]:
    """Units of a .csv (id, name, places parted by ;, aliases likewise) or JSON Lines file."""
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield School(_id(row["id"]), row["name"], _parted(row.get("places")), _parted(row.get("aliases")))
        return
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip():
            item = json.loads(line)
            places = item.get("places") or [
                item[key] for key in ("commune", "district", "province") if item.get(key)
            ]
            yield School(_id(item["id"]), item["name"], tuple(places), tuple(item.get("aliases") or ()))


def _id(value: Any) -> Any:
    return int(value) if str(value).isdigit() else value


def _parted(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(";") if part.strip())


def office() -> learning.Office | None:
    """What people of this installation set right; None when there is no installation yet."""
    if not _installed():
        return None
    return importlib.import_module("loa.listening.services.learning").TheOffice()


def _installed() -> bool:
    """Django set up on this installation's database, when there is one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from loa.core.prepared import database_is_there

    settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    if not database_is_there(settings.DATABASES["default"]):
        return False
    import django

    django.setup()
    return True


def installed_schools() -> list[School]:
    """The units of this installation's database; none when there is no installation yet."""
    return list(importlib.import_module("loa.listening.units").schools()) if _installed() else []
