"""The inbox of alerts, one alert, how a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core import charts, clock
from loa.core.banners import banner
from loa.core.errors import AppError, InvalidInput
from loa.core.forms import TimeInput
from loa.listening import access, services
from loa.listening.events import matter_of_spike
from loa.listening.models import Alert, AlertWish, ZaloLink
from loa.listening.rules import PRIVATE
from loa.listening.services.alerts import helpers, items_for_alert
from loa.listening.services.staff_zalo import office_oa
from loa.listening.themes import topic_names
from loa.listening.ui import book
from loa.listening.ui.cases import handed_over, offered
from loa.listening.ui.common import require_read, stream_url, written_down
from loa.listening.watch.detect import history
from loa.listening.watch.model import ALERT_LABELS
from loa.listening.watch.rules import ALERT_MOVES, AlertState
from loa.listening.watch.texts import name_of, names_of

PER_PAGE = 30


def _sheet(rows: list[Alert]) -> book.Sheet:
    """Alerts as lines: figures, who took them, what was noted; no words of people."""
    names = names_of(alert.spike.about for alert in rows)
    heads = [
        _("Về"), _("Bắt đầu"), _("Đến"), _("Số tin"), _("Thường lệ"), _("Tiêu cực"), _("Mức"), _("Trạng thái"),
        _("Người xử lý"), _("Nhận lúc"), _("Ghi chú"),
    ]  # fmt: skip
    lines = [
        (
            names[alert.spike.about], alert.spike.began_at, alert.spike.ended_at, alert.spike.items,
            round(alert.spike.expected, 1), alert.spike.negative, alert.get_level_display(),
            alert.get_state_display(), alert.taken_by or "", alert.taken_at, alert.note,
        )
        for alert in rows
    ]  # fmt: skip
    said = [book.taken_at(len(rows))]
    return book.Sheet(_("Cảnh báo dư luận"), heads, lines, said=said, widths=(44, 17, 17))


def _book(request: HttpRequest, found: Alert) -> HttpResponse:
    """One alert as a workbook: its figures, hour by hour, what was said. Words were taken: written down."""
    seen = history(found.spike)
    hours = [
        (clock.local(hour), count, round(usual, 1))
        for hour, count, usual in zip(seen.hours, seen.counts, seen.usual, strict=True)
    ]
    items = items_for_alert(found, book.MOST)
    services.items_taken(
        actor=request.user,
        count=len(items),
        private=sum(item.outlet in PRIVATE for item in items),
        params={"canh-bao": str(found.pk)},
    )
    return book.workbook(
        f"du-luan-canh-bao-{found.pk}",
        [
            _sheet([found]),
            book.Sheet(_("Từng giờ"), [_("Từ giờ"), _("Số tin"), _("Thường lệ")], hours, widths=(17,)),
            book.Sheet(
                _("Người ta nói gì"),
                book.item_heads(),
                [book.item_line(item) for item in items],
                said=[book.taken_at(len(items))],
                widths=book.item_widths(),
            ),
        ],
    )


def _rest_url(alert: Alert) -> str:
    """The stream of what an alert is about, on its days."""
    kind, _colon, key = alert.spike.about.partition(":")
    return stream_url(
        **{"chu_de" if kind == "t" else "don_vi": key},
        tu=clock.local(alert.spike.began_at).date(),
        den=clock.local(alert.spike.ended_at).date(),
    )


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Alerts: those that wait, the most urgent first; on demand all."""
    require_read(request.user)
    state = request.GET.get("trang-thai", "")
    rows = access.alerts_for(request.user).select_related("spike__case", "taken_by", "meant")
    if state in set(AlertState):
        rows = rows.filter(state=state)
    elif state != "tat-ca":
        rows = rows.exclude(state=AlertState.CLOSED)
    if state == "" or state == AlertState.OPEN:
        rows = rows.order_by("-level", "-waits_since", "-pk")
    if book.wanted(request):
        return book.workbook("du-luan-canh-bao", [_sheet(list(rows[: book.MOST]))])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    names = names_of(alert.spike.about for alert in page.object_list)
    return render(
        request,
        "listening/alerts.html",
        {
            "page": page,
            "rows": [(alert, names[alert.spike.about]) for alert in page.object_list],
            "state": state,
            "states": ALERT_LABELS.items(),
            "here": "alerts",
        },
    )


