"""Deliveries: the list, one with its attempts and the decision when its result is unknown, holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import access, selectors, services, texts
from loa.channels.kinds import kinds
from loa.channels.models import STATUS_LABELS, Delivery
from loa.channels.rules import STOPPABLE, Status
from loa.channels.ui.common import TONES, deed, staff
from loa.org import access as rights


def dressed(row: Delivery) -> Delivery:
    """A delivery with what the template shows of it."""
    shown: Any = row
    shown.kind = kinds()[row.account.kind]
    shown.tone = TONES[Status(row.status)]
    shown.reason = texts.reason(row.code)
    return row


@staff("GET")
def deliveries(request: HttpRequest) -> HttpResponse:
    """Everything that was or will be sent, newest first."""
    state = request.GET.get("trang-thai", "")
    state = state if state == "ask" or state in set(Status) else ""
    wanted = request.GET.get("kenh", "")
    account = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 12 else None
    rows = selectors.deliveries(request.user, state=state, account=account)
    page = Paginator(rows, 30).get_page(request.GET.get("trang"))
    for row in page.object_list:
        dressed(row)
    context = {
        "page": page,
        "state": state,
        "account": account,
        "accounts": list(selectors.accounts(request.user)[:100]),
        "states": [("ask", _("Cần người xem")), *((s.value, STATUS_LABELS[s]) for s in Status)],
        "holds": selectors.holds(),
        "may_hold": rights.can(request.user, "channel.hold"),
    }
    return render(request, "channels/deliveries.html", context)


@staff("GET")
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what is sent, where it stands, every try, and what a person can do now."""
    row = dressed(selectors.whole(access.delivery_for(request.user, pk)))
    may = rights.can(request.user, "channel.publish", row.account.unit_id)
    context = {
        "row": row,
        "payload": row.post.payload,
        "pictures": list(row.post.pictures.all()),
        "attempts": list(row.attempts.all()),
        "may_cancel": may and row.status in STOPPABLE,
        "may_retry": may and row.status in (Status.FAILED, Status.RETRY),
        "may_decide": may and row.status == Status.UNKNOWN,
    }
    return render(request, "channels/delivery.html", context)


@deed("channels:delivery")
def cancel(request: HttpRequest, pk: int) -> None:
    """Call it off."""
    services.delivery_cancel(actor=request.user, delivery_id=pk)
    messages.success(request, _("Đã huỷ. Bài không được gửi lên trang này."))


@deed("channels:delivery")
def retry(request: HttpRequest, pk: int) -> None:
    """Send it again now."""
    services.delivery_retry(actor=request.user, delivery_id=pk)
    messages.success(request, _("Loa sẽ thử lại trong vài giây."))


@deed("channels:delivery")
def decide(request: HttpRequest, pk: int) -> None:
    """The person's answer to an unknown result."""
    services.delivery_decide(
        actor=request.user,
        delivery_id=pk,
        answer=request.POST.get("answer", ""),
        permalink=request.POST.get("permalink", ""),
    )
    messages.success(request, _("Đã ghi quyết định của bạn."))


@staff("POST")
def hold(request: HttpRequest) -> HttpResponse:
    """Stop everything."""
    from loa.core.errors import InvalidInput

    try:
        services.hold_begin(actor=request.user, unit_id=None, reason=request.POST.get("reason", ""))
        messages.success(request, _("Đã dừng mọi lịch đăng. Không bài nào được gửi cho đến khi bỏ dừng."))
    except InvalidInput as error:
        messages.error(request, str(error))
    return redirect("channels:deliveries")


@staff("POST")
def unhold(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on."""
    services.hold_end(actor=request.user, hold_id=pk)
    messages.success(request, _("Đã cho đăng tiếp. Các bài đang chờ được gửi theo thứ tự."))
    return redirect("channels:deliveries")
