"""Quotas: so many pieces of work per period.

  A  count unit / period      "ít nhất 01 bài/quý" · "02 tin mỗi tháng" · "01 video trong mỗi học kỳ"
  B  period … count unit      "mỗi tháng 02 tin" · "hằng quý có tối thiểu 01 phóng sự"
  C  once per period          "mỗi quý một lần" · "02 tuần/lần"
  D  count unit … in the year "trong năm 2025 có ít nhất 05 bài" · "ít nhất 10 bài trong năm học"
A percentage is never a quota: "tối thiểu 20% tổng chi" has no unit of this list after its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .amounts import (
    ALREADY,
    ALSO,
    ANOTHER,
    BARE,
    COORDINATE,
    COUNT,
    DAILY,
    DEED,
    DOWNWARDS,
    EACH_OWES,
    EVERY_FEW,
    FROM,
    HANDED_IN,
    HOW_MUCH,
    LEAST_BEFORE_MOST,
    LISTED_ON,
    MEDIA,
    MIN,
    MIN_WORD,
    MOST,
    MOST_WORD,
    ONCE,
    OVER_THE_YEAR,
    OWN_USE,
    PART,
    PERIOD,
    PERIOD_FIRST,
    PRAISED,
    RATE,
    REWARD,
    REWARDED,
    SCORING,
    SEVERAL,
    SOME,
    UNIT,
    YEAR_FRAME,
    number_of,
    period_code,
)
from .clues import folded
from .document import Counted, Document, Remark, clause_bounds, in_quotes, sentence_bounds
from .labels import strip_bullet
from .model import Question, Quota
from .outline import BUDGET, CONTENT, PURPOSE, RESULTS, is_topic
from .source.legible import legible_text
from .source.model import Block
from .units import unit_at
from .who import action, clause_unit, does, end_with_unit, listed_unit, responsible, towards_after

#: no list of a plan has more counts; it bounds the work on a hostile one
MAX_LISTED = 12


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    count: int
    max: int | None
    unit: str
    period: str | None
    minimum: bool
    #: the unit printed inside: "hằng tháng, mỗi trường gửi ít nhất 01 tin", "mỗi quý Liên đội dựng 01 video"
    who: str | None = None
    #: where the number stands; the words of its period may come before it
    at: int = -1
    #: the list it is one count of, from the first to the last: "10 tin, 03 bài và 01 video mỗi quý"
    whole: tuple[int, int] | None = None
    #: of such a list what is done, when that stands between its period and it: "mỗi quý đăng 10 tin và 03 bài"
    doing: str = ""


def find_quotas(doc: Document) -> list[Quota]:
    """All quotas of the text, in order; a maximum is none, and remarked on."""
    found: list[Quota] = []
    for block in doc.prose():
        if doc.outline.theme(block) in (BUDGET, RESULTS):
            continue
        found.extend(_in_block(doc, block))
    for counted in doc.counted:
        if counted.unit or HOW_MUCH.search(counted.heading) or rate_heading(counted.heading):
            found.extend(_in_cell(doc, counted))
    return sorted(found, key=lambda quota: quota.span.start)


#: "Tin, bài/tháng", "Số video mỗi học kỳ": a heading that says what is counted, and over which time
_RATE_HEADING = re.compile(
    rf"(?:^|\b|\d\s)(?:số\s+)?{UNIT}[^/]{{0,24}}?(?:\s*/\s*|\s*\(\s*|\s+(?:mỗi|hằng|hàng|một|trong|theo)\s+){PERIOD}",
    re.I,
)
_BARE_COUNT = re.compile(
    rf"\s*(?:(?P<min>(?:≥|>=|ít nhất|tối thiểu|từ)\s*)|(?P<most>{MOST_WORD}\s*))?"
    rf"(?P<count>\d{{1,3}})(?:\s*[-–]\s*(?P<max>\d{{1,3}}))?"
    rf"(?:\s+{UNIT})?\s*",
    re.I,
)


def rate_heading(heading: str) -> tuple[str, str] | None:
    """What a column counts, and over which time.

    >>> rate_heading("Tin, bài/tháng"), rate_heading("Số video mỗi học kỳ"), rate_heading("Thời gian")
    (('Tin, bài', 'month'), ('video', 'semester'), None)
    """
    match = _RATE_HEADING.search(heading)
    return (" ".join(match["unit"].split()).rstrip(","), period_code(match["period"])) if match else None


def _in_cell(doc: Document, counted: Counted) -> Iterator[Quota]:
    """Quotas of a cell of a task table: owed by who leads the row, unless the cell says whom it is for."""
    text = legible_text(doc.source.text[counted.start : counted.end])
    bare = _BARE_COUNT.fullmatch(text)
    rate = (counted.unit, None) if counted.unit else rate_heading(counted.heading)
    if rate and bare:
        if bare["most"] or re.search(MOST_WORD, counted.heading, re.I):
            doc.remarks.append(Remark("maximum", counted.start, counted.end))
            return
        yield Quota(
            span=doc.span(counted.start, counted.end),
            count=int(bare["count"]),
            max=int(bare["max"]) if bare["max"] else None,
            min=counted.least or bool(bare["min"]) or bool(re.search(r"tối thiểu|ít nhất", counted.heading, re.I)),
            unit=(bare["unit"] or rate[0]).lower(),
            period=rate[1],
            what=counted.what,
            who=counted.who,
            confidence=1.0 if counted.who else 0.8,
        )
        return
    for hit in sorted(_hits(text, folded(text), topic=True), key=lambda hit: hit.start):
        if hit.period is None:
            continue
        if _is_most(text, hit) or (not hit.minimum and re.search(MOST_WORD, counted.heading, re.I)):
            doc.remarks.append(Remark("maximum", counted.start + hit.start, counted.start + hit.end))
            continue
        hit.minimum = hit.minimum or re.search(r"tối thiểu|ít nhất", counted.heading, re.I) is not None
        who = towards_after(text[hit.end :]) or clause_unit(text[: hit.start]) or counted.who
        yield Quota(
            span=doc.span(counted.start + hit.start, counted.start + hit.end),
            count=hit.count,
            max=hit.max,
            min=hit.minimum,
            unit=hit.unit,
            period=hit.period,
            what=counted.what,
            who=who,
            confidence=1.0 if who else 0.8,
        )


def _in_block(doc: Document, block: Block) -> Iterator[Quota]:
    text = block.text
    words = doc.folded(block)
    if SCORING.search(text, words):
        return
    hits = sorted(_hits(text, words, topic=is_topic(text)), key=lambda hit: hit.start)
    if hits:
        above = _LISTED_MINIMUMS.match(text) or _SO_MANY_AT_LEAST.search(text)
        if above or _at_least(doc, block):
            for hit in hits:
                hit.minimum = hit.minimum or not above or hit.start >= above.end()
    previous: _Hit | None = None
    previous_quota: Quota | None = None
    most: _Hit | None = None
    for hit in hits:
        if doc.is_cited(block.start + hit.start, block.start + hit.end) or _is_news(doc, block, hit):
            continue
        if hit.unit == "lớp" and not re.search(r"tập huấn|bồi dưỡng|nghiệp vụ|kỹ năng", text, re.I):
            continue
        if in_quotes(text, hit.start, hit.end):
            continue  # a column called “Mỗi tuần một câu chuyện đẹp”
        if _is_most(text, hit) or (most is not None and _is_most_too(text, most, hit)):
            most = hit
            doc.remarks.append(Remark("maximum", block.start + hit.start, block.start + hit.end))
            continue
        if previous is not None and not hit.minimum and previous.minimum and _governs(text, previous, hit):
            hit.minimum = True
        towards, end = end_with_unit(text, hit.end)
        after_last = text[previous.end : hit.start] if previous is not None else ""
        who = (
            towards
            or hit.who
            or listed_unit(text[: hit.start])
            or clause_unit(re.sub(r"^\s*(?:[,;]|và)\s*", "", after_last))
            or responsible(doc, block, hit.start, hit.end)
        )
        what = _what(doc, block, hit, who)
        if previous_quota is not None and previous is not None and _governs(text, previous, hit):
            if (not what or len(what) < 25) and hit.whole is None:
                what = previous_quota.what
            if who is None:
                who = previous_quota.who
        sure = hit.period is not None
        if who is None and previous is not None and previous_quota is not None:
            who = _carried_over(text, previous, previous_quota.who, hit)
        quota = Quota(
            span=doc.span(block.start + hit.start, block.start + end),
            count=hit.count,
            max=hit.max,
            min=hit.minimum,
            unit=hit.unit,
            period=hit.period,
            what=what,
            who=who,
            confidence=1.0 if sure and who else 0.8 if sure else 0.5,
            question=None
            if sure
            else Question(
                "Chỉ tiêu này tính cho khoảng thời gian nào?",
                ("mỗi tháng", "mỗi quý", "mỗi học kỳ", "cả năm", "không phải chỉ tiêu"),
            ),
        )
        yield quota
        previous, previous_quota = hit, quota


#: "Định mức tối thiểu đối với từng loại hình đơn vị:"
_AT_LEAST = re.compile(
    r"(?:^|[.;)]\s)[^.;]{0,80}\b(?:tối thiểu|ít nhất)(?!\s*(?:\d|một|hai|ba|bốn|năm|là\s+\d))[^.;]{0,120}:\s*$",
    re.I | re.S,
)


#: "b) Số lượng tin, bài tối thiểu: Phòng GD&ĐT 08 tin, bài/tháng; trường THPT 04 …"
_LISTED_MINIMUMS = re.compile(
    r"[^.;:\d]{0,60}(?:[a-zđ\d]{1,2}[.)])?[^.;:\d]{0,60}\b(?:tối thiểu|ít nhất)[^.;:\d]{0,50}:", re.I
)


#: "gửi trước ngày 24 mỗi tháng với số lượng tối thiểu: trường mầm non 02 tin, bài/tháng, trường tiểu học 03 …"
_SO_MANY_AT_LEAST = re.compile(
    r"\b(?:số lượng|định mức|chỉ tiêu)[^.;:\d]{0,30}\b(?:tối thiểu|ít nhất)[^.;:\d]{0,30}:", re.I
)


def _at_least(doc: Document, block: Block) -> bool:
    """Does the line above a list say that its counts are minimums?"""
    label = doc.outline.places[block.index].label
    if label is None:
        return False
    for index in range(block.index - 1, max(-1, block.index - 12), -1):
        above = doc.source.blocks[index]
        other = doc.outline.places[index].label
        if above.text.rstrip().endswith(":") and (other is None or other.kind != label.kind):
            return bool(_AT_LEAST.search(above.text[-260:]))
        if other is None or other.kind != label.kind:
            return False
    return False


#: what makes a count in a section of contents one of communication
_INFORMS = re.compile(
    r"\b(?:tuyên truyền|truyền thông|thông tin|đăng|phát thanh|phát sóng|giao ban|họp báo|tin,? bài|báo chí|"
    r"truyền hình|báo|đài|cộng tác viên|phụ huynh|bảng tin|góc tuyên truyền|fanpage|zalo|website)\b",
    re.I,
)


def _is_news(doc: Document, block: Block, hit: _Hit) -> bool:
    """A wish without a period in a purpose; a count of schools' own doings in a section of contents."""
    theme = doc.outline.asks(block)
    if theme == PURPOSE:
        # "mỗi đơn vị phải có ít nhất 05 tin, bài" is asked for, wherever it stands
        return hit.period is None and not (
            hit.minimum
            and re.search(r"\bphải\b", block.text[clause_bounds(block.text, hit.start, hit.end)[0] : hit.end])
        )
    if theme != CONTENT or MEDIA.match(hit.unit):
        return False
    left, right = clause_bounds(block.text, hit.start, hit.end)
    named = block.text.find(":", 0, 60)  # "Báo điện tử: 20 tin, bài mỗi tháng; 01 tọa đàm mỗi quý"
    return not (_INFORMS.search(block.text, left, right) or _INFORMS.search(block.text, 0, max(named, 0)))


