"""Signed reports that cite a legal document, for its page in the register: read only, from what was signed."""

from __future__ import annotations

from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vanban.lint import cited_in, legal_key
from loa.plans.events import Citing
from loa.reporting.access import reports_visible
from loa.reporting.models import Report
from loa.reporting.report_rules import TEXTS

#: newest reports that are looked through
_MOST = 200


def citing(user: Any, document: Any, mentions: Any) -> list[Citing]:
    """Signed reports the person may read that cite a document by number. One query and a subquery.

    The number's digits are asked of the database (letters may be kept escaped there), the rest is read here.
    """
    digits = document.number.split("-")[0].rsplit("/", 1)[0]
    rows = (
        reports_visible(user)
        .filter(status=Report.Status.APPROVED)
        .annotate(written=Cast("texts", TextField()))
        .filter(written__contains=digits)
        .select_related("unit")
        .order_by("-approved_at")[:_MOST]
    )
    found = []
    for report in rows:
        text = "\n".join(str(report.texts.get(code) or "") for code in TEXTS)
        if any(legal_key(one.number) == document.key for one in cited_in(text) if one.number):
            day = clock.local(report.approved_at).date() if report.approved_at else report.ends_on
            url = reverse("reports:report", args=[report.pk])
            found.append(Citing(_("Báo cáo"), report.title, url, report.unit.short_name, day))
    return found
