"""The audit log, for administrators and inspectors, over the units in their care."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.audit import selectors
from loa.audit.models import LogEntry
from loa.audit.services import log as write_log
from loa.audit.texts import deeds, label, sentence
from loa.core import clock, downloads
from loa.core.errors import Refused
from loa.lib import typed
from loa.org import access
from loa.org.models import Membership, Unit

PAGE = 50
#: lines of one export
MOST = 100_000


def _rows(request: HttpRequest) -> tuple[QuerySet[LogEntry], selectors.Filter]:
    if not access.can(request.user, "audit.read"):
        raise Refused(_("Chỉ quản trị và thanh tra được xem nhật ký."), code="audit.read")
    units = access.units_where(request.user, "audit.read").values("pk")
    persons = Membership.objects.filter(unit__in=units).values("user")
    wanted = selectors.Filter(
        person=request.GET.get("nguoi", "").strip()[:100],
        unit_id=typed.whole(request.GET.get("don-vi")),
        action=request.GET.get("viec", "")[:80],
        since=typed.day(request.GET.get("tu")),
        until=typed.day(request.GET.get("den")),
    )
    return selectors.narrowed(selectors.entries(units=units, persons=persons), wanted), wanted


def _lines(entries: list[LogEntry]) -> list[dict[str, Any]]:
    names = dict(
        Unit.objects.filter(pk__in={e.unit_id for e in entries if e.unit_id}).values_list("pk", "short_name")
    )
    return [
        {"entry": e, "label": label(e.action), "text": sentence(e), "unit": names.get(e.unit_id or 0, "")}
        for e in entries
    ]


@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Entries, newest first. The number of queries does not depend on how many."""
    rows, wanted = _rows(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    unit = Unit.objects.filter(pk=wanted.unit_id).first() if wanted.unit_id else None
    return render(
        request,
        "org/audit.html",
        {
            "page": page,
            "lines": _lines(list(page.object_list)),
            "wanted": wanted,
            "unit": unit,
            "actions": sorted(((code, deed.label) for code, deed in deeds.items()), key=lambda pair: str(pair[1])),
        },
    )


class _Echo:
    def write(self, value: str) -> str:
        return value


@login_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same entries as a table (CSV with a mark of UTF-8, which Excel wants); the export itself is logged."""
    rows, _wanted = _rows(request)
    home = access.units_where(request.user, "audit.read").order_by("founded_on", "pk").values_list("pk", flat=True)
    write_log("audit.exported", actor=request.user, unit_id=home.first(), filter=dict(request.GET.items()))

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"
        yield writer.writerow(
            [
                _("Lúc"),
                _("Người"),
                _("Việc"),
                _("Nội dung"),
                _("Đơn vị"),
                _("Đối tượng"),
                _("Địa chỉ mạng"),
                _("Mã"),
            ]
        )
        batch: list[LogEntry] = []
        for entry in rows[:MOST].iterator(chunk_size=1_000):
            batch.append(entry)
            if len(batch) == 1_000:
                yield from _csv(writer, batch)
                batch = []
        yield from _csv(writer, batch)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="nhat-ky.csv"'
    downloads.guarded(response)
    return response


def _csv(writer: Any, batch: list[LogEntry]) -> Iterator[str]:
    for line in _lines(batch):
        entry = line["entry"]
        cells = [
            clock.local(entry.at).strftime("%d/%m/%Y %H:%M:%S"),
            entry.actor_name or _("Hệ thống"),
            line["label"],
            line["text"],
            line["unit"],
            entry.object_label,
            entry.address,
            entry.action,
        ]
        # A cell that begins like a formula is text to a spreadsheet only with a quote before it.
        yield writer.writerow(["'" + cell if cell[:1] in "=+-@\t\r" else cell for cell in map(str, cells)])
