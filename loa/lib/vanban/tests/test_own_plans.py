"""Plans of our own writing, with what a careful officer finds in them; the same in .txt, .docx and .pdf."""

from __future__ import annotations

from pathlib import Path

import pytest

from loa.lib.vanban import Reading, read_document

from .fixtures.plans import LANG_SEN, PLANS, SONG_LAM_2026, SONG_LAM_SCHOOL_YEAR, Plan

HERE = Path(__file__).parent / "fixtures"
FORMATS = ("txt", "docx", "pdf")


def read(plan: Plan, extension: str) -> Reading:
    return read_document(HERE / f"{plan.name}.{extension}")


def essence(reading: Reading) -> dict[str, object]:
    """The reading without places, as one comparable value."""
    return {
        "head": (
            reading.doc_type,
            reading.number,
            reading.number_as_printed,
            reading.place,
            reading.title,
            reading.issuer,
        ),
        "date": (reading.date.iso, reading.date.precision) if reading.date else None,
        "period": reading.period,
        "signer": (reading.signer.authority, reading.signer.title, reading.signer.name)
        if reading.signer
        else None,
        "refs": sorted(
            (r.number, r.type or "", r.date or "", r.issuer or "", r.role, r.mentions) for r in reading.legal_refs
        ),
        "laws": sorted(law.name for law in reading.named_laws),
        "quotas": [(q.span.quote, q.count, q.min, q.unit, q.period, q.who, q.what) for q in reading.quotas],
        "deadlines": [(d.span.quote, d.date, d.relative, d.bound, d.who, d.what, d.to) for d in reading.deadlines],
        "recurring": [(r.span.quote, r.recurrence, r.who, r.to) for r in reading.recurring],
        "days": [(item.due_day, item.due_weekday) for item in (*reading.quotas, *reading.recurring)],
        "channels": sorted((c.kind, c.name) for c in reading.channels),
        "roles": [(r.unit, r.role, r.span.quote) for r in reading.unit_roles],
        "tables": [
            (
                t.title,
                t.columns,
                [
                    (r.number, r.content, r.product, r.timeframe, r.lead, r.support, r.kind, r.group)
                    for r in t.rows
                ],
            )
            for t in reading.tables
        ],
        "recipients": [(r.name, r.purpose) for r in reading.recipients],
        "sections": [(s.level, s.label, s.title) for s in reading.sections],
        "warnings": sorted(w.code for w in reading.warnings),
    }


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
@pytest.mark.parametrize("extension", ["docx", "pdf"])
def test_same_reading_in_every_format(plan: Plan, extension: str) -> None:
    text, other = essence(read(plan, "txt")), essence(read(plan, extension))
    for key in text:
        assert other[key] == text[key], key


@pytest.fixture(params=FORMATS)
def calendar_year(request: pytest.FixtureRequest) -> dict[str, object]:
    return essence(read(SONG_LAM_2026, request.param))


@pytest.fixture(params=FORMATS)
def school_year(request: pytest.FixtureRequest) -> dict[str, object]:
    return essence(read(SONG_LAM_SCHOOL_YEAR, request.param))


@pytest.fixture(params=FORMATS)
def school(request: pytest.FixtureRequest) -> dict[str, object]:
    return essence(read(LANG_SEN, request.param))


UNITS = "UBND các xã, phường; các đơn vị trực thuộc Sở"


def test_calendar_year_head(calendar_year: dict) -> None:
    assert calendar_year["head"] == (
        "Kế hoạch",
        "45/KH-SGDĐT",
        "45/KH-SGDĐT",
        "Sông Lam",
        "Truyền thông về giáo dục và đào tạo tỉnh Sông Lam năm 2026",
        "Sở Giáo dục và Đào tạo tỉnh Sông Lam",
    )
    assert calendar_year["date"] == ("2026-01-08", "day")
    assert calendar_year["period"] == {"year": 2026}
    assert calendar_year["signer"] == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Thị Thanh Mai")
    assert calendar_year["warnings"] == ["later_than_plan"]