def _what(doc: Document, block: Block, hit: _Hit, who: str | None) -> str | None:
    """What is counted: the words before the number, or the whole clause when they are too few."""
    # of a list the words around all of it: its other counts are no part of what this one counts
    start, end = hit.whole or (hit.start, hit.end)
    _, end = end_with_unit(block.text, end)
    before = action(doc, block, start, end)
    if hit.whole is None and before and len(before) >= 15 and before != who:
        return before
    left, right = clause_bounds(block.text, start, end)
    lead = strip_bullet(block.text[left:start])[0]
    clause = " ".join(f"{lead} {hit.doing} {hit.unit} {block.text[end:right]}".split()).strip(" ,;:.()-–+*•")
    return clause if clause != hit.unit else None if hit.whole else before


def _is_most(text: str, hit: _Hit) -> bool:
    """Does the text name the number a maximum? The quote then begins with the word that does.

    "ít nhất 02, tối đa 05 bài/tháng" is none: 02 are owed.
    """
    for place in (hit.at, hit.start):
        cue = MOST.search(text, max(0, place - 40), place)
        if cue is None:
            continue
        both = LEAST_BEFORE_MOST.search(text, max(0, place - 80), place)
        if both and (both["unit"] or hit.unit).lower() == hit.unit.lower():
            hit.count, hit.max, hit.minimum = int(both["least"]), hit.count, True
            hit.start = min(hit.start, both.start())
            return False
        hit.start = min(hit.start, cue.start())
        return not hit.minimum
    return DOWNWARDS.match(text, hit.end) is not None


