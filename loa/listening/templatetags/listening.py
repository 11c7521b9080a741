"""Filters of listening's screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.core import clock
from loa.lib import vi
from loa.lib.vi.boolean import Boolean, marking
from loa.listening.models import Source
from loa.listening.texts import FIELDS, Standing, fetch_error, source_standing
from loa.listening.watch.rules import usual_words

register = template.Library()


@register.filter
def gap(seconds: int) -> str:
    """A length of time in one unit, rounded up: "40 phút", "5 giờ", "3 ngày"."""
    minutes = -(-int(seconds) // 60)
    if minutes < 90:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    if hours < 48:
        return ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}
    return _("%(n)d ngày") % {"n": -(-hours // 24)}


@register.filter
def signed(value: float) -> str:
    """A gain or a loss with its sign and two digits: "+0,07", "−0,02"."""
    return f"{'−' if value < 0 else '+'}{abs(value):.2f}".replace(".", ",")


@register.filter
def usual(expected: float) -> str:
    """What is usual, in words."""
    return usual_words(expected)


@register.filter
def trouble(code: str) -> object:
    """What happened, for a code of a fetch that failed."""
    return fetch_error(code)[0]


@register.filter
def standing(source: Source) -> Standing:
    """How a source stands."""
    return source_standing(source)


@register.simple_tag
def lit(text: str, query: Boolean | None, size: int = 220) -> SafeString:
    """A piece of the text with what was sought in it marked; without a query its beginning."""
    piece, spans = vi.snippet(text, marking(query) if query else "", size)
    parts: list[tuple[SafeString]] = []
    at = 0
    for start, end in spans:
        parts.append((format_html("{}<mark>{}</mark>", piece[at:start], piece[start:end]),))
        at = end
    return format_html("{}{}", format_html_join("", "{}", parts), piece[at:])


@register.filter
def part(field: str) -> object:
    """The part of an analysis that was set right, in words."""
    return FIELDS.get(field, field)


@register.filter
def isotime(text: str) -> str:
    """A moment written as ISO 8601, as people read it: "16:05 29/11/2026"."""
    try:
        return clock.local(dt.datetime.fromisoformat(text)).strftime("%H:%M %d/%m/%Y")
    except (TypeError, ValueError):
        return "–"


@register.filter
def total(counts: Mapping[str, int] | None) -> int:
    """The sum of the values."""
    return sum((counts or {}).values())


@register.filter
def share(part: float, whole: float) -> str:
    """A part of a whole in percent, whole numbers: "38%"; a dash when there is nothing."""
    return f"{round(100 * part / whole)}%" if whole else "–"


@register.filter
def tonebar(tones: Any) -> SafeString:
    """A bar of the three tones; decoration beside the share in words."""
    whole = tones.total or 1
    parts, at = [], 0.0
    for name in ("neg", "neu", "pos"):
        width = 100 * getattr(tones, name) / whole
        parts.append((name, f"{at:.4g}", f"{width:.4g}"))
        at += width
    return format_html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" focusable="false">{}</svg>',
        format_html_join("", '<rect class="{}" x="{}" width="{}" height="10"/>', parts),
    )


@register.filter
def place(name: str) -> str:
    """The name of a commune without the office that governs it."""
    return name.removeprefix("UBND ").removeprefix("Ủy ban nhân dân ")
