"""Drawings of the agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from loa.agenda.year import Line

register = template.Library()

ROW, GAP, WIDTH = 14, 4, 1000


@register.filter
def bar_chart(line: Line) -> SafeString:
    """Tasks of a topic as bars over its months, due days as marks; screen readers get a list instead."""
    height = max(line.lines, 1) * (ROW + GAP) + GAP
    bars = format_html_join(
        "",
        '<rect class="b {}" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}</title></rect>',
        (
            (
                bar.state,
                bar.left * WIDTH / 100,
                GAP + bar.line * (ROW + GAP),
                max(bar.width * WIDTH / 100, 4),
                ROW,
                bar.title,
            )
            for bar in line.bars
        ),
    )
    marks = format_html_join(
        "",
        '<path class="m" d="M{} 0V{}"><title>{}: {}</title></path>',
        ((due.left * WIDTH / 100, height, due.on.strftime("%d/%m/%Y"), due.title) for due in line.dues),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false" '
        'height="{}">{}{}</svg>',
        WIDTH, height, height, bars, marks,
    )  # fmt: skip
