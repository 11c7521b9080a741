"""Task tables whose cells stand one below the other, written here as `pdftotext` without `-layout` writes them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa.lib.vanban import read_document
from loa.lib.vanban.source.flattened import flattened_table

HEADINGS = ("TT", "Nội dung truyền thông", "Sản phẩm", "Thời gian thực hiện", "Đơn vị chủ trì", "Đơn vị phối hợp")
CONTENTS = (
    "Tuyển sinh đầu cấp trên địa bàn tỉnh",
    "Luật Nhà giáo và các văn bản hướng dẫn thi hành",
    "Chính sách miễn, hỗ trợ học phí; chế độ đối với học sinh bán trú",
    "Kỳ thi tốt nghiệp trung học phổ thông, tuyển sinh lớp 10",
    "An toàn trường học; phòng, chống đuối nước, bạo lực học đường",
    "Phổ cập giáo dục mầm non cho trẻ em mẫu giáo",
)
PRODUCTS = ("Tin, bài", "Tin, bài, infographic", "Phóng sự, video ngắn", "Họp báo, tin, bài")
TIMES = ("Thường xuyên", "Quý II, III", "Tháng 3 - tháng 8", "Trước ngày 15/12/2026", "Cả năm")
LEADS = ("Văn phòng Sở", "Phòng Tổ chức cán bộ", "Phòng Quản lý chất lượng giáo dục", "Thanh tra Sở")
HELPERS = ("Các phòng thuộc Sở", "UBND các xã, phường", "Các trường trung học phổ thông", "Công an tỉnh")

tasks = st.lists(
    st.tuples(
        st.sampled_from(CONTENTS),
        st.sampled_from(PRODUCTS),
        st.sampled_from(TIMES),
        st.sampled_from(LEADS),
        st.sampled_from(HELPERS),
    ),
    min_size=3,
    max_size=8,
)


def _lines(cell: str, width: int | None) -> list[str]:
    return textwrap.wrap(cell, width) if width else [cell]


def by_rows(rows: list[tuple[str, ...]], *, gaps: bool, width: int | None, again: int = 0) -> list[str]:
    """Cell after cell; `again`: the row above which a new page prints the headings once more."""
    out: list[str] = []
    for number, row in enumerate([HEADINGS, *rows]):
        if again and number == again:
            out += ["", "2", "", "\f" + HEADINGS[0], *[x for cell in HEADINGS[1:] for x in ("", cell)], ""]
        for cell in row:
            if cell:
                out += [*([""] if gaps else []), *_lines(cell, width)]
    return out


def by_columns(rows: list[tuple[str, ...]], *, below: bool) -> list[str]:
    """Column after column; `below`: each below its heading, else all headings first."""
    out = [] if below else list(HEADINGS)
    for column, heading in enumerate(HEADINGS):
        out += [heading] if below else []
        out += [row[column] for row in rows if row[column]]
    return out


def read_back(printed: list[str]) -> list[tuple[str, ...]]:
    read = flattened_table(
        [*printed, "", "Nơi nhận:", "- Lưu: VT."], next(i for i, x in enumerate(printed) if x), 1, 1
    )
    assert read is not None
    table, after = read
    assert after <= len(printed) + 1
    return [tuple(" ".join(cell.text.split()) for cell in row.cells) for row in table[1:]]


@given(tasks, st.booleans(), st.sampled_from((None, 26, 40)), st.integers(0, 8))
@settings(max_examples=120, deadline=None)
def test_cells_below_each_other_come_back(drawn: list, gaps: bool, width: int | None, again: int) -> None:
    rows = [(str(n), *row) for n, row in enumerate(drawn, start=1)]
    assert read_back(by_rows(rows, gaps=gaps, width=width, again=again if again <= len(rows) else 0)) == rows


@given(tasks, st.booleans())
@settings(max_examples=60, deadline=None)
def test_columns_after_each_other_come_back(drawn: list, below: bool) -> None:
    rows = [(str(n), *row) for n, row in enumerate(drawn, start=1)]
    assert read_back(by_columns(rows, below=below)) == rows


GROUPED = [
    ("I", "Chủ trương, chính sách", "", "", "", ""),
    ("1", *(CONTENTS[1], PRODUCTS[0], TIMES[1], LEADS[1], HELPERS[0])),
    ("2", *(CONTENTS[2], PRODUCTS[1], TIMES[0], LEADS[0], HELPERS[1])),
    ("II", "Hoạt động chuyên môn", "", "", "", ""),
    ("3", *(CONTENTS[3], PRODUCTS[3], TIMES[2], LEADS[2], HELPERS[2])),
]


@pytest.mark.parametrize("gaps", [True, False])
@pytest.mark.parametrize("width", [None, 28])
def test_groups_have_words_only_in_their_contents(gaps: bool, width: int | None) -> None:
    assert read_back(by_rows(GROUPED, gaps=gaps, width=width)) == GROUPED


def test_groups_of_a_table_by_columns() -> None:
    assert read_back(by_columns(GROUPED, below=False)) == GROUPED


def test_empty_cells_stay_empty() -> None:
    rows = [
        ("1", CONTENTS[0], PRODUCTS[0], TIMES[0], LEADS[0], HELPERS[0]),
        ("2", CONTENTS[1], "", TIMES[1], LEADS[1], ""),
        ("3", CONTENTS[5], PRODUCTS[1], TIMES[2], LEADS[2], HELPERS[2]),
    ]
    assert read_back(by_rows(rows, gaps=True, width=30)) == rows
    assert read_back(by_rows(rows, gaps=False, width=None)) == rows


def test_a_table_by_months_without_numbers() -> None:
    printed = """Thời gian

