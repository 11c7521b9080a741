"""Staff screen: let readers write below the articles of a site, story by story."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.lib.typed import whole
from loa.lib.vi import search_key
from loa.portal import access
from loa.portal.comments import selectors, services, texts
from loa.portal.comments.rules import DAYS, MOST_DAYS
from loa.portal.models import CommentSetting, MemberSite
from loa.portal.place import canonical_base, story_path

PER_PAGE = 12


class SettingForm(forms.Form):
    """Whether the site takes comments, and for how many days below each article."""

    on = forms.BooleanField(label=gettext_lazy("Trang này nhận ý kiến bạn đọc"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Mỗi bài nhận trong bao nhiêu ngày"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=gettext_lazy("Tính từ ngày mở cho bài. Hết hạn thì ý kiến đã hiện vẫn còn, không nhận thêm."),
    )


def _page(
    request: HttpRequest, site: MemberSite, form: SettingForm | None = None, status: int = 200
) -> HttpResponse:
    setting = CommentSetting.objects.filter(site=site).first()
    words = search_key(request.GET.get("q", ""))[:80]
    rows = selectors.to_switch(site, words)
    only = whole(request.GET.get("bai"))
    if only is not None:
        rows = rows.filter(pk=only)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    counts = selectors.counts([row.pk for row in page.object_list])
    base = canonical_base(site)
    for row in page.object_list:
        shown: Any = row
        shown.switch = selectors.switch_of(row)
        shown.counts = counts.get(row.pk, {"all": 0, "shown": 0})
        shown.url = base + story_path(row.pk, row.slug, row.title)
    initial = {"on": bool(setting and setting.on), "days": setting.days if setting else DAYS}
    context = {
        "site": site,
        "setting": setting,
        "form": form or SettingForm(initial=initial),
        "page": page,
        "q": request.GET.get("q", ""),
        "only": only,
        "lines": texts.notice()[0],
        "inbox": reverse("feedback:inbox") + (f"?kenh={setting.account_id}" if setting else ""),
    }
    return render(request, "portal/staff/comments.html", context, status=status)


@login_required
@require_safe
def comments(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The switch of the site, and those of its newest articles."""
    return _page(request, access.site_to_edit(request.user, unit_id))


@login_required
@require_POST
def site_switch(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Let the site take comments, or no more."""
    site = access.site_to_edit(request.user, unit_id)
    form = SettingForm(request.POST)
    if form.is_valid():
        try:
            services.site_switch(actor=request.user, unit_id=unit_id, **form.cleaned_data)
        except AppError as error:
            if error.status in (403, 404):
                raise
            add_error(form, error)
        else:
            messages.success(
                request,
                _("Đã bật. Chọn từng bài để mở bên dưới.")
                if form.cleaned_data["on"]
                else _("Đã tắt: không bài nào nhận thêm. Ý kiến đã hiện vẫn còn."),
            )
            return redirect("portal_sites:comments", unit_id)
    return _page(request, site, form, 422)


@login_required
@require_POST
def story_switch(request: HttpRequest, unit_id: int, story_id: int) -> HttpResponse:
    """Open or close one article."""
    on = request.POST.get("on") == "1"
    try:
        row = services.story_switch(actor=request.user, unit_id=unit_id, story_id=story_id, on=on)
    except AppError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    else:
        words = _("Đã mở đến hết ngày %(day)s.") if on else _("Đã đóng. Ý kiến đã hiện vẫn còn.")
        messages.success(request, words % {"day": row.until.strftime("%d/%m/%Y")} if on else words)
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("portal_sites:comments", args=[unit_id]) + (f"?{query}" if query else ""))
