"""Addresses for notices, without the screens being imported."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def thread_url(thread: Any) -> str:
    """The page of a thread."""
    return reverse("feedback:thread", args=[thread.pk])


def ruling_url(ruling: Any) -> str:
    """The page of a ruling."""
    return reverse("feedback:ruling", args=[ruling.pk])
