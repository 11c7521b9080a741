"""Ways in: files, calls of other programs, the bookmark for clippings."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.listening import access, services
from loa.listening.models import ItemFile, Source
from loa.listening.readers.table import FIELDS, lines
from loa.listening.services.push import MOST_BYTES, push_oversize, push_take
from loa.listening.texts import FILE_FIELDS, PUSH_OUTCOMES
from loa.listening.ui.common import require_read
from loa.listening.ui.sources import ClippingForm

#: lines that are shown before they are written, and mistakes that are listed
SHOWN, MISTAKES = 8, 50


#: a call by hand: what a program has to do, in five lines of a shell
EXAMPLE = """KHOA='%(secret)s'
THAN='[{"id": "1", "title": "Tin thử", "text": "Một tin gửi thử", "source": "Tên trang"}]'
GIO=$(date +%%s)
KY=$(printf '%%s' "$GIO.$THAN" | openssl dgst -sha256 -hmac "$KHOA" -hex | sed 's/.* //')
curl -H "X-Loa-Time: $GIO" -H "X-Loa-Signature: sha256=$KY" --data "$THAN" %(address)s"""


# — files ——————————————————————————————————————————————————————————————————————————————


@login_required
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Files brought into a source; a new one."""
    source = access.source_for_manage(request.user, pk)
    error = ""
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None:
                error = _("Hãy chọn tệp .csv, .xlsx hoặc .jsonl.")
            elif (given.size or 0) > settings.LOA_UPLOAD_MAX_BYTES:
                error = _("Tệp quá lớn. Hãy chia thành nhiều tệp.")
            else:
                row = services.file_take(
                    actor=request.user, source=source, name=given.name or "", data=given.read()
                )
                return redirect("listening:file", row.pk)
        except AppError as refused:
            if refused.status == 403:
                raise
            error = str(refused)
    return render(
        request,
        "listening/files.html",
        {"source": source, "files": source.files.select_related("created_by")[:50], "error": error},
        status=400 if error else 200,
    )


@login_required
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its columns matched, its first lines as items, every line that cannot be taken."""
    row = access.file_for_manage(request.user, pk)
    error = ""
    if request.method == "POST":
        wanted = {field: request.POST.get(field, "") for field in FIELDS}
        try:
            row = services.file_map(actor=request.user, row=row, mapping=wanted)
            if "nhap" in request.POST:
                services.file_confirm(actor=request.user, row=row)
                messages.success(request, _("Loa đang nhập. Trang này cho biết khi nào xong."))
                return redirect("listening:file", row.pk)
        except AppError as refused:
            if refused.status == 403:
                raise
            error = str(refused)
    context: dict[str, Any] = {
        "row": row,
        "source": row.source,
        "error": error,
        "waiting": row.state == row.State.READ,
        "working": row.state in (row.State.QUEUED, row.State.WRITING),
    }
    if context["waiting"]:
        context |= _preview(request, row)
    return render(request, "listening/file.html", context, status=400 if error else 200)


def _preview(request: HttpRequest, row: ItemFile) -> dict[str, Any]:
    grid = services.table_of(row)
    read = list(lines(grid, row.mapping, now=clock.now())) if {"title", "text"} & set(row.mapping) else []
    wrong = [line for line in read if line.found is None]
    noted = [line for line in read if line.found is not None and line.notes]
    shown = list(islice((line for line in read if line.found is not None), SHOWN))
    services.file_looked(actor=request.user, row=row, count=len(shown))
    return {
        "fields": [(field, label, row.mapping.get(field, "")) for field, label in FILE_FIELDS.items()],
        "shown": [services.line_shown(row, line) for line in shown],
        "good": len(read) - len(wrong),
        "wrong": [services.line_shown(row, line) for line in wrong[:MISTAKES]],
        "wrong_count": len(wrong),
        "noted": [services.line_shown(row, line) for line in noted[:MISTAKES]],
        "noted_count": len(noted),
    }


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Not this file after all."""
    row = access.file_for_manage(request.user, pk)
    services.file_drop(actor=request.user, row=row)
    messages.success(request, _("Đã bỏ tệp, chưa có tin nào được nhập."))
    return redirect("listening:files", row.source_id)


# — calls of other programs ————————————————————————————————————————————————————————————


