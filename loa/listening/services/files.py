"""Files of items: taken in, columns matched, written by a job in batches; brought in again they add nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.lib.private import masked
from loa.lib.vi import clean
from loa.listening.access import MANAGE
from loa.listening.models import ItemFile, Source
from loa.listening.readers.model import Found, kept
from loa.listening.readers.table import FIELDS, Grid, Line, guess, lines, read_table
from loa.listening.rules import FILLED, PRIVATE, fresh_of_file
from loa.listening.services.collect import shown, store
from loa.listening.services.health import renew_habit
from loa.listening.ways.model import FILE_DAYS
from loa.org import access as rights

BATCH = 500
LEASE = dt.timedelta(minutes=5)
#: a file at which workers failed, or died, so often in a row is given up
TRIES = 3
logger = logging.getLogger("loa.listening")


def _require(actor: Any, source: Source) -> None:
    rights.require(actor, MANAGE, source.unit_id, _("Bạn chưa được phân công quản lý nguồn tin."))
    if source.kind not in FILLED:
        raise Conflict(
            _("Nguồn này Loa tự đọc. Hãy nhập tệp vào nguồn nhập tay hoặc nguồn nhận từ hệ thống khác.")
        )


@transaction.atomic
def file_take(*, actor: Any, source: Source, name: str, data: bytes) -> ItemFile:
    """Take a file in, read its headings, match them as this source's last file was matched; what that one had not,
    by their names.

    Nothing is written yet. Raises InvalidInput (cannot be read), Refused, Conflict (a source that is fetched).
    """
    _require(actor, source)
    grid = read_table(data, name)
    last = ItemFile.objects.filter(source=source, state__in=["queued", "writing", "done"]).order_by("-pk").first()
    guessed, mapping = guess(grid.columns), {}
    if last:
        mapping = {field: column for field, column in last.mapping.items() if column in grid.columns}
        # A column the officer left out stays out; one that is new may be what its name says.
        for field, column in guessed.items():
            if column not in (*last.columns, *mapping.values()):
                mapping.setdefault(field, column)
    if not {"title", "text"} & set(mapping):
        mapping = guessed
    row = ItemFile(
        source=source, name=clean(kept(name))[:200] or _("tệp"), columns=grid.columns, mapping=mapping,
        remarks=grid.remarks,
        rows=len(grid.rows), created_by=actor,
    )  # fmt: skip
    row.file.save("items", ContentFile(data), save=False)
    row.save()
    log("listening.file.taken", actor=actor, obj=row, unit_id=source.unit_id, source=source.name)
    return row


@transaction.atomic
def file_map(*, actor: Any, row: ItemFile, mapping: Mapping[str, str]) -> ItemFile:
    """Say which column is what. Raises InvalidInput (no words), Conflict (it is being written)."""
    row = _mine(actor, row)
    chosen = {field: mapping[field] for field in FIELDS if mapping.get(field) in row.columns}
    if not {"title", "text"} & set(chosen):
        raise InvalidInput(_("Hãy chọn cột tiêu đề hoặc cột nội dung."), field="title")
    row.mapping = chosen
    row.save(update_fields=["mapping"])
    return row


@transaction.atomic
def file_confirm(*, actor: Any, row: ItemFile) -> None:
    """Have it written, by a job."""
    row = _mine(actor, row)
    if not {"title", "text"} & set(row.mapping):
        raise InvalidInput(_("Hãy chọn cột tiêu đề hoặc cột nội dung."), field="title")
    row.state = ItemFile.State.QUEUED
    row.save(update_fields=["state"])
    log("listening.file.confirmed", actor=actor, obj=row, unit_id=row.source.unit_id, rows=row.rows)
    enqueue_after_commit(import_string("loa.listening.tasks.write_files"))


@transaction.atomic
def file_drop(*, actor: Any, row: ItemFile) -> None:
    """Have it not: the file is deleted, the row says that it was there."""
    row = _mine(actor, row)
    row.state = ItemFile.State.DROPPED
    row.finished_at = clock.now()
    row.save(update_fields=["state", "finished_at"])
    _shred(row)
    log("listening.file.dropped", actor=actor, obj=row, unit_id=row.source.unit_id)


def forget_files() -> int:
    """Delete files that nobody confirmed in time; their rows say that they were there. Returns how many."""
    before = clock.now() - dt.timedelta(days=FILE_DAYS)
    rows = ItemFile.objects.filter(state=ItemFile.State.READ, created_at__lte=before).select_related("source")
    gone = 0
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
            if row is None:  # confirmed at this moment
                continue
            row.state, row.finished_at = ItemFile.State.DROPPED, clock.now()
            row.save(update_fields=["state", "finished_at"])
            _shred(row)
            log("listening.file.expired", actor=None, obj=row, unit_id=row.source.unit_id, days=FILE_DAYS)
            gone += 1
    return gone


def _mine(actor: Any, row: ItemFile) -> ItemFile:
    row = ItemFile.objects.select_for_update(of=("self",)).select_related("source").get(pk=row.pk)
    _require(actor, row.source)
    if row.state != ItemFile.State.READ:
        raise Conflict(_("Tệp này đã được xác nhận hoặc bỏ. Hãy tải lại trang."))
    return row


def _shred(row: ItemFile) -> None:
    """Delete the file once the change has been written: it holds what people wrote, unmasked."""
    name, storage = row.file.name, row.file.storage
    if name:
        ItemFile.objects.filter(pk=row.pk).update(file="")
        transaction.on_commit(lambda: storage.delete(name))


def table_of(row: ItemFile) -> Grid:
    """The table in the file."""
    with row.file.open("rb") as file:
        return read_table(file.read(), row.name)


def line_shown(row: ItemFile, line: Line) -> Line:
    """A line as it may be seen before it is written: what private persons wrote is masked as it would be kept."""
    if row.source.outlet not in PRIVATE:
        return line
    return replace(
        line,
        found=line.found and shown(row.source, line.found),
        wrong=masked(line.wrong),
        notes=tuple(masked(note) for note in line.notes),
    )


@transaction.atomic
def file_looked(*, actor: Any, row: ItemFile, count: int) -> None:
    """Write down that somebody looked at `count` lines of a file, when private persons wrote them."""
    if count and row.source.outlet in PRIVATE:
        log("listening.items.listed", actor=actor, obj=row, unit_id=row.source.unit_id, items=[], count=count)


# — the job ————————————————————————————————————————————————————————————————————————————


def write_next_file() -> bool:
    """Write one waiting file to its end, batch by batch, each in a transaction; False when none waits.

    Claimed by conditional UPDATE with a lease that every batch renews: of a worker that dies the next goes on
    after the last batch. One at which it fails is tried again when the lease is over, and given up in the end.
    """
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = ItemFile.objects.filter(free, state__in=[ItemFile.State.QUEUED, ItemFile.State.WRITING])
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:5]:
        if ItemFile.objects.filter(free, pk=pk, state__in=["queued", "writing"]).update(
            state=ItemFile.State.WRITING, lease_until=now + LEASE, tries=F("tries") + 1
        ):
            try:
                if ItemFile.objects.filter(pk=pk, tries__lte=TRIES).exists():
                    _write(pk)
            except Exception:
                logger.exception("file %s", pk)
                if ItemFile.objects.filter(pk=pk, tries__lt=TRIES).exists():
                    return True
            _give_up(pk)
            return True
    return False


@transaction.atomic
def _give_up(pk: int) -> None:
    """What is written of it stays; the file goes, as nobody can say when it would."""
    row = ItemFile.objects.select_for_update(of=("self",)).select_related("source").get(pk=pk)
    if row.state != ItemFile.State.WRITING:  # it was written
        return
    row.state, row.lease_until, row.finished_at = ItemFile.State.FAILED, None, clock.now()
    row.save(update_fields=["state", "lease_until", "finished_at"])
    _shred(row)
    log("listening.file.failed", actor=None, obj=row, unit_id=row.source.unit_id, done=row.done, rows=row.rows)


def _write(pk: int) -> None:
    row = ItemFile.objects.select_related("source").get(pk=pk)
    grid = table_of(row)
    earlier = ItemFile.objects.filter(source=row.source_id, state=ItemFile.State.DONE).order_by("-finished_at")
    before = earlier.values_list("finished_at", flat=True).first()
    while row.done < len(grid.rows):
        part = Grid(grid.columns, grid.rows[row.done : row.done + BATCH], [])
        found: list[Found] = []
        wrong = 0
        for line in lines(part, row.mapping, now=clock.now()):
            if line.found is None:
                wrong += 1
            else:
                found.append(line.found)
        with transaction.atomic():
            source = Source.objects.select_for_update().get(pk=row.source_id)
            added = store(source, found, fresh=fresh_of_file(clock.now(), before=before))
            ItemFile.objects.filter(pk=pk).update(
                done=F("done") + len(part.rows),
                added=F("added") + added,
                known=F("known") + len(found) - added,
                wrong=F("wrong") + wrong,
                lease_until=clock.now() + LEASE,
                tries=1,
            )
            if added:
                renew_habit(source)
                source.save(update_fields=["last_item_at", "usual_gap", "silent_from"])
        row.refresh_from_db(fields=["done"])
    with transaction.atomic():
        ItemFile.objects.filter(pk=pk).update(state=ItemFile.State.DONE, lease_until=None, finished_at=clock.now())
        _shred(row)