def test_calendar_year_references(calendar_year: dict) -> None:
    chinh_phu, bo = "Chính phủ", "Bộ Giáo dục và Đào tạo"
    assert calendar_year["refs"] == [
        ("07/CT-TTg", "Chỉ thị", "2023-03-21", "Thủ tướng Chính phủ", "cited", 1),
        ("118/UBND-VX", "Công văn", "2026-01-05", "UBND tỉnh Sông Lam", "basis", 1),
        ("2018/KH-BGDĐT", "Kế hoạch", "2025-12-25", bo, "basis", 1),
        ("30/KH-UBND", "Kế hoạch", "2024-02-02", "UBND tỉnh Sông Lam", "cited", 1),
        ("317/QĐ-UBND", "Quyết định", "2026-01-12", "UBND tỉnh", "cited", 1),
        ("42/2022/NĐ-CP", "Nghị định", "2022-06-24", chinh_phu, "basis", 1),
        ("43/2019/QH14", "Luật", "2019-06-14", "", "basis", 1),
    ]
    assert calendar_year["laws"] == ["Luật Nhà giáo"]


def test_calendar_year_duties(calendar_year: dict) -> None:
    assert [(q[1], q[2], q[3], q[4], q[5]) for q in calendar_year["quotas"]] == [
        (2, True, "tin, bài", "month", "Mỗi phòng"),
        (3, True, "bài", "quarter", "các đơn vị trực thuộc Sở"),
        (1, True, "bài", "quarter", "UBND các xã, phường"),
        (6, True, "bài", "year", "trường trung học phổ thông"),
        (2, True, "bài", "year", "trường mầm non"),
    ]
    what = "Báo cáo kết quả thực hiện công tác truyền thông"
    assert [d[1:] for d in calendar_year["deadlines"]] == [
        ("2026-06-15", None, "before", "các đơn vị trực thuộc Sở", what, "Văn phòng Sở"),
        ("2026-11-30", None, "before", "UBND các xã, phường", what, "Văn phòng Sở"),
        (
            None,
            "chậm nhất 24 giờ kể từ khi phát hiện",
            "by",
            UNITS,
            "Khi có sự cố truyền thông",
            "Lãnh đạo Sở",
        ),
    ]
    assert [r[1:] for r in calendar_year["recurring"]] == [
        ("monthly@20", "Văn phòng Sở", "Trung tâm Truyền thông của Bộ GDĐT"),
        ("daily", "Văn phòng Sở", None),
        ("regular", "Các phòng thuộc Sở", None),
    ]


def test_calendar_year_table(calendar_year: dict) -> None:
    ((title, columns, rows),) = calendar_year["tables"]
    assert title == "PHỤ LỤC PHÂN CÔNG THỰC HIỆN KẾ HOẠCH TRUYỀN THÔNG NĂM 2026"
    assert columns == SONG_LAM_2026.table.columns
    three = ("Các phòng thuộc Sở", "UBND các xã, phường", "Các đơn vị trực thuộc")
    two = ("Các phòng thuộc Sở", "UBND các xã, phường")
    assert [(r[0], r[2], r[4], r[5], r[6]) for r in rows] == [
        ("1", None, (), (), "heading"),
        ("1.1", "Tin, bài, infographic", ("Phòng Tổ chức cán bộ",), three, "task"),
        ("1.2", "Tin, bài, infographic", ("Văn phòng Sở",), three, "task"),
        ("1.3", "Tin, bài, video", ("Văn phòng Sở", "Phòng Kế hoạch - Tài chính"), three, "task"),
        ("2", None, (), (), "heading"),
        ("2.1", "Phóng sự, video", ("Phòng Giáo dục Mầm non",), ("Các đơn vị trực thuộc",), "task"),
        (
            "2.2",
            "Phóng sự, video",
            ("Phòng Giáo dục Tiểu học", "Phòng Giáo dục Trung học"),
            two,
            "task",
        ),
        ("2.3", "Tin, bài, họp báo", ("Phòng Quản lý chất lượng giáo dục",), two, "task"),
        ("2.4", "Tin, bài, họp báo", ("Phòng Quản lý chất lượng giáo dục",), two, "task"),
        (
            "3",
            "Bài viết, phóng sự",
            ("Văn phòng Sở",),
            ("Công đoàn ngành", "Các đơn vị trực thuộc"),
            "task",
        ),
    ]


