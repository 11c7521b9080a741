"""Citations: numbers in every shape, types inherited along lists, bases apart from what they cite."""

from __future__ import annotations

import pytest

from loa.lib.vanban.warnings import suffix_doubt

from .plan import read_lines, read_preamble

CASES = [
    (
        "Căn cứ Văn bản số 489/UBND-VP7 ngày 31/8/2022 của UBND tỉnh về nhiệm vụ năm học;",
        [("Văn bản", "489/UBND-VP7", "2022-08-31", "UBND tỉnh")],
    ),
    (
        "Thực hiện các văn bản: Kế hoạch số 132/KH-SGDĐT ngày 30/12/2024; Văn bản số 54/SGDĐT-TCHC, ngày "
        "11/01/2023 của Sở GDĐT; Quyết định số 51/QĐ-SGDĐT ngày 17/01/2023 của Giám đốc Sở GDĐT về mạng lưới;",
        [
            ("Kế hoạch", "132/KH-SGDĐT", "2024-12-30", None),
            ("Văn bản", "54/SGDĐT-TCHC", "2023-01-11", "Sở GDĐT"),
            ("Quyết định", "51/QĐ-SGDĐT", "2023-01-17", "Giám đốc Sở GDĐT"),
        ],
    ),
    (
        "Căn cứ các Thông tư: số 20/2018/TT-BGDĐT ngày 22/8/2018 và số 25/2018/TT-BGDĐT ngày 08/10/2018 của "
        "Bộ trưởng Bộ Giáo dục và Đào tạo;",
        [
            ("Thông tư", "20/2018/TT-BGDĐT", "2018-08-22", None),
            ("Thông tư", "25/2018/TT-BGDĐT", "2018-10-08", "Bộ trưởng Bộ Giáo dục và Đào tạo"),
        ],
    ),
    (
        "Căn cứ Nghị quyết số 29-NQ/TW Hội nghị Trung ương 8 khóa XI ngày 04 tháng 11 năm 2013;",
        [("Nghị quyết", "29-NQ/TW", "2013-11-04", None)],
    ),
    (
        "Theo Hướng dẫn liên ngành số 05/HDLN-SGDĐT-STTTT ngày 01-02-2023;",
        [("Hướng dẫn liên ngành", "05/HDLN-SGDĐT-STTTT", "2023-02-01", None)],
    ),
    (
        "Căn cứ Luật Báo chí số 103/2016/QH13 ngày 05/4/2016 của Quốc hội;",
        [("Luật", "103/2016/QH13", "2016-04-05", "Quốc hội")],
    ),
    (
        "Căn cứ Nghị định 09/2017/NĐ-CP ngày 09.02.2017 quy định chi tiết việc phát ngôn;",
        [("Nghị định", "09/2017/NĐ-CP", "2017-02-09", None)],
    ),
    (
        "Thực hiện Kế hoạch số 15-KH/TU ngày 20/3/2024 của Ban Thường vụ Tỉnh ủy;",
        [("Kế hoạch", "15-KH/TU", "2024-03-20", "Ban Thường vụ Tỉnh ủy")],
    ),
    (
        "Căn cứ Kế hoạch số  114 /KH-BGDĐT ngày 08/02/2023 của Bộ GDĐT;",
        [("Kế hoạch", "114/KH-BGDĐT", "2023-02-08", "Bộ GDĐT")],
    ),
    (
        "Căn cứ Chỉ thị số 10/CT-UBND ngày 11/9/2020 của Ủy ban nhân dân (UBND) tỉnh Sông Lam về nhiệm vụ;",
        [("Chỉ thị", "10/CT-UBND", "2020-09-11", "Ủy ban nhân dân tỉnh Sông Lam")],
    ),
    (
        "Căn cứ Luật Phòng, chống ma túy số 73/2021/QH14 ngày 30/3/2021;",  # a law whose name holds a comma
        [("Luật", "73/2021/QH14", "2021-03-30", None)],
    ),
    (
        "Căn cứ Luật Giáo dục, Nghị quyết số 88/2014/QH13 ngày 28/11/2014;",
        [("Nghị quyết", "88/2014/QH13", "2014-11-28", None)],
    ),
    (
        "Căn cứ Nghị định số 42/2022/NĐ-CP ngày 31/6/2022 của Chính phủ;",  # no such day
        [("Nghị định", "42/2022/NĐ-CP", None, "Chính phủ")],
    ),
]


