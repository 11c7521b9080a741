"""What offices hold on a day, what each class or village owes once, and what only looks like either."""

from __future__ import annotations

import pytest

from loa.lib.vanban import read_document

from .plan import read_lines

HELD = [
    ("- Ra mắt chuyên mục; phát động ngày 25/4/2025 tại Trường TH Cồn Sậy.", "2025-04-25"),
    ("- Đặc san “Người gieo chữ” phát hành ngày 18/11/2025 nhân Ngày Nhà giáo Việt Nam.", "2025-11-18"),
    ("- Số đầu tiên phát sóng ngày 18/4/2025.", "2025-04-18"),
    ("- Truyền hình trực tiếp Lễ khai giảng tại Trường PTDTNT tỉnh vào sáng 05/9/2025.", "2025-09-05"),
    ("- Tổ chức Ngày hội tư vấn vào sáng Chủ nhật (30/3/2025), mời 08 trường đại học.", "2025-03-30"),
    ("- Ngày hội “Open Day” tổ chức vào Chủ nhật, ngày 06 tháng 4 năm 2025.", "2025-04-06"),
    ("- Lễ phát động: 7 giờ 30 ngày 10/8/2025 tại sân trường.", "2025-08-10"),
    ("- Gala “Em trở lại trường”: tối ngày 27 tháng 9 năm 2025.", "2025-09-27"),
    ("- Họp cha mẹ trẻ chuyên đề “Dinh dưỡng”: chiều thứ Bảy ngày 08/11/2025.", "2025-11-08"),
    ("- Hội nghị đánh giá, ký kế hoạch năm 2026: dự kiến ngày 22/12/2025.", "2025-12-22"),
    ("- Đoàn xã trao quà cho học sinh nghèo vào ngày 31/8/2025.", "2025-08-31"),
    ("- Tham mưu tổ chức Lễ hưởng ứng học tập suốt đời vào sáng ngày 01/10/2025.", "2025-10-01"),
    ("- Gặp mặt tân học sinh ngày 22/8/2025.", "2025-08-22"),
]


@pytest.mark.parametrize(("line", "day"), HELD, ids=[line[2:40] for line, _ in HELD])
def test_what_is_held_on_a_day_is_due_on_it(line: str, day: str) -> None:
    assert [(d.date, d.bound) for d in read_lines(line).deadlines] == [(day, "on")]


@pytest.mark.parametrize(
    "line",
    [
        "- Tuyên truyền về Kỳ thi tốt nghiệp THPT tổ chức ngày 26/6/2025.",
        "- Phổ biến quy chế kỳ thi ngày 26/6/2025.",
        "- Treo khẩu hiệu chào mừng ngày 20/11/2025.",
        "- Tổ chức văn nghệ nhân dịp kỷ niệm ngày 26/3/2025.",
        "- Kế hoạch có hiệu lực từ ngày ký đến hết ngày 31/12/2025.",
        "- Phát podcast trong 30 ngày trước kỳ thi.",
        "- Cao điểm là tuần trước ngày khai giảng.",
        "- Họp đánh giá 02 lần/năm, vào tháng 6 và tháng 12.",
    ],
)
def test_a_day_on_which_nobody_owes_anything(line: str) -> None:
    assert read_lines(line).deadlines == ()


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("- Fanpage đăng tin ngay trong ngày.", ("ngay trong ngày", "by")),
        ("- Tin gửi về Sở trong ngày diễn ra sự kiện.", ("trong ngày diễn ra sự kiện", "by")),
        ("- Báo cho Ban Giám hiệu, không để quá 02 giờ.", ("không để quá 02 giờ", "by")),
        ("- Đăng thông tin về Ngày hội trước đó 02 tuần.", ("trước đó 02 tuần", "before")),
        ("- Thành lập đội trong tuần đầu tháng 10/2025.", ("trong tuần đầu tháng 10/2025", "by")),
        ("- Nhận bài dự thi đến 17 giờ 00 ngày 15/9/2025.", ("2025-09-15", "by")),
        ("- Ký thỏa thuận phối hợp trong tháng 3.", ("2025-03", "by")),
        ("- “Ngày hội STEM” dự kiến trong tháng 3 năm 2025.", ("2025-03", "by")),
        (
            "- Phát động cuộc thi ảnh từ ngày 01/10/2025 đến hết ngày 10/11/2025, mỗi lớp nộp 03 ảnh.",
            ("2025-11-10", "by"),
        ),
    ],
)
def test_other_words_for_by_when(line: str, due: tuple[str, str]) -> None:
    assert [(d.date or d.relative, d.bound) for d in read_lines(line).deadlines] == [due]


def test_money_is_accounted_for_within_days_of_what_it_was_for() -> None:
    reading = read_lines(
        "Các đơn vị hoàn chứng từ trong vòng 10 ngày kể từ khi kết thúc hoạt động.", heading="IV. KINH PHÍ"
    )
    assert [d.relative for d in reading.deadlines] == ["trong vòng 10 ngày kể từ khi kết thúc hoạt động"]


