"""Saying which plan above a signed plan carries out, with every line that was found alike to confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loa.core.banners import banner
from loa.core.errors import AppError
from loa.lib.typed import whole
from loa.plans import access, services
from loa.plans.models import Plan
from loa.plans.rules import PlanStatus
from loa.plans.selectors.linking import Likely, carried_by, likely, plans_above, suggested_parent


@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Which plan above this one carries out; its lines beside theirs; nothing is written unconfirmed."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status != PlanStatus.ISSUED or plan.drawn_up:
        return redirect("plans:plan", pk)
    above = list(plans_above(plan))
    suggested = suggested_parent(plan, above)
    given = request.POST if request.method == "POST" else request.GET
    wanted = whole(given.get("ke-hoach")) or plan.parent_plan_id
    parent = next((one for one in above if one.pk == wanted), suggested)
    lines = likely(plan, parent) if parent is not None else None
    if request.method == "POST" and parent is not None and lines is not None:
        try:
            services.link_plan(actor=request.user, plan=plan, parent=parent, **_chosen(request.POST, lines))
        except AppError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Đã gắn với kế hoạch của %s.") % parent.unit.short_name)
            return redirect("plans:plan", pk)
    context: dict[str, Any] = {"plan": plan, "above": above, "suggested": suggested, "parent": parent}
    if not above:
        context["carried"] = carried_by(plan)
    return render(request, "plans/link.html", context | (_rows(lines) if lines is not None else {}))


def _rows(lines: Likely) -> dict[str, Any]:
    """Each of our lines with the number or key of theirs that is chosen beforehand, and what may be chosen."""
    given = [(duty.key, duty.title) for duty in lines.duties if duty.task is not None]
    asked = [(duty.key, duty.title) for duty in lines.duties if duty.directive is not None]
    # Where nothing of the kind is asked above there is nothing to choose.
    directives = lines.directives if asked else []
    alike = len(lines.topic_of) + len(lines.duty_of) + len(lines.directive_of)
    return {
        "topics": [(topic, lines.topic_of.get(topic.pk)) for topic in lines.topics],
        "their_topics": [(one.pk, f"{one.number} {one.title}".strip()) for one in lines.their_topics],
        "tasks": [(task, lines.duty_of.get(task.pk, ""), task.pk in lines.worked_on) for task in lines.tasks],
        "directives": [(one, lines.directive_of.get(one.pk, "")) for one in directives],
        "given": given,
        "asked": asked,
        "alike": alike,
        "unlike": len(lines.topics) + len(lines.tasks) + len(directives) - alike,
    }


def _chosen(post: QueryDict, lines: Likely) -> dict[str, dict[int, Any]]:
    """Ours → theirs, of topics, tasks and directives: only what was chosen."""
    chosen: dict[str, dict[int, Any]] = {
        "topics": {topic.pk: whole(post.get(f"noi-dung-{topic.pk}")) for topic in lines.topics},
        "tasks": {task.pk: post.get(f"viec-{task.pk}") for task in lines.tasks},
        "directives": {one.pk: post.get(f"chi-tieu-{one.pk}") for one in lines.directives},
    }
    return {part: {pk: one for pk, one in answers.items() if one} for part, answers in chosen.items()}


@login_required
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """It carries out no plan above after all."""
    plan = access.plan_for_manage(request.user, pk)
    with banner(request, _("Đã bỏ gắn. Tin, bài không còn tính cho kế hoạch cấp trên qua kế hoạch này.")):
        services.unlink_plan(actor=request.user, plan=plan)
    return redirect("plans:plan", pk)


def question(user: Any, plan: Plan) -> dict[str, Any] | None:
    """Whether the plan's page asks which plan above it carries out, and the answer Loa would give. Few queries."""
    if plan.parent_plan_id is not None or plan.status != PlanStatus.ISSUED or not access.may_manage(user, plan):
        return None
    above = list(plans_above(plan))
    return {"suggested": suggested_parent(plan, above), "count": len(above)} if above else None
