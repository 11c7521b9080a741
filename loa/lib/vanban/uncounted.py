"""What is printed of how often and by when, and cannot be counted: an officer is told, so that nothing is lost.

Loa counts by week, month, quarter, term and year; "02 tuần/lần" is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .clues import clued
from .document import Document, Remark, clause_bounds, in_quotes
from .often import CAPTION, INFORMS
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic

_SEVERAL = r"(?:0?[2-9]|1\d|[2-9]\d|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)"
_PERIOD = r"(?:ngày|tuần|tháng|quý|học kỳ|năm học|năm)"
#: "02 tuần/lần", "hai tuần một lần", "cứ 2 tháng 01 lần"
ONCE_IN_SEVERAL = clued(
    rf"(?<![\w/.,])(?:(?:định kỳ|cứ|mỗi)\s+)?(?P<count>{_SEVERAL})\s+(?P<unit>{_PERIOD})"
    r"\s*(?:/\s*(?:(?:0?1|một)\s+)?|,?\s(?:0?1|một)\s+)lần(?!\w)",
    "ngày|tuần|tháng|quý|học kỳ|năm",
    "lần",
)
#: "01 bài/2 tháng", "01 bài chuyên sâu mỗi hai tuần"
SO_MANY_IN_SEVERAL = clued(
    r"(?<![\w/.,])\d{1,3}\s+(?:tin|bài|video|phóng sự|clip|lần|số|buổi|chuyên mục|sản phẩm)\b[^,;.:/()\d]{0,40}?"
    rf"(?:/\s*|\smỗi\s+)(?P<count>{_SEVERAL})\s+(?P<unit>{_PERIOD})(?!\w)",
    "ngày|tuần|tháng|quý|học kỳ|năm",
    "/|mỗi",
)
_HALF_YEAR = {("6", "tháng"), ("sáu", "tháng")}
#: what is read all the same, as a quarter, a term, a year
_READ = (
    (ONCE_IN_SEVERAL, _HALF_YEAR | {("3", "tháng"), ("ba", "tháng"), ("12", "tháng")}),
    (SO_MANY_IN_SEVERAL, _HALF_YEAR),
)


def find_odd_periods(doc: Document) -> Iterator[Remark]:
    """Periods that Loa does not count by, wherever a duty may stand."""
    for block in doc.prose():
        theme = doc.outline.asks(block)
        if theme in (BUDGET, RESULTS, PURPOSE) or is_topic(block.text):
            continue
        if CAPTION.match(block.text, doc.folded(block)):
            continue
        for match in _unread(block.text, doc.folded(block)):
            start, end = match.span()
            if theme == CONTENT and not INFORMS.search(block.text, *clause_bounds(block.text, start, end)):
                continue  # "khám sức khỏe 02 năm/lần" is what schools do
            if not in_quotes(block.text, start, end):
                yield Remark("odd_period", block.start + start, block.start + end)


def _unread(text: str, words: str) -> Iterator[re.Match[str]]:
    for pattern, read in _READ:
        for match in pattern.finditer(text, words):
            if (match["count"].lower().lstrip("0"), match["unit"].lower()) not in read:
                yield match
