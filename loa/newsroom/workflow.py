"""The one workflow of stories and its two tasks, and what Wagtail must not do beside them."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, Workflow, WorkflowContentType, WorkflowTask
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from loa.newsroom.models import BoardReviewTask, Story, UnitApprovalTask

#: stored in the database, shown in Wagtail's own reports only
NAME = "Duyệt tin, bài"


def ensure(**_signal: Any) -> Workflow:
    """Make the workflow, its tasks and the root of the picture library if they are not there; idempotent.

    Runs after every `migrate` (also on the bare tables of a test database), so that no start is without them.
    """
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    content_type = ContentType.objects.get_for_model(Story)
    assigned = WorkflowContentType.objects.filter(content_type=content_type).select_related("workflow").first()
    if assigned is not None:
        return assigned.workflow
    workflow = Workflow.objects.create(name=NAME)
    for order, (kind, name) in enumerate(
        [(UnitApprovalTask, "Đơn vị duyệt"), (BoardReviewTask, "Ban Biên tập duyệt")]
    ):
        WorkflowTask.objects.create(workflow=workflow, task=kind.objects.create(name=name), sort_order=order)
    WorkflowContentType.objects.create(content_type=content_type, workflow=workflow)
    return workflow


def _no_mail(**_signal: Any) -> None:
    """Stands where Wagtail would send mail inside the request; Loa tells people itself, after the commit."""


def keep_wagtail_quiet() -> None:
    """Take the places (dispatch_uid) of Wagtail's mail receivers, before it connects them.

    Django ignores a second receiver with a known dispatch_uid, and this app is ready before wagtail.admin.
    """
    from wagtail.models import TaskState, WorkflowState

    for signal, sender, uid in (
        (task_submitted, TaskState, "group_approval_task_submitted_email_notification"),
        (workflow_submitted, WorkflowState, "workflow_state_submitted_email_notification"),
        (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification"),
        (workflow_approved, WorkflowState, "workflow_state_approved_email_notification"),
    ):
        signal.connect(_no_mail, sender=sender, dispatch_uid=uid, weak=False)
