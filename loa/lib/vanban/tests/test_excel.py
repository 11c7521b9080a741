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


def test_two_sheets_with_headings_merged_over_the_table() -> None:
    """Group headings merged over all columns, headings in two rows, a blank row, numbers that start again."""
    book = openpyxl.Workbook()
    first = book.active
    first.append(["TT", "Nhiệm vụ", "Thời gian", "Phân công", None, "Sản phẩm"])
    first.append([None, None, None, "Chủ trì", "Phối hợp", None])
    for place in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"):
        first.merge_cells(place)
    first.append(["A. Truyền thông nội bộ"])
    first.merge_cells("A3:F3")
    first.append([1, "Bản tin nội bộ", "Hằng tháng", "Văn phòng Sở", "Các phòng", "Bản tin"])
    first.append([])
    first.append(["B. Truyền thông ra công chúng"])
    first.merge_cells("A6:F6")
    first.append([1, "Tuyển sinh\nđầu cấp", "Quý II", "Phòng GDTH; Phòng GDMN", "UBND các xã, phường", "Tin, bài"])
    second = book.create_sheet("Phụ lục 2")
    second.append(["STT", "Sự kiện", "Ngày", "Phụ trách"])
    second.append([1, "Khai giảng", date(2026, 9, 5), "Văn phòng Sở"])
    out = io.BytesIO()
    book.save(out)
    tables = read_document(out.getvalue(), "a.xlsx").tables
    rows = [(r.kind, r.number, r.content, r.lead, r.support, r.product) for table in tables for r in table.rows]
    assert rows[:4] == [
        ("heading", "A", "Truyền thông nội bộ", (), (), None),
        ("task", "1", "Bản tin nội bộ", ("Văn phòng Sở",), ("Các phòng",), "Bản tin"),
        ("heading", "B", "Truyền thông ra công chúng", (), (), None),
        ("task", "1", "Tuyển sinh đầu cấp", ("Phòng GDTH", "Phòng GDMN"), ("UBND các xã, phường",), "Tin, bài"),
    ]
    assert rows[4:] == [("task", "1", "Khai giảng", ("Văn phòng Sở",), (), None)]


def test_quotas_in_cells_are_owed_by_who_leads_the_row() -> None:
    """How much is asked stands in its own column; headings printed again, and the signature below, are no rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    heads = ["TT", "Nội dung công việc", "Chủ trì", "Thời gian", None, "Kết quả cần đạt"]
    sheet.append(["KẾ HOẠCH TRUYỀN THÔNG NĂM 2026"])
    sheet.append(["Căn cứ Kế hoạch số 7/KH-UBND ngày 05/01/2026 của UBND phường Tân Lập;"])
    sheet.append(heads)
    sheet.append([None, None, None, "Bắt đầu", "Kết thúc", None])
    for place in ("A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4"):
        sheet.merge_cells(place)
    sheet.append([1, "Bài viết chuyên môn", "Tổ trưởng các tổ", "Tháng 1", "Tháng 5", "Ít nhất 02 bài/tháng"])
    sheet.append(heads)
    sheet.append([2, "Video tiết học", "Tổ Công nghệ", "Tháng 2, 4, 6", None, "Mỗi khối 01 video/học kỳ; 40 ảnh"])
    sheet.merge_cells("D7:E7")
    sheet.append([])
    sheet.append([None, None, None, "HIỆU TRƯỞNG"])
    sheet.append([None, None, None, "Đặng Thị Nhàn"])
    out = io.BytesIO()
    book.save(out)
    reading = read_document(out.getvalue(), "a.xlsx")
    (table,) = reading.tables
    assert [(row.content, row.lead) for row in table.rows] == [
        ("Bài viết chuyên môn", ("Tổ trưởng các tổ",)),
        ("Video tiết học", ("Tổ Công nghệ",)),
    ]
    assert [row.timeframe for row in table.rows] == ["Tháng 5", "Tháng 2, 4, 6"]
    assert not (table.title or "").startswith("Căn cứ")
    assert [(q.count, q.min, q.unit, q.period, q.who, q.span.line) for q in reading.quotas] == [
        (2, True, "bài", "month", "Tổ trưởng các tổ", 5),
        (1, False, "video", "semester", "Mỗi khối", 7),
    ]


def test_text_above_and_below_the_table_is_text() -> None:
    """Sentences merged over the columns below the last task, a number in a cell of its own, a second table."""
    book = openpyxl.Workbook()
    sheet = book.active
    lines: list[list[object]] = [
        ["KẾ HOẠCH"],
        ["Truyền thông năm học 2025 - 2026"],
        ["1", "Website đăng tối thiểu 08 tin, bài/tháng."],
        ["II. BẢNG PHÂN CÔNG"],
        ["STT", "Nội dung công việc", "Chủ trì", "Phối hợp", "Thời gian"],
        ["I", "CÔNG TÁC TỔ CHỨC"],
        [1, "Kiện toàn Ban Truyền thông", "Hiệu trưởng", "Tổ Văn phòng", "Tháng 9"],
        ["II", "TỔNG KẾT"],
        [2, "Khen thưởng", "Hiệu trưởng", "Ban Truyền thông", "Tháng 5"],
        ["III. TỔ CHỨC THỰC HIỆN"],
        ["1. Ban Truyền thông: họp 01 lần/tháng; đăng ký chủ đề trước ngày 25/9/2025."],
        ["2", "GVCN: nhắn tin cho cha mẹ học sinh hằng tuần."],
        ["CHỈ TIÊU TIN, BÀI"],
        ["STT", "Tổ", "Số tin/tháng", "Số bài/học kỳ"],
        [1, "Tổ Toán", 1, 2],
    ]
    for line in lines:
        sheet.append(line)
    for place in ("B3:E3", "A4:E4", "B6:E6", "B8:E8", "A10:E10", "A11:E11", "B12:E12", "A13:E13"):
        sheet.merge_cells(place)
    out = io.BytesIO()
    book.save(out)
    reading = read_document(out.getvalue(), "a.xlsx")
    (table,) = reading.tables
    assert [(row.kind, row.number, row.content) for row in table.rows] == [
        ("heading", "I", "CÔNG TÁC TỔ CHỨC"),
        ("task", "1", "Kiện toàn Ban Truyền thông"),
        ("heading", "II", "TỔNG KẾT"),
        ("task", "2", "Khen thưởng"),
    ]
    assert [deadline.date for deadline in reading.deadlines] == ["2025-09-25"]
    assert [(duty.recurrence, duty.who) for duty in reading.recurring] == [
        ("monthly", "Ban Truyền thông"),
        ("weekly", "GVCN"),
    ]
    assert [(quota.count, quota.unit, quota.period, quota.who) for quota in reading.quotas] == [
        (8, "tin, bài", "month", None),
        (1, "lần", "month", "Ban Truyền thông"),
        (1, "tin", "month", "Tổ Toán"),
        (2, "bài", "semester", "Tổ Toán"),
    ]
