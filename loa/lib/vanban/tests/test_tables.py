"""Task tables: headings in many words, merged cells, torn rows, restarting numbers."""

from __future__ import annotations

from loa.lib.vanban import Reading, read_document

from .plan import read_table


def rows(reading: Reading) -> list[tuple]:
    (table,) = reading.tables
    return [(r.kind, r.number, r.content, r.timeframe, r.lead, r.support) for r in table.rows]


def test_lead_lists() -> None:
    reading = read_table(
        "| TT | Nội dung công việc | Thời gian | Đơn vị chủ trì | Đơn vị phối hợp | Sản phẩm, kết quả |\n"
        "|---|---|---|---|---|---|\n"
        "| 1 | Xây dựng kế hoạch | Tháng 1 | Văn phòng Sở | Các phòng | Kế hoạch |\n"
        "| 2 | Tập huấn | Quý II | Văn phòng Sở, Phòng TCCB | Các phòng; các trường | Lớp tập huấn |\n"
        "| 3 | Tổng kết | Tháng 12 | Văn phòng Sở và Phòng Giáo dục Trung học | Các phòng | Báo cáo |"
    )
    assert [r[4] for r in rows(reading)] == [
        ("Văn phòng Sở",),
        ("Văn phòng Sở", "Phòng TCCB"),
        ("Văn phòng Sở", "Phòng Giáo dục Trung học"),
    ]
    assert [r.product for r in reading.tables[0].rows] == ["Kế hoạch", "Lớp tập huấn", "Báo cáo"]


def test_html_spans() -> None:
    reading = read_table(
        "<table><tr><th>STT</th><th>Nội dung</th><th>Thời gian</th><th>Chủ trì</th><th>Phối hợp</th></tr>\n"
        '<tr><td colspan="5"><b>I. Truyền thông chính sách</b></td></tr>\n'
        '<tr><td>1</td><td>Luật Nhà giáo</td><td rowspan="2">Quý I</td><td rowspan="2">Phòng TCCB</td>'
        "<td>Các phòng</td></tr>\n"
        "<tr><td>2</td><td>Tiền lương</td><td>Các trường</td></tr>\n"
        "<tr><td>3</td><td>Tuyển dụng</td><td>Quý II</td><td></td><td>Các trường</td></tr></table>"
    )
    assert rows(reading) == [
        ("heading", "I", "Truyền thông chính sách", None, (), ()),
        ("task", "1", "Luật Nhà giáo", "Quý I", ("Phòng TCCB",), ("Các phòng",)),
        ("task", "2", "Tiền lương", "Quý I", ("Phòng TCCB",), ("Các trường",)),
        # the table says itself what is merged: this cell is blank
        ("task", "3", "Tuyển dụng", "Quý II", (), ("Các trường",)),
    ]


def test_two_heading_rows() -> None:
    reading = read_table(
        "| STT | Nội dung | Phân công thực hiện | | Thời gian hoàn thành |\n|---|---|---|---|---|\n"
        "| | | Chủ trì | Phối hợp | |\n| 1 | Đăng tin | Văn phòng | Các phòng | Thường xuyên |"
    )
    assert rows(reading) == [("task", "1", "Đăng tin", "Thường xuyên", ("Văn phòng",), ("Các phòng",))]


def test_row_torn_by_a_page() -> None:
    reading = read_table(
        "| STT | Nội dung | Chủ trì | Phối hợp |\n|---|---|---|---|\n"
        "| 1 | Tuyên truyền về kết quả thi và công tác | Phòng Quản lý | - Các phòng; |\n\n"
        "| | | | |\n|---|---|---|---|\n"
        "| | tuyển sinh các lớp đầu cấp | chất lượng | - Các trường. |\n| 2 | Chuyển đổi số | Văn phòng | |"
    )
    assert rows(reading) == [
        (
            "task",
            "1",
            "Tuyên truyền về kết quả thi và công tác tuyển sinh các lớp đầu cấp",
            None,
            ("Phòng Quản lý chất lượng",),
            ("Các phòng", "Các trường"),
        ),
        ("task", "2", "Chuyển đổi số", None, ("Văn phòng",), ()),
    ]


