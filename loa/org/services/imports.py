"""Importing units from a table: read and kept, confirmed by a person, written as a whole by a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import AppError, Conflict, InvalidInput
from loa.lib.vi import clean, fold, sort_key
from loa.org.models import Unit, UnitAlias, UnitEvent, UnitImport, UnitVersion
from loa.org.services.links import lock_tree, rebuild_links
from loa.org.services.units import free_slug, require_manage, unit_change, unit_reparent
from loa.org.services.versions import check_day, check_parent, folded_name

State = UnitImport.State


@transaction.atomic
def import_read(
    *, actor: Any, top: Unit, data: bytes, filename: str, effective_on: dt.date, decision: str = ""
) -> UnitImport:
    """Read a file and keep its lines for the preview. Raises InvalidInput when it cannot be read, Refused."""
    from loa.org.importers.read import read

    require_manage(actor, top)
    check_day(top, effective_on)
    table = read(data, filename)
    return UnitImport.objects.create(
        top=top,
        filename=clean(filename)[:200],
        rows=[line.as_json() for line in table.lines],
        remarks=table.remarks,
        effective_on=effective_on,
        decision=clean(decision)[:120],
        created_by=actor,
    )


@transaction.atomic
def import_confirm(*, actor: Any, batch: UnitImport) -> None:
    """Let the job write it. Raises Conflict when it was confirmed before, InvalidInput while lines are wrong."""
    from loa.org.importers.compare import compare

    batch = UnitImport.objects.select_for_update().select_related("top").get(pk=batch.pk)
    require_manage(actor, batch.top)
    if batch.state not in (State.READ, State.FAILED):
        raise Conflict(_("Danh sách này đã được xác nhận rồi."))
    if not compare(batch.rows, top=batch.top, on=batch.effective_on).ready:
        raise InvalidInput(_("Còn dòng sai. Hãy sửa trong tệp rồi nhập lại; chưa có gì được ghi."))
    batch.state = State.QUEUED
    batch.error = ""
    batch.save(update_fields=["state", "error"])
    enqueue_after_commit(import_string("loa.org.tasks.write_import"), batch.pk, actor.pk)


def import_write(*, batch_id: int, actor: Any) -> None:
    """Write a confirmed import in one transaction; on any refusal nothing is written and the row says why.

    Run again after a crash it starts afresh: either all of it is there, or nothing.
    """
    from loa.org.importers.compare import compare

    claimed = UnitImport.objects.filter(pk=batch_id, state__in=(State.QUEUED, State.CHECKING, State.WRITING))
    if not claimed.update(state=State.CHECKING):
        return
    batch = UnitImport.objects.select_related("top").get(pk=batch_id)
    try:
        found = compare(batch.rows, top=batch.top, on=batch.effective_on)
        if not found.ready:
            raise InvalidInput(_("Dữ liệu đã đổi từ lúc xem trước, nay có dòng sai. Hãy mở lại bản xem trước."))
        UnitImport.objects.filter(pk=batch_id).update(state=State.WRITING)
        with transaction.atomic():
            lock_tree()
            counts = _write(batch, found.steps, actor)
            UnitImport.objects.filter(pk=batch_id).update(
                state=State.DONE, result=counts, finished_at=clock.now(), error=""
            )
            log("org.units.imported", actor=actor, obj=batch, unit_id=batch.top_id, **counts)
    except AppError as error:
        UnitImport.objects.filter(pk=batch_id).update(
            state=State.FAILED, error=str(error.message), finished_at=clock.now()
        )


def _write(batch: UnitImport, steps: list[Any], actor: Any) -> dict[str, int]:
    from loa.org.importers.compare import CHANGED, NEW, SAME

    made = _found_all(batch, [step for step in steps if step.deed == NEW], actor)
    by_code = {unit.code: unit for unit in made}
    changed = [step for step in steps if step.deed == CHANGED]
    units = Unit.objects.in_bulk([step.unit_id for step in changed])
    for step in changed:
        unit = units[step.unit_id]
        changes = {field: new for field, (_old, new) in step.changes.items() if field != "parent"}
        if changes:
            unit_change(actor=actor, unit=unit, on=batch.effective_on, decision=batch.decision, **changes)
        if "parent" in step.changes:
            parent = by_code.get(step.parent_code or "") or Unit.objects.filter(pk=step.parent_id).first()
            parent = parent or Unit.objects.get(code=step.parent_code)
            unit_reparent(actor=actor, unit=unit, parent=parent, on=batch.effective_on, decision=batch.decision)
    same = sum(1 for step in steps if step.deed == SAME)
    return {"new": len(made), "changed": len(changed), "same": same}


def _found_all(batch: UnitImport, steps: list[Any], actor: Any) -> list[Unit]:
    """Found all new units at once: a few statements, however many."""
    if not steps:
        return []
    taken = set(Unit.objects.values_list("slug", flat=True))
    units: dict[str, Unit] = {}
    for step in steps:
        start = step.founded or batch.effective_on
        check_day(None, start)
        short = (step.values.get("short_name") or step.name)[:120]
        units[step.code] = Unit(
            slug=free_slug(step.name, taken),
            code=step.code,
            name=step.name,
            short_name=short,
            kind=step.kind,
            folded=folded_name(step.name, short),
            sort_key=sort_key(step.name)[:600],
            founded_on=start,
        )
    created = Unit.objects.bulk_create(list(units.values()), batch_size=1_000)
    there = {unit.code: unit for unit in Unit.objects.filter(code__in=_codes(steps))} | units
    above = Unit.objects.in_bulk({step.parent_id for step in steps if step.parent_id})
    versions, aliases = [], []
    for step in steps:
        unit = units[step.code]
        parent = there[step.parent_code] if step.parent_code else above[step.parent_id]
        check_parent(parent, unit.founded_on, None)
        unit.parent = parent
        versions.append(
            UnitVersion(
                unit=unit,
                name=unit.name,
                short_name=unit.short_name,
                kind=unit.kind,
                parent=parent,
                place=step.values.get("place", ""),
                address=step.values.get("address", ""),
                commune_code=step.values.get("commune_code", ""),
                symbol=step.values.get("symbol", ""),
                valid_from=unit.founded_on,
                decision=(step.values.get("decision") or batch.decision)[:120],
            )
        )
        known = {fold(unit.name), fold(unit.short_name)}
        for text in (clean(part) for part in step.values.get("aliases", "").split(";")):
            if text and fold(text) not in known:
                known.add(fold(text))
                aliases.append(UnitAlias(unit=unit, text=text[:200], folded=fold(text)[:200]))
    Unit.objects.bulk_update(created, ["parent"], batch_size=500)
    UnitVersion.objects.bulk_create(versions, batch_size=1_000)
    UnitAlias.objects.bulk_create(aliases, batch_size=1_000)
    rebuild_links(unit.pk for unit in created)
    now, today = clock.now(), clock.today()
    founded = UnitEvent.objects.bulk_create(
        [
            UnitEvent(
                kind=UnitEvent.Kind.FOUND,
                effective_on=version.valid_from,
                decision=version.decision,
                created_by=actor,
                # Nobody has work in a unit that is new: no upper domain needs to hear of each.
                applied_at=now if version.valid_from <= today else None,
            )
            for version in versions
        ],
        batch_size=1_000,
    )
    through = UnitEvent.successors.through
    through.objects.bulk_create(
        [
            through(unitevent_id=event.pk, unit_id=version.unit_id)
            for event, version in zip(founded, versions, strict=True)
        ],
        batch_size=2_000,
    )
    return created


def _codes(steps: list[Any]) -> list[str]:
    return [step.parent_code for step in steps if step.parent_code]
