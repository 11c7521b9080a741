"""Dates and times as they are written and said in Vietnamese."""

from __future__ import annotations

import datetime as dt

from .lunar import to_lunar

#: from Monday on, as ISO counts them from 1
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def weekday_name(day: dt.date) -> str:
    """ "thứ Sáu", "Chủ nhật"."""
    return WEEKDAYS[day.weekday()]


def short_date(day: dt.date) -> str:
    """ "20/11/2026"."""
    return f"{day:%d/%m/%Y}"


def day_words(day: dt.date) -> str:
    """ "thứ Sáu, 20/11/2026"."""
    return f"{weekday_name(day)}, {short_date(day)}"


def date_line(day: dt.date) -> str:
    """The date line of the portal: "Thứ Sáu, 20/11/2026 (12/10 Bính Ngọ)"."""
    words = day_words(day)
    return f"{words[0].upper()}{words[1:]} ({to_lunar(day).short})"


def document_date(day: dt.date) -> str:
    """As in official documents (NĐ 30/2020): a zero before days under 10 and months 1 and 2."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def ago_words(moment: dt.datetime, now: dt.datetime) -> str:
    """How long ago: "vừa xong", "5 phút trước", "hôm qua, 14:05", "20/11/2026". Both naive or both aware.

    An aware time is shown in the zone of `now`.
    """
    if moment.tzinfo and now.tzinfo:
        moment = moment.astimezone(now.tzinfo)
    seconds = (now - moment).total_seconds()
    if seconds < 0:
        return f"{moment:%H:%M} {short_date(moment)}"
    if seconds < 60:
        return "vừa xong"
    if seconds < 3600:
        return f"{int(seconds // 60)} phút trước"
    days = (now.date() - moment.date()).days
    if days == 0 or seconds < 6 * 3600:
        return f"{int(seconds // 3600)} giờ trước"
    if days == 1:
        return f"hôm qua, {moment:%H:%M}"
    if days < 7:
        return f"{days} ngày trước"
    return short_date(moment)
