"""Tables given in: read and kept for a look, then written as a whole or not at all."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean
from loa.plans.access import require_legal_edit
from loa.plans.models import TableImport
from loa.plans.rules.legal import COLUMNS
from loa.plans.services.legal import legal_import
from loa.plans.tables import legal
from loa.plans.tables.lines import read_lines


def legal_table_read(*, actor: Any, data: bytes, filename: str) -> TableImport:
    """Read a table of legal documents and keep its lines; nothing of the register changes. Raises Refused,
    InvalidInput."""
    require_legal_edit(actor)
    lines, remarks = read_lines(data, filename, columns=COLUMNS, required=legal.REQUIRED, most=legal.MOST)
    return TableImport.objects.create(
        kind=TableImport.Kind.LEGAL,
        filename=clean(filename)[:200],
        rows=[line.as_json() for line in lines],
        remarks=remarks,
        created_by=actor,
    )


def legal_table_apply(*, actor: Any, batch: TableImport) -> TableImport:
    """Write what the preview shows now. Raises Refused, Conflict (written before), InvalidInput (wrong line)."""
    require_legal_edit(actor)
    with transaction.atomic():
        batch = TableImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.applied_at is not None:
            raise Conflict(_("Bảng này đã được ghi rồi."), code="plans.table.applied")
        steps = legal.compare(batch.rows)
        wrong = sum(1 for step in steps if step.errors)
        if wrong:
            raise InvalidInput(
                _("Còn %s dòng sai. Sửa trong tệp rồi nhập lại; chưa có gì được ghi.") % wrong,
                code="plans.table.wrong",
            )
        wanted = [step.values for step in steps if step.deed in (legal.NEW, legal.CHANGED)]
        added, changed = legal_import(actor=actor, rows=wanted)
        batch.result = {"added": added, "changed": changed, "same": len(steps) - len(wanted)}
        batch.applied_at = clock.now()
        batch.save(update_fields=["result", "applied_at"])
    return batch
