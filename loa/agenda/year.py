"""The year by topic: stories per month, tasks as bars, days on which something is due; and as a spreadsheet."""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.agenda.rules import Bar, bars
from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Plan, Task, Topic
from loa.plans.selectors import in_life
from loa.reporting.selectors.board import MonthCount, coverage_of_the_minute
from loa.reporting.selectors.lines import lines_of


@dataclass
class Due:
    """A day on which something of the topic is due."""

    on: dt.date
    title: str
    #: percent of the year
    left: float = 0


@dataclass
class Line:
    """One topic over the months of its plan; without a topic: what is due to all of the plan."""

    topic: Topic | None
    months: list[MonthCount]
    bars: list[Bar] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    standing: int = 0

    @property
    def lines(self) -> int:
        """How many rows of bars there are."""
        return max((bar.line for bar in self.bars), default=-1) + 1

    @property
    def total(self) -> int:
        return sum(month.count for month in self.months) if self.topic else 0


def year_of(plan: Plan, top: Unit) -> list[Line]:
    """Every topic of a plan with its months, tasks and due days. Four queries and those of the coverage."""
    first, last = plan.starts_on, plan.ends_on
    if first is None or last is None:
        return []
    first, last = (
        first.replace(day=1),
        (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1),
    )
    whole = (last - first).days + 1
    parent = dict(plan.topics.values_list("pk", "parent"))
    found: dict[int, list[tuple[str, dt.date | None, dt.date | None, str, str]]] = defaultdict(list)
    standing: dict[int, int] = defaultdict(int)
    today = clock.today()
    for task in Task.objects.filter(in_life(today), plan=plan).order_by("position"):
        topic = parent.get(task.topic_id or 0) or task.topic_id or 0
        if task.due_on is None:
            standing[topic] += 1
            continue
        state = "past" if task.due_on < today else "now" if (task.starts_on or first) <= today else "next"
        url = reverse("tasks:task", args=[task.pk])
        found[topic].append((task.content.split("\n")[0][:160], task.starts_on, task.due_on, state, url))
    dues: dict[int, list[Due]] = defaultdict(list)
    for line in lines_of(plan.directives.select_related("plan__unit"), today):
        topic = parent.get(line.last.topic_id or 0) or line.last.topic_id or 0
        for stretch in line.stretches():
            due = stretch.slot.due
            if first <= due <= last:
                left = round(100 * ((due - first).days + 0.5) / whole, 2)
                dues[topic].append(Due(due, stretch.directive.title, left))
    topics = coverage_of_the_minute(plan, top=top)

    def line_for(topic: Topic | None, months: list[MonthCount]) -> Line:
        number = topic.pk if topic else 0
        return Line(
            topic,
            months,
            bars(found[number], first, last),
            sorted(dues[number], key=lambda due: due.on),
            standing[number],
        )

    lines = [line_for(one.topic, one.months) for one in topics]
    if (found[0] or dues[0]) and topics:
        lines.insert(0, line_for(None, topics[0].months))
    return lines


def workbook(plan: Plan, lines: list[Line]) -> bytes:
    """The year as a spreadsheet: one row a topic, one column a month, tasks and due days in words."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Năm theo chủ đề"
    months = lines[0].months if lines else []
    sheet.append(
        [
            "Chủ đề",
            *[f"T{m.month.month}/{m.month.year}" for m in months],
            "Cả kỳ",
            "Nhiệm vụ có thời hạn",
            "Thời hạn",
        ]
    )
    for line in lines:
        tasks = "\n".join(bar.title for bar in line.bars)
        dues = "\n".join(f"{due.on:%d/%m/%Y}: {due.title}" for due in line.dues)
        counts = [month.count if line.topic else None for month in line.months]
        total = line.total if line.topic else None
        sheet.append([str(line.topic or _("Chung cả kế hoạch")), *counts, total, tasks, dues])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 44
    for offset, width in ((len(months) + 3, 60), (len(months) + 4, 60)):
        sheet.column_dimensions[sheet.cell(1, offset).column_letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
