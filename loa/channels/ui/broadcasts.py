"""Broadcasts to an OA's followers: asking, the forecast, the second person's decision."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import access, selectors, services
from loa.channels.models import Broadcast
from loa.channels.rules import Intent
from loa.channels.services.broadcasts import AGAINST, in_window
from loa.channels.ui.common import deed, staff
from loa.channels.ui.deliveries import dressed
from loa.channels.zalo import targets
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.core.forms import moment
from loa.lib.typed import whole

TONES = {
    Broadcast.State.ASKED: "act",
    Broadcast.State.APPROVED: "done",
    Broadcast.State.DECLINED: "plain",
    Broadcast.State.DROPPED: "plain",
}


def _dress(row: Any) -> Any:
    row.tone = TONES[Broadcast.State(row.state)]
    if row.delivery is not None:
        dressed(row.delivery)
    return row


@staff("GET")
def broadcasts(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    page = Paginator(selectors.broadcasts(request.user), 30).get_page(request.GET.get("trang"))
    for row in page.object_list:
        _dress(row)
    return render(request, "channels/broadcasts.html", {"page": page})


@staff("GET", "POST")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for sending an article that is out (with up to four others) to the followers."""
    article = access.delivery_for(request.user, pk, "channel.publish")
    if article.intent != Intent.PUBLISH or article.account.kind != "zalo":
        raise NotFound(_("Chỉ gửi truyền thông được bài viết của Zalo OA."))
    data, status = request.POST, 200
    aimed = targets.clean({name: data.getlist(name) for name in targets.FIELDS})
    if request.method == "POST":
        try:
            at = moment(data.get("day", ""), data.get("hour", "")) if data.get("when") == "later" else None
            if data.get("step") != "look":
                row = services.broadcast_ask(
                    actor=request.user,
                    deliveries=[
                        pk,
                        *(key for one in data.getlist("article") if (key := whole(one)) is not None),
                    ],
                    target=aimed,
                    at=at,
                    note=data.get("note", ""),
                    key=data.get("key", ""),
                )
                messages.success(request, _("Đã gửi đề nghị. Bài chỉ được gửi khi một biên tập viên khác duyệt."))
                return redirect("channels:broadcast", pk=row.pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            at, status = None, error.status
    else:
        at = None
    at = in_window(at or clock.now())
    fields = [
        {
            "name": name,
            "label": targets.LABELS[name],
            "many": name == "cities",
            "one": name == "gender",
            "values": [
                (value, label, value in aimed.get(name, ["0"] if name == "gender" else []))
                for value, label in values.items()
            ],
        }
        for name, values in targets.FIELDS.items()
    ]
    context: dict[str, Any] = {
        "article": article,
        "others": [one for one in selectors.broadcastable(article.account) if one.pk != pk],
        "ticked": data.getlist("article"),
        "fields": fields,
        "at": at,
        "note": data.get("note", ""),
        "later": data.get("when") == "later",
        "day": data.get("day", ""),
        "hour": data.get("hour", ""),
        "today": clock.today().isoformat(),
        "key": data.get("key") or secrets.token_urlsafe(18),
        **_forecast(article.account, aimed, at),
    }
    return render(request, "channels/broadcast_ask.html", context, status=status)


def _forecast(account: Any, aimed: dict[str, list[str]], at: Any, *, without: int | None = None) -> dict[str, Any]:
    found = selectors.broadcast_forecast(account, aimed, clock.local(at).date(), without=without)
    return {"forecast": found, "against": [AGAINST[code] for code in found.against]}


@staff("GET")
def broadcast(request: HttpRequest, pk: int) -> HttpResponse:
    """One broadcast: what, to whom, when, what speaks against it, and the decision."""
    row = _dress(access.broadcast_for(request.user, pk))
    asked = row.state == Broadcast.State.ASKED
    context: dict[str, Any] = {
        "row": row,
        "articles": _as_read(row),
        "aimed": targets.words(row.target),
        "own": row.asked_by_id == request.user.pk,
        "asked": asked,
    }
    if asked:
        context |= _forecast(row.account, row.target, in_window(max(row.at, clock.now())), without=row.pk)
    return render(request, "channels/broadcast.html", context)


def _as_read(row: Broadcast) -> list[Any]:
    """Its articles as readers find them now: `shown` (title, text, paragraphs, link) and `pictures` of each."""
    articles: list[Any] = [item.delivery for item in row.items.select_related("delivery__post")]
    posts = selectors.posts_out(articles)
    for one in articles:
        one.shown = posts[one.pk].payload
        one.pictures = [picture for picture in posts[one.pk].pictures.all() if not picture.gone]
    return articles


@deed("channels:broadcast")
def approve(request: HttpRequest, pk: int) -> None:
    """Yes."""
    services.broadcast_approve(actor=request.user, broadcast_id=pk)
    messages.success(request, _("Đã duyệt. Loa gửi đúng giờ; Zalo còn duyệt khoảng 30 phút trước khi phát."))


@deed("channels:broadcast")
def decline(request: HttpRequest, pk: int) -> None:
    """No, or taken back."""
    services.broadcast_decline(actor=request.user, broadcast_id=pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("Đã ghi. Không có gì được gửi."))
