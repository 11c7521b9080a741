"""Deadlines: a day, a month, a quarter or an event by which something is due.

  dated     "trước ngày 31/5/2025" · "chậm nhất ngày 15 tháng 12 năm 2025" · "trước 15/12" · "trong tháng 3/2025"
  relative  "chậm nhất 10 ngày làm việc kể từ…" · "trong quý II" · "cùng với báo cáo tổng kết năm học"
A date inside a citation is none; "trước ngày 25 hằng tháng" comes back and belongs to recurring.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .dates import PrintedDate, from_match, make
from .document import Document, clause_bounds, sentence_bounds
from .due import (
    AIM,
    AND_DAY,
    ANOTHER_DAY,
    ANSWERED,
    ANSWERS,
    BARE,
    BEFORE,
    BEFORE_EVENT,
    BY,
    DATED,
    DAY_OF,
    DOES,
    DONE,
    DONE_IN,
    DONE_WITHIN,
    EVENT,
    EXAM,
    HANDED_OVER,
    HANDED_WITHIN,
    HANDS_IN,
    HELD_ON,
    IN_FORCE,
    IN_MONTH,
    IN_TERM,
    NOT_DUE,
    ON,
    ON_DAYS,
    QUARTER,
    REFERRED,
    RELATIVE,
    REPORT_DAY,
    SCOPE,
    SINCE,
    SO_LONG,
    SO_OFTEN,
    SPAN_BEFORE,
    TO_FINISH,
    WEEK_OF,
    WEEKDAY,
    YEARLY,
)
from .model import Deadline, Question, Quota
from .outline import BUDGET, CONTENT, OPENING, PURPOSE, RESULTS, is_topic
from .source.model import Block
from .who import action, end_with_unit, receiver, responsible

#: no paragraph of a plan names more days; it bounds the work on a hostile one
MAX_PER_BLOCK = 40


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    bound: str
    date: PrintedDate | None = None
    relative: str | None = None


def find_deadlines(doc: Document, quotas: Sequence[Quota] = ()) -> list[Deadline]:
    """All deadlines of the prose, in order; a quarter that is the time of a quota is none.

    Task tables keep their own timeframe column.
    """
    counted = [quota.span for quota in quotas if quota.period == "quarter"]
    found: list[Deadline] = []
    for block in doc.prose():
        theme = doc.outline.asks(block)
        if theme == RESULTS:
            continue
        soft = theme not in (BUDGET, PURPOSE) and not is_topic(block.text) and theme != CONTENT
        previous: Deadline | None = None
        hits = list(islice(_hits(doc, block, soft), MAX_PER_BLOCK))
        for hit in sorted(hits, key=lambda h: h.start):
            start, end = block.start + hit.start, block.start + hit.end
            if hit.date is None and any(start < span.end and end > span.start for span in counted):
                continue
            deadline = _deadline(doc, block, hit, previous)
            found.append(deadline)
            previous = deadline
    return found


def _deadline(doc: Document, block: Block, hit: _Hit, previous: Deadline | None) -> Deadline:
    text = block.text
    unit, end = end_with_unit(text, hit.end)
    scope = SCOPE.match(text, end) if unit is None else None
    if scope is not None:
        end = scope.end()
    left, right = clause_bounds(text, hit.start, hit.end)
    what = action(doc, block, hit.start, hit.end)
    to = receiver(text[left : hit.start]) or receiver(text[hit.end : right])
    if previous is not None and previous.span.end <= block.start + hit.start:
        between = doc.source.text[previous.span.end : block.start + hit.start]
        if len(between) < 12 or (not HANDS_IN.search(between) and ";" not in between and len(between) < 160):
            what, to = previous.what, to or previous.to
    question = None
    if hit.date is not None and hit.date.year_inferred:
        question = Question(f"Văn bản không in năm. Hiểu là ngày {_vietnamese(hit.date.iso)}?", (hit.date.iso,))
    return Deadline(
        span=doc.span(block.start + hit.start, block.start + end),
        date=hit.date.iso if hit.date else None,
        relative=hit.relative,
        bound=hit.bound,
        who=responsible(doc, block, hit.start, hit.end),
        what=what,
        to=to,
        scope=" ".join((scope["inside"] or scope["open"]).split()) if scope else None,
        year_inferred=bool(hit.date and hit.date.year_inferred),
        confidence=0.85 if question else 1.0 if hit.date else 0.8,
        question=question,
    )


def _vietnamese(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _hits(doc: Document, block: Block, soft: bool) -> Iterator[_Hit]:
    text = block.text
    theme = doc.outline.asks(block)
    budget = theme == BUDGET
    words = doc.folded(block)
    if not re.search(
        r"trước|nhất|hạn|hết|ngày|tháng|quý|cùng|trong|khi|không|báo cáo|từ|nhận|vào|dự kiến|sáng|chiều|tối",
        text,
        re.I,
    ):
        return
    taken: list[tuple[int, int]] = []

    def claim(start: int, end: int) -> bool:
        if any(start < b and end > a for a, b in taken):
            return False
        if doc.is_cited(block.start + start, block.start + end):
            return False
        taken.append((start, end))
        return True

    for bound, pattern in DATED:
        for match in pattern.finditer(text, words):
            printed = _printed(doc, match)
            if printed is None or (
                bound == ON
                and not HANDS_IN.search(text[clause_bounds(text, match.start(), match.end())[0] : match.start()])
            ):
                continue
            if _is_stretch(text, match.start(), match.end()) or (
                printed.year_inferred and YEARLY.search(text, max(0, match.start() - 24), match.start())
            ):
                if printed.year_inferred:
                    taken.append((match.start(), match.end()))
                continue  # "hằng năm trước ngày 15/12" comes back
            clause = text[slice(*clause_bounds(text, match.start(), match.end()))]
            due = HANDED_OVER.search(clause) or (
                theme == PURPOSE and TO_FINISH.match(clause) and "%" not in clause
            )
            if AIM.search(clause) or IN_FORCE.search(clause) or (not soft and not budget and not due):
                continue  # "phấn đấu đến hết ngày …", "tuyển sinh (hoàn thành trước …)": news, nobody's duty here
            start = match.start()
            narrowed = (
                re.search(r"(?:đến|tới)\s+[^;]*$", match.group(0))
                if match.group(0).lower().startswith(("hoàn thành", "xong", "gửi", "báo cáo", "nộp", "kết thúc"))
                else None
            )
            if narrowed:
                start += narrowed.start()
            if claim(start, match.end()):
                yield _Hit(start, match.end(), bound, printed)
                # "chậm nhất ngày 05/6 và ngày 05/12"
                end = match.end()
                while (more := AND_DAY.match(text, end)) and (also := _printed(doc, more)):
                    end = more.end()
                    if claim(more.start("day"), end):
                        yield _Hit(more.start("day"), end, bound, also)
    for match in HANDED_WITHIN.finditer(text, words):
        printed = _printed(doc, match)
        if printed and claim(match.start("day"), match.end("day")):
            yield _Hit(match.start("day"), match.end("day"), BY, printed)
    for match in REPORT_DAY.finditer(text, words):
        printed = _printed(doc, match)
        reported = printed and soft and re.search(r"báo cáo", text[: match.start()], re.I)
        if reported and claim(match.start("day"), match.end("day")):
            yield _Hit(match.start("day"), match.end("day"), ON, printed)
    for match in ON_DAYS.finditer(text, words):
        printed = _printed(doc, match)
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if printed and soft and printed.precision == "day" and HANDS_IN.search(clause):
            first = make(match["first"], printed.iso[5:7], printed.iso[:4])
            if first and claim(match.start(), match.end()):
                inferred = printed.year_inferred
                yield _Hit(match.start(), match.end("first"), ON, PrintedDate(first.iso, "day", inferred))
                yield _Hit(match.start("day"), match.end(), ON, printed)
    listed = -1  # the end of a bare date after which another may stand in a list
    for match in BARE.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if listed >= 0 and len(clause) < 30 and re.fullmatch(r"[^.]{0,40}", text[listed : match.start()]):
            clause = text[sentence_bounds(text, match.start(), match.end())[0] : match.start()]
        printed = _printed(doc, match)
        if (
            (printed and HANDS_IN.search(clause) and not NOT_DUE.search(clause) and not is_topic(text) and soft)
            and not _is_stretch(text, match.start(), match.end())
            and claim(match.start(), match.end())
        ):
            listed = match.end()
            yield _Hit(match.start(), match.end(), ON, printed)
    for bound, pattern in RELATIVE:
        for match in pattern.finditer(text, words):
            left = clause_bounds(text, match.start(), match.end())[0]
            if (
                not soft
                and not (budget and bound == BY and SINCE.search(match.group(0)))
                and not (
                    theme == PURPOSE
                    and bound == BY
                    and ANSWERED.search(text, left, match.start())
                    and not is_topic(text)
                )
            ):
                continue  # a wish; but "được trả lời trong thời hạn 05 ngày làm việc" is asked for
            end = _cut(text, match.start(), match.end())
            loose = match.group(0).lower().startswith("trong")
            if match.group(0).endswith("phút") and not ANSWERS.search(
                text, clause_bounds(text, match.start(), match.end())[0], match.start()
            ):
                continue  # "phát thanh trong 15 phút" is how long
            if SO_LONG.match(match.group(0)) or (
                bound == BEFORE and SPAN_BEFORE.search(text, max(0, match.start() - 20), match.start())
            ):
                continue
            if WEEKDAY.search(text, match.start(), end):
                continue  # "trước 16 giờ ngày thứ Năm hằng tuần" comes back
            handed = HANDS_IN.search(text[: match.start()])
            if bound == ON and match.group(0).lower().startswith("cùng") and not handed:
                continue
            if bound == ON and loose and not HANDS_IN.search(text[: match.start()]):
                continue
            if claim(match.start(), end):
                yield _Hit(match.start(), end, bound, None, " ".join(text[match.start() : end].split()))
    if not soft:
        return
    for match in BEFORE_EVENT.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if DONE.search(clause) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), BEFORE, None, " ".join(match.group(0).split()))
    for match in IN_TERM.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        if DONE.search(clause) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), BY, None, " ".join(match.group(0).split()))
    for match in HELD_ON.finditer(text, words):
        printed = _printed(doc, match)
        if printed and _is_held(doc, block, match, printed.iso) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), ON, printed)
    for match in WEEK_OF.finditer(text, words):
        left = clause_bounds(text, match.start(), match.end())[0]
        if DOES.search(text, left, match.start()) and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), BY, None, " ".join(match.group(0).split()))
    months: list[int] = []
    for match in IN_MONTH.finditer(text, words):
        clause = text[clause_bounds(text, match.start(), match.end())[0] : match.start()]
        # "lớp thứ nhất … trong tháng 3; lớp thứ hai … trong tháng 8": one of a list
        among = months and ";" in text[months[-1] : match.start()] and "." not in text[months[-1] : match.start()]
        leads = not clause.strip(" -–+*•") and DOES.match(text[match.end() :].lstrip(" ,:"))
        if not leads and not among and not DOES.search(clause):
            continue
        if SO_OFTEN.search(clause) and not DONE.search(clause):
            continue
        printed = _printed(doc, match)
        if printed and not _is_stretch(text, match.start(), match.end()) and claim(match.start(), match.end()):
            months.append(match.end())
            yield _Hit(match.start(), match.end(), BEFORE if match["before"] else BY, printed)
    for match in DONE_IN.finditer(text, words):
        printed = None if match["quarter"] else _printed(doc, match)
        if (printed or match["quarter"]) and claim(match.start("span"), match.end("span")):
            relative = None if printed else " ".join(match["quarter"].split())
            yield _Hit(match.start("span"), match.end("span"), BY, printed, relative)
    for match in DONE_WITHIN.finditer(text, words):
        if not AIM.search(text, *clause_bounds(text, match.start(), match.end())) and claim(
            match.start("span"), match.end("span")
        ):
            yield _Hit(match.start("span"), match.end("span"), BY, None, " ".join(match["span"].split()))
    for match in QUARTER.finditer(text, words):
        left = clause_bounds(text, match.start(), match.end())[0]
        if match["loose"] and not DOES.search(text, left, match.start()):
            continue
        if claim(match.start(), match.end()):
            relative = " ".join(match.group(0).split())
            yield _Hit(match.start(), match.end(), BEFORE if match["before"] else BY, None, relative)


def _is_held(doc: Document, block: Block, match: re.Match[str], day: str) -> bool:
    """Is something held on the day: not before the document is issued, no day of an exam or of remembrance?"""
    text, start = block.text, match.start()
    if match.start("date") == start or doc.outline.zone(block) == OPENING or (doc.issued and day < doc.issued):
        return False
    before = max(0, start - 60), start
    if REFERRED.search(text, *before) or (match["day"][:3].lower() != "vào" and DAY_OF.search(text, *before)):
        return False
    if _is_stretch(text, match.start("date"), match.end()):
        return False
    left, _ = clause_bounds(text, start, match.end())
    events = list(EVENT.finditer(text, max(left, start - 200), start))
    if not events or ANOTHER_DAY.search(text, events[-1].end(), start):
        return False
    exams = list(EXAM.finditer(text, left, start))
    own = [event for event in events if not exams or event.start() > exams[-1].end()]
    return bool(own) and (not exams or own[-1].group(0).lower() not in ("tổ chức", "diễn ra"))


def _is_stretch(text: str, start: int, end: int) -> bool:
    """ "từ ngày 15/11 đến ngày 20/11/2025" is how long something lasts, not a deadline (unless one hands in)."""
    if re.search(r"(?:nộp|gửi|nhận bài|đăng ký)[^;.]{0,60}$", text[max(0, start - 100) : start], re.I):
        return False
    if re.search(r"(?:cuộc|hội) thi[^;.]{0,80}$", text[max(0, start - 120) : start], re.I) and re.match(
        r"[^;.]{0,40}\b(?:nộp|gửi)\b", text[end:]
    ):
        return False  # "phát động cuộc thi từ … đến hết …, mỗi chi đoàn nộp ít nhất 03 ảnh"
    return bool(
        re.search(
            r"\btừ\s+(?:ngày\s+|tháng\s+|đầu\s+tháng\s+)?\d{1,2}(?:\s*[/.]\s*\d{1,2}(?:\s*[/.]\s*\d{4})?)?\s*(?:-|–|đến|"
            r"tới)?\s*(?:hết\s+)?(?:ngày\s+|cuối\s+)?$",
            text[max(0, start - 40) : start],
        )
    )


def _cut(text: str, start: int, end: int) -> int:
    """A relative deadline ends where the next clause begins: ", …"."""
    comma = re.compile(
        r",\s+(?!tháng|quý|năm|học)|\s+(?:và\s+)?gửi\s+(?:về|cho|tới|đến|qua|Sở|Phòng|Văn)\b"
    ).search(text, start + 12, end)
    if comma:
        end = comma.start()
    while end > start and text[end - 1] in " ,":
        end -= 1
    return end


def _year(doc: Document, month: int) -> int | None:
    """The year of a day printed without one: the period's; in the months before a school year, the plan's own."""
    start = doc.period.school_year
    if start and doc.issued and f"{start}-04" <= doc.issued[:7] < f"{start}-08" and month >= int(doc.issued[5:7]):
        return start
    return doc.period.year_of(month)


def _printed(doc: Document, match: re.Match[str]) -> PrintedDate | None:
    groups = match.groupdict()
    full = from_match(match, 1, 2, 7, 5)
    if full:
        return full
    for number in (3, 4, 6):
        month = groups.get(f"m{number}")
        if month:
            if not 1 <= int(month) <= 12:
                return None
            year = _year(doc, int(month))
            if year is None:
                return None
            made = make(groups.get(f"d{number}"), month, year)
            return PrintedDate(made.iso, made.precision, True) if made else None
    return None
