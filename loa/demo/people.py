"""The demo's people: a dozen log-ins to try by name, and a contributor and a lead at every unit."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from loa.accounts.models import User
from loa.core import clock
from loa.org.models import Membership, Unit
from loa.org.rules import Kind, Role

PASSWORD = "loa-song-lam-2026"  # noqa: S105 - the demo's, printed at every start
SINCE = dt.date(2025, 7, 1)

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Lò",
    "Vi",
    "Lô",
    "Hà",
    "Lương",
    "Moong",
    "Cụt",
    "Vừ",
    "Xồng",
    "Già",
    "Kha",
    "Lữ",
    "Quang",
]
MIDDLE_F = ["Thị", "Thu", "Mai", "Ngọc", "Thanh", "Hồng", "Bích", "Minh", "Khánh", "Hải"]
MIDDLE_M = ["Văn", "Đức", "Quốc", "Xuân", "Hữu", "Minh", "Công", "Thanh", "Bá", "Đình"]
GIVEN_F = [
    "Mến",
    "Phương",
    "Hà",
    "Yến",
    "Ánh",
    "Nga",
    "Lan",
    "Hoa",
    "Huệ",
    "Thảo",
    "Hương",
    "Trang",
    "Linh",
    "Nhung",
    "Dung",
    "Hạnh",
    "Loan",
    "Oanh",
    "Thủy",
    "Vân",
    "Xuyến",
    "Ly",
    "Pà",
]
GIVEN_M = [
    "Toàn",
    "Minh",
    "Bảo",
    "Lộc",
    "Dũng",
    "Hùng",
    "Sơn",
    "Hải",
    "Nam",
    "Tuấn",
    "Thắng",
    "Long",
    "Quân",
    "Hiếu",
    "Tùng",
    "Phong",
    "Khôi",
    "Đạt",
    "Chò",
    "Hặc",
    "Vinh",
]


@dataclass(frozen=True)
class Persona:
    """A log-in printed at the start: which part of Loa it shows."""

    username: str
    full_name: str
    title: str
    shows: str
    roles: tuple[tuple[str, Role], ...] = field(default=())


#: place keys are resolved by `build_people`: so, office, commune, school, thpt
PERSONAS = [
    Persona(
        "phuong",
        "Lê Mai Phương",
        "Chuyên viên Văn phòng",
        "Văn phòng Sở: kế hoạch, tiến độ, báo cáo",
        (("so", Role.FOCAL),),
    ),
    Persona(
        "men",
        "Lương Thị Mến",
        "Giáo viên",
        "Cộng tác viên ở trường: viết bài trên điện thoại",
        (("school", Role.CONTRIBUTOR),),
    ),
    Persona(
        "toan", "Hà Văn Toàn", "Hiệu trưởng", "Trưởng đơn vị: duyệt bài, ký báo cáo", (("school", Role.UNIT_LEAD),)
    ),
    Persona(
        "minh",
        "Trần Đức Minh",
        "Biên tập viên",
        "Ban Biên tập: hàng chờ, biên tập, hẹn giờ đăng",
        (("so", Role.EDITOR),),
    ),
    Persona(
        "ha",
        "Nguyễn Thu Hà",
        "Chánh Văn phòng, Trưởng ban Biên tập",
        "Trưởng ban Biên tập; trưởng đơn vị Văn phòng Sở",
        (("so", Role.CHIEF_EDITOR), ("office", Role.UNIT_LEAD)),
    ),
    Persona(
        "bao",
        "Phạm Quốc Bảo",
        "Giám đốc",
        "Lãnh đạo Sở: bảng điều hành, ký báo cáo của Sở",
        (("so", Role.LEADER), ("so", Role.SPOKESPERSON)),
    ),
    Persona(
        "anh",
        "Lò Thị Ánh",
        "Chuyên viên Phòng Văn hóa – Xã hội",
        "Đầu mối của xã: tiến độ các trường trong xã",
        (("commune", Role.FOCAL),),
    ),
    Persona(
        "yen", "Đỗ Hải Yến", "Quản trị hệ thống", "Quản trị: đơn vị, tài khoản, nhật ký", (("so", Role.ADMIN),)
    ),
    Persona("tra", "Cao Xuân Trà", "Thanh tra viên", "Thanh tra: xem, không sửa", (("so", Role.INSPECTOR),)),
]


def login_lines(*, demo: bool) -> list[str]:
    """What `loa serve` prints below the address."""
    if not demo:
        return []
    width = max(len(persona.username) for persona in PERSONAS)
    lines = [f"Tài khoản dùng thử (mật khẩu: {PASSWORD})"]
    return lines + [f"  {persona.username:<{width}}  {persona.shows}" for persona in PERSONAS]


def a_name(rng: random.Random) -> str:
    """An invented full name."""
    if rng.random() < 0.6:
        return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE_F)} {rng.choice(GIVEN_F)}"
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE_M)} {rng.choice(GIVEN_M)}"


@dataclass
class Cast:
    """Who the demo's stories and deeds are told with."""

    personas: dict[str, User]
    contributors: dict[int, User]
    leads: dict[int, User]
    #: units the personas belong to
    so: Unit
    office: Unit
    school: Unit
    commune: Unit


