"""What changes above without a document, later than known, for a merged unit, or kept by a quota of one's own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.org.rules import Kind, Role
from loa.org.services import unit_merge
from loa.org.tests.factories import make_unit, make_user
from loa.plans import services
from loa.plans.models import Directive
from loa.plans.rules import DirectiveKind
from loa.plans.selectors.cascade import applied_changes, duties_for, pending_changes
from loa.plans.selectors.changes import changes_of
from loa.plans.services.apply import apply_due_changes
from loa.plans.tests.factories import derive_plan, make_class, make_directive, make_plan, make_task, make_topic
from loa.reporting.selectors.cascade import matrix

D = dt.date
HEAD = {"title": "Điều chỉnh", "number": "2", "reason": "Chỉ đạo mới"}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def above(cast):
    make_class("xa", (Kind.UBND_XA,), 1, label="UBND các xã")
    plan = make_plan(cast.so)
    make_topic(plan, "An toàn trường học", number="1")
    return plan


def asked_by_hand(cast, above) -> Directive:
    return services.add_directive(
        actor=cast.office, plan=above, kind=DirectiveKind.QUOTA, new_topic="Bơi an toàn",
        values={"title": "01 video", "count": 1, "noun": "video", "period": "month", "proof": "story",
                "audience": {"classes": ["xa"]}},
    )  # fmt: skip


def amend(actor, plan, directive, values, *, effective_on):
    head = HEAD | {"signed_on": clock.today(), "effective_on": effective_on}
    amendment = services.amendment_start(actor=actor, plan=plan, values=head)
    services.change_directive(actor=actor, amendment=amendment, directive=directive, values=values)
    return services.issue_amendment(actor=actor, amendment=amendment)


def test_what_is_asked_and_called_off_by_hand_waits_below_and_stands_in_the_history(cast, above):
    below = derive_plan(cast.xa, above)
    head = make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))
    assert pending_changes(below) == []
    with clock.frozen("2026-05-17"):
        asked = asked_by_hand(cast, above)
        (waiting,) = pending_changes(below)
        assert (waiting.kind, waiting.directive, waiting.amendment) == ("add", asked, None)
        page = Client()
        page.force_login(cast.office)
        told = page.get(reverse("plans:amendments", args=[above.pk])).content.decode()
        assert "quyết định trực tiếp, không kèm văn bản" in told
        assert services.accept_changes(actor=head, plan=below) == 1
        task = below.tasks.get(source_directive=asked)
        assert (task.topic.title, task.topic.source) == ("Bơi an toàn", asked.topic)
    with clock.frozen("2026-05-20"):
        services.cancel_directive(actor=cast.office, directive=asked, reason="Trùng việc")
        (waiting,) = pending_changes(below)
        assert waiting.kind == "cancel"
        assert [change.kind for change in changes_of(above)] == ["cancel", "add"]
        services.accept_changes(actor=head, plan=below)
        task.refresh_from_db()
        assert (task.cancelled_on, task.cancel_reason) == (D(2026, 5, 20), "Trùng việc")
        assert pending_changes(below) == []


def test_what_takes_effect_after_a_plan_was_drawn_up_is_news_to_it(cast, above):
    quota = make_directive(above, title="01 bài/tháng", audience={"classes": ["xa"]})
    amend(cast.office, above, quota, {"count": 3}, effective_on=D(2026, 6, 1))
    with clock.frozen("2026-05-20"):
        below = derive_plan(cast.xa, above)
        assert pending_changes(below) == []
    with clock.frozen("2026-06-01"):
        apply_due_changes()
        (waiting,) = pending_changes(below)
        assert waiting.after == {"count": 3}


@pytest.fixture
def head(cast):
    return make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))


@pytest.fixture
def quota(above) -> Directive:
    return make_directive(above, title="Gương người tốt, việc tốt", audience={"classes": ["xa"]})


@pytest.fixture
def own(cast):
    return make_plan(cast.xa, signed_on=D(2026, 2, 4))


@pytest.fixture
def kept(cast, own) -> Directive:
    return make_directive(own, title="Gương người tốt, việc tốt của xã", audience={"units": [cast.xa.pk]})


def tie(head, own, above, quota, kept, **values):
    """The commune's own signed plan, a quota of which keeps the one above."""
    answer = {"topics": {}, "tasks": {}, "directives": {kept.pk: f"d{quota.pk}"}}
    services.link_plan(actor=head, plan=own, parent=above, **answer | values)
    own.refresh_from_db()


