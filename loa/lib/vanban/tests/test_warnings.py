"""Every warning: what trips it, and what looks like it and must not."""

from __future__ import annotations

import pytest

from loa.lib.vanban import Reading, read_document
from loa.lib.vanban.warnings import MESSAGES

HEAD = {
    "number": "Số: 12/KH-SGDĐT",
    "date": "Sông Lam, ngày 05 tháng 8 năm 2025",
    "title": "Truyền thông năm học 2025-2026",
    "basis": "Căn cứ Kế hoạch số 45/KH-UBND ngày 10/01/2025 của UBND tỉnh về truyền thông;",
    "duty": "- Chủ động phối hợp với Văn phòng Sở.",
    "recipient": "- Các đơn vị trực thuộc Sở;",
}


def read(**changes: str) -> Reading:
    """A plan without any fault, with these lines instead of its own."""
    parts = {**HEAD, **changes}
    text = [
        parts["number"],
        parts["date"],
        "KẾ HOẠCH",
        parts["title"],
        parts["basis"],
        "Sở Giáo dục và Đào tạo ban hành Kế hoạch như sau:",
        "I. TỔ CHỨC THỰC HIỆN",
        parts.get("heading", "1. Các trường THPT"),
        *parts["duty"].split("\n"),
        "Nơi nhận:",
        *parts["recipient"].split("\n"),
        "- Lưu: VT.",
    ]
    return read_document("\n\n".join(text).encode(), "a.txt")


def codes(**changes: str) -> set[str]:
    return {warning.code for warning in read(**changes).warnings}


TRIPS = [
    ("number_blank", {"number": "Số:      /KH-SGDĐT"}),
    ("number_blank", {"number": "Số: ……/KH-SGDĐT"}),
    ("date_blank", {"date": "Sông Lam, ngày     tháng 8 năm 2025"}),
    ("date_blank", {"date": "Sông Lam, ngày … tháng … năm 2025"}),
    ("suffix", {"basis": "Căn cứ Nghị quyết số 88/2013/NQ-QH13 của Quốc hội về đổi mới chương trình giáo dục;"}),
    ("suffix", {"basis": "Căn cứ Luật Giáo dục số 43/2019/QH13 ngày 14/6/2019 của Quốc hội nước Cộng hòa;"}),
    ("suffix", {"basis": "Căn cứ Kế hoạch số 45/KH-SGDDĐT ngày 10/01/2025 của Sở GDĐT về truyền thông;"}),
    ("later_than_plan", {"basis": "Căn cứ Kế hoạch số 45/KH-UBND ngày 10/9/2025 của UBND tỉnh về truyền thông;"}),
    (
        "two_dates",
        {
            "basis": "Căn cứ Kế hoạch số 45/KH-UBND ngày 10/01/2025 của UBND tỉnh về truyền thông;",
            "duty": "- Thực hiện Kế hoạch số 45/KH-UBND ngày 11/01/2025 của UBND tỉnh.",
        },
    ),
    ("personal_phone", {"duty": "- Liên hệ đồng chí phụ trách, điện thoại 0912.345.678."}),
    ("personal_phone", {"duty": "- Đầu mối: bà Hoa, ĐT +84 987 654 321."}),
    ("private_email", {"duty": "- Gửi bài về hộp thư truyenthong.songlam@gmail.com."}),
    ("obsolete_recipient", {"recipient": "- Phòng GD&ĐT các huyện;"}),
    ("obsolete_recipient", {"recipient": "- Sở Thông tin và Truyền thông (để p/h);"}),
    ("obsolete_recipient", {"recipient": "- UBND các huyện, thành phố;"}),
    ("impossible_range", {"duty": "- Tuyên truyền Đề án giai đoạn 2021-2015."}),
    ("impossible_date", {"duty": "- Gửi báo cáo trước ngày 31/4/2026."}),
    ("impossible_date", {"duty": "- Gửi báo cáo trước ngày 30/02/2026."}),
    ("ocr", {"duty": "- Tuyên thông tin về hoạt động của trường."}),
    ("ocr", {"duty": "- Gửi báo cáo về Sở trước ngày 3l/12/2025."}),
    (
        "deadline_conflict",
        {
            "duty": "- Gửi báo cáo tổng kết trước ngày 20/5/2026.\n- Gửi báo cáo tổng kết trước ngày 25/5/2026.",
        },
    ),
    (
        "deadline_conflict",
        {
            "duty": "- Gửi báo cáo trước ngày 20/5/2026 (đối với học kỳ II).\n"
            "- Gửi báo cáo trước ngày 25/5/2026 (đối với học kỳ II).",
        },
    ),
    ("quota_without_who", {"heading": "1. Số lượng tin, bài", "duty": "- Đăng ít nhất 02 tin, bài/tháng."}),
    ("maximum", {"duty": "- Gửi tối đa 03 tin/tuần về Sở."}),
    ("maximum", {"duty": "- Hằng tháng đăng không quá 05 bài."}),
    ("maximum", {"duty": "- Họp nhiều nhất mỗi quý một lần."}),
    ("day_lost", {"duty": "- Đăng bài vào Thứ Ba và Thứ Sáu hằng tuần."}),
    ("day_lost", {"duty": "- Gửi báo cáo quý trước ngày 05 của tháng đầu quý."}),
    ("odd_period", {"duty": "- Đăng tin 02 tuần/lần."}),
    ("odd_period", {"duty": "- Họp Ban Biên tập hai tuần một lần."}),
    ("odd_period", {"duty": "- Gửi báo cáo 2 tháng/lần."}),
    ("odd_period", {"duty": "- Định kỳ 04 tháng 01 lần gửi báo cáo."}),
    ("odd_period", {"duty": "- Viết bài định kỳ: 01 bài/02 tháng."}),
    ("deadline_passed", {"duty": "- Gửi danh sách về Sở trước ngày 01/6/2025."}),
]

