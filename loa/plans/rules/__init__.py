"""Rules of plans: states, what a reading means as directives, legal citations, audiences. No Django here."""

from __future__ import annotations

from loa.plans.rules.states import (
    FINDING_MOVES,
    PLAN_MOVES,
    DirectiveKind,
    FindingKind,
    FindingState,
    PlanStatus,
    Proof,
)

__all__ = [
    "FINDING_MOVES",
    "PLAN_MOVES",
    "DirectiveKind",
    "FindingKind",
    "FindingState",
    "PlanStatus",
    "Proof",
]
