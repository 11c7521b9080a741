"""Codes to Vietnamese: states, deadlines, shares."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.core import clock
from loa.lib.calendar import due_words as calendar_due_words
from loa.reporting.rules import Slot, State

STATE_LABELS = {
    State.NOT_OWED: gettext_lazy("Không phải làm"),
    State.PENDING: gettext_lazy("Chưa đến hạn"),
    State.DOING: gettext_lazy("Đang làm"),
    State.MET: gettext_lazy("Đạt"),
    State.LATE: gettext_lazy("Đạt, trễ hạn"),
    State.OVERDUE: gettext_lazy("Quá hạn"),
}
#: class of the chip: colour is state, always beside words
STATE_TONES = {
    State.NOT_OWED: "",
    State.PENDING: "",
    State.DOING: "wait",
    State.MET: "done",
    State.LATE: "done",
    State.OVERDUE: "act",
}
STATE_ICONS = {
    State.NOT_OWED: "minus",
    State.PENDING: "clock",
    State.DOING: "half",
    State.MET: "check",
    State.LATE: "check",
    State.OVERDUE: "late",
}


def due_words(slot: Slot) -> str:
    """What is left first, then the day: "còn 4 ngày làm việc (30/11)", "trễ 3 ngày (hạn 30/9)"."""
    return calendar_due_words(clock.today(), slot.due)


def share_words(obligation: Any) -> str:
    """How many are missing: "1 bài", "2 trong 3 bài"."""
    noun = obligation.directive.noun
    if obligation.missing == obligation.owed:
        return f"{obligation.owed} {noun}"
    return _("%(missing)s trong %(owed)s %(noun)s") % {
        "missing": obligation.missing,
        "owed": obligation.owed,
        "noun": noun,
    }
