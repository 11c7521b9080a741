"""Whether a remark may stay: proposing, the second opinion, appeal; the rules of law."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels.inbound.acting import OPEN
from loa.channels.inbound.rules import Verb
from loa.channels.texts import reason
from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import DateInput, add_error
from loa.feedback import access, selectors, services
from loa.feedback.models import Ground, Remark, Ruling
from loa.feedback.models.moderation import DEED_LABELS, KLASS_LABELS
from loa.feedback.rules import Deed, Klass, Seen, Stage
from loa.feedback.services.answering import talk_of
from loa.feedback.services.moderation import evidence_opened
from loa.feedback.ui.common import deed, number, staff, undone
from loa.org import access as rights

TONES = {
    Stage.PROPOSED: "act",
    Stage.CARRIED: "done",
    Stage.DECLINED: "plain",
    Stage.APPEALED: "act",
    Stage.UPHELD: "done",
    Stage.OVERTURNED: "wait",
}


def dressed(row: Ruling) -> Ruling:
    """A ruling with what the templates show of it."""
    shown: Any = row
    shown.tone = TONES[Stage(row.stage)]
    shown.late = row.stage in (Stage.PROPOSED, Stage.APPEALED) and row.due_at < clock.now()
    shown.undone = undone(row, row.remark.seen)
    shown.doing = row.action is not None and row.action.status in OPEN
    return row


@staff("GET")
def rulings(request: HttpRequest) -> HttpResponse:
    """What was asked and decided; what waits first."""
    stage = "all" if request.GET.get("muc") == "all" else "wait"
    page = Paginator(selectors.rulings(request.user, stage=stage), 20).get_page(request.GET.get("trang"))
    for row in page.object_list:
        dressed(row)
    context = {
        "page": page,
        "stage": stage,
        "waiting": selectors.rulings_waiting(request.user),
        "here": "rulings",
        "may_manage": rights.can(request.user, access.MANAGE),
    }
    return render(request, "feedback/rulings.html", context)


@staff("GET", "POST")
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose class, ground and what is to become of a remark."""
    remark = access.remark_for(request.user, pk, access.ANSWER)
    error, status = "", 200
    if request.method == "POST":
        try:
            row = services.ruling_propose(
                actor=request.user,
                remark_id=pk,
                klass=request.POST.get("klass", ""),
                deed=request.POST.get("deed", ""),
                ground_id=number(request.POST.get("ground")),
                reason=request.POST.get("reason", ""),
            )
        except AppError as problem:
            if problem.status in (403, 404):
                raise
            error, status = str(problem), problem.status
        else:
            if row.deed == Deed.KEEP:
                messages.success(request, _("Đã ghi: để nguyên và trả lời. Hãy viết câu trả lời."))
                return redirect("feedback:thread", pk=remark.thread_id)
            messages.success(request, _("Đã gửi đề nghị. Người thứ hai được báo; bình luận chưa bị ẩn hay xoá."))
            return redirect("feedback:ruling", pk=row.pk)
    talk = talk_of(remark.thread)
    verbs = talk.VERBS if talk else frozenset()
    context = {
        "remark": remark,
        "thread": remark.thread,
        "klasses": [(klass.value, KLASS_LABELS[klass]) for klass in Klass],
        "deeds": _deeds(remark),
        "removing": Verb.HIDE in verbs,
        "grounds": selectors.grounds_today(),
        "bare": selectors.bare_classes(),
        "error": error,
        "given": request.POST,
    }
    return render(request, "feedback/propose.html", context, status=status)


def _deeds(remark: Remark) -> list[tuple[str, Any]]:
    """What can become of a remark, in words; of one that was not shown yet it is told apart."""
    held = {Deed.KEEP: _("Cho hiện và trả lời"), Deed.HIDE: _("Không cho hiện")}
    words = {**DEED_LABELS, **held} if remark.seen == Seen.WAITING else DEED_LABELS
    return [(one.value, words[one]) for one in Deed]


