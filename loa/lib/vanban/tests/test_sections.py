"""What a section makes of what stands in it: a wish under aims, a topic under contents, the past under results."""

from __future__ import annotations

from loa.lib.vanban import read_document

from .plan import read_lines


def test_what_is_to_be_finished_is_due_among_requirements_too() -> None:
    """ "Hoàn thành … trước ngày" under "Yêu cầu" is owed; a share to be reached is a wish."""
    reading = read_lines(
        "- Hoàn thành bộ nhận diện truyền thông trước ngày 31/3/2025.",
        "- Hoàn thành kết nối 90% số trường trước ngày 30/6/2025.",
        heading="II. YÊU CẦU CHUNG",
    )
    assert [d.date for d in reading.deadlines] == ["2025-03-31"]


def test_a_line_above_a_list_says_that_its_counts_are_minimums() -> None:
    reading = read_lines(
        "Định mức tối thiểu đối với từng loại hình đơn vị:",
        "a) Trường mầm non: 01 tin/tuần;",
        "b) Trường THPT: 02 tin/tuần.",
    )
    assert [(q.count, q.min, q.who) for q in reading.quotas] == [
        (1, True, "Trường mầm non"),
        (2, True, "Trường THPT"),
    ]


def test_a_duty_whose_item_speaks_of_money_is_a_duty() -> None:
    reading = read_lines(
        "2. Phòng Kế hoạch - Tài chính bố trí kinh phí; hoàn thành thủ tục hợp đồng trong tháng 7.",
        heading="IV. TỔ CHỨC THỰC HIỆN",
    )
    assert [d.date for d in reading.deadlines] == ["2025-07"]


def test_an_item_that_says_what_is_done_is_no_heading() -> None:
    """ "nội dung" in what the heads of division do does not make their item a list of topics."""
    reading = read_lines(
        "4. Trưởng các phòng thuộc Sở hằng tháng rà soát nội dung thuộc lĩnh vực phụ trách, kịp thời bổ sung.",
        heading="III. TỔ CHỨC THỰC HIỆN",
    )
    assert [(r.recurrence, r.who) for r in reading.recurring] == [("monthly", "Trưởng các phòng thuộc Sở")]


def test_roman_numbers_before_a_dash_head_sections() -> None:
    reading = read_lines(
        "II- NỘI DUNG TRUYỀN THÔNG",
        "- Lịch phát sóng các bài giảng trên Đài tỉnh (từ thứ Hai đến thứ Sáu hằng tuần).",
        "III- TỔ CHỨC THỰC HIỆN",
        "1- Văn phòng Sở",
        "- Phát điểm tin vào thứ Hai hằng tuần.",
    )
    assert [(r.recurrence, r.who) for r in reading.recurring] == [("weekly", "Văn phòng Sở")]


def test_what_a_term_achieved_asks_nothing() -> None:
    reading = read_lines(
        "Các tổ gửi bài đúng hạn trước thứ Năm hằng tuần đạt 92%.", heading="I. Đánh giá học kỳ I"
    )
    assert reading.recurring == ()


def test_making_content_is_work_not_a_list_of_topics() -> None:
    reading = read_lines("Xây dựng infographic, hoàn thành trong quý II/2025.", heading="2. Sản xuất nội dung số")
    assert [d.relative for d in reading.deadlines] == ["trong quý II/2025"]


def test_an_answer_that_is_promised_is_due_among_aims_too() -> None:
    reading = read_lines(
        "- Phản ánh của người dân được trả lời trong thời hạn 05 ngày làm việc.",
        "- Công tác tuyên truyền phải làm thường xuyên, linh hoạt theo mùa.",
        heading="II. MỤC TIÊU",
    )
    assert [d.relative for d in reading.deadlines] == ["trong thời hạn 05 ngày làm việc"]
    assert reading.recurring == ()


def test_what_is_made_or_held_is_owed_in_a_section_of_contents_too() -> None:
    reading = read_lines(
        "a) Xây dựng bộ tài liệu hỏi - đáp về Luật Nhà giáo; hoàn thành trước ngày 31 tháng 8 năm 2025.",
        "b) Tổ chức tọa đàm chính sách định kỳ mỗi quý một lần.",
        "c) Kỳ thi tốt nghiệp; tuyển sinh lớp 10 (hoàn thành trước ngày 15/7/2025).",
        heading="II. NỘI DUNG VÀ CÁC GIAI ĐOẠN TRUYỀN THÔNG",
    )
    assert [d.date for d in reading.deadlines] == ["2025-08-31"]
    assert [(q.count, q.unit, q.period) for q in reading.quotas] == [(1, "lần", "quarter")]
    assert [r.recurrence for r in reading.recurring] == ["quarterly"]


def test_how_something_is_done_is_no_duty_of_every_day() -> None:
    reading = read_lines(
        "Các hoạt động phải thiết thực; phối hợp thường xuyên, chặt chẽ với báo chí.",
        "Các đơn vị chủ động, thường xuyên cung cấp thông tin.",
        heading="2. Yêu cầu",
    )
    assert reading.recurring == ()


def test_a_part_alone_on_its_line_begins_anew() -> None:
    wide = "Thông tin về chủ trương của Đảng, chính sách của Nhà nước, kết quả của ngành và các gương điển"
    text = "\n".join(
        [
            "KẾ HOẠCH",
            "Truyền thông năm 2026",
            "Phần thứ nhất",
            "NỘI DUNG",
            *([wide] * 9),
            "Phần thứ hai",
            "GIẢI PHÁP",
            "1. Kiện toàn Ban Biên tập trong tháng 3/2026 để điều hành các kênh của ngành trên địa bàn tỉnh.",
        ]
    )
    reading = read_document(text.encode(), "a.txt")
    assert [section.label for section in reading.sections] == ["Phần thứ nhất", "Phần thứ hai", "1"]
    assert [deadline.date for deadline in reading.deadlines] == ["2026-03"]
