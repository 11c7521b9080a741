"""Where the name of who must act ends, and what it does begins."""

from __future__ import annotations

import pytest

from loa.lib.vanban.units import heading_unit, unit_at

from .plan import read_lines


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("Hiệu trưởng", "ra quyết định thành lập Ban truyền thông"),
        ("Hiệu trưởng", "phê duyệt danh sách Ban Biên tập"),
        ("Phó Hiệu trưởng", "duyệt nội dung"),
        ("Phó Giám đốc phụ trách tuyển sinh", "làm Trưởng Ban biên tập"),
        ("Tổ Dạy nghề", "mở cửa xưởng cho học sinh lớp 9 tham quan"),
        ("Tổ Văn phòng", "chuẩn bị máy ảnh, đường truyền"),
        ("Tổ Ứng cứu thông tin", "quét từ khóa về giáo dục"),
        ("Giáo viên chủ nhiệm", "ký cam kết với gia đình từng học sinh"),
        ("Ban đại diện cha mẹ học sinh", "chuyển ý kiến đóng góp"),
        ("Đài truyền thanh xã", "phát 02 lượt/ngày bản tin"),
        ("Mỗi trường", "dành ít nhất 15 phút"),
        ("các trường trung học phổ thông", "tổ chức"),
        ("Ban phát thanh măng non của Liên đội", "lên sóng 02 lần/tuần"),
        ("Hiệu trưởng", "ban hành quyết định thành lập Tổ truyền thông"),
        ("Tổ Truyền thông", "trình Ban Giám đốc phê duyệt"),
        ("CLB Truyền thông", "dựng từ 2 đến 4 video/tháng"),
        ("Tổ trưởng mỗi khối", "gửi ít nhất 02 bài/tháng"),
        ("Văn phòng Sở", "liên hệ, đặt hàng từ 02 đến 04 phóng sự/năm"),
        ("Đội Cảnh sát giao thông", "cung cấp cho các trường"),
        ("Mỗi học sinh khối 8, khối 9", "viết 01 bài"),
        # of who holds an office, the next small word is what he does
        ("GVCN", "xin ý kiến phụ huynh"),
        ("PHT", "lo việc đăng bài"),
        ("GVCN lớp 9A", "lo việc hướng nghiệp"),
        ("Cô Mai (văn thư)", "lo việc đăng bài"),
        ("Phó Hiệu trưởng phụ trách chuyên môn", "duyệt bài"),
        ("Hiệu trưởng các trường THPT", "chịu trách nhiệm"),
        ("TPT Đội", "lo việc đăng bài"),
        ("cô TPT Đội", "lo việc đăng bài"),
        ("Thầy Trần Quốc Bảo (GV Tin học)", "lo việc đăng bài"),
        ("Đ/c Nguyễn Thị Lụa - PHT", "lo việc đăng bài"),
        ("thầy Vũ Quang Minh (tổ Tin - Thể dục - GDQP)", "lo việc đăng bài"),
        ("thầy Phó Hiệu trưởng", "lo việc đăng bài"),
        ("thầy Thanh", "sao lưu dữ liệu trang (02 bản)"),
    ],
)
def test_a_name_ends_before_its_verb(name: str, does: str) -> None:
    assert unit_at(f"{name} {does}") == name


@pytest.mark.parametrize(
    "name",
    [
        "Tổ Quản lý học sinh bán trú",
        "Tổ Khoa học tự nhiên",
        "Ban Quản trị mạng",
        "Tổ thư ký",
        "Phòng tổ chức",
        "Ban chuyển đổi số",
        "Đài phát thanh và truyền hình",
        "Ban biên soạn tài liệu",
        "Sở Xây dựng",
        "CLB đọc sách",
        "Trường mầm non công lập và tư thục",
        "Đài truyền thanh, truyền hình huyện",
    ],
)
def test_a_word_of_the_name_is_no_verb(name: str) -> None:
    assert unit_at(name) == name
    assert heading_unit(name) == name


def test_to_tell_at_once_is_no_newspaper() -> None:
    assert unit_at("báo ngay sự cố cho Hiệu trưởng") is None
    assert unit_at("Báo Giáo dục và Thời đại") == "Báo Giáo dục và Thời đại"


@pytest.mark.parametrize("words", ["Bộ ấn phẩm giới thiệu trường", "Nhóm Zalo phụ huynh", "Đội ngũ viết tin"])
def test_things_are_no_units(words: str) -> None:
    assert unit_at(words) is None


