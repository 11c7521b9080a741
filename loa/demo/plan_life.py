"""The demo plan's year: work on its tasks in every state, plans drawn up below, an amendment not yet taken over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile

from loa.core import clock
from loa.demo.people import Cast
from loa.lib.vanban.write import write_docx
from loa.newsroom.models import Story
from loa.org.models import Unit
from loa.org.rules import Kind
from loa.plans import services
from loa.plans.models import Plan, Task, TaskUnit
from loa.plans.rules import DirectiveKind
from loa.plans.selectors.cascade import duties_for
from loa.plans.selectors.document import official_document
from loa.plans.selectors.tasks import lead_units
from loa.reporting.models import Evidence
from loa.reporting.services.evidence import recount

#: what was said of the tasks in the order of the plan: (days ago, state, percent, words)
_WORK: list[list[tuple[int, str, int | None, str]]] = [
    [(200, "doing", 30, "Đã đăng hai bài hỏi đáp"), (120, "done", None, "Đủ bộ tài liệu, đã gửi các xã")],
    [(90, "doing", 60, "Mỗi tuần một bài trên cổng")],
    [(60, "doing", 20, ""), (15, "waiting", 45, "Chờ số liệu phổ cập của 04 xã")],
    [(150, "doing", 50, ""), (10, "doing", 80, "Còn phóng sự cuối")],
    [(30, "doing", 35, "Đã chọn 12 tủ sách tiêu biểu")],
    [(210, "doing", 40, ""), (140, "done", None, "Hoàn thành trước hạn")],
    [],
    [(75, "doing", 70, "Hai phóng sự đã phát, chờ dựng phóng sự thứ ba")],
    [(190, "doing", 50, ""), (160, "done", None, "Đã tuyên truyền ở tất cả các trường")],
    [(40, "waiting", 10, "Chờ hướng dẫn phối hợp của Công an tỉnh")],
]


def _head(cast: Cast, unit: Unit) -> Any:
    return cast.leads.get(unit.pk)


def fill(cast: Cast, plan: Plan, today: dt.date) -> int:
    """Work on tasks, three plans below, one amendment. Returns how many plans were drawn up."""
    start = plan.starts_on or today

    def ago(days: int) -> dt.date:
        return max(start, today - dt.timedelta(days=days))

    _work_on_tasks(cast, plan, ago)
    _ask_on_a_topic(cast, plan, ago(175))
    drawn = [_draw_up(cast, plan, unit, actor, number, ago(170))
             for unit, actor, number in _places(cast)]  # fmt: skip
    for below in drawn:
        _file_under_own_topics(below)
    recount(plan=plan)
    _amend(cast, plan, ago(20))
    with clock.frozen(ago(12)):
        services.accept_changes(actor=cast.personas["anh"], plan=drawn[0])
    return len(drawn)


def _work_on_tasks(cast: Cast, plan: Plan, ago: Callable[[int], dt.date]) -> None:
    tasks = list(plan.tasks.filter(standing=False).order_by("position"))
    for task, story in zip(tasks, _WORK, strict=False):
        unit = lead_units(task).first()
        head = _head(cast, unit) if unit is not None else None
        if unit is None or head is None:
            continue
        for days, state, percent, words in story:
            with clock.frozen(ago(days)):
                services.task_update(
                    actor=head, task=task, unit=unit, state=state, percent=percent, text=words
                )  # fmt: skip
        if story:
            with clock.frozen(ago(story[0][0])):
                owner = cast.contributors.get(unit.pk)
                services.task_assign(actor=head, task=task, unit=unit, owner=owner or head)
                services.task_prove(
                    actor=head, task=task, unit=unit, kind="link", title=f"Chuyên mục: {task.content}"[:120],
                    url=f"https://songlam.example/chuyen-muc/{task.pk}",
                )  # fmt: skip
    for task in tasks[len(_WORK) : len(_WORK) + 1]:
        unit = lead_units(task).first()
        if unit is not None:
            with clock.frozen(ago(100)):
                services.task_update(
                    actor=cast.personas["phuong"], task=task, unit=unit, state="cancelled",
                    text="Gộp vào chiến dịch chung của tỉnh",
                )  # fmt: skip


def _ask_on_a_topic(cast: Cast, plan: Plan, day: dt.date) -> None:
    """Stories on one topic, asked of the schools of one commune by hand."""
    topic = plan.topics.filter(parent=None, title__icontains="An toàn trường học").first()
    if topic is None:
        return
    with clock.frozen(day):
        services.add_directive(
            actor=cast.personas["phuong"], plan=plan, kind=DirectiveKind.QUOTA, topic=topic,
            values={
                "title": "Mỗi trường trên địa bàn xã ít nhất 01 tin, bài/quý về an toàn trường học",
                "count": 1, "noun": "tin, bài", "period": "quarter", "proof": "story",
                "audience": {"classes": ["mam-non", "tieu-hoc", "thcs"], "under": [cast.commune.pk]},
            },
        )  # fmt: skip


def _file_under_own_topics(plan: Plan) -> None:
    """What the unit has written since its own plan stands under that plan's copies of the topics."""
    for topic in plan.topics.exclude(source=None):
        own = {"unit": plan.unit, "topic": topic.source}
        Story.objects.filter(**own, created_at__gte=plan.derived_at).update(topic=topic)
        Evidence.objects.filter(**own, story__topic=topic).update(topic=topic)


