"""Lays an extracted plan out again as Word and PDF, to ask whether the reading stays the same."""

from __future__ import annotations

import io
import re

import docx
import typst

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
            f"#table(columns: (1fr, 4fr, 2fr, 2fr, 3fr), {cells})]"
        )
    return typst.compile("\n".join(lines).encode())


def _exact(text: str) -> str:
    """Typst would set three dots as one character."""
    return _escape(text).replace("...", r".\.\.")
