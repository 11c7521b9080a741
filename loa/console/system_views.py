"""The system page of administrators: how everything stands, and jobs that were given up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loa.console import system
from loa.core import clock, health, jobs, probes

#: how a reading is shown: state → (chip, words)
CHIPS = {
    health.State.GOOD: ("done", gettext_lazy("Tốt")),
    health.State.LOOK: ("wait", gettext_lazy("Nên xem")),
    health.State.BAD: ("act", gettext_lazy("Cần xử lý")),
}

WORST_FIRST = [health.State.BAD, health.State.LOOK, health.State.GOOD]


@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Everything at once; the number of queries does not depend on how many jobs there are."""
    system.require_manage(request.user)
    lines = sorted(health.lines(), key=lambda line: WORST_FIRST.index(line.reading.state))
    context = {
        "lines": [(line, *CHIPS[line.reading.state]) for line in lines],
        "bad": sum(line.reading.state == health.State.BAD for line in lines),
        "look": sum(line.reading.state == health.State.LOOK for line in lines),
        "now": clock.now(),
    }
    if getattr(request, "htmx", False):
        return render(request, "console/_system_lines.html", context)
    failed, failed_count = system.failed_jobs()
    context |= {
        "failed": failed,
        "failed_count": failed_count,
        "periodic": [
            (jobs.title_of(line.task), probes.span(line.every), run, late) for line, run, late in probes.periodic()
        ],
    }
    return render(request, "console/system.html", context)


@login_required
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a failed job run again."""
    title = system.job_retry(actor=request.user, pk=pk)
    messages.success(request, _("Đã cho chạy lại “%(job)s”. Việc bắt đầu trong vài giây.") % {"job": title})
    return redirect("console:system")


@login_required
@require_POST
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget a failed job."""
    title = system.job_drop(actor=request.user, pk=pk)
    messages.success(request, _("Đã bỏ “%(job)s”.") % {"job": title})
    return redirect("console:system")
