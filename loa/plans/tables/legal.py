"""The register as a table, and what a table would change in it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import AppError
from loa.lib.vi import clean, fold
from loa.org.importers.read import parse_date
from loa.plans.models import LegalChange, LegalDocument
from loa.plans.rules.legal import COLUMNS, legal_key, year_of
from loa.plans.tables.lines import write_sheet

MOST = 3000
REQUIRED = ("kind", "number")
HEADINGS = [names[0] for names in COLUMNS.values()]
_DATES = ("signed_on", "valid_from", "valid_to")
_YES = {"co", "x", "roi", "da", "da doi chieu", "1", "true", "yes"}
_NO = {"", "khong", "chua", "0", "false", "no"}
_SIZES = {"kind": 60, "number": 60, "issuer": 200, "subject": 500, "note": 2000, "source": 300}
NEW, CHANGED, SAME, BAD = "new", "changed", "same", "bad"


@dataclass
class Step:
    """What one line would do. `values` as `legal_save` takes them; `changes`: heading → (before, after)."""

    line: int
    label: str
    deed: str = BAD
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def values_of(row: LegalDocument) -> dict[str, Any]:
    """A row with its `changes` at hand as the table holds it."""
    told = {
        kind.value: "; ".join(change.by_printed for change in row.changes.all() if change.kind == kind)
        for kind in LegalChange.Kind
    }
    plain = {name: getattr(row, name) for name in COLUMNS if name not in told}
    return {name: told[name] if name in told else plain[name] for name in COLUMNS}


def _cells(row: LegalDocument) -> list[Any]:
    values = values_of(row)
    return [
        (_("Có") if values["verified"] else _("Chưa")) if name == "verified" else values[name] for name in COLUMNS
    ]


def to_xlsx(rows: Iterable[LegalDocument]) -> bytes:
    """The register as a sheet that comes back as it went."""
    return write_sheet(
        _("Sổ văn bản"),
        HEADINGS,
        (_cells(row) for row in rows),
        widths=(14, 20, 13, 24, 60, 13, 13, 34, 30, 30, 40, 40, 14),
        notes={
            _("Cách ghi"): [
                _("Mỗi dòng một văn bản. Bắt buộc: Tên loại; Số, ký hiệu."),
                _("Ngày ghi dd/mm/yyyy. “Hết hiệu lực từ” là ngày đầu tiên không còn hiệu lực."),
                _("Các cột “bị thay thế”, “được sửa đổi”: nhiều văn bản thì cách nhau bằng dấu chấm phẩy."),
                _("Dòng trùng số và năm với sổ thì sửa dòng đó, chưa có thì thêm mới; không dòng nào bị xóa."),
            ]
        },
    )


def to_csv(rows: Iterable[LegalDocument]) -> str:
    """The same as CSV, with the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow(
            [f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else (cell or "") for cell in _cells(row)]
        )
    return "\ufeff" + out.getvalue()


def compare(lines: Sequence[Mapping[str, Any]]) -> list[Step]:
    """What each line would do to the register, wrong lines told what to do. Two queries."""
    keys = {legal_key(str(line["values"].get("number") or "")) for line in lines}
    known = {
        (row.key, row.year): row for row in LegalDocument.objects.filter(key__in=keys).prefetch_related("changes")
    }
    seen: dict[tuple[str, int], int] = {}
    steps = []
    for line in lines:
        step = _step(line, known)
        steps.append(step)
        if step.errors:
            continue
        key = (legal_key(step.values["number"]), year_of(step.values["number"], step.values.get("signed_on")))
        if key in seen:
            step.deed = BAD
            step.errors.append(_("Trùng với dòng %s của tệp.") % seen[key])
        seen.setdefault(key, step.line)
    return steps


def _step(line: Mapping[str, Any], known: Mapping[tuple[str, int], LegalDocument]) -> Step:
    given: Mapping[str, str] = line["values"]
    step = Step(line["line"], clean(f"{given.get('kind', '')} {given.get('number', '')}"))
    for name, text in given.items():
        try:
            step.values[name] = _value(name, text)
        except AppError as error:
            step.errors.append(str(error.message))
    if not step.values.get("kind"):
        step.errors.append(_("Thiếu tên loại."))
    number = step.values.get("number") or ""
    if not any(char.isdigit() for char in number) or not legal_key(number):
        step.errors.append(_("Thiếu số, ký hiệu."))
    first, last = step.values.get("valid_from"), step.values.get("valid_to")
    if first and last and last < first:
        step.errors.append(_("Ngày hết hiệu lực trước ngày có hiệu lực."))
    if step.errors:
        return step
    row = known.get((legal_key(number), year_of(number, step.values.get("signed_on"))))
    if row is None:
        step.deed = NEW
        return step
    before = values_of(row)
    # What the file does not name stays as it is.
    step.values = before | step.values
    for name, value in step.values.items():
        if (value or "") != (before[name] or ""):
            step.changes.append((COLUMNS[name][0], _words(before[name]), _words(value)))
    step.deed = CHANGED if step.changes else SAME
    return step


def _value(name: str, text: str) -> Any:
    from loa.core.errors import InvalidInput

    if name in _DATES:
        if not text:
            return None
        day = parse_date(clean(text))
        if day is None:
            raise InvalidInput(
                _("“%(text)s” ở cột “%(column)s” không phải ngày dd/mm/yyyy.")
                % {"text": text[:30], "column": COLUMNS[name][0]}
            )
        return day
    if name == "verified":
        word = fold(clean(text))
        if word in _YES or word in _NO:
            return word in _YES
        raise InvalidInput(_("Cột “%s” chỉ ghi Có hoặc Chưa.") % COLUMNS[name][0])
    if name in tuple(LegalChange.Kind):
        parts = [clean(part) for part in text.replace("\n", ";").split(";")]
        return "; ".join(dict.fromkeys(part for part in parts if part))
    value = text if name == "note" else clean(text)
    if len(value) > _SIZES[name]:
        raise InvalidInput(
            _("Cột “%(column)s” dài quá %(most)s chữ cái.") % {"column": COLUMNS[name][0], "most": _SIZES[name]}
        )
    return value


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Có") if value else _("Chưa")
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value or "")
