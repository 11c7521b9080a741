"""Live broadcasts: prepare, see where the camera sends to, begin, end."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import access, selectors, services, texts
from loa.channels.kinds import kind_of
from loa.channels.rules import LiveState
from loa.channels.ui.common import deed, staff
from loa.channels.vault import opened
from loa.core import clock
from loa.core.errors import AppError, Conflict, InvalidInput
from loa.core.forms import moment
from loa.lib.typed import whole

TONES = {
    LiveState.NEW: "act",
    LiveState.READY: "wait",
    LiveState.LIVE: "go",
    LiveState.ENDED: "done",
    LiveState.DROPPED: "plain",
}


@staff("GET", "POST")
def lives(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for a new one."""
    data, status = request.POST, 200
    if request.method == "POST":
        try:
            later = data.get("when") == "later"
            row = services.live_make(
                actor=request.user,
                account_id=whole(data.get("account")) or 0,
                title=data.get("title", ""),
                text=data.get("text", ""),
                key=data.get("key", ""),
                starts_at=moment(data.get("day", ""), data.get("hour", "")) if later else None,
            )
            return redirect("channels:live", pk=row.pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            status = error.status
    page = Paginator(selectors.lives(request.user), 20).get_page(request.GET.get("trang"))
    rows: list[Any] = list(page.object_list)
    page.object_list = rows
    for row in rows:
        row.tone = TONES[LiveState(row.state)]
    context: dict[str, Any] = {
        "page": page,
        "accounts": [one for one in selectors.usable(request.user) if kind_of(one).live is not None],
        "key": data.get("key") or secrets.token_urlsafe(18),
        "typed": data,
        "today": clock.today().isoformat(),
    }
    return render(request, "channels/lives.html", context, status=status)


@staff("GET")
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """One broadcast. Opening it asks the channel how it stands."""
    row: Any = access.live_for(request.user, pk)
    if row.state in (LiveState.READY, LiveState.LIVE):
        row = services.live_look(row)
    server, key = _stream(row)
    context = {
        "row": row,
        "tone": TONES[LiveState(row.state)],
        "reason": texts.reason(row.code),
        "server": server,
        "stream_key": key,
        "viewers": getattr(row, "viewers", ""),
    }
    return render(request, "channels/live.html", context)


def _stream(row: Any) -> tuple[str, str]:
    """(server, key) as camera programs ask for them; empty when there is none (any more)."""
    if not row.stream:
        return "", ""
    try:
        whole = str(opened(row.stream)["url"])
    except AppError:
        return "", ""
    server, _slash, key = whole.rpartition("/")
    return f"{server}/", key


@deed("channels:live")
def again(request: HttpRequest, pk: int) -> None:
    """Make it on the channel after all."""
    row = services.live_try(actor=request.user, live_id=pk)
    if row.state == LiveState.READY:
        messages.success(request, _("Đã tạo trên kênh."))


@deed("channels:live")
def begin(request: HttpRequest, pk: int) -> None:
    """On the air."""
    services.live_begin(actor=request.user, live_id=pk)
    messages.success(request, _("Đang phát trực tiếp."))


@deed("channels:live")
def end(request: HttpRequest, pk: int) -> None:
    """Off the air."""
    services.live_end(actor=request.user, live_id=pk)
    messages.success(request, _("Đã kết thúc."))
