"""Searches people keep: the list, one of them as a stream, saving, being told, dropping."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.core.errors import AppError
from loa.listening import access, selectors, services
from loa.listening.selectors import StreamFilter
from loa.listening.ui.common import require_read
from loa.listening.ui.stream import show


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All of the person's, those with something new first; and how a query is written."""
    require_read(request.user)
    rows = sorted(selectors.kept(request.user), key=lambda one: not one.fresh)
    return render(request, "listening/searches.html", {"rows": rows, "here": "searches"})


@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The stream as a saved search wants it; what is new has been seen then."""
    search = access.search_for_read(request.user, pk)
    answer = show(request, search)
    services.search_looked(actor=request.user, search=search)
    return answer


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the stream shows under a name; a refusal loses nothing of it."""
    wanted = StreamFilter.from_params(request.POST)
    unit = access.kept_unit(request.user) if request.POST.get("chung") else None
    try:
        search = services.search_save(
            actor=request.user,
            name=request.POST.get("ten", ""),
            wanted=wanted,
            unit=unit,
            notify=bool(request.POST.get("bao")),
            mail=request.POST.get("bao") == "thu",
        )
    except AppError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
        rest = {**wanted.params(), "luu": request.POST.get("ten", "")[:80]}
        return redirect(f"{reverse('listening:stream')}?{urlencode(rest)}")
    messages.success(request, _("Đã lưu bộ tìm “%(name)s”.") % {"name": search.name})
    return redirect("listening:search", search.pk)


@login_required
@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Be told of new items, or no longer."""
    search = access.search_for_read(request.user, pk)
    wanted = request.POST.get("bao", "")
    try:
        services.search_notify(actor=request.user, search=search, on=wanted in ("1", "thu"), mail=wanted == "thu")
    except AppError as error:
        messages.error(request, str(error))
        return redirect("listening:search", pk)
    told = {
        "1": _("Loa sẽ báo khi có tin mới."),
        "thu": _("Loa sẽ báo và gửi thư gom, nhiều nhất ba giờ một thư."),
    }
    messages.success(request, told.get(wanted, _("Đã tắt báo tin mới.")))
    return redirect("listening:search", pk)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it no longer."""
    search = access.search_for_read(request.user, pk)
    services.search_drop(actor=request.user, search=search)
    messages.success(request, _("Đã xoá bộ tìm “%(name)s”.") % {"name": search.name})
    return redirect("listening:searches")
