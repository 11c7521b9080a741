"""Cases: the list, one case as a story, one decision for all of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.core import charts
from loa.core.banners import banner
from loa.core.errors import AppError, NotFound, Refused
from loa.listening import access, casebook, services
from loa.listening.events import Matter, handovers, matter_of_case
from loa.listening.models import CASE_LABELS, TONE_LABELS, Case
from loa.listening.rules import CASE_MOVES, PRIVATE, CaseState, Tone
from loa.listening.themes import topic_names
from loa.listening.ui import book
from loa.listening.ui.common import written_down
from loa.org import access as rights

PER_PAGE = 30


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Cases: the open ones first seen."""
    if not access.may_read(request.user):
        raise Refused(_("Phần Dư luận dành cho người phụ trách truyền thông, lãnh đạo đơn vị."), code=access.READ)
    state, text = request.GET.get("trang-thai", ""), request.GET.get("q", "").strip()[:100]
    rows = casebook.list_of(request.user, state=state, text=text)
    if book.wanted(request):
        return _list_book(list(rows[: book.MOST]), text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "listening/cases.html",
        {"page": page, "state": state, "q": text, "states": CASE_LABELS.items(), "here": "cases"},
    )


def _list_book(rows: list[Case], text: str) -> HttpResponse:
    """Cases as a workbook: figures, what was decided; a case is called as papers call it, never as people do."""
    heads = [
        _("Vụ việc"), _("Từ"), _("Đến"), _("Số tin"), _("Số nguồn"), _("Tiêu cực"), _("Trạng thái"),
        _("Người quyết định"), _("Quyết định lúc"), _("Ghi chú"),
    ]  # fmt: skip
    lines = [
        (
            case.title, case.first_at, case.last_at, case.size, case.outlets, case.negative,
            case.get_state_display(), case.decided_by or "", case.decided_at, case.note,
        )
        for case in rows
    ]  # fmt: skip
    said = [_("Tên có: %s") % text] if text else []
    sheet = book.Sheet(
        _("Vụ việc"), heads, lines, said=[*said, book.taken_at(len(rows))], widths=(70, 17, 17, 9, 10, 10, 20, 26)
    )
    return book.workbook("du-luan-vu-viec", [sheet])


def _book(request: HttpRequest, found: Case, story: casebook.Story) -> HttpResponse:
    """A case as a workbook: who wrote what when, and its figures. Words of people were taken: written down."""
    items = [(item, line.item) for line in story.lines for item in (line.item, *line.copies)]
    services.items_taken(
        actor=request.user,
        count=len(items),
        private=sum(item.outlet in PRIVATE for item, _leader in items),
        params={"vu-viec": str(found.pk)},
    )
    names = topic_names()
    heads = book.item_heads(_("Đăng lại của"))
    lines = [book.item_line(item, "" if item is leader else leader.outlet_name) for item, leader in items]
    counts = [
        *((_("Sắc thái"), TONE_LABELS[tone], story.tones.get(tone, 0)) for tone in Tone),
        *((_("Nguồn"), name, n) for name, n in story.outlets),
        *((_("Đơn vị"), name, n) for _pk, name, n in story.units),
        *((_("Chủ đề"), names.get(code, code), n) for code, n in story.topics),
    ]
    size = _("%(n)d tin") % {"n": found.size}
    if story.hidden:
        size = _("%(n)d tin, tệp này có %(m)d") % {"n": found.size, "m": len(items)}
    said = [found.title, f"{size}; {found.get_state_display()}"]
    return book.workbook(
        f"du-luan-vu-viec-{found.pk}",
        [
            book.Sheet(_("Vụ việc"), heads, lines, said=[*said, book.taken_at()], widths=book.item_widths(26)),
            book.Sheet(_("Số liệu"), [_("Mục"), _("Tên"), _("Số tin")], counts, widths=(16, 44)),
        ],
    )


