"""Appointments and days of the demo: what an office and a school have in their calendars around today."""

from __future__ import annotations

import datetime as dt

from loa.agenda import services
from loa.core import clock
from loa.demo.people import Cast
from loa.lib.calendar import add_working_days


def fill(cast: Cast, today: dt.date) -> int:
    """Enter them as their people would. Returns how many appointments."""
    office, so = cast.personas["phuong"], cast.so
    made = 0

    def event(days: int, title: str, kind: str = "meeting", **values: object) -> None:
        nonlocal made
        on = add_working_days(today, days) if days >= 0 else today + dt.timedelta(days=days)
        length = values.pop("length", 1)
        services.event_add(
            actor=office, unit=so, title=title, kind=kind, on=on,
            until=on + dt.timedelta(days=int(str(length)) - 1), **values,
        )  # fmt: skip
        made += 1

    event(
        -12, "Giao ban truyền thông tháng", start=dt.time(8), end=dt.time(10), place="Phòng họp tầng 2, trụ sở Sở"
    )
    event(2, "Giao ban truyền thông tháng", start=dt.time(8), end=dt.time(10), place="Phòng họp tầng 2, trụ sở Sở",
          note="Đầu mối các xã, phường dự trực tuyến. Mang theo danh sách chủ đề còn trống.")  # fmt: skip
    event(4, "Đợt truyền thông phòng chống đuối nước, đuối sức mùa lạnh", "campaign", length=10)
    event(6, "Tập huấn viết tin, bài cho cộng tác viên các trường", "event", start=dt.time(13, 30),
          end=dt.time(16, 30), place="Hội trường Trường THPT Trường Vinh")  # fmt: skip
    event(9, "Họp báo thông tin kỳ thi học sinh giỏi", "event", start=dt.time(9), end=dt.time(10, 30),
          place="Trung tâm báo chí tỉnh")  # fmt: skip
    event(15, "Sơ kết công tác truyền thông học kỳ I", start=dt.time(8), end=dt.time(11), place="Hội trường Sở")
    year = today.year if today.month < 9 else today.year + 1
    for on, title in (
        (dt.date(year, 1, 16), "Kết thúc học kỳ I"),
        (dt.date(year, 5, 29), "Kết thúc năm học"),
        (dt.date(year, 7, 31), "Hoàn thành tuyển sinh đầu cấp"),
    ):
        services.day_set(
            actor=office,
            unit=so,
            kind="mark",
            title=title,
            on=on,
            basis="Khung kế hoạch thời gian năm học của tỉnh",
        )
    services.event_add(
        actor=cast.personas["toan"], unit=cast.school, title="Họp tổ truyền thông nhà trường", kind="meeting",
        on=add_working_days(clock.today(), 1), start=dt.time(16), end=dt.time(17), place="Phòng hội đồng",
    )  # fmt: skip
    return made + 1
