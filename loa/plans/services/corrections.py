"""Correction letters: drafted from what was found, written, signed, issued; each with the actor, all audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.uploads import checked_file
from loa.lib.vi import clean, clean_lines, nfc
from loa.org.telling import Telling, tell_units
from loa.plans.models import Correction, Finding, Plan
from loa.plans.rules import PlanStatus
from loa.plans.rules.corrections import MOST
from loa.plans.selectors.cascade import ALIVE
from loa.plans.selectors.corrections import default_addressees, gaps_of, items_of, plan_words
from loa.plans.services.common import lock_plan, require_issue, require_manage

_SIZES = {"place": 200, "printed": 2000, "right": 2000}
#: a signed plan that is looked at or carried out
SIGNED = (PlanStatus.CHECKING, PlanStatus.ISSUED)


def _require_signed(plan: Plan) -> None:
    if plan.status not in SIGNED:
        raise Conflict(
            _("Chỉ đính chính được kế hoạch đã ký. Bản đang soạn thì sửa thẳng vào bản soạn."),
            code="plans.correction.unsigned",
        )


def correction_start(*, actor: Any, plan: Plan, findings: Iterable[int] = ()) -> Correction:
    """Draft a letter from chosen findings (their numbers); with none, a letter to be written by hand.

    Raises Refused, Conflict (the plan is not signed yet, or over), InvalidInput (too many).
    """
    require_manage(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        _require_signed(plan)
        rows = list(Finding.objects.filter(plan=plan, pk__in=list(findings)).order_by("start", "position"))
        if len(rows) > MOST:
            raise InvalidInput(
                _("Một công văn đính chính nhiều nhất %s chỗ.") % MOST, code="plans.correction.many"
            )
        letter = Correction.objects.create(
            plan=plan,
            subject=(_("đính chính %s") % plan_words(plan))[:400],
            items=items_of(rows),
            addressees=default_addressees(plan),
            recipients=_("Như trên"),
            signer=plan.signer,
            created_by=actor,
        )
        log(
            "plans.correction.started",
            actor=actor,
            obj=letter,
            unit_id=plan.unit_id,
            plan=plan.pk,
            places=len(rows),
        )
    return letter


def _draft(correction: Correction) -> Correction:
    plan = lock_plan(correction.plan_id)
    row = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    row.plan = plan
    if row.status != Correction.Status.DRAFT:
        raise Conflict(
            _("Công văn này đã ban hành nên không sửa được nữa. Cần thì soạn công văn đính chính khác."),
            code="plans.correction.issued",
        )
    return row


def _checked_items(plan: Plan, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    known = set(Finding.objects.filter(plan=plan).values_list("pk", flat=True))
    for item in items:
        row: dict[str, Any] = {name: clean(str(item.get(name) or "")) for name in _SIZES}
        if not (row["printed"] or row["right"]):
            continue
        if not row["printed"]:
            raise InvalidInput(
                _("Hãy ghi lời đã in của từng chỗ sai."), field="printed", code="plans.correction.printed"
            )
        if row["printed"] == row["right"]:
            raise InvalidInput(_("Lời sửa giống hệt lời đã in."), field="right", code="plans.correction.same")
        for name, most in _SIZES.items():
            if len(row[name]) > most:
                raise InvalidInput(_("Phần này dài quá %s chữ cái.") % most, field=name)
        finding = item.get("finding")
        row["finding"] = finding if finding in known else None
        found.append(row)
    if len(found) > MOST:
        raise InvalidInput(_("Một công văn đính chính nhiều nhất %s chỗ.") % MOST, code="plans.correction.many")
    return found


def correction_write(*, actor: Any, correction: Correction, values: Mapping[str, Any]) -> Correction:
    """Write a draft: subject, items, addressees, recipients, number, day, signer. Raises Refused, Conflict,
    InvalidInput."""
    require_manage(actor, correction.plan)
    subject = clean(str(values.get("subject") or ""))
    if not subject:
        raise InvalidInput(_("Hãy ghi trích yếu."), field="subject", code="plans.correction.subject")
    with transaction.atomic():
        row = _draft(correction)
        row.subject = subject[:400]
        row.items = _checked_items(row.plan, values.get("items") or [])
        for name in ("addressees", "recipients"):
            setattr(row, name, clean_lines(str(values.get(name) or ""))[:2000])
        row.number = clean(str(values.get("number") or ""))[:60]
        row.signer = clean(str(values.get("signer") or ""))[:120]
        row.signed_on = values.get("signed_on")
        row.save()
        log("plans.correction.written", actor=actor, obj=row, unit_id=row.plan.unit_id, plan=row.plan_id)
    return row


def correction_sign(*, actor: Any, correction: Correction, upload: File) -> Correction:
    """Attach the signed letter to a draft. Raises Refused, Conflict, InvalidInput."""
    require_manage(actor, correction.plan)
    digest = checked_file(upload)
    with transaction.atomic():
        row = _draft(correction)
        row.file, row.filename = upload, nfc(str(upload.name)).split("/")[-1][:255]
        row.save()
        log(
            "plans.correction.signed",
            actor=actor,
            obj=row,
            unit_id=row.plan.unit_id,
            plan=row.plan_id,
            filename=row.filename,
            sha256=digest,
        )
    return row


def correction_issue(*, actor: Any, correction: Correction) -> Correction:
    """Issue the signed letter: it stands in the plan's history, and offices with a plan below are told.

    Raises Refused, Conflict, InvalidInput (what is missing).
    """
    require_issue(actor, correction.plan)
    with transaction.atomic():
        row = _draft(correction)
        _require_signed(row.plan)
        missing = gaps_of(row)
        if missing:
            raise InvalidInput(
                _("Chưa ban hành được, còn thiếu: %s.") % ", ".join(missing), code="plans.correction.gaps"
            )
        row.status, row.issued_by, row.issued_at = Correction.Status.ISSUED, actor, clock.now()
        row.save(update_fields=["status", "issued_by", "issued_at"])
        log(
            "plans.correction.issued",
            actor=actor,
            obj=row,
            unit_id=row.plan.unit_id,
            plan=row.plan_id,
            number=row.number,
            places=len(row.items),
        )
        told = Telling(
            f"correction:{row.pk}",
            f"/lam-viec/ke-hoach/{row.plan_id}/dinh-chinh/{row.pk}/",
            {"plan": str(row.plan), "number": row.number},
        )
        below = Plan.objects.filter(parent_plan=row.plan, status__in=ALIVE).values_list("unit", flat=True)
        tell_units("plan.manage", dict.fromkeys(below, told), code="plans.correction.issued")
    return row


def correction_discard(*, actor: Any, correction: Correction) -> None:
    """Throw a draft away. Raises Refused, Conflict."""
    require_manage(actor, correction.plan)
    with transaction.atomic():
        row = _draft(correction)
        log("plans.correction.discarded", actor=actor, obj=row, unit_id=row.plan.unit_id, plan=row.plan_id)
        row.delete()
