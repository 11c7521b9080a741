"""The readers of the patterns of `often`: which words of a block say that something comes back, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .clues import Clued, folded
from .dates import code_of
from .document import clause_bounds
from .often import (
    AND_AT_THE_END,
    AND_BY,
    ANYTHING,
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
    INSIDE_ANOTHER,
    ITS_DAY,
    LISTED_ITEM,
    MANNER,
    MEETING,
    MONTH_END,
    MONTH_THEN_DAY,
    MONTH_THEN_DEED,
    NEXT_PERIOD,
    NOT_DUTY_BEFORE,
    NOT_REGULAR,
    OF_THE_WEEK,
    ON_ONE_DAY,
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
from .source.model import Block
from .who import item_unit


@dataclass(slots=True)
class Hit:
    """Words that say how often something comes back, and the words to quote."""

    start: int
    end: int
    recurrences: tuple[str, ...]
    quote_start: int
    quote_end: int
    confidence: float = 1.0
    #: the words no later hit may have, when not those from `start` to `end`
    claim: tuple[int, int] | None = None
    #: from where on words before the claim are had too, whoever else read them
    lead: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A block, and what its place in the document makes of what it says."""

    block: Block
    #: its text as clues are looked for
    words: str
    #: where quotas stand
    rates: list[tuple[int, int]]
    #: under purposes: what is hoped for
    wish: bool
    #: under contents: what is to be spoken about
    content: bool

    @property
    def text(self) -> str:
        return self.block.text

    @property
    def plain(self) -> bool:
        """Whether what it says is simply to be done."""
        return not self.wish and not self.content


_Reader = Callable[[Passage], Iterator[Hit]]
#: "chủ động, thường xuyên, kịp thời": how, not how often
_ADVERBS = ("chủ động,", "kịp thời,")


def _recurrence_words(printed: str) -> tuple[str, ...]:
    """ "6 tháng (trước ngày 15/6), năm" → semester, yearly; what stands in brackets is a day, no period."""
    printed = re.sub(r"\([^()]*\)", " ", printed)
    return tuple(dict.fromkeys(recurrence_word(m.group(0)) for m in re.finditer(PERIOD, printed, re.I)))


def recurrence_word(printed: str) -> str:
    """ "quý" → "quarterly"."""
    return code_of(printed, WORDS)


def hits(passage: Passage) -> Iterator[Hit]:
    """What says that something comes back, in no order; each word is read once, by the first reader to know it."""
    if not ANYTHING.search(passage.text):
        return
    if timeframe := TIMEFRAME.match(passage.text, passage.words):
        yield from _timeframe(passage.text, timeframe)
        return
    # Purposes are wishes, unless they say "phải".
    wished = passage.wish and not re.search(r"\bphải\b", passage.text)
    taken: list[tuple[int, int]] = []
    for read in _EVEN_WISHED if wished else (*_EVEN_WISHED, *_OWED):
        for hit in read(passage):
            start, end = hit.claim or (hit.start, hit.end)
            if any(start < b and end > a for a, b in taken):
                continue
            taken.append((start if hit.lead is None else hit.lead, end))
            yield hit


def _day_of_month(passage: Passage) -> Iterator[Hit]:
    for match in DAY_OF_MONTH.finditer(passage.text, passage.words):
        if 1 <= int(match["day"]) <= 31:
            days = [int(day) for day in (match["first"], match["day"]) if day]
            yield _around(passage.text, match, tuple(f"monthly@{day}" for day in days))


def _month_then_day(passage: Passage) -> Iterator[Hit]:
    for pattern in (MONTH_THEN_DAY, MONTH_THEN_DEED):
        for match in pattern.finditer(passage.text, passage.words):
            if 1 <= int(match["day"]) <= 31 and (passage.plain or pattern is MONTH_THEN_DAY):
                yield _around(passage.text, match, (f"monthly@{int(match['day'])}",))


