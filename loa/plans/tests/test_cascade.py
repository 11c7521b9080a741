"""A plan below drawn up from the plan above: derived, printed, signed, issued; changes above taken over."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.lib.vanban.write import lint_docx, write_docx
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans import services
from loa.plans.models import Acceptance, Change, LegalCitation, Plan, Task
from loa.plans.rules import PlanStatus
from loa.plans.selectors import cascade, document
from loa.plans.selectors.tasks import unit_shares
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic

D = dt.date
HEAD = {
    "title": "Điều chỉnh",
    "signed_on": D(2026, 5, 14),
    "effective_on": D(2026, 5, 16),
    "reason": "Chỉ đạo mới",
}

SIGNED = {"number": "07/KH-UBND", "signed_on": D(2026, 2, 4), "signer": "Vi Thị Lan"}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def above(cast):
    """The Sở's plan: two topics, a task for the commune, one for somebody else, a quota for schools."""
    make_class("xa", (Kind.UBND_XA,), 1, label="UBND các xã")
    make_class(label="Các trường")
    plan = make_plan(cast.so, title="Kế hoạch truyền thông ngành Giáo dục năm 2026")
    topic = make_topic(plan, "An toàn trường học", number="1")
    make_topic(plan, "Chuyển đổi số", number="2")
    make_task(plan, "Phòng, chống đuối nước", lead=cast.xa, topic=topic, due_on=D(2026, 6, 30), product="Bài, ảnh")
    make_task(plan, "Việc của Văn phòng", lead=cast.van_phong)
    make_directive(plan, title="Mỗi trường 01 bài mỗi tháng")
    return plan


@pytest.fixture
def person(cast):
    """The head of the commune's committee office: draws up and issues its plan."""
    return make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))


@pytest.fixture
def drawn(cast, above, person):
    with clock.frozen("2026-02-01"):
        return services.derive_plan(actor=person, unit=cast.xa, parent=above)


def test_a_draft_is_looked_over_before_it_is_signed(drawn, person, client):
    services.plan_write(
        actor=person, plan=drawn,
        values={"title": drawn.title, "organisation": "Vướng mắc báo qua số 0912 345 678.",
                "recipients": "Phòng GD&ĐT huyện\nCác trường", "purpose": "- Theo Nghị quyết số 88/2013/NQ-QH13."},
    )  # fmt: skip
    client.force_login(person)
    page = client.get(reverse("plans:draft", args=[drawn.pk])).content.decode()
    assert "điều nên xem trước khi ký" in page
    for words in ("Có số điện thoại di động", "Phòng GD&amp;ĐT", "88/2013/NQ-QH13"):
        assert words in page
    services.plan_write(
        actor=person, plan=drawn, values={"title": drawn.title, "organisation": "Vướng mắc báo Văn phòng."}
    )
    assert "điều nên xem trước khi ký" not in client.get(reverse("plans:draft", args=[drawn.pk])).content.decode()


@pytest.fixture
def below(drawn, person):
    """The commune's plan in force."""
    with clock.frozen("2026-02-05"):
        services.plan_write(
            actor=person, plan=drawn, values=SIGNED | {"title": drawn.title}
        )  # fmt: skip
        services.attach_signed(actor=person, plan=drawn, upload=SimpleUploadedFile("07.pdf", b"%PDF-1.4"))
        services.issue_draft(actor=person, plan=drawn)
    drawn.refresh_from_db()
    return drawn


def amend(cast, plan, number="2", **deeds):
    amendment = services.amendment_start(actor=cast.office, plan=plan, values=HEAD | {"number": number})
    for task, values in deeds.get("tasks", ()):
        services.change_task(actor=cast.office, amendment=amendment, task=task, values=values)
    for directive, values in deeds.get("directives", ()):
        services.change_directive(actor=cast.office, amendment=amendment, directive=directive, values=values)
    for kind, values in deeds.get("add", ()):
        services.add_to_amendment(actor=cast.office, amendment=amendment, kind=kind, values=values)
    services.issue_amendment(actor=cast.office, amendment=amendment)
    return amendment


