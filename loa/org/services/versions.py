"""Editing the history of one unit: versions follow each other without gap or overlap, from founding to closing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.vi import clean, fold, sort_key
from loa.org.models import Unit, UnitLink, UnitVersion
from loa.org.rules import Kind

#: what a version says, besides its dates
FIELDS = ("name", "short_name", "kind", "parent_id", "place", "address", "commune_code", "codes", "symbol")
_LIMITS = {"name": 200, "short_name": 120, "place": 120, "address": 250, "symbol": 30}
EARLIEST = dt.date(1945, 9, 2)


def vn(day: dt.date) -> str:
    """dd/mm/yyyy, for sentences."""
    return day.strftime("%d/%m/%Y")


def folded_name(name: str, short_name: str) -> str:
    """The key units are searched by: name, and short name when it says more."""
    folded, short = fold(name), fold(short_name)
    return folded if short in folded else f"{folded} | {short}"


def checked(changes: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored; raises InvalidInput naming the field."""
    made = dict(changes)
    for field, limit in _LIMITS.items():
        if field not in made:
            continue
        made[field] = clean(made[field] or "")
        if len(made[field]) > limit:
            raise InvalidInput(
                _("Nội dung dài quá %(limit)d chữ. Hãy viết gọn lại.") % {"limit": limit}, field=field
            )
    if "name" in made and not made["name"]:
        raise InvalidInput(_("Hãy ghi tên đơn vị."), field="name")
    if "kind" in made and made["kind"] not in set(Kind):
        raise InvalidInput(_("Không có loại đơn vị này. Hãy chọn trong danh sách."), field="kind")
    if code := made.get("commune_code"):
        code = clean(code)
        if not (code.isascii() and code.isdigit() and len(code) == 5):
            raise InvalidInput(_("Mã xã gồm đúng 5 chữ số, ví dụ 04567."), field="commune_code")
        made["commune_code"] = code
    return made


def check_day(unit: Unit | None, day: dt.date) -> None:
    """Refuse a date that cannot be: before 1945, a century ahead, outside the life of the unit."""
    if day < EARLIEST or day > clock.today() + dt.timedelta(days=3660):
        raise InvalidInput(_("Ngày hiệu lực không hợp lý. Hãy xem lại năm."), field="effective_on")
    if unit is None:
        return
    if day < unit.founded_on:
        raise InvalidInput(
            _("Ngày hiệu lực phải từ ngày thành lập (%(day)s) trở đi.") % {"day": vn(unit.founded_on)},
            field="effective_on",
        )
    if unit.closed_on and day >= unit.closed_on:
        raise InvalidInput(
            _("%(unit)s đã kết thúc hoạt động từ %(day)s.") % {"unit": unit.name, "day": vn(unit.closed_on)},
            field="effective_on",
        )


def check_parent(parent: Unit, start: dt.date, end: dt.date | None) -> None:
    """A unit above must live as long as it is above."""
    if start < parent.founded_on:
        raise InvalidInput(
            _("%(unit)s đến %(day)s mới thành lập, chưa thể là cấp trên trước ngày đó.")
            % {"unit": parent.name, "day": vn(parent.founded_on)},
            field="parent",
        )
    if parent.closed_on and (end is None or end > parent.closed_on):
        raise InvalidInput(
            _("%(unit)s kết thúc hoạt động từ %(day)s, không thể là cấp trên sau ngày đó.")
            % {"unit": parent.name, "day": vn(parent.closed_on)},
            field="parent",
        )


def check_no_ring(unit: Unit, parent: Unit, start: dt.date, end: dt.date | None) -> None:
    """No unit stands below itself, on any day."""
    links = UnitLink.objects.filter(above=unit, below=parent).exclude(valid_to__lte=start)
    if end is not None:
        links = links.filter(valid_from__lt=end)
    if links.exists():
        raise InvalidInput(
            _("%(parent)s đang thuộc %(unit)s nên không thể làm cấp trên của chính cấp trên mình.")
            % {"parent": parent.name, "unit": unit.name},
            field="parent",
        )


def version_on(unit: Unit, day: dt.date) -> UnitVersion:
    """The version that holds on `day`; raises InvalidInput outside the unit's life."""
    check_day(unit, day)
    for version in unit.versions.order_by("-valid_from"):
        if version.valid_from <= day:
            return version
    raise InvalidInput(_("Đơn vị chưa thành lập vào ngày này."), field="effective_on")


def change_from(
    unit: Unit, day: dt.date, changes: dict[str, Any], decision: str
) -> tuple[dict[str, Any], dict[str, dt.date | None]]:
    """Let `changes` hold from `day` on. A later change already entered stands: each new value runs until the day
    on which that same thing changes again.

    Returns the values before, and for each changed field the day until which the new value runs.
    """
    check_day(unit, day)
    versions = list(unit.versions.order_by("valid_from"))
    at = max(i for i, version in enumerate(versions) if version.valid_from <= day)
    current = versions[at]
    before = {field: getattr(current, field) for field in changes}
    changes = {field: value for field, value in changes.items() if before[field] != value}
    until: dict[str, dt.date | None] = {}
    if not changes:
        return {}, {}
    if current.valid_from < day:
        later = UnitVersion(
            unit=unit,
            valid_from=day,
            valid_to=current.valid_to,
            **{field: getattr(current, field) for field in FIELDS},
        )
        # Shorten first: one open version a unit is a constraint.
        UnitVersion.objects.filter(pk=current.pk).update(valid_to=day)
        versions.insert(at + 1, later)
        at += 1
    versions[at].decision = decision or versions[at].decision
    running = dict(changes)
    for version in versions[at:]:
        if version is not versions[at]:
            for field in list(running):
                if getattr(version, field) != before[field]:
                    until[field] = version.valid_from
                    del running[field]
        if not running:
            break
        for field, value in running.items():
            setattr(version, field, value)
        version.save()
    for field in running:
        until[field] = versions[-1].valid_to
    return {field: before[field] for field in changes}, until


def repeat_today(unit: Unit) -> bool:
    """Bring what `Unit` repeats in step with the version of today (the first before it, the last after it)."""
    today = clock.today()
    versions = list(unit.versions.order_by("valid_from"))
    held = [version for version in versions if version.valid_from <= today]
    version = held[-1] if held else versions[0]
    values = {
        "name": version.name,
        "short_name": version.short_name,
        "kind": version.kind,
        "parent_id": version.parent_id,
        "folded": folded_name(version.name, version.short_name),
        "sort_key": sort_key(version.name)[:600],
    }
    changed = {field: value for field, value in values.items() if getattr(unit, field) != value}
    for field, value in changed.items():
        setattr(unit, field, value)
    if changed:
        unit.save(update_fields=[field.removesuffix("_id") for field in changed])
    return bool(changed)
