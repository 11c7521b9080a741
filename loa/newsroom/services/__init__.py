"""Writes of the newsroom: one verb, one keyword-only function with the actor, one transaction each."""

from __future__ import annotations

from loa.newsroom.services.board import (
    story_assign,
    story_claim,
    story_comment,
    story_comment_resolve,
    story_release,
    story_review_edit,
)
from loa.newsroom.services.common import EditConflict
from loa.newsroom.services.drafts import story_create, story_delete_draft, story_save
from loa.newsroom.services.photos import (
    photo_add,
    photo_consent,
    photo_edit,
    photo_remove,
    photo_reorder,
)
from loa.newsroom.services.publishing import (
    publish_due,
    story_correct,
    story_publish,
    story_reopen,
    story_schedule,
    story_unschedule,
    story_withdraw,
)
from loa.newsroom.services.review import (
    pass_stuck,
    story_approve_unit,
    story_recall,
    story_return,
    story_submit,
)

__all__ = [
    "EditConflict",
    "pass_stuck",
    "photo_add",
    "photo_consent",
    "photo_edit",
    "photo_remove",
    "photo_reorder",
    "publish_due",
    "story_approve_unit",
    "story_assign",
    "story_claim",
    "story_comment",
    "story_comment_resolve",
    "story_correct",
    "story_create",
    "story_delete_draft",
    "story_publish",
    "story_recall",
    "story_release",
    "story_reopen",
    "story_return",
    "story_review_edit",
    "story_save",
    "story_schedule",
    "story_submit",
    "story_unschedule",
    "story_withdraw",
]
