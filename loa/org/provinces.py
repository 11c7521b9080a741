"""The administrative units that come with the program: 34 provinces and their 3,321 communes, as of 25/07/2026.

From thanglequoc/vietnamese-provinces-database (MIT), after Nghị quyết 202/2025/QH15 and those of the Standing
Committee of the National Assembly on communes (in force since 01/07/2025).
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from loa.lib.vi import fold

FILE = Path(__file__).parent / "data" / "communes.csv"
#: since when there are communes of this cut, and no districts between them and the province
REFORM = dt.date(2025, 7, 1)


@dataclass(frozen=True)
class Province:
    """A province with its communes as (code, full name: "Phường Ba Đình")."""

    code: str
    name: str  # "Tỉnh Nghệ An"
    communes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def bare(self) -> str:
        """Without what it is: "Nghệ An"."""
        for kind in ("Thành phố ", "Tỉnh "):
            if self.name.startswith(kind):
                return self.name.removeprefix(kind)
        return self.name


@lru_cache(maxsize=1)
def provinces() -> dict[str, Province]:
    """code → province, in the order of codes."""
    found: dict[str, Province] = {}
    with FILE.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            province = found.setdefault(
                row["province_code"], Province(row["province_code"], row["province_full_name"])
            )
            province.communes.append((row["commune_code"], row["commune_full_name"]))
    return found


def province_named(text: str) -> Province | None:
    """By code ("40") or name, accents or none, with or without "tỉnh", "thành phố"; None when there is none."""
    wanted = fold(text).strip()
    for province in provinces().values():
        if wanted in (province.code, fold(province.name), fold(province.bare)):
            return province
    return None