def test_list_torn_over_rows() -> None:
    reading = read_table(
        "| STT | Nội dung | Chủ trì | Phối hợp |\n|---|---|---|---|\n| 1 | Nhóm một | | |\n"
        "| 1.1 | Việc A | Văn phòng | - Các phòng; - Các xã; |\n| 1.2 | Việc B | Phòng TCCB | - Các trường. |\n"
        "| 2 | Việc C | Văn phòng | - Công đoàn ngành. |"
    )
    three = ("Các phòng", "Các xã", "Các trường")
    assert [r[5] for r in rows(reading)] == [(), three, three, ("Công đoàn ngành",)]


def test_groups_of_letters_and_numbers() -> None:
    reading = read_table(
        "| TT | Nội dung | Chủ trì | Phối hợp |\n|---|---|---|---|\n| A | NHÓM CHÍNH SÁCH | | |\n"
        "| I | Nhà giáo | | |\n| 1 | Tiền lương | Phòng TCCB | Các phòng |\n| B | CHUYÊN MÔN | | |\n"
        "| 1 | Mầm non | Phòng GDMN | Các phòng |"
    )
    (table,) = reading.tables
    assert [(r.kind, r.number, r.group) for r in table.rows] == [
        ("heading", "A", None),
        ("heading", "I", None),
        ("task", "1", "I"),
        ("heading", "B", None),
        ("task", "1", "B"),
    ]


def test_line_breaks_in_cells() -> None:
    reading = read_table(
        "| STT | Nội dung | Chủ trì | Phối hợp |\n|---|---|---|---|\n"
        "| 1 | Tin <br> bài | Phòng GDMN<br>Phòng GDTH | - Các phòng<br>- Các trường |\n"
        "| 2 | Video | **Văn phòng** | Phòng Tổ chức<br>Cán bộ |"
    )
    assert [(r[2], r[4], r[5]) for r in rows(reading)] == [
        ("Tin bài", ("Phòng GDMN", "Phòng GDTH"), ("Các phòng", "Các trường")),
        ("Video", ("Văn phòng",), ("Phòng Tổ chức Cán bộ",)),
    ]


def test_names_whose_line_break_was_lost_come_apart() -> None:
    reading = read_table(
        "| Tháng | Nội dung | Người thực hiện |\n|---|---|---|\n"
        "| 9/2025 | Khai giảng | Các trường Bộ phận Văn phòng |\n"
        "| 10/2025 | Dinh dưỡng | Tổ nuôi dưỡng Giáo viên các lớp |\n"
        "| 11/2025 | Hội thi | Phó Trưởng Phòng Giáo dục |"
    )
    assert [r[4] for r in rows(reading)] == [
        ("Các trường", "Bộ phận Văn phòng"),
        ("Tổ nuôi dưỡng", "Giáo viên các lớp"),
        ("Phó Trưởng Phòng Giáo dục",),
    ]


def test_a_theme_beside_the_contents_is_not_the_contents() -> None:
    reading = read_table(
        "| Tháng | Chủ đề | Nội dung | Phụ trách |\n|---|---|---|---|\n"
        "| 9 | Tựu trường | Khai giảng; an toàn cổng trường | Tổng phụ trách |\n"
        "| Năm 2026 | | | |\n| 1 | Mừng xuân | Gói bánh chưng | Hội CMHS |"
    )
    assert [(r[0], r[2], r[4]) for r in rows(reading)] == [
        ("task", "Khai giảng; an toàn cổng trường", ("Tổng phụ trách",)),
        ("heading", "Năm 2026", ()),
        ("task", "Gói bánh chưng", ("Hội CMHS",)),
    ]


def test_a_day_before_the_school_year_has_the_year_of_the_plan() -> None:
    reading = read_document(
        "Số: 39/KH-PVHXH\nLộc Thành, ngày 20 tháng 4 năm 2026\n"
        "KẾ HOẠCH\nTruyền thông tuyển sinh năm học 2026 - 2027\n"
        "I. PHÂN CÔNG\n1. Các trường: tổ chức tư vấn trước ngày 20/6; báo cáo trước ngày 15/01.\n".encode(),
        "ke-hoach.txt",
    )
    assert [deadline.date for deadline in reading.deadlines] == ["2026-06-20", "2027-01-15"]


def test_a_table_of_units_and_counts_holds_quotas() -> None:
    reading = read_table(
        "| Đơn vị | Chỉ tiêu tối thiểu |\n|---|---|\n"
        "| Phòng GDĐT | 04 tin, bài/tháng |\n| Trường THPT | 02 bài/quý |"
    )
    assert reading.tables == ()
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (4, True, "tin, bài", "month", "Phòng GDĐT"),
        (2, True, "bài", "quarter", "Trường THPT"),
    ]


