"""Filters of listening's screens."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.listening.texts import fetch_error

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
def trouble(code: str) -> object:
    """What happened, for a code of a fetch that failed."""
    return fetch_error(code)[0]
