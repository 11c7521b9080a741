"""Quotas, deadlines and recurring duties: what each form must give, and what must give nothing."""

from __future__ import annotations

import pytest

from loa.lib.vanban.amounts import number_of, period_code
from loa.lib.vanban.often_read import recurrence_word

from .plan import UNIT, read_lines

QUOTAS = [
    ("- Mỗi tháng 02 tin, bài gửi về Văn phòng Sở.", [(2, False, "tin, bài", "month", UNIT)]),
    ("- Đăng tải tối thiểu 01 lần/tuần trên Fanpage.", [(1, True, "lần", "week", UNIT)]),
    ("- Gửi ít nhất 01 bài/quý về Phòng GD&ĐT.", [(1, True, "bài", "quarter", UNIT)]),
    ("- Viết tối thiểu 02 tin, bài/tháng.", [(2, True, "tin, bài", "month", UNIT)]),
    ("- Mỗi quý ít nhất 01 video giới thiệu hoạt động.", [(1, True, "video", "quarter", UNIT)]),
    ("- Gửi không dưới ba (03) bài mỗi học kỳ.", [(3, True, "bài", "semester", UNIT)]),
    ("- Đăng 01 bài viết về gương người tốt/quý.", [(1, False, "bài viết", "quarter", UNIT)]),
    ("- Gửi từ 02-03 tin/tuần.", [(2, True, "tin", "week", UNIT)]),
    ("- Phấn đấu mỗi trường có từ 03 tin/tuần trở lên.", [(3, True, "tin", "week", "mỗi trường")]),
    ("- Viết bài gửi về Phòng ít nhất mỗi tháng một bài.", [(1, True, "bài", "month", UNIT)]),
    ("- Ít nhất một tháng có 02 tin bài gửi về Phòng.", [(2, True, "tin bài", "month", UNIT)]),
    ("- Tổ chức 01 buổi truyền thông/học kỳ.", [(1, False, "buổi", "semester", UNIT)]),
    ("- Họp giao ban cộng tác viên mỗi quý 01 lần.", [(1, False, "lần", "quarter", UNIT)]),
    (
        "- Mỗi đơn vị có ít nhất 05 tin, bài được đăng trên Cổng thông tin điện tử trong năm 2025.",
        [(5, True, "tin, bài", "year", "Mỗi đơn vị")],
    ),
    (
        "- Trong năm học, mỗi trường xây dựng tối thiểu 02 phóng sự.",
        [(2, True, "phóng sự", "school_year", "mỗi trường")],
    ),
    (
        "- Các phòng chuyên môn: 01 bài/tháng; các trường mầm non: 02 bài/tháng; trung tâm GDNN-GDTX: 01 bài/quý.",
        [
            (1, False, "bài", "month", "Các phòng chuyên môn"),
            (2, False, "bài", "month", "các trường mầm non"),
            (1, False, "bài", "quarter", "trung tâm GDNN-GDTX"),
        ],
    ),
    (
        "- Trường mầm non ít nhất 01 bài/tháng, trường tiểu học và THCS ít nhất 02 bài/tháng.",
        [
            (1, True, "bài", "month", "Trường mầm non"),
            (2, True, "bài", "month", "trường tiểu học và THCS"),
        ],
    ),
    (
        "- Tuyên truyền tối thiểu 8 bài/năm đối với Phòng GD&ĐT và 2 bài/năm đối với đơn vị trực thuộc.",
        [
            (8, True, "bài", "year", "Phòng GD&ĐT"),
            (2, True, "bài", "year", "đơn vị trực thuộc"),
        ],
    ),
    ("- Mỗi quý 02 bài phản ánh hoạt động của các trường.", [(2, False, "bài", "quarter", UNIT)]),
    ("- Mỗi quý 02 bài phản ánh.", [(2, False, "bài phản ánh", "quarter", UNIT)]),
    ("- Thi ảnh, mỗi lớp nộp ít nhất 05 ảnh trước ngày 20/12/2025.", [(5, True, "ảnh", None, "mỗi lớp")]),
    ("- Thi vẽ, mỗi lớp nộp ít nhất 02 tranh.", [(2, True, "tranh", None, "mỗi lớp")]),
    (
        "- Mỗi học sinh khối 8 viết 01 bài cho cuộc thi An toàn.",
        [(1, False, "bài", None, "Mỗi học sinh khối 8")],
    ),
    ("- Nhắn thư Hiệu trưởng gửi phụ huynh 01 thư/tháng.", [(1, False, "thư", "month", UNIT)]),
    ("- Fanpage đăng không dưới 03 post/tuần.", [(3, True, "post", "week", UNIT)]),
    ("- Mỗi quý thực hiện 01 talkshow.", [(1, False, "talkshow", "quarter", UNIT)]),
    ("- Cảnh báo lừa đảo trên mạng, mỗi tháng 01 nội dung.", [(1, False, "nội dung", "month", UNIT)]),
    ("6. Thư viện: mỗi tháng giới thiệu 01 cuốn sách.", [(1, False, "cuốn sách", "month", "Thư viện")]),
    (
        "- Mỗi học kỳ đề xuất ít nhất 02 giáo viên để giới thiệu trên chuyên mục.",
        [(2, True, "giáo viên", "semester", UNIT)],
    ),
    ("- Trang của xã mỗi tuần đăng 03 tin, bài trở lên.", [(3, True, "tin, bài", "week", UNIT)]),
    (
        "- Gửi bài trước ngày 24 mỗi tháng với số lượng tối thiểu: trường mầm non 02 tin/tháng, "
        "trường tiểu học 03 tin/tháng.",
        [(2, True, "tin", "month", "trường mầm non"), (3, True, "tin", "month", "trường tiểu học")],
    ),
    (
        "- Mỗi cán bộ, giáo viên chia sẻ tối thiểu 02 tin, bài của Ngành mỗi tuần.",
        [(2, True, "tin, bài", "week", "Mỗi cán bộ, giáo viên")],
    ),
    (
        "- Xây dựng ít nhất 01 chuyên mục, 02 phóng sự/năm trên Đài Phát thanh và Truyền hình tỉnh.",
        [(1, True, "chuyên mục", "year", UNIT), (2, True, "phóng sự", "year", UNIT)],
    ),
    (
        "- Đối với các trường trực thuộc: mỗi tháng gửi tối thiểu 02 tin, bài; đối với phòng GD&ĐT: mỗi tháng gửi "
        "tối thiểu 04 tin, bài.",
        [
            (2, True, "tin, bài", "month", "các trường trực thuộc"),
            (4, True, "tin, bài", "month", "phòng GD&ĐT"),
        ],
    ),
]


