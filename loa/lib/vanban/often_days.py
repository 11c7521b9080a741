"""On which day something that comes back is due: of the week, of the month, of the quarter.

A day that Loa can count by is kept; of any other ("thứ Sáu tuần cuối hằng tháng") the officer is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .document import Document, Remark, clause_bounds, in_quotes
from .model import Quota
from .often import DAY_OF_MONTH, THU
from .often_read import Hit
from .source.model import ROW, Block


@dataclass(frozen=True, slots=True)
class DueDay:
    """`day`: of the (last) month of the period; negative: so many days after its end. `weekday`: 1 Monday … 7."""

    day: int | None = None
    weekday: int | None = None


#: no day is printed
_ANY = DueDay()
#: how far behind the word that something comes back its day may stand
_NEAR = 60
_NAMES = {"hai": 1, "ba": 2, "tư": 3, "năm": 4, "sáu": 5, "bảy": 6, "chủ nhật": 7, "cn": 7}
_WEEKDAY = rf"(?:{THU}|(?-i:T[2-7]|CN)|chủ nhật)(?!\w)"
#: "thứ Ba và thứ Sáu", "thứ Hai, Tư, Sáu", "thứ Hai đến thứ Sáu", "T2-T6"
_WEEKDAYS = re.compile(
    rf"(?<!\w)(?P<first>{_WEEKDAY})(?:\s*(?:,|và|hoặc|-|–|/|đến|tới)\s*(?:(?:sáng|chiều|tối|ngày)\s+)?"
    rf"(?:{_WEEKDAY}|(?-i:Hai|Ba|Tư|Năm|Sáu|Bảy)(?!\w)|[2-7](?=\s*(?:[,);.]|và|hằng|hàng|mỗi|$))))*",
    re.I,
)
#: "lần thứ hai", "tuần thứ ba": the ordinal
_ORDINAL = re.compile(r"(?:lần|đợt|số|tháng|quý|cấp|tuần)\s+$", re.I)
#: no day on which something is due: "từ thứ Sáu tuần trước", "trừ Chủ nhật"
_NOT_DUE = re.compile(r"(?<!\w)(?:từ|trừ|sau|nghỉ)\s+(?:(?:sáng|chiều|tối|ngày)\s+)?$", re.I)
#: "trước thứ Hai tuần sau"
_OTHER_WEEK = re.compile(r"\s+(?:của\s+)?tuần\s+(?P<when>sau|tiếp theo|kế tiếp|liền kề|trước)(?!\w)", re.I)
#: "Trước 16 giờ thứ Sáu, tổng hợp tin hằng tuần": the day leads the clause
_LEADS = re.compile(rf"\W*(?:trước|chậm nhất|muộn nhất|vào)\s[^,;]{{0,30}}?{_WEEKDAY}\s*,?\s*", re.I)

_DAY = r"ngày\s+(?:mùng\s+|mồng\s+)?(?P<day>0?[1-9]|[12]\d|3[01])"
_NEXT = r"(?P<next>\s+(?:sau|tiếp theo|kế tiếp|liền kề))"
#: "ngày 20 (của) tháng cuối quý", "ngày 05 của tháng đầu quý sau"; the days of other months cannot be kept
_OF_QUARTER = re.compile(
    rf"{_DAY}\s*(?:của\s+)?tháng\s+(?P<which>cuối|đầu|thứ \w+)\s+(?:của\s+)?(?:mỗi\s+|hằng\s+)?quý{_NEXT}?", re.I
)
#: "trong 05 ngày đầu của tháng sau"
_FIRST_DAYS = re.compile(
    rf"(?P<day>0?[1-9]|[12]\d)\s+ngày\s+đầu(?:\s+tiên)?\s+(?:của\s+)?(?:mỗi\s+|hằng\s+)?(?P<of>tháng|quý){_NEXT}?",
    re.I,
)
#: "thứ Sáu tuần cuối hằng tháng", "tuần thứ hai của tháng", "tuần đầu của quý", "03 ngày làm việc đầu tháng"
_ODD = re.compile(
    rf"{_WEEKDAY}(?:\s+của)?\s+(?:tuần\s+)?(?:đầu|cuối|thứ\s+\w+|giữa)(?:\s+(?:tiên|cùng))?|"
    rf"(?<!\w)tuần\s+cuối[^,;.]{{0,30}}?{_WEEKDAY}|"
    r"(?<!\w)tuần\s+(?:đầu|giữa|thứ\s+\w+)(?:\s+tiên)?(?!\s+(?:năm học|năm))|"
    r"(?<!\w)(?:\d{1,2}\s+)?ngày\s+làm việc\s+(?:đầu|thứ\s+\w+)(?:\s+tiên)?",
    re.I,
)
#: between a count and its day: " về Văn phòng Sở trước ", ", gửi chậm nhất 16h00 "
_OWN = re.compile(
    r"[^,;:]*(?:,\s*(?:(?:gửi|nộp|hoàn thành|xong)\s+)?(?:về\s[^,;:]{1,40}\s)?"
    r"(?:trước|chậm nhất|muộn nhất|vào|hạn)[^,;:]{0,20})?",
    re.I,
)
#: by when several are due
_BY = re.compile(rf"(?<!\w)(?:trước|(?:chậm|muộn) nhất|hạn|xong)\s[^,;]{{0,30}}?{_WEEKDAY}", re.I)
_EVERY_WEEK = re.compile(r"\s*,?\s*(?:hằng|hàng|mỗi)\s+tuần", re.I)
_DAYS_OF = {"week": _WEEKDAYS, "month": DAY_OF_MONTH.pattern, "quarter": _OF_QUARTER}


def due_days(doc: Document, block: Block, hit: Hit) -> dict[str, DueDay]:
    """Of each word for how often in a hit the day on which it is due, as far as Loa counts by it; the rest is
    remarked on.
    """
    text = block.text
    left, right = clause_bounds(text, hit.start, hit.end)
    near = min(right, hit.end + _NEAR)
    found: dict[str, DueDay] = {}
    for word in hit.recurrences:
        if word == "weekly":
            start = left if _LEADS.fullmatch(text, left, hit.quote_start) else hit.quote_start
            found[word] = weekday_due(doc, block, start, max(hit.quote_end, near))
        elif word in ("monthly", "quarterly"):
            found[word] = _of_month(doc, block, word, min(hit.start, hit.quote_start), near)
    return found


def weekday_due(doc: Document, block: Block, start: int, end: int) -> DueDay:
    """The one weekday named between two places of a block, of the week after as so many days after; several, or
    none that is due, are remarked on.
    """
    text = block.text
    named = [
        match
        for match in _WEEKDAYS.finditer(text, start, end)
        if not in_quotes(text, *match.span())
        and not (
            match["first"][-1].islower() and match["first"].islower() and _ORDINAL.search(text, 0, match.start())
        )
    ]
    if not named:
        return _ANY
    first = named[0]
    other = _OTHER_WEEK.match(text, first.end())
    after = other is not None and other["when"].lower() != "trước"
    if (
        len(named) == 1
        and first.group(0) == first["first"]
        and (after or other is None)
        and not _NOT_DUE.search(text[: first.start()])
    ):
        number = _number(first["first"])
        return DueDay(day=-number) if after else DueDay(weekday=number)
    _lost(doc, block, first.start(), named[-1].end())
    return _ANY


def _lost(doc: Document, block: Block, start: int, end: int) -> None:
    """Tell of a day that is not kept, once."""
    remark = Remark("day_lost", block.start + start, block.start + end)
    if remark not in doc.remarks:
        doc.remarks.append(remark)


def _number(printed: str) -> int:
    """ "thứ Sáu" → 5, "T2" → 1, "Chủ nhật" → 7."""
    word = re.sub(r"^(?:thứ\s+|T(?=\d))", "", " ".join(printed.split()), flags=re.I).lower()
    return int(word) - 1 if word.isdigit() else _NAMES[word]


def with_days(doc: Document, quotas: list[Quota]) -> list[Quota]:
    """Counts with the day by which they are due: "mỗi tuần 02 tin, gửi trước thứ Sáu", "02 bài/tháng trước ngày 25
    hằng tháng".
    """
    return [_with_day(doc, quota) if quota.period in _DAYS_OF else quota for quota in quotas]


def _with_day(doc: Document, quota: Quota) -> Quota:
    block = doc.source.block_at(quota.span.start)
    if block is None or block.kind == ROW:
        return quota
    text = block.text
    begin, end = quota.span.start - block.start, quota.span.end - block.start
    left, right = clause_bounds(text, begin, end)
    pattern = _DAYS_OF[quota.period or ""]
    days = list(pattern.finditer(text, left, right))
    if not days:
        return quota
    # "phát 3 buổi/tuần, nộp kịch bản trước thứ Năm": the day is of what follows
    own = days[0].start() < begin or _OWN.fullmatch(text, end, days[0].start())
    if quota.period != "week":
        if len(days) > 1 or not own or days[0].groupdict().get("first"):
            return quota
        return replace(quota, due_day=_of_month_day(days[0]))
    if own and (quota.count == 1 or _BY.search(text, left, right)):
        due = weekday_due(doc, block, left, right)
        return replace(quota, due_day=due.day, due_weekday=due.weekday)
    if not _EVERY_WEEK.match(text, days[-1].end()):  # else a duty of its own keeps it
        _lost(doc, block, days[0].start(), days[-1].end())
    return quota


def _of_month(doc: Document, block: Block, word: str, start: int, end: int) -> DueDay:
    """The day of a monthly or quarterly duty that is not part of how often it comes ("monthly@25")."""
    text = block.text
    if word == "quarterly" and (match := _OF_QUARTER.search(text, start, end)):
        if day := _of_month_day(match):
            return DueDay(day)
    elif match := _FIRST_DAYS.search(text, start, end):
        if match["next"] and match["of"].lower() == ("quý" if word == "quarterly" else "tháng"):
            return DueDay(-int(match["day"]))
        if word == "monthly" and match["of"].lower() == "tháng" and not match["next"]:
            return DueDay(int(match["day"]))
    else:
        match = _ODD.search(text, start, end)
    if match:
        _lost(doc, block, *match.span())
    return _ANY


def _of_month_day(match: re.Match[str]) -> int | None:
    """The day of a match of DAY_OF_MONTH or `_OF_QUARTER`; None where Loa cannot count by it."""
    words, day = match.groupdict(), int(match["day"])
    if "which" not in words:
        return day if 1 <= day <= 31 else None
    which = words["which"].lower()
    if words["next"]:
        return -day if which == "đầu" else None
    return day if which == "cuối" else None
