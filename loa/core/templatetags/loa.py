"""Tags and filters every template has (built in)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from loa.core import clock

register = template.Library()


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
