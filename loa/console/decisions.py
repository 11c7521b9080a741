"""What waits for a person, out of newsroom, reporting and plans. Other domains register their own (core.desk)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.console.desk import overseen
from loa.console.selectors import missing_steps
from loa.console.summary import summary
from loa.console.urls_soft import url
from loa.core import clock
from loa.core.desk import Decision, Line, Link, decisions
from loa.lib.calendar import due_words
from loa.newsroom.models import Story
from loa.newsroom.selectors import board_queue, lead_inbox, queue_counts
from loa.org.access import can
from loa.plans.access import drawn_below, plans_for
from loa.plans.rules import PlanStatus
from loa.plans.selectors import leading_plan, progress_of_many
from loa.reporting.selectors.reports import reports_to_sign

SHOWN = 3


def _story_line(story: Story, view: str) -> Line:
    """A waiting story with its clock."""
    due = story.board_due_at
    state, words = "", ""
    if due is not None:
        now, local = clock.now(), clock.local(due)
        if due < now:
            hours = int((now - due).total_seconds() // 3600)
            words = (
                _("Quá hạn %(n)s giờ") % {"n": max(hours, 1)}
                if hours < 24
                else _("Quá hạn %(n)s ngày") % {"n": hours // 24}
            )
            state = "act"
        elif local.date() == clock.today():
            state, words = "wait", _("Hạn %(at)s") % {"at": local.strftime("%H:%M")}
        else:
            state, words = "plain", _("Hạn %(on)s") % {"on": local.strftime("%d/%m")}
    return Line(
        story.title or _("(chưa có tiêu đề)"),
        url(view, story.pk) or url("newsroom:story", story.pk),
        story.unit.short_name,
        state,
        words,
    )


def stories_for_board(user: Any) -> Decision | None:
    """The editorial board's queue."""
    if not can(user, "story.review"):
        return None
    counts = queue_counts(user)
    waiting = list(board_queue(user)[:SHOWN])
    late = counts["board_late"]
    note = (
        _("%(late)s bài quá hạn, %(mine)s bài anh/chị đang nhận") % {"late": late, "mine": counts["board_mine"]}
        if late or counts["board_mine"]
        else _("chưa bài nào quá hạn")
    )
    links = [Link(_("Mở hàng chờ duyệt (%(n)s)") % {"n": counts["board"]}, url("newsroom:queue"))]
    return Decision(
        title=_("Tin bài chờ duyệt"),
        count=counts["board"],
        note=note,
        urgent=bool(late),
        lines=[_story_line(story, "newsroom:review") for story in waiting],
        links=links,
        call=_("Duyệt bài đang quá hạn") if late else _("Duyệt bài"),
        serif=True,
    )


def stories_for_lead(user: Any) -> Decision | None:
    """Stories that wait for the approval of the unit."""
    if not can(user, "story.approve_unit"):
        return None
    count = queue_counts(user)["lead"]
    waiting = list(lead_inbox(user)[:SHOWN]) if count else []
    return Decision(
        title=_("Bài chờ anh/chị duyệt"),
        count=count,
        note=_("duyệt xong bài đi thẳng lên Ban Biên tập"),
        lines=[_story_line(story, "newsroom:approve") for story in waiting],
        links=[Link(_("Mở hộp bài chờ duyệt"), url("newsroom:inbox"))],
        call=ngettext("Duyệt %(n)s bài", "Duyệt %(n)s bài", count) % {"n": count},
        serif=True,
    )


def reports_for_lead(user: Any) -> Decision | None:
    """Reports that wait for a signature."""
    if not can(user, "report.approve"):
        return None
    waiting = list(reports_to_sign(user)[: SHOWN + 1])
    if not waiting:
        return None
    count = len(waiting) if len(waiting) <= SHOWN else reports_to_sign(user).order_by().count()
    return Decision(
        title=_("Báo cáo chờ ký"),
        count=count,
        note=_("số liệu đã điền sẵn, mở từng số xem được minh chứng"),
        lines=[
            Line(
                report.title,
                url("reports:report", report.pk),
                _("%(name)s gửi") % {"name": report.drafted_by.get_full_name()},
                "wait",
                _("Chờ ký"),
            )
            for report in waiting[:SHOWN]
        ],
        links=[Link(_("Xem báo cáo"), url("reports:index"))],
        call=_("Ký báo cáo"),
    )


