"""The demo's tree of units: an invented Sở over real communes, in bulk."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from loa.lib.vi import fold, slugify_vi, sort_key
from loa.org.models import Unit, UnitAlias, UnitLink, UnitVersion
from loa.org.provinces import REFORM, provinces
from loa.org.rules import Kind
from loa.portal.models import MemberSite

FOUNDED = dt.date(2015, 9, 1)
PROVINCE = "40"  # its communes are the demo's; the Sở above them is invented

OFFICES = [
    ("Văn phòng Sở", ["Văn phòng", "VP Sở"]),
    ("Phòng Tổ chức cán bộ", ["Phòng TCCB"]),
    ("Phòng Kế hoạch - Tài chính", ["Phòng KHTC", "Phòng Kế hoạch tài chính"]),
    ("Phòng Giáo dục mầm non - tiểu học", ["Phòng GDMN-TH", "Phòng GDMN&GDTH"]),
    ("Phòng Giáo dục trung học", ["Phòng GDTrH"]),
    ("Phòng Giáo dục thường xuyên - nghề nghiệp", ["Phòng GDTX-NN"]),
    ("Phòng Quản lý chất lượng", ["Phòng QLCL"]),
    ("Phòng Chính trị, tư tưởng", ["Phòng CTTT"]),
]
PALETTES = [palette.value for palette in MemberSite.Palette]
UPLAND = (
    "Mường",
    "Na ",
    "Nậm",
    "Huồi",
    "Keng",
    "Bắc Lý",
    "Mỹ Lý",
    "Tri Lễ",
    "Thông Thụ",
    "Nhôn",
    "Hữu",
    "Nga My",
    "Châu",
)


@dataclass
class Draft:
    """A unit before it is in the database."""

    name: str
    short: str
    kind: Kind
    parent: int | None  # index in the list
    place: str
    commune: str = ""
    aliases: tuple[str, ...] = ()
    founded: dt.date = FOUNDED


def communes(count: int, rng: random.Random) -> list[tuple[str, str]]:
    """(code, name) of communes: those of the demo's province first, then of others when more are wanted."""
    here = list(provinces()[PROVINCE].communes)
    there = [commune for code, one in provinces().items() if code != PROVINCE for commune in one.communes]
    rng.shuffle(here)
    return (here + there)[:count]


