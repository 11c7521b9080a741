"""Tasks of a plan in force: what a unit has to do, one task, one unit's work on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import clock, downloads
from loa.core.errors import AppError, NotFound
from loa.core.forms import add_error
from loa.lib import typed
from loa.lib.vi import fold
from loa.org.access import roles
from loa.org.models import Unit
from loa.plans import access, services, texts
from loa.plans.models import Plan, Task, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import CLOSED, TaskState, targets
from loa.plans.selectors import tasks as selectors
from loa.plans.selectors.changes import history_of
from loa.plans.ui.amendments import described
from loa.plans.ui.task_forms import NoteForm, OwnerForm, ProofForm, ReleaseForm, WorkForm

PER_PAGE = 50
#: filters of the unit's list
VIEWS = ("", "late", "soon", "open", "done")


def _my_units(request: HttpRequest) -> list[Unit]:
    held = {unit for unit, _role in roles(request.user)}
    return list(Unit.objects.filter(pk__in=held).order_by("sort_key"))


def _day(request: HttpRequest) -> dt.date:
    """The day looked at: today, or a past day."""
    today = clock.today()
    return min(typed.day(request.GET.get("ngay")) or today, today)


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Tasks of the person's unit, or of one below it, worst first."""
    units = _my_units(request)
    wanted = typed.whole(request.GET.get("don-vi"))
    if wanted is not None:
        unit = next((one for one in units if one.pk == wanted), None) or access.unit_for_tasks(
            request.user, wanted
        )
    elif units:
        unit = units[0]
    else:
        return render(request, "plans/tasks_none.html", status=200)
    day = _day(request)
    shares = selectors.unit_shares(unit, day=day)
    counted = selectors.tally(shares)
    shown = request.GET.get("xem", "")
    shown = shown if shown in VIEWS else ""
    query = request.GET.get("q", "").strip()
    plan = request.GET.get("ke-hoach", "")
    owner = request.GET.get("phu-trach", "")
    rows = [share for share in shares if _matches(share, shown, query, plan, owner, request.user)]
    given = selectors.given_tasks(unit, day=day) if access.may_see_given(request.user, unit) else []
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    plans: dict[int, Plan] = {share.task.plan_id: share.task.plan for share in shares}
    return render(
        request,
        "plans/tasks_mine.html",
        {
            "unit": unit,
            "units": units,
            "own": any(one.pk == unit.pk for one in units),
            "day": day,
            "past": day < clock.today(),
            "tally": counted,
            "given": given,
            "given_late": sum(1 for one in given if one.late),
            "shown": shown,
            "page": page,
            "query": query,
            "plan": plan,
            "plans": list(plans.values()),
            "owner": owner,
            "filtered": bool(query or plan or owner or shown),
            "lead": TaskUnit.Role.LEAD,
        },
    )


def _matches(share: selectors.Share, shown: str, query: str, plan: str, owner: str, user: Any) -> bool:
    if shown and share.role != TaskUnit.Role.LEAD:
        return False
    if shown == "late" and not share.late:
        return False
    if shown == "soon" and not share.soon:
        return False
    if shown == "open" and share.state in CLOSED:
        return False
    if shown == "done" and share.state != TaskState.DONE:
        return False
    if plan and str(share.task.plan_id) != plan:
        return False
    if owner == "toi" and (share.owner is None or share.owner.pk != user.pk):
        return False
    return all(word in fold(share.task.content) for word in fold(query).split())


