"""The form that puts something public on pages, for screens of upper domains: a preview and words per page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from loa.channels import selectors, services
from loa.channels.drafts import Draft
from loa.channels.kinds import Kind, kind_of
from loa.channels.ui.deliveries import dressed, measured
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.core.forms import moment
from loa.lib.typed import whole


def chosen(posted: QueryDict) -> list[int]:
    """The pages that were ticked; raises InvalidInput when there are none, or the form is none of ours."""
    found = [pk for pk in map(whole, posted.getlist("account")) if pk is not None]
    if not found:
        raise InvalidInput(_("Hãy chọn ít nhất một trang để đăng."))
    if not 16 <= len(posted.get("key", "")) <= 40:
        raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
    return found


def queue(request: HttpRequest, draft: Draft, accounts: Iterable[int]) -> int:
    """Queue the draft for these pages as the form says, in the caller's transaction: all of them or none."""
    posted = request.POST
    at = moment(posted.get("day", ""), posted.get("hour", "")) if posted.get("when") == "later" else None
    video = whole(posted.get("video", ""))
    usable = {account.pk: kind_of(account) for account in selectors.usable(request.user)}
    count = 0
    for account in accounts:
        kind = usable.get(account)
        more: dict[str, Any] = {}
        if video and kind and kind.films:
            more = {"video_id": video, "form": posted.get("form", "video")}
        if posted.get("hand_over") and at is not None and kind and kind.keeps_hours:
            more["hand_over"] = True
        changes = {"text": posted[f"text-{account}"]} if f"text-{account}" in posted else {}
        key = f"{posted['key']}:{account}"
        services.post_queue(
            actor=request.user, account_id=account, draft=draft, key=key, at=at, changes=changes, **more
        )
        count += 1
    return count


def context(
    request: HttpRequest, draft: Draft, *, fits: Callable[[Kind], bool] = lambda kind: True
) -> dict[str, Any]:
    """What `channels/_share.html` shows. `fits`: kinds that can take it at all."""
    posted = request.POST
    known = {row.account_id for row in selectors.of_source(draft.source, draft.source_id)}
    usable = [account for account in selectors.usable(request.user) if fits(kind_of(account))]
    drafts = services.tracked(draft, usable)
    picks = []
    drawn = draft.cover.seen() if draft.cover and any(kind_of(one).needs_picture for one in usable) else None
    for account in usable:
        kind = kind_of(account)
        shown = replace(drafts[account.pk], cover=drawn).for_kind(kind)
        preview = kind.fit(shown, {})
        picks.append(
            {
                "account": account,
                "kind": kind,
                "preview": preview,
                "text": posted.get(f"text-{account.pk}", preview["text"]),
                "limit": kind.limits["text"],
                "pictures": shown.pictures[: kind.most_pictures],
                "again": account.pk in known,
                "checked": str(account.pk) in posted.getlist("account"),
            }
        )
    return {
        "picks": picks,
        "keeps_hours": any(pick["kind"].keeps_hours for pick in picks),
        "key": posted.get("key") or secrets.token_urlsafe(18),
        "today": clock.today().isoformat(),
        "holds": selectors.holds(),
    }


def shared(source: str, source_id: int) -> list[Any]:
    """Where something stands on the channels, for its own page."""
    rows = [dressed(row) for row in selectors.of_source(source, source_id)]
    measured(rows)
    return rows