def plan_units(total: int, rng: random.Random) -> list[Draft]:
    """The list of units, parents before children; `total` counts schools, as in "600 schools"."""
    drafts = [
        Draft(
            "Sở Giáo dục và Đào tạo tỉnh Sông Lam",
            "Sở GD&ĐT Sông Lam",
            Kind.SO,
            None,
            "Sông Lam",
            aliases=("Sở GDĐT", "Sở Giáo dục và Đào tạo"),
        )
    ]
    drafts += [
        Draft(
            name,
            name,
            Kind.VAN_PHONG if name == "Văn phòng Sở" else Kind.PHONG_SO,
            0,
            "Sông Lam",
            aliases=tuple(also),
        )
        for name, also in OFFICES
    ]
    direct = max(total // 15, 3)
    per_commune = 17
    chosen = communes(max((total - direct) // per_commune, 1), rng)
    seen: set[str] = set()
    for code, name in chosen:
        short = name if name not in seen else f"{name} ({code})"
        seen.add(name)
        drafts.append(
            Draft(
                f"Ủy ban nhân dân {short[0].lower()}{short[1:]}",
                short,
                Kind.UBND_XA,
                0,
                short,
                code,
                founded=REFORM,
            )
        )
    top = len(drafts)
    first = top - len(chosen)
    for index in range(total):
        parent = 0 if index < direct else first + (index - direct) % len(chosen)
        home = drafts[first + index % len(chosen)] if index < direct else drafts[parent]
        drafts.append(_school(index, direct, len(chosen), home, parent, rng))
    return drafts


def _school(index: int, direct: int, groups: int, home: Draft, parent: int, rng: random.Random) -> Draft:
    place = home.short.removeprefix("Xã ").removeprefix("Phường ")
    founded = FOUNDED
    if index < direct:
        if index % 5 == 4:
            return Draft(
                f"Trung tâm GDNN - GDTX {place}{_ordinal(index // groups)}",
                f"TT GDNN-GDTX {place}{_ordinal(index // groups)}",
                Kind.GDTX,
                0,
                home.place,
                home.commune,
            )
        name = f"Trường THPT {place}{_ordinal(index // groups)}"
        return Draft(name, name, Kind.THPT, 0, home.place, home.commune)
    turn = (index - direct) // groups
    upland = any(word in place for word in UPLAND)
    if turn % 3 == 0:
        name = f"Trường Mầm non {place}{_ordinal(turn // 3)}"
        kind = Kind.MAM_NON
    elif turn % 3 == 1:
        name = f"Trường {'PTDTBT ' if upland and turn == 1 else ''}Tiểu học {place}{_ordinal(turn // 3)}"
        kind = Kind.TIEU_HOC
    else:
        name = f"Trường {'PTDTBT ' if upland and turn == 2 else ''}THCS {place}{_ordinal(turn // 3)}"
        kind = Kind.THCS
    if rng.random() < 0.01:
        # a few schools founded in mid-year: what they owe is pro-rated
        founded = dt.date(dt.date.today().year, 8, 1)
    return Draft(name, name, kind, parent, home.place, home.commune, founded=founded)


def _ordinal(number: int) -> str:
    return f" {number + 1}" if number else ""


def build_units(total: int, rng: random.Random) -> list[Unit]:
    """Create units, versions, links, aliases and sites; returns the units in the order of the plan."""
    drafts = plan_units(total, rng)
    slugs: set[str] = set()
    units: list[Unit] = []
    for draft in drafts:
        slug = base = slugify_vi(draft.short)[:70]
        number = 2
        while slug in slugs:
            slug, number = f"{base}-{number}", number + 1
        slugs.add(slug)
        units.append(
            Unit(slug=slug, name=draft.name, short_name=draft.short, kind=draft.kind, founded_on=draft.founded,
                 folded=fold(f"{draft.name} {draft.short}")[:400], sort_key=sort_key(draft.short)[:600])
        )  # fmt: skip
    # Parents stand before children: one bulk insert a level, so that foreign keys always point to something.
    Unit.objects.bulk_create([units[i] for i, d in enumerate(drafts) if d.parent is None])
    _insert_below(drafts, units)
    UnitVersion.objects.bulk_create(
        [
            UnitVersion(
                unit=unit, name=draft.name, short_name=draft.short, kind=draft.kind,
                parent=units[draft.parent] if draft.parent is not None else None,
                place=draft.place.removeprefix("Xã ").removeprefix("Phường ") if draft.kind is not Kind.SO else "Sông Lam",
                commune_code=draft.commune, symbol=_symbol(draft), valid_from=draft.founded,
                address="Số 12 đường Học Trò, tỉnh Sông Lam" if draft.kind is Kind.SO else draft.place,
                # The Sở answers to a body that is not in Loa; its name stands above the Sở's on documents.
                codes={"parent_agency": "Ủy ban nhân dân tỉnh Sông Lam"} if draft.kind is Kind.SO else {},
            )
            for draft, unit in zip(drafts, units, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    links = []
    for draft, unit in zip(drafts, units, strict=True):
        depth, above, since = 0, unit, draft.founded
        chain: Draft | None = draft
        while chain is not None:
            links.append(UnitLink(above=above, below=unit, depth=depth, valid_from=since))
            if chain.parent is None:
                break
            above, depth = units[chain.parent], depth + 1
            chain = drafts[chain.parent]
            since = max(since, chain.founded)
    UnitLink.objects.bulk_create(links, batch_size=5000)
    UnitAlias.objects.bulk_create(
        [
            UnitAlias(unit=unit, text=text, folded=fold(text))
            for draft, unit in zip(drafts, units, strict=True)
            for text in draft.aliases
        ]
    )
    MemberSite.objects.bulk_create(
        [
            MemberSite(
                unit=unit, slug=unit.slug, is_main=draft.kind is Kind.SO, name=draft.short if draft.kind is not Kind.SO else draft.name,
                palette="ink" if draft.kind is Kind.SO else PALETTES[index % len(PALETTES)],
                responsible="Giám đốc Sở Giáo dục và Đào tạo" if draft.kind is Kind.SO else "Hiệu trưởng nhà trường",
                intro=_intro(draft),
                email="vanphong@songlam.example" if draft.kind is Kind.SO else f"{unit.slug[:50]}@songlam.example",
            )
            for index, (draft, unit) in enumerate(zip(drafts, units, strict=True))
            if draft.kind not in (Kind.PHONG_SO, Kind.VAN_PHONG, Kind.UBND_XA)
        ],
        batch_size=2000,
    )  # fmt: skip
    return units


def _insert_below(drafts: list[Draft], units: list[Unit]) -> None:
    depth = [0] * len(drafts)
    for index, draft in enumerate(drafts):
        if draft.parent is not None:
            depth[index] = depth[draft.parent] + 1
            units[index].parent = units[draft.parent]
    for level in range(1, max(depth) + 1):
        rows = [unit for unit, own in zip(units, depth, strict=True) if own == level]
        for unit in rows:
            unit.parent = unit.parent  # the parent has its key now: copy it into parent_id
        Unit.objects.bulk_create(rows, batch_size=2000)


def _symbol(draft: Draft) -> str:
    if draft.kind is Kind.SO:
        return "SGDĐT"
    if draft.kind is Kind.UBND_XA:
        return "UBND"
    if draft.kind is Kind.VAN_PHONG:
        return "VP"
    if draft.kind is Kind.PHONG_SO:
        return ""
    return {
        Kind.MAM_NON: "MN",
        Kind.TIEU_HOC: "TH",
        Kind.THCS: "THCS",
        Kind.THPT: "THPT",
        Kind.GDTX: "TTGDTX",
    }.get(draft.kind, "")


def _intro(draft: Draft) -> str:
    if draft.kind is Kind.SO:
        return (
            "Cơ quan tham mưu, giúp UBND tỉnh quản lý nhà nước về giáo dục và đào tạo trên địa bàn tỉnh Sông Lam."
        )
    place = draft.place
    return {
        Kind.MAM_NON: f"Nơi nuôi dưỡng, chăm sóc và giáo dục trẻ từ 24 tháng đến 5 tuổi tại {place}.",
        Kind.TIEU_HOC: f"Trường tiểu học công lập tại {place}, dạy học 2 buổi/ngày.",
        Kind.THCS: f"Trường trung học cơ sở công lập tại {place}.",
        Kind.THPT: f"Trường trung học phổ thông công lập, tuyển sinh trên địa bàn {place} và các xã lân cận.",
        Kind.GDTX: f"Trung tâm dạy văn hóa, dạy nghề và học tập suốt đời tại {place}.",
    }.get(draft.kind, "")