QUIET = [
    ("number_blank", {}),
    ("number_blank", {"number": "Số: 12 /KH-SGDĐT"}),
    ("date_blank", {"date": "Sông Lam, ngày 5 tháng 8 năm 2025"}),
    ("suffix", {"basis": "Căn cứ Nghị quyết số 88/2014/QH13 ngày 28/11/2014 của Quốc hội về đổi mới giáo dục;"}),
    ("suffix", {"basis": "Căn cứ Nghị quyết số 686/NQ-UBTVQH15 ngày 18/9/2023 của Ủy ban Thường vụ Quốc hội;"}),
    ("suffix", {"basis": "Căn cứ Nghị quyết số 54/2016/NQ-HĐND ngày 14/10/2016 của Hội đồng nhân dân tỉnh;"}),
    ("later_than_plan", {"basis": "Căn cứ Kế hoạch số 45/KH-UBND ngày 05/8/2025 của UBND tỉnh về truyền thông;"}),
    (
        "later_than_plan",
        {
            "date": "Sông Lam, ngày   tháng 8 năm 2025",
            "basis": "Căn cứ Kế hoạch số 45/KH-UBND ngày 28/8/2025 của UBND tỉnh về truyền thông giáo dục;",
        },
    ),
    ("two_dates", {"duty": "- Thực hiện Kế hoạch số 45/KH-UBND ngày 10/01/2025 của UBND tỉnh."}),
    ("two_dates", {"duty": "- Thực hiện Kế hoạch số 45/KH-SGDĐT ngày 11/01/2025 của Sở."}),
    ("personal_phone", {"duty": "- Liên hệ Văn phòng Sở, điện thoại 0253.3811.234."}),
    ("personal_phone", {"duty": "- Tài khoản hỗ trợ số 1900 1234; kinh phí 900.000.000 đồng."}),
    ("private_email", {"duty": "- Gửi về vanphong.so@songlam.edu.vn và vp@songlam.gov.vn."}),
    ("obsolete_recipient", {"recipient": "- UBND các xã, phường;"}),
    (
        "obsolete_recipient",
        {"date": "Sông Lam, ngày 05 tháng 6 năm 2025", "recipient": "- Phòng GD&ĐT các huyện;"},
    ),
    ("impossible_range", {"duty": "- Tuyên truyền Đề án giai đoạn 2021-2025, năm học 2025 - 2026."}),
    ("impossible_range", {"duty": "- Chuẩn bị năm học 2025-2026, tầm nhìn đến 2045."}),
    ("impossible_date", {"duty": "- Gửi báo cáo trước ngày 29/02/2028 và ngày 31/12/2025."}),
    ("ocr", {"duty": "- Truyền thông về học kỳ I, quý I, lớp 10; phòng chống tác hại CO2."}),
    (
        "deadline_conflict",
        {
            "duty": "- Gửi báo cáo sơ kết trước ngày 10/01/2026.\n- Gửi báo cáo tổng kết trước ngày 25/5/2026.",
        },
    ),
    (
        "deadline_conflict",
        {
            "duty": "- Gửi báo cáo về Sở trước ngày 31/5/2026 (đối với học kỳ II), trước ngày 31/12/2025 (đối với "
            "học kỳ I năm học 2025-2026).",
        },
    ),
    ("quota_without_who", {"duty": "- Đăng ít nhất 02 tin, bài/tháng."}),
    ("maximum", {"duty": "- Gửi ít nhất 02, tối đa 05 tin/tuần; trả lời trong thời hạn tối đa 02 ngày."}),
    ("maximum", {"duty": "- Video dài tối đa 03 phút, mỗi tháng 02 video."}),
    ("day_lost", {"duty": "- Gửi báo cáo trước ngày 20 của tháng cuối quý; họp giao ban thứ Hai hằng tuần."}),
    ("odd_period", {"duty": "- Gửi báo cáo 3 tháng/lần; họp 6 tháng một lần; đăng 02 lần/tuần, 01 bài/tháng."}),
    ("odd_period", {"duty": "- Trả lời trong 03 ngày; sơ kết 05 năm thực hiện Đề án, 02 năm học một chủ đề."}),
    ("deadline_passed", {"duty": "- Gửi danh sách về Sở trước ngày 30/8/2025."}),
]

#: about the file itself; tripped in test_word.py, test_bad_input.py and below
OF_FILES = {"tracked_changes", "scanned_pages", "encoding", "nfd"}


@pytest.mark.parametrize(("code", "changes"), TRIPS)
def test_trips(code: str, changes: dict[str, str]) -> None:
    assert code in codes(**changes)


@pytest.mark.parametrize(("code", "changes"), QUIET)
def test_does_not_trip(code: str, changes: dict[str, str]) -> None:
    assert code not in codes(**changes)


def test_a_plan_without_faults_has_no_warning() -> None:
    assert codes() == set()


def test_every_code_has_both_kinds_of_examples() -> None:
    assert {code for code, _ in TRIPS} == {code for code, _ in QUIET} == set(MESSAGES) - OF_FILES


def test_a_plain_file_trips_nothing_about_files() -> None:
    assert not OF_FILES & codes()


@pytest.mark.parametrize(("code", "changes"), TRIPS)
def test_a_warning_points_at_its_words(code: str, changes: dict[str, str]) -> None:
    reading = read(**changes)
    for warning in reading.warnings:
        assert warning.message
        assert "{" not in warning.message
        assert warning.span.quote
        assert warning.span.quote in " ".join(reading.source.text.split())
