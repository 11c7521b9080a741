"""Hot issues: the list, one issue with everything about it, what people do with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.core.banners import banner
from loa.core.errors import Conflict, Refused
from loa.incidents import access, selectors, services
from loa.incidents.handover import matter_of
from loa.incidents.models import LEVEL_LABELS, STATE_LABELS
from loa.incidents.rules import MOVES, State
from loa.incidents.texts import entry_words
from loa.listening.access import READ

PER_PAGE = 30
#: of the log so many are shown
MOST_ENTRIES = 200


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Issues: those that are not over, the gravest first; on demand all."""
    if not access.sees(request.user):
        raise Refused(_("Phần Vấn đề nóng dành cho người phụ trách truyền thông, lãnh đạo đơn vị."), code=READ)
    state = request.GET.get("trang-thai", "")
    page = Paginator(selectors.listed(request.user, state), PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "incidents/list.html", {"page": page, "state": state, "states": STATE_LABELS.items()})


@login_required
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One issue."""
    found = access.incident_for_read(request.user, pk)
    handles = access.may_handle(request.user, found)
    return render(
        request,
        "incidents/incident.html",
        {
            "incident": found,
            "pressed": selectors.pressed(found),
            "people": selectors.said_by_people(found),
            "entries": [
                (entry, entry_words(entry)) for entry in found.entries.select_related("by")[:MOST_ENTRIES]
            ],
            "handles": handles,
            "may_approve": access.may_approve(request.user, found),
            "helpers": services.helpers(found) if handles else [],
            "levels": [(level.value, label) for level, label in LEVEL_LABELS.items()],
            "moves": [(state, STATE_LABELS[State(state)]) for state in MOVES.moves.get(found.state, ())],
            "ended": found.state == State.CLOSED,
        },
    )


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name, level, who leads."""
    found = access.incident_for_read(request.user, pk)
    level, lead = request.POST.get("muc", ""), request.POST.get("nguoi", "")
    with banner(request, _("Đã lưu.")):
        people = {str(user.pk): user for user in services.helpers(found)}
        if lead not in people:
            raise Conflict(_("Người này không phụ trách. Hãy chọn trong danh sách."))
        services.incident_set(
            actor=request.user,
            incident=found,
            title=request.POST.get("ten", ""),
            level=int(level) if level.isdecimal() and len(level) < 3 else 0,
            lead=people[lead],
        )
    return redirect("incidents:incident", pk)


@login_required
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done."""
    found = access.incident_for_read(request.user, pk)
    with banner(request, _("Đã ghi vào nhật ký.")):
        services.incident_note(actor=request.user, incident=found, text=request.POST.get("noi-dung", ""))
    return redirect("incidents:incident", pk)


@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another state."""
    found = access.incident_for_read(request.user, pk)
    state, text = request.POST.get("trang-thai", ""), request.POST.get("noi-dung", "")
    with banner(request, _("Đã chuyển trạng thái.")):
        services.incident_move(actor=request.user, incident=found, state=state, text=text)
    return redirect("incidents:incident", pk)


@login_required
@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """What came since."""
    found = access.incident_for_read(request.user, pk)
    with banner(request):
        matter: Any = matter_of(found)
        if matter is None:
            raise Conflict(_("Vụ việc trong Dư luận không còn nên không cập nhật được."))
        added = services.incident_refresh(actor=request.user, incident=found, matter=matter)
        messages.success(request, _("Đã thêm %(n)d tin.") % {"n": added} if added else _("Không có tin mới."))
    return redirect("incidents:incident", pk)


@login_required
@require_POST
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """What the office says first."""
    found = access.incident_for_read(request.user, pk)
    with banner(request, _("Đã soạn. Người có thẩm quyền được báo để duyệt.")):
        services.statement_write(actor=request.user, incident=found, text=request.POST.get("phat-ngon", ""))
    return redirect("incidents:incident", pk)


@login_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else approves it."""
    found = access.incident_for_read(request.user, pk)
    with banner(request, _("Đã duyệt phát ngôn.")):
        services.statement_approve(actor=request.user, incident=found, text=request.POST.get("phat-ngon", ""))
    return redirect("incidents:incident", pk)
