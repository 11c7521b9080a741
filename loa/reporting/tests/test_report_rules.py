"""Periods, printed figures, codes and signature lines of a report."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.lib.calendar import make_period
from loa.reporting import report_rules as rules


@pytest.mark.parametrize(
    ("kind", "day", "start"),
    [
        ("month", "2026-11-25", "2026-11-01"),
        ("month", "2026-11-11", "2026-11-01"),
        ("month", "2026-11-10", "2026-10-01"),
        ("month", "2026-01-05", "2025-12-01"),
        ("quarter", "2026-10-20", "2026-07-01"),
        ("quarter", "2026-11-20", "2026-10-01"),
        ("year", "2026-12-20", "2026-01-01"),
        ("year", "2027-01-15", "2026-01-01"),
        ("semester", "2026-05-25", "2026-01-18"),
        ("school_year", "2026-06-10", "2025-09-01"),
    ],
)
def test_a_report_begun_early_in_a_period_is_about_the_one_before(kind: str, day: str, start: str) -> None:
    assert rules.period_at(kind, dt.date.fromisoformat(day)).start.isoformat() == start


def test_unknown_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="“week”"):
        rules.period_at("week", dt.date(2026, 5, 5))
    with pytest.raises(ValueError, match="02/11/2026"):
        rules.period_starting("month", dt.date(2026, 11, 2))
    assert rules.period_starting("month", dt.date(2026, 11, 1)).end == dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("period", "said", "short"),
    [
        (make_period("month", 2026, 2), "tháng 02 năm 2026", "tháng 2"),
        (make_period("month", 2026, 11), "tháng 11 năm 2026", "tháng 11"),
        (make_period("quarter", 2026, 4), "quý IV năm 2026", "quý IV"),
        (make_period("semester", 2025, 1), "học kỳ I năm học 2025-2026", "học kỳ I"),
        (make_period("year", 2026), "năm 2026", "năm 2026"),
        (make_period("school_year", 2025), "năm học 2025-2026", "năm học 2025-2026"),
    ],
)
def test_periods_are_said_as_documents_say_them(period, said: str, short: str) -> None:
    assert rules.spoken(period) == said
    assert rules.short_name(period) == short
    assert rules.subject(period) == f"Công tác truyền thông {said}"


def test_the_year_of_the_sum_follows_the_period() -> None:
    assert rules.year_span(make_period("month", 2026, 11)) == (dt.date(2026, 1, 1), "Cả năm")
    assert rules.year_span(make_period("semester", 2025, 2)) == (dt.date(2025, 9, 1), "Cả năm học")


@pytest.mark.parametrize(
    ("count", "of", "printed"),
    [
        (1, None, "01"),
        (14, 16, "14/16"),
        (6, 7, "06/07"),
        (2047, None, "2.047"),
        (None, None, "-"),
        (0, 4, "00/04"),
    ],
)
def test_figures_are_printed_as_in_documents(count, of, printed: str) -> None:
    assert rules.printed(count, of) == printed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Trường THCS Sơn Thượng", "THCSST"),
        ("Sở Giáo dục và Đào tạo", "SGDĐT"),
        ("Trường Tiểu học Nậm Hin 2", "THNH2"),
        ("Trường PTDTBT THCS Mường Sai", "PTDTBTTHCSMS"),
        ("UBND xã Đồng Văn", "UBNDXĐV"),
    ],
)
def test_a_unit_without_code_gets_its_initials(name: str, code: str) -> None:
    assert rules.unit_code(name) == code


@pytest.mark.parametrize("name", ["Xã Mường Sai", "UBND xã Mường Sai", "Ủy ban nhân dân xã Mường Sai"])
def test_a_commune_signs_as_its_committee(name: str) -> None:
    assert rules.agency_name("ubnd_xa", name) == "Ủy ban nhân dân xã Mường Sai"
    assert rules.agency_name("ubnd_xa", name, above=True) == "UBND xã Mường Sai"
    assert rules.agency_name("thcs", "Trường THCS Sơn Thượng") == "Trường THCS Sơn Thượng"
    assert rules.agency_code("ubnd_xa", "", name) == "UBND"
    assert rules.agency_code("thcs", "THCS.ST", "Trường THCS Sơn Thượng") == "THCS.ST"


def test_late_things_of_one_directive_stand_in_one_line() -> None:
    late = [
        {"label": "Tin, bài", "slot": "tháng 9/2026", "due": "2026-09-30", "missing": 1},
        {"label": "Video", "slot": "", "due": "2026-10-15", "missing": 0},
        {"label": "Tin, bài", "slot": "tháng 10/2026", "due": "2026-10-31", "missing": 2},
    ]
    found = rules.grouped_late(late)
    assert [(g["label"], g["missing"], [p["name"] for p in g["parts"]]) for g in found] == [
        ("Tin, bài", 3, ["tháng 9/2026", "tháng 10/2026"]),
        ("Video", 0, ["15/10/2026"]),
    ]


@pytest.mark.parametrize(
    ("title", "kind", "lines"),
    [
        ("Hiệu trưởng", "thcs", ("Hiệu trưởng",)),
        ("", "thcs", ("Hiệu trưởng",)),
        ("Phó Hiệu trưởng", "thcs", ("KT. Hiệu trưởng", "Phó Hiệu trưởng")),
        ("Phó Giám đốc", "so", ("KT. Giám đốc", "Phó Giám đốc")),
        ("Chủ tịch", "ubnd_xa", ("TM. Ủy ban nhân dân", "Chủ tịch")),
        ("Phó Chủ tịch UBND", "ubnd_xa", ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch")),
    ],
)
def test_who_signs_for_whom(title: str, kind: str, lines: tuple[str, ...]) -> None:
    assert rules.authority_lines(title, kind) == lines


def test_every_state_has_its_moves_and_the_signed_one_has_none() -> None:
    assert set(rules.MOVES) == {"draft", "returned", "submitted", "approved"}
    assert rules.MOVES["approved"] == ()
    assert {state for state in rules.MOVES if "submitted" in rules.MOVES[state]} == rules.EDITABLE


def test_near_the_end_of_a_semester_that_is_the_longer_report() -> None:
    assert rules.season_period(dt.date(2026, 5, 20)).kind == "semester"
    assert rules.season_period(dt.date(2026, 11, 20)).kind == "year"
