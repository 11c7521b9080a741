"""A plan drawn up in Loa from the plan above: derived, filled in, signed, issued; changes above taken over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.core.transitions import set_status
from loa.core.uploads import checked_file
from loa.lib.vanban.lint import cited_in
from loa.lib.vi import clean, clean_lines, nfc
from loa.org.access import require
from loa.org.models import Unit, UnitClass
from loa.org.telling import Telling, tell_units
from loa.plans import texts
from loa.plans.models import (
    Acceptance,
    Change,
    Directive,
    LegalBasis,
    LegalCitation,
    Plan,
    PlanDocument,
    Task,
    TaskUnit,
    Topic,
)
from loa.plans.rules import PlanStatus
from loa.plans.rules.changes import TASK_FIELDS, ChangeKind, differences
from loa.plans.rules.directives import day_from
from loa.plans.rules.inherited import followed_day
from loa.plans.rules.legal import legal_key, name_key
from loa.plans.selectors import class_rules, count_day, tasks_for_unit
from loa.plans.selectors.cascade import (
    ALIVE,
    Duty,
    acceptance_of,
    applied_changes,
    audiences_now,
    duties_for,
    keeps,
    meant,
    pending_changes,
    places_of,
    plans_to_derive_from,
    singles_of,
)
from loa.plans.selectors.changes import task_values
from loa.plans.selectors.document import base_lines, written_text
from loa.plans.services.common import (
    PLAN,
    checked_due,
    lock_plan,
    require_issue,
    require_manage,
    require_not_given,
)
from loa.plans.services.issue import roles_of
from loa.plans.services.legal import note_citations

#: paragraphs a person writes for the plan's document, and the most letters of each
TEXTS = {"purpose": 4000, "requirements": 4000, "organisation": 4000, "recipients": 1000}


def derive_plan(*, actor: Any, unit: Unit, parent: Plan, duties: Collection[str] | None = None) -> Plan:
    """Draw up a unit's plan from one above: its topics, the tasks it was given, a task for each chosen directive.

    `duties`: keys of the directives to carry out by a task (None: all); tasks from above are always taken over.
    Raises Refused, NotFound (no such plan above), Conflict (drawn up already).
    """
    require(actor, "plan.manage", unit.pk, _("Tài khoản này không được soạn kế hoạch cho %s.") % unit)
    with transaction.atomic():
        parent = lock_plan(parent.pk)
        if Plan.objects.filter(unit=unit, parent_plan=parent, status__in=ALIVE).exists():
            raise Conflict(_("Đơn vị đã soạn kế hoạch từ kế hoạch này rồi."), code="plans.derived")
        if not plans_to_derive_from(unit).filter(pk=parent.pk).exists():
            raise NotFound(_("Không có kế hoạch cấp trên này, hoặc kế hoạch đã hết kỳ."), code="plans.not_found")
        plan = Plan.objects.create(
            unit=unit,
            title=_title_below(parent.title),
            starts_on=max(parent.starts_on or clock.today(), unit.founded_on),
            ends_on=parent.ends_on,
            status=PlanStatus.DRAFTING,
            parent_plan=parent,
            derived_at=clock.now(),
            created_by=actor,
        )
        topics = _take_topics(plan, parent)
        taken = 0
        for duty in duties_for(parent, unit):
            if duty.directive is None or duties is None or duty.key in duties:
                _take_duty(plan, duty, topics)
                taken += 1
        log("plans.plan.derived", actor=actor, obj=plan, unit_id=unit.pk, parent=parent.pk, tasks=taken)
    return plan


def _title_below(title: str) -> str:
    """How the plan of a unit below is called until its officer calls it otherwise: it carries out the one above.
    Of a plan that does so itself, the words are kept: a school's carries out what the commune's carries out."""
    carries_out = _("Kế hoạch thực hiện %s")
    return title if title.startswith(carries_out % "") else (carries_out % title)[:400]


def _take_topics(plan: Plan, parent: Plan) -> dict[int, Topic]:
    made: dict[int, Topic] = {}
    # Those that others are parts of first; PostgreSQL would put what has no parent last.
    for topic in parent.topics.order_by(F("parent_id").asc(nulls_first=True), "position"):
        made[topic.pk] = Topic.objects.create(
            plan=plan,
            parent=made.get(topic.parent_id) if topic.parent_id else None,
            number=topic.number,
            title=topic.title,
            short_title=topic.short_title,
            position=topic.position,
            source=topic,
        )
    return made


def _take_topic(plan: Plan, topic: Topic) -> Topic:
    """The copy below of a topic that was added above after the plan was drawn up."""
    last = plan.topics.order_by("-position").values_list("position", flat=True).first() or 0
    return Topic.objects.create(
        plan=plan,
        parent=plan.topics.filter(source=topic.parent_id).first() if topic.parent_id else None,
        number=topic.number,
        title=topic.title,
        short_title=topic.short_title,
        position=last + 1,
        source=topic,
        added_at=topic.added_at,
    )


def _take_duty(
    plan: Plan, duty: Duty, topics: Mapping[int, Topic] | None = None, *, since: dt.date | None = None
) -> Task:
    """A task of the plan below that carries out what the plan above asks."""
    last = plan.tasks.order_by("-position").values_list("position", flat=True).first() or 0
    source = duty.task or duty.directive
    assert source is not None
    if topics is None:
        topics = {topic.source_id: topic for topic in plan.topics.exclude(source=None) if topic.source_id}
    topic = topics.get(source.topic_id) if source.topic_id else None
    if topic is None and source.topic is not None and plan.linked_at is None:
        topic = _take_topic(plan, source.topic)
    values: dict[str, Any] = {"topic": topic}
    if duty.task is not None:
        values |= {
            name: getattr(duty.task, name)
            for name in ("content", "product", "timeframe", "starts_on", "due_on", "standing", "number")
        }
        values["source_task"] = duty.task
    else:
        assert duty.directive is not None
        values |= _directive_values(duty.directive, duty.role) | {"source_directive": duty.directive}
    task = Task.objects.create(plan=plan, position=last + 1, valid_from=since, **values)
    TaskUnit.objects.create(
        task=task, role=TaskUnit.Role.LEAD, unit=plan.unit, as_printed=plan.unit.short_name, valid_from=since
    )
    return task


def _directive_values(directive: Directive, role: str) -> dict[str, Any]:
    content = directive.title if role == "own" else _("Đôn đốc các đơn vị: %s") % directive.title
    words = texts.directive_words(directive)
    return {
        "content": content,
        "timeframe": (words[:1].upper() + words[1:])[:200],
        "due_on": directive.due_on or directive.ends_on,
    }


# — the draft —————————————————————————————————————————————————————————————————————————


def _drafting(plan: Plan) -> Plan:
    plan = lock_plan(plan.pk)
    if plan.status != PlanStatus.DRAFTING:
        raise Conflict(
            _("Kế hoạch này không còn là bản soạn. Cần thay đổi thì soạn điều chỉnh, bổ sung."),
            code="plans.not_drafting",
        )
    return plan


def own_task_put(
    *, actor: Any, plan: Plan, values: Mapping[str, Any], task: Task | None = None, partly: bool = False
) -> Task:
    """Add a task of the unit's own to a draft, or change one. `partly`: what `values` do not name stays.

    What is inherited stays as the plan above has it (`Task.fixed_fields`), but for who leads it here; the last day
    of a duty may come earlier. Raises Refused, Conflict, InvalidInput.
    """
    require_manage(actor, plan)
    if task is None and not clean(str(values.get("content") or "")):
        raise InvalidInput(str(texts.PROBLEM["content"]), field="content", code="plans.missing.content")
    with transaction.atomic():
        plan = _drafting(plan)
        classes = {one.code: one for one in UnitClass.objects.all()}
        if task is None:
            last = plan.tasks.order_by("-position").values_list("position", flat=True).first() or 0
            task = Task(plan=plan, position=last + 1)
        else:
            task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk, plan=plan)
            task.plan = plan
        if partly:
            kept: dict[str, Any] = task_values(task) if task.pk else {}
            values = {**kept, "number": task.number, "topic": task.topic_id, **values}
        _write_free(task, values, partly=partly)
        task.save()
        for part in ("lead", "support"):
            task.units.filter(role=part).delete()
            rows: list[TaskUnit] = []
            for one in values.get(part) or []:
                printed, audience = one.get("as_printed") or "", one.get("audience")
                rows += roles_of(task, TaskUnit.Role(part), printed, audience, classes)
            if part == "lead" and not rows:
                rows = [TaskUnit(task=task, role=part, unit=plan.unit, as_printed=plan.unit.short_name)]
            TaskUnit.objects.bulk_create(rows)
    return task


def _write_free(task: Task, values: Mapping[str, Any], *, partly: bool) -> None:
    """Write what of `values` is the unit's own to say. Raises InvalidInput: later than the plan above asks."""
    fixed = task.fixed_fields
    if "content" not in fixed and values.get("content") != task.content:
        task.content = clean_lines(str(values.get("content") or task.content))
    if "product" not in fixed:
        task.product = str(values.get("product") or "")[:300]
    if "timeframe" not in fixed:
        task.timeframe = str(values.get("timeframe") or "")[:200]
    if "starts_on" not in fixed:
        task.starts_on = day_from(values.get("starts_on"))
    if "due_on" not in fixed:
        task.due_on = checked_due(task, day_from(values.get("due_on")))
    if "topic" not in fixed and (values.get("topic") or partly):
        task.topic = task.plan.topics.filter(pk=values["topic"]).first() if values["topic"] else None
    if "number" in values and task.source_task_id is None:
        task.number = str(values["number"] or "")[:20]


