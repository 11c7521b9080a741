"""Letters about what is new in saved searches: gathered, at most one in three hours, none at night.

They hold the names of searches, how many items are new, and headlines of papers; never words of private persons.
What was told is noted before the letter goes: one whose fate is unknown is not sent again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.relay import Outcome, Relay
from loa.lib.vi.boolean import QueryError
from loa.listening import selectors
from loa.listening.models import AlertWish, Follow
from loa.listening.rules import PRIVATE
from loa.listening.selectors import StreamFilter
from loa.listening.watch.rules import after_quiet

#: no two letters to a person are nearer
EVERY = dt.timedelta(hours=3)
BATCH, HEADLINES = 20, 5


def send_search_mails(limit: int = BATCH) -> int:
    """Write to those who have something new and had no letter of late. Returns how many letters went. Runs every
    few minutes, outside a transaction.
    """
    now = clock.now()
    waiting = Follow.objects.filter(mail=True, unmailed__gt=0, user__is_active=True).exclude(user__email="")
    people = list(waiting.order_by("user").values_list("user", flat=True).distinct()[: limit * 5])
    recent = set(Follow.objects.filter(user__in=people, mailed_at__gt=now - EVERY).values_list("user", flat=True))
    wishes = {wish.user_id: wish for wish in AlertWish.objects.filter(user__in=people)}
    sent = 0
    with Relay() as relay:
        for user in [user for user in people if user not in recent]:
            wish = wishes.get(user) or AlertWish(user_id=user)
            local = clock.local(now)
            if after_quiet(local, wish.quiet_from, wish.quiet_to) > local:
                continue
            sent += _send(relay, user, now)
            if sent == limit:
                break
    return sent


def _send(relay: Relay, user: int, now: dt.datetime) -> int:
    with transaction.atomic():
        rows = list(
            Follow.objects.select_for_update(of=("self",))
            .filter(user=user, mail=True, unmailed__gt=0)
            .filter(Q(mailed_at=None) | Q(mailed_at__lte=now - EVERY))
            .select_related("search", "user")
            .order_by("-unmailed", "pk")
        )
        Follow.objects.filter(pk__in=[row.pk for row in rows]).update(unmailed=0, mailed_at=now)
    if not rows:
        return 0
    subject, body = compose(rows[0].user, rows)
    result = relay.send(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [rows[0].user.email]))
    if result.outcome == Outcome.LATER:  # certainly not taken: told next time, with what comes meanwhile
        for row in rows:
            Follow.objects.filter(pk=row.pk).update(unmailed=F("unmailed") + row.unmailed)
    return int(result.outcome == Outcome.SENT)


def compose(user: Any, rows: list[Follow]) -> tuple[str, str]:
    """Subject and text. Two queries or so for each search."""
    base = settings.BASE_URL.rstrip("/")
    headlines = _headlines(user, rows)
    parts = []
    for row in rows:
        lines = [_("%(name)s: %(n)d tin mới") % {"name": row.search.name, "n": row.unmailed}]
        lines += [f"- {title}" for title in headlines[row.pk]]
        lines.append(base + reverse("listening:search", args=[row.search_id]))
        parts.append("\n".join(lines))
    total = sum(row.unmailed for row in rows)
    subject = _("[Loa] %(n)d tin mới trong bộ tìm của bạn") % {"n": total}
    parts.append(_("Mở bộ tìm để thôi nhận thư."))
    return subject, "\n\n".join(parts)


def _headlines(user: Any, rows: list[Follow]) -> dict[int, list[str]]:
    """The newest headlines of papers in each search, as far as the person may read."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        try:
            keys = selectors.found(user, StreamFilter.from_params(row.search.params), limit=min(row.unmailed, 30))
        except QueryError:
            continue
        for item in selectors.rows_of(keys):
            if item.outlet not in PRIVATE and item.title and len(found[row.pk]) < HEADLINES:
                found[row.pk].append(f"{item.title[:140]} ({item.outlet_name})")
    return found
