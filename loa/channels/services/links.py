"""Writes and addresses of tracked links: each page gets its own short address of the same public page.

Counted is how often it was opened on a day, for all readers together: no cookie, no address, no reader is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from loa.channels.drafts import Draft
from loa.channels.kinds import kind_of
from loa.channels.models import PostLink, PostLinkDay
from loa.core import clock

LETTERS = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
#: what channels and search engines send to look at a link before people do
_MACHINES = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|facebookexternalhit|facebot|zalo.*(?:scan|fetch)|whatsapp|curl|wget"
    r"|python|okhttp|headless|^$",
    re.I,
)


def code_of(account_id: int, source: str, source_id: int) -> str:
    """Eight letters nobody mixes up, always the same for one page and one thing."""
    raw = hmac.new(
        settings.SECRET_KEY.encode(), f"link:{account_id}:{source}:{source_id}".encode(), hashlib.sha256
    ).digest()
    number = int.from_bytes(raw[:12])
    out = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(LETTERS))
        out.append(LETTERS[rest])
    return "".join(out)


def tracked(draft: Draft, accounts: Iterable[Any]) -> dict[int, Draft]:
    """account → the draft with the address of that account; one query, nothing is written (previews)."""
    rows = list(accounts)
    found = dict.fromkeys((row.pk for row in rows), draft)
    if not draft.link:
        return found
    wanted = [row.pk for row in rows if kind_of(row).tracks_links]
    known = dict(
        PostLink.objects.filter(account__in=wanted, source=draft.source, source_id=draft.source_id).values_list(
            "account", "code"
        )
    )
    for pk in wanted:
        code = known.get(pk) or code_of(pk, draft.source, draft.source_id)
        found[pk] = replace(draft, link=_address(code), page=draft.link)
    return found


def _address(code: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("channel_link", args=[code])


def remember(draft: Draft, account: Any) -> Draft:
    """The draft with the account's own address, which works from now on; in the caller's transaction."""
    made = tracked(draft, [account])[account.pk]
    if made.page:
        row, created = PostLink.objects.get_or_create(
            account=account,
            source=draft.source,
            source_id=draft.source_id,
            defaults={"code": made.link.rsplit("/", 1)[-1], "target": made.page},
        )
        if not created and row.target != made.page:
            PostLink.objects.filter(pk=row.pk).update(target=made.page)
    return made


def followed(code: str, agent: str) -> str | None:
    """Where the address leads, counted unless a machine looks; None when there is no such address."""
    row = PostLink.objects.filter(code=code).first()
    if row is None:
        return None
    if not _MACHINES.search(agent):
        day = clock.today()
        for _try in (1, 2):
            if PostLinkDay.objects.filter(link=row, day=day).update(count=F("count") + 1):
                break
            PostLinkDay.objects.bulk_create([PostLinkDay(link=row, day=day, count=0)], ignore_conflicts=True)
    target: str = row.target
    return target
