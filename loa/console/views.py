"""The staff's home, notices, search, and the page of components."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.accounts.selectors import notices_of
from loa.accounts.services import mark_read
from loa.console import search as finder
from loa.console.desk import sits_in_office
from loa.console.home import office, school
from loa.core.messages import messages as texts

PAGE = 30


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What to do now: the office's figures, or the notebook of one unit."""
    if sits_in_office(request.user):
        return render(request, "console/office.html", office(request.user))
    return render(request, "console/school.html", school(request.user))


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Units, stories and plans the person may see; no diacritics needed."""
    query = request.GET.get("q", "").strip()[:100]
    groups = finder.find(request.user, query) if len(query) >= finder.SHORTEST else []
    return render(
        request,
        "console/search.html",
        {"search_query": query, "groups": groups, "shortest": finder.SHORTEST},
    )


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What the person has been told."""
    page = Paginator(notices_of(request.user), PAGE).get_page(request.GET.get("trang"))
    rows = []
    for notice in page.object_list:
        message = texts.get(notice.code)
        try:
            text = message.render(notice.data) if message else ""
        except (KeyError, TypeError, ValueError):
            text = ""
        rows.append(
            {
                "notice": notice,
                "text": text or _("Có việc mới cần xem."),
                "icon": message.icon if message else "bell",
                "tone": message.tone if message else "info",
            }
        )
    return render(request, "console/notices.html", {"page": page, "rows": rows})


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    mark_read(actor=request.user)
    return redirect("console:notices")


@login_required
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it points."""
    notice = notices_of(request.user).filter(pk=pk).first()
    if notice is None:
        raise Http404
    mark_read(actor=request.user, ids=[pk])
    if notice.url and url_has_allowed_host_and_scheme(
        notice.url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(notice.url)
    return redirect("console:notices")


@login_required
def design(request: HttpRequest) -> HttpResponse:
    """Every component of the design system, from the templates the screens use."""
    from loa.console.design import context

    return render(request, "console/design.html", context(request))