def own_task_drop(*, actor: Any, task: Task) -> None:
    """Take a task out of a draft; one given from above stays. Raises Refused, Conflict."""
    require_manage(actor, task.plan)
    with transaction.atomic():
        _drafting(task.plan)
        require_not_given(task)
        Task.objects.filter(pk=task.pk).delete()


def plan_write(*, actor: Any, plan: Plan, values: Mapping[str, Any]) -> Plan:
    """Title, number, day, signer and paragraphs of a draft. Raises Refused, Conflict, InvalidInput."""
    require_manage(actor, plan)
    title = clean(str(values.get("title") or ""))[:400]
    if not title:
        raise InvalidInput(_("Hãy ghi trích yếu."), field="title", code="plans.draft.title")
    for name, most in TEXTS.items():
        if len(str(values.get(name) or "")) > most:
            raise InvalidInput(_("Phần này dài quá %s chữ cái.") % texts.number(most), field=name)
    with transaction.atomic():
        plan = _drafting(plan)
        plan.title = title
        plan.number = clean(str(values.get("number") or ""))[:60]
        plan.signer = clean(str(values.get("signer") or ""))[:120]
        plan.signed_on = values.get("signed_on")
        plan.texts = {name: nfc(str(values.get(name) or "")).strip() for name in TEXTS}
        plan.save()
        log("plans.plan.written", actor=actor, obj=plan, unit_id=plan.unit_id)
    return plan


