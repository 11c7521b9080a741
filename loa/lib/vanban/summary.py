# ruff: noqa: E501
"""A reading as a page of plain Vietnamese, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Reading

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
    yield f"{reading.doc_type or 'Văn bản'} {reading.number or '(chưa có số)'}: {reading.title or '(không rõ trích yếu)'}"
    date = reading.date.span.quote if reading.date else "không rõ ngày"
    yield f"  {reading.issuer or 'Không rõ cơ quan ban hành'} · {date}"
    if reading.signer:
        parts = [reading.signer.authority, reading.signer.title, reading.signer.name]
        yield "  Ký: " + " · ".join(part for part in parts if part)
    if reading.legal_refs:
        yield f"\nVăn bản dẫn chiếu ({len(reading.legal_refs)})"
        for ref in reading.legal_refs:
            yield f"  {_at(ref.span.line)} {ref.type or ''} {ref.number} {ref.date or ''} [{_ROLE[ref.role]}, {ref.mentions} lần]"
    if reading.quotas:
        yield f"\nChỉ tiêu ({len(reading.quotas)})"
        for quota in reading.quotas:
            least = "ít nhất " if quota.min else ""
            yield f"  {_at(quota.span.line)} {least}{quota.count} {quota.unit}/{_PERIOD[quota.period]} — {quota.who or 'không nói ai'}"
    if reading.deadlines:
        yield f"\nThời hạn ({len(reading.deadlines)})"
        for deadline in reading.deadlines:
            yield f"  {_at(deadline.span.line)} {deadline.date or deadline.relative} — {deadline.who or 'không nói ai'}: {deadline.what or ''}"
    if reading.recurring:
        yield f"\nViệc định kỳ ({len(reading.recurring)})"
        for item in reading.recurring:
            word = _RECURRENCE.get(item.recurrence, item.recurrence.replace("monthly@", "hằng tháng, ngày "))
            yield f"  {_at(item.span.line)} {word} — {item.who or 'không nói ai'}: {item.span.quote}"
    for table in reading.tables:
        tasks = sum(1 for row in table.rows if row.kind == "task")
        yield f"\nBảng: {table.title or '(không tên)'} — {tasks} nhiệm vụ"
        for row in table.rows:
            mark = "" if row.kind == "task" else "  [nhóm]"
            yield f"  {_at(row.span.line)} {row.number or ''} {row.content[:70]}{mark} {'→ ' + '; '.join(row.lead) if row.lead else ''}"
    if reading.recipients:
        yield f"\nNơi nhận: {len(reading.recipients)}"
    if reading.warnings:
        yield f"\nCần xem lại ({len(reading.warnings)})"
        for warning in reading.warnings:
            yield f"  {_at(warning.span.line)} {warning.message}"


def _at(line: int | None) -> str:
    return f"[{line}]" if line is not None else ""
