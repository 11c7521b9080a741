"""Digests: the list, one digest to edit and approve, its files, when they draft themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core import clock
from loa.core.banners import banner
from loa.core.errors import AppError, Conflict, NotFound, Refused
from loa.core.forms import TimeInput, add_error
from loa.lib.typed import whole
from loa.listening import access, services
from loa.listening.digest.gather import beside_words, title_of
from loa.listening.digest.model import Kind, State
from loa.listening.digest.typed import Clash, Typed
from loa.listening.models import Digest, DigestPlan
from loa.listening.services.digests import MOST_RECIPIENTS, files_of
from loa.listening.ui.common import require_read
from loa.listening.ui.digest_adding import choose_url
from loa.listening.watch.rules import MailState
from loa.org import access as rights

PER_PAGE = 30


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Digests, the newest first."""
    require_read(request.user)
    rows = access.digests_for(request.user).select_related("unit", "approved_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    unit = access.kept_unit(request.user)
    plan = (DigestPlan.objects.filter(unit=unit).first() or DigestPlan(unit=unit)) if unit else None
    return render(
        request,
        "listening/digests.html",
        {
            "page": page,
            "rows": [(digest, title_of(digest)) for digest in page.object_list],
            "plan": plan,
            "month": unit is not None and not _of_month(unit),
            "today": unit is not None and not rows.filter(unit=unit, kind=Kind.DAY, day=clock.today()).exists(),
            "here": "digests",
        },
    )


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft today's digest, or the report of the month, now."""
    unit = access.kept_unit(request.user)
    if unit is None:
        raise Refused(_("Bạn chưa được phân công biên tập điểm báo."), code=access.MANAGE)
    monthly = request.POST.get("ky") == "thang"
    if monthly and _of_month(unit):
        messages.info(request, _("Báo cáo dư luận tháng này đã có."))
        return redirect("listening:digests")
    kind = Kind.MONTH if monthly else Kind.DAY
    made = services.digest_draft(unit_id=unit.pk, kind=kind, day=clock.today())
    if made is None:
        messages.info(request, _("Điểm báo hôm nay đã có."))
        return redirect("listening:digests")
    messages.success(request, _("Đã soạn bản nháp. Sửa rồi duyệt."))
    return redirect("listening:digest", made.pk)


def _of_month(unit: Any) -> bool:
    """Whether this month's report is there."""
    first = clock.today().replace(day=1)
    return Digest.objects.filter(unit=unit, kind=Kind.MONTH, day__gte=first).exists()


def _later(digest: Digest) -> bool:
    """Whether there is a later one of its kind, or its unit ended."""
    rows = Digest.objects.filter(unit=digest.unit_id, kind=digest.kind, until__gt=digest.until)
    return digest.keeper_id is not None or rows.exists()


@login_required
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """One digest; a draft is edited here. What was typed stays, whatever somebody else did meanwhile."""
    found = access.digest_for_read(request.user, pk)
    if request.method != "POST":
        return _page(request, found)
    typed = _typed(request.POST)
    try:
        saved = services.digest_edit(
            actor=request.user,
            digest=found,
            summary=typed.summary,
            proposal=typed.proposal,
            texts=typed.texts,
            shown=typed.shown,
            seen=typed.seen,
            # A page from before there were versions has none: it was filled on what was there then.
            version=whole(request.POST.get("version")) or 0,
        )
    except Conflict as error:
        return _page(request, access.digest_for_read(request.user, pk), typed=typed, error=error)
    if not {"cap-nhat", "duyet", "bo", "them"} & set(request.POST):
        messages.success(request, _("Đã lưu bản nháp."))
    with banner(request):
        if "cap-nhat" in request.POST:
            n = services.digest_renew(actor=request.user, digest=found)
            messages.success(request, _("Đã lưu và cập nhật bản nháp: thêm %(n)d dòng.") % {"n": n})
        elif "duyet" in request.POST:
            services.digest_approve(actor=request.user, digest=found, version=saved.version, seen=typed.seen)
            messages.success(request, _approved(found))
        elif out := whole(request.POST.get("bo")):
            gone = services.digest_take_out(actor=request.user, digest=found, line=out)
            messages.success(
                request,
                _("Đã lưu và bỏ tin khỏi điểm báo.")
                if gone
                else _("Đã lưu. Loa cũng tự lấy tin này nên dòng vẫn còn, bỏ dấu chọn, không in ra."),
            )
        elif "them" in request.POST:
            return redirect(choose_url(found, request.POST["them"]))
    return redirect("listening:digest", pk)


def _typed(post: QueryDict) -> Typed:
    """The form as it was filled."""
    texts = {
        key: str(value)
        for name, value in post.items()
        if name.startswith("dong-") and (key := whole(name[5:])) is not None
    }
    shown, seen = (
        {key for value in post.getlist(name) if (key := whole(value)) is not None} for name in ("hien", "thay")
    )
    return Typed(post.get("nhan-dinh", ""), post.get("de-xuat", ""), texts, shown, seen)


def _page(
    request: HttpRequest, found: Digest, *, typed: Typed | None = None, error: AppError | None = None
) -> HttpResponse:
    """The page of one digest; with `error`, what was `typed` stays in the form, beside what is saved."""
    keeps = rights.can(request.user, access.MANAGE, found.kept_by)
    editable = keeps and found.state == State.DRAFT
    lines = list(found.lines.select_related("case", "added_by"))
    clash = Clash.of(found, lines, typed) if typed else None
    if error and clash and not clash.differs:
        # What was typed is what is saved: pressed twice, nothing is lost.
        messages.error(request, str(error.message))
        return redirect("listening:digest", found.pk)
    mails = list(found.mails.all()[:MOST_RECIPIENTS]) if keeps else []
    context = {
        "digest": found,
        "title": title_of(found),
        "beside": beside_words(Kind(found.kind), back) if (back := found.figures.get("back")) else _("kỳ trước"),
        "stories": [line for line in lines if line.story and (editable or line.shown)],
        "articles": [line for line in lines if not line.story and (editable or line.shown)],
        "editable": editable,
        "newest": editable and not _later(found),
        "mails": mails,
        "refused": sum(row.mail == MailState.REFUSED for row in mails),
        "plan": DigestPlan.objects.filter(unit=found.unit_id).first() if keeps else None,
        "keeps": keeps,
        "error": error,
        "clash": clash,
    }
    return render(request, "listening/digest.html", context, status=error.status if error else 200)


@login_required
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more to those whom the letter certainly did not reach."""
    found = access.digest_for_read(request.user, pk)
    with banner(request):
        n = services.digest_send_again(actor=request.user, digest=found)
        messages.success(request, _("Đang gửi lại %(n)d thư.") % {"n": n})
    return redirect("listening:digest", pk)


def _approved(found: Digest) -> str:
    """What became of it, with how many letters go out."""
    letters = found.mails.count()
    if not letters:
        return _("Đã duyệt. Tải tệp Word, PDF ở bên cạnh. Không có thư nào được gửi vì chưa đặt nơi nhận.")
    return _("Đã duyệt. Tải tệp Word, PDF ở bên cạnh; đang gửi %(n)d thư.") % {"n": letters}


@login_required
def file(request: HttpRequest, pk: int, kind: str) -> FileResponse:
    """The document as .docx or .pdf; a draft prints too, without a date."""
    found = access.digest_for_read(request.user, pk)
    for name, data, mime in files_of(found):
        if name.endswith(f".{kind}"):
            return FileResponse([data], as_attachment=True, filename=name, content_type=mime)
    raise NotFound(_("Chỉ có tệp Word (docx) và PDF."), code="listening.digest.file")


class PlanForm(forms.ModelForm[DigestPlan]):
    """When digests draft themselves and to whom they go."""

    class Meta:
        model = DigestPlan
        fields = ("active", "hour", "monthly", "recipients")
        widgets = {"hour": TimeInput, "recipients": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "recipients": gettext_lazy("Mỗi dòng một địa chỉ. Thư chỉ gửi sau khi điểm báo được duyệt."),
        }


@login_required
def plan(request: HttpRequest) -> HttpResponse:
    """When the unit's digests draft themselves."""
    unit = access.kept_unit(request.user)
    if unit is None:
        raise Refused(_("Bạn chưa được phân công biên tập điểm báo."), code=access.MANAGE)
    mine = DigestPlan.objects.filter(unit=unit).first() or DigestPlan(unit=unit)
    form = PlanForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        try:
            services.digest_plan_save(actor=request.user, unit=unit, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu lịch điểm báo."))
            return redirect("listening:digests")
    return render(
        request, "listening/digest_plan.html", {"form": form, "unit": unit}, status=400 if form.errors else 200
    )
