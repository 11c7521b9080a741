"""When a unit ends: its reports are kept, and those not yet signed are finished, by whoever carries on.

What was signed keeps the header of its signing day; what is signed afterwards bears that of the successor.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.audit.services import log
from loa.org import events
from loa.org.models import UnitEvent
from loa.reporting.models import Report


def report_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """For the preview of a reorganisation: what would move."""
    mine = Report.objects.filter(Q(unit__in=unit_ids, keeper=None) | Q(keeper__in=unit_ids))
    unsigned = mine.exclude(status=Report.Status.APPROVED).count()
    return [
        events.Stake(_("báo cáo chưa ký"), unsigned, _("đơn vị tiếp nhận soạn tiếp và ký")),
        events.Stake(_("báo cáo đã ký"), mine.count() - unsigned, _("giữ nguyên, đơn vị tiếp nhận lưu giữ")),
    ]


def reports_moved(event: UnitEvent) -> None:
    """Listener of org: hand the reports of units that ended to their first successor, in its transaction."""
    for unit in events.ended_by(event):
        heirs = events.heirs_of(event, unit)
        if not heirs:
            continue
        mine = Report.objects.filter(Q(unit=unit, keeper=None) | Q(keeper=unit))
        for report in mine.exclude(status=Report.Status.APPROVED).order_by("pk"):
            log(
                "reporting.report.moved",
                actor=None,
                obj=report,
                unit_id=heirs[0].pk,
                old=unit.name,
                new=heirs[0].name,
            )
        mine.update(keeper=heirs[0])
