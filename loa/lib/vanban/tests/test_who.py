"""Where the name of who must act ends, and what it does begins."""

from __future__ import annotations

import pytest

from loa.lib.vanban.units import heading_unit, unit_at


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
    ],
)
def test_a_word_of_the_name_is_no_verb(name: str) -> None:
    assert unit_at(name) == name
    assert heading_unit(name) == name


def test_to_tell_at_once_is_no_newspaper() -> None:
    assert unit_at("báo ngay sự cố cho Hiệu trưởng") is None
    assert unit_at("Báo Giáo dục và Thời đại") == "Báo Giáo dục và Thời đại"
