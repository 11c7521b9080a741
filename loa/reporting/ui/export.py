"""The board as a workbook."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from loa.org.models import KIND_LABELS
from loa.org.rules import Kind
from loa.reporting.selectors.board import Board
from loa.reporting.selectors.structure import NOW
from loa.reporting.texts import STATE_LABELS


def board_workbook(board: Board) -> io.BytesIO:
    """One sheet: a line a unit, per directive what is done, owed, and the state."""
    # Here and not above: only those who take the workbook away wait until it is loaded.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = _("Tiến độ")
    sheet.append([board.plan.title])
    sheet.append([_("Tính đến ngày %s") % board.day.strftime("%d/%m/%Y")])
    if board.structure == NOW:
        sheet.append([_("Theo cơ cấu đơn vị hiện nay")])
    sheet.append([])
    heads = [_("STT"), _("Đơn vị"), _("Loại")]
    for column in board.columns:
        period = f" ({column.slot.label})" if column.slot.label else ""
        heads += [f"{column.directive.title}{period}", _("Tình trạng")]
    sheet.append([*heads, _("Hoàn thành (%)")])
    head = sheet.max_row
    for cell in sheet[head]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(board.rows, start=1):
        line: list = [number, row.name, str(KIND_LABELS[Kind(row.kind)])]
        for cell in row.cells:
            if cell is None:
                line += ["", str(_("Không giao"))]
            else:
                line += [f"{cell.total}/{cell.owed}", str(STATE_LABELS[cell.state])]
        sheet.append([*line, row.rate])
    sheet["A1"].font = Font(bold=True, size=14)
    for index in range(1, len(heads) + 2):
        sheet.column_dimensions[get_column_letter(index)].width = 34 if index == 2 else 18
    sheet.freeze_panes = f"C{head + 1}"
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream
