"""Reports of the demo: some signed and filed month by month, one for the head of the school to sign, one for the Sở's
director, one begun; written through the services people use, at the hours people write."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from loa.core import clock
from loa.demo.people import Cast
from loa.lib.calendar import Period, period_of, previous_period
from loa.org.models import Unit
from loa.reporting.models import Report
from loa.reporting.services.reports import report_approve, report_draft, report_edit, report_submit

SAID = [
    ("Đội ngũ cộng tác viên của đơn vị làm việc đều tay, tin, bài gửi đúng quy trình.", "", ""),
    ("", "Đường truyền yếu vào những ngày mưa, ảnh tải lên chậm.", "Đề nghị Sở tập huấn viết tin ngắn trên điện thoại."),
    (
        "Nhiều bài về gương người tốt, việc tốt được phụ huynh chia sẻ.",
        "Giáo viên kiêm nhiệm truyền thông, chưa có thời gian đi cơ sở.",
        "Đề nghị Sở hướng dẫn định mức giờ cho giáo viên làm truyền thông.",
    ),
    ("Đơn vị thực hiện đầy đủ các nội dung được giao trong kỳ.", "", "Đề nghị Sở cấp thêm bộ ảnh mẫu về an toàn trường học."),
]  # fmt: skip
FLOOD = "Mưa lũ ngày 10 đến 13 làm mất mạng, một bài gửi chậm một tuần. Đề nghị Sở tính vào kỳ này cho nhà trường."


def file_reports(*, cast: Cast, units: list[Unit], today: dt.date, rng: random.Random, schools: int = 9) -> int:
    """Write the demo's reports. Returns how many."""
    month = period_of(today, "month")
    past: list[Period] = []
    period = previous_period(month)
    while period.year == today.year and len(past) < 3:
        past.append(period)
        period = previous_period(period)
    others = [
        unit for unit in units if unit.pk in cast.leads and unit.pk in cast.contributors and unit != cast.school
    ]
    filing = [cast.school, *rng.sample(others, min(schools, len(others)))]
    count = 0
    for unit in filing:
        for number, period in enumerate(reversed(past), start=1):
            if unit != cast.school and rng.random() < 0.15:
                continue  # some forget
            _signed(unit, period, cast, rng, number=str(rng.randint(4, 9) + 10 * number))
            count += 1
    return count + _waiting(cast, today)


def _written(unit: Unit, period: Period, writer: Any, texts: dict[str, Any]) -> Report:
    report = report_draft(actor=writer, unit=unit, period=period.kind, day=period.start)
    return report_edit(actor=writer, report=report, version=report.version, texts=texts)


def _signed(unit: Unit, period: Period, cast: Cast, rng: random.Random, *, number: str) -> None:
    good, hard, wish = rng.choice(SAID)
    texts = {
        "assessment": good,
        "difficulties": hard,
        "proposals": wish,
        "own": {"sessions": str(rng.randint(0, 3))},
    }
    with clock.frozen(
        clock.start_of(period.end) + dt.timedelta(hours=rng.randint(8, 16), minutes=rng.randint(0, 59))
    ):
        report = report_submit(actor=cast.contributors[unit.pk], report=_written(
            unit, period, cast.contributors[unit.pk], texts
        ))  # fmt: skip
    signed_at = clock.start_of(period.end) + dt.timedelta(days=rng.randint(1, 3), hours=9)
    with clock.frozen(min(signed_at, clock.now())):
        report_approve(actor=cast.leads[unit.pk], report=report, number=number)


def _waiting(cast: Cast, today: dt.date) -> int:
    """What people find to do: the head signs this month's, the director the Sở's quarter; a longer one is begun."""
    month, quarter = period_of(today, "month"), previous_period(period_of(today, "quarter"))
    men, phuong = cast.personas["men"], cast.personas["phuong"]
    this = _written(cast.school, month, men, {"proposals": FLOOD, "own": {"sessions": "1"}})
    report_submit(actor=men, report=this)
    office = _written(
        cast.so,
        quarter,
        phuong,
        {
            "addressee": "Bộ Giáo dục và Đào tạo",
            "recipients": ["Như trên", "UBND tỉnh (để b/c)", "Lãnh đạo Sở", "Các phòng thuộc Sở", "Cổng TTĐT Sở"],
            "assessment": "Công tác truyền thông được triển khai đồng bộ từ Sở tới các xã, phường và nhà trường; "
            "tin, bài bám sát nhiệm vụ trọng tâm của quý.",
            "difficulties": "Một số trường vùng cao thiếu người làm truyền thông, gửi tin, bài chưa đều.",
            "proposals": "Đề nghị Bộ tiếp tục tập huấn kỹ năng truyền thông chính sách cho cán bộ cơ sở.",
        },
    )
    report_submit(actor=phuong, report=office)
    report_draft(actor=men, unit=cast.school, period="year", day=period_of(today, "year").start)
    return 3