@pytest.mark.parametrize(
    ("heading", "line", "who"),
    [
        # the last subject before what is due
        ("2. Lớp", "- Mỗi lớp viết bài dự thi, GVCN nộp cho TPT Đội trước ngày 30/11/2025.", "GVCN"),
        (
            "2. Các phòng",
            "- Khi báo chí yêu cầu, phòng chuyên môn phải trả lời trong vòng 24 giờ.",
            "phòng chuyên môn",
        ),
        (
            "2. Văn phòng Sở",
            "- Tổng hợp tin của các lớp, các tổ gửi lãnh đạo trước ngày 30/11/2025.",
            "Văn phòng Sở",
        ),
        (
            "2. Các trường",
            "- Học sinh và gia đình ký cam kết, nhà trường hoàn thành trước ngày 30/11/2025.",
            "nhà trường",
        ),
        (
            "2. Phòng GD&ĐT",
            "- Hiệu trưởng các trường mầm non, tiểu học, THCS báo cáo trước ngày 30/11/2025.",
            "Hiệu trưởng các trường mầm non, tiểu học, THCS",
        ),
        (
            "2. UBND xã",
            "- Các trường mầm non, tiểu học, THCS gửi tin trước ngày 30/11/2025.",
            "Các trường mầm non, tiểu học, THCS",
        ),
        # the list "mỗi tổ" counts
        ("2. Chuyên môn", "- Tổ Văn và tổ Sử: mỗi tổ ít nhất 02 bài/tháng.", "Tổ Văn và tổ Sử"),
        ("2. Chuyên môn", "- Tại các cơ sở liên kết: mỗi cơ sở gửi ít nhất 02 bài/quý.", "mỗi cơ sở"),
        ("2. Chuyên môn", "- Tổ trưởng mỗi khối gửi ít nhất 02 bài/tháng.", "Tổ trưởng mỗi khối"),
        (
            "2. Chuyên môn",
            "- Mỗi trường tiểu học, mỗi trường THCS gửi 02 tin/tháng.",
            "Mỗi trường tiểu học, mỗi trường THCS",
        ),
        ("2. Hiệu trưởng", "- Phân công nhiệm vụ cho từng thành viên trước ngày 15/10/2025.", "Hiệu trưởng"),
        # behind the time that leads its clause
        ("2. Y tế", "- Hằng tuần, nhân viên y tế thay nội dung bảng tin.", "nhân viên y tế"),
        ("2. Văn phòng Sở", "- Mỗi tháng, các trường gửi 02 tin về Sở.", "các trường"),
        ("2. Văn phòng Sở", "- Mỗi quý Liên đội dựng tối thiểu 01 video.", "Liên đội"),
        ("2. Văn phòng Sở", "- Mỗi quý có 01 video của các trường.", "Văn phòng Sở"),
        ("2. Văn phòng Sở", "- Hằng tuần, rà soát thông tin của các trường.", "Văn phòng Sở"),
        # named behind, or behind "do"
        ("2. Báo, đài", "- Gửi Báo Giáo dục 01 bài/quý (thầy Phó Hiệu trưởng phụ trách).", "thầy Phó Hiệu trưởng"),
        (
            "2. Mạng",
            "- Hoàn thành chuyên mục trước ngày 30/9/2025, người làm: thầy Minh (tổ Tin).",
            "thầy Minh (tổ Tin)",
        ),
        ("2. Mạng", "- Kênh Zalo: mỗi tháng 04 video do Tổ Nghề thực hiện.", "Tổ Nghề"),
        ("2. Mạng", "- Thể lệ cuộc thi do Báo soạn và công bố chậm nhất ngày 31/3/2025.", "Báo"),
        ("2. Mạng", "- Báo đăng tối thiểu 04 tin/tháng do cộng tác viên gửi.", "Báo"),
        # whoever tells others answers for what follows
        ("2. UBND xã", "- Chỉ đạo Phòng Văn hóa cử đầu mối, gửi danh sách trước ngày 30/9/2025.", "UBND xã"),
        ("2. UBND xã", "- Chỉ đạo Phòng Văn hóa đăng tối thiểu 05 tin/tháng.", "Phòng Văn hóa"),
        ("2. UBND xã", "- Giao Phòng Văn hóa làm đầu mối; gửi danh sách trước ngày 30/9/2025.", "UBND xã"),
        ("2. UBND xã", "- Giao Phòng Văn hóa tổng hợp; gửi danh sách trước ngày 30/9/2025.", "Phòng Văn hóa"),
        # the sentence before; what somebody is
        ("2. Fanpage", "- Mỗi khối quay video. Video gửi duyệt trước ngày 05/12/2025.", "Mỗi khối"),
        # the name ends before what is done
        ("2. Hội thi", "- Các khoa trang trí gian hàng xong trước ngày 08/5/2025.", "Các khoa"),
        ("2. Hội thi", "- Ban Giám khảo chấm xong trước ngày 08/5/2025.", "Ban Giám khảo"),
        ("2. Sự cố", "- Văn phòng Sở dự thảo thông cáo trước ngày 08/5/2025.", "Văn phòng Sở"),
        ("2. Văn phòng Sở", "- Mở lớp tập huấn; lớp thứ nhất hoàn thành trước ngày 30/4/2025.", "Văn phòng Sở"),
        ("2. Làm việc", "a) Tổ giúp việc họp phiên đầu xong trước ngày 20/5/2025; mời các phòng.", "Tổ giúp việc"),
        ("2. Phó Hiệu trưởng", "- Trưởng ban Biên tập; gửi lịch đăng trước ngày 05/12/2025.", "Phó Hiệu trưởng"),
        (
            "2. TPT Đội, Đoàn thanh niên",
            "- Thành lập đội phát thanh trước ngày 31/10/2025.",
            "TPT Đội, Đoàn thanh niên",
        ),
    ],
)
def test_who_owes_what_a_line_says(heading: str, line: str, who: str) -> None:
    reading = read_lines(line, heading=heading)
    found = [*reading.deadlines, *reading.quotas, *reading.recurring]
    assert [duty.who for duty in found] == [who]