Nội dung
công việc

Người phụ trách

Phối hợp

Tháng 2

Xây dựng bộ
nhận diện

Ô. Nguyễn Văn A

Tổ CNTT

Tháng 3 - 5

Tư vấn tuyển
sinh đợt 1

Bà Trần Thị B

Phòng Đào tạo
nghề""".splitlines()
    assert read_back(printed) == [
        ("Tháng 2", "Xây dựng bộ nhận diện", "Ô. Nguyễn Văn A", "Tổ CNTT"),
        ("Tháng 3 - 5", "Tư vấn tuyển sinh đợt 1", "Bà Trần Thị B", "Phòng Đào tạo nghề"),
    ]


def test_a_leader_merged_over_rows_is_printed_once() -> None:
    rows = [
        ("1", *(CONTENTS[0], PRODUCTS[0], TIMES[0], LEADS[1], HELPERS[0])),
        ("2", *(CONTENTS[1], PRODUCTS[1], TIMES[1], LEADS[2], HELPERS[2])),
        ("3", *(CONTENTS[4], PRODUCTS[0], TIMES[0], "", "Công an tỉnh")),
        ("4", *(CONTENTS[5], PRODUCTS[0], TIMES[0], LEADS[0], "")),
    ]
    assert read_back(by_rows(rows, gaps=False, width=None)) == rows
    assert read_back(by_rows(rows, gaps=True, width=30)) == rows


def test_counts_are_no_numbers_of_rows() -> None:
    printed = ["TT", "Tên trường", "Tin, bài/tháng", "Video/quý", "1", "Trường Mầm non Hải Âu", "02", "02 video"]
    printed += ["2", "Trường Tiểu học Bãi Cát", "03", "01 video"]
    text = "\n".join(
        ["KẾ HOẠCH", "Truyền thông năm 2026", "I. CHỈ TIÊU TỐI THIỂU", *printed, "Nơi nhận:", "- Lưu: VT."]
    )
    quotas = read_document(text.encode(), "a.txt").quotas
    assert [(q.count, q.unit, q.period, q.who) for q in quotas] == [
        (2, "tin, bài", "month", "Trường Mầm non Hải Âu"),
        (2, "video", "quarter", "Trường Mầm non Hải Âu"),
        (3, "tin, bài", "month", "Trường Tiểu học Bãi Cát"),
        (1, "video", "quarter", "Trường Tiểu học Bãi Cát"),
    ]


def test_headings_in_capitals() -> None:
    printed = ["Số TT", "NỘI DUNG TUYÊN TRUYỀN", "HÌNH THỨC", "THỜI GIAN", "ĐƠN VỊ", "CHỦ TRÌ"]
    for number in ("1", "2"):
        printed += [number, CONTENTS[0], PRODUCTS[0], TIMES[0], LEADS[int(number)]]
    read = flattened_table(printed, 0, 1, None)
    assert read is not None
    assert [cell.text for cell in read[0][0].cells] == [
        "Số TT",
        "NỘI DUNG TUYÊN TRUYỀN",
        "HÌNH THỨC",
        "THỜI GIAN",
        "ĐƠN VỊ CHỦ TRÌ",
    ]


def test_a_number_heading_broken_in_two() -> None:
    rows = [(str(n), *row[1:]) for n, row in enumerate([g for g in GROUPED if g[0].isdigit()], start=1)]
    printed = by_rows(rows, gaps=True, width=30)
    at = printed.index("TT")
    assert read_back(["ST", "T", *printed[at + 1 :]]) == rows


def test_a_row_torn_by_a_page_break() -> None:
    printed = (
        by_rows([("1", CONTENTS[0], PRODUCTS[0], TIMES[0], LEADS[0], HELPERS[0])], gaps=True, width=None)
        + """
