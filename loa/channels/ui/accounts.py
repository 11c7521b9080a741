"""The register of pages and OAs: entry, connection, check."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.channels import access, selectors, services, texts
from loa.channels.inbound import door
from loa.channels.kinds import kind_of, kinds
from loa.channels.models import ChannelAccount, ChannelSecret
from loa.channels.rules import Result
from loa.channels.ui.common import deed, staff
from loa.core import charts, clock
from loa.core.errors import AppError, Conflict
from loa.core.forms import DateInput, TimeInput, add_error
from loa.org import access as rights
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit


class AccountForm(forms.ModelForm):
    """The entry of a page in the register."""

    url = forms.URLField(label=gettext_lazy("Địa chỉ trang"), required=False, assume_scheme="https")

    class Meta:
        model = ChannelAccount
        fields = [
            "name", "external_id", "url", "decision_number", "decided_on", "owner", "first_admin",
            "second_admin", "verified", "expires_on", "monthly_cap", "quiet_from", "quiet_to",
        ]  # fmt: skip
        widgets = {
            "decided_on": DateInput(),
            "expires_on": DateInput(),
            "quiet_from": TimeInput(),
            "quiet_to": TimeInput(),
        }
        help_texts = {
            "monthly_cap": gettext_lazy("Chỉ với Zalo OA, theo gói đang dùng; để dự báo lượt còn lại."),
            "external_id": gettext_lazy("Dãy số của trang; xem ở phần Giới thiệu hoặc trang quản trị OA."),
            "quiet_from": gettext_lazy("Bài đến giờ trong khoảng này chờ hết khoảng. Để trống: đăng mọi giờ."),
        }


class NewAccountForm(AccountForm):
    """A new page: which channel, whose."""

    kind = forms.ChoiceField(label=gettext_lazy("Kênh"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị"))
    field_order = ["kind", "unit"]

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds().values()]  # type: ignore[attr-defined]
        ask_unit(self, user, rights.units_where(user, "channel.manage"))


@staff("GET")
def accounts(request: HttpRequest) -> HttpResponse:
    """Pages and OAs of the units one cares for."""
    query = request.GET.get("q", "")
    rows = selectors.accounts(request.user, query).select_related("secret").defer("secret__sealed")
    page: Any = Paginator(rows, 40).get_page(request.GET.get("trang"))
    managed = access.accounts_for(request.user, "channel.manage").filter(pk__in=[row.pk for row in page])
    open_to = set(managed.values_list("pk", flat=True))
    for row in page:
        row.kind_ = kind_of(row)
        row.reason = texts.reason(row.health_code)
        row.connected = hasattr(row, "secret")
        row.expiry = texts.expiry(row, clock.today())
        row.warnings = texts.warnings(row)
        row.may_open = row.pk in open_to
    context = {"page": page, "query": query, "may_add": rights.can(request.user, "channel.manage")}
    return render(request, "channels/accounts.html", context)


@staff("GET", "POST")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A page's entry; new without a pk."""
    account = access.account_for(request.user, pk, "channel.manage") if pk else None
    status = 200
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data, instance=account) if account else NewAccountForm(request.user, data)
    if data is not None:
        status = 400
        if form.is_valid():
            try:
                saved = services.account_save(
                    actor=request.user,
                    account_id=pk,
                    unit_id=account.unit_id if account else form.cleaned_data["unit"].pk,
                    kind=account.kind if account else form.cleaned_data["kind"],
                    fields=form.cleaned_data,
                )
                messages.success(request, _("Đã lưu thông tin trang."))
                return redirect("channels:account", pk=saved.pk)
            except AppError as error:
                add_error(form, error)
                status = error.status
    context: dict[str, Any] = {"form": form, "account": account}
    if account:
        context |= {
            "kind": kind_of(account),
            "connected": ChannelSecret.objects.filter(account=account).exists(),
            "reason": texts.reason(account.health_code),
            "by_login": (login := kind_of(account).login) is not None and login.ready(),
            "facts": texts.facts(account),
            "warnings": texts.warnings(account),
            "expiry": texts.expiry(account, clock.today()),
            "audience": reverse(name, args=[account.pk]) if (name := kind_of(account).audience) else "",
            "hook": door.entrance(account) if account.active else None,
            "comments": _comments(account),
            "heard_at": dt.datetime.fromisoformat(at) if (at := account.facts.get("heard_at")) else None,
            "growth": _growth(account),
        }
    return render(request, "channels/account.html", context, status=status)


def _comments(account: ChannelAccount) -> str:
    """What the page says of its comments: that they "come" by being asked for, that they are "cut" off until it is
    connected, that "nobody" may read them; empty: nothing, or a warning says it.
    """
    if not account.active:
        return ""
    way = door.ways_to_comments().get(account.kind)
    if way is None:
        return "nobody"
    if way != "heard":
        return ""
    return "come" if door.comments_come(account) else "" if account.facts.get("comments") else "cut"


def _growth(account: ChannelAccount) -> dict[str, Any] | None:
    """Followers over the last three months; nothing before the third day."""
    days = selectors.follower_days(account)
    if len(days) < 3:
        return None
    first, least = days[0], min(count for _day, count in days)
    labels, name = [f"{day:%d/%m}" for day, _count in days], str(_("Người theo dõi"))
    # Most of thousands stand still: drawn is what lies above the lowest day.
    above = [count - least for _day, count in days]
    title = _("Người theo dõi tăng thêm, so với mức thấp nhất %(n)s") % {"n": texts.number(least)}
    return {
        "chart": charts.lines(labels, [(name, above)], title=title),
        "title": title,
        "since": first[0],
        "change": days[-1][1] - first[1],
        "lost": first[1] - days[-1][1],
        "rows": list(reversed(days)),
    }


@deed("channels:account")
def connect(request: HttpRequest, pk: int) -> None:
    """Keep pasted tokens, and ask the channel at once whether they are right."""
    account = access.account_for(request.user, pk, "channel.manage")
    kind = kind_of(account)
    given = {name: text for name, _label in kind.secrets if (text := request.POST.get(name, ""))}
    services.account_connect(actor=request.user, account_id=pk, secret=given)
    if set(given) == {kind.events_key}:
        messages.success(request, _("Đã lưu khoá webhook."))
    else:
        _check(request, pk)


@deed("channels:account")
def retire(request: HttpRequest, pk: int) -> None:
    """The page is used no more."""
    services.account_retire(actor=request.user, account_id=pk)
    messages.success(
        request, _("Đã ngừng dùng trang. Mã truy cập đã xoá, việc đang chờ đã huỷ; lịch sử giữ nguyên.")
    )


@deed("channels:account")
def reuse(request: HttpRequest, pk: int) -> None:
    """The page is used again."""
    services.account_reuse(actor=request.user, account_id=pk)
    messages.success(request, _("Đã dùng lại trang. Hãy kết nối để đăng bài."))


@deed("channels:account")
def check(request: HttpRequest, pk: int) -> None:
    """Ask the channel now."""
    account = access.account_for(request.user, pk, "channel.manage")
    if not account.active:
        raise Conflict(_("%(name)s đã ngừng dùng. Hãy bấm “Dùng lại” trước.") % {"name": account})
    _check(request, pk)


def _check(request: HttpRequest, pk: int) -> None:
    outcome = services.account_check(account=ChannelAccount.objects.get(pk=pk))
    if outcome.result == Result.SENT:
        messages.success(request, _("Trang đã kết nối và đăng bài được."))
    else:
        messages.error(request, str(texts.reason(outcome.code)))
