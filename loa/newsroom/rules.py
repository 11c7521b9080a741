"""The road of a story, its kinds, and the plain rules of the newsroom. No Django here; moments are passed in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """Where a story stands. Its road: viết → đơn vị duyệt → Ban Biên tập duyệt → đăng."""

    DRAFT = "draft"
    UNIT_REVIEW = "unit_review"
    RETURNED = "returned"  # sent back to the author with a reason
    BOARD_REVIEW = "board_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was public, taken down with a reason


STAGE_MOVES: dict[str, tuple[str, ...]] = {
    Stage.DRAFT: (Stage.UNIT_REVIEW, Stage.BOARD_REVIEW),
    Stage.RETURNED: (Stage.UNIT_REVIEW, Stage.BOARD_REVIEW),
    # straight to the public: a unit's own notice (see `stations_of`)
    Stage.UNIT_REVIEW: (Stage.BOARD_REVIEW, Stage.RETURNED, Stage.DRAFT, Stage.PUBLISHED),
    Stage.BOARD_REVIEW: (Stage.PUBLISHED, Stage.SCHEDULED, Stage.RETURNED, Stage.DRAFT),
    Stage.SCHEDULED: (Stage.PUBLISHED, Stage.BOARD_REVIEW),
    Stage.PUBLISHED: (Stage.WITHDRAWN,),
    Stage.WITHDRAWN: (Stage.BOARD_REVIEW,),
}

#: in these the text belongs to those who write it
WRITING = frozenset({Stage.DRAFT, Stage.RETURNED})
#: in these the text belongs to the editorial board
REVIEWING = frozenset({Stage.BOARD_REVIEW, Stage.WITHDRAWN})
#: the unit has had its say: a new round of review begins with the board
PAST_UNIT = frozenset({Stage.BOARD_REVIEW, Stage.SCHEDULED, Stage.PUBLISHED, Stage.WITHDRAWN})
#: the author may take it back from these as long as nobody decided
RECALLABLE = frozenset({Stage.UNIT_REVIEW, Stage.BOARD_REVIEW})

#: the four stations every list shows: viết · trường · biên tập · đăng
ROAD = ("write", "unit", "board", "publish")
_POSITION = {
    Stage.DRAFT: 0,
    Stage.RETURNED: 0,
    Stage.UNIT_REVIEW: 1,
    Stage.BOARD_REVIEW: 2,
    Stage.SCHEDULED: 3,
    Stage.WITHDRAWN: 2,
    Stage.PUBLISHED: 4,
}


#: a notice has one approver: the board where it stands on the Sở's portal, else the lead of its unit
BOARD_ROAD = ("write", "board", "publish")
UNIT_ROAD = ("write", "unit", "publish")


def stations_of(*, notice: bool, on_main_portal: bool, stage: str, unit_step: str) -> tuple[str, ...]:
    """The stations a story passes. A unit's own notice goes to the board when nobody in the unit may decide."""
    if not notice:
        return ROAD
    at_board = stage in (Stage.BOARD_REVIEW, Stage.SCHEDULED, Stage.WITHDRAWN)
    return BOARD_ROAD if on_main_portal or at_board or unit_step else UNIT_ROAD


def road_marks(stage: str, stations: tuple[str, ...] = ROAD) -> list[tuple[str, str]]:
    """(station, "done" | "now" | "todo") for the stations of the road."""
    here = _POSITION[Stage(stage)]
    marks = [(station, ROAD.index(station)) for station in stations]
    return [(station, "done" if at < here else "now" if at == here else "todo") for station, at in marks]


class Genre(StrEnum):
    """Kinds of stories."""

    NEWS = "news"  # tin
    ARTICLE = "article"  # bài
    FEATURE = "feature"  # phóng sự
    PHOTO = "photo"  # phóng sự ảnh
    VIDEO = "video"
    INFOGRAPHIC = "infographic"
    NOTICE = "notice"  # thông báo: short, one approver, valid until a day


class Consent(StrEnum):
    """Whether those in a photo agreed to its use (Luật Trẻ em 2016 Đ6 k11; Law 91/2025 Đ24)."""

    UNKNOWN = "unknown"  # not yet said: the photo is held back
    NO_PEOPLE = "no_people"  # nobody can be recognised
    PUBLIC_EVENT = "public_event"  # adults at a public event (Civil Code 2015 Đ32)
    OBTAINED = "obtained"  # consent obtained (of the child from 7 on, and of a parent)
    REFUSED = "refused"  # refused or withdrawn: never shown


PUBLISHABLE = frozenset({Consent.NO_PEOPLE, Consent.PUBLIC_EVENT, Consent.OBTAINED})


