"""States, clocks and classes of what people write to us: tables that can be read aloud. No Django here."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum

from loa.channels.inbound.rules import Verb
from loa.channels.rules import Status
from loa.core.transitions import Transitions
from loa.lib.vi import fold, nfc


class State(StrEnum):
    """Where a thread stands."""

    OPEN = "open"  # cần trả lời
    ELSEWHERE = "elsewhere"  # chờ nơi khác
    BOT = "bot"  # chatbot đang trả lời
    DONE = "done"  # đã xong


MOVES = Transitions(
    "feedback.thread",
    {
        State.OPEN: (State.ELSEWHERE, State.DONE),
        State.ELSEWHERE: (State.OPEN, State.DONE),
        State.BOT: (State.OPEN, State.DONE),
        State.DONE: (State.OPEN, State.BOT),
    },
)


class What(StrEnum):
    """Kinds of threads."""

    COMMENT = "comment"  # bình luận dưới một bài
    MESSAGE = "message"  # tin nhắn riêng


class Side(StrEnum):
    """Who says a remark."""

    IN = "in"  # người dân
    OUT = "out"  # cán bộ, qua Loa hay ngay trên kênh
    BOT = "bot"
    NOTE = "note"  # ghi chú nội bộ, không gửi đi


class Seen(StrEnum):
    """How a remark stands on the channel."""

    WAITING = "waiting"  # on a page of our own: read first, then shown
    VISIBLE = "visible"
    HIDDEN = "hidden"
    DELETED = "deleted"  # by us, on a legal ground
    TAKEN_BACK = "taken_back"  # by whoever wrote it


#: hours until an answer, usually and when it presses
HOURS, URGENT_HOURS = 24, 6
#: people are told so long before the clock runs out
SOON = dt.timedelta(hours=2)
#: days for which words are kept after the last one
KEEP_DAYS = 180

#: somebody may be in danger. Folded where no other word looks alike, with accents where one does
#: ("chạy trường" is not a fire, "từ từ" no suicide, "tư vấn" is advice)
_URGENT = re.compile(
    r"\b(ngo doc|bao luc|danh (?:hoc sinh|ban|chau|con|hoi dong|nhau)|bi danh|xam hai|quay roi|hiep dam|sam so"
    r"|duoi nuoc|nhap vien|cap cuu|bat coc|mat tich|hoa hoan|dien giat|nguy hiem|tai nan|dau bung|bat nat)\b"
)
_URGENT_ACCENTED = re.compile(r"tự tử|tự vẫn|tự sát|cháy (?:trường|lớp|bếp|nhà)|sập (?:trần|mái|tường)|nôn")
_THANKS = re.compile(r"\b(cam on|biet on|tuyet voi|hay qua|chuc mung|tu hao|y nghia qua|dang yeu)\b")
_ASKS = re.compile(
    r"\?|\b(hoi|sao|khi nao|bao gio|the nao|o dau|bao nhieu|de nghi|phan anh|kien nghi|khong a|xin|mong|buc xuc)\b"
)


def hours_for(text: str, *, held: bool = False) -> tuple[int | None, bool]:
    """(hours until an answer or None, whether it presses). Thanks have no clock, danger has the short one.

    What is `held` waits to be shown, so that even thanks have a clock.
    """
    folded = fold(text)
    if _URGENT.search(folded) or _URGENT_ACCENTED.search(nfc(text).lower()):
        return URGENT_HOURS, True
    if not held and _THANKS.search(folded) and not _ASKS.search(folded):
        return None, False
    return HOURS, False


def heard(said: Iterable[tuple[int, str]]) -> str:
    """The mark of what a person has said so far, (key, words) of each: "<newest key>.<mark of all words>"."""
    rows = sorted(said)
    words = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
    return f"{rows[-1][0] if rows else 0}.{words}"


def newest(mark: str) -> int:
    """The newest key in a mark of `heard`; 0 when there is none to read."""
    key = mark.partition(".")[0]
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


class Klass(StrEnum):
    """What a remark is, when somebody asks whether it may stay."""

    CRITICISM = "criticism"  # phê bình, ý kiến trái chiều: trả lời, không xoá
    STATE = "state"  # chống Nhà nước, chia rẽ đoàn kết
    VIOLENCE = "violence"  # kích động bạo lực, thù hận, khiêu dâm, mê tín
    SECRET = "secret"  # noqa: S105 - lộ bí mật nhà nước
    SLANDER = "slander"  # bịa đặt, vu khống, xúc phạm danh dự, nhân phẩm
    DISCRIMINATION = "discrimination"  # kỳ thị giới, tôn giáo, dân tộc
    PRIVATE = "private"  # lộ đời tư, dữ liệu cá nhân
    CHILD = "child"  # đời tư, hình ảnh trẻ em
    FRAUD = "fraud"  # lừa đảo, đường dẫn giả mạo, hàng cấm


class Deed(StrEnum):
    """What becomes of it."""

    KEEP = "keep"  # để nguyên và trả lời
    HIDE = "hide"
    DELETE = "delete"


class Stage(StrEnum):
    """Where a ruling stands."""

    PROPOSED = "proposed"  # chờ người thứ hai
    CARRIED = "carried"  # đã đồng ý, đang hoặc đã làm
    DECLINED = "declined"  # người thứ hai không đồng ý
    APPEALED = "appealed"  # người viết khiếu nại
    UPHELD = "upheld"  # giữ nguyên sau khiếu nại
    OVERTURNED = "overturned"  # khiếu nại đúng: hiện lại


STAGES = Transitions(
    "feedback.ruling",
    {
        Stage.PROPOSED: (Stage.CARRIED, Stage.DECLINED),
        Stage.CARRIED: (Stage.APPEALED,),
        Stage.APPEALED: (Stage.UPHELD, Stage.OVERTURNED),
    },
)
#: what the channel was asked for → how the remark stands once there is nothing left to do
REACHED: dict[str, tuple[Seen, ...]] = {
    Verb.HIDE: (Seen.HIDDEN, Seen.DELETED, Seen.TAKEN_BACK),
    Verb.DELETE: (Seen.DELETED, Seen.TAKEN_BACK),
    Verb.UNHIDE: (Seen.VISIBLE, Seen.DELETED, Seen.TAKEN_BACK),
}
#: an action that ended without being done, also because its page was used no more
UNDONE = (Status.FAILED, Status.UNKNOWN, Status.CANCELLED)
#: the channel says that the remark is not there any more: nothing to do again
GONE = ("gone", "yt_comment_gone")


def stuck(verb: str, status: str, code: str, seen: str) -> bool:
    """Whether what was decided was not done on the channel, and nothing tries any more."""
    return status in UNDONE and code not in GONE and seen not in REACHED.get(verb, ())


#: evidence is kept so long (the law asks for logs of a year and more)
EVIDENCE_DAYS = 730
#: a violation is dealt with within so many hours; child-related ones and those that press first
RULING_HOURS, RULING_URGENT_HOURS = 24, 6
PRESSING = frozenset({Klass.CHILD, Klass.PRIVATE, Klass.VIOLENCE})


def removable(klass: str) -> bool:
    """Whether a remark of that class may be hidden or deleted at all: criticism never."""
    return klass in set(Klass) - {Klass.CRITICISM}


def left_words(now: dt.datetime, due: dt.datetime) -> tuple[str, int]:
    """(minutes | hours | over_minutes | over_hours | over_days, number) between now and the clock's end."""
    seconds = (due - now).total_seconds()
    minutes = max(int(abs(seconds) // 60), 1)
    if seconds >= 0:
        return ("minutes", minutes) if minutes < 60 else ("hours", minutes // 60)
    if minutes < 60:
        return "over_minutes", minutes
    return ("over_hours", minutes // 60) if minutes < 48 * 60 else ("over_days", minutes // 1440)
