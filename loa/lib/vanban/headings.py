"""Headings without a number: "MỤC ĐÍCH, YÊU CẦU" in capitals, and under it "Văn phòng Sở" over its bullets.

Communes and schools print such plans. They are looked for only where nothing is numbered by parts, letters or
Roman numbers: elsewhere a line in capitals is a title, a slogan or the head of a table.
"""

from __future__ import annotations

import re

from .labels import ARABIC, CAPITALS, DOTTED, LETTER, NAMED, PART, ROMAN, Label, part_alone, read_label
from .source.model import NOTE, ROW, Block

_TITLES = re.compile(
    r"(?:KẾ HOẠCH|THÔNG BÁO|HƯỚNG DẪN|QUYẾT ĐỊNH|CHƯƠNG TRÌNH|ĐỀ ÁN|PHƯƠNG ÁN|TỜ TRÌNH|PHỤ LỤC|BIỂU|DANH MỤC|"
    r"BÁO CÁO(?! *$)|(?:TM|KT|TL|TUQ)\s*\.|(?:PHÓ )?(?:GIÁM ĐỐC|HIỆU TRƯỞNG|CHỦ TỊCH|TRƯỞNG)|ỦY BAN|UỶ BAN|UBND|"
    r"NƠI NHẬN)\b"
)
#: no heading is longer
_LONGEST = 110


def unnumbered(blocks: tuple[Block, ...]) -> dict[int, Label]:
    """Blocks that head a section without a number, with a label of no length; none in a plan that numbers its own.

    The first line in capitals below the title counts when there is another: one alone is no order of sections.
    """
    texts = [block for block in blocks if block.kind not in (ROW, NOTE)]
    begun = next((n for n, block in enumerate(texts) if len(block.text) > 120), len(texts))
    capitals: list[int] = []
    for n, block in enumerate(texts[begun:], begun):
        if re.match(r"N[ơo]i\s+nh", block.text):
            texts = texts[:n]
            break
        label = part_alone(block.text) or read_label(block.text)
        if label is not None and label.kind in (PART, ROMAN, LETTER):
            return {}
        if label is None and _in_capitals(block.text):
            capitals.append(n)
    if len(capitals) < 2:
        return {}
    found = {texts[n].index: Label(CAPITALS, "", 0) for n in capitals}
    for n in range(capitals[0] + 1, len(texts) - 1):
        block, above, below = texts[n], texts[n - 1], texts[n + 1]
        if block.index not in found and _heads_bullets(block, above, below, above.index in found):
            found[block.index] = Label(NAMED, "", 0)
    return found


def _in_capitals(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return (
        len(text) <= _LONGEST
        and len(words) >= 2
        and text == text.upper()
        and not text.endswith((".", ";", ","))
        and not _TITLES.match(text)
    )


def _heads_bullets(block: Block, above: Block, below: Block, under_heading: bool) -> bool:
    """A short line of its own over bullets, where what stands above has ended."""
    text, label = block.text, read_label(below.text)
    return (
        below.index == block.index + 1
        and label is not None
        and (label.is_bullet or label.kind not in (ARABIC, DOTTED))
        and len(text) <= _LONGEST
        and text[:1].isupper()
        and read_label(text) is None
        and not text.rstrip().endswith((".", ";", ","))
        and (under_heading or above.text.rstrip().endswith((".", ";", "/")))
    )
