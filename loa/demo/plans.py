"""The demo's plans: this year's read, checked and issued; next year's read and waiting for an officer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.core.files.base import ContentFile

from loa.core import clock
from loa.core.errors import AppError
from loa.demo.people import Cast
from loa.demo.plan_file import plan_docx
from loa.plans import services
from loa.plans.models import Finding, Plan
from loa.plans.rules import FindingState
from loa.plans.tasks import read_plan_document

TEXT = Path(__file__).parent / "data" / "ke-hoach.txt"


def _upload(cast: Cast, *, year: int, number: int, signed: dt.date) -> Plan:
    text = TEXT.read_text(encoding="utf-8").format(
        number=number, day=signed.day, month=signed.month, signed_year=signed.year, year=year
    )
    upload = ContentFile(plan_docx(text), name=f"{number}-KH-SGDDT-{year}.docx")
    plan = services.upload_plan(actor=cast.personas["phuong"], unit=cast.so, upload=upload)
    document = plan.documents.get()
    if document.state == document.State.QUEUED:
        read_plan_document.call(document.pk)
    plan.refresh_from_db()
    return plan


def issued(cast: Cast, today: dt.date) -> Plan:
    """This year's plan, in force since January; every finding looked at by the officer."""
    signed = dt.date(today.year, 1, 16) if today.month > 1 else dt.date(today.year, 1, 2)
    officer = cast.personas["phuong"]
    with clock.frozen(signed):
        plan = _upload(cast, year=today.year, number=21, signed=signed)
        services.confirm_group(actor=officer, plan=plan)
        for finding in Finding.objects.filter(plan=plan, state=FindingState.PROPOSED).order_by("position"):
            _settle(finding, cast)
        plan.refresh_from_db()
        services.update_header(
            actor=officer, plan=plan,
            values={
                "number": plan.number or "21/KH-SGDĐT", "signed_on": plan.signed_on or signed,
                "title": plan.title, "signer": plan.signer or "Phạm Quốc Bảo", "place": plan.place,
                "starts_on": dt.date(today.year, 1, 1), "ends_on": dt.date(today.year, 12, 31),
            },
        )  # fmt: skip
        return services.issue_plan(actor=officer, plan=plan)


def _settle(finding: Finding, cast: Cast) -> None:
    """What an officer would do with a doubt: take the first reading offered, else confirm, else leave it out."""
    officer = cast.personas["phuong"]
    try:
        while finding.question and finding.state == FindingState.PROPOSED:
            services.answer_question(actor=officer, finding=finding, choice=0)
            finding.refresh_from_db()
        if finding.state == FindingState.PROPOSED:
            services.confirm_finding(actor=officer, finding=finding)
    except AppError:
        finding.refresh_from_db()
        if finding.state == FindingState.PROPOSED:
            services.dismiss_finding(actor=officer, finding=finding)


def next_year(cast: Cast, today: dt.date) -> Plan:
    """Next year's plan as it lies before the officer: read, a part confirmed, the rest open."""
    year = today.year + 1
    signed = today - dt.timedelta(days=2)
    plan = _upload(cast, year=year, number=118, signed=signed)
    officer = cast.personas["phuong"]
    ready = Finding.objects.filter(
        plan=plan, state=FindingState.PROPOSED, question__isnull=True, warning__isnull=True
    )
    for finding in ready.order_by("position")[:12]:
        try:
            services.confirm_finding(actor=officer, finding=finding)
        except AppError:
            continue
    # The signed text stands on a decree that no longer holds: a letter that corrects it is being drawn up.
    doubtful = Finding.objects.filter(plan=plan, warning__code="basis.expired").values_list("pk", flat=True)
    services.correction_start(actor=officer, plan=plan, findings=list(doubtful))
    return plan