@login_required
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: what is said, how unusual it is, who has it in hand."""
    found = access.alert_for_read(request.user, pk)
    if book.wanted(request):
        return _book(request, found)
    people = helpers(found)
    deals = request.user.pk in people
    items = items_for_alert(found)
    written_down(request, items)
    seen = history(found.spike)
    chart = charts.lines(
        [clock.local(hour).strftime("%Hh") for hour in seen.hours],
        [(_("Số tin mỗi giờ"), seen.counts), (_("Thường lệ"), [round(value, 1) for value in seen.usual])],
        title=_("Số tin mỗi giờ so với thường lệ"),
    )
    return render(
        request,
        "listening/alert.html",
        {
            "alert": found,
            "about": name_of(found.spike.about),
            "topic": found.spike.about[2:] if found.spike.about.startswith("t:") else "",
            "chart": chart,
            "items": items,
            "more": max(found.spike.items - len(items), 0),
            "rest_url": _rest_url(found),
            "may_deal": deals,
            "people": sorted(people.values(), key=str) if deals else [],
            "tellings": found.tellings.select_related("user").order_by("pk")[:50] if deals else [],
            "handovers": offered(request.user, matter_of_spike(found.spike)) if deals else [],
            "may_take": ALERT_MOVES.allows(found.state, AlertState.TAKEN),
            "may_close": ALERT_MOVES.allows(found.state, AlertState.CLOSED),
        },
    )


@login_required
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the alert, or give it to somebody."""
    found = access.alert_for_read(request.user, pk)
    wanted = request.POST.get("nguoi", "")
    with banner(request, _("Đã ghi người xử lý. Những người khác không bị nhắc nữa.")):
        by = None
        if wanted:
            by = helpers(found).get(int(wanted) if wanted.isdecimal() and len(wanted) < 12 else 0)
            if by is None:
                raise InvalidInput(_("Người này không phụ trách cảnh báo. Hãy chọn trong danh sách."))
        services.alert_take(actor=request.user, alert=found, by=by, note=request.POST.get("ghi-chu", ""))
    return redirect("listening:alert", pk)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing more to do."""
    found = access.alert_for_read(request.user, pk)
    with banner(request, _("Đã đóng cảnh báo.")):
        services.alert_close(actor=request.user, alert=found, note=request.POST.get("ghi-chu", ""))
    return redirect("listening:alert", pk)


@login_required
@require_POST
def hand_over(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One tap: a hot issue of it, with everything attached; whoever taps has taken the alert."""
    found = access.alert_for_read(request.user, pk)
    try:
        with transaction.atomic():
            address = handed_over(request.user, matter_of_spike(found.spike, level=found.level), name)
            if ALERT_MOVES.allows(found.state, AlertState.TAKEN):
                services.alert_take(actor=request.user, alert=found)
        return redirect(address)
    except AppError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
        return redirect("listening:alert", pk)


class WishForm(forms.ModelForm[AlertWish]):
    """How a person wants to be told."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Chỉ báo về các chủ đề"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Không chọn chủ đề nào: báo về mọi chủ đề."),
    )

    class Meta:
        model = AlertWish
        fields = ("least", "mail", "zalo", "quiet_from", "quiet_to", "topics")
        labels = {"quiet_from": gettext_lazy("Không gửi thư, Zalo từ")}
        widgets = {"quiet_from": TimeInput, "quiet_to": TimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = sorted(topic_names().items(), key=lambda pair: pair[1])  # type: ignore[attr-defined]


@login_required
def wish(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told of alerts."""
    require_read(request.user)
    user: Any = request.user
    mine = AlertWish.objects.filter(user=user).first() or AlertWish(user=user)
    form = WishForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        services.wish_save(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Đã lưu cách nhận cảnh báo."))
        return redirect("listening:alert_wish")
    link = ZaloLink.objects.filter(user=user).select_related("account").first()
    now = clock.now()
    return render(
        request,
        "listening/alert_wish.html",
        {
            "form": form,
            "link": link,
            "oa": office_oa(),
            "code": link.code if link and link.code_until and link.code_until > now else "",
            "phoned": bool(link and link.linked_at),
            "open": bool(link and link.open_at(now)),
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def zalo(request: HttpRequest) -> HttpResponse:
    """Link the person's Zalo, or no longer."""
    require_read(request.user)
    try:
        if request.POST.get("viec") == "bo":
            services.zalo_unlink(actor=request.user)
            messages.success(request, _("Đã thôi gửi cảnh báo qua Zalo."))
        else:
            services.zalo_code(actor=request.user)
    except AppError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('listening:alert_wish')}#zalo")
