"""Things said on our pages, without the channels."""

from __future__ import annotations

import itertools

from loa.accounts.models import Notice
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.core import clock
from loa.feedback.models import Ground, Remark

__all__ = ["comment", "facebook_account", "ground", "message", "remark_of", "zalo_account"]
_count = itertools.count(1)


def comment(account, text="Cơm trưa nguội quá", *, verb="add", key="", thread="", at=None, who="77", **more):
    key = key or f"c{next(_count)}"
    more = {"what": "comment", "verb": verb, "thread": thread or key, "place": "p1", **more}
    return tell(account, Words(external_id=key, at=at or clock.now(), author=who, text=text, **more)), key


def message(account, text="Cho em hỏi lịch thi", *, who="111", key="", at=None, **more):
    key = key or f"m{next(_count)}"
    more = {"what": "message", "verb": "add", "thread": who, **more}
    return tell(account, Words(external_id=key, at=at or clock.now(), author=who, text=text, **more)), key


def remark_of(key) -> Remark:
    return Remark.objects.select_related("thread").get(external_id=key)


def ground(klass="slander", *, valid_from="2026-07-01", valid_to=None) -> Ground:
    return Ground.objects.create(
        code=f"g{next(_count)}", klass=klass, law="Luật thử", article="Điều 1", text="Cấm", valid_from=valid_from,
        valid_to=valid_to,
    )  # fmt: skip


#: somebody may be in danger
CRY = "Con tôi vừa bị bạo lực ở lớp, đang đi cấp cứu"


def told(code="urgent"):
    """Who is told of it and has not been told that it is over."""
    rows = Notice.objects.filter(code=f"feedback.thread.{code}", cancelled_at=None)
    return set(rows.values_list("user", flat=True))


def answerers(cast):
    return {cast.office.pk, cast.editor.pk, cast.chief.pk}


def sayings():
    return [action.payload["text"] for action in Action.objects.order_by("pk")]


def standing(thread):
    thread.refresh_from_db()
    return thread.state, thread.urgent, thread.due_at, thread.reminded
