"""A plan's year at 3,000 units × 12 months × 20 directives: issuing it to all, the matrix, the board, a unit's list.

Everything is made for the run and rolled back. Pages are asked for through the whole stack, as the person who uses
them; the named baseline is the log-in page of the same run.
"""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from loa.accounts.models import Notice, User
from loa.core import clock
from loa.core.bench import median, p95, times
from loa.demo.bench import LIMIT, LOGIN, Counter
from loa.org.bench import FOUNDED, grow
from loa.org.models import Membership, Unit, UnitClass
from loa.org.rules import Role
from loa.plans import services, tasks
from loa.plans.models import Finding, Plan
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.reporting.models import Evidence
from loa.reporting.selectors.board import forget_boards
from loa.reporting.selectors.lines import lines_of

UNITS = 3_000
DIRECTIVES = 20
PLANS_BELOW = 60
RUNS = 20


class _Undo(Exception):
    pass


def _people(units: list[Unit]) -> dict[int, User]:
    """A head at every unit."""
    users = [User(username=f"bench-{unit.pk}", full_name=f"Người {unit.pk}") for unit in units]
    User.objects.bulk_create(users, batch_size=2000)
    Membership.objects.bulk_create(
        [
            Membership(user=user, unit=unit, role=Role.UNIT_LEAD, valid_from=FOUNDED)
            for user, unit in zip(users, units, strict=True)
        ],
        batch_size=2000,
    )
    return {unit.pk: user for unit, user in zip(units, users, strict=True)}


def _checked_plan(top: Unit, year: int) -> Plan:
    """A plan whose findings are all confirmed: ten topics, twenty tasks, twenty directives."""
    plan = Plan.objects.create(
        unit=top, title="Kế hoạch đo", number="1/KH", signed_on=dt.date(year, 1, 2), signer="Người Ký",
        starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 12, 31), status=PlanStatus.CHECKING,
    )  # fmt: skip
    schools = {"classes": ["bench-truong"], "units": [], "except": []}
    communes = {"classes": ["bench-xa"], "units": [], "except": []}
    rows: list[tuple[FindingKind, dict[str, Any]]] = []
    for number in range(10):
        rows.append((FindingKind.TOPIC, {"number": str(number + 1), "title": f"Nội dung {number}", "level": 1}))
    for number in range(20):
        lead = [{"as_printed": "Các xã", "audience": communes if number % 2 else schools}]
        rows.append((FindingKind.TASK, {"content": f"Nhiệm vụ {number}", "topic": number % 10 + 1, "lead": lead,
                                        "due_on": f"{year}-{number % 12 + 1:02d}-28"}))  # fmt: skip
    for number in range(DIRECTIVES):
        audience = communes if number % 4 == 3 else schools
        rows.append((FindingKind.QUOTA, {"title": f"Chỉ tiêu {number}", "count": 1 + number % 3, "noun": "bài",
                                         "period": "month", "proof": "other", "audience": audience}))  # fmt: skip
    Finding.objects.bulk_create(
        [
            Finding(plan=plan, kind=kind, position=n, label="x", data=data, original=data,
                    state=FindingState.CONFIRMED)
            for n, (kind, data) in enumerate(rows, 1)
        ]
    )  # fmt: skip
    return plan


def _proofs(plan: Plan, units: list[Unit], today: dt.date) -> int:
    """A proof in two of three slots of a third of the directives, for every school: a year's worth."""
    rows = []
    for line in lines_of(plan.directives.select_related("plan__unit"), today)[::3]:
        for stretch in line.stretches():
            if stretch.slot.start > today:
                break
            rows += [
                Evidence(directive_id=line.number, unit=unit, kind="link", slot=stretch.slot.start,
                         on=stretch.slot.start, title="x", url="https://a.vn", fingerprint=f"{unit.pk}-{stretch.slot.start}")
                for index, unit in enumerate(units)
                if index % 3
            ]  # fmt: skip
    Evidence.objects.bulk_create(rows, batch_size=5000)
    return len(rows)


def run(out: Callable[..., Any]) -> None:
    """Print the figures."""
    settings.ALLOWED_HOSTS = ["*"]
    call_command("collectstatic", verbosity=0, interactive=False)
    try:
        with transaction.atomic():
            _measure(out)
            raise _Undo
    except _Undo:
        forget_boards()