@pytest.mark.parametrize(("line", "want"), QUOTAS, ids=[case[0][:40] for case in QUOTAS])
def test_quotas(line: str, want: list[tuple]) -> None:
    got = [(q.count, q.min, q.unit, q.period, q.who) for q in read_lines(line).quotas]
    assert got == want


def test_range_keeps_both_ends() -> None:
    (quota,) = read_lines("- Gửi 02 - 03 tin/tuần.").quotas
    assert (quota.count, quota.max) == (2, 3)


def test_bare_minimum_asks_for_its_period() -> None:
    (quota,) = read_lines("- Gửi ít nhất 05 tin, bài về Văn phòng Sở.").quotas
    assert (quota.count, quota.period) == (5, None)
    assert quota.question is not None
    assert quota.confidence < 0.6


@pytest.mark.parametrize(
    "line",
    [
        "- Bảo đảm tối thiểu 20% tổng chi ngân sách Nhà nước cho giáo dục.",
        "- Chi cho giảng dạy đạt tỷ lệ tối thiểu 19% trong tổng chi thường xuyên.",
        "- Dạy học 2 buổi/ngày; tổ chức 02 bài kiểm tra/học kỳ.",
        "- Đảm bảo 100% trường có website, 3 tiết/tuần.",
        "- Mỗi trường phân công 01 cán bộ phụ trách truyền thông.",
        "- Mỗi tin được đăng cộng 0,5 điểm, 01 bài/tháng được cộng 1 điểm.",
        "- Tuyên truyền sơ kết 05 năm thực hiện Đề án.",
        "- Họp giao ban 02 tuần một lần.",
        "- Mỗi bài gửi kèm ít nhất 02 ảnh.",
        "- Mỗi đơn vị gửi 01 báo cáo về Sở.",
        "- Mỗi học sinh viết 01 bài cho cô giáo.",
        "- Học sinh lớp 5, lớp 9 giai đoạn 2024-2027.",
        "- Thực hiện 03 công khai theo Thông tư 09/2024/TT-BGDĐT ngày 03/6/2024.",
        "- Năm 2024, toàn ngành đã đăng 500 bài/tháng trên Cổng.",
    ],
)
def test_no_quota(line: str) -> None:
    assert read_lines(line).quotas == ()