@pytest.mark.parametrize(("line", "want"), CASES, ids=[case[0][:50] for case in CASES])
def test_preamble(line: str, want: list[tuple]) -> None:
    refs = read_preamble(line).legal_refs
    assert [(r.type, r.number, r.date, r.issuer) for r in refs] == want
    assert {r.role for r in refs} == {"basis"}


def test_a_reference_inside_a_title_is_cited() -> None:
    refs = read_preamble(
        "Căn cứ Kế hoạch số 19/KH-SGDĐT ngày 02/01/2025 của Sở GD&ĐT về việc thực hiện Chỉ thị số 10/CT-UBND ngày "
        "01/01/2025 của UBND tỉnh;"
    ).legal_refs
    assert [(r.number, r.role) for r in refs] == [("19/KH-SGDĐT", "basis"), ("10/CT-UBND", "cited")]


def test_mentions_are_counted_and_completed() -> None:
    (ref,) = read_lines(
        "- Triển khai Kết luận số 91-KL/TW.",
        "- Theo Kết luận số 91-KL/TW ngày 12/8/2024 của Bộ Chính trị, tiếp tục tuyên truyền.",
    ).legal_refs
    assert (ref.mentions, ref.date, ref.issuer, ref.role) == (2, "2024-08-12", "Bộ Chính trị", "cited")
    assert [place.line for place in ref.places] == [15, 17]


def test_issuer_named_before() -> None:
    (ref,) = read_lines(
        "- Theo yêu cầu của Thủ tướng Chính phủ tại Chỉ thị số 07/CT-TTg ngày 21/3/2023."
    ).legal_refs
    assert ref.issuer == "Thủ tướng Chính phủ"


def test_same_number_of_two_agencies() -> None:
    refs = read_lines(
        "- Kế hoạch số 15/KH-UBND ngày 01/02/2024 của UBND tỉnh; Kế hoạch số 15/KH-UBND ngày 09/3/2024 "
        "của UBND huyện."
    ).legal_refs
    assert [(r.number, r.date) for r in refs] == [("15/KH-UBND", "2024-02-01"), ("15/KH-UBND", "2024-03-09")]


def test_own_number_is_no_reference() -> None:
    assert read_lines("(Kèm theo Kế hoạch số 12/KH-SGDĐT ngày 05/01/2025 của Sở)").legal_refs == ()


@pytest.mark.parametrize(
    "line",
    [
        "- Bộ mã TCVN 6909:2001; điện thoại 0263.3877123; 24/7; lớp 10/A1; tỷ lệ 3/4.",
        "- Kế hoạch số/KH-SGDĐT ngày tháng 05 năm 2024.",
        "- Giai đoạn 2021-2025, định hướng đến 2030.",
    ],
)
def test_not_a_reference(line: str) -> None:
    assert read_lines(line).legal_refs == ()


def test_named_laws() -> None:
    laws = read_lines(
        "- Triển khai Luật Giáo dục 2019, Luật sửa đổi, bổ sung một số điều của Luật Giáo dục đại học; Luật An "
        "toàn thông tin mạng năm 2015; quán triệt nội dung của Luật."
    ).named_laws
    assert [law.name for law in laws] == [
        "Luật Giáo dục 2019",
        "Luật sửa đổi, bổ sung một số điều của Luật Giáo dục đại học",
        "Luật An toàn thông tin mạng năm 2015",
    ]


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        ("37/2024/NQ/QH11", True),
        ("88/2013/NQ-QH13", True),
        ("88/2014/QH13", False),
        ("98/2023/QH15", False),
        ("51/2014/QH14", True),
        ("20/2026/QH16", False),
        ("42/2022/NĐ-CP", False),
    ],
)
def test_suffix(number: str, doubt: bool) -> None:
    assert bool(suffix_doubt(number)) is doubt


def test_a_day_behind_a_list_is_the_day_of_each() -> None:
    refs = read_lines(
        "- Nghị định số 142/2025/NĐ-CP và Nghị định số 143/2025/NĐ-CP cùng ngày 12/6/2025 của Chính phủ.",
        "- Nghị định số 20/2014/NĐ-CP và Thông tư số 29/2024/TT-BGDĐT ngày 30/12/2024.",
    ).legal_refs
    assert [(ref.number, ref.date) for ref in refs] == [
        ("142/2025/NĐ-CP", "2025-06-12"),
        ("143/2025/NĐ-CP", "2025-06-12"),
        ("20/2014/NĐ-CP", None),
        ("29/2024/TT-BGDĐT", "2024-12-30"),
    ]