def _days_in_brackets(passage: Passage) -> Iterator[Hit]:
    for match in DAYS_IN_BRACKETS.finditer(passage.text, passage.words):
        yield _around(passage.text, match, tuple(f"monthly@{int(day)}" for day in match.group("first", "day")))


def _day_of_quarter(passage: Passage) -> Iterator[Hit]:
    for match in DAY_OF_QUARTER.finditer(passage.text, passage.words):
        yield _around(passage.text, match, ("quarterly",))


def _day_of_year(passage: Passage) -> Iterator[Hit]:
    for match in DAY_OF_YEAR.finditer(passage.text, passage.words):
        if not DUE.match(match.group(0)) and (
            passage.content or not HANDS_IN.search(passage.text[: match.start()])
        ):
            continue  # "Ngày hội đọc sách (21/4 hằng năm)": a day of the year, nobody's duty
        yield _around(passage.text, match, (recurrence_word(match["year"]),))


def _report_week(passage: Passage) -> Iterator[Hit]:
    for match in REPORT_WEEK.finditer(passage.text, passage.words):
        yield Hit(match.start(), match.end(), ("weekly",), match.start(), match.end())


def _of_the_week(passage: Passage) -> Iterator[Hit]:
    if not passage.plain:
        return
    for match in OF_THE_WEEK.finditer(passage.text, passage.words):
        yield replace(_around(passage.text, match, ("weekly",)), claim=(match.start("day"), match.end()))


def _terms_over(passage: Passage) -> Iterator[Hit]:
    if not passage.plain:
        return
    for match in TERMS_OVER.finditer(passage.text, passage.words):
        start, end = match.span("when")
        words = ("semester", "school_year") if "năm học" in match["when"].lower() else ("semester",)
        yield Hit(start, end, words, start, clause_bounds(passage.text, start, end)[1], 0.8)


def _report_day(passage: Passage) -> Iterator[Hit]:
    for match in REPORT_DAY.finditer(passage.text, passage.words):
        if 1 <= int(match["day"]) <= 31:
            words = (f"monthly@{int(match['day'])}",)
            yield Hit(match.start(), match.end(), words, match.start(), match.end())


def _every_so_often(passage: Passage) -> Iterator[Hit]:
    if not passage.plain:
        return
    for match in EVERY_SO_OFTEN.finditer(passage.text, passage.words):
        word = SO_OFTEN.get((match["count"] or "1").lstrip("0").lower(), {}).get(match["unit"].lower())
        if word and _is_duty(passage.text, match):
            yield _around(passage.text, match, (word,))


def _month_end(passage: Passage) -> Iterator[Hit]:
    if not passage.plain:
        return
    for match in MONTH_END.finditer(passage.text, passage.words):
        start, end = match.span("when")
        word = "monthly" if match["month"] else "weekly" if match["week"] else "quarterly"
        yield Hit(start, end, (word,), start, clause_bounds(passage.text, start, match.end())[1], 0.8)


def _named(pattern: Clued, *, only_plain: bool = False) -> _Reader:
    """A reader of words that name their period themselves."""

    def read(passage: Passage) -> Iterator[Hit]:
        if passage.plain or not only_plain:
            for match in pattern.finditer(passage.text, passage.words):
                yield _around(passage.text, match, (recurrence_word(match["period"]),))

    return read


def _per_day(passage: Passage) -> Iterator[Hit]:
    if passage.wish:
        return
    for match in PER_DAY.finditer(passage.text, passage.words):
        yield Hit(match.start(), match.end(), ("daily",), match.start(), match.end())


def _every(passage: Passage) -> Iterator[Hit]:
    text = passage.text
    if passage.wish:
        return
    for match in EVERY.finditer(text, passage.words):
        if not _is_duty(text, match) or PLAN_OF.search(text[: match.start()]):
            continue
        if passage.content and not _spoken(text, match):
            continue  # "theo dõi sức khỏe hằng ngày", a yearly event: something to speak about
        if _is_rate(passage, match):
            continue
        words, end = _recurrence_words(match["periods"]), match.end()
        if also := AND_AT_THE_END.match(text, end):
            terms = re.finditer(r"học kỳ|học kì|năm học|năm", also.group(0))
            words, end = (*words, *(recurrence_word(term.group(0)) for term in terms)), also.end()
        yield _around(text, match, tuple(dict.fromkeys(words)), end)


