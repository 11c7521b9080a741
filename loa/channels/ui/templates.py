"""Templates the channel approved: the list, one message by one of them."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.channels import access, selectors, services
from loa.channels.kinds import kind_of
from loa.channels.rules import Intent
from loa.channels.services.templates import READY
from loa.channels.ui.common import staff
from loa.core.errors import Conflict, InvalidInput, Unavailable

STATES = {
    "ENABLE": ("done", gettext_lazy("Dùng được")),
    "PENDING_REVIEW": ("wait", gettext_lazy("Zalo đang duyệt")),
    "REJECT": ("act", gettext_lazy("Zalo không duyệt")),
    "DISABLE": ("plain", gettext_lazy("Đã ngừng")),
}


@staff("GET")
def templates(request: HttpRequest) -> HttpResponse:
    """All templates, and a button per OA to read them anew."""
    rows: list[Any] = list(selectors.templates(request.user)[:300])
    for row in rows:
        row.tone, row.state = STATES.get(row.status, ("plain", row.status))
    accounts = [one for one in selectors.usable(request.user) if Intent.TEMPLATE in kind_of(one).intents]
    return render(request, "channels/templates.html", {"rows": rows, "accounts": accounts})


@staff("POST")
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the templates of an OA anew."""
    try:
        count = services.templates_sync(actor=request.user, account_id=pk)
        messages.success(request, _("Đã đồng bộ %(n)d mẫu tin.") % {"n": count})
    except (Conflict, Unavailable) as error:
        messages.error(request, str(error))
    return redirect("channels:templates")


@staff("GET", "POST")
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One template and a form for one message; what was typed is kept when it is refused."""
    row = access.template_for(request.user, pk)
    data, status = request.POST, 200
    if request.method == "POST":
        try:
            made = services.template_send(
                actor=request.user,
                template_id=pk,
                phone=data.get("phone", ""),
                data={param["name"]: data.get(f"p-{param['name']}", "") for param in row.params},
                key=data.get("key", ""),
                test=data.get("test") == "1",
            )
            messages.success(request, _("Đã xếp tin vào hàng gửi; kết quả hiện ở trang này."))
            return redirect("channels:delivery", pk=made.pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            status = error.status
    tone, state = STATES.get(row.status, ("plain", row.status))
    context = {
        "row": row,
        "tone": tone,
        "state": state,
        "usable": row.status == READY,
        "params": [{**param, "value": data.get(f"p-{param['name']}", "")} for param in row.params],
        "phone": data.get("phone", ""),
        "key": data.get("key") or secrets.token_urlsafe(18),
    }
    return render(request, "channels/template.html", context, status=status)