def attach_signed(*, actor: Any, plan: Plan, upload: File) -> PlanDocument:
    """Attach the signed document of a draft. Raises Refused, Conflict, InvalidInput."""
    require_manage(actor, plan)
    digest = checked_file(upload)
    with transaction.atomic():
        plan = _drafting(plan)
        document = PlanDocument.objects.create(
            plan=plan,
            file=upload,
            filename=nfc(str(upload.name)).split("/")[-1][:255],
            sha256=digest,
            size=upload.size or 0,
            state=PlanDocument.State.READ,
            progress=100,
            uploaded_by=actor,
            read_at=clock.now(),
        )
        log(
            "plans.document.signed",
            actor=actor,
            obj=plan,
            unit_id=plan.unit_id,
            filename=document.filename,
            sha256=digest,
        )
    return document


def gaps_of_draft(plan: Plan) -> list[str]:
    """What a draft still lacks before it can be issued, in words. One query."""
    fields = (("title", _("trích yếu")), ("number", _("số, ký hiệu")), ("signed_on", _("ngày ký")),
              ("signer", _("người ký")))  # fmt: skip
    found = [words for name, words in fields if not getattr(plan, name)]
    if not plan.documents.exists():
        found.append(_("văn bản đã ký"))
    return found


def issue_draft(*, actor: Any, plan: Plan) -> Plan:
    """Put a drawn-up plan into force, once it is signed. Raises Refused, Conflict, InvalidInput."""
    require_issue(actor, plan)
    with transaction.atomic():
        plan = _drafting(plan)
        missing = gaps_of_draft(plan)
        if missing:
            raise InvalidInput(
                _("Chưa ban hành được, còn thiếu: %s.") % ", ".join(missing), code="plans.draft.gaps"
            )
        plan.issued_by, plan.issued_at = actor, clock.now()
        plan.save(update_fields=["issued_by", "issued_at"])
        set_status(plan, PlanStatus.ISSUED, PLAN, "")
        bases = _write_bases(plan)
        log(
            "plans.plan.issued", actor=actor, obj=plan, unit_id=plan.unit_id, tasks=plan.tasks.count(), bases=bases
        )
        _tell_units_of(plan)
    return plan


