"""Tags and filters every template has (built in)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loa.core import charts, clock

register = template.Library()

WEEKDAYS = [
    _("thứ Hai"),
    _("thứ Ba"),
    _("thứ Tư"),
    _("thứ Năm"),
    _("thứ Sáu"),
    _("thứ Bảy"),
    _("Chủ Nhật"),
]


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One line icon of the sprite (`loa/icons.html`, included once by every base template)."""
    css = f"ic ic-{size}" if size else "ic"
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', css, name)


@register.filter
def vndate(value: Any) -> str:
    """dd/mm/yyyy as read in Việt Nam; empty for None."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = clock.local(value)
    return value.strftime("%d/%m/%Y")


@register.filter
def vntime(value: Any) -> str:
    """hh:mm dd/mm/yyyy as read in Việt Nam; empty for None."""
    return clock.local(value).strftime("%H:%M %d/%m/%Y") if value else ""


@register.filter
def vnnumber(value: Any) -> str:
    """1.234.567: thousands parted by dots."""
    try:
        return f"{int(value):,}".replace(",", ".")
    except (TypeError, ValueError):
        return str(value)


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, number: int) -> str:
    """The present address with another `?trang=`; filters and order are kept."""
    params = context["request"].GET.copy()
    params["trang"] = str(number)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def with_params(context: template.Context, **changes: Any) -> str:
    """The present address with some query parameters set (None or "" takes one away); the page starts afresh."""
    params = context["request"].GET.copy()
    params.pop("trang", None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.filter
def page_numbers(page: Page) -> list[int]:
    """Numbers to show: first, last, and two around the present one; 0 stands for a gap."""
    last = page.paginator.num_pages
    shown = sorted({1, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)})
    numbers: list[int] = []
    for number in shown:
        if numbers and number > numbers[-1] + 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


@register.filter
def widget_kind(field: Any) -> str:
    """Kind of a bound field's widget ("checkbox", "text", "select", …), for loa/forms/field.html."""
    if field.use_fieldset:
        return "group"
    return str(getattr(field.field.widget, "input_type", "") or field.widget_type)


@register.filter
def weekday(value: dt.date | None) -> str:
    """thứ Hai … Chủ Nhật."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = clock.local(value).date()
    return str(WEEKDAYS[value.weekday()])


@register.filter
def weekday_short(value: dt.date | None) -> str:
    """Th 2 … Th 7, CN: for the leaf of a calendar."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = clock.local(value).date()
    return "CN" if value.weekday() == 6 else f"Th {value.weekday() + 2}"


@register.simple_tag
def chip(state: str, text: Any, name: str = "") -> SafeString:
    """A state in words and colour: done, act, wait, go, ink, sky, plain; `name`: an icon other than the usual."""
    usual = {"done": "check", "act": "late", "wait": "clock", "go": "clock", "sky": "clock"}
    sign = icon(name or usual[state], "s") if name or state in usual else ""
    return format_html('<span class="chip {}">{}{}</span>', state, sign, text)


@register.simple_tag
def meter(value: float, most: float = 100, tone: str = "", mini: bool = False) -> SafeString:
    """A bar beside a number (charts.meter)."""
    return charts.meter(float(value or 0), float(most or 0), tone=tone, mini=mini)


@register.simple_tag
def ring(value: float, most: float = 100, label: str = "", tone: str = "") -> SafeString:
    """A ring with a percentage (charts.ring)."""
    return charts.ring(float(value or 0), float(most or 0), label=label, tone=tone)


@register.simple_tag
def cell(done: int, target: int, future: bool = False, url: str = "", now: bool = False) -> SafeString:
    """A cell of the coverage matrix (charts.cell)."""
    return charts.cell(done, target, future=future, now=now, url=url)