DEADLINES = [
    ("- Gửi kế hoạch về Sở trước 15/12/2025.", [("2025-12-15", None, "before", UNIT, "Gửi kế hoạch", "Sở")]),
    (
        "- Gửi danh sách cộng tác viên về Văn phòng Sở chậm nhất là ngày 20/02/2025.",
        [("2025-02-20", None, "by", UNIT, "Gửi danh sách cộng tác viên", "Văn phòng Sở")],
    ),
    (
        "- Báo cáo kết quả về Phòng GD&ĐT trước ngày 25/12/2025 (gửi bản mềm, không gửi bản giấy).",
        [("2025-12-25", None, "before", UNIT, "Báo cáo kết quả", "Phòng GD&ĐT")],
    ),
    (
        "- Kiện toàn tổ truyền thông, hoàn thành trong tháng 3/2025.",
        [("2025-03", None, "by", UNIT, "Kiện toàn tổ truyền thông, hoàn thành", None)],
    ),
    (
        "- Hoàn thành việc xây dựng website trước 30 tháng 6 năm 2025.",
        [("2025-06-30", None, "before", UNIT, "Hoàn thành việc xây dựng website", None)],
    ),
    ("- Hạn cuối: 17h00 ngày 30/9/2025.", [("2025-09-30", None, "by", UNIT, None, None)]),
    (
        "- Gửi báo cáo về Sở trong vòng 05 ngày làm việc kể từ khi kết thúc hoạt động.",
        [(None, "trong vòng 05 ngày làm việc kể từ khi kết thúc hoạt động", "by", UNIT, "Gửi báo cáo", "Sở")],
    ),
    (
        "- Trong quý II, tổ chức hội nghị tập huấn.",
        [(None, "Trong quý II", "by", UNIT, "tổ chức hội nghị tập huấn", None)],
    ),
    (
        "- Báo cáo kết quả công tác truyền thông cùng với báo cáo tổng kết năm học.",
        [
            (
                None,
                "cùng với báo cáo tổng kết năm học",
                "on",
                UNIT,
                "Báo cáo kết quả công tác truyền thông",
                None,
            )
        ],
    ),
]


@pytest.mark.parametrize(("line", "want"), DEADLINES, ids=[case[0][:40] for case in DEADLINES])
def test_deadlines(line: str, want: list[tuple]) -> None:
    got = [(d.date, d.relative, d.bound, d.who, d.what, d.to) for d in read_lines(line).deadlines]
    assert got == want


@pytest.mark.parametrize(
    ("title", "line", "iso"),
    [
        ("Truyền thông năm 2025", "- Gửi báo cáo trước ngày 25/12.", "2025-12-25"),
        ("Truyền thông năm học 2025-2026", "- Gửi báo cáo trước ngày 25/12.", "2025-12-25"),
        ("Truyền thông năm học 2025-2026", "- Gửi báo cáo trước ngày 31/5.", "2026-05-31"),
    ],
)
def test_missing_year_is_the_plans(title: str, line: str, iso: str) -> None:
    (deadline,) = read_lines(line, title=title).deadlines
    assert deadline.date == iso
    assert deadline.year_inferred
    assert deadline.question is not None


@pytest.mark.parametrize(
    "line",
    [
        "- Thực hiện theo Nghị định số 42/2022/NĐ-CP ngày 24/6/2022 của Chính phủ.",
        "- Từ ngày 15/11/2025 đến ngày 20/11/2025 tổ chức tuần lễ truyền thông.",
        "- Phổ cập mẫu giáo từ 3 đến 5 tuổi vào năm 2030.",
        "- Gửi tin, bài về Sở trước ngày 25 hằng tháng.",
        "- Kỷ niệm 80 năm ngày 15/10/1945.",
        "- Quy định có hiệu lực kể từ ngày 01/7/2025.",
        "- Gửi báo cáo trước ngày 31/4/2025.",  # no such day: a warning, not a guess
    ],
)
def test_no_deadline(line: str) -> None:
    assert read_lines(line).deadlines == ()


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("- Họp báo mỗi năm 01 lần; năm 2025 tổ chức gặp mặt vào ngày 20/6/2025.", "2025-06-20"),
        (
            "- Phối hợp với Trung tâm Văn hóa, Thể thao và Truyền thông xã tổ chức tập huấn ngày 28/3/2025.",
            "2025-03-28",
        ),
        ("- Cử biên tập viên hướng dẫn viết tin; lớp học tổ chức ngày 27/3/2025 tại xã.", "2025-03-27"),
    ],
)
def test_what_is_held_on_a_day(line: str, iso: str) -> None:
    assert [(d.date, d.bound) for d in read_lines(line).deadlines] == [(iso, "on")]


def test_impossible_day_is_questioned() -> None:
    reading = read_lines("- Gửi báo cáo trước ngày 31/4/2025.")
    assert [w.code for w in reading.warnings] == ["impossible_date"]


