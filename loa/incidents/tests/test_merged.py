"""Cases are merged: their hot issues go on with the case that stays."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.audit.models import LogEntry
from loa.audit.texts import sentence
from loa.core import clock
from loa.core.errors import Conflict, Refused
from loa.incidents import services
from loa.incidents.handover import HANDOVER, matter_of
from loa.incidents.models import Entry, Incident
from loa.incidents.rules import State
from loa.incidents.tests.test_incidents import add, call, case, opened  # noqa: F401
from loa.listening.events import matter_of_case
from loa.listening.models import Case, Item
from loa.listening.services.cases import case_merge, case_take_out

pytestmark = pytest.mark.django_db

LATER = "Sở yêu cầu Trường THCS Sơn Thượng trả lại các khoản thu sai quy định đầu năm học"


@pytest.fixture
def other(cast, case):  # noqa: F811
    """Another case, of one article."""
    made = Case.objects.create(unit=cast.so, title=LATER, first_at=clock.now(), last_at=clock.now(), size=1)
    add(Item.objects.filter(outlet="local").get().source, LATER, "")
    Item.objects.filter(title=LATER).update(case=made, copy_of=None)
    return made


def merge(cast, case, into):  # noqa: F811
    return case_merge(actor=cast.office, case=case, into=into)


def closed(cast, incident):
    return services.incident_move(actor=cast.office, incident=incident, state=State.CLOSED, text="Xong")


def test_a_hot_issue_goes_on_with_the_case_that_stays(cast, case, other):  # noqa: F811
    incident = opened(cast, case)
    merge(cast, case, other)
    incident.refresh_from_db()
    assert (incident.case, incident.key) == (other, f"case:{other.pk}")
    assert matter_of(incident).items.count() == 3
    page = call(cast.office, "incidents:incident", incident.pk, method="get", status=200).content.decode()
    assert f"Vụ việc “{case.title}” gộp vào “{LATER}”" in page
    call(cast.office, "incidents:refresh", incident.pk)
    assert incident.evidence.count() == 3
    # a tap on the case that stays opens it
    assert HANDOVER.make(cast.office, matter_of_case(other)).endswith(f"/{incident.pk}/")
    assert Incident.objects.count() == 1
    entry = LogEntry.objects.get(action="incidents.merged")
    assert sentence(entry) == f"gộp vụ việc “{case.title}” của “{incident.title}” vào “{LATER}”"


def test_where_both_have_one_both_stay_and_the_newer_is_found(cast, case, other):  # noqa: F811
    first, second = opened(cast, case), opened(cast, other)
    Incident.objects.filter(pk=second.pk).update(opened_at=clock.now() - dt.timedelta(hours=1))
    merge(cast, case, other)
    assert set(Incident.objects.values_list("pk", "case", "state")) == {
        (first.pk, other.pk, "open"),
        (second.pk, other.pk, "open"),
    }
    assert opened(cast, other) == first
    closed(cast, first)
    assert opened(cast, other) == second
    closed(cast, second)
    third = opened(cast, other)
    assert third.pk not in (first.pk, second.pk)
    # another merger carries all three along
    last = Case.objects.create(unit=cast.so, title="Khác", first_at=clock.now(), last_at=clock.now())
    merge(cast, Case.objects.get(pk=other.pk), last)
    assert set(Incident.objects.values_list("case", flat=True)) == {last.pk}
    assert opened(cast, last) == third


def test_one_that_was_closed_is_not_opened_again_beside_one_that_is_open(cast, case, other):  # noqa: F811
    first, second = closed(cast, opened(cast, case)), opened(cast, other)
    merge(cast, case, other)
    first.refresh_from_db()
    assert (first.case, first.state) == (other, State.CLOSED)
    with pytest.raises(Conflict, match=f"đang mở: “{second.title}”"):
        services.incident_move(actor=cast.office, incident=first, state=State.HANDLING)
    first.refresh_from_db()
    assert first.state == State.CLOSED
    closed(cast, second)
    services.incident_move(actor=cast.office, incident=first, state=State.HANDLING)
    assert opened(cast, other) == first


def test_what_is_taken_out_of_the_case_leaves_the_issue_with_it(cast, case, other):  # noqa: F811
    incident = opened(cast, case)
    merge(cast, case, other)
    case_take_out(actor=cast.office, item=Item.objects.get(title=LATER))
    incident.refresh_from_db()
    assert (incident.case, matter_of(incident).items.count()) == (other, 2)


def test_who_may_not_merge_moves_nothing(cast, case, other):  # noqa: F811
    incident = opened(cast, case)
    with pytest.raises(Refused):
        case_merge(actor=cast.owner, case=case, into=other)
    incident.refresh_from_db()
    assert (incident.case, incident.key) == (case, f"case:{case.pk}")
    assert not Entry.objects.filter(deed="merged").exists()
