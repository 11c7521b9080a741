"""The register of legal documents: list, page of a document, adding and editing, table out and in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.audit.selectors import history_of
from loa.audit.texts import sentence
from loa.core import clock, downloads
from loa.core.banners import banner
from loa.core.errors import AppError, NotFound
from loa.core.forms import DateInput, add_error
from loa.org.importers.read import MOST_BYTES
from loa.plans import access, events, services, texts
from loa.plans.models import LegalChange, LegalDocument, TableImport
from loa.plans.rules.legal import STATES
from loa.plans.selectors import legal as selectors
from loa.plans.tables import legal as tables

PAGE = 40
_ORDER = {tables.BAD: 0, tables.CHANGED: 1, tables.NEW: 2, tables.SAME: 3}


class LegalForm(forms.Form):
    """One document of the register."""

    kind = forms.CharField(
        label=lazy("Tên loại"), max_length=60, help_text=lazy("Luật, Nghị định, Thông tư, Quyết định, Kế hoạch…")
    )
    number = forms.CharField(label=lazy("Số, ký hiệu"), max_length=60, help_text=lazy("Ví dụ 30/2020/NĐ-CP"))
    signed_on = forms.DateField(label=lazy("Ngày ban hành"), required=False, widget=DateInput)
    issuer = forms.CharField(label=lazy("Cơ quan ban hành"), max_length=200, required=False)
    subject = forms.CharField(
        label=lazy("Trích yếu"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    valid_from = forms.DateField(label=lazy("Có hiệu lực từ"), required=False, widget=DateInput)
    valid_to = forms.DateField(
        label=lazy("Hết hiệu lực từ"),
        required=False,
        widget=DateInput,
        help_text=lazy("Ngày đầu tiên không còn hiệu lực; chưa biết thì để trống."),
    )
    replaced = forms.CharField(
        label=LegalChange.Kind.REPLACED.label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Mỗi dòng một văn bản, ví dụ: Nghị định 224/2026/NĐ-CP. Có trong sổ thì tự nối."),
    )
    partly = forms.CharField(
        label=LegalChange.Kind.PARTLY.label, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    amended = forms.CharField(
        label=LegalChange.Kind.AMENDED.label, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=lazy("Ghi chú"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(
        label=lazy("Nguồn"),
        max_length=300,
        required=False,
        help_text=lazy("Lấy thông tin này ở đâu: Công báo, cơ sở dữ liệu văn bản, bản giấy…"),
    )
    verified = forms.BooleanField(label=lazy("Đã đối chiếu với văn bản gốc"), required=False)


class TableForm(forms.Form):
    """A table to be read."""

    file = forms.FileField(
        label=lazy("Tệp .xlsx hoặc .csv"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"})
    )

    def clean_file(self) -> Any:
        """Not larger than can be read at once."""
        upload = self.cleaned_data["file"]
        if upload.size > min(MOST_BYTES, settings.LOA_UPLOAD_MAX_BYTES):
            raise forms.ValidationError(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."))
        return upload


def _row(document: LegalDocument, day: Any) -> dict[str, Any]:
    state = selectors.state_of(document, day)
    label, chip = texts.LEGAL_STATE[state]
    return {
        "document": document,
        "state": state,
        "label": label,
        "chip": chip,
        "validity": texts.validity_words(document, state),
        "changes": list(document.changes.all()),
    }


@login_required
@require_GET
def legal_list(request: HttpRequest) -> HttpResponse:
    """The register, searched and filtered. A fixed number of queries."""
    access.require_staff(request.user)
    day = clock.today()
    state = request.GET.get("xem", "")
    query = request.GET.get("q", "").strip()[:100]
    rows = selectors.legal_list(
        query=query, state=state if state in STATES else "", unverified=state == "unverified", day=day
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    counts = selectors.legal_counts(day)
    filters = [("", _("Tất cả"), counts["all"])]
    filters += [
        (name, str(texts.LEGAL_STATE[name][0]), counts[name]) for name in ("valid", "partly", "ahead", "expired")
    ]
    filters.append(("unverified", _("Chưa đối chiếu"), counts["unverified"]))
    context = {
        "page": page,
        "rows": [_row(document, day) for document in page],
        "filters": filters,
        "shown": state,
        "query": query,
        "may_edit": access.may_edit_legal(request.user),
        "count": page.paginator.count,
    }
    return render(request, "plans/legal/list.html", context)


@login_required
@require_GET
def legal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it is, whether it holds, what became of it, what cites it."""
    document = access.legal_for_read(request.user, pk)
    before = list(LegalChange.objects.filter(by=document).select_related("document").order_by("document__number"))
    citing = []
    mentions = selectors.citations_of(document)
    for source in events.citing:
        citing += source(request.user, document, mentions)
    citing.sort(key=lambda row: row.on, reverse=True)
    context = {
        **_row(document, clock.today()),
        "before": before,
        "citing": citing[:200],
        "history": [(entry, sentence(entry)) for entry in history_of(document, 20)],
        "may_edit": access.may_edit_legal(request.user),
    }
    return render(request, "plans/legal/page.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def legal_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a document (without `pk`) or change one."""
    document = None
    if pk is not None:
        document = access.legal_for_edit(request.user, pk)
    else:
        access.require_legal_edit(request.user)
    initial: dict[str, Any] = {"number": request.GET.get("so", "")[:60]}
    if document is not None:
        initial = tables.values_of(document)
        for kind in LegalChange.Kind:
            initial[kind.value] = initial[kind.value].replace("; ", "\n")
    form = LegalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.legal_save(actor=request.user, document=document, values=form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu %s.") % saved)
            return redirect("legal:page", saved.pk)
    return render(
        request,
        "plans/legal/edit.html",
        {"form": form, "document": document},
        status=400 if form.errors else 200,
    )


@login_required
@require_GET
def legal_export(request: HttpRequest, form: str) -> HttpResponse:
    """The whole register as .xlsx or .csv."""
    access.require_staff(request.user)
    rows = selectors.legal_list(day=clock.today())
    data = tables.to_csv(rows) if form == "csv" else tables.to_xlsx(rows)
    return downloads.made(data, f"so-van-ban.{form}")


@login_required
@require_http_methods(["GET", "POST"])
def legal_upload(request: HttpRequest) -> HttpResponse:
    """Give in a table; it is read at once and shown, nothing is written."""
    access.require_legal_edit(request.user)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = services.legal_table_read(actor=request.user, data=upload.read(), filename=upload.name)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("legal:import_show", batch.pk)
    return render(request, "plans/legal/upload.html", {"form": form}, status=400 if form.errors else 200)


def _batch(request: HttpRequest, pk: int) -> TableImport:
    access.require_legal_edit(request.user)
    batch = TableImport.objects.filter(pk=pk, kind=TableImport.Kind.LEGAL).select_related("created_by").first()
    if batch is None:
        raise NotFound(_("Không tìm thấy lần nhập này."), code="plans.table.missing")
    return batch


@login_required
@require_GET
def legal_import_show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the table would do, wrong lines first."""
    batch = _batch(request, pk)
    steps = tables.compare(batch.rows) if batch.applied_at is None else []
    counts = {deed: sum(1 for step in steps if step.deed == deed) for deed in _ORDER}
    only = request.GET.get("xem", "")
    shown = sorted((s for s in steps if not only or s.deed == only), key=lambda s: (_ORDER[s.deed], s.line))
    context = {
        "batch": batch,
        "counts": counts,
        "only": only,
        "ready": not counts[tables.BAD] and bool(counts[tables.NEW] or counts[tables.CHANGED]),
        "page": Paginator(shown, 100).get_page(request.GET.get("trang")),
    }
    return render(request, "plans/legal/import_show.html", context)


@login_required
@require_POST
def legal_import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it."""
    batch = _batch(request, pk)
    with banner(request):
        batch = services.legal_table_apply(actor=request.user, batch=batch)
        messages.success(request, _("Đã thêm %(added)s văn bản, sửa %(changed)s văn bản.") % batch.result)
        return redirect("legal:list")
    return redirect("legal:import_show", pk)
