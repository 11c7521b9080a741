"""Excel task tables: title lines above, merged cells, dates as cells."""

from __future__ import annotations

import io
from datetime import date

import openpyxl

from loa.lib.vanban import read_document


def test_task_sheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["PHỤ LỤC PHÂN CÔNG NHIỆM VỤ NĂM 2026"])
    sheet.append([])
    sheet.append(["STT", "Nội dung", "Thời gian", "Chủ trì", "Phối hợp"])
    sheet.append(["I", "Truyền thông chính sách", None, None, None])
    sheet.append([1, "Luật Nhà giáo", date(2026, 3, 15), "Phòng TCCB", "Các phòng"])
    sheet.append([2, "Tiền lương", "Quý II", None, "Các trường"])
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("D5:D6")
    out = io.BytesIO()
    book.save(out)
    reading = read_document(out.getvalue(), "a.xlsx")
    (table,) = reading.tables
    assert table.title == "PHỤ LỤC PHÂN CÔNG NHIỆM VỤ NĂM 2026"
    assert [(r.kind, r.number, r.content, r.timeframe, r.lead, r.span.line) for r in table.rows] == [
        ("heading", "I", "Truyền thông chính sách", None, (), 4),
        ("task", "1", "Luật Nhà giáo", "15/03/2026", ("Phòng TCCB",), 5),
        ("task", "2", "Tiền lương", "Quý II", ("Phòng TCCB",), 6),
    ]
