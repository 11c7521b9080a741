"""The register of sources: list, one source with its health, adding and changing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.channels.selectors import sees_channels
from loa.core import charts, clock
from loa.core.errors import AppError, Refused
from loa.core.forms import DateInput, TimeInput, add_error
from loa.listening import access, collecting, selectors, services, texts
from loa.listening.models import OUTLET_LABELS, SOURCE_KIND_LABELS, Source
from loa.listening.rules import ADDED_BY_HAND, FETCHED, FILLED, SourceKind, keep_days, reads_articles
from loa.listening.templatetags.listening import gap
from loa.listening.ui import book
from loa.listening.ui.common import require_read
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit

#: what a person may add; comments on our own channels come by themselves
KINDS = [(kind.value, SOURCE_KIND_LABELS[kind]) for kind in ADDED_BY_HAND]


class SourceForm(forms.Form):
    """A source; its unit is asked only of those who listen for several."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị theo dõi"), empty_label=None)
    name = forms.CharField(
        label=gettext_lazy("Tên nguồn"),
        max_length=160,
        help_text=gettext_lazy("Tên báo, kênh và mục, ví dụ: Báo Sông Lam – Giáo dục."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Cách lấy tin"), choices=KINDS)
    url = forms.CharField(
        label=gettext_lazy("Địa chỉ"),
        max_length=500,
        error_messages={"required": gettext_lazy("Hãy dán địa chỉ trang, bắt đầu bằng https:// hoặc http://.")},
        help_text=gettext_lazy(
            "Dán địa chỉ trang mục, trang chủ, RSS hay kênh YouTube: Loa tự tìm nguồn tin của trang. Nguồn nhập"
            " tay để trống."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    outlet = forms.ChoiceField(
        label=gettext_lazy("Loại nguồn"),
        choices=OUTLET_LABELS.items(),
        help_text=gettext_lazy(
            "Người viết trên mạng xã hội và kênh video chỉ được lưu bằng mã, không lưu tên. Kênh YouTube luôn là"
            " “Kênh video”."
        ),
    )
    every = forms.IntegerField(label=gettext_lazy("Lấy tin mỗi (phút)"), initial=30, min_value=5, max_value=1440)
    full_text = forms.BooleanField(
        label=gettext_lazy("Đọc toàn văn bài"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Loa mở từng bài mới để biết bài nói về trường nào, chủ đề gì. Chỉ giữ phần đầu bài để phân tích và"
            " hiện một đoạn trích. Không dùng cho mạng xã hội, kênh video."
        ),
    )
    keep_days = forms.IntegerField(
        label=gettext_lazy("Giữ nội dung trong (ngày)"),
        required=False,
        help_text=gettext_lazy(
            "Để trống: báo chí 1.095 ngày, mạng xã hội 180 ngày, kênh YouTube 28 ngày. Sau đó chỉ còn con số."
            " Giảm số ngày thì nội dung đã quá hạn mới cũng bị xóa trong đêm."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, access.managed_units(user))
        kind = self.data.get("kind") or self.initial.get("kind") or SourceKind.FEED
        self.fields["url"].required = kind in FETCHED
        if not settings.LOA_YOUTUBE_API_KEY:
            self.fields["kind"].help_text = _(
                "Chưa đọc được kênh YouTube: máy chủ chưa có khoá. Nhờ quản trị máy chủ đặt LOA_YOUTUBE_API_KEY."
            )


@dataclass(frozen=True)
class Look:
    """What a look at the address of a form found, and what may be chosen instead (value of the button, words)."""

    kind: str
    found: collecting.Checked
    trouble: tuple[object, object] | None
    taken: Source | None
    choices: list[tuple[str, str]]


def _look(form: SourceForm, data: Any, unit_id: int, but: int | None = None) -> Look | None:
    """Look at the address of a form that is filled in well; None for kinds that have none. Raises InvalidInput.

    `data`: what the form was sent, where the name is put that came of it.
    """
    # Its name may come of it: an address is pasted before anybody thinks of one.
    fields = services.source_fields(**{**form.cleaned_data, "name": form.cleaned_data["name"] or "…"})
    kind, url = fields["kind"], fields["url"]
    if kind not in FETCHED:
        return None
    found = collecting.check(kind=kind, url=url)
    good = found.code == "ok"
    # What YouTube calls a channel is not kept (its policies); what a paper calls its feed may be.
    if not form.cleaned_data["name"] and kind != SourceKind.YOUTUBE:
        data["name"] = found.title
    choices = []
    if found.code in ("no_feed", "not_feed", "not_sitemap"):
        if kind != SourceKind.PAGE:
            choices.append((SourceKind.PAGE.value, _("Theo dõi tiêu đề mới trên trang này")))
        choices += [
            (f"{SourceKind.SITEMAP}:{one}", _("Đọc sơ đồ trang %(url)s") % {"url": one}) for one in found.sitemaps
        ]
    return Look(
        kind,
        found,
        None if good or found.code == "busy" else texts.fetch_error(found.code),
        services.listened(unit_id, found.feed_url or url, but=but) if good else None,
        choices,
    )


def _asked(request: HttpRequest) -> tuple[Any, bool]:
    """The data of a form, as the choice that was tapped changes it; whether only a look is wanted."""
    data = request.POST.copy()
    kind, _colon, url = str(data.get("chon", "")).partition(":")
    if kind in (SourceKind.PAGE, SourceKind.SITEMAP):
        data["kind"] = kind
        data["url"] = url or data.get("url", "")
    return data, "chon" in data or "xem" in data


def _book(rows: list[Source]) -> HttpResponse:
    """Sources and their health as a workbook, in the order of the page; no words of people."""
    heads = [
        _("Nguồn"), _("Cách lấy tin"), _("Loại"), _("Đơn vị theo dõi"), _("Địa chỉ"), _("Tin gần nhất"),
        _("Thường cách nhau"), _("Tình trạng"), _("Im lặng từ"), _("Điều đã gặp"),
    ]  # fmt: skip
    lines = []
    for row in rows:
        standing = texts.source_standing(row)
        lines.append(
            (
                row.name, row.get_kind_display(), row.get_outlet_display(), row.unit.name, row.url,
                row.last_item_at, gap(row.usual_gap) if row.usual_gap else "", standing.words, row.silent_since,
                texts.fetch_error(standing.code)[0] if standing.code else "",
            )
        )  # fmt: skip
    sheet = book.Sheet(
        _("Nguồn tin"), heads, lines, said=[book.taken_at()], widths=(40, 20, 22, 34, 50, 17, 18, 18, 17, 50)
    )
    return book.workbook("du-luan-nguon-tin", [sheet])


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All sources, those in trouble first."""
    rows = selectors.sources(request.user)
    if book.wanted(request):
        require_read(request.user)
        return _book(rows)
    return render(
        request,
        "listening/sources.html",
        {
            "sources": rows,
            "silent": sum(1 for row in rows if row.active and row.silent_since),
            "failing": sum(1 for row in rows if row.active and row.failures and not row.silent_since),
            "may_manage": access.managed_units(request.user).exists(),
            "here": "sources",
        },
    )


@login_required
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: what it says and how often, its last fetches, what to do when it is in trouble."""
    found = access.source_for_read(request.user, pk)
    days = selectors.per_day(found)
    chart = charts.columns(
        [day.strftime("%d/%m") for day, _count in days],
        [(_("Tin"), [count for _day, count in days])],
        title=_("Số tin mỗi ngày, 30 ngày qua"),
    )
    return render(
        request,
        "listening/source.html",
        {
            "source": found,
            "chart": chart,
            "total": sum(count for _day, count in days),
            "fetches": selectors.fetches_of(found),
            "trouble": texts.fetch_error(found.error) if found.error else None,
            "taken": services.listened(found.unit_id, found.feed_url, but=found.pk)
            if found.error == services.TAKEN
            else None,
            "offers": _offers(found) if found.error in ("no_feed", "feed_lost") else [],
            "ours": found.kind == SourceKind.OURS,
            "sees_channels": found.kind == SourceKind.OURS and sees_channels(request.user),
            "fetched": found.kind in FETCHED,
            "whole": reads_articles(found.kind, found.outlet, wanted=found.full_text),
            "by_hand": found.kind == SourceKind.HAND,
            "takes_files": found.kind in FILLED,
            "films": found.kind == SourceKind.YOUTUBE,
            "pushed": found.kind == SourceKind.PUSH,
            "may_manage": access.managed_units(request.user).filter(pk=found.unit_id).exists(),
        },
    )


def _offers(source: Source) -> list[tuple[str, str]]:
    """What a page without a feed can be listened to as: (address of the form with it chosen, words)."""
    change = reverse("listening:source_change", args=[source.pk])
    found = [(f"{change}?{urlencode({'kieu': SourceKind.PAGE})}", _("Theo dõi tiêu đề mới trên trang này"))]
    for one in selectors.sitemaps_of(source):
        params = urlencode({"kieu": SourceKind.SITEMAP, "dia-chi": one})
        found.append((f"{change}?{params}", _("Đọc sơ đồ trang %(url)s") % {"url": one}))
    return found


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Listen to one more source, or look first what its address gives."""
    if not access.managed_units(request.user).exists():
        raise Refused(_("Bạn chưa được phân công quản lý nguồn tin."), code=access.MANAGE)
    data, look = _asked(request)
    form = SourceForm(data or None, user=request.user)
    form.fields["name"].required = not look
    looked = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        unit = values.pop("unit")
        try:
            if look:
                looked = _look(form, data, unit.pk)
            else:
                made = services.source_add(actor=request.user, unit=unit, **values)
        except AppError as error:
            add_error(form, error)
        else:
            if not look:
                return _added(request, made)
    context = {"form": form, "looked": looked}
    return render(request, "listening/source_form.html", context, status=400 if form.errors else 200)


def _added(request: HttpRequest, made: Source) -> HttpResponse:
    if made.kind in FETCHED:
        messages.success(request, _("Đã thêm nguồn. Loa lấy tin lần đầu trong ít phút tới."))
    else:
        messages.success(request, _("Đã thêm nguồn."))
    return redirect("listening:source", made.pk)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a source; `?kieu=` and `?dia-chi=` fill in what its page offered."""
    found = access.source_for_manage(request.user, pk)
    fields = ("name", "kind", "url", "outlet", "every", "full_text", "keep_days")
    offered = {"kind": request.GET.get("kieu"), "url": request.GET.get("dia-chi")}
    initial = {name: offered.get(name) or getattr(found, name) for name in fields}
    data, look = _asked(request)
    form = SourceForm(data or None, user=request.user, initial=initial)
    if found.kind == SourceKind.OURS:
        # It is called and filled as its channel is: only how long its words stay is the office's to set.
        form.fields = {"keep_days": form.fields["keep_days"]}
        form.fields["keep_days"].help_text = _("Nhiều nhất %(days)d ngày. Sau đó chỉ còn con số.") % {
            "days": keep_days(found.outlet)
        }
    else:
        del form.fields["unit"]
    looked = None
    if request.method == "POST" and form.is_valid():
        try:
            if look:
                looked = _look(form, data, found.unit_id, found.pk)
            else:
                services.source_change(actor=request.user, source=found, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            if not look:
                messages.success(request, _("Đã lưu."))
                return redirect("listening:source", found.pk)
    context = {"form": form, "source": found, "looked": looked}
    return render(request, "listening/source_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop listening to a source, or begin again."""
    found = access.source_for_manage(request.user, pk)
    if found.active:
        services.source_pause(actor=request.user, source=found)
        messages.success(request, _("Đã dừng theo dõi nguồn này. Tin đã có vẫn còn."))
    else:
        services.source_resume(actor=request.user, source=found)
        messages.success(request, _("Đã theo dõi lại nguồn này."))
    return redirect("listening:source", found.pk)


class ClippingForm(forms.Form):
    """An item from print, radio or television, or one somebody came across."""

    title = forms.CharField(label=gettext_lazy("Tiêu đề"), max_length=400)
    outlet = forms.CharField(label=gettext_lazy("Báo, đài, trang"), max_length=160, required=False)
    url = forms.CharField(label=gettext_lazy("Địa chỉ, nếu có"), max_length=1000, required=False)
    on = forms.DateField(label=gettext_lazy("Ngày đăng, phát"), widget=DateInput)
    hour = forms.TimeField(label=gettext_lazy("Giờ đăng, phát"), widget=TimeInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("Nội dung hoặc tóm tắt"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )


@login_required
def clip(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an item by hand into a source of that kind."""
    found = access.source_for_manage(request.user, pk)
    form = ClippingForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.clipping_add(actor=request.user, source=found, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã nhập. Loa phân tích trong ít giây tới."))
            return redirect("listening:source", found.pk)
    context = {"form": form, "source": found}
    return render(request, "listening/clip.html", context, status=400 if form.errors else 200)
