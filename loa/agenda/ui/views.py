"""The calendar by month and as a list, the year by topic, appointments, days, the personal feed."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loa.agenda import access, selectors, services, workdays, year
from loa.agenda.models import CalendarDay, Feed
from loa.agenda.rules import by_day, month_bounds, token_hash, weeks
from loa.agenda.ui.forms import DayForm, EventForm
from loa.core import clock, downloads
from loa.core.errors import AppError, Refused
from loa.core.forms import add_error
from loa.lib import typed
from loa.lib.calendar import to_lunar, working_days_left
from loa.org.access import can, units_where
from loa.org.models import Unit
from loa.plans.selectors import plans_binding

#: cells of the grid show so many entries; the list shows all
IN_CELL = 3


def _unit(request: HttpRequest) -> Unit:
    wanted = typed.whole(request.GET.get("don-vi"))
    if wanted is not None:
        return access.unit_for_calendar(request.user, wanted)
    unit = access.own_unit(request.user)
    if unit is None:
        raise Refused(_("Anh/chị chưa được giao vai trò ở đơn vị nào nên chưa có lịch."), code="agenda.none")
    return unit


def _month(request: HttpRequest) -> dt.date:
    return typed.month(request.GET.get("thang")) or clock.today().replace(day=1)


@login_required
def month(request: HttpRequest) -> HttpResponse:
    """One month: the grid on a desk, the list of its days below it, and first on a phone."""
    unit, here, today = _unit(request), _month(request), clock.today()
    first, last = month_bounds(here)
    entries = selectors.entries(request.user, unit, first, last)
    inside = [entry for entry in entries if entry.until >= here and entry.on.replace(day=1) <= here]
    end = (here + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    listed = by_day(inside, here, end)
    return render(
        request,
        "agenda/month.html",
        {
            "unit": unit,
            "own": access.own_unit(request.user) == unit,
            "month": here,
            "before": (here - dt.timedelta(days=1)).replace(day=1),
            "after": (here + dt.timedelta(days=32)).replace(day=1),
            "today": today,
            "weeks": [
                [
                    (cell, cell.entries[:IN_CELL], max(len(cell.entries) - IN_CELL, 0), to_lunar(cell.day))
                    for cell in week
                ]
                for week in weeks(here, entries)
            ],
            "days": [
                (day, to_lunar(day), found, working_days_left(today, day) if day > today else 0)
                for day, found in sorted(listed.items())
            ],
            "may_write": can(request.user, access.WRITE),
            "may_set": can(request.user, access.DAYS),
            "here": "month",
        },
    )


@login_required
def topics(request: HttpRequest) -> HttpResponse:
    """The year by topic; ?tai-ve=1 as a spreadsheet."""
    unit = _unit(request)
    plans = [one.plan for one in plans_binding(unit)]
    wanted = request.GET.get("ke-hoach", "")
    plan = next((plan for plan in plans if str(plan.pk) == wanted), plans[0] if plans else None)
    lines = year.year_of(plan, unit) if plan else []
    if plan and request.GET.get("tai-ve"):
        return downloads.made(year.workbook(plan, lines), f"nam-theo-chu-de-{plan.pk}.xlsx")
    return render(
        request,
        "agenda/year.html",
        {"unit": unit, "plan": plan, "plans": plans, "lines": lines, "today": clock.today(), "here": "year"},
    )


# — appointments ————————————————————————————————————————————————————————————————————————


@login_required
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment."""
    found = access.event_for_view(request.user, pk)
    return render(
        request, "agenda/event.html", {"event": found, "may_write": can(request.user, access.WRITE, found.unit_id)}
    )


