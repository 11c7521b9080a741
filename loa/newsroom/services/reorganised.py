"""When a unit ends: its unpublished stories go on at whoever carries on; what was published keeps its header."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.newsroom.services.common import hands, record, tell
from loa.org import events
from loa.org.access import in_force
from loa.org.models import Membership, Unit, UnitEvent

#: not yet public: these belong to the successor from its first day
OPEN = (Stage.DRAFT, Stage.RETURNED, Stage.UNIT_REVIEW, Stage.BOARD_REVIEW, Stage.SCHEDULED)


def open_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """For the preview of a reorganisation: what would move."""
    count = Story.objects.filter(unit__in=unit_ids, stage__in=OPEN).count()
    return [events.Stake(_("tin, bài chưa đăng"), count, _("đơn vị tiếp nhận viết, duyệt tiếp"))]


def stories_moved(event: UnitEvent) -> None:
    """Listener of org: move the open stories of units that ended, in the transaction of the event.

    Of several successors a story goes where its author went, else to the first. Writers keep their story; who
    decides follows from the memberships of the new unit (a unit without a lead is passed over by `pass_stuck`).
    """
    for unit in events.ended_by(event):
        heirs = events.heirs_of(event, unit)
        if not heirs:
            continue
        stories = list(
            Story.objects.select_for_update(of=("self",))
            .filter(unit=unit, stage__in=OPEN)
            .select_related("unit", "author")
            .order_by("pk")
        )
        where = _authors_at(heirs, [story.author_id for story in stories], event)
        for story in stories:
            heir = where.get(story.author_id, heirs[0])
            story.unit = heir
            story.save(update_fields=["unit"])
            record(story, "moved_unit", None, old=unit.name, new=heir.name, on=event.effective_on.isoformat())
            tell(story, "moved_unit", hands(story), actor=None, old=unit.name, new=heir.name)


def _authors_at(heirs: Sequence[Unit], authors: Sequence[int], event: UnitEvent) -> dict[int, Unit]:
    """author → the successor at which they hold a role; the first of several."""
    by_id = {heir.pk: heir for heir in heirs}
    day = max(event.effective_on, clock.today())
    rows = Membership.objects.filter(in_force(day), user__in=set(authors), unit__in=by_id).order_by("-pk")
    found = {user: by_id[unit] for user, unit in rows.values_list("user", "unit")}
    order = {heir.pk: number for number, heir in enumerate(heirs)}
    for user, unit in rows.values_list("user", "unit"):
        if order[unit] < order[found[user].pk]:
            found[user] = by_id[unit]
    return found
