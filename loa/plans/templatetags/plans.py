"""Words and marks of tasks and changes in templates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from loa.plans import texts
from loa.plans.rules.tasks import CLOSED, TaskState

register = template.Library()

#: state → (class of colour, icon)
_MARKS = {
    TaskState.TODO: ("next", "clock"),
    TaskState.DOING: ("wait", "half"),
    TaskState.WAITING: ("wait", "hold"),
    TaskState.DONE: ("done", "okc"),
    TaskState.CANCELLED: ("na", "dash"),
}


@register.filter
def task_state(value: Any) -> str:
    """ "Đang làm"."""
    return str(texts.TASK_STATE[TaskState(value)]) if value else ""


@register.filter
def task_mark(share: Any) -> tuple[str, str]:
    """(class of colour, icon) of a share: flame when it is late."""
    return ("act", "late") if share.late else _MARKS[TaskState(share.state)]


@register.filter
def left_words(share: Any) -> str:
    """ "trễ 3 ngày", "còn 5 ngày", "hạn 30/09/2026", "không định ngày": days first, then the day."""
    if share.state in CLOSED:
        return texts.due_phrase(share.due_on)
    left = share.days_left
    if left is None:
        return _("không định ngày")
    if left < 0:
        return _("trễ %s ngày") % texts.number(-left)
    if left == 0:
        return _("hạn hôm nay")
    if left <= 30:
        return _("còn %(n)s ngày, %(due)s") % {"n": left, "due": texts.due_phrase(share.due_on)}
    return texts.due_phrase(share.due_on)


@register.simple_tag
def percent_bar(percent: int, late: bool = False) -> SafeString:
    """A thin bar with its figure, drawn without inline style (strict CSP)."""
    percent = max(0, min(int(percent), 100))
    return format_html(
        '<span class="pbar{}"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8" rx="4"/>'
        '<rect class="fill" width="{}" height="8" rx="4"/></svg><b>{}%</b></span>',
        " low" if late else "",
        percent,
        percent,
    )


@register.filter
def vnday(value: Any) -> str:
    """dd/mm/yyyy of a date or ISO text."""
    return texts.day(value) if isinstance(value, (dt.date, str)) else ""
