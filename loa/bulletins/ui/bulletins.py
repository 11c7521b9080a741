"""Screens of bulletins: which there are, writing, preview, approval, how sending goes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loa.bulletins import access, selectors, services
from loa.bulletins.channels import SOURCE
from loa.bulletins.engine.mail import for_the_screen
from loa.bulletins.hooks import page_of
from loa.bulletins.models import WHY_LABELS, Bulletin
from loa.bulletins.rules import State, Why, week_of
from loa.bulletins.ui.forms import ApproveForm, NewForm, WordsForm
from loa.channels.selectors import holds_over
from loa.channels.ui.sharing import shared
from loa.core import clock
from loa.core.banners import banner
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.forms import add_error
from loa.lib.typed import whole
from loa.org.access import can

PER_PAGE = 30
#: chip of each state
TONES = {
    State.DRAFT: "plain", State.WAITING: "wait", State.SCHEDULED: "go", State.SENDING: "go", State.HELD: "act",
    State.SENT: "done", State.CANCELLED: "plain",
}  # fmt: skip
#: in these a hold of the channels keeps it waiting, or will
HELD_UP = (State.WAITING, State.SCHEDULED, State.SENDING)
#: deeds of a bulletin's page
DEEDS = {
    "gui-duyet": (services.bulletin_submit, lazy("Đã gửi duyệt. Người duyệt được báo ngay.")),
    "tam-dung": (services.bulletin_hold, lazy("Đã tạm dừng. Thư đang trên đường dừng trong giây lát.")),
    "gui-tiep": (services.bulletin_resume, lazy("Đang gửi tiếp.")),
    "huy": (services.bulletin_cancel, lazy("Đã huỷ bản tin.")),
    "gui-thu": (services.bulletin_test, lazy("Đã gửi một thư thử đến địa chỉ của ông/bà.")),
}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for somebody first, then all bulletins, newest first."""
    if not access.sees_bulletins(request.user):
        raise Refused(_("Ông/bà chưa được phân công việc bản tin."), code="bulletin.read")
    page = Paginator(selectors.bulletins_for(request.user), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "rows": [(row, TONES[State(row.state)]) for row in page],
        "edits": can(request.user, "bulletin.edit"),
        "has_lists": access.lists_readable(request.user).exists(),
        "manages": can(request.user, "bulletin.manage"),
    }
    return render(request, "bulletins/home.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose list and days; Loa proposes the stories."""
    if not can(request.user, "bulletin.edit"):
        raise Refused(_("Ông/bà không soạn bản tin."), code="bulletin.edit")
    first, last = week_of(clock.today())
    form = NewForm(request.POST or None, user=request.user, initial={"first": first, "last": last})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.bulletin_create(
                actor=request.user, list_id=data["list"].pk, first=data["first"], last=data["last"]
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            return redirect("bulletins:write", made.pk)
    context = {"form": form, "has_lists": form.fields["list"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "bulletins/new.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Words, stories and their order."""
    found = access.bulletin_for_read(request.user, pk)
    if not can(request.user, "bulletin.edit", found.mailing_list.unit_id):
        raise Refused(_("Ông/bà xem được bản tin này nhưng không soạn được."), code="bulletin.edit")
    if found.state != State.DRAFT:
        return redirect("bulletins:bulletin", pk)
    form = WordsForm(
        request.POST or None,
        initial={"subject": found.subject, "preheader": found.preheader, "intro": found.intro},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = whole(request.POST.get("version"))
                services.bulletin_save(
                    actor=request.user, bulletin_id=pk, version=-1 if version is None else version,
                    items=_items(request), **form.cleaned_data,
                )  # fmt: skip
                if "submit" in request.POST:
                    services.bulletin_submit(actor=request.user, bulletin_id=pk)
                    messages.success(request, _("Đã gửi duyệt. Người duyệt được báo ngay."))
                else:
                    messages.success(request, _("Đã lưu bản nháp."))
                return redirect("bulletins:bulletin", pk)
            except (InvalidInput, Conflict) as error:
                add_error(form, error)
    context = {
        "bulletin": found,
        "form": form,
        "items": selectors.items_of(found),
        "candidates": selectors.candidates(found),
        "receivers": selectors.receivers(found.mailing_list),
    }
    return render(request, "bulletins/write.html", context, status=status)


def _items(request: HttpRequest) -> list[tuple[int, str]]:
    """(story, own lead) of the ticked ones in the order of their numbers; the later of equals stands after."""
    rows = []
    for at, text in enumerate(request.POST.getlist("story")[:200]):
        story = whole(text)
        if story is None or f"in-{text}" not in request.POST:
            continue
        order = whole(request.POST.get(f"order-{text}"), digits=3)
        rows.append((999 if order is None else order, at, story, request.POST.get(f"lead-{text}", "")))
    return [(story, lead) for _order, _at, story, lead in sorted(rows)]


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview, state, figures, and what this person may do."""
    found = access.bulletin_for_read(request.user, pk)
    return render(request, "bulletins/bulletin.html", _context(request, found))


def _context(request: HttpRequest, found: Bulletin, form: ApproveForm | None = None) -> dict[str, Any]:
    user: Any = request.user
    unit_id = found.mailing_list.unit_id
    begun = found.started_at is not None
    return {
        "bulletin": found,
        "tone": TONES[State(found.state)],
        "text": for_the_screen(found)[1],
        "edits": can(user, "bulletin.edit", unit_id),
        "approves": found.state == State.WAITING and access.may_approve(user, found),
        "controls": can(user, "bulletin.approve", unit_id) or can(user, "bulletin.manage", unit_id),
        "own": found.hands.filter(pk=user.pk).exists(),
        "form": form or ApproveForm(initial={"send_at": _wished(found)}),
        "may_go_on": not found.overtaken or not found.waiting or access.may_approve(user, found),
        "receivers": selectors.receivers(found.mailing_list),
        "begun": begun,
        "holds": holds_over(unit_id) if found.state in HELD_UP else [],
        "may_lift": can(user, "channel.hold"),
        "reasons": [{**row, "label": WHY_LABELS[Why(row["why"])]} for row in selectors.reasons(found)]
        if begun
        else [],
        "web": page_of(found) if selectors.is_public(found) else "",
        "shares": selectors.is_public(found) and access.may_share(user, found),
        "sees_channels": access.may_share(user, found),
        "shared": shared(SOURCE, found.pk) if begun else [],
        "unknown": selectors.unknown_count(found) if begun else 0,
        "retrying": selectors.retrying(found) if begun else 0,
    }


def _wished(found: Bulletin) -> dt.datetime | None:
    """The hour an issue was approved for before it came back, while that is ahead."""
    return found.send_at if found.send_at is not None and found.send_at > clock.now() else None


#: the letter has styles of its own and pictures, and nothing else
LETTER_POLICY = {
    "default-src": [NONE],
    **{f"{kind}-src": [NONE] for kind in ("script", "font", "manifest", "connect", "media", "frame")},
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "https:", "http:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}


@login_required
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter itself, for the preview's frames: its own styles, nothing else."""
    found = access.bulletin_for_read(request.user, pk)
    response = HttpResponse(for_the_screen(found)[0])
    response._csp_replace = LETTER_POLICY  # type: ignore[attr-defined]  # what csp_replace does
    return response


@login_required
@require_POST
def deed(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One thing done to a bulletin; what goes wrong is said on its page."""
    with banner(request):
        messages.success(request, _do(request, pk, what))
    return redirect("bulletins:bulletin", pk)


def _do(request: HttpRequest, pk: int, what: str) -> str:
    if what in DEEDS:
        service, said = DEEDS[what]
        service(actor=request.user, bulletin_id=pk)
        return str(said)
    if what == "tra-lai":
        services.bulletin_return(actor=request.user, bulletin_id=pk, reason=request.POST.get("reason", ""))
        return str(_("Bản tin đã về bản nháp."))
    if what == "duyet":
        form = ApproveForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(_("Giờ gửi chưa đúng. Hãy chọn lại ngày và giờ."), field="send_at")
        version = whole(request.POST.get("version"))
        bulletin = services.bulletin_approve(
            actor=request.user,
            bulletin_id=pk,
            version=-1 if version is None else version,
            send_at=form.cleaned_data["send_at"],
        )
        at = clock.local(bulletin.send_at or clock.now())
        return _("Đã duyệt. Bản tin gửi lúc %s.") % f"{at:%H:%M %d/%m/%Y}"
    if what in ("chua-ro-gui-lai", "chua-ro-da-toi"):
        count = services.unknown_decide(actor=request.user, bulletin_id=pk, again=what == "chua-ro-gui-lai")
        return _("Đã ghi quyết định cho %d thư chưa rõ kết quả.") % count
    raise Http404
