"""Schools and texts for benches: names as schools bear them, words in the frequencies of a language, praise as
people repeat it. Nothing here is real; the same seed gives the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from loa.lib.nlp.schools import School
from loa.lib.vi import fold, is_syllable


def _table(words: str) -> list[str]:
    """Parted by | where they are of several words, else by spaces."""
    return [one.strip() for one in words.replace("\n", " ").split("|")] if "|" in words else words.split()


#: whom schools are named after
_PATRONS = _table(
    """
    Trần Phú | Lê Lợi | Nguyễn Du | Kim Đồng | Lê Hồng Phong | Nguyễn Trãi | Quang Trung | Hùng Vương |
    Lý Thường Kiệt | Phan Bội Châu | Võ Thị Sáu | Nguyễn Huệ | Đinh Tiên Hoàng | Trần Hưng Đạo | Ngô
    Quyền | Chu Văn An | Lương Thế Vinh | Nguyễn Bỉnh Khiêm | Hồ Xuân Hương | Lê Quý Đôn | Phan Chu
    Trinh | Nguyễn Viết Xuân | Bế Văn Đàn | Phan Đình Phùng | Hoàng Văn Thụ | Nguyễn Thái Bình | Trần
    Quốc Toản | Lý Tự Trọng | Tô Hiệu | Hà Huy Tập | Nguyễn Văn Cừ | Trường Chinh | Tôn Đức Thắng |
    Hoàng Hoa Thám | Cao Bá Quát | Đoàn Thị Điểm | Bà Triệu | Nguyễn Công Trứ | Tố Hữu | Xuân Diệu | Hoa
    Sen | Hướng Dương | Sao Mai | Họa Mi | Tuổi Thơ | Ánh Dương | Măng Non | Hoa Hồng | Bình Minh | Sơn
    Ca
    """
)
_FIRST = _table(
    """
    Mường Sơn Nam Tân Phú Yên Hòa Đông Tây Quỳnh Nghi Diễn Thanh Bắc Châu Hưng Đại Vĩnh Xuân Long
    """
)
_SECOND = _table(
    """
    Sai Lộc Thượng Hạ Thịnh Kỳ Giang Hải Lâm Tiến Bình Đức Mỹ Phong Thành Lập Cát Hội Quang Khê Trạch
    Vân
    """
)
_DISTRICTS = _table(
    """
    Kỳ Vân | Sơn Lạc | Quỳ Giang | Yên Hưng | Đô Lộc | Nghĩa Hành | Thanh Sơn | Tương Khê | Con Lĩnh |
    Anh Phong | Nam Trực | Hưng Khánh
    """
)
#: as they are written officially, with their share of all schools
_KINDS = [
    ("Trường Mầm non", 35),
    ("Trường Tiểu học", 30),
    ("Trường THCS", 25),
    ("Trường THPT", 7),
    ("Trung tâm GDNN-GDTX", 3),
]


def schools(count: int, seed: int = 2026) -> list[School]:
    """`count` schools in communes and former districts; half bear the name of their commune, half of a patron."""
    rng = random.Random(seed)  # noqa: S311 - a bench, the same every time
    communes = [f"{a} {b}" for a in _FIRST for b in _SECOND]
    rng.shuffle(communes)
    where = {commune: rng.choice(_DISTRICTS) for commune in communes}
    kinds, shares = zip(*_KINDS, strict=True)
    found: dict[tuple[str, str], School] = {}
    while len(found) < count:
        commune, kind = rng.choice(communes), rng.choices(kinds, shares)[0]
        proper = commune if rng.random() < 0.5 else rng.choice(_PATRONS)
        if proper == commune and rng.random() < 0.5:
            proper = f"{commune} {rng.choice('1234')}"
        name = f"{kind} {proper}"
        places = (f"Xã {commune}", f"Huyện {where[commune]}")
        found.setdefault((name, where[commune]), School(len(found) + 1, name, places))
    return list(found.values())


# — texts ——————————————————————————————————————————————————————————————————————————————

_INITIALS = _table(
    """
    b c ch d đ g gh h k kh l m n ng nh ph qu r s t th tr v x
    """
)
_RIMES = _table(
    """
    a á à ả ạ an án àn ản ang áng àng anh ánh ành ai ái ài ải ao áo ào ảo âm ấm ầm ân ấn ần âu ấu ầu ây
    ấy ầy e è é en én èn ê ế ề ên ến ền i í ì ị in ín ìn inh ính ình o ó ò ỏ ọ on ón òn ong óng òng ô ố
    ồ ộ ôn ốn ồn ông ống ồng ơ ớ ờ ợ ơn ớn ời ơi u ú ù ủ ụ un ung úng ùng ư ứ ừ ự ưng ứng ừng ương ướng
    ường uôi uối uồi iên iến iền iêng iếng ac ác ạc at át ạt ôc ốc ộc
    """
)
_WHO = _table(
    """
    cô | thầy | giảng viên | giáo viên | thầy cô | cô giáo | thầy giáo | cô chủ nhiệm
    """
)
_DOES = _table(
    """
    dạy | giảng dạy | giảng bài | lên lớp | hướng dẫn
    """
)
_HOW = _table(
    """
    rất nhiệt tình | nhiệt tình | tận tâm | dễ hiểu | rất dễ hiểu | vui tính | hay | chậm | nhanh quá |
    khó hiểu | rõ ràng | gần gũi
    """
)
_WITH = _table(
    """
    với sinh viên | với học sinh | với lớp | cho các em | với các con | trong giờ
    """
)
_LEADS = _table(
    """
    chia sẻ : | mọi người ơi | hot : | đọc đi các mẹ | theo trang nhà | nóng : | các bố mẹ xem này
    """
)


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Syllables, the most frequent first, and their summed shares."""
    words = sorted({a + b for a in _INITIALS for b in _RIMES if is_syllable(a + b)})
    rng.shuffle(words)
    # As in any language: the n-th word is met about 1/n as often as the first.
    return words, list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))


def texts(count: int, seed: int = 2026) -> list[str]:
    """Short texts of 8 to 36 words; one in ten begins with praise or blame of the sort that everybody writes."""
    rng = random.Random(seed)  # noqa: S311
    words, shares = vocabulary(rng)
    found: dict[str, None] = {}
    while len(found) < count:
        if rng.random() < 0.1:
            said = [f"{rng.choice(_WHO)} {rng.choice(_DOES)} {rng.choice(_HOW)}"]
            said += rng.sample([*_HOW, *_WITH], rng.randint(1, 4))
            text = ", ".join(said)
            text += " " + " ".join(rng.choices(words, cum_weights=shares, k=rng.randint(4, 12)))
        else:
            text = " ".join(rng.choices(words, cum_weights=shares, k=rng.randint(8, 36)))
        found.setdefault(text)
    return list(found)


def variant(text: str, words: list[str], rng: random.Random) -> str:
    """The same text as it is passed on: trimmed, added to, words exchanged, without accents, with a lead-in."""
    said = text.split()
    match rng.choice(("trim", "append", "replace", "strip", "prefix")):
        case "trim":
            said = said[: max(4, int(len(said) * rng.uniform(0.75, 0.95)))]
        case "append":
            said += rng.choices(words, k=rng.randint(1, max(1, len(said) // 5)))
        case "replace":
            for _ in range(max(1, len(said) // 10)):
                said[rng.randrange(len(said))] = rng.choice(words)
        case "strip":
            said = fold(" ".join(said)).split()
        case _:
            said = [rng.choice(_LEADS), *said]
    return " ".join(said)


def passed_on(originals: list[str], copies: int, seed: int = 2026) -> Iterator[tuple[str, int]]:
    """(text, number of its original), shuffled: the originals and `copies` variants, one to five of one text."""
    rng = random.Random(seed)  # noqa: S311
    words = [word for text in originals[:5000] for word in text.split()]
    rows = list(zip(originals, range(len(originals)), strict=True))
    more: list[tuple[str, int]] = []
    while len(more) < copies:
        number = rng.randrange(len(originals))
        more += [(variant(originals[number], words, rng), number) for _ in range(rng.choice((1, 1, 2, 3, 5)))]
    rows += more[:copies]
    rng.shuffle(rows)
    yield from rows