def _places(cast: Cast) -> list[tuple[Unit, Any, str]]:
    """The commune, the school of the personas, and another school of the commune."""
    commune, school = cast.commune, cast.school
    other = (
        Unit.objects.filter(parent=commune, kind__in=(Kind.THCS, Kind.TIEU_HOC, Kind.MAM_NON), closed_on=None)
        .exclude(pk=school.pk)
        .order_by("sort_key")
        .first()
    )
    places: list[tuple[Unit, Any, str]] = [
        (commune, cast.personas["anh"], "14/KH-UBND"),
        (school, cast.personas["toan"], "09/KH-THCS"),
    ]
    if other is not None and _head(cast, other) is not None:
        places.append((other, _head(cast, other), "06/KH-TH"))
    return places


def _draw_up(cast: Cast, parent: Plan, unit: Unit, actor: Any, number: str, day: dt.date) -> Plan:
    """A unit's plan, with one task of its own, signed and issued."""
    with clock.frozen(day):
        plan = services.derive_plan(actor=actor, unit=unit, parent=parent, duties=_duties(parent, unit))
        own = (
            "Ngày hội “Trường học hạnh phúc” cấp xã"
            if unit.kind == Kind.UBND_XA
            else "Góc truyền thông của học sinh"
        )
        services.own_task_put(
            actor=actor, plan=plan,
            values={"content": own, "product": "Bài viết, ảnh", "timeframe": "Quý IV",
                    "due_on": dt.date(day.year, 12, 15), "topic": plan.topics.order_by("-position").values_list("pk", flat=True).first()},
        )  # fmt: skip
        services.plan_write(
            actor=actor, plan=plan,
            values={"title": plan.title, "number": number, "signed_on": day, "signer": str(actor)},
        )  # fmt: skip
        plan.refresh_from_db()
        signed = ContentFile(write_docx(official_document(plan)), name=f"{number.replace('/', '-')}.docx")
        services.attach_signed(actor=actor, plan=plan, upload=signed)
        services.issue_draft(actor=actor, plan=plan)
        mine = Task.objects.filter(plan=plan, units__unit=unit, units__role=TaskUnit.Role.LEAD, source_task=None)
        for task, (state, percent) in zip(
            mine.order_by("position"), (("doing", 50), ("done", None)), strict=False
        ):
            services.task_update(actor=actor, task=task, unit=unit, state=state, percent=percent)
    plan.refresh_from_db()
    return plan


def _duties(parent: Plan, unit: Unit) -> list[str] | None:
    """The commune's plan answers all but one of what it was asked: the matrix has something to show."""
    if unit.kind != Kind.UBND_XA:
        return None
    return [duty.key for duty in duties_for(parent, unit) if duty.directive is not None][:-1]


def _amend(cast: Cast, plan: Plan, day: dt.date) -> None:
    """A later deadline, a changed task, something urgent."""
    officer = cast.personas["phuong"]
    with clock.frozen(day):
        amendment = services.amendment_start(
            actor=officer, plan=plan,
            values={
                "number": "96/KH-SGDĐT", "title": f"Điều chỉnh, bổ sung {plan.title}", "signed_on": day,
                "effective_on": day, "reason": "Thực hiện chỉ đạo của UBND tỉnh về truyền thông phòng, chống thiên tai",
            },
        )  # fmt: skip
        deadline = plan.directives.filter(kind="deadline", due_on__gte=day, valid_to=None).first()
        if deadline is not None and deadline.due_on is not None:
            services.change_directive(
                actor=officer, amendment=amendment, directive=deadline,
                values={"due_on": deadline.due_on + dt.timedelta(days=10)},
            )  # fmt: skip
        quotas = plan.directives.filter(kind="quota", period="quarter", valid_to=None)
        quota = next((one for one in quotas if "tieu-hoc" in one.audience.get("classes", [])), None)
        if quota is not None:
            services.change_directive(
                actor=officer,
                amendment=amendment,
                directive=quota,
                values={"count": 2, "title": quota.title.replace("01 tin", "02 tin")},
            )
        services.add_to_amendment(
            actor=officer, amendment=amendment, kind="task",
            values={
                "content": "Truyền thông phòng, chống thiên tai, bảo đảm an toàn trường học mùa mưa lũ",
                "product": "Bài viết, tờ rơi", "due_on": day + dt.timedelta(days=30),
                "lead": [{"as_printed": "Văn phòng Sở", "audience": {"units": [cast.office.pk]}}],
                "support": [{"as_printed": "UBND các xã, phường", "audience": {"classes": ["ubnd-xa"]}}],
            },
        )  # fmt: skip
        services.issue_amendment(actor=officer, amendment=amendment)
