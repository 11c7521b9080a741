"""Duties that come back: every day, week, month, quarter, semester, year — or all the time.

The contract's words: daily weekly monthly monthly@25 quarterly semester yearly school_year regular.
"thường xuyên" is a duty only before a verb ("thường xuyên theo dõi"): "giáo dục thường xuyên" is a sector,
"chi thường xuyên" a budget line, "chủ động, thường xuyên, kịp thời" a wish. "sơ kết 05 năm" is no recurrence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from .document import Document, clause_bounds, in_quotes
from .model import Quota, Recurring
from .often import (
    AND_BY,
    BY_PERIOD,
    CLAUSE_START,
    DAY_ALONE,
    DAY_OF_MONTH,
    DAY_OF_QUARTER,
    DAY_OF_YEAR,
    DAYS_IN_BRACKETS,
    DUE,
    END_OF_PERIOD,
    EVERY,
    EVERY_SO_OFTEN,
    FROM_TO,
    HANDS_IN,
    HOW_OFTEN,
    INFORMS,
    LISTED_ITEM,
    MANNER,
    MEETING,
    MONTH_END,
    MONTH_THEN_DAY,
    NEXT_PERIOD,
    NOT_DUTY_BEFORE,
    NOT_REGULAR,
    OF_THE_WEEK,
    PER_DAY,
    PERIOD,
    PERIODIC,
    PLAN_OF,
    REGULAR,
    REGULAR_AFTER,
    REGULAR_APART,
    REGULAR_HEAD,
    REPORT_DAY,
    REPORT_LIST,
    REPORT_PERIODS,
    REPORT_WEEK,
    SO_OFTEN,
    TERM_END,
    TERMS_OVER,
    TIMEFRAME,
    WORDS,
    YEARLY_EVENT,
)
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .source.model import Block
from .who import item_unit, receiver, responsible


@dataclass(slots=True)
class _Hit:
    start: int  # of the words that say how often
    end: int
    recurrences: tuple[str, ...]
    quote_start: int
    quote_end: int
    confidence: float = 1.0


def _recurrence_words(printed: str) -> tuple[str, ...]:
    """ "6 tháng (trước ngày 15/6), năm" → semester, yearly; what stands in brackets is a day, no period."""
    printed = re.sub(r"\([^()]*\)", " ", printed)
    return tuple(dict.fromkeys(recurrence_word(m.group(0)) for m in re.finditer(PERIOD, printed, re.I)))


#: "chủ động, thường xuyên, kịp thời": how, not how often
_ADVERBS = ("chủ động,", "kịp thời,")


def recurrence_word(printed: str) -> str:
    """ "quý" → "quarterly"."""
    printed = " ".join(printed.split())
    for code, pattern in WORDS:
        if re.fullmatch(pattern, printed, re.I):
            return code
    raise ValueError(printed)


def find_recurring(doc: Document, quotas: list[Quota]) -> list[Recurring]:
    """All recurring duties in order; a quota counted in "lần" is one too ("ít nhất 1 lần/tháng")."""
    found: list[Recurring] = []
    taken = [(quota.span.start, quota.span.end) for quota in quotas]
    for block in doc.prose():
        theme = doc.outline.asks(block)
        if theme in (BUDGET, RESULTS) or is_topic(block.text):
            continue
        hits = _hits(block, taken, wish=theme == PURPOSE, content=theme == CONTENT)
        last: _Hit | None = None
        clauses: set[tuple[str, tuple[int, int]]] = set()
        for hit in _dated(block.text, sorted(hits, key=lambda h: h.start)):
            again = last is not None and last.recurrences == hit.recurrences
            if again and re.fullmatch(r"[\s(,:]*", block.text[last.end : hit.start]):  # type: ignore[union-attr]
                continue  # "hằng quý (trước ngày 20 tháng cuối quý)" comes back once
            last = hit
            if doc.is_cited(block.start + hit.start, block.start + hit.end):
                continue
            if in_quotes(block.text, hit.start, hit.end):
                continue
            who = responsible(doc, block, hit.start, hit.end)
            clause = clause_bounds(block.text, hit.start, hit.end)
            said = {(word, clause) for word in hit.recurrences if word != "regular"}
            if said and said <= clauses:
                continue  # "mỗi tuần 01 đề, công bố vào thứ Hai hằng tuần" comes back once
            clauses |= said
            to = receiver(block.text[clause[0] : clause[1]])
            span = doc.span(block.start + hit.quote_start, block.start + hit.quote_end)
            for recurrence in hit.recurrences:
                found.append(
                    Recurring(
                        span=span,
                        recurrence=recurrence,
                        who=who,
                        what=_what(block.text, hit, clause),
                        to=to,
                        confidence=hit.confidence,
                    )
                )
    rates = {
        "month": "monthly",
        "week": "weekly",
        "quarter": "quarterly",
        "semester": "semester",
        "year": "yearly",
    }
    for quota in quotas:
        if quota.unit == "lần" and quota.period:
            word = rates.get(quota.period, quota.period)
            if not any(
                r.recurrence == word and r.span.start < quota.span.end and r.span.end > quota.span.start
                for r in found
            ):
                found.append(Recurring(span=quota.span, recurrence=word, who=quota.who, what=quota.what))
    return sorted(found, key=lambda item: item.span.start)


def _dated(text: str, hits: list[_Hit]) -> list[_Hit]:
    """Without "từng tháng" where its day follows in brackets: "từng tháng (xong trước ngày 28 tháng trước)"."""
    return [
        hit
        for hit, after in zip_longest(hits, hits[1:])
        if after is None
        or hit.recurrences != ("monthly",)
        or not after.recurrences[0].startswith("monthly@")
        or not re.fullmatch(r"\s*\((?:xong|hoàn thành|gửi|nộp|báo cáo)?\s*", text[hit.end : after.start])
    ]


def _what(text: str, hit: _Hit, clause: tuple[int, int]) -> str | None:
    quote = text[hit.quote_start : hit.quote_end]
    words = text[hit.start : hit.end]
    what = quote.replace(words, " ", 1) if words in quote else quote
    what = " ".join(what.split()).strip(" ,;:.-–+")
    if len(what) < 8:
        what = " ".join(text[clause[0] : clause[1]].split()).strip(" ,;:.-–+")
    return what or None


def _hits(block: Block, rates: list[tuple[int, int]], *, wish: bool, content: bool) -> Iterator[_Hit]:
    text = block.text
    if not re.search(
        r"thường xuyên|liên tục|đều đặn|định kỳ|hằng|hàng (?:ngày|tuần|tháng|quý|năm)|mỗi|từng|báo cáo|của tháng|"
        r"ngày|tuần|tháng|quý|năm",
        text,
        re.I,
    ):
        return
    taken: list[tuple[int, int]] = []

    def claim(start: int, end: int) -> bool:
        if any(start < b and end > a for a, b in taken):
            return False
        taken.append((start, end))
        return True

    timeframe = TIMEFRAME.match(text)
    if timeframe:
        yield from _timeframe(text, timeframe)
        return
    for match in DAY_OF_MONTH.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            days = [int(day) for day in (match["first"], match["day"]) if day]
            yield _around(text, match, tuple(f"monthly@{day}" for day in days))
    for match in MONTH_THEN_DAY.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            yield _around(text, match, (f"monthly@{int(match['day'])}",))
    for match in DAYS_IN_BRACKETS.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, tuple(f"monthly@{int(day)}" for day in match.group("first", "day")))
    for match in DAY_OF_QUARTER.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, ("quarterly",))
    for match in DAY_OF_YEAR.finditer(text):
        if not DUE.match(match.group(0)) and (content or not HANDS_IN.search(text[: match.start()])):
            continue  # "Ngày hội đọc sách (21/4 hằng năm)": a day of the year, nobody's duty
        if claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["year"]),))
    for match in REPORT_WEEK.finditer(text):
        if claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), ("weekly",), match.start(), match.end())
    for match in OF_THE_WEEK.finditer(text):
        if not wish and not content and claim(match.start("day"), match.end()):
            yield _around(text, match, ("weekly",))
    for match in TERMS_OVER.finditer(text):
        if not wish and not content and claim(match.start("when"), match.end("when")):
            both = "năm học" in match["when"].lower()
            _, right = clause_bounds(text, match.start("when"), match.end("when"))
            terms_over: tuple[str, ...] = ("semester", "school_year") if both else ("semester",)
            yield _Hit(match.start("when"), match.end("when"), terms_over, match.start("when"), right, 0.8)
    for match in REPORT_DAY.finditer(text):
        if 1 <= int(match["day"]) <= 31 and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), (f"monthly@{int(match['day'])}",), match.start(), match.end())
    for match in EVERY_SO_OFTEN.finditer(text):
        word = SO_OFTEN.get((match["count"] or "1").lstrip("0").lower(), {}).get(match["unit"].lower())
        if word and not wish and not content and _is_duty(text, match) and claim(match.start(), match.end()):
            yield _around(text, match, (word,))
    for match in NEXT_PERIOD.finditer(text):
        if claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in MONTH_END.finditer(text):
        if not wish and not content and claim(match.start("when"), match.end("when")):
            word = "monthly" if match["month"] else "weekly" if match["week"] else "quarterly"
            _, right = clause_bounds(text, match.start("when"), match.end())
            yield _Hit(match.start("when"), match.end("when"), (word,), match.start("when"), right, 0.8)
    for match in MEETING.finditer(text):
        if not wish and not content and claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in END_OF_PERIOD.finditer(text):
        if not wish and not content and claim(match.start(), match.end()):
            yield _around(text, match, (recurrence_word(match["period"]),))
    for match in PER_DAY.finditer(text):
        if not wish and claim(match.start(), match.end()):
            yield _Hit(match.start(), match.end(), ("daily",), match.start(), match.end())
    for match in EVERY.finditer(text):
        if wish or not _is_duty(text, match) or PLAN_OF.search(text[: match.start()]):
            continue
        if content and not _spoken(text, match):
            continue  # "theo dõi sức khỏe hằng ngày", a yearly event: something to speak about
        words = _recurrence_words(match["periods"])
        end = match.end()
        tail = re.compile(
            r"(?:\s*(?:,|và)\s*(?:báo cáo\s+)?(?:sơ kết|tổng kết|cuối)\s+(?:học kỳ|học kì|năm học|"
            r"năm)(?!\s*(?:I{1,3}\b|\d)))+"
        ).match(text, end)
        if tail:
            words = (
                *words,
                *(recurrence_word(m.group(0)) for m in re.finditer(r"học kỳ|học kì|năm học|năm", tail.group(0))),
            )
            end = tail.end()
        if _is_rate(block, rates, match):
            continue
        if claim(match.start(), end):
            yield _around(text, match, tuple(dict.fromkeys(words)), end)
    if wish and not re.search(r"\bphải\b", text):
        return  # purposes are wishes, unless they say "phải"
    for match in REPORT_PERIODS.finditer(text):
        words = _recurrence_words(match["periods"])
        inside = re.search(
            r"(?:cùng(?: với)?|lồng ghép (?:vào|trong)|trong|kèm theo)\s*(?:các\s+)?$", text[: match.start()]
        )
        if inside and not set(words) <= {"weekly", "monthly", "quarterly"}:
            continue  # "cùng với báo cáo tổng kết năm học" is when it is due, once
        if len(words) < 2 and not re.search(r"định kỳ|hằng|hàng|cuối|mỗi", match.group(0), re.I):
            continue  # "báo cáo năm" alone names one report
        if claim(match.start("periods"), match.end()):
            taken.append((match.start(), match.start("periods")))
            yield _Hit(match.start("periods"), match.end(), words, match.start(), match.end(), 0.9)
    for listed in REPORT_LIST.finditer(text):
        for item in LISTED_ITEM.finditer(text, listed.start("items"), listed.end("items")):
            word = recurrence_word(item["period"])
            day = DAY_ALONE.search(item["day"]) if word == "monthly" else None
            if day and 1 <= int(day["day"]) <= 31:
                word = f"monthly@{int(day['day'])}"
            if not content and "/20" not in item["day"] and claim(item.start(), item.end()):
                yield _Hit(item.start(), item.end(), (word,), item.start(), item.end(), 0.9)
    for match in BY_PERIOD.finditer(text):
        if not wish and not content and claim(match.start("period"), match.end()):
            day = re.compile(r"\s*\((?:[^()\d]{0,20}ngày\s+(?P<day>\d{1,2})\)|[^()]{3,60}\))").match(
                text, match.end()
            )
            end = day.end() if day else match.end()
            word = recurrence_word(match["period"])
            if day and day["day"] and word == "monthly" and 1 <= int(day["day"]) <= 31:
                word = f"monthly@{int(day['day'])}"
            named = [word]
            while more := AND_BY.match(text, end):  # "theo tháng (ngày 25) và theo quý"
                named.append(recurrence_word(more["period"]))
                end = more.end()
            yield _Hit(match.start("period"), match.end(), tuple(named), match.start(), end)
    for match in TERM_END.finditer(text):
        terms = re.findall(r"(học k[ỳì]|năm học|năm)(?!\s+(?:I|\d))", match.group(0), re.I)
        if content or not terms or not HANDS_IN.search(text[: match.start()]):
            continue
        if claim(match.start(), match.end()):
            yield _around(text, match, tuple(dict.fromkeys(recurrence_word(term) for term in terms)))
    for match in REGULAR.finditer(text):
        if NOT_REGULAR.search(text[: match.start()]) or text[: match.start()].rstrip().endswith(_ADVERBS):
            continue
        if "," in match.group(0) and re.search(r"\bviệc\b[^,;.]{0,60}$", text[: match.start()]):
            continue  # "thông qua việc cung cấp thông tin thường xuyên, phản hồi nhanh chóng": how, not how often
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(
                match.start("adverb"),
                match.end("adverb"),
                ("regular",),
                match.start(),
                right,
                1.0 if item_unit(text) is None else 0.9,
            )
    for match in REGULAR_HEAD.finditer(text):
        before = text[: match.start("adverb")]
        if match["verb"][0].isupper() or NOT_REGULAR.search(before) or before.rstrip().endswith(_ADVERBS):
            continue
        if claim(match.start("adverb"), match.end()):
            _, right = clause_bounds(text, match.start("adverb"), match.end())
            yield _Hit(match.start("adverb"), match.end("adverb"), ("regular",), match.start("adverb"), right, 0.8)
    for match in REGULAR_AFTER.finditer(text):
        if wish and MANNER.match(text, match.end()):
            continue
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start("adverb"), match.end(), ("regular",), match.start(), right, 0.7)
    for match in REGULAR_APART.finditer(text):
        if wish and MANNER.match(text, match.end()):
            continue
        if NOT_REGULAR.search(text[: match.start("adverb")]):
            continue
        if claim(match.start(), match.end()):
            _, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start("adverb"), match.end(), ("regular",), match.start(), right, 0.7)
    for match in PERIODIC.finditer(text):
        if HOW_OFTEN.search(text, *clause_bounds(text, match.start(), match.end())):
            continue  # "định kỳ cung cấp thông tin (tối thiểu mỗi quý 01 lần)" says itself how often
        if claim(match.start(), match.end()):
            _left, right = clause_bounds(text, match.start(), match.end())
            yield _Hit(match.start(), match.end(), ("regular",), match.start(), right, 0.7)


def _timeframe(text: str, match: re.Match[str]) -> Iterator[_Hit]:
    value = match["value"]
    at = match.start("value")
    if re.match(r"thường xuyên|liên tục|đều đặn", value, re.I):
        yield _Hit(at, match.end(), ("regular",), 0, len(text))
        return
    every = EVERY.search(value)
    if every:
        words = _recurrence_words(every["periods"])
        yield _Hit(at, match.end(), words, 0, len(text))


def _is_duty(text: str, match: re.Match[str]) -> bool:
    """Not a budget ("kinh phí … hàng năm"), a festival, or a comparison."""
    before = text[: match.start()]
    if NOT_DUTY_BEFORE.search(before):
        return False
    words = match.groupdict()
    if str(words.get("periods") or words.get("unit")).lower().startswith("năm") and YEARLY_EVENT.search(before):
        return False
    return not re.match(r"\s*(?:\d+\s*%|có khoảng|bình quân)", text[match.end() :])


def _spoken(text: str, match: re.Match[str]) -> bool:
    """In a section of contents: does the clause itself speak of informing, not of what happens in schools?"""
    if match["periods"].lower().startswith("năm"):
        return False
    left, right = clause_bounds(text, match.start(), match.end())
    return bool(INFORMS.search(text, left, right)) and not FROM_TO.search(text, left, match.start())


def _is_rate(block: Block, rates: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """ "mỗi tháng 02 tin" is a quota; only "hằng" and "định kỳ" also say that the duty comes back."""
    if match.group(0).lower().startswith(("hằng", "hàng", "định kỳ")):
        return False
    start, end = block.start + match.start(), block.start + match.end()
    return any(start < b and end > a for a, b in rates)


def _around(text: str, match: re.Match[str], words: tuple[str, ...], end: int | None = None) -> _Hit:
    """The quote: from the adverb on when it leads its clause, else from the verb it belongs to."""
    stop = end if end is not None else match.end()
    left, right = clause_bounds(text, match.start(), stop)
    lead = text[left : match.start()].strip(" -–+*•,")
    if len(lead) < 4:
        return _Hit(match.start(), stop, words, match.start(), right)
    verb_start = left
    for verb in CLAUSE_START.finditer(text, left, match.start()):
        verb_start = verb.start("verb")
    return _Hit(
        match.start(),
        stop,
        words,
        verb_start,
        right if len(text[stop:right]) < 90 else stop,
    )