2

Kết quả thực hiện Chương trình GDPT
2018, công tác lựa chọn

Tin, bài

Quý II

Phòng GDTrH,

Phòng GD&ĐT

3

sách giáo khoa lớp 5, lớp 9

Phòng GDTH

các huyện, thành phố

3

Tuyển sinh vào lớp 10

Tin, bài

Tháng 4 - 6

Phòng GDTrH

Các trường THPT""".splitlines()
    )
    printed[printed.index("sách giáo khoa lớp 5, lớp 9")] = "\fsách giáo khoa lớp 5, lớp 9"
    assert read_back(printed)[1:] == [
        (
            "2",
            "Kết quả thực hiện Chương trình GDPT 2018, công tác lựa chọn sách giáo khoa lớp 5, lớp 9",
            "Tin, bài",
            "Quý II",
            "Phòng GDTrH, Phòng GDTH",
            "Phòng GD&ĐT các huyện, thành phố",
        ),
        ("3", "Tuyển sinh vào lớp 10", "Tin, bài", "Tháng 4 - 6", "Phòng GDTrH", "Các trường THPT"),
    ]


def test_a_part_of_an_office_is_one_leader_and_a_youth_union_helps() -> None:
    bullying = "Phòng, chống bạo lực học đường, xây dựng\ntrường học hạnh phúc"
    rows = [
        ("1", "Giải thích các khoản thu", "Bộ phận Kế toán Phòng GDĐT", "Các trường", "Tháng 10/2022"),
        ("2", "Tuyển sinh trực tuyến", "Tổ truyền thông Phòng GDĐT", "Công an thị xã", "Tháng 5 - 6/2023"),
        ("3", bullying, "Tổ chuyên môn THCS", "Thị đoàn", "Học kỳ I"),
        ("4", "Dạy bơi an toàn\ntrong dịp hè", "Thị đoàn", "Các trường tiểu học", "Tháng 5 - 7/2023"),
    ]
    lines = ["TT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian", *("\n".join(row) for row in rows)]
    head = "Số: 12/KH-PGDĐT\n\nKẾ HOẠCH\nTruyền thông năm 2022\n\nI. MỤC ĐÍCH\n\nPHỤ LỤC\nPHÂN CÔNG\n"
    (table,) = read_document((head + "\n".join(lines)).encode(), "a.txt").tables
    read = [(row.number, row.content, *row.lead, *row.support, row.timeframe) for row in table.rows]
    assert read == [tuple(" ".join(cell.split()) for cell in row) for row in rows]


def test_in_a_plan_the_text_goes_on_below_the_table() -> None:
    rows = [(str(n), *row) for n, row in enumerate([g[1:] for g in GROUPED if g[0].isdigit()], start=1)]
    text = "\n".join(
        [
            "KẾ HOẠCH",
            "Truyền thông năm 2026",
            "I. MỤC ĐÍCH, YÊU CẦU",
            "Nâng cao nhận thức của cán bộ, nhà giáo, người học và nhân dân.",
            "II. PHÂN CÔNG NHIỆM VỤ",
            *by_rows(rows, gaps=False, width=30),
            "III. TỔ CHỨC THỰC HIỆN",
            "1. Văn phòng Sở",
            "- Gửi báo cáo kết quả về Bộ Giáo dục và Đào tạo trước ngày 10/12/2026.",
        ]
    )
    reading = read_document(text.encode(), "ke-hoach.txt")
    (table,) = reading.tables
    assert [(row.number, row.content, row.lead, row.support) for row in table.rows] == [
        (row[0], row[1], (row[4],), (row[5],)) for row in rows
    ]
    assert [deadline.date for deadline in reading.deadlines] == ["2026-12-10"]
