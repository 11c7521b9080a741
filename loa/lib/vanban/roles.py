"""Roles the prose gives to units: who leads, supports, is focal point, advises or supervises."""

from __future__ import annotations

import re

from .document import Document
from .labels import read_label, strip_bullet
from .model import Audience, UnitRole
from .outline import CONTENT, PURPOSE, is_topic
from .units import heading_unit, split_units, unit_at
from .who import in_charge, section_unit

LEAD, SUPPORT, FOCAL, ADVISE, SUPERVISE = "lead", "support", "focal", "advise", "supervise"

#: role ← words at the head of an item, first match wins
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        LEAD,
        re.compile(r"^(?:là (?:đơn vị|cơ quan|bộ phận) )?(?:chủ trì|thường trực|là đơn vị thường trực)\b", re.I),
    ),  # Chủ trì, phối hợp với …
    (
        SUPPORT,
        re.compile(
            r"^(?:chủ động |tích cực |cử [^.;]{3,50})?\s*phối hợp\b|^cử [^.;]{3,40}(?:làm )?đầu mối phối hợp",
            re.I,
        ),
    ),  # Phối hợp với …; Cử cán bộ làm đầu mối phối hợp
    (
        FOCAL,
        re.compile(
            r"^(?:là |làm )?(?:bộ phận |đơn vị |cơ quan )?(?:làm )?đầu mối\b|\blà (?:bộ phận |"
            r"đơn vị )?đầu mối\b",
            re.I,
        ),
    ),  # Là bộ phận đầu mối
    (ADVISE, re.compile(r"^(?:chủ động |tích cực )?tham mưu\b", re.I)),  # Tham mưu lãnh đạo Sở
    (
        SUPERVISE,
        re.compile(
            r"^(?:tổ chức |thường xuyên )?(?:theo dõi, )?(?:kiểm tra|giám sát|đôn đốc|theo dõi, đôn đốc)\b",
            re.I,
        ),
    ),  # Kiểm tra, giám sát
)
_AFTER_UNIT = re.compile(r"^[\s,:–-]*(?:có (?:trách nhiệm|nhiệm vụ)\s+|chịu trách nhiệm\s+)?", re.I)
_LINE = re.compile(
    r"^[-–+*•\s]*(?:Đơn vị|Bộ phận|Cơ quan|Phòng)?\s*(?P<role>chủ trì|phụ trách|phối hợp|"
    r"đầu mối)(?:\s+(?:thực hiện|nội dung))?\s*:\s*(?P<units>.+)$",
    re.I,
)
_LINE_ROLES = {"chủ trì": LEAD, "phụ trách": LEAD, "phối hợp": SUPPORT, "đầu mối": FOCAL}


def find_roles(doc: Document) -> list[UnitRole]:
    """Roles in order; one per unit, role and item."""
    found: list[UnitRole] = []
    for block in doc.prose():
        if doc.outline.zone(block) != "body" or is_topic(block.text):
            continue
        line = _LINE.match(block.text)
        if line:
            role = _LINE_ROLES[line["role"].lower()]
            for name in split_units(line["units"]):
                at = block.start + block.text.find(name)
                found.append(UnitRole(span=doc.span(at, at + len(name)), unit=name, role=role))
            continue
        if (
            doc.outline.theme(block) in (PURPOSE, CONTENT)
            and in_charge(doc, block) is None
            and not unit_at(_body(block.text))
        ):
            continue
        body = _body(block.text)
        shift = len(block.text) - len(body)
        unit = unit_at(body)
        if unit:
            after = body.find(unit) + len(unit)
            after += len(_AFTER_UNIT.match(body[after:]).group(0))  # type: ignore[union-attr]
            begin = shift + body.find(unit)
            words, shift = body[after:], shift + after
        else:
            begin = shift
            words = body
            unit = section_unit(doc, block)
        if unit is None:
            continue
        for role, pattern in ROLES:
            match = pattern.search(words)
            if match:
                end = _clause_end(words)
                found.append(
                    UnitRole(span=doc.span(block.start + begin, block.start + shift + end), unit=unit, role=role)
                )
                break
    return found


def find_audiences(doc: Document) -> list[Audience]:
    """Sections addressed to a unit or class of units."""
    found = []
    for section in doc.outline.sections:
        if section.theme in (PURPOSE, CONTENT):
            continue
        unit = heading_unit(section.title)
        if unit:
            found.append(
                Audience(
                    span=doc.span(section.start, section.start + len(section.title)),
                    unit=unit,
                    label=section.label,
                )
            )
    return found


def _body(text: str) -> str:
    label = read_label(text)
    if label:
        return text[label.length :]
    return strip_bullet(text)[0]


def _clause_end(text: str) -> int:
    match = re.search(r"[;.]", text)
    return match.start() if match else len(text)
