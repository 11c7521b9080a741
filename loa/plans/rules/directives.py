"""What a confirmed finding asks for: the mapping from words of a plan to directives. Pure.

Decisions, each to be seen and changed by the officer on the checking screen:

- "trước ngày X" is read as written: the last day in time is the day before X. "đến ngày X", "chậm nhất ngày X"
  and "vào ngày X" count X itself.
- "Định kỳ ngày 25 hằng tháng" is one duty a month, due on day 25. Without a day it is due when the period ends.
- "báo cáo hằng tháng, học kỳ, năm học" is three duties: one for each period.
- "chậm nhất thứ Sáu hằng tuần" is one duty a week, due on Friday. A count per week, month or quarter may have a
  day too.
- "thường xuyên" and "hằng ngày" ask for conduct, not for a number: they become standing duties (a task without
  due date), never counted obligations.
- "chậm nhất 24 giờ kể từ khi phát hiện" hangs on an event, not on a day: a standing duty too, until somebody gives
  it a day.
- A yearly duty in a plan for one year is owed once, by the plan's last day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from loa.lib.vi import fold
from loa.plans.rules import audience as audiences
from loa.plans.rules.periods import PERIODS
from loa.plans.rules.states import DirectiveKind, FindingKind, Proof

#: recurrence as the reader prints it → (period, due day); None: a standing duty
_RECURRENCES: dict[str, str | None] = {
    "daily": None,
    "regular": None,
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "semester": "semester",
    "yearly": "year",
    "school_year": "school_year",
}

# Words are looked up in folded text (lower case, no diacritics), as whole words.
_REPORT = re.compile(r"\bbao cao\b|\bso ket\b|\btong ket\b")
_PRESS = re.compile(
    r"\bbao chi\b|\bco quan bao\b|\bbao (?:trung uong|dia phuong|tinh|dang)\b"
    r"|\bdai (?:phat thanh|truyen hinh|pt|tieng noi)|\btruyen hinh\b|\bptth\b|\bpt-th\b|\bbao, dai\b"
)
_STORY = re.compile(
    r"\btin\b|\bbai\b|\bbai viet\b|\bphong su\b|\bvideo\b|\bclip\b|\binfographic\b|\bphim\b|\bpodcast\b"
    r"|\bsan pham\b|\bcung cap thong tin\b|\bgioi thieu\b|\btuyen truyen\b|\bdang tai\b|\bviet bai\b"
)
_OWN_CHANNEL = re.compile(r"\bfanpage\b|\bzalo\b|\bcong thong tin\b|\btrang thong tin\b|\bwebsite\b|\bfacebook\b")
#: noun printed → genres of stories that count; nouns not here are met by any genre but a notice
_GENRES = {
    "video": ["video"],
    "clip": ["video"],
    "infographic": ["infographic"],
    "phong su": ["feature", "photo"],
    "thong bao": ["notice"],
}


@dataclass(frozen=True)
class DirectiveSpec:
    """A directive to be written, still without rows."""

    kind: DirectiveKind
    title: str
    count: int
    noun: str
    period: str
    proof: Proof
    genres: list[str]
    due_on: dt.date | None
    due_day: int | None
    recipient: str
    audience: dict[str, list]
    who: str


@dataclass(frozen=True)
class StandingDuty:
    """Conduct asked for without a number: kept as a task."""

    content: str
    timeframe: str
    audience: dict[str, list]
    who: str


@dataclass(frozen=True)
class Problem:
    """Why a finding cannot be confirmed yet: a field and a code (words in plans.texts)."""

    code: str
    field: str = ""
    data: dict[str, Any] = attribute(default_factory=dict)


def proof_of(what: str, noun: str = "") -> Proof:
    """What counts as done, from the words of the duty.

    >>> proof_of("gửi báo cáo và minh chứng về Văn phòng Sở").value
    'report'
    >>> proof_of("phối hợp với cơ quan báo chí Trung ương tuyên truyền", "bài").value
    'press'
    """
    words = fold(what or "")
    name = fold(noun or "")
    if name == "bao cao" or (_REPORT.search(words) and not _STORY.search(name)):
        return Proof.REPORT
    if _PRESS.search(words) and not (_OWN_CHANNEL.search(words) and name not in ("bai", "tin", "tin, bai", "")):
        return Proof.PRESS
    if _STORY.search(name) or _STORY.search(words):
        return Proof.STORY
    return Proof.OTHER


def genres_of(noun: str, proof: Proof) -> list[str]:
    """Genres of stories that count for what is printed ("02 video"); empty: any."""
    return list(_GENRES.get(fold(noun or ""), [])) if proof == Proof.STORY else []


def genre_counts(genres: list[str], genre: str) -> bool:
    """Whether a story of that genre counts for a directive with these genres. Notices count where a plan asks for
    notices, and nowhere else.

    >>> genre_counts([], "news"), genre_counts([], "notice"), genre_counts(["notice"], "notice")
    (True, False, True)
    """
    return genre in genres if genres else genre != "notice"


def recurrence_of(text: str) -> tuple[str | None, int | None]:
    """(period, due day) of a recurrence as the reader writes it: "monthly@25" → ("month", 25).

    A standing duty gives (None, None).
    """
    word, _, day = (text or "").partition("@")
    period = _RECURRENCES.get(word)
    return period, (int(day) if day.isdigit() and period else None)


def due_day_in(period: str, day: Any) -> int | None:
    """A due day that a period has, else None: a week has the days 1 to 7, other periods those of their last month;
    negative: so many days after the end of any.

    >>> due_day_in("week", 5), due_day_in("week", 25), due_day_in("month", 25), due_day_in("quarter", -5)
    (5, None, 25, -5)
    """
    number = int(day or 0)
    return number if number and number <= (7 if period == "week" else 31) else None


@dataclass(frozen=True)
class DueParts:
    """A due day as it is filled in: a weekday (negative: of the week after), or a day of the last month of its
    period or of the one `after` it.
    """

    weekday: int | None = None
    day: int | None = None
    after: bool = False

    def due_day(self, period: str) -> int | None:
        """The part that belongs to the period, as `Directive.due_day`."""
        day = self.weekday if period == "week" else -self.day if self.day and self.after else self.day
        return due_day_in(period, day)


def due_parts(period: str, due_day: Any) -> DueParts:
    """The parts of a due day; `DueParts.due_day` puts them together again."""
    number = due_day_in(period, due_day)
    if number is None or period == "week":
        return DueParts(weekday=number)
    return DueParts(day=abs(number), after=number < 0)


def last_day_in_time(date: dt.date, bound: str) -> dt.date:
    """The last day on which it is in time: "trước ngày X" excludes X."""
    return date - dt.timedelta(days=1) if bound == "before" else date


def is_standing(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether a duty is conduct without a number, or hangs on an event ("trong 24 giờ kể từ khi phát hiện")."""
    if kind == FindingKind.DEADLINE:
        return bool(data.get("relative")) and not data.get("due_on")
    return kind == FindingKind.RECURRING and not data.get("period")


