"""Periods, working days, lunar dates, words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib import calendar as cal
from loa.lib.calendar.lunar import day_name

D = dt.date
DAYS = st.dates(D(1950, 1, 1), D(2150, 12, 31))

# day → lunar 1/1, 15/1, 10/3, 15/7, 15/8, and 23/12 of the lunar year that ends in that year
KNOWN = {
    2026: ("17/02", "03/03", "26/04", "27/08", "25/09", "10/02"),
    2027: ("06/02", "20/02", "16/04", "16/08", "15/09", "30/01"),
    2028: ("26/01", "09/02", "04/04", "03/09", "03/10", "19/01"),
    2029: ("13/02", "27/02", "23/04", "24/08", "22/09", "06/02"),
    2030: ("02/02", "16/02", "12/04", "13/08", "12/09", "26/01"),
}


@pytest.mark.parametrize("year", KNOWN)
def test_lunar_table(year):
    lunar = [(year, 1, 1), (year, 1, 15), (year, 3, 10), (year, 7, 15), (year, 8, 15), (year - 1, 12, 23)]
    assert tuple(f"{cal.from_lunar(*when):%d/%m}" for when in lunar) == KNOWN[year]


@pytest.mark.parametrize(
    "tet",
    [
        D(1968, 1, 29),
        D(1985, 1, 21),
        D(2007, 2, 17),
        D(2025, 1, 29),
        D(2030, 2, 2),
        D(2033, 1, 31),
        D(2053, 2, 18),
    ],
)
def test_tet_where_the_chinese_calendar_differs_and_where_not(tet):
    lunar = cal.to_lunar(tet)
    assert (lunar.year, lunar.month, lunar.day, lunar.leap) == (tet.year, 1, 1, False)


def test_lunar_words():
    assert cal.to_lunar(D(2026, 11, 20)).short == "12/10 Bính Ngọ"
    assert cal.to_lunar(D(2026, 2, 17)).words == "mùng 1 tháng Giêng năm Bính Ngọ"
    assert cal.to_lunar(D(2026, 9, 25)).words == "rằm tháng Tám năm Bính Ngọ"
    assert cal.to_lunar(D(2025, 8, 20)).words == "ngày 27 tháng Sáu nhuận năm Ất Tỵ"
    assert cal.to_lunar(D(2025, 8, 20)).short == "27/6 nhuận Ất Tỵ"
    assert day_name(D(2000, 1, 1)) == "Mậu Ngọ"


@given(DAYS)
def test_lunar_round_trip_and_no_gap(day):
    lunar = cal.to_lunar(day)
    assert cal.from_lunar(lunar.year, lunar.month, lunar.day, leap=lunar.leap) == day
    following = cal.to_lunar(day + dt.timedelta(days=1))
    assert following.day == lunar.day + 1 or (following.day == 1 and lunar.day in (29, 30))


@pytest.mark.parametrize("day", [D(2054, 5, 7), D(2062, 4, 9)])
def test_lunar_last_of_month_where_the_mean_moon_is_early(day):
    assert cal.to_lunar(day).day == 30


def test_lunar_refuses_what_is_not():
    for args in [(2026, 13, 1), (2026, 1, 31), (2026, 0, 1)]:
        with pytest.raises(ValueError, match="âm lịch"):
            cal.from_lunar(*args)
    with pytest.raises(ValueError, match="nhuận"):
        cal.from_lunar(2026, 6, 1, leap=True)
    with pytest.raises(ValueError, match="1800"):
        cal.to_lunar(D(1700, 1, 1))


@pytest.mark.parametrize(
    ("kind", "code", "title", "span"),
    [
        ("week", "2026-W47", "Tuần 47/2026", "16/11–22/11/2026"),
        ("month", "2026-11", "Tháng 11/2026", "01/11–30/11/2026"),
        ("quarter", "2026-Q4", "Quý IV/2026", "01/10–31/12/2026"),
        ("half_year", "2026-H2", "Sáu tháng cuối năm 2026", "01/07–31/12/2026"),
        ("semester", "2026-2027-S1", "Học kỳ I năm học 2026–2027", "01/09/2026–17/01/2027"),
        ("year", "2026", "Năm 2026", "01/01–31/12/2026"),
        ("school_year", "2026-2027", "Năm học 2026–2027", "01/09/2026–31/08/2027"),
    ],
)
def test_period_of_teachers_day(kind, code, title, span):
    period = cal.period_of(D(2026, 11, 20), kind)
    assert (period.kind, period.code, period.title, period.span) == (kind, code, title, span)
    assert D(2026, 11, 20) in period
    assert cal.parse_period(code) == period


@pytest.mark.parametrize(
    ("day", "code"),
    [(D(2026, 8, 31), "2025-2026-S2"), (D(2026, 9, 1), "2026-2027-S1"), (D(2027, 1, 17), "2026-2027-S1"),
     (D(2027, 1, 18), "2026-2027-S2"), (D(2027, 7, 1), "2026-2027-S2")],
)  # fmt: skip
def test_semester_edges(day, code):
    assert cal.period_of(day, "semester").code == code


def test_summer_counts_to_the_semester_just_over_without_lying_in_it():
    assert D(2027, 7, 1) not in cal.period_of(D(2027, 7, 1), "semester")
    assert cal.periods_between(D(2027, 6, 1), D(2027, 8, 31), "semester") == []


@given(DAYS, st.sampled_from(cal.KINDS))
def test_periods_follow_one_another(day, kind):
    period = cal.period_of(day, kind)
    assert cal.previous_period(cal.next_period(period)) == period
    assert cal.next_period(period).start > period.end
    if kind != "semester":
        assert day in period
        assert cal.next_period(period).start == period.end + dt.timedelta(days=1)
    assert cal.parse_period(period.code) == period
    assert period.overlap(None, None) == period.days


def test_periods_between():
    codes = [p.code for p in cal.periods_between(D(2026, 11, 20), D(2027, 2, 1), "month")]
    assert codes == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert [p.code for p in cal.periods_between(D(2026, 12, 31), D(2027, 1, 1), "quarter")] == [
        "2026-Q4",
        "2027-Q1",
    ]
    assert [p.code for p in cal.periods_between(D(2026, 12, 28), D(2027, 1, 4), "week")] == [
        "2026-W53",
        "2027-W01",
    ]
    assert cal.periods_between(D(2026, 2, 2), D(2026, 2, 1), "week") == []


def test_a_provinces_own_school_year_replaces_the_pattern():
    own = cal.SchoolYear(
        2026, D(2026, 8, 24), D(2026, 9, 5), D(2027, 1, 9), D(2027, 1, 18), D(2027, 5, 28), D(2027, 8, 23)
    )
    years = {2026: own}
    assert cal.period_of(D(2026, 8, 25), "school_year", years).code == "2026-2027"
    assert cal.period_of(D(2026, 8, 25), "school_year").code == "2025-2026"
    assert cal.period_of(D(2027, 1, 12), "semester", years).end == D(2027, 1, 9)
    with pytest.raises(ValueError, match="thứ tự"):
        cal.SchoolYear(
            2026, D(2026, 9, 6), D(2026, 9, 5), own.semester_1_end, own.semester_2_start, own.end, own.end
        )


@pytest.mark.parametrize(
    "code", ["2026-W54", "2026-13", "2026-Q5", "2026-2028", "x", "", "2026-2027-S3", "2025-W53"]
)
def test_parse_period_refuses(code):
    with pytest.raises(ValueError):
        cal.parse_period(code)


def test_overlap_for_pro_rating():
    quarter = cal.period_of(D(2026, 11, 20), "quarter")
    assert quarter.overlap(D(2026, 12, 1), None) == 31
    assert quarter.overlap(None, D(2026, 9, 30)) == 0


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2026, 11, 20), True),
        (D(2026, 11, 21), False),
        (D(2026, 11, 24), False),  # Ngày Văn hóa Việt Nam
        (D(2025, 11, 24), True),
        (D(2031, 11, 24), False),
        (D(2026, 4, 26), False),
        (D(2026, 4, 27), False),  # Giỗ Tổ on a Sunday: Monday off
        (D(2026, 8, 31), False),
        (D(2026, 8, 22), True),  # the Saturday worked for it
        (D(2030, 2, 2), False),
        (D(2030, 2, 4), False),
        (D(2027, 9, 2), False),
    ],
)
def test_working_days(day, works):
    assert cal.is_working_day(day) is works


def test_overrides_win():
    overrides = {D(2026, 11, 20): False, D(2026, 11, 21): True}
    assert not cal.is_working_day(D(2026, 11, 20), overrides)
    assert cal.is_working_day(D(2026, 11, 21), overrides)
    assert cal.add_working_days(D(2026, 11, 19), 1, overrides) == D(2026, 11, 21)


def test_add_working_days():
    assert cal.add_working_days(D(2026, 11, 20), 2) == D(2026, 11, 25)  # Monday 23, Tuesday 24 is off
    assert cal.add_working_days(D(2026, 11, 25), -2) == D(2026, 11, 20)
    assert cal.add_working_days(D(2026, 11, 21), 0) == D(2026, 11, 23)
    late = dt.datetime(2026, 11, 19, 18, 0, tzinfo=dt.UTC)  # already the 20th in Việt Nam
    assert cal.add_working_days(late, 1) == D(2026, 11, 23)


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_working_days_there_and_back(day, count):
    due = cal.add_working_days(day, count)
    assert cal.working_days_between(day, due) == count == cal.working_days_left(day, due)
    assert cal.is_working_day(due)


@pytest.mark.parametrize(
    ("due", "left", "words"),
    [
        (D(2026, 11, 25), 2, "còn 2 ngày làm việc"),
        (D(2026, 11, 20), 0, "hạn hôm nay"),
        (D(2026, 11, 22), 0, "hạn Chủ nhật, 22/11/2026"),
        (D(2026, 11, 17), -3, "trễ 3 ngày"),
        (D(2026, 11, 9), -9, "trễ 11 ngày"),
        (D(2026, 12, 31), 28, "còn 41 ngày"),
    ],
)
def test_due_words(due, left, words):
    assert cal.working_days_left(D(2026, 11, 20), due) == left
    assert cal.due_words(D(2026, 11, 20), due) == words


def test_due_with_the_hour():
    now = dt.datetime(2026, 11, 20, 15, 0, tzinfo=cal.VIETNAM)
    assert cal.due_words(now, now - dt.timedelta(hours=1)) == "vừa quá hạn"
    assert cal.due_words(now, now + dt.timedelta(hours=1)) == "hạn hôm nay"
    assert (
        cal.working_days_left(D(2026, 11, 22), D(2026, 11, 21)) == -1
    )  # late even when no working day has passed


def test_words():
    assert cal.day_words(D(2026, 11, 20)) == "thứ Sáu, 20/11/2026"
    assert cal.date_line(D(2026, 11, 20)) == "Thứ Sáu, 20/11/2026 (12/10 Bính Ngọ)"
    assert cal.date_line(D(2026, 11, 22)).startswith("Chủ nhật, 22/11/2026")
    assert cal.document_date(D(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert cal.document_date(D(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"


@pytest.mark.parametrize(
    ("before", "words"),
    [({"seconds": 5}, "vừa xong"), ({"minutes": 5}, "5 phút trước"), ({"hours": 3}, "3 giờ trước"),
     ({"hours": 25}, "hôm qua, 13:00"), ({"days": 3}, "3 ngày trước"), ({"days": 10}, "10/11/2026"),
     ({"hours": -1}, "15:00 20/11/2026")],
)  # fmt: skip
def test_ago_words(before, words):
    now = dt.datetime(2026, 11, 20, 14, 0, tzinfo=cal.VIETNAM)
    assert cal.ago_words((now - dt.timedelta(**before)).astimezone(dt.UTC), now) == words


def test_sector_days():
    november = cal.sector_days(D(2026, 11, 1), D(2026, 11, 30))
    assert [(f"{day:%d/%m}", item.code) for day, item in november] == [
        ("09/11", "phap-luat"), ("20/11", "nha-giao"), ("24/11", "van-hoa-viet-nam"),
    ]  # fmt: skip
    assert november[1][1].anniversary(2026) == 44
    winter = {item.code: day for day, item in cal.sector_days(D(2026, 12, 31), D(2027, 2, 28))}
    assert winter["ong-tao"] == D(2027, 1, 30)
    assert winter["tet"] == D(2027, 2, 6)
    running = [item.code for _, item in cal.sector_days(D(2026, 6, 15), D(2026, 6, 15))]
    assert running == ["thang-hanh-dong-tre-em"]
    assert not [
        d for d, item in cal.sector_days(D(2025, 11, 24), D(2025, 11, 24)) if item.code == "van-hoa-viet-nam"
    ]
    assert len({item.code for item in cal.SECTOR_DAYS}) == len(cal.SECTOR_DAYS)
