"""What a table of units would do: each line against what is there and against the other lines.

A fixed number of queries, however many lines.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.vi import fold
from loa.org.importers.read import parse_date
from loa.org.models import KIND_LABELS, Unit, UnitVersion
from loa.org.rules import Kind
from loa.org.selectors import below
from loa.org.services import versions as history

NEW, CHANGED, SAME, BAD = "new", "changed", "same", "bad"

_KINDS = {fold(str(label)): kind for kind, label in KIND_LABELS.items()} | {kind.value: kind for kind in Kind}
_KINDS |= {
    fold(name): kind
    for kind, names in {
        Kind.MAM_NON: ("mầm non", "mn", "mẫu giáo", "trường mẫu giáo"),
        Kind.TIEU_HOC: ("tiểu học", "th"),
        Kind.THCS: ("thcs", "trung học cơ sở", "trường trung học cơ sở"),
        Kind.THPT: ("thpt", "trung học phổ thông", "trường trung học phổ thông"),
        Kind.LIEN_CAP: ("liên cấp", "nhiều cấp học", "th&thcs", "thcs&thpt", "phổ thông nhiều cấp"),
        Kind.GDTX: ("gdnn-gdtx", "trung tâm gdnn-gdtx", "gdtx", "trung tâm gdtx"),
        Kind.UBND_XA: ("ubnd xã", "ubnd phường", "xã", "phường", "ubnd cấp xã"),
        Kind.PHONG_VHXH: ("phòng vhxh", "phòng văn hóa - xã hội", "phòng văn hoá - xã hội"),
        Kind.PHONG_GDDT: ("phòng gdđt", "phòng gd-đt", "phòng giáo dục và đào tạo"),
        Kind.PHONG_SO: ("phòng", "phòng chuyên môn"),
        Kind.VAN_PHONG: ("văn phòng",),
        Kind.KHAC: ("khác",),
    }.items()
    for name in names
}


@dataclass
class Step:
    """What one line would do. `errors` stop the whole import; `changes`: field → (before, after), for reading."""

    line: int
    values: dict[str, str]
    deed: str = BAD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    unit_id: int | None = None
    #: code of the parent in this file, or None
    parent_code: str | None = None
    #: parent that is there already
    parent_id: int | None = None
    kind: Kind | None = None
    founded: dt.date | None = None

    @property
    def code(self) -> str:
        return self.values.get("code", "")

    @property
    def name(self) -> str:
        return self.values.get("name", "")


@dataclass
class Comparison:
    """All steps with their counts."""

    steps: list[Step]

    @property
    def counts(self) -> dict[str, int]:
        """new, changed, same, bad → how many lines."""
        found = Counter(step.deed for step in self.steps)
        return {deed: found[deed] for deed in (NEW, CHANGED, SAME, BAD)}

    @property
    def ready(self) -> bool:
        """Whether it may be written: no line is wrong."""
        return not any(step.errors for step in self.steps)


def compare(rows: list[dict[str, Any]], *, top: Unit, on: dt.date) -> Comparison:
    """What the lines would do below `top`, changes holding from `on`. Four queries."""
    steps = [Step(row["line"], row["values"], warnings=list(row.get("warnings", []))) for row in rows]
    codes = {step.code for step in steps if step.code} | {
        s.values["parent"] for s in steps if s.values.get("parent")
    }
    known: dict[str, Unit] = {}
    listed = sorted(codes)
    for at in range(0, len(listed), 5_000):
        known.update({unit.code: unit for unit in Unit.objects.filter(code__in=listed[at : at + 5_000])})
    inside = set(below(top, max(on, top.founded_on)).values_list("pk", flat=True))
    current: dict[int, UnitVersion] = {}
    ids = sorted(unit.pk for unit in known.values())
    for at in range(0, len(ids), 5_000):
        for version in UnitVersion.objects.filter(unit__in=ids[at : at + 5_000], valid_from__lte=on).order_by(
            "valid_from"
        ):
            current[version.unit_id] = version
    names = {
        (parent, fold(name))
        for parent, name in UnitVersion.objects.filter(valid_to=None, unit__in=below(top)).values_list(
            "parent", "name"
        )
    }
    first: dict[str, Step] = {}
    for step in steps:
        _check(step, first, known, inside, current, top, on)
    _check_rings(steps, first)
    seen: set[tuple[Any, str]] = set()
    for step in steps:
        if step.errors:
            step.deed = BAD
            continue
        key = (step.parent_code or step.parent_id, fold(step.name))
        if step.deed == NEW and ((step.parent_id, fold(step.name)) in names or key in seen):
            step.errors.append(
                _("Đã có đơn vị cùng tên ở cùng cấp trên. Nếu là một, hãy ghi đúng mã của đơn vị đó.")
            )
            step.deed = BAD
        seen.add(key)
    return Comparison(steps)


def _check(
    step: Step,
    first: dict[str, Step],
    known: dict[str, Unit],
    inside: set[int],
    current: dict[int, UnitVersion],
    top: Unit,
    on: dt.date,
) -> None:
    values, errors = step.values, step.errors
    if not step.code:
        errors.append(_("Thiếu mã đơn vị."))
    elif len(step.code) > 40:
        errors.append(_("Mã đơn vị dài quá 40 ký tự."))
    elif step.code in first:
        errors.append(_("Mã %(code)s đã có ở dòng %(line)d.") % {"code": step.code, "line": first[step.code].line})
    else:
        first[step.code] = step
    if not step.name:
        errors.append(_("Thiếu tên đơn vị."))
    step.kind = _KINDS.get(fold(values.get("kind", "")))
    if not values.get("kind"):
        errors.append(_("Thiếu loại đơn vị."))
    elif step.kind is None:
        errors.append(
            _("Không có loại “%(kind)s”. Xem trang “Các loại” trong tệp mẫu.") % {"kind": values["kind"]}
        )
    try:
        history.checked(
            {
                key: values[key]
                for key in ("commune_code", "place", "address", "symbol", "short_name")
                if values.get(key)
            }
            | {"name": step.name or "?"}
        )
    except InvalidInput as error:
        errors.append(str(error.message))
    if text := values.get("founded"):
        step.founded = parse_date(text)
        if step.founded is None or not 1945 <= step.founded.year <= on.year + 10:
            errors.append(_("Ngày “%(day)s” không đúng. Ghi dạng 01/07/2025.") % {"day": text})
    parent = values.get("parent", "")
    if not parent:
        step.parent_id = top.pk
    elif parent == step.code:
        errors.append(_("Đơn vị không thể là cấp trên của chính nó."))
    elif parent in known:
        if known[parent].pk not in inside:
            errors.append(_("Cấp trên %(code)s nằm ngoài %(top)s.") % {"code": parent, "top": top.short_name})
        step.parent_id = known[parent].pk
    else:
        step.parent_code = parent
    unit = known.get(step.code)
    if unit is None:
        step.deed = NEW
        if step.parent_id and not step.errors and unit is None and step.parent_id == top.pk:
            start = step.founded or on
            if start < top.founded_on:
                errors.append(_("Ngày thành lập sớm hơn ngày thành lập của %(top)s.") % {"top": top.short_name})
        return
    step.unit_id = unit.pk
    if unit.pk not in inside or unit.pk == top.pk:
        errors.append(
            _("Mã %(code)s đang là của %(unit)s, ngoài phạm vi nhập.") % {"code": step.code, "unit": unit.name}
        )
        return
    version = current.get(unit.pk)
    if version is None:
        errors.append(_("%(unit)s chưa thành lập vào ngày hiệu lực.") % {"unit": unit.name})
        return
    _differences(step, version)
    step.deed = CHANGED if step.changes else SAME


def _differences(step: Step, version: UnitVersion) -> None:
    for name in ("name", "short_name", "commune_code", "place", "address", "symbol"):
        new = step.values.get(name, "")
        if new and new != getattr(version, name):
            step.changes[name] = (getattr(version, name), new)
    if step.kind is not None and step.kind != version.kind:
        step.changes["kind"] = (version.kind, step.kind.value)
    if step.parent_code is not None or (step.values.get("parent") and step.parent_id != version.parent_id):
        step.changes["parent"] = ("", step.values["parent"])


def _check_rings(steps: list[Step], first: dict[str, Step]) -> None:
    """Parents that are neither there nor in the file, and lines that stand above each other in a ring."""
    for step in steps:
        if step.parent_code is not None and step.parent_code not in first:
            step.errors.append(
                _("Không tìm thấy đơn vị cấp trên có mã %(code)s, cả trong tệp lẫn trong hệ thống.")
                % {"code": step.parent_code}
            )
    for step in steps:
        at, passed = step, {step.code}
        while at.values.get("parent") in first:
            at = first[at.values["parent"]]
            if at.code in passed:
                if at.code == step.code:
                    step.errors.append(_("Vòng lặp: đơn vị này đứng trên chính cấp trên của nó."))
                break
            passed.add(at.code)
