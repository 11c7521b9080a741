"""Words and marks of obligations in templates."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.templatetags.loa import icon
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


# Boards draw a thousand cells a page, most of them alike: each is made once a day and kept.


@lru_cache(maxsize=512)
def _short(title: str, letters: int) -> str:
    return Truncator(title).chars(letters)


@lru_cache(maxsize=4096)
def _state_mark(cell: Any, today: dt.date) -> SafeString:
    """What reporting/_state.html draws for one cell on a day."""
    if cell.state is State.OVERDUE:
        label = _("Nợ %s") % cell.slot.label if cell.slot.label else _("Quá hạn")
        words = format_html("{} <b>{}/{}</b>", label, cell.total, cell.owed)
    else:
        words = format_html('{}/{}<span class="vh"> {}</span>', cell.total, cell.owed, state_label(cell.state))
    if cell.state is State.MET:
        small = _("vượt %s") % cell.surplus if cell.total > cell.owed else _("đạt")
    elif cell.state is State.LATE:
        small = _("đạt, trễ hạn")
    else:
        small = due_words(cell.slot)
    return format_html(
        '<span class="st {}">{}<span>{}<small>{}</small></span></span>',
        state_tone(cell.state),
        icon(state_icon(cell.state)),
        words,
        small,
    )


@register.simple_tag
def duty_cells(row: Any, columns: list[Any]) -> SafeString:
    """The duties of one row of the board, as items of a list; what does not concern the unit takes no room."""
    today = clock.today()
    return format_html_join(
        "",
        "<li><small>{}</small>{}</li>",
        (
            (_short(column.directive.title, 52), _state_mark(cell, today))
            for cell, column in zip(row.cells, columns, strict=True)
            if cell is not None
        ),
    )


@lru_cache(maxsize=1024)
def _cover_mark(cell: Any) -> SafeString:
    if cell is None:
        tone, name, words, small = "na", "dash", "", _("không giao")
    elif cell.state == "none":
        tone, name, words, small = "act", "late", _("Chưa có"), ""
    elif cell.state == "done":
        tone, name, words, small = "done", "okc", _("%s việc") % cell.tasks, _("đã xong")
    else:
        tone, name, words = "wait", "half", _("%s việc") % cell.tasks
        small = _("%s xong") % cell.done if cell.done else _("đang làm")
    if not words:
        inner = format_html('<span class="vh">{}</span>', small)
    elif small:
        inner = format_html("<span>{}<small>{}</small></span>", words, small)
    else:
        inner = format_html("<span>{}</span>", words)
    return format_html('<span class="st {}">{}{}</span>', tone, icon(name), inner)


@register.simple_tag
def cover_cells(line: Any) -> SafeString:
    """The cells of one unit of the coverage matrix."""
    if line["row"].plan is None:
        words = _("%s việc được giao, chưa có kế hoạch nào đáp ứng") % line["row"].asked
        return format_html(
            '<td colspan="{}" class="noplan"><span class="soft">{}</span></td>', len(line["cells"]), words
        )
    return format_html_join(
        "",
        '<td data-label="{}"{}>{}</td>',
        (
            (
                _short(head.title, 90),
                "" if cell is not None else mark_safe(' class="empty-s"'),
                _cover_mark(cell),
            )
            for head, cell in line["cells"]
        ),
    )