RECURRING = [
    ("- Hằng ngày, đưa tin, bài lên Website ngành.", ["daily"]),
    ("- Hằng tuần cập nhật tin bài lên trang thông tin điện tử.", ["weekly"]),
    ("- Định kỳ ngày 25 hằng tháng tổng hợp tình hình dư luận.", ["monthly@25"]),
    ("- Gửi tin, bài về Sở trước ngày 25 hằng tháng.", ["monthly@25"]),
    ("- Ngày 20 mỗi tháng, tổng hợp tin bài báo cáo Giám đốc Sở.", ["monthly@20"]),
    ("- Báo cáo quý gửi chậm nhất ngày 20 tháng cuối quý.", ["quarterly"]),
    ("- Đăng ký chủ đề trước ngày 05 của tháng đầu quý.", ["quarterly"]),
    ("- Thực hiện trao đổi thông tin hàng tháng, hằng quý.", ["monthly", "quarterly"]),
    ("- Định kỳ hằng quý, 6 tháng và hằng năm báo cáo kết quả.", ["quarterly", "semester", "yearly"]),
    ("- Báo cáo định kỳ 6 tháng, 01 năm gửi về Văn phòng Sở.", ["semester", "yearly"]),
    ("- Báo cáo theo định kỳ tháng, quý, năm.", ["monthly", "quarterly", "yearly"]),
    (
        "- Thực hiện chế độ báo cáo hằng tháng, sơ kết học kỳ, tổng kết năm học.",
        ["monthly", "semester", "school_year"],
    ),
    ("- Gửi báo cáo trước ngày 15/12 hằng năm.", ["yearly"]),
    ("- Thường xuyên theo dõi, nắm bắt thông tin báo chí.", ["regular"]),
    ("- Đầu mối của đơn vị thường xuyên kết nối với Văn phòng Sở.", ["regular"]),
    ("Thời gian thực hiện: Thường xuyên", ["regular"]),
    ("- Đăng tin tối thiểu 01 lần/tuần.", ["weekly"]),
]


@pytest.mark.parametrize(("line", "want"), RECURRING, ids=[case[0][:40] for case in RECURRING])
def test_recurring(line: str, want: list[str]) -> None:
    reading = read_lines(line)
    assert [r.recurrence for r in reading.recurring] == want
    assert {r.who for r in reading.recurring} <= {UNIT, "Đầu mối của đơn vị"}


@pytest.mark.parametrize(
    "line",
    [
        "- Mỗi quý thực hiện 01 talkshow.",
        "- Cảnh báo lừa đảo trên mạng, mỗi tháng 01 nội dung.",
        "- Phối hợp với trung tâm giáo dục thường xuyên.",
        "- Tổ chức bồi dưỡng thường xuyên cho giáo viên.",
        "- Sử dụng nguồn chi thường xuyên hằng năm.",
        "- Cung cấp thông tin chủ động, thường xuyên, kịp thời.",
        "- Truyền thông về sơ kết 05 năm thực hiện Đề án.",
        "- Tuyên truyền các giải thể thao thường niên.",
        "- Mỗi tháng 02 tin, bài gửi về Văn phòng Sở.",  # a quota
        "- Gửi báo cáo cùng với báo cáo tổng kết năm học.",  # a deadline
        "- Gửi báo cáo học kỳ I trước ngày 05/01/2025, báo cáo cuối năm trước ngày 18/5/2025.",
        "Bảng 1. Số tin, bài tối thiểu mỗi tháng",  # heads a table
    ],
)
def test_not_recurring(line: str) -> None:
    assert read_lines(line).recurring == ()


def test_budget_section_makes_no_duty() -> None:
    reading = read_lines(
        "Sử dụng kinh phí chi thường xuyên hằng năm của đơn vị.", heading="II. KINH PHÍ THỰC HIỆN"
    )
    assert reading.recurring == ()


def test_who_is_null_when_nobody_is_named() -> None:
    (quota,) = read_lines("- Đăng ít nhất 02 tin/tuần.", heading="1. Chỉ tiêu").quotas
    assert quota.who is None
    assert any(
        w.code == "quota_without_who"
        for w in read_lines("- Đăng ít nhất 02 tin/tuần.", heading="1. Chỉ tiêu").warnings
    )


def test_plus_items_belong_to_the_unit_above() -> None:
    reading = read_lines(
        "- Các trường mầm non:",
        "+ Gửi ít nhất 01 bài/tháng.",
        "+ Báo cáo trước ngày 20/5/2025.",
        heading="1. Phân công",
    )
    assert reading.quotas[0].who == reading.deadlines[0].who == "Các trường mầm non"