def _report_periods(passage: Passage) -> Iterator[Hit]:
    for match in REPORT_PERIODS.finditer(passage.text, passage.words):
        words = _recurrence_words(match["periods"])
        inside = INSIDE_ANOTHER.search(passage.text[: match.start()])
        if inside and not set(words) <= {"weekly", "monthly", "quarterly"}:
            continue  # "cùng với báo cáo tổng kết năm học" is when it is due, once
        if words in (("yearly",), ("school_year",)) and ON_ONE_DAY.match(passage.text, match.end()):
            continue  # "báo cáo cuối năm trước ngày 18/5/2024" is due once
        if len(words) < 2 and not re.search(r"định kỳ|hằng|hàng|cuối|mỗi", match.group(0), re.I):
            continue  # "báo cáo năm" alone names one report
        start, end = match.start("periods"), match.end()
        yield Hit(start, end, words, match.start(), end, 0.9, lead=match.start())


def _report_list(passage: Passage) -> Iterator[Hit]:
    text = passage.text
    if passage.content:
        return
    for listed in REPORT_LIST.finditer(text, passage.words):
        for item in LISTED_ITEM.finditer(text, *listed.span("items")):
            if "/20" in item["day"]:
                continue
            word = recurrence_word(item["period"])
            day = DAY_ALONE.search(item["day"]) if word == "monthly" else None
            if day and 1 <= int(day["day"]) <= 31:
                word = f"monthly@{int(day['day'])}"
            yield Hit(item.start(), item.end(), (word,), item.start(), item.end(), 0.9)


def _by_period(passage: Passage) -> Iterator[Hit]:
    text = passage.text
    if not passage.plain:
        return
    for match in BY_PERIOD.finditer(text, passage.words):
        word, end = recurrence_word(match["period"]), match.end()
        if its_day := ITS_DAY.match(text, end):
            end = its_day.end()
            if its_day["day"] and word == "monthly" and 1 <= int(its_day["day"]) <= 31:
                word = f"monthly@{int(its_day['day'])}"
        words = [word]
        while more := AND_BY.match(text, end):  # "theo tháng (ngày 25) và theo quý"
            words.append(recurrence_word(more["period"]))
            end = more.end()
        yield Hit(match.start("period"), match.end(), tuple(words), match.start(), end)


def _term_end(passage: Passage) -> Iterator[Hit]:
    if passage.content:
        return
    for match in TERM_END.finditer(passage.text, passage.words):
        terms = re.findall(r"(học k[ỳì]|năm học|năm)(?!\s+(?:I|\d))", match.group(0), re.I)
        if terms and HANDS_IN.search(passage.text[: match.start()]):
            words = dict.fromkeys(recurrence_word(term) for term in terms)
            yield _around(passage.text, match, tuple(words))


def _regular(passage: Passage) -> Iterator[Hit]:
    text = passage.text
    for match in REGULAR.finditer(text, passage.words):
        before = text[: match.start()]
        if NOT_REGULAR.search(before) or before.rstrip().endswith(_ADVERBS):
            continue
        if "," in match.group(0) and re.search(r"\bviệc\b[^,;.]{0,60}$", before):
            continue  # "thông qua việc cung cấp thông tin thường xuyên, phản hồi nhanh chóng": how, not how often
        sure = 1.0 if item_unit(text) is None else 0.9
        yield _always(text, match.start(), match.end(), match.span("adverb"), sure)


def _regular_head(passage: Passage) -> Iterator[Hit]:
    for match in REGULAR_HEAD.finditer(passage.text, passage.words):
        before = passage.text[: match.start("adverb")]
        if match["verb"][0].isupper() or NOT_REGULAR.search(before) or before.rstrip().endswith(_ADVERBS):
            continue
        yield _always(passage.text, match.start("adverb"), match.end(), match.span("adverb"), 0.8)