DISTRICTS = "Phòng Giáo dục và Đào tạo các quận, huyện; các trường THPT"
SENT = [
    ("Cử cán bộ làm đầu mối phụ trách truyền thông thường xuyên kết nối với Văn phòng Sở", "cán bộ đầu mối"),
    ("Phân công 01 giáo viên làm đầu mối cung cấp tin, bài về Sở hằng tuần", "giáo viên đầu mối"),
    ("Cử viên chức Văn phòng làm cán bộ đầu mối báo cáo Sở trước ngày 25 hằng tháng", "cán bộ đầu mối"),
    ("Phân công người làm đầu mối thường xuyên theo dõi, xử lý thông tin báo chí", "người đầu mối"),
]


@pytest.mark.parametrize(("line", "officer"), SENT)
def test_the_officer_a_unit_sends_acts_for_it(line: str, officer: str) -> None:
    (duty,) = read_lines(f"- {line}.").recurring
    assert (duty.who, duty.sent_by) == (f"{officer} của trường THPT", "Các trường THPT")
    (duty,) = read_lines(f"- {line}.", heading=f"1. {DISTRICTS}").recurring
    assert (duty.who, duty.sent_by) == (
        f"{officer} của Phòng Giáo dục và Đào tạo, trường THPT",
        DISTRICTS,
    )


def test_an_officer_is_sent_by_the_unit_of_his_item() -> None:
    (duty,) = read_lines(
        "- Trường PTDTNT tỉnh: tuyên truyền nội trú; phân công cán bộ làm đầu mối thường xuyên gửi tin."
    ).recurring
    assert (duty.who, duty.sent_by) == ("cán bộ đầu mối của Trường PTDTNT tỉnh", "Trường PTDTNT tỉnh")


def test_an_officer_nobody_sends_stands_alone() -> None:
    (duty,) = read_lines("- Cử cán bộ làm đầu mối thường xuyên gửi tin.", heading="1. Giải pháp").recurring
    assert (duty.who, duty.sent_by) == ("cán bộ đầu mối", None)


@pytest.mark.parametrize(
    "line",
    [
        "Cử cán bộ tham gia tập huấn hằng năm",
        "Cử cán bộ thường xuyên kết nối với Văn phòng Sở",
        "Cử cán bộ làm đầu mối và gửi báo cáo về Sở hằng tháng",
        "Cử cán bộ làm đầu mối truyền thông và hằng tháng gửi báo cáo",
        "Cử cán bộ làm đầu mối; thường xuyên theo dõi thông tin báo chí",
        "Cử cán bộ làm đầu mối. Thường xuyên theo dõi thông tin báo chí",
        "Cử cán bộ làm đầu mối, gửi danh sách về Sở hằng năm",
        "Thường xuyên liên hệ với cán bộ làm đầu mối của Sở",
    ],
)
def test_what_the_unit_does_itself_stays_with_it(line: str) -> None:
    (duty,) = read_lines(f"- {line}.").recurring
    assert (duty.who, duty.sent_by) == ("Các trường THPT", None)
