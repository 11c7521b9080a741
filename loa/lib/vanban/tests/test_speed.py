"""The bar of fifty pages, in processor time and against work every machine knows.

Neither a busy machine nor a slow one fails it; a reader that became slow does.
"""

from __future__ import annotations

import time

import pytest

from loa.lib.vanban import read_document
from loa.lib.vanban.bench import BAR, of_fifty_pages
from loa.lib.vanban.write import OfficialDocument, write_docx

#: seconds a sum of so many numbers takes on the machine the bar was set on
USUAL, NUMBERS = 0.1, 2_000_000


def slower() -> float:
    """How many times as long as usual this machine takes at present; at least 1."""
    start = time.process_time()
    total = 0
    for number in range(NUMBERS):
        total += number
    return max(1.0, (time.process_time() - start) / USUAL)


@pytest.fixture(scope="module")
def fifty_pages() -> tuple[OfficialDocument, bytes]:
    return of_fifty_pages()


@pytest.mark.parametrize("extension", ["pdf", "docx", "txt"])
def test_fifty_pages_are_read_within_the_bar(fifty_pages: tuple[OfficialDocument, bytes], extension: str) -> None:
    document, pdf = fifty_pages
    whole = read_document(pdf, "a.pdf")
    data = {"pdf": pdf, "docx": write_docx(document), "txt": whole.source.text.encode()}[extension]
    before = slower()
    start = time.process_time()
    reading = read_document(data, f"a.{extension}")
    spent = time.process_time() - start
    assert spent < BAR * max(before, slower())
    assert len(reading.quotas) == len(whole.quotas) > 60
    assert len(reading.deadlines) == len(whole.deadlines) > 60
    if extension != "txt":  # the text of a reading keeps no ruled cells
        assert [len(table.rows) for table in reading.tables] == [len(table.rows) for table in whole.tables]