def day_from(value: Any) -> dt.date | None:
    """A date from ISO text; None for anything else."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def problems(kind: str, data: Mapping[str, Any]) -> list[Problem]:
    """What is missing before the finding can be confirmed; empty when nothing is."""
    found: list[Problem] = []
    if kind in (FindingKind.TOPIC,) and not data.get("title"):
        found.append(Problem("title", "title"))
    if kind == FindingKind.BASIS and not (data.get("number") or data.get("kind")):
        found.append(Problem("number", "number"))
    if kind == FindingKind.TASK and not data.get("content"):
        found.append(Problem("content", "content"))
    if kind not in (FindingKind.QUOTA, FindingKind.DEADLINE, FindingKind.RECURRING):
        return found
    if not data.get("title"):
        found.append(Problem("title", "title"))
    if kind == FindingKind.QUOTA:
        if int(data.get("count") or 0) < 1:
            found.append(Problem("count", "count"))
        if data.get("period") not in PERIODS:
            found.append(Problem("period", "period"))
    if kind == FindingKind.DEADLINE and not is_standing(kind, data) and day_from(data.get("due_on")) is None:
        found.append(Problem("due_on", "due_on"))
    if kind == FindingKind.RECURRING and data.get("period") and data["period"] not in PERIODS:
        found.append(Problem("period", "period"))
    if not is_standing(kind, data) and audiences.empty(data.get("audience")):
        found.append(Problem("audience", "audience"))
    return found


def directive_of(kind: str, data: Mapping[str, Any]) -> DirectiveSpec | StandingDuty:
    """What a finding without problems asks for. Raises ValueError for kinds that ask for nothing."""
    audience = audiences.normal(data.get("audience"))
    who = str(data.get("who") or "")[:300]
    title = str(data.get("title") or "")[:300]
    if is_standing(kind, data):
        return StandingDuty(
            content=title,
            timeframe=str(data.get("timeframe") or data.get("relative") or "")[:200],
            audience=audience,
            who=who,
        )
    proof = Proof(data.get("proof") or Proof.OTHER)
    noun = str(data.get("noun") or "")[:30]
    if kind == FindingKind.QUOTA:
        return DirectiveSpec(
            kind=DirectiveKind.QUOTA,
            title=title,
            count=max(1, int(data["count"])),
            noun=noun or "bài",
            period=data["period"],
            proof=proof,
            genres=list(data.get("genres") or []),
            due_on=None,
            due_day=due_day_in(data["period"], data.get("due_day")),
            recipient=str(data.get("to") or "")[:200],
            audience=audience,
            who=who,
        )
    if kind == FindingKind.DEADLINE:
        due = day_from(data.get("due_on"))
        assert due is not None, "checked by problems()"
        return DirectiveSpec(
            kind=DirectiveKind.DEADLINE,
            title=title,
            count=1,
            noun=noun or ("báo cáo" if proof == Proof.REPORT else "lần"),
            period="",
            proof=proof,
            genres=[],
            due_on=due,
            due_day=None,
            recipient=str(data.get("to") or "")[:200],
            audience=audience,
            who=who,
        )
    if kind == FindingKind.RECURRING:
        return DirectiveSpec(
            kind=DirectiveKind.RECURRING,
            title=title,
            count=1,
            noun=noun or ("báo cáo" if proof == Proof.REPORT else "lần"),
            period=data["period"],
            proof=proof,
            genres=[],
            due_on=None,
            due_day=due_day_in(data["period"], data.get("due_day")),
            recipient=str(data.get("to") or "")[:200],
            audience=audience,
            who=who,
        )
    raise ValueError(kind)