def test_calendar_year_recipients(calendar_year: dict) -> None:
    assert [purpose for _, purpose in calendar_year["recipients"]] == [
        "report",
        "report",
        "coordinate",
        "direct",
        "implement",
        "implement",
        "implement",
        "archive",
    ]


def test_school_year(school_year: dict) -> None:
    assert school_year["head"][1:4] == (None, "/KH-SGD&ĐT", "Sông Lam")
    assert school_year["date"] == ("2026-09", "month")
    assert school_year["period"] == {"school_year": "2026-2027"}
    assert school_year["signer"] == (None, "GIÁM ĐỐC", "Trần Văn Sơn")
    assert [(r[0], r[4], r[5]) for r in school_year["refs"]] == [
        ("12/CT-UBND", "cited", 1),
        ("29-NQ/TW", "basis", 2),
        ("45/KH-SGDĐT", "basis", 1),
    ]
    schools = "Các trường trung học phổ thông, trung tâm giáo dục thường xuyên"
    assert [(q[1], q[2], q[3], q[4], q[5]) for q in school_year["quotas"]] == [
        (1, False, "lần", "quarter", "Văn phòng Sở"),
        (4, True, "tin, bài", "month", schools),
        (1, True, "video", "semester", schools),
    ]
    assert [(d[1], d[2], d[3], d[4]) for d in school_year["deadlines"]] == [
        ("2026-10", None, "by", "Văn phòng Sở"),
        (None, "cùng với báo cáo tổng kết năm học", "on", schools),
        ("2027-01-10", None, "by", schools),
        (
            None,
            "trong vòng 02 ngày làm việc kể từ ngày nhận được",
            "by",
            "Ban Biên tập Cổng thông tin điện tử",
        ),
    ]
    assert [(r[1], r[2]) for r in school_year["recurring"]] == [
        ("quarterly", "Văn phòng Sở"),
        ("quarterly", "Văn phòng Sở"),
    ]


def test_school_year_table(school_year: dict) -> None:
    ((_, _, rows),) = school_year["tables"]
    both = ("Các phòng thuộc Sở", "Các đơn vị trực thuộc Sở")
    press = ("Báo và phát thanh, truyền hình Sông Lam", "Các đơn vị trực thuộc Sở")
    assert [(r[7], r[0], r[3], r[4], r[5]) for r in rows if r[6] == "task"] == [
        ("I", "1", "Thường xuyên", ("Văn phòng Sở",), both),
        ("I", "2", "Quý IV/2026", ("Phòng Tổ chức Cán bộ",), both),
        ("II", "1", "Tháng 9/2026", ("Văn phòng Sở",), press),
        ("II", "2", "Trước 15/12/2026", ("Phòng Giáo dục Trung học",), press),
        ("II", "3", "Thường xuyên", ("Phòng Giáo dục Tiểu học",), ("Văn phòng Sở",)),
    ]


def test_school(school: dict) -> None:
    assert school["head"][1] == "12/KH-THPTLS"
    assert school["head"][5] in ("Trường THPT Làng Sen", None)
    assert [(q[1], q[2], q[3], q[4], q[5]) for q in school["quotas"]] == [
        (2, False, "tin", "week", None),
        (5, True, "bài", "month", None),
        (1, True, "bài viết", "semester", "Mỗi tổ chuyên môn"),
    ]
    assert [(d[1], d[3], d[4], d[6]) for d in school["deadlines"]] == [
        ("2026-05-20", "before", "Các tổ chuyên môn", "Ban Giám hiệu"),
        ("2026-12-10", "before", "Tổ truyền thông", "Sở"),
    ]
    assert [(r[1], r[2]) for r in school["recurring"]] == [
        ("regular", "Tổ truyền thông"),
        ("monthly@25", "Tổ truyền thông"),
        ("monthly", "Tổ truyền thông"),
        ("semester", "Tổ truyền thông"),
        ("school_year", "Tổ truyền thông"),
    ]
    assert [(r[0], r[4]) for r in school["refs"]] == [("09/2024/TT-BGDĐT", "basis"), ("45/KH-SGDĐT", "basis")]
    assert school["tables"] == []