def _is_most_too(text: str, most: _Hit, hit: _Hit) -> bool:
    """Does the word before the first count of a list name this one too: "tối đa 04 tin và 02 bài mỗi tháng"?"""
    return hit.start == hit.at and not hit.minimum and LISTED_ON.fullmatch(text, most.end, hit.start) is not None


def _carried_over(text: str, previous: _Hit, who: str | None, hit: _Hit) -> str | None:
    """Who owes the count before, over a semicolon of the same sentence: "mỗi trường 01 video/quý; 02 bài/tháng".

    Not where it was named behind its count, nor where words before a colon name somebody not known as a unit.
    """
    left, right = sentence_bounds(text, previous.start, previous.end)
    if who is None or right < hit.end or ":" in text[previous.end : hit.at]:
        return None
    return who if text.find(who, left, previous.at) >= 0 else None


#: a bracket closed that was not opened here
_LEAVES_BRACKETS = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*\)")


def _governs(text: str, first: _Hit, second: _Hit) -> bool:
    """ "tối thiểu" printed once before the first of two coordinated quotas covers both."""
    between = text[first.end : second.start]
    return (
        len(between) < 170
        # "10 tin (trong đó tối thiểu 02 bài); mỗi đơn vị 05 tin": a minimum in brackets stays in them
        and not _LEAVES_BRACKETS.match(between)
        and sentence_bounds(text, first.start, first.end)[1] >= second.start
        and not re.search(r"[.!?]\s", between)
        and not ANOTHER.search(between)
        # "không dưới 02 pano, thay nội dung mỗi học kỳ một lần"
        and not (second.unit == "lần" and first.period is None)
        and not re.search(r"\btrong đó\s*$", between)
        and not (";" in between and first.period != second.period and first.unit != second.unit)
    )


