"""Merging, splitting and closing units: what stood below, and who worked there, goes to the successor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean
from loa.org.models import Membership, Unit, UnitEvent, UnitVersion
from loa.org.services import versions as history
from loa.org.services.links import ever_below, lock_tree, rebuild_links
from loa.org.services.units import NewUnit, add_aliases, found_rows, locked, record, require_manage

K = TypeVar("K")


def _after(day: dt.date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=day)


def end_versions(unit: Unit, on: dt.date) -> None:
    """The unit lives until before `on`: later versions go, the one that holds is cut."""
    if unit.closed_on:
        raise Conflict(
            _("%(unit)s đã kết thúc hoạt động từ %(day)s.")
            % {"unit": unit.name, "day": history.vn(unit.closed_on)},
            code="org.unit.closed",
        )
    if on <= unit.founded_on:
        raise InvalidInput(
            _("Ngày kết thúc của %(unit)s phải sau ngày thành lập (%(day)s).")
            % {"unit": unit.name, "day": history.vn(unit.founded_on)},
            field="effective_on",
        )
    history.check_day(unit, on)
    unit.versions.filter(valid_from__gte=on).delete()
    unit.versions.filter(_after(on)).update(valid_to=on)
    Unit.objects.filter(pk=unit.pk).update(closed_on=on)
    unit.closed_on = on


def children_after(unit: Unit, on: dt.date) -> list[Unit]:
    """Units that stand directly below `unit` on some day from `on` on."""
    rows = UnitVersion.objects.filter(_after(on), parent=unit)
    return list(Unit.objects.filter(pk__in=rows.values("unit")))


def move_children(
    unit: Unit, on: dt.date, heirs: Mapping[int, Unit], default: Unit | None, decision: str
) -> list[Unit]:
    """Put the children of `unit` under their heirs from `on` on. Returns them; refuses those left without one."""
    children = children_after(unit, on)
    left = [child for child in children if heirs.get(child.pk, default) is None]
    if left:
        raise InvalidInput(
            _("%(unit)s còn %(count)d đơn vị trực thuộc từ ngày này (%(names)s…). Hãy chọn nơi tiếp nhận.")
            % {"unit": unit.name, "count": len(left), "names": ", ".join(u.short_name for u in left[:3])},
            field="children_to",
        )
    for child in children:
        heir = heirs.get(child.pk, default)
        assert heir is not None
        if child.pk == heir.pk:
            raise InvalidInput(
                _("%(child)s đang thuộc %(unit)s. Hãy chuyển đơn vị này ra khỏi đó trước khi sáp nhập.")
                % {"child": child.name, "unit": unit.name},
                field="into",
            )
        # As often as the child stands there, from `on` or from the later day on which it comes.
        for start in list(child.versions.filter(_after(on), parent=unit).values_list("valid_from", flat=True)):
            day = max(start, on)
            if not child.versions.filter(valid_from__lte=day, parent=unit).filter(_after(day)).exists():
                continue  # moved already, with the span before it
            _before, until = history.change_from(child, day, {"parent_id": heir.pk}, decision)
            history.check_parent(heir, day, until["parent_id"])
            history.check_no_ring(child, heir, day, until["parent_id"])
        history.repeat_today(child)
    return children


def move_members(unit: Unit, on: dt.date, heirs: Mapping[int, Unit], default: Unit | None, decision: str) -> int:
    """End every role at `unit` on `on`; people go on at the heir (None: nowhere). Returns how many went on."""
    return _move(Membership.objects.filter(_after(on), unit=unit), on, heirs, default, decision)


def _move(
    roles: QuerySet[Membership], on: dt.date, heirs: Mapping[int, Unit], default: Unit | None, decision: str
) -> int:
    moved = 0
    for row in list(roles.select_for_update()):
        heir = heirs.get(row.pk, default)
        start, until = max(on, row.valid_from), row.valid_to
        if heir is not None and heir.closed_on is not None:
            # Roles end with the unit they go to.
            until = min(until or heir.closed_on, heir.closed_on)
        if heir is not None and (until is None or until > start):
            there = Membership.objects.filter(_after(start), user=row.user_id, unit=heir, role=row.role)
            if until is not None:
                there = there.filter(valid_from__lt=until)
            if not there.exists():
                Membership.objects.create(
                    user_id=row.user_id,
                    unit=heir,
                    role=row.role,
                    title=row.title,
                    valid_from=start,
                    valid_to=until,
                    decision=decision or row.decision,
                )
                moved += 1
        if row.valid_from >= on:
            row.delete()
        else:
            row.valid_to = on
            row.save(update_fields=["valid_to"])
    return moved


@transaction.atomic
def unit_close(
    *,
    actor: Any,
    unit: Unit,
    on: dt.date,
    decision: str = "",
    note: str = "",
    children_to: Unit | None = None,
    members_to: Unit | None = None,
) -> Unit:
    """Close a unit: `on` is the first day without it. What stands below goes to `children_to`, people to
    `members_to` (None: their roles end).

    Raises InvalidInput when units would be left without one above, Conflict when closed already, Refused.
    """
    lock_tree()
    (unit,) = locked(unit)
    # Read anew like the unit itself: an heir may have ended since the caller looked.
    children_to = locked(children_to)[0] if children_to else None
    members_to = locked(members_to)[0] if members_to else None
    # Work goes where the people go.
    heirs = list(dict.fromkeys(heir for heir in (members_to, children_to) if heir is not None))
    require_manage(actor, unit, *heirs)
    if any(heir.pk == unit.pk for heir in heirs):
        raise InvalidInput(_("Nơi tiếp nhận phải là một đơn vị khác."), field="children_to")
    if members_to is not None:
        history.check_day(members_to, on)
    decision = clean(decision)[:120]
    affected = ever_below([unit.pk], on)
    children = move_children(unit, on, {}, children_to, decision)
    moved = move_members(unit, on, {}, members_to, decision)
    end_versions(unit, on)
    rebuild_links(affected | {unit.pk})
    history.repeat_today(unit)
    record(UnitEvent.Kind.CLOSE, actor=actor, on=on, decision=decision, note=note, out=[unit], into=heirs)
    log(
        "org.unit.closed",
        actor=actor,
        obj=unit,
        unit_id=unit.pk,
        on=on.isoformat(),
        decision=decision,
        children=len(children),
        members=moved,
    )
    return unit


def _successor(actor: Any, part: Unit | NewUnit, above: Unit | None, on: dt.date, decision: str) -> Unit:
    """The unit that takes over from `on`, its row held; a new one is founded where it says, else below `above`."""
    if not isinstance(part, NewUnit):
        (unit,) = locked(part)
        require_manage(actor, unit)
        history.check_day(unit, on)
        return unit
    parent = part.parent or above
    if parent is None:
        raise InvalidInput(_("Hãy chọn cơ quan cấp trên của đơn vị mới."), field="parent")
    require_manage(actor, parent)
    unit = found_rows(part, on, decision, parent=parent)
    rebuild_links([unit.pk])
    return unit


@transaction.atomic
def unit_merge(
    *,
    actor: Any,
    units: Sequence[Unit],
    into: Unit | NewUnit,
    on: dt.date,
    decision: str = "",
    note: str = "",
) -> Unit:
    """Merge `units` into one that goes on, or into a new one, from day `on`. Returns the successor.

    Units below and people go to the successor; the former names become its aliases. Raises InvalidInput, Conflict,
    Refused.
    """
    lock_tree()
    if not units:
        raise InvalidInput(_("Hãy chọn đơn vị được sáp nhập."), field="units")
    decision = clean(decision)[:120]
    gone = locked(*units)
    require_manage(actor, *gone)
    successor = _successor(actor, into, gone[0].parent, on, decision)
    if successor in gone:
        raise InvalidInput(_("Đơn vị tiếp nhận không thể nằm trong số đơn vị bị sáp nhập."), field="into")
    if successor.closed_on:
        raise InvalidInput(_("Đơn vị tiếp nhận đã có ngày kết thúc hoạt động."), field="into")
    affected = ever_below([unit.pk for unit in gone], on) | {successor.pk}
    children = members = 0
    for unit in gone:
        children += len(move_children(unit, on, {}, successor, decision))
        members += move_members(unit, on, {}, successor, decision)
        end_versions(unit, on)
        add_aliases(successor, [unit.name, unit.short_name])
    rebuild_links(affected)
    for unit in gone:
        history.repeat_today(unit)
    record(
        UnitEvent.Kind.MERGE,
        actor=actor,
        on=on,
        decision=decision,
        note=note,
        out=gone,
        into=[successor],
    )
    for unit in gone:
        log(
            "org.unit.merged",
            actor=actor,
            obj=unit,
            unit_id=unit.pk,
            on=on.isoformat(),
            decision=decision,
            into=successor.pk,
            into_name=successor.name,
            children=children,
            members=members,
        )
    return successor


@transaction.atomic
def unit_split(
    *,
    actor: Any,
    unit: Unit,
    parts: Sequence[NewUnit | Unit],
    on: dt.date,
    keep: bool = True,
    children: Mapping[int, int] | None = None,
    members: Mapping[int, int] | None = None,
    work: Mapping[str, int] | None = None,
    decision: str = "",
    note: str = "",
) -> list[Unit]:
    """Split `unit` into `parts` (new or existing units) from day `on`. Returns the successors, in order.

    `keep`: the unit goes on beside them; else it closes. `children` (unit id → index of its part) and `members`
    (membership id → index) say what goes where, `work` (key of a `loa.org.events.Ward` → index) who gets which
    open task or duty; the rest stays, or goes to the first part when the unit closes.
    """
    lock_tree()
    if not parts or (len(parts) < 2 and not keep):
        raise InvalidInput(_("Chia tách cần ít nhất hai đơn vị sau khi tách."), field="parts")
    decision = clean(decision)[:120]
    (unit,) = locked(unit)
    require_manage(actor, unit)
    history.check_day(unit, on)
    made: list[Unit] = []
    for part in parts:
        successor = _successor(actor, part, unit.parent, on, decision)
        if successor in (unit, *made):
            raise InvalidInput(_("Mỗi đơn vị sau khi tách chỉ ghi một lần."), field="parts")
        made.append(successor)
    heirs, going, wards = _dealt(children, made), _dealt(members, made), _dealt(work, made)
    affected = ever_below([unit.pk], on) | {successor.pk for successor in made}
    if keep:
        # Only those named move; who is not named stays.
        for child in children_after(unit, on):
            if child.pk in heirs:
                _move_child(child, unit, heirs[child.pk], on, decision)
        _move(Membership.objects.filter(_after(on), unit=unit, pk__in=going), on, going, None, decision)
    else:
        move_children(unit, on, heirs, made[0], decision)
        move_members(unit, on, going, made[0], decision)
        end_versions(unit, on)
    rebuild_links(affected)
    history.repeat_today(unit)
    record(
        UnitEvent.Kind.SPLIT,
        actor=actor,
        on=on,
        decision=decision,
        note=note,
        out=[unit],
        into=[unit, *made] if keep else made,
        choices={key: part.pk for key, part in wards.items()},
    )
    log(
        "org.unit.split",
        actor=actor,
        obj=unit,
        unit_id=unit.pk,
        on=on.isoformat(),
        decision=decision,
        keep=keep,
        parts=[successor.pk for successor in made],
        names=[successor.name for successor in made],
    )
    return made


def _dealt(choices: Mapping[K, int] | None, parts: Sequence[Unit]) -> dict[K, Unit]:
    """What goes to which part, from what goes to the part of which index."""
    if any(not 0 <= index < len(parts) for index in (choices or {}).values()):
        raise InvalidInput(
            _("Có đơn vị, người hoặc việc chưa được chia về nơi nào trong danh sách."), field="parts"
        )
    return {key: parts[index] for key, index in (choices or {}).items()}


def _move_child(child: Unit, old: Unit, heir: Unit, on: dt.date, decision: str) -> None:
    first = child.versions.filter(_after(on), parent=old).order_by("valid_from").first()
    assert first is not None
    day = max(first.valid_from, on)
    _before, until = history.change_from(child, day, {"parent_id": heir.pk}, decision)
    history.check_parent(heir, day, until["parent_id"])
    history.check_no_ring(child, heir, day, until["parent_id"])
    history.repeat_today(child)
