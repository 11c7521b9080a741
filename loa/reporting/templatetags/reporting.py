"""Words and marks of obligations in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from loa.core import clock
from loa.reporting.rules import Slot, State
from loa.reporting.texts import STATE_ICONS, STATE_LABELS, STATE_TONES, due_words

register = template.Library()


@register.filter
def state_label(value: Any) -> str:
    """ "Quá hạn"."""
    return str(STATE_LABELS[State(value)])


@register.filter
def state_tone(value: Any) -> str:
    """Class of colour: act, wait, done, next."""
    return STATE_TONES[State(value)] or "next"


@register.filter
def state_icon(value: Any) -> str:
    """Name of the icon that says the same as the colour."""
    return {"check": "okc"}.get(STATE_ICONS[State(value)], STATE_ICONS[State(value)])


@register.filter
def with_columns(row: Any, columns: list[Any]) -> list[tuple[Any, Any]]:
    """(cell, column) of what concerns the unit; a directive meant for others takes no room."""
    return [(cell, column) for cell, column in zip(row.cells, columns, strict=True) if cell is not None]


@register.filter
def slot_due(slot: Slot) -> str:
    """ "còn 4 ngày làm việc", "trễ 3 ngày"."""
    return due_words(slot)


@register.filter
def short_day(day: Any) -> str:
    """30/11 in this year, 30/11/2025 in another."""
    return f"{day.day:02d}/{day.month:02d}" + ("" if day.year == clock.today().year else f"/{day.year}")


@register.simple_tag
def rate_bar(percent: int, low: int = 60) -> SafeString:
    """A thin bar with its figure; below `low` percent in flame. Drawn without inline style (strict CSP)."""
    percent = max(0, min(int(percent), 100))
    return format_html(
        '<span class="rate{}"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8" rx="4"/>'
        '<rect class="fill" width="{}" height="8" rx="4"/></svg>'
        "<b>{}%</b></span>",
        " low" if percent < low else "",
        percent,
        percent,
    )
