"""Units end: their reports are finished and kept by whoever carries on."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Refused
from loa.org import events
from loa.org import services as org
from loa.org.rules import Kind, Role
from loa.org.services.units import NewUnit
from loa.org.tests.factories import make_user
from loa.plans.tests.factories import make_directive, make_plan
from loa.reporting import access
from loa.reporting.models import Report
from loa.reporting.selectors.board import board
from loa.reporting.selectors.obligations import unit_obligations
from loa.reporting.selectors.report_document import header_of
from loa.reporting.selectors.reports import reports_of, reports_received, reports_to_sign
from loa.reporting.services.reports import report_approve, report_draft, report_edit, report_submit

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 29)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def two(cast):
    """A signed report of the school, and one that is begun; its successor has a lead of its own."""
    cast.heir_lead = make_user("Hiệu trưởng Tiểu học", (Role.UNIT_LEAD, cast.primary))
    signed = report_draft(actor=cast.owner, unit=cast.school, period="month", day=dt.date(2026, 10, 1))
    report_submit(actor=cast.owner, report=signed)
    signed = report_approve(actor=cast.lead, report=signed, number="7")
    begun = report_draft(actor=cast.owner, unit=cast.school, period="month")
    org.unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=TODAY)
    return Report.objects.get(pk=signed.pk), Report.objects.get(pk=begun.pk)


def test_the_successor_finishes_what_was_begun_under_its_own_header(cast, two):
    _signed, begun = two
    owner = type(cast.owner).objects.get(pk=cast.owner.pk)  # as in the next request
    assert (begun.unit, begun.keeper) == (cast.school, cast.primary)
    report_edit(actor=owner, report=begun, version=begun.version, texts={"assessment": "Viết tiếp."})
    report_submit(actor=owner, report=access.report_for_update(owner, begun.pk))
    done = report_approve(actor=cast.heir_lead, report=begun, number="7")
    assert header_of(done).issuer == "Trường Tiểu học Sơn Hạ"
    # Its own register of outgoing documents: number 7 of the former school is no matter.
    assert done.number.startswith("07/")


def test_what_was_signed_keeps_its_header_and_is_kept(cast, two):
    signed, _begun = two
    assert header_of(signed).issuer == "Trường THCS Sơn Thượng"
    assert access.report_for_view(cast.heir_lead, signed.pk) == signed
    # Those above the successor still read it, though the school stands below nobody today.
    assert access.report_for_view(cast.office, signed.pk) == signed
    assert access.report_for_view(cast.commune, signed.pk) == signed
    with pytest.raises(Exception, match="Không có báo cáo này"):
        access.report_for_view(cast.outsider_lead, signed.pk)


def test_both_stand_in_the_lists_of_the_successor(cast, two):
    signed, begun = two
    assert list(reports_of(cast.heir_lead)) == [begun, signed]
    assert list(reports_to_sign(cast.heir_lead)) == []
    owner = type(cast.owner).objects.get(pk=cast.owner.pk)
    report_submit(actor=owner, report=begun)
    assert list(reports_to_sign(cast.heir_lead)) == [begun]
    # Signed reports of units below; not one's own, nor one kept.
    assert list(reports_received(cast.commune)) == [signed]
    assert list(reports_received(cast.heir_lead)) == []


def test_outsiders_do_not_finish_it(cast, two):
    _signed, begun = two
    with pytest.raises(Refused):
        report_submit(actor=cast.outsider, report=begun)
    begun.refresh_from_db()
    assert begun.status == Report.Status.DRAFT


def test_the_log_and_the_preview_say_so(cast, two):
    _signed, begun = two
    entry = LogEntry.objects.get(action="reporting.report.moved")
    assert (entry.object_id, entry.data["new"]) == (begun.pk, "Trường Tiểu học Sơn Hạ")
    said = {str(stake.label): stake.count for stake in events.stakes_of([cast.primary.pk])}
    assert (said["báo cáo chưa ký"], said["báo cáo đã ký"]) == (1, 1)


def test_a_second_merger_hands_them_on(cast, two):
    org.unit_merge(actor=cast.admin, units=[cast.primary], into=cast.thpt, on=TODAY + dt.timedelta(days=1))
    from loa.org.services.today import apply_due_events

    with clock.frozen(TODAY + dt.timedelta(days=1)):
        apply_due_events()
    assert set(Report.objects.values_list("keeper", flat=True)) == {cast.thpt.pk}


def test_a_duty_laid_on_a_unit_by_name_goes_to_the_part_that_was_chosen(cast):
    """Six a quarter from January on, split in the middle of the second: before as it was, then by days."""
    plan = make_plan(cast.so, year=2026)
    duty = make_directive(plan, count=6, period="quarter", audience={"units": [cast.school.pk]})
    on = dt.date(2026, 5, 16)  # 45 of the 91 days have passed
    parts = [NewUnit(name=f"Trường THCS Sơn {name}", kind=Kind.THCS, parent=cast.xa) for name in ("Đông", "Tây")]
    with clock.frozen(on):
        east, west = org.unit_split(
            actor=cast.admin, unit=cast.school, on=on, keep=False, parts=parts, work={f"duty:{duty.pk}": 1}
        )

    def owed(unit, day):
        return [(one.slot.start.month, one.owed) for one in unit_obligations(unit, day=day) if one.owed]

    with clock.frozen("2026-08-01"):
        before = dt.date(2026, 5, 1)
        assert owed(cast.school, before) == [(1, 6), (4, 6)], "nothing of the split is known in May"
        assert owed(west, before) == owed(east, before) == []
        now = dt.date(2026, 8, 1)
        assert owed(west, now) == [(4, 3), (7, 6)]
        assert owed(east, now) == []
        assert [row.unit_id for row in board(plan, top=cast.so, day=before).rows] == [cast.school.pk]
        assert [(row.unit_id, row.owed) for row in board(plan, top=cast.so, day=now).rows] == [(west.pk, 9)]
