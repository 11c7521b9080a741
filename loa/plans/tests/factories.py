"""Plans for tests, made straight in the database (services have their own tests)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from loa.core import clock
from loa.lib.vi import fold
from loa.org.models import Unit, UnitClass
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_user
from loa.plans import services
from loa.plans.models import Directive, Finding, Plan, Task, TaskUnit, Topic
from loa.plans.rules import DirectiveKind, FindingKind, FindingState, PlanStatus, Proof

YEAR = 2026
FIXTURES = Path(__file__).parent / "fixtures"
#: a plan of our own, in the form of the real ones: 16 findings
PLAN_TEXT = (FIXTURES / "ke-hoach-song-lam.txt").read_text(encoding="utf-8")


def plan_file(text: str = PLAN_TEXT, name: str = "ke-hoach.txt") -> SimpleUploadedFile:
    """An upload as a browser sends it."""
    return SimpleUploadedFile(name, text.encode("utf-8"))


def make_class(
    code: str = "moi-truong",
    kinds: tuple[Kind, ...] = (Kind.THCS, Kind.TIEU_HOC, Kind.THPT),
    depth: int | None = None,
    *,
    label: str = "",
    phrases: tuple[str, ...] = (),
) -> UnitClass:
    """A class of units, replacing the seeded one of that code."""
    made, _created = UnitClass.objects.update_or_create(
        code=code,
        defaults={
            "label": label or code,
            "kinds": [kind.value for kind in kinds],
            "depth": depth,
            "phrases": [fold(phrase) for phrase in phrases],
        },
    )
    return made


def make_direct_class() -> UnitClass:
    """ "Các đơn vị, trường học trực thuộc": what our plan asks."""
    return make_class(
        "truc-thuoc",
        (Kind.THPT, Kind.GDTX, Kind.TRUNG_TAM),
        1,
        label="Các đơn vị, trường học trực thuộc Sở",
        phrases=("Các đơn vị, trường học trực thuộc", "Các đơn vị, trường học trực thuộc Sở"),
    )


def make_plan(unit: Unit, *, status: PlanStatus = PlanStatus.ISSUED, year: int = YEAR, **fields: Any) -> Plan:
    """A plan for a calendar year."""
    values: dict[str, Any] = {
        "title": f"Kế hoạch truyền thông năm {year}",
        "number": "12/KH-SGDĐT",
        "signed_on": dt.date(year, 1, 5),
        "signer": "Phạm Quốc Bảo",
        "starts_on": dt.date(year, 1, 1),
        "ends_on": dt.date(year, 12, 31),
        "status": status,
    }
    return Plan.objects.create(unit=unit, **(values | fields))


def derive_plan(unit: Unit, parent: Plan, *, duties: list[str] | None = None, issue: bool = True) -> Plan:
    """The plan a unit draws up from one above by the services, signed and issued unless told otherwise."""
    lead = make_user("Người Ký", (Role.UNIT_LEAD, unit))
    made = services.derive_plan(actor=lead, unit=unit, parent=parent, duties=duties)
    if not issue:
        return made
    head = {"title": f"KH {unit.short_name}", "number": "7/KH", "signer": "Người Ký"}
    services.plan_write(actor=lead, plan=made, values=head | {"signed_on": clock.today() - dt.timedelta(days=1)})
    services.attach_signed(actor=lead, plan=made, upload=SimpleUploadedFile("a.pdf", b"%PDF-1"))
    return services.issue_draft(actor=lead, plan=made)


def make_directive(plan: Plan, **fields: Any) -> Directive:
    """A quota of one story a month for every unit of the class "moi-truong"."""
    values: dict[str, Any] = {
        "kind": DirectiveKind.QUOTA,
        "title": "Tin, bài hằng tháng",
        "count": 1,
        "noun": "bài",
        "period": "month",
        "proof": Proof.STORY,
        "audience": {"classes": ["moi-truong"], "units": [], "except": []},
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
    }
    return Directive.objects.create(plan=plan, **(values | fields))


def make_topic(plan: Plan, title: str = "Chuyển đổi số", **fields: Any) -> Topic:
    """A first-level topic at the end of the list."""
    return Topic.objects.create(
        plan=plan, title=title, short_title=title[:80], position=plan.topics.count() + 1, **fields
    )


def make_task(
    plan: Plan, content: str = "Học bạ số", *, lead: Any = None, support: Any = None, **fields: Any
) -> Task:
    """A task; `lead` and `support` are a unit or a class of units."""
    task = Task.objects.create(plan=plan, content=content, position=plan.tasks.count() + 1, **fields)
    for role, who in ((TaskUnit.Role.LEAD, lead), (TaskUnit.Role.SUPPORT, support)):
        if isinstance(who, UnitClass):
            TaskUnit.objects.create(task=task, role=role, unit_class=who)
        elif who is not None:
            TaskUnit.objects.create(task=task, role=role, unit=who)
    return task


def make_finding(plan: Plan, kind: FindingKind = FindingKind.TOPIC, **fields: Any) -> Finding:
    """A finding at the end of the list, without a doubt."""
    position = plan.findings.count() + 1
    data = fields.pop("data", {"number": str(position), "title": f"Nội dung {position}", "level": 1})
    values: dict[str, Any] = {
        "position": position,
        "label": f"Mục {position}",
        "data": data,
        "original": dict(data),
        "state": FindingState.PROPOSED,
    }
    return Finding.objects.create(plan=plan, kind=kind, **(values | fields))
