"""Duties that come back: every day, week, month, quarter, semester, year — or all the time.

The contract's words: daily weekly monthly monthly@25 quarterly semester yearly school_year regular.
"thường xuyên" is a duty only before a verb ("thường xuyên theo dõi"): "giáo dục thường xuyên" is a sector,
"chi thường xuyên" a budget line, "chủ động, thường xuyên, kịp thời" a wish. "sơ kết 05 năm" is no recurrence.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from .document import Document, clause_bounds, in_quotes
from .model import Quota, Recurring
from .often import CAPTION
from .often_days import DueDay, due_days
from .often_read import Hit, Passage, hits
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .who import acting, receiver


def find_recurring(doc: Document, quotas: list[Quota]) -> list[Recurring]:
    """All recurring duties in order; a quota counted in "lần" is one too ("ít nhất 1 lần/tháng")."""
    found: list[Recurring] = []
    taken = [(quota.span.start, quota.span.end) for quota in quotas]
    maxima = [(remark.start, remark.end) for remark in doc.remarks if remark.code == "maximum"]
    for block in doc.prose():
        theme = doc.outline.asks(block)
        if theme in (BUDGET, RESULTS) or is_topic(block.text) or CAPTION.match(block.text, doc.folded(block)):
            continue
        if block.text.isupper():
            continue  # a title: "CHỈ TIÊU CỦA CÁC KHOA TRONG MỖI HỌC KỲ"
        passage = Passage(block, doc.folded(block), taken, wish=theme == PURPOSE, content=theme == CONTENT)
        last: Hit | None = None
        clauses: set[tuple[str, tuple[int, int]]] = set()
        for hit in _dated(block.text, sorted(hits(passage), key=lambda h: h.start)):
            again = last is not None and last.recurrences == hit.recurrences
            if again and re.fullmatch(r"[\s(,:]*", block.text[last.end : hit.start]):  # type: ignore[union-attr]
                continue  # "hằng quý (trước ngày 20 tháng cuối quý)" comes back once
            last = hit
            if doc.is_cited(block.start + hit.start, block.start + hit.end):
                continue
            if in_quotes(block.text, hit.start, hit.end):
                continue
            if any(block.start + hit.start < b and block.start + hit.end > a for a, b in maxima):
                continue  # "hằng tháng tối đa 03 bài": nothing needs to come back
            who, sent_by = acting(doc, block, hit.start, hit.end)
            clause = clause_bounds(block.text, hit.start, hit.end)
            said = {(word, clause) for word in hit.recurrences if word != "regular"}
            if said and said <= clauses:
                continue  # "mỗi tuần 01 đề, công bố vào thứ Hai hằng tuần" comes back once
            clauses |= said
            to = receiver(block.text[clause[0] : clause[1]])
            span = doc.span(block.start + hit.quote_start, block.start + hit.quote_end)
            days = due_days(doc, block, hit)
            for recurrence in hit.recurrences:
                due = days.get(recurrence, DueDay())
                found.append(
                    Recurring(
                        span=span,
                        recurrence=recurrence,
                        who=who,
                        sent_by=sent_by,
                        what=_what(block.text, hit, clause),
                        to=to,
                        due_day=due.day,
                        due_weekday=due.weekday,
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
                found.append(
                    Recurring(
                        span=quota.span,
                        recurrence=word,
                        who=quota.who,
                        what=quota.what,
                        due_day=quota.due_day,
                        due_weekday=quota.due_weekday,
                    )
                )
    return sorted(found, key=lambda item: item.span.start)


def _dated(text: str, hits: list[Hit]) -> list[Hit]:
    """Without "từng tháng" where its day follows in brackets: "từng tháng (xong trước ngày 28 tháng trước)"."""
    return [
        hit
        for hit, after in zip_longest(hits, hits[1:])
        if after is None
        or hit.recurrences != ("monthly",)
        or not after.recurrences[0].startswith("monthly@")
        or not re.fullmatch(r"\s*\((?:xong|hoàn thành|gửi|nộp|báo cáo)?\s*", text[hit.end : after.start])
    ]


def _what(text: str, hit: Hit, clause: tuple[int, int]) -> str | None:
    quote = text[hit.quote_start : hit.quote_end]
    words = text[hit.start : hit.end]
    what = quote.replace(words, " ", 1) if words in quote else quote
    what = " ".join(what.split()).strip(" ,;:.-–+")
    if len(what) < 8:
        what = " ".join(text[clause[0] : clause[1]].split()).strip(" ,;:.-–+")
    return what or None