@login_required
def event_add(request: HttpRequest) -> HttpResponse:
    """Enter an appointment."""
    if not can(request.user, access.WRITE):
        raise Refused(_("Anh/chị chưa được phân công đặt lịch."), code=access.WRITE)
    initial = {"on": request.GET.get("ngay", "") or clock.today()}
    form = EventForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = services.event_add(actor=request.user, unit=values.pop("unit"), **values)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã đặt lịch. Đơn vị và các đơn vị bên dưới đều thấy."))
            return redirect("agenda:event", made.pk)
    return render(request, "agenda/event_form.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def event_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an appointment."""
    found = access.event_for_update(request.user, pk)
    initial: dict[str, Any] = {
        name: getattr(found, name) for name in ("title", "kind", "on", "until", "place", "note")
    }
    initial["unit"] = found.unit_id
    if found.starts_at and found.ends_at:
        initial |= {"start": clock.local(found.starts_at).time(), "end": clock.local(found.ends_at).time()}
    form = EventForm(request.POST or None, user=request.user, initial=initial)
    del form.fields["unit"]
    if request.method == "POST" and form.is_valid():
        try:
            services.event_change(actor=request.user, event=found, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("agenda:event", found.pk)
    return render(
        request, "agenda/event_form.html", {"form": form, "event": found}, status=400 if form.errors else 200
    )


@login_required
@require_POST
def event_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an appointment off."""
    found = access.event_for_update(request.user, pk)
    services.event_cancel(actor=request.user, event=found)
    messages.success(request, _("Đã huỷ lịch “%s”.") % found)
    return redirect("agenda:month")


# — days ————————————————————————————————————————————————————————————————————————————————


@login_required
def days(request: HttpRequest) -> HttpResponse:
    """Days off, working Saturdays and milestones: list, and adding one."""
    if not can(request.user, access.DAYS):
        raise Refused(_("Anh/chị chưa được phân công đặt ngày nghỉ, mốc thời gian."), code=access.DAYS)
    form = DayForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            services.day_set(actor=request.user, unit=values.pop("unit"), **values)
        except AppError as error:
            add_error(form, error)
        else:
            workdays.forget()
            messages.success(request, _("Đã ghi. Lịch và mọi cách tính ngày làm việc theo ngày này."))
            return redirect("agenda:days")
    rows = CalendarDay.objects.filter(unit__in=units_where(request.user, access.DAYS)).select_related("unit")
    context = {"form": form, "rows": rows.order_by("-on")[:200], "here": "days"}
    return render(request, "agenda/days.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day back."""
    services.day_remove(actor=request.user, day=access.day_for_update(request.user, pk))
    workdays.forget()
    messages.success(request, _("Đã bỏ."))
    return redirect("agenda:days")


# — the feed ————————————————————————————————————————————————————————————————————————————


@login_required
def subscribe(request: HttpRequest) -> HttpResponse:
    """How to see this calendar in one's own program."""
    token = request.session.pop("agenda-feed", "")
    url = request.build_absolute_uri(reverse("calendar_feed", args=[token])) if token else ""
    return render(
        request,
        "agenda/subscribe.html",
        {"feed": Feed.objects.filter(user=request.user.pk).first(), "url": url, "here": "subscribe"},
    )


@login_required
@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """A new address."""
    request.session["agenda-feed"] = services.feed_renew(actor=request.user)
    return redirect("agenda:subscribe")


@login_required
@require_POST
def feed_remove(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    services.feed_remove(actor=request.user)
    messages.success(request, _("Địa chỉ lịch cũ không còn dùng được."))
    return redirect("agenda:subscribe")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file itself: who has the address reads what its person may see at this moment. No log-in, no cookie."""
    from loa.agenda.feed import calendar_of

    found = Feed.objects.select_related("user").filter(token_hash=token_hash(token)).first()
    if found is None:
        raise Http404
    now = clock.now()
    if found.read_at is None or now - found.read_at > dt.timedelta(hours=1):
        Feed.objects.filter(pk=found.pk).update(read_at=now)
    body = calendar_of(found.user)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if etag in known:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="loa.ics"'
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=900"
    answer["X-Robots-Tag"] = "noindex"
    return answer
