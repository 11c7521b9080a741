"""Tables of how much each unit owes: "Tên trường | Tin, bài/tháng", or products under a title with a period."""

from __future__ import annotations

import re

from .document import Counted, Document
from .source.dealing import RATE_HEADING
from .source.model import ROW, Block, Cell


def flat(text: str) -> str:
    """White space folded."""
    return " ".join(text.split())


def cells_of(block: Block) -> list[Cell]:
    """Cells by grid column: a cell spanning two columns takes both places."""
    out: list[Cell] = []
    for cell in block.cells:
        out.append(cell)
        out.extend(Cell(cell.end, cell.end, "", True) for _ in range(cell.span - 1))
    return out


_UNIT_HEADING = re.compile(
    r"đơn vị|trường|cấp học|bậc học|loại hình|địa phương|bộ phận|"
    r"^(?:các\s+)?(?:phòng|ban|tổ|khoa|khối|đoàn thể|cụm)\b",
    re.I,
)
_COUNT_HEADING = re.compile(
    r"chỉ\s*tiêu|số\s*lượng|định\s*mức|"
    r"(?:tin|bài|video|phóng sự|clip|infographic|ảnh|podcast|sản phẩm|chuyên đề|lần|buổi)\b.*"
    r"(?:/|\(|mỗi|hằng|hàng|trong|theo)\s*(?:tuần|tháng|quý|học kỳ|năm)",
    re.I,
)
#: "…, bảo đảm số lượng tối thiểu theo bảng sau:"
_LEAST_ABOVE = re.compile(r"tối thiểu|ít nhất|không (?:dưới|thấp hơn|ít hơn)", re.I)


def owes(headings: list[str]) -> bool:
    """Are these the headings of a table of units and how much each owes: "Tên trường | Tin, bài/tháng"?"""
    rates = sum(1 for heading in headings if RATE_HEADING.search(heading))
    units = any(_UNIT_HEADING.search(heading) for heading in headings)
    return rates > 0 and units and rates >= len(headings) - 3


#: "Tin", "Video ngắn": what is counted, and nothing else
_BARE_PRODUCT = re.compile(
    r"(?:số\s+)?(?:lượng\s+)?(?:tin|bài|tin, bài|tin bài|bài viết|bài đăng|ảnh|video|video ngắn|clip|phóng sự|"
    r"infographic|podcast|bản tin|sản phẩm|chuyên đề|chuyên mục|buổi|lần)",
    re.I,
)
_NUMBER_OF = re.compile(r"^(?:số\s+)?(?:lượng\s+)?", re.I)
_COUNTS_ABOVE = re.compile(r"chỉ\s*tiêu|định\s*mức|số\s*lượng", re.I)
_PERIOD_ABOVE = re.compile(
    r"(?:/|mỗi|hằng|hàng|trong|theo)\s*(?:một\s+)?(tuần|tháng|quý|học kỳ|năm học|năm)\b", re.I
)


def _above(doc: Document, fragment: list[Block]) -> list[str]:
    """The words right above a table."""
    return [b.text for b in doc.source.blocks[max(0, fragment[0].index - 2) : fragment[0].index] if b.kind != ROW]


def owed_over(doc: Document, fragment: list[Block]) -> str | None:
    """The period of a table of units and bare products ("Đơn vị | Tin | Bài | Video") whose title tells it:
    "CHỈ TIÊU TIN, BÀI … TRONG MỖI HỌC KỲ"; "" when it tells none, None when it is no such table."""
    headings = [flat(cell.text) for cell in cells_of(fragment[0])]
    products = [i for i, heading in enumerate(headings) if _BARE_PRODUCT.fullmatch(heading)]
    if len(products) < len(headings) - 3 or not products or not any(_UNIT_HEADING.search(one) for one in headings):
        return None
    counts = [flat(cells[i].text) for block in fragment[1:] for i in products if i < len(cells := cells_of(block))]
    if not counts or not all(re.fullmatch(r"\d{1,4}|[-–]?", count) for count in counts):
        return None
    above = _above(doc, fragment)
    told = [
        found[1].lower()
        for text in above
        for found in _PERIOD_ABOVE.finditer(text)
        # "trong Tháng Thanh niên" is a name
        if text.isupper() or not re.match(r"\s+[A-ZĐ]", text[found.end() :])
    ]
    if told:
        return told[-1]
    return "" if any(_LEAST_ABOVE.search(text) or _COUNTS_ABOVE.search(text) for text in above) else None


def counts_by_unit(doc: Document, fragment: list[Block], over: str | None = None) -> None:
    """A table of units and how much each owes ("Đơn vị | Chỉ tiêu tối thiểu"): its cells are read as quotas.
    `over` is the period that its title tells for all columns."""
    headings = [flat(cell.text) for cell in cells_of(fragment[0])]
    once = over == ""
    if over:
        headings = [f"{one} mỗi {over}" if _BARE_PRODUCT.fullmatch(one) else one for one in headings]
    units = [i for i, heading in enumerate(headings) if _UNIT_HEADING.search(heading)]
    counted = _BARE_PRODUCT.fullmatch if once else _COUNT_HEADING.search
    counts = [i for i, heading in enumerate(headings) if counted(heading)]
    if not units or not counts or any(len(heading) > 60 for heading in headings):
        return
    least = any(_LEAST_ABOVE.search(text[-200:]) for text in _above(doc, fragment))
    for block in fragment[1:]:
        cells = cells_of(block)
        for index in counts:
            if index < len(cells) and units[0] < len(cells) and index != units[0] and not cells[index].merged:
                cell, who = cells[index], flat(cells[units[0]].text)
                unit = _NUMBER_OF.sub("", headings[index]).lower() if once else ""
                doc.counted.append(
                    Counted(cell.start, cell.end, headings[index], headings[index], who or None, least, unit)
                )