def late_units(user: Any) -> Decision | None:
    """Units below that are late under the plan in force."""
    top = overseen(user)
    plan = leading_plan(top) if top else None
    if top is None or plan is None:
        return None
    figures = summary(plan, top)
    board = url("reporting:progress") + f"?don-vi={top.pk}&ke-hoach={plan.pk}"
    links = (
        [Link(_("Xem %(n)s đơn vị trễ") % {"n": figures.late}, f"{board}&tinhtrang=late")] if figures.late else []
    )
    return Decision(
        title=_("Đơn vị trễ hạn"),
        count=figures.late,
        note=_("trên %(all)s đơn vị, %(soon)s đơn vị sắp đến hạn còn thiếu")
        % {"all": figures.units, "soon": figures.behind},
        urgent=bool(figures.late),
        lines=[
            Line(
                unit.name,
                url("reporting:unit", unit.unit_id),
                unit.task,
                "late",
                _("trễ %(n)s ngày") % {"n": unit.days},
            )
            for unit in figures.late_units
        ],
        links=[*links, Link(_("Xem tất cả"), board)],
        call=_("Xem đơn vị trễ hạn"),
    )


def plans_to_check(user: Any) -> Decision | None:
    """Plans whose reading waits for confirmation."""
    if not can(user, "plan.manage"):
        return None
    checking = plans_for(user).filter(status=PlanStatus.CHECKING).exclude(drawn_below(user))
    waiting = list(checking.select_related("unit").order_by("-pk"))  # those of one's own units: a handful
    if not waiting:
        return None
    progress = progress_of_many([plan.pk for plan in waiting])
    left = sum(progress[plan.pk].left for plan in waiting if plan.pk in progress)
    return Decision(
        title=_("Kế hoạch chờ đối chiếu"),
        count=len(waiting),
        note=_("còn %(n)s mục chưa xác nhận thì ban hành được") % {"n": left}
        if left
        else _("đã xác nhận đủ, có thể ban hành"),
        lines=[
            Line(
                str(plan),
                url("plans:check", plan.pk) or url("plans:plan", plan.pk),
                plan.unit.short_name,
                "wait",
                _("còn %(n)s mục") % {"n": progress[plan.pk].left} if plan.pk in progress else "",
            )
            for plan in waiting[:SHOWN]
        ],
        links=[Link(_("Mở kế hoạch"), url("plans:list"))],
        call=_("Đối chiếu kế hoạch"),
    )


def own_debts(user: Any) -> Decision | None:
    """What the person's own unit still owes, for those who also look after others (a commune)."""
    from loa.reporting.selectors import unit_owing

    top = overseen(user)
    if top is None or top.parent_id is None:
        return None
    owing = unit_owing(top)
    open_ = [*owing.overdue, *owing.open]
    if not open_:
        return None
    today = clock.today()
    return Decision(
        title=_("Việc của đơn vị mình"),
        count=len(open_),
        note=top.short_name,
        urgent=bool(owing.overdue),
        lines=[
            Line(
                item.directive.title,
                url("reporting:unit", top.pk),
                _("%(done)s/%(owed)s %(noun)s")
                % {"done": item.total, "owed": item.owed, "noun": item.directive.noun},
                "late" if item in owing.overdue else "wait",
                due_words(today, item.slot.due),
            )
            for item in open_[:SHOWN]
        ],
        links=[Link(_("Xem việc của đơn vị"), url("reporting:unit", top.pk))],
        call=_("Làm việc đến hạn"),
    )


def first_steps(user: Any) -> Decision | None:
    """What is still to be set up before a Sở can work, for its administrators; nothing once it works."""
    top = overseen(user)
    if top is None or top.parent_id is not None or not can(user, "unit.manage", top.pk):
        return None
    steps = missing_steps(top, user)
    if not steps:
        return None
    return Decision(
        title=_("Cài đặt ban đầu"),
        count=len(steps),
        note=_("làm xong các bước này là Sở làm việc được"),
        lines=[Line(step.title, step.url, step.note) for step in steps],
        links=[Link(steps[0].title, steps[0].url)],
    )


def register() -> None:
    """Called in ready()."""
    for order, source in enumerate(
        (first_steps, stories_for_board, stories_for_lead, reports_for_lead, late_units, plans_to_check, own_debts)
    ):
        decisions.register(f"console.{source.__name__}", source, order=10 + order)


def waiting_for(user: Any) -> list[Decision]:
    """Everything that may wait for this person: the most urgent first, what is empty last."""
    found = [decision for source in decisions if (decision := source(user)) is not None]
    return sorted(found, key=lambda decision: (not decision.count, not decision.urgent))
