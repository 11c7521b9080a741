"""Who signed, and by what authority: TM. (on behalf of), KT. (for), TL. (by order), TUQ. (by delegation)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Document
from .letters import LOW, UP
from .model import Signer
from .outline import RECIPIENTS, SIGNATURE
from .source.model import ROW

_OFFICE = (
    r"(?:PHÓ\s+)?(?:TỔNG\s+)?(?:GIÁM ĐỐC|TRƯỞNG PHÒNG|CHỦ TỊCH|HIỆU TRƯỞNG|CHÁNH VĂN PHÒNG|"
    r"BỘ TRƯỞNG|TRƯỞNG BAN|CHÁNH THANH TRA|"
    r"BÍ THƯ|CỤC TRƯỞNG|VỤ TRƯỞNG|TỔNG BIÊN TẬP|ĐỘI TRƯỞNG|TỔ TRƯỞNG)|THỨ TRƯỞNG"
)
_BODY = (
    r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND|BAN GIÁM HIỆU|BAN CHỈ ĐẠO|BAN CHẤP HÀNH|"
    r"BAN THƯỜNG VỤ|HỘI ĐỒNG(?:\s+TRƯỜNG)?|BAN TỔ CHỨC|CHÍNH PHỦ)"
)
_AUTHORITY = re.compile(rf"(?:TM|KT|TL|TUQ|T/M|K/T|T/L|Q)\s*\.?\s*(?:{_OFFICE}|{_BODY})(?:\s+SỞ)?")
_TITLE = re.compile(rf"(?:{_OFFICE})(?:\s+SỞ)?(?:\s+(?:THƯỜNG TRỰC|PHỤ TRÁCH))?")
_WORD = r"[" + UP + r"][" + LOW + r"]+"
#: one letter may stand inside: "Giàng A Chứ", "Y Moan"
_LETTER = r"[" + UP + r"]"
_NAME = re.compile(
    rf"(?<!\w)(?:(?:TS|ThS|PGS|GS|NGƯT|NGND)\.?\s*)*"
    rf"(?P<name>(?:{_WORD}|[YHK])(?:\s+{_LETTER})?(?:\s+{_WORD}){{1,4}})(?!\w)"
)
_NAME_CAPS = re.compile(r"^(?P<name>[" + UP + r"]{2,}(?:\s+[" + UP + r"]{2,}){1,4})$")
_NOT_NAME = re.compile(r"^(?:Đã ký|Ký bởi|Chữ ký|Phụ lục|Kèm theo|Nơi nhận|Phó Giám|Giám đốc)", re.I)


def read_signer(doc: Document) -> Signer | None:
    """Authority as printed ("KT. GIÁM ĐỐC"), title ("PHÓ GIÁM ĐỐC") and name; None without a signature block."""
    authority: list[str] = []
    title = name = None
    start = end = 0
    for text, at in _lines(doc):
        rest, shift = text, 0
        if name is None:
            for match in _AUTHORITY.finditer(text):
                authority.append(" ".join(match.group(0).split()))
                start = start or at + match.start()
                end = at + match.end()
                rest, shift = text[match.end() :], match.end()
            match_title = _TITLE.search(rest)
            if match_title and not re.search(r"[" + LOW + r"]", rest[: match_title.start()]):
                title = " ".join(match_title.group(0).split())
                start = start or at + shift + match_title.start()
                end = at + shift + match_title.end()
                shift += match_title.end()
                rest = rest[match_title.end() :]
            if (authority or title) and not _NOT_NAME.match(rest.strip()):
                found = _NAME.search(rest) or _NAME_CAPS.match(rest.strip())
                if found and len(rest.strip()) < 60:
                    name = " ".join(found["name"].split())
                    end = at + shift + found.end()
    if not authority and title is None:
        return None
    return Signer(span=doc.span(start, end), authority=" ".join(authority) or None, title=title, name=name)


def _lines(doc: Document) -> Iterator[tuple[str, int]]:
    for block in doc.source.blocks:
        zone = doc.outline.zone(block)
        if zone not in (SIGNATURE, RECIPIENTS):
            continue
        if block.kind == ROW:
            for cell in block.cells:
                if cell.text.lower().startswith(("nơi nhận", "noi nhận")) or cell.merged:
                    continue
                at = cell.start
                for line in cell.text.split("\n"):
                    yield line, at
                    at += len(line) + 1
        elif zone == SIGNATURE and not block.text.startswith(("-", "–")):
            yield block.text, block.start
