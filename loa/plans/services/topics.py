"""Topics added by hand to a plan in force: what is asked later is about something the signed text did not name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.vi import clean, fold
from loa.plans.models import Plan, Topic
from loa.plans.rules.topics import short_title
from loa.plans.services.common import lock_plan, require_issue
from loa.plans.services.issue import require_open

MOST_LETTERS = 200


def add_topic(*, actor: Any, plan: Plan, title: str) -> Topic:
    """Add a topic to a plan in force; one of that name that stands already is given back as it is.

    Raises Refused, Conflict, InvalidInput.
    """
    require_issue(actor, plan)
    title = clean(title)
    if not title:
        raise InvalidInput(_("Hãy ghi tên chủ đề mới."), field="new_topic", code="plans.topic.title")
    if len(title) > MOST_LETTERS:
        raise InvalidInput(
            _("Tên chủ đề dài quá %s chữ cái.") % MOST_LETTERS, field="new_topic", code="plans.topic.long"
        )
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_open(plan)
        known = list(plan.topics.all())
        same = next((one for one in known if fold(title) in (fold(one.title), fold(one.short_title))), None)
        if same is not None:
            return same
        topic = Topic.objects.create(
            plan=plan,
            title=title,
            short_title=short_title(title)[:80],
            position=max((one.position for one in known), default=0) + 1,
            added_at=clock.now(),
        )
        log("plans.topic.added", actor=actor, obj=topic, unit_id=plan.unit_id, plan=str(plan))
    return topic
