"""What period a title names: a year, quarters of one year, a school year."""

from __future__ import annotations

import pytest

from loa.lib.vanban.dates import period_of

from .plan import read_lines


@pytest.mark.parametrize(
    ("title", "quarters"),
    [
        ("Truyền thông quý II năm 2026", [2]),
        ("Truyền thông quý 4/2026", [4]),
        ("Truyền thông quý I và quý II năm 2026", [1, 2]),
        ("Truyền thông quý I năm 2026 và quý II năm 2026", [1, 2]),
        ("Sơ kết quý I và nhiệm vụ trọng tâm quý II năm 2026", [1, 2]),
        ("Truyền thông từ quý I đến quý III năm 2026", [1, 2, 3]),
        ("Truyền thông từ quý II đến hết quý IV/2026", [2, 3, 4]),
        ("Truyền thông quý III, quý IV năm 2026", [3, 4]),
        ("Truyền thông quý III, IV năm 2026", [3, 4]),
        ("Truyền thông Quý I - III năm 2026", [1, 2, 3]),
        ("Truyền thông quí 1, 2 và 3 năm 2026", [1, 2, 3]),
        # what else has a year is not what the plan is about
        ("Thực hiện Nghị quyết số 71/2025/NQ-CP trong quý II năm 2026", [2]),
        ("Triển khai Đề án chuyển đổi số đến năm 2030, quý II năm 2026", [2]),
        ("Thực hiện Kế hoạch ngày 05 tháng 12 năm 2025 trong quý II năm 2026", [2]),
        # the name of a place, the word itself
        ("Truyền thông của xã Hòa Đa Quý quý IV năm 2026", [4]),
        ("Gửi quý phụ huynh về tuyển sinh quý II năm 2026", [2]),
    ],
)
def test_quarters_of_one_year_are_one_stretch(title, quarters):
    one = {"quarter": quarters[0]} if len(quarters) == 1 else {"quarters": quarters}
    assert period_of(title).to_dict() == {"year": 2026} | one


@pytest.mark.parametrize(
    "title",
    [
        "Truyền thông quý IV năm 2025 và năm 2026",
        "Truyền thông quý IV năm 2025, quý I năm 2026",
        "Truyền thông quý IV/2025 và quý I/2026",
        "Truyền thông từ quý IV năm 2025 đến năm 2026",
        "Truyền thông từ quý I đến quý IV năm 2026",
        "Sơ kết quý I và phương hướng năm 2026",
        "Truyền thông hằng quý năm 2026",
    ],
)
def test_what_reaches_beyond_its_quarters_is_of_the_year(title):
    assert period_of(title).to_dict() == {"year": 2026}


def test_a_plan_says_its_quarters():
    reading = read_lines("- Đảm bảo 2 tin/tuần.", title="Truyền thông quý III, IV năm 2026")
    assert reading.to_dict()["period"] == {"year": 2026, "quarters": [3, 4]}