class VersionKind(StrEnum):
    """Why a version of the text was kept."""

    DRAFT = "draft"  # saved while writing; the same hand's saves within COALESCE are one version
    SENT = "sent"  # what was sent for approval
    BOARD = "board"  # corrected by the editorial board
    PUBLISHED = "published"  # what became public
    CORRECTED = "corrected"  # a dated correction after publication
    CONFLICT = "conflict"  # written on an older version while somebody else saved: kept beside, not lost


#: saves of one hand within this time are one version, not a hundred
COALESCE = dt.timedelta(minutes=10)


def same_version(kind: str, last_kind: str, same_hand: bool, begun_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a save goes on with the last version instead of making a new one."""
    return (
        kind == last_kind
        and kind in (VersionKind.DRAFT, VersionKind.BOARD, VersionKind.CONFLICT)
        and same_hand
        and now - begun_at < COALESCE
    )


class UnitStep(StrEnum):
    """Why a story did not pass through the approval of its unit; empty when it does."""

    NORMAL = ""
    NO_LEAD = "no_lead"  # the unit has no lead in Loa
    LEAD_WROTE = "lead_wrote"  # every lead of the unit wrote in it: nobody approves their own
    AGAIN = "again"  # it was approved before: returned by the board, or withdrawn
    NOTICE = "notice"  # a notice on the Sở's portal: the board decides alone


class Reason(StrEnum):
    """Reasons of returning a story that are one tap away."""

    FIGURES = "figures"
    PHOTO = "photo"
    CONSENT = "consent"
    WORDING = "wording"
    NOT_NOW = "not_now"
    OTHER = "other"


UNIT_REASONS = (Reason.FIGURES, Reason.PHOTO, Reason.NOT_NOW, Reason.OTHER)
BOARD_REASONS = (Reason.FIGURES, Reason.PHOTO, Reason.CONSENT, Reason.WORDING, Reason.OTHER)

#: the board answers within so many working hours
BOARD_HOURS = 8
#: … and an urgent notice within
URGENT_WITHIN = dt.timedelta(minutes=30)
#: a claim on which nothing was done for this long may be taken over without asking
CLAIM_LASTS = dt.timedelta(hours=2)
#: working sessions of a day, as minutes after midnight (07:30–11:30, 13:30–17:00)
SESSIONS = ((450, 690), (810, 1020))


def add_working_minutes(start: dt.datetime, minutes: int, working_day: Callable[[dt.date], bool]) -> dt.datetime:
    """The moment `minutes` of working time after `start`; `start` is local, and so is the answer."""
    day, left = start.date(), minutes
    now = start.hour * 60 + start.minute
    for _step in range(400):
        if working_day(day):
            for begin, end in SESSIONS:
                free = end - max(begin, now)
                if free <= 0:
                    continue
                if left <= free:
                    at = max(begin, now) + left
                    return dt.datetime.combine(day, dt.time(at // 60, at % 60), tzinfo=start.tzinfo)
                left -= free
        day, now = day + dt.timedelta(days=1), 0
    raise ValueError("no working day within a year")


# — what the automatic look-over knows ————————————————————————————————————————————
TITLE_WORDS = 15
LEAD_WORDS = 50
TITLE_LIMIT = 200
LEAD_LIMIT = 600

_PHONE = re.compile(r"(?<![\d.,/-])(?:\+?84|0)(?:[ .\-]?\d){9}(?![\d])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_NAME = rf"(?:[{_UPPER}][^\W\d_]*\s+){{1,4}}[{_UPPER}][^\W\d_]*"
_CLASS = r"[Ll]ớp\s+\d{1,2}\s?[A-ZĐa-zđ]?\d{0,2}\b"
_PUPIL = re.compile(
    rf"(?:\b(?:em|cháu|bạn|học sinh|trò)\s+{_NAME}[^.!?\n]{{0,40}}?{_CLASS})"
    rf"|(?:{_NAME}\s*[,(–-]?\s*(?:học sinh\s+)?{_CLASS})"
)


def count_words(text: str) -> int:
    """Words as a Vietnamese editor counts them: what stands between spaces."""
    return sum(1 for word in text.split() if any(ch.isalnum() for ch in word))


def phone_numbers(text: str) -> list[str]:
    """Vietnamese telephone numbers as they stand in the text."""
    return [match.group().strip() for match in _PHONE.finditer(text)]


def mail_addresses(text: str) -> list[str]:
    """E-mail addresses as they stand in the text."""
    return _MAIL.findall(text)


def pupils_named(text: str) -> list[str]:
    """Places where a full name stands with a class: a child who can be found (Nghị định 13/2023; Luật Trẻ em)."""
    return [match.group().strip() for match in _PUPIL.finditer(text)]


def all_capitals(title: str) -> bool:
    """Whether a title shouts: nearly all its letters are capitals."""
    letters = [ch for ch in title if ch.isalpha()]
    return len(letters) >= 8 and sum(ch.isupper() for ch in letters) / len(letters) > 0.7
