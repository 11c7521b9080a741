"""Founding a unit, changing what it is called, what it is and where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean, fold, slugify_vi
from loa.org import access, events
from loa.org.models import Unit, UnitAlias, UnitEvent, UnitVersion
from loa.org.rules import Kind
from loa.org.services import versions as history
from loa.org.services.links import ever_below, lock_tree, rebuild_links


@dataclass(frozen=True)
class NewUnit:
    """What is needed to found a unit. `parent` None: a top (system only), or as the verb says."""

    name: str
    kind: Kind | str
    parent: Unit | None = None
    short_name: str = ""
    code: str = ""
    place: str = ""
    address: str = ""
    commune_code: str = ""
    symbol: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


def require_manage(actor: Any, *units: Unit, ability: str = "unit.manage") -> None:
    """Refuse unless `actor` (None: the system) may change every one of `units`."""
    if actor is None:
        return
    for unit in units:
        if not access.can_manage(actor, unit, ability):
            raise Refused(
                _("Bạn chưa được giao quản trị %(unit)s. Hãy nhờ quản trị của cơ quan cấp trên.")
                % {"unit": unit.name},
                code=ability,
            )


def locked(*units: Unit) -> list[Unit]:
    """The units read afresh, their rows held until the transaction ends, in a fixed order."""
    rows = Unit.objects.select_for_update().order_by("pk").in_bulk([unit.pk for unit in units])
    return [rows[unit.pk] for unit in units]


def free_slug(name: str, taken: set[str] | None = None) -> str:
    """A permanent address no unit has: "truong-thcs-son-thuong", "-2" when there is one already."""
    base = slugify_vi(name, 70) or "don-vi"
    if taken is None:
        taken = set(Unit.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug


def record(
    kind: str,
    *,
    actor: Any,
    on: dt.date,
    decision: str,
    note: str = "",
    out: Iterable[Unit] = (),
    into: Iterable[Unit] = (),
    choices: Mapping[str, int] | None = None,
) -> UnitEvent:
    """Write the event; tell the upper domains at once when its day has come."""
    event = UnitEvent.objects.create(
        kind=kind,
        effective_on=on,
        decision=clean(decision)[:120],
        note=note.strip(),
        created_by=actor,
        choices=dict(choices or {}),
    )
    event.predecessors.set(out)
    for unit in into:  # one by one: the first entered is who carries on what nobody chose
        event.successors.add(unit)
    if on <= clock.today():
        event.applied_at = clock.now()
        event.save(update_fields=["applied_at"])
        events.tell(event)
    return event


def found_rows(new: NewUnit, on: dt.date, decision: str, *, parent: Unit | None) -> Unit:
    """The rows of a new unit, checked, without event, link or log."""
    history.check_day(None, on)
    values = history.checked(
        {
            "name": new.name,
            "short_name": new.short_name or clean(new.name)[:120],
            "kind": str(new.kind),
            "place": new.place,
            "address": new.address,
            "commune_code": new.commune_code,
            "symbol": new.symbol,
        }
    )
    code = clean(new.code)
    if len(code) > 40:
        raise InvalidInput(_("Mã đơn vị dài quá 40 ký tự."), field="code")
    if code and (other := Unit.objects.filter(code=code).first()):
        raise Conflict(_("Mã %(code)s đã thuộc về %(unit)s.") % {"code": code, "unit": other.name}, field="code")
    if parent is not None:
        history.check_parent(parent, on, None)
    twin = UnitVersion.objects.filter(access.in_force(on), name=values["name"], parent=parent).first()
    if twin is not None:
        raise Conflict(
            _("Đã có một đơn vị tên “%(name)s” ở cùng cấp trên. Hãy kiểm tra để không lập trùng.")
            % {"name": values["name"]},
            field="name",
        )
    unit = Unit.objects.create(
        slug=free_slug(values["name"]),
        code=code,
        name=values["name"],
        short_name=values["short_name"],
        kind=values["kind"],
        parent=parent,
        folded=history.folded_name(values["name"], values["short_name"]),
        sort_key=history.sort_key(values["name"])[:600],
        founded_on=on,
    )
    UnitVersion.objects.create(
        unit=unit, parent=parent, valid_from=on, decision=clean(decision)[:120], codes=dict(new.codes), **values
    )
    add_aliases(unit, new.aliases)
    return unit


def add_aliases(unit: Unit, texts: Iterable[str], own: Iterable[str] | None = None) -> list[UnitAlias]:
    """Other names of the unit, once each; its `own` names (those of today) are none."""
    own = (unit.name, unit.short_name) if own is None else own
    known = set(unit.aliases.values_list("folded", flat=True)) | {fold(name) for name in own}
    made = []
    for text in texts:
        text = clean(text)[:200]
        key = fold(text)
        if text and key not in known:
            known.add(key)
            made.append(UnitAlias(unit=unit, text=text, folded=key))
    return UnitAlias.objects.bulk_create(made)


@transaction.atomic
def unit_found(*, actor: Any, new: NewUnit, on: dt.date, decision: str = "", note: str = "") -> Unit:
    """Found a unit below `new.parent` on day `on` (past, today or to come).

    Raises InvalidInput, Conflict (same name beside it, code taken), Refused.
    """
    lock_tree()
    if new.parent is None:
        if actor is not None:
            raise Refused(
                _("Đơn vị cao nhất chỉ được lập khi cài đặt. Hãy chọn cơ quan cấp trên."), field="parent"
            )
        parent = None
    else:
        (parent,) = locked(new.parent)
        require_manage(actor, parent)
    unit = found_rows(new, on, decision, parent=parent)
    rebuild_links([unit.pk])
    record(UnitEvent.Kind.FOUND, actor=actor, on=on, decision=decision, note=note, into=[unit])
    log("org.unit.founded", actor=actor, obj=unit, unit_id=unit.pk, on=on.isoformat(), decision=decision)
    return unit


@transaction.atomic
def unit_change(
    *, actor: Any, unit: Unit, on: dt.date, decision: str = "", note: str = "", **changes: Any
) -> bool:
    """Change name, short_name, kind, place, address, commune_code, codes or symbol from day `on`.

    The former name becomes an alias; the address (slug) stays. A change entered for a later day stands. Returns
    whether anything changed. Raises InvalidInput, Conflict, Refused.
    """
    unknown = set(changes) - set(history.FIELDS) | (set(changes) & {"parent_id"})
    if unknown:
        raise TypeError(f"unit_change: {sorted(unknown)}")
    (unit,) = locked(unit)
    require_manage(actor, unit)
    values = history.checked(changes)
    if "name" in values and "short_name" not in values:
        current = history.version_on(unit, on)
        if current.short_name == current.name[:120]:
            values["short_name"] = values["name"][:120]
    before, _until = history.change_from(unit, on, values, clean(decision)[:120])
    if not before:
        return False
    renamed = "name" in before
    if renamed:
        version = history.version_on(unit, on)
        twins = UnitVersion.objects.filter(
            access.in_force(on), name=version.name, parent=version.parent_id
        ).exclude(unit=unit)
        if twins.exists():
            raise Conflict(
                _("Đã có một đơn vị tên “%(name)s” ở cùng cấp trên.") % {"name": version.name}, field="name"
            )
    history.repeat_today(unit)
    if renamed:
        add_aliases(unit, [before["name"], before.get("short_name", "")], (version.name, version.short_name))
    kind = UnitEvent.Kind.RENAME if renamed else UnitEvent.Kind.CHANGE
    record(kind, actor=actor, on=on, decision=decision, note=note, out=[unit], into=[unit])
    log(
        "org.unit.renamed" if renamed else "org.unit.changed",
        actor=actor,
        obj=unit,
        unit_id=unit.pk,
        on=on.isoformat(),
        decision=decision,
        before=before,
        after={key: values[key] for key in before},
    )
    return True


def unit_rename(
    *, actor: Any, unit: Unit, name: str, on: dt.date, decision: str = "", note: str = "", short_name: str = ""
) -> bool:
    """Give a unit another name from day `on`; see `unit_change`."""
    changes = {"name": name} | ({"short_name": short_name} if short_name else {})
    return unit_change(actor=actor, unit=unit, on=on, decision=decision, note=note, **changes)


@transaction.atomic
def unit_reparent(
    *, actor: Any, unit: Unit, parent: Unit, on: dt.date, decision: str = "", note: str = ""
) -> bool:
    """Put a unit, with all below it, under another from day `on`. Returns whether anything changed.

    Raises InvalidInput when the new parent does not live through the whole time or stands below the unit itself.
    """
    lock_tree()
    unit, parent = locked(unit, parent)
    require_manage(actor, unit, parent)
    if unit.pk == parent.pk:
        raise InvalidInput(_("Một đơn vị không thể thuộc chính nó."), field="parent")
    before, until = history.change_from(unit, on, {"parent_id": parent.pk}, clean(decision)[:120])
    if not before:
        return False
    end = until["parent_id"]
    history.check_parent(parent, on, end)
    history.check_no_ring(unit, parent, on, end)
    rebuild_links(ever_below([unit.pk], on))
    history.repeat_today(unit)
    record(UnitEvent.Kind.REPARENT, actor=actor, on=on, decision=decision, note=note, out=[unit], into=[unit])
    log(
        "org.unit.moved",
        actor=actor,
        obj=unit,
        unit_id=unit.pk,
        on=on.isoformat(),
        decision=decision,
        before=before["parent_id"],
        after=parent.pk,
        parent=parent.name,
    )
    return True


@transaction.atomic
def alias_add(*, actor: Any, unit: Unit, text: str) -> UnitAlias | None:
    """Make a unit known under another name (abbreviation, former name). None when it is known already."""
    require_manage(actor, unit)
    if not clean(text):
        raise InvalidInput(_("Hãy ghi tên gọi khác."), field="text")
    made = add_aliases(unit, [text])
    if not made:
        return None
    log("org.alias.added", actor=actor, obj=unit, unit_id=unit.pk, text=made[0].text)
    return made[0]


@transaction.atomic
def alias_remove(*, actor: Any, alias: UnitAlias) -> None:
    """Forget another name."""
    require_manage(actor, alias.unit)
    log("org.alias.removed", actor=actor, obj=alias.unit, unit_id=alias.unit_id, text=alias.text)
    alias.delete()
