"""The newsroom's plain rules."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.lib.calendar import is_working_day
from loa.newsroom import rules
from loa.newsroom.rules import STAGE_MOVES, Stage, VersionKind


def test_every_stage_has_a_row_and_leads_to_known_stages():
    assert set(STAGE_MOVES) == set(Stage)
    assert {target for targets in STAGE_MOVES.values() for target in targets} <= set(Stage)


def test_only_the_board_makes_public_and_a_lead_the_units_own_notice():
    assert {stage for stage, targets in STAGE_MOVES.items() if Stage.PUBLISHED in targets} == {
        Stage.BOARD_REVIEW,
        Stage.SCHEDULED,
        Stage.UNIT_REVIEW,
    }


@pytest.mark.parametrize(
    ("stage", "marks"),
    [
        (Stage.DRAFT, ["now", "todo", "todo", "todo"]),
        (Stage.UNIT_REVIEW, ["done", "now", "todo", "todo"]),
        (Stage.BOARD_REVIEW, ["done", "done", "now", "todo"]),
        (Stage.SCHEDULED, ["done", "done", "done", "now"]),
        (Stage.PUBLISHED, ["done", "done", "done", "done"]),
    ],
)
def test_road(stage, marks):
    assert [state for _station, state in rules.road_marks(stage)] == marks


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-18T09:00", "2026-11-19T09:30"),  # 2 h 30 + 3 h 30 on Wednesday, 2 h on Thursday
        ("2026-11-18T12:15", "2026-11-19T14:00"),  # in the lunch break
        ("2026-11-20T16:30", "2026-11-23T17:00"),  # Friday → Monday: 30 min, then a whole day of 7 h 30
        ("2026-11-21T10:00", "2026-11-25T08:00"),  # Saturday; 24/11 is a holiday (Ngày Văn hóa Việt Nam)
        ("2026-11-18T20:00", "2026-11-20T08:00"),
    ],
)
def test_eight_working_hours(start, due):
    begun = dt.datetime.fromisoformat(start).replace(tzinfo=clock.VIETNAM)
    found = rules.add_working_minutes(begun, 8 * 60, is_working_day)
    assert found == dt.datetime.fromisoformat(due).replace(tzinfo=clock.VIETNAM)


def test_no_working_day_at_all_is_said():
    with pytest.raises(ValueError, match="no working day"):
        rules.add_working_minutes(dt.datetime(2026, 1, 1, tzinfo=clock.VIETNAM), 10, lambda day: False)


def test_versions_of_one_hand_go_on_for_ten_minutes():
    now = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
    nine, eleven = now - dt.timedelta(minutes=9), now - dt.timedelta(minutes=11)
    draft, sent = VersionKind.DRAFT, VersionKind.SENT
    assert rules.same_version(draft, draft, True, nine, now)
    assert not rules.same_version(draft, draft, True, eleven, now)
    assert not rules.same_version(draft, draft, False, nine, now)
    assert not rules.same_version(draft, sent, True, nine, now)
    assert not rules.same_version(sent, sent, True, nine, now)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gọi 0912 345 678 nhé", ["0912 345 678"]),
        ("gọi 0912.345.678.", ["0912.345.678"]),
        ("+84912345678", ["+84912345678"]),
        ("cố định 0228 3649 123", []),  # eleven digits of a landline are official as often as not
        ("cố định 022 8364 9123", []),
        ("số 1500/KH-SGDĐT ngày 20/11/2026", []),
        ("186 học sinh, 1.234.567.890 đồng", []),
        ("mã 20260912345678", []),
    ],
)
def test_phone_numbers(text, found):
    assert rules.phone_numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Em Lò Thị Mai, lớp 6B đọc sách", ["Em Lò Thị Mai, lớp 6B"]),
        ("bạn Hà Minh Quân học sinh lớp 9A1", True),
        ("Nguyễn Văn An (lớp 12 A3)", True),
        ("em Mai và các bạn lớp 6B", False),
        ("Các em lớp 6B đọc sách", False),
        ("Cô Vi Thị Sen nhóm bếp", False),
        ("Cô Vi Thị Sen chủ nhiệm lớp", False),
    ],
)
def test_children_named_with_their_class(text, found):
    got = rules.pupils_named(text)
    assert bool(got) == bool(found)


@pytest.mark.parametrize(
    ("title", "shouts"),
    [
        ("TRƯỜNG THCS SƠN THƯỢNG KHAI GIẢNG", True),
        ("Trường THCS Sơn Thượng khai giảng", False),
        ("THCS", False),
        ("ĐỔI MỚI dạy và học ở vùng cao", False),
    ],
)
def test_shouting(title, shouts):
    assert rules.all_capitals(title) is shouts


def test_words_are_what_stands_between_spaces():
    assert rules.count_words("Sở GD&ĐT – 20/11: vui, khỏe!") == 5
