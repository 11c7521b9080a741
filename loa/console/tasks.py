"""Jobs of the console: figures computed behind the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.console import summary
from loa.console.models import Figures
from loa.core.jobs import job


@job(title=_("Tính số liệu trang đầu"))
def refresh_figures(pk: int) -> None:
    """Compute the figures of one desk afresh; a desk that is gone meanwhile is no failure."""
    row = Figures.objects.select_related("plan", "unit").filter(pk=pk).first()
    if row is not None:
        summary.refresh(row.plan, row.unit)


@job(queue="slow", title=_("Tính số liệu mọi trang đầu"))
def refresh_all_figures() -> None:
    """Bring the figures of all desks in use to a new day."""
    summary.refresh_all()