def test_maxima_in_a_table_are_remarked_on_and_not_owed() -> None:
    reading = read_table(
        "| Đơn vị | Số bài/tháng | Số video tối đa/quý |\n|---|---|---|\n"
        "| Phòng Đào tạo | tối đa 05 | 02 |\n| Tổ Văn hóa | 03 | 01 |"
    )
    assert [(q.count, q.unit, q.who) for q in reading.quotas] == [(3, "bài", "Tổ Văn hóa")]
    assert [w.span.quote for w in reading.warnings if w.code == "maximum"] == ["tối đa 05", "02", "01"]


def test_rooms_and_teams_head_a_table_of_what_each_owes() -> None:
    reading = read_table(
        "| TT | Phòng, tổ | Số bài tối thiểu/tháng | Số video/quý |\n|---|---|---|---|\n"
        "| 1 | Phòng Đào tạo | 05 | 02 |\n| 2 | Tổ Văn hóa | 03 | 01 |"
    )
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (5, True, "bài", "month", "Phòng Đào tạo"),
        (2, False, "video", "quarter", "Phòng Đào tạo"),
        (3, True, "bài", "month", "Tổ Văn hóa"),
        (1, False, "video", "quarter", "Tổ Văn hóa"),
    ]


def test_the_parts_of_a_school_and_how_much_each_owes() -> None:
    reading = read_document(
        "KẾ HOẠCH\nI. MỤC ĐÍCH\nII. CHỈ TIÊU\nSố lượng không thấp hơn mức giao dưới đây:\n"
        "                                                     Buổi phát thanh\n"
        "TT               Bộ phận             Bài viết/tháng\n"
        "                                                     măng non/tháng\n"
        " 1    Tổ 1, Tổ 2, Tổ 3                    03               01\n"
        " 2    Tổ Văn phòng                        O1               -\n"
        " 3    Liên đội                            04               08\n"
        "III. TỔ CHỨC THỰC HIỆN\n".encode(),
        "a.txt",
    )
    assert [(q.count, q.min, q.period, q.who) for q in reading.quotas] == [
        (3, True, "month", "Tổ 1, Tổ 2, Tổ 3"),
        (1, True, "month", "Tổ 1, Tổ 2, Tổ 3"),
        (1, True, "month", "Tổ Văn phòng"),
        (4, True, "month", "Liên đội"),
        (8, True, "month", "Liên đội"),
    ]
    (table,) = read_table(
        "| TT | Hoạt động | Cơ quan thực hiện chính | Cơ quan cùng thực hiện |\n|---|---|---|---|\n"
        "| 1 | Tổng kết | Phòng Văn hóa - Xã hội | Văn phòng HĐND và<br>UBND xã |"
    ).tables
    assert table.rows[0].support == ("Văn phòng HĐND và UBND xã",)


def test_other_tables_are_not_task_tables() -> None:
    reading = read_table("| STT | Họ và tên | Điện thoại |\n|---|---|---|\n| 1 | Nguyễn Văn A | 0900 |")
    assert reading.tables == ()


def test_tables_side_by_side_keep_apart() -> None:
    reading = read_table(
        "| STT | Nội dung | Chủ trì |\n|---|---|---|\n| 1 | Việc A | Văn phòng |\n\nPhụ lục II\n\n"
        "| TT | Công việc | Thời gian |\n|---|---|---|\n| 1 | Việc B | Quý I |"
    )
    assert [table.title for table in reading.tables] == ["Phụ lục", "Phụ lục II"]


def test_who_leads_and_who_helps_in_one_cell() -> None:
    reading = read_table(
        "| STT | Nội dung | Đơn vị chủ trì/phối hợp |\n|---|---|---|\n"
        "| 1 | Kế hoạch | Chủ trì: Văn phòng Sở; Phối hợp: các phòng thuộc Sở |\n"
        "| 2 | Sơ kết | Văn phòng Sở chủ trì, phối hợp với Phòng GDTH |\n"
        "| 3 | Tổng kết | Văn phòng Sở chủ trì, các phòng phối hợp |\n"
        "| 4 | Video | Văn phòng Sở/Các trường THPT |\n"
        "| 5 | Họp báo | VP Sở, P. GDTrH |"
    )
    assert [(r[4], r[5]) for r in rows(reading)] == [
        (("Văn phòng Sở",), ("các phòng thuộc Sở",)),
        (("Văn phòng Sở",), ("Phòng GDTH",)),
        (("Văn phòng Sở",), ("các phòng",)),
        (("Văn phòng Sở",), ("Các trường THPT",)),
        (("VP Sở", "P. GDTrH"), ()),
    ]


