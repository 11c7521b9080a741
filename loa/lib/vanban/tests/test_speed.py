"""The bar of fifty pages, in processor time: a busy machine does not fail it."""

from __future__ import annotations

import time

import pytest

from loa.lib.vanban import read_document
from loa.lib.vanban.bench import BAR, of_fifty_pages
from loa.lib.vanban.write import OfficialDocument, write_docx


@pytest.fixture(scope="module")
def fifty_pages() -> tuple[OfficialDocument, bytes]:
    return of_fifty_pages()


@pytest.mark.parametrize("extension", ["pdf", "docx", "txt"])
def test_fifty_pages_are_read_within_the_bar(fifty_pages: tuple[OfficialDocument, bytes], extension: str) -> None:
    document, pdf = fifty_pages
    whole = read_document(pdf, "a.pdf")
    data = {"pdf": pdf, "docx": write_docx(document), "txt": whole.source.text.encode()}[extension]
    start = time.process_time()
    reading = read_document(data, f"a.{extension}")
    assert time.process_time() - start < BAR
    assert len(reading.quotas) == len(whole.quotas) > 60
    assert len(reading.deadlines) == len(whole.deadlines) > 60
    if extension != "txt":  # the text of a reading keeps no ruled cells
        assert [len(table.rows) for table in reading.tables] == [len(table.rows) for table in whole.tables]