def _regular_after(passage: Passage) -> Iterator[Hit]:
    for match in REGULAR_AFTER.finditer(passage.text, passage.words):
        if passage.wish and MANNER.match(passage.text, match.end()):
            continue
        yield _always(passage.text, *match.span(), (match.start("adverb"), match.end()), 0.7)


def _regular_apart(passage: Passage) -> Iterator[Hit]:
    for match in REGULAR_APART.finditer(passage.text, passage.words):
        if passage.wish and MANNER.match(passage.text, match.end()):
            continue
        if NOT_REGULAR.search(passage.text[: match.start("adverb")]):
            continue
        yield _always(passage.text, *match.span(), (match.start("adverb"), match.end()), 0.7)


def _periodic(passage: Passage) -> Iterator[Hit]:
    for match in PERIODIC.finditer(passage.text, passage.words):
        if HOW_OFTEN.search(passage.text, *clause_bounds(passage.text, *match.span())):
            continue  # "định kỳ cung cấp thông tin (tối thiểu mỗi quý 01 lần)" says itself how often
        yield _always(passage.text, *match.span(), match.span(), 0.7)


def _always(text: str, start: int, end: int, words: tuple[int, int], confidence: float) -> Hit:
    """What is done all the time: `words` say so, the quote goes from `start` to where its clause ends."""
    return Hit(*words, ("regular",), start, clause_bounds(text, start, end)[1], confidence, claim=(start, end))


def _timeframe(text: str, match: re.Match[str]) -> Iterator[Hit]:
    value = match["value"]
    at = match.start("value")
    if re.match(r"thường xuyên|liên tục|đều đặn", value, re.I):
        yield Hit(at, match.end(), ("regular",), 0, len(text))
        return
    every = EVERY.search(value, folded(value))
    if every:
        words = _recurrence_words(every["periods"])
        yield Hit(at, match.end(), words, 0, len(text))


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


def _is_rate(passage: Passage, match: re.Match[str]) -> bool:
    """ "mỗi tháng 02 tin", "hằng tuần gửi 02 tin": so many a month is a quota, and owed as one."""
    start, end = passage.block.start + match.start(), passage.block.start + match.end()
    return any(start < b and end > a for a, b in passage.rates)


def _around(text: str, match: re.Match[str], words: tuple[str, ...], end: int | None = None) -> Hit:
    """The quote: from the adverb on when it leads its clause, else from the verb it belongs to."""
    stop = end if end is not None else match.end()
    left, right = clause_bounds(text, match.start(), stop)
    lead = text[left : match.start()].strip(" -–+*•,")
    if len(lead) < 4 or (lead.endswith(":") and len(lead) < 40):
        return Hit(match.start(), stop, words, match.start(), right)
    verb_start = left
    for verb in CLAUSE_START.finditer(text, left, match.start()):
        verb_start = verb.start("verb")
    return Hit(
        match.start(),
        stop,
        words,
        verb_start,
        right if len(text[stop:right]) < 90 else stop,
    )


#: the first that knows a word has it; what stands under purposes is asked the first ones only
_EVEN_WISHED: tuple[_Reader, ...] = (
    _day_of_month,
    _month_then_day,
    _days_in_brackets,
    _day_of_quarter,
    _day_of_year,
    _report_week,
    _of_the_week,
    _terms_over,
    _report_day,
    _every_so_often,
    _named(NEXT_PERIOD),
    _month_end,
    _named(MEETING, only_plain=True),
    _named(END_OF_PERIOD, only_plain=True),
    _per_day,
    _every,
)
_OWED: tuple[_Reader, ...] = (
    _report_periods,
    _report_list,
    _by_period,
    _term_end,
    _regular,
    _regular_head,
    _regular_after,
    _regular_apart,
    _periodic,
)
