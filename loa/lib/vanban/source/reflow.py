"""Text extracted one word (or a few) per line: put back together by the labels a plan prints.

Without positions nothing says where a paragraph ended, so only what always begins one is used: labels, "Căn cứ",
"Nơi nhận", headings of the letterhead and of the signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loa.lib.vanban.letters import UP

from .model import Piece, RawParagraph
from .paragraphs import Line

_ROMAN = re.compile(r"^[IVX]{1,5}\.$")
_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.$")
_POINT = re.compile(r"^[a-zđ]\)$")
_DASH = re.compile(r"^[-–+•]$")
_CAPITAL = re.compile(rf"^[“\"(]?[{UP}]")
#: words that begin a paragraph, as they run
_OPENERS = (
    "Căn cứ",
    "Thực hiện Kế hoạch",
    "Thực hiện Công văn",
    "Thời gian thực hiện:",
    "Thời gian hoàn thành:",
    "Đơn vị chủ trì:",
    "Đơn vị phối hợp:",
    "Nơi nhận:",
    "KẾ HOẠCH",
    "PHỤ LỤC",
    "CỘNG HÒA",
    "Độc lập -",
    "KT. ",
    "TM. ",
    "TL. ",
    "GIÁM ĐỐC",
    "PHÓ GIÁM ĐỐC",
    "HIỆU TRƯỞNG",
    "TRƯỞNG PHÒNG",
    "Số:",
    "Điều 1.",
    "Theo đề nghị",
)
#: after these the rest begins a paragraph of its own
_OF_THE_OFFICE = ("KT.", "TM.", "TL.", "TUQ.", "Q.", "PHÓ")
_PREAMBLE = re.compile(
    r"Thực hiện (?:(?:các|Chương trình hành|Chỉ thị|Công điện|Thông báo|Hướng dẫn|Quy chế|Đề án|"
    r"Quyết định|Nghị \w+|Thông tư|Kết luận|Luật|Văn bản)\b)"
)
_CLOSERS = ("KẾ HOẠCH", "GIÁM ĐỐC", "HIỆU TRƯỞNG", "TRƯỞNG PHÒNG")


def is_one_word_per_line(lines: Sequence[Line]) -> bool:
    """Are most lines one or two words long, in a text of some length?"""
    if len(lines) < 150:
        return False
    short = sum(1 for line in lines if len(line.text.split()) <= 2)
    return short >= len(lines) * 0.85


def reflow(lines: Sequence[Line]) -> list[RawParagraph]:
    """Paragraphs from single words; each word keeps its line."""
    words = [(word, line.number, line.page) for line in lines for word in line.text.split()]
    groups: list[list[tuple[str, int | None, int | None]]] = [[]]
    for index, word in enumerate(words):
        ahead = " ".join(w for w, _, _ in words[index : index + 4])
        following = words[index + 1][0] if index + 1 < len(words) else ""
        before = " ".join(w for w, _, _ in groups[-1][-2:])
        if groups[-1] and (_begins(word[0], ahead, following, before) or before.endswith(_CLOSERS)):
            groups.append([])
        groups[-1].append(word)
    return [
        RawParagraph(tuple(Piece(text, number, page) for text, number, page in group)) for group in groups if group
    ]


def _begins(word: str, ahead: str, following: str, before: str) -> bool:
    if before.endswith(_OF_THE_OFFICE):
        return False  # "KT. GIÁM ĐỐC" is one line
    if ahead.startswith(_OPENERS) or _PREAMBLE.match(ahead):
        return True
    if _ROMAN.match(word) or _NUMBER.match(word) or _POINT.match(word) or _DASH.match(word):
        return bool(_CAPITAL.match(following))
    return False
