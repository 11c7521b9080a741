"""The register of sources: list, one source with its health, adding and changing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core import charts, clock
from loa.core.errors import AppError, Refused
from loa.core.forms import DateInput, add_error
from loa.listening import access, selectors, services, texts
from loa.listening.models import OUTLET_LABELS, SOURCE_KIND_LABELS
from loa.listening.rules import ADDED_BY_HAND, FETCHED, FILLED, SourceKind, reads_articles
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
        required=False,
        help_text=gettext_lazy("Địa chỉ RSS, sơ đồ trang hoặc trang mục. Nguồn nhập tay để trống."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    outlet = forms.ChoiceField(
        label=gettext_lazy("Loại nguồn"),
        choices=OUTLET_LABELS.items(),
        help_text=gettext_lazy("Người viết trên mạng xã hội và kênh video chỉ được lưu bằng mã, không lưu tên."),
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
            "Để trống: báo chí 1.095 ngày, mạng xã hội 180 ngày. Sau đó chỉ còn con số."
            " Giảm số ngày thì nội dung đã quá hạn mới cũng bị xóa trong đêm."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, access.managed_units(user))


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All sources, those in trouble first."""
    rows = selectors.sources(request.user)
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
            "fetched": found.kind in FETCHED,
            "whole": reads_articles(found.kind, found.outlet, wanted=found.full_text),
            "by_hand": found.kind == SourceKind.HAND,
            "takes_files": found.kind in FILLED,
            "pushed": found.kind == SourceKind.PUSH,
            "may_manage": access.managed_units(request.user).filter(pk=found.unit_id).exists(),
        },
    )


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Listen to one more source."""
    if not access.managed_units(request.user).exists():
        raise Refused(_("Bạn chưa được phân công quản lý nguồn tin."), code=access.MANAGE)
    form = SourceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = services.source_add(actor=request.user, unit=values.pop("unit"), **values)
        except AppError as error:
            add_error(form, error)
        else:
            if made.kind in FETCHED:
                messages.success(request, _("Đã thêm nguồn. Loa lấy tin lần đầu trong ít phút tới."))
            else:
                messages.success(request, _("Đã thêm nguồn."))
            return redirect("listening:source", made.pk)
    return render(request, "listening/source_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a source."""
    found = access.source_for_manage(request.user, pk)
    fields = ("name", "kind", "url", "outlet", "every", "full_text", "keep_days")
    form = SourceForm(
        request.POST or None, user=request.user, initial={name: getattr(found, name) for name in fields}
    )
    del form.fields["unit"]
    if request.method == "POST" and form.is_valid():
        try:
            services.source_change(actor=request.user, source=found, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("listening:source", found.pk)
    return render(
        request, "listening/source_form.html", {"form": form, "source": found}, status=400 if form.errors else 200
    )


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
