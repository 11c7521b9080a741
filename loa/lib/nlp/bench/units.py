"""`loa bench units`: 5,000 invented schools, named as people name them beside their commune or former district.

Found: the school meant is among the units told with more confidence than listening asks to write it down. False:
any unit told of a text that names none. With `--path DIR` false hits are also counted in the comments of sets.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

from loa.lib.nlp import Analyser, School
from loa.lib.nlp.bench import invented
from loa.lib.nlp.schools import LEVELS, split_name
from loa.lib.vi import fold

COUNT, ASKED = 5000, 6000
#: listening writes a unit down above this confidence
SURE = 0.5

_SAID = [
    "hôm nay {name} ở {place} họp phụ huynh đầu năm",
    "cho em hỏi {name} {place} có tuyển sinh trái tuyến không ạ",
    "{place}: {name} thu tiền quỹ lớp cao quá, ai biết quy định không",
    "con mình học {name}, {place}, cô giáo rất tận tâm",
    "sáng nay trước cổng {name} (huyện {place}) có vụ đánh nhau",
]
#: sentences that sound like a school and name none of them
_NOT = [
    "ông Trương Hòa Bình phát biểu tại hội nghị về trường học hạnh phúc",
    "thị trường bất động sản Kim Đồng tăng giá trong năm học mới",
    "đường Trần Phú ngập sau mưa, học sinh đi học vất vả",
    "môi trường học tập rất tốt, thầy cô nhiệt tình",
    "trường hợp này nhà trường cần giải quyết sớm",
    "xã Mường Sai họp bàn về trường lớp",
    "hội trường Lê Lợi đang sửa chữa",
    "tác phẩm của Nguyễn Du có trong chương trình lớp 9",
    "chiến trường năm xưa được kể lại trong giờ lịch sử",
    "phố Quang Trung cấm xe giờ tan học",
]


def run(out: Callable[..., None], *, path: Path | None = None) -> None:
    """Print recall by the way a name is written, false hits, time and memory."""
    schools = invented.schools(COUNT)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    analyser = Analyser(schools)
    built = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    out("schools, names", f"{len(schools):,}", "ways to write them", f"{analyser.names:,}")
    out("built in processor seconds", f"{built:.2f}", "memory grown by MB", f"{grown:.0f}")
    for how in ("exact", "lower case", "without accents", "one slip", "one slip, without accents"):
        out(f"{how}: recall (bar .99)", f"{recall(analyser, schools, how):.4f}", "of", f"{ASKED:,}")
    texts = invented.texts(9000) + [text for text in _NOT for _ in range(100)]
    out(
        "texts that name none: false hits (bar 3 in 10,000)",
        str(false_hits(analyser, texts)),
        "of",
        f"{len(texts):,}",
    )
    if path is not None:
        from loa.lib.learn.bench.sets import texts_of

        read = [text for file in sorted(path.glob("*.jsonl")) for text in texts_of(file)]
        out("comments: hits", str(false_hits(analyser, read)), "of", f"{len(read):,}")


def recall(analyser: Analyser, schools: list[School], how: str, asked: int = ASKED, seed: int = 2026) -> float:
    """Share of the schools meant that are told, when their names are written in this way."""
    rng = random.Random(seed)  # noqa: S311 - a bench
    found = 0
    for _ in range(asked):
        school = rng.choice(schools)
        text = rng.choice(_SAID).format(name=_written(school, how, rng), place=_place(school, rng))
        if how == "lower case":
            text = text.lower()
        if "without accents" in how:
            text = fold(text)
        told = {hit.unit for hit in analyser.analyse(text).units if hit.score > SURE}
        found += school.id in told
    return found / asked


def naming(texts: list[str], schools: list[School], *, share: float = 0.25) -> list[str]:
    """The texts, of which a share names a school with its place behind what it says, every fifth with a slip."""
    rng = random.Random(2027)  # noqa: S311 - a bench, the same every time
    found = []
    for text in texts:
        if rng.random() < share:
            school = rng.choice(schools)
            how = "one slip" if rng.random() < 0.2 else "exact"
            text = f"{text}, {_written(school, how, rng)} ở {_place(school, rng)}"
        found.append(text)
    return found


def false_hits(analyser: Analyser, texts: list[str]) -> int:
    """Texts of which a unit is told."""
    return sum(any(hit.score > SURE for hit in analyser.analyse(text).units) for text in texts)


def _place(school: School, rng: random.Random) -> str:
    return rng.choice(school.places).split(" ", 1)[1]


def _written(school: School, how: str, rng: random.Random) -> str:
    level, _proper = split_name(school.name)
    printed = school.name.split(" ", 1)[1] if level != "gdtx" else school.name.removeprefix("Trung tâm ")
    proper = printed[len(_level_printed(printed)) :].strip()
    word = rng.choice(LEVELS[level][:4])
    if how.startswith("one slip"):
        proper = slip(proper, rng)
    return rng.choice((f"Trường {word} {proper}", f"{word} {proper}", f"trường {word} {proper}"))


def _level_printed(printed: str) -> str:
    return next(word for word in ("Mầm non", "Tiểu học", "THCS", "THPT", "GDNN-GDTX") if printed.startswith(word))


def slip(name: str, rng: random.Random) -> str:
    """One letter left out, doubled, exchanged with its neighbour or hit beside; never the first of the name."""
    places = [at for at in range(1, len(name)) if name[at].isalpha()]
    at = rng.choice(places)
    match rng.choice(("out", "double", "swap", "beside")):
        case "out":
            return name[:at] + name[at + 1 :]
        case "double":
            return name[:at] + name[at] + name[at:]
        case "swap" if at + 1 < len(name) and name[at + 1].isalpha() and name[at + 1] != name[at]:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case _:
            return (
                name[:at]
                + rng.choice("abcdeghiklmnopqrstuvxy".replace(fold(name[at]).lower(), ""))
                + name[at + 1 :]
            )
