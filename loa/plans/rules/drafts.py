"""From a reading (`Reading.to_dict()`) to the findings an officer checks, in the order of the document. Pure.

Nothing is corrected: `data` holds what was read in the shape the forms edit, `original` is the same and never
changed again. Names of units are still words here; plans.names turns them into units and classes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from loa.lib.vi import fold
from loa.plans.rules.directives import (
    day_from,
    genres_of,
    last_day_in_time,
    proof_of,
    recurrence_of,
)
from loa.plans.rules.states import FindingKind
from loa.plans.rules.timeframes import dates_of
from loa.plans.rules.topics import Candidate, best_match, likeness, parent_number, short_title

Item = Mapping[str, Any]
#: warnings of the reader that belong to a finding rather than standing alone
_ON_BASIS = frozenset({"suffix", "later_than_plan", "two_dates"})
_ON_DEADLINE = frozenset({"deadline_passed"})
#: asked for by the plan's header, or asked as a question of the finding
_ELSEWHERE = frozenset({"number_blank", "date_blank", "quota_without_who", "deadline_conflict"})
#: headings under the content section that name no theme
_NO_THEME = re.compile(
    r"^(?:noi dung (?:truyen thong|thong tin|tuyen truyen|trong tam|cu the|chung)\b"
    r"|cac nhiem vu (?:truyen thong )?khac|thoi gian\b|hinh thuc\b|phuong thuc\b|doi tuong\b|kenh\b"
    r"|yeu cau\b|muc dich\b|giai phap\b)"
)
#: period → how a duty of every such period is named
EVERY = {
    "week": "hằng tuần",
    "month": "hằng tháng",
    "quarter": "hằng quý",
    "semester": "học kỳ",
    "year": "hằng năm",
    "school_year": "năm học",
}
_BEFORE = re.compile(r"truoc ngay (?:mung |mong )?(\d{1,2})\b")
_BEFORE_WEEKDAY = re.compile(r"truoc (?:ngay )?(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|cn)\b")


@dataclass
class Draft:
    """A finding to be written, still without a row."""

    kind: FindingKind
    label: str
    data: dict[str, Any]
    quote: str = ""
    start: int | None = None
    end: int | None = None
    line: int | None = None
    page: int | None = None
    question: dict[str, Any] | None = None
    warning: dict[str, Any] | None = None
    position: int = 0
    #: of a task: the theme it belongs to
    topic: Draft | None = None
    #: words for whom, to be resolved to an audience: role of the field → names
    names: dict[str, list[str]] = attribute(default_factory=dict)


def drafts_of(reading: Item, *, starts_on: dt.date | None = None, ends_on: dt.date | None = None) -> list[Draft]:
    """Every finding of a reading, numbered from 1 in the order of the document."""
    topics = _topics(reading)
    quotas = [_quota(item) for item in reading.get("quotas", ())]
    found = [
        *_bases(reading),
        *topics,
        *_tasks(reading, topics, starts_on, ends_on),
        *quotas,
        *(_deadline(item) for item in reading.get("deadlines", ())),
        *_recurring(reading),
    ]
    found.extend(_warnings(reading, found))
    order = list(FindingKind)
    found.sort(key=lambda draft: (draft.start is None, draft.start or 0, order.index(draft.kind)))
    for position, draft in enumerate(found, start=1):
        draft.position = position
    for draft in found:
        if draft.topic is not None:
            draft.data["topic"] = draft.topic.position
    _conflicts(found)
    return found


#: "a)", "1.", "2.1)" before an item
_MARK = re.compile(r"^(?:[a-zđ]|\d{1,2}(?:\.\d{1,2})*)[.)]\s+", re.IGNORECASE)


def title_of(text: str, limit: int = 160) -> str:
    """A line to read in lists: no mark of its item, white space folded, first letter large, cut at a word."""
    words = _MARK.sub("", " ".join((text or "").split()).strip(" -–+•*;:,.")).replace(" ,", ",")
    if len(words) > limit:
        words = words[: limit + 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
    return words[:1].upper() + words[1:]


def names_in(who: str | None) -> list[str]:
    """Names of units in the words for whom: parted at semicolons and line breaks."""
    return [part for part in (" ".join(p.split()).strip(" -–.,") for p in re.split(r"[;\n]", who or "")) if part]


def _place(item: Item) -> dict[str, Any]:
    return {key: item.get(key) for key in ("start", "end", "line", "page")} | {"quote": item.get("quote") or ""}


def _bases(reading: Item) -> list[Draft]:
    drafts = []
    for item in reading.get("legal_refs", ()):
        data: dict[str, Any] = {
            "kind": item.get("type") or "",
            "number": item.get("number") or "",
            "date": item.get("date") or "",
            "issuer": item.get("issuer") or "",
            "subject": item.get("subject") or "",
            "role": item.get("role") or "cited",
            "mentions": item.get("mentions") or 1,
            "note": "",
        }
        label = " ".join(str(part) for part in (data["kind"], data["number"]) if part)
        drafts.append(Draft(FindingKind.BASIS, label[:500], data, **_place(item)))
    for item in reading.get("named_laws", ()):
        name = item.get("name") or ""
        data = {
            "kind": name,
            "number": "",
            "date": "",
            "issuer": "",
            "subject": "",
            "role": "cited",
            "mentions": item.get("mentions") or 1,
            "note": "",
        }
        drafts.append(Draft(FindingKind.BASIS, name[:500], data, **_place(item)))
    return drafts


def _topics(reading: Item) -> list[Draft]:
    """Themes: the content section in two levels, completed by table headings that stand nowhere in it."""
    drafts: list[Draft] = []
    inside = False
    above: tuple[int, str] | None = None  # level and number of the theme a deeper heading belongs to
    for item in reading.get("sections", ()):
        level, label, title = int(item.get("level") or 1), str(item.get("label") or ""), item.get("title") or ""
        folded = fold(title)
        if level == 1:
            inside = "noi dung" in folded and "kenh" not in folded
            above = None
            continue
        if not inside:
            continue
        if _NO_THEME.match(folded):
            above = None
            continue
        if above is not None and level > above[0]:
            if level > above[0] + 1:
                continue
            number = label if "." in label else f"{above[1]}.{label}" if above[1] else label
            drafts.append(_topic(number, title, 2, above[1], item))
            continue
        above = (level, label)
        drafts.append(_topic(label, title, 1, "", item))
    known = [Candidate(draft.data["number"], draft.data["title"]) for draft in drafts]
    for table in reading.get("tables", ()):
        # Annexes count from 1 again: "2" there is told apart from "2" of the text as "PL.2".
        taken = {draft.data["number"] for draft in drafts}
        renamed: dict[str, str] = {}
        for row in table.get("rows", ()):
            if row.get("kind") != "heading" or not row.get("content"):
                continue
            number = str(row.get("number") or "")
            if best_match(number, row["content"], known) is not None:
                continue
            if any(likeness(row["content"], one.title) >= 0.8 for one in known):
                continue
            parent = parent_number(number)
            if number and (number in taken or parent in renamed):
                renamed[number] = f"PL.{number}"
            shown, above_it = renamed.get(number, number), renamed.get(parent, parent)
            drafts.append(_topic(shown, row["content"], 2 if parent else 1, above_it, row))
            known.append(Candidate(number, row["content"]))
    return drafts


def _topic(number: str, title: str, level: int, parent: str, item: Item) -> Draft:
    clean = title_of(title, 400)
    data: dict[str, Any] = {
        "number": number[:20],
        "title": clean,
        "level": level,
        "parent": parent,
        "short_title": short_title(clean),
    }
    return Draft(FindingKind.TOPIC, clean[:500], data, **_place(item))


def _tasks(
    reading: Item, topics: Sequence[Draft], starts_on: dt.date | None, ends_on: dt.date | None
) -> list[Draft]:
    drafts = []
    candidates = [Candidate(draft.data["number"].removeprefix("PL."), draft.data["title"]) for draft in topics]
    for table in reading.get("tables", ()):
        columns = fold(" ".join(table.get("columns") or []))
        if "chu tri" not in columns and not any(row.get("lead") for row in table.get("rows", ())):
            # A table of something else: nothing is assigned in it.
            continue
        heading = ""
        for row in table.get("rows", ()):
            if row.get("kind") == "heading":
                heading = str(row.get("content") or "")
                continue
            if not row.get("content"):
                continue
            number = str(row.get("number") or "")
            at = best_match(number, row["content"], candidates)
            if at is None and heading:
                at = best_match("", heading, candidates)
            first, last = dates_of(row.get("timeframe"), starts_on, ends_on)
            data: dict[str, Any] = {
                "number": number[:20],
                "content": " ".join(str(row["content"]).split()),
                "product": row.get("product") or "",
                "timeframe": row.get("timeframe") or "",
                "starts_on": first.isoformat() if first else "",
                "due_on": last.isoformat() if last else "",
                "topic": None,
                "lead": [],
                "support": [],
            }
            drafts.append(
                Draft(
                    FindingKind.TASK,
                    title_of(data["content"], 300),
                    data,
                    topic=topics[at] if at is not None else None,
                    names={"lead": list(row.get("lead") or []), "support": list(row.get("support") or [])},
                    **_place(row),
                )
            )
    return drafts


#: a quota per period, in words
_PER = {
    "week": "tuần",
    "month": "tháng",
    "quarter": "quý",
    "semester": "học kỳ",
    "year": "năm",
    "school_year": "năm học",
}


_COUNT = re.compile(r"\d[^/:]*/\s*(?:tuần|tháng|quý|học kỳ|năm)")


def quota_title(count: int, least: bool, noun: str, period: str, what: str) -> str:
    """What a quota is called in lists: "Ít nhất 02 tin, bài/quý", and what it is about when the text says more
    than a verb: "Ít nhất 02 bài/năm: tuyên truyền trên báo chí". Counts told beside it have titles of their own.
    """
    head = f"{'Ít nhất ' if least else ''}{count:02d} {noun}{f'/{_PER[period]}' if period in _PER else ''}"
    about = title_of(": ".join(part for part in what.split(": ") if not _COUNT.search(part)), 72)
    return f"{head}: {about[0].lower()}{about[1:]}" if len(about.split()) > 3 else head


def _without(who: str, what: str) -> str:
    """What is to be done, without the name of who does it in front: that is told beside it.

    >>> _without("Mỗi trường mầm non", "Mỗi trường mầm non sản xuất video ngắn")
    'sản xuất video ngắn'
    """
    return what[len(who) :].strip(" :,") if who and fold(what).startswith(fold(who) + " ") else what


def _quota(item: Item) -> Draft:
    noun = item.get("unit") or "bài"
    what = _without(item.get("who") or "", item.get("what") or item.get("quote") or "")
    proof = proof_of(what, noun)
    data: dict[str, Any] = {
        "title": quota_title(item.get("count") or 0, bool(item.get("min")), noun, item.get("period") or "", what),
        "count": item.get("count") or 0,
        "max": item.get("max"),
        "min": bool(item.get("min")),
        "noun": noun[:30],
        "period": item.get("period") or "",
        "due_day": due_day_of(item, item.get("period") or "", f"{item.get('quote') or ''} {what}"),
        "what": what,
        "who": item.get("who") or "",
        "to": "",
        "proof": proof.value,
        "genres": genres_of(noun, proof),
        "audience": {},
    }
    return Draft(
        FindingKind.QUOTA, data["title"][:500], data, names={"audience": names_in(item.get("who"))}, **_place(item)
    )


def _deadline(item: Item) -> Draft:
    what = item.get("what") or item.get("quote") or ""
    day = day_from(item.get("date"))
    bound = item.get("bound") or "by"
    scope = item.get("scope") or ""
    data: dict[str, Any] = {
        "title": f"{title_of(what, 160 - len(scope) - 3)} ({scope})" if scope else title_of(what),
        "date": item.get("date") or "",
        "relative": item.get("relative") or "",
        "bound": bound,
        "scope": scope,
        "due_on": last_day_in_time(day, bound).isoformat() if day else "",
        "what": what,
        "who": item.get("who") or "",
        "to": item.get("to") or "",
        "proof": proof_of(what).value,
        "audience": {},
    }
    return Draft(
        FindingKind.DEADLINE,
        data["title"][:500],
        data,
        names={"audience": names_in(item.get("who"))},
        **_place(item),
    )


def due_day_of(item: Item, period: str, words: str) -> int | None:
    """The last day in time of each period (as `Directive.due_day`) of a quota or recurring duty as read, printed
    in `words`: "trước ngày 25" and "trước thứ Sáu" exclude the day itself, "trước 16h00 thứ Sáu" does not.
    """
    printed = fold(words)
    if period == "week":
        day = item.get("due_weekday") or item.get("due_day")
        if day and day != 1 and _BEFORE_WEEKDAY.search(printed):
            day = day - 1 if day > 0 else day + 1
        return day or None
    day = recurrence_of(item.get("recurrence") or "")[1] or item.get("due_day")
    before = _BEFORE.search(printed)
    if day and before and int(before[1]) == abs(day) and day != 1:
        day = day - 1 if day > 0 else day + 1
    return day or None


def _is_counted(item: Item, period: str, reading: Item) -> bool:
    """Whether a recurring duty is said by a quota already: the same words, the same period. A day that the quota
    has not ("phát 3 buổi/tuần, nộp kịch bản trước thứ Năm") makes it a duty of its own, unless days are several.
    """
    covering = [
        quota for quota in reading.get("quotas", ()) if _overlap(item, quota) and quota.get("period") == period
    ]

    def day(one: Item) -> int | None:
        return recurrence_of(one.get("recurrence") or "")[1] or one.get("due_day") or one.get("due_weekday")

    if not covering or day(item) is None or any(day(quota) for quota in covering):
        return bool(covering)
    days = {
        day(other)
        for other in reading.get("recurring", ())
        if recurrence_of(other.get("recurrence") or "")[0] == period and _overlap(item, other)
    }
    return len(days) > 1


def _recurring(reading: Item) -> list[Draft]:
    drafts = []
    for item in reading.get("recurring", ()):
        period, _day = recurrence_of(item.get("recurrence") or "")
        if period and _is_counted(item, period, reading):
            # "ít nhất 1 lần/tháng" is a quota already; it is not owed twice.
            continue
        if period and any(
            _same_duty(item, other, period) and _wider(other, item) for other in reading.get("recurring", ())
        ):
            continue
        what = item.get("what") or item.get("quote") or ""
        every = EVERY.get(period or "", "")
        title = title_of(what)
        if every and every not in title:
            # "báo cáo hằng tháng, học kỳ, năm học" is three duties: their names must differ.
            title = f"{title} {every}"
        data: dict[str, Any] = {
            "title": title,
            "recurrence": item.get("recurrence") or "",
            "period": period or "",
            "due_day": due_day_of(item, period or "", item.get("quote") or ""),
            "timeframe": _adverb(item.get("quote") or "") if not period else "",
            "what": what,
            "who": item.get("who") or "",
            "to": item.get("to") or "",
            "proof": proof_of(what).value,
            "audience": {},
        }
        drafts.append(
            Draft(
                FindingKind.RECURRING,
                data["title"][:500],
                data,
                names={"audience": names_in(item.get("sent_by") or item.get("who"))},
                **_place(item),
            )
        )
    return drafts


def _adverb(quote: str) -> str:
    folded = fold(quote)
    for words, printed in (
        ("hang ngay", "Hằng ngày"),
        ("thuong xuyen", "Thường xuyên"),
        ("lien tuc", "Liên tục"),
        ("dinh ky", "Định kỳ"),
    ):
        if words in folded:
            return printed
    return "Thường xuyên"


def _overlap(one: Item, other: Item) -> bool:
    if one.get("start") is None or other.get("start") is None:
        return False
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def _same_duty(one: Item, other: Item, period: str) -> bool:
    return (
        one is not other
        and recurrence_of(other.get("recurrence") or "")[0] == period
        and _overlap(one, other)
        and one.get("recurrence") == other.get("recurrence")
    )


def _wider(one: Item, other: Item) -> bool:
    return (one["end"] - one["start"]) > (other["end"] - other["start"])


def _warnings(reading: Item, found: Sequence[Draft]) -> list[Draft]:
    """Warnings that stand alone; the others are hung on the finding they speak of."""
    alone = []
    for item in reading.get("warnings", ()):
        code, message = item.get("code") or "", item.get("message") or ""
        kind = FindingKind.BASIS if code in _ON_BASIS else FindingKind.DEADLINE if code in _ON_DEADLINE else None
        if kind is not None:
            home = next((d for d in found if d.kind == kind and _overlap(_span(d), item)), None)
            if home is not None:
                home.warning = {"code": f"reader.{code}", "tone": "wait", "data": {"message": message}}
                continue
        if code in _ELSEWHERE:
            continue
        data: dict[str, Any] = {"code": code, "message": message}
        alone.append(Draft(FindingKind.WARNING, message[:500], data, **_place(item)))
    return alone


def _span(draft: Draft) -> Item:
    return {"start": draft.start, "end": draft.end}


def _conflicts(drafts: Sequence[Draft]) -> None:
    """Ask which holds where the same duty is printed with two different days."""
    for kind, key in ((FindingKind.RECURRING, "due_day"), (FindingKind.DEADLINE, "due_on")):
        same_kind = [draft for draft in drafts if draft.kind == kind and draft.data.get(key)]
        for index, later in enumerate(same_kind):
            for earlier in same_kind[:index]:
                if earlier.data[key] == later.data[key] or earlier.data.get("period") != later.data.get("period"):
                    continue
                if fold(earlier.data["who"]) != fold(later.data["who"]):
                    continue
                if fold(earlier.data.get("scope") or "") != fold(later.data.get("scope") or ""):
                    continue  # "trước ngày 31/5 (học kỳ II), trước ngày 31/12 (học kỳ I)" are two duties
                if likeness(earlier.data["what"], later.data["what"]) < 0.75:
                    continue
                later.question = {
                    "kind": "conflict",
                    "other": earlier.position,
                    "values": [earlier.data[key], later.data[key]],
                    "places": [_where(earlier), _where(later)],
                    "quotes": [earlier.quote, later.quote],
                }
                break


def _where(draft: Draft) -> dict[str, Any]:
    return {"page": draft.page, "line": draft.line}
