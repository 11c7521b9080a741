"""Which lines of one plan say the same as lines of another: words in common, and only where it is sure. Pure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import TypeVar

from loa.lib.vi import fold, nfc

#: what any line of such a plan may say; what two lines share besides is what they are about
COMMON = (
    "truyền thông", "tuyên truyền", "công tác", "thực hiện", "triển khai", "tổ chức", "tiếp tục", "đẩy mạnh",
    "tăng cường", "đôn đốc", "các đơn vị", "đơn vị", "học sinh", "nhà trường", "trên địa bàn", "và", "các", "của",
    "về", "trong", "cho", "với", "tại", "những", "việc", "theo",
)  # fmt: skip
_COMMON = re.compile(r"\b(?:" + "|".join(COMMON) + r")\b")
#: from here on two lines are taken for the same, by themselves never: a person confirms
SURE = 0.7
#: a line of so many syllables that stands wholly in another is at least so like it
FEW, WHOLE = 3, 0.75
#: the best must be ahead of the second by so much
AHEAD = 0.1

Own = TypeVar("Own", bound=Hashable)
Theirs = TypeVar("Theirs", bound=Hashable)


def _telling(text: str) -> frozenset[str]:
    words = nfc(text).lower()
    # Taken out as they are written: folded, "về" is also "vệ", and "thông" is half of "giao thông".
    told = frozenset(re.findall(r"\w+", fold(_COMMON.sub(" ", words))))
    return told or frozenset(re.findall(r"\w+", fold(words)))


def likeness(first: str, second: str) -> float:
    """0 to 1: how much of what two lines are about they share.

    >>> likeness("Phòng, chống đuối nước", "Tuyên truyền phòng chống đuối nước cho học sinh")
    1.0
    >>> likeness("An toàn giao thông", "An toàn trường học")
    0.5
    >>> likeness("Chuyển đổi số", "Chuyển đổi số và hội nhập quốc tế")
    0.75
    """
    one, two = _telling(first), _telling(second)
    if not one or not two:
        return 0.0
    share = round(2 * len(one & two) / (len(one) + len(two)), 4)
    return max(share, WHOLE) if min(len(one), len(two)) >= FEW and (one <= two or two <= one) else share


def matches(own: Mapping[Own, str], theirs: Mapping[Theirs, str]) -> dict[Own, Theirs]:
    """Each line of ours → the one of theirs it surely carries out; what is unlike all, or like two, is left out.

    >>> theirs = {1: "Phòng, chống đuối nước", 2: "Phòng, chống bạo lực học đường", 3: "Học bạ số"}
    >>> matches({"a": "Truyền thông phòng chống đuối nước", "b": "Phòng chống", "c": "Ngày hội đọc sách"}, theirs)
    {'a': 1}
    """
    found: dict[Own, Theirs] = {}
    for key, text in own.items():
        ranked = sorted(((likeness(text, other), name) for name, other in theirs.items()), key=lambda one: -one[0])
        if not ranked or ranked[0][0] < SURE:
            continue
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < AHEAD:
            continue
        found[key] = ranked[0][1]
    return found
