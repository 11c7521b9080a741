"""Writes of listening: one verb, one function."""

from __future__ import annotations

from .analysis import analyse_waiting, case_decide, item_correct, item_opened
from .collect import claim_due, fetch_failed, fetch_stored, store
from .health import forget_old_words, sweep_silent
from .intake import heard_taken
from .sources import clipping_add, source_add, source_change, source_pause, source_resume

__all__ = [
    "analyse_waiting",
    "case_decide",
    "claim_due",
    "clipping_add",
    "fetch_failed",
    "fetch_stored",
    "forget_old_words",
    "heard_taken",
    "item_correct",
    "item_opened",
    "source_add",
    "source_change",
    "source_pause",
    "source_resume",
    "store",
    "sweep_silent",
]
