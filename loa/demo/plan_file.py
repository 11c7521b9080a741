"""The demo's plan as a Word file, laid out as such plans are: so that what is read is what people upload."""

from __future__ import annotations

import io
import re

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.table import Table


def plan_docx(text: str) -> bytes:
    """The plan written in `text` (blank line between paragraphs, pipe table at the end) as .docx."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(14)
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text.strip())]
    _head(document, blocks)
    for block in blocks[4:]:
        if block.startswith("|"):
            _table(document, block)
        elif block.startswith("Nơi nhận"):
            _end(document, block)
        else:
            _paragraph(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _head(document: Document, blocks: list[str]) -> None:  # type: ignore[valid-type]
    table = document.add_table(rows=2, cols=2)  # type: ignore[attr-defined]
    for (row, column), block in zip(((0, 0), (1, 0), (0, 1), (1, 1)), blocks[:4], strict=True):
        cell = table.cell(row, column)
        for index, line in enumerate(block.splitlines()):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            run = paragraph.add_run(line)
            run.font.size = Pt(13)
            run.bold = row == 0 and (column == 1 or index == 1)
            run.italic = row == 1 and column == 1
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(document: Document, block: str) -> None:  # type: ignore[valid-type]
    for line in block.splitlines():
        paragraph = document.add_paragraph()  # type: ignore[attr-defined]
        run = paragraph.add_run(line)
        centred = line in ("KẾ HOẠCH", "PHỤ LỤC", "GIÁM ĐỐC") or line.startswith(("Truyền thông về", "PHÂN CÔNG"))
        run.bold = centred or bool(re.match(r"(?:[IVX]+|\d+)\. ", line))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
        if not centred:
            paragraph.paragraph_format.first_line_indent = Cm(1.27)
        if line == "PHỤ LỤC":
            paragraph.paragraph_format.page_break_before = True


def _end(document: Document, block: str) -> None:  # type: ignore[valid-type]
    for line in block.splitlines():
        paragraph = document.add_paragraph()  # type: ignore[attr-defined]
        run = paragraph.add_run(line)
        run.font.size = Pt(12 if line.startswith("Nơi nhận") else 11)
        run.bold = run.italic = line.startswith("Nơi nhận")


def _table(document: Document, block: str) -> None:  # type: ignore[valid-type]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
    rows = [row for row in rows if not all(set(cell) <= {"-"} for cell in row)]
    table: Table = document.add_table(rows=0, cols=len(rows[0]))  # type: ignore[attr-defined]
    table.style = "Table Grid"
    for number, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(12)
            run.bold = number == 0 or (not any(row[2:]) and bool(text))
