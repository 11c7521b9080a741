"""Channels a plan names: portals, pages, Zalo, press, broadcasting, events."""

from __future__ import annotations

import re

from .clues import Clued, clued
from .document import Document
from .model import Channel
from .outline import CHANNELS, OPENING
from .source.model import Block

_OWNER = (
    r"(?:\s+(?:(?:ngành|của (?:ngành|Sở|các|đơn vị|Phòng|trường|"
    r"nhà trường))\s*)?(?:“[^”]{2,60}”|\"[^\"]{2,60}\"|Sở\s+(?:GD&?ĐT|GD-ĐT|"
    r"Giáo dục và Đào tạo)(?:\s+TP\.?\s?HCM)?|(?:ngành|của ngành)(?:\s+(?:GD&?ĐT|"
    r"[Gg]iáo dục))?|(?:của\s+)?(?:các\s+)?(?:Phòng GD&?ĐT|đơn vị, trường học|đơn vị|"
    r"cơ sở giáo dục|nhà trường|trường học)))?"
)
#: kind ← printed name, first match at a place wins
KINDS: tuple[tuple[str, Clued], ...] = (
    ("zalo", clued(rf"(?:trang\s+)?Zalo(?:\s+(?:OA|Official Account))?(?:\s*\(Zalo OA\))?{_OWNER}", "zalo")),
    (
        "facebook",
        clued(
            rf"(?:trang\s+)?(?:Fanpage(?:\s+Facebook)?|Facebook|mạng xã hội Facebook){_OWNER}", "fanpage|facebook"
        ),
    ),
    ("tiktok", clued(rf"(?:kênh\s+)?Tik\s?tok{_OWNER}", "tik")),
    ("youtube", clued(rf"(?:kênh\s+)?You\s?tube{_OWNER}", "you")),
    ("portal", clued(rf"Cổng (?:thông tin điện tử|TTĐT)(?:\s*\(TTĐT\))?{_OWNER}", "cổng")),
    ("website", clued(rf"(?:(?:Trang|trang)\s+(?:thông tin điện tử|TTĐT)|website){_OWNER}", "trang|website")),
    (
        "radio_tv",
        clued(
            r"Đài\s+(?:Phát thanh(?:\s*(?:và|-|,)?\s*Truyền hình)?|Truyền hình|PT-?TH|PTTH|"
            r"Truyền thanh)(?:\s+(?:tỉnh|huyện|thành phố|địa phương|cấp huyện|cơ sở)|"
            r"\s+[A-ZĐ]\w+(?:\s+[A-ZĐ]\w+)?)?",
            "đài",
        ),
    ),
    (
        "radio_tv",
        clued(
            r"Trung tâm Văn hóa,? Thể thao và Truyền thông(?:\s+cấp huyện|\s+huyện)?|"
            r"hệ thống (?:truyền thanh|phát thanh|loa)[^,;.]{0,30}|"
            r"chương trình phát thanh[^,;.]{0,25}",
            "trung tâm văn hóa|hệ thống|chương trình phát thanh",
        ),
    ),
    (
        "press",
        clued(
            re.compile(
                r"Báo\s+[A-ZĐ]\w+(?:\s+(?:và\s+)?[A-ZĐ]\w+){0,3}|"
                r"(?:các\s+)?(?:cơ quan\s+)?(?:thông tấn,?\s*)?báo chí(?:\s+[Tt]rung ương)?(?:\s+và địa "
                r"phương)?|báo,? đài"
            ),
            "báo",
        ),
    ),
    ("newsletter", clued(r"bản tin(?:\s+(?:nội bộ|ngành))?|tập san|ấn phẩm", "bản tin|tập san|ấn phẩm")),
    ("email", clued(r"(?:hộp )?thư điện tử|e-?mail", "thư điện tử|mail")),
    (
        "event",
        clued(
            r"(?:các\s+)?(?:hội nghị|hội thảo|tọa đàm|toạ đàm|diễn đàn|họp báo|cuộc thi|sự kiện)",
            "hội nghị|hội thảo|đàm|diễn đàn|họp báo|cuộc thi|sự kiện",
        ),
    ),
    ("board", clued(r"pa-?nô|áp phích|băng rôn|bảng tin|bảng điện tử|tờ rơi", "nô|áp phích|băng rôn|bảng|tờ rơi")),
)


def find_channels(doc: Document) -> list[Channel]:
    """Named channels, each name once; the whole line for lists under a "Kênh truyền thông" heading."""
    found: list[Channel] = []
    seen: set[tuple[str, str]] = set()
    for block in doc.prose():
        if doc.outline.zone(block) == OPENING:
            continue
        listing = doc.outline.theme(block) == CHANNELS and len(block.text) < 260
        for kind, start, end in _matches(block, doc.folded(block)):
            name = " ".join(block.text[start:end].split())
            if kind == "event" and not listing:
                continue
            key = (kind, _key(name))
            if key in seen:
                continue
            seen.add(key)
            found.append(Channel(span=doc.span(block.start + start, block.start + end), kind=kind, name=name))
    return sorted(found, key=lambda channel: channel.span.start)


def _key(name: str) -> str:
    name = re.sub(r"^(?:các|trang)\s+", "", name.lower())
    return re.sub(r"thông tin điện tử|ttđt", "ttđt", name)


def _matches(block: Block, words: str) -> list[tuple[str, int, int]]:
    taken: list[tuple[str, int, int]] = []
    for kind, pattern in KINDS:
        for match in pattern.finditer(block.text, words):
            end = match.start() + len(match.group(0).rstrip())
            if match.start() and block.text[match.start() - 1].isalpha():
                continue
            if all(end <= a or match.start() >= b for _, a, b in taken):
                taken.append((kind, match.start(), end))
    return sorted(taken, key=lambda item: item[1])
