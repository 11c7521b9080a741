"""Lays an extracted plan out again as Word and PDF, to ask whether the reading stays the same."""

from __future__ import annotations

import io
import re

import docx
import typst

from loa.lib.vanban.source.model import ROW, Source

from .fixtures.make import _escape

Piece = str | list[list[str]]


def pieces(text: str) -> list[Piece]:
    """Paragraphs (strings) and tables (rows of cells) of an extracted text."""
    out: list[Piece] = []
    table: list[list[str]] | None = None
    for line in text.replace("**", "").split("\n"):
        if re.match(r"^\|[-|\s]+\|$", line) and "-" in line:
            continue
        if line.startswith("|") or line.count("\t") >= 2:
            cells = line.strip().strip("|").split("|") if line.startswith("|") else line.split("\t")
            if table is None:
                table = []
                out.append(table)
            table.append([re.sub(r"<[^>]+>", "", cell.strip()) for cell in cells])
        elif line.strip():
            table = None
            out.append(line.replace("*", "").strip())
    return out


def pieces_of(source: Source) -> list[Piece]:
    """Paragraphs and tables of an opened source, merged cells printed blank."""
    out: list[Piece] = []
    table: int | None = None
    for block in source.blocks:
        if block.kind != ROW:
            out.append(block.text)
            table = None
            continue
        cells = ["" if cell.merged else cell.text for cell in block.cells]
        if block.table != table or not isinstance(out[-1], list):
            out.append([])
            table = block.table
        rows = out[-1]
        assert isinstance(rows, list)
        rows.append(cells)
    return out


#: a number, the content, and what is left
_WIDTHS = {4: "2fr, 5fr, 3fr, 3fr, ", 5: "1fr, 4fr, 2fr, 2fr, 3fr, ", 6: "1fr, 4fr, 2fr, 2fr, 3fr, 3fr, "}


def as_docx(parts: list[Piece]) -> bytes:
    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        grid = document.add_table(rows=len(part), cols=max(map(len, part)))
        for index, cells in enumerate(part):
            for column, cell in enumerate(cells):
                grid.cell(index, column).text = cell
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdf(parts: list[Piece]) -> bytes:
    lines = [
        '#set page(paper: "a4", margin: (left: 3cm, right: 2cm, y: 2cm), numbering: "1")',
        "#set smartquote(enabled: false)",
        '#set text(font: "Libertinus Serif", size: 13pt, lang: "vi", hyphenate: false)',
        "#set par(justify: true, first-line-indent: (amount: 1.2cm, all: true), spacing: 1em)",
    ]
    for part in parts:
        if isinstance(part, str):
            lines.append("\n" + _exact(part) + "\n")
            continue
        width = max(map(len, part))
        cells = "".join(f"[{_exact(cell)}]," for row in part for cell in (row + [""] * width)[:width])
        lines.append(
            "#[#set text(size: 10pt)\n#set par(first-line-indent: 0pt, justify: false)\n"
            f"#table(columns: ({_WIDTHS.get(width) or '1fr, ' * width}), {cells})]"
        )
    return typst.compile("\n".join(lines).encode())


def _exact(text: str) -> str:
    """Typst would set three dots as one character."""
    return " \\ ".join(_escape(line).replace("...", r".\.\.") for line in text.split("\n"))
