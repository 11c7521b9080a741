"""States of a bulletin and of each letter, back-off, and when sending stops by itself: tables. No Django here."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class State(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"  # đang soạn
    WAITING = "waiting"  # chờ duyệt
    SCHEDULED = "scheduled"  # đã duyệt, chờ giờ gửi
    SENDING = "sending"  # đang gửi
    HELD = "held"  # tạm dừng (người dừng, hoặc Loa tự dừng vì lỗi nhiều)
    SENT = "sent"  # đã gửi xong
    CANCELLED = "cancelled"  # huỷ


#: what may become of a bulletin; whatever is not here is refused
MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.WAITING, State.CANCELLED),
    State.WAITING: (State.DRAFT, State.SCHEDULED, State.CANCELLED),
    # back to waiting: what was approved is no more what the portal shows
    State.SCHEDULED: (State.DRAFT, State.WAITING, State.SENDING, State.CANCELLED),
    State.SENDING: (State.HELD, State.SENT, State.CANCELLED),
    State.HELD: (State.SENDING, State.CANCELLED),
    # only to send again what a person has decided about (unknown outcomes)
    State.SENT: (State.SENDING,),
}


class Letter(StrEnum):
    """Where one letter (one recipient of one bulletin) stands."""

    WAITING = "waiting"  # chờ, hoặc chờ thử lại
    CLAIMED = "claimed"  # một tiến trình đang cầm
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


class Why(StrEnum):
    """Why a letter failed or was skipped."""

    NONE = ""
    REFUSED = "refused"  # máy chủ từ chối vĩnh viễn (5xx)
    GAVE_UP = "gave_up"  # thử lại nhiều lần không được
    UNKNOWN = "unknown"  # kết nối đứt khi đang gửi: không rõ người nhận đã có thư chưa
    BOUNCED = "bounced"  # máy chủ nhận rồi báo lại là không giao được
    LEFT = "left"  # đã huỷ nhận trước khi thư đi
    SUPPRESSED = "suppressed"  # trong danh sách không gửi
    ERASED = "erased"  # đã xoá dữ liệu theo yêu cầu
    CANCELLED = "cancelled"  # bản tin bị huỷ


#: minutes to wait after the 1st, 2nd, … temporary refusal (4xx); after the last the letter has failed
BACK_OFF = (2, 10, 30, 120, 360)
#: minutes to wait while the mail server itself cannot be reached
AWAY = (1, 2, 5, 10, 15)
#: outcomes needed before a rate is worth judging, and the share of failures at which sending stops by itself
JUDGE_AFTER = 50
STOP_AT = 0.10


def next_try(attempts: int) -> dt.timedelta | None:
    """Time until the letter is tried again after so many tries; None: it has failed."""
    return dt.timedelta(minutes=BACK_OFF[attempts - 1]) if 0 < attempts <= len(BACK_OFF) else None


def away_for(times: int) -> dt.timedelta:
    """How long to leave a server alone that was away `times` times in a row."""
    return dt.timedelta(minutes=AWAY[min(max(times, 1), len(AWAY)) - 1])


def too_many_failures(sent: int, failed: int) -> bool:
    """Whether sending must stop until a person has looked."""
    return sent + failed >= JUDGE_AFTER and failed > STOP_AT * (sent + failed)


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The seven days before `day`, first and last: what a weekly bulletin made on that day tells of."""
    return day - dt.timedelta(days=7), day - dt.timedelta(days=1)
