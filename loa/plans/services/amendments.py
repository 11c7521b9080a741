"""Amendments of a plan in force: drawn up, issued with number and day, applied on the day they take effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.uploads import checked_file
from loa.lib.vi import clean, nfc
from loa.plans import texts
from loa.plans.models import Amendment, Change, Directive, LegalCitation, Plan, Task
from loa.plans.rules import DirectiveKind, FindingKind
from loa.plans.rules import audience as audiences
from loa.plans.rules.changes import DIRECTIVE_FIELDS, TASK_FIELDS, ChangeKind, differences, plain
from loa.plans.rules.directives import day_from, directive_of, problems
from loa.plans.selectors.changes import amendment_text, task_values
from loa.plans.services.apply import apply_change, tell_of_changes
from loa.plans.services.common import checked_due, lock_plan, require_issue, require_not_given
from loa.plans.services.issue import require_open
from loa.plans.services.legal import note_citations

_HEAD = ("number", "title", "signed_on", "effective_on", "reason")


def _checked_head(plan: Plan, values: Mapping[str, Any]) -> dict[str, Any]:
    """The head of an amendment; raises InvalidInput with the field."""
    found = dict(values)
    for name in ("number", "title", "reason"):
        found[name] = clean(str(values.get(name) or ""))
    for name, words in (
        ("number", _("Hãy ghi số, ký hiệu văn bản.")),
        ("title", _("Hãy ghi trích yếu.")),
        ("signed_on", _("Hãy chọn ngày ký.")),
        ("effective_on", _("Hãy chọn ngày có hiệu lực.")),
        ("reason", _("Hãy ghi lý do: các đơn vị sẽ đọc được.")),
    ):
        if not found.get(name):
            raise InvalidInput(words, field=name, code=f"plans.amendment.{name}")
    first, last, day = plan.starts_on, plan.ends_on, found["effective_on"]
    if (first and day < first) or (last and day > last):
        raise InvalidInput(
            _("Kế hoạch thực hiện từ %(first)s đến %(last)s. Hãy chọn ngày có hiệu lực trong khoảng đó.")
            % {"first": texts.day(first), "last": texts.day(last)},
            field="effective_on",
            code="plans.amendment.outside",
        )
    return {name: found[name] for name in _HEAD}


def amendment_start(*, actor: Any, plan: Plan, values: Mapping[str, Any], file: Any = None) -> Amendment:
    """Begin an amendment: number, title, days, reason, and the signed document if there is one.

    Raises Refused, Conflict (the plan is not in force, the number is taken), InvalidInput.
    """
    require_issue(actor, plan)
    head = _checked_head(plan, values)
    if file is not None:
        checked_file(file)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_open(plan)
        amendment = Amendment(plan=plan, created_by=actor, **head)
        if file is not None:
            amendment.file, amendment.filename = file, nfc(str(file.name))[:255]
        _saved(amendment)
        log("plans.amendment.started", actor=actor, obj=amendment, unit_id=plan.unit_id, plan=plan.pk)
    return amendment


def amendment_edit(*, actor: Any, amendment: Amendment, values: Mapping[str, Any], file: Any = None) -> Amendment:
    """Change the head of a draft, or attach the signed document (also afterwards). Raises as `amendment_start`."""
    require_issue(actor, amendment.plan)
    if file is not None:
        checked_file(file)
    with transaction.atomic():
        amendment = _locked(amendment)
        draft = amendment.status == Amendment.Status.DRAFT
        if draft:
            head = _checked_head(amendment.plan, values)
            for name, value in head.items():
                setattr(amendment, name, value)
            amendment.changes.update(effective_on=amendment.effective_on)
        if file is not None:
            amendment.file, amendment.filename = file, nfc(str(file.name))[:255]
        _saved(amendment)
        log(
            "plans.amendment.edited",
            actor=actor,
            obj=amendment,
            unit_id=amendment.plan.unit_id,
            plan=amendment.plan_id,
            file=amendment.filename if file is not None else "",
        )
    return amendment


def _saved(amendment: Amendment) -> None:
    try:
        with transaction.atomic():
            amendment.save()
    except IntegrityError:
        raise Conflict(
            _("Kế hoạch này đã có văn bản điều chỉnh số %s.") % amendment.number, code="plans.amendment.number"
        ) from None


def _locked(amendment: Amendment) -> Amendment:
    plan = lock_plan(amendment.plan_id)
    row = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    row.plan = plan
    require_open(plan)
    return row


def _draft(amendment: Amendment) -> Amendment:
    row = _locked(amendment)
    if row.status != Amendment.Status.DRAFT:
        raise Conflict(
            _("Văn bản điều chỉnh này đã ban hành. Cần sửa thêm thì soạn văn bản điều chỉnh khác."),
            code="plans.amendment.issued",
        )
    return row


def change_directive(
    *, actor: Any, amendment: Amendment, directive: Directive, values: Mapping[str, Any] | None
) -> Change:
    """Put into a draft that a directive is altered to `values`, or cancelled (None).

    Raises Refused, Conflict (not a draft, changed already in it or no longer in force), InvalidInput (nothing
    differs, something is missing).
    """
    require_issue(actor, amendment.plan)
    with transaction.atomic():
        amendment = _draft(amendment)
        directive = Directive.objects.select_for_update(of=("self",)).get(pk=directive.pk)
        if directive.plan_id != amendment.plan_id:
            raise InvalidInput(_("Chỉ tiêu này không thuộc kế hoạch được điều chỉnh."), code="plans.directive")
        if directive.valid_to is not None:
            raise Conflict(
                _("Chỉ tiêu này đã hủy hoặc đã được thay bằng bản mới. Hãy điều chỉnh bản đang áp dụng."),
                code="plans.directive.not_current",
            )
        if directive.valid_from is not None and directive.valid_from >= amendment.effective_on:
            raise InvalidInput(
                _("Chỉ tiêu này vừa được điều chỉnh từ %s. Hãy chọn ngày có hiệu lực sau ngày đó.")
                % texts.day(directive.valid_from),
                code="plans.amendment.too_early",
                field="effective_on",
            )
        was: dict[str, Any] = {}
        now: dict[str, Any] = {}
        if values is not None:
            was, now = _directive_differences(directive, values, amendment.effective_on)
        return _put(amendment, actor, ChangeKind.CANCEL if values is None else ChangeKind.ALTER, was, now,
                    directive=directive)  # fmt: skip


def _directive_differences(
    directive: Directive, values: Mapping[str, Any], effective_on: dt.date
) -> tuple[dict[str, Any], dict[str, Any]]:
    new = {name: plain(value) for name, value in values.items() if name in (*DIRECTIVE_FIELDS, "to")}
    if "to" in new:
        new["recipient"] = new.pop("to") or ""
    if "title" in new:
        new["title"] = clean(str(new["title"] or ""))[:300]
    if "audience" in new:
        new["audience"] = audiences.normal(new["audience"])
    old = {name: getattr(directive, name) for name in DIRECTIVE_FIELDS}
    old["audience"] = audiences.normal(directive.audience)
    merged = {name: plain(value) for name, value in old.items()} | new
    missing = problems(directive.kind, merged | {"to": merged.get("recipient")})
    if directive.kind == DirectiveKind.RECURRING and not merged.get("period"):
        raise InvalidInput(str(texts.PROBLEM["period"]), field="period", code="plans.missing.period")
    if missing:
        raise InvalidInput(
            texts.problem_words(missing[0]), field=missing[0].field, code=f"plans.missing.{missing[0].code}"
        )
    if new.get("due_on") and dt.date.fromisoformat(new["due_on"]) < effective_on:
        raise InvalidInput(
            _("Hạn mới trước ngày có hiệu lực (%s). Hãy chọn ngày muộn hơn.") % texts.day(effective_on),
            field="due_on",
            code="plans.directive.past",
        )
    was, now = differences(old, new, DIRECTIVE_FIELDS)
    if not now:
        raise InvalidInput(
            _("Chưa có gì khác trước. Hãy sửa ít nhất một mục, hoặc chọn hủy."), code="plans.amendment.same"
        )
    return was, now


def change_task(*, actor: Any, amendment: Amendment, task: Task, values: Mapping[str, Any] | None) -> Change:
    """Put into a draft that a task is altered to `values`, or cancelled (None).

    `values`: content, product, timeframe, starts_on, due_on, lead and support as [{as_printed, audience}]. What is
    inherited is changed in the plan above alone, but for an earlier last day. Raises as `change_directive`.
    """
    require_issue(actor, amendment.plan)
    with transaction.atomic():
        amendment = _draft(amendment)
        task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if task.plan_id != amendment.plan_id:
            raise InvalidInput(_("Nhiệm vụ này không thuộc kế hoạch được điều chỉnh."), code="plans.task")
        if task.source_task_id is not None:
            raise Conflict(
                _("Nhiệm vụ này do cấp trên giao. Khi cấp trên điều chỉnh, thay đổi sẽ hiện ở đây để tiếp nhận."),
                code="plans.task.inherited",
            )
        if values is None:
            require_not_given(task)
        if task.cancelled_on is not None:
            raise Conflict(_("Nhiệm vụ này đã hủy rồi."), code="plans.task.cancelled")
        was: dict[str, Any] = {}
        now: dict[str, Any] = {}
        if values is not None:
            new = {name: plain(value) for name, value in values.items() if name in TASK_FIELDS}
            if "content" in new and not clean(str(new["content"] or "")):
                raise InvalidInput(str(texts.PROBLEM["content"]), field="content", code="plans.missing.content")
            was, now = differences(task_values(task), new, TASK_FIELDS)
            if set(now) & set(task.fixed_fields):
                raise Conflict(
                    _("Nội dung, số lượng của nhiệm vụ cấp trên giao giữ như kế hoạch cấp trên."),
                    code="plans.task.inherited",
                )
            if "due_on" in now:
                now["due_on"] = plain(checked_due(task, day_from(now["due_on"])))
            if not now:
                raise InvalidInput(
                    _("Chưa có gì khác trước. Hãy sửa ít nhất một mục, hoặc chọn hủy."),
                    code="plans.amendment.same",
                )
        return _put(
            amendment, actor, ChangeKind.CANCEL if values is None else ChangeKind.ALTER, was, now, task=task
        )


def add_to_amendment(*, actor: Any, amendment: Amendment, kind: str, values: Mapping[str, Any]) -> Change:
    """Put something new into a draft: a task (`kind` "task") or a directive of that kind.

    Raises Refused, Conflict, InvalidInput.
    """
    require_issue(actor, amendment.plan)
    new = {name: plain(value) for name, value in values.items()}
    if kind == "task":
        if not clean(str(new.get("content") or "")):
            raise InvalidInput(str(texts.PROBLEM["content"]), field="content", code="plans.missing.content")
        new = {name: new.get(name) for name in (*TASK_FIELDS, "topic", "number") if new.get(name)}
    else:
        new["title"] = clean(str(new.get("title") or ""))
        new.pop("relative", None)
        if kind == DirectiveKind.RECURRING and not new.get("period"):
            raise InvalidInput(str(texts.PROBLEM["period"]), field="period", code="plans.missing.period")
        missing = problems(kind, new)
        if missing:
            raise InvalidInput(
                texts.problem_words(missing[0]), field=missing[0].field, code=f"plans.missing.{missing[0].code}"
            )
        directive_of(FindingKind(kind), new)  # what cannot be written is refused here, not on the day itself
        names = (*DIRECTIVE_FIELDS, "to", "proof", "genres", "who", "topic")
        new = {name: new.get(name) for name in names if new.get(name)} | {"kind": str(kind)}
        due = new.get("due_on")
        if due and dt.date.fromisoformat(due) < amendment.effective_on:
            raise InvalidInput(
                _("Hạn cuối trước ngày có hiệu lực (%s). Hãy chọn ngày muộn hơn.")
                % texts.day(amendment.effective_on),
                field="due_on",
                code="plans.directive.past",
            )
    with transaction.atomic():
        amendment = _draft(amendment)
        return _put(amendment, actor, ChangeKind.ADD, {}, new, subject="task" if kind == "task" else "directive")


def _put(
    amendment: Amendment,
    actor: Any,
    kind: ChangeKind,
    was: dict[str, Any],
    now: dict[str, Any],
    *,
    task: Task | None = None,
    directive: Directive | None = None,
    subject: str = "",
) -> Change:
    if task is not None or directive is not None:
        # The same thing twice in one document: the later word stands.
        amendment.changes.filter(task=task, directive=directive).delete()
    return Change.objects.create(
        plan=amendment.plan,
        amendment=amendment,
        kind=kind,
        subject=subject or ("task" if task is not None else "directive"),
        task=task,
        directive=directive,
        before=was,
        after=now,
        effective_on=amendment.effective_on,
        reason=amendment.reason,
        created_by=actor,
    )


def drop_change(*, actor: Any, change: Change) -> None:
    """Take a change out of a draft. Raises Refused, Conflict."""
    assert change.amendment is not None
    require_issue(actor, change.amendment.plan)
    with transaction.atomic():
        _draft(change.amendment)
        Change.objects.filter(pk=change.pk).delete()


def discard_amendment(*, actor: Any, amendment: Amendment) -> None:
    """Throw a draft away. Raises Refused, Conflict."""
    require_issue(actor, amendment.plan)
    with transaction.atomic():
        row = _draft(amendment)
        log("plans.amendment.discarded", actor=actor, obj=row, unit_id=row.plan.unit_id, plan=row.plan_id)
        row.delete()


def issue_amendment(*, actor: Any, amendment: Amendment) -> Amendment:
    """Issue it: what takes effect by today is applied now, the rest on its day; everybody concerned is told.

    Raises Refused, Conflict, InvalidInput (nothing in it).
    """
    require_issue(actor, amendment.plan)
    with transaction.atomic():
        amendment = _draft(amendment)
        changes = list(amendment.changes.select_for_update(of=("self",)).order_by("pk"))
        if not changes:
            raise InvalidInput(
                _("Văn bản điều chỉnh chưa có nội dung nào. Hãy chọn việc cần điều chỉnh, bổ sung hoặc hủy."),
                code="plans.amendment.empty",
            )
        amendment.status = Amendment.Status.ISSUED
        amendment.issued_by, amendment.issued_at = actor, clock.now()
        amendment.save(update_fields=["status", "issued_by", "issued_at"])
        for change in changes:
            change.plan, change.amendment = amendment.plan, amendment
            change.decided_at, change.reason = clock.now(), amendment.reason
            change.save(update_fields=["decided_at", "reason"])
            if change.effective_on <= clock.today():
                apply_change(change, actor)
        log(
            "plans.amendment.issued",
            actor=actor,
            obj=amendment,
            unit_id=amendment.plan.unit_id,
            plan=amendment.plan_id,
            number=amendment.number,
            on=amendment.effective_on.isoformat(),
            changes=len(changes),
        )
        note_citations(
            source=LegalCitation.Source.AMENDMENT,
            object_id=amendment.pk,
            unit=amendment.plan.unit_id,
            title=amendment.title,
            on=amendment.signed_on,
            text=amendment_text(amendment),
        )
        tell_of_changes(amendment.plan, changes)
    return amendment