def _hits(text: str, words: str, *, topic: bool) -> Iterator[_Hit]:
    if not re.search(r"\d|một|hai|ba|lần", text):
        return
    taken: list[tuple[int, int]] = []
    rates: list[_Hit] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    for match in RATE.finditer(text, words):
        start = _trimmed(text, match.start())
        if SOME.search(text, max(0, start - 10), start):
            continue
        if ALREADY.search(text[max(0, start - 60) : start]) or REWARD.search(text, max(0, start - 120), start):
            continue
        if REWARDED.match(text, match.end()):
            continue
        hit = _make(match, start, match.end(), period_code(match["period"]))
        taken.append((start, match.end()))
        counts, capped = [hit], False
        while len(counts) < MAX_LISTED:
            edge = counts[0].start
            if counts[0] is hit and (cue := MOST.search(text, max(0, edge - 40), edge)):
                edge, capped = cue.start(), True  # "ít nhất 02 tin, tối đa 05 bài mỗi tháng"
            coordinate = COORDINATE.search(text, max(0, edge - 80), edge)
            if not coordinate or not free(coordinate.start(), coordinate.end()):
                break
            taken.append((coordinate.start(), coordinate.end()))
            counts.insert(
                0, _make(coordinate, _trimmed(text, coordinate.start()), coordinate.end("unit"), hit.period)
            )
        if len(counts) > 1:
            whole, lower = (counts[0].start, hit.end), False
            for one in counts:
                lower = one.minimum or lower
                one.minimum = lower and not (capped and one is hit)
                one.whole = whole
        rates.append(hit)
        yield from counts
    for match in PERIOD_FIRST.finditer(text, words):
        start = match.start()
        if not free(start, match.end()) or ALREADY.search(text[max(0, start - 60) : match.end()]):
            continue
        if re.search(
            r"%|\b(?:ngày|giờ|(?<!các )lớp|tuổi)\b|\b(?:tháng|quý|tuần|khối)\s+\w{1,3}\s*(?:,|và|-|–)\s*$",
            match["middle"],
        ):
            continue
        taken.append((start, match.end()))
        hit = _make(match, start, match.end(), period_code(match["period"]))
        rates.append(hit)
        listed = match.end()
        while more := _ALSO_OF.match(text, listed):
            if unit_at(more["who"]) != more["who"].strip():
                break
            listed = more.end()
            taken.append((more.start("count"), listed))
            at = more.start("min") if more["min"] else more.start("count")
            also = _make(more, at, listed, period_code(match["period"]))
            also.minimum = also.minimum or hit.minimum
            yield also
        inside = match["middle"].strip(" ,:")
        unit = unit_at(inside)
        hit.who = unit if unit and (unit == inside or does(inside[len(unit) :])) else None
        # "mỗi tháng 02 tin và 01 bài", "mỗi tháng 03 tin (đối với A), 02 tin (đối với B)"
        also_of = [hit]
        end = _upto_next(text, match.end())
        while more := ALSO.match(text, end):
            end = more.end()
            taken.append((more.start("count"), end))
            at = more.start("min") if more["min"] else more.start("count")
            also_of.append(_make(more, at, end, period_code(match["period"])))
        if len(also_of) > 1:
            for one in also_of:
                one.whole, one.doing = (hit.start, end), inside
        yield from also_of
    for match in ONCE.finditer(text, words):
        if not free(match.start(), match.end()):
            continue
        count = match["count"]
        if count is None and "/" not in match.group(0):
            continue
        if SEVERAL.search(text, max(0, match.start() - 12), match.start()):
            continue  # "02 tuần/lần", "hai tuần một lần": every two weeks is no rate of this contract
        taken.append((match.start(), match.end()))
        yield _Hit(
            match.start(),
            match.end(),
            number_of(count) if count else 1,
            None,
            "lần",
            period_code(match["period"]),
            bool(match["min"]),
            at=match.start("count") if count else match.start(),
        )
    for match in FROM.finditer(text, words):
        period = _part_of(text, match.start(), rates)
        if period and free(match.start(), match.end()):
            taken.append((match.start(), match.end()))
            yield _make(match, match.start(), match.end(), period)
    for match in PART.finditer(text, words):
        period = _part_of(text, match.start("count"), rates)
        at = match.start("min") if match["min"] else match.start("count")
        if (
            period
            and free(at, match.end())
            and re.match(r"tin|bài|số|video|phóng sự|clip|chuyên mục|chuyên đề", match["unit"], re.I)
        ):
            taken.append((at, match.end()))
            yield _make(match, at, match.end(), period)
    for match in OVER_THE_YEAR.finditer(text, words):
        start = _trimmed(text, match.start())
        if free(start, match.end()) and not ALREADY.search(text[max(0, start - 60) : start]):
            taken.append((start, match.end()))
            yield _make(match, start, match.end(), period_code(match["period"]))
    for match in EACH_OWES.finditer(text, words):
        at, end = match.start("amount"), match.end()
        if not free(at, end) or match["unit"].lower().startswith("báo cáo") or EVERY_FEW.match(text, end):
            continue
        if OWN_USE.match(match["unit"]) and not HANDED_IN.search(match["does"]):
            continue
        taken.append((at, end))
        yield _make(match, at, end, _framed(text, end, sentence_bounds(text, at, end)[1]))
        # "01 tiết mục và 02 bài viết"
        while (more := ALSO.match(text, end)) and free(more.start("count"), more.end()):
            end = more.end()
            taken.append((more.start("count"), end))
            yield _make(more, more.start("min") if more["min"] else more.start("count"), end, None)
    if topic:
        return
    for match in DEED.finditer(text, words):
        at, end = match.start("amount"), match.end()
        if free(at, end) and match["count"].isdigit() and not OWN_USE.match(match["unit"]):
            taken.append((at, end))
            yield _make(match, at, end, None)
    for match in BARE.finditer(text, words):
        if EVERY_FEW.match(text, match.end()) or PRAISED.search(text, max(0, match.start() - 40), match.start()):
            continue
        if not free(match.start(), match.end()) or not MEDIA.match(match["unit"]):
            continue
        if DAILY.search(text, *clause_bounds(text, match.start(), match.end())):
            continue
        frame = _framed(text, *sentence_bounds(text, match.start(), match.end()))
        if frame is None:
            frame = _part_of(text, match.start(), rates)
        taken.append((match.start(), match.end()))
        yield _make(match, match.start(), match.end(), frame)
        # "ít nhất 05 tin, bài và 01 video clip": the minimum and the time of the first
        end = match.end()
        while (
            (more := ALSO.match(text, end)) and MEDIA.match(more["unit"]) and free(more.start("count"), more.end())
        ):
            end = more.end()
            taken.append((more.start("count"), end))
            also = _make(more, more.start("count"), end, frame)
            also.minimum = True
            yield also