def _measure(out: Callable[..., Any]) -> None:
    today = clock.today()
    top = grow(UNITS)
    units = list(Unit.objects.filter(slug__startswith="bench-").order_by("pk"))
    people = _people(units)
    UnitClass.objects.create(code="bench-truong", label="Trường đo", kinds=["thcs"])
    UnitClass.objects.create(code="bench-xa", label="Xã đo", kinds=["ubnd_xa"], depth=1)
    plan = _checked_plan(top, today.year)
    start, busy = time.perf_counter(), time.process_time()
    plan = services.issue_plan(actor=people[top.pk], plan=plan)
    issued = time.process_time() - busy
    ids = sorted(unit.pk for unit in units if unit.pk != top.pk)
    for first in range(0, len(ids), tasks.BATCH):
        tasks.tell_units.func(plan.pk, None, "plans.plan.issued", ids[first] - 1)
    spent = time.process_time() - busy
    told = Notice.objects.filter(code="plans.plan.issued").count()
    out(
        f"plans: issue to {len(ids)} units (processor time)",
        f"{spent:.1f} s",
        "of it telling",
        f"{spent - issued:.1f} s, {told} people, waited {time.perf_counter() - start:.1f} s ({connection.vendor})",
    )
    schools = [unit for unit in units if unit.kind == "thcs"]
    proofs = _proofs(plan, schools, today)
    communes = [unit for unit in units if unit.kind == "ubnd_xa"]
    start = time.perf_counter()
    for commune in communes[:PLANS_BELOW]:
        services.derive_plan(actor=people[commune.pk], unit=commune, parent=plan)
    drawn = (time.perf_counter() - start) / PLANS_BELOW
    out("plans: draw up a plan from the one above", f"{drawn * 1000:.0f} ms", "proofs", str(proofs))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    amendment = services.amendment_start(
        actor=people[top.pk], plan=plan,
        values={"number": "2", "title": "ĐC", "signed_on": today, "effective_on": today, "reason": "x"},
    )  # fmt: skip
    services.change_directive(
        actor=people[top.pk], amendment=amendment, directive=plan.directives.order_by("pk")[0], values={"count": 5}
    )
    start = time.perf_counter()
    services.issue_amendment(actor=people[top.pk], amendment=amendment)
    out("plans: issue an amendment", f"{(time.perf_counter() - start) * 1000:.0f} ms", "", "")
    # As the server does (config/wsgi.py).
    gc.collect()
    gc.freeze()
    office, school = people[top.pk], people[schools[0].pk]
    pages: list[tuple[str, User | None, str, dict[str, Any] | None]] = [
        ("baseline: log-in page", None, "/tai-khoan/dang-nhap/", None),
        ("coverage matrix", office, f"/lam-viec/tien-do/ke-hoach-duoi/?ke-hoach={plan.pk}", None),
        ("board", office, f"/lam-viec/tien-do/?ke-hoach={plan.pk}", None),
        ("what a unit owes", school, f"/lam-viec/tien-do/don-vi/{schools[0].pk}/", None),
        ("tasks of a unit", school, "/lam-viec/nhiem-vu/", None),
        ("one task, all its units", office, f"/lam-viec/nhiem-vu/{plan.tasks.order_by('pk')[0].pk}/", None),
        ("amendment, who has not taken it over", office,
         f"/lam-viec/ke-hoach/{plan.pk}/dieu-chinh/{amendment.pk}/", None),
        ("preview of a duty by hand", office, f"/lam-viec/ke-hoach/{plan.pk}/giao-them/xem-truoc/",
         {"loai": "quota", "count": "1", "noun": "video", "period": "quarter", "classes": "bench-truong",
          "under_names": "xa7", "except_names": "truong7"}),
    ]  # fmt: skip
    base = 0.0
    for what, user, path, data in pages:
        base = _page(out, what, user, path, data, base)


def _page(
    out: Callable[..., Any], what: str, user: User | None, path: str, data: dict[str, Any] | None, base: float
) -> float:
    client = Client()
    if user is not None:
        client.force_login(user, backend=LOGIN)

    def ask() -> Any:
        return client.post(path, data) if data is not None else client.get(path)

    answer = ask()
    if answer.status_code != 200:
        out(f"plans: {what}", f"HTTP {answer.status_code}", "path", path)
        return base
    queries = Counter()
    with connection.execute_wrapper(queries):
        ask()
    # Processor time: other programs on the machine do not slow it. What a person waits is told beside it.
    spent = times(ask, runs=RUNS, watch=time.process_time)
    waited = times(ask, runs=RUNS)
    base = base or median(spent)
    over = f"   OVER {LIMIT}" if p95(spent) * 1000 > LIMIT else ""
    out(
        f"plans: {what}",
        f"{p95(spent) * 1000:6.0f} ms",
        "p50",
        f"{median(spent) * 1000:5.0f} ms, {queries.asked:3d} queries, waited {median(waited) * 1000:.0f} ms",
        f"{median(spent) / base:4.1f} × log-in page{over}",
    )
    return base