@staff("GET")
def ruling(request: HttpRequest, pk: int) -> HttpResponse:
    """One ruling with its evidence and every step. The look is written down."""
    row = dressed(access.ruling_for(request.user, pk))
    services.thread_opened(actor=request.user, thread=row.remark.thread)
    decides = access.may(request.user, access.DECIDE, row.remark.thread)
    user = request.user.pk
    newest = not Ruling.objects.filter(remark=row.remark, pk__gt=row.pk).exists()
    context = {
        "row": row,
        "why": reason(row.action.code) if row.action else "",
        "may_redo": decides and newest and bool(undone(row, row.remark.seen)),
        "thread": row.remark.thread,
        "evidence": evidence_opened(row),
        "may_decide": decides and row.stage == Stage.PROPOSED and user != row.proposed_by_id,
        "own": row.stage == Stage.PROPOSED and user == row.proposed_by_id,
        "may_appeal": row.stage == Stage.CARRIED
        and row.deed != Deed.KEEP
        and access.may(request.user, access.ANSWER, row.remark.thread),
        "may_decide_appeal": decides
        and row.stage == Stage.APPEALED
        and user not in (row.proposed_by_id, row.decided_by_id),
        "third": row.stage == Stage.APPEALED and user in (row.proposed_by_id, row.decided_by_id),
    }
    return render(request, "feedback/ruling.html", context)


@deed("feedback:ruling")
def decide(request: HttpRequest, pk: int) -> None:
    """The second person's word."""
    agree = request.POST.get("answer") == "yes"
    services.ruling_decide(
        actor=request.user,
        ruling_id=pk,
        agree=agree,
        opinion=request.POST.get("opinion", ""),
        tell=request.POST.get("tell") == "1",
    )
    messages.success(
        request, _("Đã đồng ý; kênh thực hiện trong vài giây.") if agree else _("Đã ghi: giữ bình luận.")
    )


@deed("feedback:ruling")
def redo(request: HttpRequest, pk: int) -> None:
    """Once more on the channel."""
    services.ruling_redo(actor=request.user, ruling_id=pk)
    messages.success(request, _("Kênh thực hiện lại trong vài giây."))


@deed("feedback:ruling")
def appeal(request: HttpRequest, pk: int) -> None:
    """What the writer objects."""
    services.appeal_record(actor=request.user, ruling_id=pk, text=request.POST.get("appeal", ""))
    messages.success(request, _("Đã nhận khiếu nại. Người thứ ba được báo để xem lại."))


@deed("feedback:ruling")
def appeal_decide(request: HttpRequest, pk: int) -> None:
    """The third person's word."""
    services.appeal_decide(
        actor=request.user,
        ruling_id=pk,
        uphold=request.POST.get("answer") == "uphold",
        answer=request.POST.get("text", ""),
    )
    messages.success(request, _("Đã quyết định khiếu nại."))


class GroundForm(forms.ModelForm):
    """A rule of law."""

    class Meta:
        model = Ground
        fields = ["klass", "law", "article", "text", "valid_from"]
        widgets = {"valid_from": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(klass.value, KLASS_LABELS[klass]) for klass in Klass if klass != Klass.CRITICISM]
        self.fields["klass"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


@staff("GET", "POST")
def grounds(request: HttpRequest) -> HttpResponse:
    """The rules, those in force first; a form for a new one for who keeps them."""
    keeps = rights.units_where(request.user, access.DECIDE).filter(parent=None).exists()
    data = request.POST if request.method == "POST" else None
    form = GroundForm(data)
    status = 200
    if data is not None:
        status = 400
        ending = number(data.get("end"))
        try:
            if ending:
                day = forms.DateField().clean(data.get("valid_to"))
                services.ground_end(actor=request.user, ground_id=ending, on=day)
                messages.success(request, _("Đã ghi ngày hết hiệu lực."))
                return redirect("feedback:grounds")
            if form.is_valid():
                services.ground_save(actor=request.user, code="", **form.cleaned_data)
                messages.success(request, _("Đã thêm căn cứ."))
                return redirect("feedback:grounds")
        except forms.ValidationError:
            messages.error(request, _("Hãy chọn ngày hết hiệu lực."))
            return redirect("feedback:grounds")
        except AppError as error:
            if error.status == 403:
                raise
            if ending:
                messages.error(request, str(error))
                return redirect("feedback:grounds")
            add_error(form, error)
    today = clock.today()
    rows: list[Any] = selectors.grounds()
    for row in rows:
        row.holds = row.holds_on(today)
    rows.sort(key=lambda row: not row.holds)
    context = {
        "rows": rows,
        "form": form if keeps else None,
        "here": "grounds",
        "may_manage": rights.can(request.user, access.MANAGE),
    }
    return render(request, "feedback/grounds.html", context, status=status)
