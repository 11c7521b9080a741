"""The normalised source every rule reads: one text, its blocks, and where each character was printed.

`Source.text` is what the left column of the confirm screen shows. Paragraphs and rows are joined by newlines;
the cells of a row by tabs; the paragraphs inside a cell by newlines too. Offsets count Python characters (NFC).

Where something was printed is kept beside the text: a paragraph torn apart by a page break is one block whose
`marks` say at which offset the second half begins and on which line and page it stood.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

PARAGRAPH, ROW, NOTE = "paragraph", "row", "note"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of raw text printed on one line (`line` 1-based in the file; `page` 1-based or None)."""

    text: str
    line: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell as a reader found it. `merged` = it continues the cell above (Word's vMerge, HTML rowspan)."""

    text: str
    merged: bool = False
    span: int = 1
    #: (offset in `text`, line of the file) where the cell goes on below its row's first line
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RawParagraph:
    """One paragraph: its pieces in reading order; `kind` is PARAGRAPH or NOTE (a footnote)."""

    pieces: tuple[Piece, ...]
    kind: str = PARAGRAPH
    #: text of a heading level printed by the word processor itself, e.g. "1." of an automatic list
    bold: bool = False
    centred: bool = False

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One table row. `table` numbers the tables of the file; a page break may start a new number."""

    cells: tuple[RawCell, ...]
    table: int
    line: int | None = None
    page: int | None = None
    #: the reader knows this row only repeats the header (Word's tblHeader on a later page never reaches us)
    header: bool = False


Raw = RawParagraph | RawRow


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: its span in `Source.text`. A merged cell has the span of the cell it continues."""

    start: int
    end: int
    text: str
    merged: bool = False
    span: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, footnote or table row: `text == source.text[start:end]`."""

    index: int
    kind: str
    start: int
    end: int
    text: str
    line: int | None = None
    page: int | None = None
    table: int | None = None
    cells: tuple[Cell, ...] = ()
    bold: bool = False
    centred: bool = False
    header: bool = False

    def to_dict(self) -> dict[str, object]:
        """For the two-column screen."""
        out: dict[str, object] = {
            "kind": self.kind,
            "start": self.start,
            "end": self.end,
            "line": self.line,
            "page": self.page,
        }
        if self.kind == ROW:
            out["table"] = self.table
            out["cells"] = [
                {"start": c.start, "end": c.end, "merged": c.merged, **({"span": c.span} if c.span > 1 else {})}
                for c in self.cells
            ]
        return out


@dataclass(frozen=True, slots=True)
class Source:
    """One document as text. Immutable; every finding points into `text`."""

    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    format: str
    pages: int | None = None
    #: codes of what had to be repaired while opening: "nfd", "tcvn3", "vni", "tracked_changes", …
    repairs: tuple[str, ...] = ()
    _marks: tuple[tuple[int, int | None, int | None], ...] = field(default=(), repr=False)

    def place(self, offset: int) -> tuple[int | None, int | None]:
        """(line, page) on which the character at `offset` was printed."""
        index = bisect_right(self._marks, offset, key=lambda mark: mark[0]) - 1
        if index < 0:
            return None, None
        _, line, page = self._marks[index]
        return line, page

    def block_at(self, offset: int) -> Block | None:
        """The block holding `offset`, or None between blocks."""
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index >= 0 and offset <= self.blocks[index].end:
            return self.blocks[index]
        return None

    def quote(self, start: int, end: int) -> str:
        """The exact source text of a span, white space folded."""
        return " ".join(self.text[start:end].split())

    def paragraphs(self) -> list[Block]:
        """Paragraphs and footnotes, without table rows."""
        return [block for block in self.blocks if block.kind != ROW]

    def tables(self) -> list[list[Block]]:
        """Rows grouped by table, in reading order."""
        groups: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.kind == ROW and block.table is not None:
                groups.setdefault(block.table, []).append(block)
        return list(groups.values())

    def to_dict(self) -> dict[str, object]:
        return {
            "format": self.format,
            "pages": self.pages,
            "repairs": list(self.repairs),
            "text": self.text,
            "blocks": [block.to_dict() for block in self.blocks],
        }


#: a number broken at its hyphen or slash by the margin: "118/UBND-" + "VX"
_BROKEN = re.compile(r"[\w&][-/]$|\w&$")


def glue(before: str) -> str:
    """What stands between two lines of one paragraph: Vietnamese breaks no words, only compounds."""
    return "" if _BROKEN.search(before) else " "


#: characters of one block. No paragraph of a plan comes near; it bounds rules that look around each hit
MAX_BLOCK = 3000


def _bounded(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """A monstrous paragraph as several blocks, cut at the end of a sentence or at a space."""
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        text = piece.text
        while size + len(text) > MAX_BLOCK:
            room = MAX_BLOCK - size
            cut = (
                max(text.rfind(". ", 0, room) + 1, 0) or max(text.rfind(" ", 0, room), 0) or (0 if group else room)
            )
            if cut:
                group.append(Piece(text[:cut].strip(), piece.line, piece.page))
            yield group
            group, size, text = [], 0, text[cut:].strip()
        if text:
            group.append(Piece(text, piece.line, piece.page))
            size += len(text) + 1
    if group:
        yield group


class _Builder:
    """Writes blocks one after the other into the text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.lines = 1
        self.blocks: list[Block] = []
        self.marks: list[tuple[int, int | None, int | None]] = []
        self.above: dict[int, dict[int, Cell]] = {}

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        self.lines += text.count("\n")

    def mark(self, line: int | None, page: int | None) -> int:
        """Remember where the next character was printed; without a file line it is our own text's line."""
        here = line if line is not None else self.lines
        self.marks.append((self.size, here, page))
        return here

    def separate(self) -> None:
        if self.size:
            self.write("\n")

    def paragraph(self, raw: RawParagraph) -> None:
        pieces = [Piece(" ".join(p.text.split()), p.line, p.page) for p in raw.pieces]
        for group in _bounded([p for p in pieces if p.text]):
            self.block(raw, group)

    def block(self, raw: RawParagraph, pieces: list[Piece]) -> None:
        self.separate()
        start = self.size
        first_line: int | None = None
        for number, piece in enumerate(pieces):
            if number:
                self.write(glue(pieces[number - 1].text))
            line = self.mark(piece.line, piece.page)
            first_line = line if first_line is None else first_line
            self.write(piece.text)
        text = "".join(
            p.text + (glue(p.text) if number < len(pieces) - 1 else "") for number, p in enumerate(pieces)
        )
        self.blocks.append(
            Block(
                len(self.blocks),
                raw.kind,
                start,
                self.size,
                text,
                first_line,
                pieces[0].page,
                bold=raw.bold,
                centred=raw.centred,
            )
        )

    def row(self, raw: RawRow) -> None:
        self.separate()
        start = self.size
        line = self.mark(raw.line, raw.page)
        cells: list[Cell] = []
        above = self.above.setdefault(raw.table, {})
        column = 0
        for number, cell in enumerate(raw.cells):
            if number:
                self.write("\t")
            if cell.merged and column in above:
                upper = above[column]
                cells.append(Cell(upper.start, upper.end, upper.text, True, cell.span))
            else:
                text = "\n".join(" ".join(part.split()) for part in cell.text.split("\n") if part.strip())
                at = self.size
                self.marks.extend((at + offset, below, raw.page) for offset, below in cell.marks)
                self.write(text)
                made = Cell(at, self.size, text, False, cell.span)
                cells.append(made)
                above[column] = made
            column += cell.span
        self.blocks.append(
            Block(
                len(self.blocks),
                ROW,
                start,
                self.size,
                "\t".join("" if c.merged else c.text for c in cells),
                line,
                raw.page,
                table=raw.table,
                cells=tuple(cells),
                header=raw.header,
            )
        )


def build(raws: Iterable[Raw], *, format: str, pages: int | None = None, repairs: Sequence[str] = ()) -> Source:
    """Lay raw paragraphs and rows out into one `Source`."""
    builder = _Builder()
    for raw in raws:
        if isinstance(raw, RawRow):
            builder.row(raw)
        else:
            builder.paragraph(raw)
    return Source(
        "".join(builder.parts),
        tuple(builder.blocks),
        format,
        pages,
        tuple(dict.fromkeys(repairs)),
        tuple(builder.marks),
    )
