"""Threads and remarks; rulings and their grounds; chat scenarios."""

from loa.feedback.models.bot import Chat, Scenario, ScenarioVersion
from loa.feedback.models.inbox import Canned, Draft, Remark, Speaker, Tag, Thread
from loa.feedback.models.moderation import Ground, Ruling

__all__ = [
    "Canned",
    "Chat",
    "Draft",
    "Ground",
    "Remark",
    "Ruling",
    "Scenario",
    "ScenarioVersion",
    "Speaker",
    "Tag",
    "Thread",
]
