"""Amendments of a plan: drawn up, issued, applied on their day, told, readable; and duties given by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from loa.accounts.models import Notice
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.plans import selectors, services, tasks
from loa.plans.models import Amendment, Change, Directive, Task
from loa.plans.rules import DirectiveKind
from loa.plans.rules.changes import boundary, differences, running_share
from loa.plans.rules.slots import Terms, slots
from loa.plans.selectors.changes import history_of
from loa.plans.selectors.tasks import unit_shares
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic

D = dt.date
HEAD = {
    "number": "145/KH-SGDĐT",
    "title": "Điều chỉnh kế hoạch truyền thông",
    "signed_on": D(2026, 5, 14),
    "effective_on": D(2026, 5, 16),
    "reason": "Theo chỉ đạo của Bộ",
}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def plan(cast):
    make_class(label="Các trường")
    return make_plan(cast.so)


@pytest.fixture
def draft(cast, plan):
    return services.amendment_start(actor=cast.office, plan=plan, values=HEAD)


def browser(user=None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


# — rules —————————————————————————————————————————————————————————————————————————————

PERIODS = st.sampled_from(["week", "month", "quarter", "semester", "year"])


@given(PERIODS, PERIODS, st.integers(0, 364))
def test_a_change_of_period_cuts_nothing_in_two_and_leaves_no_gap(old, new, offset):
    former = Terms(1, "quota", 1, old, D(2026, 1, 1), D(2026, 12, 31))
    day = D(2026, 1, 1) + dt.timedelta(days=offset)
    first = boundary(former, new, day)
    assert first >= day
    later = slots(Terms(2, "quota", 1, new, D(2026, 1, 1), D(2026, 12, 31), since=first))
    kept = slots(Terms(1, "quota", 1, old, D(2026, 1, 1), D(2026, 12, 31), until=first))
    assert all(slot.end < first for slot in kept)
    if old == new:
        assert first == day
        return
    for one in kept:
        assert not any(one.start < other.end and other.start <= one.end for other in later if other.start >= first)


@given(st.integers(1, 20), st.integers(1, 20), st.dates(D(2026, 4, 2), D(2026, 6, 30)))
def test_the_figure_shown_lies_between_both(old, new, day):
    slot, before, after, owed = running_share(
        Terms(1, "quota", old, "quarter", D(2026, 1, 1), D(2026, 12, 31)), new, day
    )
    assert before + after == (slot.end - slot.start).days + 1
    assert min(old, new) <= owed <= max(old, new)


def test_only_what_differs_is_a_change():
    was, now = differences(
        {"a": None, "b": "", "c": D(2026, 1, 1)}, {"a": "", "b": None, "c": D(2026, 1, 2)}, "abc"
    )
    assert (was, now) == ({"c": "2026-01-01"}, {"c": "2026-01-02"})


# — services ——————————————————————————————————————————————————————————————————————————


def test_a_task_is_altered_and_its_history_can_be_read(cast, plan, draft):
    task = make_task(plan, "Học bạ số", lead=cast.school, due_on=D(2026, 6, 30))
    values = {
        "content": "Học bạ số", "due_on": D(2026, 9, 30),
        "lead": [{"as_printed": "Trường Tiểu học Sơn Hạ", "audience": {"units": [cast.primary.pk]}}],
    }  # fmt: skip
    services.change_task(actor=cast.office, amendment=draft, task=task, values=values)
    assert [s.due_on for s in unit_shares(cast.school)] == [D(2026, 6, 30)], "a draft changes nothing"
    services.issue_amendment(actor=cast.office, amendment=draft)
    assert unit_shares(cast.school) == []
    assert [s.due_on for s in unit_shares(cast.primary)] == [D(2026, 9, 30)]
    assert [s.due_on for s in unit_shares(cast.school, day=D(2026, 5, 15))] == [D(2026, 6, 30)]
    assert unit_shares(cast.primary, day=D(2026, 5, 15)) == []
    (change,) = history_of(task)
    assert change.before["due_on"] == "2026-06-30"
    assert change.after["due_on"] == "2026-09-30"
    assert "content" not in change.after
    page = browser(cast.owner).get(reverse("plans:amendments", args=[plan.pk])).content.decode()
    for words in ("30/06/2026", "30/09/2026", "145/KH-SGDĐT", "Theo chỉ đạo của Bộ"):
        assert words in page


def test_something_new_and_something_cancelled(cast, plan, draft):
    gone = make_task(plan, "Bỏ", lead=cast.school)
    topic = make_topic(plan)
    services.change_task(actor=cast.office, amendment=draft, task=gone, values=None)
    lead = [{"as_printed": "THCS Sơn Thượng", "audience": {"units": [cast.school.pk]}}]
    services.add_to_amendment(
        actor=cast.office, amendment=draft, kind="task",
        values={"content": "Truyền thông bão số 3", "due_on": D(2026, 5, 20), "lead": lead, "topic": topic.pk},
    )  # fmt: skip
    services.add_to_amendment(
        actor=cast.office, amendment=draft, kind="quota",
        values={"title": "Video an toàn bơi", "count": 1, "noun": "video", "period": "month", "proof": "story",
                "audience": {"classes": ["moi-truong"], "under": [cast.xa.pk]}},
    )  # fmt: skip
    services.issue_amendment(actor=cast.office, amendment=draft)
    assert [s.task.content for s in unit_shares(cast.school)] == ["Truyền thông bão số 3"]
    made = Task.objects.get(content="Truyền thông bão số 3")
    assert (made.topic, made.valid_from) == (topic, D(2026, 5, 16))
    assert [s.task.content for s in unit_shares(cast.school, day=D(2026, 5, 15))] == ["Bỏ"]
    directive = Directive.objects.get()
    assert selectors.directives_in_force(cast.school, D(2026, 6, 1)) == [directive]
    assert selectors.directives_in_force(cast.thpt, D(2026, 6, 1)) == []
    assert selectors.directives_in_force(cast.school, D(2026, 5, 15)) == []


def test_who_is_concerned_is_told_once(cast, plan, draft, django_capture_on_commit_callbacks):
    directive = make_directive(plan)
    services.change_directive(actor=cast.office, amendment=draft, directive=directive, values={"count": 3})
    with django_capture_on_commit_callbacks(execute=True):
        services.issue_amendment(actor=cast.office, amendment=draft)
    told = Notice.objects.filter(code="plans.change.told")
    assert {n.user for n in told} == {cast.owner, cast.colleague, cast.lead, cast.outsider, cast.outsider_lead}
    tasks.tell_change.func(Change.objects.get().pk, 0)
    assert told.count() == 5
    assert told.first().data["reason"] == HEAD["reason"]


@pytest.mark.parametrize("who", ["owner", "lead", "commune", "editor", "admin", "outsider"])
def test_others_amend_nothing(cast, plan, draft, who):
    actor, directive = getattr(cast, who), make_directive(plan)
    task = make_task(plan, lead=cast.school)
    deeds = (
        lambda: services.amendment_start(actor=actor, plan=plan, values=HEAD | {"number": "9"}),
        lambda: services.amendment_edit(actor=actor, amendment=draft, values=HEAD),
        lambda: services.change_directive(actor=actor, amendment=draft, directive=directive, values={"count": 2}),
        lambda: services.change_task(actor=actor, amendment=draft, task=task, values=None),
        lambda: services.add_to_amendment(actor=actor, amendment=draft, kind="task", values={"content": "x"}),
        lambda: services.issue_amendment(actor=actor, amendment=draft),
        lambda: services.discard_amendment(actor=actor, amendment=draft),
    )
    for deed in deeds:
        with pytest.raises(Refused):
            deed()
    draft.refresh_from_db()
    assert (Amendment.objects.count(), Change.objects.count(), draft.status) == (1, 0, "draft")


def test_what_cannot_be_is_refused_with_its_field(cast, plan, draft):
    directive = make_directive(plan)
    office = {"actor": cast.office}
    for name in HEAD:
        with pytest.raises(InvalidInput) as error:
            services.amendment_start(**office, plan=plan, values=HEAD | {name: None})
        assert error.value.field == name
    with pytest.raises(InvalidInput):
        services.amendment_start(**office, plan=plan, values=HEAD | {"effective_on": D(2027, 1, 1)})
    with pytest.raises(Conflict):
        services.amendment_start(**office, plan=plan, values=HEAD)
    with pytest.raises(InvalidInput):
        services.change_directive(**office, amendment=draft, directive=directive, values={"count": 1})
    with pytest.raises(InvalidInput):
        services.change_directive(**office, amendment=draft, directive=directive, values={"audience": {}})
    with pytest.raises(InvalidInput):
        services.issue_amendment(**office, amendment=draft)
    services.change_directive(**office, amendment=draft, directive=directive, values={"count": 2})
    services.change_directive(**office, amendment=draft, directive=directive, values={"count": 5})
    assert Change.objects.get().after == {"count": 5}, "the later word stands"
    services.issue_amendment(**office, amendment=draft)
    for deed in (services.issue_amendment, services.discard_amendment):
        with pytest.raises(Conflict):
            deed(**office, amendment=draft)
    with pytest.raises(Conflict):
        services.change_directive(**office, amendment=draft, directive=directive, values={"count": 2})
    again = services.amendment_start(**office, plan=plan, values=HEAD | {"number": "146"})
    with pytest.raises(Conflict):
        services.change_directive(**office, amendment=again, directive=directive, values={"count": 2})
    with pytest.raises(InvalidInput, match="vừa được điều chỉnh"):
        services.change_directive(
            **office, amendment=again, directive=directive.superseded_by, values={"count": 2}
        )


def test_a_signed_document_can_come_later_and_is_private(cast, plan, draft):
    make_directive(plan)
    services.amendment_edit(
        actor=cast.office, amendment=draft, values=HEAD, file=SimpleUploadedFile("145.pdf", b"%PDF-1.4")
    )
    address = reverse("plans:amendment_file", args=[plan.pk, draft.pk])
    assert browser(cast.office).get(address).status_code == 200
    assert browser(cast.owner).get(address).status_code == 404, "a draft is nobody else's"
    with pytest.raises(InvalidInput):
        services.amendment_edit(
            actor=cast.office, amendment=draft, values=HEAD, file=SimpleUploadedFile("145.pdf", b"MZ")
        )


# — screens ———————————————————————————————————————————————————————————————————————————


def test_an_amendment_from_its_head_to_its_issue(cast, plan):
    directive = make_directive(plan, count=4, period="quarter", title="Tin, bài hằng quý")
    task = make_task(plan, "Học bạ số", lead=cast.school, due_on=D(2026, 6, 30))
    client = browser(cast.office)
    start = reverse("plans:amendment_start", args=[plan.pk])
    head = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in HEAD.items()}
    wrong = client.post(start, head | {"number": ""})
    assert Amendment.objects.count() == 0
    assert wrong.context["form"].errors.keys() == {"number"}, "the rest stays typed"
    page = client.post(start, head, follow=True).content.decode()
    assert "Tin, bài hằng quý" in page
    assert "Học bạ số" in page
    draft = Amendment.objects.get()
    one = reverse("plans:amend_directive", args=[plan.pk, draft.pk, directive.pk])
    form = {
        "title": "Tin, bài hằng quý",
        "count": "6",
        "noun": "bài",
        "period": "quarter",
        "classes": "moi-truong",
    }
    shown = client.post(one, form | {"xem": "1"}).content.decode()
    assert "45 ngày theo mức 4, 46 ngày theo mức 6" in shown
    assert "mỗi đơn vị phải có 5 bài" in shown
    assert client.post(one, form).status_code == 302
    assert (
        client.post(reverse("plans:amend_task", args=[plan.pk, draft.pk, task.pk]), {"huy": "1"}).status_code
        == 302
    )
    extra = reverse("plans:amendment_add", args=[plan.pk, draft.pk])
    added = {"loai": "task", "content": "Việc gấp", "lead_names": "Trường THCS Sơn Thượng"}
    assert client.post(extra, added).status_code == 302
    drop = Change.objects.get(subject="task", kind="add")
    assert client.post(reverse("plans:amendment_drop", args=[plan.pk, draft.pk, drop.pk])).status_code == 302
    assert client.post(reverse("plans:amendment_issue", args=[plan.pk, draft.pk])).status_code == 302
    assert [(c.kind, c.subject, c.applied_at is not None) for c in Change.objects.order_by("pk")] == [
        ("alter", "directive", True), ("cancel", "task", True)
    ]  # fmt: skip
    old = browser(cast.owner).get(reverse("plans:directive", args=[plan.pk, directive.pk])).content.decode()
    assert "Từ 16/05/2026 áp dụng mức mới" in old


def test_the_preview_says_who_owes_what_at_once(cast, plan):
    far = make_unit("Xã Khe Lau", Kind.UBND_XA, cast.so)
    for number in range(3):
        make_unit(f"Trường THCS Khe Lau {number}", Kind.THCS, far)
    client = browser(cast.office)
    address = reverse("plans:preview_directive", args=[plan.pk])
    form = {
        "loai": "quota", "title": "", "count": "2", "noun": "video", "period": "quarter", "proof": "story",
        "starts_on": "2026-07-01", "classes": "moi-truong", "under_names": "Xã Mường Sai",
    }  # fmt: skip
    shown = client.post(address, form, headers={"HX-Request": "true"}).content.decode()
    assert "<b>2</b> đơn vị" in shown
    assert "2 đơn vị, 4 video mỗi quý" in shown
    assert "quý III/2026, hạn 30/09/2026" in shown
    assert "Trường THCS Sơn Thượng · Trường Tiểu học Sơn Hạ" in shown
    less = client.post(address, form | {"except_names": "Trường Tiểu học Sơn Hạ"}).content.decode()
    assert "<b>1</b> đơn vị" in less
    late = client.post(address, form | {"starts_on": "2026-08-20"}).content.decode()
    assert "quý IV/2026" in late
    assert "bắt đầu từ kỳ sau" in late
    unsure = client.post(address, form | {"under_names": "Xã Không Có"}).content.decode()
    assert "Xã Không Có" in unsure
    assert client.post(address, {"loai": "quota"}).status_code == 200
    assert Directive.objects.count() == 0
    for person, status in ((cast.owner, 403), (cast.outsider, 403), (None, 302)):
        assert browser(person).post(address, form).status_code == status
    with CaptureQueriesContext(connection) as few:
        client.post(address, form)
    for number in range(12):
        make_unit(f"Trường THCS Mường Sai {number}", Kind.THCS, cast.xa)
    with CaptureQueriesContext(connection) as many:
        client.post(address, form)
    assert len(many) == len(few)
    assert (
        client.post(reverse("plans:add_directive", args=[plan.pk]), form | {"title": "Video bơi"}).status_code
        == 302
    )
    made = Directive.objects.get()
    assert made.audience == {"classes": ["moi-truong"], "units": [], "except": [], "under": [cast.xa.pk]}
    assert (made.kind, made.starts_on) == (DirectiveKind.QUOTA, D(2026, 7, 1))


def test_who_sees_amendments(cast, plan, draft):
    for person, seen in ((cast.office, 200), (cast.director, 200), (cast.owner, 404), (cast.outsider, 404)):
        assert browser(person).get(reverse("plans:amendment", args=[plan.pk, draft.pk])).status_code == seen
    for name in ("amendment_head", "amendment_add"):
        assert browser(cast.owner).get(reverse(f"plans:{name}", args=[plan.pk, draft.pk])).status_code == 404
    assert browser(cast.owner).get(reverse("plans:amendment_start", args=[plan.pk])).status_code == 403
    page = browser(cast.owner).get(reverse("plans:amendments", args=[plan.pk])).content.decode()
    assert "145/KH" not in page
