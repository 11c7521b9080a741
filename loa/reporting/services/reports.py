"""Writes of a unit's report: draft → submitted → approved, or returned with a reason.

Whoever signs has not written it alone: a lead who drafted a report signs only what a colleague has read and sent.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.lib.typed import whole
from loa.lib.vanban.write import write_docx, write_pdf
from loa.lib.vi import clean, clean_lines
from loa.org.access import can, users_who_can
from loa.org.models import Unit
from loa.reporting import report_rules as rules
from loa.reporting.models import Report
from loa.reporting.selectors.report_document import (
    official_document,
    period_of_report,
    report_symbol,
    title_of,
    version_on,
)
from loa.reporting.selectors.reports import asking_directive, count_figures, figures_of, plan_for
from loa.reporting.selectors.structure import NOW, THEN
from loa.reporting.services.evidence import report_counted

REPORT_MOVES = Transitions("report", rules.MOVES)
FORMATS = ("docx", "pdf")


def _locked(report: Report) -> Report:
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("unit", "plan__unit", "directive")
        .get(pk=report.pk)
    )


def _address(report: Report) -> str:
    return reverse("reports:report", args=[report.pk])


@transaction.atomic
def report_draft(*, actor: Any, unit: Unit, period: str, day: dt.date | None = None) -> Report:
    """Begin the unit's report for the period of that kind at `day` (today), prefilled; or open the one begun.

    Raises: Refused (the person does not write for the unit), InvalidInput (no such kind of period, or a period
    that has not begun).
    """
    if not can(actor, "report.write", unit.pk):
        raise Refused(_("Anh/chị chỉ soạn báo cáo của đơn vị mình."), code="report.write")
    try:
        span = rules.period_at(period, clock.today()) if day is None else rules.period_starting(period, day)
    except ValueError as error:
        raise InvalidInput(
            _("Không có kỳ báo cáo này. Hãy chọn tháng, quý, học kỳ hoặc năm."), field="period"
        ) from error
    if span.start > clock.today():
        raise InvalidInput(_("Kỳ báo cáo này chưa bắt đầu."), field="period", code="report.future")
    known = Report.objects.filter(unit=unit, period=span.kind, starts_on=span.start).first()
    if known is not None:
        return known
    plan = plan_for(unit, span)
    directive, _due = asking_directive(unit, plan, span)
    addressee = ""
    if plan is not None and plan.unit_id != unit.pk:
        addressee = (directive.recipient if directive else "") or plan.unit.name
    try:
        with transaction.atomic():
            report = Report.objects.create(
                unit=unit,
                plan=plan,
                directive=directive,
                period=span.kind,
                starts_on=span.start,
                ends_on=span.end,
                title=f"Báo cáo {rules.subject(span)[0].lower()}{rules.subject(span)[1:]}",
                texts={"addressee": addressee, "recipients": ["Như trên"] if addressee else []},
                drafted_by=actor,
            )
    except IntegrityError:  # a colleague began it in the same moment
        return Report.objects.get(unit=unit, period=span.kind, starts_on=span.start)
    log("reporting.report.drafted", actor=actor, obj=report, unit_id=unit.pk, period=span.code)
    return report


def _own_figures(given: dict[str, Any]) -> dict[str, int]:
    own = {}
    for code, most in rules.OWN_FIGURES.items():
        raw = str(given.get(code, "")).strip()
        if not raw:
            continue
        number = whole(raw)
        if number is None or number > most:
            raise InvalidInput(_("Hãy ghi một số từ 0 đến %d.") % most, field=code, code="report.figure")
        own[code] = number
    return own


@transaction.atomic
def report_edit(*, actor: Any, report: Report, version: int, texts: dict[str, Any]) -> Report:
    """Keep what a person wrote. `texts` may hold the section codes, `own` (figures the unit counts itself),
    `addressee`, `recipients` (lines), `structure` (see `selectors.structure`); what is left out stays as it was.

    Raises: Refused, Conflict (somebody else saved since `version`, or it has been sent), InvalidInput (too long,
    not a number). On Conflict nothing is overwritten: the screen shows both texts.
    """
    if not can(actor, "report.write", report.office_id):
        raise Refused(_("Anh/chị chỉ soạn báo cáo của đơn vị mình."), code="report.write")
    report = _locked(report)
    if report.status not in rules.EDITABLE:
        raise Conflict(
            _("Báo cáo đã gửi ký duyệt nên không sửa được nữa. Hãy lấy lại báo cáo rồi sửa."), code="report.sent"
        )
    if version != report.version:
        raise Conflict(
            _("Có người vừa sửa báo cáo này. Nội dung anh/chị viết còn ở ô bên dưới, hãy so lại rồi lưu."),
            code="report.version",
        )
    kept = dict(report.texts)
    for code in rules.TEXTS:
        if code in texts:
            text = clean_lines(str(texts[code]))
            if len(text) > rules.TEXT_LIMIT:
                raise InvalidInput(
                    _("Đoạn này dài quá %(limit)d chữ cái (đang có %(now)d). Hãy rút gọn hoặc đưa vào phụ lục.")
                    % {"limit": rules.TEXT_LIMIT, "now": len(text)},
                    field=code,
                )
            kept[code] = text
    if "own" in texts:
        kept["own"] = {**(kept.get("own") or {}), **_own_figures(texts["own"])}
    if "addressee" in texts:
        kept["addressee"] = clean(str(texts["addressee"]))[:200]
    if "recipients" in texts:
        lines = [clean(str(line)).lstrip("-–• ").rstrip(";. ")[:200] for line in texts["recipients"]]
        kept["recipients"] = [line for line in lines if line][:20]
    if texts.get("structure") in (THEN, NOW):
        kept["structure"] = texts["structure"]
    if kept == report.texts:
        return report
    report.texts = kept
    report.version += 1
    report.edited_at = clock.now()
    report.save(update_fields=["texts", "version", "edited_at"])
    log("reporting.report.edited", actor=actor, obj=report, unit_id=report.unit_id, version=report.version)
    return report


@transaction.atomic
def report_submit(*, actor: Any, report: Report) -> Report:
    """Send it to be signed; the figures are frozen as they stand. Raises Refused, Conflict."""
    if not can(actor, "report.write", report.office_id):
        raise Refused(_("Anh/chị chỉ gửi báo cáo của đơn vị mình."), code="report.write")
    report = _locked(report)
    REPORT_MOVES.require(report.status, "submitted", _("Báo cáo này đã được gửi trước đó."))
    signers = users_who_can("report.approve", report.office_id)
    if not signers.exclude(pk=actor.pk).exists() and not signers.filter(pk=actor.pk).exists():
        raise Conflict(
            _("Đơn vị chưa có người ký duyệt trên Loa. Hãy nhờ quản trị của Sở thêm trưởng đơn vị rồi gửi lại."),
            code="report.no_signer",
        )
    report.figures = count_figures(report)
    report.status = Report.Status.SUBMITTED
    report.submitted_by, report.submitted_at = actor, clock.now()
    report.return_reason = ""
    report.version += 1
    report.save(update_fields=["figures", "status", "submitted_by", "submitted_at", "return_reason", "version"])
    log("reporting.report.submitted", actor=actor, obj=report, unit_id=report.unit_id)
    notify(
        users=[user for user in signers if user.pk != actor.pk],
        code="reporting.report.to_sign",
        key=f"report:{report.pk}",
        url=_address(report),
        title=report.title,
        unit=report.unit.short_name,
    )
    return report


@transaction.atomic
def report_recall(*, actor: Any, report: Report) -> Report:
    """Take a report back before it is signed, to go on writing. Raises Refused, Conflict."""
    if not can(actor, "report.write", report.office_id):
        raise Refused(_("Anh/chị chỉ lấy lại báo cáo của đơn vị mình."), code="report.write")
    report = _locked(report)
    REPORT_MOVES.require(report.status, "draft", _("Báo cáo này không còn ở chỗ chờ ký nên không lấy lại được."))
    report.status, report.figures = Report.Status.DRAFT, {}
    report.version += 1
    report.save(update_fields=["status", "figures", "version"])
    log("reporting.report.recalled", actor=actor, obj=report, unit_id=report.unit_id)
    cancel_notices(code="reporting.report.to_sign", key=f"report:{report.pk}")
    return report


@transaction.atomic
def report_return(*, actor: Any, report: Report, reason: str) -> Report:
    """Send it back to be mended, saying why. Raises Refused, InvalidInput (no reason), Conflict."""
    if not can(actor, "report.approve", report.office_id):
        raise Refused(
            _("Chỉ trưởng đơn vị hoặc lãnh đạo phụ trách mới trả lại được báo cáo."), code="report.approve"
        )
    reason = clean_lines(reason)[:1000]
    if not reason:
        raise InvalidInput(_("Hãy ghi điều cần sửa để người soạn biết."), field="reason")
    report = _locked(report)
    REPORT_MOVES.require(report.status, "returned", _("Báo cáo này không còn ở chỗ chờ ký."))
    report.status, report.return_reason, report.figures = Report.Status.RETURNED, reason, {}
    report.version += 1
    report.save(update_fields=["status", "return_reason", "figures", "version"])
    log("reporting.report.returned", actor=actor, obj=report, unit_id=report.unit_id, reason=reason)
    cancel_notices(code="reporting.report.to_sign", key=f"report:{report.pk}")
    writers = {user.pk: user for user in (report.drafted_by, report.submitted_by) if user and user.pk != actor.pk}
    notify(
        users=writers.values(),
        code="reporting.report.returned",
        key=f"report:{report.pk}",
        url=_address(report),
        title=report.title,
        reason=reason,
    )
    return report


def _taken(report: Report, number: int, year: int) -> bool:
    """Whether the unit's register has given the number away. Held until our own stands in it: two who register at
    once go one after the other."""
    Unit.objects.select_for_update().get(pk=report.office_id)
    return (
        Report.objects.filter(
            # the register of the unit in whose name it was signed, not of the one that keeps it now
            unit_version__unit=report.office_id,
            number__startswith=f"{number:02d}/",
            approved_at__year=year,
        )
        .exclude(pk=report.pk)
        .exists()
    )


def _checked_number(report: Report, number: str, day: dt.date) -> str:
    """ "12" → "12/BC-THCSST"; empty stays empty. Raises InvalidInput, Conflict."""
    raw = clean(number).split("/")[0]
    if not raw:
        return ""
    value = whole(raw)
    if value is None or not 1 <= value <= 99999:
        raise InvalidInput(_("Số văn bản là một số, ví dụ 12. Chưa lấy số thì để trống."), field="number")
    if _taken(report, value, day.year):
        raise Conflict(
            _("Số %(number)s đã dùng cho một báo cáo khác trong năm %(year)s. Hãy xem lại sổ văn bản đi.")
            % {"number": f"{value:02d}", "year": day.year},
            code="report.number_taken",
        )
    return f"{value:02d}/{report_symbol(report)}"


@transaction.atomic
def report_approve(*, actor: Any, report: Report, number: str = "") -> Report:
    """Sign it: the header is frozen as of today and the report counts as filed.

    `number` is that of the register of outgoing documents, if it has been taken already.

    Raises: Refused (no right, or nobody else has read it), InvalidInput / Conflict (number, state).
    """
    if not can(actor, "report.approve", report.office_id):
        raise Refused(
            _("Chỉ trưởng đơn vị hoặc lãnh đạo phụ trách mới ký duyệt được báo cáo này."), code="report.approve"
        )
    report = _locked(report)
    REPORT_MOVES.require(report.status, "approved", _("Báo cáo này không còn ở chỗ chờ ký."))
    if {report.drafted_by_id, report.submitted_by_id} == {actor.pk}:
        raise Refused(
            _(
                "Báo cáo do chính anh/chị soạn và gửi. Hãy trả lại, nhờ một người khác trong đơn vị đọc và gửi; "
                "sau đó anh/chị ký."
            ),
            code="report.own",
        )
    today = clock.today()
    report.approved_by, report.approved_at = actor, clock.now()
    report.unit_version = version_on(report.office_id, today)
    report.signer_name, report.signer_title = str(actor), title_of(actor, report.office_id)
    report.number = _checked_number(report, number, today)
    report.status = Report.Status.APPROVED
    report.version += 1
    report.save()
    log("reporting.report.approved", actor=actor, obj=report, unit_id=report.unit_id, number=report.number)
    cancel_notices(code="reporting.report.to_sign", key=f"report:{report.pk}")
    report_counted(report=report, actor=actor)
    writers = {user.pk: user for user in (report.drafted_by, report.submitted_by) if user and user.pk != actor.pk}
    notify(
        users=writers.values(),
        code="reporting.report.approved",
        key=f"report:{report.pk}",
        url=_address(report),
        title=report.title,
        by=str(actor),
    )
    return report


@transaction.atomic
def report_number(*, actor: Any, report: Report, number: str) -> Report:
    """Enter the number the clerk gave a signed report; once. Raises Refused, InvalidInput, Conflict."""
    if not (can(actor, "report.write", report.office_id) or can(actor, "report.approve", report.office_id)):
        raise Refused(_("Anh/chị chỉ vào số cho báo cáo của đơn vị mình."), code="report.write")
    report = _locked(report)
    if report.status != Report.Status.APPROVED or report.approved_at is None:
        raise Conflict(_("Báo cáo chưa được ký duyệt nên chưa vào số được."), code="report.unsigned")
    if report.number:
        raise Conflict(_("Báo cáo đã có số %s.") % report.number, code="report.numbered")
    value = _checked_number(report, number, clock.local(report.approved_at).date())
    if not value:
        raise InvalidInput(_("Hãy ghi số văn bản."), field="number")
    report.number = value
    report.save(update_fields=["number"])
    log("reporting.report.numbered", actor=actor, obj=report, unit_id=report.unit_id, number=value)
    return report


@transaction.atomic
def report_export(*, actor: Any, report: Report, form: str, paper: bool = False) -> tuple[str, bytes]:
    """The report as a file (name, bytes); `form` is docx or pdf. Who took a signed report out is written down.

    The caller has checked that the person may see the report (access.report_for_view).
    """
    if form not in FORMATS:
        raise InvalidInput(_("Loa xuất báo cáo thành tệp Word (.docx) hoặc PDF."), code="report.format")
    document = official_document(report, figures_of(report), paper=paper)
    made_at = report.approved_at or clock.now()
    data = (write_docx if form == "docx" else write_pdf)(document, made_at=made_at)
    if report.status == Report.Status.APPROVED:
        log("reporting.report.exported", actor=actor, obj=report, unit_id=report.unit_id, form=form)
    return file_name(report, form), data


def file_name(report: Report, form: str) -> str:
    """ "bao-cao-2026-11-thcs-son-thuong.docx": says what it is among many downloads."""
    return f"bao-cao-{period_of_report(report).code.lower()}-{report.unit.slug}.{form}"