def _write_bases(plan: Plan) -> int:
    """What the printed document stands on and cites, kept as for a plan that was read. Returns how many."""
    text = written_text(plan)
    stands_on = {legal_key(one.number) or name_key(one.kind) for one in cited_in("\n".join(base_lines(plan)))}
    rows: dict[str, LegalBasis] = {}
    for one in cited_in(text):
        key = legal_key(one.number) or name_key(one.kind)
        rows.setdefault(
            key,
            LegalBasis(
                plan=plan,
                kind=one.kind[:60],
                number=one.number[:120],
                signed_on=one.date[:10],
                issuer=one.issuer[:200],
                role="basis" if key in stands_on else "cited",
                position=len(rows) + 1,
            ),
        )
    note_citations(
        source=LegalCitation.Source.PLAN,
        object_id=plan.pk,
        unit=plan.unit_id,
        title=str(plan),
        on=plan.signed_on or clock.today(),
        text=text,
    )
    return len(LegalBasis.objects.bulk_create(rows.values()))


def _tell_units_of(plan: Plan) -> None:
    """Those who lead a task of the plan by name are told, once each."""
    units = TaskUnit.objects.filter(task__plan=plan, role=TaskUnit.Role.LEAD).exclude(unit=None)
    data = {"title": str(plan), "plan": str(plan), "reason": ""}
    words = {
        pk: Telling(f"plan:{plan.pk}", f"/lam-viec/nhiem-vu/?don-vi={pk}&ke-hoach={plan.pk}", data)
        for pk in units.exclude(unit=plan.unit_id).values_list("unit", flat=True)
    }
    tell_units("task.work", words, code="plans.plan.issued")


def discard_draft(*, actor: Any, plan: Plan) -> None:
    """Throw a draft away. Raises Refused, Conflict."""
    require_manage(actor, plan)
    with transaction.atomic():
        plan = _drafting(plan)
        log("plans.plan.discarded", actor=actor, obj=plan, unit_id=plan.unit_id)
        plan.delete()


# — changes above —————————————————————————————————————————————————————————————————————


