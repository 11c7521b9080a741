"""`loa listen analyse [FILE|-]`: JSON Lines in, JSON Lines out, in the same order.

In: {"id", "text", "title"?, "source"?, "at"?}. Out: {"id", "relevant", "sentiment", "sentiment_score", "topics",
"units", "toxic", "language", "cluster", "fingerprint"}; `cluster` is the id of the first line that is like it, as
it was given. A line that cannot be read gives {"id", "error"} in its place, with null where it has no id.

The units are those of `--units FILE` (.csv or JSON Lines with id, name, places), else those of this installation.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import importlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from loa.core.errors import InvalidInput
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
    except BrokenPipeError:
        return 0
    except OSError as error:
        sys.stderr.write(f"Không đọc được tệp {error.filename}: {error.strerror}. Hãy kiểm tra đường dẫn.\n")
        return 1
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return 1


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
    # Units are told apart by number: ids of a list may be words and numbers, which have no order among each other.
    ids = [None, *sorted({school.id for school in schools}, key=lambda one: (isinstance(one, str), one))]
    number = {one: at for at, one in enumerate(ids)}
    analyser = _analyser([dataclasses.replace(school, id=number[school.id]) for school in schools])
    clusters = _Clusters()
    wrong = 0
    for line in lines:
        if not line.strip():
            continue
        found = _one(line, analyser, clusters, reasons)
        for hit in found.get("units", ()):
            hit["unit"] = ids[hit["unit"]]
        wrong += "error" in found
        out.write(_written(found, getattr(out, "encoding", None) or "utf-8") + "\n")
    return 1 if wrong else 0


def _written(found: dict[str, Any], encoding: str) -> str:
    """One line of JSON; signs that `encoding` has not (half of a pair in an id) as JSON writes them in ASCII."""
    line = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(found, separators=(",", ":"))
    return line


class _Clusters:
    """Which line a text is like, by the id of that line as it was given."""

    def __init__(self) -> None:
        self._leaders = Leaders()
        self._ids: dict[str, Any] = {}
        self._lines = 0

    def join(self, given: Any, folded: str) -> Any:
        self._lines += 1
        own = str(self._lines)
        leader = self._leaders.join(own, folded)
        if leader == own:
            self._ids[own] = given
        return self._ids[leader]


def _analyser(schools: list[School]) -> Analyser:
    """With the topics and the province of this installation, when there is one."""
    models = learning.installed_store().in_use()
    if not _installed():
        return Analyser(schools, models=models)
    home = importlib.import_module("loa.listening.units").home_names()
    topics = importlib.import_module("loa.listening.themes").topic_phrases()
    return Analyser(schools, models=models, topics=topics, home=home, elsewhere=elsewhere(home))


#: half of a pair, which is no sign of its own and cannot be written
_HALVES = re.compile("[\ud800-\udfff]")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _object(text: str) -> Any:
    """What JSON holds. Raises ValueError: it is none (NaN is none), or is nested deeper than can be read."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _one(line: bytes, analyser: Analyser, clusters: _Clusters, reasons: bool) -> dict[str, Any]:
    try:
        item = _object(line.decode("utf-8-sig", errors="replace"))
    except ValueError:
        return {"id": None, "error": "Dòng này không phải JSON đọc được."}
    if not isinstance(item, dict) or "id" not in item:
        return {"id": None, "error": "Dòng này không phải một đối tượng JSON có id và text."}
    name, words = item["id"], []
    try:
        json.dumps(name, allow_nan=False)
    except (ValueError, RecursionError):  # a number without end
        return {"id": None, "error": "id của dòng này không ghi lại được."}
    for field in ("title", "text"):
        value = item.get(field)
        if not isinstance(value, str | None):
            return {"id": name, "error": f"{field} của dòng này phải là một chuỗi chữ."}
        words.append(_HALVES.sub("\ufffd", value or ""))
    title, text = words
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
        "cluster": clusters.join(name, found.prepared.folded),
        "fingerprint": found.fingerprint,
    }
    if reasons:
        answer["reasons"] = [{"field": r.field, "words": r.words, "weight": r.weight} for r in found.reasons]
    return answer


def read_schools(path: Path) -> Iterator[School]:
    """Units of a .csv (id, name, places parted by ;, aliases likewise) or JSON Lines file. Raises InvalidInput:
    which line lacks what.
    """
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            for row in rows:
                key, name = (_needed(row, field, rows.line_num) for field in ("id", "name"))
                yield School(_id(key), name, _parted(row.get("places")), _parted(row.get("aliases")))
        return
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = _object(line)
        except ValueError:
            item = None
        key, name = (_needed(item, field, number) for field in ("id", "name"))
        places = _listed(item, "places", number) or tuple(
            item[part] for part in ("commune", "district", "province") if item.get(part)
        )
        yield School(_id(key), name, places, _listed(item, "aliases", number))


def _needed(row: Any, field: str, number: int) -> Any:
    """What each unit must have: an id, and a name that is words."""
    value = row.get(field) if isinstance(row, dict) else None
    if value == "" or isinstance(value, bool) or not isinstance(value, str if field == "name" else str | int):
        raise InvalidInput(
            f"Danh sách đơn vị, dòng {number}: thiếu {field}. Đơn vị nào cũng cần id và name; "
            "hãy sửa tệp rồi chạy lại."
        )
    return value


def _listed(item: dict[str, Any], field: str, number: int) -> tuple[str, ...]:
    value = item.get(field) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(
            f"Danh sách đơn vị, dòng {number}: {field} phải là một danh sách tên. Hãy sửa tệp rồi chạy lại."
        )
    return tuple(value)


def _id(value: Any) -> Any:
    """A number where it is written as one writes numbers: "7", not "007"."""
    text = str(value)
    return (
        int(text) if text.isascii() and text.isdecimal() and len(text) < 19 and str(int(text)) == text else value
    )


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