@login_required
@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: who leads, who supports, and how far each unit is."""
    row = access.task_for_read(request.user, pk)
    row = selectors.with_units(Task.objects.filter(pk=row.pk)).get()
    day = _day(request)
    leads = selectors.lead_units(row, day=day)
    visible = leads.filter(pk__in=access.shares_visible(request.user, row.plan).values("pk"))
    shares = selectors.task_shares(row, visible, day=day)
    mine = {unit for unit, _role in roles(request.user)}
    own = [pair for pair in shares if pair[1].pk in mine]
    if len(shares) == 1 and own and day == clock.today():
        return redirect("tasks:share", row.pk, own[0][1].pk)
    counted = selectors.by_state(shares)
    shown = request.GET.get("xem", "")
    rows = [pair for pair in shares if not shown or (pair[0].late if shown == "late" else pair[0].state == shown)]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "plans/task.html",
        {
            "plan": row.plan,
            "task": row,
            "page": page,
            "all": len(shares),
            "own": own,
            "shown": shown,
            "states": [(one.value, texts.TASK_STATE[one], counted.get(one.value, 0)) for one in TaskState],
            "late": counted.get("late", 0),
            "hidden": leads.count() - len(shares),
            "history": described(history_of(row)),
            "gone": row.cancelled_on is not None and row.cancelled_on <= clock.today(),
            "day": day,
            "past": day < clock.today(),
            "may_issue": access.may_issue(request.user, row.plan),
        },
    )


def _share(request: HttpRequest, pk: int, unit: int) -> tuple[Task, Unit]:
    row = access.task_for_read(request.user, pk)
    return row, access.unit_for_share(request.user, row, unit)


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    """One unit's work on one task: state, percent, who sees to it, words, proofs."""
    row, at = _share(request, pk, unit)
    row = selectors.with_units(Task.objects.filter(pk=row.pk)).get()
    role = next((share for share, _u in selectors.task_shares(row, Unit.objects.filter(pk=at.pk))), None)
    if role is None or not selectors.lead_units(row).filter(pk=at.pk).exists():
        raise NotFound(_("%s không chủ trì nhiệm vụ này.") % at.short_name, code="plans.task.not_lead")
    works = access.may_work(request.user, row, at.pk)
    office = access.may_issue(request.user, row.plan)
    live = row.plan.status == PlanStatus.ISSUED and not (row.cancelled_on and row.cancelled_on <= clock.today())
    # What the plan above asks is not the unit's to release itself from.
    allowed = targets(role.state, office=office and not row.given, works=works)
    releasing = TaskState.CANCELLED in allowed or role.state == TaskState.CANCELLED
    states = [state for state in allowed if state != TaskState.CANCELLED]
    forms = {
        "work": WorkForm(
            states=states, current=role.state, initial={"state": role.state, "percent": role.percent or None}
        ),
        "owner": OwnerForm(initial={"owner": role.owner}),
        "note": NoteForm(),
        "proof": ProofForm(unit_id=at.pk),
        "release": ReleaseForm(),
    }
    forms["owner"].fields["owner"].queryset = selectors.people_of(at)  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        answer = _deed(request, row, at, role, forms, states)
        if answer is not None:
            return answer
        status = 400
    return render(
        request,
        "plans/share.html",
        {
            "plan": row.plan,
            "task": row,
            "unit": at,
            "share": role,
            "forms": forms,
            "notes": selectors.notes_of(row, at)[:200],
            "proofs": selectors.proofs_of(row, at),
            "may_work": works and live and role.state != TaskState.CANCELLED,
            "may_note": (works or office) and live,
            "may_assign": access.may_assign(request.user, at.pk) and live,
            "may_release": office and live and releasing,
            "released": role.state == TaskState.CANCELLED,
        },
        status=status,
    )


def _deed(
    request: HttpRequest, task: Task, unit: Unit, share: selectors.Share, forms: dict[str, Any], states: list[Any]
) -> HttpResponse | None:
    """Do what the sent form asks; None when it is to be shown again with its errors."""
    what = request.POST.get("viec", "")
    common: dict[str, Any] = {"actor": request.user, "task": task, "unit": unit}
    if what == "work":
        form: Any = WorkForm(request.POST, states=states, current=share.state)
    elif what == "owner":
        form = OwnerForm(request.POST)
        form.fields["owner"].queryset = selectors.people_of(unit)
    elif what == "proof":
        form = ProofForm(request.POST, request.FILES, unit_id=unit.pk)
    elif what == "note":
        form = NoteForm(request.POST)
    elif what == "release":
        form = ReleaseForm(request.POST)
    else:
        return redirect("tasks:share", task.pk, unit.pk)
    forms[what] = form
    if not form.is_valid():
        return None
    values = form.cleaned_data
    try:
        if what == "work":
            services.task_update(**common, **values)
            said = _("Đã ghi tiến độ.")
        elif what == "owner":
            services.task_assign(**common, owner=values["owner"])
            said = _("Đã phân công.") if values["owner"] else _("Đã bỏ phân công.")
        elif what == "proof":
            services.task_prove(**common, **values)
            said = _("Đã ghi nhận minh chứng.")
        elif what == "note":
            services.task_note(**common, text=values["text"])
            said = _("Đã ghi.")
        else:
            back = share.state == TaskState.CANCELLED
            state = TaskState.TODO if back else TaskState.CANCELLED
            services.task_update(**common, state=state, text=values["text"])
            said = _("Đã giao lại cho đơn vị.") if back else _("Đơn vị không phải làm nhiệm vụ này nữa.")
    except AppError as error:
        if what == "proof" and error.field == "ref":
            error.field = f"ref_{values['kind']}"
        add_error(form, error)
        return None
    messages.success(request, said)
    return redirect("tasks:share", task.pk, unit.pk)


@login_required
@require_POST
def unprove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proof back."""
    evidence = access.task_evidence_for_read(request.user, pk)
    services.task_unprove(actor=request.user, evidence=evidence)
    messages.success(request, _("Đã bỏ minh chứng."))
    return redirect("tasks:share", evidence.task_id, evidence.unit_id)


@login_required
@require_GET
def proof_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file behind a proof; always as a download, never rendered in our origin."""
    evidence = access.task_evidence_for_read(request.user, pk)
    if not evidence.file:
        raise NotFound(_("Minh chứng này không có tệp."), code="plans.task.no_file")
    return downloads.stored(evidence.file, f"minh-chung-{evidence.pk}")
