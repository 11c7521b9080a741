"""What the chatbot can look up: schools of a place, one school, the latest notices."""

from __future__ import annotations

import re

from django.db.models import Q
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import fold
from loa.newsroom.answers import addresses_of
from loa.newsroom.models import Story
from loa.newsroom.rules import Genre
from loa.org import matching
from loa.org.access import in_force
from loa.org.models import Unit, UnitLink
from loa.org.rules import SCHOOLS, Kind

#: schools of one answer
MOST = 15
LEVELS = (
    (re.compile(r"\b(mam non|mau giao|nha tre)\b"), {Kind.MAM_NON}),
    (re.compile(r"\b(tieu hoc|cap (?:1|i|mot))\b"), {Kind.TIEU_HOC, Kind.LIEN_CAP}),
    (re.compile(r"\b(thcs|trung hoc co so|cap (?:2|ii|hai))\b"), {Kind.THCS, Kind.LIEN_CAP}),
    (re.compile(r"\b(thpt|trung hoc pho thong|cap (?:3|iii|ba))\b"), {Kind.THPT, Kind.LIEN_CAP}),
    (re.compile(r"\b(gdtx|giao duc thuong xuyen|gdnn)\b"), {Kind.GDTX}),
)
_PREFIX = re.compile(r"^(ubnd )?(xa|phuong|thi tran|dac khu) ")
_NOISE = re.compile(
    r"\b(cho|toi|em|hoi|xin|biet|co|cac|nhung|truong|nao|o|tai|thuoc|dia chi|danh sach|voi|a|nhe|tim|khong|nhi)\b"
)


def _below(top: int) -> list[tuple[int, str, str, int | None]]:
    """(id, short name, kind, parent) of the units below `top` today. One query."""
    links = UnitLink.objects.filter(in_force(clock.today()), above=top).values("below")
    rows = Unit.objects.filter(pk__in=links, closed_on=None).order_by("sort_key")
    return list(rows.values_list("pk", "short_name", "kind", "parent_id"))


def schools(text: str, top: int) -> str:
    """An answer to "trường nào ở phường …" or to a school's name; empty when neither is named."""
    folded = " ".join(fold(text).split())
    units = _below(top)
    wanted: set[str] = set()
    for pattern, kinds in LEVELS:
        if pattern.search(folded):
            wanted |= kinds
    place = None
    for unit in units:
        if unit[2] != Kind.UBND_XA:
            continue
        core = _PREFIX.sub("", fold(unit[1]))
        if re.search(rf"\b{re.escape(core)}\b", folded) and (place is None or len(core) > place[1]):
            place = (unit, len(core))
    named = _one_school(folded, units, top)
    if named and (place is None or not _asks_for_many(folded)):
        return named
    if place is None:
        return ""
    pk, name = place[0][0], place[0][1]
    found = [one[1] for one in units if one[3] == pk and one[2] in (wanted or SCHOOLS)]
    if not found:
        return _("Chưa có trường thuộc loại bạn hỏi ở %(place)s.") % {"place": name}
    lines = "\n".join(f"• {one}" for one in found[:MOST])
    more = ""
    if len(found) > MOST:
        more = "\n" + _("và %(n)d trường khác; bạn hỏi rõ thêm cấp học.") % {"n": len(found) - MOST}
    return _("%(place)s có %(n)d trường:") % {"place": name, "n": len(found)} + f"\n{lines}{more}"


def _asks_for_many(folded: str) -> bool:
    return bool(
        re.search(r"\b(truong nao|cac truong|nhung truong|danh sach|co truong)\b", folded)
    ) or not re.search(r"\btruong\b", folded)


def _one_school(folded: str, units: list[tuple[int, str, str, int | None]], top: int) -> str:
    """Where one school is, when the words name it well enough."""
    if not re.search(r"\b(truong|mam non|tieu hoc|thcs|thpt|trung tam)\b", folded):
        return ""
    known = {pk: (name, parent) for pk, name, _kind, parent in units}
    at = re.search(r"\b(truong|mam non|tieu hoc|thcs|thpt|trung tam)\b", folded)
    words = folded[at.start() if at else 0 :]
    words = re.sub(r"\b(o dau|nam o dau|dia chi|the nao|a|nhe|nhi)\b.*$", "", words).strip(" ?.,")
    if not _NOISE.sub("", words).strip():
        return ""
    best = matching.catalogue(top).match(words).best
    if best is None or best.unit_id is None or best.confidence < matching.SURE or best.unit_id not in known:
        return ""
    name, parent = known[best.unit_id]
    where = known.get(parent or 0, ("", None))[0]
    if not where or parent == top:
        return _("%(name)s trực thuộc Sở.") % {"name": name}
    return _("%(name)s ở %(place)s.") % {"name": name, "place": where}


def news(count: int = 3) -> str:
    """Notices in force, urgent ones first, each with its last day and address; without any, the newest stories."""
    told = Story.objects.filter(live=True, on_main_portal=True, published_at__lte=clock.now())
    held = Q(valid_until=None) | Q(valid_until__gte=clock.today())
    notices = list(told.filter(held, genre=Genre.NOTICE).order_by("-urgent", "-published_at")[:count])
    shown = notices or list(told.exclude(genre=Genre.NOTICE).order_by("-published_at")[:count])
    if not shown:
        return _("Chưa có thông báo mới.")
    addresses = addresses_of(shown)
    lines = [f"• {_line(story)}\n  {addresses.get(story.pk, '')}".rstrip() for story in shown]
    head = _("Thông báo đang có hiệu lực:") if notices else _("Chưa có thông báo mới. Tin mới nhất:")
    return head + "\n" + "\n".join(lines)


def _line(story: Story) -> str:
    words = _("KHẨN: %(title)s") % {"title": story.title} if story.urgent else story.title
    if story.valid_until is None:
        return words
    return _("%(title)s (đến hết %(day)s)") % {"title": words, "day": f"{story.valid_until:%d/%m/%Y}"}