def accept_changes(*, actor: Any, plan: Plan, changes: Iterable[int] | None = None) -> int:
    """Take over changes of the plan above (`changes`: their ids; None: all that wait). Returns how many.

    The tasks that carry out what changed follow it; the plan's own history says so. Raises Refused, Conflict.
    """
    require_manage(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        if plan.status not in (PlanStatus.DRAFTING, PlanStatus.ISSUED):
            raise Conflict(_("Kế hoạch này không còn thực hiện."), code="plans.not_in_force")
        waiting = {change.pk: change for change in pending_changes(plan)}
        wanted = waiting if changes is None else {pk: waiting[pk] for pk in changes if pk in waiting}
        for change in wanted.values():
            _follow(plan, change, actor)
            Acceptance.objects.create(change=change, plan=plan, by=actor)
        if wanted:
            log(
                "plans.change.accepted",
                actor=actor,
                obj=plan,
                unit_id=plan.unit_id,
                parent=plan.parent_plan_id,
                count=len(wanted),
            )
    return len(wanted)


def _follow(plan: Plan, change: Change, actor: Any) -> None:
    """Make the tasks below say what the plan above says now."""
    duty, kept = _duty_now(plan, change), False
    mine = plan.tasks.select_for_update(of=("self",)).filter(cancelled_on=None)
    if change.subject == "task":
        mine = mine.filter(source_task=change.task_id)
    else:
        assert change.directive is not None
        line = change.directive.line_id_of
        mine = mine.filter(
            source_directive__in=Directive.objects.filter(pk=line) | Directive.objects.filter(line=line)
        )
        kept = _kept_by_own(plan, change, line, actor)
    tasks = list(mine.select_related("source_directive"))
    if duty is None:
        for task in tasks:
            task.cancelled_on, task.cancel_reason = change.effective_on, change.reason
            task.save(update_fields=["cancelled_on", "cancel_reason"])
            _remember(plan, change, actor, ChangeKind.CANCEL, task)
        return
    if not tasks:
        # New, or newly ours. A directive that was left out on purpose stays left out when it is only altered; one
        # that a directive of the plan's own keeps needs no task beside it.
        ours = change.kind == ChangeKind.ADD or duty.task is not None or "audience" in change.after
        if ours and not kept:
            made = _take_duty(plan, duty, since=change.effective_on)
            _remember(plan, change, actor, ChangeKind.ADD, made)
        return
    asked = _values_of(duty)
    for task in tasks:
        new = asked
        if duty.directive is not None:
            new = asked | {"due_on": followed_day(task.due_on, task.latest_day, day_from(asked["due_on"]))}
        fields = [name for name in TASK_FIELDS if name in new]
        if plan.linked_at is not None:
            # Its lines were signed in the unit's own words: only what changed above changes here.
            fields = [name for name in fields if name in _touched(change)]
        was, now = differences(task_values(task), new, fields)
        for name in now:
            value = now[name]
            setattr(task, name, day_from(value) if name in ("starts_on", "due_on") else str(value or ""))
        if duty.directive is not None:
            task.source_directive = duty.directive
        task.save()
        if now:
            _remember(plan, change, actor, ChangeKind.ALTER, task, was, now)


def _kept_by_own(plan: Plan, change: Change, line: int, actor: Any) -> bool:
    """Whether a directive of the plan's own keeps what changed above: it was signed here and stays as it is until
    it is amended here; the history says that the change is known. Tasks tied to the same line follow."""
    own = plan.directives.filter(keeps(line), valid_to=None).first()
    if own is None:
        return False
    now = clock.now()
    Change.objects.create(
        plan=plan,
        kind=ChangeKind.ALTER,
        subject="directive",
        directive=own,
        effective_on=change.effective_on,
        reason=(_("Đã biết điều chỉnh của %(unit)s: %(reason)s")
                % {"unit": change.plan.unit.short_name, "reason": change.reason}).strip(" :")[:500],
        source=change,
        created_by=actor,
        decided_at=now,
        applied_at=now,
    )  # fmt: skip
    return True


def _touched(change: Change) -> set[str]:
    """Fields of a task that a change above speaks of."""
    if change.subject == "task":
        return set(change.after)
    found = {"timeframe"}
    if "title" in change.after:
        found.add("content")
    if "due_on" in change.after:
        found.add("due_on")
    return found


def _values_of(duty: Duty) -> dict[str, Any]:
    if duty.task is not None:
        return {
            name: getattr(duty.task, name) for name in ("content", "product", "timeframe", "starts_on", "due_on")
        }
    assert duty.directive is not None
    return _directive_values(duty.directive, duty.role)


def _duty_now(plan: Plan, change: Change) -> Duty | None:
    """What the changed thing asks of the unit now; None when nothing any more."""
    parent = plan.parent_plan
    assert parent is not None
    day = max(clock.today(), parent.starts_on or clock.today())
    if change.subject == "task":
        for task in tasks_for_unit(plan.unit, day):
            if task.pk == change.task_id:
                return Duty(task, None, str(task.role_of_unit))  # type: ignore[attr-defined]
        return None
    assert change.directive is not None
    line = change.directive.line_id_of
    versions = Directive.objects.filter(pk=line) | Directive.objects.filter(line=line)
    directive = versions.filter(valid_to=None).first()
    if directive is None:
        return None
    when = count_day(parent)
    place = places_of(parent.unit_id, [plan.unit_id], when).get(plan.unit_id)
    asked_of = audiences_now([directive], when)
    how = meant(asked_of[directive.pk], place, class_rules(), singles_of(asked_of.values(), when)) if place else ""
    return Duty(None, directive, how) if how else None


def _remember(
    plan: Plan,
    change: Change,
    actor: Any,
    kind: ChangeKind,
    task: Task,
    was: dict[str, Any] | None = None,
    now: dict[str, Any] | None = None,
) -> None:
    moment = clock.now()
    Change.objects.create(
        plan=plan,
        kind=kind,
        subject="task",
        task=task,
        before=was or {},
        after=now or {},
        effective_on=change.effective_on,
        reason=(_("Theo điều chỉnh của %(unit)s: %(reason)s")
                % {"unit": change.plan.unit.short_name, "reason": change.reason})[:500],
        source=change,
        created_by=actor,
        decided_at=moment,
        applied_at=moment,
    )  # fmt: skip


def remind_acceptance(*, actor: Any, plan: Plan, changes: Iterable[int] | None = None) -> int:
    """Remind the people of plans below that have not taken over changes, once a day each. Returns how many people.

    Raises Refused.
    """
    require_issue(actor, plan)
    rows = applied_changes(plan)
    if changes is not None:
        wanted = set(changes)
        rows = [row for row in rows if row.pk in wanted]
    today = clock.today().isoformat()
    words = {
        waiting.plan.unit_id: Telling(
            f"accept:{waiting.plan.pk}:{today}",
            f"/lam-viec/ke-hoach/{waiting.plan.pk}/thay-doi/",
            {"n": waiting.pending, "plan": str(plan)},
        )
        for waiting in acceptance_of(plan, rows)
        if waiting.pending
    }
    with transaction.atomic():
        told = tell_units("plan.manage", words, code="plans.change.waiting", again_when_read=False)
        log("plans.change.reminded", actor=actor, obj=plan, unit_id=plan.unit_id, told=told)
    return told
