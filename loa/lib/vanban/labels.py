"""The label a paragraph begins with: "I.", "1.", "1.1.", "a)", "-", "+" and their printed varieties.

Levels of a plan (NĐ 30/2020, Phụ lục I): Phần, I., 1., 1.1., a), then dashes and plus signs. Points follow the
Vietnamese alphabet a b c d đ e g h i k l …, so that "i)" after "h)" is a letter and "I." after nothing a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: letters of points, in order (no f, j, w, z); many plans skip đ
ALPHABET = "abcdđeghiklmnopqrstuvxy"

PART, LETTER, ROMAN, ARABIC, DOTTED, POINT, DASH, PLUS, DOT = (
    "part",
    "letter",
    "roman",
    "arabic",
    "dotted",
    "point",
    "dash",
    "plus",
    "dot",
)

#: headings without a label of their own (`headings`): in capitals, and the name of who or what over its bullets
CAPITALS, NAMED = "capitals", "named"

_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"

#: (kind, pattern, example)
_FORMS: tuple[tuple[str, str, str], ...] = (
    (
        PART,
        r"(?P<label>(?:Phần|PHẦN|Chương|CHƯƠNG|Mục|MỤC|Điều|ĐIỀU)\s+(?:thứ\s+(?:nhất|hai|ba|tư|năm)|THỨ\s+\w+|"
        r"[IVX]{1,5}|\d{1,3}|[A-HĐ]))"
        r"(?:\s*[.:\-–]\s*|\s+)(?=\S)",
        "Phần I. MỤC ĐÍCH",
    ),
    (
        ROMAN,
        rf"(?P<label>{_ROMAN})\s*(?:[.)]\s*|/\s*(?!\s*20\d\d)|\s?[-–]\s+)(?=\S)",
        "II. NỘI DUNG; II/ NỘI DUNG",
    ),
    (LETTER, r"(?P<label>[A-HĐ])\s*[.)/]\s+(?=\S)", "A. PHẦN CHUNG"),
    (
        DOTTED,
        r"(?P<label>\d{1,2}(?:\.\d{1,2}){1,3})(?:\s*[.)/]?\s+|\.\s*)(?=[^\s\d/.,%])",
        "2.1. Truyền thông; 2.1 Truyền thông",
    ),
    (
        ARABIC,
        r"(?P<label>\d{1,2})(?:\s?[.)](?!\d)\s*|\s?/\s+|\s?[-–]\s+)(?=[^\s\d/.,%])",
        "1. Mục đích; 1) Mục đích; 1/ Mục đích",
    ),
    (POINT, r"(?P<label>[a-zđ])\s?(?:\)\s*|[/.]\s+)(?=\S)", "a) Sơ kết; a. Sơ kết"),
    (PLUS, r"(?P<label>\+)\s*(?=\S)", "+ Báo cáo"),
    (
        DASH,
        r"(?P<label>[-–—−\u2010\u2011\uf02d*])\s+(?=\S)|(?P<label2>[-–—−])(?=[^\W\d_])",
        "- Cung cấp",
    ),
    (DOT, r"(?P<label>[•·●▪◦○■□➢✓\uf0b7\uf0a7])\s*(?=\S)", "• Cung cấp"),
)
#: all forms in their order, tried at once; the label of each is its group "kind_label"
_ANY_FORM = re.compile(
    "|".join(f"(?P<{kind}>{pattern.replace('?P<label', f'?P<{kind}_label')})" for kind, pattern, _ in _FORMS)
)


#: "Phần thứ hai" alone on its line: its title is the next one
_PART_ALONE = re.compile(
    r"(?P<label>(?:Phần|PHẦN|Chương|CHƯƠNG)\s+(?:thứ\s+(?:nhất|hai|ba|tư|năm)|THỨ\s+\w+|[IVX]{1,5}|\d{1,3}))\s*[.:]?\s*"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A recognised label: `text` as printed without its closing mark, `length` up to the words after it."""

    kind: str
    text: str
    length: int

    @property
    def is_bullet(self) -> bool:
        return self.kind in (DASH, PLUS, DOT)


def read_label(text: str) -> Label | None:
    """The label `text` begins with, or None.

    >>> read_label("2.1. Truyền thông chính sách")
    Label(kind='dotted', text='2.1', length=5)
    >>> read_label("31/5/2025 là hạn") is None
    True
    >>> read_label("05 năm thực hiện") is None
    True
    """
    match = _ANY_FORM.match(text)
    if match is None:
        return None
    kind = match.lastgroup or ""
    label = match[f"{kind}_label"] or (match["dash_label2"] if kind == DASH else "")
    return Label(kind, label, match.end())


def part_alone(text: str) -> Label | None:
    """The label of a part that stands alone on its line."""
    match = _PART_ALONE.fullmatch(text)
    return Label(PART, match["label"], match.end()) if match else None


def strip_bullet(text: str) -> tuple[str, int]:
    """`text` without a leading dash or plus, and how many characters went."""
    label = read_label(text)
    if label and label.is_bullet:
        return text[label.length :], label.length
    return text, 0


def rank(number: str | None) -> int:
    """Rank of a row number: A 0, I 1, 1 2, 1.1 3, a 5; None when there is none."""
    if not number:
        return 9
    if re.fullmatch(r"[A-HĐ]", number) and number not in "CDIVX":
        return 0
    if re.fullmatch(r"[IVX]+", number):
        return 1
    if re.fullmatch(r"[A-HĐ]", number):
        return 0
    if re.fullmatch(r"\d+", number):
        return 2
    if re.fullmatch(r"[\d.]+", number):
        return 2 + number.count(".")
    return 6
