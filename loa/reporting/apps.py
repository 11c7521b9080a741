from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "loa.reporting"
    label = "reporting"
    verbose_name = "Báo cáo"

    def ready(self) -> None:
        from loa.core.messages import Message, messages
        from loa.core.nav import NavItem, nav
        from loa.newsroom import answers as newsroom_answers
        from loa.newsroom.events import story_changed, story_published, story_withdrawn
        from loa.org import events as org_events
        from loa.plans.events import directives_in_force
        from loa.reporting import answers, deeds, report_registrations
        from loa.reporting.services.evidence import story_counted, story_recounted, story_uncounted
        from loa.reporting.services.reorganised import report_stakes, reports_moved

        deeds.register()
        org_events.listeners.register("reporting", reports_moved)
        org_events.stakes.register("reporting", report_stakes)
        newsroom_answers.owed.register("reporting", answers.owed_by_story)
        newsroom_answers.counts_for.register("reporting", answers.counts_for)
        nav.register(
            "progress",
            NavItem(_("Tiến độ"), "units", "reporting:progress", phone=False, prefixes=("reporting:",)),
            order=40,
        )
        directives_in_force.register("reporting", count_afterwards)
        story_published.register("reporting", story_counted)
        story_withdrawn.register("reporting", story_uncounted)
        story_changed.register("reporting", story_recounted)
        messages.register(
            "reporting.evidence.refused",
            Message(_("Minh chứng “%(title)s” không được tính: %(reason)s"), icon="alert", tone="act"),
        )
        messages.register(
            "reporting.plan.wanted",
            Message(_("%(above)s nhắc đơn vị soạn kế hoạch triển khai “%(plan)s”."), icon="plan", tone="act"),
        )
        messages.register(
            "reporting.reminder",
            Message(_("Sở nhắc %(unit)s: còn việc quá hạn trong “%(plan)s”. %(text)s"), icon="clock", tone="act"),
        )
        report_registrations.register()
        from loa.plans.events import citing, task_proofs
        from loa.reporting import citations, proofs

        citing.register("reports", citations.citing)
        task_proofs.register("story", proofs.STORIES)
        task_proofs.register("report", proofs.REPORTS)


def count_afterwards(*, plan: Any) -> None:
    """Stories from before the plan came into force count too: a job looks for them."""
    from loa.core.after import enqueue_after_commit
    from loa.reporting.tasks import recount_plan

    enqueue_after_commit(recount_plan, plan.pk)
