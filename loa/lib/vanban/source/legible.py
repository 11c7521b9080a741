"""Letters a scanner printed for digits, read as the digits they stand for: "3l/5/2025", "O2 tin", "0l bài".

Only the rules see the repaired text. It has the same length, so every span and quote still shows what is printed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .model import Block, Cell, Source

#: two to four characters, digits and the letters taken for them, with a digit among them, apart from other words
TOKEN = re.compile(r"(?<!\w)(?=[lIOo]*\d)(?=\d*[lIOo])[\dlIOo]{2,4}(?!\w)")
_DIGITS = str.maketrans("lIOo", "1100")


def legible_text(text: str) -> str:
    """The text with such letters made digits.

    >>> legible_text("trước ngày 3l/5/2O25: ít nhất O2 tin, quý I, lớp l0")
    'trước ngày 31/5/2025: ít nhất 02 tin, quý I, lớp 10'
    """
    return TOKEN.sub(lambda match: match.group(0).translate(_DIGITS), text)


def legible(source: Source) -> Source:
    """The source as the rules read it: `text` as printed, blocks and cells repaired."""
    if legible_text(source.text) == source.text:
        return source
    return replace(source, blocks=tuple(_block(block) for block in source.blocks))


def _block(block: Block) -> Block:
    text = legible_text(block.text)
    cells = tuple(_cell(cell) for cell in block.cells)
    return block if text == block.text and cells == block.cells else replace(block, text=text, cells=cells)


def _cell(cell: Cell) -> Cell:
    text = legible_text(cell.text)
    return cell if text == cell.text else replace(cell, text=text)
