"""A public issue on the pages of the unit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loa.bulletins import access, selectors
from loa.bulletins.channels import draft_of, fits
from loa.bulletins.models import Bulletin
from loa.channels.ui import sharing
from loa.core.errors import Conflict, InvalidInput


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen "Đăng lên kênh"."""
    bulletin = access.bulletin_for_share(request.user, pk)
    if not selectors.is_public(bulletin):
        messages.error(
            request, _("Chỉ đưa lên kênh được bản tin đã bắt đầu gửi, của danh sách ai cũng đăng ký được.")
        )
        return redirect("bulletins:bulletin", pk)
    status = 200
    if request.method == "POST" and not sharing.looks(request.POST):
        try:
            count = _queue(request, bulletin)
            messages.success(request, _("Đã xếp %(n)d bài lên kênh. Theo dõi kết quả ở mục Kênh.") % {"n": count})
            return redirect("bulletins:bulletin", pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            status = error.status
    context = {"bulletin": bulletin, **sharing.context(request, draft_of(bulletin), fits=fits)}
    return render(request, "bulletins/share.html", context, status=status)


@transaction.atomic
def _queue(request: HttpRequest, bulletin: Bulletin) -> int:
    """All of the chosen pages or none; read under lock: what is being cancelled is not put on a channel."""
    accounts = sharing.chosen(request.POST)
    locked = access.bulletin_for_share(request.user, bulletin.pk, lock=True)
    if not selectors.is_public(locked):
        raise Conflict(_("Bản tin vừa bị huỷ nên không đưa lên kênh nữa."))
    return sharing.queue(request, draft_of(locked), accounts)
