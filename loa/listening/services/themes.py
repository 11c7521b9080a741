"""The office's topics: changed, added (also from a plan), let go; the last weeks are read anew by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices, tell
from loa.audit.services import log
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.lib.nlp.topics import standing_topics
from loa.lib.vi import clean, slugify_vi
from loa.listening import search, selectors, themes
from loa.listening.access import MANAGE, require_keeps_all
from loa.listening.models import Correction, Item, ItemTopic, Theme
from loa.listening.services.analysis import analyser
from loa.listening.services.heard import set_right
from loa.org import access as rights
from loa.plans.models import Plan, Topic
from loa.plans.rules import PlanStatus

#: topics of the office, phrases of one topic
MOST_THEMES, MOST_PHRASES = 60, 200
#: a change of topics is carried over to so many days, so many items at once
REREAD_DAYS, BATCH = 30, 200
NOT_YOUR_TOPICS = gettext_lazy("Danh mục chủ đề dùng chung; người theo dõi dư luận của cơ quan đứng đầu sửa.")


def phrases_in(text: str) -> list[str]:
    """Phrases of a field, one a line or parted by commas or |, in lower case, each once. Raises InvalidInput."""
    found: dict[str, None] = {}
    for part in text.replace(",", "\n").replace("|", "\n").replace(";", "\n").splitlines():
        phrase = clean(part).lower()
        if not phrase:
            continue
        if len(phrase) < 4 or len(phrase) > 80:
            raise InvalidInput(
                _("“%(one)s” quá ngắn hoặc quá dài. Mỗi cụm từ từ 4 đến 80 chữ.") % {"one": phrase[:40]},
                field="phrases",
            )
        found.setdefault(phrase)
    if len(found) > MOST_PHRASES:
        raise InvalidInput(_("Nhiều nhất %(n)d cụm từ.") % {"n": MOST_PHRASES}, field="phrases")
    return list(found)


@transaction.atomic
def theme_save(
    *, actor: Any, code: str = "", name: str, phrases: str, active: bool = True, plan_topic: Topic | None = None
) -> Theme:
    """Change a topic (`code`), or add one. What was heard in the last weeks is read anew by a job.

    Raises Refused, InvalidInput (no name, no phrase), Conflict (too many, the name is there).
    """
    require_keeps_all(actor, str(NOT_YOUR_TOPICS))
    name = clean(name)[:80]
    if not name:
        raise InvalidInput(_("Hãy đặt tên chủ đề."), field="name")
    listed = phrases_in(phrases)
    if not listed and active:
        raise InvalidInput(_("Hãy ghi ít nhất một cụm từ mà tin về chủ đề này hay dùng."), field="phrases")
    rows = list(Theme.objects.select_for_update())
    known = {row.code: row for row in rows}
    if code and code not in known and code not in standing_topics():
        raise InvalidInput(_("Không có chủ đề này."), field="name")
    code = code or _free_code(name)
    if any(other == name and key != code for key, other in themes.topic_names().items()):
        raise Conflict(_("Đã có chủ đề mang tên này."), field="name")
    row = known.get(code) or Theme(code=code)
    if row.pk is None and len(rows) >= MOST_THEMES:
        raise Conflict(
            _("Đã có %(n)d chủ đề riêng. Hãy bớt chủ đề không dùng.") % {"n": MOST_THEMES}, field="name"
        )
    row.name, row.phrases, row.active = name, "\n".join(listed), active
    row.plan_topic = plan_topic or row.plan_topic
    row.changed_by, row.changed_at = actor, clock.now()
    row.save()
    log("listening.theme.saved", actor=actor, obj=row, active=active)
    transaction.on_commit(themes.forget)
    enqueue_after_commit(import_string("loa.listening.tasks.reread_topics"))
    return row


@transaction.atomic
def themes_follow(*, actor: Any, topics: Sequence[Topic]) -> int:
    """Follow themes of plans, all at once: each a topic with the phrases its name gives. Returns how many.

    Raises Refused, Conflict (more topics than one may have; nothing is written then).
    """
    require_keeps_all(actor, str(NOT_YOUR_TOPICS))
    known = list(Theme.objects.select_for_update())
    followed = {row.plan_topic_id for row in known}
    names, codes, now = set(themes.topic_names().values()), set(themes.topic_names()), clock.now()
    made: list[Theme] = []
    for topic in topics:
        name = clean(topic.title)[:80]
        if topic.pk in followed or not name or name in names:
            continue
        phrases = selectors.suggested(topic) or [name.lower()]
        code = _free_code(name, codes)
        row = Theme(
            code=code, name=name, phrases="\n".join(phrases), plan_topic=topic, changed_by=actor, changed_at=now
        )
        names.add(name)
        codes.add(code)
        made.append(row)
    if len(known) + len(made) > MOST_THEMES:
        raise Conflict(_("Đã có %(n)d chủ đề riêng. Hãy bớt chủ đề không dùng.") % {"n": MOST_THEMES})
    for row in made:
        row.save()
        log("listening.theme.saved", actor=actor, obj=row, active=True)
    for plan in {topic.plan_id for topic in topics}:
        cancel_notices(code="listening.plan_themes", key=_key(plan))
    if made:
        transaction.on_commit(themes.forget)
        enqueue_after_commit(import_string("loa.listening.tasks.reread_topics"))
    return len(made)


def tell_of_plan_themes(*, plan: Plan, **_rest: Any) -> None:
    """A listener of the plans: who keeps the topics is told once of themes of an issued plan not followed yet."""
    if plan.unit.parent_id is not None or plan.status != PlanStatus.ISSUED:
        return
    if not plan.unit.sources.exists():
        return
    waiting = selectors.unfollowed(Topic.objects.filter(plan=plan)).count()
    if waiting:
        url, data = reverse("listening:themes"), {"n": waiting, "plan": str(plan)}
        tell(
            (
                Notice(user=user, code="listening.plan_themes", key=_key(plan.pk), url=url, data=data)
                for user in rights.users_who_can(MANAGE, plan.unit_id)
            ),
            again_when_read=False,
        )


def _key(plan: int) -> str:
    return f"plan-themes-{plan}"


def _free_code(name: str, taken: set[str] | None = None) -> str:
    stem = slugify_vi(name)[:36].strip("-") or "chu-de"
    code, number = stem, 2
    while code in (taken if taken is not None else themes.topic_names()):
        code, number = f"{stem}-{number}", number + 1
    return code


def reread_topics() -> int:
    """Give the items of the last weeks their topics anew, but those whose topics a person set right; index and
    figures follow. Returns how many changed. Each batch in a transaction of its own.
    """
    themes.forget()
    engine = analyser()
    since = clock.now() - dt.timedelta(days=REREAD_DAYS)
    judged = Correction.objects.filter(field="topics").values("item")
    rows = Item.objects.filter(
        analysed_at__isnull=False, relevant=True, forgotten=False, published_at__gte=since
    ).exclude(pk__in=judged)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(keys), BATCH):
        changed += _reread(keys[start : start + BATCH], engine)
    return changed


@transaction.atomic
def _reread(keys: list[int], engine: Any) -> int:
    items = {item.pk: item for item in Item.objects.select_for_update(of=("self",)).filter(pk__in=keys)}
    before = search.load(keys)
    touched = []
    links: list[ItemTopic] = []
    for row in before:
        found = engine.analyse(f"{row.title}. {row.text}" if row.title else row.text)
        if {code for code, _score in found.topics} != set(row.topics):
            touched.append(row)
            links += [
                ItemTopic(item=items[row.pk], code=code, score=score, at=row.at) for code, score in found.topics
            ]
    ItemTopic.objects.filter(item__in=[row.pk for row in touched]).delete()
    ItemTopic.objects.bulk_create(links, batch_size=200)
    if touched:
        set_right(touched)
    return len(touched)
