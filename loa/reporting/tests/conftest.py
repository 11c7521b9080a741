"""A plan in force over the small Sở of the cast."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import UnitClass
from loa.org.rules import DIRECT_KINDS, SCHOOLS, Kind
from loa.plans.models import Directive, Plan, Topic
from loa.plans.rules import PlanStatus

YEAR = 2026


@pytest.fixture
def at():
    """Hold the clock: `with at("2026-05-10"): …`."""
    return clock.frozen


@pytest.fixture
def plan(cast):
    """Issued by the Sở for 2026, with the classes of units it speaks of."""
    for code, kinds, depth in (
        ("schools", sorted(SCHOOLS), None),
        ("direct", sorted(DIRECT_KINDS), 1),
        ("communes", [Kind.UBND_XA], 1),
    ):
        UnitClass.objects.update_or_create(code=code, defaults={"label": code, "kinds": kinds, "depth": depth})
    plan = Plan.objects.create(
        unit=cast.so,
        title="Truyền thông năm 2026",
        status=PlanStatus.ISSUED,
        starts_on=dt.date(YEAR, 1, 1),
        ends_on=dt.date(YEAR, 12, 31),
    )
    Topic.objects.create(plan=plan, number="1", title="Giáo dục mầm non", position=1)
    Topic.objects.create(plan=plan, number="2", title="An toàn trường học", position=2)
    return plan


@pytest.fixture
def quota(plan):
    """One story a quarter, owed by every school."""
    return make_directive(plan)


def make_directive(plan: Plan, **fields: object) -> Directive:
    """A directive of `plan`; a quarterly quota of one story for all schools unless said otherwise."""
    values: dict = {
        "kind": "quota",
        "title": "Mỗi trường ít nhất 01 bài/quý",
        "count": 1,
        "noun": "bài",
        "period": "quarter",
        "proof": "story",
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "audience": {"classes": ["schools"]},
    }
    return Directive.objects.create(plan=plan, **{**values, **fields})


def make_story(unit, author, day: str, *, live: bool = True, **fields: object) -> Story:
    """A story as it stands after publication on `day`."""
    when = clock.start_of(dt.date.fromisoformat(day)) + dt.timedelta(hours=9)
    return Story.objects.create(
        unit=unit,
        author=author,
        title=str(fields.pop("title", f"Bài ngày {day}")),
        live=live,
        stage=Stage.PUBLISHED if live else Stage.DRAFT,
        published_at=when if live else None,
        **fields,
    )