def browser(user=None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


# — drawing up ————————————————————————————————————————————————————————————————————————


def test_topics_and_given_tasks_come_over_linked(cast, above, drawn):
    assert (drawn.status, drawn.parent_plan, drawn.starts_on, drawn.ends_on) == (
        PlanStatus.DRAFTING, above, above.starts_on, above.ends_on
    )  # fmt: skip
    assert [(t.title, t.source.plan) for t in drawn.topics.all()] == [
        ("An toàn trường học", above), ("Chuyển đổi số", above)
    ]  # fmt: skip
    given, asked = drawn.tasks.order_by("position")
    assert (given.content, given.due_on, given.source_task.plan) == (
        "Phòng, chống đuối nước",
        D(2026, 6, 30),
        above,
    )
    assert given.topic.source.title == "An toàn trường học"
    assert asked.content == "Đôn đốc các đơn vị: Mỗi trường 01 bài mỗi tháng"
    assert asked.source_directive == above.directives.get()
    assert [role.unit for role in given.units.all()] == [cast.xa]


def test_a_directive_may_be_left_out_but_not_a_given_task(cast, above, person):
    plan = services.derive_plan(actor=person, unit=cast.xa, parent=above, duties=[])
    assert [t.content for t in plan.tasks.all()] == ["Phòng, chống đuối nước"]
    with pytest.raises(Conflict):
        services.own_task_drop(actor=person, task=plan.tasks.get())


def test_drawn_up_once_by_those_who_may_from_what_is_above(cast, above, drawn, person):
    with pytest.raises(Conflict):
        services.derive_plan(actor=person, unit=cast.xa, parent=above)
    for actor in (cast.owner, cast.office, cast.outsider_lead):
        with pytest.raises(Refused):
            services.derive_plan(actor=actor, unit=cast.xa, parent=above)
    with pytest.raises(NotFound):
        services.derive_plan(actor=cast.lead, unit=cast.school, parent=make_plan(cast.thpt))
    assert Plan.objects.filter(parent_plan=above).count() == 1


def test_own_tasks_are_added_changed_and_dropped_given_ones_only_assigned(cast, drawn, person):
    lead = [{"as_printed": "THCS Sơn Thượng", "audience": {"units": [cast.school.pk]}}]
    own = services.own_task_put(actor=person, plan=drawn, values={"content": "Ngày hội đọc sách", "lead": lead})
    given = drawn.tasks.get(source_task__isnull=False)
    services.own_task_put(actor=person, plan=drawn, task=given, values={"content": "Khác", "lead": lead})
    given.refresh_from_db()
    assert given.content == "Phòng, chống đuối nước"
    assert [role.unit for role in given.units.all()] == [cast.school]
    services.own_task_drop(actor=person, task=own)
    with pytest.raises(Refused):
        services.own_task_put(actor=cast.lead, plan=drawn, values={"content": "x"})
    assert drawn.tasks.count() == 2


def test_a_duty_from_above_stays_as_it_is_asked(cast, above, person):
    report = make_directive(above, kind="deadline", title="Báo cáo", period="", proof="report",
                            due_on=D(2026, 11, 25), audience={"classes": ["xa"]})  # fmt: skip
    plan = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    task = plan.tasks.get(source_directive=report)
    lead = [{"as_printed": "THCS Sơn Thượng", "audience": {"units": [cast.school.pk]}}]
    mine = {"content": "Việc khác", "timeframe": "Lúc nào cũng được", "product": "Báo cáo giấy", "lead": lead}

    def put(**values):
        services.own_task_put(actor=person, plan=plan, task=task, values=mine | values)
        task.refresh_from_db()
        return task.content, task.timeframe, task.due_on, task.product

    asked = (task.content, task.timeframe)
    assert task.content == "Báo cáo"
    assert put() == (*asked, D(2026, 11, 25), "Báo cáo giấy")
    assert put(due_on=D(2026, 11, 20)) == (*asked, D(2026, 11, 20), "Báo cáo giấy")
    assert [role.unit for role in task.units.all()] == [cast.school]
    with pytest.raises(InvalidInput, match="Cấp trên giao hạn 25/11/2026") as later:
        put(due_on=D(2026, 11, 26))
    assert later.value.field == "due_on"
    for one in plan.tasks.all():
        with pytest.raises(Conflict, match="do cấp trên giao nên không bỏ được"):
            services.own_task_drop(actor=person, task=one)
    page = browser(person).get(reverse("plans:draft", args=[plan.pk])).content.decode()
    assert page.count("Nhiệm vụ cấp trên giao") == 3
    assert "/bo/" not in page.split("Việc riêng của đơn vị")[0]
    form = browser(person).get(reverse("plans:draft_task", args=[plan.pk, task.pk])).content.decode()
    assert "hạn chỉ đặt sớm hơn được" in form
    assert 'max="2026-11-25"' in form


def test_in_force_too_only_the_plan_above_takes_a_duty_back(cast, below, person):
    task = below.tasks.get(source_directive__isnull=False)
    amendment = services.amendment_start(actor=person, plan=below, values=HEAD | {"number": "9"})

    def change(values):
        return services.change_task(actor=person, amendment=amendment, task=task, values=values)

    with pytest.raises(Conflict, match="không bỏ được"):
        change(None)
    with pytest.raises(Conflict, match="Nội dung, số lượng"):
        change({"content": "Khác"})
    with pytest.raises(InvalidInput, match="sớm hơn"):
        change({"due_on": D(2027, 1, 1)})
    put_in = change({"due_on": D(2026, 12, 1), "product": "Bảng tổng hợp"})
    assert put_in.after == {"due_on": "2026-12-01", "product": "Bảng tổng hợp"}
    with pytest.raises(Conflict, match="không bỏ được"):
        services.task_update(actor=person, task=task, unit=cast.xa, state="cancelled", text="Thôi")
    page = (
        browser(person).get(reverse("plans:amend_task", args=[below.pk, amendment.pk, task.pk])).content.decode()
    )
    assert "không hủy được ở đây" in page
    assert "Hủy từ ngày có hiệu lực" not in page


def test_an_earlier_day_of_ones_own_outlives_a_later_one_above(cast, above, person):
    report = make_directive(above, kind="deadline", title="Báo cáo", period="", proof="report",
                            due_on=D(2026, 11, 25), audience={"classes": ["xa"]})  # fmt: skip
    with clock.frozen("2026-02-01"):
        plan = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    task = plan.tasks.get(source_directive=report)
    services.own_task_put(actor=person, plan=plan, task=task, values={"due_on": D(2026, 11, 20)})
    amend(cast, above, directives=[(report, {"due_on": D(2026, 12, 5)})])
    services.accept_changes(actor=person, plan=plan)
    task.refresh_from_db()
    assert (task.due_on, task.source_directive.due_on) == (D(2026, 11, 20), D(2026, 12, 5))


def test_nothing_is_issued_unsigned(drawn, person):
    with pytest.raises(InvalidInput, match="văn bản đã ký"):
        services.issue_draft(actor=person, plan=drawn)
    with pytest.raises(InvalidInput):
        services.attach_signed(actor=person, plan=drawn, upload=SimpleUploadedFile("07.pdf", b"MZ"))
    drawn.refresh_from_db()
    assert drawn.status == PlanStatus.DRAFTING


def test_the_document_follows_the_decree(cast, drawn, person):
    paper = document.official_document(drawn)
    assert (paper.type_code, paper.issuer, paper.parent) == ("KH", "Ủy ban nhân dân xã Mường Sai", "")
    assert paper.subject == "Thực hiện Kế hoạch truyền thông ngành Giáo dục năm 2026"
    assert paper.bases == [
        "Căn cứ Kế hoạch số 12/KH-SGDĐT ngày 05/01/2026 của Sở Giáo dục và Đào tạo Sông Lam "
        "về truyền thông ngành Giáo dục năm 2026"
    ]
    assert paper.signature.name == "Vi Thị Lan"
    (appendix,) = paper.appendices
    cells = [row.cells for row in appendix.body[0].rows]
    assert cells[0] == ("An toàn trường học",)
    assert cells[1][1:4] == ("Phòng, chống đuối nước", "Bài, ảnh", "Xã Mường Sai")
    assert lint_docx(write_docx(paper)) == []


def test_a_school_prints_under_its_commune(cast, above):
    plan = services.derive_plan(actor=cast.lead, unit=cast.school, parent=above)
    paper = document.official_document(plan)
    assert (paper.parent, paper.issuer) == ("UBND xã Mường Sai", "Trường THCS Sơn Thượng")
    client = browser(cast.lead)
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(reverse("plans:paper", args=[plan.pk, form]))
        assert answer.status_code == 200
        assert answer.content.startswith(start)
    assert client.get(reverse("plans:paper_page", args=[plan.pk, 1])).content.startswith(b"\x89PNG")
    assert browser(cast.outsider).get(reverse("plans:paper", args=[plan.pk, "pdf"])).status_code == 404


def test_what_is_given_stands_once_in_the_list_of_the_unit(cast, below):
    contents = [s.task.content for s in unit_shares(cast.xa)]
    assert contents.count("Phòng, chống đuối nước") == 1
    assert next(s for s in unit_shares(cast.xa) if s.task.content.startswith("Phòng")).task.plan != below


def test_an_issued_draft_stands_on_what_its_document_cites(cast, above, below, person):
    stands_on = [(one.kind, one.number, one.signed_on, one.role) for one in below.bases.all()]
    assert stands_on == [("Kế hoạch", "12/KH-SGDĐT", "2026-01-05", "basis")]
    page = browser(person).get(reverse("plans:plan", args=[below.pk])).content.decode()
    bases = page.split('id="can-cu"')[1]
    assert f'<a href="{reverse("plans:plan", args=[above.pk])}">Kế hoạch 12/KH-SGDĐT</a>' in bases
    assert "chưa có trong sổ văn bản" not in bases
    cited = LegalCitation.objects.get(source="plan", object_id=below.pk)
    assert (cited.unit, cited.on, cited.title) == (cast.xa, D(2026, 2, 4), below.title)


def test_what_a_draft_cites_besides_is_no_basis(cast, above, drawn, person):
    purpose = "- Theo Nghị định số 42/2022/NĐ-CP ngày 24/6/2022 của Chính phủ."
    with clock.frozen("2026-02-05"):
        services.plan_write(actor=person, plan=drawn, values=SIGNED | {"title": "Kế hoạch", "purpose": purpose})
        services.attach_signed(actor=person, plan=drawn, upload=SimpleUploadedFile("07.pdf", b"%PDF-1.4"))
        services.issue_draft(actor=person, plan=drawn)
    assert list(drawn.bases.values_list("number", "role")) == [
        ("12/KH-SGDĐT", "basis"), ("42/2022/NĐ-CP", "cited")
    ]  # fmt: skip


# — changes above —————————————————————————————————————————————————————————————————————


def test_a_change_above_waits_is_taken_over_and_both_sides_see_it(cast, above, below, person):
    task, directive = above.tasks.first(), above.directives.get()
    amendment = amend(
        cast, above,
        tasks=[(task, {"due_on": D(2026, 9, 30)})],
        directives=[(directive, {"count": 3, "title": "Mỗi trường 03 bài mỗi tháng"})],
        add=[("task", {"content": "Việc gấp", "lead": [{"audience": {"units": [cast.xa.pk]}}]})],
    )  # fmt: skip
    assert [(c.kind, c.subject) for c in cascade.pending_changes(below)] == [
        ("alter", "task"), ("alter", "directive"), ("add", "task")
    ]  # fmt: skip
    (row,) = cascade.acceptance_of(above, list(amendment.changes.all()))
    assert (row.plan, row.accepted, row.pending) == (below, 0, 3)
    mine = below.tasks.get(source_task=task)
    assert mine.due_on == D(2026, 6, 30), "nothing changes below before it is taken over"
    assert services.accept_changes(actor=person, plan=below) == 3
    mine.refresh_from_db()
    assert mine.due_on == D(2026, 9, 30)
    asked = below.tasks.get(source_directive__isnull=False)
    assert asked.content == "Đôn đốc các đơn vị: Mỗi trường 03 bài mỗi tháng"
    assert asked.source_directive == directive.superseded_by
    assert below.tasks.get(content="Việc gấp").source_task.plan == above
    history = Change.objects.filter(plan=below).order_by("pk")
    assert [(c.kind, c.source.plan) for c in history] == [("alter", above), ("alter", above), ("add", above)]
    assert "Chỉ đạo mới" in history[0].reason
    assert cascade.pending_changes(below) == []
    assert services.accept_changes(actor=person, plan=below) == 0
    (row,) = cascade.acceptance_of(above, list(amendment.changes.all()))
    assert (row.accepted, row.pending) == (3, 0)


def test_waiting_changes_cost_the_same_for_few_and_many(cast, above, below, django_assert_max_num_queries):
    def add(number):
        return ("task", {"content": f"Việc {number}", "lead": [{"audience": {"units": [cast.xa.pk]}}]})

    few = amend(cast, above, add=[add(1)])
    with CaptureQueriesContext(connection) as first:
        assert len(cascade.pending_changes(below)) == 1
        assert [row.pending for row in cascade.acceptance_of(above, list(few.changes.all()))] == [1]
    many = amend(cast, above, number="3", add=[add(number) for number in range(2, 12)], directives=[
        (above.directives.get(), {"count": 2})])  # fmt: skip
    with django_assert_max_num_queries(len(first) + 1):  # a directive's plan
        assert len(cascade.pending_changes(below)) == 12
        assert [row.pending for row in cascade.acceptance_of(above, list(many.changes.all()))] == [11]


def test_a_change_of_what_is_asked_of_units_below_waits_for_those_above_them_alone(cast, above, below, person):
    """A duty of one school by name: its commune drew up a plan and is concerned, another commune is not."""
    other = make_unit("Xã Khác", Kind.UBND_XA, cast.so)
    with clock.frozen("2026-02-01"):
        beside = services.derive_plan(
            actor=make_user("Chủ tịch", (Role.UNIT_LEAD, other)), unit=other, parent=above, duties=[]
        )
        duty = make_directive(above, title="Riêng một trường", audience={"units": [cast.school.pk]})
    amendment = amend(cast, above, directives=[(duty, {"count": 4})])
    (change,) = amendment.changes.all()
    assert cascade.concerned(above, [change], [below, beside]) == {change.pk: {below.pk}}


def test_a_cancelled_task_above_is_cancelled_below(cast, above, below, person):
    amend(cast, above, tasks=[(above.tasks.first(), None)], directives=[(above.directives.get(), None)])
    services.accept_changes(actor=person, plan=below)
    assert {t.cancelled_on for t in below.tasks.all()} == {D(2026, 5, 16)}


def test_a_change_that_does_not_concern_waits_for_nobody(cast, above, below):
    other = above.tasks.get(content="Việc của Văn phòng")
    amendment = amend(cast, above, tasks=[(other, None)])
    assert cascade.pending_changes(below) == []
    assert cascade.acceptance_of(above, list(amendment.changes.all())) == []


def test_what_was_changed_before_the_plan_was_drawn_up_does_not_wait(cast, above, person):
    amend(cast, above, tasks=[(above.tasks.first(), {"due_on": D(2026, 9, 30)})])
    with clock.frozen("2026-05-20"):
        plan = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    assert plan.tasks.get(source_task__isnull=False).due_on == D(2026, 9, 30)
    assert cascade.pending_changes(plan) == []


def test_who_has_not_taken_over_is_reminded_once_a_day(cast, above, below, person):
    amend(cast, above, tasks=[(above.tasks.first(), None)])
    told = services.remind_acceptance(actor=cast.office, plan=above)
    notices = Notice.objects.filter(code="plans.change.waiting")
    assert told == notices.count() == 2, "the head and the focal point of the commune"
    assert {n.user for n in notices} == {person, cast.commune}
    assert services.remind_acceptance(actor=cast.office, plan=above) == 0
    with pytest.raises(Refused):
        services.remind_acceptance(actor=cast.owner, plan=above)


def test_others_take_nothing_over(cast, above, below):
    amend(cast, above, tasks=[(above.tasks.first(), None)])
    for actor in (cast.owner, cast.lead, cast.office, cast.outsider):
        with pytest.raises(Refused):
            services.accept_changes(actor=actor, plan=below)
    assert not Acceptance.objects.exists()
    assert not Task.objects.filter(plan=below).exclude(cancelled_on=None).exists()


# — screens ———————————————————————————————————————————————————————————————————————————


def test_from_the_choice_to_the_issue(cast, above, person):
    client = browser(person)
    assert above.title in client.get(reverse("plans:derive_choose")).content.decode()
    derive = reverse("plans:derive", args=[above.pk, cast.xa.pk])
    page = client.get(derive).content.decode()
    assert "Phòng, chống đuối nước" in page
    assert client.post(derive, {"viec": f"d{above.directives.get().pk}"}).status_code == 302
    plan = Plan.objects.get(parent_plan=above)
    draft = reverse("plans:draft", args=[plan.pk])
    assert client.get(reverse("plans:plan", args=[plan.pk])).headers["Location"] == draft
    added = {"content": "Ngày hội đọc sách", "lead_names": "Trường THCS Sơn Thượng"}
    assert client.post(reverse("plans:draft_add", args=[plan.pk]), added).status_code == 302
    head = {"title": plan.title, "number": "07/KH-UBND", "signed_on": "2026-05-15", "signer": "Vi Thị Lan"}
    assert client.post(draft, head).status_code == 302
    issue = reverse("plans:draft_issue", args=[plan.pk])
    client.post(issue)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFTING
    signed = {"file": SimpleUploadedFile("07.pdf", b"%PDF-1.4")}
    assert client.post(reverse("plans:draft_sign", args=[plan.pk]), signed).status_code == 302
    client.post(issue)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED
    assert "Ngày hội đọc sách" in browser(cast.lead).get(reverse("tasks:mine")).content.decode()
    assert Notice.objects.filter(code="plans.plan.issued", user=cast.lead).exists()


def test_changes_are_seen_and_taken_over_on_the_screen(cast, above, below, person):
    amendment = amend(cast, above, tasks=[(above.tasks.first(), {"due_on": D(2026, 9, 30)})])
    address = reverse("plans:changes", args=[below.pk])
    page = browser(person).get(address).content.decode()
    assert "30/06/2026" in page
    assert "30/09/2026" in page
    over = reverse("plans:amendment", args=[above.pk, amendment.pk])
    assert "1 đơn vị chưa tiếp nhận" in browser(cast.office).get(over).content.decode()
    assert browser(cast.owner).post(address).status_code == 403
    assert browser(person).post(address, {"thay-doi": str(amendment.changes.get().pk)}).status_code == 302
    assert "tất cả đã tiếp nhận" in browser(cast.office).get(over).content.decode()


def test_a_draft_is_its_units_own(cast, drawn):
    for person, status in ((cast.commune, 200), (cast.owner, 404), (cast.office, 404), (cast.outsider, 404)):
        for name in ("draft", "draft_add", "changes"):
            assert browser(person).get(reverse(f"plans:{name}", args=[drawn.pk])).status_code == status, name
    assert browser().get(reverse("plans:draft", args=[drawn.pk])).status_code == 302


def test_plans_of_far_units_are_not_offered(cast, above):
    far = make_unit("Xã Khe Lau", Kind.UBND_XA, cast.so)
    own = make_plan(far)
    assert list(cascade.plans_to_derive_from(cast.school)) == [above]
    assert own not in cascade.plans_to_derive_from(cast.xa)


def test_a_plan_below_is_named_for_what_it_carries_out_and_not_twice(cast, above, person):
    commune = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    assert commune.title == "Kế hoạch thực hiện Kế hoạch truyền thông ngành Giáo dục năm 2026"
    Plan.objects.filter(pk=commune.pk).update(status=PlanStatus.ISSUED)
    school = services.derive_plan(actor=cast.lead, unit=cast.school, parent=commune)
    assert school.title == commune.title
