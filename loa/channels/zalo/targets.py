"""Whom a broadcast of an OA may be aimed at: Zalo's numbers and what they stand for.

From Zalo's own .NET SDK (2023). Provinces are those before 1 July 2025; whether Zalo has renumbered them is not
known.
An empty choice is no filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loa.lib.vi import sort_key

GENDERS = {"0": "Mọi giới", "1": "Nam", "2": "Nữ"}
AGES = {
    "0": "0–12 tuổi", "1": "13–17 tuổi", "2": "18–24 tuổi", "3": "25–34 tuổi", "4": "35–44 tuổi",
    "5": "45–54 tuổi", "6": "55–64 tuổi", "7": "Từ 65 tuổi",
}  # fmt: skip
LOCATIONS = {"0": "Miền Bắc", "1": "Miền Trung", "2": "Miền Nam"}
PLATFORMS = {"1": "iPhone, iPad", "2": "Android", "3": "Windows"}
_PROVINCES = (
    "Đồng Tháp", "Bình Phước", "Ninh Bình", "Bạc Liêu", "TP. Hồ Chí Minh", "Vĩnh Long", "Lâm Đồng",
    "Yên Bái", "Hà Nam", "Hà Nội", "Hải Dương", "Hậu Giang", "An Giang", "Trà Vinh", "Tiền Giang",
    "Tây Ninh", "Đồng Nai", "Đắk Lắk", "Bình Định", "Kon Tum", "Đà Nẵng", "Bắc Giang", "Bắc Kạn",
    "Điện Biên", "Hòa Bình", "Thái Bình", "Vĩnh Phúc", "Hà Giang", "Kiên Giang", "Bình Dương",
    "Bình Thuận", "Đắk Nông", "Khánh Hòa", "Gia Lai", "Quảng Nam", "Quảng Trị", "Hà Tĩnh", "Hưng Yên",
    "Quảng Ninh", "Thanh Hóa", "Phú Thọ", "Lai Châu", "Thái Nguyên", "Cao Bằng", "Cà Mau", "Cần Thơ",
    "Sóc Trăng", "Bến Tre", "Long An", "Bà Rịa – Vũng Tàu", "Ninh Thuận", "Phú Yên", "Quảng Ngãi",
    "Huế", "Quảng Bình", "Nghệ An", "Nam Định", "Hải Phòng", "Lạng Sơn", "Lào Cai", "Sơn La",
    "Bắc Ninh", "Tuyên Quang", "Ngoài Việt Nam",
)  # fmt: skip
ABROAD = _PROVINCES[-1]
CITIES = dict(enumerate(_PROVINCES))

#: field of Zalo → its values
FIELDS: dict[str, dict[str, str]] = {
    "ages": AGES,
    "gender": GENDERS,
    "locations": LOCATIONS,
    # as a list of places is read; whoever lives abroad comes last
    "cities": {
        str(number): name
        for number, name in sorted(CITIES.items(), key=lambda row: (row[1] == ABROAD, sort_key(row[1])))
    },
    "platform": PLATFORMS,
}
LABELS = {
    "ages": "Tuổi", "gender": "Giới", "locations": "Vùng", "cities": "Tỉnh, thành (trước 7/2025)",
    "platform": "Điện thoại",
}  # fmt: skip


def clean(wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The choice with only what Zalo knows; "everyone" of a field is left out."""
    found = {}
    for name, values in FIELDS.items():
        kept = [value for value in values if value in set(wanted.get(name) or [])]
        if name == "gender" and "0" in kept:
            kept = []
        if kept and len(kept) < len(values):
            found[name] = kept
    return found


def sent(target: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """As Zalo gets it: numbers joined by commas."""
    return {name: ",".join(values) for name, values in target.items()}


def overlap(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> bool:
    """Whether a person can be meant by both."""
    return all(set(one[name]) & set(other[name]) for name in one if name in other)


def words(target: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The choice as (label, values), to be read."""
    return [(LABELS[name], ", ".join(FIELDS[name][v] for v in values)) for name, values in target.items()]
