"""Reads about people: notices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from loa.accounts.models import Notice


def notices_of(user: Any) -> QuerySet[Notice]:
    """What the person has been told, newest first, without what was taken back before it was read."""
    return Notice.objects.filter(user=user, cancelled_at=None).order_by("-created_at", "-pk")


def unread_count(user: Any) -> int:
    """How many notices the person has not read; 0 for somebody who is not logged in."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notice.objects.filter(user=user, read_at=None, cancelled_at=None).count()
