"""What the officer says of each finding: confirm, edit, dismiss, answer, add. The signed text is never touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.lib.vi import clean, fold
from loa.plans import texts
from loa.plans.models import Finding, Plan, PlanDocument
from loa.plans.rules import FindingKind, FindingState
from loa.plans.rules import audience as audiences
from loa.plans.rules.directives import problems
from loa.plans.rules.drafts import title_of
from loa.plans.services.common import FINDING, lock_plan, require_checking, require_manage
from loa.plans.services.prepare import PARTS, check_bases, meant, name_question, recheck_bases

#: what may be edited, by kind; everything else in `data` is as read
EDITABLE: dict[str, tuple[str, ...]] = {
    FindingKind.BASIS: ("kind", "number", "date", "issuer", "subject", "note"),
    FindingKind.TOPIC: ("number", "title", "short_title", "level", "parent"),
    FindingKind.TASK: (
        "number", "content", "product", "timeframe", "starts_on", "due_on", "topic", "lead", "support"
    ),
    FindingKind.QUOTA: ("title", "count", "min", "noun", "period", "due_day", "proof", "genres", "to", "audience"),
    FindingKind.DEADLINE: ("title", "due_on", "proof", "to", "audience"),
    FindingKind.RECURRING: ("title", "period", "due_day", "timeframe", "proof", "to", "audience"),
    FindingKind.WARNING: (),
}  # fmt: skip
#: texts of a plan's head and their greatest length
_HEADER_LIMITS = {"number": 60, "title": 400, "signer": 120, "place": 120}
#: kinds a person can mark in the text by hand
ADDABLE = (FindingKind.QUOTA, FindingKind.DEADLINE, FindingKind.RECURRING, FindingKind.TASK, FindingKind.TOPIC)


@dataclass(frozen=True)
class GroupResult:
    """What a group confirmation did: how many were confirmed, and how many still need a look of their own."""

    confirmed: int
    left: int


def confirm_finding(*, actor: Any, finding: Finding) -> Finding:
    """Confirm one finding as it stands. Raises Refused, Conflict, InvalidInput (something is missing)."""
    with transaction.atomic():
        finding = _locked(actor, finding)
        _require_complete(finding)
        _decide(finding, FindingState.CONFIRMED, actor)
        _log("confirmed", actor, finding)
    return finding


def confirm_group(
    *, actor: Any, plan: Plan, kind: FindingKind | None = None, topic: int | None = None
) -> GroupResult:
    """Confirm every waiting finding of a kind, or every task of one topic (its position).

    Findings with an open question, something missing or a warning are left: each needs a look of its own.
    """
    require_manage(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_checking(plan)
        waiting = Finding.objects.filter(plan=plan, state=FindingState.PROPOSED)
        if topic is not None:
            rows = [
                row
                for row in waiting.filter(kind__in=(FindingKind.TASK, FindingKind.TOPIC))
                if row.data.get("topic") == topic or row.position == topic
            ]
        elif kind is not None:
            rows = list(waiting.filter(kind=kind))
        else:
            rows = list(waiting)
        ready = [row for row in rows if not row.question and not row.warning and not problems(row.kind, row.data)]
        now = clock.now()
        Finding.objects.filter(pk__in=[row.pk for row in ready]).update(
            state=FindingState.CONFIRMED, decided_by=actor, decided_at=now
        )
        if ready:
            log(
                "plans.findings.confirmed",
                actor=actor,
                obj=plan,
                unit_id=plan.unit_id,
                positions=[row.position for row in ready],
            )
    return GroupResult(len(ready), len(rows) - len(ready))


def dismiss_finding(*, actor: Any, finding: Finding) -> Finding:
    """Leave one finding out. It can be taken back."""
    with transaction.atomic():
        finding = _locked(actor, finding)
        _decide(finding, FindingState.DISMISSED, actor)
        _log("dismissed", actor, finding)
    return finding


def reopen_finding(*, actor: Any, finding: Finding) -> Finding:
    """Take a decision back: the finding waits again, with whatever was edited."""
    with transaction.atomic():
        finding = _locked(actor, finding)
        FINDING.require(
            finding.state, FindingState.PROPOSED, _("Mục này đang chờ xác nhận, không có gì để hoàn tác.")
        )
        finding.state, finding.decided_by, finding.decided_at = FindingState.PROPOSED, None, None
        finding.save(update_fields=["state", "decided_by", "decided_at"])
        _log("reopened", actor, finding)
    return finding


def edit_finding(*, actor: Any, finding: Finding, values: Mapping[str, Any], confirm: bool = True) -> Finding:
    """Change what was read; `original` keeps it. With `confirm` the finding is then confirmed.

    `values` holds the editable fields of the kind (see EDITABLE). Raises Refused, Conflict, InvalidInput.
    """
    with transaction.atomic():
        finding = _locked(actor, finding)
        before = dict(finding.data)
        finding.data = finding.data | _taken(finding.kind, values)
        _describe(finding)
        if "audience" in values:
            # A person said who: the printed names are no longer asked about.
            for role in finding.data.get("names") or []:
                role.pop("choices", None)
        if not audiences.empty(finding.data.get("audience")) and finding.question:
            finding.question = None if finding.question.get("kind") == "audience" else finding.question
        if finding.kind == FindingKind.TASK:
            finding.question = name_question(finding.data)
        if finding.question and finding.question.get("kind") == "conflict":
            finding.question = None
        if finding.kind == FindingKind.BASIS:
            check_bases(finding.plan, [finding])
        if confirm:
            _require_complete(finding)
            finding.state, finding.decided_by, finding.decided_at = FindingState.CONFIRMED, actor, clock.now()
        finding.save()
        changed = sorted(key for key in finding.data if finding.data[key] != before.get(key))
        _log("edited", actor, finding, changed=changed)
    return finding


def answer_question(*, actor: Any, finding: Finding, choice: int) -> int:
    """Answer the question of a finding by the number of a choice, and confirm what is then complete.

    A name answered for one task is answered for every task that prints it alike. Returns how many findings the
    answer settled. Raises Refused, Conflict, InvalidInput.
    """
    with transaction.atomic():
        finding = _locked(actor, finding)
        question = finding.question
        if not question:
            raise Conflict(_("Câu hỏi này đã được trả lời."), code="plans.no_question")
        if question.get("name"):
            return _answer_name(actor, finding, question, choice)
        if question["kind"] == "conflict":
            return _answer_conflict(actor, finding, question, choice)
        picked = _choice(question["choices"], choice)
        finding.data = finding.data | {"audience": audiences.normal(picked["audience"])}
        finding.question = None
        _require_complete(finding)
        _decide(finding, FindingState.CONFIRMED, actor)
        finding.save(update_fields=["data", "question"])
        _log("answered", actor, finding, choice=picked["label"])
    return 1


def _answer_name(actor: Any, finding: Finding, question: Mapping[str, Any], choice: int) -> int:
    """The same words are answered wherever they are printed. Choice -1: no unit of ours; the words are kept."""
    audience: dict[str, Any] = {}
    label = ""
    if choice >= 0:
        picked = _choice(question["choices"], choice)
        audience, label = audiences.normal(picked["audience"]), picked["label"]
    key = fold(question["name"])
    settled = 0
    for row in Finding.objects.filter(plan=finding.plan).exclude(question=None):
        touched = False
        for part in PARTS:
            for role in row.data.get(part) or []:
                if "choices" in role and fold(role["as_printed"]) == key:
                    role["audience"] = audience
                    del role["choices"]
                    touched = True
        if not touched:
            continue
        if "names" in row.data:
            row.data["audience"] = meant(row.data)
        if (row.question or {}).get("kind") != "conflict":
            row.question = name_question(row.data)
        row.plan = finding.plan
        complete = row.question is None and not problems(row.kind, row.data)
        if row.pk == finding.pk and complete and row.state == FindingState.PROPOSED:
            _decide(row, FindingState.CONFIRMED, actor)
        row.save(update_fields=["data", "question"])
        settled += 1
    _log("answered", actor, finding, name=question["name"], choice=label, settled=settled)
    return settled


def _answer_conflict(actor: Any, finding: Finding, question: Mapping[str, Any], choice: int) -> int:
    """Two places, two days: 0 keeps the earlier finding's, 1 this one's; the other finding is left out."""
    if choice not in (0, 1):
        raise InvalidInput(_("Hãy chọn một trong hai."), code="plans.choice")
    other = Finding.objects.filter(plan=finding.plan, position=question["other"]).first()
    # A name may still be unsure behind the days.
    finding.question = name_question(finding.data)
    finding.save(update_fields=["question"])
    keep, leave = (finding, other) if choice == 1 or other is None else (other, finding)
    keep.plan = finding.plan
    if leave is not None:
        leave.plan = finding.plan
        _decide(leave, FindingState.DISMISSED, actor)
        _log("dismissed", actor, leave, duplicate_of=keep.position)
    if not keep.question and not problems(keep.kind, keep.data):
        _decide(keep, FindingState.CONFIRMED, actor)
    _log("answered", actor, keep, choice=choice)
    return 2 if leave is not None else 1


def add_finding(
    *, actor: Any, plan: Plan, kind: FindingKind, start: int | None, end: int | None, values: Mapping[str, Any]
) -> Finding:
    """Mark something the reader missed; a person wrote it, so it is confirmed at once.

    `start`/`end` are offsets in the document's text; None: not in the text. Raises Refused, Conflict,
    InvalidInput.
    """
    require_manage(actor, plan)
    if kind not in ADDABLE:
        raise InvalidInput(_("Không thêm tay được loại mục này."), code="plans.kind")
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_checking(plan)
        document = plan.documents.filter(state=PlanDocument.State.READ).order_by("-pk").first()
        quote, line, page = "", None, None
        if document is not None and start is not None and end is not None:
            if not 0 <= start < end <= len(document.text):
                raise InvalidInput(_("Đoạn chữ đã chọn không còn khớp văn bản. Hãy chọn lại."), code="plans.span")
            quote = " ".join(document.text[start:end].split())
            block = next((b for b in document.blocks if b["start"] <= start <= b["end"]), None)
            line, page = (block.get("line"), block.get("page")) if block else (None, None)
        else:
            start = end = None
        last = plan.findings.order_by("-position").values_list("position", flat=True).first() or 0
        finding = Finding(
            plan=plan,
            document=document,
            kind=kind,
            position=last + 1,
            data=_taken(kind, values) | {"who": "", "what": quote},
            quote=quote,
            start=start,
            end=end,
            line=line,
            page=page,
            added=True,
            state=FindingState.CONFIRMED,
            decided_by=actor,
            decided_at=clock.now(),
        )
        if kind == FindingKind.TASK:
            finding.data = {"lead": [], "support": []} | finding.data
        _describe(finding)
        _require_complete(finding)
        finding.original = {}
        finding.save()
        _log("added", actor, finding)
    return finding


def update_header(*, actor: Any, plan: Plan, values: Mapping[str, Any]) -> Plan:
    """Set number, date, title, signer and time of the plan. Raises Refused, Conflict, InvalidInput.

    Judges every citation again when the plan's own days change.
    """
    require_manage(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_checking(plan)
        days = (plan.signed_on, plan.starts_on, plan.ends_on)
        for field in _HEADER_LIMITS:
            if field in values:
                setattr(plan, field, clean(str(values[field] or ""))[: _HEADER_LIMITS[field]])
        for field in ("signed_on", "starts_on", "ends_on"):
            if field in values:
                setattr(plan, field, values[field])
        if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
            raise InvalidInput(_("Ngày kết thúc phải từ ngày bắt đầu trở đi."), code="plans.time", field="ends_on")
        plan.save(update_fields=["number", "title", "signer", "place", "signed_on", "starts_on", "ends_on"])
        if days != (plan.signed_on, plan.starts_on, plan.ends_on):
            recheck_bases(plan)
        log("plans.plan.header", actor=actor, obj=plan, unit_id=plan.unit_id, number=plan.number)
    return plan


def _locked(actor: Any, finding: Finding) -> Finding:
    """The finding as it is now, its plan locked and being checked."""
    require_manage(actor, finding.plan)
    plan = lock_plan(finding.plan_id)
    require_checking(plan)
    fresh = Finding.objects.select_for_update(of=("self",)).filter(pk=finding.pk, plan=plan).first()
    if fresh is None:
        raise NotFound(_("Mục này không còn: tệp đã được đọc lại. Hãy tải lại trang."), code="plans.finding.gone")
    fresh.plan = plan
    return fresh


def _decide(finding: Finding, state: FindingState, actor: Any) -> None:
    if finding.state == state:
        return
    FINDING.require(finding.state, state, _("Mục này vừa đổi trạng thái. Hãy tải lại trang."))
    finding.state, finding.decided_by, finding.decided_at = state, actor, clock.now()
    finding.save(update_fields=["state", "decided_by", "decided_at"])


def _require_complete(finding: Finding) -> None:
    if finding.question:
        raise InvalidInput(
            _("Mục %s còn một câu hỏi. Hãy chọn câu trả lời trước.") % finding.position, code="plans.question"
        )
    missing = problems(finding.kind, finding.data)
    if missing:
        raise InvalidInput(
            _("Mục %(n)s chưa đủ: %(what)s")
            % {"n": finding.position, "what": " ".join(texts.problem_words(one) for one in missing)},
            code=f"plans.missing.{missing[0].code}",
            field=missing[0].field,
        )


def _choice(choices: list[dict[str, Any]], number: int) -> dict[str, Any]:
    if not 0 <= number < len(choices):
        raise InvalidInput(_("Hãy chọn một câu trả lời."), code="plans.choice")
    return choices[number]


def _taken(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The editable values in the shape they are stored in."""
    taken: dict[str, Any] = {}
    for key in EDITABLE[FindingKind(kind)]:
        if key not in values:
            continue
        value = values[key]
        if key == "audience":
            value = audiences.normal(value)
        elif isinstance(value, dt.date):
            value = value.isoformat()
        elif isinstance(value, str):
            value = clean(value)
        elif value is None and key in ("starts_on", "due_on", "date"):
            value = ""
        taken[key] = value
    return taken


def _describe(finding: Finding) -> None:
    """The line shown in lists, from what now stands in the data."""
    data = finding.data
    if finding.kind == FindingKind.BASIS:
        finding.label = " ".join(part for part in (data.get("kind"), data.get("number")) if part)[:500]
    elif finding.kind == FindingKind.TASK:
        finding.label = title_of(data.get("content") or "", 300)
    elif finding.kind != FindingKind.WARNING:
        finding.label = (data.get("title") or "")[:500]


def _log(verb: str, actor: Any, finding: Finding, **data: Any) -> None:
    log(
        f"plans.finding.{verb}",
        actor=actor,
        obj=finding.plan,
        unit_id=finding.plan.unit_id,
        position=finding.position,
        kind=finding.kind,
        label=finding.label,
        **data,
    )
