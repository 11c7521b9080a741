"""Task tables whose columns are held by spaces alone, laid out here as `pdftotext -layout` prints them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa.lib.vanban import read_document
from loa.lib.vanban.source.spaced import spaced_table

HEADINGS = ("TT", "Nội dung truyền thông", "Thời gian thực hiện", "Đơn vị chủ trì", "Đơn vị phối hợp")
WIDTHS = (6, 24, 17, 20, 20)
WORDS = (
    "tuyển sinh",
    "đầu cấp",
    "trên địa bàn",
    "tỉnh",
    "về công tác",
    "an toàn",
    "trường học",
    "cho trẻ em",
    "vùng cao",
)
UNITS = ("Văn phòng Sở", "Phòng Tổ chức cán bộ", "Phòng Quản lý chất lượng", "Các trường trung học phổ thông")
TIMES = ("Thường xuyên", "Quý II, III", "Tháng 3 - tháng 8", "Cao điểm tháng 5 - tháng 8")


def laid_out(rows: list[tuple[str, ...]], *, centred: bool = False, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Rows printed in columns; `centred` puts the number in the middle of its row."""
    out: list[str] = []
    for row in rows:
        cells = [textwrap.wrap(cell, width - 3) for cell, width in zip(row, widths, strict=True)]
        height = max(len(cell) for cell in cells)
        if centred:
            cells[0] = [""] * ((height - 1) // 2) + cells[0]
        for line in range(height):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            out.append("".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())
    return out


contents = st.lists(st.sampled_from(WORDS), min_size=3, max_size=16).map(
    lambda words: " ".join(words).capitalize()
)
task_rows = st.lists(
    st.tuples(contents, st.sampled_from(TIMES), st.sampled_from(UNITS), st.sampled_from(UNITS)),
    min_size=3,
    max_size=9,
)


@given(task_rows, st.booleans())
@settings(max_examples=120, deadline=None)
def test_what_is_laid_out_is_read_back(drawn: list[tuple[str, str, str, str]], centred: bool) -> None:
    rows = [(str(n), *row) for n, row in enumerate(drawn, start=1)]
    printed = laid_out([HEADINGS]) + laid_out(rows, centred=centred)
    read = spaced_table([*printed, "", "Nơi nhận:"], 0, 1, None)
    assert read is not None
    table, after = read
    assert after == len(printed)
    flat = [tuple(" ".join(cell.text.split()) for cell in row.cells) for row in table]
    assert flat[0] == HEADINGS
    assert [row[1:] for row in flat[1:]] == [row[1:] for row in rows] or centred
    # every word stays, in its column, whatever the rows
    for column in range(1, len(HEADINGS)):
        assert " ".join(row[column] for row in flat[1:]).split() == " ".join(row[column] for row in rows).split()


def test_numbers_in_the_middle_of_their_rows() -> None:
    rows = [
        ("1", "Các văn bản quy phạm pháp luật mới ban hành của Bộ, của tỉnh", "Thường xuyên", "Văn phòng Sở", ""),
        (
            "2",
            "Chuyển đổi số, học bạ số cấp tiểu học trên địa bàn toàn tỉnh",
            "Quý II",
            "Phòng Tổ chức cán bộ",
            "",
        ),
        ("3", "Kỳ thi tốt nghiệp trung học phổ thông năm 2026", "Tháng 6", "Phòng Quản lý chất lượng", ""),
    ]
    read = spaced_table(laid_out([HEADINGS]) + laid_out(rows, centred=True), 0, 1, None)
    assert read is not None
    flat = [tuple(" ".join(cell.text.split()) for cell in row.cells) for row in read[0][1:]]
    assert flat == rows


PLAN = """\
                                   KẾ HOẠCH
                    Truyền thông về giáo dục năm 2026

I. NỘI DUNG
     Thực hiện theo bảng dưới đây:
TT    Nội dung            Hình thức,       Thời gian       Đơn vị chủ        Đơn vị
                          sản phẩm         thực hiện       trì               phối hợp
I     Quản lý nhà nước
1     Văn bản mới của     Tin, bài         Thường xuyên    Văn phòng Sở      - Các phòng
      Bộ, của tỉnh                                                           thuộc Sở;
                                                                             - Phòng GDĐT.
2     Học bạ số cấp       Tin, bài,        Quý II          Phòng Quản lý
      tiểu học            video                            chất lượng
                                    2
\fII   Hoạt động chuyên môn và công tác học sinh, sinh viên
3     Tuyển sinh       Họp báo, pano Cao       Phòng Quản      Các trường
      lớp 10 năm                      điểm     lý chất         THPT
      học 2026-                       tháng 6  lượng
      2027
II. TỔ CHỨC THỰC HIỆN
     Văn phòng Sở theo dõi, đôn đốc và tổng hợp báo cáo kết quả thực hiện trước ngày
15/12/2026.
"""


def test_a_table_over_two_pages_in_a_plan() -> None:
    reading = read_document(PLAN.encode(), "ke-hoach.txt")
    (table,) = reading.tables
    assert [(row.number, row.content, row.kind) for row in table.rows] == [
        ("I", "Quản lý nhà nước", "heading"),
        ("1", "Văn bản mới của Bộ, của tỉnh", "task"),
        ("2", "Học bạ số cấp tiểu học", "task"),
        ("II", "Hoạt động chuyên môn và công tác học sinh, sinh viên", "heading"),
        ("3", "Tuyển sinh lớp 10 năm học 2026-2027", "task"),
    ]
    assert [row.lead for row in table.rows if row.kind == "task"] == [
        ("Văn phòng Sở",),
        ("Phòng Quản lý chất lượng",),
        ("Phòng Quản lý chất lượng",),
    ]
    assert table.rows[1].support == ("Các phòng thuộc Sở", "Phòng GDĐT")
    assert table.rows[4].timeframe == "Cao điểm tháng 6"
    # what stands low in a tall cell is found on its own line
    at = reading.source.text.index("2026-2027")
    assert PLAN.split("\n")[(reading.source.place(at)[0] or 0) - 1].split()[:2] == ["học", "2026-"]
    assert [deadline.date for deadline in reading.deadlines] == ["2026-12-15"]


tokens = st.sampled_from(
    ["1", "2.", "II", "Tin, bài", "Văn phòng Sở", "Quý II", "a", "\f", "Nơi nhận:", "năm 2026-", "-"]
)
noise = st.lists(st.lists(st.tuples(st.integers(0, 30), tokens), max_size=6), max_size=14)


@given(noise)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_below_headings_is_read_or_left(drawn: list[list[tuple[int, str]]]) -> None:
    """Nothing escapes, and no word of a row is lost or doubled."""
    lines = ["".join(" " * gap + word for gap, word in line) for line in drawn]
    read = spaced_table([*laid_out([HEADINGS]), *lines], 0, 1, 1)
    if read is None:
        return
    table, after = read
    printed = " ".join(lines[: after - 2]).replace("\f", " ")
    cells = " ".join(cell.text for row in table[1:] for cell in row.cells)
    for word in ("Tin,", "Văn", "Quý"):
        assert cells.count(word) <= printed.count(word) + sum(line.count(word) for line in laid_out([HEADINGS]))


@pytest.mark.parametrize(
    "line",
    [
        "     ỦY BAN NHÂN DÂN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Nơi nhận:                        KT. GIÁM ĐỐC",
        "     1. Nội dung truyền thông    được đăng tải trên trang",
        "STT\tNội dung\tThời gian\tChủ trì",
    ],
)
def test_other_lines_with_gaps_begin_no_table(line: str) -> None:
    assert (
        spaced_table([line, "     1. Văn phòng Sở      trước ngày 05", "     2. Phòng      trước"], 0, 1, None)
        is None
    )


def test_a_letterhead_whose_date_is_broken() -> None:
    text = (
        "   UBND HUYỆN ĐÔNG SƠN                         CỘNG HÒA XÃ HỘI CHỦ NGHĨA\n"
        " PHÒNG GIÁO DỤC VÀ ĐÀO TẠO                             VIỆT NAM\n"
        "          Số: 357/PGDĐT-VP                        Độc lập - Tự do - Hạnh phúc\n"
        " V/v triển khai công tác truyền thông          Đông Sơn, ngày 21 tháng 02 năm\n"
        "           GD&ĐT năm 2022                                    2022\n"
        "   Kính gửi: Hiệu trưởng các trường\n\n"
        "     1. Gửi danh sách về Phòng trước ngày 05/6.\n"
    )
    reading = read_document(text.encode(), "cong-van.txt")
    assert reading.date is not None
    assert reading.date.iso == "2022-02-21"
    assert [deadline.date for deadline in reading.deadlines] == ["2022-06-05"]


#: every cell in the middle; one time and one leader for rows 1 and 2; two cells that touch
MIDDLE = """\
KẾ HOẠCH
I. NỘI DUNG
TT                Nội dung                  Sản phẩm       Thời gian       Chủ trì          Phối hợp
II   Giáo dục mầm non, phổ thông
     Phổ cập giáo dục cho trẻ em mẫu giáo Tin, bài, phóng
1                                                                                        UBND các xã
     dưới 5 tuổi                              sự                        Phòng Chính trị,
                                                         Thường xuyên   tư tưởng và học
     Dạy học 2 buổi/ngày; tiếng Anh trong                               sinh
2                                          Tin, bài                                      Các trường
     trường tiểu học
                                                                                         - Phòng Trung
                                                                        Phòng Quản lý
3    Kỳ thi tốt nghiệp THPT                Tin, bài      Tháng 4 - 7                     học - GDTX;
                                                                        chất lượng
                                                                                         - Công an tỉnh
Nơi nhận:
"""


def test_cells_merged_over_rows_stand_in_their_middle() -> None:
    (table,) = read_document(MIDDLE.encode(), "a.txt").tables
    both = ("Phòng Chính trị, tư tưởng và học sinh",)
    assert [(row.number, row.content, row.product, row.timeframe, row.lead) for row in table.rows[1:]] == [
        ("1", "Phổ cập giáo dục cho trẻ em mẫu giáo dưới 5 tuổi", "Tin, bài, phóng sự", "Thường xuyên", both),
        ("2", "Dạy học 2 buổi/ngày; tiếng Anh trong trường tiểu học", "Tin, bài", "Thường xuyên", both),
        (
            "3",
            "Kỳ thi tốt nghiệp THPT",
            "Tin, bài",
            "Tháng 4 - 7",
            ("Phòng Quản lý chất lượng",),
        ),
    ]
    assert [row.support for row in table.rows[1:]] == [
        ("UBND các xã",),
        ("Các trường",),
        ("Phòng Trung học - GDTX", "Công an tỉnh"),
    ]


def test_the_end_of_a_title_above_is_no_heading() -> None:
    printed = """\
  (Kèm theo Kế hoạch số 207/KH-SGDĐT ngày 28/02/2024 của Sở GDĐT Kon
                                  Hà)
TT               Nội dung                Phòng chủ trì    Đơn vị phối    Thời gian
                                                             hợp
1     Tăng cường tiếng Việt cho trẻ em   Phòng Giáo      Phòng GDĐT     Cả năm
      dân tộc thiểu số                   dục Mầm non
2     Lựa chọn sách giáo khoa lớp 5,     Phòng Giáo      Các trường     Tháng 3 - 5
      lớp 9, lớp 12                      dục Trung học   THPT
Nơi nhận:"""
    (table,) = read_document(("KẾ HOẠCH\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt").tables
    assert [(row.content, row.lead) for row in table.rows] == [
        ("Tăng cường tiếng Việt cho trẻ em dân tộc thiểu số", ("Phòng Giáo dục Mầm non",)),
        ("Lựa chọn sách giáo khoa lớp 5, lớp 9, lớp 12", ("Phòng Giáo dục Trung học",)),
    ]


def test_a_number_heading_broken_in_two_and_a_name_broken_at_its_hyphen() -> None:
    printed = """\
ST               Nội dung                    Chủ trì           Phối hợp        Thời gian
 T
 1    Công tác tổ chức, tài chính
1.1   Tuyển dụng giáo viên; chính        Phòng Tổ chức      Văn phòng Sở       Tháng 7 - 9
      sách thu hút                       cán bộ
1.2   Các khoản thu đầu năm học          Phòng Kế hoạch     Thanh tra Sở       Tháng 9 -
                                         - Tài chính                           10
Nơi nhận:"""
    (table,) = read_document(("KẾ HOẠCH\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt").tables
    assert [(row.number, row.lead) for row in table.rows] == [
        ("1", ()),
        ("1.1", ("Phòng Tổ chức cán bộ",)),
        ("1.2", ("Phòng Kế hoạch - Tài chính",)),
    ]


def test_two_rows_of_one_month() -> None:
    printed = """\
 Tháng          Chủ đề, sự kiện              Phụ trách              Phối hợp           Sản phẩm
11/2025   Lễ kỷ niệm 60 năm ngày          Phó Hiệu trưởng      Cựu học sinh;      Phim tư liệu
          thành lập trường                phụ trách            Đoàn trường        trực tiếp
          Chân dung nhà giáo              Công đoàn trường     Tổ Ngữ văn         Chuỗi bài viết
12/2025   Cuộc thi khoa học kỹ thuật      Tổ Vật lý            Câu lạc bộ         Video
Nơi nhận:"""
    (table,) = read_document(("KẾ HOẠCH\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt").tables
    assert [(row.timeframe, row.content, row.lead) for row in table.rows] == [
        ("11/2025", "Lễ kỷ niệm 60 năm ngày thành lập trường", ("Phó Hiệu trưởng phụ trách",)),
        ("11/2025", "Chân dung nhà giáo", ("Công đoàn trường",)),
        ("12/2025", "Cuộc thi khoa học kỹ thuật", ("Tổ Vật lý",)),
    ]


def test_months_between_rows_whose_numbers_run_on() -> None:
    printed = """\
STT   Nội dung                                 Phụ trách                Phối hợp                 Sản phẩm
      Tháng 10/2025
1     Chào mừng Ngày Phụ nữ Việt Nam; khởi     Tổng phụ trách Đội       Công đoàn trường         Video, bài viết
      động “Em làm phóng viên”
2     Công khai đầu năm, an toàn bếp ăn        Phó Hiệu trưởng          Kế toán; Tổ Văn phòng    Infographic
      Tháng 12/2025 - Tháng 01/2026
3     Hội thi “Đờn ca tài tử nhí”              Tổ Năng khiếu            Tổng phụ trách Đội       Livestream
Nơi nhận:"""
    (table,) = read_document(("KẾ HOẠCH\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt").tables
    assert [(row.kind, row.number, row.content) for row in table.rows] == [
        ("heading", None, "Tháng 10/2025"),
        ("task", "1", "Chào mừng Ngày Phụ nữ Việt Nam; khởi động “Em làm phóng viên”"),
        ("task", "2", "Công khai đầu năm, an toàn bếp ăn"),
        ("heading", None, "Tháng 12/2025 - Tháng 01/2026"),
        ("task", "3", "Hội thi “Đờn ca tài tử nhí”"),
    ]


def test_a_table_without_numbers_begins_with_its_contents() -> None:
    printed = """\
Nội dung                           Chủ trì                  Phối hợp              Thời gian
Tuyển sinh đầu cấp trên địa        Phòng Quản lý chất       Các trường THPT       Tháng 4 - 6
bàn tỉnh năm học 2026-2027         lượng
Luật Nhà giáo và các văn bản       Phòng Tổ chức cán bộ     Văn phòng Sở          Quý II, III
hướng dẫn thi hành
Phổ cập giáo dục mầm non           Phòng Giáo dục Mầm       Các phòng             Tháng 9
                                   non
Nơi nhận:"""
    (table,) = read_document(("KẾ HOẠCH\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt").tables
    assert [(row.content, row.lead, row.timeframe) for row in table.rows] == [
        ("Tuyển sinh đầu cấp trên địa bàn tỉnh năm học 2026-2027", ("Phòng Quản lý chất lượng",), "Tháng 4 - 6"),
        ("Luật Nhà giáo và các văn bản hướng dẫn thi hành", ("Phòng Tổ chức cán bộ",), "Quý II, III"),
        ("Phổ cập giáo dục mầm non", ("Phòng Giáo dục Mầm non",), "Tháng 9"),
    ]


def test_headings_in_the_middle_of_their_lines() -> None:
    printed = """\
                               Trường chủ    Trường
 STT           Chủ đề                                  Thời gian       Sản phẩm
                                   trì      phối hợp
                                 MN Hoa      MN Sao
  1      Phòng bệnh giao mùa                            Tháng 3        02 bài viết
                                  Mai         Sáng
                                             MN Hoa
                                 MN Sao
  2     Dinh dưỡng học đường                Mai; MN     Tháng 4          01 clip
                                  Sáng
                                            Măng Non
Nơi nhận:"""
    read = spaced_table(printed.splitlines(), 0, 1, None)
    assert read is not None
    flat = [tuple(" ".join(cell.text.split()) for cell in row.cells) for row in read[0]]
    assert flat == [
        ("STT", "Chủ đề", "Trường chủ trì", "Trường phối hợp", "Thời gian", "Sản phẩm"),
        ("1", "Phòng bệnh giao mùa", "MN Hoa Mai", "MN Sao Sáng", "Tháng 3", "02 bài viết"),
        ("2", "Dinh dưỡng học đường", "MN Sao Sáng", "MN Hoa Mai; MN Măng Non", "Tháng 4", "01 clip"),
    ]


def _leads(text: str) -> list[tuple[str, ...]]:
    printed = text.strip("\n").split("\n")
    read = spaced_table([*printed, "", "Nơi nhận:"], 0, 1, None)
    assert read is not None
    return [tuple(cell.text for cell in row.cells) for row in read[0][1:]]


def test_blank_lines_part_rows_though_one_number_stands_in_the_middle() -> None:
    assert _leads("""
 TT    Nội dung                                  Đơn vị chủ trì            Thời gian

 1     Triển khai học bạ số ở cấp tiểu học và    Phòng Quản lý chất lượng  Thường xuyên
       trung học                                 và Công nghệ giáo dục

                                                 Phòng Giáo dục phổ        Tháng 5 -
 2     Tuyển sinh trực tuyến các lớp đầu cấp     thông; Phòng Giáo dục     7/2026
                                                 mầm non

 3     Thanh toán không dùng tiền mặt trong nhà  Phòng Kế hoạch - Tài      Tháng 9/2026
       trường                                    chính
""") == [
        (
            "1",
            "Triển khai học bạ số ở cấp tiểu học và trung học",
            "Phòng Quản lý chất lượng và Công nghệ giáo dục",
            "Thường xuyên",
        ),
        (
            "2",
            "Tuyển sinh trực tuyến các lớp đầu cấp",
            "Phòng Giáo dục phổ thông; Phòng Giáo dục mầm non",
            "Tháng 5 - 7/2026",
        ),
        (
            "3",
            "Thanh toán không dùng tiền mặt trong nhà trường",
            "Phòng Kế hoạch - Tài chính",
            "Tháng 9/2026",
        ),
    ]


def test_the_last_line_of_the_last_cell_is_no_heading_of_what_follows() -> None:
    text = """Số: 12/KH-UBND

KẾ HOẠCH
Truyền thông năm 2025

I. CHỈ TIÊU
      Các trường gửi tin, bài về xã, bảo đảm số lượng tối thiểu theo bảng sau:
STT              Đơn vị                     Tin, bài/tháng        Video/học kỳ
 1    Trường Mầm non Mường Lâu         02                    01
 2    Trường PTDTBT Tiểu học Mường     03                    01
      Lâu
 3    Trường PTDTBT THCS Mường         04                    02
      Lâu

      Ngoài số lượng nêu trên, mỗi trường có ít nhất 02 bài giới thiệu gương
người tốt, việc tốt trong năm học.
II. TỔ CHỨC THỰC HIỆN
"""
    quotas = read_document(text.encode(), "a.txt").quotas
    assert [quota.who for quota in quotas[-3:-1]] == ["Trường PTDTBT THCS Mường Lâu"] * 2


def test_a_table_of_how_much_each_unit_owes() -> None:
    """ "Tin, bài/tháng" over a column of bare numbers; minimums said above."""
    printed = """\
IV. CHỈ TIÊU
      Các trường gửi tin, bài, bảo đảm số lượng tối thiểu theo bảng sau:
STT              Đơn vị                     Tin, bài/tháng        Ảnh, video/quý
 1    Trường Mầm non Hoa Mai           02                    01 video
 2    Trường PTDTBT Tiểu học Mường     03                    01 video
      Lâu

      V. TỔ CHỨC THỰC HIỆN
      1. Phòng Văn hóa - Xã hội theo dõi.
"""
    reading = read_document(("KẾ HOẠCH\nTruyền thông năm 2026\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt")
    two, other = "Trường Mầm non Hoa Mai", "Trường PTDTBT Tiểu học Mường Lâu"
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (2, True, "tin, bài", "month", two),
        (1, True, "video", "quarter", two),
        (3, True, "tin, bài", "month", other),
        (1, True, "video", "quarter", other),
    ]
