"""Numbers, dates, letters and capitals as they are printed."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.lib.vanban.write import codes


def test_there_are_27_named_types_with_their_own_code() -> None:
    assert len(codes.TYPE_NAMES) == 27
    assert len(set(codes.TYPE_NAMES.values())) == 27
    assert codes.TYPE_NAMES["CTr"] == "Chương trình"


@pytest.mark.parametrize(
    ("number", "printed"),
    [(1, "Số: 01/BC-SGDĐT"), (9, "Số: 09/BC-SGDĐT"), (10, "Số: 10/BC-SGDĐT"), (1653, "Số: 1653/BC-SGDĐT")],
)
def test_a_number_under_ten_gets_a_zero(number: int, printed: str) -> None:
    assert codes.number_text(number, "BC-SGDĐT") == printed


def test_a_missing_number_leaves_room_for_a_pen() -> None:
    assert codes.number_text(None, "BC-SGDĐT") == "Số: \u2003\u2003/BC-SGDĐT"


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (dt.date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (dt.date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (dt.date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (dt.date(2026, 11, 25), "ngày 25 tháng 11 năm 2026"),
    ],
)
def test_days_under_ten_and_the_first_two_months_get_a_zero(day: dt.date, printed: str) -> None:
    assert codes.date_text(day) == printed


def test_an_unsigned_date_prints_what_is_known() -> None:
    assert codes.blank_date_text(2026, 2) == "ngày \u2003\u2003 tháng 02 năm 2026"
    assert codes.blank_date_text(2026) == "ngày \u2003\u2003 tháng \u2003\u2003 năm 2026"


def test_points_follow_the_vietnamese_alphabet() -> None:
    labels = [codes.point_label(n) for n in range(1, 25)]
    assert labels[:8] == ["a", "b", "c", "d", "đ", "e", "g", "h"]
    assert not set("fjwz") & set("".join(labels))
    assert labels[21:] == ["x", "y", "aa"]
    with pytest.raises(ValueError, match="từ 1"):
        codes.point_label(0)


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (40, "XL"), (2026, "MMXXVI")]
)
def test_roman(number: int, letters: str) -> None:
    assert codes.roman(number) == letters


def test_capitals_are_made_by_unicode_from_any_normal_form() -> None:
    decomposed = "Sở Giáo dục và Đa\u0300o ta\u0323o"
    assert codes.upper(decomposed) == "SỞ GIÁO DỤC VÀ ĐÀO TẠO"


def test_clean_folds_white_space_and_drops_what_files_refuse() -> None:
    assert codes.clean(" a\u00a0 b\t\nc\x00\u200b ") == "a b c"


def test_symbols() -> None:
    assert codes.symbol("BC", "SGDĐT") == "BC-SGDĐT"
    assert codes.symbol("", "SGDĐT", "VP") == "SGDĐT-VP"
    assert codes.symbol("", "THCSST") == "THCSST"
    with pytest.raises(ValueError, match="“XX”"):
        codes.symbol("XX", "SGDĐT")
    with pytest.raises(ValueError, match="Thiếu chữ viết tắt"):
        codes.symbol("BC", " ")