@login_required
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """A case: who wrote first, who followed, how it goes on; one decision for all."""
    found = access.case_for_read(request.user, pk)
    if book.wanted(request):
        return _book(request, found, casebook.story_of(request.user, found, most=book.MOST))
    story = casebook.story_of(request.user, found)
    written_down(request, (one for line in story.lines for one in (line.item, *line.copies)))
    names = topic_names()
    chart = charts.columns(
        [label for label, _counts in story.volume],
        [
            (str(TONE_LABELS[tone]), [counts[at] for _label, counts in story.volume])
            for at, tone in enumerate(Tone)
            if any(counts[at] for _label, counts in story.volume)
        ],
        title=_("Số tin theo thời gian, theo sắc thái"),
    )
    return render(
        request,
        "listening/case.html",
        {
            "case": found,
            "story": story,
            "chart": chart if len(story.volume) > 1 else "",
            "outlets": charts.bars(story.outlets[:8], title=_("Số tin của từng nguồn")),
            "topics": [(code, names.get(code, code), n) for code, n in story.topics[:5]],
            "tones": [(tone, TONE_LABELS[tone], story.tones.get(tone, 0)) for tone in Tone],
            "moves": [(state, CASE_LABELS[CaseState(state)]) for state in CASE_MOVES.moves.get(found.state, ())],
            "may_decide": rights.can(request.user, access.MANAGE, found.unit_id),
            "handovers": offered(request.user, matter_of_case(found)),
            "others": casebook.perhaps_same(request.user, found),
        },
    )


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on a case."""
    found = access.case_for_decide(request.user, pk)
    state, note = request.POST.get("trang-thai", ""), request.POST.get("ghi-chu", "")
    with banner(request):
        now = services.case_decide(actor=request.user, case=found, state=state, note=note)
        told = _("Đã ghi quyết định cho cả vụ việc.")
        if now.also and state == CaseState.IRRELEVANT:
            told += " " + _("%(n)d tin không còn tính vào số liệu, cảnh báo, điểm báo.") % {"n": now.also}
        elif now.also:
            told += " " + _("%(n)d tin được tính lại.") % {"n": now.also}
        messages.success(request, told)
    return redirect("listening:case", pk)


@login_required
@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """An item does not belong to its case."""
    item = access.item_for_correct(request.user, pk)
    case_id = item.case_id
    try:
        services.case_take_out(actor=request.user, item=item)
    except AppError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã tách tin khỏi vụ việc."))
    left = case_id and casebook.cases_for(request.user).filter(pk=case_id).exists()
    return redirect("listening:case", case_id) if left else redirect("listening:item", pk)


@login_required
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two cases are one."""
    found = access.case_for_decide(request.user, pk)
    other = request.POST.get("vao", "")
    into = access.case_for_decide(request.user, int(other) if other.isdecimal() and len(other) < 12 else 0)
    try:
        kept = services.case_merge(actor=request.user, case=found, into=into)
    except AppError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
        return redirect("listening:case", pk)
    messages.success(request, _("Đã gộp hai vụ việc thành một."))
    return redirect("listening:case", kept.pk)


def offered(user: Any, matter: Matter) -> list[tuple[str, Any]]:
    """(name, label) of what one tap may make of it."""
    return [(name, one.label) for name, one in handovers.items() if one.may(user, matter)]


def handed_over(user: Any, matter: Matter, name: str) -> str:
    """Make it; its address. Raises NotFound when nobody takes it."""
    handover = dict(handovers.items()).get(name)
    if handover is None or not handover.may(user, matter):
        raise NotFound(_("Không có nơi nào nhận vụ việc này."), code="listening.handover.missing")
    return handover.make(user, matter)


@login_required
@require_POST
def hand_over(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One tap: whoever registered for it makes something of the case, with everything attached."""
    found = access.case_for_decide(request.user, pk)
    try:
        return redirect(handed_over(request.user, matter_of_case(found), name))
    except AppError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
        return redirect("listening:case", pk)