#: "mỗi tháng có ít nhất 04 tin, bài …; trường mầm non: 02 tin, bài"
_ALSO_OF = re.compile(
    rf"[^;:.]{{0,60}};\s*(?P<who>[^;:.\d]{{3,60}}?):\s*{MIN}{COUNT}\s*{UNIT}(?!\w|\s*/|\s+(?:mỗi|trong)\s)",
    re.I,
)
_ON_TO_NEXT = re.compile(
    rf"(?:\s+(?!và\b|hoặc\b|mỗi\b|trong\b)[^\s,;:.()/\d]+){{1,5}}(?=\s*(?:,|và|hoặc)\s+(?:{MIN_WORD}\s+)?"
    rf"(?:\d|(?:một|hai|ba|bốn|sáu)\s+{UNIT.replace('?P<unit>', '?:')}))",
    re.I,
)


def _upto_next(text: str, end: int) -> int:
    """Past the words between a count and the next of the same period: "01 tọa đàm trực tuyến, 01 bài"."""
    between = _ON_TO_NEXT.match(text, end)
    return between.end() if between else end


def _framed(text: str, start: int, end: int) -> str | None:
    """The year that a sentence names: "trong năm học có ít nhất 10 tin, bài"."""
    frame = None
    for candidate in YEAR_FRAME.finditer(text, start, end):
        frame = period_code(candidate["period"])
    return frame


def _part_of(text: str, start: int, rates: list[_Hit]) -> str | None:
    """The period of "04 bài/quý, trong đó có ít nhất 01 video": a part counts over the time of the whole."""
    for rate in reversed(rates):
        between = text[rate.end : start]
        if rate.end <= start and re.fullmatch(r"[^.]{0,40}\btrong đó[^;.]{0,60}", between):
            return rate.period
    return None


def _trimmed(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _make(match: re.Match[str], start: int, end: int, period: str | None) -> _Hit:
    groups = match.groupdict()
    minimum = bool(groups.get("min")) or bool(groups.get("up")) or bool(groups.get("up2"))
    unit = " ".join(match["unit"].split()).rstrip(",")
    maximum = groups.get("max")
    return _Hit(
        start,
        end,
        number_of(match["count"]),
        int(maximum) if maximum else None,
        unit,
        period,
        minimum,
        at=match.start("count"),
    )
