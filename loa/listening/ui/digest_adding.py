"""Putting items into a draft by hand: what Loa heard is sought and chosen, what it has not heard is entered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loa.core import clock
from loa.core.banners import banner
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.lib import typed
from loa.lib.vi.boolean import QueryError
from loa.listening import access, selectors, services, texts
from loa.listening.digest.choose import PUBLIC, Choices, address_in, choice_at, choices, days_around
from loa.listening.digest.gather import title_of
from loa.listening.digest.model import State
from loa.listening.models import OUTLET_LABELS, Digest
from loa.listening.rules import tidy
from loa.listening.selectors import StreamFilter
from loa.listening.services.digest_lines import APPROVED, hand_sources
from loa.listening.ui.common import topics_listed
from loa.listening.ui.ways import QuickForm

#: part of a digest → its name; the first is meant when none is named
PARTS = {"danh-muc": gettext_lazy("Danh mục tin, bài"), "vu-viec": gettext_lazy("Vụ việc nổi bật")}
STORY = "vu-viec"


def _part(name: str | None) -> str:
    return name if name in PARTS else next(iter(PARTS))


def choose_url(digest: Digest, part: str) -> str:
    """Where items for a part of the digest are chosen."""
    return f"{reverse('listening:digest_choose', args=[digest.pk])}?{urlencode({'muc': _part(part)})}"


def _draft(request: HttpRequest, pk: int) -> tuple[Digest, HttpResponseRedirect | None]:
    """The draft; one that is approved leads back to itself, where it is said what to do."""
    digest = access.digest_for_edit(request.user, pk)
    if digest.state == State.DRAFT:
        return digest, None
    messages.error(request, str(APPROVED))
    return digest, redirect("listening:digest", pk)


def _to_part(digest: Digest, part: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('listening:digest', args=[digest.pk])}#{part}")


def _wanted(digest: Digest, params: QueryDict) -> StreamFilter:
    """The filter as the address says; days around the digest where it says nothing of days."""
    given = params.dict()
    since, until = days_around(digest)
    given.setdefault("tu", since.isoformat())
    given.setdefault("den", until.isoformat())
    if given.get("kenh") not in PUBLIC:
        given.pop("kenh", None)
    return StreamFilter.from_params(given)


@login_required
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Items Loa heard, as the stream finds them: chosen ones go into the draft. An address that is pasted leads to
    its item, or to the form in which it is entered.
    """
    digest, back = _draft(request, pk)
    if back:
        return back
    part = _part(request.GET.get("muc"))
    if request.method == "POST":
        return _chosen(request, digest, part)
    wanted = _wanted(digest, request.GET)
    address = address_in(wanted.text)
    mistake, other = None, False
    found: Choices | None = None
    try:
        if address:
            found = choice_at(request.user, digest, address, story=part == STORY)
            if found is None:
                messages.info(
                    request, _("Loa chưa nghe bài ở địa chỉ này. Hãy điền tiêu đề và ngày đăng để thêm vào.")
                )
                return redirect(f"{_clip_url(digest)}?{urlencode({'muc': part, 'u': address})}")
        else:
            number = typed.whole(request.GET.get("trang"), digits=6) or 1
            found = choices(request.user, digest, wanted, number, story=part == STORY)
            if not found.rows and number == 1 and not wanted.relaxed:
                other = selectors.found_without_accents(request.user, wanted)
    except QueryError as error:
        mistake = texts.query_error(error)
    here = {**wanted.params(), "muc": part}
    context = {
        "digest": digest,
        "title": title_of(digest),
        "part": part,
        "exact_url": f"?{urlencode({name: here[name] for name in here if name != 'bo-dau'})}",
        "relaxed_url": f"?{urlencode({**here, 'bo-dau': '1'})}",
        "parts": PARTS.items(),
        "wanted": wanted,
        "address": address,
        "found": found,
        "mistake": mistake,
        "without_accents": other,
        "chosen": bool(wanted.outlet or wanted.topic or wanted.all),
        "topics": topics_listed(),
        "outlets": [(outlet, OUTLET_LABELS[outlet]) for outlet in PUBLIC],
        "any_open": bool(found and any(row.open for row in found.rows)),
    }
    return render(request, "listening/digest_choose.html", context, status=400 if mistake else 200)


def _clip_url(digest: Digest) -> str:
    return reverse("listening:digest_clip", args=[digest.pk])


def _chosen(request: HttpRequest, digest: Digest, part: str) -> HttpResponse:
    keys = {key for value in request.POST.getlist("tin") if (key := typed.whole(value)) is not None}
    with banner(request):
        n = services.digest_add(actor=request.user, digest=digest, items=keys, story=part == STORY)
        if n:
            words = ngettext("Đã thêm %(n)d tin vào mục “%(part)s”.", "Đã thêm %(n)d tin vào mục “%(part)s”.", n)
            messages.success(request, words % {"n": n, "part": PARTS[part]})
        else:
            messages.info(request, _("Các tin đã chọn đều có sẵn trong mục này."))
        return _to_part(digest, part)
    return redirect(request.get_full_path())


class DigestClipForm(QuickForm):
    """What Loa has not heard, with what the digest says of it."""

    summary = forms.CharField(
        label=gettext_lazy("Câu tóm tắt trong điểm báo"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )
    part = forms.ChoiceField(
        label=gettext_lazy("Đưa vào mục"), choices=list(PARTS.items()), widget=forms.RadioSelect
    )
    field_order = ("url", "title", "outlet", "on", "hour", "summary", "text", "part", "source")

    def __init__(self, *args: Any, digest: Digest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Nội dung bài")
        self.fields["text"].help_text = _("Lưu ở Dư luận để Loa phân tích; không in trong điểm báo.")
        rows = hand_sources(digest)
        source = self.fields["source"]
        source.queryset = rows  # type: ignore[attr-defined]
        if not rows.exists():
            del self.fields["source"]


@login_required
def clip(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what Loa has not heard (print, radio, television, a page it does not read) straight into the draft."""
    digest, back = _draft(request, pk)
    if back:
        return back
    form = DigestClipForm(
        request.POST or None,
        user=request.user,
        digest=digest,
        initial={
            "url": tidy(request.GET.get("u", ""))[:1000],
            "on": min(clock.local(digest.until).date(), clock.today()),
            "part": _part(request.GET.get("muc")),
        },
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        part = values.pop("part")
        values["url"] = tidy(values["url"])
        try:
            line = services.digest_clip(actor=request.user, digest=digest, story=part == STORY, **values)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("Đã thêm “%(title)s” vào mục “%(part)s”.") % {"title": line.title, "part": PARTS[part]}
            )
            return _to_part(digest, part)
    context = {
        "digest": digest,
        "title": title_of(digest),
        "form": form,
        "part": _part(request.GET.get("muc")),
    }
    return render(request, "listening/digest_clip.html", context, status=400 if form.errors else 200)
