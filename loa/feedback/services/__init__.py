"""Writes of the inbox, of moderation and of the chatbot: one verb, one function."""

from __future__ import annotations

from .answering import (
    action_settled,
    answer_decide,
    draft_save,
    thread_reply,
    thread_show,
)
from .hearing import hear
from .keeping import forget, person_erase, remind
from .moderation import (
    appeal_by_writer,
    appeal_decide,
    appeal_record,
    ground_end,
    ground_save,
    ruling_decide,
    ruling_propose,
    ruling_redo,
)
from .reorganised import thread_stakes, threads_moved
from .scenarios import (
    node_add,
    node_move,
    node_remove,
    node_save,
    scenario_create,
    scenario_publish,
    scenario_restore,
    scenario_save,
    scenario_switch,
)
from .sorting import (
    canned_save,
    remark_reveal,
    thread_assign,
    thread_forward,
    thread_note,
    thread_opened,
    thread_set_state,
    thread_tag,
)

__all__ = [
    "action_settled",
    "answer_decide",
    "appeal_by_writer",
    "appeal_decide",
    "appeal_record",
    "canned_save",
    "draft_save",
    "forget",
    "ground_end",
    "ground_save",
    "hear",
    "node_add",
    "node_move",
    "node_remove",
    "node_save",
    "person_erase",
    "remark_reveal",
    "remind",
    "ruling_decide",
    "ruling_propose",
    "ruling_redo",
    "scenario_create",
    "scenario_publish",
    "scenario_restore",
    "scenario_save",
    "scenario_switch",
    "thread_assign",
    "thread_forward",
    "thread_note",
    "thread_opened",
    "thread_reply",
    "thread_set_state",
    "thread_show",
    "thread_stakes",
    "thread_tag",
    "threads_moved",
]
