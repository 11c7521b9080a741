"""Kinds of units, roles, and who may do what: tables that can be read aloud. No Django here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from loa.lib.vi import fold


class Kind(StrEnum):
    """Kinds of units. Both worlds are here: district level until 30/06/2025, communes since 01/07/2025."""

    SO = "so"  # Sở GD&ĐT
    VAN_PHONG = "van_phong"  # Văn phòng Sở: điều phối, không phải phòng chuyên môn
    PHONG_SO = "phong_so"  # phòng chuyên môn, nghiệp vụ của Sở
    PHONG_GDDT = "phong_gddt"  # Phòng GD&ĐT huyện (đến 30/06/2025)
    UBND_XA = "ubnd_xa"  # UBND xã, phường (từ 01/07/2025)
    PHONG_VHXH = "phong_vhxh"  # Phòng Văn hóa – Xã hội thuộc UBND xã
    MAM_NON = "mam_non"
    TIEU_HOC = "tieu_hoc"
    THCS = "thcs"
    THPT = "thpt"
    LIEN_CAP = "lien_cap"  # nhiều cấp học
    GDTX = "gdtx"  # trung tâm GDNN–GDTX
    TRUNG_TAM = "trung_tam"  # trung tâm khác
    KHAC = "khac"


SCHOOLS = frozenset({Kind.MAM_NON, Kind.TIEU_HOC, Kind.THCS, Kind.THPT, Kind.LIEN_CAP, Kind.GDTX})
#: units that stand directly under the Sở and send their work to it themselves
DIRECT_KINDS = frozenset({Kind.THPT, Kind.LIEN_CAP, Kind.GDTX, Kind.TRUNG_TAM})


class Role(StrEnum):
    """What a person does for a unit."""

    CONTRIBUTOR = "contributor"  # cộng tác viên
    FOCAL = "focal"  # đầu mối truyền thông
    UNIT_LEAD = "unit_lead"  # trưởng đơn vị
    EDITOR = "editor"  # biên tập viên
    CHIEF_EDITOR = "chief_editor"  # trưởng ban biên tập
    SPOKESPERSON = "spokesperson"  # người phát ngôn
    LEADER = "leader"  # lãnh đạo
    ADMIN = "admin"  # quản trị
    INSPECTOR = "inspector"  # thanh tra


#: what each role may do, in its unit ("own") or in its unit and everything below ("below")
#: ability → roles. An ability is always asked together with a unit.
ABILITIES: dict[str, dict[str, frozenset[Role]]] = {
    "story.write": {
        "own": frozenset({Role.CONTRIBUTOR, Role.FOCAL, Role.UNIT_LEAD, Role.EDITOR, Role.CHIEF_EDITOR})
    },
    # write in drafts of colleagues, withdraw them: those who answer for the unit's stories
    "story.edit_unit": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD})},
    "story.approve_unit": {"own": frozenset({Role.UNIT_LEAD})},
    "story.review": {"below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR})},
    "story.publish": {"below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR})},
    "story.read_drafts": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.CONTRIBUTOR}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR}),
    },
    "plan.manage": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.CHIEF_EDITOR})},
    "plan.issue": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.LEADER})},
    "plan.read": {"below": frozenset(Role)},
    # letters to those who subscribed: read, write in, manage lists and the sending, approve (not one's own)
    "bulletin.read": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR, Role.LEADER, Role.INSPECTOR}),
    },
    "bulletin.edit": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR}),
    },
    "bulletin.manage": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD}), "below": frozenset({Role.CHIEF_EDITOR})},
    "bulletin.approve": {"own": frozenset({Role.UNIT_LEAD}), "below": frozenset({Role.CHIEF_EDITOR})},
    # work with the press: read, write releases, keep the register, approve (not one's own)
    "press.read": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON, Role.LEADER, Role.INSPECTOR}),
    },
    "press.write": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON})
    },
    "press.manage": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.CHIEF_EDITOR, Role.SPOKESPERSON})},
    "press.approve": {"own": frozenset({Role.UNIT_LEAD, Role.CHIEF_EDITOR, Role.SPOKESPERSON, Role.LEADER})},
    # keep the register of legal documents; only asked at the Sở and its office
    "legal.edit": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.CHIEF_EDITOR})},
    # work on the tasks of a unit: state, percent, who sees to it
    "task.work": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD})},
    "progress.read": {"below": frozenset(Role)},
    "evidence.add": {"own": frozenset({Role.CONTRIBUTOR, Role.FOCAL, Role.UNIT_LEAD})},
    "evidence.judge": {"below": frozenset({Role.FOCAL, Role.EDITOR, Role.CHIEF_EDITOR})},
    "report.write": {"own": frozenset({Role.CONTRIBUTOR, Role.FOCAL, Role.UNIT_LEAD})},
    "report.approve": {"own": frozenset({Role.UNIT_LEAD, Role.LEADER})},
    "report.read": {"below": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.LEADER, Role.INSPECTOR})},
    # meetings and campaigns of a unit; days off and milestones for it and all below
    "agenda.write": {
        "own": frozenset(
            {
                Role.CONTRIBUTOR,
                Role.FOCAL,
                Role.UNIT_LEAD,
                Role.EDITOR,
                Role.CHIEF_EDITOR,
                Role.SPOKESPERSON,
                Role.LEADER,
            }
        )
    },
    "agenda.days": {"own": frozenset({Role.FOCAL, Role.UNIT_LEAD, Role.LEADER, Role.ADMIN})},
    # put posts on the official pages of the unit; keep the register of pages; stop everything at once
    "channel.publish": {"below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR})},
    "channel.manage": {"below": frozenset({Role.CHIEF_EDITOR, Role.ADMIN})},
    "channel.hold": {"below": frozenset({Role.CHIEF_EDITOR, Role.ADMIN, Role.LEADER, Role.SPOKESPERSON})},
    "unit.read": {"below": frozenset(Role)},
    "unit.manage": {"below": frozenset({Role.ADMIN})},
    "member.manage": {"below": frozenset({Role.ADMIN})},
    # the whole installation: asked of the unit at the top
    "system.manage": {"own": frozenset({Role.ADMIN})},
    # hear what is said of one's units; keep the sources, set the analysis right, decide on cases
    "listening.read": {
        "below": frozenset(
            {Role.FOCAL, Role.UNIT_LEAD, Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON, Role.LEADER}
        )
    },
    "listening.manage": {"own": frozenset({Role.FOCAL, Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON})},
    # what people write on the unit's pages: read it, answer it; decide as second person on hiding, as third on
    # appeals; keep ready answers and the chatbot
    "inbox.read": {
        "own": frozenset({Role.CONTRIBUTOR, Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON, Role.LEADER, Role.INSPECTOR}),
    },
    "inbox.answer": {
        "own": frozenset({Role.CONTRIBUTOR, Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON}),
    },
    "inbox.decide": {
        "own": frozenset({Role.UNIT_LEAD}),
        "below": frozenset({Role.CHIEF_EDITOR, Role.SPOKESPERSON, Role.LEADER}),
    },
    "inbox.manage": {
        "own": frozenset({Role.FOCAL, Role.UNIT_LEAD}),
        "below": frozenset({Role.EDITOR, Role.CHIEF_EDITOR}),
    },
    "audit.read": {"below": frozenset({Role.ADMIN, Role.INSPECTOR})},
}


def roles_for(ability: str, *, below: bool) -> frozenset[Role]:
    """Roles that grant `ability` on a unit: held at the unit itself, or (`below`) at one above it."""
    table = ABILITIES[ability]
    if below:
        return table.get("below", frozenset())
    return table.get("own", frozenset()) | table.get("below", frozenset())


def likely_part(text: str, names: Sequence[str]) -> int | None:
    """Which of the new units a thing is for, by the words that set its name apart from the others; None when
    no name, or more than one, fits best.

    >>> names = ["Phòng Giáo dục mầm non", "Phòng Giáo dục tiểu học"]
    >>> likely_part("Phổ cập giáo dục mầm non", names), likely_part("Giáo dục an toàn", names)
    (0, None)
    """
    told = [_pairs(name) for name in names]
    said = _pairs(text)
    points = []
    for index, own in enumerate(told):
        others = set().union(*(other for at, other in enumerate(told) if at != index))
        points.append(len((own - others) & said))
    best = max(points, default=0)
    return points.index(best) if best and points.count(best) == 1 else None


def _pairs(text: str) -> set[str]:
    """Neighbouring words of a text, folded: in Vietnamese one syllable alone says little."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    return {f"{first} {second}" for first, second in pairwise(words)}
