"""Names of units as official documents print them, brought to one form for comparison. Pure text, no database.

"PhòngCTTT&GDTX,CN", "Phòng GD-ĐT", "Văn phòng Sở GDĐT" and their long forms come out alike. Abbreviations are
those that the plans of the Sở print (Nghị định 30/2020 leaves them to each authority).
"""

from __future__ import annotations

import re
from functools import lru_cache

from loa.lib.vi import clean, search_key

#: abbreviation → words, both folded. A unit's own abbreviations belong in its aliases, not here.
ABBREVIATIONS = {
    "gddt": "giao duc dao tao",
    "gdmn": "giao duc mam non",
    "gdth": "giao duc tieu hoc",
    "gdtrh": "giao duc trung hoc",
    "gdpt": "giao duc pho thong",
    "gdtx": "giao duc thuong xuyen",
    "gdnn": "giao duc nghe nghiep",
    "gdcn": "giao duc chuyen nghiep",
    "gddtdt": "giao duc dan toc",
    "cn": "chuyen nghiep",
    "tccb": "to chuc can bo",
    "tchc": "to chuc hanh chinh",
    "khtc": "ke hoach tai chinh",
    "qlcl": "quan li chat luong",
    "qlclgd": "quan li chat luong giao duc",
    "ktqlclgd": "khao thi quan li chat luong giao duc",
    "ktkdclgd": "khao thi kiem dinh chat luong giao duc",
    "cttt": "chinh tri tu tuong",
    "ctttgdtx": "chinh tri tu tuong giao duc thuong xuyen",
    "hssv": "hoc sinh sinh vien",
    "cntt": "cong nghe thong tin",
    "tdkt": "thi dua khen thuong",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "vhxh": "van hoa xa hoi",
    "cmnv": "chuyen mon nghiep vu",
    "thpt": "trung hoc pho thong",
    "thcs": "trung hoc co so",
    "mn": "mam non",
    "th": "tieu hoc",
    "ptdtnt": "pho thong dan toc noi tru",
    "ptdtbt": "pho thong dan toc ban tru",
    "vp": "van phong",
    "tt": "trung tam",
    "ttr": "thanh tra",
    "tp": "thanh pho",
    "tx": "thi xa",
}

# "PhòngCTTT": a word of the kind of unit glued to what follows by a bad extraction.
_GLUED = re.compile(r"(Phòng|Văn phòng|Trường|Trung tâm|Sở|Ban|UBND)(?=[A-ZĐÂĂÊÔƠƯ])")
_LEADING = re.compile(r"^(?:[\s\-–—+•*·.,;:]|\(?\d{1,2}[.)]\s|\(?[a-zđ][.)]\s)+")
_NOTE = re.compile(r"\s*\((?:[^()]{0,40}/[^()]{0,40}|để [^()]*|chủ trì|phối hợp|thực hiện|nếu có)\)", re.I)
_TRAILING = re.compile(r"[\s.,;:/\-–—…]+$")
# "mỗi xã, phường có (ít nhất …)": the words around the name of a class in a sentence
_EACH = re.compile(r"^(?:mỗi|từng|mọi)\s+(?=\w)", re.I)
_VERB = re.compile(r"\s+(?:có|phải|cần|được|thực hiện|đảm bảo|bảo đảm)$", re.I)
# Joined by a sign, these are one word: GD&ĐT, GD-ĐT, VH-XH.
_SIGNED = [
    (re.compile(r"\bgd\s*(?:&|va|-|–|,)?\s*dt\b"), "gddt"),
    (re.compile(r"\bvh\s*(?:&|va|-|–)?\s*xh\b"), "vhxh"),
    (re.compile(r"\bkh\s*(?:&|va|-|–)\s*tc\b"), "khtc"),
    (re.compile(r"\btc\s*(?:&|va|-|–)\s*cb\b"), "tccb"),
    (re.compile(r"\bcm\s*(?:&|va|-|–|,)?\s*nv\b"), "cmnv"),
]
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset({"va", "cac", "nhung"})


