"""The stream of what is said, one item, one case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.core.errors import AppError, Refused
from loa.lib.nlp.topics import topic_names
from loa.listening import access, selectors, services
from loa.listening.models import CASE_LABELS, HARM_LABELS, OUTLET_LABELS, TONE_LABELS
from loa.listening.rules import CASE_MOVES, PRIVATE, CaseState
from loa.listening.selectors import StreamFilter
from loa.org import access as rights


def _labelled(page: selectors.Page) -> list[dict[str, Any]]:
    names = topic_names()
    return [
        {
            "item": item,
            "units": page.units.get(item.pk, [])[:3],
            "topics": [(code, names.get(code, code)) for code in page.topics.get(item.pk, [])[:3]],
        }
        for item in page.items
    ]


@login_required
def stream(request: HttpRequest) -> HttpResponse:
    """What is said about education, newest first, with filters."""
    if not access.may_read(request.user):
        raise Refused(_("Phần Dư luận dành cho người phụ trách truyền thông, lãnh đạo đơn vị."), code=access.READ)
    wanted = StreamFilter.from_params(request.GET)
    number = int(request.GET["trang"]) if request.GET.get("trang", "").isdigit() else 1
    page = selectors.page_of(selectors.stream(request.user, wanted), number)
    return render(
        request,
        "listening/stream.html",
        {
            "page": page,
            "rows": _labelled(page),
            "wanted": wanted,
            "tones": TONE_LABELS.items(),
            "outlets": OUTLET_LABELS.items(),
            "topics": sorted(topic_names().items(), key=lambda pair: pair[1]),
            "week": selectors.week(request.user),
            "has_sources": access.sources_for(request.user).exists(),
            "may_manage": access.managed_units(request.user).exists(),
            "here": "stream",
        },
    )


@login_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its words, what was made of them and why. A look at a private person's words is written down."""
    found = access.item_for_read(request.user, pk)
    if found.outlet in PRIVATE and not found.forgotten:
        services.item_opened(actor=request.user, item=found)
    names = topic_names()
    return render(
        request,
        "listening/item.html",
        {
            "item": found,
            "units": found.units.select_related("unit").order_by("-score"),
            "topics": [(names.get(row.code, row.code), row.score) for row in found.topics.order_by("-score")],
            "reasons": selectors.reasons(found),
            "corrections": found.corrections.select_related("by")[:10],
            "tones": TONE_LABELS.items(),
            "harms": HARM_LABELS.items(),
            "may_correct": rights.can(request.user, access.MANAGE, found.unit_id),
        },
    )


@login_required
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a part of the analysis right."""
    found = access.item_for_correct(request.user, pk)
    try:
        services.item_correct(
            actor=request.user,
            item=found,
            field=request.POST.get("muc", ""),
            value=request.POST.get("gia-tri", ""),
        )
    except AppError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã sửa. Loa dùng chỗ sửa này để học."))
    return redirect("listening:item", pk)


@login_required
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """A case: who wrote first, who followed, how it goes on; one decision for all."""
    found = access.case_for_read(request.user, pk)
    items = access.items_for(request.user).filter(case=found).select_related("source").order_by("published_at")
    return render(
        request,
        "listening/case.html",
        {
            "case": found,
            "items": items[:200],
            "moves": [(state, CASE_LABELS[CaseState(state)]) for state in CASE_MOVES.moves.get(found.state, ())],
            "may_decide": rights.can(request.user, access.MANAGE, found.unit_id),
        },
    )


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on a case."""
    found = access.case_for_decide(request.user, pk)
    try:
        services.case_decide(
            actor=request.user,
            case=found,
            state=request.POST.get("trang-thai", ""),
            note=request.POST.get("ghi-chu", ""),
        )
    except AppError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã ghi quyết định cho cả vụ việc."))
    return redirect("listening:case", pk)
