"""Reads that stand above the domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.console.urls_soft import url
from loa.core import clock
from loa.org.access import in_force
from loa.org.models import Membership, Unit, UnitLink
from loa.org.rules import SCHOOLS, Role
from loa.plans.models import Plan

#: who must be there before a plan can be carried out: any of the roles will do
NEEDED = (
    (frozenset({Role.FOCAL}), gettext_lazy("đầu mối truyền thông để đưa kế hoạch lên")),
    (frozenset({Role.EDITOR, Role.CHIEF_EDITOR}), gettext_lazy("Ban Biên tập để duyệt, đăng bài")),
    (frozenset({Role.LEADER, Role.UNIT_LEAD}), gettext_lazy("lãnh đạo để ban hành, ký")),
)


@dataclass(frozen=True)
class Step:
    """One thing to do before a Sở can work."""

    title: str
    url: str
    note: str = ""


def missing_steps(top: Unit, user: Any) -> list[Step]:
    """What is still to be set up at `top` by its administrator `user`, in order; empty once the Sở can work.
    Three queries, one when all is there and a plan has come."""
    steps = []
    if settings.LOA_STRICT_ACCOUNTS and not is_mfa_enabled(user):
        steps.append(Step(_("Bật xác thực hai lớp"), url("mfa_index"), _("cho tài khoản quản trị của anh/chị")))
    if Plan.objects.filter(unit=top).exists():
        return steps
    below = UnitLink.objects.filter(in_force(clock.today()), above=top, below__kind__in=SCHOOLS)
    if not below.exists():
        note = _("từ bảng Excel hoặc CSV, xem trước từng dòng")
        steps.append(Step(_("Nhập danh sách trường"), url("org:import"), note))
    held = set(Membership.objects.filter(in_force(clock.today()), unit=top).values_list("role", flat=True))
    lacking = [str(words) for roles, words in NEEDED if not held & {str(role) for role in roles}]
    if lacking:
        note = _("còn thiếu %s") % ", ".join(lacking)
        steps.append(Step(_("Thêm người làm việc ở Sở"), url("org:people_import"), note))
    note = _("đầu mối truyền thông làm; Loa đọc chỉ tiêu, thời hạn để đối chiếu")
    steps.append(Step(_("Đưa kế hoạch năm lên"), url("plans:list"), note))
    return steps
