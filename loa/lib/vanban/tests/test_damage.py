"""The plans read by hand, damaged as extraction tools and scanners damage them, must still be read."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from loa.lib.vanban import read_document
from loa.lib.vanban.scoring import CORE, Score, score

from .convert import as_docx, as_pdf, pieces_of

BY_HAND = Path(__file__).parent / "fixtures" / "by_hand"
#: plans that lie as text; those that lie as Word, PDF, Excel, Markdown or in columns held by spaces are read as
#: they are (test_scoring)
NAMES = sorted(path.stem for path in BY_HAND.glob("*.txt") if not path.stem.endswith(".layout"))


def _is_table(line: str) -> bool:
    return line.startswith("|") or "\t" in line or "<t" in line


def wrapped(text: str) -> str:
    """Every paragraph broken at the margin, numbers at their hyphens too."""
    out: list[str] = []
    for line in text.split("\n"):
        out += [line] if _is_table(line) or len(line) < 95 else textwrap.wrap(line, 90)
    return "\n".join(out)


def torn(text: str) -> str:
    """Long paragraphs torn in two by a page break, with the page's number between the halves."""
    out: list[str] = []
    for number, line in enumerate(text.split("\n")):
        cut = line.find(" ", len(line) // 2)
        while cut > 0 and not line[cut + 1 : cut + 2].islower():
            cut = line.find(" ", cut + 1)
        if _is_table(line) or len(line) < 200 or cut < 0:
            out.append(line)
        else:
            out += [line[:cut], "", str(number % 40 + 1), "", line[cut + 1 :]]
    return "\n".join(out)


def scanned(text: str) -> str:
    """0 and 1 printed as letters in counts and days, not in the numbers of cited documents."""
    return re.sub(
        r"(?<![\w/.,-])\d{2}(?=/\d{1,2}/|/\d{1,2}\b(?!/)| (?:tin|bài|ngày|lần|video)\b)(?!/\d{4}/)",
        lambda m: m[0].replace("0", "O", 1) if m[0].startswith("0") else m[0].replace("1", "l", 1),
        text,
    )


def apart(text: str) -> str:
    """Letters and their accents apart (NFD), lines ended as Windows does."""
    return unicodedata.normalize("NFD", text).replace("\n", "\r\n")


def marked(text: str) -> str:
    """Bold put around words by a converter."""
    return "\n".join(
        line if _is_table(line) or "*" in line or line.startswith("#") or len(line) < 20 else f"**{line}**"
        for line in text.split("\n")
    )


DAMAGES: dict[str, Callable[[str], str]] = {
    "wrapped": wrapped,
    "torn": torn,
    "scanned": scanned,
    "apart": apart,
    "marked": marked,
}


def _gold(name: str) -> dict:
    return json.loads((BY_HAND / f"{name}.gold.json").read_text(encoding="utf-8"))


def _wrong(result: Score) -> dict:
    return {f: (t.missed, t.false) for f, t in result.fields.items() if f in CORE and t.f1 < 1}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_plan_reads_as_the_whole_one(name: str, damage: str) -> None:
    text = DAMAGES[damage]((BY_HAND / f"{name}.txt").read_text(encoding="utf-8"))
    result = score(name, _gold(name), read_document(text.encode(), "a.txt").to_dict())
    assert result.mean >= 0.97, _wrong(result)


@pytest.mark.parametrize(("extension", "lay_out"), [("docx", as_docx), ("pdf", as_pdf)])
@pytest.mark.parametrize("name", NAMES)
def test_word_and_pdf_read_as_the_text(name: str, extension: str, lay_out) -> None:
    source = read_document(BY_HAND / f"{name}.txt").source
    data = lay_out(pieces_of(source))
    result = score(name, _gold(name), read_document(data, f"a.{extension}").to_dict())
    assert result.mean == 1.0, _wrong(result)


def test_one_word_a_line_keeps_what_is_owed() -> None:
    """Without lines nothing says where a paragraph ends; a title may run into what follows, duties may not."""
    scores = []
    for name in NAMES:
        gold = {key: value for key, value in _gold(name).items() if key != "tables"}
        text = (BY_HAND / f"{name}.txt").read_text(encoding="utf-8")
        words = "\n".join(re.sub(r"<[^<>]*>|[*#|]", " ", text).split())
        scores.append(score(name, gold, read_document(words.encode(), "a.txt").to_dict()))
    assert sum(result.mean for result in scores) / len(scores) >= 0.95
    assert min(result.mean for result in scores) >= 0.85, [(s.name, s.mean) for s in scores]