COUNTED = [
    ("- Mỗi lớp dự thi 02 tiết mục.", [(2, False, "tiết mục", None)]),
    ("- Mỗi trường nộp 01 tiết mục và 02 bài viết.", [(1, False, "tiết mục", None), (2, False, "bài viết", None)]),
    ("- Truyền thông ở 06 bản vùng cao, mỗi bản 01 buổi.", [(1, False, "buổi", None)]),
    ("- Mỗi trường có không dưới 02 pano tại cổng trường.", [(2, True, "pano", None)]),
    ("- Tổ chức 05 buổi nói chuyện về học tập suốt đời.", [(5, False, "buổi", None)]),
    ("- Mở lớp xóa mù chữ tại 03 xã; viết 02 bài về người học lớn tuổi.", [(2, False, "bài", None)]),
    ("- Cổng của Sở đăng tối thiểu 1.200 tin, bài trong năm 2025.", [(1200, True, "tin, bài", "year")]),
    (
        "- Tổ chức 02 lớp tập huấn viết tin, quay dựng video trong năm 2025.",
        [(2, False, "lớp tập huấn", "year")],
    ),
    ("- Làm phim về giáo dục vùng cao: 01 phim trong năm.", [(1, False, "phim", "year")]),
    ("- Từ 03 đến 05 video ngắn (dưới 90 giây) mỗi quý.", [(3, True, "video ngắn", "quarter")]),
    ("- Mỗi tổ tư vấn đi ít nhất 03 trường/tuần.", [(3, True, "trường", "week")]),
    ("- Mỗi quý chọn 03 đề tài tiêu biểu.", [(3, False, "đề tài", "quarter")]),
    ("- Hằng tuần gửi 02 tin lên Cổng thông tin.", [(2, False, "tin", "week")]),
    (
        "- Mỗi tháng phát sóng 02 chuyên mục (trong đó có 01 chuyên mục bằng tiếng Mông).",
        [(2, False, "chuyên mục", "month"), (1, False, "chuyên mục", "month")],
    ),
    ("- Tập 1 ra mắt sớm; podcast 02 tập/học kỳ.", [(2, False, "tập", "semester")]),
    # what is no product, nobody's duty, or hoped for
    ("- Mỗi đơn vị xây dựng 02 kịch bản xử lý sự cố.", []),
    ("- Mỗi trường cử 01 giáo viên để viết tin.", []),
    ("- Thu hút trên 50.000 lượt theo dõi trong năm học.", []),
    ("- Mỗi đội tuyển gửi 01 bài viết sau mỗi kỳ thi.", []),
]


@pytest.mark.parametrize(("line", "quotas"), COUNTED, ids=[line[2:40] for line, _ in COUNTED])
def test_what_is_owed_a_number_of_times(line: str, quotas: list[tuple[int, bool, str, str | None]]) -> None:
    reading = read_lines(line)
    assert [(q.count, q.min, q.unit, q.period) for q in reading.quotas] == quotas
    assert reading.recurring == ()


def test_its_day_stands_behind_what_is_done_every_month() -> None:
    reading = read_lines("- Hằng tháng, tổng hợp tin, bài của các trường gửi Sở GDĐT trước ngày 25.")
    assert [r.recurrence for r in reading.recurring] == ["monthly@25"]
    assert reading.deadlines == ()


def test_a_quarter_that_a_quota_counts_over_is_no_deadline() -> None:
    reading = read_lines("- Thực hiện 01 phóng sự về nghề và 02 bài trên báo in trong quý II/2025.")
    assert [(q.count, q.period) for q in reading.quotas] == [(1, "quarter"), (2, "quarter")]
    assert reading.deadlines == ()


def test_words_a_scanner_misread() -> None:
    reading = read_lines("- Mồi tổ gửi it nhất 02 bài/tháng; lập danh sách trước ngảy 25/9/2025.")
    assert [(q.count, q.min, q.period) for q in reading.quotas] == [(2, True, "month")]
    assert [(d.date, d.span.quote) for d in reading.deadlines] == [("2025-09-25", "trước ngảy 25/9/2025")]
    asked = " ".join(warning.message for warning in reading.warnings if warning.code == "ocr")
    assert all(f"có lẽ là “{word}”" in asked for word in ("Mỗi", "ít nhất", "ngày"))


UNNUMBERED = """UBND XÃ NẬM KHA
Số: 19/KH-UBND
Nậm Kha, ngày 04 tháng 8 năm 2025
KẾ HOẠCH
Truyền thông vận động học sinh ra lớp năm 2025

Căn cứ Công văn số 876/SGDĐT-GDTrH ngày 28/7/2025 của Sở Giáo dục và Đào tạo về việc huy động học sinh ra lớp,
Ủy ban nhân dân xã lập kế hoạch truyền thông như sau:

MỤC ĐÍCH
- Thường xuyên nâng cao nhận thức của cha mẹ học sinh theo Nghị quyết số 71-NQ/TW ngày 22/8/2025.

AI LÀM GÌ
Phòng Văn hóa - Xã hội
- Tổng kết, báo cáo chậm nhất 05/10/2025.
- Thực hiện kết luận tại cuộc họp giao ban ngày 30/7/2025.

Các trường
- Gửi danh sách về Phòng Văn hóa
- Xã hội trước ngày 15/8/2025.
- Báo cáo sĩ số về xã thứ Hai hằng tuần.

Nơi nhận:
- Lưu: VT.
"""


def test_headings_without_numbers() -> None:
    """In capitals, and by the name of who acts; purposes stay wishes, and what they cite is no basis.

    What was held before the plan was issued is only referred to.
    """
    reading = read_document(UNNUMBERED.encode(), "a.txt")
    assert [(s.level, s.label, s.title) for s in reading.sections] == [
        (1, "", "MỤC ĐÍCH"),
        (1, "", "AI LÀM GÌ"),
        (2, "", "Phòng Văn hóa - Xã hội"),
        (2, "", "Các trường"),
    ]
    assert [(d.date, d.who) for d in reading.deadlines] == [
        ("2025-10-05", "Phòng Văn hóa - Xã hội"),
        ("2025-08-15", "Các trường"),
    ]
    assert [(r.recurrence, r.who) for r in reading.recurring] == [("weekly", "Các trường")]
    assert {ref.number: ref.role for ref in reading.legal_refs} == {
        "876/SGDĐT-GDTrH": "basis",
        "71-NQ/TW": "cited",
    }
