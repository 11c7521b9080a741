"""A small Sở for tests: units and people, made straight in the database (services have their own tests)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from loa.accounts.models import User
from loa.lib.vi import fold, sort_key
from loa.org.models import Membership, Unit, UnitLink, UnitVersion
from loa.org.rules import Kind, Role

_count = itertools.count(1)
FOUNDED = dt.date(2020, 1, 1)


def _unit(
    name: str = "",
    kind: Kind = Kind.THCS,
    parent: Unit | None = None,
    *,
    founded_on: dt.date = FOUNDED,
    closed_on: dt.date | None = None,
    short_name: str = "",
) -> Unit:
    number = next(_count)
    name = name or f"Trường THCS Số {number}"
    return Unit(
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


def _version(unit: Unit) -> UnitVersion:
    return UnitVersion(
        unit=unit,
        name=unit.name,
        short_name=unit.short_name,
        kind=unit.kind,
        parent=unit.parent,
        place="Sông Lam",
        symbol="SGDĐT" if unit.kind == Kind.SO else "",
        valid_from=unit.founded_on,
        valid_to=unit.closed_on,
    )


def _link(above: Unit, below: Unit, depth: int) -> UnitLink:
    return UnitLink(above=above, below=below, depth=depth, valid_from=below.founded_on, valid_to=below.closed_on)


def _user(full_name: str = "", **fields: object) -> User:
    number = next(_count)
    user = User(username=f"nguoi{number}", full_name=full_name or f"Người Thứ {number}", **fields)
    user.set_password("mat-khau-thu")
    return user


def _memberships(user: User, roles: Iterable[tuple[Role, Unit]]) -> list[Membership]:
    return [Membership(user=user, unit=unit, role=role, valid_from=FOUNDED) for role, unit in roles]


def make_unit(name: str = "", kind: Kind = Kind.THCS, parent: Unit | None = None, **fields: Any) -> Unit:
    """A unit with one version and its links up the tree; `fields`: founded_on, closed_on, short_name."""
    unit = _unit(name, kind, parent, **fields)
    unit.save()
    _version(unit).save()
    links = [_link(unit, unit, 0)]
    if parent is not None:
        links += [_link(link.above, unit, link.depth + 1) for link in UnitLink.objects.filter(below=parent)]
    UnitLink.objects.bulk_create(links)
    return unit


def make_user(full_name: str = "", *roles: tuple[Role, Unit], **fields: object) -> User:
    """A person with roles; the password is always "mat-khau-thu"."""
    user = _user(full_name, **fields)
    user.save()
    Membership.objects.bulk_create(_memberships(user, roles))
    return user


class Cast:
    """The people of every access test: owner, colleague, lead, editor, outsider … in one small Sở.

    Sở (office, board) ─┬─ Văn phòng Sở, Phòng Tổ chức cán bộ
                        ├─ Xã Mường Sai ── Trường THCS Sơn Thượng (owner, colleague, lead), Trường Tiểu học Sơn Hạ
                        └─ Trường THPT Lam Giang (outsider, outsider_lead)
    """

    def __init__(self) -> None:
        self.so = _unit("Sở Giáo dục và Đào tạo Sông Lam", Kind.SO, short_name="Sở GD&ĐT Sông Lam")
        self.van_phong = _unit("Văn phòng Sở", Kind.VAN_PHONG, self.so)
        self.phong_tccb = _unit("Phòng Tổ chức cán bộ", Kind.PHONG_SO, self.so)
        self.xa = _unit("Xã Mường Sai", Kind.UBND_XA, self.so)
        self.school = _unit("Trường THCS Sơn Thượng", Kind.THCS, self.xa)
        self.primary = _unit("Trường Tiểu học Sơn Hạ", Kind.TIEU_HOC, self.xa)
        self.thpt = _unit("Trường THPT Lam Giang", Kind.THPT, self.so)
        self._people: list[User] = []
        self._roles: list[Membership] = []
        self.owner = self._person("Lương Thị Mến", Role.CONTRIBUTOR, self.school)
        self.colleague = self._person("Vi Văn Hặc", Role.CONTRIBUTOR, self.school)
        self.lead = self._person("Hà Văn Toàn", Role.UNIT_LEAD, self.school)
        self.commune = self._person("Lò Thị Ánh", Role.FOCAL, self.xa)
        self.office = self._person("Lê Mai Phương", Role.FOCAL, self.so)
        self.editor = self._person("Trần Đức Minh", Role.EDITOR, self.so)
        self.chief = self._person("Nguyễn Thu Hà", Role.CHIEF_EDITOR, self.so)
        self.director = self._person("Phạm Quốc Bảo", Role.LEADER, self.so)
        self.admin = self._person("Đỗ Hải Yến", Role.ADMIN, self.so)
        self.outsider = self._person("Phan Thị Nga", Role.CONTRIBUTOR, self.thpt)
        self.outsider_lead = self._person("Cao Xuân Lộc", Role.UNIT_LEAD, self.thpt)
        self._save()

    def _person(self, full_name: str, role: Role, unit: Unit) -> User:
        user = _user(full_name)
        self._people.append(user)
        self._roles += _memberships(user, [(role, unit)])
        return user

    def _save(self) -> None:
        """All rows in seven statements: nearly half of all tests begin with them."""
        levels = (
            [self.so],
            [self.van_phong, self.phong_tccb, self.xa, self.thpt],
            [self.school, self.primary],
        )
        links = []
        for level in levels:
            Unit.objects.bulk_create(level)
            for unit in level:
                above: Unit | None = unit
                depth = 0
                while above is not None:
                    links.append(_link(above, unit, depth))
                    above, depth = above.parent, depth + 1
        UnitVersion.objects.bulk_create([_version(unit) for level in levels for unit in level])
        UnitLink.objects.bulk_create(links)
        for user in self._people:
            user.renew_keys()
        User.objects.bulk_create(self._people)
        Membership.objects.bulk_create(self._roles)
