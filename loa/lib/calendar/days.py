"""Days of the year that an education authority writes about, as data.

`since` is the year a day was first kept (or of the event it recalls), so that "44 năm Ngày Nhà giáo" can be
computed. `lead` is how many days before it the work should begin. Lunar days carry month and day of the
lunar calendar.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from .lunar import from_lunar

DayKind = Literal["holiday", "education", "national", "society", "drive"]


@dataclass(frozen=True)
class SectorDay:
    """One day (or stretch of `length` days) that returns every year."""

    code: str
    name: str
    month: int
    day: int
    kind: DayKind
    since: int | None = None
    length: int = 1
    lunar: bool = False
    kept_from: int | None = None
    lead: int = 7

    def on(self, year: int) -> dt.date | None:
        """Its (first) day in a year of the common calendar; None before it was kept.

        The lunar year that ends in January or February is the one before: 23 tháng Chạp falls into `year`.
        """
        if self.kept_from and year < self.kept_from:
            return None
        if not self.lunar:
            return dt.date(year, self.month, self.day)
        for lunar_year in (year, year - 1):
            found = from_lunar(lunar_year, self.month, self.day)
            if found.year == year:
                return found
        return None

    def anniversary(self, year: int) -> int | None:
        """How many years since: 44 for Ngày Nhà giáo in 2026."""
        return None if self.since is None else year - self.since


SECTOR_DAYS: tuple[SectorDay, ...] = (
    SectorDay("tet-duong-lich", "Tết Dương lịch", 1, 1, "holiday"),
    SectorDay("hoc-sinh-sinh-vien", "Ngày truyền thống học sinh, sinh viên Việt Nam", 1, 9, "education", 1950),
    SectorDay("thanh-lap-dang", "Ngày thành lập Đảng Cộng sản Việt Nam", 2, 3, "national", 1930),
    SectorDay("ong-tao", "Ngày ông Công, ông Táo", 12, 23, "society", lunar=True, lead=5),
    SectorDay("tet", "Tết Nguyên đán", 1, 1, "holiday", length=3, lunar=True, lead=21),
    SectorDay("ram-thang-gieng", "Rằm tháng Giêng", 1, 15, "society", lunar=True, lead=5),
    SectorDay("thay-thuoc", "Ngày Thầy thuốc Việt Nam", 2, 27, "society", 1955),
    SectorDay("phu-nu-quoc-te", "Ngày Quốc tế Phụ nữ", 3, 8, "society"),
    SectorDay("thanh-lap-doan", "Ngày thành lập Đoàn TNCS Hồ Chí Minh", 3, 26, "national", 1931),
    SectorDay("gio-to", "Giỗ Tổ Hùng Vương", 3, 10, "holiday", lunar=True),
    SectorDay("sach-van-hoa-doc", "Ngày Sách và Văn hóa đọc Việt Nam", 4, 21, "education", 2014, lead=14),
    SectorDay("thong-nhat", "Ngày Giải phóng miền Nam, thống nhất đất nước", 4, 30, "holiday", 1975),
    SectorDay("quoc-te-lao-dong", "Ngày Quốc tế Lao động", 5, 1, "holiday", 1886),
    SectorDay("thanh-lap-doi", "Ngày thành lập Đội TNTP Hồ Chí Minh", 5, 15, "education", 1941),
    SectorDay("sinh-nhat-bac", "Ngày sinh Chủ tịch Hồ Chí Minh", 5, 19, "national", 1890),
    SectorDay("quoc-te-thieu-nhi", "Ngày Quốc tế Thiếu nhi", 6, 1, "society"),
    SectorDay("thang-hanh-dong-tre-em", "Tháng hành động vì trẻ em", 6, 1, "drive", length=30, lead=14),
    SectorDay("moi-truong", "Ngày Môi trường thế giới", 6, 5, "society", 1972),
    SectorDay("bao-chi", "Ngày Báo chí cách mạng Việt Nam", 6, 21, "national", 1925),
    SectorDay("gia-dinh", "Ngày Gia đình Việt Nam", 6, 28, "society", 2001),
    SectorDay("thuong-binh-liet-si", "Ngày Thương binh – Liệt sĩ", 7, 27, "national", 1947),
    SectorDay("cach-mang-thang-tam", "Ngày Cách mạng Tháng Tám thành công", 8, 19, "national", 1945),
    SectorDay("vu-lan", "Lễ Vu lan", 7, 15, "society", lunar=True, lead=5),
    SectorDay("quoc-khanh", "Quốc khánh nước CHXHCN Việt Nam", 9, 2, "holiday", 1945),
    SectorDay(
        "khai-giang", "Khai giảng năm học mới, Ngày toàn dân đưa trẻ đến trường", 9, 5, "education", lead=21
    ),
    SectorDay("trung-thu", "Tết Trung thu", 8, 15, "society", lunar=True, lead=10),
    SectorDay("hoc-tap-suot-doi", "Tuần lễ hưởng ứng học tập suốt đời", 10, 1, "drive", length=7, lead=14),
    SectorDay("khuyen-hoc", "Ngày Khuyến học Việt Nam", 10, 2, "education", 1996),
    SectorDay("chuyen-doi-so", "Ngày Chuyển đổi số quốc gia", 10, 10, "national", 2022, kept_from=2022),
    SectorDay("thu-bac-ho", "Ngày Bác Hồ gửi bức thư cuối cùng cho ngành Giáo dục", 10, 15, "education", 1968),
    SectorDay("phu-nu-viet-nam", "Ngày Phụ nữ Việt Nam", 10, 20, "society", 1930),
    SectorDay("phap-luat", "Ngày Pháp luật nước CHXHCN Việt Nam", 11, 9, "national", 2013, kept_from=2013),
    SectorDay("nha-giao", "Ngày Nhà giáo Việt Nam", 11, 20, "education", 1982, lead=21),
    SectorDay("van-hoa-viet-nam", "Ngày Văn hóa Việt Nam", 11, 24, "holiday", kept_from=2026),
    SectorDay("quan-doi", "Ngày thành lập Quân đội nhân dân Việt Nam", 12, 22, "national", 1944),
)


def sector_days(start: dt.date, end: dt.date) -> list[tuple[dt.date, SectorDay]]:
    """The days that fall (begin, or still run) within start…end, in order of their first day."""
    found = []
    for year in range(start.year - 1, end.year + 1):
        for sector_day in SECTOR_DAYS:
            first = sector_day.on(year)
            if first and first <= end and first + dt.timedelta(days=sector_day.length - 1) >= start:
                found.append((first, sector_day))
    return sorted(found, key=lambda pair: (pair[0], pair[1].code))
