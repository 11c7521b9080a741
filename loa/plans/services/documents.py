"""The file of a plan: given, read by a job, replaced; nothing that was given is lost."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.services import notify
from loa.audit.services import log
from loa.core import clock
from loa.core.after import after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.core.transitions import set_status
from loa.lib.vi import nfc
from loa.org.access import require
from loa.org.models import Unit
from loa.plans import selectors
from loa.plans.models import Finding, Plan, PlanDocument
from loa.plans.rules import FindingState, PlanStatus
from loa.plans.rules.directives import day_from
from loa.plans.rules.drafts import Draft, drafts_of
from loa.plans.rules.periods import span_of
from loa.plans.services.common import PLAN, lock_plan, queue, require_manage
from loa.plans.services.prepare import prepare

#: endings that Loa can read; the content decides in the end, not the name
ENDINGS = (".docx", ".pdf", ".txt", ".md", ".xlsx")
State = PlanDocument.State


class SameFile(Conflict):
    """The same bytes were given before; `plan_id` is the plan they belong to."""

    def __init__(self, message: str, *, plan_id: int) -> None:
        super().__init__(message, code="plans.same_file")
        self.plan_id = plan_id


def upload_plan(*, actor: Any, unit: Unit, upload: File) -> Plan:
    """Keep the file and queue its reading; the plan exists from now on.

    Raises Refused, InvalidInput (empty, too large, an ending Loa cannot read) and SameFile.
    """
    require(actor, "plan.manage", unit.pk, _("Tài khoản này không được đưa kế hoạch lên cho %s.") % unit)
    digest = _checked(upload)
    known = selectors.same_file(unit.pk, digest)
    if known is not None:
        raise SameFile(
            _("Tệp này đã được đưa lên ngày %(day)s: %(plan)s.")
            % {"day": f"{clock.local(known.created_at):%d/%m/%Y}", "plan": known.plan},
            plan_id=known.plan_id,
        )
    with transaction.atomic():
        plan = Plan.objects.create(unit=unit, status=PlanStatus.READING, created_by=actor)
        document = _keep(plan, upload, digest, actor)
        log(
            "plans.document.uploaded",
            actor=actor,
            obj=plan,
            unit_id=unit.pk,
            filename=document.filename,
            sha256=digest,
            size=document.size,
        )
    return plan


def replace_document(*, actor: Any, plan: Plan, upload: File) -> PlanDocument:
    """Read another file for the same plan; the old file and what was decided on it are kept.

    Decisions are carried over to findings that read the same. Raises Refused, InvalidInput, Conflict, SameFile.
    """
    require_manage(actor, plan)
    digest = _checked(upload)
    known = selectors.same_file(plan.unit_id, digest)
    if known is not None and (known.plan_id != plan.pk or known.state == State.READ):
        raise SameFile(_("Tệp này đã được đưa lên rồi: %s.") % known.plan, plan_id=known.plan_id)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        _to_reading(plan)
        document = _keep(plan, upload, digest, actor)
        log("plans.document.replaced", actor=actor, obj=plan, unit_id=plan.unit_id, filename=document.filename)
    return document


def read_again(*, actor: Any, plan: Plan) -> PlanDocument:
    """Queue the newest file once more after it could not be read. Raises Refused, Conflict."""
    require_manage(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        document = selectors.current_document(plan)
        if document is None or document.state != State.FAILED:
            raise Conflict(_("Tệp này đang được đọc hoặc đã đọc xong."), code="plans.not_failed")
        _to_reading(plan)
        _queue(document)
        log("plans.document.read_again", actor=actor, obj=plan, unit_id=plan.unit_id)
    return document


def start_reading(*, document_id: int) -> PlanDocument | None:
    """Mark the file as being read; None when there is nothing to do (already read, or replaced meanwhile)."""
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
        if document is None or document.state == State.READ:
            return None
        newest = PlanDocument.objects.filter(plan=document.plan_id).order_by("-pk").values_list("pk", flat=True)
        if newest[0] != document.pk:
            return None
        plan = lock_plan(document.plan_id)
        if plan.status == PlanStatus.UNREADABLE:
            set_status(plan, PlanStatus.READING, PLAN, "")
        elif plan.status != PlanStatus.READING:
            return None
        document.state, document.progress, document.step = State.READING, 1, str(_("Mở tệp"))
        document.error = document.error_code = ""
        document.save(update_fields=["state", "progress", "step", "error", "error_code"])
    return document


def set_reading_step(*, document_id: int, step: str, percent: int) -> None:
    """Say how far the reading is; a file no longer being read is left alone."""
    PlanDocument.objects.filter(pk=document_id, state=State.READING).update(
        step=step[:120], progress=max(1, min(99, percent))
    )


def store_reading(*, document_id: int, reading: dict[str, Any]) -> Plan | None:
    """Write what was read, once, and open the plan for checking. `reading`: `Reading.to_dict(with_source=True)`.

    All or nothing: a job killed before leaves no finding behind, a job run twice adds none.
    Returns None when the file was read already or replaced meanwhile.
    """
    source = reading.pop("source")
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
        plan = lock_plan(document.plan_id)
        if document.state == State.READ or plan.status != PlanStatus.READING:
            return None
        if plan.documents.filter(pk__gt=document.pk).exists():
            return None
        _take_header(plan, reading)
        before = list(plan.findings.all())
        drafts = drafts_of(reading, starts_on=plan.starts_on, ends_on=plan.ends_on)
        prepare(plan, drafts)
        plan.findings.all().delete()
        Finding.objects.bulk_create([_finding(plan, document, draft) for draft in drafts], batch_size=500)
        carried = _carry_over(plan, before)
        document.state, document.progress, document.step = State.READ, 100, str(_("Đã đọc xong"))
        document.text, document.blocks = source["text"], source["blocks"]
        document.reading, document.read_at = reading, clock.now()
        document.save(update_fields=["state", "progress", "step", "text", "blocks", "reading", "read_at"])
        set_status(plan, PlanStatus.CHECKING, PLAN, "")
        log(
            "plans.document.read",
            actor=None,
            obj=plan,
            unit_id=plan.unit_id,
            findings=len(drafts),
            carried=carried,
        )
        _tell_uploader(document, plan, "plans.document.read", found=len(drafts))
    return plan


def fail_reading(*, document_id: int, code: str, message: str) -> None:
    """Keep the file and say why it could not be read, and what to do."""
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
        plan = lock_plan(document.plan_id)
        if document.state == State.READ:
            return
        document.state, document.error_code, document.error = State.FAILED, code[:60], message
        document.step = ""
        document.save(update_fields=["state", "error_code", "error", "step"])
        if plan.status == PlanStatus.READING and not plan.documents.filter(pk__gt=document.pk).exists():
            set_status(plan, PlanStatus.UNREADABLE, PLAN, "")
            _tell_uploader(document, plan, "plans.document.failed")
        log("plans.document.failed", actor=None, obj=plan, unit_id=plan.unit_id, code=code)


def _checked(upload: File) -> str:
    """SHA-256 of an acceptable upload. Raises InvalidInput."""
    name = nfc(str(upload.name or ""))
    size = upload.size or 0
    if size > settings.LOA_UPLOAD_MAX_BYTES:
        raise InvalidInput(too_large_words(size), code="plans.too_large", field="file")
    if os.path.splitext(name)[1].lower() not in ENDINGS:
        raise InvalidInput(
            _(
                "Loa đọc được tệp .docx, .pdf (có chữ), .xlsx và .txt. "
                "Hãy lưu kế hoạch sang một trong các loại này rồi chọn lại."
            ),
            code="plans.ending",
            field="file",
        )
    if not size:
        raise InvalidInput(
            _("Tệp “%s” trống, không có chữ nào. Hãy chọn lại đúng tệp kế hoạch.") % name,
            code="plans.empty",
            field="file",
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def too_large_words(size: int) -> str:
    """The sentence for a file over the limit."""
    return _("Tệp nặng %(size)s MB, quá mức %(limit)s MB. Hãy bỏ bớt ảnh hoặc tách phụ lục rồi chọn lại.") % {
        "size": max(1, round(size / 1024 / 1024)),
        "limit": settings.LOA_UPLOAD_MAX_BYTES // 1024 // 1024,
    }


def _keep(plan: Plan, upload: File, digest: str, actor: Any) -> PlanDocument:
    """Store the file under a name of our own and queue its reading."""
    filename = nfc(os.path.basename(str(upload.name)))[-255:]
    document = PlanDocument(
        plan=plan, filename=filename, sha256=digest, size=upload.size, uploaded_by=actor, state=State.QUEUED
    )
    ending = os.path.splitext(filename)[1].lower()
    document.file.save(f"{uuid.uuid4().hex}{ending}", upload, save=False)
    document.save()
    _queue(document)
    return document


def _queue(document: PlanDocument) -> None:
    document.state, document.progress, document.step = State.QUEUED, 0, ""
    document.error = document.error_code = ""
    document.save(update_fields=["state", "progress", "step", "error", "error_code"])
    queue("read_plan_document", document.pk)


def _to_reading(plan: Plan) -> None:
    if plan.status == PlanStatus.READING:
        raise Conflict(
            _("Loa đang đọc một tệp của kế hoạch này. Chờ đọc xong rồi làm tiếp."), code="plans.reading"
        )
    set_status(plan, PlanStatus.READING, PLAN, _("Kế hoạch đã ban hành, không thay tệp được nữa."))


def _take_header(plan: Plan, reading: dict[str, Any]) -> None:
    """What the document says of itself fills what nobody has filled in yet."""
    date = reading.get("date") or {}
    signer = reading.get("signer") or {}
    span = span_of(reading.get("period"))
    if span is None and date.get("iso"):
        span = span_of({"year": date["iso"][:4]})
    plan.title = (
        plan.title or " ".join(part for part in (reading.get("doc_type"), reading.get("title")) if part)[:400]
    )
    plan.number = plan.number or (reading.get("number") or "")[:60]
    plan.signed_on = plan.signed_on or day_from(date.get("iso"))
    plan.place = plan.place or (reading.get("place") or "")[:120]
    plan.signer = plan.signer or (signer.get("name") or "")[:120]
    if span and plan.starts_on is None and plan.ends_on is None:
        plan.starts_on, plan.ends_on = span
    plan.save(update_fields=["title", "number", "signed_on", "place", "signer", "starts_on", "ends_on"])


def _finding(plan: Plan, document: PlanDocument, draft: Draft) -> Finding:
    return Finding(
        plan=plan,
        document=document,
        kind=draft.kind,
        position=draft.position,
        label=draft.label[:500],
        data=draft.data,
        original=draft.data,
        quote=draft.quote,
        start=draft.start,
        end=draft.end,
        line=draft.line,
        page=draft.page,
        question=draft.question,
        warning=draft.warning,
    )


def _carry_over(plan: Plan, before: list[Finding]) -> int:
    """Give findings that read the same as before the decision they had. Returns how many."""
    decided = {
        (old.kind, " ".join(old.quote.split()), str(old.original)): old
        for old in before
        if old.state != FindingState.PROPOSED and not old.added
    }
    carried = 0
    for new in plan.findings.all() if decided else ():
        old = decided.get((new.kind, " ".join(new.quote.split()), str(new.original)))
        if old is None or new.kind == "task":
            # A task points to a topic by its number, which may have changed.
            continue
        new.state, new.decided_by_id, new.decided_at = old.state, old.decided_by_id, old.decided_at
        new.data, new.label, new.question = old.data, old.label, old.question
        new.save(update_fields=["state", "decided_by", "decided_at", "data", "label", "question"])
        carried += 1
    return carried


def _tell_uploader(document: PlanDocument, plan: Plan, code: str, **data: Any) -> None:
    if document.uploaded_by is None:
        return
    after_commit(
        notify,
        users=[document.uploaded_by],
        code=code,
        key=f"plan-document:{document.pk}",
        url=f"/lam-viec/ke-hoach/{plan.pk}/",
        filename=document.filename,
        **data,
    )
