"""The characters of a PDF page are read at once only where their numbers stay those of PDFium."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
import typst

from loa.lib.vanban.source.pdfpage import _HYPHENS, _characters, _joined, read_page

FIXTURES = Path(__file__).parent / "fixtures"
PDFS = {path.stem: path.read_bytes() for path in sorted(FIXTURES.rglob("*.pdf"))}
#: a letter beyond the first 65,536, of which PDFium makes two characters
PDFS["wide"] = typst.compile("Hình $bold(A)$ và chữ sau nó.".encode())


@pytest.mark.parametrize("name", PDFS)
def test_characters_are_those_pdfium_gives_one_by_one(name: str) -> None:
    for page in pypdfium2.PdfDocument(PDFS[name]):
        textpage = page.get_textpage()
        single = [chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, i)) for i in range(textpage.count_chars())]
        at_once = _characters(textpage)
        assert len(at_once) == len(single)
        if name == "wide":
            continue
        assert ["-" if c in _HYPHENS else c for c in at_once] == ["-" if c in _HYPHENS else c for c in single]


def test_words_behind_a_wide_letter_keep_their_places() -> None:
    words = read_page(pypdfium2.PdfDocument(PDFS["wide"]), 0).words
    assert [word.text for word in words] == ["Hình", "𝑨", "và", "chữ", "sau", "nó."]
    assert all(before.right < word.left for before, word in pairwise(words))


@pytest.mark.parametrize(
    ("halves", "whole"),
    [("a\ud835\udc00b", "a𝐀b"), ("\ud835", "\ufffd"), ("\udc00\ud835x", "\ufffd\ufffdx"), ("đ", "đ")],
)
def test_half_a_character_is_never_kept(halves: str, whole: str) -> None:
    joined = _joined(list(halves))
    assert "".join(joined) == whole
    assert len(joined) == len(halves), "boxes are found by a character's number"
