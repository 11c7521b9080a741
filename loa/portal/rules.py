"""Palettes checked for contrast, emblems, drawings and addresses. No Django here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loa.lib.vi import fold, slugify_vi, words

#: code → (800, 700, 600, 200, 100, 50): the six shades that portal.css knows as --brand-*.
#: A school chooses one of these and never types a colour; a test computes the contrast of each.
PALETTES: dict[str, tuple[str, str, str, str, str, str]] = {
    "ink": ("#1f1633", "#3b2a6b", "#4a3591", "#d9d2ef", "#ece8f8", "#f6f4fc"),
    "board": ("#0c3320", "#14532d", "#1c6b3f", "#bfdfca", "#e3f3e8", "#f3faf5"),
    "flame": ("#4d1409", "#7d2413", "#a8321a", "#f3cabd", "#fdebe5", "#fef6f3"),
    "sky": ("#0b2447", "#12376b", "#1a4a8c", "#c6d6ec", "#e3ebf6", "#f4f7fc"),
    "earth": ("#3d2410", "#5c3718", "#784a22", "#e4d2bf", "#f3e9de", "#fbf7f2"),
    "river": ("#08303a", "#0b4a59", "#0d5f72", "#bfdde2", "#dfeff2", "#f1f8f9"),
    "lotus": ("#4a0f31", "#6d1748", "#8c2460", "#eccadb", "#f7e5ee", "#fdf5f9"),
}
SHADES = ("800", "700", "600", "200", "100", "50")
PAPER, SURFACE, TEXT, TEXT_SOFT, FOOT_TEXT = "#fcfbf8", "#ffffff", "#221d2e", "#5c5668", "#d8d3e6"


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.1)."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb, 1 to 21 (WCAG 2.1, 1.4.3)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs(code: str) -> Iterator[tuple[str, str, str, float]]:
    """(what, text, background, least ratio) of every pair of colours that portal.css puts together."""
    deep, main, light, line, wash, mist = PALETTES[code]
    for ground in (PAPER, SURFACE, mist):
        yield "heading", deep, ground, 4.5
        yield "link", main, ground, 4.5
        yield "kicker", light, ground, 4.5
        yield "soft text", TEXT_SOFT, ground, 4.5
        yield "focus ring", light, ground, 3.0
    yield "chip", main, wash, 4.5
    yield "button", SURFACE, main, 4.5
    yield "button under the pointer", SURFACE, light, 4.5
    yield "foot", FOOT_TEXT, deep, 4.5
    yield "foot link", SURFACE, deep, 4.5
    yield "mark of the current page", line, main, 3.0
    yield "letters of the emblem", SURFACE, main, 4.5


#: drawn emblems (templates/portal/emblems/<key>.svg.html); anything else in MemberSite.emblem is letters
EMBLEMS = ("sach", "thuyen", "nui", "sao", "sen", "nang")

#: folded words before a unit's own name
_BEFORE_NAME = (
    "truong|trung tam|so|phong|ubnd|van phong|xa|phuong|mam non|mau giao|tieu hoc|"
    "trung hoc co so|trung hoc pho thong|thcs|thpt|pho thong dan toc (?:ban|noi) tru|ptdtbt|ptdtnt|lien cap|"
    "chuyen|va|giao duc|dao tao|gdnn|gdtx|giao duc nghe nghiep|giao duc thuong xuyen"
)
_LEADING = re.compile(rf"(?:(?:{_BEFORE_NAME})\s+)+")


def letters(name: str) -> str:
    """Up to three letters that stand for a unit: "Trường THCS Sơn Thượng" → "ST"."""
    printed = words(name)
    folded = " ".join(fold(word) for word in printed)
    leading = _LEADING.match(folded)
    own = printed[len(leading[0].split()) :] if leading else printed
    return "".join(word[0] for word in own[-3:]).upper()


def letters_valid(text: str) -> bool:
    """One to four letters or digits."""
    return 1 <= len(text) <= 4 and text.isalnum()


#: folded words of a topic or title → a drawing that suits them, first match wins
_ART_WORDS = (
    ("bai-thi", ("thi", "tuyen sinh", "kiem tra", "nguyen vong", "on tap")),
    ("ben-song", ("duoi nuoc", "boi", "ben song", "con song", "mua lu")),
    ("vuon-truong", ("vuon", "rau", "ban tru", "dinh duong", "moi truong", "cay xanh", "suc khoe")),
    ("tu-sach", ("doc sach", "xe sach", "cuon sach", "thu vien", "tu sach")),
    ("lop-hoc", ("chuyen doi so", "hoc ba", "lop hoc", "chuong trinh", "day hoc", "chinh sach")),
    ("trong-truong", ("nha giao", "co giao", "thay giao", "khai giang", "tri an", "thi dua")),
    ("duong-deo", ("dan toc", "mien nui", "vung cao", "diem truong")),
)
ART = ("san-truong", "duong-deo", "lop-hoc", "tu-sach", "ben-song", "vuon-truong", "trong-truong", "bai-thi")


def art_for(story_id: int, *texts: str) -> str:
    """Name of the drawing that stands in for a missing photo: by the words of topic and title, else by id."""
    for text in texts:
        folded = f" {' '.join(words(fold(text)))} "
        for name, keys in _ART_WORDS:
            if any(f" {key} " in folded for key in keys):
                return name
    return ART[story_id % len(ART)]


def slug_id(slug: str, pk: int) -> str:
    """The last part of an address: "chuyen-xe-sach-123". The number finds the thing, the words are for people."""
    return f"{slug}-{pk}" if slug else str(pk)


def id_of(text: str) -> int:
    """The number at the end of `slug_id`."""
    return int(text.rpartition("-")[2])


def address_of(title: str, limit: int = 80) -> str:
    """The words of an address made from a title."""
    return slugify_vi(title, limit)


_HOST = re.compile(r"(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def host_valid(host: str) -> bool:
    """A host name in lower case, without port or path: "thptbenlam.edu.vn"."""
    return bool(_HOST.fullmatch(host))


def reading_minutes(word_count: int) -> int:
    """Minutes to read so many words (250 syllables a minute), at least one."""
    return max(1, round(word_count / 250))