def strip_print(text: str) -> str:
    """The name itself: without bullet, numbering, notes such as "(t/h)", closing stop; glued words parted."""
    text = _NOTE.sub("", clean(text))
    text = _VERB.sub("", _EACH.sub("", _TRAILING.sub("", _LEADING.sub("", text))))
    return _GLUED.sub(r"\1 ", text)


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """Folded words with abbreviations written out, "các", "và" and punctuation gone."""
    folded = search_key(strip_print(text))
    for pattern, word in _SIGNED:
        folded = pattern.sub(word, folded)
    words: list[str] = []
    for token in _WORD.findall(folded):
        words.extend(ABBREVIATIONS.get(token, token).split())
    kept = tuple(word for word in words if word not in _EMPTY)
    return kept or tuple(words)


_SO = ("so",)
_SO_FULL = ("so", "giao", "duc", "dao", "tao")
_HEADS = (("uy", "ban", "nhan", "dan"), ("thu", "truong"), ("lanh", "dao"), ("phong",))


def _without_so(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without a closing "(thuộc|của) Sở [Giáo dục và Đào tạo [tỉnh …]]"; "Sở …" at the beginning stays."""
    for at in range(1, len(words)):
        if words[at] != "so" or words[at - 1] == "co":  # "cơ sở", "trung học cơ sở" are no Sở
            continue
        tail = words[at:]
        if tail == _SO or tail[:5] == _SO_FULL:
            head = words[:at]
            while len(head) > 1 and head[-1] in {"thuoc", "cua"} and head[-2:-1] != ("truc",):
                head = head[:-1]
            return head
    return words


@lru_cache(maxsize=20_000)
def core_of(text: str) -> tuple[str, ...]:
    """The words that tell one unit of an authority from another: without "Phòng", "UBND", "… thuộc Sở"."""
    words = _without_so(words_of(text))
    for head in _HEADS:
        if len(words) > len(head) and words[: len(head)] == head:
            words = words[len(head) :]
    return words


_LEVELS = (
    "tren dia ban tinh",
    "tren dia ban thanh pho",
    "tren dia ban",
    "thanh pho thu duc",
    "thanh pho",
    "thi xa",
)
_LEVEL_WORDS = frozenset({"quan", "huyen", "tinh", "cap"})


@lru_cache(maxsize=20_000)
def class_words(text: str) -> tuple[str, ...]:
    """Words of a phrase for a class of units: "các phòng thuộc Sở" and "các phòng Sở" alike ("phong so").

    Words of level ("huyện", "thành phố", "trên địa bàn tỉnh") say nothing about who is meant, and go.
    """
    words = words_of(text)
    kept = _without_so(words)
    line = " ".join(kept)
    for level in _LEVELS:
        line = re.sub(rf"\b{level}\b", " ", line)
    reduced = [word for word in line.split() if word not in _LEVEL_WORDS]
    if kept != words and kept[-1:] != ("thuoc",):
        reduced.append("so")
    return tuple(reduced) or words


def spells(letters: str, words: tuple[str, ...]) -> bool:
    """Whether `letters` is made of a beginning (1 letter or more) of each of `words`, in order.

    "gdtrh" spells (giao, duc, trung, hoc); "qlclgiaoduc" spells (quan, li, chat, luong, giao, duc).
    """
    ends = {0}
    for word in words:
        following = set()
        for at in ends:
            for size in range(1, len(word) + 1):
                if letters[at : at + size] != word[:size]:
                    break
                following.add(at + size)
        if not following:
            return False
        ends = following
    return len(letters) in ends


def distance(one: str, other: str, most: int) -> int:
    """Optimal string alignment distance (a swap of neighbours counts 1), or `most` + 1 when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


_PARTS = re.compile(
    r"\s*;\s*|\s*\n\s*|(?:(?<=[.,;:])|^)\s*[-–+•]\s+"
    r"|\s+[-–+•]\s+(?=(?:Các|Phòng|Văn phòng|Trung tâm|Trường|UBND|Thanh tra|Sở|Ban|Đơn vị)\b)"
)


def split_print(text: str) -> list[str]:
    """Names printed in one cell: parted at semicolons, lines and bullets (a comma may belong to a name)."""
    return [part for part in (strip_print(piece) for piece in _PARTS.split(text)) if part]


def split_commas(text: str) -> list[str]:
    """The same name cut at commas, "và", "&": tried when the whole means nothing."""
    pieces = re.split(r"\s*,\s*|\s+và\s+", text)
    return [part for part in (strip_print(piece) for piece in pieces) if part]