def test_a_quota_of_ones_own_stays_and_the_history_says_that_the_change_is_known(
    cast, above, head, own, quota, kept
):
    tie(head, own, above, quota, kept)
    amend(cast.office, above, quota, {"count": 4}, effective_on=D(2026, 5, 16))
    assert len(pending_changes(own)) == 1
    page = Client()
    page.force_login(head)
    told = page.get(reverse("plans:changes", args=[own.pk])).content.decode()
    assert "Đơn vị đang làm bằng chỉ tiêu riêng" in told
    assert reverse("plans:amendment_start", args=[own.pk]) in told
    services.accept_changes(actor=head, plan=own)
    assert own.tasks.count() == 0
    kept.refresh_from_db()
    assert kept.count == 1
    assert "Đã biết điều chỉnh" in changes_of(own).first().reason
    assert pending_changes(own) == []


def test_what_is_only_known_and_stays_as_it_is_asks_nothing_of_the_plans_below(cast, above, head, own, quota):
    kept = make_directive(own, title="Bài của từng trường", audience={"units": [cast.school.pk]})
    tie(head, own, above, quota, kept)
    school = derive_plan(cast.school, own)
    with clock.frozen("2026-05-17"):
        amend(cast.office, above, quota, {"count": 4}, effective_on=D(2026, 5, 17))
        services.accept_changes(actor=head, plan=own)
        known = changes_of(own).get()
        assert (known.kind, known.before, known.after) == ("alter", {}, {})
        assert (applied_changes(own), pending_changes(school)) == ([], [])
        assert services.remind_acceptance(actor=head, plan=own) == 0
    with clock.frozen("2026-05-18"):
        amend(head, own, kept, {"count": 2}, effective_on=D(2026, 5, 18))
        (waiting,) = pending_changes(school)
        assert waiting.after == {"count": 2}


def test_beside_a_quota_of_ones_own_a_task_of_the_same_line_still_follows(cast, above, head, own, quota, kept):
    task = make_task(own, "Viết gương người tốt, việc tốt", lead=cast.xa)
    tie(head, own, above, quota, kept, tasks={task.pk: f"d{quota.pk}"})
    amend(cast.office, above, quota, {"title": "Gương nhà giáo, người học"}, effective_on=D(2026, 5, 16))
    services.accept_changes(actor=head, plan=own)
    task.refresh_from_db()
    assert (task.content, task.source_directive.title) == ("Gương nhà giáo, người học",) * 2
    services.cancel_directive(actor=cast.office, directive=task.source_directive, reason="Trùng việc")
    assert services.accept_changes(actor=head, plan=own) == 1
    task.refresh_from_db()
    assert (task.cancelled_on, task.cancel_reason) == (D(2026, 5, 16), "Trùng việc")
    kept.refresh_from_db()
    assert (kept.title, kept.valid_to) == ("Gương người tốt, việc tốt của xã", None)
    assert [(change.kind, change.subject) for change in changes_of(own)] == [
        ("cancel", "task"), ("alter", "directive"), ("alter", "task"), ("alter", "directive"),
    ]  # fmt: skip
    assert pending_changes(own) == []


def test_who_carries_on_for_a_merged_commune_is_asked_what_that_one_was(cast, above):
    other = make_unit("Xã Mường Nọc", Kind.UBND_XA, cast.so)
    report = make_directive(above, title="Báo cáo riêng", audience={"units": [cast.xa.pk]})
    task = make_task(above, "Việc của xã", lead=cast.xa)
    with clock.frozen("2026-05-20"):
        unit_merge(actor=cast.admin, units=[cast.xa], into=other, on=D(2026, 5, 20), decision="9")
        assert {duty.key for duty in duties_for(above, other)} == {f"d{report.pk}", f"t{task.pk}"}
        found = matrix(above)
        row = next(row for row in found.rows if row.unit_id == other.pk)
        cells = {column.key: cell for column, cell in zip(found.columns, row.cells, strict=True) if cell}
        assert cells.keys() == {f"d{report.pk}", f"t{task.pk}"}