@login_required
def push_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How another program sends items; its secret, shown when asked for; how its calls ended."""
    source = access.source_for_manage(request.user, pk)
    secret = ""
    if request.method == "POST":
        if "doi" in request.POST:
            secret = services.push_secret_changed(actor=request.user, source=source)
            messages.success(request, _("Đã đổi khoá. Khoá cũ không còn dùng được."))
        else:
            secret = services.push_secret_shown(actor=request.user, source=source)
    counts: dict[str, int] = {}
    since = clock.today().replace(day=1)
    for row in source.push_counts.filter(day__gte=since):
        counts[row.outcome] = counts.get(row.outcome, 0) + row.n
    address = f"{settings.BASE_URL}{reverse('listening_push', args=[source.pk])}"
    return render(
        request,
        "listening/push.html",
        {
            "source": source,
            "secret": secret,
            "address": address,
            "example": EXAMPLE % {"secret": secret or "…", "address": address},
            "counts": [(label, counts.get(code, 0)) for code, label in PUSH_OUTCOMES.items()],
            "megabytes": MOST_BYTES // 1024 // 1024,
        },
    )


@csrf_exempt  # another program calls: the signature is the key
@require_POST
def push(request: HttpRequest, pk: int) -> HttpResponse:
    """A call of another program: the body as sent is what was signed."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MOST_BYTES:
        # Not read at all.
        push_oversize(pk)
        return JsonResponse({"error": "too_large", "limit": MOST_BYTES}, status=413)
    answer = push_take(
        source_id=pk,
        stamp=request.headers.get("X-Loa-Time", ""),
        signature=request.headers.get("X-Loa-Signature", ""),
        body=request.body,
    )
    return JsonResponse(answer.body, status=answer.status)


# — the bookmark ———————————————————————————————————————————————————————————————————————


class QuickForm(ClippingForm):
    """A clipping, with the source it goes into."""

    source = forms.ModelChoiceField(Source.objects.none(), label=gettext_lazy("Nhập vào nguồn"), empty_label=None)
    field_order: tuple[str, ...] = ("title", "outlet", "url", "on", "hour", "text", "source")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = access.filled_sources(user).order_by("name")  # type: ignore[attr-defined]


@login_required
def quick(request: HttpRequest) -> HttpResponse:
    """Enter an item one has come across: prefilled by the bookmark (`u` address, `t` title, `x` marked words,
    `s` site).
    """
    require_read(request.user)
    given = request.GET
    form = QuickForm(
        request.POST or None,
        user=request.user,
        initial={
            "title": given.get("t", "")[:400],
            "url": given.get("u", "")[:1000],
            "text": given.get("x", "")[:4000],
            "outlet": given.get("s", "")[:160],
            "on": clock.today(),
        },
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        source = access.source_for_manage(request.user, values.pop("source").pk)
        try:
            services.clipping_add(actor=request.user, source=source, **values)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã nhập. Loa phân tích trong ít giây tới."))
            return redirect("listening:source", source.pk)
    return render(
        request,
        "listening/quick.html",
        {
            "form": form,
            "bookmark": bookmark(),
            "has_sources": access.filled_sources(request.user).exists(),
            "may_manage": access.managed_units(request.user).exists(),
            "from_bookmark": "u" in given,
        },
        status=400 if form.errors else 200,
    )


def bookmark() -> SafeString:
    """The address of the bookmark: opens our form in a new window with the page's address, title and marked words.

    It loads nothing into the page and sends nothing from it, so that the page's own policy has nothing to forbid.
    """
    target = f"{settings.BASE_URL}{reverse('listening:quick')}"
    script = (
        "(function(){var d=document,e=encodeURIComponent,"
        "s=String(window.getSelection?getSelection():'').slice(0,3000),"
        "m=d.querySelector('meta[property=\"og:site_name\"]'),"
        "h=d.querySelector('meta[property=\"og:title\"]');"
        f"window.open('{target}?u='+e(location.href)+'&t='+e(h?h.content:d.title)+'&x='+e(s)+'&s='+e(m?m.content:location.hostname),"
        "'_blank','noopener');})()"
    )
    return mark_safe("javascript:" + quote(script, safe="()!*'~;,/?:@&=+$-_."))  # noqa: S308 (our own, quoted)
