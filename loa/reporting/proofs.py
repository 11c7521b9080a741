"""Stories and reports as proofs of tasks: what plans asks for through its registry."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from loa.newsroom.models import Story
from loa.plans.events import TaskProofs
from loa.reporting.models import Report

#: so many of a unit's newest stories and reports can be chosen from
OFFERED = 40


def _stories(unit_id: int) -> list[tuple[int, str]]:
    rows = Story.objects.filter(unit=unit_id, live=True).order_by("-published_at", "-pk")
    return list(rows.values_list("pk", "title")[:OFFERED])


def _stories_shown(numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Story.objects.filter(pk__in=list(numbers), live=True).values_list("pk", "title")
    return {pk: (title, reverse("newsroom:story", args=[pk])) for pk, title in rows}


def _reports(unit_id: int) -> list[tuple[int, str]]:
    rows = Report.objects.filter(unit=unit_id, status=Report.Status.APPROVED).order_by("-ends_on", "-pk")
    return list(rows.values_list("pk", "title")[:OFFERED])


def _reports_shown(numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Report.objects.filter(pk__in=list(numbers)).values_list("pk", "title")
    return {pk: (title, reverse("reports:report", args=[pk])) for pk, title in rows}


STORIES = TaskProofs(choices=_stories, describe=_stories_shown)
REPORTS = TaskProofs(choices=_reports, describe=_reports_shown)
