"""What a scanner misread, read as it stood: digits ("3l/5/2025", "O2 tin") and the small words rules hang on
("trước ngàv 09/8", "it nhất 05 tin", "Mồi tổ").

Only the rules see the repaired text. It has the same length, so every span and quote still shows what is printed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .model import Block, Cell, Source

#: two to four characters, digits and the letters taken for them, with a digit among them, apart from other words
TOKEN = re.compile(r"(?<!\w)(?=[lIOo]*\d)(?=\d*[lIOo])[\dlIOo]{2,4}(?!\w)")
_DIGITS = str.maketrans("lIOo", "1100")
#: word ← how scanners print it where it can be nothing else; of one length, and none a word of its own there
_SLIPS = (
    ("ít nhất", r"(?!ít nhất)[íiìỉl]t nh[ấâẩắa]t(?!\w)"),
    ("tối thiểu", r"(?!tối thiểu)t[ốôồ]i thi[ểêế]u(?!\w)"),
    ("chậm nhất", r"(?!chậm nhất)ch[ậâạ]m nh[ấâẩắ]t(?!\w)"),
    ("ngày", r"ngàv(?!\w)|ng[ảáãạăâ]y(?=\s+\d)"),
    ("tháng", r"th[ảàãạâă]ng(?=\s+\d)|tháne(?!\w)"),
    ("trước", r"(?:trưóc|trươc|truớc|trướe)(?!\w)"),
    ("hết", r"hêt(?=\s+(?:ngày|tháng|năm|quý|học|\d))"),
    ("hằng", r"(?:hăng|hẳng|hầng)(?=\s+(?:ngày|tuần|tháng|quý|năm)(?!\w))"),
    (
        "mỗi",
        r"(?:mồi|mổi|mỏi)(?=\s+(?:tổ|lớp|trường|khối|đơn vị|phòng|khoa|xã|bản|tuần|tháng|quý|học kỳ|năm|ngày|"
        r"chi đoàn|chi đội|giáo viên|bộ phận|cơ sở|cụm)(?!\w))|môi(?=\s+(?:tuần|tháng|quý|học kỳ|lớp|khối)(?!\w))",
    ),
    ("hoàn thành", r"hoàn thảnh(?!\w)|hoàn thanh(?=\s+(?:trước|trong|chậm))"),
)
WORD = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<w{index}>{slips})" for index, (_, slips) in enumerate(_SLIPS)) + ")", re.I
)


def _word(match: re.Match[str]) -> str:
    word = _SLIPS[int(str(match.lastgroup)[1:])][0]
    return word[0].upper() + word[1:] if match[0][0].isupper() else word


def legible_text(text: str) -> str:
    """The text with such letters made digits, and such words what they stand for.

    >>> legible_text("trước ngày 3l/5/2O25: ít nhất O2 tin, quý I, lớp l0")
    'trước ngày 31/5/2025: ít nhất 02 tin, quý I, lớp 10'
    >>> legible_text("Mồi tổ it nhất 02 bài trước ngảy 25/9; bảo vệ môi trường ngay")
    'Mỗi tổ ít nhất 02 bài trước ngày 25/9; bảo vệ môi trường ngay'
    """
    return WORD.sub(_word, TOKEN.sub(lambda match: match.group(0).translate(_DIGITS), text))


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
