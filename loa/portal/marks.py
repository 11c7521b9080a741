"""Marking what was searched for, in text that is escaped."""

from __future__ import annotations

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


def marked_spans(text: str, spans: list[tuple[int, int]]) -> SafeString:
    """The text, escaped, with these spans in <mark>."""
    parts: list[SafeString] = []
    at = 0
    for start, end in spans:
        parts += [escape(text[at:start]), format_html("<mark>{}</mark>", text[start:end])]
        at = end
    parts.append(escape(text[at:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped
