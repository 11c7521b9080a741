"""A small Sở for tests: units and people, made straight in the database (services have their own tests)."""

from __future__ import annotations

import datetime as dt
import itertools

from loa.accounts.models import User
from loa.lib.vi import fold, sort_key
from loa.org.models import Membership, Unit, UnitLink, UnitVersion
from loa.org.rules import Kind, Role

_count = itertools.count(1)
FOUNDED = dt.date(2020, 1, 1)


def make_unit(
    name: str = "",
    kind: Kind = Kind.THCS,
    parent: Unit | None = None,
    *,
    founded_on: dt.date = FOUNDED,
    closed_on: dt.date | None = None,
    short_name: str = "",
) -> Unit:
    """A unit with one version and its links up the tree."""
    number = next(_count)
    name = name or f"Trường THCS Số {number}"
    unit = Unit.objects.create(
        slug=f"u{number}",
        name=name,
        short_name=short_name or name,
        kind=kind,
        parent=parent,
        folded=fold(name),
        sort_key=sort_key(name),
        founded_on=founded_on,
        closed_on=closed_on,
    )
    UnitVersion.objects.create(
        unit=unit,
        name=name,
        short_name=unit.short_name,
        kind=kind,
        parent=parent,
        place="Sông Lam",
        symbol="SGDĐT" if kind == Kind.SO else "",
        valid_from=founded_on,
        valid_to=closed_on,
    )
    UnitLink.objects.create(above=unit, below=unit, depth=0, valid_from=founded_on, valid_to=closed_on)
    if parent is not None:
        for link in UnitLink.objects.filter(below=parent):
            UnitLink.objects.create(
                above=link.above, below=unit, depth=link.depth + 1, valid_from=founded_on, valid_to=closed_on
            )
    return unit


def make_user(full_name: str = "", *roles: tuple[Role, Unit], **fields: object) -> User:
    """A person with roles; the password is always "mat-khau-thu"."""
    number = next(_count)
    user = User(username=f"nguoi{number}", full_name=full_name or f"Người Thứ {number}", **fields)
    user.set_password("mat-khau-thu")
    user.save()
    for role, unit in roles:
        Membership.objects.create(user=user, unit=unit, role=role, valid_from=FOUNDED)
    return user


class Cast:
    """The people of every access test: owner, colleague, lead, editor, outsider … in one small Sở.

    Sở (office, board) ─┬─ Văn phòng Sở, Phòng Tổ chức cán bộ
                        ├─ Xã Mường Sai ── Trường THCS Sơn Thượng (owner, colleague, lead), Trường Tiểu học Sơn Hạ
                        └─ Trường THPT Lam Giang (outsider, outsider_lead)
    """

    def __init__(self) -> None:
        self.so = make_unit("Sở Giáo dục và Đào tạo Sông Lam", Kind.SO, short_name="Sở GD&ĐT Sông Lam")
        self.van_phong = make_unit("Văn phòng Sở", Kind.VAN_PHONG, self.so)
        self.phong_tccb = make_unit("Phòng Tổ chức cán bộ", Kind.PHONG_SO, self.so)
        self.xa = make_unit("Xã Mường Sai", Kind.UBND_XA, self.so)
        self.school = make_unit("Trường THCS Sơn Thượng", Kind.THCS, self.xa)
        self.primary = make_unit("Trường Tiểu học Sơn Hạ", Kind.TIEU_HOC, self.xa)
        self.thpt = make_unit("Trường THPT Lam Giang", Kind.THPT, self.so)
        self.owner = make_user("Lương Thị Mến", (Role.CONTRIBUTOR, self.school))
        self.colleague = make_user("Vi Văn Hặc", (Role.CONTRIBUTOR, self.school))
        self.lead = make_user("Hà Văn Toàn", (Role.UNIT_LEAD, self.school))
        self.commune = make_user("Lò Thị Ánh", (Role.FOCAL, self.xa))
        self.office = make_user("Lê Mai Phương", (Role.FOCAL, self.so))
        self.editor = make_user("Trần Đức Minh", (Role.EDITOR, self.so))
        self.chief = make_user("Nguyễn Thu Hà", (Role.CHIEF_EDITOR, self.so))
        self.director = make_user("Phạm Quốc Bảo", (Role.LEADER, self.so))
        self.admin = make_user("Đỗ Hải Yến", (Role.ADMIN, self.so))
        self.outsider = make_user("Phan Thị Nga", (Role.CONTRIBUTOR, self.thpt))
        self.outsider_lead = make_user("Cao Xuân Lộc", (Role.UNIT_LEAD, self.thpt))