def test_group_heads_of_a_tab_separated_table_without_their_blank_cells() -> None:
    table = read_table(
        "TT\tNội dung\tChủ trì\tPhối hợp\tThời gian\n"
        "A\tTháng 4\n"
        "1\tIn tờ gấp\tVăn phòng\tCác tổ\t20/4/2025\n"
        "HỌC KỲ II\n"
        "2\tTổng kết\tHiệu trưởng\tCác tổ\t30/5/2025\n",
        "a.txt",
    ).tables[0]
    assert [(row.kind, row.number, row.content) for row in table.rows] == [
        ("heading", "A", "Tháng 4"),
        ("task", "1", "In tờ gấp"),
        ("heading", None, "HỌC KỲ II"),
        ("task", "2", "Tổng kết"),
    ]


def test_a_table_of_bare_products_owes_them_in_the_period_of_its_title() -> None:
    """Right behind a task table of as many columns: no rows of it, and its title is no duty."""
    reading = read_table(
        "| TT | Nội dung | Chủ trì | Phối hợp | Thời gian |\n|---|---|---|---|---|\n"
        "| 1 | Việc A | Văn phòng | Các khoa | Quý I |\n\n"
        "PHỤ LỤC 2\n\nCHỈ TIÊU TIN, BÀI TỐI THIỂU CỦA CÁC ĐƠN VỊ TRONG MỖI HỌC KỲ\n\n"
        "| TT | Đơn vị | Tin | Bài | Video |\n|---|---|---|---|---|\n"
        "| 1 | Khoa Kinh tế | 12 | 4 | 3 |\n| 2 | Khoa Sư phạm | 10 | 3 | - |"
    )
    assert [row.content for row in reading.tables[0].rows] == ["Việc A"]
    assert len(reading.tables) == 1
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (12, True, "tin", "semester", "Khoa Kinh tế"),
        (4, True, "bài", "semester", "Khoa Kinh tế"),
        (3, True, "video", "semester", "Khoa Kinh tế"),
        (10, True, "tin", "semester", "Khoa Sư phạm"),
        (3, True, "bài", "semester", "Khoa Sư phạm"),
    ]
    assert reading.recurring == ()


def test_a_table_of_people_is_no_more_of_the_tasks() -> None:
    reading = read_table(
        "| TT | Nội dung | Chủ trì | Thời gian |\n|---|---|---|---|\n| 1 | Việc A | Văn phòng | Quý I |\n\n"
        "Đầu mối liên hệ\n\n"
        "| TT | Họ và tên | Chức vụ | Số điện thoại |\n|---|---|---|---|\n"
        "| 1 | Vũ Hồng Phượng | Phó Chánh Văn phòng | 0900000011 |"
    )
    assert [row.content for row in reading.tables[0].rows] == ["Việc A"]


def test_a_table_of_bare_products_under_the_name_of_a_campaign_owes_them_once() -> None:
    reading = read_table(
        "Chỉ tiêu tối thiểu của các đơn vị trong Tháng Thanh niên:\n\n"
        "| STT | Đơn vị | Tin | Ảnh |\n|---|---|---|---|\n| 1 | Chi đoàn giáo viên | 3 | 8 |"
    )
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (3, True, "tin", None, "Chi đoàn giáo viên"),
        (8, True, "ảnh", None, "Chi đoàn giáo viên"),
    ]


def test_a_table_below_the_signature_is_no_column_of_it() -> None:
    reading = read_table(
        "Nơi nhận:                                   HIỆU TRƯỞNG\n- Các tổ (t/h);\n"
        "- Lưu: VT.                              Phạm Thị Hồng Nhạn\n\nBẢNG PHÂN CÔNG THEO THÁNG\n"
        "STT\tNội dung công việc\tNgười phụ trách\tThời gian\n1\tTin, ảnh Hội chợ xuân\tLiên đội\tTháng 01/2026\n",
        "a.txt",
    )
    assert [(row.content, row.lead) for row in reading.tables[0].rows] == [
        ("Tin, ảnh Hội chợ xuân", ("Liên đội",))
    ]
    assert reading.signer is not None
    assert reading.signer.name == "Phạm Thị Hồng Nhạn"
