"""The Vietnamese lunar calendar, computed at UTC+7 (the algorithm Hồ Ngọc Đức published, after J. Meeus).

A calendar computed for Beijing differs: Tết was 17/02/2007 and will be 02/02/2030, a day earlier than there.
Good for 1800–2199. Time zone in hours; the calendar in use has been UTC+7 in the whole country since 1976.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from math import floor, pi, sin

CAN = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
CHI = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
MONTH_NAMES = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười một", "Chạp")

FIRST_YEAR, LAST_YEAR = 1800, 2199
_ZONE = 7
_JULIAN_OF_ORDINAL = 1_721_425  # Julian day number (at noon) of the day before 1/1/1
_EPOCH = 2_415_021.076998695  # new moon of January 1900
_SYNODIC = 29.530588853


@dataclass(frozen=True, order=True)
class LunarDate:
    """A day of the lunar calendar; `leap` marks the second of two months with the same number (tháng nhuận)."""

    year: int
    month: int
    leap: bool
    day: int

    @property
    def year_name(self) -> str:
        """Can chi of the year: "Bính Ngọ"."""
        return f"{CAN[(self.year + 6) % 10]} {CHI[(self.year + 8) % 12]}"

    @property
    def short(self) -> str:
        """As on a portal's date line: "12/10 Bính Ngọ", "05/6 nhuận Ất Tỵ"."""
        return f"{self.day}/{self.month}{' nhuận' if self.leap else ''} {self.year_name}"

    @property
    def words(self) -> str:
        """In words: "mùng 1 tháng Giêng năm Bính Ngọ", "rằm tháng Tám …", "ngày 23 tháng Chạp …"."""
        if self.day <= 10:
            day = f"mùng {self.day}"
        elif self.day == 15:
            day = "rằm"
        else:
            day = f"ngày {self.day}"
        return f"{day} tháng {MONTH_NAMES[self.month - 1]}{' nhuận' if self.leap else ''} năm {self.year_name}"


def _new_moon(k: int) -> int:
    """Julian day number (at UTC+7) of the k-th new moon after 1/1/1900 (Meeus, simplified, to some minutes)."""
    t = k / 1236.85
    t2, t3, dr = t * t, t * t * t, pi / 180
    jd = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3
    jd += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t2) * dr)
    sun = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3
    moon = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3
    lat = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3
    c = (0.1734 - 0.000393 * t) * sin(sun * dr) + 0.0021 * sin(2 * dr * sun)
    c += -0.4068 * sin(moon * dr) + 0.0161 * sin(2 * dr * moon) - 0.0004 * sin(3 * dr * moon)
    c += 0.0104 * sin(2 * dr * lat) - 0.0051 * sin(dr * (sun + moon)) - 0.0074 * sin(dr * (sun - moon))
    c += 0.0004 * sin(dr * (2 * lat + sun)) - 0.0004 * sin(dr * (2 * lat - sun))
    c += -0.0006 * sin(dr * (2 * lat + moon)) + 0.0010 * sin(dr * (2 * lat - moon))
    c += 0.0005 * sin(dr * (2 * moon + sun))
    if t < -11:
        delta = 0.001 + 0.000839 * t + 0.0002261 * t2 - 0.00000845 * t3 - 0.000000081 * t * t3
    else:
        delta = -0.000278 + 0.000265 * t + 0.000262 * t2
    return floor(jd + c - delta + 0.5 + _ZONE / 24)


def _sun_sector(day: int) -> int:
    """Which twelfth (0–11) of its path the sun is in when this day (Julian day number) begins at UTC+7."""
    t = (day - 2451545.5 - _ZONE / 24) / 36525
    t2, dr = t * t, pi / 180
    mean = 357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t2) * sin(dr * mean)
    longitude += (0.019993 - 0.000101 * t) * sin(dr * 2 * mean) + 0.000290 * sin(dr * 3 * mean)
    return floor((longitude * dr % (2 * pi)) / pi * 6)


def _julian(year: int, month: int, day: int) -> int:
    return dt.date(year, month, day).toordinal() + _JULIAN_OF_ORDINAL


@lru_cache(maxsize=512)
def _month_eleven(year: int) -> int:
    """Julian day number on which the 11th lunar month (with the winter solstice) of a year begins."""
    k = floor((_julian(year, 12, 31) - 2415021) / _SYNODIC)
    start = _new_moon(k)
    return _new_moon(k - 1) if _sun_sector(start) >= 9 else start


@lru_cache(maxsize=512)
def _leap_offset(month_eleven: int) -> int:
    """How many months after this 11th month the leap month comes: the first without a change of sun sector."""
    k = floor(0.5 + (month_eleven - _EPOCH) / _SYNODIC)
    last, offset = -1, 1
    sector = _sun_sector(_new_moon(k + offset))
    while sector != last and offset < 14:
        last, offset = sector, offset + 1
        sector = _sun_sector(_new_moon(k + offset))
    return offset - 1


@lru_cache(maxsize=4096)
def to_lunar(day: dt.date) -> LunarDate:
    """The lunar date of a day. Raises ValueError outside 1800–2199."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"Âm lịch chỉ tính được từ {FIRST_YEAR} đến {LAST_YEAR}.")
    number = day.toordinal() + _JULIAN_OF_ORDINAL
    k = floor((number - _EPOCH) / _SYNODIC) + 1  # a mean moon: the true one may be a month earlier, or two
    while (month_start := _new_moon(k)) > number:
        k -= 1
    before = after = _month_eleven(day.year)
    if before >= month_start:
        year, before = day.year, _month_eleven(day.year - 1)
    else:
        year, after = day.year + 1, _month_eleven(day.year + 1)
    index = (month_start - before) // 29
    month, leap = index + 11, False
    if after - before > 365:
        offset = _leap_offset(before)
        if index >= offset:
            month, leap = index + 10, index == offset
    if month > 12:
        month -= 12
    if month >= 11 and index < 4:
        year -= 1
    return LunarDate(year, month, leap, number - month_start + 1)


def from_lunar(year: int, month: int, day: int, *, leap: bool = False) -> dt.date:
    """The day of a lunar date. Raises ValueError when that lunar year has no such month or day."""
    if not (FIRST_YEAR < year < LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"Không có ngày {day}/{month} âm lịch năm {year}.")
    if month < 11:
        before, after = _month_eleven(year - 1), _month_eleven(year)
    else:
        before, after = _month_eleven(year), _month_eleven(year + 1)
    offset = (month - 11) % 12
    if after - before > 365:
        leap_offset = _leap_offset(before)
        if leap or offset >= leap_offset:
            offset += 1
    k = floor(0.5 + (before - _EPOCH) / _SYNODIC)
    found = dt.date.fromordinal(_new_moon(k + offset) + day - 1 - _JULIAN_OF_ORDINAL)
    if to_lunar(found) != LunarDate(year, month, leap, day):
        nhuan = " nhuận" if leap else ""
        raise ValueError(f"Không có ngày {day}/{month}{nhuan} âm lịch năm {year}.")
    return found


def day_name(day: dt.date) -> str:
    """Can chi of a day: "Giáp Tý"."""
    number = day.toordinal() + _JULIAN_OF_ORDINAL
    return f"{CAN[(number + 9) % 10]} {CHI[(number + 1) % 12]}"