def build_people(units: list[Unit], rng: random.Random) -> Cast:
    """Create users and memberships in bulk; returns who is who."""
    hashed = make_password(PASSWORD)
    so = units[0]
    office = next(unit for unit in units if unit.name == "Văn phòng Sở")
    lower = [unit for unit in units if unit.kind == Kind.THCS and unit.parent is not None]
    # An upland school when there is one: that is where a phone matters most.
    school = next((unit for unit in lower if unit.parent and "Mường" in unit.parent.short_name), lower[0])
    commune = school.parent
    if commune is None:
        raise RuntimeError("the demo school stands under a commune")
    places = {"so": so, "office": office, "school": school, "commune": commune}

    users: list[User] = []
    held: list[tuple[User, Unit, Role, str]] = []

    def person(username: str, full_name: str) -> User:
        user = User(username=username, full_name=full_name, password=hashed, email=f"{username}@songlam.example")
        user.renew_keys()
        users.append(user)
        return user

    personas = {}
    for persona in PERSONAS:
        user = personas[persona.username] = person(persona.username, persona.full_name)
        held += [(user, places[place], role, persona.title) for place, role in persona.roles]
    contributors, leads = {}, {}
    for index, unit in enumerate(units[1:], start=1):
        if unit is school:
            continue
        writer, lead = person(f"ctv{index}", a_name(rng)), person(f"td{index}", a_name(rng))
        contributors[index], leads[index] = writer, lead
        held.append(
            (
                writer,
                unit,
                Role.CONTRIBUTOR if unit.kind != Kind.UBND_XA else Role.FOCAL,
                "Giáo viên" if unit.kind not in (Kind.UBND_XA, Kind.PHONG_SO, Kind.VAN_PHONG) else "Chuyên viên",
            )
        )
        if unit is not office:
            held.append((lead, unit, Role.UNIT_LEAD, _head_of(unit)))
    # Everybody was here lately; dice of its own, so that the rest of the demo stays as it is.
    dice, now = random.Random(len(users)), clock.now()
    for user in users:
        user.last_login = now - dt.timedelta(hours=dice.randrange(2, 20 * 24))
    User.objects.bulk_create(users, batch_size=2000)
    Membership.objects.bulk_create(
        [
            Membership(user=user, unit=unit, role=role, title=title, valid_from=SINCE)
            for user, unit, role, title in held
        ],
        batch_size=2000,
    )
    by_unit = {units[index].pk: user for index, user in contributors.items()}
    heads = {units[index].pk: user for index, user in leads.items()}
    by_unit[school.pk], heads[school.pk] = personas["men"], personas["toan"]
    heads[office.pk] = personas["ha"]
    by_unit[so.pk] = personas["phuong"]
    return Cast(personas, by_unit, heads, so, office, school, commune)


def _head_of(unit: Unit) -> str:
    if unit.kind == Kind.UBND_XA:
        return "Phó Chủ tịch UBND"
    if unit.kind in (Kind.PHONG_SO, Kind.VAN_PHONG):
        return "Trưởng phòng"
    return "Giám đốc" if unit.kind == Kind.GDTX else "Hiệu trưởng"
