"""Writes of plans: one verb, one function, with the actor; refuse → lock → change → audit → notify."""

from __future__ import annotations

from loa.plans.services.amendments import (
    add_to_amendment,
    amendment_edit,
    amendment_start,
    change_directive,
    change_task,
    discard_amendment,
    drop_change,
    issue_amendment,
)
from loa.plans.services.apply import apply_due_changes
from loa.plans.services.cascade import (
    accept_changes,
    attach_signed,
    derive_plan,
    discard_draft,
    gaps_of_draft,
    issue_draft,
    own_task_drop,
    own_task_put,
    plan_write,
    remind_acceptance,
)
from loa.plans.services.corrections import (
    correction_discard,
    correction_issue,
    correction_sign,
    correction_start,
    correction_write,
)
from loa.plans.services.directives import add_directive, cancel_directive
from loa.plans.services.documents import (
    fail_reading,
    read_again,
    replace_document,
    set_reading_step,
    start_reading,
    store_reading,
    upload_plan,
)
from loa.plans.services.findings import (
    add_finding,
    answer_question,
    confirm_finding,
    confirm_group,
    dismiss_finding,
    edit_finding,
    reopen_finding,
    update_header,
)
from loa.plans.services.issue import close_ended, issue_plan, obstacles
from loa.plans.services.legal import (
    forget_citations,
    legal_import,
    legal_save,
    load_legal_documents,
    note_citations,
)
from loa.plans.services.linking import link_plan, unlink_plan
from loa.plans.services.tables import (
    compare_tasks,
    legal_table_apply,
    legal_table_read,
    task_table_apply,
    task_table_read,
)
from loa.plans.services.topics import add_topic
from loa.plans.services.work import task_assign, task_note, task_prove, task_unprove, task_update

__all__ = [
    "accept_changes",
    "add_directive",
    "add_finding",
    "add_to_amendment",
    "add_topic",
    "amendment_edit",
    "amendment_start",
    "answer_question",
    "apply_due_changes",
    "attach_signed",
    "cancel_directive",
    "change_directive",
    "change_task",
    "close_ended",
    "compare_tasks",
    "confirm_finding",
    "confirm_group",
    "correction_discard",
    "correction_issue",
    "correction_sign",
    "correction_start",
    "correction_write",
    "derive_plan",
    "discard_amendment",
    "discard_draft",
    "dismiss_finding",
    "drop_change",
    "edit_finding",
    "fail_reading",
    "forget_citations",
    "gaps_of_draft",
    "issue_amendment",
    "issue_draft",
    "issue_plan",
    "legal_import",
    "legal_save",
    "legal_table_apply",
    "legal_table_read",
    "link_plan",
    "load_legal_documents",
    "note_citations",
    "obstacles",
    "own_task_drop",
    "own_task_put",
    "plan_write",
    "read_again",
    "remind_acceptance",
    "reopen_finding",
    "replace_document",
    "set_reading_step",
    "start_reading",
    "store_reading",
    "task_assign",
    "task_note",
    "task_prove",
    "task_table_apply",
    "task_table_read",
    "task_unprove",
    "task_update",
    "unlink_plan",
    "update_header",
    "upload_plan",
]
