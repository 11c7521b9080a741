"""The tasks of a plan as a table, and what a table given back would change. Pure: rows are handed in."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.lib.vi import clean, clean_lines, fold, nfc
from loa.org.importers.read import parse_date
from loa.plans.names import Resolved
from loa.plans.rules import audience as audiences
from loa.plans.rules.tasks import NEEDS_REASON, TaskState
from loa.plans.tables.lines import Sheet, write_sheet
from loa.plans.texts import TASK_STATE, day

MOST = 2000
REQUIRED = ("content",)
#: column → headings it may bear; the first is ours. "measure" is told, never read back.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("STT", "TT", "Số thứ tự"),
    "topic": ("Chủ đề", "Nhóm nội dung", "Nội dung lớn"),
    "content": ("Nội dung nhiệm vụ", "Nội dung", "Nhiệm vụ", "Nội dung công việc", "Công việc"),
    "lead": ("Chủ trì", "Đơn vị chủ trì", "Đơn vị thực hiện"),
    "support": ("Phối hợp", "Đơn vị phối hợp"),
    "product": ("Sản phẩm", "Sản phẩm, kết quả", "Kết quả"),
    "timeframe": ("Thời gian", "Thời gian thực hiện"),
    "starts_on": ("Từ ngày", "Ngày bắt đầu"),
    "due_on": ("Hạn", "Hạn cuối", "Đến ngày", "Ngày hoàn thành"),
    "measure": ("Chỉ tiêu",),
    "state": ("Trạng thái", "Tình trạng"),
    "percent": ("Hoàn thành (%)", "Tiến độ (%)", "Tiến độ"),
    "note": ("Ghi chú",),
    "code": ("Mã trên Loa",),
    "mark": ("Dấu bản tải",),
    "cells": ("Dấu từng ô",),
}
WIDTHS = (7, 24, 60, 26, 26, 24, 22, 13, 13, 24, 14, 12, 36, 12, 14, 14)
_HIDDEN = ("code", "mark", "cells")
#: columns nobody misses in a table made by hand
QUIET = ("measure", *_HIDDEN)
#: what a person may write, and how long at most
_SIZES = {"number": 20, "content": 8000, "product": 300, "timeframe": 200, "note": 2000}
_PLAN = ("number", "topic", "content", "lead", "support", "product", "timeframe", "starts_on", "due_on")
_WORK = ("state", "percent", "note")
#: letters of the mark of one cell
_SHORT = 6
_STATES = {fold(str(words)): state for state, words in TASK_STATE.items()}
NEW, CHANGED, SAME, BAD = "new", "changed", "same", "bad"


@dataclass(frozen=True)
class TaskRow:
    """One task as the table holds it. `lead`, `support`: [{as_printed, audience}] as amendments keep them.

    `unit`: the one unit that leads it, whose work `state`, `percent` and `note` tell; None when several do, and
    `state` is then a sentence. `given`: asked by the plan above; `fixed`: columns that stay as it has
    them; `latest`: the last day it allows.
    """

    pk: int
    content: str
    number: str = ""
    topic: str = ""
    lead: Sequence[Mapping[str, Any]] = ()
    support: Sequence[Mapping[str, Any]] = ()
    product: str = ""
    timeframe: str = ""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    measure: str = ""
    state: str = ""
    percent: int | None = None
    note: str = ""
    unit: int | None = None
    unit_name: str = ""
    given: bool = False
    fixed: Sequence[str] = ()
    latest: dt.date | None = None
    cancelled_on: dt.date | None = None


def _roles_text(roles: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(str(role.get("as_printed") or "") for role in roles)


def _flat(text: str) -> str:
    """As a cell comes back: composed, spaces folded, lines kept, nothing a sheet cannot hold."""
    return clean_lines(nfc(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)))


def _state_words(row: TaskRow) -> str:
    if row.cancelled_on is not None:
        return _("Đã hủy từ %s") % day(row.cancelled_on)
    return str(TASK_STATE[TaskState(row.state)]) if row.state in tuple(TaskState) else row.state


def values_of(row: TaskRow) -> dict[str, Any]:
    """What stands in the visible cells of a task: texts, days, a number."""
    texts = {
        "number": row.number,
        "topic": row.topic,
        "content": row.content,
        "lead": _roles_text(row.lead),
        "support": _roles_text(row.support),
        "product": row.product,
        "timeframe": row.timeframe,
        "measure": row.measure,
        "state": _state_words(row),
        "note": row.note,
    }
    found: dict[str, Any] = {name: _flat(text) for name, text in texts.items()}
    return found | {"starts_on": row.starts_on, "due_on": row.due_on, "percent": row.percent}


def mark_of(row: TaskRow) -> str:
    """A short mark of everything in the line: tells whether a task changed in Loa after the table was taken."""
    values = values_of(row)
    told = "\x1f".join(str(values[name] or "") for name in (*_PLAN, *_WORK))
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def _canonical(name: str, value: Any) -> str:
    """A cell written one way, whether it went out or came back."""
    text = value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)
    if name in ("starts_on", "due_on"):
        found = parse_date(clean(text))
        return found.isoformat() if found is not None else text
    if name == "percent":
        number = _number(text)
        return text if number is None else str(number)
    return text if name in ("content", "note") else clean(text)


def _cell_mark(pk: int, name: str, value: Any) -> str:
    told = f"{pk}\x1f{name}\x1f{_canonical(name, value)}"
    return hashlib.sha256(told.encode()).hexdigest()[:_SHORT]


def cells_of(row: TaskRow) -> str:
    """A mark of every cell one may write in, side by side: tells which of them were edited in the table."""
    values = values_of(row)
    return "".join(_cell_mark(row.pk, name, values[name]) for name in (*_PLAN, *_WORK))


def _taken(given: Mapping[str, str], row: TaskRow | None) -> dict[str, str]:
    """column → mark of its cell when the table was taken; empty for tables that bear none, or are known by their
    words alone: a copied line keeps the marks of the one it was copied from."""
    marks, names = (given.get("cells") or "").strip(), (*_PLAN, *_WORK)
    if row is None or not (given.get("code") or "").strip() or len(marks) != _SHORT * len(names):
        return {}
    return {name: marks[at * _SHORT : (at + 1) * _SHORT] for at, name in enumerate(names)}


def _untouched(given: Mapping[str, str], row: TaskRow | None) -> set[str]:
    """Columns whose cells came back as they went out, whatever Loa says by now."""
    if row is None:
        return set()
    return {
        name for name, mark in _taken(given, row).items()
        if name in given and _cell_mark(row.pk, name, given[name]) == mark
    }  # fmt: skip


def _moved(given: Mapping[str, str], row: TaskRow) -> set[str]:
    """Columns that are otherwise in Loa by now than when the table was taken."""
    values = values_of(row)
    return {name for name, mark in _taken(given, row).items() if _cell_mark(row.pk, name, values[name]) != mark}


def to_xlsx(title: str, rows: Iterable[TaskRow], *, duties: Sequence[Sequence[Any]] = ()) -> bytes:
    """The tasks as a sheet that comes back as it went; `duties` (title, how much, who, count) on a second one."""
    lines = []
    for row in rows:
        values = values_of(row) | {"code": row.pk, "mark": mark_of(row), "cells": cells_of(row)}
        lines.append([values[name] for name in COLUMNS])
    further = Sheet(
        _("Chỉ tiêu, thời hạn"), (_("Việc"), _("Bao nhiêu, khi nào"), _("Ai làm"), _("Số đơn vị")), duties,
        (60, 40, 50, 12),
    )  # fmt: skip
    return write_sheet(
        _("Bảng nhiệm vụ"),
        [names[0] for names in COLUMNS.values()],
        lines,
        widths=WIDTHS,
        above=(title,),
        hidden=[list(COLUMNS).index(name) for name in _HIDDEN],
        more=(further,) if duties else (),
        notes={
            _("Cách ghi"): [
                _("Mỗi dòng một nhiệm vụ. Bắt buộc: Nội dung nhiệm vụ. Ngày ghi dd/mm/yyyy."),
                _("Nhiều đơn vị chủ trì hoặc phối hợp thì cách nhau bằng dấu chấm phẩy."),
                _("Dòng mới thì để trống cột ẩn “Mã trên Loa”; chép một dòng cũ thì xóa mã ở dòng chép."),
                _("Trạng thái: Chưa làm, Đang làm, Chờ (ghi lý do ở cột Ghi chú), Xong."),
                _("Cột Chỉ tiêu và trang “Chỉ tiêu, thời hạn” chỉ để xem."),
                _("Dòng bị xóa khỏi bảng không tự mất: khi nhập lại, Loa hỏi rồi mới bỏ."),
            ]
        },
    )


# — given back ————————————————————————————————————————————————————————————————————————


@dataclass
class Step:
    """What one line would do. `values`: fields of the plan to write (all of them for a new task); `work`: state,
    percent and word to write; `changes`: (heading, before, after); `clashes`: headings of cells that were edited
    in the table and meanwhile in Loa: somebody has to decide which holds."""

    line: int
    label: str
    deed: str = BAD
    task: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    work: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Setting:
    """What the lines are held against. `names`: reads printed names, all at once; `works`: whether the person may
    tell how far a unit is; `yields`: of cells edited on both sides what Loa has stays."""

    draft: bool
    topics: Mapping[str, int]
    names: Callable[[set[str]], Mapping[str, Resolved]]
    works: Callable[[TaskRow], bool]
    yields: bool = False


@dataclass(frozen=True)
class Comparison:
    """Every line with what it would do, and the tasks that are no longer in the table."""

    steps: list[Step]
    gone: list[TaskRow]


def compare(lines: Sequence[Mapping[str, Any]], rows: Sequence[TaskRow], setting: Setting) -> Comparison:
    """What each line would do to the plan; wrong lines are told what to do."""
    by_pk = {row.pk: row for row in rows}
    alike: dict[str, list[TaskRow]] = {}
    for row in rows:
        alike.setdefault(fold(clean(row.content)), []).append(row)
    coded = {str(line["values"].get("code") or "").strip() for line in lines}
    wanted: set[str] = set()
    pairs: list[tuple[Step, Mapping[str, str], TaskRow | None]] = []
    seen: dict[int, int] = {}
    for line in lines:
        given: Mapping[str, str] = line["values"]
        step = Step(line["line"], clean(f"{given.get('number', '')} {given.get('content', '')}")[:300])
        known_as = _row_of(step, given, by_pk, alike, coded)
        if known_as is not None:
            if known_as.pk in seen:
                words = _("Trùng mã với dòng %s. Nếu là việc mới, hãy xóa mã ở cột ẩn “Mã trên Loa”.")
                step.errors.append(words % seen[known_as.pk])
            else:
                seen[known_as.pk] = step.line
                step.task = known_as.pk
        pairs.append((step, given, known_as))
        for part in {"lead", "support"} - _untouched(given, known_as):
            if part in given and (known_as is None or given[part] != values_of(known_as)[part]):
                known = [] if known_as is None else [*known_as.lead, *known_as.support]
                wanted |= {name for name, role in _split(given[part], known) if role is None}
    meanings = setting.names(wanted) if wanted else {}
    for step, values, known_as in pairs:
        _read_step(step, values, known_as, setting, meanings)
    return Comparison([step for step, _given, _row in pairs], [row for row in rows if row.pk not in seen])


def _row_of(
    step: Step,
    given: Mapping[str, str],
    by_pk: Mapping[int, TaskRow],
    alike: Mapping[str, list[TaskRow]],
    coded: Iterable[str],
) -> TaskRow | None:
    """The task a line speaks of: by its code, else by its words when they are those of one task alone."""
    code = (given.get("code") or "").strip()
    if code:
        row = by_pk.get(int(code)) if code.isdecimal() and len(code) < 12 else None
        if row is None:
            step.errors.append(
                _("Mã %s không có trong kế hoạch này. Nếu là việc mới, hãy xóa mã ở cột ẩn “Mã trên Loa”.")
                % code[:20]
            )
        return row
    same = [row for row in alike.get(fold(clean(given.get("content") or "")), []) if str(row.pk) not in coded]
    if len(same) > 1:
        same = [row for row in same if row.number == given.get("number", "")]
    return same[0] if len(same) == 1 else None


def _split(text: str, known: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any] | None]]:
    """Names in a cell with the role they had when they stood there before; a name may hold semicolons itself."""
    by_print = {_flat(str(role.get("as_printed") or "")): role for role in known}
    parts = [clean(part) for part in re.split(r"[;\n]", text)]
    found: list[tuple[str, Mapping[str, Any] | None]] = []
    at = 0
    while at < len(parts):
        for last in range(len(parts), at, -1):
            name = "; ".join(parts[at:last])
            if name in by_print or last == at + 1:
                if name:
                    found.append((name, by_print.get(name)))
                at = last
                break
    return found


def _read_step(
    step: Step,
    given: Mapping[str, str],
    row: TaskRow | None,
    setting: Setting,
    meanings: Mapping[str, Resolved],
) -> None:
    if step.errors:
        return
    before = values_of(row) if row is not None else dict.fromkeys(COLUMNS, "")
    after: dict[str, Any] = {}
    passed = _untouched(given, row)
    if row is not None:
        clashing = _clashing(given, row, passed)
        if setting.yields:
            passed |= clashing
        else:
            step.clashes = [COLUMNS[name][0] for name in (*_PLAN, *_WORK) if name in clashing]
    for name in (*_PLAN, *_WORK):
        if name not in given or name in passed:
            continue
        value = _value(step, name, given[name], setting)
        if (value or "") != (before[name] or ""):
            after[name] = value
            step.changes.append((COLUMNS[name][0], _words(before[name]), _words(value)))
    if row is None and not (given.get("content") or "").strip():
        step.errors.append(_("Thiếu nội dung nhiệm vụ."))
    if "content" in after and not after["content"]:
        step.errors.append(_("Thiếu nội dung nhiệm vụ. Muốn bỏ việc này thì xóa cả dòng."))
    for part in ("lead", "support"):
        if part in after:
            known = [] if row is None else [*row.lead, *row.support]
            step.values[part] = _roles(step, part, _split(after[part], known), meanings)
    if step.errors:
        return
    if row is None:
        _new(step, after)
    else:
        _changed(step, after, row, given, setting)
    if step.errors:
        return
    first = after.get("starts_on", row.starts_on if row else None)
    last = after.get("due_on", row.due_on if row else None)
    if first and last and last < first and ("starts_on" in after or "due_on" in after):
        step.errors.append(_("Hạn trước ngày bắt đầu."))
        return
    for name in _PLAN:
        if name in after and name not in ("lead", "support"):
            step.values[name] = setting.topics.get(fold(after[name])) if name == "topic" else after[name]
    step.deed = NEW if row is None else CHANGED if step.changes else SAME


def _clashing(given: Mapping[str, str], row: TaskRow, passed: set[str]) -> set[str]:
    """Cells that differ from Loa, where Loa itself moved on since the table was taken. How far a task is counts as
    one thing: half done and waiting was told of the same moment."""
    values, moved = values_of(row), _moved(given, row)
    edited = {
        name for name in (*_PLAN, *_WORK)
        if name in given and name not in passed and _canonical(name, given[name]) != _canonical(name, values[name])
    }  # fmt: skip
    found = edited & moved
    return found | (edited & set(_WORK)) if moved & set(_WORK) else found


def _new(step: Step, after: Mapping[str, Any]) -> None:
    if after.get("state") not in (None, "", str(TASK_STATE[TaskState.TODO])) or after.get("percent"):
        step.remarks.append(_("Việc mới bắt đầu từ “Chưa làm”; trạng thái ghi trong tệp chưa dùng đến."))
    step.changes.clear()


def _changed(
    step: Step, after: Mapping[str, Any], row: TaskRow, given: Mapping[str, str], setting: Setting
) -> None:
    if not after:
        return
    if row.cancelled_on is not None:
        step.errors.append(_("Nhiệm vụ này đã hủy nên không sửa được nữa."))
        return
    held = [name for name in row.fixed if name in after]
    if held and not setting.draft:
        step.errors.append(
            _("Nhiệm vụ này do cấp trên giao. Khi cấp trên điều chỉnh, thay đổi sẽ hiện ở đây để tiếp nhận.")
        )
    elif held and "due_on" in row.fixed:
        step.errors.append(_("Nhiệm vụ này do cấp trên giao: chỉ chọn được ai chủ trì, phối hợp."))
    elif held:
        names = ", ".join(f"“{COLUMNS[name][0]}”" for name in held)
        step.errors.append(_("Nhiệm vụ này do cấp trên giao: %s giữ như kế hoạch cấp trên.") % names)
    elif row.latest and "due_on" in after and (not after["due_on"] or after["due_on"] > row.latest):
        step.errors.append(_("Cấp trên giao hạn %s. Đơn vị chỉ đặt được ngày sớm hơn.") % day(row.latest))
    elif not setting.draft and ("number" in after or "topic" in after):
        step.errors.append(_("Kế hoạch đã ban hành nên STT và chủ đề giữ như văn bản đã ký."))
    if any(name in after for name in _WORK):
        _work(step, after, row, setting)
    if step.clashes:
        names = ", ".join(f"“{name}”" for name in step.clashes)
        step.remarks.append(_("Sau khi bảng được tải về, trên Loa cũng đã đổi %s.") % names)
    elif not _taken(given, row) and given.get("mark") and given["mark"].strip() != mark_of(row):
        step.remarks.append(_("Nhiệm vụ này đã đổi trên Loa sau khi bảng được tải về. Hãy xem kỹ trước khi ghi."))


def _work(step: Step, after: Mapping[str, Any], row: TaskRow, setting: Setting) -> None:
    """State, percent and note: of the one unit that leads, in a plan in force, by whoever may tell them."""
    if setting.draft:
        step.errors.append(_("Kế hoạch chưa ban hành nên chưa ghi tiến độ."))
        return
    if row.unit is None:
        step.errors.append(_("Nhiều đơn vị cùng chủ trì nên tiến độ ghi ở từng đơn vị, không ghi trong bảng này."))
        return
    if not setting.works(row):
        step.errors.append(_("Tiến độ của %s do đơn vị đó cập nhật.") % row.unit_name)
        return
    words = after.get("state", _state_words(row))
    state = _STATES.get(fold(words))
    if state is None or (state == TaskState.CANCELLED and row.state != TaskState.CANCELLED):
        step.errors.append(_("Trạng thái chỉ ghi: Chưa làm, Đang làm, Chờ, Xong."))
        return
    if state in NEEDS_REASON and state != row.state and not after.get("note"):
        step.errors.append(_("Trạng thái “Chờ” phải ghi ở cột Ghi chú đang chờ gì, chờ ai."))
        return
    if "note" in after and not after["note"] and "state" not in after and "percent" not in after:
        step.errors.append(_("Ghi chú đã viết không xóa được. Hãy giữ nguyên hoặc viết ghi chú mới."))
        return
    step.work = {"state": str(state), "percent": after.get("percent", row.percent), "text": after.get("note", "")}


def _value(step: Step, name: str, text: str, setting: Setting) -> Any:
    """A cell read; what is wrong with it goes to the step."""
    column = COLUMNS[name][0]
    if name in ("starts_on", "due_on"):
        if not clean(text):
            return None
        found = parse_date(clean(text))
        if found is None:
            step.errors.append(
                _("“%(text)s” ở cột “%(column)s” không phải ngày dd/mm/yyyy.")
                % {"text": text[:30], "column": column}
            )
        return found
    if name == "percent":
        return _percent(step, text)
    value = text if name in ("content", "note") else clean(text)
    if name in _SIZES and len(value) > _SIZES[name]:
        step.errors.append(
            _("Cột “%(column)s” dài quá %(most)s chữ cái.") % {"column": column, "most": _SIZES[name]}
        )
    if name == "topic" and value and fold(value) not in setting.topics:
        step.errors.append(
            _("Kế hoạch không có chủ đề “%s”. Hãy chép đúng tên chủ đề trong bảng tải về.") % value[:80]
        )
    return value


def _number(text: str) -> int | None:
    """A share in whole percent; None when it is none. "40", "40%", "0,4" of a cell formatted as a percentage."""
    try:
        number = float(clean(text).rstrip("%").strip().replace(",", "."))
    except ValueError:
        return None
    if 0 < number < 1:
        number *= 100
    return round(number) if 0 <= number <= 100 else None


def _percent(step: Step, text: str) -> int | None:
    if not clean(text).rstrip("%").strip():
        return None
    number = _number(text)
    if number is None:
        step.errors.append(_("Cột “%s” ghi một số từ 0 đến 100.") % COLUMNS["percent"][0])
    return number


def _roles(
    step: Step,
    part: str,
    names: Sequence[tuple[str, Mapping[str, Any] | None]],
    meanings: Mapping[str, Resolved],
) -> list[dict[str, Any]]:
    found = []
    for name, role in names:
        if role is not None:
            found.append({"as_printed": role["as_printed"], "audience": audiences.normal(role.get("audience"))})
            continue
        if len(name) > 200:
            step.errors.append(_("Tên đơn vị “%s…” dài quá 200 chữ cái.") % name[:40])
            continue
        meaning = meanings.get(name)
        if meaning is not None and meaning.audience is not None:
            found.append({"as_printed": name, "audience": audiences.normal(meaning.audience)})
            continue
        likely = "; ".join(choice.label for choice in meaning.choices[:3]) if meaning is not None else ""
        if not likely and part == "support":
            step.remarks.append(_("“%s” không có trong danh sách đơn vị của Loa, chỉ ghi tên.") % name)
            found.append({"as_printed": name, "audience": audiences.normal(None)})
            continue
        words = (
            _("Chưa rõ “%(name)s” là đơn vị nào. Có phải: %(likely)s?")
            if likely
            else _("Không tìm thấy đơn vị “%(name)s”. Hãy viết đủ tên.")
        )
        step.errors.append(words % {"name": name, "likely": likely})
    return found


def _words(value: Any) -> str:
    return day(value) if isinstance(value, dt.date) else "" if value is None else str(value)


def counted(steps: Iterable[Step]) -> Counter[str]:
    """How many lines would do what."""
    return Counter(step.deed for step in steps)
