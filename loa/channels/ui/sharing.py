"""The form that puts something public on pages, for screens of upper domains: a preview and words per page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from loa.channels import access, selectors, services
from loa.channels.drafts import Draft
from loa.channels.kinds import Kind, kind_of
from loa.channels.models import Video
from loa.channels.ui.deliveries import dressed, measured
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound
from loa.core.forms import moment
from loa.lib.typed import whole


def looks(posted: QueryDict) -> bool:
    """Whether the form was only sent to see the previews anew (the button "Xem trước lại", or the script)."""
    return "look" in posted


def photos(posted: QueryDict) -> set[int] | None:
    """Numbers of the ticked photos; None before the form was sent: all of them."""
    if "key" not in posted:
        return None
    return {pk for pk in map(whole, posted.getlist("photo")) if pk is not None}


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
        # Two people who write at once are told of each other: a second post is one that somebody means.
        more["seen"] = whole(posted.get(f"seen-{account}", ""))
        key = f"{posted['key']}:{account}"
        services.post_queue(
            actor=request.user, account_id=account, draft=draft, key=key, at=at, changes=changes, **more
        )
        count += 1
    return count


def context(
    request: HttpRequest, draft: Draft, *, fits: Callable[[Kind], bool] = lambda kind: True
) -> dict[str, Any]:
    """What `channels/share.html` shows: a preview per page of what the form, as far as it is filled, would post.
    `draft` holds the photos that are chosen; `fits`: kinds that can take it at all.
    """
    posted = request.POST
    form = posted.get("form", "video")
    film = _film(request.user, whole(posted.get("video", "")))
    known = {row.account_id for row in selectors.of_source(draft.source, draft.source_id)}
    usable = [account for account in selectors.usable(request.user) if fits(kind_of(account))]
    newest = selectors.newest_of_source(draft.source, draft.source_id, [account.pk for account in usable])
    drafts = services.tracked(draft, usable)
    picks: list[dict[str, Any]] = []
    drawn = draft.cover.seen() if draft.cover and any(kind_of(one).needs_picture for one in usable) else None
    for account in usable:
        kind = kind_of(account)
        shown = replace(drafts[account.pk], cover=drawn).for_kind(kind)
        typed = posted.get(f"text-{account.pk}")
        problem = _unfit(kind, film, form) if film else ""
        if kind.needs_picture and not shown.pictures:
            problem = _("%(name)s cần ít nhất một ảnh làm ảnh bìa.") % {"name": kind.label}
        preview = kind.fit(shown, {} if typed is None else {"text": typed})
        shows_film = film if film and kind.films and not problem else None
        picks.append(
            {
                "account": account,
                "kind": kind,
                "preview": {**preview, "form": form, "link": ""} if shows_film else preview,
                "text": preview["text"] if typed is None else typed,
                "film": shows_film,
                "problem": problem,
                "limit": kind.limits["text"],
                "pictures": shown.pictures[: kind.most_pictures],
                "again": account.pk in known,
                "seen": newest[account.pk].pk if account.pk in newest else 0,
                "checked": str(account.pk) in posted.getlist("account"),
            }
        )
    return {
        "picks": picks,
        "keeps_hours": any(pick["kind"].keeps_hours for pick in picks),
        "key": posted.get("key") or secrets.token_urlsafe(18),
        "today": clock.today().isoformat(),
        "holds": selectors.holds(),
        "when": {name: posted.get(name, "") for name in ("when", "day", "hour", "hand_over")},
    }


def _film(user: Any, pk: int | None) -> Video | None:
    """The chosen film; one that was taken away meanwhile is not chosen any more."""
    try:
        return access.video_for(user, pk) if pk else None
    except NotFound:
        return None


def _unfit(kind: Kind, film: Video, form: str) -> str:
    """Why this kind does not take the film in that form; empty when it does, or takes no films at all."""
    if not kind.films:
        return ""
    try:
        services.film_fits(kind, film, form)
    except InvalidInput as error:
        return str(error)
    return ""


def shared(source: str, source_id: int) -> list[Any]:
    """Where something stands on the channels, for its own page."""
    rows = [dressed(row) for row in selectors.of_source(source, source_id)]
    measured(rows)
    return rows
