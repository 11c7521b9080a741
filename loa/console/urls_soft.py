"""Addresses of screens of other domains, "" where a place runs without that screen."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def url(name: str, *args: Any) -> str:
    """The address of the named screen."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
