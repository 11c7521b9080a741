"""Invented remarks of parents and pupils, made from parts, so that a small model has something to learn."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

from loa.lib.learn.train import Example
from loa.lib.vi import fold, tones

GOOD = [
    "nhiệt tình",
    "tận tâm",
    "dễ hiểu",
    "rất tốt",
    "sạch sẽ",
    "chu đáo",
    "vui vẻ",
    "hài lòng",
    "tuyệt vời",
    "gần gũi",
]
BAD = [
    "quá tệ",
    "thu tiền vô lý",
    "bẩn thỉu",
    "lạm thu",
    "thất vọng",
    "khó hiểu",
    "mắng trẻ",
    "dột nát",
    "quá tải",
    "bức xúc",
]
PLAIN = ["họp lúc bảy giờ", "gửi lịch thi", "nghỉ thứ hai", "nộp hồ sơ ở phòng một", "đổi giờ vào lớp"]
WHO = [
    "cô giáo",
    "nhà trường",
    "thầy chủ nhiệm",
    "bếp ăn",
    "lớp con tôi",
    "trường cấp hai",
    "ban giám hiệu",
    "bác bảo vệ",
]
WHEN = ["năm nay", "tuần này", "từ đầu tháng chín", "sau Tết", "hôm qua", "học kỳ này", "mấy hôm rồi", ""]


@dataclass(frozen=True)
class Seen:
    accented: str
    folded: str


def prepare(text: str) -> Seen:
    """The least that a preparation does."""
    accented = tones(unicodedata.normalize("NFC", text).lower())
    return Seen(accented, fold(accented))


def remarks(count: int, *, seed: int = 1, wrong: float = 0.0) -> list[Example]:
    """As many examples; `wrong`: share of labels drawn by lot."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        label = dice.choice(["pos", "neg", "neg", "neu"])
        words = dice.sample({"pos": GOOD, "neg": BAD, "neu": PLAIN}[label], 2)
        text = f"{dice.choice(WHO)} {dice.choice(WHEN)} {words[0]} {words[1]} số {number}"
        if dice.random() < wrong:
            label = dice.choice(["pos", "neg", "neu"])
        found.append(Example(text, label))
    return found