@pytest.mark.parametrize(
    ("word", "code"), [("quý", "quarter"), ("học kì", "semester"), ("năm  học", "school_year")]
)
def test_period_words(word: str, code: str) -> None:
    assert period_code(word) == code


def test_number_words() -> None:
    assert [number_of(word) for word in ("08", "ba", "Mười")] == [8, 3, 10]


def test_recurrence_words() -> None:
    assert [recurrence_word(word) for word in ("06 tháng", "quí", "ngày")] == ["semester", "quarterly", "daily"]


def test_a_demand_of_so_many_is_no_wish() -> None:
    reading = read_lines("Hằng tuần chọn tin nổi bật gửi Đài phát sóng.", heading="II. YÊU CẦU VỀ SỐ LƯỢNG")
    assert [r.recurrence for r in reading.recurring] == ["weekly"]
    assert read_lines("Hằng tuần chọn tin gửi Đài.", heading="II. YÊU CẦU").recurring == ()


SCOPES = [
    (
        "- Gửi báo cáo về Sở trước ngày 31/5/2025 (đối với học kỳ II), trước ngày 31/12/2025 (đối với học kỳ I).",
        [("2025-05-31", "học kỳ II", UNIT), ("2025-12-31", "học kỳ I", UNIT)],
    ),
    (
        "- Gửi báo cáo về Sở trước ngày 31/5/2025 đối với học kỳ II và trước ngày 31/12/2025 đối với học kỳ I.",
        [("2025-05-31", "học kỳ II", UNIT), ("2025-12-31", "học kỳ I", UNIT)],
    ),
    (
        "- Gửi báo cáo về Sở trước ngày 10/6 (báo cáo 6 tháng) và trước ngày 10/12 (báo cáo năm).",
        [("2025-06-10", "báo cáo 6 tháng", UNIT), ("2025-12-10", "báo cáo năm", UNIT)],
    ),
    (
        "- Gửi báo cáo về Sở trước ngày 31/5/2025 đối với các trường THCS và trước ngày 30/11/2025 đối với "
        "Phòng GD&ĐT.",
        [("2025-05-31", None, "các trường THCS"), ("2025-11-30", None, "Phòng GD&ĐT")],
    ),
    ("- Gửi báo cáo về Sở trước ngày 31/5/2025 (qua Văn phòng Sở).", [("2025-05-31", None, UNIT)]),
]


@pytest.mark.parametrize(("line", "deadlines"), SCOPES)
def test_a_day_is_of_what_its_brackets_say(line: str, deadlines: list) -> None:
    reading = read_lines(line)
    assert [(d.date, d.scope, d.who) for d in reading.deadlines] == deadlines
    assert {(d.what, d.to) for d in reading.deadlines} == {("Gửi báo cáo", "Sở")}
    assert "deadline_conflict" not in {warning.code for warning in reading.warnings}


CARRIED = [
    (
        "- Mỗi học kỳ mỗi trường 01 video; về hoạt động nhà trường từ 2-3 bài mỗi tháng.",
        ["mỗi trường", "mỗi trường"],
    ),
    ("- Mỗi học kỳ mỗi trường 01 video; UBND xã 03 tin/tháng; 02 bài/quý.", ["mỗi trường", "UBND xã", "UBND xã"]),
    ("- Mỗi học kỳ mỗi trường 01 video; bên ngoài: 03 tin/tháng.", ["mỗi trường", None]),
    ("- Đăng 02 bài/quý (đối với UBND xã); đăng 03 tin/tháng.", ["UBND xã", None]),
]


@pytest.mark.parametrize(("line", "who"), CARRIED)
def test_who_owes_a_count_holds_over_a_semicolon_until_another_is_named(line: str, who: list) -> None:
    assert [quota.who for quota in read_lines(line, heading="1. Số lượng").quotas] == who


LISTS = [
    (
        "- Đăng ít nhất 10 tin, 03 bài và 01 video mỗi quý về gương tốt.",
        ["Đăng tin về gương tốt", "Đăng bài về gương tốt", "Đăng video về gương tốt"],
    ),
    ("- Mỗi quý đăng ít nhất 10 tin, 03 bài về gương tốt.", ["đăng tin về gương tốt", "đăng bài về gương tốt"]),
    ("- Tối thiểu 10 tin, 03 bài/quý.", [None, None]),
]


@pytest.mark.parametrize(("line", "what"), LISTS)
def test_a_count_of_a_list_is_called_by_the_words_around_the_list(line: str, what: list[str | None]) -> None:
    quotas = read_lines(line).quotas
    assert [quota.what for quota in quotas] == what
    assert [quota.question for quota in quotas] == [None] * len(what)
