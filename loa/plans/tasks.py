"""Jobs of plans: ids in, service called."""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.utils.translation import gettext as _

from loa.accounts.models import Notice, User
from loa.accounts.services import notify
from loa.core import clock
from loa.core.jobs import Retry, job
from loa.lib.vanban.errors import DocumentError
from loa.lib.vanban.reading import read_document
from loa.org.access import in_force
from loa.org.models import Membership
from loa.plans import selectors, services
from loa.plans.models import Change, Directive, Plan
from loa.plans.selectors.telling import TOLD
from loa.plans.texts import change_title

log = logging.getLogger("loa.plans")

#: units told in one job; the next job takes the next ones
BATCH = 500
#: seconds between two words on how far the reading is
_STEP_EVERY = 0.4


@job(queue="slow", retry=Retry(attempts=3, first=dt.timedelta(seconds=5)), title=_("Đọc văn bản kế hoạch"))
def read_plan_document(document_id: int) -> None:
    """Read an uploaded plan. May run twice: what was read is written once, in one transaction."""
    document = services.start_reading(document_id=document_id)
    if document is None:
        return
    last = 0.0

    def progress(step: str, fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _STEP_EVERY:
            last = time.monotonic()
            services.set_reading_step(document_id=document_id, step=step, percent=round(fraction * 100))

    try:
        with document.file.open("rb") as content:
            data = content.read()
        reading = read_document(data, document.filename, progress=progress)
        services.store_reading(document_id=document_id, reading=reading.to_dict(with_source=True))
    except DocumentError as error:
        log.info("plan document %s: %s", document_id, error.code)
        services.fail_reading(document_id=document_id, code=error.code, message=error.message)
    except FileNotFoundError:
        services.fail_reading(
            document_id=document_id,
            code="file_gone",
            message=_("Không tìm thấy tệp trong kho lưu. Hãy đưa tệp lên lại."),
        )
    except Exception:
        # The file is kept and the reason shown; the job's own retry may still read it.
        services.fail_reading(
            document_id=document_id,
            code="internal",
            message=_(
                "Loa gặp lỗi khi đọc tệp này. Tệp vẫn được giữ. Bấm “Đọc lại”; nếu vẫn không được, "
                "hãy lưu kế hoạch sang .docx rồi chọn tệp khác."
            ),
        )
        raise


@job(retry=Retry(attempts=5), title=_("Báo đơn vị về kế hoạch"))
def tell_units(plan_id: int, directive_id: int | None, code: str, after: int) -> None:
    """Tell the people of units that owe something, `BATCH` units at a time in the order of their ids.

    `directive_id`: only those whom that directive means. Nobody is told of the same thing twice.
    """
    plan = Plan.objects.get(pk=plan_id)
    directives = list(Directive.objects.filter(plan=plan).filter(**({"pk": directive_id} if directive_id else {})))
    if directive_id is None:
        directives = [one for one in directives if one.cancelled_at is None]
    day = selectors.count_day(plan)
    if not directives:
        return
    units = list(
        selectors.units_meant(plan.unit_id, *(one.audience for one in directives), day=day)
        .filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    if not units:
        return
    key = f"plan:{plan_id}:{directive_id or ''}"
    people = User.objects.filter(
        is_active=True,
        pk__in=Membership.objects.filter(in_force(clock.today()), unit__in=units, role__in=TOLD).values("user"),
    ).exclude(pk__in=Notice.objects.filter(code=code, key=key).values("user"))
    title = directives[0].title if directive_id else str(plan)
    notify(
        users=list(people),
        code=code,
        key=key,
        url=f"/lam-viec/ke-hoach/{plan_id}/",
        title=title,
        plan=str(plan),
        reason=directives[0].cancel_reason if directive_id else "",
    )
    if len(units) == BATCH:
        tell_units.enqueue(plan_id, directive_id, code, units[-1])


@job(retry=Retry(attempts=5), title=_("Báo đơn vị về thay đổi kế hoạch"))
def tell_change(change_id: int, after: int) -> None:
    """Tell the people of units whom a changed directive means, before or now, `BATCH` units at a time."""
    change = Change.objects.select_related("plan", "directive", "amendment").get(pk=change_id)
    day = selectors.count_day(change.plan)
    meant = [change.directive.audience] if change.directive else []
    meant += [part["audience"] for part in (change.before, change.after) if part.get("audience")]
    units = list(
        selectors.units_meant(change.plan.unit_id, *meant, day=day)
        .filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    if not units:
        return
    _tell(units, change, f"change:{change.pk}")
    if len(units) == BATCH:
        tell_change.enqueue(change_id, units[-1])


@job(retry=Retry(attempts=5), title=_("Báo về thay đổi nhiệm vụ"))
def tell_task_change(change_id: int) -> None:
    """Tell the people of the units that lead or support a changed task, those of a class left out when many."""
    change = Change.objects.select_related("plan", "task", "amendment").get(pk=change_id)
    named: set[int] = set()
    for part in ("lead", "support"):
        for values in (change.before, change.after):
            for one in values.get(part) or []:
                named.update((one.get("audience") or {}).get("units") or [])
    if change.task is not None:
        named.update(change.task.units.exclude(unit=None).values_list("unit", flat=True))
    if named:
        _tell(sorted(named), change, f"change:{change.pk}")


def _tell(units: list[int], change: Change, key: str) -> None:
    """Each person of these units once."""
    code = "plans.change.told"
    people = User.objects.filter(
        is_active=True,
        pk__in=Membership.objects.filter(in_force(clock.today()), unit__in=units, role__in=TOLD).values("user"),
    ).exclude(pk__in=Notice.objects.filter(code=code, key=key).values("user"))
    notify(
        users=list(people),
        code=code,
        key=key,
        url=f"/lam-viec/ke-hoach/{change.plan_id}/dieu-chinh/",
        what=change_title(change),
        plan=str(change.plan),
        on=f"{change.effective_on:%d/%m/%Y}",
        reason=change.reason,
    )


@job(title=_("Đưa thay đổi kế hoạch vào hiệu lực"))
def apply_changes() -> None:
    """Apply amendments whose day has come."""
    services.apply_due_changes()


@job(title=_("Khép kế hoạch đã hết hạn"))
def close_ended_plans() -> None:
    """Close plans whose time is over."""
    services.close_ended()
