"""A reading as a page of plain Vietnamese, for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from loa.lib.calendar import WEEKDAYS

from .model import Deadline, Finding, LegalRef, Quota, Reading, Recurring, TaskRow

F = TypeVar("F", bound=Finding)
_NOBODY = "không nói ai"
_ROLE = {"basis": "căn cứ", "cited": "được dẫn"}
_PERIOD = {
    "week": "tuần",
    "month": "tháng",
    "quarter": "quý",
    "semester": "học kỳ",
    "year": "năm",
    "school_year": "năm học",
    None: "?",
}
_RECURRENCE = {
    "daily": "hằng ngày",
    "weekly": "hằng tuần",
    "monthly": "hằng tháng",
    "quarterly": "hằng quý",
    "semester": "mỗi học kỳ",
    "yearly": "hằng năm",
    "school_year": "mỗi năm học",
    "regular": "thường xuyên",
}


def summary(reading: Reading) -> str:
    """The short human form of `loa doc read`."""
    return "\n".join(_lines(reading))


def _lines(reading: Reading) -> Iterator[str]:
    number, title = reading.number or "(chưa có số)", reading.title or "(không rõ trích yếu)"
    yield f"{reading.doc_type or 'Văn bản'} {number}: {title}"
    date = reading.date.span.quote if reading.date else "không rõ ngày"
    yield f"  {reading.issuer or 'Không rõ cơ quan ban hành'} · {date}"
    if reading.signer:
        parts = [reading.signer.authority, reading.signer.title, reading.signer.name]
        yield "  Ký: " + " · ".join(part for part in parts if part)
    yield from _group("Văn bản dẫn chiếu", reading.legal_refs, _reference)
    yield from _group("Chỉ tiêu", reading.quotas, _quota)
    yield from _group("Thời hạn", reading.deadlines, _deadline)
    yield from _group("Việc định kỳ", reading.recurring, _recurring)
    for table in reading.tables:
        tasks = sum(1 for row in table.rows if row.kind == "task")
        yield f"\nBảng: {table.title or '(không tên)'} — {tasks} nhiệm vụ"
        for row in table.rows:
            yield f"  {_at(row)} {_row(row)}"
    if reading.recipients:
        yield f"\nNơi nhận: {len(reading.recipients)}"
    yield from _group("Cần xem lại", reading.warnings, lambda warning: warning.message)


def _group(title: str, items: Sequence[F], words: Callable[[F], str]) -> Iterator[str]:
    if items:
        yield f"\n{title} ({len(items)})"
        for item in items:
            yield f"  {_at(item)} {words(item)}"


def _at(item: Finding) -> str:
    return f"[{item.span.line}]" if item.span.line is not None else ""


def _reference(ref: LegalRef) -> str:
    return f"{ref.type or ''} {ref.number} {ref.date or ''} [{_ROLE[ref.role]}, {ref.mentions} lần]"


def _quota(quota: Quota) -> str:
    least = "ít nhất " if quota.min else ""
    period = f"{_PERIOD[quota.period]}{_due(quota)}"
    return f"{least}{quota.count} {quota.unit}/{period} — {quota.who or _NOBODY}"


def _deadline(deadline: Deadline) -> str:
    return f"{deadline.date or deadline.relative} — {deadline.who or _NOBODY}: {deadline.what or ''}"


def _recurring(item: Recurring) -> str:
    word = _RECURRENCE.get(item.recurrence, item.recurrence.replace("monthly@", "hằng tháng, ngày "))
    return f"{word}{_due(item)} — {item.who or _NOBODY}: {item.span.quote}"


def _due(item: Quota | Recurring) -> str:
    if item.due_weekday:
        return f", {WEEKDAYS[item.due_weekday - 1]}"
    if not item.due_day:
        return ""
    if item.due_day < 0:
        return f", {-item.due_day} ngày sau khi hết kỳ"
    period = item.period if isinstance(item, Quota) else item.recurrence
    return f", ngày {item.due_day}{' của tháng cuối' if period in ('quarter', 'quarterly') else ''}"


def _row(row: TaskRow) -> str:
    text = f"{row.number or ''} {row.content[:70]}"
    if row.kind == "heading":
        return f"{text} [nhóm]"
    return f"{text} → {'; '.join(row.lead)}" if row.lead else text
